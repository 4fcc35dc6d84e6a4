"""What every Python can be asked about the course without PyTorch (tests/tools/test_interpreters.py asks it).

    python tests/support/probe.py syntax     read every program of the course and every code cell
    python tests/support/probe.py answers    find the names that the course's answers set, and tell stubs from answers
    python tests/support/probe.py loop       judge an answer that never ends
    python tests/support/probe.py try        the same with a loop whose body is a `try:`

Faults are raised; what was done is printed.
"""

import ast
import dis
import json
import linecache
import sys
import textwrap
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support" / "stubs")]

LOOPS = {
    "loop": "while True:\n    pass\n",
    "try": "z = 0\nwhile True:\n    try: z = z + 1\n    except: pass\n",
}
STUBS = """
def blank(x):
    return x + ...

def whole(x):
    return x[..., 0]

class Blank:
    numbers = [i for i in ()]

    def method(self):
        ...
"""


def read_programs():
    """Compile every program and every code cell; a warning of Python's about one counts as a fault."""
    warnings.simplefilter("error")
    programs = [*ROOT.glob("*.py"), *ROOT.glob("tools/**/*.py"), *ROOT.glob("exercises/**/*.py")]
    programs += ROOT.glob("tests/**/*.py")
    for path in programs:
        compile(path.read_text("utf-8"), str(path), "exec")
    cells = 0
    for path in ROOT.glob("*.ipynb"):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                place = f"{path.name}, cell {cell['id']}"
                compile("".join(cell["source"]), place, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
                cells += 1
    assert len(programs) > 50 and cells > 500, "this does not seem to be the whole course"
    print(f"{len(programs)} programs and {cells} cells")


def stored_names(source):
    """Return the names that a piece of code stores at its outermost level, as the compiled code says."""
    instructions = dis.get_instructions(compile(source, "answer", "exec"))
    stored = {step.argval for step in instructions if step.opname in ("STORE_NAME", "STORE_GLOBAL")}
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imported |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return stored - imported


def read_answers():
    """Compare the names that are found in the course's answers with those that their compiled code stores."""
    from exercises.answers import answers_of, parts
    from exercises.cells import names_set
    from exercises.judge import is_blank

    count = 0
    for part in parts():
        for number, found in answers_of(part).items():
            names, stored = set(names_set(found.source)), stored_names(found.source)
            assert stored <= names, f"{number}: {names}, and not {stored}"
            count += 1
    assert count > 80, "these do not seem to be all answers"
    linecache.cache["<cell of stubs>"] = len(STUBS), None, STUBS.splitlines(keepends=True), "<cell of stubs>"
    space = {"__name__": "__main__"}
    exec(compile(STUBS, "<cell of stubs>", "exec"), space)
    told = [name for name in ("blank", "whole", "Blank") if is_blank(space[name])]
    assert told == ["blank", "Blank"], told
    print(f"{count} answers")


def judge_a_loop(kind):
    """Judge an answer that never ends, with little patience."""
    from exercises import judge, record, timelimit

    timelimit.TimeLimit.GRACE = 1
    record.HEADLESS = True

    @judge.exercise("1.6", seconds=0.5)
    def check_sigmoid(sigmoid):
        sigmoid(1)

    cell = "def sigmoid(z):\n" + textwrap.indent(LOOPS[kind], "    ")
    namespace = {"__name__": "__main__"}
    exec(compile(cell, "<cell>", "exec"), namespace)
    vars(sys.modules["__main__"])["sigmoid"] = namespace["sigmoid"]
    judge.check("1.6")


if __name__ == "__main__":
    if sys.argv[1] == "syntax":
        read_programs()
    elif sys.argv[1] == "answers":
        read_answers()
    else:
        judge_a_loop(sys.argv[1])
