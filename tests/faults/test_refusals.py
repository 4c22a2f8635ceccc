"""What the running service refuses, and how it says so."""

import smtplib
from collections.abc import Iterator

import pytest

from tests.faults.mta import answer_to, mail
from tests.faults.service import MUNICIPALITY, Service

MOST = 100_000


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with Service(settings={"GEHOORD_SMTP__MAX_SIZE": str(MOST)}) as running:
        yield running


def test_the_same_message_delivered_twice_makes_one_case(service: Service) -> None:
    message = mail(1, "dubbel")
    before = service.count("case")
    service.send(message.as_bytes())
    service.send(b"Received: from elders.example; Mon, 23 Nov 2026 09:15:00 +0100\r\n" + message.as_bytes())
    with smtplib.LMTP("127.0.0.1", service.lmtp_port) as client:
        client.sendmail("burger@voorbeeld.example", [MUNICIPALITY], message.as_bytes())
    assert service.count("case") == before + 1
    assert service.count("message", external_id="1.dubbel@voorbeeld.example") == 1


def test_another_message_under_the_same_id_is_another_message(service: Service) -> None:
    first, second = mail(2, "dubbel"), mail(2, "dubbel", size=900)
    service.send(first.as_bytes())
    service.send(second.as_bytes())
    assert service.count("message", external_id="2.dubbel@voorbeeld.example") == 2


@pytest.mark.parametrize("told", [True, False], ids=["told beforehand", "not told"])
def test_a_message_over_the_limit_is_refused_for_good(service: Service, *, told: bool) -> None:
    large = mail(3, "groot", size=MOST + 1).as_bytes()
    with service.smtp() as client:
        client.ehlo()
        assert client.esmtp_features["size"] == str(MOST)
        code, _ = client.mail("burger@voorbeeld.example", [f"SIZE={len(large)}"] if told else [])
        if not told:
            client.rcpt(MUNICIPALITY)
            code, _ = client.data(large)
        assert code == 552
        client.rset()
        client.sendmail("burger@voorbeeld.example", [MUNICIPALITY], mail(4, f"klein{told}").as_bytes())
    assert service.count("message", external_id="3.groot@voorbeeld.example") == 0
    assert service.count("message", external_id=f"4.klein{told}@voorbeeld.example") == 1


def test_an_unknown_recipient_is_refused_for_good(service: Service) -> None:
    before = service.count("message")
    unknown = "iemand-anders@gemeente.example"
    assert answer_to(service, mail(5, "onbekend"), recipient=unknown) == 550
    assert service.count("message") == before


def test_a_second_service_on_the_same_folder_is_refused_in_one_sentence(service: Service) -> None:
    second = Service(folder=service.folder)
    try:
        ended = second.run("serve")
        assert ended.returncode == 1
        assert ended.stderr == f"another gehoord serve already uses {service.folder}; stop it first\n"
    finally:
        second.close()
    assert service.get("/readyz")[0] == 200


def test_a_port_that_is_taken_is_named(service: Service) -> None:
    ports = {
        "smtp": {"GEHOORD_SMTP__PORT": str(service.smtp_port)},
        "web": {"GEHOORD_WEB__PORT": str(service.web_port)},
    }
    for part, setting in ports.items():
        second = Service(settings=setting)
        try:
            ended = second.run("serve")
            assert ended.returncode == 1
            last = ended.stderr.splitlines()[-1]
            assert last.startswith(f"cannot start {part}: ")
            assert str(next(iter(setting.values()))) in last
        finally:
            second.close()
