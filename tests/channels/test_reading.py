"""From a mail to the shape in which the core takes it: who is answered, what is automatic, what a form holds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.domain.labels import Channel
from core.domain.message import Automatic, Contact, Inbound, ReplyRoute, Route
from core.ports import Original
from mailin.inbound import MailReader
from mailin.understanding.identity import content_hash
from tests.channels.letters import CITIZEN, ENCRYPTED, STORY, letter

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
FORWARDER = "formulier@website.example"
OURS = "2026-0012.9f86d081884c7d65@gemeente.example"
OLDER = "2026-0012.1b4f0e9851971998@gemeente.example"
READER = MailReader(["klachten@gemeente.example"], "gemeente.example", [FORWARDER])

FORM = """Er is een formulier ingevuld op de website.

Naam: Jan Jansen
E-mailadres: jan@voorbeeld.example
Telefoon: 06 0000 0201
Adres: Voorbeeldstraat 3
Postcode: 1234 AB
Woonplaats: Voorbeeldstad
Datum: 30 mei
Over wie: een boa
Antwoord per e-mail: ja
Klacht:
De boa schopte tegen mijn fiets.

Naam: die wilde hij niet geven.
Met groet
"""


def read(raw: bytes, envelope: str | None = CITIZEN) -> Inbound:
    return READER.read(raw, door="smtp", received_at=NOW, envelope_from=envelope)


def answer_to(inbound: Inbound) -> str | None:
    return inbound.reply.address if inbound.reply else None


def test_a_citizens_mail() -> None:
    raw = letter()
    assert read(raw) == Inbound(
        channel=Channel.EMAIL,
        door="smtp",
        external_id="een@voorbeeld.example",
        content_hash=content_hash(raw),
        received_at=NOW,
        sender=Contact(name="Jan Jansen", email=CITIZEN),
        reply=ReplyRoute(route=Route.MAIL, address=CITIZEN),
        subject="Niet teruggebeld",
        text=STORY,
        reply_text=STORY,
        raw=raw,
    )


@pytest.mark.parametrize("message_id", [None, f"<{'x' * 400}@voorbeeld.example>"])
def test_without_a_usable_message_id_the_content_is_the_identity(message_id: str | None) -> None:
    raw = letter(message_id)
    assert read(raw).external_id == f"sha256:{content_hash(raw)}"


def test_the_answered_message_comes_first_and_then_the_thread_backwards() -> None:
    raw = letter(In_Reply_To="<d@x.example>", References="<a@x.example> <b@x.example> <c@x.example>")
    assert read(raw).references == ("d@x.example", "c@x.example", "b@x.example", "a@x.example")


def test_a_flood_of_references_is_cut() -> None:
    raw = letter().replace(b"Subject:", b"References: " + b" ".join(b"<%d@x.example>" % n for n in range(5000))
                           + b"\r\nSubject:")  # fmt: skip
    assert read(raw).references[0] == "4999@x.example"
    assert len(read(raw).references) == 100


def test_the_answer_goes_where_the_citizen_wants_it() -> None:
    assert answer_to(read(letter(Reply_To="Dochter <dochter@voorbeeld.example>"))) == "dochter@voorbeeld.example"


@pytest.mark.parametrize(
    ("raw", "envelope"),
    [
        (letter(Auto_Submitted="auto-replied"), CITIZEN),
        (letter(), ""),
        (letter(), "<>"),
        (letter(Return_Path="<>"), None),
        (letter(sender="klachten@gemeente.example"), CITIZEN),
        (letter(sender="Klachten+iets@Gemeente.example"), CITIZEN),
        (letter(sender="Iemand zonder adres <>"), CITIZEN),
        (letter(sender="iemand"), CITIZEN),
        (letter(f"<{OURS}>"), CITIZEN),
    ],
    ids=["automatic", "null", "null as typed", "null in the mailbox", "ourselves", "ourselves plus", "none", "no at",
         "our own message"],
)  # fmt: skip
def test_who_is_never_answered(raw: bytes, envelope: str | None) -> None:
    assert read(raw, envelope).reply is None


def test_a_reply_to_ourselves_falls_back_on_the_sender() -> None:
    assert answer_to(read(letter(Reply_To="klachten@gemeente.example"))) == CITIZEN


def test_an_anonymous_mail_has_an_empty_contact_and_is_a_complaint() -> None:
    raw = letter().replace(b"From: Jan Jansen <jan@voorbeeld.example>\r\n", b"")
    inbound = read(raw, None)
    assert inbound.sender == Contact()
    assert inbound.reply is None
    assert not inbound.problem


def test_our_own_message_that_comes_back_is_a_loop() -> None:
    inbound = read(letter(f"<{OURS}>"))
    assert inbound.automatic == Automatic(auto_submitted=True, answers=(OURS,))


def test_an_automatic_answer_is_tied_to_what_it_answers() -> None:
    raw = letter(Auto_Submitted="auto-replied", In_Reply_To=f"<{OURS}>", References=f"<{OLDER}> <{OURS}>")
    assert read(raw).automatic == Automatic(auto_submitted=True, answers=(OURS,))


@pytest.mark.parametrize(("status", "permanent"), [("5.1.1", True), ("4.4.1", False)])
def test_a_bounce_names_only_the_letter_that_came_back(status: str, *, permanent: bool) -> None:
    automatic = read(_bounce(status), "").automatic
    assert automatic.bounce
    assert automatic.answers == (OURS,)
    assert automatic.permanent == permanent


def test_encrypted_mail_is_kept_for_a_person() -> None:
    inbound = read(ENCRYPTED)
    assert inbound.problem == "encrypted"
    assert inbound.raw == ENCRYPTED


def test_a_form_is_about_the_citizen_in_it() -> None:
    inbound = read(letter(sender=f"Website <{FORWARDER}>", text=FORM, Auto_Submitted="auto-generated"), FORWARDER)
    assert inbound.channel == Channel.KLACHTENFORMULIER
    assert inbound.reply == ReplyRoute(route=Route.MAIL, address="jan@voorbeeld.example")
    assert inbound.sender == Contact(
        name="Jan Jansen",
        email="jan@voorbeeld.example",
        phone="06 0000 0201",
        address="Voorbeeldstraat 3\n1234 AB Voorbeeldstad",
    )
    assert inbound.reply_text == "De boa schopte tegen mijn fiets.\n\nNaam: die wilde hij niet geven.\nMet groet"
    assert inbound.fields == {"when": "30 mei", "about_whom": "een boa", "consent": "Antwoord per e-mail: ja"}
    assert not inbound.automatic
    assert FORM.strip() == inbound.text.strip()


def test_a_form_without_a_mail_address_is_answered_by_letter_or_not_at_all() -> None:
    without = FORM.replace("jan@voorbeeld.example", "")
    inbound = read(letter(sender=FORWARDER, text=without, Reply_To=FORWARDER), FORWARDER)
    assert inbound.reply == ReplyRoute(
        route=Route.PRINT, address="Jan Jansen\nVoorbeeldstraat 3\n1234 AB Voorbeeldstad"
    )
    bare = "Klacht: De boa schopte tegen mijn fiets.\nNaam:\n"
    assert read(letter(sender=FORWARDER, text=bare), FORWARDER).reply is None


def test_an_unknown_form_is_a_message_that_nobody_is_answered_for() -> None:
    inbound = read(letter(sender=FORWARDER, text="Opgave: zwemles\n", Reply_To="x@voorbeeld.example"), FORWARDER)
    assert inbound.fields == {"form": "unknown"}
    assert (inbound.reply, inbound.sender, inbound.problem) == (None, Contact(), None)
    assert inbound.text.strip() == "Opgave: zwemles"
    assert not inbound.automatic


def test_a_form_cannot_have_the_forwarder_or_ourselves_answered() -> None:
    for address in (FORWARDER, "klachten@gemeente.example"):
        text = FORM.replace("jan@voorbeeld.example", address)
        assert read(letter(sender=FORWARDER, text=text), FORWARDER).reply is None


def test_the_same_lines_from_somebody_else_are_no_form() -> None:
    inbound = read(letter(text=FORM))
    assert inbound.channel == Channel.EMAIL
    assert inbound.sender.email == CITIZEN
    assert inbound.fields == {}


def test_reading_again_keeps_identity_and_moment() -> None:
    original = _original(letter(None))
    inbound = READER.again(original, letter(None))
    assert (inbound.external_id, inbound.content_hash) == ("stored", "0" * 64)
    assert inbound.received_at == NOW
    assert inbound.reply is not None


def test_what_a_person_takes_up_as_typed_may_be_answered_but_never_a_bounce() -> None:
    raw = letter(Auto_Submitted="auto-generated")
    assert READER.again(_original(raw), raw).reply is None
    assert answer_to(READER.again(replace(_original(raw), automatic=True), raw)) == CITIZEN
    bounce = replace(_original(_bounce("5.1.1")), automatic=True)
    assert READER.again(bounce, _bounce("5.1.1")).reply is None


def test_the_original_of_another_channel_stays_a_problem_for_a_person() -> None:
    posted = replace(_original(b"{}"), raw_type="application/json", channel=Channel.KLACHTENFORMULIER, door="form")
    inbound = READER.again(posted, b"{}")
    assert inbound.problem == "not_a_mail"
    assert (inbound.channel, inbound.raw_type, inbound.door) == (Channel.KLACHTENFORMULIER, "application/json", "form")


def test_what_breaks_the_reader_is_kept_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_raw: bytes) -> Iterator[None]:
        raise RecursionError

    monkeypatch.setattr("mailin.inbound.content_hash", broken)
    for inbound in (read(letter()), READER.again(_original(letter()), letter())):
        assert inbound.problem == "unreadable"
        assert inbound.raw == letter()
        assert inbound.reply is None


def _original(raw: bytes) -> Original:
    return Original(
        message=1,
        channel=Channel.EMAIL,
        door="smtp",
        external_id="stored",
        content_hash="0" * 64,
        received_at=NOW,
        raw="",
        raw_type="message/rfc822",
        case=None,
        problem="unreadable",
        automatic=False,
        reply=None,
        sender=Contact(),
        subject="",
        references=(),
    )


def _bounce(status: str) -> bytes:
    return (
        "From: MAILER-DAEMON@relay.example\r\nTo: klachten@gemeente.example\r\nSubject: Undelivered Mail\r\n"
        "Message-ID: <dsn@relay.example>\r\n"
        f"References: <{OLDER}>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\n\r\nNiet bezorgd.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; relay.example\r\n\r\nFinal-Recipient: rfc822; jan@voorbeeld.example\r\n"
        f"Action: {'failed' if status.startswith('5') else 'delayed'}\r\nStatus: {status}\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Message-ID: <{OURS}>\r\nSubject: Ontvangst\r\n\r\nhoi\r\n--b--\r\n"
    ).encode()
