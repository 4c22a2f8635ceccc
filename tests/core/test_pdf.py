"""Letters as PDF: everything that stands in the letter, readable by machines and for ever, whatever it holds."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, StreamObject

from core.adapters.pdf import HOME, UNKNOWN, TypstPdf
from core.letters.paper import Block, BlockKind, Paper, Span
from core.letters.structure import structure
from tests.letters.telling import EVERY, FULL, written

PRINTER = TypstPdf()


def paper(variant: str, language: str = "nl") -> Paper:
    letter = written(variant, language)
    return Paper(
        sender=FULL,
        to=("M. de Boer", "Dorpsstraat 1", "1234 AB Voorbeeld"),
        day=date(2026, 12, 14),
        reference="2026-0187",
        subject=letter.subject,
        blocks=structure(letter.html),
    )


def saying(*texts: str) -> Paper:
    """A letter of which these are the paragraphs."""
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, lines=((Span(text=text),),)) for text in texts)
    return replace(paper("statusbericht"), blocks=blocks)


def opened(wanted: Paper) -> PdfReader:
    return PdfReader(BytesIO(PRINTER.render(wanted)))


def text_of(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def words(text: str) -> list[str]:
    return text.replace("•", " ").replace("\u200b", "").split()


def objects(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file, once."""
    seen: set[int] = set()
    waiting: list[object] = [reader.trailer]
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in seen:
                continue
            seen.add(one.idnum)
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            yield one
            waiting += [one.raw_get(key) for key in one]
        elif isinstance(one, ArrayObject):
            waiting += list(one)


def within(one: PdfObject | None, *keys: str | int) -> PdfObject | None:
    """What lies under these keys."""
    for key in keys:
        if isinstance(key, int):
            assert isinstance(one, ArrayObject)
            one = one[key].get_object()
        else:
            assert isinstance(one, DictionaryObject)
            one = one[key].get_object()
    return one


@pytest.mark.parametrize("variant", EVERY)
def test_everything_in_the_letter_stands_on_the_paper(variant: str) -> None:
    letter = written(variant)
    printed = iter(words(text_of(opened(paper(variant)))))
    wanted = re.sub(r"(?m)^\s*- ", "", letter.text).split()
    assert [word for word in wanted if word not in printed] == []  # an iterator: in the same order


def test_the_paper_is_the_municipalitys_own() -> None:
    printed = text_of(opened(replace(paper("verdaging"), enclosures=("verslag.pdf", "foto.jpg"))))
    for must in (
        "Gemeente Voorbeeld", "Raadhuisplein 1, Voorbeeld", "14 0591", "M. de Boer\nDorpsstraat 1\n1234 AB Voorbeeld",
        "Datum: 14 december 2026", "Ons nummer: 2026-0187", "Bijlagen: verslag.pdf, foto.jpg", "pagina 1 van 1",
    ):  # fmt: skip
        assert must in printed, must
    assert printed.index("M. de Boer") < printed.index("Datum") < printed.index("Wij hebben meer tijd nodig")


def test_the_address_stands_in_the_window_of_an_envelope() -> None:
    """DIN 5008 form B: between 45 and 90 mm from the top and from 20 to 105 mm from the left of an A4."""
    page = opened(paper("verdaging")).pages[0]
    found: list[tuple[str, float, float]] = []

    def at(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        found.append((text, x / 72 * 25.4, 297 - y / 72 * 25.4))

    page.extract_text(visitor_text=at)
    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx((595.28, 841.89), abs=0.1)
    lines = {text.strip(): (left, top) for text, left, top in found if text.strip()}
    for line in ("M. de Boer", "Dorpsstraat 1", "1234 AB Voorbeeld"):
        left, top = next(place for text, place in lines.items() if line in text)
        assert 20 <= left <= 105, line
        assert 45 <= top <= 90, line


def test_it_says_that_it_is_for_archives_and_for_screen_readers() -> None:
    reader = opened(paper("bevindingen"))
    root = reader.root_object
    metadata = within(root, "/Metadata")
    assert isinstance(metadata, StreamObject)
    xmp = metadata.get_data().decode()
    assert re.search(r"pdfaid:part>2<", xmp)
    assert re.search(r"pdfaid:conformance>A<", xmp)
    assert re.search(r"pdfuaid:part>1<", xmp)
    assert str(root["/Lang"]) == "nl-NL"
    assert bool(within(root, "/MarkInfo", "/Marked"))
    assert bool(within(root, "/ViewerPreferences", "/DisplayDocTitle"))
    assert reader.metadata is not None
    assert reader.metadata.title == "Ons antwoord op uw klacht (2026-0187)"
    assert str(within(root, "/OutputIntents", 0, "/S")) == "/GTS_PDFA1"


def test_headings_lists_and_quotations_are_told_as_such() -> None:
    roles = [str(one["/S"]) for one in objects(opened(paper("bevindingen"))) if _structural(one)]
    assert roles.count("/H1") == 1
    assert roles.count("/H2") == 11
    assert roles.count("/H3") == 2
    assert roles.count("/L") == 3
    assert roles.count("/LI") == 2 + 2 + 3
    assert "/BlockQuote" in [str(one["/S"]) for one in objects(opened(paper("ontvangst"))) if _structural(one)]


@pytest.mark.parametrize("language", ["ar", "uk", "pl", "tr"])
def test_another_language_is_named_and_written(language: str) -> None:
    reader = opened(paper("ontvangst", language))
    named = {str(one["/Lang"]) for one in objects(reader) if "/Lang" in one}
    assert language in named
    assert UNKNOWN not in text_of(reader)
    if language != "ar":  # a reader of text puts Arabic in an order of its own
        inside = re.search(r'<div lang="\w+">\s*<p>(.*?)</p>', written("ontvangst", language).html)
        assert inside is not None
        assert words(inside.group(1))[0] in words(text_of(reader))


def test_every_character_that_we_say_we_can_write_can_be_written() -> None:
    """Typst refuses PDF/A where a glyph is missing; so this fails when the list and the fonts disagree."""
    signs = sorted(PRINTER._known)
    lines = ["".join(signs[start : start + 50]) for start in range(0, len(signs), 50)]
    PRINTER.render(saying(*lines))
    assert {"é", "ł", "ğ", "ї", "ش", "€", "“", "•"} <= set(signs)


def test_only_fonts_that_are_inside_and_nothing_from_elsewhere() -> None:
    reader = opened(paper("ontvangst", "ar"))
    found = list(objects(reader))
    descriptors = [one for one in found if one.get("/Type") == "/FontDescriptor"]
    assert descriptors
    for one in descriptors:
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(one)
        assert "NotoSans" in str(one["/FontName"])
    for never in ("/JavaScript", "/JS", "/Launch", "/GoToR", "/URI", "/EmbeddedFile", "/AA", "/OpenAction", "/XFA"):
        assert not [one for one in found if never in one or one.get("/S") == never or one.get("/Type") == never]


def test_equal_letters_give_equal_files() -> None:
    assert PRINTER.render(paper("bevindingen")) == TypstPdf().render(paper("bevindingen"))
    other = PRINTER.render(replace(paper("bevindingen"), reference="2026-0188"))
    assert other != PRINTER.render(paper("bevindingen"))


def test_a_letter_of_three_pages_numbers_them() -> None:
    reader = opened(saying(*(f"Alinea {number}. " + "Dit is een zin. " * 40 for number in range(1, 16))))
    assert len(reader.pages) == 3
    for number, page in enumerate(reader.pages, start=1):
        assert f"pagina {number} van 3" in page.extract_text()
        assert "2026-0187" in page.extract_text()


def test_there_is_room_for_a_pen_where_somebody_signs() -> None:
    plain, signed = (_below("Met vriendelijke groet", room) for room in (False, True))
    assert signed - plain == pytest.approx(16 / 25.4 * 72, abs=8)


MARKUP = (
    '#read("/etc/passwd")', '#import "@preview/x:0.1.0"', "#panic()", "$ x^2 $", "`raw`", "*vet* _schuin_", "= Kop",
    "- punt", "\\ #[", "@verwijzing", "<label>", "// weg", "/* weg */", '"; #eval("1")', "{{ number }}", "~ --- ...",
    "https://voorbeeld.example/x", "#sys.inputs", "</script>", "%PDF-1.7", "](", "'enkel' \"dubbel\"",
)  # fmt: skip


@pytest.mark.parametrize("hostile", MARKUP)
def test_markup_is_shown_and_never_obeyed(hostile: str) -> None:
    everywhere = replace(
        saying(hostile, "midden", hostile), to=(hostile,), subject=hostile, reference=hostile, enclosures=(hostile,)
    )
    reader = opened(everywhere)
    assert "".join(text_of(reader).split()).count("".join(hostile.split())) >= 5
    assert reader.metadata is not None
    assert reader.metadata.title == hostile


@given(text=st.text(max_size=300), line=st.text(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_can_keep_a_letter_from_being_made(text: str, line: str) -> None:
    made = PRINTER.render(
        replace(saying(text, line, text), to=(line, text), subject=line, reference=line, enclosures=(line,))
    )
    assert made.startswith(b"%PDF-")


@given(html=st.text(alphabet="<>/ph23ulioblckqte \"='x&;\n!-", max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_html_can_keep_a_letter_from_being_made(html: str) -> None:
    assert PRINTER.render(replace(paper("statusbericht"), blocks=structure(html))).startswith(b"%PDF-")


def test_what_the_fonts_do_not_have_is_told_by_a_sign_and_what_is_unseen_goes() -> None:
    printed = text_of(opened(saying("goed \N{GRINNING FACE} 漢 e\u0301\x00\x07 einde", "x")))
    assert f"goed {UNKNOWN} {UNKNOWN} é einde" in printed


def test_a_long_word_stays_on_the_paper() -> None:
    reader = opened(saying("a" * 500, "b"))
    assert reader.pages[0].extract_text().replace("\u200b", "").replace("\n", "").count("a" * 500) == 1
    assert len([line for line in text_of(reader).splitlines() if "aaaa" in line]) > 3


def test_the_template_reads_nothing_but_its_data() -> None:
    source = (HOME / "letter.typ").read_text()
    assert not re.search(r"#?\b(?:eval|read|import|include|image|plugin|link|csv|yaml|xml|toml)\s*[(\"]", source)
    assert sum(file.stat().st_size for file in Path(HOME / "fonts").glob("*.ttf")) < 600_000


def _structural(one: DictionaryObject) -> bool:
    return one.get("/Type") == "/StructElem"


def _below(words_of_it: str, room: bool) -> float:
    """How far under these words the last line of the letter stands, in points."""
    heights: list[tuple[str, float]] = []

    def at(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        heights.append((text, tm[4] * cm[1] + tm[5] * cm[3] + cm[5]))

    opened(replace(paper("aanvulling_ontvangen"), room_to_sign=room)).pages[0].extract_text(visitor_text=at)
    greeting = next(height for text, height in heights if words_of_it in text)
    return greeting - min(height for text, height in heights if "14 0591" in text)
