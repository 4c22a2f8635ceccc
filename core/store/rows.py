"""Rows to domain objects and back, and nothing else."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, Table, insert
from sqlalchemy.sql.dml import ReturningInsert

from core.domain.events import Event

T = TypeVar("T")
AnyRow = Row[*tuple[Any, ...]]
"""A row whose columns are named where it is read; SQLAlchemy cannot type columns that stand in a list."""


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


EVENTS = {_snake(kind.__name__): kind for kind in get_args(Event)}
"""Every event type by the name under which it is stored: its class name written out in small letters."""


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    """One adapter a type, built when first needed: building is slow, using is not."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def to_json(value: object) -> Any:
    """A frozen dataclass (or a tuple of them) as JSON values: dates in ISO form, enums as their slug."""
    return _adapter(type(value)).dump_python(value, mode="json")


def from_json(kind: type[T], data: object) -> T:
    """The dataclass back. Raises pydantic.ValidationError when the stored value is not of this shape."""
    result: T = _adapter(kind).validate_python(data, strict=False)
    return result


def event_to_row(event: Event) -> tuple[str, Any]:
    """An event as its stored name and data."""
    return _snake(type(event).__name__), to_json(event)


def event_from_row(kind: str, data: object) -> Event:
    """The event that was stored under this name. Raises KeyError for a name this version does not know."""
    event: Event = _adapter(EVENTS[kind]).validate_python(data)
    return event


@cache
def _inserting(table: Table) -> ReturningInsert[int]:
    """The statement, made once: making it costs more than running it."""
    return insert(table).returning(table.c.id)


def inserted(connection: Connection, table: Table, values: Mapping[str, object]) -> int:
    """Insert one row and give its number."""
    number: int = connection.execute(_inserting(table), dict(values)).scalar_one()
    return number
