"""What the user wished, and how to say what to type next."""

import os
import re
import shlex
from typing import NamedTuple


class Wish(NamedTuple):
    """What was named on the command line: a Python, PyTorch's CPU build (True, False, None), a folder, a command."""

    python: str | None = None
    cpu: bool | None = None
    venv: str | None = None
    command: str = "lab"


def quoted(value):
    """Return a value as it can be typed: in quotes where it holds blanks or other signs that a shell reads."""
    text = str(value)
    if os.name != "nt":
        return shlex.quote(text)
    return text if re.fullmatch(r"[\w.:\\/~-]+", text) else f'"{text}"'


def typed(wish, **changes):
    """Return what to type, in the words of this system: `make lab CPU=1`, on Windows `python course.py lab --cpu`."""
    if os.name == "nt":
        start, words = "python course.py", {"python": "--python {}", "cpu": "--cpu", "venv": "--venv {}"}
    else:
        start, words = "make", {"python": "PYTHON={}", "cpu": "CPU=1", "venv": "COURSE_VENV={}"}
    given = {"python": wish.python, "cpu": wish.cpu, "venv": wish.venv} | changes
    named = [words[name].format(quoted(value)) for name, value in given.items() if value]
    return " ".join([start, wish.command, *named])


def elsewhere(wish):
    """Return what to type to have the installation in another folder."""
    return typed(wish, venv="D:\\pytorch-course" if os.name == "nt" else "/large/disk/pytorch-course")


def other_python(wish, version):
    """Return what to type to take another Python than the one of this version."""
    return typed(wish, python="python3.13" if version == "3.12" else "python3.12")
