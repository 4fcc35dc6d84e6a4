"""
The commands of the course, the same on Linux, macOS and Windows: python course.py lab (without a name: a list).

`make` calls this file and nothing else. A Python of any age can read it, so that a too old one says a sentence and not
"SyntaxError"; the commands themselves are in tools/commands.py.
"""

# Written for Python 2.7 as well, so without what came later:
# ruff: noqa: PTH100, PTH110, PTH111, PTH118, PTH120, PTH123, RUF005, UP024, UP031

import json
import os
import subprocess
import sys

OLDEST = (3, 10)
NEWEST = 20
HERE = os.path.dirname(os.path.abspath(__file__))


def installed_python():
    """Return the interpreter of the installed environment; None when there is none that is new enough."""
    venv = os.path.join(HERE, os.path.expanduser(os.environ.get("COURSE_VENV") or ".venv"))
    python = os.path.join(venv, *(["Scripts", "python.exe"] if os.name == "nt" else ["bin", "python"]))
    try:
        with open(os.path.join(venv, "course.json")) as file:
            version = json.load(file)["python"]
    except (IOError, ValueError, KeyError, TypeError):
        return None
    new_enough = [int(part) for part in version.split(".")] >= list(OLDEST)
    return python if new_enough and os.path.exists(python) else None


def newer_python():
    """Return the name of a newer Python on this computer; an example when there is none (on Windows: always)."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    for minor in range(NEWEST, OLDEST[1] - 1, -1):
        name = "python3.%d" % minor
        for folder in folders:
            path = os.path.join(folder, name)
            shim = os.sep + "shims" + os.sep in path  # pyenv has those also for versions that it does not start
            if os.path.exists(path) and not shim:
                return name
    return "python3.12"


def refuse():
    """Say that this Python is too old, and what to type; return the exit status."""
    newer = "make lab PYTHON=%s (without make: %s course.py lab)" % ((newer_python(),) * 2)
    if os.name == "nt":  # where the launcher `py` knows all Pythons
        newer = "py -3.12 course.py lab"
    sys.stderr.write(
        "The course needs Python %d.%d or newer, and %s is %d.%d. Name a newer one: %s. "
        "Where there is none: https://www.python.org/downloads/\n"
        % (OLDEST + (sys.executable,) + tuple(sys.version_info[:2]) + (newer,))
    )
    return 1


def main():
    """Run the command that was typed; return the exit status."""
    if sys.version_info[:2] < OLDEST:
        python = installed_python()
        named = [word for word in sys.argv if word.split("=")[0] == "--python"]
        if python and not named:
            return subprocess.call([python, os.path.abspath(__file__)] + sys.argv[1:])
        return refuse()
    sys.path.insert(0, HERE)
    from tools import commands

    return commands.main(sys.argv[1:])


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        sys.exit(130)
