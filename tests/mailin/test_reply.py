"""The new text of an answer: quotes go when there is evidence, and no word of the sender's own ever does."""

from __future__ import annotations

import pytest

from mailin.understanding.reply import Evidence, new_text

REPLY = Evidence(subject="Re: Uw klacht 2026-0012", threaded=True)
NEW = Evidence(subject="Klacht over de afvalcontainer")

OWN = "Dank voor uw bericht.\nIk ben het er niet mee eens."
OLD = "Geachte heer Jansen,\n\nWij hebben uw klacht ontvangen.\n\nMet vriendelijke groet,\nDe gemeente"
QUOTED = "\n".join(f"> {line}" if line else ">" for line in OLD.split("\n"))

MARKED = {
    "gmail-nl": "Op di 12 mrt. 2024 om 10:12 schreef Klachten <klachten@gemeente.example>:",
    "gmail-nl-old": "Op 12 maart 2024 10:12 schreef Klachten <klachten@gemeente.example> het volgende:",
    "gmail-nl-wrapped": "Op di 12 mrt. 2024 om 10:12 schreef Klachtencoördinatie gemeente Voorbeeld\n"
    "<klachten@gemeente.example>:",
    "gmail-nl-wrapped-early": "Op dinsdag 12 maart 2024 om 10:12:13\nschreef Klachten <klachten@gemeente.example>:",
    "apple-nl": "Op 12 mrt. 2024, om 10:12 heeft Klachten <klachten@gemeente.example> het volgende geschreven:",
    "apple-nl-name": "Op 12 mrt. 2024 om 10:12 heeft Klachten Gemeente het volgende geschreven:",
    "thunderbird-nl": "Op 12-03-2024 om 10:12 schreef Klachten:",
    "ox-nl": "Op 12-03-2024 10:12 CET schreef Klachten <klachten@gemeente.example>:",
    "roundcube-nl": "klachten@gemeente.example schreef op 2024-03-12 10:12:",
    "gmail-en": "On Tue, Mar 12, 2024 at 10:12 AM Klachten <klachten@gemeente.example> wrote:",
    "apple-en": "On Mar 12, 2024, at 10:12 AM, Klachten <klachten@gemeente.example> wrote:",
    "thunderbird-en": "On 12/03/2024 10:12, Klachten wrote:",
    "gmail-de": "Am Di., 12. März 2024 um 10:12 Uhr schrieb Klachten <klachten@gemeente.example>:",
    "thunderbird-de": "Am 12.03.24 um 10:12 schrieb Klachten:",
    "gmail-fr": "Le mar. 12 mars 2024 à 10:12, Klachten <klachten@gemeente.example> a écrit :",
    "short": "Klachten schreef:",
}

BLOCKS = {
    "outlook-nl": "Van: Klachten <klachten@gemeente.example>\nVerzonden: dinsdag 12 maart 2024 10:12\n"
    "Aan: Jan Jansen <jan@voorbeeld.example>\nOnderwerp: Uw klacht",
    "outlook-nl-divider": "-----Oorspronkelijk bericht-----\nVan: Klachten [mailto:klachten@gemeente.example]\n"
    "Verzonden: dinsdag 12 maart 2024 10:12\nAan: Jan Jansen\nOnderwerp: Uw klacht",
    "outlook-mobile-nl": "Outlook voor iOS downloaden<https://voorbeeld.example>\n________________________________\n"
    "Van: Klachten <klachten@gemeente.example>\nVerzonden: dinsdag 12 maart 2024 10:12\n"
    "Aan: Jan Jansen <jan@voorbeeld.example>\nOnderwerp: Uw klacht",
    "outlook-nl-datum": "Van: Klachten <klachten@gemeente.example>\nDatum: dinsdag 12 maart 2024 om 10:12\n"
    "Aan: Jan Jansen <jan@voorbeeld.example>\nCC: Piet <piet@voorbeeld.example>\n"
    "Onderwerp: Uw klacht",
    "outlook-bold": "*Van:* Klachten <klachten@gemeente.example>\n*Verzonden:* dinsdag 12 maart 2024 10:12\n"
    "*Aan:* Jan Jansen <jan@voorbeeld.example>\n*Onderwerp:* Uw klacht",
    "outlook-en": "From: Klachten <klachten@gemeente.example>\nSent: Tuesday, March 12, 2024 10:12\n"
    "To: Jan Jansen <jan@voorbeeld.example>\nSubject: Uw klacht",
    "outlook-en-divider": "-----Original Message-----\nFrom: Klachten <klachten@gemeente.example>\n"
    "Sent: 12 March 2024\n"
    "To: Jan Jansen\nSubject: Uw klacht",
    "outlook-de": "Von: Klachten <klachten@gemeente.example>\nGesendet: Dienstag, 12. März 2024 10:12\n"
    "An: Jan Jansen <jan@voorbeeld.example>\nBetreff: Uw klacht",
    "outlook-de-divider": "-----Ursprüngliche Nachricht-----\nVon: Klachten\nGesendet: Dienstag, 12. März 2024 10:12\n"
    "An: Jan Jansen\nBetreff: Uw klacht",
    "samsung-nl": "-------- Oorspronkelijk bericht --------\nVan: Klachten <klachten@gemeente.example>\n"
    "Datum: 12-03-24 10:12 (GMT+01:00)\nAan: Jan Jansen <jan@voorbeeld.example>\nOnderwerp: Uw klacht",
    "wrapped-recipients": "Van: Klachten <klachten@gemeente.example>\nVerzonden: dinsdag 12 maart 2024 10:12\n"
    "Aan: Jan Jansen <jan@voorbeeld.example>; Piet Pietersen <piet@voorbeeld.example>;\n"
    "Kees Keesen <kees@voorbeeld.example>\nOnderwerp: Uw klacht",
    "yahoo-nl": "Op dinsdag 12 maart 2024 om 10:12:13 CET schreef Klachten <klachten@gemeente.example>:",
    "zoho": "---- Op di, 12 mrt 2024 10:12:13 +0100 Klachten<klachten@gemeente.example> schreef ----",
}


@pytest.mark.parametrize("line", MARKED.values(), ids=MARKED.keys())
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_marked_quote_below_is_folded(line: str, gap: str) -> None:
    assert new_text(f"{OWN}\n\n{line}{gap}{QUOTED}\n", REPLY) == OWN


@pytest.mark.parametrize("line", MARKED.values(), ids=MARKED.keys())
def test_answer_below_the_quote_is_kept(line: str) -> None:
    assert new_text(f"{line}\n{QUOTED}\n\n{OWN}\n", REPLY) == OWN


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_unmarked_quote_below_is_folded(block: str) -> None:
    kept = new_text(f"{OWN}\n\n{block}\n\n{OLD}\n", REPLY)
    assert kept.startswith(OWN)
    assert "ontvangen" not in kept
    assert "12 maart" not in kept


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_forward_keeps_everything(block: str) -> None:
    text = f"Zie hieronder.\n\n{block}\n\n{OLD}"
    assert new_text(text, Evidence(subject="Fwd: Uw klacht", threaded=True)) == text
    assert new_text(text, Evidence(subject="FW: Uw klacht")) == text
    assert new_text(text, REPLY) == text


def test_forwarded_message_under_a_reply_subject_keeps_everything() -> None:
    text = f"{OWN}\n\n---------- Forwarded message ---------\n{BLOCKS['outlook-en']}\n\n{OLD}"
    assert new_text(text, REPLY) == text
    text = f"Graag uw reactie.\n\nBegin doorgestuurd bericht:\n\n{BLOCKS['outlook-nl-datum']}\n\n{OLD}"
    assert new_text(text, REPLY) == text


def test_interleaved_answers_stay_in_order() -> None:
    text = (
        f"{MARKED['gmail-nl']}\n> Wanneer was het?\n\nOp 3 maart.\n\n> Wie was erbij?\n> Graag namen.\n\n"
        "Mijn buurman.\n> Met vriendelijke groet\n"
    )
    assert new_text(text, REPLY).split() == ["Op", "3", "maart.", "Mijn", "buurman."]


@pytest.mark.parametrize(
    "text",
    [
        "Van maandag tot vrijdag kwam niemand.\nAan de balie zei men: kom terug.\n-- \nOp 3 mei schreef ik u al.",
        "Mijn klachten:\n> de container is vol\n> er komt niemand\n> de telefoon wordt niet opgenomen\nGraag actie.",
        "Op 3 mei 2026 om 10:00 schreef uw ambtenaar mij het volgende:\n\nU moet wachten.\n\nDat vind ik niet kunnen.",
        "Ik citeer de brief:\nVan: Gemeente\nVerzonden: 3 mei\nAan: mij\nOnderwerp: afwijzing\n\nDaar klopt niets van.",
        "--\nJan Jansen\n--\nP.S. ook de stoep is kapot",
        "In 2023 schreef de gemeente het volgende:\n\nAlles komt goed.\n\nNiets kwam goed.",
    ],
)
def test_words_that_look_like_mail_furniture_stay(text: str) -> None:
    assert new_text(text, NEW) == text


def test_bullets_in_an_answer_stay() -> None:
    bullets = "Mijn punten zijn:\n> de container is vol\n> er komt niemand\nGraag actie."
    assert new_text(bullets, REPLY) == bullets
    assert new_text(f"{bullets}\n\n{MARKED['gmail-nl']}\n{QUOTED}", REPLY) == bullets


def test_answers_inside_an_unmarked_quote_keep_the_whole() -> None:
    text = f"Zie mijn antwoorden hieronder in rood.\n\n{BLOCKS['outlook-nl']}\n\nWanneer was het? 3 maart."
    assert new_text(text, REPLY) == text


@pytest.mark.parametrize(
    "rest", ["", "\n\nVerzonden vanaf mijn iPhone", "\n\nGeachte heer,\n\nMet vriendelijke groet,\nJan"]
)
def test_nothing_left_means_the_full_text(rest: str) -> None:
    text = f"{rest}\n\n{MARKED['gmail-nl']}\n{QUOTED}"
    assert new_text(text, REPLY) == text


def test_short_answers_are_answers() -> None:
    assert new_text(f"Ja.\n\n{MARKED['gmail-nl']}\n{QUOTED}", REPLY) == "Ja."
    assert new_text(f"Akkoord\n\n{BLOCKS['outlook-nl']}\n\n{OLD}", REPLY) == "Akkoord"


def test_own_line_right_above_an_attribution_stays() -> None:
    assert new_text(f"Bedankt voor 12:30 uur.\n{MARKED['gmail-nl']}\n{QUOTED}", REPLY) == "Bedankt voor 12:30 uur."


def test_escaped_from_is_no_quote() -> None:
    text = ">From maandag af is het stil.\nHoe kan dat?"
    assert new_text(text, REPLY) == text


def test_quotes_without_attribution_go_in_a_threaded_answer() -> None:
    assert new_text(f"{OWN}\n\n{QUOTED}", REPLY) == OWN
