"""Where a message belongs. A Message-ID of ours cannot be guessed; a number anybody can type."""

from datetime import UTC, datetime

import pytest

from core.domain.labels import Channel
from core.domain.matching import Belongs, Candidate, match
from core.domain.message import Automatic, Contact, Inbound, ReplyRoute, Route

OURS = "gehoord.7.1@gemeente.example"
KLAGER = "j.jansen@voorbeeld.example"
TYPED = Automatic()
STRANGER = "iemand@voorbeeld.example"
SEVEN = Candidate(case=7, addresses=frozenset({KLAGER}))
EIGHT = Candidate(case=8, addresses=frozenset({"p.pieters@voorbeeld.example"}))


def _mail(subject="Vraag", *, sender=KLAGER, references=(), text="Tekst.", automatic=TYPED):
    return Inbound(
        channel=Channel.EMAIL,
        door="imap",
        external_id="x@voorbeeld.example",
        content_hash="0" * 64,
        received_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        sender=Contact(email=sender),
        reply=ReplyRoute(route=Route.MAIL, address=sender),
        subject=subject,
        text=text,
        reply_text=text,
        references=tuple(references),
        raw=b"Subject: x\r\n\r\nx",
        automatic=automatic,
    )


def _match(mail, by_reference=None, by_number=None):
    return match(
        mail,
        {OURS: SEVEN} if by_reference is None else by_reference,
        {"2026-0007": SEVEN, "2026-0008": EIGHT} if by_number is None else by_number,
    )


def test_nothing_points_to_a_case():
    got = _match(_mail())
    assert (got.belongs, got.case) == (Belongs.NEW, None)


REFERENCES = [(OURS,), ("ander@voorbeeld.example", OURS), (OURS, "ander@voorbeeld.example")]


@pytest.mark.parametrize("references", REFERENCES)
def test_an_answer_to_our_mail_from_a_party_is_known(references):
    got = _match(_mail(references=references, sender=KLAGER))
    assert (got.belongs, got.case) == (Belongs.KNOWN, 7)


@pytest.mark.parametrize("references", REFERENCES)
def test_an_answer_to_our_mail_from_somebody_else_is_for_a_person_to_judge(references):
    """Our mail can have been forwarded: a reply from someone else never lands in a case (docs/decisions.md)."""
    got = _match(_mail(references=references, sender=STRANGER))
    assert (got.belongs, got.case) == (Belongs.DOUBTFUL, 7)


def test_a_reference_to_something_else_points_nowhere():
    assert _match(_mail(references=("ander@voorbeeld.example",))).belongs is Belongs.NEW


@pytest.mark.parametrize("sender", [KLAGER, KLAGER.upper(), "J.Jansen@Voorbeeld.example"])
@pytest.mark.parametrize("subject", ["2026-0007", "Re: Uw bericht 2026-0007", "aanvulling (2026-0007)"])
def test_a_number_from_a_party_is_known(subject, sender):
    got = _match(_mail(subject, sender=sender))
    assert (got.belongs, got.case) == (Belongs.KNOWN, 7)


@pytest.mark.parametrize("sender", [STRANGER, "", "j.jansen@voorbeeld.example.kwaad.example", f"x{KLAGER}"])
def test_a_number_from_a_stranger_is_doubtful(sender):
    """Somebody else's number must not open the case to them, nor may the message be lost: a person looks."""
    got = _match(_mail("Re: 2026-0007", sender=sender))
    assert got.belongs is Belongs.DOUBTFUL
    assert got.case in {7, None}


def test_a_party_of_one_case_is_a_stranger_in_another():
    got = _match(_mail("Re: 2026-0008", sender=KLAGER))
    assert got.belongs is Belongs.DOUBTFUL


def test_of_two_numbers_the_one_of_the_party_counts():
    got = _match(_mail("2026-0008 en 2026-0007", sender=KLAGER))
    assert (got.belongs, got.case) == (Belongs.KNOWN, 7)


def test_a_number_that_is_no_case_of_ours_is_a_new_message():
    assert _match(_mail("Uw brief 2026-0999")).belongs is Belongs.NEW


def test_our_message_id_weighs_more_than_a_typed_number():
    got = _match(_mail("Re: 2026-0008", references=(OURS,)))
    assert (got.belongs, got.case) == (Belongs.KNOWN, 7)


def test_a_number_in_the_text_alone_opens_no_case():
    got = _match(_mail(text="Dit gaat over 2026-0007.", sender=STRANGER))
    assert (got.belongs is Belongs.KNOWN, got.case) == (False, None)


@pytest.mark.parametrize("automatic", [Automatic(auto_submitted=True), Automatic(bounce=True)])
def test_what_nobody_typed_opens_no_case(automatic):
    got = _match(_mail(automatic=automatic))
    assert (got.belongs, got.case) == (Belongs.AUTOMATIC, None)


@pytest.mark.parametrize(
    "automatic", [Automatic(auto_submitted=True), Automatic(bounce=True, answers=(OURS,), permanent=True)]
)
def test_an_automatic_answer_to_our_letter_is_kept_with_its_case(automatic):
    """An absence notice or a bounce (E-2.11) belongs to the case, but is never treated as a citizen's message."""
    got = _match(_mail(references=(OURS,), automatic=automatic))
    assert (got.belongs, got.case) == (Belongs.AUTOMATIC, 7)


def test_a_bounce_is_matched_by_what_it_reports_about():
    got = _match(_mail(sender="", automatic=Automatic(bounce=True, answers=(OURS,), permanent=True)))
    assert (got.belongs, got.case) == (Belongs.AUTOMATIC, 7)


def test_an_automatic_mail_with_a_number_stays_automatic():
    absent = _mail("Afwezig: Re: 2026-0007", automatic=Automatic(auto_submitted=True))
    assert _match(absent).belongs is Belongs.AUTOMATIC


@pytest.mark.parametrize(("chat", "belongs"), [("4711", Belongs.KNOWN), ("4712", Belongs.DOUBTFUL)])
def test_in_chat_the_chat_is_the_address(chat, belongs):
    """A name or mail address typed in a chat proves nothing; the chat number is the service's own."""
    message = Inbound(
        channel=Channel.TELEGRAM,
        door="telegram",
        external_id=f"{chat}:1",
        content_hash="0" * 64,
        received_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        sender=Contact(name="J. Jansen", email=KLAGER),
        reply=ReplyRoute(route=Route.TELEGRAM, address=chat),
        subject="2026-0009",
        text="Tekst.",
        raw=b"{}",
        raw_type="application/json",
    )
    candidate = Candidate(case=9, addresses=frozenset({"4711", KLAGER}))
    assert _match(message, by_number={"2026-0009": candidate}).belongs is belongs
