"""Letters to citizens: a name and facts become subject, text and html. What each must be told stands in ``samples``."""

from core.letters.checking import Problem, check, own_files
from core.letters.facts import Fact, JudgedPart, typed
from core.letters.overrides import Alert
from core.letters.rendering import Letter
from core.letters.wording import LANGUAGES, written_day
from core.letters.writing import Letters

__all__ = [
    "LANGUAGES",
    "Alert",
    "Fact",
    "JudgedPart",
    "Letter",
    "Letters",
    "Problem",
    "check",
    "own_files",
    "typed",
    "written_day",
]
