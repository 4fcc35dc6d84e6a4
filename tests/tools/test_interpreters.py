"""What costs little is tried on every Python of this machine, without PyTorch: its syntax, the judging, the tools."""

import functools
import io
import os
import subprocess
import time
import zipfile

import pytest

from tools import interpreters
from tools.run_notebooks import ENVIRONMENT

VERSIONS = ["3.10", "3.11", "3.12", "3.13", "3.14", "3.15"]


@functools.cache
def found():
    """Return the Pythons of this machine, asked once."""
    return interpreters.found()


@pytest.fixture(params=VERSIONS)
def python(request):
    """The paths of the Pythons of one version; skips, and says so, where there is none."""
    paths = [str(path) for version, path in found() if version.startswith(f"{request.param}.")]
    if not paths:
        pytest.skip(f"Python {request.param} is not on this machine")
    return paths


def run(root, *command, status=0):
    """Run a command that needs nothing but Python; return what it prints."""
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8", "COURSE_HEADLESS": "1"}
    for name in ("PYTHONPATH", "PYTHONHOME", "COURSE_STRICT"):
        environment.pop(name, None)
    options = {"capture_output": True, "text": True, "encoding": "utf-8", "timeout": 120}
    result = subprocess.run([str(part) for part in command], cwd=root, env=environment, **options)
    assert result.returncode == status, f"{command} ended with {result.returncode}: {result.stdout}{result.stderr}"
    return result.stdout + result.stderr


def test_the_pythons_of_this_machine(record_property):
    """Each real one is listed once, oldest first, and the one that runs this is among them."""
    listed = found()
    record_property("found", ", ".join(f"{version} ({path})" for version, path in listed))
    paths = [path for _, path in listed]
    assert len(set(paths)) == len(paths) == len({path.resolve() for path in paths})
    numbers = [tuple(map(int, version.split("."))) for version, _ in listed]
    assert numbers == sorted(numbers) and numbers[0] >= (3, 10)
    assert interpreters._ask(interpreters.sys.executable)[1] in paths


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
@pytest.mark.parametrize("is_free_threaded", ["0", "1"])
def test_a_build_without_the_global_lock_is_left_out(tmp_path, monkeypatch, is_free_threaded):
    program = tmp_path / "python3.14"
    program.write_text(f"#!/bin/sh\necho 3 14 0; echo {program}; echo {is_free_threaded}\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(interpreters.sys, "executable", str(program))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert interpreters.found() == ([] if is_free_threaded == "1" else [("3.14.0", program)])


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
def test_what_only_looks_like_a_python_is_left_out(tmp_path, monkeypatch):
    """pyenv's `python3.12` that says that there is none, a Python 2, and a program that has nothing to do with it."""
    for name, script in [("python3.12", "exit 127"), ("python3.13", "echo 2 7 18; echo $0"), ("python3", "echo hello")]:
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "python3.14").symlink_to(interpreters.sys.executable)  # a second name of a Python
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    (path,) = (path for _, path in interpreters.found())
    assert tmp_path not in path.parents


def test_the_date_of_our_files_is_one_that_zip_files_can_hold():
    """From Python 3.14 on, zipfile writes it, as the time at this place: it refuses years before 1980."""
    moment = int(ENVIRONMENT["SOURCE_DATE_EPOCH"])
    for hours in (-14, 0, 14):
        date = time.gmtime(moment + hours * 60 * 60)[:6]
        with zipfile.ZipFile(io.BytesIO(), "w") as archive:
            archive.writestr(zipfile.ZipInfo("file", date), "content")


def test_programs_and_cells_can_be_read(python, root):
    for path in python:
        print(path, run(root, path, "tests/support/probe.py", "syntax"))


def test_names_and_blanks_are_found_in_answers(python, root):
    for path in python:
        print(path, run(root, path, "tests/support/probe.py", "answers"))


def test_an_endless_loop_is_stopped(python, root):
    for path in python:
        assert "try again\nStopped after 0.5 seconds" in run(root, path, "tests/support/probe.py", "loop")


def test_a_loop_around_try_ends(request, python, root):
    """Python 3.10 lets nothing interrupt it, so the process is ended; it says where it was."""
    for path in python:
        if request.node.callspec.params["python"] == "3.10":
            said = run(root, path, "tests/support/probe.py", "try", status=1)
            assert "Timeout" in said and '"<cell>"' in said
        else:
            assert "try again\nStopped after 0.5 seconds" in run(root, path, "tests/support/probe.py", "try")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["course.py"], "lab"),
        (["-m", "tools.install", "--help"], "lessons"),
        (["-m", "tools.publish.badges", "--help"], "--remove"),
        (["-m", "tools.matrix", "--help"], "--list"),
        (["-m", "tools.interpreters"], "3.1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_commands_start(python, root, command, says):
    for path in python:
        assert says in run(root, path, "-X", "warn_default_encoding", "-W", "error::EncodingWarning", *command)
