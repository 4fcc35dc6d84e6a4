"""The table of environments: its rows, what counts as good, what is run again, and what it says of reports."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import fresh_machine, matrix
from tools.matrix import Row

REPORT = """<testsuites><testsuite>
<testcase classname="tests.test_lessons" name="test_a"/>
<testcase classname="tests.test_lessons" name="test_b"><failure message="no"/></testcase>
<testcase classname="Part1_A.ipynb" name="Cell 0"/>
<testcase classname="Part1_A.ipynb" name="Cell 1"/>
<testcase classname="Part2_B.ipynb" name="Cell 0"/>
<testcase classname="Part2_B.ipynb" name="Cell 1"><failure message="no"/></testcase>
<testcase classname="tests.test_answers" name="test_c"/>
<testcase classname="tests.test_answers" name="test_d"><skipped message="not here"/></testcase>
<testcase classname="tests.test_install" name="test_e"><error message="oh"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder for the environments, two Pythons, and a course of three files."""
    course = tmp_path / "course"
    course.mkdir()
    for name in ("helper.py", "README.md", "ignored.txt"):
        (course / name).write_text(name)
    (course / ".gitignore").write_text("ignored.txt\n")
    subprocess.run(["git", "init", "--quiet"], cwd=course, check=True, timeout=60)
    monkeypatch.setattr(matrix, "ROOT", course)
    monkeypatch.setattr(matrix, "PLACE", tmp_path / "matrix")
    pythons = [("3.10.1", Path("/a")), ("3.10.9", Path("/b")), ("3.12.1", Path("/c")), ("3.13.0", Path("/d"))]
    monkeypatch.setattr(matrix.interpreters, "found", lambda: pythons)
    monkeypatch.setattr(fresh_machine, "missing", lambda: "mounting is not allowed here")
    return tmp_path


@pytest.fixture
def tried(monkeypatch):
    """Rows are not really tried: each is good, and noted."""
    names = []

    def try_row(name, python, version, kind, course):
        assert (course / "helper.py").exists() and not (course / "ignored.txt").exists()
        names.append((name, str(python), kind))
        return Row(name, version, "2.14", "3.11", "16 ok", "300 ok", 60.4, try_row.verdicts.get(name, "ok"))

    try_row.verdicts = {}
    monkeypatch.setattr(matrix, "try_row", try_row)
    return names, try_row.verdicts


def test_every_version_has_a_row_and_the_ends_have_the_oldest_and_the_newest_pytorch(place, tried, capsys):
    assert matrix.main([]) == 0
    assert tried[0] == [
        ("3.10-oldest", "/b", "oldest"),
        ("3.10", "/b", ""),
        ("3.12", "/c", ""),
        ("3.13-newest", "/d", "newest"),
    ]
    said = capsys.readouterr().out
    assert "| 3.12 | 3.12.1 | 2.14 | 3.11 | 16 ok | 300 ok | 60 | ok |" in said
    assert "| debian13 | - | - | - | - | - | 0 | not tried: mounting is not allowed here |" in said
    assert (place / "matrix" / "results" / "table.md").read_text() in said + "\n"


def test_the_real_plan_has_this_python():
    version = ".".join(map(str, sys.version_info[:2]))
    assert any(name.startswith(version) for name in matrix.plan())


def test_what_was_tried_with_these_files_is_not_tried_again(place, tried):
    names, verdicts = tried
    verdicts["3.12"] = "failed, exit status 1: see 3.12.log"
    assert matrix.main([]) == 1
    names.clear()
    verdicts.clear()
    assert matrix.main([]) == 0
    assert [name for name, *_ in names] == ["3.12"]
    names.clear()
    assert matrix.main(["--again", "newest"]) == 0
    assert [name for name, *_ in names] == ["3.13-newest"]
    (place / "course" / "helper.py").write_text("changed")
    names.clear()
    matrix.main(["3.10"])
    assert [name for name, *_ in names] == ["3.10-oldest", "3.10"]


def test_rows_that_are_not_there_are_refused(place, tried, capsys):
    with pytest.raises(SystemExit, match=r"There is no row '3.9'. The rows are: 3.10-oldest, 3.10, 3.12, 3.13-newest"):
        matrix.main(["3.9"])
    assert matrix.main(["--list"]) == 0
    assert capsys.readouterr().out.split() == ["3.10-oldest", "3.10", "3.12", "3.13-newest", "debian13"]
    assert tried[0] == []


def test_a_report_is_counted(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    lessons, others = matrix.outcome(report)
    assert (lessons, others) == ([2, 2, 0], [1, 1, 1])
    assert matrix.words(lessons) == "2 ok, 2 failed" and matrix.words(others) == "1 ok, 1 failed, 1 skipped"
    assert matrix.words([3, 0, 0]) == "3 ok"


def make_row(place, monkeypatch, report=REPORT, status=0, installs=True):
    """Try a row whose installation and tests are played."""
    folder = place / "matrix" / "results"
    folder.mkdir(parents=True)
    monkeypatch.setattr(matrix, "make_environment", lambda *_: sys.executable if installs else None)
    monkeypatch.setattr(matrix, "VERSIONS", "print('2.9.1 3.10.0')")

    def run(command, log, *_):
        if report:
            (folder / "3.12.xml").write_text(report)
        return status

    monkeypatch.setattr(matrix, "run", run)
    return matrix.try_row("3.12", sys.executable, "3.12.1", "", place / "course")


def test_a_row_is_good_only_when_everything_passed(place, monkeypatch):
    row = make_row(place, monkeypatch, status=1)
    assert (row.torch, row.matplotlib, row.lessons, row.tests) == (
        "2.9.1",
        "3.10.0",
        "2 ok, 2 failed",
        "1 ok, 1 failed, 1 skipped",
    )
    assert row.verdict.startswith("failed, exit status 1: see ") and not row.good


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"report": None, "status": 3}, "the tests ended with exit status 3 and no report"),
        ({"installs": False}, "the installation failed: see"),
        ({"report": REPORT.replace("test_lessons", "test_other"), "status": 0}, "failed, exit status 0"),
        ({"report": "<testsuites/>", "status": 0}, "failed, exit status 0"),
    ],
    ids=["no report", "no environment", "failures though status 0", "nothing ran"],
)
def test_a_row_that_did_not_really_run_is_not_good(place, monkeypatch, given, says):
    row = make_row(place, monkeypatch, **given)
    assert says in row.verdict and not row.good


def test_every_file_of_the_suite_is_there(root):
    for pattern in matrix.SUITE:
        assert list(root.glob(pattern)), pattern


def test_the_oldest_versions_are_the_lower_bounds(root):
    bounds = (root / "requirements.txt").read_text()
    for pin in matrix.OLDEST:
        name, version = pin.split("==")
        assert f"\n{name}>={version.rsplit('.', 1)[0]}," in bounds


def test_output_of_a_step_goes_to_the_log_with_its_command(tmp_path):
    log = tmp_path / "log"
    assert matrix.run([sys.executable, "-c", "print(6 * 7); raise SystemExit(3)"], log, tmp_path) == 3
    assert log.read_text().splitlines()[-1] == "42" and "$ " in log.read_text()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send")
def test_a_step_ends_when_the_matrix_is_told_to_end(place, tried, monkeypatch, capsys):
    """The step tells the matrix to end, and then waits for Ctrl+C, which lets a program end its own programs."""
    step = (
        "import os, pathlib, signal, sys, time\n"
        "def end(*_):\n"
        "    pathlib.Path('told').touch()\n"
        "    sys.exit(1)\n"
        "signal.signal(signal.SIGINT, end)\n"
        "time.sleep(1)  # until the matrix waits\n"
        "os.kill(os.getppid(), signal.SIGTERM)\n"
        "time.sleep(60)\n"
    )

    def try_row(name, python, version, kind, course):
        matrix.run([sys.executable, "-c", step], place / "log", place)

    monkeypatch.setattr(matrix, "try_row", try_row)
    assert matrix.main(["3.12"]) == 130
    assert (place / "told").exists()
    assert "Stopped. The rows that had ended are kept" in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send")
def test_a_step_that_does_not_listen_is_ended_by_force(monkeypatch):
    monkeypatch.setattr(matrix, "PATIENCE", 0.2)
    deaf = (
        "import signal, time\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('deaf', flush=True)\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "deaf\n"
        matrix.end(process)
        assert process.returncode == -signal.SIGKILL
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(("status", "made"), [(0, True), (1, False)])
def test_the_newest_row_needs_an_upgrade_that_worked(place, monkeypatch, status, made):
    """Without a network the upgrade fails, and an environment that was kept must not count as the newest."""

    def run(command, *_):
        return status if "--upgrade" in command else 0

    monkeypatch.setattr(matrix, "run", run)
    inside = matrix.make_environment("3.13-newest", "python", "newest", place, place / "log")
    assert (inside is not None) == made


def test_a_python_that_dies_without_a_word_is_said(place, monkeypatch):
    (place / "matrix" / "results").mkdir(parents=True)
    monkeypatch.setattr(matrix, "make_environment", lambda *_: sys.executable)
    monkeypatch.setattr(matrix, "VERSIONS", "raise SystemExit(3)")
    row = matrix.try_row("3.12", sys.executable, "3.12.1", "", place / "course")
    assert row.verdict == "PyTorch or matplotlib cannot be imported: exit status 3" and not row.good


class TestFreshMachine:
    """The parts of the fresh machine that need no root."""

    def test_the_readme_says_what_to_install(self, root):
        packages = fresh_machine.packages_of((root / "README.md").read_text("utf-8"))
        assert {"git", "make", "python3-venv"} <= set(packages)
        with pytest.raises(fresh_machine.StepError, match="no line for apt"):
            fresh_machine.packages_of("nothing here")

    def test_it_says_why_it_cannot_be_tried(self, monkeypatch):
        monkeypatch.setattr(fresh_machine.sys, "platform", "darwin")
        assert fresh_machine.missing() == "a new Debian in a folder needs Linux and root"

    def test_a_server_that_ends_or_never_answers_is_said(self):
        port = fresh_machine.free_port()
        ended = subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"])
        ended.wait(60)
        with pytest.raises(fresh_machine.StepError, match="ended with exit status 7"):
            fresh_machine.ask(f"http://127.0.0.1:{port}", ended, 60)
        waits = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        try:
            with pytest.raises(fresh_machine.StepError, match="no answer within 1 s"):
                fresh_machine.ask(f"http://127.0.0.1:{port}", waits, 1)
        finally:
            waits.kill()
            waits.wait(60)

    def test_ctrl_c_is_heard_though_the_matrix_runs_in_the_background(self, tmp_path, monkeypatch):
        """A shell starts `make matrix &` so that it ignores Ctrl+C, and what it starts inherits that."""
        monkeypatch.setattr(fresh_machine.Machine, "_user", lambda self, script: ["sh", "-c", script])
        monkeypatch.setattr(fresh_machine.Machine, "_enter", lambda self, command: command)
        machine = fresh_machine.Machine(tmp_path, tmp_path / "log")
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            process = machine.start("echo started; exec sleep 60")
        finally:
            signal.signal(signal.SIGINT, before)
        try:
            while "started" not in (tmp_path / "log").read_text():
                time.sleep(0.05)
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(30) == -signal.SIGINT
        finally:
            process.kill()

    def test_a_step_that_fails_ends_the_trial_with_its_name(self, tmp_path, monkeypatch):
        def make(self):
            raise fresh_machine.StepError("prepare: exit status 1")

        monkeypatch.setattr(fresh_machine.Machine, "make", make)
        seen = fresh_machine.try_readme(tmp_path, tmp_path, tmp_path / "log")
        assert seen.verdict.startswith("prepare: exit status 1; see ")


def test_results_are_kept_as_text(place, tried):
    matrix.main(["3.12"])
    kept = json.loads((place / "matrix" / "results" / "3.12.json").read_text())
    assert kept["row"]["lessons"] == "16 ok" and len(kept["state"]) == 64


@pytest.mark.parametrize("content", ['{"state": "', "{}", '{"state": "x", "row": {"color": "red"}}', "[]"])
def test_a_result_that_cannot_be_read_is_made_anew(place, tried, content):
    kept = place / "matrix" / "results" / "3.12.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(content)
    assert matrix.main(["3.12"]) == 0
    assert json.loads(kept.read_text())["row"]["verdict"] == "ok"


def test_a_result_is_replaced_only_by_a_whole_one(place, tried, monkeypatch):
    matrix.main(["3.12"])
    kept = place / "matrix" / "results" / "3.12.json"
    before = kept.read_text()
    write = Path.write_text

    def full(path, text, *more):
        write(path, text[:5])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        matrix.write_result(kept, "state", Row("3.12"))
    assert kept.read_text() == before
