"""A real Chromium without a network, for the tests of slides, site and JupyterLab."""

import contextlib
import io
import time
from dataclasses import dataclass
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
    """Return the places of all slides of a deck, [h, v]."""
    return page.evaluate("Reveal.getSlides().map((s) => [Reveal.getIndices(s).h, Reveal.getIndices(s).v || 0])")


def is_blank(page):
    """Whether a picture of the page shows one color only, the slide number and the bar at the bottom apart."""
    width, height = (page.viewport_size[side] for side in ("width", "height"))
    shot = page.screenshot(type="jpeg", quality=30, clip={"x": 0, "y": 0, "width": width, "height": 0.85 * height})
    return ImageStat.Stat(Image.open(io.BytesIO(shot)).convert("L")).stddev[0] < 1


@dataclass
class Audit:
    """What was seen on the slides of a deck."""

    findings: dict  # slide -> what a viewer would complain about; the whole deck -> what the browser did
    limits: dict  # slide -> which rules of a good talk it does not keep
    shares: dict  # slide -> how much of its area is used
    core: list  # the slides on the way until the summary, without exercises and their answers
    exercises: list  # cards of exercises


def audit_deck(page, most=40):
    """Visit every slide of an open deck once; a core of more than `most` slides is beyond the limits."""
    audit = Audit({}, {}, {}, [], [])
    for place in slides(page):
        seen = page.evaluate(DECK_AUDIT, place)
        name = seen["name"]
        if is_blank(page):
            seen["findings"].append("the slide is blank")
        if seen["findings"]:
            audit.findings[name] = seen["findings"]
        if seen["limits"]:
            audit.limits[name] = seen["limits"]
        audit.shares[name] = seen["share"]
        if seen["kind"] == "exercise":
            audit.exercises.append(name)
        elif place[1] == 0 and not seen["deeper"]:  # 0: not below another slide
            audit.core.append(name)
    if len(audit.core) > most:
        audit.limits["the whole deck"] = [f"{len(audit.core)} slides in the core: {most} are enough"]
    if page.faults:
        audit.findings["the whole deck"] = list(page.faults)
    return audit


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
