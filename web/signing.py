"""Signing in and out with a local account, and changing one's password."""

from secrets import compare_digest, token_urlsafe

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from core.service.accounts import SHORTEST_PASSWORD
from web.pages import pages_of
from web.security import Brake, local_path
from web.visits import COOKIE, Visit, go, home

BEFORE = "gehoord-inloggen"
"""Cookie with the token that the sign-in form must carry: there is no session yet to keep one."""


def _field(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def sign_in_form(request: Request, _: FormData) -> Response:
    """The form to sign in with."""
    return _form(request, request.query_params.get("naar", ""))


def sign_in(request: Request, form: FormData) -> Response:
    """Open a session, or say that it did not work without saying why."""
    parts, brake = pages_of(request).parts, request.app.state.brake
    if not isinstance(brake, Brake):
        raise TypeError("the application was built without a brake")
    login, password, onward = _field(form, "login")[:200], _field(form, "password")[:1000], _field(form, "naar")
    token = request.cookies.get(BEFORE, "")
    if not token or not compare_digest(_field(form, "csrf").encode(), token.encode()):
        return _form(request, onward, login=login, error="expired", status=403)
    address = request.client.host if request.client else ""
    if brake.waiting(address, login):
        return _form(request, onward, login=login, error="wait", status=429)
    session = parts.accounts.sign_in(login, password)
    if session is None:
        brake.failed(address, login)
        return _form(request, onward, login=login, error="wrong", status=401)
    brake.passed(address, login)
    signed = parts.accounts.who(session)
    response = go(local_path(onward, home(signed.actor) if signed else "/"))
    secure = parts.secure_cookies
    response.set_cookie(COOKIE, session, path="/", httponly=True, samesite="lax", secure=secure)
    response.delete_cookie(BEFORE, path="/inloggen")
    return response


def sign_out(visit: Visit) -> Response:
    """End the session."""
    visit.parts.accounts.sign_out(visit.token)
    response = go("/inloggen")
    response.delete_cookie(COOKIE, path="/")
    return response


def password_form(visit: Visit) -> Response:
    """The form to change one's password."""
    return _password(visit)


def change_password(visit: Visit) -> Response:
    """Change one's own password."""
    old, new, again = visit.said("old"), visit.said("new"), visit.said("again")
    if new != again:
        return _password(visit, error="differ")
    if len(new) < SHORTEST_PASSWORD:
        return _password(visit, error="short")
    if new == old:
        return _password(visit, error="same")
    if not visit.parts.accounts.change_password(visit.actor, old, new):
        return _password(visit, error="wrong")
    return go(home(visit.actor))


def _password(visit: Visit, error: str = "") -> Response:
    return visit.page(
        "password.html", 422 if error else 200, waiting=0, error=error, forced=visit.signed.must_change,
        shortest=SHORTEST_PASSWORD,
    )  # fmt: skip


def _form(request: Request, onward: str, *, login: str = "", error: str = "", status: int = 200) -> Response:
    pages = pages_of(request)
    token = token_urlsafe(24)
    response = pages.page(
        "sign_in.html", status, csrf=token, onward=local_path(onward, ""), login=login, error=error
    )  # fmt: skip
    secure = pages.parts.secure_cookies
    response.set_cookie(BEFORE, token, path="/inloggen", httponly=True, samesite="strict", secure=secure)
    return response
