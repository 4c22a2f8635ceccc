"""Errors of the JSON interface, in the form of RFC 9457."""

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

PROBLEM = "application/problem+json"


class Fault(BaseModel):
    """What is wrong with one field; ``message`` is Dutch and may be shown to the citizen."""

    field: str
    code: str
    message: str = ""


class ProblemDetails(BaseModel):
    """Why a post was not taken (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Fault] = []


class Refused(Exception):
    """A post that cannot be taken, with the reason in the form of RFC 9457."""

    def __init__(self, status: int, detail: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.faults = faults


def problem(status: int, detail: str, faults: tuple[Fault, ...] = ()) -> JSONResponse:
    """The answer that says what is wrong."""
    said = ProblemDetails(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=list(faults))
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse(said.model_dump(), status, headers, media_type=PROBLEM)


async def refused(_: Request, error: Exception) -> JSONResponse:
    """For everything that the poster can mend."""
    if isinstance(error, Refused):
        return problem(error.status, error.detail, error.faults)
    status = error.status_code if isinstance(error, HTTPException) else 422
    answer = problem(status, HTTPStatus(status).description or HTTPStatus(status).phrase)
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


async def failed(_: Request, error: Exception) -> JSONResponse:
    """For what failed on our side: the poster still has the message."""
    return problem(503, f"not taken ({type(error).__name__}); keep the message and send it again")
