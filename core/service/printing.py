"""Letters on paper: the PDF of what was written, to print and post, or to keep as it left."""

from dataclasses import dataclass

from core.domain.access import Actor, visible_outside_cases
from core.domain.errors import NotFound
from core.domain.message import Outgoing, Route
from core.domain.municipality import Municipality
from core.domain.terms import Calendar
from core.letters.paper import Paper, Pdf
from core.letters.structure import plain_structure, structure
from core.ports import Store, Work
from core.service.admission import admitted
from core.views import Download

PDF_TYPE = "application/pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """Puts letters on the municipality's paper."""

    store: Store
    calendar: Calendar
    municipality: Municipality
    maker: Pdf

    def pdf(self, actor: Actor, outgoing: int) -> Download:
        """A letter as PDF, the same bytes each time; for who may see its case whole. Raises NotFound."""
        with self.store.read() as work:
            letter = work.outbox.get(outgoing)
            number = self._number(work, actor, letter)
            enclosures = tuple(name for name, _, _ in work.outbox.enclosed(outgoing))
        content = self.maker.render(self._paper(letter, number, enclosures))
        return Download(filename=f"{number}-{letter.letter}.pdf", content_type=PDF_TYPE, content=content)

    @staticmethod
    def _number(work: Work, actor: Actor, letter: Outgoing) -> str:
        """What the letter is known by, for somebody who may see it."""
        if letter.case is not None:
            admitted(work, actor, letter.case)
            return work.cases.get(letter.case).number
        if not visible_outside_cases(actor):
            raise NotFound
        return str(letter.id)

    def _paper(self, letter: Outgoing, number: str, enclosures: tuple[str, ...]) -> Paper:
        return Paper(
            sender=self.municipality,
            to=_window(letter),
            day=self.calendar.day_of(letter.created_at),
            reference=number,
            subject=letter.subject,
            blocks=structure(letter.html) if letter.html else plain_structure(letter.text),
            enclosures=enclosures,
            room_to_sign=letter.to.route == Route.PRINT and not letter.automatic,
        )


def _window(letter: Outgoing) -> tuple[str, ...]:
    """Name and address for the window of the envelope; what left another way says for whom it was, and where to."""
    lines = letter.to.address.splitlines()
    if letter.to.route == Route.MAIL:
        lines = [letter.to_name, *lines]
    elif letter.to.route != Route.PRINT:
        lines = [letter.to_name]
    return tuple(line.strip() for line in lines if line.strip())
