"""The commands: the same with make and without, on an old Python a sentence, and Ctrl+C ends JupyterLab at once."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib.metadata import version
from pathlib import Path

import pytest
from lessons import NOTEBOOKS, ROOT
from ports import free_port
from wheels import offline, run_tool

import course as course_file
from tools import commands, help_text, install
from tools.installer import place as install_place
from tools.installer.causes import Problem

pytest_plugins = ["installing"]
needs_make = pytest.mark.skipif(not shutil.which("make"), reason="there is no make on this computer")


CHANGED = "tests/exercises/test_answers.py::test_the_answers_of_a_lesson[3]"


@pytest.fixture
def started(monkeypatch):
    """What would be installed, and which programs would be started with which arguments."""
    seen = []

    def environment_for(call, group, may_be_old=False):
        seen.append(group)
        return Path(".venv")

    def start(env, arguments):
        seen.append([str(argument) for argument in arguments])
        return 0

    monkeypatch.setattr(commands, "environment_for", environment_for)
    monkeypatch.setattr(commands, "start", start)
    monkeypatch.setattr(commands.chromium, "install", lambda: True)
    monkeypatch.setattr(commands, "find_spec", lambda name: None)
    monkeypatch.setattr(commands, "changed_lessons", lambda root: ["3"])
    monkeypatch.setattr(commands.signal, "signal", lambda *_: None)
    return seen


def test_each_command_installs_what_it_needs_and_starts_its_tool(started):
    expected = {
        "run 1 3": ["lessons", ["-m", "tools.run_notebooks", "1", "3"]],
        "slides 2": ["slides", ["-m", "tools.publish.build_slides", "2"]],
        "pdf 1 --solutions": [
            *("slides", ["-m", "tools.publish.build_slides", "1"], "slides"),
            ["-m", "tools.publish.print_slides", "1", "--solutions"],
        ],
        "site": ["slides", ["-m", "tools.publish.build_site"]],
        "data MNIST": ["lessons", ["-m", "tools.data.download_data", "MNIST"]],
        "scores --again": ["tests", ["tests/exercises/scores.py", "--again"]],
        "bench": ["tests", ["-m", "pytest", "-s", "-p", "no:cacheprovider", "tests/benchmarks"]],
        "check -x": ["tests", ["-m", "pytest", "-q", "-n", "2", *commands.FAST, CHANGED, "-x"]],
        "test tests/test_repository.py -x": [
            "tests",
            [
                "-m",
                "pytest",
                "--nbval",
                "--nbval-current-env",
                "--nbval-cell-timeout=300",
                "tests/test_repository.py",
                "-x",
            ],
        ],
    }
    for line, wanted in expected.items():
        started.clear()
        assert commands.main(line.split()) == 0
        assert started == wanted, line


@pytest.mark.parametrize("line", ["run --help", "lab -h", "test --help", "data --help"])
def test_to_read_a_help_text_nothing_is_installed(started, monkeypatch, tmp_path, capsys, line):
    monkeypatch.setenv("COURSE_VENV", str(tmp_path / "nothing"))
    assert commands.main(line.split()) == 0
    assert started == [] and "python course.py lab" in capsys.readouterr().out


@pytest.mark.parametrize("line", ["clean --help", "clean -h", "slides --help", "pdf -h", "pdf 1 --help", "site --help"])
def test_who_asks_a_command_for_help_gets_help_and_nothing_is_done(started, monkeypatch, tmp_path, capsys, line):
    """These four have no help text of their own, so they show the list of commands, also when all is installed."""
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    monkeypatch.setenv("COURSE_VENV", str(tmp_path))
    (tmp_path / "build").mkdir()
    assert commands.main(line.split()) == 0
    assert started == [] and (tmp_path / "build").exists()
    assert "python course.py pdf" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "slides 1 99",
            "slides does not know '99', so nothing was done. It takes: 1, 2, 3, 4, 5, 6, 7, 8, B1, B2, B3.",
        ),
        ("pdf 1 --solution", "pdf does not know '--solution', so nothing was done. It takes: 1, 2, "),
        ("site 3", "site does not know '3', so nothing was done. It takes no such words."),
        ("clean all", "clean does not know 'all', so nothing was done. It takes no such words."),
    ],
)
def test_a_word_that_a_command_does_not_know_is_refused(started, monkeypatch, capsys, line, says):
    def remove(folder):
        raise AssertionError(f"{folder} would be removed")

    monkeypatch.setattr(commands, "remove", remove)
    assert commands.main(line.split()) == 1
    assert says in capsys.readouterr().out
    assert started == []


@pytest.mark.parametrize("line", ["data MNIST", "data --cpu MNIST"])
@pytest.mark.parametrize(("has_torchvision", "is_installed"), [(True, False), (True, True), (False, False)])
def test_data_need_no_second_pytorch(started, tmp_path, monkeypatch, line, has_torchvision, is_installed):
    """With conda, on Colab or on a hub, the Python that runs the command has all that it takes."""
    monkeypatch.setenv("COURSE_VENV", str(tmp_path / "env"))
    if is_installed:
        (tmp_path / "env").mkdir()
    run = []
    monkeypatch.setattr(commands, "find_spec", lambda name: has_torchvision or name != "torchvision" or None)
    monkeypatch.setattr(commands, "wait_for", lambda command, variables: run.append(command[1:]) or 0)
    assert commands.main(line.split()) == 0
    by_this_python = has_torchvision and not is_installed and "--cpu" not in line
    assert run == ([["-m", "tools.data.download_data", "MNIST"]] if by_this_python else [])
    assert ("lessons" in started) != by_this_python


def test_a_notebook_is_looked_for_where_the_command_was_typed(started, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.ipynb").touch()
    assert commands.main(["run", "mine.ipynb", "bonus/other.ipynb", "3"]) == 0
    assert started[-1] == ["-m", "tools.run_notebooks", str(tmp_path / "mine.ipynb"), "bonus/other.ipynb", "3"]


def test_all_tests_run_on_two_processes_and_a_dead_one_ends_them(started):
    """That a run ends so when a worker dies is tried in tests/exercises/test_limits.py."""
    assert commands.main(["test"]) == 0
    group, words = started
    assert group == "tests" and "--max-worker-restart=0" in words and "--cov-fail-under=95" in words
    assert words[-12:] == ["tests", *(str(path.relative_to(ROOT)) for path in NOTEBOOKS)]


def test_lab_hands_options_on(started, monkeypatch):
    monkeypatch.setattr(commands.os, "geteuid", lambda: 1000, raising=False)
    assert commands.main(["lab", "--slideshow", "--no-browser", "--port=9000"]) == 0
    group, words = started
    assert group == "slideshow" and words[-2:] == ["--no-browser", "--port=9000"]
    assert "--ServerApp.answer_yes=True" in words and "--allow-root" not in words
    assert any(word.startswith("--LabApp.default_url=/lab/tree/") for word in words)
    commands.main(["lab", "--LabApp.default_url=/lab", "--ServerApp.answer_yes=False"])
    assert [word for word in started[-1] if "default_url" in word] == ["--LabApp.default_url=/lab"]
    assert "--ServerApp.answer_yes=True" not in started[-1]
    assert "--ServerApp.tornado_settings={'websocket_max_message_size': 104857600}" in started[-1]
    commands.main(["lab", "--ServerApp.tornado_settings={}"])
    assert [word for word in started[-1] if "tornado" in word] == ["--ServerApp.tornado_settings={}"]


def test_root_gets_allow_root_and_a_word(started, monkeypatch, capsys):
    monkeypatch.setattr(commands.os, "geteuid", lambda: 0, raising=False)
    commands.main(["lab"])
    assert started[-1].count("--allow-root") == 1
    assert "You are root (usual in a container)" in capsys.readouterr().out
    commands.main(["lab", "--allow-root"])
    assert started[-1].count("--allow-root") == 1


def test_what_the_course_reads_itself():
    wish, slideshow, words = commands.parse("lab", ["--python", "python3.12", "--cpu", "--venv=/x", "--port", "9"])
    assert wish == ("python3.12", True, "/x", "lab") and not slideshow and words == ["--port", "9"]
    assert commands.parse("lab", ["--no-cpu"]).wish.cpu is False
    assert commands.parse("lab", []).wish.cpu is None
    with pytest.raises(Problem, match="--python needs a value, for example: --python python3.12"):
        commands.parse("lab", ["--python"])


def test_an_unknown_command_and_none(capsys):
    assert commands.main(["lap"]) == 2
    assert "There is no command lap. The commands are: lab, run," in capsys.readouterr().out
    assert commands.main([]) == 0
    shown = capsys.readouterr().out
    assert re.findall(r"^python course\.py (\w+)", shown, re.MULTILINE) == list(commands.COMMANDS)
    assert max(map(len, shown.splitlines())) <= 110


@needs_make
def test_make_has_the_same_commands(tmp_path):
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True).stdout
    assert re.findall(r"^make (\w+)", shown, re.MULTILINE) == list(commands.COMMANDS)
    for word in ("LAB=", "CPU=1", "COURSE_VENV=", "PYTHON=", "SLIDESHOW=1", "TESTS=", "REPO="):
        assert word in shown, word
    assert [name for name, *_ in help_text.LIST] == list(commands.COMMANDS)


@needs_make
def test_make_hands_on_what_was_typed_and_nothing_else(tmp_path):
    """A stand-in for course.py shows its arguments; PYTHON counts as named only when somebody named it."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "course.py").write_text("import sys; print(sys.argv[1:])")
    variables = {name: value for name, value in os.environ.items() if name not in ("PYTHON", "MAKEFLAGS", "MAKELEVEL")}
    python = sys.executable

    def make(*words, **more):
        result = subprocess.run(
            ["make", *words], cwd=tmp_path, env=variables | more, capture_output=True, text=True, timeout=60
        )
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()

    assert make("lab") == "['lab']"
    options = ["SLIDESHOW=1", "CPU=1", f"PYTHON={python}", "LAB=--no-browser --port=9000"]
    wanted = ["lab", "--python", python, "--cpu", "--slideshow", "--no-browser", "--port=9000"]
    assert make("lab", *options) == str(wanted)
    assert make("run", "PARTS=1 3", PYTHON=python) == str(["run", "--python", python, "1", "3"])
    assert make("data", "SETS=MNIST FashionMNIST") == "['data', 'MNIST', 'FashionMNIST']"
    assert make("pdf", "SOLUTIONS=1", "CPU=0") == "['pdf', '--no-cpu', '--solutions']"
    assert make("lab", "CPU=yes") == "['lab', '--cpu']"
    assert make("lab", CPU="x86_64") == "['lab']"  # openSUSE sets it in every shell
    assert make("pdf", "SOLUTIONS=0") == "['pdf']" and make("lab", "SLIDESHOW=0") == "['lab']"
    assert make("badges", "REPO=ada/course") == "['badges', 'ada/course']"
    assert make("matrix", PYTHONHOME="/missing", PYTHONPATH="/missing") == "['matrix']"


@needs_make
def test_make_without_any_python_says_what_to_install(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    result = subprocess.run(["make", "lab", "PYTHON=python3.99"], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode != 0
    assert result.stdout.startswith("There is no python3.99 on this computer. Install Python 3.10 or newer")
    assert "sudo apt install python3 python3-venv" in result.stdout and "https://www.python.org" in result.stdout
    assert "not found" not in result.stdout + result.stderr and "No such file" not in result.stdout + result.stderr


def old_pythons():
    """Return the paths of interpreters that are too old for the course, where pyenv keeps some."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = sorted(root.glob("versions/*/bin/python"))
    return [path for path in found if re.match(r"2\.|3\.\d\.", path.parent.parent.name)]


def test_an_old_python_can_read_the_file_and_says_a_sentence(capsys, monkeypatch):
    """Nothing in course.py is newer than Python 2.7; really tried where such Pythons are."""
    for python in old_pythons():
        result = run_tool(ROOT, "course.py", "lab", "--python=x", python=python)
        assert result.returncode == 1 and "Traceback" not in result.stderr
        assert re.search(r"needs Python 3\.10 or newer, and .* is \d\.\d+\. Name a newer one: make lab", result.stderr)
    assert course_file.refuse() == 1
    assert "make lab PYTHON=python3." in capsys.readouterr().err
    monkeypatch.setattr(course_file.os, "name", "nt")
    course_file.refuse()
    monkeypatch.undo()
    said = capsys.readouterr().err
    assert "Name a newer one: py -3.12 course.py lab. " in said and "make" not in said
    text = (ROOT / "course.py").read_text("utf-8")
    assert not re.search(r"\bf[\"']|:=|nonlocal|print\(", text) and text.isascii()


def test_an_old_python_hands_over_to_what_is_installed(course, monkeypatch):
    """After `make lab PYTHON=python3.12`, a plain `make lab` works though python3 is older."""
    called = []
    env = install.install("lessons", course)
    monkeypatch.setattr(course_file, "HERE", str(course))
    monkeypatch.setattr(course_file.sys, "version_info", (3, 9, 1))
    monkeypatch.setattr(course_file.sys, "argv", ["course.py", "lab"])
    monkeypatch.setattr(course_file.subprocess, "call", lambda command: called.append(command) or 0)
    assert course_file.main() == 0
    assert called[0][0] == str(install_place.venv_python(env)) and called[0][2:] == ["lab"]
    (env / "course.json").write_text('{"python": "3.9"}')
    assert course_file.installed_python() is None
    assert course_file.main() == 1


def test_lab_goes_on_with_what_is_installed_and_test_does_not(course, only_wheels):
    (course / "requirements.txt").write_text("tinylesson>=2\n")
    result = run_tool(course, "course.py", "lab", variables=offline(only_wheels))
    assert "No release of tinylesson fits Python" in result.stdout
    assert "Going on with what is installed." in result.stdout
    assert "No module named 'jupyterlab'" in result.stderr  # so far it came
    result = run_tool(course, "course.py", "slides", variables=offline(only_wheels))
    assert result.returncode == 1 and "Going on" not in result.stdout


def test_clean_keeps_what_is_installed(course, capsys, monkeypatch):
    monkeypatch.setattr(commands, "ROOT", course)
    monkeypatch.setattr(commands.signal, "signal", lambda *_: None)
    for name in ("build", "tests/deep/__pycache__", ".ven_", "data"):
        (course / name).mkdir(parents=True)
    for name in (".coverage", ".coverage.1", ".coveragerc"):
        (course / name).touch()
    (course / ".coverage.d").mkdir()
    install_place.Place(course).mark.touch()  # the new environment is one of this installation
    assert commands.main(["clean"]) == 0
    left = {path.name for path in course.iterdir()}
    assert {".venv", "data", ".coveragerc", ".coverage.d"} <= left
    assert not left & {"build", ".ven_", ".coverage", ".coverage.1", "__pycache__"}
    assert not (course / "tests" / "deep" / "__pycache__").exists()
    assert "Kept: .venv, data/ and your record" in capsys.readouterr().out


def test_a_tool_needs_no_environment(tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    (tmp_path / "badges.py").write_text("import sys; sys.exit(len(sys.argv))")
    assert commands.plain("badges")(commands.parse("badges", ["ada/course"])) == 2


def test_a_tool_is_found_though_python_is_told_to_leave_this_folder_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    (tmp_path / "badges.py").write_text("import sys; sys.exit(7)")
    assert commands.plain("badges")(commands.parse("badges", [])) == 7


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send")
def test_to_end_a_command_ends_the_tool_that_it_has_started(tmp_path, monkeypatch):
    """A tool that ends its own when it is told to, as `make matrix` does, is told, and waited for."""
    tool = (
        "import os, pathlib, signal, sys, time\n"
        "def end(*_):\n"
        "    pathlib.Path('told').touch()\n"
        "    sys.exit(5)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "time.sleep(1)  # until the command waits\n"
        "os.kill(os.getppid(), signal.SIGTERM)\n"
        "time.sleep(60)\n"
    )
    (tmp_path / "tool.py").write_text(tool)
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    before = signal.signal(signal.SIGTERM, commands.interrupt)
    try:
        assert commands.plain("tool")(commands.parse("matrix", [])) == 5
    finally:
        signal.signal(signal.SIGTERM, before)
    assert (tmp_path / "told").exists()


def answers(address):
    """Whether a server answers."""
    try:
        urllib.request.urlopen(address, timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def test_jupyterlab_starts_as_usual_but_makes_no_parser_of_addresses():
    command = [sys.executable, "-X", "importtime", *commands.START_LAB, "--version"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert result.stdout.strip() == version("jupyterlab")
    assert " jsonschema\n" in result.stderr and "rfc3987_syntax.syntax_helpers" not in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send")
def test_ctrl_c_ends_jupyterlab_at_once_and_asks_nothing(tmp_path):
    """The real JupyterLab of this environment: one Ctrl+C, and it ends with status 0 and without a question."""
    port = free_port()
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, 'tools'); import commands\n"
        "commands.environment_for = lambda *_, **__: Path(sys.prefix)\n"
        "sys.exit(commands.main(sys.argv[1:]))"
    )
    variables = {name: value for name, value in os.environ.items() if not name.startswith("COURSE_")}
    variables |= {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    process = subprocess.Popen(
        [sys.executable, "-c", code, "lab", "--no-browser", f"--port={port}", "--ServerApp.port_retries=0"],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    while not answers(f"http://127.0.0.1:{port}/api"):
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.2)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0 and "Shut down this Jupyter server" not in said
    assert "Traceback" not in said
    assert "press Ctrl+C here" in said and not answers(f"http://127.0.0.1:{port}/api")
