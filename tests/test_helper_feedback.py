"""Feedback on exercises: what a reader sees for her answer, and that nothing of hers is changed or lost."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time

import nbformat
import pytest
import torch
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

import helper

ANSWERS = '''"""The course's answers."""

import torch


# %% 9.1 The sigmoid
def sigmoid(z):
    """Return the sigmoid of z."""
    return 1 / (1 + torch.exp(-z))


# %% 9.2 Three ones
ones = torch.ones(3)

# %% 9.3 A prediction
shapes = {"a": (3,), "b": (2, 3)}


# %% 9.4 A class
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(3, 2)

    def forward(self, x):
        return self.layer(x)
'''
CHECKS = {
    "9.1": """with helper.check("9.1", seconds=1):
    z = torch.linspace(-2, 2, 5)
    before, result = z.clone(), sigmoid(z)
    assert torch.equal(z, before), "The function changed its input."
    assert not helper.is_same(result, torch.sigmoid(-z)), "The curve runs the wrong way."
    helper.assert_same(result, torch.sigmoid(z), "sigmoid(z)")""",
    "9.2": """with helper.check("9.2"):
    helper.assert_same(ones, torch.ones(3), "ones")""",
    "9.3": '''with helper.check("9.3"):
    assert shapes["a"] == (3,), "Look at a again."
    assert shapes["b"] == (2, 3), "Look at b again."''',
    "9.4": '''with helper.check("9.4"):
    assert Net()(torch.ones(1, 3)).shape == (1, 2), "The output should have two numbers."''',
}


@pytest.fixture
def course(tmp_path, root):
    """A folder with helper.py and the answers of a small course."""
    (tmp_path / "helper.py").write_bytes((root / "helper.py").read_bytes())
    (tmp_path / "assets" / "solutions").mkdir(parents=True)
    (tmp_path / "assets" / "solutions" / "part9.py").write_text(ANSWERS, "utf-8")
    return tmp_path


def show(course, *sources, headless=True, strict=False, first=False):
    """Run cells in a kernel; a number such as "9.1" stands for the check. Return what each cell shows.

    Before them a cell with imports is run; what it shows is the `first` text, if that is asked for.
    """
    sources = ["import helper\nimport torch", *(CHECKS.get(source, source) for source in sources)]
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    environment = dict(os.environ, COURSE_STRICT="1" if strict else "", COURSE_HEADLESS="1" if headless else "")
    client = NotebookClient(
        nb,
        allow_errors=True,
        timeout=120,
        kernel_name="python3",
        extra_arguments=["--log-level=50"],
        resources={"metadata": {"path": str(course)}},
    )
    with client.setup_kernel(env=environment):
        for index, cell in enumerate(nb.cells):
            client.execute_cell(cell, index)
    texts = []
    for cell in nb.cells[0 if first else 1 :]:
        parts = [
            o.get("text", "") or o.get("data", {}).get("text/plain", "") or o.get("evalue", "") for o in cell.outputs
        ]
        texts.append("\n".join(parts))
    return texts


def test_what_a_reader_sees(course):
    """One kernel, one answer after the other."""
    good = "def sigmoid(z):\n    return torch.sigmoid(z)"
    steps = [
        ("def sigmoid(z):\n    ...", "9.1", "… Exercise 9.1: not yet\nReplace the ... in sigmoid"),
        ("def sigmoid(z):\n    y = ...\n    return y", "9.1", "not yet\nReplace the ... in sigmoid"),
        (
            "def sigmoid(z):\n    return z[..., 0]",
            "9.1",
            "try again\nsigmoid(z) should have the shape (5,), but it has ()",
        ),
        (good, "9.1", "✔ Exercise 9.1: done"),
        ("sigmoid = torch.nn.Sigmoid()", "9.1", "✔ Exercise 9.1: done"),
        (
            "def sigmoid(z):\n    return torch.sigmoid(-z)",
            "9.1",
            "✘ Exercise 9.1: try again\nThe curve runs the wrong way.",
        ),
        (
            "def sigmoid(z):\n    return torch.sigmoid(-z)",
            "9.1",
            "What failed: assert not helper.is_same(result, torch.sigmoid(-z))",
        ),
        ("def sigmoid(z):\n    return torch.sigmoid(z.mul_(2))", "9.1", "The function changed its input."),
        (
            "def sigmoid(z):\n    return 1 / (1 + exp(-z))",
            "9.1",
            "NameError: name 'exp' is not defined\nin your line: return 1",
        ),
        (
            "def sigmoid(z):\n    return torch.sigmoid(z).double()",
            "9.1",
            "should hold torch.float32, but it holds torch.float64",
        ),
        (
            "def sigmoid(z):\n    return torch.sigmoid(z)[:, None]",
            "9.1",
            "should have the shape (5,), but it has (5, 1)",
        ),
        ("def sigmoid(z):\n    return 0.5", "9.1", "sigmoid(z) should be a tensor, but it is of type float"),
        ("def sigmoid():\n    return 0.5", "9.1", "TypeError: sigmoid() takes 0 positional arguments"),
        ("def sigmoid(z):\n    raise SystemExit", "9.1", "try again\nSystemExit"),
        ("def sigmoid(z):\n    return sigmoid(z)", "9.1", "RecursionError"),
        ("def sigmoid(z):\n    assert False, 'mine'", "9.1", "AssertionError: mine\nin your line: assert False"),
        ("def sigmoid(z):\n    while True: pass", "9.1", "Stopped after 1 seconds. Does a loop never end?"),
        ("import time\ndef sigmoid(z):\n    time.sleep(60)", "9.1", "Stopped after 1 seconds"),
        (
            "def sigmoid(z)\n    return z",
            "9.1",
            "not valid Python and did not run. expected ':' in line 1: def sigmoid(z)",
        ),
        ("def sigmoid(z):\n    z\nreturn z", "9.1", "did not run. 'return' outside function in line 3: return z"),
        ("sigmoid = torch.sigmoid\nimport asyncio\nawait asyncio.sleep(0)", "9.1", "✔ Exercise 9.1: done"),
        ("def sigmoid(z):\nreturn z", "9.1", "not valid Python and did not run. expected an indented block"),
        ("def sigmoid(z):\n    return (z", "9.1", "not valid Python and did not run. '(' was never closed"),
        ("del sigmoid\ndef sigmod(z):\n    return z", "9.1", "is the name spelt so"),
        ("%time x = 1\nsigmoid = torch.sigmoid", "9.1", "✔ Exercise 9.1: done"),
        ("def sigmoid(z):\n    print('so far')\n    return torch.sigmoid(z)", "9.1", "so far\n\n✔ Exercise 9.1: done"),
        ("def sigmoid(z):\n    return torch.sigmoid(z).requires_grad_()", "9.1", "✔ Exercise 9.1: done"),
        ("def sigmoid(z):\n    yield z", "9.1", "sigmoid(z) should be a tensor, but it is of type generator"),
        ("def sigmoid(z):\n    return z[7]", "9.1", "IndexError: index 7 is out of bounds"),
        ("def sigmoid(z):\n    input('?')", "9.1", "in your line: input('?')"),
        ("def sigmoid(z):\n    import sys; sys.exit(3)", "9.1", "SystemExit: 3\nin your line"),
        (
            "def sigmoid(z):\n    with torch.no_grad():\n        while True: z = z + 1",
            "9.1",
            "Stopped after 1 seconds",
        ),
        ("assert torch.is_grad_enabled()\nsigmoid = ...", "9.1", "not yet\nReplace the ... in sigmoid"),
        (
            "def helping(z):\n    return z / 0 + nothing\ndef sigmoid(z):\n    return helping(z)",
            "9.1",
            "name 'nothing' is not defined\nin your line: return z / 0 + nothing",
        ),
        ("ones = ...", "9.2", "Replace the ... in ones"),
        ("ones = torch.tensor(1.0)", "9.2", "ones should have the shape (3,), but it has ()"),
        ("ones = torch.tensor([1])", "9.2", "ones should have the shape (3,), but it has (1,)"),
        ("ones = torch.ones(3, dtype=int)", "9.2", "ones should hold torch.float32, but it holds torch.int64"),
        ("ones = [1.0, 1.0, 1.0]", "9.2", "ones should be a tensor, but it is of type list"),
        ("ones = torch.tensor([1.0, 1.0, 2.0])", "9.2", "ones[2] should be 1, but it is 2."),
        ("ones = torch.zeros(3) + 1", "9.2", "✔ Exercise 9.2: done"),
        ("shapes = {'a': ..., 'b': ...}", "9.3", "Replace the ... in shapes"),
        ("shapes = {'a': (3,), 'b': ...}", "9.3", "Replace the ... in shapes"),
        ("shapes = {'a': (3,), 'b': (3, 2)}", "9.3", "Look at b again."),
        ("shapes = {'a': (3,)}", "9.3", "KeyError: 'b'\nin the line: assert shapes"),
        ("shapes = {'a': (3,), 'b': (2, 3)}", "9.3", "✔ Exercise 9.3: done"),
        ("class Net(torch.nn.Module):\n    def forward(self, x):\n        ...", "9.4", "Replace the ... in Net"),
        (
            "class Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "        self.layer = ...\n\n    def forward(self, x):\n        return self.layer(x)",
            "9.4",
            "not yet\nReplace the ... in Net",
        ),
        (
            "class Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "        self.layer = torch.nn.Linear(2, 3)\n\n    def forward(self, x):\n        return self.layer(x)",
            "9.4",
            "shapes cannot be multiplied (1x3 and 2x3)\nin your line: return self.layer(x)",
        ),
        ("Net = lambda: torch.nn.Linear(3, 3)", "9.4", "try again\nThe output should have two numbers."),
        ("Net = lambda: torch.nn.Linear(3, 2)", "9.4", "✔ Exercise 9.4: done"),
        ("Net = lambda: ...", "9.4", "Replace the ... in Net"),
    ]
    shown = show(course, *(source for answer, check, _ in steps for source in (answer, check)))
    for (answer, _, wanted), feedback in zip(steps, shown[1::2], strict=True):
        assert wanted in feedback, f"{answer}\n-> {feedback}"
        assert "Traceback" not in feedback and "helper.py" not in feedback


def test_the_courses_answer_is_not_the_readers(course):
    good = "def sigmoid(z):\n    return torch.sigmoid(z)"
    shown = show(
        course,
        *("def sigmoid(z):\n    ...", "9.1", 'helper.solution("9.1")', "sigmoid(torch.zeros(1)).item()", "9.1"),
        *(good, "9.1", 'helper.solution("9.1")', "sigmoid.__doc__", "helper.progress()"),
    )
    assert shown[2] == "… Exercise 9.1: the course's answer is used from here on"
    assert shown[3] == "0.5"
    assert "not yet\nThis is still the course's answer" in shown[4]
    assert "9.1: done" in shown[6]
    assert shown[7] == "✔ Exercise 9.1: your answer is right and is kept"
    assert shown[8] == ""  # the reader's function, which has no docstring
    assert shown[9] == "… Your exercises\nPart 9  ■□□□  1 of 4 solved, 0 by the course's answer"
    assert not (course / ".course_progress.json").exists()


def test_the_readers_stop_reaches_a_notebook(course):
    """The stop button ends a check like any cell, without a verdict, and the next check works."""
    pressed = "import _thread, threading, time\nthreading.Timer(0.5, _thread.interrupt_main).start()\n"
    waiting = 'with helper.check("9.2", seconds=60):\n    for _ in range(400): time.sleep(0.05)'
    shown = show(course, pressed + waiting, "ones = torch.ones(3)", "9.2")
    assert "Exercise 9.2" not in shown[0]
    assert "9.2: done" in shown[2]


LOOP = "def sigmoid(z):\n    while True:\n        try: z = z + 1\n        except: pass"
STUBBORN = "import time\ndef sigmoid(z):\n    while True:\n        try: time.sleep(60)\n        except: pass"
SHORT = "helper.TimeLimit.GRACE = 2"


def test_a_loop_around_try_is_stopped_or_ends_the_kernel(course):
    """Python 3.10 lets neither signals nor threads have their turn in it."""
    if sys.version_info < (3, 11):
        with pytest.raises(DeadKernelError):
            show(course, SHORT, LOOP, "9.1")
    else:
        assert "Stopped after 1 seconds" in show(course, SHORT, LOOP, "9.1")[2]


def test_the_kernel_after_one_that_was_ended_says_so(course, tmp_path, monkeypatch):
    """At the import of helper, and once more at the check of that exercise, where the reader looks."""
    notes = tmp_path / "notes"
    notes.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(notes))
    with pytest.raises(DeadKernelError):
        show(course, SHORT, STUBBORN, "9.1", headless=False)
    good = "def sigmoid(z):\n    return torch.sigmoid(z)"
    said = show(course, good, "9.1", "9.1", headless=False, first=True)
    told = "✘ Exercise 9.1: the kernel was ended\nIts check did not end within 3 seconds"
    assert told in said[0] and told in said[2]
    assert "line 4 of your cell, in sigmoid: try: time.sleep(60)" in said[0]
    assert said[2].endswith("✔ Exercise 9.1: done") and said[3] == "✔ Exercise 9.1: done"
    assert show(course, headless=False, first=True) == [""]
    assert not list(notes.glob("course-*"))


def test_a_breakpoint_has_time(course):
    """While JupyterLab's debugger is on, nothing is stopped."""
    debugging = "get_ipython().kernel.debugger = type('Debugger', (), {'is_started': True})()"
    slow = "import time\ndef sigmoid(z):\n    time.sleep(2)\n    return torch.sigmoid(z)"
    assert "9.1: done" in show(course, debugging, slow, "9.1")[2]


def test_two_kernels_share_the_record(course):
    """Two lessons open at once: each adds to the record, and shows what the other has added."""
    said = {}

    def read(name, *sources):
        said[name] = show(course, *sources, headless=False)

    wait = "import time, pathlib\nfor _ in range(1200): pathlib.Path('{}').exists() or time.sleep(0.05)"
    first = ("ones = torch.ones(3)", "9.2", "open('one', 'w').close()", wait.format("two"), "helper.progress()")
    second = (wait.format("one"), "shapes = {'a': (3,), 'b': (2, 3)}", "9.3", "open('two', 'w').close()")
    kernels = [
        threading.Thread(target=read, args=("first", *first), daemon=True),
        threading.Thread(target=read, args=("2", *second), daemon=True),
    ]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join(300)
    assert set(said) == {"first", "2"}, "a kernel did not come to its end"
    assert "■■□□  2 of 4 solved" in said["first"][4]
    assert json.loads((course / ".course_progress.json").read_text()) == {"9.2": "done", "9.3": "done"}


def test_strict_checks_raise(course):
    shown = show(course, "ones = torch.ones(3)", "9.2", "ones = 3", "9.2", "ones = ...", "9.2", strict=True)
    assert "done" in shown[1]
    assert "Exercise 9.2: try again. ones should be a tensor" in shown[3]
    assert "Exercise 9.2: not yet." in shown[5]


def test_the_record_outlives_the_session(course):
    show(course, "ones = torch.ones(3)", "9.2", 'helper.solution("9.3")', "ones = 3", "9.2", headless=False)
    assert json.loads((course / ".course_progress.json").read_text()) == {"9.2": "done", "9.3": "course's answer"}
    (later,) = show(course, "helper.progress()", headless=False)
    assert later == "… Your exercises\nPart 9  ■▪□□  1 of 4 solved, 1 by the course's answer"
    assert [path.name for path in course.glob(".course_progress*")] == [".course_progress.json"]
    (blind,) = show(course, "helper.progress()", headless=True)
    assert "0 of 4 solved" in blind


def test_a_spoiled_record_is_begun_anew(course):
    for spoiled in ("{", "[1, 2]", '"text"'):
        (course / ".course_progress.json").write_text(spoiled)
        shown = show(course, "helper.progress()", "ones = torch.ones(3)", "9.2", "helper.progress()", headless=False)
        assert "0 of 4 solved" in shown[0] and "1 of 4 solved" in shown[3]


# ------------------------------------------------------------------------------------ the same in this process
@pytest.fixture
def inside(course, monkeypatch, capsys):
    """helper.py with the small course's answers and a record of its own, in this process."""
    monkeypatch.setattr(helper, "SOLUTIONS", course / "assets" / "solutions")
    monkeypatch.setattr(helper, "RECORD", course / "record.json")
    monkeypatch.setattr(helper, "_verdicts", {})
    monkeypatch.setattr(helper, "_given", {})
    monkeypatch.setattr(helper, "HEADLESS", False)

    def show(data, raw):
        print(data["text/plain"])

    monkeypatch.setattr("IPython.display.display", show)

    def run(code, **names):
        """Run code as a cell with these names; return what it shows and its names."""
        names |= {"helper": helper, "torch": torch, "__name__": "__main__"}
        lines = code.splitlines(keepends=True)
        helper.linecache.cache["<cell>"] = len(code), None, lines, "<cell>"
        capsys.readouterr()
        exec(compile(code, "<cell>", "exec"), names)
        return capsys.readouterr().out, names

    return run


def test_checks_work_outside_a_notebook(inside):
    assert "9.2: done" in shown_by(inside(CHECKS["9.2"], ones=torch.ones(3)))
    assert "should be a tensor" in shown_by(inside(CHECKS["9.2"], ones=[1]))
    assert "Replace the ... in ones" in shown_by(inside(CHECKS["9.2"], ones=...))
    assert "Replace the ... in ones" in shown_by(inside(CHECKS["9.2"]))
    assert "Replace the ... in shapes" in shown_by(inside(CHECKS["9.3"], shapes={"a": ...}))


def shown_by(result):
    return result[0]


def test_names_inside_comprehensions_count(inside):
    """A check that names the answer only there still tells a blank stub and the course's answer."""
    code = 'with helper.check("9.2"):\n    assert all(ones[i] == 1 for i in range(3)), "Each should be 1."'
    assert "Replace the ... in ones" in shown_by(inside(code, ones=...))
    assert "Replace the ... in ones" in shown_by(inside(code))
    assert "This is still the course's answer" in shown_by(inside(f'helper.solution("9.2")\n{code}'))
    assert "Each should be 1." in shown_by(inside(code, ones=torch.zeros(3)))
    assert "9.2: done" in shown_by(inside(code, ones=torch.ones(3)))


def test_the_random_state_is_put_back(inside):
    code = """state = helper.random.getstate(), helper.np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
with helper.check("9.2"):
    drawn = torch.rand(1).item(), helper.random.random(), helper.np.random.rand()
    assert False, "Always."
after = helper.random.getstate(), helper.np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()"""
    (_, one), (_, two) = inside(code, ones=1), inside(code, ones=1)
    assert one["state"] == one["after"]
    assert one["drawn"] == two["drawn"], "the asserts should run from a fixed seed"


def test_the_readers_own_stop_is_not_swallowed(inside):
    state = torch.get_rng_state()
    with pytest.raises(KeyboardInterrupt):
        inside('with helper.check("9.2"):\n    torch.rand(1)\n    raise KeyboardInterrupt', ones=1)
    assert torch.equal(torch.get_rng_state(), state)
    assert not helper.RECORD.exists(), "there is no verdict on what was stopped"


def test_nothing_is_stopped_once_a_check_is_over(inside):
    """An answer that survives the stop counts, and what runs after the check is left in peace."""

    def stubborn():
        with contextlib.suppress(KeyboardInterrupt):
            time.sleep(5)
        return 3

    code = 'with helper.check("9.2", seconds=0.2):\n    assert ones() == 3, "No."'
    assert "9.2: done" in shown_by(inside(code, ones=stubborn))
    time.sleep(0.7)
    assert "time limit" not in [thread.name for thread in threading.enumerate()]


def test_a_loop_is_stopped_here_too(inside):
    code = 'with helper.check("9.2", seconds=0.2):\n    ones()'

    def forever():
        while True:
            time.sleep(0.01)

    assert "Stopped after 0.2 seconds" in shown_by(inside(code, ones=forever))
    assert threading.active_count() < 20


def test_solution_and_progress_here(inside):
    text, names = inside('helper.solution("9.1")')
    assert "course's answer is used" in text
    assert names["sigmoid"](torch.zeros(1)).item() == 0.5
    code = f'helper.solution("9.1")\n{CHECKS["9.1"]}'
    assert "This is still the course's answer" in shown_by(inside(code))
    inside(CHECKS["9.2"], ones=torch.ones(3))
    assert "is kept" in shown_by(inside('helper.solution("9.2")', ones=1))
    assert "1 of 4 solved, 0 by the course's answer" in shown_by(inside("helper.progress()"))
    assert json.loads(helper.RECORD.read_text()) == {"9.1": "not yet", "9.2": "done"}


def test_done_stays_done_in_the_record(inside):
    inside(CHECKS["9.2"], ones=torch.ones(3))
    inside(CHECKS["9.2"], ones=3)
    assert json.loads(helper.RECORD.read_text())["9.2"] == "done"


def test_hints_are_shown_as_text_not_as_markup(inside, monkeypatch):
    boxes = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: boxes.append(data))
    inside('with helper.check("9.2"):\n    assert False, "Is <b>x</b> & y < 3?"', ones=1)
    inside('helper.solution("9.1")')
    hint, answer = boxes
    assert "Is <b>x</b> & y < 3?" in hint["text/plain"]
    assert "Is &lt;b&gt;x&lt;/b&gt; &amp; y &lt; 3?" in hint["text/html"]
    assert 'role="status"' in hint["text/html"], "screen readers should say it"
    assert "<details><summary>Show the course" in answer["text/html"] and "<details open" not in answer["text/html"]
    assert "&quot;&quot;&quot;Return the sigmoid of z.&quot;&quot;&quot;" in answer["text/html"]


def test_an_error_in_the_courses_answer_shows_its_line(inside, course):
    (course / "assets" / "solutions" / "part9.py").write_text("# %% 9.2 Ones\nx = 1\nones = x / 0\n", "utf-8")
    with pytest.raises(ZeroDivisionError) as caught:
        inside('helper.solution("9.2")')
    assert str(caught.traceback[-1].path).endswith("<the course's answer to 9.2>")
    assert helper.linecache.getline("<the course's answer to 9.2>", 2).strip() == "ones = x / 0"


def test_a_syntax_error_is_told_by_the_cell_before(inside, monkeypatch):
    shell = type("Shell", (), {"user_ns": {"In": ["", "ones = torch.ones(3", CHECKS["9.2"]]}})
    monkeypatch.setattr(helper, "_shell", shell)
    says = "Your cell is not valid Python and did not run. '(' was never closed in line 1: ones = torch.ones(3"
    assert says in shown_by(inside(CHECKS["9.2"], ones=torch.ones(3)))
    assert "9.3: done" in shown_by(inside(CHECKS["9.3"], shapes={"a": (3,), "b": (2, 3)})), "another exercise's cell"
    shell.user_ns["In"][1] = "ones = torch.ones(3)"
    assert "9.2: done" in shown_by(inside(CHECKS["9.2"], ones=torch.ones(3)))


def test_the_record_is_whole_at_every_moment(inside):
    """Someone who reads while verdicts are written never finds half a file."""
    helper._remember("9.1", "done")
    stop, broken = threading.Event(), []

    def read():
        while not stop.is_set():
            try:
                json.loads(helper.RECORD.read_text("utf-8"))
            except ValueError as error:
                broken.append(error)
            except OSError:  # Windows lets no one read while the file is replaced
                continue

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(200):
        helper._remember(f"9.{number}", "try again")
    stop.set()
    reader.join()
    helper._remember("9.1", "done")
    assert not broken
    assert len(json.loads(helper.RECORD.read_text("utf-8"))) == 200
    assert [path.name for path in helper.RECORD.parent.glob("record*")] == ["record.json"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user may write into read-only folders")
def test_a_read_only_folder_keeps_the_record_in_memory(inside, course):
    course.chmod(0o555)
    try:
        assert "9.2: done" in shown_by(inside(CHECKS["9.2"], ones=torch.ones(3)))
        assert "1 of 4 solved" in shown_by(inside("helper.progress()"))
        assert not helper.RECORD.exists()
    finally:
        course.chmod(0o755)


def test_headless_runs_neither_read_nor_write_the_record(inside, monkeypatch):
    helper.RECORD.write_text('{"9.3": "done"}')
    monkeypatch.setattr(helper, "HEADLESS", True)
    inside(CHECKS["9.2"], ones=torch.ones(3))
    assert "■□□□  1 of 4 solved" in shown_by(inside("helper.progress()"))
    assert helper.RECORD.read_text() == '{"9.3": "done"}'


def test_progress_lists_the_parts_in_order(inside, course):
    (course / "assets" / "solutions" / "part2.py").write_text("# %% 2.1 One\nx = 1\n# %% 2.2 Two\ny = 2\n", "utf-8")
    inside(CHECKS["9.2"], ones=torch.ones(3))
    inside('helper.solution("2.2")')
    assert shown_by(inside("helper.progress()")).splitlines() == [
        "… Your exercises",
        "Part 2  ▪□  0 of 2 solved, 1 by the course's answer",
        "Part 9  ■□□□  1 of 4 solved, 0 by the course's answer",
    ]


def test_a_folder_that_cannot_be_written_keeps_the_record_in_memory(inside, monkeypatch, course):
    monkeypatch.setattr(helper, "RECORD", course / "missing" / "record.json")
    assert "done" in shown_by(inside(CHECKS["9.2"], ones=torch.ones(3)))
    assert "1 of 4 solved" in shown_by(inside("helper.progress()"))


def test_strict_here(inside, monkeypatch):
    monkeypatch.setenv("COURSE_STRICT", "1")
    with pytest.raises(AssertionError, match=r"Exercise 9.2: try again. ones should be a tensor"):
        inside(CHECKS["9.2"], ones=3)
    inside(CHECKS["9.2"], ones=torch.ones(3))


def test_reasons_name_the_readers_line(inside):
    code = 'def mine():\n    return 1 / 0\n\nwith helper.check("9.2"):\n    assert ones.sum() == mine(), "Hint."'
    assert "ZeroDivisionError: division by zero" in shown_by(inside(code, ones=torch.ones(3)))
    code = 'with helper.check("9.2"):\n    assert ones.sum() == 4, (\n        "A long hint."\n    )'
    feedback = shown_by(inside(code, ones=torch.ones(3)))
    assert "A long hint.\nWhat failed: assert ones.sum() == 4" in feedback


def test_blank_values():
    assert helper._is_blank(...) and helper._is_blank([1, ...]) and helper._is_blank({"a": (1, ...)})
    assert not helper._is_blank(None) and not helper._is_blank(torch.ones(2)) and not helper._is_blank(len)
    names = {"__name__": "__main__"}
    exec("def f():\n    ...", names)  # no source: cannot be told
    assert not helper._is_blank(names["f"])


def test_blanks_in_functions_and_classes_of_the_notebook():
    code = """def blank(x):
    return x + ...

def whole(x):
    return x[..., None] + x[..., 0:2]

class Blank:
    def method(self):
        ...

class Whole(Blank):
    def method(self):
        return 1
"""
    helper.linecache.cache["<stubs>"] = len(code), None, code.splitlines(keepends=True), "<stubs>"
    names = {"__name__": "__main__"}
    exec(compile(code, "<stubs>", "exec"), names)
    assert [name for name in ("blank", "whole", "Blank", "Whole") if helper._is_blank(names[name])] == [
        "blank",
        "Blank",
    ]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("a = [b for b in range(3)]\nc = {d: e for d, e in []}", ["a", "c"]),
        ("def f(x):\n    y = x\n    return y\n\nclass A:\n    z = 1", ["f", "A"]),
        ("for i, (j, *k) in []:\n    m += 1\nwith open('x') as n:\n    pass", ["i", "j", "k", "m", "n"]),
        ("if (a := 1) and [b := c for c in range(3)]:\n    pass", ["a", "b"]),
        ("import torch\na: int\nb: int = 1\nc.d = 2\ne[0] = 3\nf = lambda g: (h := g)", ["b", "f"]),
        ("a, b = b, a = 1, 2", ["a", "b"]),
    ],
)
def test_the_names_of_an_answer_are_those_at_its_outermost_level(code, names):
    assert helper._names_set(code) == names


def test_a_comprehension_in_the_courses_answer_leaves_no_variable(inside, course):
    answer = "# %% 9.2 Ones\nones = [value for value in (1, 1, 1)]\nif not ones:\n    never = 1\n"
    (course / "assets" / "solutions" / "part9.py").write_text(answer, "utf-8")
    text, names = inside('helper.solution("9.2")')
    assert "course's answer is used" in text and names["ones"] == [1, 1, 1] and "value" not in names
    assert "This is still the course's answer" in shown_by(inside(f'helper.solution("9.2")\n{CHECKS["9.2"]}'))


def test_an_exercise_that_does_not_exist():
    with pytest.raises(ValueError, match=r"There is no exercise '1.99': part1.py in assets/solutions has no answer"):
        helper.check("1.99")
    with pytest.raises(ValueError, match=r"no exercise '77.1'"):
        helper.solution("77.1")


@pytest.mark.parametrize(
    ("got", "want", "says"),
    [
        (3, torch.ones(1), "x should be a tensor, but it is of type int."),
        (torch.ones(1), torch.ones(3), r"x should have the shape \(3,\), but it has \(1,\)."),
        (torch.ones(3, dtype=torch.float64), torch.ones(3), "x should hold torch.float32, but it holds torch.float64."),
        (torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0]), r"x\[1\] should be 3, but it is 2."),
        (torch.tensor(1.0), torch.tensor(2.0), "x should be 2, but it is 1."),
        (torch.tensor([True, False]), torch.tensor([True, True]), r"x\[1\] should be 1, but it is 0."),
        (torch.tensor([float("nan")]), torch.tensor([1.0]), r"x\[0\] should be 1, but it is nan."),
        (torch.tensor([[1, 2], [3, 5]]), torch.tensor([[1, 2], [3, 4]]), r"x\[1, 1\] should be 4, but it is 5."),
        (torch.tensor([203531]), torch.tensor([203530]), r"x\[0\] should be 203530, but it is 203531."),
        (torch.tensor(1.0), torch.ones(3), r"x should have the shape \(3,\), but it has \(\)."),
        (torch.ones(1, 3), torch.ones(3), r"x should have the shape \(3,\), but it has \(1, 3\)."),
        (torch.ones(3, 1), torch.ones(1, 3), r"x should have the shape \(1, 3\), but it has \(3, 1\)."),
        (torch.ones(2).half(), torch.ones(2), "x should hold torch.float32, but it holds torch.float16."),
        (torch.ones(2) > 0, torch.ones(2), "x should hold torch.float32, but it holds torch.bool."),
        (torch.tensor([1.0]), torch.tensor([float("nan")]), r"x\[0\] should be nan, but it is 1."),
        (torch.tensor([float("inf")]), torch.tensor([1.0]), r"x\[0\] should be 1, but it is inf."),
        (torch.tensor([1 + 2j]), torch.tensor([1 + 3j]), r"x\[0\] should be 1\+3j, but it is 1\+2j."),
        (torch.tensor([1.0005], requires_grad=True), torch.ones(1), r"x\[0\] should be 1, but it is 1.0005."),
        ([1.0], torch.ones(1), "x should be a tensor, but it is of type list."),
        (None, torch.ones(1), "x should be a tensor"),
        (torch.ones(1).numpy(), torch.ones(1), "x should be a tensor"),
    ],
)
def test_assert_same_says_what_differs(got, want, says):
    with pytest.raises(AssertionError, match=says):
        helper.assert_same(got, want, "x")


def test_assert_same_accepts_what_is_the_same():
    helper.assert_same(torch.ones(2, requires_grad=True), torch.ones(2))
    helper.assert_same(torch.ones(2) + 1e-6, torch.ones(2))
    helper.assert_same(torch.tensor([float("nan")]), torch.tensor([float("nan")]))
    helper.assert_same(torch.empty(0), torch.empty(0))
    helper.assert_same(torch.ones(4).reshape(2, 2).T, torch.ones(2, 2))
    helper.assert_same(torch.nn.Parameter(torch.ones(2)), torch.ones(2, requires_grad=True))
    helper.assert_same(torch.tensor([1 + 2j]), torch.tensor([1 + 2j]))
    helper.assert_same(torch.tensor([True, False]), torch.tensor([True, False]))
    helper.assert_same(torch.tensor(float("inf")), torch.tensor(float("inf")))
    helper.assert_same(torch.ones(2).bfloat16(), torch.ones(2).bfloat16())
    helper.assert_same(torch.tensor(3), torch.tensor(3))


def test_assert_same_without_a_name():
    with pytest.raises(AssertionError, match=r"^your answer\[1\] should be 0, but it is 1."):
        helper.assert_same(torch.ones(2), torch.tensor([1.0, 0.0]))


def test_assert_same_leaves_both():
    got, want = torch.ones(2, requires_grad=True), torch.ones(2)
    helper.assert_same(got, want)
    assert got.requires_grad and got.grad is None and got._version == want._version == 0


def test_is_same_answers_and_never_raises():
    want = torch.tensor([1.0, 2.0])
    assert helper.is_same(want.clone().requires_grad_(), want)
    assert helper.is_same(torch.tensor([1, 2]), want), "the dtype is left to assert_same"
    assert not helper.is_same(torch.tensor(203531), torch.tensor(203530)), "whole numbers are compared exactly"
    assert helper.is_same(want, want.clone().requires_grad_())
    assert helper.is_same(want + 0.4, want, atol=0.5) and not helper.is_same(want + 0.4, want)
    assert not any(helper.is_same(got, want) for got in (None, 1.0, [1.0, 2.0], want.numpy(), want[:1], want[None]))
    assert not helper.is_same(want.flip(0), want) and not helper.is_same(want * float("nan"), want)


def test_import_brings_neither_plots_nor_notebooks(root):
    """What takes long to import is imported when it is needed."""
    code = (
        "import sys, torch, torchvision; before = set(sys.modules); import helper; print(*(set(sys.modules) - before))"
    )
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=300).stdout
    assert not {"matplotlib", "IPython", "tqdm"} & {name.split(".")[0] for name in loaded.split()}


def test_two_sessions_keep_each_others_verdicts(inside):
    inside(CHECKS["9.2"], ones=torch.ones(3))
    helper._verdicts.clear()  # another kernel: it knows of nothing but the file
    inside(CHECKS["9.3"], shapes={"a": (3,), "b": (2, 3)})
    assert json.loads(helper.RECORD.read_text()) == {"9.2": "done", "9.3": "done"}
