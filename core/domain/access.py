"""Who may see what of a case: the one function through which every read goes (decisions 19)."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Role(StrEnum):
    """What somebody is allowed to do in the system (decisions 20)."""

    COORDINATOR = "coordinator"
    HANDLER = "handler"
    SUPPORT = "support"
    JURIST = "jurist"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Visibility(IntEnum):
    """How much of a case somebody sees; a higher value includes the lower ones."""

    NOTHING = 0
    NAMES_AND_DATES = 1
    """Enough to declare whether one was involved, and no more."""
    EVERYTHING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who is signed in. ``person`` is their number in the organisation, if they are in it."""

    user: int
    person: int | None
    roles: frozenset[Role]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAccess:
    """What must be known of a case to decide who sees it."""

    handler: int | None = None
    handler_cleared: bool | None = None
    respondents: frozenset[int] = frozenset()
    """People complained about."""
    involved: frozenset[int] = frozenset()
    """People who declared themselves involved in the conduct."""


OVERSEEING = frozenset({Role.COORDINATOR, Role.SUPPORT, Role.JURIST, Role.AUDITOR})
"""Roles whose work spans all cases. The administrator keeps the machine running and reads no cases."""


def visible(case: CaseAccess, actor: Actor) -> Visibility:
    """How much of this case the actor may see.

    The person complained about sees nothing in whatever role; what the law gives them comes as a letter (Awb 9:9).
    A handler sees names and dates until they declared not to be involved (Awb 9:7).
    """
    if actor.person is not None and actor.person in case.respondents:
        return Visibility.NOTHING
    if actor.person is not None and actor.person in case.involved:
        return Visibility.NOTHING
    handles = actor.person is not None and actor.person == case.handler
    if handles and not case.handler_cleared and actor.roles & (OVERSEEING | {Role.HANDLER}):
        return Visibility.NAMES_AND_DATES
    if actor.roles & OVERSEEING or (handles and Role.HANDLER in actor.roles):
        return Visibility.EVERYTHING
    return Visibility.NOTHING


def visible_outside_cases(actor: Actor) -> bool:
    """Whether the actor may see messages that no case holds yet: those could be about anybody, so few may."""
    return bool(actor.roles & {Role.COORDINATOR, Role.SUPPORT})
