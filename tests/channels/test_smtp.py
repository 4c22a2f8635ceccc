"""The SMTP and LMTP doors, spoken to by clients that are not ours and by hand."""

import smtplib
import socket
import subprocess
from collections.abc import Callable, Iterator

import pytest

from core.domain.message import Outcome
from mailin.inbound import MailReader
from mailin.smtp.doors import LmtpDoor, SmtpDoor
from tests.channels.letters import CITIZEN, KLACHTEN, letter
from tests.channels.line import Line
from tests.channels.listening import PATIENCE, Core, Listening
from tests.channels.ways import LARGEST
from tests.parts.postfix import Postfix

BEZWAAR = "bezwaar@gemeente.example"
READER = MailReader([KLACHTEN, BEZWAAR], "gemeente.example", [])


@pytest.fixture
def smtp(core: Core) -> Iterator[SmtpDoor]:
    door = SmtpDoor("127.0.0.1", 0, [KLACHTEN, BEZWAAR], LARGEST, READER, core.world.clock)
    with Listening(door, core):
        yield door


@pytest.fixture
def lmtp(core: Core) -> Iterator[LmtpDoor]:
    door = LmtpDoor("127.0.0.1", 0, [KLACHTEN, BEZWAAR], LARGEST, READER, core.world.clock)
    with Listening(door, core):
        yield door


@pytest.fixture
def swaks() -> Callable[..., str]:
    """The Swiss army knife of SMTP: gives what was said by both sides."""

    def run(port: int, *arguments: str) -> str:
        command = ["swaks", "--server", "127.0.0.1", "--port", str(port), "--helo", "voorbeeld.example", *arguments]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE).stdout

    return run


def client(door: SmtpDoor) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", door.port, "voorbeeld.example", timeout=PATIENCE)


def test_who_is_not_ours_is_refused_for_good(smtp: SmtpDoor, core: Core) -> None:
    with client(smtp) as citizen:
        citizen.ehlo()
        citizen.mail(CITIZEN)
        for other in ("onbekend@gemeente.example", "iemand@elders.example", "klachten@elders.example", "klachten"):
            code, says = citizen.rcpt(other)
            assert (code, says[:5]) == (550, b"5.1.1")
        assert citizen.docmd("DATA")[0] == 503
    assert core.called == []


def test_plus_addresses_and_capitals_are_ours(smtp: SmtpDoor, core: Core) -> None:
    with client(smtp) as citizen:
        citizen.sendmail(CITIZEN, ["Klachten+2026-0001@Gemeente.Example"], letter())
    assert len(core.taken) == 1


def test_a_message_that_says_it_is_too_large_is_refused_before_it_is_sent(smtp: SmtpDoor, core: Core) -> None:
    with client(smtp) as citizen:
        citizen.ehlo()
        assert citizen.esmtp_features["size"] == str(LARGEST)
        assert citizen.mail(CITIZEN, [f"SIZE={LARGEST + 1}"])[0] == 552
    assert core.called == []


def test_a_message_that_turns_out_too_large_is_refused_and_the_next_one_taken(smtp: SmtpDoor, core: Core) -> None:
    with client(smtp) as citizen:
        citizen.ehlo()
        citizen.mail(CITIZEN)
        citizen.rcpt(KLACHTEN)
        code, says = citizen.data(letter(text="veel tekst\n" * LARGEST))
        assert (code, says[:5]) == (552, b"5.3.4")
        citizen.sendmail(CITIZEN, [KLACHTEN], letter())
    assert [inbound.raw for inbound, _ in core.taken] == [letter()]


def test_a_message_of_just_the_largest_size_is_taken_whole(smtp: SmtpDoor, core: Core) -> None:
    start = letter(text="")
    raw = start + b"x" * (LARGEST - len(start) - 2) + b"\r\n"
    with client(smtp) as citizen:
        citizen.sendmail(CITIZEN, [KLACHTEN], raw)
    assert [inbound.raw for inbound, _ in core.taken] == [raw]


def test_lines_of_any_length_leading_dots_and_eight_bits_arrive_as_they_were_sent(smtp: SmtpDoor, core: Core) -> None:
    raw = letter(text="") + b".\n..twee\r\n.\r\n\r\n" + b"y" * 150_000 + b"\r\n\xe9\xff\x00 laatste regel\r\n"
    with client(smtp) as citizen:
        citizen.ehlo()
        citizen.mail(CITIZEN)
        citizen.rcpt(KLACHTEN)
        assert citizen.docmd("DATA")[0] == 354
        citizen.send(raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        assert citizen.getreply()[0] == 250
    assert [inbound.raw for inbound, _ in core.taken] == [raw]


@pytest.mark.parametrize(
    "end",
    [
        *(
            b"\n.\r\n",
            b"\n.\n",
            b"\r\n.\n",
            b"\r.\r",
            b"\r\n.\r",
            b"\r.\n",
            b"\n.\r",
            b"\r.\r\n",
            b"\n\r.\r\n",
            b"\n\n.\r\n",
        ),
        *(
            b"\r\n.\x00\r\n",
            b"\r\n\x00.\r\n",
            b"\r\n.\r\r\n",
            b"\r\n. \r\n",
            b"\r\n..\r\n",
            b"\x85.\x85",
            b"\xe2\x80\xa8.\xe2\x80\xa8",
        ),
    ],
)
def test_only_one_ending_ends_a_message_so_none_can_be_smuggled(end: bytes, smtp: SmtpDoor, core: Core) -> None:
    inner = b"MAIL FROM:<boef@voorbeeld.example>\r\nRCPT TO:<klachten@gemeente.example>\r\nDATA\r\nSubject: nep\r\n"
    with Line(smtp.port) as line:
        line.ask("EHLO x", f"MAIL FROM:<{CITIZEN}>", f"RCPT TO:<{KLACHTEN}>", "DATA")
        line.send((sent := letter().rstrip() + end + inner) + b"\r\n.\r\n")
        assert line.answer().startswith("250 ")
        assert line.ask("DATA").startswith("503 ")  # the next answer is to this: nothing else was obeyed
    assert [inbound.raw for inbound, _ in core.taken] == [sent.replace(b"\r\n.", b"\r\n") + b"\r\n"]


def test_an_empty_message_is_a_message(smtp: SmtpDoor, core: Core) -> None:
    with Line(smtp.port) as line:
        line.ask("EHLO x", f"MAIL FROM:<{CITIZEN}>", f"RCPT TO:<{KLACHTEN}>", "DATA")
        assert line.ask(".").startswith("250 ")
    assert [inbound.raw for inbound, _ in core.taken] == [b""]


def test_commands_that_follow_at_once_are_not_lost(smtp: SmtpDoor, core: Core) -> None:
    envelope = f"MAIL FROM:<{CITIZEN}>\r\nRCPT TO:<{KLACHTEN}>\r\nDATA\r\n".encode()
    with Line(smtp.port) as line:
        line.ask("EHLO x")
        line.send(envelope + letter() + b".\r\n" + envelope)
        answers = [line.answer()[:3] for _ in range(7)]
        line.send(letter("<twee@voorbeeld.example>") + b".\r\nQUIT\r\n")
        answers += [line.answer()[:3] for _ in range(2)]
    assert answers == ["250", "250", "354", "250", "250", "250", "354", "250", "221"]
    assert len(core.taken) == 2


def test_a_connection_lost_in_mid_transfer_takes_nothing(smtp: SmtpDoor, core: Core) -> None:
    with Line(smtp.port) as line:
        line.ask("EHLO x", f"MAIL FROM:<{CITIZEN}>", f"RCPT TO:<{KLACHTEN}>", "DATA")
        line.send(letter()[:-20])
    with client(smtp) as citizen:
        citizen.sendmail(CITIZEN, [KLACHTEN], letter())
    assert [inbound.raw for inbound, _ in core.taken] == [letter()]


def test_several_recipients_are_one_message(smtp: SmtpDoor, core: Core) -> None:
    with client(smtp) as citizen:
        citizen.sendmail(CITIZEN, [KLACHTEN, BEZWAAR], letter())
    assert len(core.called) == 1


def test_lmtp_answers_once_for_each_recipient_it_took(lmtp: LmtpDoor, core: Core) -> None:
    core.failures = 1
    with Line(lmtp.port) as line:
        envelope = (f"MAIL FROM:<{CITIZEN}>", f"RCPT TO:<{KLACHTEN}>")
        assert line.ask("LHLO x", *envelope, "RCPT TO:<niemand@gemeente.example>").startswith("550 5.1.1")
        assert line.ask(f"RCPT TO:<{BEZWAAR}>").startswith("250 ")
        for message, expected in ((letter(), "451"), (letter(text="x\n" * LARGEST), "552"), (letter(), "250")):
            assert line.ask("DATA").startswith("354")
            line.send(message + b".\r\n")
            assert [line.answer()[:3], line.answer()[:3]] == [expected, expected]
            assert line.ask("NOOP")[:3] == "250"
            line.ask(*envelope, f"RCPT TO:<{BEZWAAR}>")
    assert [accepted.outcome for _, accepted in core.taken] == [Outcome.OPENED]


def test_the_null_sender_is_taken_and_never_answered(smtp: SmtpDoor, core: Core) -> None:
    with client(smtp) as machine:
        machine.sendmail("", [KLACHTEN], letter())
    [(inbound, accepted)] = core.taken
    assert inbound.reply is None
    assert inbound.raw == letter()
    assert accepted.outcome == Outcome.AUTOMATIC


def test_a_door_that_stops_lets_a_transfer_finish_and_sends_the_others_away(core: Core) -> None:
    door = SmtpDoor("127.0.0.1", 0, [KLACHTEN], LARGEST, READER, core.world.clock)
    listening = Listening(door, core)
    with listening, Line(door.port) as busy, Line(door.port) as idle:
        busy.ask("EHLO x", f"MAIL FROM:<{CITIZEN}>", f"RCPT TO:<{KLACHTEN}>", "DATA")
        idle.ask("EHLO x", f"MAIL FROM:<{CITIZEN}>")
        busy.send(letter()[:50])
        listening.ask_to_stop()
        assert idle.answer().startswith("421 ")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", door.port), PATIENCE)
        busy.send(letter()[50:] + b".\r\n")
        assert busy.answer().startswith("250 ")
        assert busy.answer().startswith("421 ")
    assert len(core.taken) == 1


def test_a_refusal_is_still_said_when_the_door_stops(core: Core) -> None:
    door = LmtpDoor("127.0.0.1", 0, [KLACHTEN, BEZWAAR], LARGEST, READER, core.world.clock)
    core.failures = 1
    core.free.clear()
    listening = Listening(door, core)
    with listening, Line(door.port) as line:
        line.ask("LHLO x", f"MAIL FROM:<{CITIZEN}>", f"RCPT TO:<{KLACHTEN}>", f"RCPT TO:<{BEZWAAR}>", "DATA")
        line.send(letter() + b".\r\n")
        core.wait(lambda core: len(core.called) == 1)
        listening.ask_to_stop()
        core.free.set()
        assert [line.answer()[:3] for _ in range(3)] == ["451", "451", "421"]
    assert core.taken == []


def test_what_breaks_the_reader_is_kept_whole(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_raw: bytes) -> None:
        raise RecursionError

    monkeypatch.setattr("mailin.inbound.parse", broken)
    door = SmtpDoor("127.0.0.1", 0, [KLACHTEN], LARGEST, READER, core.world.clock)
    with Listening(door, core), client(door) as citizen:
        citizen.sendmail(CITIZEN, [KLACHTEN], letter())
    [(inbound, accepted)] = core.taken
    assert accepted.outcome == Outcome.UNPROCESSED
    assert (inbound.problem, inbound.raw, inbound.reply) == ("unreadable", letter(), None)


def test_a_real_mail_server_delivers_over_lmtp_and_tries_again_after_a_451(
    postfix: Postfix, lmtp: LmtpDoor, core: Core
) -> None:
    core.failures = 1
    here = "klachten+lmtp@gemeente.example"  # an address of its own: the server is shared with other tests
    postfix.route(here, lmtp.port)
    postfix.send(here, letter())
    core.wait(lambda core: len(core.called) == 1)
    postfix.flush()
    core.wait_taken(1)
    [(inbound, _)] = core.taken
    assert inbound.reply is not None
    assert inbound.reply.address == CITIZEN


def test_nothing_is_relayed_whatever_the_address_looks_like(smtp: SmtpDoor, core: Core) -> None:
    with Line(smtp.port) as line:
        line.ask("EHLO x", f"MAIL FROM:<{KLACHTEN}>")
        for address in (
            "<iemand%elders.example@gemeente.example>",
            "<@gemeente.example:iemand@elders.example>",
            f"<{KLACHTEN}@elders.example>",
            f'<"{KLACHTEN}"@elders.example>',
            "<elders.example!iemand@gemeente.example>",
            "<elders!klachten@gemeente.example>",
            "<iemand@[127.0.0.1]>",
            "<klachten@gemeente.example.>",
            "<>",
        ):
            assert line.ask(f"RCPT TO:{address}")[0] == "5", address
        assert line.ask("DATA").startswith("503 5.5.1")
    assert core.called == []


def test_what_it_can_is_said_and_what_is_said_is_done(smtp: SmtpDoor, core: Core) -> None:
    raw = letter(text="één")
    with Line(smtp.port) as line:
        line.send(b"EHLO x\r\n")
        offered = {answer[4:].partition(" ")[0] for answer in line.answers()[1:]}
        assert offered == {"SIZE", "8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES"}
        assert line.ask("MAIL FROM:<jörg@voorbeeld.example> BODY=8BITMIME SMTPUTF8 SIZE=10").startswith("250 2.")
        assert line.ask(f"RCPT TO:<{KLACHTEN}>").startswith("250 2.")
        assert line.ask("DATA").startswith("354 ")
        line.send(raw + b".\r\n")
        assert line.answer().startswith("250 2.")
        assert line.ask("BDAT 10 LAST").startswith("500 5.5.2")
        assert line.ask("AUTH PLAIN AGEAYg==").startswith("502 5.5.1")
        assert line.ask("STARTTLS").startswith("454 4.7.0")
    assert [inbound.raw for inbound, _ in core.taken] == [raw]


def test_nobody_learns_which_addresses_exist(smtp: SmtpDoor) -> None:
    with Line(smtp.port) as line:
        line.ask("EHLO x")
        known, unknown = line.ask(f"VRFY {KLACHTEN}"), line.ask("VRFY niemand@gemeente.example")
        assert known == unknown
        assert known.startswith("252 2.5.0")
        assert line.ask("EXPN klachten").startswith("502 5.5.1")
        assert line.ask("HELP VRFY") == line.ask("HELP") == "214 2.0.0 See RFC 5321"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("MAIL FROM:<a@voorbeeld.example> SIZE=999999999", "552 5.3.4"),
        ("MAIL FROM:<a@voorbeeld.example> SIZE=veel", "501 5.5.4"),
        ("MAIL FROM:<a@voorbeeld.example> BODY=BINARYMIME", "501 5.5.4"),
        ("MAIL FROM:<a@voorbeeld.example> RET=FULL", "555 5.5.4"),
        ("MAIL FROM:<<>>", "553 5.1.3"),
        ("RCPT TO:<a@voorbeeld.example>", "503 5.5.1"),
        ("DATA", "503 5.5.1"),
        ("FOO\rBAR", "500 5.5.2 Command not recognized"),
        ("NOOP " + "x" * 3000, "500 5.5.2"),
        ("NOOP " + "x" * 200_000, "500 5.5.2"),
        ("", "500 5.5.2"),
    ],
)
def test_every_refusal_has_its_status(said: str, answer: str, smtp: SmtpDoor, core: Core) -> None:
    with Line(smtp.port) as line:
        assert line.ask("EHLO x", said).startswith(answer)
        assert line.ask("NOOP").startswith("250 2.0.0")
    assert core.called == []


def test_a_long_sender_is_not_refused_because_somebody_else_came_in(smtp: SmtpDoor) -> None:
    """The library keeps the limits of all conversations in one place."""
    sender = f"{'x' * 64}@{'.'.join(['y' * 60] * 4)}.example"
    with Line(smtp.port) as line:
        line.ask("EHLO x")
        with Line(smtp.port):
            assert line.ask(f"MAIL FROM:<{sender}> SIZE=100{' BODY=8BITMIME' * 15}").startswith("250 ")


def test_the_lmtp_door_speaks_lmtp_only(lmtp: LmtpDoor, core: Core) -> None:
    with Line(lmtp.port) as line:
        assert line.ask("EHLO x").startswith("500 ")
        assert line.ask(f"MAIL FROM:<{CITIZEN}>").startswith("503 ")
        line.send(b"LHLO x\r\n")
        assert {"250-PIPELINING", "250 ENHANCEDSTATUSCODES"} <= set(line.answers())
    assert core.called == []


@pytest.mark.needs("swaks")
def test_swaks_hands_in_a_message(swaks: Callable[..., str], smtp: SmtpDoor, core: Core) -> None:
    said = swaks(smtp.port, "--to", f"{KLACHTEN},niemand@gemeente.example", "--from", CITIZEN, "--pipeline")
    assert "<** 550 5.1.1" in said
    assert "<-  250 2.0.0 OK" in said
    assert len(core.taken) == 1
