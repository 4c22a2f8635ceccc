"""All tables in one place. Migrations in ``migrations/`` bring a database to this shape; a test compares the two."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
REVISION = "0003"
"""The last migration in ``migrations/versions``, which makes these tables; a test holds it to that."""

metadata = MetaData(naming_convention=NAMES)


class Utc(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite, which knows no zones, holds it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they could be anything."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("only aware datetimes are stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give UTC back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


counter = Table(
    "counter",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("value", Integer, nullable=False),
)

person = Table(
    "person",
    metadata,
    _id(),
    Column("name", String(200), nullable=False),
    Column("team", String(80)),
    Column("email", String(320), nullable=False, default=""),
)

team = Table(
    "team",
    metadata,
    Column("slug", String(80), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("mailbox", String(320), nullable=False, default=""),
)

appointment = Table(
    "appointment",
    metadata,
    _id(),
    Column("office", String(60), nullable=False),
    Column("person", ForeignKey("person.id"), nullable=False),
    Column("team", String(80)),
)

absence = Table(
    "absence",
    metadata,
    _id(),
    Column("person", ForeignKey("person.id"), nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
)

account = Table(
    "account",
    metadata,
    _id(),
    Column("login", String(120), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("password", String(300), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("person", ForeignKey("person.id")),
    Column("active", Boolean, nullable=False),
    Column("must_change", Boolean, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("account", ForeignKey("account.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
)

draft = Table(
    "draft",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("state", Text, nullable=False),
    Column("updated_at", Utc, nullable=False),
)

case = Table(
    "case",
    metadata,
    _id(),
    Column("number", String(20), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("channel", String(30), nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("stage", String(20), nullable=False, index=True),
    Column("anonymous", Boolean, nullable=False),
    Column("target_on", Date),
    Column("limit_on", Date, index=True),
    Column("deadlines", JSON),
    Column("kind", String(20)),
    Column("team", String(80)),
    Column("decision", JSON),
    Column("proposed", ForeignKey("person.id")),
    Column("routing_rule", Integer),
    Column("routing_outcome", String(20)),
    Column("handler", ForeignKey("person.id"), index=True),
    Column("handler_cleared", Boolean),
    Column("involved", JSON, nullable=False),
    Column("acknowledged_at", Utc),
    Column("merged_into", Integer, index=True),
    Column("ending", String(30)),
    Column("closed_on", Date),
    Column("waiting_until", Date),
    Column("reply_key", String(40)),
    Index("ix_case_reply_key", "reply_key", unique=True),
)

case_address = Table(
    "case_address",
    metadata,
    Column("case", ForeignKey("case.id"), primary_key=True),
    Column("address", String(320), primary_key=True),
    Column("message", ForeignKey("message.id")),
)

case_link = Table(
    "case_link",
    metadata,
    Column("case", ForeignKey("case.id"), primary_key=True),
    Column("other", ForeignKey("case.id"), primary_key=True),
)

party = Table(
    "party",
    metadata,
    _id(),
    Column("case", ForeignKey("case.id"), nullable=False, index=True),
    Column("role", String(20), nullable=False),
    Column("name", String(300), nullable=False),
    Column("email", String(320), nullable=False),
    Column("phone", String(60), nullable=False),
    Column("address", String(500), nullable=False),
    Column("reply_address", String(320), nullable=False),
    Column("known_as", String(320), nullable=False, server_default="", index=True),
    Column("person", ForeignKey("person.id")),
    Column("respondent_role", String(30)),
)

consent = Table(
    "consent",
    metadata,
    _id(),
    Column("case", ForeignKey("case.id"), nullable=False, index=True),
    Column("route", String(20), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("at", Utc, nullable=False),
    Column("source", String(20), nullable=False),
    Column("wording", Text, nullable=False),
)

message = Table(
    "message",
    metadata,
    _id(),
    Column("case", ForeignKey("case.id"), index=True),
    Column("channel", String(30), nullable=False),
    Column("door", String(80), nullable=False),
    Column("external_id", String(400), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("sender", JSON, nullable=False),
    Column("reply_route", String(20)),
    Column("reply_address", String(320)),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("reply_text", Text, nullable=False),
    Column("references", JSON, nullable=False),
    Column("authentication", JSON, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("automatic", Boolean, nullable=False),
    Column("problem", String(200)),
    Column("marks", JSON, nullable=False, server_default="{}"),
    Column("refused", JSON, nullable=False, server_default="[]"),
    Column("imported", Boolean, nullable=False, server_default=false()),
    Column("scan", String(12), nullable=False, server_default="off"),
    Column("raw", String(64), nullable=False),
    Column("raw_type", String(100), nullable=False),
    UniqueConstraint("external_id", "content_hash"),
)

attachment = Table(
    "attachment",
    metadata,
    _id(),
    Column("message", ForeignKey("message.id"), nullable=False, index=True),
    Column("filename", String(300), nullable=False),
    Column("content_type", String(200), nullable=False),
    Column("size", Integer, nullable=False),
    Column("inline", Boolean, nullable=False),
    Column("blob", String(64), nullable=False),
    Column("risk", String(40), nullable=False, server_default=""),
    Column("scan", String(12), nullable=False, server_default="off"),
)

suggestion = Table(
    "suggestion",
    metadata,
    _id(),
    Column("message", ForeignKey("message.id"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("model", String(120), nullable=False),
    Column("proposal", JSON, nullable=False),
)

event = Table(
    "event",
    metadata,
    _id(),
    Column("case", ForeignKey("case.id"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("actor", ForeignKey("account.id")),
    Column("type", String(40), nullable=False),
    Column("data", JSON, nullable=False),
)

task = Table(
    "task",
    metadata,
    _id(),
    Column("kind", String(30), nullable=False),
    Column("role", String(20), nullable=False),
    Column("person", ForeignKey("person.id")),
    Column("case", ForeignKey("case.id"), index=True),
    Column("message", ForeignKey("message.id")),
    Column("outgoing", ForeignKey("outgoing.id")),
    Column("due", Date, nullable=False),
    Column("note", String(200), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("done_at", Utc),
    Column("done_by", ForeignKey("account.id")),
    Index("ix_task_open", "role", "done_at"),
)

outgoing = Table(
    "outgoing",
    metadata,
    _id(),
    Column("case", ForeignKey("case.id"), index=True),
    Column("letter", String(60), nullable=False),
    Column("route", String(20), nullable=False),
    Column("address", String(320), nullable=False),
    Column("to_name", String(300), nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text),
    Column("message_id", String(300), nullable=False, unique=True),
    Column("in_reply_to", String(400)),
    Column("references", JSON, nullable=False),
    Column("receipt", Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("state", String(20), nullable=False),
    Column("sent_at", Utc),
    Column("attempts", Integer, nullable=False),
    Column("provider_id", String(300), nullable=False),
    Column("last_error", String(300)),
    Column("reply_to", String(320), nullable=False, server_default=""),
    Column("automatic", Boolean, nullable=False, server_default=true()),
    Column("again_for", Integer),
    Column("address_key", String(320), nullable=False, server_default=""),
    Index("ix_outgoing_address_key", "address_key", "created_at"),
)

enclosure = Table(
    "enclosure",
    metadata,
    _id(),
    Column("outgoing", ForeignKey("outgoing.id"), nullable=False, index=True),
    Column("filename", String(300), nullable=False),
    Column("content_type", String(200), nullable=False),
    Column("blob", String(64), nullable=False),
)

door = Table(
    "door",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("source", String(400), nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uidnext", BigInteger, nullable=False),
    Column("since", Utc, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("left", Integer, nullable=False),
)

job = Table(
    "job",
    metadata,
    _id(),
    Column("kind", String(20), nullable=False),
    Column("subject", Integer, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("leased_until", Utc),
    Column("last_error", String(300)),
    Index("ix_job_due", "kind", "due_at"),
)
