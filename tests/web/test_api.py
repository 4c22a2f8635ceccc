"""The JSON interface for form forwarders: keys, repeats, three ways to write a post, errors as RFC 9457 says."""

import json
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.message import Accepted, Inbound
from tests.web.house import KEY, House, build
from tests.web.test_review import COORDINATOR, case

URL = "/api/v1/messages"
BEARER = {"Authorization": f"Bearer {KEY}"}
DEMO = sorted((Path(__file__).parents[2] / "app" / "demo" / "forms").glob("*.json"))


def count(house: House) -> int:
    return len(house.parts.queries.cases(COORDINATOR))


def test_json_makes_a_case_and_gives_number_and_dates(house: House):
    post = {"story": "Niemand belt terug.", "name": "J. Kramer", "email": "j@voorbeeld.example", "reply_by_email": True}
    answer = house.client().post(URL, json=post, headers=BEARER)
    assert answer.status_code == 201
    assert answer.json() == {
        "case_number": "2026-0001", "outcome": "opened", "received_on": "2026-11-23",
        "target": "2026-12-21", "limit": "2027-01-04",
    }  # fmt: skip
    assert case(house).messages[0].door == "form:website"


def test_a_form_post_works_alike_with_the_other_header(house: House):
    answer = house.client().post(
        URL, data={"story": "Hallo", "reply_by_email": "ja", "email": "a@voorbeeld.example"},
        headers={"X-Api-Key": KEY},
        files=[("attachments", ("a.txt", b"tekst", "text/plain"))],
    )  # fmt: skip
    assert answer.status_code == 201
    assert case(house).messages[0].attachments[0].filename == "a.txt"
    plain = house.client().post(URL, data={"story": "Hallo"}, headers={"X-Api-Key": KEY})
    assert plain.status_code == 201


def test_files_come_in_base64(house: House):
    file = {"filename": "../foto.png", "content_type": "image/png", "content": b64encode(b"png").decode()}
    answer = house.client().post(URL, json={"story": "x", "attachments": [file]}, headers=BEARER)
    assert answer.status_code == 201
    assert house.parts.queries.attachment(COORDINATOR, 1).content == b"png"
    assert house.parts.queries.attachment(COORDINATOR, 1).filename == "foto.png"


@pytest.mark.parametrize("form", DEMO, ids=lambda path: path.stem)
def test_the_forms_of_the_demonstration_are_taken(house: House, form: Path):
    assert house.client().post(URL, json=json.loads(form.read_text()), headers=BEARER).status_code == 201


def test_a_repeat_under_the_same_key_is_answered_with_the_same_number(house: House):
    for key in ("abc", '"abc"'):  # its draft standard quotes it, and hardly anybody does
        headers = BEARER | {"Idempotency-Key": key}
        first, again = (house.client().post(URL, json={"story": "Eén keer"}, headers=headers) for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        assert again.json()["case_number"] == "2026-0001"
        assert count(house) == 1
    for _ in range(2):
        house.client().post(URL, json={"story": "Eén keer"}, headers=BEARER)
    assert count(house) == 3


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer fout"}, {"X-Api-Key": ""}, {"Authorization": "Basic eDp4"}]
)
def test_without_a_known_key_nothing_is_taken(house: House, headers: dict[str, str]):
    answer = house.client().post(URL, json={"story": "x"}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert count(house) == 0


@pytest.mark.parametrize(
    ("body", "content_type", "status", "field"),
    [
        (b'{"story": ""}', "application/json", 422, "story"),
        (b'{"story": "x", "email": "fout"}', "application/json", 422, "email"),
        (b'{"story": 5}', "application/json", 422, "story"),
        (b"[]", "application/json", 422, ""),
        (b"{", "application/json", 400, None),
        (b"\xff\xfe", "application/json", 400, None),
        (b"[" * 100_000, "application/json", 400, None),
        (b'{"story": "x", "attachments": [{"filename": "a", "content": "%"}]}', "application/json", 400, None),
        (b"story=", "application/x-www-form-urlencoded", 422, "story"),
        (b"<x/>", "application/xml", 415, None),
    ],
)
def test_errors_are_problems_that_name_the_field(
    house: House, body: bytes, content_type: str, status: int, field: str | None
):
    answer = house.client().post(URL, content=body, headers=BEARER | {"Content-Type": content_type})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    if field is not None:
        assert field in [one["field"] for one in problem["errors"]]
    assert count(house) == 0


def test_what_no_database_holds_is_cleaned_and_never_lost(house: House):
    raw = rb'{"story": "half \ud800 en nul \u0000 teken"}'
    assert (
        house.client().post(URL, content=raw, headers=BEARER | {"Content-Type": "application/json"}).status_code == 201
    )
    assert case(house).messages[0].text == "half ? en nul  teken"


def test_over_the_limit_is_413_and_a_missing_page_404(house: House):
    house.parts = replace(house.parts, max_upload=1000)
    too_much = json.dumps({"story": "x" * 3000}).encode()
    answer = house.client().post(URL, content=too_much, headers=BEARER | {"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert house.client().get("/api/v1/nergens").headers["content-type"] == "application/problem+json"
    assert house.client().get(URL).status_code == 405


def test_what_was_not_taken_is_said_so_that_the_forwarder_keeps_it(tmp_path):
    async def away(_: Inbound) -> Accepted:
        raise OSError("geheim")

    house = build(tmp_path, accept=away)
    client = house.client(raise_server_exceptions=False)
    answer = client.post(URL, json={"story": "x"}, headers=BEARER)
    assert answer.status_code == 503
    assert "geheim" not in answer.text


def test_the_description_names_the_fields_and_the_ways_to_say_who_posts(house: House):
    described = house.client().get("/api/v1/openapi.json").json()
    post = described["paths"]["/messages"]["post"]
    assert "story" in post["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert {"201", "400", "401", "413", "415", "422", "503"} <= set(post["responses"])
    assert list(post["responses"]["422"]["content"]) == ["application/problem+json"]
    assert set(described["components"]["securitySchemes"]) == {"HTTPBearer", "APIKeyHeader", "Signature"}
    assert "File" in described["components"]["schemas"]
    assert "idempotency-key" in [one["name"] for one in post["parameters"]]
    assert house.client().get("/api/v1/docs").status_code == 404
