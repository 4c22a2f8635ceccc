"""`gehoord demo`: 25 messages through the real channels, what comes of them, and nothing left behind."""

from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from app.demo import throw_away
from app.demo.citizens import CITIZENS
from app.demo.stand_in import StandIn, Told
from app.settings import Settings
from app.settings.house import TelegramSettings
from app.settings.mail import ImapSettings, RelaySettings
from core.domain.labels import Channel
from core.domain.message import Route
from core.domain.tasks import TaskKind
from core.store import schema
from tests.e2e.desk import queue_counts
from tests.fakes.telegram.description import JsonObject, bot_api
from tests.fakes.telegram.server import FakeTelegram
from tests.faults.service import MUNICIPALITY, Service

MAILS, FORMS = 19, 6
MACHINES = ("08-afwezigheidsbericht.eml", "09-onbestelbaar.eml")
CASES = MAILS - 1 - len(MACHINES) + FORMS  # one mail comes twice
UNANSWERED = 3  # one wants a letter on paper, one left no way back, one was passed on by a colleague
CHATS = 3
TOLD = CHATS + 1  # one citizen adds something afterwards


class Demo(Service):
    """A `gehoord demo` with a temporary folder of its own, in which its data can be found while it runs."""

    name = "demo"

    def __init__(self, **settings: str) -> None:
        super().__init__(settings={"GEHOORD_CLASSIFIER": "true", **settings})
        self.temporary = self.directory / "tmp"
        self.temporary.mkdir()
        self.settings["TMPDIR"] = str(self.temporary)

    def command(self) -> list[str]:
        return self._gehoord("demo")

    def ready(self) -> bool:
        return "messages were sent" in self.log()

    def look_inside(self) -> None:
        """Take its throw-away folder for the one that is looked at."""
        (self.folder,) = self.temporary.glob("gehoord-demo-*")
        self.url = f"sqlite:///{self.folder / 'gehoord.db'}"


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """A demo to look at; what is done to one is done to another."""
    with Demo() as running:
        running.look_inside()
        yield running


def test_twenty_five_messages_become_a_living_queue(demo: Demo) -> None:
    assert f"25 messages were sent: {MAILS} by mail, {FORMS} through" in demo.log()
    assert f"{CASES} new cases" in demo.log()
    assert "1 delivered twice" in demo.log()
    assert "2 by machines" in demo.log()

    # The duplicate is no message of its own, and the machines' mails have no case.
    assert demo.count("message") == MAILS - 1 + FORMS
    assert demo.count("message", door="form") == FORMS
    assert demo.count("case") == CASES
    assert demo.count("party", email="wilma.zandstra@voorbeeld.example") == 1
    assert demo.count("message", case=None) == demo.count("message", automatic=True) == len(MACHINES)

    # Nothing is sent about what a colleague passed on before a person said who complains; all others are answered.
    assert demo.count("task", kind=TaskKind.COMPLAINANT) == 1
    assert demo.count("outgoing", route=Route.PRINT) == demo.count("task", kind=TaskKind.POST_LETTER) == 1
    assert demo.count("task", kind=TaskKind.ACKNOWLEDGE) == 1
    letters = demo.letters()
    assert len(letters) == demo.count("outgoing", route=Route.MAIL, state="sent") == CASES - UNANSWERED
    answered = {address.addr_spec for letter in letters for address in letter["To"].addresses}
    assert len(answered) == len(letters)
    machines = [message_from_bytes((CITIZENS / "messages" / name).read_bytes())["From"] for name in MACHINES]
    assert [one for one in answered if any(one in machine for machine in machines)] == []

    assert demo.count("job") == 0
    assert demo.count("suggestion") == CASES
    counts = queue_counts(demo)
    assert counts.all == CASES + len(MACHINES) + UNANSWERED
    assert (counts.replies, counts.undelivered, counts.unprocessed) == (1, 2, len(MACHINES))
    assert 0 < counts.doubt < CASES


def test_it_stays_until_it_is_stopped_and_then_leaves_nothing() -> None:
    with Demo(GEHOORD_CLASSIFIER="false") as demo:
        demo.look_inside()
        with demo.smtp() as still_there:
            assert still_there.noop()[0] == 250
        assert demo.folder.is_dir()
        demo.terminate()
        assert demo.ended() == 0
        assert list(demo.temporary.iterdir()) == []


def test_with_a_token_citizens_chat_with_the_bot_and_the_real_service_is_left_alone() -> None:
    with (
        FakeTelegram.start() as real,
        Demo(
            GEHOORD_CLASSIFIER="false",
            GEHOORD_TELEGRAM__TOKEN=real.token,
            GEHOORD_TELEGRAM__BASE_URL=real.base_url,
            GEHOORD_TELEGRAM__BASE_FILE_URL=real.base_file_url,
            # Where a token would go if the bot asked a proxy for the stand-in.
            HTTP_PROXY="http://127.0.0.1:1",
            http_proxy="http://127.0.0.1:1",
        ) as demo,
    ):
        assert (
            f"25 messages were sent: {MAILS - TOLD} by mail, {FORMS} through the citizen's form, {TOLD} in"
            in demo.log()
        )
        # What somebody added in the chat is confirmed too.
        assert f"{CASES - TOLD + CHATS} new cases, {CASES - UNANSWERED} acknowledgements sent" in demo.log()
        assert "stand-in of Telegram's server" in demo.log()
        assert "t.me" not in demo.log()
        assert real.token not in demo.log()
        assert real.requests == []

        demo.look_inside()
        chat = Channel.TELEGRAM
        assert (demo.count("case", channel=chat), demo.count("message", channel=chat)) == (CHATS, TOLD)
        assert demo.count("outgoing", route=Route.TELEGRAM, state="sent", receipt=True) == CHATS
        assert demo.count("message", problem=None) == demo.count("message") == 24
        assert demo.count("draft") == CHATS  # of each only the number of the case
        with demo.engine() as engine, engine.connect() as connection:
            rows = schema.message
            told = list(connection.execute(select(rows.c.text).where(rows.c.channel == chat)).scalars())
        assert any("hulp in huis" in text and "er kwam niemand" in text for text in told)  # two messages, one complaint
        assert any("OV-2026-0318" in text for text in told)


def test_told_to_stop_it_ends_by_itself() -> None:
    with FakeTelegram.start() as telegram:
        demo = Demo(
            GEHOORD_TELEGRAM__TOKEN=telegram.token,
            GEHOORD_TELEGRAM__BASE_URL=telegram.base_url,
            GEHOORD_TELEGRAM__BASE_FILE_URL=telegram.base_file_url,
            # Nobody answers there: a demo that used them would say so, and would deliver nothing.
            GEHOORD_IMAP__KLACHTEN__HOST="127.0.0.1",
            GEHOORD_IMAP__KLACHTEN__PORT="1",
            GEHOORD_IMAP__KLACHTEN__USER=MUNICIPALITY,
            GEHOORD_IMAP__KLACHTEN__PASSWORD="geheim",
            GEHOORD_RELAY__HOST="127.0.0.1",
            GEHOORD_RELAY__PORT="1",
        )
        try:
            done = demo.run("demo", "--stop", "--with-bot")
            assert done.returncode == 0, done.stderr
            assert "25 messages were sent" in done.stderr
            assert f"{CASES - UNANSWERED} acknowledgements sent" in done.stderr
            assert "https://t.me/" in done.stderr
            assert telegram.token not in done.stderr
            assert "mailbox" not in done.stderr
            assert list(demo.temporary.iterdir()) == []
            assert not demo.folder.exists()
        finally:
            demo.close()


def test_a_port_that_is_taken_is_said_and_nothing_is_sent() -> None:
    demo = Demo(GEHOORD_CLASSIFIER="false")
    try:
        with Service() as other:
            demo.settings["GEHOORD_WEB__PORT"] = str(other.web_port)
            done = demo.run("demo", "--stop")
            assert done.returncode == 1
            assert "cannot start web: Address already in use" in done.stderr
            assert str(other.web_port) in done.stderr
            assert "messages were sent" not in done.stderr
            assert other.count("message") == 0
        assert list(demo.temporary.iterdir()) == []
    finally:
        demo.close()


def test_a_mailbox_and_a_relay_that_are_set_up_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    mailbox = ImapSettings.model_validate({"host": "imap.gemeente.example", "user": "k", "password": "p"})
    bot = TelegramSettings(token=SecretStr("1:a"))
    relay = RelaySettings(host="smtp.gemeente.example")
    real = Settings().model_copy(update={"imap": {"klachten": mailbox}, "relay": relay, "telegram": bot})
    own = throw_away(real, tmp_path)
    assert (own.imap, own.relay, own.telegram) == ({}, None, None)
    assert throw_away(real, tmp_path, telegram=bot).telegram == bot
    assert own.database_url == f"sqlite:///{tmp_path / 'gehoord.db'}"
    assert own.municipality == real.municipality


def test_every_door_counts_what_it_takes(demo: Demo) -> None:
    metrics = demo.get("/metrics")[1]
    opened = 'gehoord_messages_accepted_total{door="%s",outcome="opened"} %.1f'
    assert opened % ("smtp", CASES - FORMS) in metrics
    assert opened % ("form", FORMS) in metrics


def test_the_stand_in_keeps_to_the_bot_api_as_far_as_it_goes() -> None:
    api, markup = bot_api(), '{"keyboard": [[{"text": "Klaar"}, {"text": "Meer"}], [{"text": "Stop"}]]}'
    with StandIn("1:geheim") as stand_in:

        def call(method: str, token: str = "1:geheim", **given: str) -> tuple[int, JsonObject]:
            answer = httpx.post(f"{stand_in.base_url}{token}/{method}", data=given, trust_env=False)
            return answer.status_code, answer.json()

        chat = stand_in.chat("Jip")
        assert stand_in.say(chat, "hoi") == 1
        for method, given in {
            "getMe": {},
            "setMyCommands": {"commands": "[]"},
            "sendMessage": {"chat_id": str(chat.number), "text": "Dag", "reply_markup": markup},
            "getUpdates": {"offset": "1", "timeout": "25"},
        }.items():
            status, answer = call(method, **given)
            assert (status, answer["ok"]) == (200, True)
            api.check_answer(method, answer["result"])
        assert stand_in.heard(chat, lambda told: True) == Told(id=2, text="Dag", buttons=("Klaar", "Meer", "Stop"))
        assert call("getUpdates", offset="2") == (200, {"ok": True, "result": []})
        assert call("getUpdates", token="2:ander")[0] == call("banChatMember")[0] == 404
