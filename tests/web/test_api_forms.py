"""Posts of other websites: by the mapping of their key, signed, and once under one idempotency key."""

import hmac
import json
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta

import pytest

from app.posts import posted_before
from core.domain.labels import Channel
from core.domain.message import Contact, ReplyRoute, Route
from core.ports import Original
from mailin.forms.mapping import FormMapping
from mailin.forms.reading import FormReader
from tests.web.house import KEY, NOW, House
from tests.web.test_api import BEARER, URL, count
from tests.web.test_review import case
from web.forms import reread
from web.signatures import TOLERANCE

OURS, FORWARDER = "klachten@gemeente.example", "formulier@website.example"
MAPPING = FormMapping(
    name="klachten", keys=frozenset({"website"}), senders=frozenset({FORWARDER}),
    labels={"story": ("wat",), "name": ("wie.naam",), "email": ("wie.mail",)}, teams={"BZ": "publiekszaken"},
)  # fmt: skip
TOLD = {
    "wie": {"naam": "Jan Jansen", "mail": "jan@voorbeeld.example"}, "wat": "Niemand belt\nterug.", "afdeling": "BZ",
    "kenteken": ["AB-12", "CD-34"], "bijlage": {"naam": "a.txt", "inhoud": b64encode(b"tekst").decode()},
}  # fmt: skip


@pytest.fixture
def remembering(house: House) -> House:
    """A house that remembers idempotency keys."""
    house.parts = replace(house.parts, posted_before=posted_before(house.store))
    return house


@pytest.fixture
def mapped(remembering: House) -> House:
    """A house in which posts of the website are read by a mapping."""
    reader = FormReader([MAPPING], [], lambda one: one not in (OURS, FORWARDER))
    remembering.parts = replace(remembering.parts, forms=reader)
    return remembering


def signed(body: bytes, *, at: int | None = None, key: str = KEY, idempotency: str = "") -> dict[str, str]:
    seconds = int(NOW.timestamp()) if at is None else at
    payload = f"{seconds}\n{idempotency}\n".encode() + body
    mac = hmac.new(key.encode(), payload, "sha256").hexdigest()
    headers = {"X-Gehoord-Signature": f"t={seconds},v1={mac}", "Content-Type": "application/json"}
    return headers | ({"Idempotency-Key": idempotency} if idempotency else {})


# --- mapped -----------------------------------------------------------------------------------------------------


def test_json_of_any_shape_lands_in_its_fields(mapped: House):
    answer = mapped.client().post(URL, json=TOLD, headers=BEARER)
    assert answer.status_code == 201
    message = case(mapped).messages[0]
    assert message.sender == Contact(name="Jan Jansen", email="jan@voorbeeld.example")
    assert message.reply_text == "Niemand belt\nterug."
    assert "kenteken: AB-12, CD-34" in message.text
    assert message.fields == {"team": "publiekszaken", "kenteken": "AB-12, CD-34"}
    assert [one.filename for one in message.attachments] == ["a.txt"]


@pytest.mark.parametrize("with_file", [False, True], ids=["form-encoded", "multipart"])
def test_so_does_a_form_post(mapped: House, *, with_file: bool):
    files = [("foto", ("foto.png", b"png", "image/png"))] if with_file else None
    told = {"wie.naam": "Jan Jansen", "wat": "Boos", "kenteken": ["AB-12", "CD-34"]}
    assert mapped.client().post(URL, data=told, files=files, headers=BEARER).status_code == 201
    message = case(mapped).messages[0]
    assert (message.sender.name, message.reply_text) == ("Jan Jansen", "Boos")
    assert message.fields["kenteken"] == "AB-12, CD-34"
    assert [one.filename for one in message.attachments] == (["foto.png"] if with_file else [])


def test_an_unknown_form_is_a_plain_message_that_is_flagged_and_answered_to_nobody(mapped: House):
    answer = mapped.client().post(URL, json={"opgave": "zwemles", "email": "x@voorbeeld.example"}, headers=BEARER)
    assert answer.status_code == 201
    message = case(mapped).messages[0]
    assert message.fields == {"form": "unknown"}
    assert message.text == "opgave: zwemles\nemail: x@voorbeeld.example"
    assert message.reply is None


@pytest.mark.parametrize("address", [OURS, FORWARDER])
def test_nobody_but_a_citizen_is_answered(mapped: House, address: str):
    for told in ({"wat": "x", "wie": {"mail": address}},):
        assert mapped.client().post(URL, json=told, headers=BEARER).status_code == 201
    assert case(mapped).messages[0].reply is None
    mapped.parts = replace(mapped.parts, form_keys={KEY: "andere"})
    assert mapped.client().post(URL, json={"story": "x", "email": address}, headers=BEARER).status_code == 201
    assert case(mapped, "2026-0002").messages[0].reply is None


def test_a_mapped_post_can_be_read_again(mapped: House):
    made = []
    accept = mapped.parts.accept

    async def seen(inbound):
        made.append(inbound)
        return await accept(inbound)

    mapped.parts = replace(mapped.parts, accept=seen)
    mapped.client().post(URL, json=TOLD | {"bijlage": ""}, headers=BEARER)
    (inbound,) = made
    assert inbound.channel == Channel.KLACHTENFORMULIER
    assert inbound.reply == ReplyRoute(route=Route.MAIL, address="jan@voorbeeld.example")
    original = Original(
        message=1, channel=inbound.channel, door=inbound.door, external_id=inbound.external_id,
        content_hash=inbound.content_hash, received_at=NOW, raw="", raw_type="application/json", case=None,
        problem="unstorable", automatic=False, reply=None, sender=Contact(), subject="", references=(),
    )  # fmt: skip
    assert reread(original, inbound.raw) == inbound


def test_json_that_is_none_and_too_many_files_are_refused(mapped: House):
    headers = BEARER | {"Content-Type": "application/json"}
    assert mapped.client().post(URL, content=b"{", headers=headers).status_code == 400
    many = TOLD | {"bijlage": [TOLD["bijlage"]] * 6}
    answer = mapped.client().post(URL, json=many, headers=BEARER)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "too_many_files")
    assert count(mapped) == 0


def test_without_a_mapping_fields_with_other_names_are_kept(house: House):
    told = {"story": "x", "kenteken": "AB-12", "keer": 3}
    assert house.client().post(URL, json=told, headers=BEARER).status_code == 201
    assert case(house).messages[0].fields == {"kenteken": "AB-12", "keer": "3", "consent": ""}
    files = [("foto", ("a.txt", b"x", "text/plain"))]
    posted = {"story": "y", "kenteken": ["1", "2"]}
    assert house.client().post(URL, data=posted, files=files, headers=BEARER).status_code == 201
    message = case(house, "2026-0002").messages[0]
    assert message.fields == {"kenteken": "1, 2", "consent": ""}
    assert [one.filename for one in message.attachments] == ["a.txt"]


# --- signed -----------------------------------------------------------------------------------------------------

BODY = json.dumps({"story": "Ondertekend"}).encode()


def test_a_signature_takes_the_place_of_the_key(remembering: House):
    assert remembering.client().post(URL, content=BODY, headers=signed(BODY)).status_code == 201
    assert case(remembering).messages[0].door == "form:website"
    form = b"story=Ondertekend"
    headers = signed(form) | {"Content-Type": "application/x-www-form-urlencoded"}
    assert remembering.client().post(URL, content=form, headers=headers).status_code == 201


def test_a_replay_of_a_signed_post_is_the_same_post(remembering: House):
    headers = signed(BODY)
    answers = [remembering.client().post(URL, content=BODY, headers=headers) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert count(remembering) == 1


@pytest.mark.parametrize("seconds", [-TOLERANCE, TOLERANCE])
def test_the_time_may_be_five_minutes_off(house: House, seconds: int):
    at = int((NOW + timedelta(seconds=seconds)).timestamp())
    assert house.client().post(URL, content=BODY, headers=signed(BODY, at=at)).status_code == 201


def bad(**changes: str) -> dict[str, str]:
    return signed(BODY) | changes


REFUSED = {
    "another key": signed(BODY, key="fout"),
    "another body": signed(BODY + b" "),
    "too old": signed(BODY, at=int(NOW.timestamp()) - TOLERANCE - 1),
    "from the future": signed(BODY, at=int(NOW.timestamp()) + TOLERANCE + 1),
    "another time": bad(**{"X-Gehoord-Signature": signed(BODY)["X-Gehoord-Signature"].replace("t=1", "t=01")}),
    "another idempotency key": bad(**{"Idempotency-Key": "anders"}),
    "no time": bad(**{"X-Gehoord-Signature": "v1=" + "0" * 64}),
    "no signature": bad(**{"X-Gehoord-Signature": f"t={int(NOW.timestamp())}"}),
    "nonsense": bad(**{"X-Gehoord-Signature": "t=x,v1=y,,=,"}),
    "too many": bad(**{"X-Gehoord-Signature": f"t={int(NOW.timestamp())}" + (",v1=" + "0" * 64) * 6}),
    "a bad signature beside a good key": BEARER | signed(BODY, key="fout"),
}


@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED)
def test_any_other_signature_is_refused_without_a_hint(house: House, headers: dict[str, str]):
    answer = house.client().post(URL, content=BODY, headers=headers)
    assert answer.status_code == 401
    assert answer.content == house.client().post(URL, content=BODY, headers={"X-Api-Key": "fout"}).content
    assert count(house) == 0


def test_a_second_signature_may_be_there_while_a_key_is_replaced(house: House):
    headers = signed(BODY)
    time, mac = headers["X-Gehoord-Signature"].split(",")
    headers["X-Gehoord-Signature"] = f"{time},v1={'0' * 64},{mac}"
    assert house.client().post(URL, content=BODY, headers=headers).status_code == 201


# --- once -------------------------------------------------------------------------------------------------------


def test_the_first_answer_comes_again_also_days_later(remembering: House):
    headers = BEARER | {"Idempotency-Key": "abc"}
    first = remembering.client().post(URL, json={"story": "x"}, headers=headers)
    remembering.wait(days=3)
    again = remembering.client().post(URL, json={"story": "x"}, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert count(remembering) == 1


def test_a_key_is_for_one_content(remembering: House):
    headers = BEARER | {"Idempotency-Key": "abc"}
    remembering.client().post(URL, json={"story": "x"}, headers=headers)
    answer = remembering.client().post(URL, json={"story": "anders"}, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert count(remembering) == 1
    remembering.parts = replace(remembering.parts, form_keys={KEY: "andere"})
    assert remembering.client().post(URL, json={"story": "anders"}, headers=headers).status_code == 201


def test_a_signed_post_may_be_sent_again_with_a_new_signature(remembering: House):
    now = int(NOW.timestamp())
    answers = [
        remembering.client().post(URL, content=BODY, headers=signed(BODY, at=at, idempotency="abc"))
        for at in (now, now + 60)
    ]
    assert [one.json()["case_number"] for one in answers] == ["2026-0001"] * 2
    assert count(remembering) == 1


# --- closed -----------------------------------------------------------------------------------------------------


def test_scripts_of_other_sites_get_nothing(house: House):
    origin = {"Origin": "https://website.example", "Access-Control-Request-Method": "POST"}
    preflight = house.client().options(URL, headers=origin)
    assert preflight.status_code == 405
    assert preflight.headers["allow"] == "POST"
    posted = house.client().post(URL, json={"story": "x"}, headers=BEARER | origin)
    for answer in (preflight, posted):
        assert [name for name in answer.headers if name.startswith("access-control")] == []
