"""Chromium: Debian's own browser, kept running; each test steers it in a fresh, separate profile."""

import contextlib
import http.client
import json
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.parts.server import Server, free_port, run_by_hand

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

# Resolving every name but this machine's to nothing keeps the browser from the network.
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--lang=nl-NL",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)


class Chromium(Server):
    """One browser process; `page` opens a window in a profile of its own and closes it after use.

    Playwright is started per window (about 0.4 s) and not kept: while it runs, its event loop lives in the calling
    thread and no other test could call asyncio.run.
    """

    name = "chromium"
    programs = ("chromium",)

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()

    def command(self) -> list[str]:
        profile = self.directory / "profile"
        program = shutil.which("chromium") or "chromium"
        address = [f"--remote-debugging-port={self.port}", "--remote-debugging-address=127.0.0.1"]
        return [program, *FLAGS, *address, f"--user-data-dir={profile}", "about:blank"]

    def ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(connection):
            connection.request("GET", "/json/version")
            return "webSocketDebuggerUrl" in json.load(connection.getresponse())

    def describe(self) -> str:
        return f"devtools http://127.0.0.1:{self.port}"

    @contextlib.contextmanager
    def context(
        self, *, javascript: bool = True, width: int = 1280, height: int = 900, dark: bool = False
    ) -> Iterator["BrowserContext"]:
        """A separate profile (its own cookies), in Dutch and in Dutch time; width and height in CSS pixels."""
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{self.port}")
            context = browser.new_context(
                java_script_enabled=javascript,
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                locale="nl-NL",
                timezone_id="Europe/Amsterdam",
            )
            context.set_default_timeout(15_000)
            try:
                yield context
            finally:
                context.close()
                browser.close()

    @contextlib.contextmanager
    def page(
        self, *, javascript: bool = True, width: int = 1280, height: int = 900, dark: bool = False
    ) -> Iterator["Page"]:
        """One window in a separate profile; width and height in CSS pixels."""
        with self.context(javascript=javascript, width=width, height=height, dark=dark) as context:
            yield context.new_page()


if __name__ == "__main__":
    run_by_hand(Chromium())
