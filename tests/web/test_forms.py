"""From a filled-in form to a message: pure functions, no server."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.labels import Channel
from core.domain.message import Attachment, Contact, ReplyRoute, Route
from core.ports import Original
from core.service.answering import CONSENT_FIELD
from web.forms import LARGEST_FILE, Filed, file, filed, inbound, problems, reread, unknown_kinds

AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
WORDING = "Ja, per e-mail."
FULL = {
    "story": "Niemand belt terug.\r\nAl drie weken.", "about_whom": "Een medewerker",
    "when": "gisteren", "name": "Mehmet Aydın",
    "email": "m@voorbeeld.example", "phone": "06 0000 0000", "address_street": "Ringweg 120",
    "address_postcode": "1234 AE",
    "address_city": "Voorbeeldstad", "reply_by_email": "on",
}  # fmt: skip


def made(told: Filed, files: tuple[Attachment, ...] = (), external_id: str = "form:x"):
    return inbound(told, files, external_id=external_id, door="form", received_at=AT, wording=WORDING)


def test_a_full_form_becomes_a_message_with_all_its_facts():
    message = made(filed(FULL), (file("foto.jpg", "image/jpeg", b"x"),))
    assert message.channel == Channel.KLACHTENFORMULIER
    assert message.sender == Contact(
        name="Mehmet Aydın",
        email="m@voorbeeld.example",
        phone="06 0000 0000",
        address="Ringweg 120\n1234 AE Voorbeeldstad",
    )
    assert message.reply == ReplyRoute(route=Route.MAIL, address="m@voorbeeld.example")
    assert message.text == message.reply_text == "Niemand belt terug.\nAl drie weken."
    assert message.subject == "Niemand belt terug."
    assert message.fields == {"about_whom": "Een medewerker", "when": "gisteren", CONSENT_FIELD: WORDING}
    assert json.loads(message.raw)["fields"]["name"] == "Mehmet Aydın"
    assert message.problem is None


def test_without_a_tick_no_consent_is_recorded_and_the_receipt_still_goes_to_the_address_given():
    message = made(filed(FULL | {"reply_by_email": ""}))
    assert message.fields[CONSENT_FIELD] == ""
    assert message.reply == ReplyRoute(route=Route.MAIL, address="m@voorbeeld.example")


def test_without_a_mail_address_the_receipt_is_a_letter_and_without_any_there_is_no_way_back():
    letter = made(filed(FULL | {"email": "", "reply_by_email": ""}))
    assert letter.reply == ReplyRoute(route=Route.PRINT, address="Mehmet Aydın\nRingweg 120\n1234 AE Voorbeeldstad")
    assert made(filed({"story": "x"})).reply is None


def test_the_same_post_has_the_same_hash_and_any_change_another():
    first, same = made(filed(FULL)), made(filed(dict(reversed(FULL.items()))))
    assert first.content_hash == same.content_hash
    assert made(filed(FULL | {"story": "Anders"})).content_hash != first.content_hash
    assert made(filed(FULL), (file("a.txt", "text/plain", b"1"),)).content_hash != first.content_hash


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"story": " \r\n "}, [("story", "story_missing")]),
        ({"story": "x" * 50_001}, [("story", "story_long")]),
        ({"email": "geen adres"}, [("email", "email_wrong")]),
        ({"email": "a@b"}, [("email", "email_wrong")]),
        ({"email": "a@b.nl, c@d.nl"}, [("email", "email_wrong")]),
        ({"email": ""}, [("email", "email_missing")]),
        ({"name": "x" * 201}, [("name", "too_long")]),
        ({}, []),
    ],
)
def test_problems_name_the_field(changes: dict[str, str], expected: list[tuple[str, str]]):
    found = problems(filed(FULL | changes), (), most_bytes=100)
    assert [(one.field, one.key) for one in found] == expected


def test_only_the_story_is_asked_of_everybody():
    assert problems(filed({"story": "x"}), (), most_bytes=100) == ()


def test_too_many_too_large_and_unknown_files_are_named():
    small, large = (
        file("a.pdf", "", b"1"),
        Attachment(filename="b.pdf", content_type="x", content=bytes(LARGEST_FILE + 1)),
    )
    told = filed({"story": "x"})
    assert problems(told, [small] * 6, most_bytes=100)[0].key == "too_many_files"
    assert problems(told, [large], most_bytes=10**9)[0].key == "files_large"
    assert problems(told, [small] * 3, most_bytes=2)[0].key == "files_large"
    assert unknown_kinds([file("virus.exe", "image/jpeg", b"")])
    assert unknown_kinds([file("zonder", None, b"")])
    assert not unknown_kinds([file("Foto.JPG", None, b"")])


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\map\\foto.jpg", "foto.jpg"), ("a\r\nb\x00.txt", "a b.txt"), ("", "bestand"),
     (None, "bestand")],
)  # fmt: skip
def test_a_file_name_is_a_name_and_not_a_path(given_name: str | None, kept: str):
    assert file(given_name, None, b"").filename == kept


def test_a_case_number_in_the_story_never_reaches_the_subject():
    assert made(filed({"story": "Over 2026-0001 wil ik nog iets zeggen"})).subject == ""


def test_a_kept_post_can_be_read_again():
    message = made(filed(FULL))
    original = Original(
        message=1, channel=message.channel, door="form", external_id="form:x", content_hash=message.content_hash,
        received_at=AT, raw="", raw_type="application/json", case=None, problem="unstorable", automatic=False,
        reply=None, sender=Contact(), subject="", references=(),
    )  # fmt: skip
    assert reread(original, message.raw) == message


def test_the_forms_of_the_demonstration_have_nothing_wrong():
    forms = sorted((Path(__file__).parents[2] / "app" / "demo" / "forms").glob("*.json"))
    assert forms
    for one in forms:
        told = filed(json.loads(one.read_text()))
        assert problems(told, (), most_bytes=100) == ()
        assert told.story


@settings(database=None, deadline=None)
@given(st.dictionaries(st.sampled_from(list(FULL)), st.text() | st.none() | st.integers() | st.booleans()))
def test_whatever_is_posted_can_be_stored_and_never_breaks_a_line(values: dict[str, object]):
    told = filed(values)
    message = made(told)
    assert "\x00" not in message.text
    for value in (told.name, told.email, told.phone, told.when, message.subject):
        assert value.isprintable() or not any(sign in value for sign in "\r\n\x00")
    message.raw.decode()
