"""What a student does, in the real JupyterLab in a real browser without a network: answers, restart, save, slides."""

import ast
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from answer_kinds import Right, Wrong
from browser import Clock, another_page, browser, needs_chromium, new_page
from lessons import (
    LESSONS,
    LONG,
    NOTEBOOKS,
    ROOT,
    answers_of,
    copy_course,
    differs_from_stored,
    exercise_of,
    names,
    part_of,
    solutions,
    tags,
    write_answers,
)
from PIL import Image
from ports import free_port

import helper
from tools import commands, lesson_list
from tools.run_notebooks import METADATA

pytestmark = needs_chromium
MINUTE = 60_000  # of Playwright, in milliseconds
SHOWN = "window.jupyterapp.shell.currentWidget"  # the notebook that is open
READY = f"""async () => {{
  const panel = {SHOWN};
  if (!panel?.sessionContext) return false;
  await panel.context.ready;
  await panel.sessionContext.ready;
  const kernel = panel.sessionContext.session?.kernel;
  if (!kernel) return false;
  await kernel.info;
  return kernel.connectionStatus === "connected" && kernel.status === "idle";
}}"""
CELLS = f"""(names) => [...{SHOWN}.content.model.cells].filter((cell) => !names || names.includes(cell.id))
  .map((cell) => ({{
    id: cell.id, type: cell.type, source: cell.sharedModel.getSource(),
    count: cell.executionCount ?? null, state: cell.executionState ?? null,
    outputs: cell.type === "code" ? cell.outputs.toJSON() : [],
  }}))"""
NAMES = f"() => [...{SHOWN}.content.model.cells].map((cell) => cell.id)"
FONTS = ("s", "-anonymous-pro", "-atkinson-hyperlegible", "-dejavu-sans-mono", "-fira-code")
SLIDESHOW = ["jupyterlab-slideshow", *(f"@deathbeds/jupyterlab-font{name}" for name in FONTS)]
WAITING = f"""() => [...{SHOWN}.content.model.cells]
  .filter((cell) => cell.type === "code" && cell.sharedModel.getSource().trim())
  .filter((cell) => !cell.executionCount || cell.executionState !== "idle").map((cell) => cell.id)"""
SCRATCH = {  # a notebook with what a kernel has to draw: a bar that fills, a slider that answers
    "bar": "import time\n\nimport helper\n\nfor _ in helper.track(range(200), 'epochs'):\n    time.sleep(0.05)",
    "digit": "import torch\n\nimport helper\n\n\ndef read(digit):\n    return torch.eye(10)[3]\n\n\n"
    "helper.draw_digit(read)",
    "slider": "import ipywidgets\n\nslider, text = ipywidgets.IntSlider(3), ipywidgets.Label()\n"
    "ipywidgets.dlink((slider, 'value'), (text, 'value'), lambda x: f'square {x * x}')\n"
    "ipywidgets.VBox([slider, text])",
    "picture": "import torch\n\nhelper.imshow(torch.eye(8))",
    "photo": "import helper\n\nhelper.upload_photo("
    "lambda path: f'{path.stat().st_size:,} bytes, {helper.open_photo(path).size}')",
}


class Server:
    """JupyterLab and Notebook 7 in a copy of the course, with settings of their own, as `make lab` starts them."""

    def __init__(self, folder, slideshow=False):
        self.course, self.settings = copy_course(folder / "Kurs für alle"), folder / "settings"
        self.page = None  # the first that a browser opens here
        shutil.copy(ROOT / "README.md", self.course)
        (self.course / "tools").mkdir()
        for name in ("__init__.py", "start_lab.py"):
            shutil.copy(ROOT / "tools" / name, self.course / "tools")
        lesson_list.main(self.course)
        scratch = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s, id=name) for name, s in SCRATCH.items()])
        for cell, kind in zip(scratch.cells, ("slide", "skip", "slide", "subslide", "skip"), strict=True):
            cell.metadata["slideshow"] = {"slide_type": kind}
        scratch.metadata = METADATA
        nbformat.write(scratch, self.course / "Scratch.ipynb")
        if not slideshow:  # then a reader does not have this extension
            config = self.settings / "CONFIG" / "labconfig" / "page_config.json"
            config.parent.mkdir(parents=True)
            config.write_text(json.dumps({"disabledExtensions": dict.fromkeys(SLIDESHOW, True)}))
        saving = self.settings / "user" / "@jupyterlab" / "docmanager-extension" / "plugin.jupyterlab-settings"
        saving.parent.mkdir(parents=True)
        # Only the student saves. A save of JupyterLab's own that overlaps hers calls the page saved when it ends, which
        # may be before the file holds what is new.
        saving.write_text(json.dumps({"autosave": False}))
        self.address, self.token = f"http://127.0.0.1:{(port := free_port())}", secrets.token_hex(8)
        environment = {name: value for name, value in os.environ.items() if name != "COURSE_HEADLESS"}
        environment |= {f"JUPYTER_{name}_DIR": str(self.settings / name) for name in ("CONFIG", "RUNTIME")}
        environment["JUPYTERLAB_WORKSPACES_DIR"] = str(self.settings / "workspaces")
        environment["JUPYTERLAB_SETTINGS_DIR"] = str(self.settings / "user")
        command = [sys.executable, *commands.START_LAB, "--no-browser", "--allow-root", "--expose-app-in-browser"]
        command += [f"--ServerApp.port={port}", f"--IdentityProvider.token={self.token}", "--ServerApp.port_retries=0"]
        command += ["--JupyterNotebookApp.expose_app_in_browser=True"]
        command += commands.lab_options([], "build/Lessons.md")
        self.log = (folder / "server.log").open("w+")
        self.process = subprocess.Popen(
            command, cwd=self.course, env=environment, stdout=self.log, stderr=subprocess.STDOUT
        )
        self.wait()

    def wait(self):
        """Wait until the server answers."""
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.address}/api?token={self.token}", timeout=5):
                    return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.2)
        self.log.seek(0)
        raise AssertionError(f"JupyterLab did not start: {self.log.read()[-2000:]}")

    def stop(self):
        """End the server; its kernels end with it."""
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("jupyter"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def started():
    with browser() as running:
        yield running


@pytest.fixture
def fresh_server(tmp_path, request):
    """A server that nobody has used before."""
    running = Server(tmp_path, getattr(request, "param", False))
    yield running
    running.stop()


class Student:
    """A page with a notebook, and hands: menus, keys, the cells of the notebook."""

    def __init__(self, started, server):
        self.server = server
        if server.page is None:
            server.page = self.page = new_page(started, 1400, 1000)
        else:  # what was fetched before, which is most of JupyterLab, is not fetched again
            self.page = another_page(server.page)

    def goto(self, path):
        """Open an address of the server."""
        sign = "&" if "?" in path else "?"
        self.page.goto(f"{self.server.address}{path}{sign}token={self.server.token}", wait_until="domcontentloaded")

    def open_from_the_list(self, name):
        """Start where `make lab` starts, and click on a lesson."""
        self.goto("/?reset")
        self.page.get_by_role("heading", name="PyTorch, hands on").wait_for(timeout=MINUTE)
        self.page.locator(f'.jp-MarkdownViewer a[href*="{name}"]').click()
        self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").first.wait_for(timeout=MINUTE)
        self.wait_for_kernel()

    def open(self, name, at="/lab/tree"):
        """Open a notebook by its address."""
        self.goto(f"{at}/{name}?reset")
        self.page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for(timeout=MINUTE)
        self.wait_for_kernel()

    def wait_for_kernel(self):
        """Wait until the open notebook's kernel can be used (the mark for "idle" alone comes too early)."""
        self.page.wait_for_function(READY, timeout=MINUTE)

    def menu(self, name, command):
        """Choose a command from a menu."""
        self.page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{name}$")).click()
        self.page.locator(f".lm-Menu-item[data-command='{command}']").click()

    def names(self):
        """Return the ids of all cells, in their order."""
        return self.page.evaluate(NAMES)

    def cells(self, names=None):
        """Return all cells, or some, as the page holds them: dictionaries with id, type, source, count and so on."""
        return self.page.evaluate(CELLS, names)

    def cell(self, name):
        """Return one cell; all of them with their pictures would be megabytes."""
        (cell,) = self.cells([name])
        return cell

    def wait_until_all_ran(self, until=None, seconds=600):
        """Wait until every code cell, or those above a certain one, has a number and none is running; return them."""
        names = self.names()
        names = names[: names.index(until)] if until else names
        end = time.monotonic() + seconds
        while True:
            waiting = [name for name in self.page.evaluate(WAITING) if name in names]
            if not waiting and self.page.evaluate(READY):
                break
            assert time.monotonic() < end, f"Not run: {waiting}"
            self.page.wait_for_timeout(300)
        cells = self.cells(names)
        return [cell for cell in cells if cell["type"] == "code" and cell["source"].strip()]

    def run_above(self, name):
        """Run all cells above one, by the menu; return those of code. What was stored is cleared first."""
        self.menu("Edit", "editmenu:clear-all")
        self.focus(name)
        self.menu("Run", "notebook:run-all-above")
        return self.wait_until_all_ran(until=name)

    def run_all(self):
        """Run all cells, by the menu; return those of code. What was stored is cleared first."""
        self.menu("Edit", "editmenu:clear-all")
        self.menu("Run", "runmenu:run-all")
        return self.wait_until_all_ran()

    def focus(self, name):
        """Bring a cell into view and click into its editor. (Cells far away are not drawn.)"""
        index = self.names().index(name)
        self.page.evaluate(
            f"async (index) => {{ const list = {SHOWN}.content; list.deselectAll(); list.activeCellIndex = index;"
            " await list.scrollToItem(index, 'center'); }",
            index,
        )
        self.page.locator(".jp-Notebook .jp-mod-active .cm-content").click()

    def run_cell(self, name):
        """Run a cell with the keyboard, and return the text that it shows."""
        before = self.cell(name)["count"]
        self.focus(name)
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(
            f"([name, before]) => {{ const cell = [...{SHOWN}.content.model.cells].find((c) => c.id === name);"
            " return cell.executionCount && cell.executionCount !== before && cell.executionState === 'idle'; }",
            arg=[name, before],
            timeout=MINUTE,
        )
        return text_of(self.cell(name))

    def write(self, name, code):
        """Replace the code of a cell by what the student writes."""
        self.focus(name)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)

    def leave(self):
        """End the kernel and close the page."""
        self.page.evaluate(f"() => {SHOWN}.sessionContext.shutdown()")
        self.page.close()


def text_of(cell):
    """Return all text that a cell shows."""
    shown = []
    for output in cell["outputs"]:
        shown.append(output.get("text") or output.get("data", {}).get("text/plain") or output.get("evalue", ""))
    return "\n".join("".join(part) for part in shown)


def failed(cells, path):
    """Return the code cells that show an error which is not meant."""
    meant = {cell.id for cell in nbformat.read(path, 4).cells if "raises-exception" in tags(cell)}
    return [
        f"{cell['id']}: {text_of(cell)}"
        for cell in cells
        if cell["id"] not in meant and any(output["output_type"] == "error" for output in cell["outputs"])
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_student_works_through_a_lesson(path, server, started, record_property):
    """All cells, with the course's answers to all exercises but the first; then the first one by hand.

    The outputs are exactly those of blank stubs. Two stretch exercises that train for long stay blank, as for most
    readers; tests/exercises tries their answers.
    """
    clock, student = Clock(), Student(started, server)
    part = part_of(path)
    number = next(iter(solutions(part)))
    name, listed = f"ex-{number.lower().replace('.', '-')}", answers_of(part)[number]
    place = server.course / path.relative_to(ROOT)
    wrong = next(answer for answer in listed if isinstance(answer, Wrong))
    right = next(answer for answer in listed if isinstance(answer, Right))

    filled = nbformat.read(path, 4)
    write_answers(filled, part, but=[number, *LONG])
    nbformat.write(filled, place)
    before = names(server.course)

    student.open_from_the_list(path.stem)
    code = student.run_all()
    assert failed(code, path) == []
    assert [cell["count"] for cell in code] == list(range(1, len(code) + 1))
    assert "not yet" in text_of(student.cell(f"{name}-check"))

    student.write(f"{name}-answer", wrong.code)
    student.run_cell(f"{name}-answer")
    said = student.run_cell(f"{name}-check")
    hint = said.partition("try again\n")[2]
    assert re.search(wrong.says, hint, re.S)
    student.page.get_by_text(f"✘ Exercise {number}: try again").wait_for(timeout=MINUTE)

    student.write(f"{name}-answer", right.code)
    student.run_cell(f"{name}-answer")
    assert f"Exercise {number}: done" in student.run_cell(f"{name}-check")
    assert "your answer is right and is kept" in student.run_cell(f"{name}-solution")
    fold = student.page.locator(".jp-Notebook .jp-mod-active details")
    fold.locator("summary").click()
    assert fold.locator("pre").is_visible()

    student.page.keyboard.press("Control+s")
    student.page.wait_for_function(f"() => !{SHOWN}.context.model.dirty", timeout=MINUTE)
    saved = {cell.id: cell for cell in nbformat.read(place, 4).cells}
    assert ast.unparse(ast.parse(saved[f"{name}-answer"].source)) == ast.unparse(ast.parse(right.code))
    for cell in saved.values():
        if {"check", "solution"} & set(tags(cell)) and exercise_of(cell) in LONG:
            continue
        if "check" in tags(cell):
            assert re.search(r"✔ Exercise B?\d+\.\d+: done", text_of(cell)), text_of(cell)
        if "solution" in tags(cell):
            assert "your answer is right and is kept" in text_of(cell)
    stored = nbformat.read(path, 4).cells
    assert differs_from_stored(saved.values(), stored) == [] and len(saved) == len(stored)
    assert names(server.course) == sorted({*before, ".course_progress.json"})
    assert student.page.faults == []
    student.leave()
    record_property("seen", f"student in {path.stem}: {len(code)} cells run, 0 findings, {clock}")


ENDLESS = """def standardize(batch):
    while True:
        pass"""
SWAPPED = "board = torch.zeros(8, 8)\nboard[::2, ::2] = 1\nboard[1::2, 1::2] = 1"
CRASHES = "board = torch.zero(8, 8)\nboard[::2, 1::2] = 1"


def test_a_verdict_is_about_the_cell_just_run(fresh_server, started, record_property):
    """Wrong, crashed, endless, right, the course's answer, restart: what a new user meets at an exercise."""
    clock, student = Clock(), Student(started, fresh_server)
    student.open("Part1_Tensors.ipynb")

    def answer(name, code=None):
        if code is not None:
            student.write(f"{name}-answer", code)
        student.run_cell(f"{name}-answer")
        return student.run_cell(f"{name}-check")

    def run_the_opening():
        assert len(student.run_above("versions")) == 2

    run_the_opening()
    assert "not yet" in answer("ex-1-3")
    assert "Black and white are swapped" in answer("ex-1-3", SWAPPED)
    said = answer("ex-1-3", CRASHES)
    assert "Your cell stopped with AttributeError" in said and "in line 1: board = torch.zero(8, 8)" in said
    assert "swapped" not in said
    assert "try again\nStopped after 10 seconds. Does a loop never end?" in answer("ex-1-4", ENDLESS)
    assert "Exercise 1.4: done" in answer("ex-1-4", solutions("1")["1.4"][1])
    assert "your answer is right and is kept" in student.run_cell("ex-1-4-solution")
    assert "Exercise 1.3: the course's answer is used" in student.run_cell("ex-1-3-solution")
    assert "not yet\nThis is still the course's answer" in student.run_cell("ex-1-3-check")
    own = solutions("1")["1.3"][1]
    assert "Exercise 1.3: done" in answer("ex-1-3", own)
    said = answer("ex-1-3", CRASHES)
    assert "Your cell stopped" in said, "a crashed cell after a right answer is not told that it is done"

    student.menu("Kernel", "kernelmenu:restart")
    student.page.locator(".jp-Dialog .jp-mod-accept").click()
    student.page.wait_for_function(READY, timeout=MINUTE)
    run_the_opening()
    assert "not yet\nThere is no `board` yet" in student.run_cell("ex-1-3-check")
    record = student.run_cell("progress")
    assert re.search(r"^Part 1 .* [23] of 11 solved", record, re.MULTILINE)

    student.focus("ex-1-3-check")
    student.page.locator(".jp-Notebook .jp-mod-active a", has_text="How this is checked").click()
    student.page.locator(".jp-FileEditor .cm-content", has_text="The checks of Part 1").wait_for(timeout=MINUTE)
    assert student.page.faults == []
    student.page.close()
    record_property("seen", f"an exercise in JupyterLab: wrong, crashed, endless, right, shown, restarted, {clock}")


def watch_a_bar(page):
    """Wait for a progress bar that is on its way: it is there, it names its loop, and it grows."""
    page.locator(".jupyter-widgets").get_by_text("epochs").wait_for(timeout=MINUTE)
    width = "parseFloat(document.querySelector('.jupyter-widgets .progress-bar')?.style.width || -1)"
    first = page.evaluate(width)
    page.wait_for_function(f"(first) => {width} > first + 5", arg=first, timeout=MINUTE)


def move_a_slider(page):
    """Press an arrow key on a slider, and wait until the kernel has answered."""
    handle = page.locator(".noUi-handle").first
    handle.wait_for(timeout=MINUTE)
    page.get_by_text("square 9").wait_for(timeout=MINUTE)
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("square 16").wait_for(timeout=MINUTE)


def test_bars_and_sliders_are_drawn(server, started, record_property):
    student = Student(started, server)
    student.open("Scratch.ipynb")
    student.focus("bar")
    student.page.keyboard.press("Control+Enter")
    watch_a_bar(student.page)
    student.run_cell("slider")
    move_a_slider(student.page)
    assert student.page.faults == []
    student.leave()
    record_property("seen", "JupyterLab: a progress bar grows, a slider answers")


def draw_a_stroke(page, start, end):
    """Draw a line with the mouse, from one place of the canvas to another."""
    box = page.locator(".digit-pad canvas.draw").bounding_box()
    (x, y), (to_x, to_y) = start, end
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.down()
    page.mouse.move(box["x"] + to_x, box["y"] + to_y, steps=8)
    page.mouse.up()


def draw_and_clear(student):
    """Draw with the mouse and with a finger, watch the bars, and clear."""
    page = student.page
    student.run_cell("digit")
    pad = page.locator(".digit-pad")
    pad.get_by_text("Draw a digit.").wait_for(timeout=MINUTE)
    draw_a_stroke(page, (60, 60), (200, 60))
    pad.get_by_text("Prediction: 3 (100%)").wait_for(timeout=MINUTE)
    assert pad.locator(".bar.best").inner_text().split() == ["3", "100%"]
    assert pad.locator("img").get_attribute("src").startswith("data:image/png;base64,")
    pad.get_by_role("button", name="Clear").click()
    pad.get_by_text("Draw a digit.").wait_for(timeout=MINUTE)
    finger = {"pointerId": 5, "pointerType": "touch", "isPrimary": True, "bubbles": True}
    box = pad.locator("canvas.draw").bounding_box()
    canvas = pad.locator("canvas.draw")
    canvas.evaluate("canvas => { canvas.setPointerCapture = () => {}; }")  # there is no real finger to capture
    for kind, shift in (("pointerdown", 80), ("pointermove", 160), ("pointerup", 160)):
        canvas.dispatch_event(kind, finger | {"clientX": box["x"] + shift, "clientY": box["y"] + shift})
    pad.get_by_text("Prediction: 3 (100%)").wait_for(timeout=MINUTE)


def test_a_digit_is_drawn_with_the_mouse_and_with_a_finger(server, started, record_property):
    student = Student(started, server)
    student.open("Scratch.ipynb")
    draw_and_clear(student)
    assert student.page.faults == []
    student.leave()
    record_property("seen", "JupyterLab: a digit is drawn with the mouse and with a finger, read, and cleared")


def choose_photo(page, path):
    """Press the upload button, and choose a file from the disk."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Your photo").click()
    chooser.value.set_files(path)


def test_a_photo_of_12_mb_is_uploaded(server, started, tmp_path, record_property):
    """Websockets of tornado stop at 10 MiB unless `make lab` says otherwise."""
    small, large = tmp_path / "small.png", tmp_path / "large.png"
    Image.effect_noise((60, 40), 50).save(small)
    Image.frombytes("RGB", (2000, 2000), os.urandom(12_000_000)).save(large)
    student = Student(started, server)
    page = student.page
    student.open("Scratch.ipynb")
    student.run_cell("photo")
    verdict = page.locator(".widget-output")
    page.get_by_text(helper.UPLOAD_LIMIT).wait_for(timeout=MINUTE)
    choose_photo(page, small)
    verdict.get_by_text("(60, 40)").wait_for(timeout=MINUTE)
    page.get_by_role("button", name="Another photo").click()
    page.get_by_text(helper.UPLOAD_LIMIT).wait_for(timeout=MINUTE)
    assert verdict.count() == 0, "no old verdict stands beside the button for the next photo"
    choose_photo(page, large)
    verdict.get_by_text("(2000, 2000)").wait_for(timeout=MINUTE)
    assert "large.png" in verdict.inner_text() and f"{large.stat().st_size:,} bytes" in verdict.inner_text()
    assert student.page.faults == []
    student.leave()
    record_property(
        "seen", f"JupyterLab: a photo of {large.stat().st_size / 1e6:.1f} MB is uploaded and gets a verdict"
    )


KNOWN = "error on the page: Cannot read properties of undefined (reading 'schema')"  # jupyter/notebook, issue 7862


def test_a_lesson_runs_in_notebook_7(fresh_server, started, record_property):
    clock, student, path = Clock(), Student(started, fresh_server), LESSONS[0]
    student.open(path.name, at="/notebooks")
    assert student.page.locator("#jp-NotebookLogo").is_visible()  # this is not JupyterLab
    code = student.run_all()
    assert failed(code, path) == []
    assert [fault for fault in student.page.faults if fault != KNOWN] == []
    student.leave()
    student = Student(started, fresh_server)
    student.open("Scratch.ipynb", at="/notebooks")
    draw_and_clear(student)
    student.leave()
    record_property("seen", f"Notebook 7, {path.stem}: {len(code)} cells, 0 findings, {clock}")


@pytest.mark.parametrize("fresh_server", [True], indirect=True, ids=["with_slideshow"])
def test_live_slides_in_jupyterlab(fresh_server, started, record_property):
    """`make lab SLIDESHOW=1`: the button makes slides, keys lead through them, cells run on them."""
    student = Student(started, fresh_server)
    page = student.page
    student.open("Scratch.ipynb")
    page.locator('.jp-NotebookPanel-toolbar [data-command="deck:toggle"]').first.click()
    on_screen = ".jp-Notebook .jp-deck-mod-visible .cm-content"
    page.locator(on_screen, has_text="helper.track").wait_for(timeout=MINUTE)
    page.locator(".lm-MenuBar").wait_for(state="hidden", timeout=MINUTE)
    assert page.locator(on_screen).count() == 1
    page.keyboard.press("Control+Enter")
    watch_a_bar(page)
    page.wait_for_function(READY, timeout=MINUTE)
    page.keyboard.press("ArrowRight")
    page.locator(on_screen, has_text="IntSlider").wait_for(timeout=MINUTE)
    assert page.locator(on_screen).count() == 1
    page.keyboard.press("Control+Enter")
    move_a_slider(page)
    assert page.faults == []
    student.leave()
    record_property("seen", "live slides in JupyterLab: a cell runs, a bar grows, a slider answers")
