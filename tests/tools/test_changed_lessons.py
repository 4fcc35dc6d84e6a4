"""`make check` tries the answers of the lessons that have changed, and of no others."""

import subprocess

import pytest

from tools.changed_lessons import changed_lessons

FILES = [
    "Part1_Tensors.ipynb",
    "Part2_NeuralNetworks.ipynb",
    "exercises/checks/part3.py",
    "exercises/answers/part4.py",
    "tests/exercises/answers/part5.py",
    "bonus/1_InsideAResNet.ipynb",
    "exercises/answers/bonus2.py",
    "helper.py",
]


@pytest.fixture
def course(tmp_path):
    """A repository with files of five lessons, all committed."""
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("as it was\n")
    as_ada = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    for words in (["init", "--quiet"], ["add", "."], [*as_ada, "commit", "--quiet", "-m", "all"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True, timeout=60)
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "lessons"),
    [
        ([], []),
        (["helper.py"], []),
        (["Part2_NeuralNetworks.ipynb"], ["2"]),
        (["tests/exercises/answers/part5.py", "exercises/checks/part3.py", "exercises/answers/part4.py"], list("345")),
        (["Part10_New.ipynb", "Part1_Tensors.ipynb"], ["1", "10"]),
        (["exercises/answers/bonus2.py", "bonus/1_InsideAResNet.ipynb", "Part1_Tensors.ipynb"], ["1", "B1", "B2"]),
    ],
    ids=["nothing", "the helper", "a notebook", "answers and checks", "a new notebook", "bonus notebooks"],
)
def test_changed_lessons(course, changed, lessons):
    for name in changed:
        (course / name).write_text("another text\n")
    assert changed_lessons(course) == lessons


def test_without_a_repository_no_lesson_counts_as_changed(tmp_path):
    (tmp_path / "Part1_Tensors.ipynb").write_text("")
    assert changed_lessons(tmp_path) == []
