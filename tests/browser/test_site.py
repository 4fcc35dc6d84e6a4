"""The site, in a real browser from disk: every page is whole, accessible, usable by keyboard, and asks for nothing."""

import errno
import json
import re
import socket
from pathlib import Path
from urllib.parse import unquote, urlparse

import nbformat
import pypdf
import pytest
from browser import Clock, axe, browser, comes_true, made_once, needs_chromium, new_page
from lessons import LESSONS, NOTEBOOKS, ROOT, tags

from tools import lesson_list
from tools.parts import page_of
from tools.publish import build_site


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder with the whole site."""
    return made_once(tmp_path_factory, "site", build_site.build)


@pytest.fixture(scope="module")
def started():
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def page(started):
    """A page of the browser in which one page of the site after the other is loaded."""
    return new_page(started)


PAGES = ["index", *map(page_of, NOTEBOOKS)]
each_page = pytest.mark.parametrize("name", PAGES)


def load(page, site, name, scheme="light", width=1280, height=720):
    """Load a page of the site from disk, on a computer set to light or dark; formulas are set when it returns."""
    page.faults.clear()
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.goto((site / f"{name}.html").as_uri())
    page.wait_for_function("!window.MathJax || (MathJax.startup && MathJax.startup.promise)")
    page.evaluate("window.MathJax ? MathJax.startup.promise.then(() => true) : true")
    assert page.evaluate("document.documentElement.dataset.theme") == scheme


FAULTS_OF_A_PAGE = """() => {
  const found = [];
  const scroll = document.documentElement;
  if (scroll.scrollWidth > scroll.clientWidth) found.push(`${scroll.scrollWidth} px: too wide`);
  for (const img of document.images) {
    if (!img.complete || !img.naturalWidth) found.push("a picture is missing");
    if (!img.alt || img.alt.split(/\\s+/).length < 3) found.push(`a picture without a description: ${img.alt}`);
  }
  if (document.querySelector("[data-mjx-error], mjx-merror")) found.push("a formula fails");
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    if (parent.closest("pre, code, script, style, mjx-container")) continue;
    if (/\\$[^$\\n]*[\\\\^_{]/.test(texts.currentNode.data))
      found.push(`raw TeX: ${texts.currentNode.data.trim().slice(0, 40)}`);
  }
  return found;
}"""


@needs_chromium
@each_page
def test_a_page_is_whole_and_accessible(name, site, page, record_property):
    """In dark and in light, which differ in their colors, with all folds open."""
    clock = Clock()
    load(page, site, name, "dark")
    page.evaluate("() => document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    findings = page.evaluate(FAULTS_OF_A_PAGE) + axe(page)
    page.click("#theme")
    page.evaluate("localStorage.clear()")  # the next page is not to know of it
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    findings += page.evaluate(FAULTS_OF_A_PAGE) + axe(page, colors_only=True) + page.faults
    record_property("seen", f"site, {name}: light and dark, {len(findings)} findings, {clock}")
    assert findings == []


@needs_chromium
@each_page
def test_a_page_fits_a_telephone(name, site, page):
    load(page, site, name, width=390, height=800)
    assert page.evaluate(FAULTS_OF_A_PAGE) == [] and page.faults == []


PLANTED = {
    "too wide": "document.querySelector('main').style.width = '3000px'",
    "a picture is missing": "document.querySelector('main').innerHTML += '<img alt=\"a b c\" src=\"no.png\">'",
    "without a description": "document.images[0].alt = ''",
    "raw TeX": "document.querySelector('main p').textContent = 'the slope $\\\\frac{a}{b}$'",
}


@needs_chromium
@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(fault, site, page):
    load(page, site, LESSONS[0].stem)
    page.evaluate("() => { " + PLANTED[fault] + "; }")
    assert comes_true(page, lambda: any(fault in found for found in page.evaluate(FAULTS_OF_A_PAGE)))


@needs_chromium
@pytest.mark.parametrize("colors_only", [False, True])
def test_axe_sees_faint_text(site, page, colors_only):
    load(page, site, "index")
    page.evaluate("() => { document.querySelector('.intro').style.color = '#bbb'; }")
    assert any("color-contrast" in finding for finding in axe(page, colors_only))


@needs_chromium
def test_what_is_not_on_this_computer_is_refused_and_noted(started):
    """A name, an address in numbers and a web socket; 127.0.0.2 is this computer, which the browser does not know."""
    page = new_page(started)
    with socket.create_server(("127.0.0.1", 0)) as here, second_server() as elsewhere:
        address = f"127.0.0.2:{elsewhere.getsockname()[1]}"
        page.evaluate("(port) => { fetch(`http://127.0.0.1:${port}/`).catch(() => 0); }", here.getsockname()[1])
        here.settimeout(30)
        here.accept()
        assert page.faults == []
        ask = "(url) => fetch(url, { signal: AbortSignal.timeout(5000) }).catch((error) => error.name)"
        for url in ("http://example.org/", f"http://{address}/"):
            assert page.evaluate(ask, url) == "TypeError"  # without an answer, it would be a TimeoutError
            assert f"a request to {url}" in page.faults
        page.evaluate("(url) => new Promise((go) => { new WebSocket(url).onerror = () => go(); })", f"ws://{address}/")
        assert f"a connection to ws://{address}/" in page.faults
        elsewhere.setblocking(False)
        with pytest.raises(BlockingIOError):
            elsewhere.accept()
    page.context.close()


WAYS_OUT = {
    "code": "fetch('http://example.org/x').catch(() => 0)",
    "a picture": "document.images[0].src = 'http://example.org/x'",
    "a style": "document.body.style.background = 'url(http://example.org/x)'",
}


@needs_chromium
@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_page_of_the_site_refuses_the_network_by_itself(way, site, page):
    """What nobody has thought of is not fetched either where there is a network."""
    load(page, site, LESSONS[0].stem)
    page.evaluate("() => { " + WAYS_OUT[way] + "; }")

    def is_refused():
        return any("http://example.org/x" in fault and "Content Security Policy" in fault for fault in page.faults)

    assert comes_true(page, is_refused)


def second_server():
    """A server at another address of this computer than the usual one; skips where there is none."""
    try:
        return socket.create_server(("127.0.0.2", 0))
    except OSError:  # macOS
        pytest.skip("this computer has no second address of its own")


def tab_to(page, selector, most=60):
    """Press Tab until an element has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}.")


@needs_chromium
def test_the_keyboard_alone_suffices(site, started):
    """From the list into a lesson, past the bar, into the dark, an answer unfolded, on to the next lesson."""
    page = new_page(started)
    load(page, site, "index")
    tab_to(page, f'a[href="{LESSONS[0].stem}.html"]')
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{LESSONS[0].stem}.html")
    tab_to(page, ".skip", 1)
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"
    page.evaluate("document.body.focus()")
    page.reload()
    tab_to(page, "#theme")
    page.keyboard.press("Space")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.locator("#theme").get_attribute("aria-pressed") == "true"
    fold = page.locator("#ex-1-1-solution details")
    assert fold.evaluate("(fold) => fold.open") is False
    tab_to(page, "#ex-1-1-solution summary")
    page.keyboard.press("Enter")
    assert fold.evaluate("(fold) => fold.open") is True and fold.locator("pre").is_visible()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"  # one can see where the focus is
    page.goto(page.url.split("#")[0])
    assert page.evaluate("document.documentElement.dataset.theme") == "dark", "the choice is not kept"
    tab_to(page, 'a[rel="next"]')
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{LESSONS[1].stem}.html")
    assert page.faults == []
    page.context.close()


@needs_chromium
def test_in_print_all_text_is_dark_on_white_and_no_bar_is_printed(site, started, tmp_path):
    page = new_page(started)
    load(page, site, LESSONS[0].stem, "dark")
    page.emulate_media(media="print")
    assert not page.locator(".bar").is_visible() and not page.locator(".contents").is_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.pdf(path=tmp_path / "print.pdf", format="A4")
    pages = pypdf.PdfReader(tmp_path / "print.pdf").pages
    assert len(pages) > 10 and all(sheet.extract_text().strip() for sheet in pages)
    page.context.close()


@each_page
def test_links_lead_to_pages_and_places_that_exist(name, site):
    text = (site / f"{name}.html").read_text("utf-8")
    assert not re.search(r'<(script|img|link|iframe)[^>]*(src|href)="(https?:)?//', text)
    for target in re.findall(r'(?:href|src)="([^"]+)"', text):
        url = urlparse(target)
        if url.scheme in ("http", "https", "data"):
            continue
        page = site / (unquote(url.path) or f"{name}.html")
        assert page.is_file(), target
        if url.fragment:
            assert f'id="{url.fragment}"' in page.read_text("utf-8"), target


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_all_a_student_needs_is_on_the_page(path, site):
    """Text, code and exercises; answers and checks are folded; nothing for the instructor, nothing of this reader."""
    text, nb = (site / f"{page_of(path)}.html").read_text("utf-8"), nbformat.read(path, 4)
    notes = [cell for cell in nb.cells if cell.metadata.get("slideshow", {}).get("slide_type") == "notes"]
    for cell in nb.cells:
        assert (f'id="{cell.id}"' in text) == (cell not in notes and cell.id != "progress"), cell.id
    assert text.count('<details class="fold answer">') == sum("solution" in tags(cell) for cell in nb.cells)
    assert "For the instructor" not in text and "<details open" not in text
    assert ": not yet" not in text and "is used from here on" not in text  # no feedback to this reader


def test_the_index_asks_the_questions_of_all(site):
    text, readme = (site / "index.html").read_text("utf-8"), (ROOT / "README.md").read_text("utf-8")
    rows = lesson_list.lesson_table(readme)
    assert [row["page"] for row in rows] == list(map(page_of, NOTEBOOKS))
    for row in rows:
        assert row["question"] in text and f"{row['name']} · {row['title']}" in text
        assert f"{row['minutes']} minutes" in text and f'href="{row["page"]}.html"' in text


@pytest.fixture
def little_course(tmp_path, monkeypatch):
    """A folder with a README that lists two lessons, which are there, and a license; no slides are made of them."""
    rows = ["| 1 | [One](Part1_One.ipynb) | Why? | 5 |", "| B1 | [More](bonus/1_More.ipynb) | How? | 5 |"]
    readme = "\n".join(["# A course", "", "It is little.", "", "## The lessons", *rows, ""])
    (tmp_path / "README.md").write_text(readme, "utf-8")
    (tmp_path / "LICENSE").touch()
    (tmp_path / "assets" / "practice").mkdir(parents=True)
    (tmp_path / "assets" / "practice" / "README.md").write_text("Where the data come from", "utf-8")
    (tmp_path / "bonus").mkdir()
    for name in ("Part1_One", "bonus/1_More"):
        cells = [nbformat.v4.new_markdown_cell(f"# The text of {name}", id="title")]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / f"{name}.ipynb")
    monkeypatch.setattr(build_site, "ROOT", tmp_path)
    monkeypatch.setattr(build_site.build_slides, "build", lambda path, folder: None)
    return tmp_path


def test_each_lesson_is_on_the_page_of_its_name_beside_a_copy_of_one(little_course):
    copy = little_course / "Part1_One-Copy1.ipynb"
    copy.write_bytes((little_course / "Part1_One.ipynb").read_bytes())
    made = build_site.build(little_course / "site")
    assert [page.name for page in made] == ["index.html", "Part1_One.html", "Bonus1_More.html"]
    for page, name in zip(made[1:], ("Part1_One", "bonus/1_More"), strict=True):
        assert f"The text of {name}<" in page.read_text("utf-8")
        assert 'href="DATA.txt"' in page.read_text("utf-8")
    assert (little_course / "site" / "DATA.txt").read_text("utf-8") == "Where the data come from"


def test_a_lesson_that_is_listed_and_not_there_is_named(little_course):
    (little_course / "Part1_One.ipynb").unlink()
    with pytest.raises(SystemExit, match="README.md lists Part1_One.ipynb, which is not there"):
        build_site.build(little_course / "site")


def test_the_command_says_where_the_site_is(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(build_site, "build", lambda: [tmp_path / "index.html"])
    build_site.main()
    assert capsys.readouterr().out.splitlines()[0] == "build/site/index.html"


def course_with(tmp_path, record):
    """A folder with the README, answers and a reader's record."""
    (tmp_path / "README.md").write_text((ROOT / "README.md").read_text("utf-8"), "utf-8")
    for path in (ROOT / "exercises" / "answers").glob("*.py"):
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text("utf-8"), "utf-8")
    if record is not None:
        (tmp_path / ".course_progress.json").write_text(record, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("record", "state"),
    [
        (None, "0 of"),
        ("{spoiled", "0 of"),
        ("[1]", "0 of"),
        (json.dumps({"1.1": "done", "1.2": "course's answer", "1.3": "try again"}), "■▪□"),
    ],
)
def test_the_list_of_lessons_shows_how_far_one_is(tmp_path, record, state):
    root = course_with(tmp_path, record)
    lesson_list.main(root)
    text = (root / "build" / "Lessons.md").read_text("utf-8")
    first = next(line for line in text.splitlines() if line.startswith("| 1 |"))
    assert state in first and "](../Part1_Tensors.ipynb)" in first
    assert sum(line.startswith("| ") for line in text.splitlines()) == len(NOTEBOOKS) + 2  # all below the heading
    if state == "■▪□":
        assert "1 of" in first


def test_a_full_disk_leaves_the_list_of_lessons_whole(tmp_path, monkeypatch, capsys):
    root = course_with(tmp_path, None)
    lesson_list.main(root)
    before = (root / "build" / "Lessons.md").read_bytes()

    def fill_the_disk(self, text, *_, **__):
        self.write_bytes(text[:100].encode())
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fill_the_disk)
    lesson_list.main(root)
    assert "No space left on device" in capsys.readouterr().out
    assert (root / "build" / "Lessons.md").read_bytes() == before
    assert [path.name for path in (root / "build").iterdir()] == ["Lessons.md"]


def test_a_folder_that_cannot_be_written_is_no_reason_not_to_start(tmp_path, capsys):
    root = course_with(tmp_path, None)
    Path(root / "build").write_text("a file stands in the way")
    lesson_list.main(root)
    assert "open README.md instead" in capsys.readouterr().out
