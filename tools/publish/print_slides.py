"""Print slides to PDF: python -m tools.publish.print_slides [1 B2] [--solutions].

Needs build/slides/ and a Chromium, Chrome or Edge. A page for each slide; the answers to the exercises are left out,
unless asked for.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.installer.words import Wish, typed
from tools.publish import chromium, stopping

SLIDES = Path(__file__).resolve().parents[2] / "build" / "slides"
LIMIT = 300  # seconds for a deck: far above what it takes


def count_pages(pdf):
    """Return the number of pages of a PDF that Chromium wrote."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def count_slides(html, solutions=False):
    """Return how many pages a deck should have."""
    kinds = re.findall(r'<section id="[^"]*" data-kind="(\w+)"', html)
    return len(kinds) if solutions else len(kinds) - kinds.count("solution")


def number_of(deck):
    """Return the number of a deck's lesson: Part3_Training.html -> "3", Bonus1_InsideAResNet.html -> "B1"."""
    return deck.name.partition("_")[0].replace("Part", "").replace("Bonus", "B")


def print_deck(deck, browser, solutions=False):
    """Print one deck beside itself; return the file and its number of pages. Raises where pages are missing."""
    wanted = count_slides(deck.read_text("utf-8"), solutions)
    target = deck.with_name(f"{deck.stem}{'_with_answers' if solutions else ''}.pdf")
    half = target.with_name(f".{target.name}.{os.getpid()}")
    address = f"{deck.resolve().as_uri()}?print-pdf{'&solutions' if solutions else ''}"
    try:
        said = print_page(address, half, browser)
        found = count_pages(half.read_bytes()) if half.exists() else 0
        if found != wanted:  # a browser may print one blank page and call it a success
            raise SystemExit(f"{deck.name}: the browser printed {found} pages instead of {wanted} ({said}). Try again.")
        half.replace(target)
    except subprocess.TimeoutExpired:
        limit = f"{LIMIT // 60} minutes"
        raise SystemExit(
            f"{deck.name}: the browser has not printed it in {limit}, so it was ended. Try again."
        ) from None
    finally:
        half.unlink(missing_ok=True)
    return target, found


def print_page(address, target, browser):
    """Let a browser print a page into a file; return the last line that it said."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ["--headless", f"--user-data-dir={profile}", "--virtual-time-budget=60000", "--no-pdf-header-footer"]
        command = [browser, *chromium.FLAGS, *options, f"--print-to-pdf={target}", address]
        result = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", timeout=LIMIT)
    return (result.stderr.strip().splitlines() or ["it said nothing"])[-1]


def main(arguments=None):
    """Print the decks that the command line names by their numbers, or all."""
    arguments = sys.argv[1:] if arguments is None else arguments
    numbers = [argument.upper() for argument in arguments if not argument.startswith("-")]
    decks = [*sorted(SLIDES.glob("Part*.html")), *sorted(SLIDES.glob("Bonus*.html"))]
    decks = [deck for deck in decks if not numbers or number_of(deck) in numbers]
    browser = chromium.find()
    if not decks:
        raise SystemExit(f"There are no such slides in build/slides: run `{typed(Wish(command='slides'))}` first.")
    if browser is None:
        raise SystemExit(f"There is no browser to print with. {chromium.CURE}")
    with stopping.says("Stopped. The PDFs that were not printed yet are as they were."):
        for deck in decks:
            target, pages = print_deck(deck, browser, "--solutions" in arguments)
            print(f"build/slides/{target.name}: {pages} pages, {target.stat().st_size / 1e6:.1f} MB", flush=True)


if __name__ == "__main__":
    main()
