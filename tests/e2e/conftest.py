"""The demo as `make run` serves it, in a folder of its own, and a browser that looks at it.

The server is a process of its own, so that what the browser sees is what a person would: real
commits, mail on the development page, one database file for all requests.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.e2e.recounting import ADDRESS, FORGET, Counter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[2]
PASSWORD = "boiling-100"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server did not start"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server did not answer within 30 seconds")


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the served demo; E2E_ADDRESS names a server that runs already."""
    if running := os.environ.get("E2E_ADDRESS"):
        yield running
        return
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    url = f"http://localhost:{port}"
    env = os.environ | {
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
        "DJANGO_SETTINGS_MODULE": "cms.settings.dev",
        "BASE_URL": url,
    }
    for words in (["migrate", "-v0"], ["seed_demo"], ["seal_votes"]):
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=env, check=True)
    server = [sys.executable, "manage.py", "runserver", "--noreload", f"localhost:{port}"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(server, cwd=ROOT, env=env, stdout=log, stderr=log)
        wait_for(port, process)
        yield url
        process.terminate()
        process.wait()
    said = (folder / "server.log").read_text()
    assert "Traceback" not in said, said[-4000:]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROME") or shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "no Chromium: `make test` finds or installs one, SKIP_E2E=1 leaves this out"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """A person at a browser: goes, looks, and everything they see is checked."""

    page: Page
    address: str

    def go(self, path: str) -> None:
        """Open an address of the site and check it."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status < 400, f"{path}: {answer.status}"
        self.look()

    def look(self) -> None:
        """No WCAG violation, no sideways scroll, one h1: on every page and after every step."""
        self.page.wait_for_load_state()  # after a click it may have come with its head alone
        found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": RULES}})
        violations = [
            (v["id"], [node["html"][:160] for node in v["nodes"]])
            for v in found.response["violations"]
        ]
        assert violations == [], f"{self.page.url}: {violations}"
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert not wide, f"{self.page.url} scrolls sideways"

    def press(self, name: str, role: str = "button") -> None:
        """Press the first button (or link) of this name, and look."""
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]
        self.page.wait_for_load_state("networkidle")
        self.look()

    def sign_in(self, email: str, language: str = "en") -> None:
        """Sign in through the site's own page."""
        self.page.goto(f"{self.address}/{language}/accounts/login/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("main form button:not([type=button])").first.click()
        self.page.wait_for_load_state()
        assert "/login/" not in self.page.url, self.page.locator("main").inner_text()


@pytest.fixture
def visitor(chromium: Browser, address: str) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, each with a browser profile of their own."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def come(**options: Any) -> Visitor:
        context = chromium.new_context(
            **{"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: problems.append(f"script: {error}"))
        page.on("console", lambda said: _note(said, problems))
        page.on("request", lambda request: _third_party(request.url, address, problems))
        return Visitor(page, address)

    yield come
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture(scope="module")
def counting_page(chromium: Browser, address: str) -> Iterator[Page]:
    """One page for all counts of a file: drawing it anew for each took longer than the counts."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(15_000)
    page.goto(address + ADDRESS)
    yield page
    page.close()


@pytest.fixture
def counter(counting_page: Page) -> Counter:
    """Somebody on the page that counts a round again, who gets files from the test alone."""
    counting_page.unroute_all()
    counting_page.evaluate(FORGET)
    return Counter(counting_page)


@pytest.fixture
def fresh_counter(visitor: Callable[..., Visitor]) -> Counter:
    """The same on a page and with scripts that nobody has loaded before."""
    found = visitor()
    found.page.goto(found.address + ADDRESS)
    return Counter(found.page)


def _note(said: Any, problems: list[str]) -> None:
    if said.type == "error" and "Content Security Policy" in said.text:
        problems.append(said.text)


def _third_party(url: str, address: str, problems: list[str]) -> None:
    if not url.startswith((address, "data:", "blob:", "about:")):
        problems.append(f"asked a third party: {url}")
