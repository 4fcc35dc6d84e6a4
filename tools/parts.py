"""Which notebooks the course has, and how their parts, pages and files of exercises are called.

| notebook | part | page | files of its exercises |
| --- | --- | --- | --- |
| Part3_Training.ipynb | 3 | Part3_Training | part3.py |
| bonus/1_InsideAResNet.ipynb | B1 | Bonus1_InsideAResNet | bonus1.py |
"""

import re

# Another notebook is the reader's, such as the copy Part3_Training-Copy1.ipynb that JupyterLab makes.
LESSON = re.compile(r"Part\w+_\w+\.ipynb")
BONUS = re.compile(r"\d+_\w+\.ipynb")


def lessons(root):
    """Return the paths of the lessons, in their order."""
    return sorted(path for path in root.glob("Part*.ipynb") if LESSON.fullmatch(path.name))


def bonus(root):
    """Return the paths of the bonus notebooks, in their order."""
    return sorted(path for path in root.glob("bonus/*.ipynb") if BONUS.fullmatch(path.name))


def notebooks(root):
    """Return the paths of all notebooks of the course, the lessons first."""
    return [*lessons(root), *bonus(root)]


def part_of(path):
    """Return the part of a notebook, such as "3" or "B1"; of a notebook that is none of the course's, its name."""
    lesson = re.match(r"Part(\w+?)_", path.name)
    if lesson:
        return lesson[1]
    extra = re.match(r"(\d+)_", path.name)
    return f"B{extra[1]}" if extra else path.stem


def page_of(path):
    """Return the name of a notebook's page and deck, without its suffix."""
    return f"Bonus{path.stem}" if re.match(r"\d+_", path.name) else path.stem


def stem_of(part):
    """Return the name of the files that hold the exercises or the claims of a part, without its suffix."""
    return f"bonus{part[1:]}" if part.startswith("B") else f"part{part}"


def find(part, root):
    """Return the paths of the notebooks of a part, "3" or "B1" (or "b1"); [] where there is none."""
    return [path for path in notebooks(root) if part_of(path).lower() == part.lower()]


def title_of(part):
    """Return what a part is called: "Part 3" or "Bonus 1"."""
    return f"Bonus {part[1:]}" if part.startswith("B") else f"Part {part}"
