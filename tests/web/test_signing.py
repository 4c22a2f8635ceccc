"""Signing in: sessions, CSRF, the brake, forced passwords, and where one may be sent."""

from dataclasses import replace

import pytest

from core.domain.access import Role
from tests.web.house import PASSWORD, House, csrf_of, field_value, sign_in
from web.security import HEADERS, local_path


def test_signing_in_opens_a_session_in_a_cookie_that_scripts_cannot_read(house: House):
    client = house.client()
    answer = sign_in(client, "coordinator")
    assert (answer.status_code, answer.headers["location"]) == (303, "/beoordelen")
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("gehoord="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert client.get("/beoordelen").status_code == 200


def test_behind_https_cookies_are_secure_and_the_browser_is_told_to_stay_there(house: House):
    house.parts = replace(house.parts, secure_cookies=True)
    client = house.client(base_url="https://testserver")
    answer = sign_in(client, "coordinator")
    assert all("Secure" in one for one in answer.headers.get_list("set-cookie") if "Max-Age=0" not in one)
    assert "max-age" in answer.headers["strict-transport-security"]


def test_wrong_login_and_wrong_password_are_answered_alike(house: House):
    answers = [sign_in(house.client(), *pair) for pair in (("coordinator", "verkeerd wachtwoord"), ("niemand", "x"))]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert all("klopt niet" in answer.text for answer in answers)
    assert all("gehoord=" not in str(answer.headers.get_list("set-cookie")) for answer in answers)


def test_guessing_is_slowed_down_for_that_login_only(house: House):
    house.account("ander", Role.SUPPORT)
    client = house.client()
    for _ in range(5):
        assert sign_in(client, "coordinator", "verkeerd").status_code == 401
    assert sign_in(client, "coordinator").status_code == 429
    assert sign_in(client, "ander").status_code == 303
    house.wait(seconds=31)
    assert sign_in(client, "coordinator").status_code == 303


def test_the_sign_in_form_needs_its_own_token(house: House):
    client = house.client()
    client.get("/inloggen")
    answer = client.post("/inloggen", data={"login": "coordinator", "password": PASSWORD, "csrf": "geraden"})
    assert answer.status_code == 403
    assert client.get("/beoordelen").status_code == 303


def test_a_page_that_was_asked_for_comes_after_signing_in(house: House):
    client = house.client()
    asked = client.get("/zaken?x=1").headers["location"]
    assert asked == "/inloggen?naar=%2Fzaken%3Fx%3D1"
    onward = field_value(client.get(asked).text, "naar")
    assert sign_in(client, "coordinator", naar=onward).headers["location"] == "/zaken?x=1"


@pytest.mark.parametrize(
    "elsewhere",
    ["//kwaad.example", "https://kwaad.example", "/\\kwaad.example", "javascript:alert(1)", "/\tx", "kwaad",
     "\\\\x", "/%0a\n"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(house: House, elsewhere: str):
    assert local_path(elsewhere, "/beoordelen") == "/beoordelen"
    assert sign_in(house.client(), "coordinator", naar=elsewhere).headers["location"] == "/beoordelen"


def test_a_password_that_somebody_else_set_must_be_changed_first(house: House):
    house.account("nieuw", Role.SUPPORT, must_change=True)
    client = house.client("nieuw")
    assert client.get("/beoordelen").headers["location"] == "/wachtwoord"
    csrf = csrf_of(client, "/wachtwoord")

    def change(**fields: str):
        return client.post("/wachtwoord", data={"csrf": csrf, "old": PASSWORD, **fields})

    assert "te kort" in change(new="kort", again="kort").text
    assert "niet gelijk" in change(new="een heel nieuw wachtwoord", again="iets anders dan dat").text
    assert change(new=PASSWORD, again=PASSWORD).status_code == 422
    assert change(new="een heel nieuw wachtwoord", again="een heel nieuw wachtwoord").status_code == 303
    assert client.get("/beoordelen").status_code == 200


def test_signing_out_ends_the_session_on_the_server(house: House):
    client = house.client("coordinator")
    token = client.cookies["gehoord"]
    client.post("/uitloggen", data={"csrf": csrf_of(client)})
    again = house.client()
    again.cookies.set("gehoord", token)
    assert again.get("/beoordelen").status_code == 303


@pytest.mark.parametrize(
    "path",
    ["/uitloggen", "/wachtwoord", "/beoordelen/1/bevestigen", "/beoordelen/1/afronden", "/beoordelen/1/opnieuw",
     "/zaken/2026-0001/ongedaan", "/zaken/2026-0001/behandelaar", "/zaken/2026-0001/betrokken"],
)  # fmt: skip
def test_every_form_of_the_staff_pages_needs_the_token_of_the_session(house: House, path: str):
    house.receive()
    client = house.client("coordinator")
    for token in ({}, {"csrf": "geraden"}, {"csrf": "geraden met é"}):
        assert client.post(path, data=token).status_code == 403
    assert client.get("/beoordelen").status_code == 200
    assert house.client().post(path, data={}).headers["location"] == "/inloggen"


@pytest.mark.parametrize(
    "path", ["/", "/inloggen", "/klacht-indienen", "/nergens", "/beoordelen", "/healthz", "/api/v1/x"]
)
def test_every_answer_is_hardened(staff, path: str):
    answer = staff.get(path)
    assert answer.headers["content-security-policy"].startswith("default-src 'self'; frame-ancestors 'none'")
    assert "unsafe" not in answer.headers["content-security-policy"]
    for name in HEADERS:
        assert name in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_pages_hold_no_inline_script_or_style(house: House, staff):
    house.receive()
    for path in ("/beoordelen", "/zaken", "/zaken/2026-0001", "/wachtwoord", "/klacht-indienen", "/inloggen"):
        text = staff.get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text
        assert text.count("<script") == text.count('<script src="/static/')
        assert "http://" not in text.replace("http://www.w3.org", "")
