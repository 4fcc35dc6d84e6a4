"""Every exercise, fed with wrong and right answers: no right one is refused, no wrong one passes."""

import re
import sys

import nbformat
import pytest
from lessons import LESSONS, Notebook, Right, Wrong, answers_of, part_of, renamed, solutions
from nbclient.exceptions import DeadKernelError

UNFRIENDLY = re.compile(r"Traceback|helper\.py")


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_exercise_has_enough_answers(path):
    answers = answers_of(part_of(path))
    assert list(answers) == list(solutions(part_of(path)))
    for number, listed in answers.items():
        wrong = [answer for answer in listed if isinstance(answer, Wrong)]
        right = [answer for answer in listed if isinstance(answer, Right)]
        assert len(wrong) >= 4, f"{number} has {len(wrong)} wrong answers"
        assert len(right) >= 3, f"{number} has {len(right)} right answers"
        assert len({answer.code for answer in listed}) == len(listed), f"{number} lists an answer twice"


class Judge:
    """Feeds answers to the exercises of a lesson, and notes what went otherwise than it should."""

    def __init__(self, lesson, path):
        self.lesson, self.faults, self.tried = lesson, [], {"wrong": 0, "right": 0, "of all kinds": 0}
        self.names = {cell.id for cell in nbformat.read(path, 4).cells}

    def feedback(self, number, code):
        """Run an answer in place of the stub, then the check; return what the check says."""
        name = f"ex-{number.replace('.', '-')}"
        said = self.lesson.run(code)
        check = self.lesson.cells[f"{name}-check"].source
        return said, self.lesson.run(check.replace(f'check("{number}")', f'check("{number}", seconds=5)'))

    def expect(self, number, code, verdict, says="", kind="of all kinds"):
        """Note a fault unless the check of an answer gives this verdict and says this."""
        self.tried[kind] += 1
        printed, feedback = self.feedback(number, code)
        good = re.search(f"Exercise {re.escape(number)}: {verdict}", feedback) and re.search(says, feedback, re.S)
        if not good or UNFRIENDLY.search(feedback):
            self.faults.append(f"{number}: wanted {verdict!r} {says!r}\n{code}\n-> {feedback}\n{printed[-300:]}")

    def exercise(self, number, title_and_source, listed):
        """Try the blank stub, the listed answers, and the mistakes that are the same everywhere."""
        name = f"ex-{number.replace('.', '-')}"
        self.lesson.run_until(f"{name}-answer")
        stub, source = self.lesson.cells[f"{name}-answer"].source, title_and_source[1]
        self.expect(number, stub, "not yet", r"Replace the \.\.\.")
        for answer in listed:
            self.lesson.run(stub)
            if isinstance(answer, Wrong):
                self.expect(number, answer.code, "try again", answer.says, "wrong")
            else:
                self.expect(number, answer.code, "done", kind="right")
        names = re.findall(r"^(?:def |class )?(\w+)(?: =|\(|:)", source, re.M)
        self.lesson.run(stub)
        self.expect(number, renamed(listed[-1].code, names), "not yet", "is the name spelt so")
        self.lesson.run(stub)
        self.expect(number, listed[-1].code + "\n(", "try again|not yet", "not valid Python")
        self.lesson.run(stub)
        if f"def {names[0]}(" in source:
            head = f"{listed[-1].code}\n\n\ndef {names[0]}(*given):\n    "  # an exercise may ask for two functions
            self.expect(number, f"{head}raise OSError('mine')", "try again", "mine.*your line")
            self.expect(number, f"{head}return 'a text'", "try again")
            for change in ("value.double()", "value[None]"):  # a right value of another dtype, and of another shape
                spoiled = f"right = {names[0]}\n\ndef {names[0]}(*given):\n    value = right(*given)\n"
                spoiled += f"    return {change} if torch.is_tensor(value) else value"
                self.expect(number, f"{listed[-1].code}\n{spoiled}", "try again|done", r"^(?!.*did not match)")
        self.feedback(number, stub)
        solved = self.lesson.run(f'helper.solution("{number}")')
        self.expect(number, "pass", "not yet", "still the course's answer")
        if "the course's answer is used" not in solved:
            self.faults.append(f"{number}: the solution was not used after a blank stub: {solved}")
        self.expect(number, listed[-1].code, "done")
        kept = self.lesson.run(f'helper.solution("{number}")')
        if "your answer is right and is kept" not in kept:
            self.faults.append(f"{number}: a right answer was not kept: {kept}")
        self.lesson.at += 3  # past answer, check and solution: go on with the right answer


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_feedback(path, record_property):
    part = part_of(path)
    answers = answers_of(part)
    with Notebook(path) as lesson:
        judge = Judge(lesson, path)
        for number, title_and_source in solutions(part).items():
            judge.exercise(number, title_and_source, answers[number])
    print(f"{path.stem}: {judge.tried['wrong']} wrong and {judge.tried['right']} right answers tried")
    assert not judge.faults, "\n\n".join(judge.faults)


def test_an_endless_loop_is_stopped():
    with Notebook(LESSONS[0]) as lesson:
        judge = Judge(lesson, LESSONS[0])
        lesson.run_until("ex-1-6-answer")
        judge.feedback = lambda number, code: (
            lesson.run(code),
            lesson.run(lesson.cells["ex-1-6-check"].source.replace('("1.6")', '("1.6", seconds=1)')),
        )
        loop = "def sigmoid(z):\n    while True: pass"
        judge.expect("1.6", loop, "try again", "Stopped after 1 seconds")
        lesson.run("helper.TimeLimit.GRACE = 2")
        loop = "def sigmoid(z):\n    while True:\n        try: z = z + 1\n        except: pass"
        if sys.version_info >= (3, 11):
            judge.expect("1.6", loop, "try again", "Stopped after 1 seconds")
        else:  # Python 3.10 never looks up from this loop: the kernel is ended
            with pytest.raises(DeadKernelError):
                judge.feedback("1.6", loop)
        assert not judge.faults, "\n\n".join(judge.faults)
