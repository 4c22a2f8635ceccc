"""Inbound messages in the database; their contents lie in the blobs, by digest."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, select, update

from core.domain.errors import NotFound
from core.domain.labels import Channel
from core.domain.message import Accepted, Contact, Inbound, Outcome, Refused, ReplyRoute, Route, ScanState
from core.domain.triage import Query
from core.ports import Original
from core.store import schema
from core.store.rows import AnyRow, from_json, inserted, to_json
from core.store.triage import latest_suggestions
from core.views import AttachmentView, MessageView

message, attachment, case = schema.message, schema.attachment, schema.case

LONGEST_ID = 400
"""Characters of an external id that are kept and compared; Message-IDs are a tenth of that."""

SAME = (
    select(message.c.id, message.c.automatic, message.c.problem, case.c.number)
    .outerjoin(case, case.c.id == message.c.case)
    .where(message.c.external_id == bindparam("external_id"), message.c.content_hash == bindparam("content_hash"))
)
KNOWN = select(message.c.id).where(message.c.external_id == bindparam("external_id")).limit(1)


class SqlMessages:
    """Messages, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def same(self, external_id: str, content_hash: str) -> Accepted | None:
        """What was done with this message before."""
        row = self._connection.execute(
            SAME, {"external_id": external_id[:LONGEST_ID], "content_hash": content_hash}
        ).first()
        return row and Accepted(outcome=Outcome.DUPLICATE, message=row.id, case_number=row.number)

    def add(
        self, inbound: Inbound, raw: str, attachments: Sequence[str], case: int | None, scan: ScanState = ScanState.OFF
    ) -> int:
        """Store a message; gives its number."""
        # Of what could not be understood nobody knows what is in it: then the original is looked at as a whole.
        values = _values(inbound, case) | {"raw": raw, "scan": scan if inbound.problem else ScanState.OFF}
        number = inserted(self._connection, message, values)
        self._add_attachments(number, inbound, attachments, scan)
        return number

    def original(self, number: int) -> Original:
        """The message as it came in."""
        row = self._row(number)
        return Original(
            message=row.id,
            channel=Channel(row.channel),
            door=row.door,
            external_id=row.external_id,
            content_hash=row.content_hash,
            received_at=row.received_at,
            raw=row.raw,
            raw_type=row.raw_type,
            case=row.case,
            problem=row.problem,
            automatic=row.automatic,
            reply=_reply(row),
            sender=from_json(Contact, row.sender),
            subject=row.subject,
            references=tuple(row.references),
            imported=row.imported,
        )

    def replace(
        self,
        number: int,
        inbound: Inbound,
        attachments: Sequence[str],
        case: int | None,
        scan: ScanState = ScanState.OFF,
    ) -> None:
        """Store what a second reading made of a message; the raw original, its identity and its date stay."""
        kept = {"external_id", "content_hash", "received_at", "door"}
        values = {name: value for name, value in _values(inbound, case).items() if name not in kept}
        values["scan"] = ScanState.OFF  # its files are known now, and looked at one by one
        self._connection.execute(update(message).where(message.c.id == number).values(values))
        self._connection.execute(attachment.delete().where(attachment.c.message == number))
        self._add_attachments(number, inbound, attachments, scan)

    def join(self, number: int, case_id: int) -> None:
        """Put a message in a case."""
        self._connection.execute(update(message).where(message.c.id == number).values(case=case_id))

    def query(self, number: int) -> Query:
        """What the classifier is asked about this message."""
        row = self._row(number)
        return Query(subject=row.subject, text=row.reply_text or row.text, channel=Channel(row.channel))

    def view(self, number: int) -> MessageView:
        """The message as it is shown."""
        return self._views([self._row(number)])[0]

    def of_case(self, case_id: int) -> list[MessageView]:
        """The messages of a case, oldest first."""
        rows = self._connection.execute(select(message).where(message.c.case == case_id).order_by(message.c.id))
        return self._views(list(rows))

    def attachment(self, number: int) -> tuple[int, AttachmentView, str]:
        """Message number, description and digest of an attachment."""
        row = self._connection.execute(select(attachment).where(attachment.c.id == number)).first()
        if row is None:
            raise NotFound
        return row.message, _attachment_view(row), row.blob

    def exists(self, number: int) -> bool:
        """Whether there is a message with this number."""
        return self._connection.execute(select(message.c.id).where(message.c.id == number)).first() is not None

    def known(self, external_id: str) -> bool:
        """Whether a message with this identity came in before."""
        return self._connection.execute(KNOWN, {"external_id": external_id[:LONGEST_ID]}).first() is not None

    def unscanned(self, number: int) -> list[tuple[int | None, str]]:
        """Number and digest of the files of a message that wait for the virus scanner; None for the original."""
        waiting = (attachment.c.message == number) & (attachment.c.scan == ScanState.WAITING)
        files = self._connection.execute(select(attachment.c.id, attachment.c.blob).where(waiting))
        whole = select(message.c.raw).where(message.c.id == number, message.c.scan == ScanState.WAITING)
        raws = self._connection.execute(whole).scalars()
        return [*((row.id, row.blob) for row in files), *((None, raw) for raw in raws)]

    def scanned(self, number: int, attachment_number: int | None, state: ScanState) -> None:
        """Note what the virus scanner said of a file, or of the original."""
        change = (
            update(message).where(message.c.id == number)
            if attachment_number is None
            else update(attachment).where(attachment.c.id == attachment_number)
        )
        self._connection.execute(change.values(scan=state))

    def digests(self) -> set[str]:
        """Every digest that a row refers to, files that leave included."""
        columns = (message.c.raw, attachment.c.blob, schema.enclosure.c.blob)
        return {digest for column in columns for digest in self._connection.execute(select(column)).scalars()}

    def _row(self, number: int) -> AnyRow:
        row = self._connection.execute(select(message).where(message.c.id == number)).first()
        if row is None:
            raise NotFound
        return row

    def _add_attachments(self, number: int, inbound: Inbound, digests: Sequence[str], scan: ScanState) -> None:
        if not inbound.attachments:
            return
        self._connection.execute(
            insert(attachment),
            [
                {
                    "message": number,
                    "filename": file.filename[:300],
                    "content_type": file.content_type[:200],
                    "size": file.size,
                    "inline": file.inline,
                    "blob": digest,
                    "risk": file.risk[:40],
                    "scan": scan,
                }
                for file, digest in zip(inbound.attachments, digests, strict=True)
            ],
        )

    def _views(self, rows: Sequence[AnyRow]) -> list[MessageView]:
        numbers = [row.id for row in rows]
        files: dict[int, list[AttachmentView]] = {}
        wanted = select(attachment).where(attachment.c.message.in_(numbers)).order_by(attachment.c.id)
        for row in self._connection.execute(wanted):
            files.setdefault(row.message, []).append(_attachment_view(row))
        suggestions = latest_suggestions(self._connection, numbers)
        views = []
        for row in rows:
            suggestion_id, suggestion = suggestions.get(row.id, (None, None))
            views.append(
                MessageView(
                    id=row.id,
                    case=row.case,
                    channel=Channel(row.channel),
                    door=row.door,
                    received_at=row.received_at,
                    sender=from_json(Contact, row.sender),
                    reply=_reply(row),
                    subject=row.subject,
                    text=row.text,
                    reply_text=row.reply_text,
                    fields=row.fields,
                    attachments=tuple(files.get(row.id, ())),
                    authentication=tuple(row.authentication),
                    automatic=row.automatic,
                    problem=row.problem,
                    marks=row.marks,
                    scan=ScanState(row.scan),
                    refused=tuple(from_json(Refused, one) for one in row.refused),
                    suggestion=suggestion,
                    suggestion_id=suggestion_id,
                )
            )
        return views


def _reply(row: AnyRow) -> ReplyRoute | None:
    return ReplyRoute(route=Route(row.reply_route), address=row.reply_address) if row.reply_route else None


def _attachment_view(row: AnyRow) -> AttachmentView:
    return AttachmentView(
        id=row.id,
        filename=row.filename,
        content_type=row.content_type,
        size=row.size,
        inline=row.inline,
        risk=row.risk,
        scan=ScanState(row.scan),
    )


def _values(inbound: Inbound, case_id: int | None) -> dict[str, object]:
    return {
        "case": case_id,
        "channel": inbound.channel,
        "door": inbound.door,
        "external_id": inbound.external_id[:LONGEST_ID],
        "content_hash": inbound.content_hash,
        "received_at": inbound.received_at,
        "sender": to_json(inbound.sender),
        "reply_route": inbound.reply.route if inbound.reply else None,
        "reply_address": inbound.reply.address[:320] if inbound.reply else None,
        "subject": inbound.subject,
        "text": inbound.text,
        "reply_text": inbound.reply_text,
        "references": list(inbound.references),
        "authentication": list(inbound.authentication),
        "fields": dict(inbound.fields),
        "automatic": bool(inbound.automatic),
        "problem": inbound.problem,
        "marks": dict(inbound.marks),
        "imported": inbound.imported,
        "refused": [to_json(one) for one in inbound.refused],
        "raw_type": inbound.raw_type,
    }
