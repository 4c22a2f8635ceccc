"""Asking the routing table who handles a case (process description, section 5); a person decides."""

from datetime import date

from core.domain.case import Case
from core.domain.events import HandlerProposed
from core.domain.organisation import Organisation
from core.domain.routing import Proposal, propose
from core.domain.triage import Decision


def proposal_for(organisation: Organisation, case: Case, decision: Decision, today: date) -> Proposal:
    """What the table gives: never somebody who is away, complained about, or known to be involved (Awb 9:7)."""
    respondents = {decision.respondent_person} - {None}
    return propose(
        decision.respondent_role,
        decision.team,
        organisation,
        absent=organisation.absent(today),
        involved=frozenset(person for person in {*respondents, *case.involved} if person is not None),
    )


def proposed(proposal: Proposal) -> HandlerProposed:
    """That it was asked, and what it gave."""
    return HandlerProposed(
        outcome=proposal.outcome,
        rule=proposal.rule,
        office=proposal.office,
        person=proposal.person,
        candidates=proposal.candidates,
        because=proposal.because,
    )
