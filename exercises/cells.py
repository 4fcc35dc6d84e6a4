"""What the cells of a notebook did: which names each was to set, and whether it ended well.

A verdict is about the cell that the reader has just run. An object that an earlier run left behind is never judged as
if it were new, so somebody has to remember which cell set it, and which cell was to set it and stopped.
"""

import ast
import re
import traceback
from dataclasses import dataclass

from exercises.errors import meaning, text_of

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
OWN_SCOPE = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
LOOKS_SET = re.compile(r"^(?:def |class )?([A-Za-z_]\w*)\s*(?=[(:=\[])", re.M)  # where a cell is not valid Python


def names_set(source):
    """Return the names that a piece of code sets at its outermost level, in order.

    An assignment to a part of something (``board[0] = 1``, ``model.bias = b``) counts as setting it. Where the code is
    not valid Python, the names that look set are returned.
    """
    try:
        return _names_in(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last two: an expression without end
        return list(dict.fromkeys(LOOKS_SET.findall(source)))


def _names_in(tree):
    """Return the names that a syntax tree sets at its outermost level, in order."""
    names = []

    def visit(node, in_comprehension):
        if isinstance(node, FUNCTIONS | ast.ClassDef):
            names.append(node.name)
            return  # what stands in it has a scope of its own
        if isinstance(node, ast.Lambda):
            return
        if isinstance(node, ast.NamedExpr):  # := sets a name outside, even in a comprehension
            names.append(node.target.id)
        is_set = isinstance(getattr(node, "ctx", None), ast.Store)
        if is_set and not in_comprehension:
            names.append(_base(node))
        for child in ast.iter_child_nodes(node):
            visit(child, in_comprehension or isinstance(node, OWN_SCOPE))

    visit(tree, in_comprehension=False)
    return [name for name in dict.fromkeys(names) if name]


def _base(node):
    """Return the name at the start of a target such as ``board[0]`` or ``model.layer.bias``; None without one."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def python_of(info):
    """Return the Python of a cell that IPython is about to run, or has run: without the line of a `%%` magic."""
    source = info.raw_cell.lstrip()
    if source.startswith("%%"):
        return source.partition("\n")[2]
    return getattr(info, "transformed_cell", None) or info.raw_cell  # there, a line such as %timeit is a call


@dataclass
class Stop:
    """How a cell ended that did not end well. It holds texts alone: an error would hold everything that it met."""

    kind: str  # of the error
    message: str
    line: int | None  # of the cell
    code: str  # that line

    def __str__(self):
        kind, message = self.kind, self.message
        text = f"{kind}: {message}" if message else kind
        if self.line is not None:
            text = f"{text}\nin line {self.line}: {self.code}"
        known = meaning(message, self.code)
        return f"{text}\n{known}" if known else text


class Cells:
    """Remembers, for each name, the last cell that was to set it.

    Attributes
    ----------
    files : dict
        Name -> the file of the cell that set it, as tracebacks call it.
    """

    def __init__(self):
        self.files = {}
        self._stopped = {}  # name -> Stop of the last cell that was to set it

    def begin(self, source):
        """Note that a cell begins to run: what was said of earlier ones that set the same names is over."""
        for name in names_set(source):
            self._stopped.pop(name, None)

    def note(self, source, error=None, file=None):
        """Note that a cell was run, which has begun before.

        Parameters
        ----------
        source : str
            The code of the cell.
        error : BaseException, optional
            What ended it.
        file : str, optional
            The file of the cell, as tracebacks call it.
        """
        for name in names_set(source):
            if error is not None:
                self._stopped[name] = _stop(source, error, file)
            if file is not None:
                self.files[name] = file

    def stopped(self, names):
        """Return how the last cell ended that was to set one of these names, if it did not end well; else None."""
        for name in names:
            if name in self._stopped:
                return self._stopped[name]
        return None


def _stop(source, error, file):
    """Return which error came up in a cell, and where."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame.lineno for frame in frames if frame.filename == file]
    line = own[-1] if own else None
    kind, message = type(error).__name__, text_of(error)
    if isinstance(error, SyntaxError):
        message = error.msg
        line = line or error.lineno  # of the cell itself; one that `eval` has raised came up in a line of the cell
    lines = source.splitlines()
    if line is None or not 0 < line <= len(lines):
        return Stop(kind, message, None, "")
    return Stop(kind, message, line, lines[line - 1].strip())
