"""A real Chromium without a network, for the tests of slides, site and JupyterLab."""

import contextlib
import io
import time
from pathlib import Path
from urllib.parse import urlparse

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from PIL import Image, ImageStat
from playwright.sync_api import sync_playwright

from tools.publish import chromium

HERE = {"localhost", "127.0.0.1"}
needs_chromium = pytest.mark.skipif(chromium.find() is None, reason=f"there is no browser. {chromium.CURE}")
DECK_AUDIT = (Path(__file__).parents[1] / "browser" / "deck_audit.js").read_text("utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


@contextlib.contextmanager
def browser():
    """Start Chromium; it ends with the block."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        try:
            yield started
        finally:
            started.close()


def new_page(started, width=1280, height=720, **options):
    """Open a page that notes in `page.faults` each request to a network (it is refused) and each console error."""
    context = started.new_context(viewport={"width": width, "height": height}, **options)
    faults = []

    def decide(route):
        url = urlparse(route.request.url)
        if url.scheme in {"file", "data", "blob", "about"} or url.hostname in HERE:
            route.continue_()
        else:
            faults.append(f"a request to {route.request.url}")
            route.abort()

    def decide_socket(socket):
        if urlparse(socket.url).hostname in HERE:
            socket.connect_to_server()
        else:
            faults.append(f"a connection to {socket.url}")
            socket.close()

    def listen(page):
        page.on("console", lambda said: faults.append(f"console: {said.text}") if said.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(f"error on the page: {error}"))

    context.route("**/*", decide)
    context.route_web_socket("**/*", decide_socket)
    context.on("page", listen)
    page = context.new_page()
    page.faults = faults
    return page


def open_deck(started, deck, theme="light", **options):
    """Open slides from disk and wait until they are laid out."""
    page = new_page(started, **options)
    page.goto(f"{deck.resolve().as_uri()}?theme={theme}")
    page.wait_for_function("document.documentElement.dataset.ready === 'yes'", timeout=60_000)
    return page


def slides(page):
    """Return the places of all slides of a deck, for `go_to`."""
    return page.evaluate("Reveal.getSlides().map((s) => [Reveal.getIndices(s).h, Reveal.getIndices(s).v || 0])")


def go_to(page, place, folds_open=False):
    """Show a slide with all its fragments, its folds open or shut."""
    page.evaluate(
        "([h, v, open]) => { Reveal.slide(h, v, 99);"
        " for (const fold of Reveal.getCurrentSlide().querySelectorAll('details')) fold.open = open; }",
        [*place, folds_open],
    )


def is_blank(page):
    """Whether a picture of the page shows one colour only, the slide number and the bar at the bottom apart."""
    width, height = (page.viewport_size[side] for side in ("width", "height"))
    shot = Image.open(io.BytesIO(page.screenshot())).convert("L").crop((0, 0, width, int(0.85 * height)))
    return ImageStat.Stat(shot).stddev[0] < 1


def audit_deck(page):
    """Look at every slide of an open deck, folds shut and open; return the findings by slide."""
    findings = {}
    for place in slides(page):
        found = []
        for folds_open in (False, True):
            go_to(page, place, folds_open)
            found += page.evaluate(DECK_AUDIT)
        if is_blank(page):
            found.append("the slide is blank")
        if found:
            findings[page.evaluate("Reveal.getCurrentSlide().id")] = list(dict.fromkeys(found))
    if page.faults:
        findings["the whole deck"] = list(page.faults)
    return findings


def axe(page, place=None):
    """Return what axe-core calls serious or critical on a page, or in one place of it, in sentences."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {"runOnly": WCAG, "resultTypes": ["violations"], "elementRef": False, "selectors": False}
    options["preload"] = False  # it would ask for the style sheets once more, which a page from disk may not
    listed = page.evaluate(
        "([place, options]) => axe.run(place || document, options).then((results) => results.violations)",
        [place, options],
    )
    return [
        f"{finding['id']} ({finding['impact']}): {node['html'][:120]} {node['failureSummary'].splitlines()[-1].strip()}"
        for finding in listed
        if finding["impact"] in ("serious", "critical")
        for node in finding["nodes"]
    ]


class Clock:
    """Seconds since it was made."""

    def __init__(self):
        self.start = time.perf_counter()

    def __str__(self):
        return f"{time.perf_counter() - self.start:.0f} s"
