"""Find the lessons that a contributor is working on: what `make check` tries the answers of."""

import re
import subprocess

OF_A_LESSON = re.compile(
    r"(?P<notebook>Part\d+|bonus/\d+)_\w+\.ipynb"
    r"|(?:exercises|tests/exercises)/(?:checks|answers)/(?P<file>(?:part|bonus)\d+)\.py"
)


def changed_files(root):
    """Return the files that differ from the last commit, or that git does not know yet; [] where there is no git."""
    command = ["git", "status", "--porcelain", "--untracked-files=all", "--no-renames", "-z"]
    try:
        result = subprocess.run(command, cwd=root, capture_output=True, timeout=60)
    except OSError:
        return []
    if result.returncode:
        return []
    return [line[3:] for line in result.stdout.decode("utf-8", "replace").split("\0") if line]


def changed_lessons(root):
    """
    Return the lessons whose notebook, checks or answers have changed since the last commit.

    Parameters
    ----------
    root : pathlib.Path
        The course.

    Returns
    -------
    list of str
        Their numbers, such as ["3", "8", "B1"].
    """
    found = [OF_A_LESSON.fullmatch(name) for name in changed_files(root)]
    names = {(match["notebook"] or match["file"]).lower() for match in found if match}
    numbers = {name.replace("part", "").replace("bonus", "B").replace("/", "") for name in names}
    return sorted(numbers, key=lambda number: (number.startswith("B"), int(number.removeprefix("B"))))
