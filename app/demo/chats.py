"""Fictional citizens in a chat: they read what the bot says and press its buttons until their receipt is confirmed."""

import json
from dataclasses import dataclass

from app.demo.citizens import Unsent, samples
from app.demo.stand_in import Chat, StandIn, Told
from core.domain.numbering import numbers_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What one citizen does in a chat."""

    first_name: str
    instead_of: tuple[str, ...]
    """A mail for each message that is handed in: with chats these stay unsent, so that the demo has 25 either way."""
    says: tuple[str, ...]
    """What is typed, or the label of the button that is pressed."""


def conversations() -> list[Conversation]:
    """Every conversation of the demo."""
    found = [json.loads(sample.read_text(encoding="utf-8")) for sample in samples("chats", ".json")]
    return [
        Conversation(first_name=one["first_name"], instead_of=tuple(one["instead_of"]), says=tuple(one["says"]))
        for one in found
    ]


def hold(stand_in: StandIn, all_of_them: list[Conversation]) -> int:
    """Hold these conversations; gives how many messages were handed in. Raises Unsent when the bot leaves one alone."""
    for conversation in all_of_them:
        _converse(stand_in, stand_in.chat(conversation.first_name), conversation.says)
    return sum(len(conversation.instead_of) for conversation in all_of_them)


def _converse(stand_in: StandIn, chat: Chat, says: tuple[str, ...]) -> None:
    """Say everything; at the end the bot names a case, and the acknowledgement of that case arrives."""
    answer: Told | None = None
    for text in says:
        written = stand_in.say(chat, text)
        # What the bot asks, after whatever else it says, comes with buttons.
        answer = stand_in.heard(chat, lambda told: bool(told.buttons), after=written)
        if answer is None:
            raise Unsent("the bot does not answer in a chat")
    numbers = numbers_in(answer.text) if answer else ()
    if not numbers or stand_in.heard(chat, lambda told: numbers[0] in told.text and not told.buttons) is None:
        raise Unsent("a chat has not brought a case number and its acknowledgement")
