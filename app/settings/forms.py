"""The settings of forms of other websites: ``[forms.NAME]`` in the settings file; see docs/examples/forms.toml."""

import re

from pydantic import BaseModel, Field, field_validator
from pydantic_core import PydanticCustomError

from mailin.forms.mapping import YES, FormMapping


class FormLabels(BaseModel, frozen=True, extra="forbid"):
    """Under which labels a form asks for each field; a field left out keeps the ordinary Dutch labels.

    Compared without capitals, accents, spaces and punctuation. In JSON and XML a label may be a path: persoon.naam.
    """

    name: tuple[str, ...] | None = None
    first_name: tuple[str, ...] | None = Field(default=None, description="with prefix and last_name, instead of name")
    prefix: tuple[str, ...] | None = None
    last_name: tuple[str, ...] | None = None
    email: tuple[str, ...] | None = None
    phone: tuple[str, ...] | None = None
    address: tuple[str, ...] | None = Field(default=None, description="a whole address in one field")
    street: tuple[str, ...] | None = None
    number: tuple[str, ...] | None = None
    postcode: tuple[str, ...] | None = None
    city: tuple[str, ...] | None = None
    when: tuple[str, ...] | None = Field(default=None, description="date of the conduct")
    about_whom: tuple[str, ...] | None = None
    team: tuple[str, ...] | None = None
    consent: tuple[str, ...] | None = Field(default=None, description="may answers go by e-mail (Awb 2:8)")
    story: tuple[str, ...] | None = Field(default=None, description="what happened; several labels make one story")


class FormSettings(BaseModel, frozen=True, extra="forbid"):
    """One form of another website: how it is recognised, and what its labels mean."""

    senders: tuple[str, ...] = Field(
        default=(), description="addresses that mail this form (From, Sender or envelope); empty for smtp.forwarders"
    )
    subject: str = Field(default="", description="regular expression that the subject must hold")
    keys: tuple[str, ...] = Field(default=(), description="names of web.form_keys whose posts are this form")
    labels: FormLabels = FormLabels()
    teams: dict[str, str] = Field(default={}, description="the form's word for a team -> the team's slug")
    consent_wording: str = Field(default="", description="the question that was agreed to; empty for label and answer")
    consent_yes: tuple[str, ...] = Field(default=YES, description="answers that agree")
    ignore: tuple[str, ...] = Field(default=(), description="labels that say nothing, such as the browser")
    footers: tuple[str, ...] = Field(default=(), description="beginnings of lines that end the form in a mail")

    @field_validator("subject")
    @classmethod
    def _must_be_expression(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise PydanticCustomError("expression", "is no regular expression: {why}", {"why": error.msg}) from None
        return value

    def mapping(self, name: str) -> FormMapping:
        """The mapping as the mail doors and the JSON interface know it."""
        return FormMapping(
            name=name,
            senders=frozenset(one.casefold() for one in self.senders),
            subject=re.compile(self.subject, re.I) if self.subject else None,
            keys=frozenset(self.keys),
            labels=self.labels.model_dump(exclude_none=True),
            teams=self.teams,
            consent_wording=self.consent_wording,
            consent_yes=self.consent_yes,
            ignore=self.ignore,
            footers=self.footers,
        )
