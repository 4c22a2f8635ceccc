"""What every section of the settings has in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of the settings; an unknown key is an error, because a misspelt one would be ignored in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)
