"""A municipality's own letters: used when they are good; told, and never in the way of a citizen, when they are not."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from core.letters import Letter, Letters, check
from core.letters.samples import LIMITS, SAMPLES
from tests.core.world import MUNICIPALITY
from tests.letters.telling import ADDITION, FORM, PLAIN, RECEIPT

OWN = "Dag {{ name }},\n\nUw nummer is {{ number }}.\n"
_time = count(1_800_000_000)


@dataclass
class Own:
    """A municipality with a folder of its own, and what was told of it."""

    folder: Path
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.letters = Letters(MUNICIPALITY, overrides=self.folder, alert=self._alert)

    def _alert(self, alert: str, where: str) -> None:
        assert alert == "letter_override"
        self.told.append(where)

    def put(self, name: str, content: str | bytes) -> None:
        """Write a file; each time is another version of it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(path, (next(_time),) * 2)

    def receipt(self) -> Letter:
        return self.letters.write("ontvangst", RECEIPT)

    def found(self) -> list[str]:
        return [str(problem) for problem in check(MUNICIPALITY, self.folder)]


@pytest.fixture
def own(tmp_path: Path) -> Own:
    return Own(tmp_path / "brieven")


BUILT_IN = PLAIN.write("ontvangst", RECEIPT)


def test_an_empty_folder_changes_nothing(own: Own) -> None:
    for letter, variants in SAMPLES.items():
        for facts in variants:
            for language in ("nl", "en", "ar"):
                assert own.letters.write(letter, facts, language) == PLAIN.write(letter, facts, language)
    assert own.told == []


def test_a_file_takes_the_place_of_the_built_in_one(own: Own) -> None:
    own.put("ontvangst/text.txt", OWN)
    assert own.receipt().text == "Dag M. de Boer,\n\nUw nummer is 2026-0187.\n"
    assert own.receipt().html == BUILT_IN.html
    assert own.told == []


def test_a_part_that_letters_share_can_be_replaced_for_all(own: Own) -> None:
    own.put("parts/help.txt", "Kom langs.\n")
    assert "Kom langs." in own.receipt().text
    assert "Kom langs." in own.letters.write("aanvulling_ontvangen", ADDITION).text


def test_a_paragraph_in_another_language_can_be_replaced(own: Own) -> None:
    own.put("aanvulling_ontvangen/languages/en.txt", "Got it on {{ added_on | day('en') }}.\n")
    assert "\nGot it on 25 November 2026.\n" in own.letters.write("aanvulling_ontvangen", ADDITION, "en").text


BROKEN: dict[str, tuple[str, str | bytes, int]] = {
    "syntax": ("ontvangst/text.txt", "Een\n{% if %}\n", 2),
    "a name that nobody gives": ("ontvangst/text.txt", "{{ number }}\n\n{{ nummer }}\n", 3),
    "an unknown filter": ("ontvangst/text.txt", "{{ number | dag }}", 1),
    "a way out of the sandbox": ("ontvangst/text.txt", "{{ number }}\n{{ name.__class__.__mro__ }}", 2),
    "a file that is not there": ("ontvangst/html.html", "{{ number }}\n{% include 'nergens.html' %}", 2),
    "out of the folder": ("ontvangst/html.html", "{{ number }}{% include '../../../etc/passwd' %}", 1),
    "arithmetic": ("ontvangst/subject.txt", "{{ number }}{{ 1 / 0 }}", 1),
    "endless": ("ontvangst/text.txt", "{% macro a() %}{{ a() }}{% endmacro %}\n{{ a() }}", 1),
    "an empty subject": ("ontvangst/subject.txt", "  \n", 1),
    "no number": ("ontvangst/text.txt", "Dank u wel.", 1),
    "no number in the html": ("ontvangst/html.html", "<p>Dank u wel. <!-- {{ number }} --></p>", 1),
    "not UTF-8": ("ontvangst/text.txt", "Beste {{ name }}, één {{ number }}".encode("latin-1"), 1),
    "unescaped": ("ontvangst/html.html", "{{ number }}\n{{ copy | safe }}", 2),
    "unescaped too": ("ontvangst/html.html", "{{ number }}\n{% autoescape false %}{{ copy }}{% endautoescape %}", 2),
    "a part": ("parts/help.txt", "\n\n{{ nergens }}", 3),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_told_and_the_built_in_letter_leaves(own: Own, what: str) -> None:
    name, content, line = BROKEN[what]
    own.put(name, content)
    assert own.receipt() == BUILT_IN
    assert len(own.told) == 1
    assert own.told[0].startswith(f"{name}:{line} ")


@pytest.mark.parametrize("what", BROKEN)
def test_check_names_file_and_line(own: Own, what: str) -> None:
    name, content, line = BROKEN[what]
    own.put(name, content)
    assert f"{name}:{line}" in {found.partition(" ")[0] for found in own.found()}


def test_one_broken_file_spoils_only_the_letters_that_use_it(own: Own) -> None:
    own.put("ontvangst/text.txt", "{{ nergens }}")
    own.put("aanvulling_ontvangen/text.txt", OWN)
    own.receipt()
    assert own.letters.write("aanvulling_ontvangen", ADDITION).text.startswith("Dag M. de Boer,")


def test_each_version_of_a_file_is_told_once(own: Own) -> None:
    own.put("ontvangst/text.txt", "{{ nergens }}")
    for _ in range(3):
        own.receipt()
    assert len(own.told) == 1
    own.put("ontvangst/text.txt", "\n{{ nergens }}")
    own.receipt()
    own.receipt()
    assert [where.partition(" ")[0] for where in own.told] == ["ontvangst/text.txt:1", "ontvangst/text.txt:2"]


def test_a_file_that_is_mended_appears_or_goes_is_noticed_at_once(own: Own) -> None:
    assert own.receipt() == BUILT_IN
    own.put("ontvangst/text.txt", "{{ nergens }}")
    assert own.receipt() == BUILT_IN
    own.put("ontvangst/text.txt", OWN)
    assert own.receipt().text.startswith("Dag")
    (own.folder / "ontvangst/text.txt").unlink()
    assert own.receipt() == BUILT_IN


def test_a_citizens_words_stay_out_of_what_is_told(own: Own) -> None:
    own.put("ontvangst/text.txt", "{{ {'a': 1}[copy] }}{{ copy | int(base=copy) }}")
    own.receipt()
    assert own.told == ["ontvangst/text.txt:1 UndefinedError"]


def test_a_citizens_words_stay_escaped(own: Own) -> None:
    own.put("ontvangst/html.html", "<p>{{ number }} {{ copy }}</p>")
    html = own.letters.write("ontvangst", {**RECEIPT, "copy": "<script>"}).html
    assert html == "<p>2026-0187 &lt;script&gt;</p>"


def test_the_receipt_of_a_form_gives_back_what_was_typed_however_it_is_worded(own: Own) -> None:
    """Awb 2:17 lid 2."""
    own.put("ontvangst/text.txt", OWN)
    assert own.letters.write("ontvangst", FORM) == PLAIN.write("ontvangst", FORM)
    assert own.told == ["ontvangst/text.txt:1 the story ('copy') is missing"]
    own.put("ontvangst/text.txt", OWN + "{{ copy }}{% for key, given in fields %}\n{{ given }}{% endfor %}")
    assert own.letters.write("ontvangst", FORM).text.startswith("Dag")
    own.put("ontvangst/html.html", "{{ number }}<br>{{ copy }}{% for _, given in fields %}<li>{{ given }}{% endfor %}")
    assert "<li>06 12345678" in own.letters.write("ontvangst", FORM).html


def test_a_missing_fact_is_not_blamed_on_the_municipality(own: Own) -> None:
    own.put("ontvangst/text.txt", "{{ number }} {{ limit | day }}")
    with pytest.raises(UndefinedError):
        own.letters.write("ontvangst", {name: fact for name, fact in RECEIPT.items() if name != "limit"})
    assert own.told == []


def test_somebody_must_be_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="told"):
        Letters(MUNICIPALITY, overrides=tmp_path)


def test_check_is_content_with_good_files(own: Own) -> None:
    own.put("aanvulling_ontvangen/text.txt", "{% include 'eigen/kop.txt' %}\n" + OWN)
    own.put("eigen/kop.txt", "Gemeente {{ municipality.name }}")
    own.put(".git/config", "x")
    assert own.found() == []


def test_check_names_a_file_that_no_letter_has(own: Own) -> None:
    own.put("ontvagst/text.txt", OWN)
    assert own.found() == ["ontvagst/text.txt no letter has a file of this name; own parts go in eigen/"]


def test_check_tries_every_variant(own: Own) -> None:
    own.put(
        "parts/page.html",
        "{% block main %}{% endblock %}{% block signature %}{% endblock %}"
        "{% if municipality.committee %}\n{{ nergens }}{% endif %}",
    )
    assert [found.partition(" ")[0] for found in own.found()] == ["parts/page.html:2"]


@pytest.mark.parametrize("make", [lambda path: None, Path.touch], ids=["nothing", "file"])
def test_check_wants_a_folder(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "brieven")
    assert [str(problem) for problem in check(MUNICIPALITY, tmp_path / "brieven")] == ["is not a folder"]


def test_check_without_a_folder_tries_the_built_in_letters() -> None:
    assert check(MUNICIPALITY, None) == []
    assert set(LIMITS) == {"too_large", "total_too_large", "too_many"}
