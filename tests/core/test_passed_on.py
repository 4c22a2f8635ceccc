"""A colleague passes a message on: the clock runs at once, and nobody is written to until a person says who."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.domain.access import Actor, Role
from core.domain.case import replayed
from core.domain.errors import NotAllowed, NotFound
from core.domain.events import ComplainantConfirmed
from core.domain.message import Contact, Forwarded, Inbound, Outcome, Outgoing, Refused, ReplyRoute, Route
from core.domain.organisation import Office
from core.domain.people import PartyRole
from core.domain.tasks import TaskKind
from core.service.complainants import Claim
from tests.core.world import KLACHT, World

COLLEAGUE = Contact(name="Karel Collega", email="k.collega@gemeente.example")
CITIZEN = Contact(name="Mia de Vries", email="mia@voorbeeld.example")
CONFIRMED = Contact(name="Maria de Vries-Bakker", email="maria@elders.example", phone="0612345678")
ASIDE = "Kun jij deze lastpost van de wethouder overnemen?"
STORY = "Ik ben op het gemeentehuis door de portier uitgescholden en wil daarover klagen."
EARLIEST = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
"""Friday 20 November, local time: three days before the colleague passed it on."""


def passed_on(world: World, *, contact: Contact = CITIZEN, received_at: datetime | None = EARLIEST) -> Inbound:
    mail = world.mail(
        f"{ASIDE}\n\n-----Oorspronkelijk bericht-----\nVan: {contact.name}\n\n{STORY}",
        sender=COLLEAGUE,
        subject="FW: klacht van mevrouw De Vries",
        message_id="intern@gemeente.example",
        references=("ander-intern-bericht@gemeente.example",),
    )
    return replace(mail, reply_text=ASIDE, forwarded=Forwarded(contact=contact, received_at=received_at))


@dataclass
class Waiting:
    """A case that waits for somebody to say who complains."""

    world: World
    case: int
    task: int
    coordinator: Actor

    def confirm(self, contact: Contact = CITIZEN, received_at: datetime = EARLIEST) -> None:
        self.world.complainants.confirm(self.coordinator, self.task, Claim(contact=contact, received_at=received_at))

    def letters(self) -> list[Outgoing]:
        return self.world.letters_of(self.case)


@pytest.fixture
def waiting(world: World) -> Waiting:
    accepted = world.intake.accept(passed_on(world))
    assert accepted.outcome == Outcome.OPENED
    case = world.case_id(accepted.case_number)
    [task] = world.tasks(case, kind=TaskKind.COMPLAINANT)
    return Waiting(world, case, task.id, world.coordinator())


def complainant(waiting: Waiting) -> Contact:
    view = waiting.world.queries.case(waiting.coordinator, waiting.case)
    [found] = [party.contact for party in view.parties if party.role == PartyRole.COMPLAINANT]
    return found


# --- before a person has spoken -----------------------------------------------------------------------------------


def test_nothing_is_sent_to_anybody(waiting: Waiting) -> None:
    assert waiting.letters() == []
    assert waiting.world.worker.claim_deliveries() == []
    kinds = [task.kind for task in waiting.world.tasks(waiting.case)]
    assert sorted(kinds) == sorted([TaskKind.COMPLAINANT, TaskKind.REVIEW])
    assert waiting.world.stored(waiting.case).acknowledged_at is None


def test_nothing_is_sent_about_refused_files_either(world: World) -> None:
    refused = (Refused(filename="film.mp4", reason="too_large", size=90_000_000),)
    world.intake.accept(replace(passed_on(world), refused=refused))
    assert world.worker.claim_deliveries() == []


def test_nothing_is_sent_by_confirming_what_the_message_is(waiting: Waiting) -> None:
    world = waiting.world
    [review] = world.tasks(waiting.case, kind=TaskKind.REVIEW)
    world.worker.classify()
    world.review.confirm(waiting.coordinator, review.id, KLACHT, version=world.stored(waiting.case).version)
    assert world.worker.claim_deliveries() == []


def test_the_citizen_inside_is_proposed(waiting: Waiting) -> None:
    assert complainant(waiting) == CITIZEN


def test_the_term_runs_from_the_earliest_receipt(waiting: Waiting) -> None:
    case = waiting.world.stored(waiting.case)
    assert (case.received_at, case.received_on) == (EARLIEST, date(2026, 11, 20))
    assert case.deadlines is not None
    # law.md d11: received on Friday 20 November 2026
    assert (case.deadlines.target, case.deadlines.limit.day) == (date(2026, 12, 18), date(2027, 1, 4))


@pytest.mark.parametrize("told", [None, datetime(2026, 12, 24, 9, 0, tzinfo=UTC)])
def test_without_a_usable_date_the_term_runs_from_our_own_receipt(world: World, told: datetime | None) -> None:
    """A forwarded header that says "tomorrow" gives nobody more time."""
    case = world.case_id(world.intake.accept(passed_on(world, received_at=told)).case_number)
    assert world.stored(case).received_on == date(2026, 11, 23)


def test_two_messages_passed_on_by_one_colleague_are_of_two_citizens(world: World) -> None:
    world.intake.accept(passed_on(world))
    other = passed_on(world, contact=Contact(name="Ali Demir", email="ali@voorbeeld.example"))
    second = replace(other, external_id="tweede@gemeente.example", text="De buurt is vies.", content_hash="a" * 64)
    case = world.case_id(world.intake.accept(second).case_number)
    assert sorted(task.kind for task in world.tasks(case)) == sorted([TaskKind.COMPLAINANT, TaskKind.REVIEW])


def test_a_second_complaint_of_the_citizen_is_proposed_beside_the_first(world: World) -> None:
    world.intake.accept(world.mail("De lantaarn is stuk en niemand doet iets.", sender=CITIZEN))
    case = world.case_id(world.intake.accept(passed_on(world)).case_number)
    assert world.tasks(case, kind=TaskKind.LINK)


def test_passed_on_twice_is_a_repeat(world: World) -> None:
    mail = passed_on(world)
    first, second = world.intake.accept_all([mail, mail])
    assert (second.outcome, second.case_number) == (Outcome.DUPLICATE, first.case_number)


# --- confirmed ----------------------------------------------------------------------------------------------------


def test_confirming_sends_the_acknowledgement_to_the_confirmed_citizen(waiting: Waiting) -> None:
    waiting.confirm(CONFIRMED)
    [receipt] = waiting.letters()
    assert (receipt.letter, receipt.receipt) == ("ontvangst", True)
    assert receipt.to == ReplyRoute(route=Route.MAIL, address=CONFIRMED.email)
    assert receipt.to_name == CONFIRMED.name
    waiting.world.deliver_all()
    assert waiting.world.stored(waiting.case).acknowledged_at == waiting.world.now
    assert not waiting.world.tasks(waiting.case, kind=TaskKind.COMPLAINANT)
    assert complainant(waiting) == CONFIRMED


def test_the_acknowledgement_gives_nothing_of_the_colleague_away(waiting: Waiting) -> None:
    waiting.confirm(CONFIRMED)
    [receipt] = waiting.letters()
    told = "\n".join((receipt.subject, receipt.text, receipt.html or "", receipt.reply_to)).casefold()
    for inside in ("lastpost", "karel", "collega@", "wethouder", "fw:", "intern@"):
        assert inside not in told
    assert (receipt.in_reply_to, receipt.references) == (None, ())


def test_the_dates_in_the_letter_are_those_of_the_confirmed_receipt(waiting: Waiting) -> None:
    waiting.confirm(CONFIRMED, datetime(2026, 11, 14, 10, 0, tzinfo=UTC))
    [receipt] = waiting.letters()
    case = waiting.world.stored(waiting.case)
    assert case.received_on == date(2026, 11, 14)
    assert case.deadlines is not None
    # law.md d10: received on Saturday 14 November 2026
    assert (case.deadlines.target, case.deadlines.limit.day) == (date(2026, 12, 12), date(2026, 12, 28))
    for promised in ("14 november 2026", "12 december 2026", "28 december 2026"):
        assert promised in receipt.text


def test_the_confirmed_day_is_the_local_one(waiting: Waiting) -> None:
    waiting.confirm(CITIZEN, datetime(2026, 11, 18, 23, 15, tzinfo=UTC))
    assert waiting.world.stored(waiting.case).received_on == date(2026, 11, 19)


def test_the_receipt_of_the_message_itself_is_the_latest_possible(waiting: Waiting) -> None:
    waiting.confirm(CITIZEN, waiting.world.now)
    assert waiting.world.stored(waiting.case).received_on == date(2026, 11, 23)


def test_a_receipt_later_than_the_message_is_refused(waiting: Waiting) -> None:
    before = waiting.world.stored(waiting.case)
    waiting.world.later(days=2)
    with pytest.raises(ValueError, match=r"."):
        waiting.confirm(CITIZEN, waiting.world.now - timedelta(days=1))
    assert waiting.world.stored(waiting.case) == before
    assert waiting.letters() == []
    assert waiting.world.tasks(waiting.case, kind=TaskKind.COMPLAINANT)


def test_who_stays_unknown_is_anonymous_and_gets_no_letter(waiting: Waiting) -> None:
    waiting.confirm(Contact())
    assert waiting.world.stored(waiting.case).anonymous
    assert waiting.letters() == []
    assert not waiting.world.tasks(waiting.case, kind=TaskKind.COMPLAINANT)


def test_a_citizen_without_mail_gets_a_letter_by_post(waiting: Waiting) -> None:
    waiting.confirm(Contact(name="Mia de Vries", address="Dorpsstraat 1\n1234 AB Voorbeeld"))
    [receipt] = waiting.letters()
    assert receipt.to.route == Route.PRINT
    assert "Mia de Vries" in receipt.to.address and "Dorpsstraat 1" in receipt.to.address
    assert waiting.world.tasks(waiting.case, kind=TaskKind.POST_LETTER)
    assert not waiting.world.stored(waiting.case).anonymous


def test_a_citizen_with_only_a_telephone_is_for_a_person_to_tell(waiting: Waiting) -> None:
    waiting.confirm(Contact(name="Mia de Vries", phone="0612345678"))
    assert waiting.letters() == []
    assert waiting.world.tasks(waiting.case, kind=TaskKind.ACKNOWLEDGE)
    assert not waiting.world.stored(waiting.case).anonymous


def test_an_answer_of_the_confirmed_citizen_lands_in_the_case(waiting: Waiting) -> None:
    waiting.confirm(CONFIRMED)
    world = waiting.world
    answer = world.mail("Dank u.", sender=CONFIRMED, references=(waiting.letters()[0].message_id,))
    accepted = world.intake.accept(answer)
    assert (accepted.outcome, accepted.case_number) == (Outcome.APPENDED, world.stored(waiting.case).number)


def test_who_was_proposed_and_corrected_is_no_party(waiting: Waiting) -> None:
    waiting.confirm(CONFIRMED)
    world = waiting.world
    answer = world.mail("Ik?", sender=CITIZEN, references=(waiting.letters()[0].message_id,))
    assert world.intake.accept(answer).outcome == Outcome.OPENED


def test_the_journal_says_who_confirmed_it_and_the_case_replays(waiting: Waiting) -> None:
    world = waiting.world
    waiting.confirm(CONFIRMED, EARLIEST - timedelta(days=1))
    with world.store.read() as work:
        stored, history = work.cases.get(waiting.case), work.cases.history(waiting.case)
    [actor] = [entry.actor for entry in history if isinstance(entry.event, ComplainantConfirmed)]
    assert actor == waiting.coordinator.user
    made = replayed(waiting.case, stored.number, history, reply_key=stored.reply_key)
    assert replace(made, version=stored.version) == stored


def test_the_number_stays_as_it_was(waiting: Waiting) -> None:
    number = waiting.world.stored(waiting.case).number
    waiting.confirm(CITIZEN, datetime(2025, 12, 31, 9, 0, tzinfo=UTC))
    assert waiting.world.stored(waiting.case).number == number


# --- who may, and how often ---------------------------------------------------------------------------------------


def test_a_second_click_sends_no_second_letter(waiting: Waiting) -> None:
    waiting.confirm(CITIZEN)
    with pytest.raises(NotFound):
        waiting.confirm(CONFIRMED)
    assert [letter.to.address for letter in waiting.letters()] == [CITIZEN.email]


def test_the_task_is_not_ticked_off_without_an_answer(waiting: Waiting) -> None:
    with pytest.raises(NotAllowed):
        waiting.world.review.finish(waiting.coordinator, waiting.task)


def test_another_task_is_no_question_about_the_complainant(waiting: Waiting) -> None:
    [review] = waiting.world.tasks(waiting.case, kind=TaskKind.REVIEW)
    with pytest.raises((NotFound, NotAllowed)):
        waiting.world.complainants.confirm(waiting.coordinator, review.id, Claim(contact=CITIZEN, received_at=EARLIEST))
    assert waiting.letters() == []


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_only_the_coordinator_confirms(waiting: Waiting, role: Role) -> None:
    stranger = replace(waiting, coordinator=waiting.world.account("ander", role))
    with pytest.raises((NotFound, NotAllowed)):
        stranger.confirm()
    assert waiting.letters() == []


def test_the_person_complained_about_confirms_nothing(waiting: Waiting) -> None:
    world = waiting.world
    person = world.official("P. Ortier", Office.TEAMLEIDER, "facilitair")
    [review] = world.tasks(waiting.case, kind=TaskKind.REVIEW)
    decision = replace(KLACHT, respondent_person=person, respondent_name="P. Ortier")
    world.review.confirm(waiting.coordinator, review.id, decision, version=world.stored(waiting.case).version)
    accused = replace(waiting, coordinator=world.account("portier", *Role, person=person))
    with pytest.raises(NotFound):
        accused.confirm()
    assert waiting.letters() == []
