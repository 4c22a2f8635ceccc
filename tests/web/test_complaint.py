"""The citizen's form without script: errors keep the text, a double click makes one case, all is given back."""

from dataclasses import replace

import pytest

from core.domain.message import Accepted, Inbound
from core.store.cases import SqlCases
from tests.web.house import House, build, field_value
from tests.web.test_review import COORDINATOR, case

STORY = "Ik heb drie keer gebeld.\nNiemand belde terug."
GIVEN = {
    "story": STORY, "about_whom": "Een medewerker", "when": "vorige week",
    "name": "Mehmet Aydın", "phone": "06 0000 0205",
    "email": "m.aydin@voorbeeld.example", "address_street": "Ringweg 120", "address_postcode": "1234 AE",
    "address_city": "Voorbeeldstad", "reply_by_email": "on",
}  # fmt: skip


def send(client, files=None, **changes: str):
    key = field_value(client.get("/klacht-indienen").text, "sleutel")
    return client.post("/klacht-indienen", data={"sleutel": key} | GIVEN | changes, files=files or [])


def test_the_receipt_gives_everything_back_with_number_and_dates(house: House):
    answer = send(house.client(), [("files", ("foto.jpg", b"\xff\xd8", "image/jpeg"))])
    assert answer.status_code == 201
    for words in ("2026-0001", "30 november 2026", "21 december 2026", "4 januari 2027",
                  "Ik heb drie keer gebeld.\nNiemand belde terug.",
                  "Een medewerker", "vorige week", "Mehmet Aydın", "06 0000 0205", "m.aydin@voorbeeld.example",
                  "Ringweg 120\n1234 AE Voorbeeldstad", "foto.jpg", "klachtencoördinator"):  # fmt: skip
        assert words in answer.text
    view = case(house)
    assert view.messages[0].text == STORY
    assert view.messages[0].attachments[0].filename == "foto.jpg"
    assert view.letters[0].to.address == "m.aydin@voorbeeld.example"


def test_the_consent_is_kept_with_the_words_that_were_agreed_to(house: House):
    assert (
        "gemeente Voorbeeld mag mij over deze klacht antwoorden per e-mail"
        in house.client().get("/klacht-indienen").text
    )
    send(house.client())
    send(house.client(), reply_by_email="")
    with house.store.read() as work:
        cases: SqlCases = work.cases
        (yes,), (no,) = cases.consents(1), cases.consents(2)
    assert yes.given
    assert "mag mij over deze klacht antwoorden per e-mail" in yes.wording
    assert not no.given


def test_a_double_click_makes_one_case_and_gives_the_same_number(house: House):
    client = house.client()
    key = field_value(client.get("/klacht-indienen").text, "sleutel")
    first, again = (client.post("/klacht-indienen", data={"sleutel": key} | GIVEN) for _ in range(2))
    assert "2026-0001" in first.text
    assert "2026-0001" in again.text
    assert "Wij hadden dit bericht al" in again.text
    assert len(house.parts.queries.cases(COORDINATOR)) == 1
    send(client)
    assert len(house.parts.queries.cases(COORDINATOR)) == 2


def test_errors_stand_on_top_and_at_the_field_and_keep_every_word(house: House):
    answer = send(house.client(), story="", email="fout", name="Zeg ik niet")
    assert answer.status_code == 422
    assert "<title>Fout:" in answer.text
    for field in ("story", "email"):
        assert f'<a href="#{field}">' in answer.text
        assert f'id="{field}"' in answer.text
        assert f'id="{field}-fault"' in answer.text
        assert f"{field}-fault" in answer.text.split(f'id="{field}"')[1].split(">")[0]
    for kept in ("Zeg ik niet", "fout", "06 0000 0205", "vorige week"):
        assert kept in answer.text
    assert house.parts.queries.cases(COORDINATOR) == []


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("files", (f"{n}.jpg", b"x", "image/jpeg")) for n in range(6)], "hoogstens 5 bestanden"),
        ([("files", ("virus.exe", b"x", "image/jpeg"))], "Stuur alleen foto"),
        ([("files", ("groot.jpg", bytes(10_000_001), "image/jpeg"))], "groter dan 10 MB"),
    ],
)
def test_files_that_cannot_be_taken_are_named_and_the_text_stays(house: House, files, words: str):
    answer = send(house.client(), files)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Kies uw bestanden nog een keer" in answer.text
    assert "Niemand belde terug." in answer.text


def test_a_post_far_over_the_limit_is_broken_off(house: House):
    house.parts = replace(house.parts, max_upload=1000)
    answer = send(house.client(), [("files", ("a.jpg", bytes(5000), "image/jpeg"))])
    assert answer.status_code == 413
    assert "te groot" in answer.text

    def stream():
        for _ in range(10):
            yield b"x" * 1000

    answer = house.client().post(
        "/klacht-indienen", content=stream(), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 413


def test_a_machine_in_the_honeypot_is_asked_once_more_and_nothing_is_lost(house: House):
    answer = send(house.client(), website="https://spam.example")
    assert answer.status_code == 422
    assert "Niemand belde terug." in answer.text
    assert "spam.example" not in answer.text
    assert house.parts.queries.cases(COORDINATOR) == []
    again = {"sleutel": field_value(answer.text, "sleutel")} | GIVEN
    assert house.client().post("/klacht-indienen", data=again).status_code == 201


def test_when_the_database_is_away_the_citizen_keeps_the_text(tmp_path):
    async def away(_: Inbound) -> Accepted:
        raise OSError("disk full")

    answer = send(build(tmp_path, accept=away).client())
    assert answer.status_code == 503
    assert "Uw tekst staat er nog" in answer.text
    assert "Niemand belde terug." in answer.text
    assert "disk full" not in answer.text


def test_what_the_citizen_typed_is_shown_as_typed(house: House):
    evil = "<script>alert(1)</script>'\""
    for answer in (send(house.client(), story=evil, name=evil, when=evil), send(house.client(), story="", name=evil)):
        assert "<script>" not in answer.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text


def test_anonymous_without_any_address_is_taken_too(house: House):
    answer = house.client().post("/klacht-indienen", data={"story": "Ik zeg niet hoe ik heet."})
    assert answer.status_code == 201
    assert case(house).case.anonymous


def test_a_broken_post_is_no_server_fault(house: House):
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = house.client().post("/klacht-indienen", content=b"--x\r\nonzin", headers=headers)
    assert answer.status_code in (400, 422)
