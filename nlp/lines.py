"""The JSON contract of ``gehoord nlp suggest --jsonl``: one message in, one answer out."""

from collections.abc import Mapping
from datetime import date
from functools import cache

from core.domain.labels import Channel
from core.domain.triage import Query, Suggestion
from nlp.classifier import SpacyClassifier


class BadRequestError(ValueError):
    """A line that cannot be a message; names the key, never the content."""


def answer(line: object) -> dict[str, object]:
    """The answer to ``{"text", "subject"?, "channel"?, "received"?, "id"?}``; "id" comes back unchanged.

    Keys: kinds (independent probabilities), teams (sum to 1, or empty), subject_role, entities (as written), language,
    why (spans of "text"), abstain (a slug or null), model.
    """
    if not isinstance(line, Mapping):
        raise BadRequestError("not an object")
    said = _default().suggest(query(line))
    return ({"id": line["id"]} if "id" in line else {}) | as_json(said)


def query(line: Mapping[str, object]) -> Query:
    """The question in a line, or BadRequestError."""
    received = line.get("received")
    try:
        day = date.fromisoformat(_text(line, "received")[:10]) if received else None
        channel = Channel(_text(line, "channel")) if line.get("channel") else Channel.EMAIL
    except ValueError as wrong:
        raise BadRequestError("received or channel") from wrong
    return Query(subject=_text(line, "subject"), text=_text(line, "text"), channel=channel, received=day)


def as_json(said: Suggestion) -> dict[str, object]:
    """A suggestion under the frozen outside names (decisions 3: "subject_role" is the role of the respondent)."""
    return {
        "kinds": {kind.value: round(share, 4) for kind, share in said.kinds.items()},
        "teams": _shares(said.teams),
        "subject_role": said.respondent_role.value,
        "entities": {key: list(found) for key, found in said.entities.items()},
        "language": said.language,
        "why": [
            {"span": [one.start, one.end], "text": one.text, "for": one.label, "weight": one.weight} for one in said.why
        ],
        "abstain": said.abstain,
        "model": said.model,
    }


def _shares(teams: Mapping[str, float]) -> dict[str, float]:
    """Shares rounded to print that still sum to 1."""
    total = sum(teams.values())
    return {team: round(share / total, 6) for team, share in teams.items()}


def _text(line: Mapping[str, object], key: str) -> str:
    value = line.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRequestError(key)
    return value


@cache
def _default() -> SpacyClassifier:
    return SpacyClassifier()
