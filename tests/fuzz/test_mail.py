"""The short version of `make fuzz`: the same judges over the exam's messages, whole and damaged."""

from __future__ import annotations

from random import Random

import pytest

from mailin.understanding.mime import parse
from tests.fuzz.mutations import mutated, seeds
from tests.fuzz.oracle import judge, plain_body

SEEDS = seeds(20_000)
ROUNDS = 40
LETTER = b"Subject: x\nContent-Type: text/plain; charset=utf-8\n%s\n%s"


@pytest.mark.parametrize("name", SEEDS)
def test_a_message_and_its_damaged_twins_are_understood(name: str):
    raw, others, random = SEEDS[name], list(SEEDS.values()), Random(name)
    assert judge(raw) == judge(raw)
    for _ in range(ROUNDS):
        damaged = mutated(raw, others, random)
        try:
            judge(damaged)
        except AssertionError as error:
            error.add_note(repr(damaged))
            raise


@pytest.mark.parametrize("name", SEEDS)
def test_what_stands_in_a_foreign_header_changes_no_text(name: str):
    raw, random = SEEDS[name], Random(name)
    if raw.startswith((b"From ", b">From ", b"\r", b"\n", b"\xef\xbb\xbf")) or b"\n" not in raw:
        raw = b"Subject: x\n\n" + raw  # what is special about its first line is the exam's to ask
    noise = bytes(random.choice([*range(32, 127), 0xE9, 0x3C]) for _ in range(200))
    lines = b"\r\n" if b"\r\n" in raw else b"\n"
    noisy = parse(b"X-Noise: " + noise + lines + raw)
    calm = parse(b"X-Noise: calm" + lines + raw)
    assert (noisy.text, noisy.reply_text, noisy.attachments) == (calm.text, calm.reply_text, calm.attachments)


def test_the_judge_of_words_knows_a_plain_mail_by_the_book():
    assert plain_body(LETTER % (b"", b"\nh\xc3\xa9 jij\n")) == "\nhé jij\n"
    assert plain_body(LETTER % (b"Content-Transfer-Encoding: base64\n", b"aG9p\n")) == "hoi"
    assert plain_body(LETTER % (b"Content-Transfer-Encoding: quoted-printable\n", b"h=C3=A9=\nj\n")) == "héj\n"
    assert plain_body(LETTER % (b"", b"\xe9")) is None
    assert plain_body(b"hoi") is None
    assert sum(plain_body(raw) is not None for raw in SEEDS.values()) > 10
