"""Slides, in a real browser from disk: every slide of every lesson is whole, readable and needs no network."""

import re
import shutil
import subprocess

import nbformat
import pypdf
import pytest
from browser import Clock, audit_deck, axe, browser, needs_chromium, new_page, open_deck, slides
from lessons import LESSONS, tags

from tools.publish import build_slides, chromium, print_slides, render


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    """The slides of all lessons: name -> file."""
    folder = tmp_path_factory.mktemp("slides")
    return {path.stem: build_slides.build(path, folder)[0] for path in LESSONS}


@pytest.fixture(scope="module")
def started():
    with browser() as running:
        yield running


def deck_kinds(deck):
    """Return the kind of each slide of a deck, by name."""
    return dict(re.findall(r'<section id="([^"]*)" data-kind="(\w+)"', deck.read_text("utf-8")))


def without_network():
    """Whether this computer lets us run a program in a network namespace of its own, where there is no network."""
    return bool(shutil.which("unshare")) and not subprocess.run(["unshare", "-rn", "true"], timeout=60).returncode


def show(page, name):
    """Go to a slide by its name."""
    page.evaluate("(name) => Reveal.slide(...Object.values(Reveal.getIndices(document.getElementById(name))))", name)


each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


@needs_chromium
@each_lesson
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_slide_is_whole_and_readable(path, theme, decks, started, record_property):
    clock, page = Clock(), open_deck(started, decks[path.stem], theme)
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    count, findings = len(slides(page)), audit_deck(page)
    page.context.close()
    record_property("seen", f"slides of {path.stem}, {theme}: {count} visited, {len(findings)} findings, {clock}")
    assert not findings and count > 25


ADD = "s.querySelector('.body').insertAdjacentHTML('beforeend', '{}')"
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
FAULTS = {
    "too low": "s.querySelector('.body').lastElementChild.style.minHeight = '900px'",
    "cut off": "s.querySelector('.body').lastElementChild.style.marginLeft = '1200px'",
    "scrolls": "s.querySelector('pre').style.cssText = 'height: 20px; overflow: auto'",
    "text of 12": "s.querySelector('.text').style.fontSize = '12px'",
    "raw TeX": "s.querySelector('.text').append('the slope $\\\\frac{a}{b}$')",
    "a formula fails": ADD.format("<mjx-merror>no</mjx-merror>"),
    "a picture is missing": ADD.format('<img alt="a b c" src="file:///no.png">'),
    "without a description": ADD.format(f'<img width="9" src="{PIXEL}">'),
    "shrunk": "s.dataset.fit = 0.7",
    "labels of a figure": ADD.format('<p class="figure" data-scale="1">x</p>'),
    "blank": "s.innerHTML = '<div class=page><div class=body></div></div>'",
    "a request to": "fetch('http://example.org/x.js').catch(() => 0)",
    "console: oh": "console.error('oh')",
}


@needs_chromium
@pytest.mark.parametrize("fault", FAULTS)
def test_the_audit_finds_a_planted_fault(fault, decks, started):
    """The audit that says "no findings" is not blind."""
    page = open_deck(started, decks[LESSONS[0].stem])
    page.evaluate("Reveal.getSlides = () => [document.getElementById('tensors-three')]")
    assert audit_deck(page) == {}
    page.evaluate("() => { const s = document.getElementById('tensors-three'); " + FAULTS[fault] + "; }")
    page.wait_for_timeout(100)
    found = [sentence for listed in audit_deck(page).values() for sentence in listed]
    page.context.close()
    assert any(fault in sentence for sentence in found), found


@needs_chromium
@each_lesson
def test_slides_are_accessible(path, decks, started, record_property):
    """The print view has all slides on one page, so that axe can judge them at once."""
    clock, page = Clock(), new_page(started)
    page.goto(f"{decks[path.stem].as_uri()}?print-pdf&solutions")
    page.wait_for_function("document.querySelectorAll('.pdf-page').length > 25")
    findings, count = [], page.locator(".pdf-page").count()
    for theme in ("light", "dark"):
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        page.evaluate("() => document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        findings += axe(page)
    page.evaluate("() => { document.querySelector('#summary .text').style.color = '#555'; }")
    assert any("color-contrast" in finding for finding in axe(page)), "axe is blind"
    page.context.close()
    page = open_deck(started, decks[path.stem])  # with the controls
    findings += axe(page)
    page.context.close()
    record_property("seen", f"axe on {path.stem}: {count} slides in two themes, {len(findings)} findings, {clock}")
    assert not findings


@needs_chromium
def test_keys(decks, started):
    """Arrows lead through all slides, O shows an overview, U unfolds, T turns the light off, ? lists the keys."""
    page, place = open_deck(started, decks[LESSONS[0].stem]), "Reveal.getCurrentSlide().id"
    total, seen = len(slides(page)), []
    for _ in range(total):
        seen.append(page.evaluate(place))
        page.keyboard.press("ArrowRight")
    assert len(set(seen)) == total and page.evaluate("Reveal.isLastSlide()")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(place) == seen[-2]
    page.keyboard.press("o")
    assert page.evaluate("Reveal.isOverview()")
    page.keyboard.press("o")
    show(page, "ex-1-1-solution")
    fold = "document.querySelector('#ex-1-1-solution details').open"
    assert not page.evaluate(fold)
    page.keyboard.press("u")
    assert page.evaluate(fold) and page.locator("#ex-1-1-solution pre").is_visible()
    page.keyboard.press("u")
    for _ in range(20):  # by Tab, without a mouse
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#ex-1-1-solution summary')"):
            break
    page.keyboard.press("Enter")
    assert page.evaluate(fold)
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.keyboard.press("Shift+?")
    page.get_by_text("Unfold the hint or the answer").wait_for()
    assert page.faults == []
    page.context.close()


@needs_chromium
def test_speaker_notes(decks, started):
    page = open_deck(started, decks[LESSONS[0].stem])
    show(page, "ex-1-1")
    with page.context.expect_page() as opening:
        page.keyboard.press("s")
    speaker = opening.value
    notes = speaker.locator(".speaker-controls-notes .value")
    notes.get_by_text("An index takes its dimension away").wait_for(timeout=30_000)  # the hint of the exercise
    assert "Ask:" in notes.inner_text()  # and what to ask in this section
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    notes.get_by_text("An index takes its dimension away").wait_for(state="detached")
    assert "Ask:" in notes.inner_text()
    assert page.faults == []
    page.context.close()


@needs_chromium
def test_a_small_window_shows_the_same_slide_smaller(decks, started):
    """Only the size of the text may differ from that of a full screen."""
    page = open_deck(started, decks[LESSONS[0].stem], width=640, height=480)
    assert page.evaluate("Reveal.getScale()") == pytest.approx(0.5)
    found = {sentence for listed in audit_deck(page).values() for sentence in listed}
    page.context.close()
    assert found and all(sentence.startswith("text of ") for sentence in found)


@needs_chromium
@each_lesson
def test_pdf_has_a_page_for_each_slide(path, decks, tmp_path, record_property):
    deck, counts = tmp_path / f"{path.stem}.html", {}
    shutil.copy(decks[path.stem], deck)
    for answers in (False, True):
        pdf, pages = print_slides.print_deck(deck, chromium.find(), answers)
        read = pypdf.PdfReader(pdf)
        assert len(read.pages) == pages
        assert read.pages[0].mediabox.width / read.pages[0].mediabox.height == pytest.approx(16 / 9, abs=0.01)
        assert all(page.extract_text().strip() for page in read.pages)
        assert ("Show the course" in "".join(page.extract_text() for page in read.pages)) == answers
        counts[answers] = pages
    assert counts[True] == len(deck_kinds(deck))
    assert counts[True] - counts[False] == list(deck_kinds(deck).values()).count("solution") >= 6
    record_property("seen", f"PDF of {path.stem}: {counts[False]} pages, {counts[True]} with the answers")


@needs_chromium
def test_a_print_that_lost_pages_is_no_success(tmp_path):
    deck = tmp_path / "Part1_Tensors.html"
    deck.write_text('<section id="a" data-kind="plain"></section><section id="b" data-kind="plain"></section>')
    with pytest.raises(SystemExit, match="printed 1 pages instead of 2"):
        print_slides.print_deck(deck, chromium.find())
    assert [path.name for path in tmp_path.iterdir()] == [deck.name]


@needs_chromium
@pytest.mark.skipif(not without_network(), reason="this computer does not let us make a network namespace")
@each_lesson
def test_slides_open_where_there_is_no_network_at_all(path, decks):
    command = ["unshare", "-rn", chromium.find(), *chromium.FLAGS, "--headless", "--virtual-time-budget=30000"]
    shown = subprocess.run([*command, "--dump-dom", decks[path.stem].as_uri()], capture_output=True, text=True).stdout
    formulas = "$" in "".join(cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown")
    assert 'data-ready="yes"' in shown and ("<mjx-container" in shown or not formulas)


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
    """Exercises and folded answers are slides of their own; checks and notes are not shown; all text is there."""
    nb, kinds = nbformat.read(path, 4), deck_kinds(decks[path.stem])
    text = decks[path.stem].read_text("utf-8")
    shown = [cell for cell in nb.cells if not build_slides.is_type(cell, "skip", "notes")]
    for cell in shown:
        if re.fullmatch(r"ex-\d+-\d+", cell.id):
            assert kinds[cell.id] == "exercise" and kinds[f"{cell.id}-solution"] == "solution"
        if build_slides.is_type(cell, "slide", "subslide"):
            assert f'id="{cell.id}"' in text, cell.id
    assert "exercises.check(" not in re.sub(r"<[^>]+>", "", text)
    assert text.count('<details class="fold answer">') == sum("solution" in tags(cell) for cell in shown)
    assert "<details open" not in text and "For the instructor" not in text
    figures = sum(kind == "figure" for cell in shown if cell.cell_type == "code" for kind, _ in render.outputs(cell))
    assert text.count('<figure class="figure">') == figures + 1  # the first one stands on the title slide, too
    question = re.search(r"> \*\*(.+?)\*\*", nb.cells[0].source)[1]
    assert f'<p class="question">{question}</p>' in text


def deck_of(*cells):
    """Return the slides of a little lesson: a title and some cells."""
    title = (
        "# Part 9 · Try\n\n> **Why?**\n\n**You will be able to**\n\n- try\n\n**Time** 5 minutes · **You need** nothing"
    )
    start = [nbformat.v4.new_markdown_cell(title, id="title", metadata={"slideshow": {"slide_type": "slide"}})]
    return build_slides.slides_of(nbformat.v4.new_notebook(cells=start + list(cells)))


def code_cell(source, *outputs, kind="slide"):
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), metadata={"slideshow": {"slide_type": kind}})


def test_a_widget_has_a_stand_in_that_can_be_read():
    bar = {"text/plain": "epochs:  40%|####      | 2/5", render.WIDGET: {"model_id": "1"}}
    slider = {"text/plain": "IntSlider(value=7)", render.WIDGET: {"model_id": "2"}}
    cells = [code_cell("x", nbformat.v4.new_output("display_data", data=data)) for data in (bar, slider)]
    first, second = (slide.blocks[0] for slide in deck_of(*cells)[-2:])
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


def test_a_wide_figure_gets_a_slide_of_its_own_and_a_small_one_stands_beside_its_code():
    def figure(width, height):
        meta = {"image/png": {"alt": "a plot of numbers", "width": width, "height": height}}
        return nbformat.v4.new_output("display_data", data={"image/png": "AA=="}, metadata=meta)

    wide = deck_of(code_cell("x = 1\nplot()", figure(768, 384)))
    assert [slide.kind for slide in wide[2:]] == ["plain", "figure"]
    small = deck_of(code_cell("plot()", figure(250, 250)))
    assert [slide.kind for slide in small[2:]] == ["plain"] and "<img" in small[2].blocks[1]


def test_code_that_looks_like_html_stays_code():
    assert "&lt;/script&gt;" in render.code('x = "</script>"')
    assert render.script("a = '</script>'").count("</script>") == 1


def test_notes_belong_to_the_slides_before_them():
    note = "<details><summary>For the instructor</summary>\n\nAsk **why**.\n\n</details>"
    notes = nbformat.v4.new_markdown_cell(note, metadata={"slideshow": {"slide_type": "notes"}})
    made = deck_of(code_cell("a"), code_cell("b", kind="subslide"), notes, code_cell("c"))
    assert [bool(slide.notes) for slide in made] == [True, True, True, True, False]
    assert made[2].notes == ["<p>Ask <strong>why</strong>.</p>\n"] or "<strong>why</strong>" in made[2].notes[0]


def test_an_exercise_that_was_not_run_says_what_to_do():
    cell = code_cell('exercises.solution("9.1")')
    with pytest.raises(SystemExit, match="run the lesson first"):
        render.answer(cell)


def test_unknown_lessons_and_missing_browsers_are_told(monkeypatch, tmp_path):
    with pytest.raises(SystemExit, match="There is no such lesson"):
        build_slides.main(["9"])
    monkeypatch.setattr(print_slides, "SLIDES", tmp_path)
    with pytest.raises(SystemExit, match="run make slides first"):
        print_slides.main([])
    (tmp_path / "Part1_Tensors.html").touch()
    monkeypatch.setattr(chromium, "find", lambda: None)
    with pytest.raises(SystemExit, match="There is no browser to print with. Install Chromium"):
        print_slides.main(["1"])


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
    assert sorted(path.suffix for path in (tmp_path / "build" / "slides").iterdir()) == [".html", ".pdf"]


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
