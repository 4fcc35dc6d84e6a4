"""Run lessons many times, or for many readers at once, and count what fails. Hours of work: not a part of `make test`.

    python tests/soak.py class              twelve readers of Parts 3, 5 and 8 at the same time, one read-only checkout
    python tests/soak.py class 24 1 2       24 readers of Parts 1 and 2
    python tests/soak.py lessons 30         each lesson 30 times, in an order drawn anew each time, one at a time
    python tests/soak.py lessons 30 --load  the same beside two processes that compute all the time
    python tests/soak.py suite 10           `make test` ten times; the ends of the outputs stand in build/soak/

It says how often each lesson ended well, and how failures begin. The exit status is 1 if something failed.
"""

import argparse
import contextlib
import json
import multiprocessing
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support"), str(ROOT / "tests" / "lessons")]

from lessons import NOTEBOOKS, Notebook, copy_course, exercise_of, part_of, shown, solutions, tags  # noqa: E402
from test_lessons import read_only  # noqa: E402

from tools.parts import find  # noqa: E402
from tools.run_notebooks import execute  # noqa: E402


class Memory(threading.Thread):
    """Watch what this process and all that it has started take of the memory, until it is stopped."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peak, self.ended = 0, threading.Event()

    def run(self):
        """Look twice a second; shared pages are counted once (PSS)."""
        while not self.ended.wait(0.5):
            total = 0
            for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    total += getattr(process.memory_full_info(), "pss", process.memory_info().rss)
            self.peak = max(self.peak, total)


def read_as_a_student(path, home, solved):
    """Run a lesson for one reader with a home of her own, who solves its first exercises; return what failed."""
    part = part_of(path)
    answers = solutions(part)
    wanted = list(answers)[:solved]
    environment = {"HOME": str(home), "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    lesson = Notebook(path, environment=environment)
    lesson.environment.pop("COURSE_HEADLESS", None)  # a reader's record is kept
    for cell in lesson.notebook.cells:
        if "exercise" in tags(cell) and exercise_of(cell) in wanted:
            cell.source = answers[exercise_of(cell)][1]
    with lesson:
        for index, cell in enumerate(lesson.notebook.cells):
            if cell.cell_type != "code":
                continue
            lesson.client.execute_cell(cell, index)
            failed = any(output.output_type == "error" for output in cell.outputs)
            if failed and "raises-exception" not in tags(cell):
                return f"{path.stem}, cell {cell.id}: {shown(cell)[-300:]}"
    record = json.loads((home / ".course_progress.json").read_text("utf-8"))
    own = sorted(number for number, verdict in record.items() if verdict == "done")
    if own != sorted(wanted):
        return f"{path.stem}: the record of a reader who solved {wanted} says {own}"
    return ""


def readers_at_once(folder, number, parts):
    """Let readers work at the same time in one folder; return the exit status."""
    paths = [find(part, Path(folder))[0] for part in parts]
    started, memory = time.monotonic(), Memory()
    memory.start()
    with tempfile.TemporaryDirectory() as homes, ThreadPoolExecutor(number) as pool:

        def read(reader):
            home = Path(homes, f"reader-{reader}")
            home.mkdir()
            fault = read_as_a_student(paths[reader % len(paths)], home, 1 + reader % 3)
            return fault, time.monotonic() - started

        found = list(pool.map(read, range(number)))
    memory.ended.set()
    faults = [fault for fault, _ in found if fault]
    seconds = ", ".join(f"{ended:.0f}" for _, ended in found)
    well = number - len(faults)
    print(f"{number} readers of Parts {', '.join(parts)} at once: {well} ended well, with their own records.")
    print(f"Ended after {seconds} seconds; peak memory of all {memory.peak / 1e9:.1f} GB.")
    print("\n".join(faults))
    return int(bool(faults))


def read_only_class(number, parts):
    """Let a class work in a checkout that nobody can write to; return the exit status."""
    with tempfile.TemporaryDirectory() as place:
        folder = copy_course(Path(place, "checkout"), [path for path in NOTEBOOKS if part_of(path) in parts])
        command = [sys.executable, __file__, "readers", str(number), *parts, "--folder", str(folder)]
        result = read_only(folder, command)
    print(result.stdout, result.stderr[-2000:])
    return result.returncode


def compute_for_ever():
    """Keep one core busy."""
    while True:
        sum(range(1_000_000))


def run_often(times, parts, load):
    """Run lessons many times with their claims judged; return the exit status."""
    paths = [path for path in NOTEBOOKS if not parts or part_of(path) in parts]
    workers = [multiprocessing.Process(target=compute_for_ever, daemon=True) for _ in range(2 if load else 0)]
    for worker in workers:
        worker.start()
    well, faults = Counter(), []
    for turn in range(times):
        for path in random.sample(paths, len(paths)):
            try:
                execute(path, judge_claims=True)
                well[path.stem] += 1
            except Exception as error:
                faults.append(f"{path.stem}, run {turn + 1}: {str(error)[:300]}")
                print(faults[-1], flush=True)
        print(f"run {turn + 1}: {sum(well.values())} ended well, {len(faults)} failed", flush=True)
    for worker in workers:
        worker.terminate()
    for path in paths:
        print(f"{path.stem:28} {well[path.stem]} of {times} ended well")
    return int(bool(faults))


def suite_often(times):
    """Run `make test` many times; return the exit status."""
    folder = ROOT / "build" / "soak"
    folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    for turn in range(1, times + 1):
        started = time.monotonic()
        result = subprocess.run([sys.executable, "course.py", "test"], cwd=ROOT, capture_output=True, text=True)
        (folder / f"{turn}.txt").write_text(result.stdout[-100_000:] + result.stderr[-10_000:], "utf-8")
        failed += result.returncode != 0
        last = (result.stdout.strip().splitlines() or ["nothing was printed"])[-1]
        print(f"run {turn}: {last} ({time.monotonic() - started:.0f} s)", flush=True)
    print(f"{times - failed} of {times} runs were green.")
    return int(bool(failed))


def main():
    """Do what the command line names; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["class", "readers", "lessons", "suite"])
    parser.add_argument("number", nargs="?", type=int, help="readers (default: 12), or runs (default: 30, or 10)")
    parser.add_argument("parts", nargs="*", help="the lessons (default: 3, 5 and 8 for a class, else all)")
    parser.add_argument("--load", action="store_true", help="beside two processes that compute all the time")
    parser.add_argument("--folder", help="of the checkout in which readers work")
    given = parser.parse_args()
    if given.what == "class":
        return read_only_class(given.number or 12, given.parts or ["3", "5", "8"])
    if given.what == "readers":
        return readers_at_once(given.folder, given.number, given.parts)
    if given.what == "lessons":
        return run_often(given.number or 30, given.parts, given.load)
    return suite_often(given.number or 10)


if __name__ == "__main__":
    sys.exit(main())
