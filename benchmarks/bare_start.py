"""The bare starts: a fresh interpreter that only imports, and a command that only prints its help.

Written from shared/design/speed.md and the libraries' manuals, before and without the code in app/.

Why nobody would start faster with the same libraries: nothing is read, opened, built or bound. Left out: settings,
database, templates, ports, and every line of our own code. spaCy is not in SERVICE: the goal lets the classifier load
after the ports are open.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

# What a service with mail and web doors on these libraries cannot open its ports without (Telegram only with a bot).
SERVICE = (
    "import sqlalchemy, jinja2, pydantic_settings, structlog, prometheus_client, anyio, uvicorn, "
    "starlette.applications, fastapi, aiosmtpd.smtp, aiosmtplib, imapclient, email.message, email.parser"
)
CLASSIFIER = f"{SERVICE}, spacy"

COMMAND = """
import click

@click.group()
def main():
    "A command."

for name in ("init", "serve", "check", "demo", "import", "backup", "restore", "mail", "nlp", "case", "user", "db"):
    main.command(name)(lambda: None)

main()
"""

MEMORY = "; print([int(l.split()[1]) for l in open('/proc/self/status') if l.startswith('VmRSS')][0])"


def wall(code: str, *arguments: str, times: int = 3) -> float:
    """The shortest time, in seconds, that a fresh interpreter takes for the code."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code, *arguments], check=True, stdout=subprocess.DEVNULL)
        best = min(best, time.perf_counter() - start)
    return best


def resident(code: str) -> float:
    """Resident memory, in MB, of a fresh interpreter after the imports."""
    out = subprocess.run([sys.executable, "-c", code + MEMORY], check=True, capture_output=True, text=True).stdout
    return int(out) / 1024


def resident_of(process: int, which: str = "VmRSS") -> float:
    """Resident memory of a running process, in MB, as /proc tells it: now, or with VmHWM the most that it ever was."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(which):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(os.strerror(3))
