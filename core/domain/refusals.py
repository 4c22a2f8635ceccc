"""What stands in the way of doing something: a slug, the article that says so, and what is still missing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One reason why not. Words for it stand in ``templates/texts`` under the slug."""

    slug: str
    article: str
    """The article of the law, or the section of the process description or the decisions."""
    missing: tuple[str, ...] = ()
    """What would take the refusal away, as slugs."""
