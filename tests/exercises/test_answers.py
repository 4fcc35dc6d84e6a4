"""Every exercise, fed with wrong and right answers: no right one is refused, no wrong one passes, hints are right."""

import ast
import os
import re
import subprocess
import sys

import pytest
from answer_kinds import Right, Wrong
from lessons import LONG, ROOT, answers_of

from exercises import judge
from exercises.answers import answers_of as answers_of_course
from exercises.answers import parts, stem_of

MEASURED = {"1", "2"}  # the parts whose answers show how much of the engine is tried: coverage makes a program slower
TRY = ROOT / "tests" / "exercises" / "try_answers.py"


@pytest.mark.parametrize("part", parts())
def test_every_exercise_has_a_check_and_enough_answers(part):
    listed = answers_of(part)
    assert list(listed) == list(answers_of_course(part))
    for number, answers in listed.items():
        assert judge.find(number).made, f"{number} judges nothing"
        wrong = [answer for answer in answers if isinstance(answer, Wrong)]
        right = [answer for answer in answers if isinstance(answer, Right)]
        assert len(wrong) >= 4, f"{number} has {len(wrong)} wrong answers"
        assert len(right) >= (1 if number in LONG else 3), f"{number} has {len(right)} right answers"
        assert len({answer.code for answer in answers}) == len(answers), f"{number} lists an answer twice"


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", parts())
def test_the_answers_of_a_lesson(part, record_property, request):
    """All answers of a lesson in a process of its own, without a kernel."""
    environment, settings = dict(os.environ), getattr(request.config, "coverage_of_programs", None)
    if settings and part in MEASURED:
        environment["COVERAGE_PROCESS_CONFIG"] = settings
    result = subprocess.run(
        [sys.executable, str(TRY), part],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=1500,
    )
    assert result.returncode == 0, result.stdout + result.stderr[-3000:]
    rows = re.findall(r"^(B?\d+\.\d+) +(\d+) wrong +(\d+) right", result.stdout, re.M)
    assert [number for number, *_ in rows] == list(answers_of_course(part))
    wrong, right = (sum(int(row[place]) for row in rows) for place in (1, 2))
    record_property("seen", f"answers of Part {part}: {wrong} wrong and {right} right ones tried")


@pytest.mark.parametrize("part", parts())
def test_every_assert_of_a_check_has_a_hint(part):
    tree = ast.parse((ROOT / "exercises" / "checks" / f"{stem_of(part)}.py").read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            assert node.msg is not None, f"line {node.lineno} has none"
