"""Everything that the procedure can say to people has Dutch words, and no word is left over."""

import ast
from collections.abc import Iterator
from inspect import getsource
from typing import get_args

import pytest

from core.domain.procedure.activity import To, Who
from core.domain.procedure.dates import _REASONS
from core.domain.procedure.events import ProcedureEvent
from core.domain.procedure.fields import NO, YES
from core.domain.procedure.guards import findings, handling, hearing, leaving, terms
from core.domain.procedure.slugs import Ending
from core.domain.procedure.table import ACTIVITIES, guards
from core.domain.tasks import ALERTS, TaskKind
from core.store.rows import EVENTS
from templates.texts import texts

WORDS = texts("procedure")
PROBLEMS = {"required", "unknown", "not_a_number", "too_long", "not_a_choice", "not_a_day", "in_future"}


def missing_slugs() -> Iterator[str]:
    """What guards say is missing, as it stands in their source."""
    for module in (findings, handling, hearing, leaving, terms):
        for node in ast.walk(ast.parse(getsource(module))):
            if isinstance(node, ast.Return) and node.value is not None:
                for inner in ast.walk(node.value):
                    if isinstance(inner, ast.Tuple):
                        yield from (
                            each.value
                            for each in inner.elts
                            if isinstance(each, ast.Constant) and isinstance(each.value, str)
                        )


def wanted() -> set[str]:
    rows = ACTIVITIES.values()
    fields = [field for row in rows for field in row.fields]
    found = {f"act.{slug}" for slug in ACTIVITIES}
    found |= {f"field.{field.name}" for field in fields}
    found |= {f"choice.{choice}" for field in fields for choice in (*field.choices, YES, NO)}
    found |= {f"refusal.{guard.slug}" for guard in guards()}
    found |= {f"letter.{owed.letter}" for row in rows for owed in row.letters}
    found |= {f"task.{kind}" for kind in TaskKind if kind not in ALERTS}
    found |= {f"who.{who}" for who in Who} | {f"to.{to}" for to in To}
    found |= {f"ending.{ending}" for ending in Ending} | {f"problem.{problem}" for problem in PROBLEMS}
    reasons = {*_REASONS.values(), "received", "complainant_confirmed", "letter_sent"}
    found |= {f"reason.{reason}" for reason in reasons}
    found |= {f"event.{name}" for name, kind in EVENTS.items() if kind in get_args(ProcedureEvent)}
    found |= {f"missing.{item}" for item in ("naam", "adres", "omschrijving", "ondertekening")}
    plain = {slug for slug in missing_slugs() if slug not in ACTIVITIES and f"field.{slug}" not in found}
    return found | {f"missing.{slug}" for slug in plain}


def test_every_key_has_words_and_no_key_is_left_over() -> None:
    assert WORDS.keys == wanted()


@pytest.mark.parametrize("key", sorted(WORDS.keys))
def test_words_are_words(key: str) -> None:
    said = WORDS(key)
    assert said and not said.endswith(" ") and "_" not in said
    longest = max(len(sentence.split()) for sentence in said.split(". "))
    assert longest <= 25, "law.md W-4: no sentence of more than 25 words"
    if key.startswith(("refusal.", "problem.")):
        assert said.endswith(".")
