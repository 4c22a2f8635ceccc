"""Every letter: its whole text, plain words, what the law wants in it, and an html twin that says the same."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core.domain.labels import Channel
from core.domain.message import Contact, Inbound, Refused
from core.letters import typed
from core.letters.samples import SAMPLES
from tests.core.world import MONDAY
from tests.letters.plain import complaints
from tests.letters.telling import CASE, EVERY, FORM, MESSAGE, PLAIN, REFUSED, written

EXPECTED = Path(__file__).parent / "expected"
ALLOWED = {
    "html", "head", "meta", "title", "body", "h2", "h3", "p", "br", "ol", "ul", "li", "strong", "a", "blockquote",
    "div",
}  # fmt: skip


def test_every_letter_is_tried_here_and_by_check() -> None:
    assert {letter for letter, _ in EVERY.values()} == set(SAMPLES)


@pytest.mark.parametrize("file", sorted(EXPECTED.iterdir()), ids=lambda file: file.stem)
def test_the_whole_text(file: Path) -> None:
    letter = written(file.stem)
    assert f"{letter.subject}\n\n{letter.text}" == file.read_text()


@pytest.mark.parametrize("variant", EVERY)
def test_it_is_plain(variant: str) -> None:
    letter = written(variant)
    assert complaints(letter.text) == []
    assert complaints(letter.subject + ".") == []


@pytest.mark.parametrize("variant", EVERY)
def test_number_and_a_phone_are_in_every_part(variant: str) -> None:
    letter = written(variant)
    signed = "signer_phone" in EVERY[variant][1]
    assert "2026-0187" in letter.subject
    for part in (letter.text, letter.html):
        assert "2026-0187" in part
        assert ("0591 123456" if signed else "14 0591") in part
        assert "Raadhuisplein 1" in part  # nobody has to do it by computer (Awb 2:1)
        assert ("M. de Boer" in part) == (variant != "statusbericht")  # that one may go by chat: no names (Awb 2:9)


@pytest.mark.parametrize("variant", EVERY)
def test_the_html_says_what_the_text_says(variant: str) -> None:
    letter = written(variant)
    assert _Seen.words(letter.html) == re.sub(r"(?m)^\s*(?:-|\d+\.)\s", "", letter.text).split()


@pytest.mark.parametrize("variant", EVERY)
@pytest.mark.parametrize("language", ["nl", "ar"])
def test_the_html_is_light_and_fetches_nothing(variant: str, language: str) -> None:
    seen = _Seen.of(written(variant, language).html)
    assert seen.tags <= ALLOWED
    assert seen.attributes <= {"lang", "dir", "charset", "name", "content", "style", "href"}
    assert seen.languages[0] == "nl"
    assert all(link == "https://gemeente.example/privacy" for link in seen.links)
    assert "color-scheme" in seen.metas
    # A colour of our own would be unreadable on a dark background, or the other way round.
    assert not re.search(r"(?:^|[;\s])(?:background|color)[^;]*:|#[0-9a-f]{3}|url\(", " ".join(seen.styles))


def test_an_unknown_caller_is_greeted_too() -> None:
    for letter, facts in EVERY.values():
        text = PLAIN.write(letter, {**facts, "name": ""}).text
        assert text.startswith("Beste heer of mevrouw,\n")


def test_only_letters_about_a_decision_and_the_receipt_speak_of_bezwaar() -> None:
    """No road is pointed to that is not there (Awb 9:3); ``ontvangst`` has its two standing sentences (decisions 8)."""
    speak = {variant for variant in EVERY if "bezwaar" in written(variant).text.casefold()}
    assert speak == {
        "ontvangst", "ontvangst_formulier", "mogelijk_bezwaar", "omzetting_bezwaar", "doorzending_bezwaar",
        "niet_in_behandeling_besluit",
    }  # fmt: skip
    for variant in EVERY:
        for never in ("beroep instellen", "rechtbank", "bezwaarclausule", "dien opnieuw in"):
            assert never not in written(variant).text.casefold()
    assert {variant for variant in EVERY if "gegrond" in written(variant).text} == {"bevindingen"}


def test_the_letter_about_a_decision_costs_nobody_a_right() -> None:
    text = written("mogelijk_bezwaar").text
    for must in (
        "misschien een bezwaar",  # nothing is decided
        "Er is nog niets beslist",
        "telt de dag waarop wij uw bericht kregen: 23 november 2026",  # Awb 6:15 lid 3, law.md B-3
        "niet nog een keer te sturen",  # never "dien opnieuw in"
        "mag u dat nu al doen",  # waiting for us is never advised: the term for another objection runs on
    ):
        assert must in text
    for never in (
        "opnieuw in",
        "wacht",
        "hoeft niets te doen",
        "niets te doen",
        "zes weken",
        "te laat",
        "geen bezwaar",
    ):
        assert never not in text


def test_an_addition_promises_no_date() -> None:
    """The term does not move when something is added (law.md A-4.4): no date is named but that of receipt."""
    assert re.findall(r"\d+ [a-z]+ 20\d\d", written("aanvulling_ontvangen").text) == ["25 november 2026"]


def test_a_refusal_names_what_why_and_how_else() -> None:
    """Awb 2:15."""
    text = written("weigering_bericht").text
    assert "artikel 2:15" in text
    for file in REFUSED["refused"]:  # type: ignore[union-attr]
        assert isinstance(file, Refused)
        assert file.filename in text
    one = PLAIN.write(
        "weigering_bericht", {**CASE, "refused": (Refused(filename="a.mp4", reason="too_large", size=9),)}
    )
    assert "virus" not in one.text
    assert "a.mp4 (0 kB). Dit bestand is te groot.\n" in one.text  # no figure that nobody gave


def test_a_reason_that_is_new_still_makes_a_letter() -> None:
    file = Refused(filename="a.bin", reason="something_new", size=9)
    assert "niet veilig aannemen" in PLAIN.write("weigering_bericht", {**CASE, "refused": (file,)}).text


def test_what_an_official_types_is_harmless_and_keeps_its_paragraphs() -> None:
    letter = PLAIN.write("bericht", {**MESSAGE, "body": "Een <b>x</b>\n\n\n\nTwee\nregels"})
    assert "Een <b>x</b>\n\nTwee\nregels\n" in letter.text
    assert '<p style="white-space: pre-line">Een &lt;b&gt;x&lt;/b&gt;</p>' in letter.html
    assert '<p style="white-space: pre-line">Twee\nregels</p>' in letter.html


def test_without_a_phone_of_their_own_the_municipality_is_called() -> None:
    letter = PLAIN.write("bericht", {**MESSAGE, "signer_phone": "", "signer_function": ""})
    assert letter.text.endswith("S. Visser\ngemeente Voorbeeld\n14 0591\n")


def test_a_file_name_is_harmless() -> None:
    file = Refused(filename="<img src=x>.exe", reason="type", size=9)
    html = PLAIN.write("weigering_bericht", {**CASE, "refused": (file,)}).html
    assert "<img" not in html


def test_everything_typed_in_a_form_is_given_back() -> None:
    """Awb 2:17 lid 2, also a field that we do not know, and the consent that was not given."""
    form = Inbound(
        channel=Channel.KLACHTENFORMULIER, door="web", external_id="1", content_hash="x", received_at=MONDAY,
        sender=Contact(name="M. de Boer", phone="06 1", email="m@voorbeeld.example", address="Dorp 1\nVoorbeeld"),
        reply=None, raw=b"{}", text="Verhaal",
        fields={"when": "gisteren", "consent": "", "about_whom": "Een medewerker", "Kenteken": "AB-12-C", "form": "x"},
    )  # fmt: skip
    assert typed(form) == (
        ("about_whom", "Een medewerker"), ("when", "gisteren"), ("Kenteken", "AB-12-C"), ("name", "M. de Boer"),
        ("phone", "06 1"), ("email", "m@voorbeeld.example"), ("address", "Dorp 1\nVoorbeeld"), ("consent", ""),
    )  # fmt: skip
    letter = PLAIN.write("ontvangst", {**FORM, "fields": typed(form)})
    for part in (letter.text, letter.html):
        assert "Kenteken: AB-12-C" in part
        assert "Mogen wij u per e-mail antwoorden: nee" in part
    assert typed(replace(form, channel=Channel.EMAIL)) == ()


class _Seen(HTMLParser):
    """What a mail program finds in a letter."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.languages: list[str] = []
        self.links: list[str] = []
        self.metas: list[str] = []
        self.styles: list[str] = []
        self.text: list[str] = []
        self._title = False

    @classmethod
    def of(cls, html: str) -> "_Seen":
        seen = cls()
        seen.feed(html)
        seen.close()
        return seen

    @classmethod
    def words(cls, html: str) -> list[str]:
        return "".join(cls.of(html).text).split()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes |= told.keys()
        self.languages += [told["lang"]] if "lang" in told else []
        self.links += [told["href"]] if "href" in told else []
        self.metas += [told["name"]] if tag == "meta" and "name" in told else []
        self.styles += [told["style"]] if "style" in told else []
        self._title = tag == "title"
        self.text.append(" " if tag == "br" else "")

    def handle_endtag(self, tag: str) -> None:
        self._title = False

    def handle_data(self, data: str) -> None:
        self.text.append("" if self._title else data)
