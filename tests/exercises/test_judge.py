"""The engine: a verdict is about the cell just run, blames the right line, and never lets an exception through."""

import dataclasses
import gc
import linecache
import random
import sys
import weakref
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exercises import errors, judge, record, timelimit
from exercises.cells import Cells, names_set
from exercises.surroundings import read_switches

_numbers = count(1)
GOOD = "def sigmoid(z):\n    return torch.sigmoid(z)"


def run(session, source):
    """Run a cell as a notebook does, and note how it ended."""
    file = f"<cell of the test {next(_numbers)}>"
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    error = None
    session.cells.begin(source)
    try:
        exec(compile(source, file, "exec"), session.namespace)
    except Exception as raised:
        error = raised
    session.cells.note(source, error, file)


def verdict(session, number, *cells):
    """Run cells, then judge; return the verdict as text: "try again: …"."""
    for source in cells:
        run(session, source)
    found = session.judge(number)
    return f"{found.kind}: {found.text}"


@pytest.mark.parametrize(
    ("number", "cell", "says"),
    [
        ("9.1", "def sigmoid(z):\n    ...", "not yet: Replace the `...` in `sigmoid`"),
        ("9.1", "def sigmoid(z):\n    y = ...\n    return y", "not yet: Replace the `...` in `sigmoid`"),
        ("9.1", "sigmoid = ...", "not yet: Replace the `...` in `sigmoid`"),
        ("9.1", GOOD, "done: "),
        ("9.1", "def sigmoid(z):\n    index = (...,)\n    return torch.sigmoid(z)[index]", "done: "),
        ("9.1", "def sigmoid(z, out=...):\n    return torch.sigmoid(z)", "done: "),
        ("9.1", "def sigmoid(z):\n    return torch.mul(z, ...)", "not yet: Replace the `...` in `sigmoid`"),
        ("9.1", "@torch.no_grad()\ndef sigmoid(z):\n    ...", "not yet: Replace the `...` in `sigmoid`"),
        ("9.1", GOOD + "\n    ...", "done: The `...` that is left in `sigmoid` does nothing: you can delete it."),
        ("9.1", "def sigmoid(z):\n    ...\n    return -z", "try again: sigmoid(z)[0] should be 0.119203, but it is 2."),
        ("9.1", "def sigmoid(z):\n    ...\n    return -z", "\nA `...` is still left in `sigmoid`."),
        ("9.1", "def sigmoid(z):\n    return torch.sigmoid(DATA)", "`sigmoid` never uses `z`, which it is given."),
        ("9.1", "def sigmoid(z):\n    return z.reshape(3, 28)", "`sigmoid` was called with z of shape ("),
        ("9.1", "def sigmoid(z):\n    z += 1\n    return z", "`sigmoid` changes what it is given, `z`. Work on a copy"),
        ("9.1", "sigmoid = torch.nn.Sigmoid()", "done: "),
        ("9.1", "sigmoid = lambda z: torch.sigmoid(z)[...]", "done: "),
        ("9.1", "from functools import partial\nsigmoid = partial(torch.sigmoid)", "done: "),
        ("9.1", "def sigmoid(x):\n    return torch.sigmoid(-x)", "try again: The curve runs the wrong way."),
        ("9.1", "def sigmoid(z):\n    return z[..., 0]", "should have the shape (5,), but it has ()"),
        ("9.1", "def sigmoid(z):\n    torch.sigmoid(z)", "try again: `sigmoid` returns nothing. Does it end with"),
        ("9.1", "def sigmoid(z):\n    return torch.sigmoid(z.mul_(1.0).add_(0.1))", "`sigmoid` changes what it is given"),
        ("9.1", "def sigmoid(z):\n    return 1 / (1 + exp(-z))", "NameError: name 'exp' is not defined\nin your line 2: "),
        ("9.1", "def sigmoid():\n    return 0.5", "`sigmoid` is called as sigmoid(z), and yours takes ()"),
        ("9.1", "def sigmoid(z):\n    return 0.5", "sigmoid(z) should be a tensor, but it is of type float"),
        ("9.1", "sigmoid = torch.ones(3)", "`sigmoid` should be a function, but it is of type Tensor"),
        ("9.1", "def sigmoid(z):\n    raise SystemExit('over')", "SystemExit: over\nin your line 2: raise SystemExit"),
        ("9.1", "def sigmoid(z):\n    assert z.sum() > 9, 'mine'", "AssertionError: mine\nin your line 2: assert"),
        ("9.1", "def sigmoid(z):\n    while True:\n        z = z + 1", "Stopped after 2 seconds. Does a loop never end?"),
        ("9.1", "def sigmoide(z):\n    return z", "There is no `sigmoid` yet. Replace the `...` in the cell above"),
        ("9.1", "def sigmoide(z):\n    return z", "You have `sigmoide`: is the name spelled as the exercise wants it?"),
        ("9.1", "def s(z):\n    return z", "If you have done that, is the name spelled as"),
        ("9.2", "ones = torch.ones(3)", "done: "),
        ("9.2", "ones = torch.ones(3, dtype=torch.float64)", "done: "),
        ("9.2", "ones = torch.ones(3, 1)", "ones should have the shape (3,), but it has (3, 1)"),
        ("9.2", "ones = [1, 1, 1]", "ones should be a tensor, but it is of type list"),
        ("9.3", "shapes = {'a': ..., 'b': ...}", "not yet: Replace the `...` in `shapes`"),
        ("9.3", "shapes = {'a': (3,), 'b': (2, 3)}", "done: "),
        ("9.3", "shapes = {'b': [2, 3], 'a': [3]}", "done: "),
        ("9.3", "shapes = {'a': (3,), 'b': (3, 2)}", "try again: b: look at b again."),
        ("9.3", "shapes = {'a': ..., 'b': (3, 2)}", "in `shapes` and run your cell again.\nOf what you have: b: look at b"),
        ("9.3", "shapes = {'a': ..., 'b': (2, 3)}", "not yet: Replace the `...` in `shapes` and run your cell again. What you"),
        ("9.3", "shapes = {'a': (3,)}", "The line 'b' is missing: keep all 2 lines of the stub."),
        ("9.3", "shapes = {'a': 3, 'b': 4}", "a: write a tuple such as (2, 3)."),
        ("9.3", "del x\nshapes = {'a': (3,), 'b': (2, 3)}", "The lesson's `x` is missing. Run the cells above from the top."),
        ("9.4", "class Net(torch.nn.Module):\n    def forward(self, x):\n        ...", "not yet: Replace the `...` in `Net`"),
        ("9.4", "class Net(torch.nn.Module):\n    def forward(self, x):\n        return x", "should have two numbers"),
        ("9.4", "class Net(torch.nn.Module):\n    def forward(self, x):\n        return self.a(x)", "in your line 3: return self.a"),
        ("9.4", "Net = 3", "`Net` should be a class, but it is of type int"),
        ("9.5", "def step(parameters, lr):\n    for p in parameters:\n        p.data -= lr * p.grad", "done: "),
        ("9.5", "def step(parameters, lr):\n    torch.set_grad_enabled(False)\n    for p in parameters:\n        p -= lr * p.grad",
         "try again: Your code leaves gradients at False; before, it was True"),
    ],
)  # fmt: skip
def test_what_is_said_of_an_answer(course, number, cell, says):
    assert says in verdict(course, number, cell)


def test_a_crashed_cell_is_judged_and_not_what_an_earlier_run_left(course):
    assert verdict(course, "9.2", "ones = torch.zeros(3)").startswith("try again: ones[0] should be 1")
    crashed = verdict(course, "9.2", "ones = torch.one(3)")
    assert crashed.startswith("try again: Your cell stopped with AttributeError: ")
    assert crashed.endswith("in line 1: ones = torch.one(3)")
    assert verdict(course, "9.2", "ones = torch.ones(3)") == "done: "
    assert "Your cell stopped with ZeroDivisionError" in verdict(course, "9.2", "ones = torch.ones(3)\n1 / 0")
    assert "Your cell stopped with IndexError" in verdict(course, "9.2", "ones = torch.ones(3)", "ones[5] = 1")
    assert verdict(course, "9.2", "ones = torch.ones(3)") == "done: "
    broken = verdict(course, "9.2", "ones = torch.ones(3\n")
    assert "Your cell stopped with SyntaxError" in broken
    assert verdict(course, "9.2", "y = 1 / 0") == broken, "a cell that has nothing to do with it changes nothing"


def test_the_courses_answer_is_not_the_readers(course):
    course.use_answer("9.2")
    assert verdict(course, "9.2").startswith("not yet: This is still the course's answer.")
    assert verdict(course, "9.2", "ones = torch.ones(3)") == "done: "


def test_a_fault_of_a_check_is_not_the_readers(course):
    @judge.exercise("9.2")
    def check_ones(ones):
        return undefined  # noqa: F821

    found = verdict(course, "9.2", "ones = torch.ones(3)")
    assert found.startswith("fault of the course: The check itself failed (")
    assert "it is not your mistake" in found and "your line" not in found


def test_what_python_makes_of_annotations_is_no_code_of_the_reader(course):
    """From Python 3.14 on, a class with annotations has one function more, whose source is that of the class."""
    code = "class Net:\n    size: int = 3\n\n    def forward(self, x):\n        ...\n        return x\n"
    linecache.cache["<cell>"] = len(code), None, code.splitlines(True), "<cell>"
    space = {}
    exec(compile(code, "<cell>", "exec"), space)
    net = space["Net"]
    net.__annotate_func__ = net.forward
    assert judge._functions_in(net).count(net.forward) == 1
    del linecache.cache["<cell>"]


@pytest.mark.skipif(sys.version_info < (3, 14), reason="up to Python 3.13, such a cell stops by itself")
def test_an_annotation_that_names_what_is_not_there_is_no_mistake(course):
    answer = "def sigmoid(z: Tensor) -> Tensor:\n    return 1 / (1 + torch.exp(-z))"
    assert verdict(course, "9.1", answer) == "done: "


def test_tensors_on_two_devices_are_not_called_a_fault(course):
    @judge.exercise("9.2")
    def check_ones(ones):
        torch.zeros(3) + ones

    found = verdict(course, "9.2", "ones = torch.ones(3, device='meta')")
    assert found.startswith(
        "try again: Not all tensors are on one device. Return results on the device of what is given"
    )
    assert "If your code moves nothing, please report this:" in found and "device meta" in found


@pytest.mark.parametrize(
    "message",
    [  # PyTorch's words where there is a GPU
        "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!",
        "Expected all tensors to be on the same device, but got index is on cuda:0, different from other tensors on cpu",
        "Input type (torch.FloatTensor) and weight type (torch.cuda.FloatTensor) should be the same",
        "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.",
        "Tensor on device meta is not on the expected device cpu!",
    ],
)
def test_what_pytorch_says_of_two_devices_is_known(message):
    assert judge.TWO_DEVICES.search(message)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("torch.set_default_dtype(torch.float64)", "leaves the default dtype at torch.float64"),
        ("torch.set_default_device('meta')", "leaves the default device at meta; before, it was cpu"),
        ("import os; os.chdir('..')", "leaves the working folder at"),
        ("torch.manual_seed(0)", "Your code seeds PyTorch's random numbers"),
        ("global DATA; DATA = None", "puts something else in the lesson's `DATA`"),
        ("globals().pop('DATA', None)", "Your code deletes `DATA`"),
        ("torch.set_num_threads(torch.get_num_threads() + 1)", "leaves the number of threads at"),
        (
            "torch._C._set_deterministic_algorithms(True)",
            "leaves deterministic algorithms at True; before, it was False",
        ),
    ],
)
def test_what_an_answer_leaves_behind(course, line, says):
    before = read_switches()
    cell = f"def sigmoid(z):\n    {line}\n    return torch.sigmoid(z.float()).float()"
    assert says in verdict(course, "9.1", cell)
    assert read_switches() == before


def test_the_random_numbers_are_as_before(course):
    random.seed(5), np.random.seed(5), torch.manual_seed(5)
    expected = random.random(), np.random.rand(), torch.rand(1).item()
    random.seed(5), np.random.seed(5), torch.manual_seed(5)
    verdict(course, "9.1", "def sigmoid(z):\n    torch.rand(3)\n    return torch.sigmoid(z)")
    assert (random.random(), np.random.rand(), torch.rand(1).item()) == expected


def test_the_readers_stop_button_is_not_swallowed(course):
    run(course, "def sigmoid(z):\n    raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        course.judge("9.1")


def test_an_answer_that_takes_long_is_shown_and_not_run(course, monkeypatch):
    monkeypatch.setattr(judge, "_session", lambda: course)
    longer = dataclasses.replace(judge.find("9.2"), takes_long="It takes an hour.")
    monkeypatch.setitem(judge._checks, "9.2", longer)
    monkeypatch.setattr(record, "is_solved", lambda number: False)
    shown, before = [], record.verdicts()
    monkeypatch.setattr(record, "display", lambda data, raw: shown.append(data))
    run(course, "ones = ...")
    judge.solution("9.2")
    assert "the course's answer is shown, and not run\nIt takes an hour." in shown[-1]["text/plain"]
    assert "ones = torch.ones(3)" in shown[-1]["text/html"]
    assert course.namespace["ones"] is ... and record.verdicts() == before


def test_a_verdict_is_shown_recorded_and_strict_if_asked(course, monkeypatch, capsys):
    monkeypatch.setattr(judge, "_session", lambda: course)
    shown = []
    monkeypatch.setattr(record, "display", lambda data, raw: shown.append(data))
    run(course, "ones = torch.zeros(3)")
    judge.check("9.2")
    assert shown[-1]["text/plain"].startswith("✘ Exercise 9.2: try again\nones[0] should be 1, but it is 0.")
    assert "How this is checked</a>" in shown[-1]["text/html"]
    judge.solution("9.2")
    assert "the course's answer is used from here on" in shown[-1]["text/plain"]
    assert "ones = torch.ones(3)" in shown[-1]["text/html"]
    assert record.verdicts()["9.2"] == "course's answer"
    run(course, "ones = torch.ones(3)")
    judge.check("9.2")
    mine = course.namespace["ones"]
    judge.solution("9.2")
    assert "your answer is right and is kept" in shown[-1]["text/plain"] and course.namespace["ones"] is mine
    monkeypatch.setenv("COURSE_STRICT", "1")
    run(course, "ones = ...")
    with pytest.raises(AssertionError, match=r"Exercise 9.2: not yet. Replace"):
        judge.check("9.2")


def test_text_is_shown_as_text_and_not_as_markup(course, monkeypatch):
    shown = []
    monkeypatch.setattr(record, "display", lambda data, raw: shown.append(data))
    record.show("✘", "Exercise <b>", "a < b & c")
    assert "a &lt; b &amp; c" in shown[0]["text/html"] and "&lt;b&gt;" in shown[0]["text/html"]


def test_an_exercise_that_is_not_there_is_named_with_those_that_are(course):
    with pytest.raises(ValueError, match=r"There is no exercise '9.9'. The exercises of this lesson: 9.1, 9.2"):
        judge.find("9.9")
    with pytest.raises(ValueError, match="There is no exercise '77.1'. The lessons with exercises: 9."):
        judge.find("77.1")
    with pytest.raises(ValueError, match='quotation marks: "1.1"'):
        judge.check(1.1)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a = 1\nb, c = 2, 3", ["a", "b", "c"]),
        ("for i in x:\n    total = [j for j in i]", ["i", "total"]),
        ("def f():\n    inner = 1\nclass G: x = 1", ["f", "G"]),
        ("board[0] = 1\nmodel.bias.data = b", ["board", "model"]),
        ("y = (n := 3)\nz = [k := v for v in x]", ["y", "n", "z", "k"]),
        ("with open(p) as f: pass", ["f"]),
        ("import os\nprint(a)", []),
        ("value = (", ["value"]),
        ("def broken(x\n    return", ["broken"]),
        ("f = lambda q: (q := 1)", ["f"]),
    ],
)
def test_the_names_that_a_cell_sets(source, names):
    assert names_set(source) == names


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.just(...)
    | st.binary()
    | st.complex_numbers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=6,
)
ODD = [
    torch.ones(3, device="meta"),
    torch.ones(3, requires_grad=True) * 2,
    torch.tensor(float("nan")),
    torch.ones(0),
    torch.ones(3).to_sparse(),
    torch.ones(3, dtype=torch.complex64),
    torch.zeros(3, dtype=torch.bool),
    np.array(["a", None], dtype=object),
    torch.nn.Linear(2, 2),
    torch.nn.Linear,
    print,
    len,
    type,
    object(),
    iter([1]),
    (n for n in "ab"),
    lambda *a, **k: None,
    lambda: 1 / 0,
    NotImplemented,
    range(3),
    Exception("odd"),
]


class Rude:
    """An object that refuses everything."""

    def __getattr__(self, name):
        raise RuntimeError("no")

    def __eq__(self, other):
        raise RuntimeError("no")

    __hash__ = None

    def __bool__(self):
        raise RuntimeError("no")

    def __len__(self):
        raise RuntimeError("no")

    def __float__(self):
        raise RuntimeError("no")


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    value=VALUES | st.sampled_from(ODD) | st.builds(Rude), number=st.sampled_from(["9.1", "9.2", "9.3", "9.4", "9.5"])
)
def test_odd_objects_are_never_done_and_never_raise(course, value, number):
    names = {"9.1": "sigmoid", "9.2": "ones", "9.3": "shapes", "9.4": "Net", "9.5": "step"}
    course.namespace[names[number]] = value
    found = course.judge(number)
    assert found.kind in ("not yet", "try again"), found


def test_tests_leave_the_readers_record_alone():
    assert record.HEADLESS


# Whose line it is, and what is left of earlier cells


def test_a_check_is_the_courses_through_a_link_too(tmp_path):
    """A drive that is mapped, or a link, gives a file another path than the engine's own."""
    link = tmp_path / "link"
    try:
        link.symlink_to(judge.OURS.parent, target_is_directory=True)
    except OSError:
        pytest.skip("this system lets nobody make links")
    assert judge._is_ours(str(link / "exercises" / "compare.py"))
    assert not judge._is_ours(str(tmp_path / "exercises" / "compare.py"))


class Shell:
    """Stands for IPython: it tells what its cells do, as IPython does."""

    def __init__(self, session):
        self.session, self.hooks = session, {}
        self.events = SimpleNamespace(register=lambda name, hook: self.hooks.update({name: hook}))
        self.compile = SimpleNamespace(get_code_name=lambda raw, transformed, number: "<cell of the shell>")
        session.watch(self)

    def run(self, raw, python=None):
        """Run a cell; what it shows to the reader is dropped."""
        info = SimpleNamespace(raw_cell=raw, transformed_cell=python or raw)
        self.hooks["pre_run_cell"](info)
        error = None
        try:
            exec(compile(python or raw, "<cell of the shell>", "exec"), self.session.namespace)
        except Exception as raised:
            error = raised
        self.hooks["post_run_cell"](SimpleNamespace(info=info, error_before_exec=None, error_in_exec=error))


def test_a_check_in_the_same_cell_judges_this_run(course):
    shell = Shell(course)
    shell.run("sigmoid = torch.sigmod")
    assert course.judge("9.1").text.startswith("Your cell stopped with AttributeError")
    course.namespace["judge"] = lambda: course.judge("9.1")
    shell.run(f"{GOOD}\nfound = judge()")
    assert course.namespace["found"].kind == "done"


def test_a_cell_with_a_magic_is_read_as_python(course):
    shell = Shell(course)
    shell.run("sigmoid, other = undefined")
    assert "NameError" in course.judge("9.1").text
    shell.run("%matplotlib inline\nsigmoid, other = torch.sigmoid, 1", "pass\nsigmoid, other = torch.sigmoid, 1")
    assert course.judge("9.1").kind == "done"
    shell.hooks["pre_run_cell"](SimpleNamespace(raw_cell="%%capture\nsigmoid = undefined", transformed_cell="magic()"))
    course.cells.note("sigmoid = undefined", NameError("undefined"))  # what runs within the magic tells by itself
    done = SimpleNamespace(raw_cell="%%capture\nsigmoid = undefined", transformed_cell="magic()")
    shell.hooks["post_run_cell"](SimpleNamespace(info=done, error_before_exec=None, error_in_exec=None))
    assert "NameError" in course.judge("9.1").text, "the magic has swallowed the error, and the cell has stopped"


def test_an_error_that_a_line_of_the_cell_has_raised_is_in_that_line(course):
    said = verdict(course, "9.1", "import ast\n\nsigmoid = ast.literal_eval('1 +')")
    assert "SyntaxError" in said and "in line 3: sigmoid = ast.literal_eval" in said


def test_what_a_cell_met_before_it_stopped_is_not_kept(course):
    class Large:
        pass

    large = Large()
    seen = weakref.ref(large)
    course.namespace["large"] = large
    run(course, "sigmoid = large.nothing")
    del course.namespace["large"], large
    gc.collect()  # an error and the frame that has caught it hold each other
    assert seen() is None and "AttributeError" in course.judge("9.1").text


def test_an_error_in_a_timed_cell_is_the_readers(course):
    code = "class Net(torch.nn.Module):\n    def forward(self, x):\n        return self.nothing(x)"
    course.cells.begin(code)
    exec(compile(code, "<timed exec>", "exec"), course.namespace)
    course.cells.note(code, file="<cell of another name>")
    found = course.judge("9.4")
    assert found.kind == "try again" and "'Net' object has no attribute 'nothing'" in found.text


def test_names_of_the_readers_own_cell_are_hers_to_change(course):
    counting = "def sigmoid(z):\n    global calls\n    calls = 1\n    return torch.sigmoid(z)"
    assert verdict(course, "9.1", f"calls = 0\n{counting}") == "done: "
    course.namespace["calls"] = 0
    course.cells.files.pop("calls")
    assert "puts something else in the lesson's `calls`" in verdict(course, "9.1", counting)


def test_an_answer_that_has_passed_is_kept_while_it_is_right(course):
    assert verdict(course, "9.1", GOOD) == "done: "
    assert course.still_passes("9.1")
    run(course, GOOD)
    assert course.still_passes("9.1"), "another object, and it is right"
    run(course, "def sigmoid(z):\n    return z")
    assert not course.still_passes("9.1")


class Silent(Exception):
    """An error that cannot even say what it is."""

    def __str__(self):
        raise RuntimeError("no")


def test_what_cannot_be_looked_at_is_judged_all_the_same(course):
    course.namespace["Silent"] = Silent
    assert "Silent" in verdict(course, "9.1", "def sigmoid(z):\n    raise Silent")
    assert "Silent" in verdict(course, "9.1", "sigmoid = 1\nraise Silent")
    assert "try again" in verdict(course, "9.3", "shapes = []\nshapes.append(shapes)")
    assert verdict(course, "9.2", "globals()[1] = 2\nones = torch.ones(3)") == "done: "
    assert names_set("x = " + "+".join(["1"] * 30_000)) == ["x"]


def test_an_error_that_nobody_can_change_gets_no_sentence():
    @dataclasses.dataclass(frozen=True)
    class Frozen(Exception):
        code: int

    error = Frozen(3)
    errors.add_note(error, "a sentence")
    assert errors.notes_of(error) == []


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan")])
def test_a_limit_that_is_none_is_refused(seconds):
    with pytest.raises(ValueError, match="`seconds` says how long your code may run"):
        judge.check("1.1", seconds)


def test_time_in_a_debugger_does_not_count():
    code = "def look(limit):\n    end = time.monotonic() + 0.5\n    while time.monotonic() < end:\n        pass"
    for name, late in (("<cell>", True), ("pdb.py", False)):
        namespace = {"time": timelimit.time}
        exec(compile(code, name, "exec"), namespace)
        limit = timelimit.TimeLimit(0.1)
        interrupted = False
        limit.start()
        try:
            namespace["look"](limit)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            judge._stop(limit)
        assert (limit.late, interrupted) == (late, late), name


def test_a_new_cell_forgets_how_the_last_one_ended():
    cells = Cells()
    cells.note("x = 1 / 0", ZeroDivisionError("division by zero"))
    assert str(cells.stopped(["x"])) == "ZeroDivisionError: division by zero"
    cells.begin("x = 1")
    assert cells.stopped(["x"]) is None
