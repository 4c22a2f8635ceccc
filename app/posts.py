"""What came in before under an idempotency key: the memory of the JSON interface."""

from core.ports import Store
from web.mapped import FirstPost, PostedBefore


def posted_before(store: Store) -> PostedBefore:
    """How the JSON interface asks for an earlier post."""

    def before(external_id: str, content_hash: str) -> FirstPost | None:
        with store.read() as work:
            same = work.messages.same(external_id, content_hash)
            if same is not None:
                received_at = work.messages.original(same.message).received_at
                return FirstPost(same=True, case_number=same.case_number, received_at=received_at)
            return FirstPost(same=False) if work.messages.known(external_id) else None

    return before
