"""Nothing in the repository belongs to one machine: no absolute path of a developer, no address of a registry."""

import re
import subprocess

import pytest

from tests.house.sources import ROOT

# Written in pieces, so that this file does not find itself.
HOSTS = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("python" + "hosted", "org"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("registry", "npmjs", "org"),
        ("proxy", "golang", "org"),
    ]
]
PATHS = r"(?<![\w.~$}\])-])/(?:work|root|home|Users|opt/(?:pypi|wheels))/[\w.]"
FORBIDDEN = re.compile("|".join([*(re.escape(host) for host in HOSTS), PATHS]))


def test_no_file_names_a_machine_or_a_registry() -> None:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = []
    for name in filter(None, listing.stdout.split("\0")):
        path = ROOT / name
        try:
            lines = path.read_text().splitlines()
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # a picture or a message in an old character set; or removed and not committed yet
        found += [f"{name}:{n}: {line.strip()[:100]}" for n, line in enumerate(lines, 1) if FORBIDDEN.search(line)]
    assert found == []


@pytest.mark.parametrize("text", ["see " + "/ro" + "ot/x", '"' + "/wo" + "rk/main", "https://" + HOSTS[0] + "/simple"])
def test_what_may_not_be_there_is_found(text: str) -> None:
    assert FORBIDDEN.search(text)


@pytest.mark.parametrize("text", ["https://gemeente.example/home/klacht", "$HOME/work/x", "~/work/main", "a/root/b"])
def test_what_looks_like_it_is_left_alone(text: str) -> None:
    assert not FORBIDDEN.search(text)
