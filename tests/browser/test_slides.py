"""Slides, in a real browser from disk: every slide of every lesson is whole, readable and needs no network."""

import base64
import io
import os
import re
import shutil
import socket
import subprocess
import sys

import nbformat
import pypdf
import pytest
from browser import (
    Clock,
    audit_deck,
    axe,
    browser,
    chromium_without_network,
    comes_true,
    load_deck,
    made_once,
    needs_chromium,
    new_page,
    open_deck,
    without_network,
)
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import HTML, IFrame, Javascript, Latex, Markdown, Math, YouTubeVideo
from lessons import BONUS, LESSONS, NOTEBOOKS
from PIL import Image

from tools.parts import page_of
from tools.publish import build_site, build_slides, chromium, print_slides, render


class Decks(dict):
    """The slides of lessons, name -> file; a deck is built when it is first asked for, once for all workers."""

    def __init__(self, factory):
        super().__init__()
        self.factory = factory
        self.lessons = {path.stem: path for path in NOTEBOOKS}

    def __missing__(self, name):
        folder = made_once(self.factory, f"deck_{name}", lambda folder: build_slides.build(self.lessons[name], folder))
        self[name] = folder / f"{page_of(self.lessons[name])}.html"
        return self[name]


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    """The slides of all lessons: name -> file."""
    return Decks(tmp_path_factory)


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A browser; where this computer can do that, there is no network at all for it."""
    alone = chromium_without_network(tmp_path_factory.mktemp("program")) if without_network() else None
    with browser(alone) as running:
        yield running


@pytest.fixture(scope="module")
def page(started):
    """A page in which one deck after the other is loaded: the browser need not read reveal.js and MathJax anew."""
    return new_page(started)


def deck_kinds(deck):
    """Return the kind of each slide of a deck, by name."""
    return dict(re.findall(r'<section id="([^"]*)" data-kind="(\w+)"', deck.read_text("utf-8")))


def show(page, name):
    """Go to a slide by its name."""
    page.evaluate("(name) => Reveal.slide(...Object.values(Reveal.getIndices(document.getElementById(name))))", name)


each_lesson = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@needs_chromium
@each_lesson
def test_every_slide_is_whole_and_readable(path, decks, page, record_property):
    """What is wrong with a slide is wrong in light and in dark: colors are the subject of the next test."""
    clock = Clock()
    load_deck(page, decks[path.stem])
    formulas = page.locator("mjx-container").count()
    audit = audit_deck(page, most=30 if path in BONUS else 40)
    findings = axe(page)  # with the controls
    beyond = sum(map(len, audit.limits.values()))
    least = min(audit.shares.values())
    record_property(
        "seen",
        f"slides of {path.stem}: {len(audit.shares)} visited, {len(audit.core)} in the core, {len(audit.exercises)} of "
        f"exercises, {len(audit.findings)} findings, {beyond} beyond the limits, least area used {least:.0%}, {clock}",
    )
    assert audit.findings == {} and findings == [] and len(audit.core) > (10 if path in BONUS else 20)
    assert audit.limits == {}
    written = "".join(cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown")
    assert formulas or "$" not in written


def load_print_view(page, deck, solutions=False):
    """Load the view of a deck that has all slides on one page."""
    load_deck(page, deck, "print-pdf&solutions" if solutions else "print-pdf")
    page.wait_for_selector(".pdf-page", state="attached")


@needs_chromium
@each_lesson
def test_slides_are_accessible(path, decks, page, record_property):
    """The print view has all slides on one page, so that axe can judge them at once. In dark, only colors differ."""
    clock = Clock()
    load_print_view(page, decks[path.stem], solutions=True)
    count = page.locator(".pdf-page").count()
    page.evaluate("() => document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    findings = axe(page)
    page.evaluate("() => { document.documentElement.dataset.theme = 'dark'; }")
    findings += axe(page, colors_only=True)
    record_property("seen", f"axe on {path.stem}: {count} slides in two themes, {len(findings)} findings, {clock}")
    assert not findings and count == len(deck_kinds(decks[path.stem]))


# A talk of a few cells, in which nothing is wrong, and the faults that are planted into it


def slide_type(kind):
    return {"slideshow": {"slide_type": kind}}


def text_cell(source, kind="slide", tags=(), **options):
    return nbformat.v4.new_markdown_cell(source, metadata={**slide_type(kind), "tags": list(tags)}, **options)


def code_cell(source, *outputs, kind="slide", tags=()):
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), metadata={**slide_type(kind), "tags": list(tags)})


def shows(data, **metadata):
    return nbformat.v4.new_output("display_data", data=data, metadata=metadata)


def prints(text):
    return nbformat.v4.new_output("stream", text=text)


def photo(width, height, kind="png"):
    """A picture of one color as it is stored in a notebook."""
    Image.new("RGB", (width, height), "teal").save(file := io.BytesIO(), kind)
    return base64.b64encode(file.getvalue()).decode()


def figure(width, height):
    """The output of a cell that draws, as the lessons store it: with a description and a size."""
    metadata = {"alt": "a plot of numbers", "width": width, "height": height}
    return shows({"image/png": photo(width, height)}, **{"image/png": metadata})


TITLE = """# Part 9 · Try

> **Why?**

**You will be able to**

- try this at home, with your own pictures, and see what becomes of them
- try that at work, where the pictures are larger and the days are longer
- tell the two apart, and say which of them you would like to do again

**Time** 5 minutes · **You need** nothing"""


def lesson_of(*cells):
    """A little lesson: a title and some cells."""
    title = nbformat.v4.new_markdown_cell(TITLE, id="title", metadata=slide_type("slide"))
    return nbformat.v4.new_notebook(cells=[title, *cells])


def deck_of(*cells):
    """Return the slides of a little lesson."""
    return build_slides.slides_of(lesson_of(*cells))


def build_deck(folder, nb):
    """Build the deck of a notebook; return its file."""
    nbformat.write(nb, folder / "Part9_Try.ipynb")
    return build_slides.build(folder / "Part9_Try.ipynb", folder)[0]


SOUND = (
    text_cell("## 1 · Numbers\n\nThree facts describe a tensor. Nobody forgets them.", id="numbers"),
    code_cell("x = 1\nprint('shape', 16)\nprint('dtype', x)", prints("shape 16\ndtype 1\n"), kind="-"),
    text_cell("- the shape\n- the dtype\n- the device, which is $x_1$", "-"),
    text_cell("## 2 · Pictures\n\nThe curve falls. It rises later.", id="pictures"),
    code_cell("plot(x)", figure(500, 250), kind="-"),
    text_cell("It ends near zero. Why?", "-"),
)


@pytest.fixture(scope="module")
def sound_deck(tmp_path_factory):
    return build_deck(tmp_path_factory.mktemp("sound"), lesson_of(*SOUND))


NUMBERS, PICTURES = "document.getElementById('numbers')", "document.getElementById('pictures')"
ADD = NUMBERS + ".querySelector('.body').insertAdjacentHTML('beforeend', '{}')"
NARROW = PICTURES + ".querySelector('.body').insertAdjacentHTML('beforeend', '<div class=columns><div>{}</div></div>')"
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
FAULTS = {  # what the audit says -> how the fault comes about
    "too low": NUMBERS + ".querySelector('.body').lastElementChild.style.minHeight = '900px'",
    "cut off": NUMBERS + ".querySelector('.body').lastElementChild.style.marginLeft = '1200px'",
    "scrolls": NUMBERS + ".querySelector('pre').style.cssText = 'height: 20px; overflow: auto'",
    "text of 12": NUMBERS + ".querySelector('.text').style.fontSize = '12px'",
    "raw TeX": NUMBERS + ".querySelector('.text').append('the slope $\\\\frac{a}{b}$')",
    "a formula fails": ADD.format("<mjx-merror>no</mjx-merror>"),
    "a picture is missing": ADD.format('<img alt="a b c" src="file:///no.png">'),
    "without a description": ADD.format(f'<img width="9" src="{PIXEL}">'),
    "shrunk": NUMBERS + ".dataset.fit = 0.7",
    "labels of a figure": ADD.format('<p class="figure" data-scale="1">x</p>'),
    "blank": NUMBERS + ".innerHTML = '<div class=page><div class=body></div></div>'",
    "a request to": "new Image().src = 'http://example.org/x.png'",
    "http://example.org/x.js": "fetch('http://example.org/x.js').catch(() => 0)",
    "console: oh": "console.error('oh')",
    "% of the slide is used": NUMBERS + ".querySelectorAll('.cell, ul').forEach((part) => part.remove())",
    "too wide for its column": NARROW.format('<pre class="output" style="width: 90px">a table of numbers</pre>'),
    "in 3 pieces": NARROW.format('<pre class="code" style="width: 90px"><span class="line">view(numbers)</span></pre>'),
    "makes is on another slide": NUMBERS + ".querySelector('.body').append(" + PICTURES + ".querySelector('.figure'))",
}


def sentences(audit):
    """Return all that an audit says."""
    return [sentence for listed in [*audit.findings.values(), *audit.limits.values()] for sentence in listed]


@pytest.fixture(scope="module")
def opened_sound_deck(sound_deck, started):
    """The sound deck in a page, and the HTML of its slides."""
    page = open_deck(started, sound_deck)
    return page, page.evaluate("document.querySelector('.slides').innerHTML")


@pytest.fixture
def sound_page(opened_sound_deck):
    """A page with the sound deck, in which all is as it was before something was planted."""
    page, slides = opened_sound_deck
    page.faults.clear()
    page.evaluate("(slides) => { document.querySelector('.slides').innerHTML = slides; Reveal.sync(); }", slides)
    page.wait_for_function("[...document.images].every((img) => img.complete)")
    return page


@needs_chromium
def test_the_audit_has_nothing_to_say_of_a_sound_deck(sound_page):
    audit = audit_deck(sound_page)
    assert sentences(audit) == [] and len(audit.core) == 4 and min(audit.shares.values()) > 0.12


@needs_chromium
@pytest.mark.parametrize("fault", FAULTS)
def test_the_audit_finds_a_planted_fault(fault, sound_page):
    """The audit that says "no findings" is not blind."""
    sound_page.evaluate("() => { " + FAULTS[fault] + "; }")
    assert comes_true(sound_page, lambda: any(fault in found for found in sentences(audit_deck(sound_page))))


LONG = "\n".join(f"axes[{number}].plot(values[{number}], label='line {number}')" for number in range(40))
TOO_MUCH = {  # what the audit says -> cells of which a slide is made that keeps no limit
    "% of the slide is used": [text_cell("## Nearly nothing\n\nOne word.", id="nothing")],
    "too low": [text_cell("## Very long", id="long"), code_cell(LONG, kind="-")],
    "finds no place beside its figure": [
        text_cell("## Drawn", id="drawn"),
        code_cell(LONG[:900], figure(768, 384), kind="-"),
    ],
    "finds no place and is in the notes": [
        text_cell("## Full", id="full"),
        code_cell("plot(x)", figure(768, 340), kind="-"),
        text_cell("This is what the figure shows.", "-"),
    ],
}


@pytest.fixture(scope="module")
def audit_of_too_much(tmp_path_factory, started):
    """What the audit says of a deck with all these slides, and of so many others that there are 41 in the core."""
    cells = [cell for slide in TOO_MUCH.values() for cell in slide]
    cells += [text_cell(f"## {n}\n\n- {'a long line of text ' * 12}") for n in range(35)]
    page = open_deck(started, build_deck(tmp_path_factory.mktemp("too_much"), lesson_of(*cells)))
    audit = audit_deck(page)
    page.context.close()
    return audit


@needs_chromium
@pytest.mark.parametrize("fault", TOO_MUCH)
def test_the_audit_finds_cells_that_make_no_good_slide(fault, audit_of_too_much):
    name = TOO_MUCH[fault][0].id
    found = audit_of_too_much.findings.get(name, []) + audit_of_too_much.limits.get(name, [])
    assert any(fault in sentence for sentence in found), found


@needs_chromium
def test_the_audit_counts_the_slides_of_the_core(audit_of_too_much):
    assert audit_of_too_much.limits["the whole deck"] == ["41 slides in the core: 40 are enough"]


@needs_chromium
@pytest.mark.skipif(not without_network(), reason="this computer does not let us make a network namespace")
def test_there_is_no_network_for_the_browser_in_which_all_slides_open(page, decks):
    """Not even an address of this computer, which answers elsewhere, is reached."""
    load_deck(page, decks[LESSONS[0].stem])
    page.goto("about:blank")  # a deck would refuse by itself
    with socket.create_server(("127.0.0.1", 0)) as server:
        ask = "(url) => fetch(url, { signal: AbortSignal.timeout(5000) }).catch((error) => error.name)"
        refused = page.evaluate(ask, f"http://127.0.0.1:{server.getsockname()[1]}")
        assert refused == "TypeError"  # where a connection is made, nobody answers it, and this is a TimeoutError


FAINT = {  # what is too faint -> how it becomes so, given a color
    "a text": NUMBERS + ".querySelector('.text').style.color = color",
    "an output": NUMBERS + ".querySelector('pre.output').style.color = color",
    "the last word of a line of code": NUMBERS + ".querySelector('.line:nth-child(3) .s1').style.color = color",
    "all numbers in code, of which the first has one digit": "document.body.style.setProperty('--number', color)",
}


@needs_chromium
@pytest.mark.parametrize("fault", FAINT)
@pytest.mark.parametrize(("theme", "color"), [("light", "#aaa"), ("dark", "#555")])
def test_axe_sees_faint_text(fault, theme, color, sound_deck, page):
    load_print_view(page, sound_deck)
    assert page.locator(".pdf-page").count() == 4
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
    assert axe(page) == []
    page.evaluate("(color) => { " + FAINT[fault] + "; }", color)
    assert any("color-contrast" in finding for finding in axe(page, colors_only=True))


@needs_chromium
def test_keys(decks, started):
    """Arrows lead through the talk, O shows an overview, U unfolds, T turns the light off, ? lists the keys."""
    page, place = open_deck(started, decks[LESSONS[0].stem]), "Reveal.getCurrentSlide().id"
    kinds = deck_kinds(decks[LESSONS[0].stem])
    on_the_way = page.evaluate("Reveal.getHorizontalSlides().map((one) => (one.querySelector('section') || one).id)")
    assert on_the_way[0] == "title" and not {"setup", "ex-1-1-solution", "ex-1-1-run"} & set(on_the_way)
    assert {name for name, kind in kinds.items() if kind == "exercise"} <= set(on_the_way)
    page.evaluate("Reveal.on('slidechanged', (event) => seen.push(event.currentSlide.id)), window.seen = []")
    for key, back in (("ArrowRight", "ArrowLeft"), ("Space", "Shift+Space"), ("PageDown", "PageUp")):
        page.evaluate("seen.length = 0")
        for _ in on_the_way[1:]:
            page.keyboard.press(key)
        assert page.evaluate("seen") == on_the_way[1:], key
        page.keyboard.press(back)
        assert page.evaluate(place) == on_the_way[-2]
        page.evaluate("Reveal.slide(0)")
    page.keyboard.press("o")
    assert page.evaluate("Reveal.isOverview()")
    page.keyboard.press("o")
    show(page, "ex-1-1")
    fold = "document.querySelector('#ex-1-1 details').open"
    assert not page.evaluate(fold)
    page.keyboard.press("u")
    assert page.evaluate(fold) and page.locator("#ex-1-1 details p").is_visible()
    page.keyboard.press("u")
    for _ in range(20):  # by Tab, without a mouse
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#ex-1-1 summary')"):
            break
    page.keyboard.press("Enter")
    assert page.evaluate(fold)
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.keyboard.press("Shift+?")
    page.get_by_text("Unfold the hint, or fold it").wait_for()
    assert page.faults == []
    page.context.close()


@needs_chromium
def test_the_setup_lies_below_the_goals(decks, started):
    page, place = open_deck(started, decks[LESSONS[0].stem]), "Reveal.getCurrentSlide().id"
    show(page, "title-goals")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(place) == "setup"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(place) == "trailer"
    page.context.close()


@needs_chromium
def test_an_answer_lies_below_its_card(decks, started):
    page, place = open_deck(started, decks[LESSONS[0].stem]), "Reveal.getCurrentSlide().id"
    show(page, "ex-1-1")
    number = page.locator(".slide-number").inner_text()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(place) == "ex-1-1-solution"
    assert page.locator("#ex-1-1-solution pre").is_visible() and page.locator(".slide-number").inner_text() == number
    page.keyboard.press("ArrowDown")
    assert page.evaluate(place) == "ex-1-1-run"  # what the lesson does with it
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(place) == "ex-1-1"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    after = page.evaluate(place)
    assert after not in ("ex-1-1", "ex-1-1-solution")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(place) == "ex-1-1"  # and not its answer, where one came from
    page.keyboard.press("ArrowRight")
    assert page.evaluate(place) == after
    page.context.close()


@needs_chromium
def test_speaker_notes(sound_deck, decks, started):
    """The notes hold the rest of a paragraph, the hint of an exercise and what the instructor's cell says."""
    page = open_deck(started, decks[LESSONS[0].stem])
    show(page, "ex-1-1")
    with page.context.expect_page() as opening:
        page.keyboard.press("s")
    speaker = opening.value
    notes = speaker.locator(".speaker-controls-notes .value")
    notes.get_by_text("An index removes its dimension").wait_for(timeout=30_000)  # the hint of the exercise
    assert "Ask:" in notes.inner_text()  # and what to ask in this section
    page.keyboard.press("ArrowRight")
    notes.get_by_text("An index removes its dimension").wait_for(state="detached")
    assert "Ask:" in notes.inner_text()
    assert page.faults == []
    page.context.close()
    page = open_deck(started, sound_deck)
    show(page, "numbers")
    slide = page.locator("#numbers")
    assert slide.get_by_text("Three facts describe a tensor.").is_visible()
    assert not slide.get_by_text("Nobody forgets them.").is_visible()
    with page.context.expect_page() as opening:
        page.keyboard.press("s")
    opening.value.locator(".speaker-controls-notes").get_by_text("Nobody forgets them.").wait_for(timeout=30_000)
    page.context.close()


@needs_chromium
def test_a_small_window_shows_the_same_slide_smaller(sound_deck, started):
    """Only the size of the text may differ from that of a full screen."""
    page = open_deck(started, sound_deck, width=640, height=480)
    assert page.evaluate("Reveal.getScale()") == pytest.approx(0.5)
    audit = audit_deck(page)
    page.context.close()
    found = [sentence for listed in audit.findings.values() for sentence in listed]
    assert found and all(sentence.startswith("text of ") for sentence in found)


@needs_chromium
@each_lesson
def test_pdf_has_a_page_for_each_slide(path, decks, page, record_property):
    """Without the answers; test_slides_are_accessible counts the pages with them.

    Printed by a browser that is open anyway; the command itself prints a lesson in the next test, and one without the
    answers in test_the_commands_write_where_they_say.
    """
    load_print_view(page, decks[path.stem])
    sheets = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    texts = [sheet.extract_text() for sheet in sheets]
    count = print_slides.count_slides(decks[path.stem].read_text("utf-8"))
    assert len(sheets) == count and all(text.strip() for text in texts)
    assert sheets[0].mediabox.width / sheets[0].mediabox.height == pytest.approx(16 / 9, abs=0.01)
    kinds = list(deck_kinds(decks[path.stem]).values())
    assert len(kinds) - count == kinds.count("solution") >= (2 if path in BONUS else 6)
    assert "the course's answer" not in "".join(texts)
    record_property("seen", f"PDF of {path.stem}: {count} pages")


@needs_chromium
def test_pdf_with_the_answers(decks, tmp_path):
    deck = tmp_path / "Part1_Tensors.html"
    shutil.copy(decks[LESSONS[0].stem], deck)
    pdf, count = print_slides.print_deck(deck, chromium.find(), solutions=True)
    assert pdf.name == "Part1_Tensors_with_answers.pdf", "it is not written over the handout"
    text = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(pdf).pages)
    kinds = list(deck_kinds(deck).values())
    assert count == len(kinds) and text.count("the course's answer") == kinds.count("solution")


@needs_chromium
def test_a_print_that_lost_pages_is_no_success(tmp_path):
    deck = tmp_path / "Part1_Tensors.html"
    deck.write_text('<section id="a" data-kind="plain"></section><section id="b" data-kind="plain"></section>')
    with pytest.raises(SystemExit, match="printed 1 pages instead of 2"):
        print_slides.print_deck(deck, chromium.find())
    assert [path.name for path in tmp_path.iterdir()] == [deck.name]


@each_lesson
def test_a_deck_is_one_file_that_asks_for_nothing(path, decks):
    text = decks[path.stem].read_text("utf-8")
    page = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
    styles = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    assert not re.search(r"""<(img|script|link|iframe)[^>]*(src|href)=["'](?!data:)""", page)
    assert "@font-face" in styles and not re.search(r"""@import|url\(["']?(?!["']?(data:|#))""", styles)
    assert decks[path.stem].stat().st_size < 8_000_000


@each_lesson
def test_what_is_on_the_slides(path, decks):
    """Exercises and their answers are slides of their own; checks and notes are not shown; all cells are there."""
    nb, deck = nbformat.read(path, 4), decks[path.stem]
    kinds, text = deck_kinds(deck), deck.read_text("utf-8")
    shown = [cell for cell in nb.cells if not build_slides.is_type(cell, "skip", "notes")]
    for cell in shown:
        shows_nothing = build_slides.has_tag(cell, "hide-input") and not cell.get("outputs")
        if build_slides.has_tag(cell, "notes") or shows_nothing:
            continue
        if re.fullmatch(r"ex-b?\d+-\d+", cell.id):
            assert kinds[cell.id] == "exercise" and kinds[f"{cell.id}-solution"] == "solution"
        elif not build_slides.has_tag(cell, "exercise") and ("\n" in cell.source or not cell.source.startswith("#")):
            assert f'="{cell.id}"' in text, cell.id
    assert "exercises.check(" not in re.sub(r"<[^>]+>", "", text)
    assert list(kinds.values()).count("solution") == sum(build_slides.has_tag(cell, "solution") for cell in shown)
    assert "<details open" not in text and "For the instructor" not in text
    figures = sum(kind == "figure" for cell in shown if cell.cell_type == "code" for kind, _ in render.outputs(cell))
    assert text.count('class="figure"') == figures + min(figures, 1)  # the first one stands on the title slide, too
    question = re.search(r"> \*\*(.+?)\*\*", nb.cells[0].source)[1]
    assert f'<p class="question">{question}</p>' in text


@each_lesson
def test_slides_and_notes_together_hold_the_whole_text(path):
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "markdown":
            rest = []
            cut = render.markdown(cell.source, rest=rest) + "".join(rest)
            words = [re.findall(r"\w+", re.sub(r"<[^>]*>", " ", text)) for text in (cut, render.markdown(cell.source))]
            assert sorted(words[0]) == sorted(words[1]), cell.id


SENTENCES = [  # the first sentence, and what follows it in the same paragraph
    ("A tensor is a block.", "It has a shape."),
    ("A learning rate of 0.5 is large, e.g. for Adam, i.e. too large.", "Take less."),
    ("Call `optimizer.step. Now` after `x.grad`.", "`step` reads it."),
    ("The mean is $\\frac{1}{N}. \\sum x$ here.", "$N$ counts."),
    ("**Nothing is free.**", "It costs memory."),
    ("It asks: *is this a zero?*", "First, a table."),
    ("Really?", "Yes!"),
    ("Stop!", "Then go."),
    ('He said "Why? Because." and left.', "We stayed."),
    ('They ask "How many?"', "Many."),
    ("See [the docs. Again](https://example.org/a.html).", "They are long."),
    ("See Fig. 3 and Eq. 4 of Part 5.", "They agree."),
    ("Donald E. Knuth wrote it (in 1974, cf. Prof. Hoare. Or later).", "He was right."),
    ("The first line\ngoes on here.", "The second\nends."),
    ("It works (mostly).", "(Not always.)"),
    ("The same, written as loops:", ""),
    ("A version such as 2.9 or torch.nn has dots", ""),
]


@pytest.mark.parametrize(("first", "rest"), SENTENCES)
def test_the_first_sentence_stands_on_the_slide_and_the_rest_in_the_notes(first, rest):
    notes = []
    shown = render.markdown(f"{first} {rest}".strip(), rest=notes)
    assert shown == render.markdown(first)
    assert notes == ([render.markdown(rest)] if rest else [])


def test_only_paragraphs_are_cut():
    source = "## A. B\n\n- one. Two\n\n| a. B | c |\n| - | - |\n| d. E | f |\n\n$$x. Y$$\n\n> A. B\n\n```\na. B\n```"
    notes = []
    assert render.markdown(source, rest=notes) == render.markdown(source) and notes == []


def test_tags_keep_a_paragraph_whole_or_away():
    filler = code_cell("\n".join(f"x{number} = {number}" for number in range(9)), kind="-")
    whole = text_cell("One. Two.", "-", ["whole"])
    away = text_cell("Three. Four.", "-", ["notes"])
    slide = deck_of(text_cell("## A\n\nZero. Half."), filler, whole, away)[-1]
    assert "Zero.</p>" in slide.blocks[0] and "<p>Half.</p>" in slide.notes[0]
    assert "<p>One. Two.</p>" in slide.blocks[-1] and len(slide.blocks) == 3
    assert "<p>Three. Four.</p>" in slide.notes[-1]


def test_a_slide_that_would_be_nearly_empty_is_filled_up():
    """With the rest of its paragraph, or with the next slide."""
    alone = deck_of(text_cell("## A\n\nOne. Two."))[-1]
    assert "One. Two." in alone.blocks[0] and alone.notes == []
    first, *others = deck_of(text_cell("## A\n\nOne. Two."), code_cell("x = 1", kind="subslide"), text_cell("## B"))[2:]
    assert len(first.blocks) == 2 and [slide.title for slide in others] == ["B"]
    full = [code_cell("\n".join(["x = 1"] * 9), kind="subslide") for _ in range(2)]
    assert len(deck_of(text_cell("## A"), *full)) == 2 + 2


# Cells that an instructor adds


def displayed(value, **metadata):
    """The output of a cell whose last line is a value, as IPython stores it."""
    formatter = InteractiveShell.instance().display_formatter
    data, known = formatter.format(value)
    return shows(data, **(known | metadata))


def pasted(source, kind="slide"):
    """A cell into which a picture was pasted."""
    return text_cell(source, kind, attachments={"image.png": {"image/png": photo(300, 200)}})


BADGE = (
    "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/x)"
)
VIDEO = {"text/html": YouTubeVideo("dQw4w9WgXcQ")._repr_html_(), "image/jpeg": photo(480, 360, "jpeg")}
OWN_CELLS = {  # what is to be seen of it -> the cell
    "as we said in May": pasted("## A picture\n\n![as we said in May](attachment:image.png)"),
    "written as Markdown": code_cell("x", displayed(Markdown("It was *written* as Markdown")), kind="subslide"),
    "a formula": code_cell("x", displayed(Math(r"\frac{a}{b}")), kind="subslide"),
    "an equation": code_cell("x", displayed(Latex(r"\begin{align}a &= b\end{align}")), kind="subslide"),
    "a video": code_cell("x", shows(VIDEO), kind="subslide"),
    "a page": code_cell("x", displayed(IFrame("https://example.org/a.html", 600, 300)), kind="subslide"),
    "a picture elsewhere": text_cell("![a picture elsewhere](https://example.org/x.png)", "subslide"),
    "HTML": code_cell("x", displayed(HTML("<b>bold</b><img src='https://example.org/y.png'>")), kind="subslide"),
    "a script": code_cell("x", displayed(Javascript("alert(1)")), kind="subslide"),
    "a PNG": code_cell("x", shows({"image/png": photo(640, 480)}), kind="subslide"),
    "a JPEG": code_cell("x", shows({"image/jpeg": photo(4000, 3000, "jpeg")}), kind="subslide"),
}


def own_lesson():
    lesson = lesson_of(*OWN_CELLS.values())
    lesson.cells.insert(0, nbformat.v4.new_raw_cell("raw: for another program"))
    lesson.cells.insert(1, text_cell(BADGE))
    return lesson


@needs_chromium
def test_an_instructors_own_cells_make_slides_that_ask_for_nothing(tmp_path, started):
    page = open_deck(started, build_deck(tmp_path, own_lesson()))
    findings = [sentence for listed in audit_deck(page).findings.values() for sentence in listed]
    formulas, pictures = page.locator("mjx-container").count(), page.locator(".body img").count()
    page.context.close()
    # a description is the author's to give
    assert [sentence for sentence in findings if "without a description" not in sentence] == []
    assert formulas == 2 and pictures == 1 + 3  # the first one on the title slide, too


def shown_of(name):
    """Return what is to be seen of an instructor's cell, without its code."""
    slide = deck_of(OWN_CELLS[name])[-1]
    return re.sub(r'<pre class="code">.*?</pre>', "", "".join(slide.blocks), flags=re.DOTALL)


def test_html_that_ends_in_a_later_piece_stays_open(tmp_path):
    """A fold in its usual form, and a box around Markdown, as JupyterLab shows them."""
    fold = "<details>\n<summary>Answer</summary>\n\nForty-two.\n\n</details>"
    box = '<div class="alert">\n\nThis is *important*.\n\n</div>'
    shown = re.sub(r"\s+", " ", "".join(deck_of(text_cell(f"## Look\n\n{fold}\n\n{box}"))[-1].blocks))
    assert re.search(r"<details[^>]*><summary>Answer</summary> ?<p>Forty-two.</p> ?</details>", shown)
    assert re.search(r'<div class="alert"> ?<p>This is <em>important</em>.</p> ?</div>', shown)


def test_a_picture_of_the_course_in_html_is_put_into_the_slide(tmp_path, capsys):
    (tmp_path / "photo.png").write_bytes(base64.b64decode(photo(64, 48)))
    tags = ["<img src='photo.png' alt='one'>", '<img alt="two" src="photo.png"/>', "<img src=photo.png>"]
    cells = [*map(text_cell, tags), code_cell("x", displayed(HTML(tags[0])))]
    path = tmp_path / "Part9_Test.ipynb"
    nbformat.write(lesson_of(*cells), path)
    with render.lesson(path):
        slides = build_slides.slides_of(nbformat.read(path, 4))
        shown = "".join(block for slide in slides for block in slide.blocks)
        assert shown.count("data:image/png;base64,") == 4 and "photo.png" not in shown
        assert capsys.readouterr().out == ""
        render.markdown("![gone](fotos/gone.png)")
    assert capsys.readouterr().out.startswith(
        "Part9_Test.ipynb: the picture fotos/gone.png is not there, or not in the"
    )


@needs_chromium
@pytest.mark.parametrize("size", [(1600, 300), (3000, 2000)])
def test_no_picture_in_a_text_is_larger_than_its_slide(tmp_path, started, size):
    (tmp_path / "photo.png").write_bytes(base64.b64decode(photo(*size)))
    cells = [
        text_cell("## One\n\n![a wall of one color](photo.png)"),
        text_cell('## Two\n\n<img src="photo.png" alt="a wall of one color">'),
    ]
    page = open_deck(started, build_deck(tmp_path, lesson_of(*cells)))
    findings = audit_deck(page).findings
    page.context.close()
    assert not any(findings.values()), findings


def test_a_cell_that_is_higher_than_a_slide_is_named(capsys):
    deck_of(text_cell("## Points\n\n" + "\n".join(f"- point {number}" for number in range(30)), id="too-long"))
    assert "the cell too-long is higher than a slide. Divide it." in capsys.readouterr().out
    deck_of(text_cell("## Points\n\n- one\n- two", id="short"))
    assert capsys.readouterr().out == ""


def test_a_pasted_picture_is_shown():
    assert 'src="data:image/png;base64' in shown_of("as we said in May")
    lost = text_cell("![x](attachment:gone.png)")
    with pytest.raises(SystemExit, match="gone.png is not in the notebook: paste it again"):
        deck_of(lost)


def test_a_pasted_picture_is_shown_in_a_title_a_card_and_the_notes():
    picture = "\n\n![what we saw](attachment:image.png)"
    lesson = lesson_of(
        pasted(f"### Exercise 9.1 · Look\n\n● · 5 minutes\n\nWhat is it?{picture}"),
        pasted(f"<details><summary>For the instructor</summary>{picture}\n\n</details>", "notes"),
    )
    lesson.cells[1].id = "ex-9-1"
    lesson.cells[0] = pasted("# Welcome" + picture)
    title, card = build_slides.slides_of(lesson)
    assert all("data:image/png" in "".join(part) for part in (title.blocks, card.blocks, card.notes))


def test_a_raw_cell_and_badges_may_stand_on_top():
    made = build_slides.slides_of(own_lesson())
    assert [slide.kind for slide in made[:2]] == ["title", "goals"] and made[0].title == "Try"
    text = "".join(block for slide in made for block in slide.blocks)
    assert "raw: for" not in text and "colab" not in text


@pytest.mark.parametrize("size", [{}, {"width": 400}])
@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_a_picture_without_a_size_gets_its_own(kind, size):
    mime = f"image/{kind}"
    cell = code_cell("x", shows({mime: photo(1600, 800, kind)}, **{mime: size}))
    (_, shown), *_ = render.outputs(cell)
    width = size.get("width", 800)  # no wider than in a notebook
    assert f'width="{width}" height="{width // 2}"' in shown


def test_a_picture_that_is_none_is_no_reason_to_stop():
    assert "<img" in deck_of(code_cell("x", shows({"image/png": "AA=="})))[-1].blocks[-1]


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        ("50%", 'width="400" height="200"'),
        ("300px", 'width="300" height="150"'),
        ("300", 'width="300" height="150"'),
        (300.0, 'width="300" height="150"'),
        ("wide", 'width="800" height="400"'),
        (0, 'width="800" height="400"'),
    ],
)
def test_a_picture_may_have_any_size_that_a_notebook_knows(width, shown):
    cell = code_cell("x", shows({"image/png": photo(1600, 800)}, **{"image/png": {"width": width, "alt": None}}))
    [(_, figure)] = render.outputs(cell)
    assert shown in figure and 'alt=""' in figure


@pytest.mark.parametrize("box", ["0 0 0.3 0.2", "0 0 0 0"])
def test_a_drawing_in_other_units_than_pixels_is_as_large_as_the_browser_makes_it(box):
    cell = code_cell("x", shows({"image/svg+xml": f'<svg viewBox="{box}"/>'}))
    [(_, figure)] = render.outputs(cell)
    assert "<img" in figure and "width" not in figure


@pytest.mark.parametrize("source", ["x = 1\ny = 2\n", "x = 1\r\ny = 2", "x = 1\ry = 2\n\n"])
def test_code_may_end_its_lines_as_it_likes(source):
    assert render.code(source) == render.code("x = 1\ny = 2")
    assert render.code(source).count('class="line"') == 2


def test_a_heading_with_a_number_is_no_list():
    assert render.text_of("2. Limits of `x`") == "2. Limits of <code>x</code>"
    assert deck_of(text_cell("## 2. Limits\n\nNone."))[-1].title == "2. Limits"


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (text_cell("![x](attachment:gone.png)"), "The picture gone.png is not in the notebook"),
        (code_cell("exercises.solution('9.1')", tags=["solution"]), "The cell .* shows no answer"),
    ],
)
def test_a_fault_is_told_with_the_name_of_its_lesson(tmp_path, cell, says):
    with pytest.raises(SystemExit, match=f"^Part9_Try.ipynb: {says}"):
        build_deck(tmp_path, lesson_of(cell))


def test_values_are_shown_as_text_and_formulas_and_never_as_a_repr():
    assert "It was <em>written</em> as Markdown" in shown_of("written as Markdown")
    assert r"$\displaystyle \frac{a}{b}$" in shown_of("a formula")
    assert r"\begin{align}a &amp;= b\end{align}" in shown_of("an equation")
    for name in OWN_CELLS:
        assert "IPython" not in shown_of(name), name
    assert "Javascript" not in shown_of("a script")


def test_a_video_and_a_page_become_sentences_with_a_link():
    video = shown_of("a video")
    assert '<a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ">A video on YouTube: https://' in video
    assert "iframe" not in video and "<img" not in video
    page = shown_of("a page")
    assert '<a href="https://example.org/a.html">A page: https://example.org/a.html</a>' in page
    titled = '<iframe title="The course" src="https://example.org"></iframe>'
    assert '<a href="https://example.org">The course</a>' in render.without_network(titled)
    assert render.without_network('<video src="mine.mp4"></video>') == '<p class="elsewhere">A video: mine.mp4</p>'


def test_pictures_scripts_and_styles_from_the_network_are_left_out():
    assert '<a href="https://example.org/x.png">a picture elsewhere</a>' in shown_of("a picture elsewhere")
    shown = shown_of("HTML")
    assert "<b>bold</b>" in shown and "<img" not in shown and 'href="https://example.org/y.png"' in shown
    page = '<script src="https://a.org/b.js"></script><link rel="stylesheet" href="https://a.org/b.css"><p>x</p>'
    assert render.without_network(page) == "<p>x</p>"
    own = '<img alt="x" src="data:image/png;base64,AA=="><script>1</script>'
    assert render.without_network(own) == own


REMOTE = {  # what stands in a cell -> what is left of it
    '<img alt="x" src="a.png" srcset="https://a.org/b.png 2x">': '<img alt="x" src="a.png">',
    "<img alt=x src=HTTPS://a.org/b.png>": '<a href="HTTPS://a.org/b.png">x</a>',
    '<p style="background:url(https://a.org/b.png)">x</p>': "<p>x</p>",
    "<p style='background: URL( \"//a.org/b.png\" )'>x</p>": "<p>x</p>",
    '<svg><image href="https://a.org/b.png"/></svg>': "<svg><image/></svg>",
    '<svg><use xlink:href="https://a.org/b.svg#c"/></svg>': "<svg><use/></svg>",
    '<svg><rect fill="url(https://a.org/b.svg#c)"/></svg>': "<svg><rect/></svg>",
    '<style>@import "https://a.org/b.css"; p { color: red }</style>': "<style> p { color: red }</style>",
    "<style>p { background: url('https://a.org/b.png') }</style>": "<style>p { background: none }</style>",
    "<body background=https://a.org/b.png>": "<body>",
    '<meta http-equiv="refresh" content="0; url=https://a.org"><p>x</p>': "<p>x</p>",
}


@pytest.mark.parametrize("written", REMOTE)
def test_nothing_is_fetched_in_other_ways_either(written):
    assert render.without_network(written) == REMOTE[written]


@pytest.mark.parametrize(
    "own",
    [
        '<a href="https://a.org" data-src="https://a.org/b.png">there</a>',
        '<p style="color: red">x > y</p><svg><use href="#a"/><rect fill="url(#b)"/></svg>',
        "<style>p { background: url(data:image/gif;base64,AA==) }</style>",
    ],
)
def test_links_styles_and_what_the_page_itself_holds_stay(own):
    assert render.without_network(own) == own


def test_a_tag_within_a_sentence_is_closed_where_the_author_closes_it():
    assert render.markdown('It is <b>bold</b> and <span class="a">red</span>.') == (
        '<p>It is <b>bold</b> and <span class="a">red</span>.</p>\n'
    )


def test_pictures_are_looked_for_beside_the_notebook():
    """In the course only: the files around it are none of a lesson's."""
    figure = next(iter((build_slides.ROOT / "assets" / "figures").glob("*.svg")))
    written = f"![a figure](../assets/figures/{figure.name})"
    outside = "![none](../../x.png)"
    with render.lesson(BONUS[0]):
        assert 'src="data:image/svg+xml;base64,' in render.markdown(written)
        assert 'src="../../x.png"' in render.markdown(outside)
        tag = f'<img alt="a figure" src="../assets/figures/{figure.name}">'
        assert 'src="data:image/svg+xml;base64,' in render.markdown(tag)
    assert "data:" not in render.markdown(written)


def test_only_lines_of_badges_are_dropped():
    own = "[![my logo](https://example.org/logo.svg)](https://example.org)"
    assert render.without_badges(f"# Title\n{BADGE}\n{own}") == f"# Title\n{own}"
    assert render.markdown(own) == '<p><a href="https://example.org">my logo</a></p>\n'


def test_a_talk_without_the_form_of_a_lesson_is_a_talk_as_well():
    """No part, no question, no list of aims, no slide types."""
    cells = [
        nbformat.v4.new_markdown_cell("# Welcome\n\nTo the second week"),
        nbformat.v4.new_markdown_cell("## First\n\nWe begin."),
        nbformat.v4.new_code_cell("1 + 1"),
        nbformat.v4.new_markdown_cell("## Second\n\nWe end."),
    ]
    made = build_slides.slides_of(nbformat.v4.new_notebook(cells=cells))
    assert [(slide.kind, slide.title) for slide in made] == [
        ("title", "Welcome"),
        ("plain", "First"),
        ("plain", "Second"),
    ]
    assert "To the second week" in made[0].blocks[0] and len(made[1].blocks) == 2


def test_a_card_may_lack_a_hint_and_has_to_begin_as_a_card():
    card = text_cell("### Exercise 9.1 · Look\n\n● · 5 minutes\n\nWhat is it?", id="ex-9-1")
    slide = deck_of(card)[-1]
    assert slide.kind == "exercise" and slide.title == "Look" and "Hint" not in "".join(slide.notes)
    with pytest.raises(SystemExit, match='The card ex-9-1 should begin with "### Exercise 1.2 · Title"'):
        deck_of(text_cell("### Look", id="ex-9-1"))


def test_a_widget_has_a_stand_in_that_can_be_read():
    bar = {"text/plain": "epochs:  40%|####      | 2/5", render.WIDGET: {"model_id": "1"}}
    slider = {"text/plain": "IntSlider(value=7)", render.WIDGET: {"model_id": "2"}}
    first, second = (deck_of(code_cell("x", shows(data)))[-1].blocks[0] for data in (bar, slider))
    assert "2/5" in first and "Interactive: run the notebook to use it." in first
    assert "Interactive" in second and "IntSlider" not in second.split("widget")[1]


def test_outputs_are_shown_as_they_are_meant():
    out = nbformat.v4.new_output
    svg = out("display_data", data={"image/svg+xml": "<svg/>"}, metadata={"image/svg+xml": {"alt": "a <b> c"}})
    parts = [out("stream", text="1 < 2\n"), out("stream", text="\x1b[31mred\x1b[0m\n")]
    error = out("error", ename="ValueError", evalue="a < b", traceback=["at 0x7f"])
    shown = render.outputs(code_cell("x", *parts, svg, out("execute_result", data={"text/plain": "<a>"}), error))
    assert [kind for kind, _ in shown] == ["text", "figure", "text", "error"]
    text, figure, value, failed = (body for _, body in shown)
    assert "1 &lt; 2" in text and "\x1b" not in text and text.count("<pre") == 1
    assert 'alt="a &lt;b&gt; c"' in figure and "image/svg+xml;base64" in figure
    assert "&lt;a&gt;" in value and "ValueError: a &lt; b" in failed and "0x7f" not in failed


@pytest.mark.parametrize(("width", "height", "lines"), [(250, 250, 2), (576, 307, 4), (768, 300, 2), (300, 300, 15)])
def test_code_and_its_figure_are_on_one_slide(width, height, lines):
    code = "\n".join(f"axes.plot(values[{number}])" for number in range(lines))
    made = deck_of(text_cell("## A\n\nWe draw."), code_cell(code, figure(width, height), kind="-"), text_cell("## B"))
    assert [slide.title for slide in made[2:]] == ["A", "B"]
    shown = "".join(made[2].blocks)
    assert "pre class=" in shown and "<img" in shown


def test_a_figure_takes_the_place_of_code_that_is_too_long_for_it():
    made = deck_of(text_cell("## A\n\nWe draw."), code_cell(LONG[:900], figure(768, 340), kind="-"))
    shown = "".join(made[2].blocks)
    assert len(made) == 3 and "pre class=" not in shown and "We draw." in shown and "<img" in shown
    notes = "".join(made[2].notes)
    # the window of the notes has no styles of the course, so each line says for itself that it is one
    assert notes.count("plot") == notes.count('<span class="line" style="display: block; ') > 10


def test_a_table_in_front_of_a_figure_has_a_slide_of_its_own_where_both_do_not_fit():
    table = "## A\n\n| a | b |\n| - | - |\n" + "| `RandomResizedCrop` | which piece, and how large |\n" * 5
    made = deck_of(text_cell(table), code_cell("plot(x)", figure(630, 318), kind="-"))[2:]
    first, second = ("".join(slide.blocks) for slide in made)
    assert "<table" in first and "<img" not in first
    assert "pre class=" in second and "<img" in second


def test_code_for_drawing_is_never_shown():
    hidden = code_cell("axes.plot(1)", prints("done\n"), figure(300, 300), kind="-", tags=["hide-input"])
    slide = deck_of(text_cell("## A"), hidden)[-1]
    assert "axes" not in "".join(slide.blocks + slide.notes)
    assert "done" in slide.blocks[0] and "<img" in slide.blocks[1]


def test_what_goes_deeper_follows_after_the_summary():
    cells = [text_cell(f"## {title}\n\n- item") for title in ("1 · A", "Going deeper", "Summary", "Links")]
    made = deck_of(*cells)[2:]
    assert [slide.title for slide in made] == ["1 · A", "Summary", "Going deeper", "Links"]
    assert [slide.deeper for slide in made] == [False, False, True, False]


def test_code_that_looks_like_html_stays_code():
    assert "&lt;/script&gt;" in render.code('x = "</script>"')
    assert render.script("a = '</script>'").count("</script>") == 1


def test_notes_belong_to_the_slides_before_them():
    note = "<details><summary>For the instructor</summary>\n\nAsk **why**.\n\n</details>"
    notes = nbformat.v4.new_markdown_cell(note, metadata={"slideshow": {"slide_type": "notes"}})
    made = deck_of(text_cell("## A\n\n- a"), text_cell("### B\n\n- b", "subslide"), notes, text_cell("## C\n\n- c"))
    assert [bool(slide.notes) for slide in made] == [True, True, True, True, False]
    assert made[2].notes == ["<p>Ask <strong>why</strong>.</p>\n"] or "<strong>why</strong>" in made[2].notes[0]


def test_an_exercise_that_was_not_run_says_what_to_do():
    cell = code_cell('exercises.solution("9.1")')
    with pytest.raises(SystemExit, match="run the lesson first"):
        render.answer(cell)


@pytest.mark.skipif(os.name == "nt", reason="the browser of this test is a script of a shell")
def test_letters_that_nobody_knows_in_what_a_browser_says_do_no_harm(tmp_path):
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\nprintf '\\201 written' >&2\n")
    browser.chmod(0o755)
    assert print_slides.print_page("file:///deck.html", tmp_path / "deck.pdf", str(browser)) == "\ufffd written"


def test_unknown_lessons_and_missing_browsers_are_told(monkeypatch, tmp_path):
    with pytest.raises(SystemExit, match="There is no such lesson"):
        build_slides.main(["9"])
    monkeypatch.setattr(print_slides, "SLIDES", tmp_path)
    with pytest.raises(SystemExit, match="run `make slides` first"):
        print_slides.main([])
    (tmp_path / "Part1_Tensors.html").touch()
    monkeypatch.setattr(chromium, "find", lambda: None)
    with pytest.raises(SystemExit, match="There is no browser to print with. Install Chromium"):
        print_slides.main(["1"])


@pytest.mark.parametrize(
    ("command", "step"), [(build_slides, "build"), (print_slides, "print_deck"), (build_site, "build")]
)
def test_ctrl_c_ends_a_command_with_a_sentence(monkeypatch, tmp_path, capsys, command, step):
    def press_ctrl_c(*_):
        raise KeyboardInterrupt

    (tmp_path / "Part1_Tensors.html").touch()
    monkeypatch.setattr(print_slides, "SLIDES", tmp_path)
    monkeypatch.setattr(chromium, "find", lambda: "chromium")
    monkeypatch.setattr(sys, "argv", ["make"])
    monkeypatch.setattr(command, step, press_ctrl_c)
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 130 and capsys.readouterr().out.startswith("Stopped. The ")


def test_a_browser_that_does_not_end_is_told(monkeypatch, tmp_path):
    """The PDF of before stays, and nothing else is left."""
    deck = tmp_path / "Part1_Tensors.html"
    deck.touch()
    deck.with_suffix(".pdf").write_bytes(b"of before")

    def wait_for_ever(command, timeout, **_):
        [target] = [word.partition("=")[2] for word in command if word.startswith("--print-to-pdf")]
        print_slides.Path(target).write_bytes(b"half")
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(subprocess, "run", wait_for_ever)
    with pytest.raises(SystemExit, match="Part1_Tensors.html: the browser has not printed it in 5 minutes"):
        print_slides.print_deck(deck, "chromium")
    assert deck.with_suffix(".pdf").read_bytes() == b"of before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Part1_Tensors.html", "Part1_Tensors.pdf"]


@pytest.mark.parametrize("process", [1, 2])
def test_two_commands_at_once_do_not_write_into_the_same_file(monkeypatch, tmp_path, process):
    """What is written half has the number of the process in its name."""
    half = []
    monkeypatch.setattr(os, "getpid", lambda: process)
    replace = print_slides.Path.replace
    monkeypatch.setattr(print_slides.Path, "replace", lambda self, to: half.append(self.name) or replace(self, to))
    build_deck(tmp_path, lesson_of())
    assert half == [f".Part9_Try.html.{process}"]


@needs_chromium
def test_the_commands_write_where_they_say(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(build_slides, "SLIDES", tmp_path / "build" / "slides")
    monkeypatch.setattr(print_slides, "SLIDES", tmp_path / "build" / "slides")
    build_slides.main(["1"])
    print_slides.main(["1"])
    said = capsys.readouterr().out
    assert re.search(r"Part1_Tensors.html: \d+ slides, \d\.\d MB", said) and re.search(
        r"Part1_Tensors.pdf: \d+ pages", said
    )
    deck, pdf = sorted((tmp_path / "build" / "slides").iterdir())
    assert [deck.name, pdf.name] == ["Part1_Tensors.html", "Part1_Tensors.pdf"]
    sheets = pypdf.PdfReader(pdf).pages
    texts = [sheet.extract_text() for sheet in sheets]
    assert len(sheets) == print_slides.count_slides(deck.read_text("utf-8")) and all(text.strip() for text in texts)
    assert sheets[0].mediabox.width / sheets[0].mediabox.height == pytest.approx(16 / 9, abs=0.01)
    assert "the course's answer" not in "".join(texts)


def test_chromium_is_found_or_named(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}" if name == "google-chrome" else None)
    assert chromium.find() == "/bin/google-chrome"
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(chromium, "PLACES", ())
    assert chromium.find() is None


@pytest.mark.parametrize("result", ["works", "fails", "no sudo"])
def test_chromium_is_installed_where_it_may_be(monkeypatch, capsys, result):
    commands, found = [], []

    def run(command, **options):
        if result == "no sudo":
            raise FileNotFoundError("sudo is not here")
        commands.append(command)
        found.extend(["/bin/chromium"] if "install" in command and result == "works" else [])
        return subprocess.CompletedProcess(command, int(result == "fails"), "", "E: no such package")

    monkeypatch.setattr(shutil, "which", lambda name: "/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(chromium, "find", lambda: found[0] if found else None)
    monkeypatch.setattr(subprocess, "run", run)
    assert chromium.install() == (result == "works")
    said = capsys.readouterr().out
    assert "Installing Chromium" in said and ("will be skipped" in said) == (result != "works")
    assert len(said.splitlines()) == (1 if result == "works" else 2)
    if result == "works":
        assert commands[1][-4:] == ["install", "-y", "-qq", "chromium"]
        assert chromium.install() and len(commands) == 2


def test_without_apt_one_line_says_what_is_missing(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(chromium, "PLACES", ())
    assert not chromium.install()
    assert len(capsys.readouterr().out.splitlines()) == 1
