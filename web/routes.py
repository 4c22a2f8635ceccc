"""Every address of the product, in one table."""

from starlette.routing import BaseRoute, Mount, Route

from web import (
    activities,
    cases,
    complaint,
    correspondence,
    downloads,
    formatted,
    health,
    joined,
    postvak,
    questions,
    resending,
    review,
    signing,
    start,
)
from web.api import interface
from web.assets import Assets
from web.pages import Pages
from web.parts import Parts
from web.visits import SMALL, staff, threaded


def _with_files(parts: Parts) -> int:
    """Bytes of a post with files."""
    return parts.max_upload + SMALL


def routes(pages: Pages, assets: Assets) -> list[BaseRoute]:
    """The table."""
    return [
        # for everybody
        Route("/", threaded(start.start)),
        Route("/klacht-indienen", complaint.form_page),
        Route("/klacht-indienen", complaint.post, methods=["POST"]),
        Route("/inloggen", threaded(signing.sign_in_form)),
        Route("/inloggen", threaded(signing.sign_in), methods=["POST"]),
        Route("/static/{name:path}", assets.serve),
        # for people who are signed in
        Route("/uitloggen", staff(signing.sign_out, even_with_old_password=True), methods=["POST"]),
        Route("/wachtwoord", staff(signing.password_form, even_with_old_password=True)),
        Route("/wachtwoord", staff(signing.change_password, even_with_old_password=True), methods=["POST"]),
        Route("/beoordelen", staff(review.queue)),
        Route("/beoordelen/{task:int}/behandelaar", staff(review.handler_fragment)),
        Route("/beoordelen/{task:int}/bevestigen", staff(review.confirm), methods=["POST"]),
        Route("/beoordelen/{task:int}/afronden", staff(review.finish), methods=["POST"]),
        Route("/beoordelen/{task:int}/opnieuw", staff(review.try_again), methods=["POST"]),
        Route("/beoordelen/{task:int}/zaak", staff(review.open_by_hand), methods=["POST"]),
        Route("/beoordelen/{task:int}/samen", staff(questions.decide), methods=["POST"]),
        Route("/beoordelen/{task:int}/klager", staff(questions.complainant), methods=["POST"]),
        Route("/beoordelen/{task:int}/versturen", staff(resending.again), methods=["POST"]),
        Route("/zaken", staff(cases.cases)),
        Route("/zaken/{number}", staff(cases.case)),
        Route("/zaken/{number}/stap/{slug}", staff(activities.form)),
        Route("/zaken/{number}/stap/{slug}", staff(activities.take), methods=["POST"]),
        Route("/zaken/{number}/ongedaan", staff(review.undo), methods=["POST"]),
        Route("/zaken/{number}/behandelaar", staff(review.assign), methods=["POST"]),
        Route("/zaken/{number}/betrokken", staff(cases.declare), methods=["POST"]),
        Route("/zaken/{number}/brieven/{letter:int}", staff(cases.letter)),
        Route("/zaken/{number}/brieven/{letter:int}/pdf", staff(downloads.letter)),
        Route("/zaken/{number}/bericht", staff(correspondence.form)),
        Route("/zaken/{number}/bericht", staff(correspondence.write, limit=_with_files), methods=["POST"]),
        Route("/zaken/{number}/mogelijk-bezwaar", staff(correspondence.objection)),
        Route("/zaken/{number}/mogelijk-bezwaar", staff(correspondence.release_objection), methods=["POST"]),
        Route("/zaken/{number}/verwant", staff(joined.join), methods=["POST"]),
        Route("/zaken/{number}/losmaken", staff(joined.undo), methods=["POST"]),
        Route("/bijlagen/{attachment:int}", staff(downloads.attachment)),
        Route("/berichten/{message:int}/origineel", staff(downloads.original)),
        Route("/berichten/{message:int}/opmaak", staff(formatted.page)),
        Route("/berichten/{message:int}/opmaak/inhoud", staff(formatted.content)),
        Route("/postvak", staff(postvak.mails)),
        Route("/postvak/{key}", staff(postvak.mail)),
        # for machines
        Mount("/api/v1", interface(pages)),
        Route("/healthz", health.alive),
        Route("/readyz", threaded(health.ready)),
        Route("/metrics", threaded(health.metrics)),
    ]
