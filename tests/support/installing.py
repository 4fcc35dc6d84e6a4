"""What the tests of the installer share: tiny packages, and a tiny course, installed or not. A plugin of pytest."""

import os
import shutil
import subprocess
import sys

import pytest
import venv_copies
from wheels import COPIES, offline, run_tool, tiny_course, tiny_wheels, with_copies

from tools import interpreters
from tools.installer import environment, log
from tools.installer.interpreter import Python, this_python


@pytest.fixture(scope="session")
def wheels(tmp_path_factory):
    """A folder with the packages of the tiny course."""
    return tiny_wheels(tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="session")
def installed(tmp_path_factory, wheels, empty):
    """A tiny course that is installed; copies of it are moved courses, which the installer must be able to use."""
    course = tiny_course(tmp_path_factory.mktemp("installed") / "course")
    code = COPIES + "from tools import install\nsys.exit(install.main(['lessons']))"
    result = run_tool(course, "-c", code, variables=with_copies(wheels, empty))
    assert result.returncode == 0, result.stdout + result.stderr
    return course


@pytest.fixture(scope="session")
def empty(tmp_path_factory):
    """A virtual environment with nothing but pip, to be copied."""
    env = tmp_path_factory.mktemp("empty") / ".venv"
    subprocess.run([this_python().path, "-m", "venv", env], check=True)
    return env


@pytest.fixture
def copies(monkeypatch, empty):
    """Let the installer of this process copy an empty environment where it would make one, which takes seconds."""
    monkeypatch.setattr(environment, "run", environment.run)  # put back at the end
    venv_copies.start(empty)


@pytest.fixture
def no_copies(monkeypatch, copies):
    """Let the installer make environments itself after all: for tests of how that is done."""
    monkeypatch.setattr(environment, "run", log.run)


@pytest.fixture
def only_wheels(monkeypatch, wheels):
    """Let pip know the tiny packages and nothing else, in this process."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_", "COURSE_")):
            monkeypatch.delenv(name)
    for name, value in offline(wheels).items():
        monkeypatch.setenv(name, value)
    return wheels


@pytest.fixture
def fresh(tmp_path, only_wheels, copies):
    """A tiny course where nothing is installed."""
    return tiny_course(tmp_path / "course")


@pytest.fixture
def course(tmp_path, installed, only_wheels, copies):
    """A tiny course that is installed."""
    shutil.copytree(installed, tmp_path / "course", symlinks=True)
    return tmp_path / "course"


@pytest.fixture
def another_python():
    """Another interpreter than this one, new enough for the course."""
    for version, path in interpreters.found():
        text = ".".join(version.split(".")[:2])
        if text != f"{sys.version_info[0]}.{sys.version_info[1]}":
            return Python(str(path), text, True)
    pytest.skip("there is no second Python on this computer")
