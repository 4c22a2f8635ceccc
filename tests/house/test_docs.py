"""The papers are true: the files, commands and targets that they name exist, and every command and setting is told."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args, get_origin

import click
import pytest
from pydantic import BaseModel

from app.cli import main
from app.settings import Settings
from app.settings.loading import load
from tests.house.sources import PACKAGES, ROOT

PAPERS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
EXAMPLE = ROOT / "app" / "gehoord.example.toml"
FOLDERS = {*PACKAGES, "benchmarks", "docs", "scripts", "tests"}
FENCED = re.compile(r"^```.*?$(.*?)^```", re.M | re.S)
QUOTED = re.compile(r"`([^`\n]+)`")
LINKED = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
FILE = re.compile(r"[\w.-]+(/[\w.-]+)*/?")
PLACEHOLDER = re.compile(r"[.\u2026]+|[A-Z_]+(/.*)?")
COMMENTED = re.compile(r"^# (?=\[[a-z_.0-9]+\]|[a-z_0-9]+ = )", re.M)


def quoted(text: str) -> list[str]:
    """What stands between backticks, outside of blocks."""
    return QUOTED.findall(FENCED.sub("", text))


def typed(text: str) -> list[str]:
    """What a reader would type: what is quoted, and the lines of blocks up to their explanation."""
    blocks = [*FENCED.findall(text), *re.findall(r"^(?: {4}| {7,})(\S.*)$", text, re.M)]
    lines = [line for block in blocks for line in block.splitlines()]
    return [*quoted(text), *(re.split(r" {2,}|\s#", line.strip())[0] for line in lines)]


def looks_like_a_file(text: str) -> bool:
    return FILE.fullmatch(text) is not None and (
        ("/" in text and text.partition("/")[0] in FOLDERS) or text.endswith((".py", ".md"))
    )


def wrong_words(line: str) -> list[str]:
    """The words of a command line of ours that are no command and no option."""
    command: click.Command = main
    wrong: list[str] = []
    for word in line.split()[1:]:
        options = {option for one in command.params if isinstance(one, click.Option) for option in one.opts}
        options |= {option for one in command.params for option in one.secondary_opts} | {"--help", "-h"}
        if word.startswith("-") and word != "-":
            wrong += [] if word.partition("=")[0] in options else [word]
        elif isinstance(command, click.Group) and not PLACEHOLDER.fullmatch(word):
            found = [command.commands.get(name) for name in word.split("|")]
            if None in found:
                return [*wrong, word]
            command = next(one for one in found if one is not None)
    return wrong


def leaves(group: click.Group, *above: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, *above, name)
        else:
            yield " ".join(("gehoord", *above, name))


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_file_that_a_paper_names_exists(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    gone = [name for name in quoted(text) if looks_like_a_file(name) and not (ROOT / name).exists()]
    links = [link for link in LINKED.findall(text) if "://" not in link]
    assert gone + [link for link in links if not (paper.parent / link).exists()] == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_command_that_a_paper_names_exists(paper: Path) -> None:
    lines = [line for line in typed(paper.read_text(encoding="utf-8")) if re.match(r"gehoord\s", line)]
    assert {line: wrong for line in lines if (wrong := wrong_words(line))} == {}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_target_of_make_that_a_paper_names_exists(paper: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    lines = typed(paper.read_text(encoding="utf-8"))
    named = {found[1] for line in lines if (found := re.match(r"make ([a-z]+)", line))}
    assert named - targets == set()


def test_the_readme_names_every_command() -> None:
    lines = typed((ROOT / "README.md").read_text(encoding="utf-8"))
    named = {" ".join((*words[:at], one)) for words in map(str.split, lines) for at, word in enumerate(words)
             for one in word.split("|")}  # fmt: skip
    assert set(leaves(main)) - named == set()


def test_every_example_of_a_setting_can_be_used(tmp_path: Path) -> None:
    file = tmp_path / "gehoord.toml"
    file.write_text(uncommented(), encoding="utf-8")
    assert set(load(file).imap) == {"klachten", "microsoft"}


def test_the_example_shows_every_setting() -> None:
    shown = set(paths(tomllib.loads(uncommented())))
    missing = {name for name in settings(Settings) if not any(re.fullmatch(name, one) for one in shown)}
    assert missing == set()


@pytest.mark.parametrize("text", ["core/letters.py", "docs/weg.md", "mailin/weg/", "weg.py"])
def test_a_file_that_is_gone_is_found(text: str) -> None:
    assert looks_like_a_file(text)
    assert not (ROOT / text).exists()


@pytest.mark.parametrize(
    "line", ["gehoord weg", "gehoord absence weg", "gehoord serve --weg", "gehoord absence add|weg"]
)
def test_a_command_that_is_gone_is_found(line: str) -> None:
    assert wrong_words(line)


@pytest.mark.parametrize(
    "line", ["gehoord ...", "gehoord --help", "gehoord absence add|list", "gehoord import FILE --dry-run"]
)
def test_a_command_that_is_there_is_left_alone(line: str) -> None:
    assert wrong_words(line) == []


def uncommented() -> str:
    """The example with every commented setting set."""
    return COMMENTED.sub("", EXAMPLE.read_text(encoding="utf-8"))


def paths(values: Mapping[str, object], *above: str) -> Iterator[str]:
    """The names in a settings file, sections with dots between them."""
    for name, value in values.items():
        yield ".".join((*above, name))
        if isinstance(value, Mapping):
            yield from paths(value, *above, name)


def settings(model: type[BaseModel], *above: str) -> Iterator[str]:
    """The names of all settings, as patterns: names that are free, of mailboxes and keys, match anything.

    The mapping of a form has examples of its own, and the relay's token is that of a mailbox.
    """
    for name, field in model.model_fields.items():
        kinds = [field.annotation, *get_args(field.annotation)]
        section = next((one for one in kinds if isinstance(one, type) and issubclass(one, BaseModel)), None)
        free = (r"[^.]+",) if get_origin(field.annotation) is dict else ()
        where = (*above, name)
        if where == ("relay", "oauth"):
            continue
        yield r"\.".join((*where, *free))
        if section is not None and name != "forms":
            yield from settings(section, *where, *free)
