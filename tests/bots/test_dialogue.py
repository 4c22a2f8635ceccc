"""The guided conversation, without any messenger: each path, the demo's chats, and what must hold for every input."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.dialogue import COMMANDS, Finished, Turn, step, taken
from bots.told import Ask, File, Said, State, Unreadable
from bots.wording import BUTTONS, conduct_on, label, pressed, written, written_out
from core.domain.municipality import Municipality
from templates.texts import texts

MONDAY = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
STORY = (
    "Ik belde drie keer over mijn uitkering en werd steeds zonder uitleg afgekapt door dezelfde mevrouw van de balie"
)
PLACE = Municipality(
    name="Voorbeeld", email="klachten@gemeente.example", phone="14 0591", contact="de klachtencoördinator"
)
PHOTO = File(token="AgAD1", name="foto-2.jpg", content_type="image/jpeg")
CHATS = sorted((Path(__file__).parents[2] / "app" / "demo" / "chats").glob("*.json"))


class Chat:
    """A citizen who types; every state goes through its stored form, as it does between two messages."""

    def __init__(self, state: State | None = None) -> None:
        self.state = state or State()
        self.turn = Turn(state=self.state, says=())
        self.finished: list[Finished] = []

    def says(self, text: str = "", **other: object) -> Turn:
        return self.hears(said(self.state.heard + 1, text, **other))

    def hears(self, one: Said) -> Turn:
        self.turn = step(State.from_json(self.state.to_json()), one)
        if self.turn.finished:
            self.finished.append(self.turn.finished)
            self.turn = taken(self.turn.state, self.turn.finished, self.turn.finished.belongs_to or "2026-0001")
        self.state = self.turn.state
        return self.turn

    def presses(self, button: str) -> Turn:
        return self.says(label(button, "nl"))

    @property
    def keys(self) -> list[str]:
        return [say.key for say in self.turn.says]

    def until(self, ask: Ask) -> "Chat":
        """Answer what is asked until this question is open."""
        answers = {
            Ask.START: "start.complain", Ask.ABOUT: "about.employee", Ask.WHEN: "when.yesterday",
            Ask.NAME: "name.none", Ask.PHONE: "phone.chat", Ask.CONSENT: "consent.yes", Ask.SUMMARY: "summary.change",
        }  # fmt: skip
        while self.state.ask != ask:
            if self.state.ask == Ask.STORY:
                self.says(STORY)
                self.presses("story.done")
            elif self.state.ask == Ask.PHONE and ask == Ask.CONSENT:
                self.says("06 0000 0301")
            else:
                self.presses(answers[self.state.ask])
        return self


def said(number: int, text: str = "", **other: object) -> Said:
    return Said(id=number, at=MONDAY, day=MONDAY.date(), text=text, **other)  # type: ignore[arg-type]


def test_a_whole_conversation() -> None:
    chat = Chat()
    chat.says("/start")
    assert chat.keys == ["welcome", "welcome.more"]
    chat.presses("start.complain")
    assert chat.keys == ["story.ask"]
    chat.says("Ik ben drie keer niet teruggebeld.")
    chat.says("En toen hing iemand op.")
    assert chat.keys == ["story.noted"]
    chat.presses("story.done")
    assert chat.keys == ["about.ask"]
    chat.presses("about.employee")
    chat.presses("when.yesterday")
    chat.says("Jip Waterman")
    chat.says("06 0000 0301")
    assert chat.keys == ["consent.ask"]
    chat.presses("consent.yes")
    assert chat.keys == ["summary", "summary.ask"]
    shown = chat.turn.says[0].facts["text"]
    chat.presses("summary.send")
    assert chat.keys == ["received"]
    (finished,) = chat.finished
    told = finished.told
    assert told.story == ("Ik ben drie keer niet teruggebeld.", "En toen hing iemand op.")
    assert (told.about, told.name, told.phone) == ("Een medewerker", "Jip Waterman", "06 0000 0301")
    assert conduct_on(told.when) == date(2026, 11, 22)
    assert told.consent == texts("chat")("consent.ask")
    assert shown == written_out(told, "nl")
    assert shown.splitlines()[-5:] == [
        "Over wie: Een medewerker", "Wanneer: 22 november 2026", "Naam: Jip Waterman", "Telefoon: 06 0000 0301",
        "Antwoord in de chat: ja",
    ]  # fmt: skip
    assert chat.state == State(number="2026-0001", heard=finished.message)


@pytest.mark.parametrize("file", CHATS, ids=lambda file: file.stem)
def test_the_chats_of_the_demo_end_in_a_complaint(file: Path) -> None:
    chat = Chat()
    typed = json.loads(file.read_text(encoding="utf-8"))["says"]
    for text in typed:
        assert chat.says(text).says
    labels = {label(button, "nl") for ask in Ask for button in BUTTONS[ask]}
    told = [line.text for finished in chat.finished for line in finished.told.lines]
    assert [text for text in typed if text not in labels and not text.startswith("/")] == [
        text for text in told if text not in labels
    ]
    assert chat.finished[0].belongs_to == ""
    assert all(finished.belongs_to == "2026-0001" for finished in chat.finished[1:])
    assert chat.state.pristine


def test_a_first_message_that_is_a_whole_complaint_is_taken_as_the_story() -> None:
    chat = Chat()
    chat.says(STORY)
    assert chat.keys == ["welcome", "welcome.more", "story.kept"]
    chat.presses("story.done")
    assert (chat.state.ask, chat.state.story) == (Ask.ABOUT, (STORY,))


def test_after_a_greeting_the_question_is_what_happened() -> None:
    chat = Chat()
    chat.says("goedemiddag")
    chat.presses("start.complain")
    assert chat.keys == ["story.ask"]


def test_a_greeting_shows_the_menu_and_a_second_text_begins_the_story() -> None:
    chat = Chat()
    chat.says("mijn bak is niet geleegd")
    assert (chat.keys, chat.state.ask) == (["welcome", "welcome.more"], Ask.START)
    chat.says("al drie weken niet")
    assert (chat.keys, chat.state.ask) == (["story.kept"], Ask.STORY)
    assert chat.state.story == ("mijn bak is niet geleegd", "al drie weken niet")


def test_without_a_story_there_is_nothing_to_send() -> None:
    chat = Chat().until(Ask.STORY)
    chat.presses("story.done")
    assert (chat.keys, chat.state.ask) == (["story.empty", "story.ask"], Ask.STORY)


def test_somebody_may_stay_anonymous_and_unreachable_by_phone() -> None:
    chat = Chat().until(Ask.SUMMARY)
    assert (chat.state.name, chat.state.phone) == ("", "")
    assert chat.state.consent == "Op welk nummer kunnen wij u bellen? Liever hier in de chat"


def test_no_is_a_consent_that_was_not_given() -> None:
    chat = Chat().until(Ask.CONSENT)
    chat.presses("consent.no")
    assert (chat.state.ask, chat.state.consent) == (Ask.SUMMARY, "")


def test_the_shared_number_counts_as_the_answer() -> None:
    chat = Chat().until(Ask.PHONE)
    assert "phone.share" in chat.turn.says[-1].buttons
    chat.says(phone="+31600000301")
    assert (chat.state.ask, chat.state.phone) == (Ask.CONSENT, "+31600000301")


def test_a_number_within_a_sentence_is_found_and_the_sentence_kept() -> None:
    chat = Chat().until(Ask.PHONE)
    chat.says("bel 06-0000 0301 maar pas na vijf uur")
    assert chat.state.phone == "06-0000 0301"
    assert chat.state.story[-1] == "bel 06-0000 0301 maar pas na vijf uur"


def test_what_is_no_phone_number_goes_to_the_story_and_the_question_is_asked_again() -> None:
    chat = Chat().until(Ask.PHONE)
    chat.says("ik wil nog iets zeggen over die mevrouw")
    assert (chat.keys, chat.state.ask) == (["phone.unclear", "phone.ask"], Ask.PHONE)
    assert chat.state.story[-1] == "ik wil nog iets zeggen over die mevrouw"


@pytest.mark.parametrize(
    ("button", "typed", "field", "expected"),
    [
        ("change.about", "de wethouder", "about", "de wethouder"),
        ("change.when", "vorige week donderdag", "when", "vorige week donderdag"),
        ("change.name", "Rachid B.", "name", "Rachid B."),
    ],
)
def test_an_answer_is_changed_and_the_summary_comes_back(button: str, typed: str, field: str, expected: str) -> None:
    chat = Chat().until(Ask.CHANGE)
    chat.presses(button)
    chat.says(typed)
    assert (chat.state.ask, getattr(chat.state, field)) == (Ask.SUMMARY, expected)
    assert not chat.state.changing


def test_the_story_is_changed_by_adding_to_it() -> None:
    chat = Chat().until(Ask.CHANGE)
    chat.presses("change.story")
    chat.says("Het was niet de balie maar de telefoon.")
    chat.presses("story.done")
    assert (chat.state.ask, chat.state.story) == (Ask.SUMMARY, (STORY, "Het was niet de balie maar de telefoon."))


def test_another_way_to_be_reached_asks_for_consent_again() -> None:
    chat = Chat().until(Ask.CHANGE)
    chat.presses("change.phone")
    chat.says("0591 000 301")
    assert (chat.state.ask, chat.state.consent) == (Ask.CONSENT, None)
    chat.presses("consent.no")
    assert chat.state.ask == Ask.SUMMARY


def test_stopping_is_asked_twice_and_then_leaves_nothing() -> None:
    chat = Chat().until(Ask.NAME)
    chat.says("/stop")
    assert chat.keys == ["stop.ask"]
    chat.presses("stop.no")
    assert (chat.state.ask, chat.state.story) == (Ask.NAME, (STORY,))
    chat.says("/stop")
    chat.presses("stop.yes")
    assert (chat.keys, chat.state.pristine, chat.finished) == (["stopped"], True, [])


def test_coming_back_goes_on_where_it_was() -> None:
    chat = Chat().until(Ask.WHEN)
    chat.says("/start verder")
    assert (chat.keys, chat.state.ask) == (["welcome.back", "when.ask"], Ask.WHEN)


@pytest.mark.parametrize("command", ["/help", "/status", "/mens", "/help@voorbeeld_bot", "/iets"])
@pytest.mark.parametrize("ask", [ask for ask in Ask if ask not in (Ask.BELONGS, Ask.STOP)])
def test_a_command_is_answered_and_the_question_asked_again(ask: Ask, command: str) -> None:
    chat = Chat().until(ask)
    lines = chat.state.lines
    chat.says(command)
    assert (chat.state.ask, chat.state.lines) == (ask, lines)
    assert chat.turn.says[-1].buttons == BUTTONS[ask]


def test_a_later_message_is_asked_where_it_belongs_and_added() -> None:
    chat = Chat(State(number="2026-0001", heard=40))
    chat.says("hebben jullie de foto gezien?")
    assert (chat.keys, chat.turn.says[0].facts["number"]) == (["belongs.ask"], "2026-0001")
    chat.says("die van de betaling")
    chat.presses("belongs.yes")
    assert chat.keys == ["added"]
    assert chat.finished[0].belongs_to == "2026-0001"
    assert chat.finished[0].told.story == ("hebben jullie de foto gezien?", "die van de betaling")
    assert chat.state.number == "2026-0001"


def test_a_later_message_may_begin_a_new_story() -> None:
    chat = Chat(State(number="2026-0001", heard=40))
    chat.says("nu is mijn paspoort zoek")
    chat.presses("belongs.no")
    assert (chat.keys, chat.state.ask, chat.state.story) == (["story.kept"], Ask.STORY, ("nu is mijn paspoort zoek",))


def test_the_same_message_twice_changes_nothing_and_asks_again() -> None:
    chat = Chat().until(Ask.NAME)
    name = said(chat.state.heard + 1, "Jip Waterman")
    after = chat.hears(name).state
    assert chat.hears(name).state == after
    assert chat.keys == ["phone.ask"]


def test_sending_twice_is_told_that_it_is_in() -> None:
    chat = Chat().until(Ask.SUMMARY)
    chat.presses("summary.send")
    chat.presses("summary.send")
    assert (chat.keys, len(chat.finished)) == (["known"], 1)


def test_a_button_pressed_twice_does_not_answer_the_next_question() -> None:
    chat = Chat().until(Ask.ABOUT)
    chat.presses("story.done")
    assert (chat.keys, chat.state.ask, chat.state.about) == (["about.ask"], Ask.ABOUT, "")


@pytest.mark.parametrize("ask", [ask for ask in Ask if ask not in (Ask.BELONGS, Ask.STOP)])
def test_a_file_is_kept_whatever_was_asked(ask: Ask) -> None:
    chat = Chat().until(ask)
    chat.says("kijk hier", files=(PHOTO,))
    assert chat.keys[0] == "told.file"
    assert chat.state.files == (PHOTO,)
    assert chat.state.story[-1] == "kijk hier"
    assert chat.state.ask == (Ask.STORY if ask == Ask.START else ask)


@pytest.mark.parametrize(
    ("file", "key"),
    [
        (File(token="v", name="spraakbericht-2.ogg", content_type="audio/ogg", kind="voice"), "told.voice"),
        (File(token="s", name="sticker-2.webp", content_type="image/webp", kind="sticker"), "told.sticker"),
        (File(token="f", name="film.mp4", content_type="video/mp4", too_large=True), "told.too_large"),
    ],
)
def test_other_files_get_a_kind_sentence(file: File, key: str) -> None:
    chat = Chat().until(Ask.STORY)
    chat.says(files=(file,))
    assert (chat.keys, chat.state.files) == ([key, "story.more"], (file,))


def test_what_cannot_be_read_gets_an_answer() -> None:
    chat = Chat().until(Ask.WHEN)
    chat.says()
    assert chat.keys == ["told.unknown", "when.ask"]


def test_an_edited_message_counts_as_it_now_is_and_keeps_what_it_was() -> None:
    chat = Chat().until(Ask.STORY)
    first = chat.says("Hij heet Jan.").state.heard
    chat.presses("story.done")
    chat.hears(said(first, "Hij heet Piet.", edited=True))
    assert (chat.keys, chat.state.story) == (["edited", "about.ask"], ("Hij heet Piet.",))
    assert chat.state.lines[-1].earlier == ("Hij heet Jan.",)
    again = chat.state
    assert chat.hears(said(first, "Hij heet Piet.", edited=True)).state == again


def test_an_edit_after_sending_is_asked_where_it_belongs() -> None:
    chat = Chat(State(number="2026-0001", heard=40))
    chat.hears(said(12, "Hij heet Piet.", edited=True))
    assert (chat.keys, chat.state.story, chat.state.heard) == (["belongs.ask"], ("Hij heet Piet.",), 40)


@pytest.mark.parametrize("stored", ["", "{}", "[]", '{"version": 99}', '{"version": 1, "lines": [{}]}', "niets"])
def test_a_state_of_another_making_is_refused(stored: str) -> None:
    with pytest.raises(Unreadable):
        State.from_json(stored)


# --- for every input --------------------------------------------------------------------------------------------

LABELS = [label(button, "nl") for ask in Ask for button in BUTTONS[ask]]
TEXTS = st.one_of(
    st.text(min_size=1, max_size=300),
    st.sampled_from([*LABELS, *(f"/{command}" for command in COMMANDS), STORY, "06 0000 0301", "ja", "12 mei\nof 13"]),
)
FILES = st.sampled_from([(), (), (PHOTO,), (File(token="v", name="a.ogg", content_type="audio/ogg", kind="voice"),)])
INPUTS = st.lists(st.tuples(TEXTS | st.just(""), FILES, st.sampled_from(["", "", "", "+31600000301"])), max_size=30)


def is_sentence(text: str) -> bool:
    """Whether somebody told something: no button, no command."""
    text = text.strip()
    every = tuple(button for ask in Ask for button in BUTTONS[ask])
    return bool(text) and pressed(text, every, "nl") is None and not text.startswith("/")


@settings(max_examples=300, deadline=None)
@given(inputs=INPUTS, number=st.sampled_from(["", "2026-0001"]))
def test_every_input_gets_an_answer_and_no_sentence_is_lost(
    inputs: list[tuple[str, tuple[File, ...], str]], number: str
) -> None:
    chat, told, files = Chat(State(number=number)), list[str](), list[File]()
    for text, sent, phone in inputs:
        before = chat.state
        turn = chat.says(text, files=sent, phone=phone)
        assert turn.says
        assert turn.says[-1].buttons
        assert all(written(say, PLACE, "nl") for say in turn.says)
        told += [text.strip()] if is_sentence(text) and (sent or not phone) else []
        files += sent
        if before.ask == Ask.STOP and chat.keys == ["stopped"]:
            told, files = [], []
            for finished in chat.finished:
                told += [line.text for line in finished.told.lines if is_sentence(line.text)]
                files += finished.told.files
        kept = [line for finished in chat.finished for line in finished.told.lines] + list(chat.state.lines)
        assert [text for text in told if text not in [line.text for line in kept]] == []
        assert sorted(file.token for line in kept for file in line.files) == sorted(file.token for file in files)


@settings(max_examples=200, deadline=None)
@given(inputs=INPUTS)
def test_every_told_sentence_is_written_out_for_people(inputs: list[tuple[str, tuple[File, ...], str]]) -> None:
    """What stands in the stored conversation also stands in the text an official reads, unless it was answered anew."""
    chat = Chat()
    for text, sent, phone in inputs:
        chat.says(text, files=sent, phone=phone)
    for told in [*(finished.told for finished in chat.finished), chat.state]:
        shown = written_out(told, "nl")
        assert all(line.text in shown for line in told.lines if line.story)
        assert all(answer in shown for answer in (told.about, told.name, told.phone))


@settings(max_examples=200, deadline=None)
@given(inputs=INPUTS, cut=st.integers(0, 29))
def test_hearing_everything_again_after_a_crash_changes_nothing(
    inputs: list[tuple[str, tuple[File, ...], str]], cut: int
) -> None:
    chat = Chat()
    heard = [said(number, text, files=sent, phone=phone) for number, (text, sent, phone) in enumerate(inputs, start=1)]
    for one in heard:
        chat.hears(one)
    after, finished = chat.state, len(chat.finished)
    for one in heard[cut:]:
        assert chat.hears(one).says
    assert (chat.state, len(chat.finished)) == (after, finished)


@given(number=st.integers(1, 10**9), text=st.text(max_size=80), later=st.integers(0, 10**6))
def test_a_state_is_stored_whole(number: int, text: str, later: int) -> None:
    one = Said(id=number, at=MONDAY + timedelta(seconds=later), day=MONDAY.date(), text=text, files=(PHOTO,))
    state = State(ask=Ask.NAME, consent="", heard=number).with_line(one, story=True)
    assert State.from_json(state.to_json()) == state


# --- the words --------------------------------------------------------------------------------------------------


def test_every_button_and_every_question_has_its_words() -> None:
    chat = texts("chat")
    assert all(f"button.{button}" in chat for ask in Ask for button in BUTTONS[ask])
    assert all(f"command.{command}" in chat for command in COMMANDS)
    for ask in Ask:
        buttons = [label(button, "nl") for button in BUTTONS[ask]]
        assert len({text.casefold() for text in buttons}) == len(buttons)


def test_the_first_message_says_what_it_must() -> None:
    turn = Chat().says("/start")
    shown = "\n".join(written(say, PLACE, "nl") for say in turn.says)
    for needed in ("computer", "Mensen", "112", "melding", "burgerservicenummer", "naam", PLACE.phone, PLACE.email):
        assert needed in shown


def test_the_texts_are_plain_and_without_emoji() -> None:
    chat = texts("chat")
    catalogue = Path(__file__).parents[2] / "templates" / "texts" / "nl" / "chat.po"
    shown = catalogue.read_text(encoding="utf-8")
    assert not [sign for sign in shown if ord(sign) > 0x2100]
    assert "!" not in shown
    assert len(chat.keys) == shown.count("\nmsgid ") - 1
