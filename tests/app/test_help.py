"""Help is there for every command, at once: it imports nothing that is heavy."""

import json
import subprocess
import sys

COMMANDS = {
    (): {"init", "serve", "check", "demo", "db", "user", "backup", "restore", "mail", "nlp"}
    | {"person", "absence", "blobs", "import", "form"},
    ("form",): {"try"},
    ("person",): {"list"},
    ("absence",): {"add", "list", "remove"},
    ("blobs",): {"sweep"},
    ("db",): {"upgrade"},
    ("user",): {"add"},
    ("mail",): {"inspect"},
    ("nlp",): {"suggest"},
}
HEAVY = {"spacy", "sqlalchemy", "pydantic", "fastapi", "starlette", "telegram", "jinja2", "numpy", "core", "structlog"}
PROBE = """
import json, sys
from app.cli import main
try:
    main(sys.argv[1:], prog_name="gehoord")
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def helped(*command: str) -> tuple[str, set[str]]:
    """What help prints, and the modules that were imported for it."""
    ended = subprocess.run(
        [sys.executable, "-c", PROBE, *command, "--help"], capture_output=True, text=True, check=True, timeout=60
    )
    return ended.stdout, set(json.loads(ended.stderr))


def test_help_lists_every_command_and_imports_nothing_heavy() -> None:
    text, modules = helped()
    listed = {line.split()[0] for line in text.partition("Commands:")[2].splitlines() if line.startswith("  ")}
    assert COMMANDS[()] <= listed
    assert modules & HEAVY == set()


def test_every_command_helps() -> None:
    for group, commands in COMMANDS.items():
        for command in commands:
            text, modules = helped(*group, command)
            assert text.startswith(f"Usage: gehoord {' '.join((*group, command))}")
            assert modules & HEAVY == set()
