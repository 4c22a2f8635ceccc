"""The same person writes again: another complaint beside the first, the same one told twice, or a plain repeat."""

from dataclasses import replace
from datetime import timedelta

from core.domain.labels import Channel
from core.domain.message import Attachment, Automatic, Contact, Inbound, Outcome, ReplyRoute, Route
from core.domain.tasks import TaskKind
from tests.core.world import JAN, World

STORY = (
    "Op dinsdag 3 november stond ik een uur aan de balie in het gemeentehuis. De medewerker zei dat ik een verkeerd "
    "formulier had ingevuld en liep daarna weg. Ik heb drie keer gebeld en ben geen enkele keer teruggebeld."
)
OTHER_STORY = (
    "De vuilnisauto rijdt elke donderdag over de stoep langs de school en de chauffeur steekt zijn middelvinger op "
    "naar ouders die daar iets van zeggen. Dat vind ik gevaarlijk en onbeschoft."
)
PIET = Contact(name="Piet Pieters", email="piet@elders.example")
PROPOSALS = (TaskKind.MATCH, TaskKind.DUPLICATE, TaskKind.LINK)


def proposals(world: World, accepted_number: str | None) -> list[TaskKind]:
    return [task.kind for task in world.tasks(world.case_id(accepted_number)) if task.kind in PROPOSALS]


def proposed(world: World, second: Inbound) -> list[TaskKind]:
    """What is proposed for a message that comes after Jan told his story once."""
    world.intake.accept(world.mail(STORY))
    world.later(hours=2)
    accepted = world.intake.accept(second)
    assert accepted.outcome == Outcome.OPENED
    return proposals(world, accepted.case_number)


def test_a_first_complaint_proposes_nothing(world: World) -> None:
    accepted = world.intake.accept(world.mail(STORY))
    assert proposals(world, accepted.case_number) == []


def test_another_complaint_of_the_same_person_is_a_new_case_beside_the_first(world: World) -> None:
    assert proposed(world, world.mail(OTHER_STORY, subject="Vuilnisauto")) == [TaskKind.LINK]


def test_both_complaints_are_acknowledged_and_reviewed(world: World) -> None:
    for story in (STORY, OTHER_STORY):
        case = world.case_id(world.intake.accept(world.mail(story)).case_number)
        assert [letter.letter for letter in world.letters_of(case)] == ["ontvangst"]
        assert world.tasks(case, kind=TaskKind.REVIEW)


def test_the_same_subject_alone_does_not_make_two_complaints_one(world: World) -> None:
    second = world.mail(OTHER_STORY, subject="Niet teruggebeld")
    assert proposed(world, second) == [TaskKind.LINK]


def test_a_story_resent_with_a_new_id_is_proposed_as_the_same(world: World) -> None:
    assert proposed(world, world.mail(STORY)) == [TaskKind.DUPLICATE]


def test_a_story_resent_with_a_line_more_is_proposed_as_the_same(world: World) -> None:
    again = world.mail(f"Ik stuur dit nog een keer omdat ik niets hoor.\n\n{STORY}", subject="Nogmaals: klacht")
    assert proposed(world, again) == [TaskKind.DUPLICATE]


def test_a_story_resent_in_other_case_and_spacing_is_proposed_as_the_same(world: World) -> None:
    assert proposed(world, world.mail(STORY.upper().replace(". ", ".\n\n   "))) == [TaskKind.DUPLICATE]


def test_a_form_and_a_mail_with_one_story_are_proposed_as_the_same(world: World) -> None:
    form = replace(
        world.mail(STORY, subject="Klachtenformulier"),
        channel=Channel.KLACHTENFORMULIER,
        door="form",
        external_id="form-0001",
        fields={"about_whom": "de balie", "when": "3 november"},
    )
    assert proposed(world, form) == [TaskKind.DUPLICATE]


def test_a_form_that_asks_for_answers_by_post_is_still_recognised_by_its_mail_address(world: World) -> None:
    form = replace(
        world.mail(STORY),
        channel=Channel.KLACHTENFORMULIER,
        sender=replace(JAN, address="Dorpsstraat 1, Voorbeeld"),
        reply=ReplyRoute(route=Route.PRINT, address="Jan Jansen\nDorpsstraat 1, Voorbeeld"),
    )
    assert proposed(world, form) == [TaskKind.DUPLICATE]


def test_capitals_in_the_address_do_not_make_another_person(world: World) -> None:
    assert proposed(world, world.mail(STORY, sender=replace(JAN, email="JAN@voorbeeld.example"))) == [
        TaskKind.DUPLICATE
    ]


def test_the_same_story_of_somebody_else_is_theirs_alone(world: World) -> None:
    assert proposed(world, world.mail(STORY, sender=PIET)) == []


def test_two_people_without_an_address_are_not_one_person(world: World) -> None:
    world.intake.accept(world.mail(STORY, sender=Contact(), answerable=False))
    accepted = world.intake.accept(world.mail(f"{STORY} Echt.", sender=Contact(), answerable=False))
    assert proposals(world, accepted.case_number) == []


def test_a_few_words_are_never_called_the_same(world: World) -> None:
    world.intake.accept(world.mail("Bel mij!", message_id="a@voorbeeld.example"))
    accepted = world.intake.accept(world.mail("Bel mij!", message_id="b@voorbeeld.example"))
    assert proposals(world, accepted.case_number) == [TaskKind.LINK]


def test_a_third_telling_is_proposed_too(world: World) -> None:
    world.intake.accept(world.mail(STORY))
    world.intake.accept(world.mail(OTHER_STORY))
    accepted = world.intake.accept(world.mail(STORY))
    assert proposals(world, accepted.case_number) == [TaskKind.DUPLICATE]


def test_what_nobody_typed_is_proposed_for_nothing(world: World) -> None:
    world.intake.accept(world.mail(STORY))
    accepted = world.intake.accept(world.mail(STORY, automatic=Automatic(auto_submitted=True)))
    assert accepted.outcome == Outcome.AUTOMATIC
    assert world.queries.cases(world.coordinator())[0].number == "2026-0001"


def test_the_proposal_is_for_the_coordinator_and_soon(world: World) -> None:
    world.intake.accept(world.mail(STORY))
    accepted = world.intake.accept(world.mail(STORY))
    coordinator = world.coordinator()
    [item] = [item for item in world.queries.queue(coordinator) if item.kind == TaskKind.DUPLICATE]
    assert (item.number, item.message) == (accepted.case_number, accepted.message)
    assert item.due - world.now.date() <= timedelta(days=3)


# --- the same message (decisions 10) --------------------------------------------------------------------------------


def test_the_same_id_and_content_through_another_door_is_a_repeat(world: World) -> None:
    mail = world.mail(STORY, message_id="een@voorbeeld.example")
    first = world.intake.accept(replace(mail, door="imap:klachten"))
    second = world.intake.accept(replace(mail, door="imap:info", raw=b"Received: by another server\r\n" + mail.raw))
    assert second == replace(first, outcome=Outcome.DUPLICATE)
    assert len(world.deliver_all()) == 1


def test_a_repeat_of_a_further_message_changes_nothing(world: World) -> None:
    first = world.intake.accept(world.mail(STORY, message_id="een@voorbeeld.example"))
    further = world.mail("Nog iets.", references=("een@voorbeeld.example",))
    world.intake.accept(further)
    assert world.intake.accept(further).outcome == Outcome.DUPLICATE
    case = world.case_id(first.case_number)
    assert len(world.tasks(case, kind=TaskKind.FOLLOW_UP)) == 1


def test_a_reused_id_with_other_content_is_kept_answered_and_marked(world: World) -> None:
    coordinator = world.coordinator()
    world.intake.accept(world.mail(STORY, message_id="een@voorbeeld.example"))
    second = world.intake.accept(world.mail(OTHER_STORY, message_id="een@voorbeeld.example"))
    assert second.outcome == Outcome.OPENED
    view = world.queries.message(coordinator, second.message)
    assert view.text == OTHER_STORY
    assert view.marks["reused_id"]
    assert len(world.deliver_all()) == 2


def test_a_reused_id_of_somebody_else_is_kept_and_marked_too(world: World) -> None:
    coordinator = world.coordinator()
    world.intake.accept(world.mail(STORY, message_id="een@voorbeeld.example"))
    second = world.intake.accept(world.mail(OTHER_STORY, message_id="een@voorbeeld.example", sender=PIET))
    assert second.outcome == Outcome.OPENED
    assert world.queries.message(coordinator, second.message).marks["reused_id"]


def test_an_id_used_once_is_not_marked(world: World) -> None:
    accepted = world.intake.accept(world.mail(STORY))
    assert "reused_id" not in world.queries.message(world.coordinator(), accepted.message).marks


def test_marks_of_the_mail_itself_stay_beside_the_mark_of_the_reused_id(world: World) -> None:
    world.intake.accept(world.mail(STORY, message_id="een@voorbeeld.example"))
    marked = replace(world.mail(OTHER_STORY, message_id="een@voorbeeld.example"), marks={"dmarc": "fail"})
    view = world.queries.message(world.coordinator(), world.intake.accept(marked).message)
    assert view.marks["dmarc"] == "fail" and view.marks["reused_id"]


def test_other_files_under_one_id_are_another_message(world: World) -> None:
    """The hash is the door's; what counts here is that a different hash is never swallowed."""
    plain = world.mail(STORY, message_id="een@voorbeeld.example")
    world.intake.accept(plain)
    photo = Attachment(filename="foto.jpg", content_type="image/jpeg", content=b"foto")
    other = world.intake.accept(replace(plain, attachments=(photo,), content_hash="f" * 64))
    assert other.outcome != Outcome.DUPLICATE
    assert len(world.queries.message(world.coordinator(), other.message).attachments) == 1


def test_a_reply_that_reuses_an_id_still_lands_in_its_case(world: World) -> None:
    """Some mail programs repeat the id of a draft: the second text is an addition, and it is marked."""
    first = world.intake.accept(world.mail(STORY, message_id="een@voorbeeld.example"))
    second = world.mail(OTHER_STORY, message_id="een@voorbeeld.example", references=("een@voorbeeld.example",))
    accepted = world.intake.accept(second)
    assert accepted.case_number == first.case_number
    assert world.queries.message(world.coordinator(), accepted.message).marks["reused_id"]
