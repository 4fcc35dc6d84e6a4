"""Nothing waits for ever: a check of an exercise ends, or the process does, and the suite ends with a word."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from exercises import timelimit

CHECK = """
from exercises.judge import exercise


@exercise("9.1")
def check_answer(answer):
    answer()
"""
STUBS = Path(__file__).resolve().parents[1] / "support" / "stubs"


@pytest.fixture
def course(tmp_path, root):
    """A folder with the package exercises and one exercise, 9.1: `answer()` should end."""
    shutil.copytree(root / "exercises", tmp_path / "exercises", ignore=shutil.ignore_patterns("__pycache__", "part*"))
    answer = "# %% 9.1 One\ndef answer():\n    return 1\n"
    (tmp_path / "exercises" / "answers" / "part9.py").write_text(answer, "utf-8")
    (tmp_path / "exercises" / "checks" / "part9.py").write_text(CHECK, "utf-8")
    (tmp_path / "notes").mkdir()
    return tmp_path


def run(course, code, **environment):
    """Run a program in the course's folder, with a folder for temporary files of its own; return how it ended.

    It has no PyTorch, which takes seconds to import, but what the judging of exercises needs of it.
    """
    (course / "program.py").write_text(code, "utf-8")
    settings = {name: str(course / "notes") for name in ("TMPDIR", "TEMP", "TMP")}
    settings |= {"PYTHONPATH": str(STUBS), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "program.py"],
        cwd=course,
        env=os.environ | settings | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


SHORT = """
import exercises
import exercises.timelimit
exercises.timelimit.TimeLimit.GRACE = 1
"""
ENDLESS = """
def answer():
    while True:
        pass

exercises.check("9.1", seconds=0.3)
"""
STUBBORN = """
import time

def answer():
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass

exercises.check("9.1", seconds=0.3)
"""


def test_a_loop_is_stopped_where_interrupts_are_ignored(course):
    """So it is in what is started by nohup, by `make test &` or by a job of CI."""
    code = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nimport exercises\n" + ENDLESS
    result = run(course, code + "print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)")
    assert "try again\nStopped after 0.3 seconds" in result.stdout
    assert result.stdout.endswith("True\n"), "what was there before should be put back"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no nohup")
def test_a_loop_is_stopped_in_a_program_that_inherits_that(course):
    (course / "program.py").write_text("import exercises\n" + ENDLESS, "utf-8")
    ignore = 'trap "" INT; exec "$0" program.py'
    command = ["sh", "-c", ignore, sys.executable]
    environment = os.environ | {"PYTHONPATH": str(STUBS), "PYTHONIOENCODING": "utf-8"}
    result = subprocess.run(command, cwd=course, env=environment, capture_output=True, timeout=120)
    assert b"Stopped after 0.3 seconds" in result.stdout


@pytest.mark.parametrize(
    ("handler", "says"),
    [
        ("signal.default_int_handler", "KeyboardInterrupt"),
        ("signal.SIG_DFL", "KeyboardInterrupt"),
        ("signal.SIG_IGN", "done"),
        ("lambda *_: print('mine')", "mine\n✔ Exercise 9.1: done"),
    ],
)
def test_the_stop_button_does_what_it_did(course, handler, says):
    """An interrupt that is not the time limit's is handed to the handler that was there before the check."""
    code = f"import signal, exercises\nsignal.signal(signal.SIGINT, {handler})\n"
    code += "def answer():\n    signal.raise_signal(signal.SIGINT)\n    return 1\n"
    result = run(course, code + 'exercises.check("9.1")')
    assert says in result.stdout + result.stderr
    assert "Stopped after" not in result.stdout


def test_what_cannot_be_stopped_ends_the_process(course):
    """In a run without a reader, where it was goes to stderr."""
    result = run(course, SHORT + STUBBORN, COURSE_HEADLESS="1")
    assert result.returncode == 1 and result.stdout == ""
    assert "in answer" in result.stderr
    assert not list((course / "notes").iterdir())


def test_a_check_in_another_thread_ends_too(course):
    """Only the main thread can be interrupted; it is left in peace."""
    code = (
        SHORT.replace("GRACE = 1", "GRACE = 4")
        + """
import threading, time
def answer():
    time.sleep(pause)
    return 1
def judge():
    exercises.check("9.1", seconds=0.3)
def begin(seconds):
    global pause
    pause = seconds
    thread = threading.Thread(target=judge)
    thread.start()
    thread.join()
begin(0.6)
begin(60)
"""
    )
    result = run(course, code, COURSE_HEADLESS="1")
    assert "9.1: done" in result.stdout, "late, but not so late that the process has to end"
    assert result.returncode == 1 and "in answer" in result.stderr and "KeyboardInterrupt" not in result.stderr


def test_nothing_is_ended_once_a_check_is_over(course):
    code = (
        SHORT
        + """
import signal, threading, time
exercises.timelimit.TimeLimit.GRACE = 1
before = signal.getsignal(signal.SIGINT)
def answer():
    return 1
exercises.check("9.1", seconds=1)
def answer():
    raise ValueError
exercises.check("9.1", seconds=1)
def answer():
    raise KeyboardInterrupt
try:
    exercises.check("9.1", seconds=1)
except KeyboardInterrupt:
    pass
time.sleep(3)
print(signal.getsignal(signal.SIGINT) is before, threading.active_count())
"""
    )
    result = run(course, code, COURSE_HEADLESS="")
    assert result.stdout.endswith("True 1\n") and result.returncode == 0
    assert not list((course / "notes").iterdir())


def notes_of(course, notebook="Part9.ipynb"):
    """Return what the next kernel of a notebook is told, by the number of the exercise."""
    code = "import sys; sys.path.insert(0, '.')\nimport json\nfrom exercises.timelimit import Note\n"
    code = code.replace("import json", "import os; os.environ['COURSE_HEADLESS'] = '1'\nimport json")
    code += "print(json.dumps(Note.read_all()))"
    return json.loads(run(course, code, COURSE_HEADLESS="", JPY_SESSION_NAME=notebook).stdout)


def test_the_next_kernel_is_told(course):
    """Which exercise, which line, and what to do; told once, and only to the same notebook."""
    code = SHORT + "import linecache\nlines = open('program.py').read().splitlines(True)\n"
    code += "linecache.cache[__file__] = 0, None, lines, __file__\n"  # as IPython keeps cells
    result = run(course, code + STUBBORN, COURSE_HEADLESS="", JPY_SESSION_NAME="Part9.ipynb")
    assert result.returncode == 1
    assert notes_of(course, "Part8.ipynb") == {}
    (text,) = notes_of(course).values()
    assert "did not end within 1.3 seconds" in text and "the kernel was ended" in text
    assert "in answer: time.sleep(60)" in text
    assert "run all cells again from the top" in text
    assert notes_of(course) == {}
    assert not list((course / "notes").iterdir())


def test_in_vs_code_the_note_is_kept_for_the_same_notebook(monkeypatch):
    """Kernels that no Jupyter server has started: VS Code names the notebook in a variable of it."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    prefixes = set()
    for name in ("/course/Part1.ipynb", "/course/Part3.ipynb"):
        shell = SimpleNamespace(user_ns={"__vsc_ipynb_file__": name})
        monkeypatch.setattr(timelimit, "get_ipython", lambda shell=shell: shell)
        prefixes.add(timelimit.Note._prefix())
    monkeypatch.setattr(timelimit, "get_ipython", lambda: None)
    assert len(prefixes | {timelimit.Note._prefix()}) == 3


def test_a_check_that_runs_now_is_no_news(course):
    """Another kernel of the same notebook leaves the note alone; one that was left behind goes after a day."""
    code = """import exercises, os, time
from pathlib import Path
from exercises.timelimit import Note
def answer():
    (note,) = Path("notes").iterdir()
    assert Note.read_all() == {} and note.exists()
    os.utime(note, (0, time.time() - 100_000))
    assert Note.read_all() == {} and (os.name == "nt" or not note.exists())
    return 1
exercises.check("9.1")
"""
    assert "9.1: done" in run(course, code, COURSE_HEADLESS="").stdout


def test_spoiled_notes_stop_nobody(course):
    code = """from pathlib import Path
from exercises.timelimit import Note
for number, text in enumerate(["", "{", "[]\\nTimeout", '{"number": 3}\\nTimeout', "\\0"]):
    Path("notes", f"{Note._prefix()}{number}.note").write_text(text)
print(Note.read_all())
"""
    assert run(course, code).stdout == "{}\n"


def test_without_a_place_for_notes_the_process_still_ends(course):
    code = SHORT + "import tempfile\ntempfile.tempdir = 'missing'\n" + STUBBORN
    assert run(course, code, COURSE_HEADLESS="").returncode == 1


# ------------------------------------------------------------------------------------ the suite
def suite(folder, root, code, *options):
    """Run pytest with the course's settings on a file of tests, beside another file; return how it ended.

    Of its plugins only those are loaded that take part, since each process would load them all.
    """
    shutil.copy(root / "pyproject.toml", folder)
    (folder / "test_stuck.py").write_text(code, "utf-8")
    (folder / "test_fine.py").write_text("def test_fine():\n    pass\n", "utf-8")
    plugins = ["-p", "xdist", "-p", "timeout"]
    options = ["-n", "2", "--dist", "loadfile", "--max-worker-restart=0", *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, *options],
        cwd=folder,
        env=environment | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )


def test_a_worker_that_dies_ends_the_run_with_a_word(tmp_path, root):
    result = suite(tmp_path, root, "import os\n\ndef test_dies():\n    os._exit(3)\n\ndef test_after():\n    pass\n")
    assert result.returncode == 1, result.stdout + result.stderr
    assert "crashed while running 'test_stuck.py::test_dies'" in result.stdout


def test_a_test_that_never_ends_is_named(tmp_path, root):
    """Also where interrupts are ignored."""
    code = "import signal, threading\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n\n"
    result = suite(tmp_path, root, code + "def test_hangs():\n    threading.Event().wait()\n", "--timeout=2")
    assert result.returncode == 1, result.stdout + result.stderr
    assert "crashed while running 'test_stuck.py::test_hangs'" in result.stdout


def test_the_whole_suite_has_a_limit(tmp_path, root):
    tests = [f"def test_{number}():\n    time.sleep(0.5)\n" for number in range(3)]
    code = "\n".join(["import time\n", *tests])
    result = suite(tmp_path, root, code, "--session-timeout=1")
    assert result.returncode not in (0, 1), result.stdout + result.stderr
    assert "session-timeout: 1.0 sec exceeded" in result.stdout


def test_every_test_has_a_limit(request):
    """Unless someone looks into a test with --timeout=0, the settings of pyproject.toml hold."""
    assert 0 < float(request.config.getini("timeout")) <= 600
    assert request.config.getini("timeout_method") == "thread"
    assert 0 < float(request.config.getini("session_timeout")) <= 90 * 60
