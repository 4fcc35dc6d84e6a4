"""Try the course on every Python of this machine, with the oldest and the newest PyTorch, and on a fresh machine.

    python course.py matrix                 all that is to be tried; goes on where it was stopped
    python course.py matrix 3.12 oldest     some rows of the table
    python course.py matrix --again         also what has been tried before with the same files
    python course.py matrix --list          name the rows, try nothing

Each row has an environment of its own, made by the course's installer and kept between runs (about 6 GB each), in
build/matrix or the folder that COURSE_MATRIX names. A row runs all lessons on blank stubs and with the course's
answers, and the tests of the helper, the exercises and the installer. A row whose files have not changed since is not
run again. The last row is a new Debian in a folder (tools/fresh_machine.py).
"""

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import asdict, dataclass
from pathlib import Path

from tools import fresh_machine, install, interpreters
from tools.installer import log as processes

ROOT = Path(__file__).resolve().parent.parent
PLACE = Path(os.environ.get("COURSE_MATRIX") or ROOT / "build" / "matrix").expanduser().resolve()
OLDEST = ["torch==2.9.1", "torchvision==0.24.1"]  # the oldest that requirements.txt allows
NEWEST = ["torch", "torchvision", "matplotlib", "numpy", "pillow", "ipykernel", "jupyterlab"]
FRESH = "debian13"
SUITE = [  # what a row runs: the lessons, and the tests that an interpreter or a version can break
    "Part*.ipynb",
    "bonus/*.ipynb",
    "tests/lessons/test_lessons.py",
    "tests/exercises/test_*.py",
    "tests/helper/test_*.py",
    "tests/tools/test_install*.py",
    "tests/tools/test_course.py",
    "tests/tools/test_run_notebooks.py",
    "tests/tools/test_interpreters.py",
]
NBVAL = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=300"]
WORKERS = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart=0"]
LIMIT = 3 * 3600  # seconds for a row: far above what it takes, so that nothing waits for ever
PATIENCE = 10  # seconds that a step has to end by itself
VERSIONS = "import matplotlib, torch; print(torch.__version__, matplotlib.__version__)"


@dataclass
class Row:
    """What was seen of one environment."""

    name: str
    python: str = "-"
    torch: str = "-"
    matplotlib: str = "-"
    lessons: str = "-"
    tests: str = "-"
    seconds: float = 0.0
    verdict: str = ""

    @property
    def good(self):
        """Whether all went well; what cannot be tried on this machine counts as well."""
        return self.verdict == "ok" or self.verdict.startswith("not tried")


def plan():
    """Return the rows to try, name -> (path of the interpreter, version of it, "oldest", "newest" or "")."""
    by_minor = {}
    for version, path in interpreters.found():  # oldest first: the last patch of each version stays
        by_minor[".".join(version.split(".")[:2])] = version, path
    minors = list(by_minor)
    rows = {f"{minors[0]}-oldest": (by_minor[minors[0]][1], by_minor[minors[0]][0], "oldest")}
    for minor in minors[:-1]:
        version, path = by_minor[minor]
        rows[minor] = path, version, ""
    version, path = by_minor[minors[-1]]
    rows[f"{minors[-1]}-newest"] = path, version, "newest"
    return rows


def course_files():
    """Return the files of the course, as a clone would hold them, with the changes not yet committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60)
    if result.returncode:
        raise SystemExit("`make matrix` takes the files that git knows: run it in a clone of the course.")
    names = [os.fsdecode(name) for name in result.stdout.split(b"\0") if name]
    return sorted(name for name in names if (ROOT / name).is_file())


def snapshot(target):
    """Copy the course's files into a folder; return a text that changes when one of them does."""
    shutil.rmtree(target, ignore_errors=True)
    digest = hashlib.sha256()
    for name in course_files():
        content = (ROOT / name).read_bytes()
        digest.update(name.encode() + b"\0" + content + b"\0")
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(content)
        shutil.copymode(ROOT / name, target / name)
    return digest.hexdigest()


def run(command, log, folder, environment=None):
    """Run a command with its output in a file; return its exit status, 124 when it took too long."""
    words = [str(word) for word in command]
    with log.open("ab") as file:
        file.write(f"\n$ {' '.join(words)}\n".encode())
        file.flush()
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=os.environ | (environment or {}),
            stdout=file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        try:
            return process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            end(process)
            return 124
        except BaseException:  # Ctrl+C or SIGTERM: nothing goes on in the background
            end(process)
            raise


def end(process):
    """End a step as Ctrl+C does, so that it ends what it has started itself; by force when it does not listen."""
    if os.name != "nt":
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
    if process.poll() is None:
        processes.end(process, PATIENCE)


def make_environment(name, python, kind, course, log):
    """Make or update the environment of a row by the course's installer; return its Python, or None if that failed."""
    venv = PLACE / name
    settings = {"COURSE_VENV": str(venv)}
    if kind == "oldest":
        pins = PLACE / "oldest.txt"
        pins.write_text("\n".join(OLDEST) + "\n", "utf-8")
        settings |= {"PIP_CONSTRAINT": str(pins), "UV_CONSTRAINT": str(pins)}
    if run([python, "-m", "tools.install", "tests"], log, course, settings):
        return None
    inside = install.venv_python(venv)
    if kind == "newest":  # an environment that was kept is not the newest any more
        upgrade = [inside, "-m", "pip", "install", "--upgrade", *NEWEST]
        if run(upgrade, log, course):
            return None
    return inside


def outcome(report):
    """Return from pytest's report the counts of runs of lessons and of other tests: [passed, failed, skipped] each.

    A lesson's cells, which nbval reports one by one, count as one run, and as failed if one of them failed.
    """
    cells, lessons, others = {}, [0, 0, 0], [0, 0, 0]
    for case in ET.parse(report).iter("testcase"):
        failed = case.find("failure") is not None or case.find("error") is not None
        skipped = case.find("skipped") is not None
        result = 1 if failed else 2 if skipped else 0
        name = case.get("classname", "")
        if name.endswith(".ipynb"):
            cells.setdefault(name, []).append(result)
        elif name.endswith("test_lessons"):
            lessons[result] += 1
        else:
            others[result] += 1
    for results in cells.values():
        lessons[1 if 1 in results else 0] += 1
    return lessons, others


def words(counts):
    """Return counts as text, such as "16 ok, 1 failed"."""
    names = ("ok", "failed", "skipped")
    return ", ".join(f"{count} {name}" for count, name in zip(counts, names, strict=True) if count or name == "ok")


def try_row(name, python, version, kind, course, quick=()):
    """Try one environment; return its Row."""
    folder = PLACE / "results"
    log, report = folder / f"{name}.log", folder / f"{name}.xml"
    for old in (log, report):
        old.unlink(missing_ok=True)
    started = time.monotonic()
    row = Row(name, version)
    inside = make_environment(name, python, kind, course, log)
    if inside is None:
        row.verdict = f"the installation failed: see {log}"
        return row
    seen = subprocess.run([inside, "-c", VERSIONS], capture_output=True, text=True, timeout=300)
    if seen.returncode:
        said = seen.stderr.strip().splitlines() or [f"exit status {seen.returncode}"]
        row.verdict = f"PyTorch or matplotlib cannot be imported: {said[-1]}"
        return row
    row.torch, row.matplotlib = seen.stdout.split()
    files = [str(path.relative_to(course)) for pattern in SUITE for path in sorted(course.glob(pattern))]
    command = [inside, "-m", "pytest", *NBVAL, *WORKERS, "--junit-xml", report, *(quick or files)]
    data = os.environ.get("COURSE_TEST_DATA") or str(ROOT.parent / "shared" / "data")
    status = run(command, log, course, {"COURSE_TEST_DATA": data})
    row.seconds = time.monotonic() - started
    if not report.exists():
        row.verdict = f"the tests ended with exit status {status} and no report: see {log}"
        return row
    lessons, others = outcome(report)
    row.lessons, row.tests = words(lessons), words(others)
    if status == 0 and lessons[1] + others[1] == 0 and lessons[0]:
        row.verdict = "ok"
    else:
        row.verdict = f"failed, exit status {status}: see {log}"
    return row


def try_fresh_machine(course):
    """Try the README on a new Debian; return its Row."""
    row = Row(FRESH)
    reason = fresh_machine.missing()
    if reason:
        row.verdict = f"not tried: {reason}"
        return row
    started = time.monotonic()
    seen = fresh_machine.try_readme(course, PLACE / "fresh", PLACE / "results" / f"{FRESH}.log")
    row.seconds = time.monotonic() - started
    row.python, row.torch, row.matplotlib = seen.python, seen.torch, seen.matplotlib
    row.lessons, row.tests, row.verdict = seen.lessons, seen.steps, seen.verdict
    return row


def table(rows):
    """Return the rows as a table in Markdown."""
    heads = ["environment", "Python", "PyTorch", "matplotlib", "lessons", "tests", "seconds", "verdict"]
    lines = [f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads)]
    for row in rows:
        cells = [row.name, row.python, row.torch, row.matplotlib, row.lessons, row.tests, f"{row.seconds:.0f}"]
        lines.append(f"| {' | '.join([*cells, row.verdict])} |")
    return "\n".join(lines)


def read_result(kept):
    """Return what is known of a row; nothing where it has not been tried, or its file cannot be read."""
    try:
        result = json.loads(kept.read_text("utf-8"))
        return {"state": result["state"], "row": Row(**result["row"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write_result(kept, state, row):
    """Write what is known of a row beside its place and rename it, so that the file is whole at any moment."""
    beside = kept.with_name(f"{kept.name}.part")
    beside.write_text(json.dumps({"state": state, "row": asdict(row)}, indent=1), "utf-8")
    beside.replace(kept)


def interrupt(*_):
    """Answer to SIGTERM as to Ctrl+C, so that nothing goes on in the background."""
    raise KeyboardInterrupt


def main(arguments=None):
    """Try what the command line names; return the exit status."""
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        return try_rows(arguments)
    except KeyboardInterrupt:
        print("\nStopped. The rows that had ended are kept; the same command goes on.", flush=True)
        return 130
    finally:
        signal.signal(signal.SIGTERM, before)


def try_rows(arguments=None):
    """Try what the command line names, as `main` does; Ctrl+C is an error here."""
    parser = argparse.ArgumentParser(prog="course.py matrix", description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", help="names of rows, or a part of them: 3.12, oldest, newest, debian13")
    parser.add_argument("--again", action="store_true", help="try also what was tried before with the same files")
    parser.add_argument("--list", action="store_true", help="name the rows and try nothing")
    options = parser.parse_args(arguments)
    rows = plan()
    known = [*rows, FRESH]
    for wanted in options.rows:
        if not any(wanted in name for name in known):
            raise SystemExit(f"There is no row {wanted!r}. The rows are: {', '.join(known)}.")
    names = [name for name in known if not options.rows or any(wanted in name for wanted in options.rows)]
    if options.list:
        print("\n".join(names))
        return 0
    results = PLACE / "results"
    results.mkdir(parents=True, exist_ok=True)
    course = PLACE / "course"
    state = snapshot(course)
    done = []
    for name in names:
        kept = results / f"{name}.json"
        before = read_result(kept)
        if before.get("state") == state and before["row"].verdict == "ok" and not options.again:
            done.append(before["row"])
            print(f"{name}: tried before with these files, ok", flush=True)
            continue
        print(f"{name}: at work, its log is {results / name}.log", flush=True)
        row = try_fresh_machine(course) if name == FRESH else try_row(name, *rows[name], course)
        write_result(kept, state, row)
        done.append(row)
        print(f"{name}: {row.verdict} ({row.seconds:.0f} s)", flush=True)
    text = table(done)
    (results / "table.md").write_text(text + "\n", "utf-8")
    print("\n" + text)
    return int(not all(row.good for row in done))


if __name__ == "__main__":
    sys.exit(main())
