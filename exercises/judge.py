"""Run the check of an exercise on what the reader has made, within its time, and say whose fault an error is.

A check is a function whose parameters name what it judges: before the star what the reader makes, after it what the
lesson gives. Its asserts carry the hints.

    @exercise("3.4")
    def sgd_step(sgd_step, *, make_network):
        assert_same(...)
"""

import ast
import contextlib
import difflib
import functools
import html
import importlib
import inspect
import linecache
import os
import re
import sys
import textwrap
import traceback
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from exercises import errors, record
from exercises.answers import answer, stem_of
from exercises.cells import Cells, python_of
from exercises.record import COURSES, DONE, NOT_YET, TRY_AGAIN
from exercises.surroundings import Surroundings, fingerprint, read_switches, switch_left
from exercises.timelimit import Note, TimeLimit

OURS = Path(__file__).resolve().parent
FAULT = "fault of the course"
SECONDS = 10  # how long the code of an answer may run, unless its exercise says otherwise
SIGNS = {DONE: "✔", TRY_AGAIN: "✘", FAULT: "✘"}

OTHER_ARGUMENTS = re.compile(r"\(\) (missing|takes|got an unexpected keyword|got multiple values)")  # Python's words

# PyTorch's words where a check meets tensors on two devices: the reader has moved a result or a network.
TWO_DEVICES = re.compile(
    r"on the same device|same device type|not on the expected device|and weight type .* should be the same|"
    r"can't convert \S+ device type tensor to numpy|\bmeta tensors?\b",
    re.I,
)
LEAVE_ON_DEVICE = (
    "Return results on the device of what is given, and leave networks where they are. "
    "If your code moves nothing, please report this:"
)

# What a function takes over from the one that it stands for. More would fail for `type`, from Python 3.12 on.
NAMES = ("__module__", "__name__", "__qualname__", "__doc__")

_checks = {}  # number -> Exercise


@dataclass(frozen=True)
class Exercise:
    """The check of an exercise and what it may do."""

    number: str
    check: object
    seconds: float
    may_change_inputs: bool
    may_seed: bool
    takes_long: str

    @property
    def made(self):
        """The names of what the reader makes."""
        parameters = inspect.signature(self.check).parameters.values()
        return [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]

    @property
    def given(self):
        """The names of what the lesson gives."""
        parameters = inspect.signature(self.check).parameters.values()
        return [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]


def exercise(number, seconds=SECONDS, may_change_inputs=False, may_seed=False, takes_long=""):
    """Register a function as the check of an exercise.

    Parameters
    ----------
    number : str
        "3.4".
    seconds : float
        How long the whole check may run. It is stopped then, and the reader is asked about an endless loop.
    may_change_inputs : bool
        Whether the reader's functions are meant to change what they are given (an update in place).
    may_seed : bool
        Whether seeding PyTorch's random numbers belongs to the exercise.
    takes_long : str
        What the reader is told of the course's answer where it is only shown, because it takes long and no later cell
        needs what it makes.
    """

    def register(check):
        _checks[number] = Exercise(number, check, seconds, may_change_inputs, may_seed, takes_long)
        return check

    return register


def find(number):
    """Return the Exercise of this number; raise a ValueError that names those that there are."""
    answer(number)  # says which exercises there are
    if number not in _checks:
        importlib.import_module(f"exercises.checks.{stem_of(number.split('.')[0])}")
    if number not in _checks:
        raise ValueError(f"Exercise {number} has an answer but no check: write it in exercises/checks.")
    return _checks[number]


@dataclass
class Verdict:
    """What is said of an answer: "done", "not yet", "try again" or "fault of the course", and why."""

    kind: str
    text: str = ""


class Hint(Exception):
    """What is wrong with the reader's object, found before its check could look at it."""


class Session:
    """A notebook: its names, what its cells did, and what the course's answers put into it.

    Parameters
    ----------
    namespace : dict
        The names of the notebook.
    """

    def __init__(self, namespace):
        self.namespace = namespace
        self.cells = Cells()
        self._used = {}  # number -> what the course's answer put into the notebook, by name
        self._passed = {}  # number -> what has passed, by name

    def watch(self, shell):
        """Be told by IPython of every cell that it runs."""

        def begin(info):
            if info is not None and info.raw_cell:
                self.cells.begin(python_of(info))

        def note(result):
            error = result.error_before_exec or result.error_in_exec
            file = None
            if result.info is not None and result.info.raw_cell:
                with contextlib.suppress(AttributeError, KeyError, TypeError):
                    file = shell.compile.get_code_name(result.info.raw_cell, result.info.raw_cell, 0)
                self.cells.note(python_of(result.info), error, file)

        shell.events.register("pre_run_cell", begin)
        shell.events.register("post_run_cell", note)

    def use_answer(self, number):
        """Run the course's answer in the notebook; return it."""
        found = answer(number)
        path = f"<the course's answer to {number}>"
        lines = found.source.splitlines(keepends=True)
        linecache.cache[path] = len(found.source), None, lines, path  # so that a traceback can show them
        self.cells.begin(found.source)
        exec(compile(found.source, path, "exec"), self.namespace)
        self.cells.note(found.source, file=path)
        names = find(number).made
        self._used[number] = {name: self.namespace[name] for name in names if name in self.namespace}
        return found

    def still_passes(self, number):
        """Whether the reader's answer, which has passed, is still there, or another one that passes too."""
        names = find(number).made
        passed = self._passed.get(number, {})
        if passed and all(self.namespace.get(name) is passed[name] for name in names):
            return True
        return self.judge(number).kind == DONE

    def judge(self, number, seconds=None):
        """Return the Verdict on what the reader has made for an exercise."""
        verdict = self._judge(number, seconds)
        if verdict.kind == DONE:
            self._passed[number] = {name: self.namespace[name] for name in find(number).made}
        return verdict

    def _judge(self, number, seconds):
        judged = find(number)
        stopped = self.cells.stopped(judged.made)
        if stopped is not None:
            return Verdict(TRY_AGAIN, f"Your cell stopped with {stopped}")
        for name in judged.given:
            if name not in self.namespace:
                return Verdict(NOT_YET, f"The lesson's `{name}` is missing. Run the cells above from the top.")
        for name in judged.made:
            if name not in self.namespace:
                return Verdict(NOT_YET, self._missing(name))
        made = {name: self.namespace[name] for name in judged.made}
        used = self._used.get(number)
        if used and all(used.get(name) is value for name, value in made.items()):
            return Verdict(NOT_YET, "This is still the course's answer. Run your own cell first, then this one.")
        blank = [name for name, value in made.items() if _looks_blank(value)]
        open_lines = [name for name in blank if isinstance(made[name], dict | list | tuple)]
        leftover = [name for name in blank if _is_leftover(made[name])]
        ask = f"Replace the `...` in {_listed(blank)} and run your cell again."
        if len(blank) > len(open_lines) + len(leftover):
            may_be_right = all(_has_dots_in_use(made[name]) for name in blank)
            if may_be_right and self._run(judged, made, seconds or judged.seconds).kind == DONE:
                return Verdict(DONE)
            return Verdict(NOT_YET, ask)
        if open_lines and blank == open_lines and all(_is_all_blank(made[name]) for name in blank):
            return Verdict(NOT_YET, ask)
        verdict = self._run(judged, made, seconds or judged.seconds)
        if blank and blank == leftover:
            return self._with_leftover(verdict, blank)
        if not blank or verdict.kind == FAULT:
            return verdict
        if verdict.kind == TRY_AGAIN:
            return Verdict(NOT_YET, f"{ask}\nOf what you have: {verdict.text}")
        return Verdict(NOT_YET, f"{ask} What you have so far is right.")

    def _with_leftover(self, verdict, names):
        """Return the Verdict on functions in which a `...` of the stub is left beside the reader's own lines."""
        if verdict.kind == DONE:
            return Verdict(DONE, f"The `...` that is left in {_listed(names)} does nothing: you can delete it.")
        if verdict.kind == FAULT:
            return Verdict(NOT_YET, f"Replace the `...` in {_listed(names)} and run your cell again.")
        return Verdict(verdict.kind, f"{verdict.text}\nA `...` is still left in {_listed(names)}.")

    def _missing(self, name):
        """Return what to say when a name is not there."""
        text = f"There is no `{name}` yet. Replace the `...` in the cell above and run it. "
        own = [other for other in self.cells.files if other in self.namespace]
        near = difflib.get_close_matches(name, own, 1, 0.7)
        if near:
            return f"{text}You have `{near[0]}`: is the name spelled as the exercise wants it?"
        return f"{text}If you have done that, is the name spelled as the exercise wants it?"

    def _run(self, judged, made, seconds):
        """Run a check; return its Verdict. The random state and the switches of PyTorch are put back."""
        around = Surroundings(self.namespace, {*judged.made, *self._names_beside(judged.made)})
        note = None if record.HEADLESS else Note(judged.number, seconds + TimeLimit.GRACE)
        limit = TimeLimit(seconds, note.file if note else None)
        files = {self.cells.files[name] for name in judged.made if name in self.cells.files}
        files |= {value.__code__.co_filename for value in made.values() if inspect.isfunction(value)}
        problem = None
        try:
            around.seed()
            arguments = {name: self._watched(judged, name, value) for name, value in made.items()}
            arguments |= {name: self.namespace[name] for name in judged.given}
            limit.start()
            judged.check(**arguments)
        except (Hint, AssertionError) as error:
            problem = error
        except KeyboardInterrupt as error:
            if not limit.late:
                raise  # the reader pressed stop
            problem = error
        except BaseException as error:  # SystemExit as well: nothing of the reader's ends the notebook
            problem = error
        finally:
            _stop(limit)
            if note:
                note.remove()
            left = around.problem(judged.may_seed)
            around.restore()
        if limit.late:
            return Verdict(TRY_AGAIN, f"Stopped after {seconds:g} seconds. Does a loop never end?")
        verdict = Verdict(DONE) if problem is None else self._explain(problem, files)
        if verdict.kind == TRY_AGAIN:
            verdict.text = "\n".join([verdict.text, *self._without_arguments(judged, made)])
        if left and verdict.kind in (DONE, FAULT):  # what was left can make a check fail
            return Verdict(TRY_AGAIN, left)
        return verdict

    def _names_beside(self, made):
        """Return the names that the reader's cells set beside those of the exercise: they are hers to change."""
        cells = {self.cells.files[name] for name in made if name in self.cells.files}
        return [name for name, file in self.cells.files.items() if file in cells]

    def _without_arguments(self, judged, made):
        """Return for each function of the reader's that never reads an argument which it needs a sentence on that."""
        sentences = []
        wanted = answer(judged.number)
        for name, value in made.items():
            if name not in wanted.definitions or not inspect.isfunction(value):
                continue
            tree = _tree_of(value)
            node = tree.body[0] if tree else None
            if not isinstance(node, ast.FunctionDef):
                continue
            used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            unused = [argument.arg for argument in node.args.args if argument.arg not in used]
            if not unused:
                continue
            text = f"`{name}` never uses {_listed(unused)}, which it is given."
            others = [other for other in value.__code__.co_names if other in used and other not in judged.given]
            instead = [other for other in others if isinstance(self.namespace.get(other), torch.Tensor | np.ndarray)]
            sentences.append(f"{text} It uses the notebook's {_listed(instead)}." if instead else text)
        return sentences

    def _watched(self, judged, name, value):
        """Return the reader's object for its check: a function is watched while it is called."""
        wanted = answer(judged.number)
        if name in wanted.classes:
            if not callable(value) or isinstance(value, torch.nn.Module):
                raise Hint(f"`{name}` should be a class, but it is of type {type(value).__name__}.")
            return value if inspect.isclass(value) else _watch_maker(value, name)
        if name not in wanted.definitions:
            return value
        if not callable(value):
            raise Hint(f"`{name}` should be a function, but it is of type {type(value).__name__}.")
        return _watch(value, name, wanted.definitions[name], wanted.returns(name), judged.may_change_inputs)

    def _explain(self, error, files):
        """Return the Verdict on an error that ended a check: a hint, an error of the reader, or a fault of ours."""
        if isinstance(error, Hint):
            return Verdict(TRY_AGAIN, str(error))
        frames = traceback.extract_tb(error.__traceback__)
        last_of_ours = max((i for i, frame in enumerate(frames) if _is_ours(frame.filename)), default=-1)
        own = [frame for frame in frames[last_of_ours + 1 :] if self._is_cell(frame.filename, files)]
        if isinstance(error, AssertionError) and not own and last_of_ours == len(frames) - 1:
            return Verdict(TRY_AGAIN, str(error) or "Not yet right.")
        message = errors.text_of(error)
        text = f"{type(error).__name__}: {message}" if message else type(error).__name__
        own = own or [frame for frame in frames if self._is_cell(frame.filename, files)]
        frame = next((frame for frame in reversed(own) if frame.filename in files), own[-1]) if own else None
        known = [errors.meaning(message, frame.line if frame else ""), *errors.notes_of(error)]
        behind = "".join(f"\n{sentence}" for sentence in known if sentence)
        if frame:
            return Verdict(TRY_AGAIN, f"{text}\nin your line {frame.lineno}: {frame.line}{behind}")
        if any(_is_watched_call(frame) for frame in frames):  # a function of a library in place of the reader's
            return Verdict(TRY_AGAIN, f"{text}{behind}")
        if isinstance(error, TypeError) and OTHER_ARGUMENTS.search(message):
            return Verdict(TRY_AGAIN, f"{message}. Compare the arguments with those that the exercise names.")
        if TWO_DEVICES.search(message):
            return Verdict(TRY_AGAIN, f"Not all tensors are on one device. {LEAVE_ON_DEVICE}\n{text}")
        where = frames[last_of_ours]
        place = f"{Path(where.filename).name}, line {where.lineno}"
        return Verdict(FAULT, f"The check itself failed ({place}): {text}\nPlease report this: it is not your mistake.")

    def _is_cell(self, filename, files):
        return filename in files or filename in self.cells.files.values() or errors.is_cell_file(filename)


def _stop(limit):
    """End a time limit; one more interrupt may be on its way."""
    try:
        limit.stop()
    except KeyboardInterrupt:
        limit.stop()


def _is_ours(filename):
    # resolved, since the course may lie behind a link or a mapped drive
    return Path(filename).is_absolute() and OURS in Path(filename).resolve().parents


def _is_watched_call(frame):
    """Whether a line of a traceback is the call of what the reader made for a function."""
    return frame.name == "watched" and Path(frame.filename).resolve() == OURS / "judge.py"


def _signature_of(function):
    """Return the signature of a function; None for one of C, which does not tell."""
    how = {}
    if sys.version_info >= (3, 14):  # annotations are evaluated when they are asked for, and may name what is not there
        how["annotation_format"] = importlib.import_module("annotationlib").Format.STRING
    try:
        return inspect.signature(function, **how)
    except (TypeError, ValueError):
        return None


def _watch(function, name, definition, returns, may_change_inputs):
    """Return a reader's function that says what is wrong with its signature, its result or its effects."""
    wanted = [argument.arg for argument in definition.args.args]
    signature = _signature_of(function)

    @functools.wraps(function, assigned=NAMES, updated=())  # a class has members that a function can't take over
    def watched(*args, **kwargs):
        if signature is not None:
            try:
                signature.bind(*args, **kwargs)
            except TypeError:
                raise Hint(f"`{name}` is called as {name}({', '.join(wanted)}), and yours takes {signature}.") from None
        arguments = _by_name(signature, wanted, args, kwargs)
        before = {} if may_change_inputs else {key: fingerprint(value) for key, value in arguments.items()}
        switches = read_switches()
        try:
            result = function(*args, **kwargs)
        except Exception as error:
            errors.add_note(error, errors.arguments_told(name, arguments))
            raise
        left = switch_left(switches)
        if left:  # said at once: with another default dtype the check itself could fail
            raise Hint(left)
        changed = [key for key, value in arguments.items() if key in before and fingerprint(value) != before[key]]
        if changed:
            raise Hint(f"`{name}` changes what it is given, {_listed(changed)}. Work on a copy, or make something new.")
        if result is None and returns:
            raise Hint(f"`{name}` returns nothing. Does it end with `return`?")
        if result is ...:
            raise Hint(f"`{name}` returns `...`. Replace it.")
        return result

    return watched


def _by_name(signature, wanted, args, kwargs):
    """Return the arguments of a call by the names that the reader gave them, else by those of the exercise."""
    if signature is not None:
        return dict(signature.bind(*args, **kwargs).arguments)
    names = [*wanted, *(f"argument {i + 1}" for i in range(len(wanted), len(args)))]
    return {**dict(zip(names, args, strict=False)), **kwargs}


def _watch_maker(function, name):
    """Return a function that stands in place of a class; what it makes must be something that can be called."""

    @functools.wraps(function, assigned=NAMES)
    def watched(*args, **kwargs):
        made = function(*args, **kwargs)
        if not callable(made):
            raise Hint(f"`{name}` should be a class; yours makes an object of type {type(made).__name__}.")
        return made

    return watched


def _looks_blank(value):
    """Whether a value is blank; an object that does not let itself be looked at, or that holds itself, is not."""
    try:
        return is_blank(value)
    except Exception:
        return False


def is_blank(value):
    """Whether a value is `...`, holds one, or is a function or class with a `...` left in its code."""
    if value is ...:
        return True
    if isinstance(value, dict):
        return any(is_blank(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(is_blank(part) for part in value)
    if inspect.isclass(value):
        return any(_has_blank(member) for member in _functions_in(value))
    return _has_blank(_function_of(value))


def _functions_in(value):
    """Return the members of a class as functions; from Python 3.14 on, one of them is made from its annotations."""
    return [_function_of(member) for name, member in vars(value).items() if not name.startswith("__annot")]


def _function_of(member):
    """Return the function in a member of a class (a static method, a property), or the member itself."""
    if isinstance(member, staticmethod | classmethod):
        return member.__func__
    if isinstance(member, property):
        return member.fget
    return member


def _is_all_blank(value):
    """Whether nothing of a container is filled in yet."""
    parts = list(value.values() if isinstance(value, dict) else value)
    return all(part is ... for part in parts)


def _is_leftover(value):
    """Whether each `...` in a function or class is a line of its own beside other code, where it does nothing."""
    if inspect.isclass(value):
        return all(_is_leftover(member) for member in _functions_in(value) if _has_blank(member))
    tree = _tree_of(value)
    node = tree.body[0] if tree else None
    if not isinstance(node, ast.FunctionDef):
        return False
    lines = [part for part in ast.walk(node) if isinstance(part, ast.Expr) and _is_dots(part.value)]
    texts = [part for part in node.body if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)]
    return len(lines) == len(_dots_in(node)) and len(node.body) > len(texts)


def _has_dots_in_use(thing):
    """Whether each `...` in a function is part of an expression or a default, so that it may be meant."""
    tree = _tree_of(thing)
    if tree is None:
        return False
    whole = (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)  # a line that is still to be written
    lines = [node for node in ast.walk(tree) if isinstance(node, whole) and _is_dots(node.value)]
    return not lines


def _is_dots(node):
    return isinstance(node, ast.Constant) and node.value is ...


def _dots_in(tree):
    """Return the `...` in a syntax tree that are no indices."""
    indices = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            indices |= {id(part) for part in ast.walk(node.slice)}
    return [node for node in ast.walk(tree) if _is_dots(node) and id(node) not in indices]


def _tree_of(thing):
    """Return the syntax tree of a function of the notebook; None for anything else."""
    thing = inspect.unwrap(thing) if callable(thing) else thing  # below a decorator, such as torch.no_grad()
    if not inspect.isfunction(thing) or not errors.is_cell_file(thing.__code__.co_filename):  # a library's
        return None
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(thing)))
    except (OSError, TypeError, SyntaxError, ValueError):  # its cell is gone, or it is a lambda within something
        return None


def _has_blank(thing):
    """Whether a function of the notebook has a `...` in its source that is not an index."""
    tree = _tree_of(thing)
    return tree is not None and bool(_dots_in(tree))


def _listed(names):
    """Return names as text: "a", "a and b", "a, b and c"."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


@functools.cache
def _session():
    """Return the Session of the notebook that this runs in; outside of one, of the main program."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return Session(vars(sys.modules["__main__"]))
    session = Session(shell.user_ns)
    session.watch(shell)
    return session


def check(number, seconds=None):
    """Judge what the reader has made for an exercise, and show the verdict with a hint.

    Parameters
    ----------
    number : str
        "3.4".
    seconds : float, optional
        How long the reader's code may run; the exercise's own limit if not given.

    Raises
    ------
    ValueError
        If there is no such exercise.
    AssertionError
        With COURSE_STRICT=1 in the environment, on every verdict but "done".
    """
    if seconds is not None and not 0 < seconds <= 86_400:
        raise ValueError("`seconds` says how long your code may run: a number above 0, and at most 86,400 (a day).")
    verdict = _session().judge(number, seconds)
    record.remember(number, verdict.kind)
    record.show(SIGNS.get(verdict.kind, "…"), f"Exercise {number}: {verdict.kind}", verdict.text, _link(number))
    if os.environ.get("COURSE_STRICT") and verdict.kind != DONE:
        raise AssertionError(f"Exercise {number}: {verdict.kind}. {verdict.text}")


def _link(number):
    """Return a link to the source of a check, from the folder of the notebook."""
    if "google.colab" in sys.modules or "KAGGLE_KERNEL_RUN_TYPE" in os.environ:  # their pages show no files
        return ""
    path = Path(find(number).check.__code__.co_filename)
    try:
        target = Path(os.path.relpath(path)).as_posix()
    except (ValueError, OSError):  # another drive of Windows, or a working folder that is gone
        return ""
    return f'<a href="{html.escape(target)}" style="font-size: smaller">How this is checked</a>'


def solution(number):
    """Show the course's answer, folded, and run it in the notebook unless the reader's own answer has passed.

    An answer that takes long, and which no later cell needs, is only shown.
    """
    mark, text, takes_long = "…", "", find(number).takes_long
    if record.is_solved(number) and _session().still_passes(number):
        mark, head = "✔", "your answer is right and is kept"
    elif takes_long:
        head, text = "the course's answer is shown, and not run", f"{takes_long} To run it, copy it into your cell."
    else:
        _session().use_answer(number)
        record.remember(number, COURSES)
        head = "the course's answer is used from here on"
    source = html.escape(answer(number).source)
    folded = f"<details><summary>Show the course's answer</summary><pre>{source}</pre></details>"
    record.show(mark, f"Exercise {number}: {head}", text, folded)


def _tell_of_ended_kernels():
    """Say what kernels before this one were ended for, if the reader has not been told."""
    for number, text in Note.read_all().items():
        record.show("✘", f"Exercise {number}: the kernel was ended", text)


if not record.HEADLESS:
    _tell_of_ended_kernels()
_session()  # from the import on, so that the cells that follow are seen
