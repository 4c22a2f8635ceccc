"""What other people's mail programs and servers write: dialects met in the wild, each in a message of our own."""

from __future__ import annotations

import pytest

from mailin.understanding.mail import Mail
from mailin.understanding.mime import parse
from mailin.understanding.reply import Evidence, new_text
from mailin.understanding.transfer import split_uuencoded

OWN = "Dank voor uw bericht, maar de container staat er nog steeds."
OLD = "Geachte heer, wij hebben uw melding ontvangen."
REPLY = Evidence(subject="Re: melding", threaded=True)
SENDER = "Gemeente <info@gemeente.example>"


def mail(head: str, body: str = "Hallo", charset: str = "utf-8") -> Mail:
    return parse(f"{head}\n\n{body}\n".encode(charset))


ATTRIBUTED = {
    "pl": f"pon., 3 cze 2024 o 10:12 {SENDER} napisał(a):",
    "pl-thunderbird": "W dniu 3.06.2024 o 10:12, Gemeente pisze:",
    "tr": f"{SENDER}, 3 Haz 2024 Pzt, 10:12 tarihinde şunu yazdı:",
    "hu": f"{SENDER} ezt írta (időpont: 2024. jún. 3., H, 10:12):",
    "ro": f"În lun., 3 iun. 2024 la 10:12, {SENDER} a scris:",
    "uk": f"пн, 3 черв. 2024 р. о 10:12 {SENDER} пише:",
    "vi": f"Vào 10:12 3 tháng 6, 2024, {SENDER} đã viết:",
    "without-verb": f"пн, 3 июн. 2024 г. в 10:12, {SENDER}:",
    "without-verb-wrapped": "2024-06-03 10:12 GMT+02:00 Gemeente Voorbeeld <\ninfo@gemeente.example>:",
    "without-verb-quoted": '26.06.2024, 14:41, "Gemeente" <info@gemeente.example>:',
    "wrapped-before-address": "pe 20. lokakuuta 2024 klo 17.50 Gemeente\n<info@gemeente.example> kirjoitti:",
    "excerpts": "Excerpts from Gemeente's message of Mon Jun 03 10:12:00 +0200 2024:",
}

BLOCKS = {
    "pl": f"Od: {SENDER}\nWysłano: poniedziałek, 3 czerwca 2024 10:12\nDo: Jan\nTemat: Odp: melding",
    "tr": f"Kimden: {SENDER}\nGönderildi: 3 Haziran 2024 Pazartesi 10:12\nKime: Jan\nKonu: Ynt: melding",
    "ru": f"От: {SENDER}\nОтправлено: 3 июня 2024 г. 10:12\nКому: Jan",
    "zh": f"发件人：{SENDER}\n发送时间：2024年6月3日 10:12\n收件人：Jan\n主题：Re: melding",
    "markdown": f"**From:** {SENDER}\n**Sent:** Monday, June 3, 2024 10:12\n**To:** Jan\n**Subject:** melding",
    "groupwise": f">>> {SENDER} 3-6-2024 10:12 >>>",
    "helpdesk-nl": "##- Typ uw antwoord boven deze regel -##",
    "helpdesk-en": "--- Please reply above this line ---",
}


@pytest.mark.parametrize("form", ATTRIBUTED)
def test_attributions_of_other_programs_go_with_their_quote(form: str) -> None:
    assert new_text(f"{OWN}\n\n{ATTRIBUTED[form]}\n\n> {OLD}\n", REPLY) == OWN


@pytest.mark.parametrize("form", BLOCKS)
def test_header_blocks_of_other_programs_open_a_quote(form: str) -> None:
    assert new_text(f"{OWN}\n\n{BLOCKS[form]}\n\n{OLD}\n", REPLY) == OWN


def test_an_attribution_right_below_the_text_takes_no_line_of_it_along() -> None:
    text = f"{OWN}\n02.04.2024 14:20 Gemeente schreef aan <\ninfo@gemeente.example> napisał:\n\n> {OLD}"
    assert new_text(text, REPLY) == OWN


@pytest.mark.parametrize("own", ["Hallo", "Hello!", "Hallo\n\nVerzonden vanaf mijn iPhone"])
def test_a_bare_greeting_is_an_answer(own: str) -> None:
    assert new_text(f"{own}\n\nOp 3-6-2024 om 10:12 schreef Gemeente:\n> {OLD}", REPLY) == own


@pytest.mark.parametrize("own", ["Hallo Ingrid,", "Hallo,", "Beste gemeente,", "Hallo\n\nZie hieronder."])
def test_a_greeting_that_opens_what_follows_keeps_it(own: str) -> None:
    text = f"{own}\n\nOp 3-6-2024 om 10:12 schreef Piet:\n> Ik wil een klacht indienen."
    assert new_text(text, REPLY) == text


PASSED = (
    "Deze hoort bij jullie.\n\n-----Oorspronkelijk bericht-----\nVan: piet@voorbeeld.example\nOnderwerp: hulp\n\nHelp"
)


def test_a_divider_alone_is_no_evidence_of_an_answer() -> None:
    assert new_text(PASSED, Evidence(subject="hulp")) == PASSED


def test_a_quote_from_the_recipient_is() -> None:
    evidence = Evidence(subject="hulp", recipients=("piet@voorbeeld.example",))
    assert new_text(PASSED, evidence) == "Deze hoort bij jullie."
    parsed = mail("From: jan@voorbeeld.example\nTo: Piet <Piet@voorbeeld.example>\nSubject: hulp", PASSED)
    assert parsed.reply_text == "Deze hoort bij jullie."


def test_an_address_with_a_key_shows_an_answer() -> None:
    head = "From: jan@voorbeeld.example\nTo: klachten+{}@gemeente.example\nSubject: nog iets"
    assert mail(head.format("4f97315cc828096c"), PASSED).reply_text == "Deze hoort bij jullie."
    assert mail(head.format("burgerzaken"), PASSED).reply_text == PASSED.strip()


ENCLOSED = "Content-Type: multipart/mixed; boundary=F"
RETURNED = (
    "--F\nContent-Type: message/rfc822\n\nFrom: klachten@gemeente.example\nMessage-ID: <1@gemeente.example>\n\nx\n--F--"
)

BOUNCES = {
    "report without its parts": (
        (
            "Return-Path: <>\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@relay.example>\nSubject: Returned mail\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=weg"
        ),
        "<<< No Message Collected >>>",
    ),
    "nameless": ("Return-Path: <>\nFrom: <>", "You sent mail to jan@voorbeeld.example. That's not a valid user here."),
    "robot": (
        f"From: no-reply@mobiel.example\nSubject: =?utf-8?B?44Oh44O844Or44Ko44Op44O8?=\n{ENCLOSED}",
        f"--F\n\nYour mail could not be delivered to: <jan@mobiel.example>\nAs their mailbox is full.\n{RETURNED}",
    ),
    "postmaster answers": (
        "From: post_master@mobiel.example\nIn-Reply-To: <1@gemeente.example>\nSubject: Re:Uw zaak",
        "Error: Invalid user address\n\n550 - Requested action not taken: no such user here\n",
    ),
    "refusal as receipt": (
        (
            "From: Mail Delivery Subsystem <beheer@voorbeeld.example>\nSubject: Automatically rejected mail\n"
            "Auto-Submitted: auto-replied (rejected)\n"
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=F"
        ),
        (
            "--F\n\nYour message to <jan@voorbeeld.example> was automatically rejected:\nQuota exceeded\n--F\n"
            "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; jan@voorbeeld.example\n"
            "Disposition: automatic-action/MDN-sent-automatically; deleted\n\n--F--"
        ),
    ),
    "office-nl": (
        (
            "Return-Path: <>\nFrom: Microsoft Outlook <MicrosoftExchange329e71ec88ae@voorbeeld.example>\n"
            "Subject: Onbestelbaar: Uw zaak"
        ),
        "Het bezorgen van uw bericht bij de volgende geadresseerden is mislukt:\n\njan@voorbeeld.example",
    ),
    "fr": (
        "Return-Path: <>\nFrom: MAILER-DAEMON@relay.example\nSubject: Non remis : Uw zaak",
        "Échec de la remise à ces destinataires :\n\njan@voorbeeld.example",
    ),
    "old exchange": (
        "From: System Administrator <postmaster@voorbeeld.example>\nSubject: Undeliverable: Uw zaak",
        "Your message did not reach some or all of the intended recipients.\n\n      jan on 3-6-2024 10:12",
    ),
}

NO_BOUNCES = {
    "citizen quotes one": (
        "From: jan@voorbeeld.example\nSubject: Undeliverable: mail aan klachten",
        "Ik kreeg dit terug: could not be delivered, 550 user unknown. Is uw mailbox vol?\n\nJan",
    ),
    "postmaster is a person": (
        "From: Piet <postmaster@bedrijf.example>\nIn-Reply-To: <1@gemeente.example>\nSubject: Re: uw brief",
        "Beste, uw brief could not be delivered volgens de post. Groet, Piet",
    ),
    "form by a robot": (
        "From: no-reply@formulier.example\nSubject: Nieuw bericht",
        "Naam: Jan\nE-mail: jan@voorbeeld.example\nBericht: mijn brief could not be delivered, 550 zegt de post.",
    ),
    "read receipt": (
        (
            "Return-Path: <>\nFrom: jan@voorbeeld.example\nSubject: Niet gelezen: Uw zaak\n"
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=F"
        ),
        (
            "--F\n\nUw bericht is verwijderd zonder te zijn gelezen.\n--F\n"
            "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; jan@voorbeeld.example\n"
            "Disposition: automatic-action/MDN-sent-automatically; deleted\n\n--F--"
        ),
    ),
}


@pytest.mark.parametrize("dialect", BOUNCES)
def test_reports_in_other_dialects_are_bounces(dialect: str) -> None:
    assert mail(*BOUNCES[dialect]).bounce


@pytest.mark.parametrize("case", NO_BOUNCES)
def test_words_of_failure_make_no_bounce(case: str) -> None:
    assert not mail(*NO_BOUNCES[case]).bounce


NOTES_ID = "Message-ID: <OF44593B19.B51EFFFF-ON802576A1.00581EF6@notes.example>"
AUTOMATIC = {
    "notes": f"Subject: AUTO: Jan Jansen is niet aanwezig. (terug op 05-01-2024)\n{NOTES_ID}",
    "notes-en": "Subject: AUTO: Jansen, Jan is out of the office. (returning 05/01/2024)\nX-MIMETrack: Itemize",
    "old exchange": "Subject: Out of Office AutoReply: Uw zaak\nThread-Topic: Uw zaak",
    "loop": "Subject: Uw zaak\nX-Loop: yes",
    "rule that answers": "Subject: Automatisch antwoord: Uw zaak\nX-MS-Exchange-Inbox-Rules-Loop: j@voorbeeld.example",
}
TYPED = {
    "subject in capitals": f"Subject: AUTO: weggesleept (zonder reden)\n{NOTES_ID}",
    "typed prefix": "Subject: Automatisch antwoord: nooit een mens\nThread-Topic: Automatisch antwoord: nooit een mens",
    "passed on by a rule": "Subject: Klacht\nX-MS-Exchange-Inbox-Rules-Loop: raad@gemeente.example",
    "passed on by procmail": "Subject: Klacht\nX-Loop: jan@voorbeeld.example",
}


@pytest.mark.parametrize("head", AUTOMATIC.values(), ids=AUTOMATIC)
def test_absence_notices_without_a_standard_header(head: str) -> None:
    assert mail(f"From: jan@voorbeeld.example\n{head}").auto_submitted


@pytest.mark.parametrize("head", TYPED.values(), ids=TYPED)
def test_a_mail_that_was_passed_on_or_looks_the_part_was_typed(head: str) -> None:
    assert not mail(f"From: jan@voorbeeld.example\n{head}").auto_submitted


def test_raw_headers_are_read_in_the_script_of_the_body() -> None:
    head = "From: Гражданин <jan@voorbeeld.example>\nSubject: Жалоба\nContent-Type: text/plain; charset="
    parsed = mail(f"{head}koi8-r", "Здравствуйте", "koi8-r")
    assert (parsed.subject, parsed.from_name) == ("Жалоба", "Гражданин")
    assert mail("Subject: Klacht over één\nContent-Type: text/plain; charset=koi8-r").subject == "Klacht over één"


def test_a_forgotten_comma_between_two_senders() -> None:
    parsed = mail("From: Jan Jansen <jan@voorbeeld.example> Piet Puk <piet@voorbeeld.example>")
    assert (parsed.from_name, parsed.from_addr) == ("Jan Jansen", "jan@voorbeeld.example")
    assert parsed.senders == ("jan@voorbeeld.example", "piet@voorbeeld.example")
    assert mail("From: <jan@voorbeeld.example> Jan Jansen").from_name == "Jan Jansen"


def test_an_address_literal_keeps_its_bracket() -> None:
    assert mail("From: Jan <jan@[192.0.2.1]>").from_addr == "jan@[192.0.2.1]"


def test_a_file_named_by_its_location_only() -> None:
    def names(place: str) -> list[str]:
        head = "From: jan@voorbeeld.example\nContent-Type: multipart/mixed; boundary=F"
        body = f"--F\n\nHallo\n--F\nContent-Type: image/jpeg\nContent-Location: {place}\n\nxx\n--F--"
        return [one.filename for one in mail(head, body).attachments]

    assert names("Foto25.jpg") == ["Foto25.jpg"]
    assert names("https://voorbeeld.example/Foto25.jpg") == [""]


def test_uuencoded_lines_whose_last_group_was_filled_with_anything() -> None:
    # 41 bytes need 55 characters; this encoder wrote a 56th that is not blank.
    line = b"I" + b"0" * 54 + b"]K"
    text, files = split_uuencoded(b"Zie de foto.\nbegin 644 foto.jpg\n" + line + b"\n`\nend\n")
    assert text.strip() == b"Zie de foto."
    assert [(name, len(content)) for name, content in files] == [(b"foto.jpg", 41)]
