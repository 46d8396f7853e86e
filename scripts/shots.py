#!/usr/bin/env python3
"""`make shots`: the README's screenshots, and every page as one contact sheet for a designer's eye.

Loads the demo into a database of its own, serves it, and visits each page in three widths, light
and dark, three languages. The sheet lies at var/shots/sheet.png, single pictures beside it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmark.servers import free_port, wait_for
from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent
SHOTS = ROOT / "var" / "shots"
WIDTHS = (360, 768, 1280)
LANGUAGES = ("ru", "en", "ja")
SCHEMES = ("light", "dark")
PAGES = {
    "home": "",
    "list": "proposals/",
    "detail": "proposals/1/",
    "calls": "calls/",
    "results": "results/",
    "votes": "rounds/",
    "ballot": "rounds/15/",
    "counted": "rounds/1/",
    "method": "rounds/1/method/",
    "news": "news/",
    "events": "events/",
    "about": "about/",
    "search": "search/?q=2017",
    "login": "accounts/login/",
    "signup": "accounts/signup/",
    "display": "display/",
    "missing": "no-such-page/",
}
README = ("home", "list", "detail")
THUMB = (200, 260)


@contextmanager
def demo() -> Iterator[str]:
    """The demo on a server of its own; yields its address."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"DATA_DIR": folder}
        for words in (["migrate", "-v0"], ["seed_demo"]):
            subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=env, check=True)
        server = [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
        process = subprocess.Popen(server, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
        try:
            wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def shoot(page: Page, url: str, name: str, *, whole: bool = True) -> Path:
    """Save one page as a picture."""
    page.goto(url)
    # A picture further down would come only when somebody scrolls there.
    page.evaluate("for (const img of document.images) img.loading = 'eager'")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    path = SHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=whole)
    return path


def shoot_all(browser: Browser, address: str) -> list[Path]:
    """Every page in every width, scheme and language."""
    taken = []
    for width in WIDTHS:
        for scheme in SCHEMES:
            page = browser.new_page(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                reduced_motion="reduce",
            )
            for language in LANGUAGES:
                for name, path in PAGES.items():
                    label = f"{name}-{language}-{width}-{scheme}"
                    taken.append(shoot(page, f"{address}/{language}/{path}", label))
            page.close()
    return taken


def shoot_readme(browser: Browser, address: str) -> None:
    """The three pictures that stand on top of the README, in English."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    (ROOT / "docs").mkdir(exist_ok=True)
    for name in README:
        path = shoot(page, f"{address}/en/{PAGES[name]}", f"readme-{name}", whole=False)
        with Image.open(path) as picture:
            small = picture.convert("RGB").quantize(128)
            small.save(ROOT / "docs" / f"{name}.png", optimize=True)


def contact_sheet(pictures: list[Path]) -> Path:
    """All pictures, small, on one sheet; as many columns as there are pages."""
    columns = len(PAGES)
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * THUMB[0], rows * THUMB[1]), "white")
    for place, path in enumerate(pictures):
        with Image.open(path) as picture:
            picture.thumbnail((THUMB[0] - 8, 4000))
            top = picture.crop((0, 0, picture.width, min(picture.height, THUMB[1] - 8)))
            sheet.paste(top, (place % columns * THUMB[0], place // columns * THUMB[1]))
    path = SHOTS / "sheet.png"
    sheet.save(path)
    return path


def main() -> None:
    """Take everything."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    found = subprocess.run(
        [ROOT / "scripts" / "find-browser"], check=True, stdout=subprocess.PIPE, text=True
    )
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.stdout.strip(), args=["--no-sandbox", "--disable-gpu"]
        )
        shoot_readme(browser, address)
        print(contact_sheet(shoot_all(browser, address)))
        browser.close()


if __name__ == "__main__":
    main()
