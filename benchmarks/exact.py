"""Goal 10: whether every mail of the corpus became what it is: case, reply, duplicate or automatic mail."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Engine, func, select

from benchmarks.corpus import truths
from core.store.schema import case, message, outgoing


def stored(engine: Engine) -> int:
    """How many messages are in the database now."""
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(message)).scalar_one())


def wrong(engine: Engine, mails: Sequence[bytes], *, answered: bool = True) -> int:
    """How many of these mails, alone in the database, became something else than they are.

    A first message opened a case and, where mail is answered, got one acknowledgement. A reply lies in the case of the
    mail that it answers. A duplicate was not stored again. An automatic mail has no case and no answer. Cases and
    acknowledgements that should not be there count as well.
    """
    columns = message.c.id, message.c.external_id, message.c.case, message.c.automatic
    with engine.connect() as connection:
        rows = connection.execute(select(*columns).order_by(message.c.id)).all()
        cases = int(connection.execute(select(func.count()).select_from(case)).scalar_one())
        receipts = Counter(connection.execute(select(outgoing.c.case).where(outgoing.c.receipt)).scalars())
    of_id: dict[str, list[tuple[int, int | None, bool]]] = {}
    opener: dict[int, int] = {}
    for number, external_id, in_case, automatic in rows:
        of_id.setdefault(external_id, []).append((number, in_case, automatic))
        if in_case is not None:
            opener.setdefault(in_case, number)
    faults = firsts = 0
    for truth in truths(mails):
        found = of_id.get(truth.message_id, [])
        firsts += truth.kind == "first"
        if len(found) != 1:
            faults += 1
            continue
        number, in_case, automatic = found[0]
        right = {
            "first": in_case is not None and opener[in_case] == number and receipts[in_case] == answered,
            "again": not automatic,
            "reply": in_case is not None and [in_case] == [one for _, one, _ in of_id.get(truth.follows, [])],
            "automatic": in_case is None and automatic,
        }
        faults += not right[truth.kind]
    return faults + abs(cases - firsts) + abs(receipts.total() - firsts * answered)
