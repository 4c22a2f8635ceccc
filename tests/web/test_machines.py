"""What machines ask, error pages, static files, and whether every word is there."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.brakes import Braked
from core.domain.labels import Channel, Kind, RespondentRole
from core.domain.message import DeliveryState, Route
from core.domain.organisation import Office
from core.domain.tasks import PROPOSALS, TaskKind
from core.domain.workflow import Stage
from templates.texts import texts
from tests.web.house import House
from tests.web.vendoring import SPRITE, VENDOR, digest, packages, sprite
from web.assets import COMPONENTS, FONTS
from web.cases import STEPS
from web.complaint import ABOUT
from web.delivery import REASONS
from web.notices import NOTICES
from web.onward import TABS

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "templates" / "web").rglob("*.html"))


def test_alive_and_ready(house: House):
    client = house.client()
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").json() == {"database": True}
    house.parts = replace(house.parts, is_ready=lambda: {"database": False, "worker": True})
    answer = house.client().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": False, "worker": True})


def test_figures_are_for_this_machine_only(house: House):
    assert house.client().get("/metrics").status_code == 404
    assert house.client(client=("192.0.2.7", 1)).get("/metrics").status_code == 404
    here = house.client(client=("127.0.0.1", 1))
    assert here.get("/metrics").text == "gehoord_queue 1\n"
    assert house.client(client=("::1", 1)).get("/metrics").headers["content-type"] == "text/plain; version=0.0.4"
    assert here.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [("GET", "/nergens", 404, "Deze pagina bestaat niet"), ("DELETE", "/zaken", 405, "Dat kan hier niet")],
)
def test_error_pages_are_in_dutch(house: House, method: str, path: str, status: int, words: str):
    answer = house.client().request(method, path)
    assert answer.status_code == status
    assert words in answer.text


def test_a_fault_of_ours_is_said_kindly_and_tells_nothing(house: House):
    def broken() -> dict[str, bool]:
        raise RuntimeError("geheim pad")

    house.parts = replace(house.parts, is_ready=broken)
    answer = house.client(raise_server_exceptions=False).get("/readyz")
    assert answer.status_code == 500
    assert "Dat ligt aan ons" in answer.text
    assert "14\u00a00591" in answer.text
    assert "geheim" not in answer.text
    assert "content-security-policy" in answer.headers


def test_the_front_door_offers_two_ways_and_takes_people_at_work_to_their_work(house: House, staff):
    page = house.client().get("/").text
    assert 'href="/klacht-indienen"' in page
    assert 'href="/inloggen"' in page
    assert staff.get("/").headers["location"] == "/beoordelen"


def test_static_files_are_compressed_marked_and_kept(house: House):
    client = house.client()
    addresses = re.findall(r'(?:href|src)="(/static/[^"#]+)', client.get("/klacht-indienen").text)
    assert len(addresses) == 3
    for address in addresses:
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.headers["content-encoding"] == "gzip"
        assert "immutable" in answer.headers["cache-control"]
        again = client.get(address, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert client.get("/static/../app.py").status_code == 404
    assert client.get("/static/vendor/vendor.toml").status_code == 404
    assert client.get("/static/gehoord.css?v=oud").headers["cache-control"] == "no-cache"


def test_the_first_load_stays_under_120_kilobytes(house: House, staff):
    """The budget of the queue over the wire: page, styles, script, icons, one font."""
    for number in range(20):
        house.receive(f"Bericht {number}", "Een gewoon bericht. " * 30, classify=False, deliver=False)
    page = staff.get("/beoordelen")
    addresses = {
        *re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text),
        "/static/fonts/source-sans-3-latin-wght-normal.woff2",
    }
    total = len(page.content)
    for address in addresses:
        with staff.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as answer:
            total += sum(len(chunk) for chunk in answer.iter_raw())
    assert total < 120_000


def test_every_file_of_the_style_is_really_there(house: House):
    client = house.client()
    css = client.get("/static/gehoord.css").text
    for address in re.findall(r"url\((/static/[^)]+)\)", css):
        assert client.get(address).status_code == 200
    assert "url(http" not in client.get("/static/components.css").text


def test_vendored_files_are_untouched_and_listed_with_their_licence():
    listed = {package.folder / name: checksum for package in packages() for name, checksum in package.files.items()}
    present = {path for path in VENDOR.rglob("*") if path.is_file() and path.name != "vendor.toml"}
    assert present == set(listed)
    for path, checksum in listed.items():
        assert digest(path) == checksum
    for package in packages():
        assert package.licence in ("EUPL-1.2", "MIT", "OFL-1.1")
        assert any(name.startswith("LICENSE") for name in package.files)
    assert SPRITE.read_text() == sprite()
    for name in (*COMPONENTS, FONTS):
        assert (VENDOR / name).exists()


def test_house_styles_that_are_not_ours_to_use_are_not_vendored():
    names = {package.name for package in packages()}
    closed = {"@utrecht/design-tokens", "@rijkshuisstijl-community/design-tokens", "@amsterdam/design-system-tokens"}
    assert not names & closed


def test_every_icon_that_is_used_is_in_the_sprite():
    source = "\n".join(path.read_text() for path in (*PAGES, ROOT / "web" / "history.py"))
    used = {*re.findall(r'icon\("([a-z0-9-]+)"\)', source), *re.findall(r'yield "([a-z-]+)", ', source)}
    used |= set(re.findall(r'"[a-z_]+": "([a-z0-9-]+)"', (ROOT / "templates/web/part/macros.html").read_text()))
    assert used
    assert used <= set(re.findall(r'id="([a-z0-9-]+)"', SPRITE.read_text()))


def keys_in_templates() -> set[str]:
    source = "\n".join(path.read_text() for path in PAGES)
    return set(re.findall(r'\bt\("([a-z0-9_.-]+)"[,)]', source)) | set(re.findall(r"\bt\('([a-z0-9_.-]+)'[,)]", source))


def families() -> dict[str, set[str]]:
    """Keys that are put together from a slug, by their beginning."""
    tasks = {kind.value for kind in TaskKind}
    return {
        "kind.": set(Kind), "channel.": set(Channel), "role.": set(RespondentRole), "office.": set(Office),
        "stage.": set(Stage), "route.": set(Route), "delivery.": set(DeliveryState) - {"sent"} | {
            "bounced", "delayed", "replaced", "to_post", "trying", "trying_one", "again_as", "again_for",
            *(f"sent_{route}" for route in Route),
        },
        "reason.": {*REASONS, "other"} - {"sent_again"}, "brake.": set(Braked),
        "alert.": {"old_mail", "old_mail_one", "door_difference", "door_difference_one", "loop_address", "loop_case",
                   "letter_override", "scanner_away", "classifier_away", "other"},
        "refused.": {"too_large", "too_many", "total_too_large", "other", "title"},
        "scan.": {"waiting", "infected", "unscannable"},
        "risk.": {"double_extension", "executable", "script", "shortcut", "disk_image", "macro",
                  "archive_with_executable", "encrypted_archive", "encrypted_document", "active_content",
                  "type_disagrees", "closed_archive", "other"},
        "trust.": {"dmarc_fail", "spf_fail", "dkim_fail", "claims_ours", "other_domain", "reply_to_differs",
                   "lookalike", "several_from", "no_from", "date_past", "date_future", "spam", "reused_id",
                   "aligned_domain", "checks", "title", "look", "nothing"},
        "task.together.": set(PROPOSALS), "task.apart.": set(PROPOSALS),
        "task.": tasks,
        "task.todo.": tasks - {"review"}, "notice.": set(NOTICES), "tab.": set(TABS),
        "step.": {name for name, _ in STEPS},
        "form.about.": set(ABOUT), "case.basis.": {"statutory", "adjourned", "agreed"},
        "abstain.": {"no_content", "too_short", "foreign_language", "nothing_stands_out", "kinds_close", "team_unsure",
                     "other"},
        "because.": {"absent", "involved", "no_fallback", "no_rule", "fallback_vacant", "fallback_unavailable",
                     "other"},
        "opinion.": {"sure", "likely"}, "sign_in.error.": {"wrong", "wait", "expired"},
        "password.error.": {"wrong", "differ", "short", "same"}, "password.": {"old", "new", "again"},
        "error.title.": {"400", "403", "404", "405", "413", "500", "held"},
        "error.text.": {"400", "403", "404", "405", "413", "500", "held"},
        "letter.": {path.name for path in (ROOT / "templates" / "letters").iterdir()
                    if (path / "subject.txt").exists()},
    }  # fmt: skip


def test_every_word_that_a_page_can_ask_for_is_there():
    web = texts("web")
    wanted = keys_in_templates() | {start + slug for start, slugs in families().items() for slug in slugs}
    assert sorted(key for key in wanted if key not in web) == []


def test_no_word_is_there_for_nothing():
    source = "\n".join(path.read_text() for path in (*PAGES, *(ROOT / "web").glob("*.py")))
    starts = (*families(), "event.", "form.problem.", "task.done.")
    unused = {key for key in texts("web").keys if not key.startswith(starts) and key not in source}
    assert unused == set()


def test_sentences_for_people_are_short():
    for key in sorted(texts("web").keys):
        for sentence in re.split(r"[.?!:]\s", texts("web")._texts[key]):
            assert len(sentence.split()) <= 25, key


def test_no_dutch_stands_in_the_code():
    for path in sorted((ROOT / "web").glob("*.py")):
        assert not re.search(r'"[^"]*\b(?:niet|een|het|uw|wij|zaken zijn)\b [^"]*"', path.read_text()), path.name
