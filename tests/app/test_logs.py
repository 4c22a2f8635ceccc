"""What a citizen wrote is never in the logs or the figures, not even when things break."""

import json
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from tests.faults.mta import answer_to
from tests.faults.service import MUNICIPALITY, Service

NAME, ADDRESS, SUBJECT, BODY, FILE = (
    "Zeldzamenaam",
    "zeldzaamadres",
    "Zeldzaamonderwerp",
    "Zeldzaamverhaal",
    "zeldzaambestand",
)
MARKS = (NAME, ADDRESS, SUBJECT, BODY, FILE)
KEY = "formulier-sleutel"


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with Service(settings={"GEHOORD_WEB__FORM_KEYS": json.dumps({"website": KEY})}) as running:
        yield running


def marked(number: int) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"{NAME} <{ADDRESS}@voorbeeld.example>"
    message["To"] = MUNICIPALITY
    message["Subject"] = SUBJECT
    message["Message-ID"] = f"<{number}.{ADDRESS}@voorbeeld.example>"
    message.set_content(f"{BODY} van {NAME}\n")
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename=f"{FILE}.pdf")
    return message


def post(service: Service) -> int:
    """Send the form of somebody else's website; gives the status."""
    story = {"story": BODY, "name": NAME, "email": f"{ADDRESS}@voorbeeld.example"}
    request = urllib.request.Request(
        f"http://127.0.0.1:{service.web_port}/api/v1/messages?naam={NAME}",
        data=json.dumps(story).encode(),
        headers={"Content-Type": "application/json", "X-Api-Key": KEY},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def rename(service: Service, table: str, to: str) -> None:
    """Break the database under the running service, so that its next error is about a row with a citizen's words."""
    with sqlite3.connect(service.folder / "gehoord.db") as connection:
        connection.execute("PRAGMA legacy_alter_table = ON")
        connection.execute(f'ALTER TABLE "{table}" RENAME TO "{to}"')
    connection.close()


def marks_in(text: str) -> list[str]:
    return [mark for mark in MARKS if mark.lower() in text.lower()]


def test_logs_hold_no_personal_data(service: Service) -> None:
    service.send(marked(1).as_bytes(), sender=f"{ADDRESS}@voorbeeld.example")
    assert post(service) == 201
    assert answer_to(service, marked(2), recipient=f"{ADDRESS}@gemeente.example") == 550
    rename(service, "party", "away")
    assert answer_to(service, marked(3)) == 451
    assert post(service) >= 500
    rename(service, "away", "party")
    service.send(marked(3).as_bytes())
    service.until_delivered()
    assert marks_in(service.log()) == []
    refused = service.logged("message not taken")
    assert refused[0]["exception"] == "OperationalError"
    assert refused[0]["trace"]


def test_every_line_of_a_service_is_json(service: Service) -> None:
    service.send(marked(4).as_bytes())
    service.until_delivered()
    text = service.log()
    before, _, after = text.partition("Gehoord is running")
    body = after.partition("-T -\n")[2]
    lines = [line for line in (before + body).splitlines() if line]
    assert {"event", "level", "timestamp"} <= set.intersection(*(set(json.loads(line)) for line in lines))


def test_figures_count_and_tell_nothing(service: Service) -> None:
    service.send(marked(5).as_bytes())
    service.until_delivered()
    status, text = service.get("/metrics")
    assert status == 200
    assert marks_in(text) == []
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    refused = [line for line in service.logged("message not taken") if line["door"] == "smtp"]
    counted = {
        'gehoord_messages_accepted_total{door="smtp",outcome="opened"}': service.count("message", door="smtp"),
        'gehoord_messages_refused_total{door="smtp"}': len(refused),
        'gehoord_deliveries_total{result="sent",route="mail"}': service.count("outgoing", state="sent"),
        'gehoord_intake_seconds_count{door="smtp"}': service.count("message", door="smtp"),
        "gehoord_cases_today": service.count("case"),
    }
    assert {name: float(figures[name]) for name in counted} == counted
    assert {"gehoord_jobs_waiting", "gehoord_jobs_oldest_seconds"} <= figures.keys()
