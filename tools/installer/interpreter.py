"""The interpreter that makes the environment: which one, how old, and whether it can make one at all."""

import os
import re
import shutil
import subprocess
import sys
from typing import NamedTuple

from tools.installer.causes import Problem
from tools.installer.programs import without_others
from tools.installer.words import typed

OLDEST = (3, 10)
QUESTION = """
import sys
try:
    import ensurepip, venv
    able = 1
except ImportError:
    able = 0
print("%d.%d" % sys.version_info[:2], able, getattr(sys, "_base_executable", "") or sys.executable)
"""


class Python(NamedTuple):
    """An interpreter: its path (never one inside of an environment), its version, whether it has venv and ensurepip."""

    path: str
    version: str
    able: bool


def command_of(name):
    """Return how to start an interpreter: on Windows, where no program is called python3.12, its launcher knows it."""
    version = re.fullmatch(r"python(3\.\d+)", name)
    if os.name == "nt" and version and not shutil.which(name) and shutil.which("py"):
        return ["py", f"-{version[1]}"]
    return [name]


def ask(python):
    """
    Ask an interpreter who it is.

    Parameters
    ----------
    python : str or pathlib.Path
        Its name or path.

    Returns
    -------
    Python or None
        None when it is not there or does not start.
    """
    try:
        reply = subprocess.run(
            [*command_of(str(python)), "-c", QUESTION],
            capture_output=True,
            check=True,
            env=without_others() | {"PYTHONIOENCODING": "utf-8:surrogateescape"},  # a pipe of Windows has no UTF-8
            encoding="utf-8",
            errors="surrogateescape",
            timeout=120,
        ).stdout
        version, able, path = reply.strip().split(" ", 2)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Python(path, version, able == "1")


def this_python():
    """Return the interpreter that runs this, without starting it once more."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401

        able = True
    except ImportError:
        able = False
    path = getattr(sys, "_base_executable", "") or sys.executable
    return Python(path, f"{sys.version_info[0]}.{sys.version_info[1]}", able)


def is_this(name):
    """Whether a name or path means the interpreter that runs this."""
    found = shutil.which(name)
    return bool(found) and os.path.realpath(found) == os.path.realpath(sys.executable)


def named_python(wish):
    """Return the interpreter that the user named, or the one that runs this; stop with a sentence without one."""
    if not wish.python or is_this(wish.python):
        return this_python()
    python = ask(wish.python)
    if python is None:
        raise Problem(
            f"There is no {wish.python} on this computer, or it does not start. Name another Python, for example: "
            f"{typed(wish, python='python3.12')}"
        )
    return python


def is_new_enough(version):
    """Whether a version such as "3.10" is not older than the oldest that the course works with."""
    return tuple(int(part) for part in version.split(".")[:2]) >= OLDEST


def check_python(python, wish):
    """Stop with a sentence when an interpreter is too old or cannot make virtual environments."""
    if not is_new_enough(python.version):
        raise Problem(
            f"The course needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and {python.path} is {python.version}. "
            f"Name another one, for example: {typed(wish, python='python3.12')}"
        )
    if not python.able:
        raise Problem(
            f"This Python ({python.path}) cannot make virtual environments. On Debian and Ubuntu, type: "
            f"sudo apt install python3-venv (or, for this version: sudo apt install python{python.version}-venv)"
        )
