"""What a page says about what was just done: the only words that an address may ask for."""

FAILURES = frozenset({
    "stale", "no-choice", "no-person", "too-late", "not-allowed", "still-unreadable", "not-joined", "no-case",
    "not-undone", "no-way", "not-now",
})  # fmt: skip
"""What did not happen."""
NOTICES = FAILURES | {
    "gone", "undone", "finished", "reread", "assigned", "involved", "apart", "linked", "merged", "complainant",
    "sent-again", "written", "notice-sent", "unmerged", "step-done",
}  # fmt: skip
