"""Pages from templates: escaped by default, and a fact that is missing is an error, never a gap."""

from datetime import date
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from templates.texts import Texts, texts
from web.assets import Assets
from web.delivery import whereabouts
from web.formatting import has_formatting
from web.parts import Parts
from web.trust import signs
from web.words import Words


class Pages:
    """Everything that is needed to make a page, built once for the application."""

    def __init__(self, parts: Parts, assets: Assets) -> None:
        self.parts = parts
        self.texts: Texts = texts("web")
        self._environment = Environment(
            loader=FileSystemLoader(Path(str(files("templates"))) / "web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        words = Words(calendar=parts.calendar, texts=self.texts, today=self.today)
        self.day, self.moment = words.day, words.moment
        self._environment.filters |= words.filters()
        self._environment.globals |= {
            "t": self.texts,
            "asset": assets.address,
            "municipality": parts.municipality,
            "phone": parts.municipality.phone.replace(" ", "\u00a0"),
            "today": self.today,
            "signs": signs,
            "whereabouts": whereabouts,
            "has_formatting": has_formatting,
        }

    def today(self) -> date:
        """The local day."""
        return self.parts.calendar.day_of(self.parts.clock())

    def page(self, template: str, status: int = 200, **facts: object) -> HTMLResponse:
        """A page, or a fragment of one."""
        return HTMLResponse(self._environment.get_template(template).render(facts), status)


def pages_of(request: Request) -> Pages:
    """The pages of the application that this request came to."""
    pages = request.app.state.pages
    if not isinstance(pages, Pages):
        raise TypeError("the application was built without pages")
    return pages
