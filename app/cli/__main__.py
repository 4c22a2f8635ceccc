"""``python -m app.cli``: the same as ``gehoord``."""

from app.cli import main

main(prog_name="gehoord")
