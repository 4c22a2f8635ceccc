"""Structured logs: JSON in service, readable on a terminal. Numbers and names of doors; a citizen's words never."""

import logging
import sys
from typing import Literal

import structlog

NOISY = ("mail.log", "aiosmtpd", "httpx", "telegram", "imapclient", "uvicorn.access", "alembic")
"""Libraries whose own lines may quote addresses or texts; only their warnings are kept, and those of mail.log never."""


def configure(log_format: Literal["auto", "console", "json"]) -> None:
    """Send every log line, also those of libraries, through one renderer to standard error."""
    console = log_format == "console" or (log_format == "auto" and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _without_values, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _without_values(_logger: object, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Reduce an exception to its type and the places it came through: its text may quote what a citizen wrote."""
    info = line.pop("exc_info", None)
    if info:
        kind, _value, trace = info if isinstance(info, tuple) else sys.exc_info()
        line["exception"] = kind.__name__ if kind else ""
        places = []
        while trace is not None:
            places.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}")
            trace = trace.tb_next
        line["trace"] = places
    return line
