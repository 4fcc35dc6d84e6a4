"""A real Chromium without a network, for the tests of slides, site and JupyterLab."""

import base64
import contextlib
import io
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlparse

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from filelock import FileLock
from PIL import Image, ImageStat
from playwright.sync_api import sync_playwright

from tools.publish import chromium

HERE = {"localhost", "127.0.0.1"}
needs_chromium = pytest.mark.skipif(chromium.find() is None, reason=f"there is no browser. {chromium.CURE}")
DECK_AUDIT = (Path(__file__).parents[1] / "browser" / "deck_audit.js").read_text("utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
COLOR_RULES = ["color-contrast", "link-in-text-block"]  # the rules of axe that look at colors
# No name and no address leads anywhere, except for those of this computer. Chromium itself refuses, for pages, frames,
# workers and web sockets alike; to have each request come by in Python would cost far more.
ONLY_HERE = "--host-resolver-rules=" + ", ".join(["MAP * ~NOTFOUND", *(f"EXCLUDE {name}" for name in sorted(HERE))])


@contextlib.contextmanager
def browser(program=None):
    """Start Chromium, or a program that starts it; it ends with the block."""
    with sync_playwright() as playwright:
        program = program or chromium.find()
        started = playwright.chromium.launch(executable_path=program, args=[*chromium.FLAGS, ONLY_HERE])
        try:
            yield started
        finally:
            started.close()


def without_network():
    """Whether this computer lets us run a program in a network namespace of its own, where there is no network."""
    return bool(shutil.which("unshare")) and not subprocess.run(["unshare", "-rn", "true"], timeout=60).returncode


def chromium_without_network(folder):
    """Write a program that starts Chromium where there is no network at all; return its path."""
    program = folder / "chromium_without_network"
    program.write_text(f'#!/bin/sh\nexec unshare -rn "{chromium.find()}" "$@"\n')
    program.chmod(0o755)
    return program


def made_once(factory, name, make):
    """Return a folder that `make(folder)` has filled: once in a run of the tests, however many workers ask for it."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each worker has a folder of its own, in one of all
        base = base.parent
    folder, done = base / name, base / f"{name}.done"
    with FileLock(base / f"{name}.lock"):
        if not done.exists():
            folder.mkdir(exist_ok=True)
            make(folder)
            done.touch()
    return folder


def new_page(started, width=1280, height=720, **options):
    """Open a page that notes in `page.faults` each request to a network (it is refused) and each console error."""
    context = started.new_context(viewport={"width": width, "height": height}, **options)
    faults = []

    def note_request(request):
        url = urlparse(request.url)
        if url.scheme not in {"file", "data", "blob", "about"} and url.hostname not in HERE:
            faults.append(f"a request to {request.url}")

    def note_socket(socket):
        if urlparse(socket.url).hostname not in HERE:
            faults.append(f"a connection to {socket.url}")

    def listen(page):
        page.on("console", lambda said: faults.append(f"console: {said.text}") if said.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(f"error on the page: {error}"))
        page.on("websocket", note_socket)

    context.on("request", note_request)
    context.on("page", listen)
    page = context.new_page()
    page.faults = faults
    return page


def another_page(page):
    """Open a page beside another one, or after it: with what that one has fetched, and without its faults."""
    page.faults.clear()
    other = page.context.new_page()
    other.faults = page.faults
    return other


def load_deck(page, deck, query="theme=light"):
    """Load slides from disk into a page, in the place of what was there, and wait until they are laid out."""
    page.faults.clear()
    page.goto(f"{deck.resolve().as_uri()}?{query}")
    page.wait_for_function("document.documentElement.dataset.ready === 'yes'", timeout=60_000)


def open_deck(started, deck, theme="light", **options):
    """Open slides from disk in a new page and wait until they are laid out."""
    page = new_page(started, **options)
    load_deck(page, deck, f"theme={theme}")
    return page


def slides(page):
    """Return the places of all slides of a deck, [h, v]."""
    return page.evaluate("Reveal.getSlides().map((s) => [Reveal.getIndices(s).h, Reveal.getIndices(s).v || 0])")


def is_blank(page, chrome):
    """Whether a picture of the page shows one color only, the slide number and the bar at the bottom apart.

    A picture of a quarter of the width and the height suffices. Chromium draws it when it is asked directly.
    """
    width, height = (page.viewport_size[side] for side in ("width", "height"))
    clip = {"x": 0, "y": 0, "width": width, "height": 0.85 * height, "scale": 0.25}
    wanted = {"format": "jpeg", "quality": 30, "clip": clip, "optimizeForSpeed": True}
    shot = chrome.send("Page.captureScreenshot", wanted)
    picture = Image.open(io.BytesIO(base64.b64decode(shot["data"])))
    return ImageStat.Stat(picture.convert("L")).stddev[0] < 1


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
    chrome = page.context.new_cdp_session(page)
    for place in slides(page):
        seen = page.evaluate(DECK_AUDIT, place)
        name = seen["name"]
        if is_blank(page, chrome):
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
    chrome.detach()
    if page.faults:
        audit.findings["the whole deck"] = list(page.faults)
    return audit


# Code is a thousand words in a few colors: in each box, a word that looks like one before it has the same contrast.
# It gets an attribute by which axe passes it over when it looks at colors. A word of one letter or out of sight stands
# for no other, since axe does not judge its contrast.
MARK_REPEATED_WORDS = """() => {
  const looks = (e) => {
    const style = getComputedStyle(e);
    return [style.color, style.backgroundColor, style.backgroundImage, style.fontSize, style.fontWeight, style.opacity,
      style.textShadow, style.position, style.visibility].join();
  };
  for (const box of document.querySelectorAll("pre")) {
    const seen = new Set();
    for (const word of box.querySelectorAll("span:not(:has(*))")) {
      if (word.textContent.trim().length < 2 || !word.getClientRects().length) continue;
      let look = "";
      for (let e = word; e !== box; e = e.parentElement) look += looks(e) + ";";
      word.toggleAttribute("data-repeated", seen.has(look));
      seen.add(look);
    }
  }
  axe.configure({ rules: [{ id: "color-contrast", selector: ":not([data-repeated])" }] });
}"""


def run_axe(page, options):
    """Return what axe-core calls serious or critical on a page, in sentences."""
    options |= {"resultTypes": ["violations"], "elementRef": False, "selectors": False}
    options["preload"] = False  # it would ask for the style sheets once more, which a page from disk may not
    violations = page.evaluate("async (options) => (await axe.run(document, options)).violations", options)
    return [
        f"{finding['id']} ({finding['impact']}): {node['html'][:120]} {node['failureSummary'].splitlines()[-1].strip()}"
        for finding in violations
        if finding["impact"] in ("serious", "critical")
        for node in finding["nodes"]
    ]


def axe(page, colors_only=False):
    """Return what axe-core has to say of a page: of all, or of its colors alone, for a page in another theme."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    page.evaluate(MARK_REPEATED_WORDS)
    return run_axe(page, {"runOnly": {"type": "rule", "values": COLOR_RULES} if colors_only else WCAG})


def comes_true(page, condition, seconds=10):
    """Whether something is so, at once or within some seconds, in which the page and its messages go on."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        page.wait_for_timeout(100)
    return True


class Clock:
    """Seconds since it was made."""

    def __init__(self):
        self.start = time.perf_counter()

    def __str__(self):
        return f"{time.perf_counter() - self.start:.0f} s"
