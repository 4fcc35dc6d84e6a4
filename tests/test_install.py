"""Installing: it says what it does, does nothing twice, mends what is broken, and needs no network in these tests."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import install
import pytest


@pytest.fixture
def course(tmp_path, root):
    """A folder with the install tool and requirements that pip can meet without a network: none at all."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "tests").mkdir()
    for name in ("install.py", "chromium.py", "jupyterlab.json"):
        shutil.copy(root / "tools" / name, tmp_path / "tools")
    for name in ("requirements-slides.txt", "requirements-slideshow.txt"):
        (tmp_path / "tools" / name).write_text("-r ../requirements.txt\n")
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    (tmp_path / "tests" / "requirements.txt").write_text("-r ../requirements.txt\n")
    return tmp_path


@pytest.fixture
def pip_calls(monkeypatch):
    """Count the calls of pip; the first `failing` of them fail."""
    calls, real = [], subprocess.run

    def run(command, *args, **kwargs):
        if "pip" in command and "install" in command:
            calls.append(command)
            return subprocess.CompletedProcess(command, 1 if len(calls) <= run.failing else 0)
        return real(command, *args, **kwargs)

    run.failing = 0
    monkeypatch.setattr(install.subprocess, "run", run)
    calls_and_run = type("Calls", (), {"all": calls, "run": run})
    return calls_and_run


def test_a_fresh_installation_and_a_second_one(course, pip_calls, capsys):
    install.install("lessons", course)
    said = capsys.readouterr().out
    assert said.index("Making a virtual environment in .venv") < said.index("Installing PyTorch, JupyterLab")
    assert said.endswith("Installed.\n")
    assert install.is_whole(course / ".venv")
    assert str(course / "requirements.txt") in pip_calls.all[0]
    settings = course / ".venv" / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    assert json.loads(settings.read_text())["@jupyterlab/docmanager-extension:plugin"]["defaultViewers"]
    install.install("lessons", course)
    assert len(pip_calls.all) == 1
    assert capsys.readouterr().out == ""


def test_the_tests_bring_the_lessons_requirements(course, pip_calls):
    for group in ("tests", "lessons", "slides", "slideshow"):
        install.install(group, course)
    assert len(pip_calls.all) == 1
    assert str(course / "tests" / "requirements.txt") in pip_calls.all[0]


def test_slides_bring_the_lessons_requirements_and_not_those_of_tests(course, pip_calls):
    for group in ("slides", "lessons", "slideshow", "tests"):
        install.install(group, course)
    files = [next(str(part) for part in call if str(part).endswith(".txt")) for call in pip_calls.all]
    wanted = ["tools/requirements-slides.txt", "tools/requirements-slideshow.txt", "tests/requirements.txt"]
    assert files == [str(course / name) for name in wanted]


def test_changed_requirements_are_installed_into_the_same_folder(course, pip_calls, capsys):
    install.install("lessons", course)
    marker = course / ".venv" / "kept"
    marker.touch()
    (course / "requirements.txt").write_text("# something else\n")
    install.install("lessons", course)
    assert len(pip_calls.all) == 2 and marker.exists()


def test_a_failed_installation_is_said_and_tried_again(course, pip_calls, capsys):
    pip_calls.run.failing = 1
    with pytest.raises(SystemExit, match="The installation failed, see above. Is there a network"):
        install.install("lessons", course)
    install.install("lessons", course)
    assert len(pip_calls.all) == 2
    assert capsys.readouterr().out.endswith("Installed.\n")


@pytest.mark.parametrize("damage", ["no python", "no pip", "empty folder"])
def test_a_broken_environment_is_made_anew(course, pip_calls, capsys, damage):
    install.install("lessons", course)
    venv = course / ".venv"
    if damage == "no python":
        install.venv_python(venv).unlink()
    elif damage == "no pip":
        for path in venv.rglob("site-packages/pip*"):
            shutil.rmtree(path)
    else:
        shutil.rmtree(venv)
        venv.mkdir()
    capsys.readouterr()
    install.install("lessons", course)
    assert "is not whole or belongs to another Python: starting again" in capsys.readouterr().out
    assert install.is_whole(venv) and len(pip_calls.all) == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups to kill at once")
def test_an_installation_killed_in_the_middle_is_begun_anew(course, capsys):
    """The real tool, with a pip that never ends, is killed; the next run says so and repairs the folder."""
    slow = "import time; time.sleep(600)"
    code = (
        "import sys; sys.path.insert(0, 'tools'); import install\n"
        "real = install.subprocess.run\n"
        f"slow = lambda command, **given: real([sys.executable, '-c', {slow!r}]) if 'pip' in command else "
        "real(command, **given)\n"
        "install.subprocess.run = slow\n"
        "import pathlib; install.install('lessons', pathlib.Path('.'))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=course, start_new_session=True, stdout=subprocess.PIPE)
    busy = course / ".venv" / "course-installing"
    for _ in range(600):
        if busy.exists() and busy.read_text():
            break
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert busy.exists()
    install.install("lessons", course, pip_options=["--no-index"])
    said = capsys.readouterr().out
    assert "The installation in .venv was interrupted: starting again with an empty folder." in said
    assert said.endswith("Installed.\n")
    assert not busy.exists()


@pytest.mark.skipif(os.name == "nt", reason="on Windows it is not known whether another process runs")
def test_a_second_installation_waits_for_the_first(tmp_path, capsys):
    busy = tmp_path / "busy"
    waiting = subprocess.Popen([sys.executable, "-c", f"import time, os; time.sleep(2); os.remove({str(busy)!r})"])
    busy.write_text(str(os.getpid()))
    assert install.is_running(os.getpid())
    assert install.wait_for_others(busy, pause=0.05) is False
    waiting.wait()
    assert capsys.readouterr().out == "Another installation is at work here: waiting for it.\n"


def test_what_a_dead_process_left_is_an_interruption(tmp_path):
    busy = tmp_path / "busy"
    assert install.wait_for_others(busy) is False
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    busy.write_text(str(process.pid))
    assert install.wait_for_others(busy) is True
    busy.write_text("")
    assert install.wait_for_others(busy) is True


def test_processes_of_others_count_as_running(monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(install.os, "kill", refuse)
    assert install.is_running(1)
    monkeypatch.setattr(install.os, "name", "nt")
    assert not install.is_running(1)


def test_interpreters_stand_where_the_system_puts_them(tmp_path, monkeypatch):
    assert install.venv_python(tmp_path).name in ("python", "python.exe")
    monkeypatch.setattr(install.os, "name", "nt")
    assert install.venv_python(tmp_path) == tmp_path / "Scripts" / "python.exe"


def test_an_old_python_is_refused():
    with pytest.raises(SystemExit, match=r"needs Python 3.10 or newer, and this is 3.8. Name another one, for example"):
        install.check_python((3, 8, 1))
    install.check_python((3, 13, 0))


def test_a_python_without_venv_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit, match="On Debian and Ubuntu: sudo apt install python3-venv"):
        install.check_python()


def test_the_command(course, pip_calls, monkeypatch):
    with pytest.raises(SystemExit, match=r"Say what to install: python3 tools/install.py lessons or slides or"):
        install.main([])
    asked = []
    monkeypatch.setattr(install, "install", asked.append)
    monkeypatch.setattr(install.chromium, "install", lambda: asked.append("a browser"))
    install.main(["lessons"])
    install.main(["tests"])
    assert asked == ["lessons", "tests", "a browser"]
