"""May this actor do this with this case? Asked by every service before it shows or changes anything."""

from core.domain.access import Actor, Role, Visibility, visible, visible_outside_cases
from core.domain.case import Case
from core.domain.errors import NotAllowed, NotFound
from core.domain.tasks import Task
from core.ports import Work


def admitted(work: Work, actor: Actor, case: int, *, at_least: Visibility = Visibility.EVERYTHING) -> Visibility:
    """How much of the case the actor sees. Raises NotFound when it is less than asked, also when there is no case."""
    seen = visible(work.cases.access(case), actor)
    if seen < at_least:
        raise NotFound
    return seen


def case_for(work: Work, actor: Actor, case: int, role: Role) -> Case:
    """The case, for changing it in this role. Raises NotFound when unseen, NotAllowed when the role is missing."""
    admitted(work, actor, case)
    if role not in actor.roles:
        raise NotAllowed
    return work.cases.get(case)


def task_for(work: Work, actor: Actor, task: int) -> Task:
    """An open task of the actor's. Raises NotFound when it is unseen, done or for a role the actor has not."""
    found = work.tasks.get(task)
    if found.done_at is not None or found.role not in actor.roles:
        raise NotFound
    if found.case is not None:
        admitted(work, actor, found.case)
    elif found.message is not None and not visible_outside_cases(actor):
        raise NotFound
    return found
