"""The runner: it stores outputs that a second run leaves alone, and says in a sentence what is wrong with a lesson."""

import _thread
import ast
import base64
import copy
import errno
import functools
import io
import json
import os
import re
import subprocess
import sys
import threading
import time

import matplotlib
import matplotlib.pyplot
import nbformat
import numpy as np
import pytest
from lessons import LESSONS, NOTEBOOKS, ROOT, stored_by_this_version
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image
from PIL.PngImagePlugin import PngInfo

import helper
from tools import run_notebooks
from tools.figure_sketches import KEY, sketch
from tools.run_notebooks import LessonError, find, main, normalize, run, same_picture, table

PART2 = {cell.id: cell.source for cell in nbformat.read(LESSONS[1], 4).cells}


def write(path, *sources, tags=None):
    """Write a notebook; `tags` maps the position of a cell to its tags."""
    cells = [new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]
    for i, names in (tags or {}).items():
        cells[i].metadata["tags"] = names
    nbformat.write(new_notebook(cells=cells), path)
    return path


PLAIN = {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "execution_count": None}  # without an id


def stored(path):
    return nbformat.read(path, 4).cells


RAN = {}


@pytest.fixture
def one_kernel(monkeypatch):
    """Start a kernel for each code once: what it shows is known then, and further runs of the same code show that.

    It is for tests of what is stored and said after a lesson has run.
    """
    real = run_notebooks.execute

    def execute(path, *arguments, **settings):
        notebook = run_notebooks.read(path)
        code = tuple(cell.source for cell in notebook.cells)
        if code not in RAN:
            RAN[code] = real(path, *arguments, **settings)
        ran, memory = RAN[code]
        for cell, done in zip(notebook.cells, copy.deepcopy(ran.cells), strict=True):
            cell.outputs, cell.execution_count = done.outputs, done.execution_count
        return notebook, memory

    monkeypatch.setattr(run_notebooks, "execute", execute)


def test_a_second_run_changes_nothing(tmp_path):
    path = write(
        tmp_path / "Part1_A.ipynb",
        "import time, random\nprint('one')\nprint('two')",
        "time.perf_counter()",
        "raise ValueError('meant')",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('t');",
        "import os; print(os.environ['COURSE_HEADLESS'], os.environ['OMP_NUM_THREADS'], hash('a') == hash('a'))",
        tags={1: ["nbval-ignore-output"], 2: ["raises-exception"]},
    )
    assert run(path)[-1] == "ok, stored anew"
    before = path.read_bytes()
    row = run(path)
    assert row[-1] == "ok" and row[1] == 5 and row[2] > 0
    if sys.platform != "win32":
        assert 20 < row[3] < 3000  # MB
    assert path.read_bytes() == before
    assert run(path, check=True)[-1] == "ok"
    cells = stored(path)
    assert [cell.execution_count for cell in cells] == [1, 2, 3, 4, 5]
    assert cells[0].outputs[0].text == "one\ntwo\n"
    assert cells[2].outputs[0].traceback == ["----> 1 raise ValueError('meant')", "", "ValueError: meant"]
    assert "image/png" in cells[3].outputs[0].data
    assert cells[4].outputs[0].text == "1 1 True\n"
    assert not [name for name in tmp_path.iterdir() if name != path]


def test_fresh_renews_what_differs_from_run_to_run(tmp_path, one_kernel):
    path = write(tmp_path / "a.ipynb", "1", tags={0: ["nbval-ignore-output"]})
    run(path)
    of_this_run = path.read_bytes()
    nb = nbformat.read(path, 4)
    nb.cells[0].outputs[0].data["text/plain"] = "2"  # as an earlier run has shown it
    nbformat.write(nb, path)
    before = path.read_bytes()
    assert run(path)[-1] == "ok" and path.read_bytes() == before
    assert run(path, fresh=True)[-1] == "ok, stored anew"
    assert path.read_bytes() == of_this_run


def test_a_changed_cell_renews_the_volatile_ones_after_it(tmp_path):
    tags = {1: ["nbval-ignore-output"]}
    path = write(tmp_path / "a.ipynb", "x = 1", "print(x)", tags=tags)
    run(path)
    nb = nbformat.read(path, 4)
    nb.cells[0].source = "x = 2"
    nbformat.write(nb, path)
    run(path)
    assert stored(path)[1].outputs[0].text == "2\n"


def test_check_names_the_stale_cell_and_writes_nothing(tmp_path, one_kernel):
    path = write(tmp_path / "a.ipynb", "1", "2")
    run(path)
    nb = nbformat.read(path, 4)
    nb.cells[1].outputs[0].data["text/plain"] = "3"
    nbformat.write(nb, path)
    before = path.read_bytes()
    assert run(path, check=True)[-1] == "stale: cell cell-1"
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("x = 1\n1 / 0", "a.ipynb, cell cell-0: ZeroDivisionError: division by zero"),
        ("import os; os._exit(1)", "a.ipynb, cell cell-0: "),
    ],
)
def test_a_lesson_that_does_not_run_to_its_end_is_not_stored(tmp_path, source, says):
    path = write(tmp_path / "a.ipynb", source)
    before = path.read_bytes()
    verdict = run(path)[-1]
    assert re.search(f"failed: .*{says}", verdict, re.S), verdict
    assert path.read_bytes() == before


FAULTS = {
    "import sys; print('oh', file=sys.stderr)": "an error message \\(oh\\)",
    "object()": "a memory address \\(0x",
    "print('/home' + '/ada')": "a path of this machine \\(/home/a\\)",
    "print('12.3it' + '/s')": "a speed",
    "import ipywidgets; display(ipywidgets.IntSlider())": "a widget",
    "import warnings; warnings.warn('the lesson is old')": "an error message",
}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """A lesson whose cells show what must not be stored, after it has run; and the peak memory."""
    return run_notebooks.execute(write(tmp_path_factory.mktemp("faulty") / "a.ipynb", *FAULTS))


@pytest.mark.parametrize("source", FAULTS)
def test_what_must_not_be_stored_is_said(tmp_path, monkeypatch, faulty, source):
    """Each cell is taken for a lesson of its own, since the first fault of a lesson is what is said."""
    notebook, memory = faulty
    (cell,) = (copy.deepcopy(cell) for cell in notebook.cells if cell.source == source)
    ran = new_notebook(cells=[cell])
    monkeypatch.setattr(run_notebooks, "execute", lambda *_, **__: (ran, memory))
    path = write(tmp_path / "a.ipynb", source)
    before = path.read_bytes()
    verdict = run(path)[-1]
    assert re.search(f"failed: a.ipynb, cell {cell.id}: its output holds {FAULTS[source]}", verdict, re.S), verdict
    assert path.read_bytes() == before


def test_what_is_saved_in_a_lesson_while_it_runs_is_not_overwritten(tmp_path, monkeypatch, one_kernel):
    path = write(tmp_path / "a.ipynb", "1")
    execute = run_notebooks.execute

    def edited_meanwhile(*arguments, **settings):
        ran = execute(*arguments, **settings)
        write(path, "1", "a cell of mine")
        return ran

    monkeypatch.setattr(run_notebooks, "execute", edited_meanwhile)
    assert run(path)[-1] == "failed: a.ipynb was changed while it ran, so nothing is stored. Run it again."
    assert [cell.source for cell in stored(path)] == ["1", "a cell of mine"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions, and no links for everybody")
def test_storing_a_lesson_keeps_its_permissions_and_a_link_to_it(tmp_path, one_kernel):
    path = write(tmp_path / "a.ipynb", "1")
    path.chmod(0o664)
    link = tmp_path / "links" / "b.ipynb"
    link.parent.mkdir()
    link.symlink_to(path)
    assert run(link)[-1] == "ok, stored anew"
    assert link.is_symlink() and list(link.parent.iterdir()) == [link]
    assert path.stat().st_mode & 0o777 == 0o664 and stored(path)[0].outputs


def test_ctrl_c_ends_the_kernels_at_once_and_stores_nothing(tmp_path):
    """The first lesson has begun, the second has not: one at a time."""
    started = "import os, pathlib, time; pathlib.Path('{}').write_text(str(os.getpid())); time.sleep(600)"
    paths = [write(tmp_path / name, started.format(name[4])) for name in ("Part1_A.ipynb", "Part2_B.ipynb")]
    before = [path.read_bytes() for path in paths]

    def press_ctrl_c():
        while not (tmp_path / "2").is_file() or not (tmp_path / "2").read_text():
            time.sleep(0.05)
        _thread.interrupt_main()

    presser = threading.Thread(target=press_ctrl_c, daemon=True)
    presser.start()
    with pytest.raises(KeyboardInterrupt):
        main([*map(str, paths), "--jobs", "1"])
    presser.join()
    assert [path.read_bytes() for path in paths] == before
    assert not (tmp_path / "1").exists()
    if sys.platform != "win32":
        with pytest.raises(ProcessLookupError):
            os.kill(int((tmp_path / "2").read_text()), 0)


def test_a_lesson_that_was_stopped_after_its_last_cell_is_not_stored(tmp_path, monkeypatch, one_kernel):
    path = write(tmp_path / "a.ipynb", "1")
    before = path.read_bytes()
    execute, kernels = run_notebooks.execute, run_notebooks.Kernels()

    def stopped_at_its_end(*arguments, **settings):
        ran = execute(*arguments, **settings)
        kernels.stop()
        return ran

    monkeypatch.setattr(run_notebooks, "execute", stopped_at_its_end)
    assert run(path, kernels=kernels)[-1] == "failed: stopped, so nothing is stored."
    assert path.read_bytes() == before


def test_a_cell_that_takes_too_long(tmp_path, monkeypatch):
    real = run_notebooks.NotebookClient

    def seconds(cell):
        return 1 if "sleep" in cell.source else 600  # what the runner asks of the kernel may take longer than a second

    limit = {"timeout_func": seconds}
    monkeypatch.setattr(run_notebooks, "NotebookClient", lambda nb, **given: real(nb, **given | limit))
    verdict = run(write(tmp_path / "a.ipynb", "import time; time.sleep(30)"))[-1]
    assert verdict.startswith("failed: a.ipynb, cell cell-0: ")


def png(value, size=(4, 4)):
    file = io.BytesIO()
    Image.fromarray(np.full((*size, 3), value, np.uint8)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def lesson_that_shows(data, **facts):
    """Return a lesson with one cell that shows a PNG."""
    output = new_output("display_data", {"image/png": data}, metadata={"image/png": facts})
    return new_notebook(cells=[new_code_cell("x", id="a", outputs=[output])])


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [(png(100), png(102), True), (png(100), png(120), False), (png(9), png(9, (5, 5)), False), (png(9), png(9), True)],
    ids=["rounding", "another picture", "another size", "equal"],
)
def test_a_picture_that_is_no_figure_is_kept_while_its_pixels_are_the_same(old, new, kept):
    notebook = lesson_that_shows(new)
    normalize(notebook, lesson_that_shows(old), "a")
    assert (notebook.cells[0].outputs[0].data["image/png"] == old) == kept


@pytest.mark.parametrize(
    "broken", ["<<<<<<< HEAD", png(100)[:40], base64.b64encode(b"no picture").decode()], ids=["merge", "cut", "text"]
)
def test_a_stored_picture_that_is_broken_is_stored_anew(broken):
    notebook = lesson_that_shows(png(100))
    normalize(notebook, lesson_that_shows(broken), "a")
    assert notebook.cells[0].outputs[0].data["image/png"] == png(100)


HERE, ELSEWHERE = "matplotlib 3.11.2, FreeType 2.14.3", "matplotlib 3.10.9, FreeType 2.6.1"


def as_png(figure):
    """Return a figure as the PNG that it would be in a lesson, signed by one version of matplotlib: the one of HERE."""
    content = json.loads(sketch(figure)) | {"by": HERE}
    file = io.BytesIO()
    figure.savefig(file, dpi=144, metadata={KEY: json.dumps(content)})
    return base64.b64encode(file.getvalue()).decode()


def signed(data, by):
    """Return a PNG of a lesson, signed by another version of matplotlib; the picture itself stays as it is."""
    picture, file, chunks = Image.open(io.BytesIO(base64.b64decode(data))), io.BytesIO(), PngInfo()
    chunks.add_text(KEY, json.dumps(json.loads(picture.info[KEY]) | {"by": by}))
    picture.save(file, "PNG", pnginfo=chunks)
    return base64.b64encode(file.getvalue()).decode()


def shows_the_same(one, two):
    outputs = [new_output("display_data", {"image/png": data}) for data in (one, two)]
    return same_picture(*outputs)


NEEDS = {"activation-plot": ["activation-curves"], "look-counts-plot": ["look-counts"], "opening-ask": []}


def figure_of(name):
    """Return a figure of Part 2 as the lesson draws it: curves, bars, or a picture beside bars with words."""
    space = {}
    for cell in ("setup", "opening-ask", *NEEDS[name]):
        exec(PART2[cell], space)
        space["train_set"] = space.get("digits")
    *body, last = ast.parse(PART2[name]).body
    if isinstance(last, ast.Expr):
        exec(compile(ast.Module(body, []), f"<{name}>", "exec"), space)
        drawn = eval(compile(ast.Expression(last.value), f"<{name}>", "eval"), space)
        return getattr(drawn, "figure", drawn)
    exec(PART2[name], space)
    matplotlib.pyplot.close(space["fig"])
    return space["fig"]


@functools.cache
def png_of(name):
    """Return a figure of Part 2 as the PNG that is stored."""
    return as_png(figure_of(name))


def move_a_curve(figure):
    """Move a curve up by its own width."""
    axes = figure.axes[0]
    line = axes.lines[1]
    bottom, top = axes.get_ylim()
    points = axes.get_position().height * figure.get_figheight() * 72
    line.set_ydata(line.get_ydata() + line.get_linewidth() * (top - bottom) / points)


def recolor_a_curve(figure):
    figure.axes[0].lines[2].set_color(helper.COLORS[0])


def restyle_a_curve(figure):
    figure.axes[0].lines[1].set_linestyle(":")


def drop_a_legend_entry(figure):
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.axes[0].legend(handles[:-1], labels[:-1])


def change_a_digit_of_an_axis(figure):
    figure.axes[0].set_xticks(range(10), list("0128456789"))


def lengthen_a_bar(figure):
    bar = figure.axes[0].patches[4]
    bar.set_height(1.03 * bar.get_height())


def change_a_digit_beside_a_bar(figure):
    label = next(text for text in figure.axes[1].texts if text.get_text().endswith("%"))
    label.set_text(label.get_text()[:-2] + str((int(label.get_text()[-2]) + 1) % 10) + "%")


def change_a_stroke_of_the_picture(figure):
    image = figure.axes[0].images[0]
    pixels = np.array(image.get_array())
    pixels[6:8, 4:8] = 1 - pixels[6:8, 4:8]
    image.set_data(pixels)


PLANTED = [
    ("activation-plot", move_a_curve),
    ("activation-plot", recolor_a_curve),
    ("activation-plot", restyle_a_curve),
    ("activation-plot", drop_a_legend_entry),
    ("look-counts-plot", change_a_digit_of_an_axis),
    ("look-counts-plot", lengthen_a_bar),
    ("opening-ask", change_a_digit_beside_a_bar),
    ("opening-ask", change_a_stroke_of_the_picture),
]


@pytest.mark.parametrize(("name", "change"), PLANTED, ids=[change.__name__ for _, change in PLANTED])
def test_a_figure_that_shows_something_else_is_stored_anew(name, change):
    """Whether the same version of matplotlib has drawn it or another one."""
    figure = figure_of(name)
    change(figure)
    changed = as_png(figure)
    assert not shows_the_same(changed, png_of(name))
    assert not shows_the_same(signed(changed, ELSEWHERE), png_of(name))


@pytest.mark.parametrize("name", ["activation-plot", "look-counts-plot", "opening-ask"])
def test_a_figure_with_other_letters_is_kept_if_another_version_has_drawn_it(name):
    """Letters that are a little larger push axes and legends aside, as those of another FreeType do."""
    stored_png = png_of(name)
    with matplotlib.rc_context({"font.size": 10.4}):
        drawn = as_png(figure_of(name))
    assert shows_the_same(signed(drawn, ELSEWHERE), stored_png)
    assert not shows_the_same(drawn, stored_png)  # drawn by one version, other letters are a change


def test_a_lesson_whose_figures_another_version_has_drawn_stays_as_it_is(tmp_path, root, one_kernel):
    """All of it: the picture, the size at which it is shown, and the file, byte for byte; --fresh renews it."""
    source = "import helper, torch\nhelper.view_lines(torch.arange(5), {'a': torch.arange(5)}, 'Five', 'x', 'y')"
    path = write(tmp_path / "a.ipynb", f"import sys; sys.path.insert(0, {str(root)!r});", source)
    run(path)
    nb = nbformat.read(path, 4)
    output = nb.cells[1].outputs[0]
    output.data["image/png"] = signed(output.data["image/png"], ELSEWHERE)
    output.metadata["image/png"]["width"] += 1
    nbformat.write(nb, path)
    before = path.read_bytes()
    assert run(path)[-1] == "ok"
    assert path.read_bytes() == before
    assert run(path, fresh=True)[-1] == "ok, stored anew"
    drawn = stored(path)[1].outputs[0].data["image/png"]
    by = json.loads(Image.open(io.BytesIO(base64.b64decode(drawn))).info[KEY])["by"]
    assert by.startswith(f"matplotlib {matplotlib.__version__}, FreeType ")
    output.metadata["image/png"]["alt"] = "Another text"
    nbformat.write(nb, path)
    assert run(path, check=True)[-1] == "stale: cell cell-1"


def test_a_file_that_a_lesson_saves_carries_no_sketch_and_pyplot_no_second_figure(tmp_path):
    draw = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])\nfig.savefig('a.png')"
    path = write(tmp_path / "a.ipynb", draw, "print(plt.get_fignums())")
    assert run(path)[-1] == "ok, stored anew"
    assert KEY not in Image.open(tmp_path / "a.png").info
    shown = stored(path)[0].outputs[0].data["image/png"]
    assert KEY in Image.open(io.BytesIO(base64.b64decode(shown))).info
    assert stored(path)[1].outputs[0].text == "[]\n"


def test_a_figure_that_cannot_be_copied_has_no_sketch():
    figure, axes = matplotlib.pyplot.subplots()
    matplotlib.pyplot.close(figure)
    axes.xaxis.set_major_formatter(lambda value, place: "x")
    assert sketch(figure) is None


def test_a_warning_of_a_library_is_noted_and_not_stored(tmp_path, capsys, one_kernel):
    folder = tmp_path / "site-packages"
    folder.mkdir()
    (folder / "a_library.py").write_text("import warnings\n\n\ndef use():\n    warnings.warn('this is old')\n", "utf-8")
    source = "import sys; sys.path.insert(0, 'site-packages')\nimport a_library\nprint(1)\na_library.use()\nprint(2)"
    path = write(tmp_path / "a.ipynb", source)
    note = "(a library warns, not stored: cell-0: UserWarning: this is old)"
    assert run(path)[-1] == f"ok, stored anew {note}"
    assert [output.text for output in stored(path)[0].outputs] == ["1\n2\n"]
    assert main([str(path), "--check"]) == 0
    assert f"  ok {note}\n" in capsys.readouterr().out
    write(path, f"{source}\nsys.stderr.write('oh')")
    assert "its output holds an error message" in run(path)[-1]


def test_a_lesson_that_is_no_notebook_and_one_that_cannot_be_stored(tmp_path, monkeypatch, capsys, one_kernel):
    broken, path = tmp_path / "broken.ipynb", write(tmp_path / "a.ipynb", "1")
    broken.write_bytes(b"<<<<<<< HEAD \xff")
    assert main([str(broken)]) == 1
    assert capsys.readouterr().out.startswith("broken.ipynb is not a notebook. Get it anew, ")
    before = path.read_bytes()

    def refuse(self, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(run_notebooks.Path, "replace", refuse)
    assert run(path)[-1] == (
        f"failed: a.ipynb has run, but cannot be stored in {tmp_path.resolve()}: No space left on device."
    )
    assert path.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == [path, broken]


ANOTHER = "is not a notebook. Get it anew, "


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ([], ANOTHER),
        (None, ANOTHER),
        ({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1]}, ANOTHER),
        ({"nbformat": 5, "nbformat_minor": 0, "metadata": {}, "cells": []}, "cannot be read: Unsupported nbformat ver"),
        (
            {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [PLAIN]},
            "has cells without ids. Open it in JupyterLab and save it",
        ),
    ],
    ids=["a list", "null", "cells that are none", "format 5", "no ids"],
)
def test_a_file_that_holds_something_else_is_told(tmp_path, content, says):
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(content), "utf-8")
    assert run(path)[-1].startswith(f"failed: a.ipynb {says}")


class FailingClient(run_notebooks.NotebookClient):
    """A client whose kernel fails: it does not start, or it dies in the first cell that is run in it."""

    error = None

    def start_new_kernel(self, **_):
        if not isinstance(self.error, DeadKernelError):
            raise self.error

    def start_new_kernel_client(self, **_):
        pass

    def execute_cell(self, *_, **__):
        raise self.error

    def _cleanup_kernel(self):
        pass


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            RuntimeError("Kernel didn't respond in 60 seconds"),
            " did not start, because its kernel failed: Kernel didn'",
        ),
        (DeadKernelError("Kernel died"), ", before its first cell: Kernel died"),
    ],
    ids=["silent", "died"],
)
def test_a_kernel_that_fails_is_told_and_no_cell_is_blamed(tmp_path, monkeypatch, capsys, error, says):
    """The other lessons keep their rows in the table."""
    monkeypatch.setattr(FailingClient, "error", error)
    monkeypatch.setattr(run_notebooks, "NotebookClient", FailingClient)
    assert main([str(write(tmp_path / name, "1", "2")) for name in ("Part1_A.ipynb", "Part2_B.ipynb")]) == 1
    rows = re.findall(r"^Part\d_\w +2 .*", capsys.readouterr().out, re.M)
    assert [f"ipynb{says}" in row for row in rows] == [True, True], rows


def test_a_kernel_that_is_not_installed_is_told(tmp_path, monkeypatch):
    real = run_notebooks.NotebookClient
    monkeypatch.setattr(
        run_notebooks, "NotebookClient", lambda nb, **given: real(nb, **given | {"kernel_name": "gone"})
    )
    verdict = run(write(tmp_path / "a.ipynb", "1"))[-1]
    assert verdict.startswith("failed: a.ipynb did not start, because its kernel failed: No such kernel named gone. ")


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_a_number_of_lessons_at_a_time_is_one_or_more(jobs, capsys):
    with pytest.raises(SystemExit):
        main([f"--jobs={jobs}"])
    assert f"'{jobs}' is no number of lessons: type 1 or more" in capsys.readouterr().err


@pytest.mark.parametrize(("encoding", "shown"), [("latin-1", "? × ?"), ("ascii", "? ? ?"), ("utf-8", "… × →")])
def test_the_table_on_any_terminal(tmp_path, monkeypatch, encoding, shown):
    """Letters that the terminal lacks become question marks."""

    def fail(path, *_, **__):
        raise LessonError(f"{path.name}, cell a: ValueError: … × →")

    terminal = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(run_notebooks, "execute", fail)
    monkeypatch.setattr(sys, "stdout", terminal)
    assert main([str(write(tmp_path / "Part1_A.ipynb", "1"))]) == 1
    terminal.flush()
    assert f"ValueError: {shown}" in terminal.buffer.getvalue().decode(encoding)


def test_the_command_where_neither_terminal_nor_files_are_utf_8(tmp_path, root):
    """What the terminal lacks is replaced; files are read and written as UTF-8 all the same."""
    path = write(tmp_path / "Part1_A.ipynb", "print('… × →')", "raise ValueError('… × →')")
    command = [sys.executable, "-X", "warn_default_encoding", "-m", "tools.run_notebooks", str(path)]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LANG": "de_DE", "LC_ALL": "C", "PYTHONUTF8": "0"}
    result = subprocess.run(command, cwd=root, capture_output=True, encoding="ascii", env=environment)
    assert result.returncode == 1
    assert "ValueError: ? ? ?" in result.stdout
    assert "Traceback" not in result.stderr
    assert not [
        line for line in result.stderr.splitlines() if "EncodingWarning" in line and str(root / "tools") in line
    ]


def test_all_lessons_are_stored_by_one_version():
    """`python -m tools.run_notebooks --fresh --jobs 1` stores them so."""
    printed = {}
    for path in NOTEBOOKS:
        cell = next(cell for cell in nbformat.read(path, 4).cells if cell.id == "versions")
        printed[path.stem] = re.search(r"PyTorch ([^\s,]+)", cell.outputs[0].text)[1]
    assert len(printed) == 11
    assert len(set(printed.values())) == 1, printed


def test_metadata_is_reduced_to_what_readers_need():
    cell = new_code_cell("x", id="a", metadata={"tags": ["t"], "collapsed": True, "execution": {"a": "1"}})
    notebook = new_notebook(
        cells=[cell], metadata={"widgets": {}, "kernelspec": {"name": "other", "display_name": "Other"}}
    )
    normalize(notebook, new_notebook(), "a")
    assert notebook.cells[0].metadata == {"tags": ["t"]}
    assert set(notebook.metadata) == {"kernelspec", "language_info", "course"}
    assert notebook.metadata.kernelspec.name == "python3"


def test_lessons_are_found_by_number_and_path(tmp_path):
    one, three = (write(tmp_path / name, "1") for name in ("Part1_A.ipynb", "Part3_C.ipynb"))
    assert find([], tmp_path) == [one, three]
    (tmp_path / "bonus").mkdir()
    extra = write(tmp_path / "bonus" / "1_D.ipynb", "1")
    assert find([], tmp_path) == [one, three, extra]
    assert find(["3"], tmp_path) == [three]
    assert find(["b1", "B1"], tmp_path) == [extra, extra]
    assert find([str(one)], tmp_path) == [one]
    for name in ("2", "nothing.ipynb"):
        with pytest.raises(LessonError, match=f"There is no lesson '{name}'. Name a part"):
            find([name], tmp_path)


def test_the_command_prints_a_table(tmp_path, capsys, one_kernel):
    good, bad = write(tmp_path / "Part1_A.ipynb", "1"), write(tmp_path / "Part2_B.ipynb", "1 / 0")
    assert main([str(good)]) == 0
    assert re.search(r"part +cells +seconds +peak MB +verdict\nPart1_A +1 +\d+\.\d", capsys.readouterr().out)
    assert main([str(good), str(bad)]) == 1
    out = capsys.readouterr().out
    assert re.search(r"^Part1_A .* ok$", out, re.M) and re.search(r"^Part2_B .* failed: ", out, re.M)
    assert re.search(r"^all +2 ", out, re.M)
    assert "ZeroDivisionError" in out.splitlines()[-3] or "ZeroDivisionError" in out
    assert main(["99"]) == 1
    assert "There is no lesson '99'" in capsys.readouterr().out


def test_the_table_without_a_count_of_memory():
    shown = table([("Part1", 3, 1.5, None, "ok"), ("Part2", 4, 2.5, None, "ok")], 2.75)
    assert re.search(r"Part1 +3 +1\.5 +- +ok", shown)
    assert re.search(r"all +7 +2\.8$", shown)  # two at a time: less than the sum


def test_memory_is_left_out_where_the_system_does_not_count_it(tmp_path, monkeypatch):
    monkeypatch.setattr(run_notebooks, "PEAK", "__import__('nothing_of_this_name')")
    assert run(write(tmp_path / "a.ipynb", "1"))[3] is None


def test_a_lesson_runs_in_its_own_folder(tmp_path, root):
    path = write(tmp_path / "Part1_A.ipynb", "import os; print(os.path.basename(os.getcwd()))")
    command = [sys.executable, "-m", "tools.run_notebooks", str(path)]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert stored(path)[0].outputs[0].text == f"{tmp_path.name}\n"


PICTURE = """
import io
from IPython.display import display
from matplotlib.figure import Figure
figure = Figure()
figure.subplots().plot([1, {height}])
file = io.BytesIO()
figure.savefig(file)
display({{"image/png": file.getvalue()}}, metadata={{"image/png": {{"alt": "A line"}}}}, raw=True)
"""
CELLS = {  # what is stored before nbval runs it -> code
    "a value": "1 + 1",
    "nothing, where a semicolon hides a value": "3 + 3;",
    "another value, in a cell whose output is not compared": "import time; time.time()",
    "other text": "print('a')",
    "a picture": PICTURE.format(height=2),
    "another picture": PICTURE.format(height=3),
    "other alt text": PICTURE.format(height=4),
}


@pytest.fixture(scope="module")
def said_by_nbval(tmp_path_factory):
    """What nbval says of each cell of a lesson, run as `make test` does: what is stored -> verdict and details."""
    path = write(tmp_path_factory.mktemp("nbval") / "Part1_A.ipynb", *CELLS.values(), tags={2: ["nbval-ignore-output"]})
    assert run(path)[-1] == "ok, stored anew"
    nb = nbformat.read(path, 4)
    cells = dict(zip(CELLS, nb.cells, strict=True))
    cells["other text"].outputs[0].text = "b\n"
    cells["another picture"].outputs[0].data = cells["a picture"].outputs[0].data
    cells["other alt text"].outputs[0].metadata["image/png"]["alt"] = "Another line"
    nbformat.write(nb, path)
    flags = ["--nbval", "--nbval-current-env", "-v", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
    command = [sys.executable, "-m", "pytest", *flags, "--confcutdir", str(ROOT), "-p", "conftest", str(path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "tests"), "COLUMNS": "200"}
    printed = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, env=environment).stdout
    verdicts = re.findall(r"^\S*::Cell \d+ (\w+)", printed, re.M)
    assert len(verdicts) == len(CELLS), printed
    reasons = dict(re.findall(r"^FAILED \S*::Cell (\d+) - (.*)", printed, re.M))
    return {name: (verdicts[i], reasons.get(str(i), "")) for i, name in enumerate(CELLS)}


@pytest.mark.parametrize(
    ("stored", "verdict"),
    [
        ("a value", "PASSED"),
        ("nothing, where a semicolon hides a value", "PASSED"),
        ("another value, in a cell whose output is not compared", "PASSED"),
        ("other text", "FAILED"),
    ],
)
def test_nbval_compares_outputs_under_our_settings(said_by_nbval, stored, verdict):
    assert said_by_nbval[stored][0] == verdict


@pytest.mark.parametrize(
    ("stored", "verdict", "says"),
    [
        ("a picture", "PASSED", ""),
        ("another picture", "FAILED", "a picture differs"),
        ("other alt text", "FAILED", "the text that"),
    ],
)
def test_beside_nbval_the_pictures_are_compared(said_by_nbval, stored, verdict, says):
    if not stored_by_this_version():
        pytest.skip("pictures are compared where the stored outputs were made: this is another PyTorch or system")
    assert said_by_nbval[stored][0] == verdict
    assert says in said_by_nbval[stored][1]
