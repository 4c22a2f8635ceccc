"""Form mails: labels and values in whichever way they are carried, and what becomes of them."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.message import Attachment, Contact, ReplyRoute, Route
from mailin.forms.carriers import LARGEST, MOST_ELEMENTS, read_json, read_xml
from mailin.forms.filling import FormMail, fill
from mailin.forms.lines import read_lines
from mailin.forms.mapping import ORDINARY, ORDINARY_LABELS, FormMapping
from mailin.forms.markup import read_bold, read_tables
from mailin.forms.nested import MOST_FILES
from mailin.forms.pairs import MOST_PAIRS, Pair, merged, plain, with_missing
from mailin.forms.reading import FormReader


def anybody(_: str) -> bool:
    return True


def filled(*pairs: tuple[str, str], mapping: FormMapping = ORDINARY, answerable: Callable[[str], bool] = anybody):
    return fill([Pair(*pair) for pair in pairs], mapping, answerable)


def lines(text: str, mapping: FormMapping = ORDINARY) -> list[tuple[str, str]]:
    return [(pair.label, pair.value) for pair in read_lines(text, mapping)]


# --- labels -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "label", ["E-mailadres", "e-mailadres:", "EMAILADRES", "emailAdres", "e_mail_adres", "É-mail adres *", "3. E-mail"]
)
def test_labels_are_compared_without_capitals_accents_and_punctuation(label: str):
    assert ORDINARY.field(label) == "email"


def test_a_configured_label_wins_and_a_field_left_out_keeps_the_ordinary_ones():
    mapping = FormMapping(name="x", labels={"story": ("Naam",), "email": ()})
    assert mapping.field("naam") == "story"
    assert mapping.field("klacht") is None
    assert mapping.field("e-mail") is None
    assert mapping.field("telefoon") == "phone"


def test_no_ordinary_label_means_two_fields():
    known = [plain(one) for labels in ORDINARY_LABELS.values() for one in {plain(label) for label in labels}]
    assert [one for one in known if known.count(one) > 1] == []


# --- lines ------------------------------------------------------------------------------------------------------


def test_values_hold_colons_and_lines():
    text = "Naam: Jan: de eerste\nKlacht: om 10:30\nzei hij: nee\n\nen weg was hij"
    assert lines(text) == [("Naam", "Jan: de eerste"), ("Klacht", "om 10:30\nzei hij: nee\n\nen weg was hij")]


def test_a_label_may_stand_above_its_value_with_or_without_colon():
    expected = [("Naam", "Jan"), ("E-mail", "jan@voorbeeld.example"), ("Klacht", "Te laat")]
    assert lines("Naam:\nJan\n\nE-mail:\n\njan@voorbeeld.example\nKlacht:\nTe laat") == expected
    assert lines("Naam\nJan\n\nE-mail\njan@voorbeeld.example\n\nKlacht\nTe laat") == expected


@pytest.mark.parametrize("form", ["*Naam:* {}", "**Naam**: {}", "Naam\t{}", "Naam = {}", "| Naam | {}", "• Naam: {}"])
def test_ornament_around_a_label_is_no_part_of_it(form: str):
    assert lines(form.format("Jan") + "\nKlacht: x")[0] == ("Naam", "Jan")


def test_a_citizens_own_words_stay_in_the_story():
    text = "Naam: Jan\nAdres: hier\nKlacht: Hij vroeg:\nNaam: die gaf ik.\nLet op: dit.\nAdres? Nee.\nKlacht: nog een"
    assert lines(text)[-1] == ("Klacht", text.partition("Klacht: ")[2])


def test_a_label_that_is_not_known_stands_by_itself_outside_the_story():
    text = "Naam: Jan\nKenteken: AB-12\nZie: https://voorbeeld.example\nTelefoon: 06\n\nVia de site\nKlacht: x"
    assert lines(text) == [
        ("Naam", "Jan"), ("Kenteken", "AB-12"), ("Zie", "https://voorbeeld.example"), ("Telefoon", "06"),
        ("", "Via de site"), ("Klacht", "x"),
    ]  # fmt: skip


def test_the_footer_of_the_website_is_no_part_of_the_story():
    mapping = FormMapping(name="x", footers=("-- ",))
    assert lines("Naam: Jan\nKlacht: boos\n-- \nNaam: robot", mapping)[1:] == [
        ("Klacht", "boos"), ("", "-- \nNaam: robot"),
    ]  # fmt: skip


# --- HTML -------------------------------------------------------------------------------------------------------

ROWS = "<tr><td><b>Naam</b></td><td>Jan</td></tr><tr><td>Klacht:</td><td>een<br>twee</td></tr>"
FOUND = [("Naam", "Jan"), ("Klacht", "een\ntwee")]


@pytest.mark.parametrize(
    "html",
    [
        f"<table>{ROWS}</table>",
        f"<table><tr><td>kop</td></tr><tr><td><table>{ROWS}</table></td></tr></table>",
        "<table><tr><th>Naam</th><td>Jan</td><th>Klacht</th><td>een<br>twee</td></tr></table>",
        "<table><tr><th>Naam</th><th>Klacht</th></tr><tr><td>Jan</td><td>een<br>twee</td></tr></table>",
        (
            "<table><tr><td colspan=2>Naam</td></tr><tr><td>&nbsp;</td><td>Jan</td></tr>"
            "<tr><td colspan=2>Klacht</td></tr><tr><td>&nbsp;</td><td>een<br>twee</td></tr></table>"
        ),
        "<table><tr><td>Naam</td></tr><tr><td>Jan</td></tr><tr><td>Klacht</td></tr><tr><td>een<br>twee</td></tr></table>",
        "<dl><dt>Naam</dt><dd>Jan</dd><dt>Klacht</dt><dd>een<br>twee</dd></dl>",
    ],
)
def test_tables_and_lists_give_labels_and_values(html: str):
    assert [(pair.label, pair.value) for pair in read_tables(html)] == FOUND


def test_labels_in_bold():
    html = "<p>Hallo</p><b>Naam:</b> Jan<br><strong>Klacht</strong><br>een<br>twee <b>keer</b>"
    assert [(one.label, one.value) for one in read_bold(html, ORDINARY) if one.label] == [
        ("Naam", "Jan"), ("Klacht", "een\ntwee keer"),
    ]  # fmt: skip


# --- JSON and XML -----------------------------------------------------------------------------------------------


def test_json_is_flattened_and_numbers_stay_as_typed():
    told = '{"a": {"b": 0612, "c": null}, "d": [1.50, true], "e": false}'.replace("0612", "612")
    flat = read_json(told.encode())
    assert flat is not None
    assert [(one.label, one.value) for one in flat.pairs] == [
        ("a.b", "612"), ("a.c", ""), ("d", "1.50, ja"), ("e", "nee"),
    ]  # fmt: skip


def test_json_and_xml_may_list_questions_with_answers():
    told = {"velden": [{"label": "Naam", "value": "Jan"}, {"id": "7", "vraag": "Klacht", "antwoord": "boos"}]}
    xml = b"<x:f xmlns:x='u'><x:veld naam='Naam'>Jan</x:veld><veld><label>Klacht</label><waarde>boos</waarde></veld></x:f>"  # noqa: E501
    for flat in (read_json(json.dumps(told).encode()), read_xml(xml)):
        assert flat is not None
        assert [(one.label, one.value) for one in flat.pairs] == [("Naam", "Jan"), ("Klacht", "boos")]


def test_a_person_in_json_is_no_question_and_a_short_story_no_file():
    flat = read_json(b'{"wie": {"naam": "Jan", "type": "burger"}, "wat": {"naam": "Jan", "inhoud": "Help"}}')
    assert flat is not None
    assert flat.files == []
    assert [(one.label, one.value) for one in flat.pairs] == [
        ("wie.naam", "Jan"), ("wie.type", "burger"), ("wat.naam", "Jan"), ("wat.inhoud", "Help"),
    ]  # fmt: skip


def test_files_in_json_are_files():
    url = "data:image/png;base64,YWJj"
    told = {"bijlagen": [{"filename": "../../a.txt", "content": "YWJj"}, {"naam": "b", "data": url}]}
    flat = read_json(json.dumps(told).encode())
    assert flat is not None
    assert flat.files == [
        Attachment(filename="a.txt", content_type="application/octet-stream", content=b"abc"),
        Attachment(filename="b", content_type="image/png", content=b"abc"),
    ]
    assert flat.pairs == []


@pytest.mark.parametrize(
    "xml",
    [
        b"<!DOCTYPE f [<!ENTITY a 'b'>]><f><naam>&a;</naam></f>",
        b"<!DOCTYPE f SYSTEM 'file:///etc/passwd'><f><naam>x</naam></f>",
        b"<!DOCTYPE f [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><f><naam>&a;</naam></f>",
        b"<f>" * 10_000,
        b"<f>" + b"<a/>" * (MOST_ELEMENTS + 1) + b"</f>",
        b"<f><naam>Jan</f>",
        b"<?xml version='1.0' encoding='bestaat-niet'?><f/>",
        b"",
    ],
)
def test_xml_with_entities_or_without_end_is_not_read(xml: bytes):
    assert read_xml(xml) is None


@pytest.mark.parametrize("told", [b"{", b"5", b"[" * 100_000, b"\xff\xfe\x00", b"9" * 5_000, b" " * LARGEST + b"{}"])
def test_what_is_no_json_is_not_read(told: bytes):
    assert read_json(told) is None


def test_what_is_too_much_is_cut():
    many = read_json(json.dumps({str(number): "x" for number in range(2 * MOST_PAIRS)}).encode())
    assert many is not None
    assert len(many.pairs) == MOST_PAIRS
    files = read_json(json.dumps({"b": [{"filename": "a.txt", "content": "YWJj"}] * (2 * MOST_FILES)}).encode())
    assert files is not None
    assert len(files.files) == MOST_FILES
    deep = "x"
    for _ in range(200):
        deep = {"a": deep}  # type: ignore[assignment]
    assert read_json(json.dumps(deep).encode()) is not None


# --- filling ----------------------------------------------------------------------------------------------------


def test_name_and_address_are_joined_from_their_parts():
    form = filled(
        ("Voornaam", "Renée"), ("Tussenvoegsel", "van der"), ("Achternaam", "Wal"), ("Straat", "Kerkweg"),
        ("Huisnummer", "7"), ("Postcode", "1234 AC"), ("Woonplaats", "Voorbeeldstad"), ("Klacht", "x"),
    )  # fmt: skip
    assert form.contact == Contact(name="Renée van der Wal", address="Kerkweg 7\n1234 AC Voorbeeldstad")
    assert form.reply == ReplyRoute(route=Route.PRINT, address="Renée van der Wal\nKerkweg 7\n1234 AC Voorbeeldstad")


def test_what_has_no_field_or_fits_in_none_is_kept_under_its_label():
    form = filled(
        ("Kenteken", "AB-12"), ("Telefoon", "06 1"), ("Mobiel", "06 2"), ("E-mail", "jan bij voorbeeld"),
        ("Afdeling", "Iets"), ("story", "x"), ("when", "gisteren"),
    )  # fmt: skip
    assert form.contact == Contact(phone="06 1")
    assert form.fields == {
        "Kenteken": "AB-12", "Mobiel": "06 2", "E-mail": "jan bij voorbeeld", "Afdeling": "Iets",
        "when (2)": "gisteren",
    }  # fmt: skip
    assert form.reply is None


def test_a_team_is_told_in_our_words():
    mapping = FormMapping(name="x", teams={"Burger-zaken": "publiekszaken"})
    assert filled(("Afdeling", "burgerzaken"), mapping=mapping).fields == {"team": "publiekszaken"}


@pytest.mark.parametrize(
    ("mapping", "answer", "consent"),
    [
        (ORDINARY, "Ja", "Antwoord per e-mail: Ja"),
        (ORDINARY, "nee", ""),
        (ORDINARY, "", ""),
        (FormMapping(name="x", consent_wording="Mag het per mail?"), "ja!", "Mag het per mail?"),
        (FormMapping(name="x", consent_yes=("prima",)), "ja", ""),
    ],
)
def test_consent_is_the_wording_that_was_agreed_to(mapping: FormMapping, answer: str, consent: str):
    assert filled(("Antwoord per e-mail", answer), mapping=mapping).fields == {"consent": consent}
    assert "consent" not in filled(("Naam", "Jan"), mapping=mapping).fields


def test_neither_we_nor_the_forwarder_become_the_citizen():
    form = filled(
        ("E-mail", "klachten@gemeente.example"), ("Adres", "hier"), ("Klacht", "x"),
        answerable=lambda address: address != "klachten@gemeente.example",
    )  # fmt: skip
    assert (form.contact.email, form.reply) == ("", None)
    assert form.fields == {"E-mail": "klachten@gemeente.example"}


def test_ignored_labels_are_no_fields():
    assert filled(("IP adres", "x"), mapping=FormMapping(name="x", ignore=("IP-adres",))).fields == {}


def test_ticks_of_one_question_are_one_value():
    assert merged([Pair("a", "1"), Pair("b", "x"), Pair("a", "2")]) == (Pair("a", "1, 2"), Pair("b", "x"))


def test_a_value_that_is_not_in_the_text_is_added_to_it():
    pairs = [Pair("Naam", "Jan Jansen"), Pair("Klacht", "boos")]
    assert with_missing("Van Jan\n Jansen", pairs) == "Van Jan\n Jansen\n\nKlacht: boos"


# --- which form is it -------------------------------------------------------------------------------------------


def test_a_form_is_recognised_by_its_sender_and_its_subject():
    klacht = FormMapping(name="klacht", senders=frozenset({"a@x.example"}), subject=ORDINARY.subject)
    any_sender = FormMapping(name="los")
    reader = FormReader([klacht, any_sender], ["b@x.example"], anybody)
    assert [one.name for one in reader.fitting(["A@x.example"], "")] == ["klacht", "los", "ordinary"]
    assert [one.name for one in reader.fitting(["b@x.example"], "")] == ["los", "ordinary"]
    assert reader.fitting(["burger@voorbeeld.example"], "klacht") == ()


def test_a_post_is_read_by_the_mapping_of_its_key():
    reader = FormReader(
        [FormMapping(name="een", keys=frozenset({"k"})), FormMapping(name="twee", keys=frozenset({"k"}))], [], anybody
    )
    names = [reader.posted("k", form, [("klacht", "x")], 0) for form in ("", "twee", "drie")]
    assert [one and one.name for one in names] == ["een", "twee", "een"]
    assert reader.posted("ander", "een", [("klacht", "x")], 0) is None
    assert reader.posted("k", "", b"nee", 100) is None


# --- total ------------------------------------------------------------------------------------------------------

HOSTILE = {
    "colons": "Naam:" * 200_000,
    "labels": "Naam:\n" * 100_000,
    "stars": "*" * 500_000,
    "unclosed": "<table><tr><td>" * 60_000,
    "fonts": "".join(f"<font a{number}>" for number in range(30_000)),
    "bold": "<b>Naam" * 50_000,
    "one tag": "<table " + "a " * 200_000,
    "tables": "<table>" * 7_900,
    "cells": "<table><tr>" + "<td>a" * 7_900,
    "long words": ("a" * 59 + " ") * 10_000 + ":",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_ends(name: str):
    """What grows faster than its input takes minutes on these, and meets the time limit of all tests."""
    text = HOSTILE[name]
    read_lines(text, ORDINARY)
    read_tables(text)
    read_bold(text, ORDINARY)
    read_json(text.encode())
    read_xml(text.encode())


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="aN:\n\t =<>/b td tr&;?*-{}[]\",'\ud800\x00é") | st.text(), st.binary(max_size=300))
def test_nothing_raises(text: str, raw: bytes):
    for pairs in (read_lines(text, ORDINARY), read_tables(text), read_bold(text, ORDINARY)):
        assert isinstance(fill(pairs, ORDINARY, anybody), FormMail)
    for flat in (read_json(raw), read_xml(raw), read_json(text.encode("utf-8", "replace"))):
        if flat is not None:
            fill(flat.pairs, ORDINARY, anybody, by_path=True)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["Naam", "E-mail", "Klacht", "Afdeling", "x.naam"]), st.text("ab @.ja"))))
def test_every_value_is_in_a_field_or_the_story(told: list[tuple[str, str]]):
    form = filled(*told)
    contact = form.contact
    everything = " ".join((contact.name, contact.email, form.story, *form.fields.values()))
    for label, value in told:
        if value.strip() and not (ORDINARY.field(label) == "email" and contact.email in value):
            assert " ".join(value.split()) in " ".join(everything.split())
