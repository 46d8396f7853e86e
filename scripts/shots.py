#!/usr/bin/env python3
"""`make shots`: the README's screenshots, and every page as one contact sheet for a designer's eye.

Loads the demo into a database of its own, serves it, and visits each page in three widths, light
and dark, three languages. The sheet lies at var/shots/sheet.png, single pictures beside it.
`scripts/shots.py --readme` takes the README's alone.
"""

from __future__ import annotations

import argparse
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
WALK = "tests/e2e/test_five_people.py"
WALK_SIZE = (800, 1000)
THUMB = (200, 260)


@contextmanager
def demo() -> Iterator[str]:
    """The demo on a server of its own; yields its address."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"DATA_DIR": folder, "BASE_URL": f"http://127.0.0.1:{port}"}
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


def shoot_walk(chrome: str, address: str) -> None:
    """One proposal from draft to done, as the test that walks the way sees its pages."""
    env = os.environ | {"E2E_ADDRESS": address, "SHOTS": str(SHOTS), "CHROME": chrome}
    subprocess.run([sys.executable, "-m", "pytest", "-q", WALK], cwd=ROOT, env=env, check=True)
    for path in sorted(SHOTS.glob("walk-*.png")):
        with Image.open(path) as picture:
            picture.thumbnail(WALK_SIZE)
            small = picture.convert("RGB")
            small.save(ROOT / "docs" / f"{path.stem}.webp", quality=80, method=6)


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
    """Take everything, or what the README shows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readme", action="store_true", help="only the README's pictures")
    only_readme = parser.parse_args().readme
    SHOTS.mkdir(parents=True, exist_ok=True)
    found = subprocess.run(
        [ROOT / "scripts" / "find-browser"], check=True, stdout=subprocess.PIPE, text=True
    )
    chrome = found.stdout.strip()
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chrome, args=["--no-sandbox", "--disable-gpu"]
        )
        shoot_readme(browser, address)
        if not only_readme:
            print(contact_sheet(shoot_all(browser, address)))
        browser.close()
        shoot_walk(chrome, address)


if __name__ == "__main__":
    main()
