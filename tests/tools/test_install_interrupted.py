"""Installing is interrupted: killed, out of disk, Ctrl+C, at the same time as another one. What worked works."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from lessons import ROOT
from wheels import COPIES, offline, run_tool, script_of, tiny_course, with_copies, write_wheel

from tools import install
from tools.installer import environment as install_build
from tools.installer import lock as install_lock
from tools.installer import place as install_place
from tools.installer.causes import Problem
from tools.installer.words import Wish

pytest_plugins = ["installing"]
needs_signals = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send")
PHASES = {  # where the process is killed -> what is replaced there by the killing
    "while the environment is made": "install_build.Work.make",
    "while pip runs": "install_build.Work.fill",
    "before the proof": "install_build.Work.prove",
    "before the exchange": "install_build.swap",
    "between the two renames": "second rename",
    "before the paths are written": "install_place.settle",
    "while the old one is deleted": "last remove",
}
KILL = """
import os, pathlib, signal, sys
sys.path.insert(0, "")
from tools import install
from tools.installer import environment as install_build
from tools.installer import place as install_place
what = sys.argv[1]
install.reason_for_new = lambda *_: "is to be replaced"
install.is_ready = lambda *_: False
def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
if what == "second rename":
    real = pathlib.Path.replace
    pathlib.Path.replace = lambda self, to: kill() if self.name == ".ven_" else real(self, to)
elif what == "last remove":
    really = install_place.swap
    real = install_place.remove
    def swap(place):
        install_place.settle = lambda env: setattr(install_place, "remove", kill)
        really(place)
    install_build.swap = swap
elif what == "install_place.settle":
    real = install_place.settle
    install_place.settle = lambda env: kill() if install_place.read_stamp(env)["path"] != str(env) else real(env)
else:
    owner, name = what.rsplit(".", 1)
    owner = install_build.Work if owner.endswith("Work") else install_build
    real = getattr(owner, name)
    def half(*args, **kwargs):
        if what.endswith(("make", "fill")):
            real(*args, **kwargs)
        kill()
    setattr(owner, name, half)
install.install("lessons", pathlib.Path("."))
"""


@needs_signals
@pytest.mark.parametrize("phase", PHASES)
def test_killed_at_any_moment_the_old_one_works_and_the_next_run_tidies_up(course, only_wheels, empty, phase):
    env = install.install("lessons", course)
    (env / "old").touch()
    result = run_tool(course, "-c", COPIES + KILL, PHASES[phase], variables=with_copies(only_wheels, empty))
    assert result.returncode == -signal.SIGKILL, result.stdout + result.stderr
    if env.exists():
        python = [install_place.venv_python(env), "-c", "import tinylesson; print(tinylesson.VERSION)"]
        assert subprocess.run(python, capture_output=True, text=True).stdout == "1.0\n"
    if phase in list(PHASES)[:4]:
        assert (env / "old").exists() and script_of(env) == env
    else:
        assert phase == "between the two renames" or not (env / "old").exists()
    install.install("lessons", course)
    assert script_of(env) == env
    place = install_place.Place(course)
    assert not place.leftovers() and install.is_ready(place, "lessons")


@pytest.fixture
def open_programs(monkeypatch):
    """Programs that use an environment: as long as there are any, Windows does not rename its folder."""
    programs, real = ["JupyterLab"], Path.replace

    def replace(self, target):
        if self.name == ".venv" and programs:
            raise PermissionError(13, "Access is denied", str(self))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    return programs


def test_a_new_environment_waits_until_the_old_one_is_not_in_use(course, monkeypatch, capsys, open_programs):
    env = install.install("lessons", course)
    (env / "old").touch()
    monkeypatch.setattr(install, "reason_for_new", lambda *_: "is to be replaced")
    (course / "requirements.txt").write_text("tinylesson>=1\ntinyslides\n")
    with pytest.raises(Problem, match=r"could not take the place of .*\.ven_\. End the programs") as raised:
        install.install("lessons", course)
    assert "deactivate" not in str(raised.value)
    monkeypatch.setattr(install_build, "run", None)  # from here on, nothing is installed
    (course / "requirements.txt").write_text("tinylesson>=1\n")
    install.install("lessons", course)
    assert "Going on with what is installed." in capsys.readouterr().out and (env / "old").exists()
    (course / "requirements.txt").write_text("tinylesson>=1\ntinyslides\n")
    open_programs.clear()
    install.install("lessons", course)
    assert not (env / "old").exists() and script_of(env) == env
    assert not install_place.Place(course).leftovers()


def test_who_runs_in_the_environment_that_is_replaced_is_told_to_leave_it(tmp_path, monkeypatch):
    place = install_place.Place(tmp_path)
    monkeypatch.setattr(install_place.sys, "prefix", str(place.env))
    said = install_place.in_use(place, PermissionError(13, "Access is denied"))
    assert "type `deactivate` first" in said
    assert "such as a virus scanner" in said and "old one (JupyterLab" not in said, "there is no old one"


def test_a_strangers_folder_with_the_name_of_the_new_environment_is_left_alone(fresh, tmp_path):
    """Also when an interrupted installation has to be cleaned up."""
    place = install_place.Place(fresh, str(tmp_path / "env1"))
    thesis = place.new / "thesis.txt"
    thesis.parent.mkdir()
    thesis.write_text("three years of work")
    place.temporary.mkdir(parents=True)
    with pytest.raises(Problem, match=r"env_ is in the way: .* Else name another folder: .*pytorch-course"):
        install.install("lessons", fresh, Wish(venv=str(place.env)))
    assert thesis.read_text() == "three years of work" and not place.leftovers()


def test_a_new_environment_takes_only_the_place_that_it_was_made_for(tmp_path):
    """Two environments side by side whose names differ in the last letter have the same name for the new one."""
    mine, other = install_place.Place(tmp_path, "3.11"), install_place.Place(tmp_path, "3.12")
    assert mine.new == other.new
    for place in (mine, other):
        place.env.mkdir()
        place.work.mkdir()
    mine.claim_new("elsewhere")
    mine.new.mkdir()
    install_place.write_stamp(mine.new, {"groups": {"lessons": "proved"}})
    assert not install_place.recover(other)
    with pytest.raises(Problem, match="is in the way"):
        other.claim_new("elsewhere")
    assert install_place.recover(mine)
    assert install_place.read_stamp(mine.env) and not install_place.read_stamp(other.env)
    assert not mine.leftovers() and not mine.new.exists()


@needs_signals
def test_killed_while_a_group_is_added(course, only_wheels):
    """In place: the next run tries again, and only a broken environment is made anew."""
    env = install.install("lessons", course)
    code = KILL.replace('install.reason_for_new = lambda *_: "is to be replaced"', "").replace('"lessons"', '"tests"')
    result = run_tool(course, "-c", code, "install_build.Work.fill", variables=offline(only_wheels))
    assert result.returncode == -signal.SIGKILL
    assert json.loads((env / "course.json").read_text())["changing"] == "tests"
    (env / "kept").touch()
    install.install("tests", course)
    assert (env / "kept").exists() and install.is_ready(install_place.Place(course), "tests")


def test_a_failed_addition_leaves_the_lessons_as_they_were(course, monkeypatch, tmp_path):
    env = install.install("lessons", course)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(Problem, match="No release of tiny"):
        install.install("tests", course)
    assert install.is_ready(install_place.Place(course), "lessons") and script_of(env) == env


class Silence:
    """A server that takes connections and never answers."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}/simple"
        self.asked = threading.Event()
        threading.Thread(target=self.listen, daemon=True).start()
        return self

    def listen(self):
        self.taken = []
        while True:
            try:
                self.taken.append(self.socket.accept()[0])
            except OSError:
                return
            self.asked.set()

    def __exit__(self, *_):
        self.socket.close()
        for taken in self.taken:
            taken.close()


LAB = """
import runpy
sys.argv = ["course.py", "lab"]
runpy.run_path("course.py", run_name="__main__")
"""


def start_hanging(course, wheels, empty, server):
    """Start the installer of a course, in a group of processes of its own, and wait until its pip hangs."""
    variables = with_copies(wheels, empty, PIP_INDEX_URL=server.address, PIP_TIMEOUT="600")
    del variables["PIP_NO_INDEX"]
    process = subprocess.Popen(
        [sys.executable, "-c", COPIES + LAB],
        cwd=course,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )
    assert server.asked.wait(120), process.communicate()[0]
    return process


@needs_signals
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl+C", "kill"])
def test_ctrl_c_is_one_sentence(tmp_path, wheels, empty, number):
    course = tiny_course(tmp_path / "course")
    with Silence() as server:
        process = start_hanging(course, wheels, empty, server)
        if number == signal.SIGINT:
            os.killpg(process.pid, number)  # as a terminal does: also to pip
        else:
            process.send_signal(number)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.splitlines()[-1].startswith("Stopped.") and "Traceback" not in said
    place = install_place.Place(course)
    assert not place.leftovers() and install_lock.is_free(place.lock)


@needs_signals
def test_an_orphan_still_counts_and_a_wait_says_how_to_end_it(tmp_path, wheels, empty):
    """The installer is killed, its pip goes on: the next one waits for that, says so, and goes on when it has ended."""
    course = tiny_course(tmp_path / "course")
    with Silence() as server:
        first = start_hanging(course, wheels, empty, server)
        first.kill()
        first.stdout.close()
        first.wait()
        place = install_place.Place(course)
        assert not install_lock.is_free(place.lock)
        variables = offline(wheels)
        second = subprocess.Popen(
            [sys.executable, "-u", "-m", "tools.install", "lessons"],
            cwd=course,
            env=variables,
            stdout=subprocess.PIPE,
            text=True,
        )
        line = second.stdout.readline()
        assert "Another installation is at work on .venv (process" in line and "Ctrl+C ends the waiting" in line
        orphan = int(line.split()[-1])
        assert line.rstrip().endswith(f"type: kill {orphan}") and orphan != first.pid
        os.kill(orphan, signal.SIGKILL)
        said, _ = second.communicate(timeout=120)
    assert second.returncode == 0 and said.endswith("Installed.\n")
    assert script_of(course / ".venv") == course / ".venv"


@needs_signals
def test_waiting_ends_with_ctrl_c(course, only_wheels):
    place = install_place.Place(course)
    (course / "requirements.txt").write_text("tinylesson>=1\ntinyslides\n")
    place.work.mkdir(exist_ok=True)
    with install_lock.locked(place.lock, ".venv", print):
        command = [sys.executable, "-u", "-m", "tools.install", "lessons"]
        process = subprocess.Popen(
            command, cwd=course, env=offline(only_wheels), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert f"(process {os.getpid()}, since " in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in said


def test_a_lock_that_may_not_be_opened_is_not_free(tmp_path):
    """A folder stands for the lock of another user: what it guards is not ours to clean up."""
    (tmp_path / "lock").mkdir()
    assert not install_lock.is_free(tmp_path / "lock") and install_lock.is_free(tmp_path / "missing")


def test_what_a_dead_process_wrote_is_no_lock(tmp_path):
    (tmp_path / "lock").write_text(f"{os.getpid()} 0 2020-01-01 00:00\n")
    said = []
    assert install_lock.is_free(tmp_path / "lock")
    with install_lock.locked(tmp_path / "lock", ".venv", said.append):
        assert not install_lock.is_free(tmp_path / "lock")
    assert not said


def test_a_disk_without_locks(tmp_path, monkeypatch):
    monkeypatch.setattr(install_lock, "take", lambda _: None)
    said = []
    with install_lock.locked(tmp_path / "lock", ".venv", said.append):
        pass
    assert said == ["The disk of .venv has no locks: do not start a second installation there at the same time."]


def test_several_at_once(tmp_path, wheels):
    course = tiny_course(tmp_path / "course")
    command = [sys.executable, "-m", "tools.install", "lessons"]
    some = [subprocess.Popen(command, cwd=course, env=offline(wheels), stdout=subprocess.PIPE) for _ in range(3)]
    said = [process.communicate(timeout=300)[0].decode() for process in some]
    assert [process.returncode for process in some] == [0, 0, 0]
    assert sum("Installed." in text for text in said) == 1
    assert script_of(course / ".venv") == course / ".venv"


def small_disk(folder, megabytes, command, variables):
    """Run a command where a folder is a small disk of its own; skips where that cannot be had."""
    if sys.platform != "linux" or os.geteuid() or not shutil.which("unshare"):
        pytest.skip("a small disk needs Linux, root and unshare")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(["unshare", "-m", *mount], capture_output=True).returncode:
        pytest.skip("this machine may not mount a small disk")
    script = f"{' '.join(mount)} && " + command
    return subprocess.run(
        ["unshare", "-m", "sh", "-c", script], env=variables, capture_output=True, text=True, timeout=300
    )


def test_a_full_disk_is_named_and_the_old_one_stays(installed, tmp_path, wheels):
    """The new packages do not fit: the sentence says so, no word of a network, and what was there works."""
    write_wheel(tmp_path / "more", "tinygiant", payload=os.urandom(60_000_000))
    (tmp_path / "disk").mkdir()
    disk = tmp_path / "disk" / "course"
    command = (
        f"cp -r '{installed}' '{disk}' && cd '{disk}' && '{sys.executable}' -m tools.install lessons && "
        "echo tinygiant >> requirements.txt && "
        f"! '{sys.executable}' -m tools.install lessons && .venv/bin/tinylesson && ls -A .venv-install && ls -d .ven*"
    )
    variables = offline(wheels, PIP_FIND_LINKS=f"{wheels} {tmp_path / 'more'}")
    there = sum(path.stat().st_blocks * 512 for path in installed.rglob("*") if not path.is_symlink())
    megabytes = there // 1_000_000 + 30  # the 60 MB of the new package do not fit, whatever this Python's pip weighs
    result = small_disk(tmp_path / "disk", megabytes, command, variables)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "The disk is full. Free some space, or put the installation on a larger disk: " in result.stdout
    assert "network" not in result.stdout and f"{disk}/.venv\n" in result.stdout
    assert ".ven_" not in result.stdout and "\ntmp\n" not in result.stdout


def test_a_folder_that_is_mounted_to_be_read_only(installed, tmp_path, wheels):
    if sys.platform != "linux" or os.geteuid() or not shutil.which("unshare"):
        pytest.skip("a read-only folder that root may not write to needs Linux, root and unshare")
    course = tiny_course(tmp_path / "course")
    python = f"'{sys.executable}' -m tools.install lessons"
    command = (
        f"mount --bind '{course}' '{course}' && mount -o remount,ro,bind '{course}' && cd '{course}' && "
        f"! {python} && COURSE_VENV='{tmp_path / 'own'}' {python}"
    )
    result = subprocess.run(
        ["unshare", "-m", "sh", "-c", command], env=offline(wheels), capture_output=True, text=True, timeout=300
    )
    if "permission denied" in result.stderr.lower():
        pytest.skip("this machine may not mount a folder again")
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"The folder {course} cannot be written to (Read-only file system)" in result.stdout
    assert "make lab COURSE_VENV=" in result.stdout and "Traceback" not in result.stderr
    assert script_of(tmp_path / "own") == tmp_path / "own"


def test_temporary_files_are_beside_the_environment_and_go_away(course, monkeypatch):
    seen = []
    real = install_build.run

    def run(command, log, variables, *args, **kwargs):
        seen.append(variables["TMPDIR"])
        return real(command, log, variables, *args, **kwargs)

    monkeypatch.setattr(install_build, "run", run)
    install.install("tests", course)
    assert set(seen) == {str(course / ".venv-install" / "tmp")} and not (course / ".venv-install" / "tmp").exists()


def test_in_the_end_nothing_waits_for_ever(tmp_path):
    """A wait ends when the other process ends, however it does."""
    ready = tmp_path / "ready"
    code = (
        "import sys, time, pathlib; sys.path.insert(0, sys.argv[1])\n"
        "from tools.installer import lock\n"
        "with lock.locked(sys.argv[2], 'x', print):\n"
        "    pathlib.Path(sys.argv[3]).touch(); time.sleep(600)"
    )
    other = subprocess.Popen([sys.executable, "-c", code, str(ROOT), tmp_path / "lock", ready])
    while not ready.exists():
        time.sleep(0.05)
    threading.Timer(0.5, other.kill).start()
    with install_lock.locked(tmp_path / "lock", "x", lambda _: None, pause=0.05):
        assert other.wait(10)
