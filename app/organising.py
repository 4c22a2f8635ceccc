"""What an administrator changes and sees of the organisation from the command line; the web pages come beside it."""

from collections.abc import Iterator
from datetime import date

import click

from app.wiring import House
from core.domain.errors import NotFound
from core.domain.organisation import Absence, Organisation, Person


def people(house: House) -> Iterator[str]:
    """A line for everybody: number, name, team and offices."""
    organisation = _organisation(house)
    for person in organisation.people:
        held = dict.fromkeys(one.office.value for one in organisation.appointments if one.person == person.id)
        facts = [*([person.team] if person.team else []), *held]
        yield f"{person.id:>5}  {person.name}" + (f"  ({', '.join(facts)})" if facts else "")


def absences(house: House) -> Iterator[str]:
    """A line for every absence: number, first and last day, who."""
    organisation = _organisation(house)
    for absence in organisation.absences:
        person = organisation.person(absence.person)
        yield f"{absence.id:>5}  {absence.first} to {absence.last}  {person.name if person else absence.person}"


def add_absence(house: House, who: str, first: date, last: date) -> str:
    """Note that somebody is away; gives a line that says so. Raises UsageError."""
    if last < first:
        raise click.UsageError(f"the last day ({last}) lies before the first ({first})")
    with house.store.write() as work:
        person = _found(work.people.organisation(), who)
        number = work.people.add_absence(Absence(person=person.id, first=first, last=last))
    return f"absence {number}: {person.name} is away from {first} to {last}"


def remove_absence(house: House, number: int) -> str:
    """Take an absence back; gives a line that says so. Raises UsageError."""
    try:
        with house.store.write() as work:
            work.people.remove_absence(number)
    except NotFound:
        raise click.UsageError(f"there is no absence {number}; 'gehoord absence list' shows them") from None
    return f"removed absence {number}"


def _found(organisation: Organisation, who: str) -> Person:
    """The person with this number or exactly this name. Raises UsageError when it is nobody, or more than one."""
    if who.isdecimal():
        found = [person for person in organisation.people if person.id == int(who)]
    else:
        found = [person for person in organisation.people if person.name == who]
    if not found:
        raise click.UsageError("nobody has this number or exactly this name; 'gehoord person list' shows everybody")
    if len(found) > 1:
        numbers = ", ".join(str(person.id) for person in found)
        raise click.UsageError(f"several people have this name; take a number: {numbers}")
    return found[0]


def _organisation(house: House) -> Organisation:
    with house.store.read() as work:
        return work.people.organisation()
