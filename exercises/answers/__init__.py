"""The course's answers, one file a lesson, one section an exercise: `# %% 3.4 A step by hand`. The instructor's key."""

import ast
import functools
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Answer:
    """The course's answer to an exercise.

    Attributes
    ----------
    number, title : str
        Of the exercise, such as "3.4" and "A step by hand".
    source : str
        The code, as it would stand in the reader's cell.
    """

    number: str
    title: str
    source: str

    @functools.cached_property
    def definitions(self):
        """The functions that the answer defines at its outermost level: name -> node of the syntax tree."""
        body = ast.parse(self.source).body
        return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}

    @functools.cached_property
    def classes(self):
        """The names of the classes that the answer defines."""
        return {node.name for node in ast.parse(self.source).body if isinstance(node, ast.ClassDef)}

    def returns(self, name):
        """Whether the answer's function of this name returns something."""
        nodes = ast.walk(self.definitions[name])
        return any(isinstance(node, ast.Return | ast.Yield) and node.value is not None for node in nodes)


def stem_of(part):
    """Return the name of the files of a lesson: "part3" of "3", "bonus1" of "B1"."""
    return f"bonus{part[1:]}" if part.startswith("B") else f"part{part}"


@functools.cache
def answers_of(part):
    """Return the answers of a lesson ("3", or "B1" of a bonus notebook) in their order: number -> Answer."""
    path = HERE / f"{stem_of(part)}.py"
    if not path.exists():
        return {}
    found = {}
    for section in re.split(r"^# %% ", path.read_text("utf-8"), flags=re.M)[1:]:
        head, _, source = section.partition("\n")
        number, _, title = head.partition(" ")
        found[number] = Answer(number, title.strip(), source.strip() + "\n")
    return found


def answer(number):
    """Return the Answer to an exercise; raise a ValueError that names what there is when there is none."""
    if not isinstance(number, str):
        raise ValueError(f'Write the number of the exercise in quotation marks: "{number}".')
    part = number.split(".")[0]
    if part not in parts():
        raise ValueError(f"There is no exercise {number!r}. The lessons with exercises: {', '.join(parts())}.")
    found = answers_of(part)
    if number not in found:
        raise ValueError(f"There is no exercise {number!r}. The exercises of this lesson: {', '.join(found)}.")
    return found[number]


def parts():
    """Return the lessons that have exercises, in order: "1", "2", … "B1", …"""
    found = [path.stem.removeprefix("part") for path in HERE.glob("part*.py")]
    found += [path.stem.replace("bonus", "B") for path in HERE.glob("bonus*.py")]
    return sorted(found, key=lambda part: (len(part), part))
