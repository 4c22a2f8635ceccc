"""Every error of the core. An error carries facts; templates and the command turn facts into words.

CoreError
├── NotFound            no such thing, or not for this actor: the two are never told apart
├── NotAllowed          the actor's role does not permit this
├── StepNotAllowed      the procedure table has no such step at this stage
├── StepRefused         a guard forbids it: which article, and what is missing
├── Incomplete          what was filled in cannot be used
├── Stale               someone else saved a newer version
├── HeldBack            a file that may hold malware
├── Locked              another process holds the embedded database
└── DeliveryError
    ├── Temporary       try again later
    └── Permanent       this address will not work: a person must find another way (Awb 2:11)
"""

from collections.abc import Mapping

from core.domain.refusals import Refusal


class CoreError(Exception):
    """Root of everything the core raises on purpose."""


class NotFound(CoreError):
    """No such thing, or the actor may not know that it exists."""


class NotAllowed(CoreError):
    """The actor's role does not permit this action."""


class StepNotAllowed(CoreError):
    """The procedure has no such step at this stage."""

    def __init__(self, stage: str, step: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f"step {step} is not possible at stage {stage}; possible: {', '.join(allowed) or 'none'}")
        self.stage = stage
        self.step = step
        self.allowed = allowed


class StepRefused(CoreError):
    """A guard of the procedure forbids this now; every reason at once."""

    def __init__(self, activity: str, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(f"{activity} is refused: {', '.join(f'{one.slug} ({one.article})' for one in refusals)}")
        self.activity = activity
        self.refusals = refusals


class Incomplete(CoreError):
    """What was filled in cannot be used; ``problems`` says why by field, as slugs, and repeats no answer."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {problem}" for name, problem in sorted(problems.items())))
        self.problems = problems


class Stale(CoreError):
    """The case was changed by someone else since it was read."""

    def __init__(self, case: int, expected: int) -> None:
        super().__init__(f"case {case} is no longer at version {expected}")
        self.case = case
        self.expected = expected


class HeldBack(CoreError):
    """A file that may hold malware: the scanner has not looked at it yet, or it found something."""


class Unstorable(CoreError):
    """The database cannot hold what was made of a message; the fault lies in the message, not in the database."""


class Locked(CoreError):
    """Another process already runs doors or worker on this embedded database (decisions 15)."""


class DeliveryError(CoreError):
    """A sender could not hand a message over; ``reason`` holds no personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Temporary(DeliveryError):
    """Delivery failed for now: try again with growing pauses."""

    def __init__(self, reason: str, *, retry_after: float | None = None, handed_over: bool = False) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        """Seconds that the other side asked us to wait."""
        self.handed_over = handed_over
        """Whether the message may already have left when the answer failed to come."""


class Permanent(DeliveryError):
    """Delivery failed for good."""
