"""The Telegram channel against the fake Bot API and the real core: to a case and back, and through every failure."""

import asyncio
import json
import logging
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bots.telegram_messages import LARGEST_DOWNLOAD
from core.domain.errors import DeliveryError, Permanent, Temporary
from core.domain.labels import Channel
from core.domain.message import Outcome, Outgoing, ReplyRoute, Route
from core.domain.tasks import TaskKind
from core.service.conversations import Conversations
from templates.texts import texts
from tests.bots.chatting import Chatting, DyingCore
from tests.channels.listening import Listening
from tests.core.world import MONDAY
from tests.fakes.telegram.description import JsonObject
from tests.fakes.telegram.failures import (
    Failure,
    bad_gateway,
    connection_drop,
    forbidden,
    no_answer,
    refusal,
    too_many_requests,
)
from tests.fakes.telegram.server import DOWNLOAD
from tests.fakes.telegram.world import Chat

PDF = b"%PDF-1.4 een brief"


def letter(chatting: Chatting, text: str = "Wij bellen u morgen.", *, receipt: bool = True) -> Outgoing:
    return Outgoing(
        case=None, letter="ontvangst", to=ReplyRoute(route=Route.TELEGRAM, address=str(chatting.anna.id)),
        subject="Uw bericht", text=text, message_id="brief@gemeente.example", created_at=MONDAY, receipt=receipt,
    )  # fmt: skip


def test_a_whole_conversation_becomes_a_case_and_is_acknowledged_in_the_chat(chatting: Chatting) -> None:
    with chatting.listening():
        chatting.talk_to_the_summary()
        sent = chatting.anna.press("Versturen")
        received = chatting.heard("received")
        chatting.tg.wait_until_read()
    (case,) = chatting.cases
    assert case.number in received.text
    assert (case.channel, case.complainant, case.number) == (Channel.TELEGRAM, "Anna Jansen", "2026-0001")
    ((inbound, accepted),) = chatting.core.taken
    assert accepted.outcome == Outcome.OPENED
    assert inbound.external_id == f"telegram:{chatting.anna.id}:{sent}"
    assert (inbound.received_at, inbound.sender.phone) == (MONDAY, "06 0000 0301")
    assert inbound.reply == ReplyRoute(route=Route.TELEGRAM, address=str(chatting.anna.id))
    assert inbound.text.splitlines()[0] == inbound.subject == inbound.reply_text == "Niemand belde mij terug."
    assert "Over wie: Een medewerker" in inbound.text
    assert inbound.fields == {
        "about_whom": "Een medewerker", "when": "2026-11-22", "consent": texts("chat")("consent.ask"),
    }  # fmt: skip
    lines = [line["text"] for line in json.loads(inbound.raw)["lines"]]
    assert lines == [
        "Niemand belde mij terug.", "Een medewerker", "Gisteren", "Anna Jansen", "06 0000 0301", "Ja, dat mag",
    ]  # fmt: skip
    assert chatting.deliver() == []
    acknowledgement = chatting.anna.next_message()
    assert case.number in acknowledgement.text
    assert inbound.text in acknowledgement.text
    (row,) = chatting.cases
    assert row.acknowledged


def test_the_subject_is_the_first_line_that_says_something(chatting: Chatting) -> None:
    with chatting.listening():
        chatting.talk(("goedemiddag", "welcome.more"), ("start.complain", "story.ask"))
        chatting.talk(("die man noemde mij een leugenaar", "story.noted"), ("story.done", "about.ask"))
        chatting.talk(("about.unknown", "when.ask"), ("when.today", "name.ask"), ("name.none", "phone.ask"))
        chatting.talk(("phone.chat", "summary.ask"), ("summary.send", "received"))
    ((inbound, _),) = chatting.core.taken
    assert inbound.subject == "die man noemde mij een leugenaar"
    assert inbound.text.startswith("goedemiddag")


def test_a_restart_in_the_middle_goes_on_where_it_was(chatting: Chatting) -> None:
    with chatting.listening():
        chatting.talk(("/start", "welcome.more"), ("start.complain", "story.ask"))
        chatting.talk(("Niemand belde mij terug.", "story.noted"), ("story.done", "about.ask"))
        chatting.tg.wait_until_read()
    chatting.anna.press("Een medewerker")
    with chatting.listening():
        chatting.heard("when.ask")
        chatting.talk(("when.today", "name.ask"), ("name.none", "phone.ask"), ("phone.chat", "summary.ask"))
        chatting.talk(("summary.send", "received"))
    ((inbound, _),) = chatting.core.taken
    assert inbound.text.startswith("Niemand belde mij terug.\n\nOver wie: Een medewerker")


def test_a_crash_between_commit_and_confirmation_makes_no_second_case(chatting: Chatting) -> None:
    with chatting.listening():
        chatting.talk_to_the_summary()
        chatting.tg.wait_until_read()
    dying = DyingCore(chatting.world)
    with chatting.listening(dying):
        chatting.anna.press("Versturen")
        dying.wait(lambda core: len(core.taken) == 1)
    assert len(chatting.tg.pending_updates) == 1
    with chatting.listening():
        assert "2026-0001" in chatting.heard("received").text
        chatting.tg.wait_until_read()
    assert [accepted.outcome for _, accepted in chatting.core.taken] == [Outcome.DUPLICATE]
    assert len(chatting.cases) == 1
    assert chatting.state() is None


def test_nothing_is_confirmed_before_the_commit(chatting: Chatting) -> None:
    pending = list[int]()
    chatting.core.looked_at = lambda _inbound: pending.append(len(chatting.tg.pending_updates))
    with chatting.listening():
        chatting.talk_to_the_summary()
        chatting.tg.wait_until_read()
        chatting.talk(("summary.send", "received"))
        chatting.tg.wait_until_read()
    assert pending == [1]


def test_while_the_database_is_away_others_are_served_and_nothing_is_lost(chatting: Chatting) -> None:
    bert = chatting.tg.citizen("Bert")
    with chatting.listening():
        chatting.talk_to_the_summary()
        chatting.core.failures = 3
        chatting.anna.press("Versturen")
        chatting.talk(("/start", "welcome.more"), citizen=bert)
        chatting.heard("received")
        chatting.tg.wait_until_read()
    assert len(chatting.cases) == 1
    assert [message.text for message in bert.messages() if message.text.startswith("Goedendag")] != []
    assert len(bert.messages()) == 2


def test_a_draft_is_stored_before_the_update_is_confirmed(chatting: Chatting) -> None:
    class Away(Conversations):
        def save(self, key: str, state: str) -> None:
            raise RuntimeError("the database is away")

    away = Away(store=chatting.world.store, clock=chatting.world.clock)
    chatting.anna.say("Niemand belde mij terug.")
    with chatting.listening():
        chatting.heard("welcome.more")
        chatting.tg.wait_until_read()
    chatting.anna.say("En ook niet gemaild.")
    with capture_logs() as logs, Listening(chatting.channel(conversations=away), chatting.core):
        chatting.core.wait(lambda core: bool(core.taken))
        chatting.heard("not_understood")
    ((inbound, accepted),) = chatting.core.taken
    assert (accepted.outcome, inbound.problem) == (Outcome.UNPROCESSED, "RuntimeError")
    assert b"En ook niet gemaild." in inbound.raw
    assert [line["tries"] for line in logs if line["event"] == "an update is not taken"] == [1, 2, 3, 4, 5]
    assert "gemaild" not in json.dumps(logs)


def test_a_further_message_joins_the_case_when_the_citizen_says_so(chatting: Chatting) -> None:
    with chatting.listening():
        chatting.talk_to_the_summary()
        chatting.talk(("summary.send", "received"))
        chatting.talk(("Ik heb de brief nog gevonden.", "belongs.ask"), ("belongs.yes", "added"))
        chatting.tg.wait_until_read()
    (case,) = chatting.cases
    assert [message.text for message in chatting.messages(case.id)][1] == "Ik heb de brief nog gevonden."
    assert chatting.core.taken[1][1].outcome == Outcome.APPENDED
    assert chatting.state() is None


def test_a_further_message_may_be_a_complaint_of_its_own(chatting: Chatting) -> None:
    with chatting.listening():
        chatting.talk_to_the_summary()
        chatting.talk(("summary.send", "received"), ("Nu is mijn paspoort zoek.", "belongs.ask"))
        chatting.talk(("belongs.no", "story.kept"), ("story.done", "about.ask"), ("about.unknown", "when.ask"))
        chatting.talk(("when.today", "name.ask"), ("name.none", "phone.ask"), ("phone.chat", "summary.ask"))
        chatting.talk(("summary.send", "received"))
    assert sorted(case.number for case in chatting.cases) == ["2026-0001", "2026-0002"]


def test_a_document_a_photo_and_a_voice_message_are_attachments(chatting: Chatting) -> None:
    with chatting.listening():
        chatting.talk(("/start", "welcome.more"), ("start.complain", "story.ask"))
        chatting.anna.send_document(PDF, "../brief van mij.pdf", caption="Dit is de brief.")
        chatting.heard("told.file")
        chatting.anna.send_photo(b"een foto")
        chatting.heard("told.file")
        chatting.anna.send_voice(b"een stem")
        chatting.heard("told.voice")
        chatting.talk(("story.done", "about.ask"), ("about.unknown", "when.ask"), ("when.unknown", "name.ask"))
        chatting.talk(("name.none", "phone.ask"), ("phone.chat", "summary.ask"), ("summary.send", "received"))
    ((inbound, _),) = chatting.core.taken
    kept = [(file.filename.rstrip(".0123456789jpgo"), file.content_type, file.content) for file in inbound.attachments]
    assert kept == [
        ("brief van mij.pdf", "application/pdf", PDF),
        ("foto-", "image/jpeg", b"een foto"),
        ("spraakbericht-", "audio/ogg", b"een stem"),
    ]
    assert inbound.text.startswith("Dit is de brief.")
    assert chatting.deliver() == []
    assert "Bijlagen: brief van mij.pdf, foto-" in chatting.anna.next_message().text


def test_a_file_that_is_too_large_is_named_and_explained(chatting: Chatting) -> None:
    with chatting.listening():
        chatting.talk(("/start", "welcome.more"), ("start.complain", "story.ask"), ("Zie de film.", "story.noted"))
        chatting.anna.send_document(b"film", "film.mp4", size=LARGEST_DOWNLOAD + 1)
        chatting.heard("told.too_large")
        chatting.talk(("story.done", "about.ask"), ("about.unknown", "when.ask"), ("when.unknown", "name.ask"))
        chatting.talk(("name.none", "phone.ask"), ("phone.chat", "summary.ask"), ("summary.send", "received"))
    ((inbound, _),) = chatting.core.taken
    assert inbound.attachments == ()
    assert "Te groot om mee te sturen: film.mp4" in inbound.text


def test_a_file_that_cannot_be_fetched_never_holds_the_complaint_up(chatting: Chatting) -> None:
    with chatting.listening():
        chatting.talk(("/start", "welcome.more"), ("start.complain", "story.ask"))
        chatting.anna.send_document(PDF, "brief.pdf", caption="Dit is de brief.")
        chatting.heard("told.file")
        chatting.talk(("story.done", "about.ask"), ("about.unknown", "when.ask"), ("when.unknown", "name.ask"))
        chatting.talk(("name.none", "phone.ask"), ("phone.chat", "summary.ask"))
        chatting.tg.fail_next(connection_drop(), DOWNLOAD, times=5)
        chatting.talk(("summary.send", "received"))
    ((inbound, _),) = chatting.core.taken
    assert inbound.attachments == ()
    assert inbound.text.endswith("Niet gelukt om op te halen: brief.pdf")
    assert chatting.tg.failures_left == 0


def test_a_download_that_breaks_off_is_tried_again(chatting: Chatting) -> None:
    with chatting.listening():
        chatting.talk(("/start", "welcome.more"), ("start.complain", "story.ask"))
        chatting.anna.send_document(PDF, "brief.pdf", caption="Dit is de brief.")
        chatting.heard("told.file")
        chatting.talk(("story.done", "about.ask"), ("about.unknown", "when.ask"), ("when.unknown", "name.ask"))
        chatting.talk(("name.none", "phone.ask"), ("phone.chat", "summary.ask"))
        chatting.tg.fail_next(connection_drop(), DOWNLOAD, times=2)
        chatting.talk(("summary.send", "received"))
    ((inbound, _),) = chatting.core.taken
    assert [file.content for file in inbound.attachments] == [PDF]


def test_the_shared_number_and_other_kinds_of_message(chatting: Chatting) -> None:
    with chatting.listening():
        chatting.talk(("/start", "welcome.more"), ("start.complain", "story.ask"))
        chatting.anna.send({"location": {"latitude": 52.5, "longitude": 6.9}})
        chatting.heard("story.noted")
        chatting.anna.share_contact("+31600000302", own=False)
        chatting.heard("story.noted")
        chatting.anna.send({"dice": {"emoji": "\U0001f3b2", "value": 3}})
        chatting.heard("told.unknown")
        chatting.talk(("story.done", "about.ask"), ("about.unknown", "when.ask"), ("when.unknown", "name.ask"))
        chatting.talk(("Anna", "phone.ask"))
        assert chatting.anna.keyboard() == ["Mijn nummer delen", "Liever hier in de chat"]
        chatting.anna.share_contact("+31600000301")
        chatting.heard("consent.ask")
        chatting.talk(("consent.no", "summary.ask"), ("summary.send", "received"))
    ((inbound, _),) = chatting.core.taken
    assert inbound.sender.phone == "+31600000301"
    assert inbound.text.splitlines()[:3] == ["Plaats op de kaart: 52.5, 6.9", "", "Contact: Iemand, +31600000302"]
    assert inbound.fields["consent"] == ""


def test_an_edited_message_is_understood(chatting: Chatting) -> None:
    with chatting.listening():
        chatting.talk(("/start", "welcome.more"), ("start.complain", "story.ask"))
        first = chatting.anna.say("Hij heet Jan.")
        chatting.heard("story.noted")
        chatting.anna.edit(first, "Hij heet Piet.")
        chatting.heard("edited")
    stored = chatting.state()
    assert stored is not None
    (line,) = json.loads(stored)["lines"]
    assert (line["text"], line["earlier"]) == ("Hij heet Piet.", ["Hij heet Jan."])


def test_a_group_is_refused_kindly(chatting: Chatting) -> None:
    group: JsonObject = {"id": -100123, "type": "supergroup", "title": "Buurtapp"}
    with chatting.tg.world.lock:
        room = Chat({"id": -100123, "first_name": "Buurtapp"}, wrote=True)
        chatting.tg.world.chats[-100123] = room
        message: JsonObject = {
            "message_id": 7, "from": chatting.anna._chat.person, "date": 1_700_000_000,
            "chat": group, "text": "Ik heb een klacht over de balie",
        }  # fmt: skip
        chatting.tg.world.emit("message", message)
    with chatting.listening():
        chatting.tg.wait_until_read()
    assert [sent["text"] for sent in room.messages.values()] == [texts("chat")("group")]
    assert chatting.conversations.load("telegram:-100123") is None


def test_somebody_who_blocked_the_bot_does_not_stop_it(chatting: Chatting) -> None:
    bert = chatting.tg.citizen("Bert")
    chatting.anna.say("Niemand belde mij terug, drie weken lang niet.")
    chatting.anna.block()
    with chatting.listening():
        chatting.talk(("/start", "welcome.more"), citizen=bert)
        chatting.tg.wait_until_read()
    stored = chatting.state()
    assert stored is not None
    assert "drie weken lang" in stored


def test_a_stored_conversation_that_cannot_be_read_goes_to_a_person(chatting: Chatting) -> None:
    chatting.conversations.save(f"telegram:{chatting.anna.id}", '{"version": 99, "verhaal": "Niemand belde."}')
    with chatting.listening():
        chatting.talk(("/start", "welcome.more"))
        chatting.tg.wait_until_read()
    ((inbound, accepted),) = chatting.core.taken
    assert (accepted.outcome, inbound.raw) == (Outcome.UNPROCESSED, b'{"version": 99, "verhaal": "Niemand belde."}')


@pytest.mark.parametrize(
    ("failure", "method"),
    [
        (connection_drop(), "getUpdates"),
        (bad_gateway(), "getUpdates"),
        (too_many_requests(1), "getUpdates"),
        (connection_drop().once_done(), "getUpdates"),
        (connection_drop(), "sendMessage"),
        (bad_gateway(), "sendMessage"),
        (connection_drop().once_done(), "sendMessage"),
        (connection_drop(), "setMyCommands"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.kind}{value.code}{value.after_effect}",
)
def test_polling_survives(chatting: Chatting, failure: Failure, method: str) -> None:
    chatting.tg.fail_next(failure, method)
    with chatting.listening():
        chatting.talk_to_the_summary()
        chatting.talk(("summary.send", "received"))
        chatting.tg.wait_until_read()
    assert chatting.tg.failures_left == 0
    assert len(chatting.cases) == 1


def test_an_answer_waits_as_long_as_the_service_asks(chatting: Chatting) -> None:
    chatting.tg.fail_next(too_many_requests(1), "sendMessage")
    with chatting.listening():
        chatting.talk(("/start", "welcome.more"))
    assert [one.status for one in chatting.tg.requests_to("sendMessage")] == [429, 200, 200]


def test_a_conflict_is_logged_in_words_and_survived(chatting: Chatting) -> None:
    conflict = refusal(409, "Conflict: terminated by other getUpdates request")
    chatting.tg.fail_next(conflict, "getUpdates", times=2)
    with capture_logs() as logs, chatting.listening():
        chatting.talk(("/start", "welcome.more"))
    assert [line["log_level"] for line in logs if "somebody else reads" in line["event"]] == ["error", "error"]


def test_a_refused_token_stops_loudly(chatting: Chatting) -> None:
    async def listen() -> None:
        await chatting.channel(token="1:wrong").listen(chatting.core.accept, lambda: None)

    with capture_logs() as logs, pytest.raises(Permanent, match="token is refused"):
        asyncio.run(listen())
    assert [line["log_level"] for line in logs] == ["critical"]


def test_after_a_quiet_week_with_new_update_ids_it_goes_on(chatting: Chatting) -> None:
    with chatting.listening():
        chatting.talk(("/start", "welcome.more"))
        chatting.tg.wait_until_read()
        chatting.tg.restart_update_ids()
        chatting.talk(("start.complain", "story.ask"), ("Niemand belde.", "story.noted"))
        chatting.tg.wait_until_read()
    stored = chatting.state()
    assert stored is not None
    assert len(json.loads(stored)["lines"]) == 1


def test_several_people_at_once(chatting: Chatting) -> None:
    people = [chatting.tg.citizen(f"Burger{number}") for number in range(12)]
    for person in people:
        person.start()
        person.say("Ik wacht al drie weken op een antwoord van de gemeente en niemand belt mij ooit terug.")
        for typed in ("Klaar", "Weet ik niet", "Gisteren", "Liever geen naam", "Liever hier in de chat", "Versturen"):
            person.say(typed)
    with chatting.listening():
        for person in people:
            chatting.heard("received", person)
        chatting.tg.wait_until_read()
    assert len(chatting.cases) == len(people)


def test_nothing_a_citizen_says_is_logged(chatting: Chatting, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), capture_logs() as logs, chatting.listening():
        chatting.tg.fail_next(bad_gateway(), "sendMessage")
        chatting.core.failures = 1
        chatting.talk_to_the_summary(story="Een geheim van mij.")
        chatting.talk(("summary.send", "received"))
    written = json.dumps(logs) + "".join(record.getMessage() for record in caplog.records if record.name != "httpx")
    for secret in ("geheim", "Anna", "0301", str(chatting.anna.id)):
        assert secret not in written


# --- the sender -------------------------------------------------------------------------------------------------


def delivered(chatting: Chatting, outgoing: Outgoing) -> str:
    return asyncio.run(chatting.channel().deliver(outgoing)).provider_id


def refused(chatting: Chatting, outgoing: Outgoing) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        asyncio.run(chatting.channel().deliver(outgoing))
    return caught.value


def test_greet_gives_the_name_of_the_bot(chatting: Chatting) -> None:
    assert asyncio.run(chatting.channel().greet()) == "voorbeeld_bot"
    with pytest.raises(DeliveryError, match="token is refused"):
        asyncio.run(chatting.channel(token="1:wrong").greet())


def test_a_blocked_bot_is_permanent_and_becomes_a_task(chatting: Chatting) -> None:
    with chatting.listening():
        chatting.talk_to_the_summary()
        chatting.talk(("summary.send", "received"))
    chatting.anna.block()
    (error,) = chatting.deliver()
    assert (type(error), error.reason) == (Permanent, "blocked")
    (case,) = chatting.cases
    assert TaskKind.UNDELIVERED in chatting.open_tasks(case.id)


def test_a_long_letter_is_split_at_sentences(chatting: Chatting) -> None:
    chatting.anna.start()
    sentence = "Wij hebben uw verhaal gelezen en bellen u. "
    ids = delivered(chatting, letter(chatting, sentence * 300))
    sent = [message.text for message in chatting.anna.messages()]
    assert len(sent) == len(ids.split(",")) > 2
    assert all(text.endswith("bellen u.") and len(text) <= 4096 for text in sent)
    assert " ".join(sent) == (sentence * 300).strip()


@pytest.mark.parametrize(
    ("failure", "kind", "handed_over"),
    [
        (too_many_requests(7), Temporary, False),
        (forbidden(), Permanent, False),
        (refusal(400, "Bad Request: chat not found"), Permanent, False),
        (bad_gateway(), Temporary, False),
        (connection_drop().once_done(), Temporary, True),
    ],
    ids=lambda value: f"{value.kind}{value.code}" if isinstance(value, Failure) else "",
)
def test_failures_are_told_as_they_are(
    chatting: Chatting, failure: Failure, kind: type[DeliveryError], handed_over: bool
) -> None:
    chatting.anna.start()
    chatting.tg.fail_next(failure, "sendMessage")
    error = refused(chatting, letter(chatting))
    assert type(error) is kind
    if isinstance(error, Temporary):
        assert (error.retry_after, error.handed_over) == (failure.retry_after, handed_over)


def test_a_letter_of_which_a_part_left_was_handed_over(chatting: Chatting) -> None:
    chatting.anna.start()
    world = chatting.tg.world

    def fail_the_second() -> None:
        if chatting.anna.messages() and not any(one.injected for one in world.requests):
            world.on_change.remove(fail_the_second)
            chatting.tg.fail_next(too_many_requests(3), "sendMessage")

    world.on_change.append(fail_the_second)
    error = refused(chatting, letter(chatting, "Wij bellen u. " * 400))
    assert isinstance(error, Temporary)
    assert (error.retry_after, error.handed_over, len(chatting.anna.messages())) == (3, True, 1)


def test_no_answer_within_patience_may_have_arrived(chatting: Chatting) -> None:
    chatting.anna.start()
    chatting.tg.fail_next(no_answer().once_done(), "sendMessage")
    with pytest.raises(Temporary) as caught:
        asyncio.run(chatting.channel(patience=0.3).deliver(letter(chatting)))
    assert caught.value.handed_over
    assert [message.text for message in chatting.anna.messages()] == ["Wij bellen u morgen."]


def test_an_unreachable_service_took_nothing(chatting: Chatting) -> None:
    channel = chatting.channel()
    channel._base_url = "http://127.0.0.1:9/bot"
    with pytest.raises(Temporary) as caught:
        asyncio.run(channel.deliver(letter(chatting)))
    assert not caught.value.handed_over


def test_an_address_that_is_no_chat_is_permanent(chatting: Chatting) -> None:
    wrong = Outgoing(
        case=None, letter="ontvangst", to=ReplyRoute(route=Route.TELEGRAM, address="anna@voorbeeld.example"),
        subject="", text="x", message_id="m@gemeente.example", created_at=MONDAY + timedelta(hours=1),
    )  # fmt: skip
    assert isinstance(refused(chatting, wrong), Permanent)
