"""Checks requests, updates and answers against the machine-readable description of the Bot API (`api.json`)."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import BaseModel

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = dict[str, "Json"]

_FIXED = re.compile(r'(?:always|must be) "?(\w+)"?$')
_LIMIT = re.compile(r"(\d+)-(\d+) (characters|bytes)(.*)")
_ARRAY = "Array of "


class NotAsDescribedError(ValueError):
    """A value that the description of the Bot API does not allow, and where it stands."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")


@dataclass(frozen=True)
class Upload:
    """A file that came along in a multipart request (the description's InputFile)."""

    name: str
    content_type: str
    data: bytes


class _RawField(BaseModel):
    name: str
    types: list[str]
    required: bool
    description: str


class _RawEntry(BaseModel):
    name: str
    fields: list[_RawField] = []
    subtypes: list[str] = []
    returns: list[str] = []


class _RawDescription(BaseModel):
    version: str
    methods: dict[str, _RawEntry]
    types: dict[str, _RawEntry]


@dataclass(frozen=True)
class Limit:
    """How long a text may be, as the field's own description says it."""

    low: int
    high: int
    unit: Literal["characters", "bytes"]
    after_parsing: bool

    def allows(self, text: str) -> bool:
        """Whether the text's length lies within the limit; characters are Unicode code points."""
        length = len(text.encode()) if self.unit == "bytes" else len(text)
        return self.low <= length <= self.high


@dataclass(frozen=True)
class Field:
    """One parameter of a method or one field of a type."""

    name: str
    types: tuple[str, ...]
    required: bool
    fixed: str | None
    limit: Limit | None


@dataclass(frozen=True)
class Entry:
    """One method or type of the Bot API."""

    name: str
    fields: dict[str, Field]
    subtypes: tuple[str, ...]
    returns: tuple[str, ...]


def _limit(description: str) -> Limit | None:
    found = _LIMIT.search(description)
    if not found:
        return None
    unit: Literal["characters", "bytes"] = "bytes" if found[3] == "bytes" else "characters"
    return Limit(int(found[1]), int(found[2]), unit, "after entit" in found[4])


def _field(raw: _RawField) -> Field:
    is_text = raw.types == ["String"]
    fixed = _FIXED.search(raw.description.rstrip(".")) if is_text and raw.name in {"type", "status", "source"} else None
    limit = _limit(raw.description) if is_text else None
    return Field(raw.name, tuple(raw.types), raw.required, fixed[1] if fixed else None, limit)


def _entry(raw: _RawEntry) -> Entry:
    fields = {field.name: _field(field) for field in raw.fields}
    return Entry(raw.name, fields, tuple(raw.subtypes), tuple(raw.returns))


class Description:
    """The Bot API as published: which methods exist, what they take, what they answer."""

    def __init__(self, path: Path) -> None:
        raw = _RawDescription.model_validate_json(path.read_bytes())
        self.version = raw.version
        self.methods = {name: _entry(method) for name, method in raw.methods.items()}
        self.types = {name: _entry(kind) for name, kind in raw.types.items()}
        self._by_lower_case = {name.lower(): entry for name, entry in self.methods.items()}

    def method(self, name: str) -> Entry | None:
        """The described method of this name; the Bot API does not mind upper or lower case."""
        return self._by_lower_case.get(name.lower())

    def check_request(self, method: str, parameters: dict[str, object]) -> None:
        """Refuse a request with unknown, missing or mistyped parameters."""
        self._check_fields(self.methods[method], parameters, method)

    def check_answer(self, method: str, result: Json) -> None:
        """Refuse a result that the method is not described to return."""
        self.check(result, self.methods[method].returns, f"answer to {method}")

    def check_object(self, type_name: str, value: Json) -> None:
        """Refuse a value that is not an object of the described type."""
        self.check(value, (type_name,), type_name)

    def limit(self, owner: str, field: str) -> Limit:
        """The length limit of a text field of a method or type; KeyError where there is none."""
        entry = self.methods.get(owner) or self.types[owner]
        limit = entry.fields[field].limit
        if limit is None:
            raise KeyError(f"{owner}.{field} has no described limit")
        return limit

    def check(self, value: object, types: tuple[str, ...], where: str) -> None:
        """Refuse a value that is of none of the described types."""
        problems: list[NotAsDescribedError] = []
        for type_name in self._most_alike_first(value, types):
            try:
                self._check_one(value, type_name, where)
            except NotAsDescribedError as problem:
                problems.append(problem)
            else:
                return
        raise problems[0]

    def _most_alike_first(self, value: object, types: tuple[str, ...]) -> list[str]:
        """Order candidate types by shared field names, so that the complaint names the type that was meant."""

        def unlike(type_name: str) -> int:
            entry = self.types.get(type_name)
            if entry is None or not isinstance(value, dict):
                return 0
            return -len(entry.fields.keys() & value.keys())

        return sorted(types, key=unlike)

    def _check_one(self, value: object, type_name: str, where: str) -> None:
        if type_name.startswith(_ARRAY):
            if not isinstance(value, list):
                raise NotAsDescribedError(where, f"is not an {type_name}")
            for position, item in enumerate(value):
                self.check(item, (type_name.removeprefix(_ARRAY),), f"{where}[{position}]")
        elif type_name in self.types and type_name != "InputFile":
            self._check_object(value, self.types[type_name], where)
        elif not _is_plain(value, type_name):
            raise NotAsDescribedError(where, f"is not of type {type_name}")

    def _check_object(self, value: object, entry: Entry, where: str) -> None:
        if entry.subtypes:
            self.check(value, entry.subtypes, where)
        elif isinstance(value, dict):
            self._check_fields(entry, value, where)
        else:
            raise NotAsDescribedError(where, f"is not a {entry.name}")

    def _check_fields(self, entry: Entry, values: dict[str, object], where: str) -> None:
        for name in values:
            if name not in entry.fields:
                raise NotAsDescribedError(where, f"{entry.name} has no field {name!r}")
        for field in entry.fields.values():
            if field.name in values:
                self._check_field(field, values[field.name], f"{where}.{field.name}")
            elif field.required:
                raise NotAsDescribedError(where, f"{entry.name} needs {field.name!r}")

    def _check_field(self, field: Field, value: object, where: str) -> None:
        self.check(value, field.types, where)
        if not isinstance(value, str):
            return
        if field.fixed is not None and value != field.fixed:
            raise NotAsDescribedError(where, f"must be {field.fixed!r}")
        if field.limit and not field.limit.after_parsing and not field.limit.allows(value):
            raise NotAsDescribedError(where, f"must have {field.limit.low}-{field.limit.high} {field.limit.unit}")


def _is_plain(value: object, type_name: str) -> bool:
    match type_name:
        case "Integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "Float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "Boolean":
            return isinstance(value, bool)
        case "String":
            return isinstance(value, str)
        case "InputFile":
            return isinstance(value, Upload)
        case _:
            raise LookupError(f"the description does not define the type {type_name!r}")


@cache
def bot_api() -> Description:
    """The vendored description, read once."""
    return Description(Path(__file__).with_name("api.json"))
