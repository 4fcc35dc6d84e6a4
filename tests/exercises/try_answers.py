"""Try the listed answers to the exercises of a lesson, and print what went otherwise than listed.

    python tests/exercises/try_answers.py 3          all exercises of Part 3
    python tests/exercises/try_answers.py 3 3.4      one of them
    python tests/exercises/try_answers.py B1         those of the first bonus notebook

All run in one process, without a kernel. The exit status is 1 when something went otherwise.
"""

import importlib
import os
import re
import sys
import time
from pathlib import Path

os.environ.setdefault("COURSE_HEADLESS", "1")
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "exercises"), str(ROOT / "tests")]

from tools import parts  # noqa: E402, I001  (first, so that nbformat is imported quickly: tools/__init__.py)

from answer_kinds import Right, Wrong  # noqa: E402
from bench import Bench  # noqa: E402

from exercises.answers import answers_of, stem_of  # noqa: E402


def listed_answers(part):
    """Return the answers that are listed for a lesson: exercise -> list of Wrong and Right."""
    return importlib.import_module(f"answers.{stem_of(part)}").ANSWERS


def try_exercise(bench, number, listed):
    """Try a blank stub, the course's answer and the listed ones; return the counts and what went otherwise."""
    stub = bench.go_to(number)
    faults, counts = [], {"wrong": 0, "right": 0}

    def expect(code, kind, says=""):
        verdict = bench.judge(number, code)
        if verdict.kind != kind or not re.search(says, verdict.text, re.S):
            faults.append(f"{number}: wanted {kind!r} {says!r}\n{code}\n-> {verdict.kind}: {verdict.text}")

    expect(stub, "not yet", r"Replace the `\.\.\.`")
    expect(answers_of(bench.part)[number].source, "done")
    for answer in listed:
        if isinstance(answer, Wrong):
            counts["wrong"] += 1
            expect(answer.code, "try again", answer.says)
        elif isinstance(answer, Right):
            counts["right"] += 1
            expect(answer.code, "done")
    return counts, faults


def codes_of(listed):
    """Return the codes of listed answers: exercise -> list of code."""
    return {number: [answer.code for answer in answers] for number, answers in listed.items()}


def lesson_path(part):
    """Return the notebook of a lesson."""
    return parts.find(part, ROOT)[0]


def try_lesson(part, only=()):
    """Try the answers of a lesson; return rows (exercise, wrong, right, seconds) and what went otherwise."""
    listed = listed_answers(part)
    bench = Bench(lesson_path(part), codes_of(listed))
    rows, faults = [], []
    for number in answers_of(part):
        if only and number not in only:
            continue
        started = time.perf_counter()
        counts, found = try_exercise(bench, number, listed.get(number, []))
        rows.append((number, counts["wrong"], counts["right"], time.perf_counter() - started))
        faults += found
    return rows, faults


def main():
    """Try what the command line names."""
    part, *only = sys.argv[1:]
    rows, faults = try_lesson(part, only)
    for number, wrong, right, seconds in rows:
        print(f"{number:6} {wrong:3} wrong {right:3} right {seconds:6.1f} s")
    print("\n\n".join(faults))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
