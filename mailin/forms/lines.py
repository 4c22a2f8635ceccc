"""Forms as text: "Label: waarde", with values over several lines, or a label with its value below it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailin.forms.mapping import FormMapping
from mailin.forms.pairs import LONGEST_LABEL, MOST_PAIRS, Pair, clean

_SEPARATOR = re.compile(r"[:：\t=|]")
_ORNAMENT = " \t*_•·>#|-"
_UNKNOWN = re.compile(r"[ \t]{0,8}[*_•·-]{0,2}[ \t]?([^\W\d_][^:：\n]{0,58}[^\W\d_?)])[?*_ \t]{0,4}[:：](?!//)(.*)")
_MOST_WORDS = 7
"""Words in a label that we do not know; more make a sentence."""
_LONG = frozenset({"story", "address", None})
"""Fields in whose value an empty line may stand; None for labels that we do not know."""


@dataclass(slots=True)
class _Section:
    """The lines under one label, while they are being read."""

    label: str = ""
    asked: str | None = None
    lines: list[str] = field(default_factory=list)

    @property
    def has_text(self) -> bool:
        return any(line.strip() for line in self.lines)


def read_lines(text: str, mapping: FormMapping) -> tuple[Pair, ...]:
    """The labelled values in a text, in order; text before the first label stands under an empty one.

    Each field counts once: a later line that looks the same is a citizen's own words, and stays in the story.
    """
    lines = text.split("\n")
    bare = sum(1 for line in lines if _known(line, mapping) is not None) < 2
    sections = [_Section()]
    ended = False
    for line in lines:
        ended = ended or mapping.ends_at(line)
        following = None if ended or len(sections) > MOST_PAIRS else _next(line, sections, mapping, bare=bare)
        if following is not None:
            sections.append(following)
        elif ended and sections[-1].label:
            sections.append(_Section(lines=[line]))
        elif not line.strip() and sections[-1].label and sections[-1].asked not in _LONG and sections[-1].has_text:
            sections.append(_Section())
        else:
            sections[-1].lines.append(line)
    return tuple(
        Pair(one.label, clean("\n".join(one.lines))) for one in sections if one.label or one.has_text
    )  # fmt: skip


def _next(line: str, sections: list[_Section], mapping: FormMapping, *, bare: bool) -> _Section | None:
    """The section that begins on this line, None when it belongs to the one before."""
    in_story = sections[-1].asked == "story"
    label, value = _known(line, mapping) or (_alone(line, mapping) if bare else None) or ("", "")
    if label:
        name = mapping.field(label)
        if not any(_same(one, label, name, in_story=in_story) for one in sections):
            return _Section(label, name, [value])
        return None if in_story else _Section(label, None, [value])
    if in_story:
        return None
    match = _UNKNOWN.fullmatch(line[:10_000])
    if match is None or len(match.group(1).split()) > _MOST_WORDS:
        return None
    return _Section(match.group(1).strip(_ORNAMENT), None, [_value(line, match.group(2))])


def _same(one: _Section, label: str, name: str | None, *, in_story: bool) -> bool:
    """Whether this was asked before: stories by their label, because a form may ask for several."""
    if one.label.casefold() == label.casefold():
        return True
    return in_story and name != "story" and one.asked == name


def _known(line: str, mapping: FormMapping) -> tuple[str, str] | None:
    """Label and value on a line that begins with a label of the mapping."""
    for label, value in _splits(line):
        if mapping.field(label) is not None:
            return label, _value(line, value)
    question = line.strip(_ORNAMENT)
    return (question, "") if question.endswith("?") and _alone(line, mapping) else None


def _splits(line: str) -> Iterator[tuple[str, str]]:
    """The line, split at each of its first places where a label can end."""
    for number, match in enumerate(_SEPARATOR.finditer(line[: LONGEST_LABEL + 20])):
        if number == 3:
            return
        label = line[: match.start()].strip(_ORNAMENT)
        if label:
            yield label, line[match.end() :]


def _alone(line: str, mapping: FormMapping) -> tuple[str, str] | None:
    label = line[: LONGEST_LABEL + 20].strip(_ORNAMENT)
    return (label, "") if label and len(line) <= LONGEST_LABEL + 20 and mapping.field(label) is not None else None


def _value(line: str, value: str) -> str:
    """The value behind a label; the stars and dashes around a bold label are no part of it."""
    return value.lstrip("*_").strip() if line.lstrip()[:1] in ("*", "_") else value.strip()
