"""The ways in which the real service fails, to be injected into the fake."""

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class Failure:
    """One way to fail; `after_effect` means that the request is carried out and only its answer is lost."""

    kind: Literal["answer", "gateway", "drop", "hang"]
    code: int = 0
    description: str = ""
    retry_after: int | None = None
    after_effect: bool = False

    def once_done(self) -> "Failure":
        """The same failure, but striking after the request has taken effect."""
        return replace(self, after_effect=True)


def too_many_requests(retry_after: int = 1) -> Failure:
    """Flood control: 429 with the number of seconds to wait."""
    return Failure("answer", 429, f"Too Many Requests: retry after {retry_after}", retry_after)


def forbidden(description: str = "Forbidden: bot was blocked by the user") -> Failure:
    """403, as for a citizen who blocked the bot or deleted the account."""
    return Failure("answer", 403, description)


def refusal(code: int, description: str) -> Failure:
    """Any other error in the Bot API's own form."""
    return Failure("answer", code, description)


def bad_gateway() -> Failure:
    """502 from the proxy in front of the service: a page of HTML, not JSON."""
    return Failure("gateway", 502, "Bad Gateway")


def connection_drop() -> Failure:
    """The connection breaks without an answer."""
    return Failure("drop")


def no_answer() -> Failure:
    """The request is never answered: the caller's own time limit has to end it."""
    return Failure("hang")


@dataclass
class _Planned:
    failure: Failure
    method: str | None
    times: int


class FailurePlan:
    """Which requests fail and how: a list of coming failures, and an outage that lasts until it is lifted."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []
        self._outage: Failure | None = None

    def plan(self, failure: Failure, method: str | None, times: int) -> None:
        """Let the next `times` requests fail (to `method`, or to any)."""
        self._planned.append(_Planned(failure, method, times))

    def begin_outage(self, failure: Failure) -> None:
        """Let every request fail until `end_outage`."""
        self._outage = failure

    def end_outage(self) -> None:
        """Answer normally again."""
        self._outage = None

    def left(self) -> int:
        """How many planned failures have not struck yet."""
        return sum(planned.times for planned in self._planned)

    def take(self, method: str) -> Failure | None:
        """The failure that strikes this request, if any."""
        if self._outage:
            return self._outage
        for planned in self._planned:
            if planned.method in {None, method}:
                planned.times -= 1
                if not planned.times:
                    self._planned.remove(planned)
                return planned.failure
        return None
