"""Measure the checks: how many small changes and how many saboteurs of right answers each of them refuses.

    make scores                                  the lessons that have changed since: writes SCORES.md
    make scores SCORES=--again                   all lessons anew (half an hour on two cores)
    python tests/exercises/scores.py 3 3.4 -v    one lesson or exercise, with what passed or had no telling hint

A change counts as refused when the verdict is not "done", and as named when the text says more than which number was
expected. Changes that behave the same, or that the card allows, are listed in equivalents/ with the reason.
"""

import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

os.environ.setdefault("COURSE_HEADLESS", "1")
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "exercises"), str(ROOT / "tests")]

from bench import Bench  # noqa: E402
from equivalents import reason_for  # noqa: E402
from mutants import mutants  # noqa: E402
from saboteurs import saboteurs  # noqa: E402
from try_answers import codes_of, lesson_path, listed_answers  # noqa: E402

from exercises.answers import answers_of, parts, stem_of  # noqa: E402
from exercises.judge import find  # noqa: E402
from exercises.surroundings import fingerprint  # noqa: E402

TABLE = ROOT / "tests" / "exercises" / "SCORES.md"
VALUE_ONLY = re.compile(r"should be \S+, but it is \S+\.$|^Not yet right\.$|does not have the values")
SECONDS = 8  # of an answer: a change may make an endless loop
MUTANT_BAR, SABOTEUR_BAR, EXERCISE_BAR, NAMED_BAR = 0.99, 0.95, 0.90, 0.70


@dataclass
class Score:
    """What a check did with one kind of changes."""

    number: str
    kind: str  # "mutants" or "saboteurs"
    tried: int = 0
    refused: int = 0
    named: int = 0
    equivalent: int = 0

    @property
    def share(self):
        """The share that was refused."""
        return self.refused / self.tried if self.tried else 1.0


def names_the_change(verdict, is_value=False):
    """Whether a verdict says more than which number was expected; of a value, the entry that is wrong is enough."""
    if verdict.kind not in ("try again", "not yet"):
        return False
    return is_value or not VALUE_ONLY.search(verdict.text)


def measure(bench, number, kind, changes, verbose=False):
    """Return the Score of a check for changes: pairs of words and code."""
    score = Score(number, kind)
    is_value = not (answers_of(bench.part)[number].definitions or answers_of(bench.part)[number].classes)
    for change, code in changes:
        if reason_for(kind, number, change):
            score.equivalent += 1
            continue
        verdict = bench.judge(number, code, SECONDS)
        named = names_the_change(verdict, is_value)
        score.tried += 1
        score.refused += verdict.kind != "done"
        score.named += named
        if verbose and not named:
            print(f"  {number} {kind}: {change} -> {verdict.kind}: {' / '.join(verdict.text.splitlines())}", flush=True)
    return score


def measure_lesson(part, only=(), verbose=False):
    """Return the Scores of a lesson."""
    bench, scores = Bench(lesson_path(part), codes_of(listed_answers(part))), []
    for number, found in answers_of(part).items():
        if only and number not in only:
            continue
        bench.go_to(number)
        changed = [(mutant.change, mutant.code) for mutant in mutants(found.source)]
        scores.append(measure(bench, number, "mutants", changed, verbose))
        spoiled = [(s.change, s.code) for s in saboteurs(found.source, find(number).made)]
        effective = []
        for change, code in spoiled:
            is_listed = reason_for("saboteurs", number, change)  # then it need not run: it may train long
            if is_listed or not _is_harmless(bench, number, change, code):
                effective.append((change, code))
        scores.append(measure(bench, number, "saboteurs", effective, verbose))
        if verbose:
            for score in scores[-2:]:
                print(f"{number} {score.kind}: {score.refused}/{score.tried}, {score.named} named", flush=True)
    return scores


def _is_harmless(bench, number, change, code):
    """Whether a saboteur has no effect, since what it spoils is of another kind, or the same afterwards.

    What takes effect for some inputs only (a certain size, large values) is never harmless: a check has to try these.
    """
    name, _, kind = change.partition(": ")
    found = answers_of(bench.part)[number]
    if name in found.classes:
        return False
    if name in found.definitions:
        if kind not in ("models left in the other mode", "parameters left frozen"):
            return False
        arguments = [argument.arg for argument in found.definitions[name].args.args]
        return not any(argument in ("model", "network", "backbone", "net", "module") for argument in arguments)
    values = []
    for source in (found.source, code):
        namespace = dict(bench.namespace)
        with contextlib.suppress(Exception):
            exec(compile(source, "<trial>", "exec"), namespace)
        values.append(fingerprint(namespace.get(name)))
    return values[0] == values[1]


def state(part):
    """Return a text that changes when a check or an answer of a lesson does, or the measure."""
    files = [f"exercises/{name}.py" for name in ("judge", "compare", "surroundings", "cells")]
    files += [f"exercises/{folder}/{stem_of(part)}.py" for folder in ("checks", "answers")]
    files += [f"tests/exercises/{name}.py" for name in ("mutants", "saboteurs", f"equivalents/{stem_of(part)}")]
    digest = hashlib.sha256()
    for name in files:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()[:16]


def stored():
    """Return what the stored table says: (part -> state, exercise -> its two Scores)."""
    text = TABLE.read_text("utf-8") if TABLE.exists() else ""
    states = dict(re.findall(r"^- Part (\w+): `(\w+)`$", text, flags=re.M))
    rows = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"B?\d+\.\d+", cells[0]):
            numbers = [int(cell) for cell in cells[1:9]]
            rows[cells[0]] = [Score(cells[0], "mutants", *numbers[:4]), Score(cells[0], "saboteurs", *numbers[4:])]
    return states, rows


def totals(scores):
    """Return the sums of all exercises: a Score of the mutants and one of the saboteurs."""
    sums = []
    for kind in ("mutants", "saboteurs"):
        of_kind = [score for score in scores if score.kind == kind]
        total = Score("all", kind)
        for field in ("tried", "refused", "named", "equivalent"):
            setattr(total, field, sum(getattr(score, field) for score in of_kind))
        sums.append(total)
    return sums


def table(scores):
    """Return the scores as Markdown: a row an exercise, and the sums."""
    heads = ["exercise", "mutants", "refused", "named", "same", "saboteurs", "refused", "named", "allowed", "share"]
    lines = [f"| {' | '.join(heads)} |", "|" + " ---: |" * len(heads)]
    by_number = {}
    for score in scores:
        by_number.setdefault(score.number, {})[score.kind] = score
    for number, both in by_number.items():
        lines.append(_row(number, both["mutants"], both["saboteurs"]))
    lines.append(_row("all", *totals(scores)))
    return "\n".join(lines)


def _row(number, one, two):
    share = (one.refused + two.refused) / max(1, one.tried + two.tried)
    cells = [one.tried, one.refused, one.named, one.equivalent, two.tried, two.refused, two.named, two.equivalent]
    return f"| {number} | {' | '.join(map(str, cells))} | {share:.1%} |"


def main():
    """Measure what the command line names; write the table when all lessons were measured."""
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    verbose = "-v" in sys.argv
    if "--json" in sys.argv:  # one lesson, for the run of all of them
        print(json.dumps([asdict(score) for score in measure_lesson(arguments[0])]))
        return
    if arguments:
        print(table(measure_lesson(arguments[0], arguments[1:], verbose)))
        return

    states, rows = stored()
    again = "--again" in sys.argv

    def of_lesson(part):
        numbers = list(answers_of(part))
        if not again and states.get(part) == state(part) and all(number in rows for number in numbers):
            return [score for number in numbers for score in rows[number]]
        command = [sys.executable, __file__, part, "--json"]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=7200, check=True)
        print(f"Part {part} measured", file=sys.stderr, flush=True)
        return [Score(**score) for score in json.loads(done.stdout.splitlines()[-1])]

    before = {part: state(part) for part in parts()}
    with ThreadPoolExecutor(2) as pool:
        scores = [score for lesson in pool.map(of_lesson, parts()) for score in lesson]
    made = ["Made by `make scores`, from the checks and answers whose state is", ""]
    made += [f"- Part {part}: `{text}`" for part, text in before.items()]
    parts_of_page = ["# Scores of the checks", __doc__.splitlines()[0], table(scores), "\n".join(made)]
    TABLE.write_text("\n\n".join(parts_of_page) + "\n", "utf-8", newline="\n")
    print(table(scores))


if __name__ == "__main__":
    main()
