"""Installing: what works stays until its replacement works, and all that goes wrong is a sentence. No network here."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from wheels import offline, run_tool, script_of, tiny_course, write_wheel

from tools import install
from tools.installer import environment as install_build
from tools.installer import place as install_place
from tools.installer import space as install_space
from tools.installer.causes import Problem
from tools.installer.interpreter import Python
from tools.installer.words import Wish

pytest_plugins = ["installing"]


@pytest.fixture
def pip_calls(monkeypatch):
    """The command lines of pip, in order."""
    calls, real = [], install_build.run

    def run(command, *args, **kwargs):
        if "install" in map(str, command):
            calls.append([str(part) for part in command])
        return real(command, *args, **kwargs)

    monkeypatch.setattr(install_build, "run", run)
    return calls


def modules(env):
    """Return the tiny packages of an environment, with their versions."""
    return {path.name.removesuffix(".dist-info") for path in env.glob("[Ll]ib/**/site-packages/tiny*.dist-info")}


def test_a_fresh_installation_says_its_steps_and_a_second_one_nothing(fresh, no_copies, capsys, pip_calls):
    env = install.install("lessons", fresh)
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said] == ["Making", "Installing", "Trying", "Installed."]
    assert env == (fresh / ".venv").resolve()
    assert script_of(env) == env
    settings = env / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    assert json.loads(settings.read_text())["@jupyterlab/docmanager-extension:plugin"]["defaultViewers"]
    assert "Successfully installed tinylesson" in (fresh / ".venv-install" / "install.log").read_text()
    assert install.install("lessons", fresh) == env
    assert capsys.readouterr().out == "" and len(pip_calls) == 1
    assert sorted(path.name for path in fresh.iterdir() if path.name.startswith(".ven")) == [".venv", ".venv-install"]


def test_being_up_to_date_starts_no_other_program(course, monkeypatch):
    install.install("lessons", course)

    def refuse(*args, **kwargs):
        raise AssertionError(f"a program is started: {args}")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    install.install("lessons", course)


def test_a_course_that_was_moved_works_and_so_do_its_programs(course, capsys, pip_calls):
    env = install.install("lessons", course)
    settings = (env / "pyvenv.cfg").read_text()
    assert script_of(env) == env and (str(course) in settings or "command =" not in settings)  # since Python 3.11
    assert not pip_calls and capsys.readouterr().out == ""


def test_a_path_with_spaces_and_umlauts(tmp_path, installed, only_wheels):
    course = tmp_path / "Bücher und Kurse" / "PyTorch ✓"
    tiny_course(course)
    variables = offline(only_wheels) | {"LC_ALL": "C"}
    result = run_tool(course, "-m", "tools.install", "lessons", variables=variables)
    assert "Installed." in result.stdout, result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert script_of(course / ".venv") == course / ".venv"


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_other_encodings(tmp_path, only_wheels, encoding):
    course = tiny_course(tmp_path / "Übung …")
    variables = offline(only_wheels) | {"PYTHONIOENCODING": encoding, "LANG": "de_DE", "COURSE_VENV": "/dev/null/…"}
    result = run_tool(course, "course.py", "lab", variables=variables)
    assert result.returncode == 1 and "cannot be written to" in result.stdout
    assert "Traceback" not in result.stderr


def test_groups_include_each_other(course, pip_calls):
    for group in ("tests", "lessons", "slides", "slideshow"):
        install.install(group, course)
    assert len(pip_calls) == 1
    assert str(course / "tests" / "requirements.txt") in pip_calls[0]
    assert len(modules(course / ".venv")) == 4


def test_slides_do_not_bring_what_tests_need(course, pip_calls):
    for group in ("slides", "lessons", "slideshow", "tests"):
        install.install(group, course)
    files = [next(part for part in call if part.endswith(".txt")) for call in pip_calls]
    wanted = [
        "tools/publish/requirements-slides.txt",
        "tools/publish/requirements-slideshow.txt",
        "tests/requirements.txt",
    ]
    assert files == [str(course / name) for name in wanted]


def test_a_changed_requirement_is_added_in_place(course, pip_calls):
    (course / ".venv" / "kept").touch()
    (course / "requirements.txt").write_text("tinylesson>=1\ntinyslides\n")
    install.install("lessons", course)
    assert (course / ".venv" / "kept").exists() and len(pip_calls) == 1
    assert "tinyslides-1.0" in modules(course / ".venv")


def test_a_requirement_that_is_met_already_needs_no_pip(course, pip_calls):
    (course / "requirements.txt").write_text("# in other words\ntinylesson>=0.5\n")
    install.install("lessons", course)
    assert not pip_calls


def test_an_update_that_cannot_be_had_leaves_what_works(course, monkeypatch, capsys):
    (course / "requirements.txt").write_text("tinylesson>=2\n")
    with pytest.raises(Problem, match=r"No release of tinylesson fits Python 3") as raised:
        install.install("lessons", course)
    assert str(course / ".venv-install" / "install.log") in str(raised.value)
    assert "network" not in str(raised.value)
    assert install.still_works(course)
    assert script_of(course / ".venv") == course / ".venv"
    (course / "requirements.txt").write_text("tinylesson>=1\n")
    install.install("lessons", course)


def test_no_connection_is_told_apart_from_no_such_release(course, monkeypatch):
    (course / "requirements.txt").write_text("tinylesson\nmissing\n")
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(Problem, match="The package index could not be reached") as raised:
        install.install("lessons", course)
    assert raised.value.cause == "network"


@pytest.mark.parametrize("damage", ["no python", "no pip", "empty folder", "a module", "a half package", "no stamp"])
def test_a_broken_environment_is_mended(course, capsys, damage):
    env = install.install("lessons", course)
    package = next(env.glob("[Ll]ib/**/site-packages/tinylesson"))
    stamp = install_place.read_stamp(env)
    if damage == "no python":
        install_place.venv_python(env).unlink()
    elif damage == "empty folder":
        shutil.rmtree(env)
        env.mkdir()
    elif damage == "no stamp":
        (env / "course.json").unlink()
    else:
        install_place.write_stamp(env, stamp | {"changing": "lessons"})
        if damage == "no pip":
            for path in env.glob("[Ll]ib/**/site-packages/pip*"):
                shutil.rmtree(path)
            (package / "__init__.py").unlink()
        elif damage == "a module":
            (package / "__init__.py").unlink()
        else:
            (next(package.parent.glob("tinylesson*.dist-info")) / "RECORD").unlink()
    install.install("lessons", course)
    assert script_of(env) == env
    assert install.is_ready(install_place.Place(course), "lessons")


def test_a_package_that_was_removed_by_hand_comes_back(course, pip_calls):
    env = install.install("tests", course)
    remove = [install_place.venv_python(env), "-m", "pip", "uninstall", "-y", "tinylesson"]
    subprocess.run(remove, check=True, capture_output=True)
    assert "tinylesson-1.0" not in modules(env)
    for group in ("lessons", "tests"):
        assert not install.is_ready(install_place.Place(course), group)
    install.install("lessons", course)
    assert "tinylesson-1.0" in modules(env)
    assert install.is_ready(install_place.Place(course), "tests") and len(pip_calls) == 2


def test_an_environment_without_pip_is_made_anew_when_packages_are_missing(course, capsys):
    """As `uv venv` makes it; nothing can be added to it."""
    env = install.install("lessons", course)
    for path in env.glob("[Ll]ib/**/site-packages/pip*"):
        shutil.rmtree(path)
    install.install("lessons", course)
    assert capsys.readouterr().out == ""  # nothing is missing
    install.install("slides", course)
    assert ".venv has no pip to add packages with: making a new one beside it." in capsys.readouterr().out
    assert "tinyslides-1.0" in modules(env) and script_of(env) == env


def test_an_environment_of_the_readers_own_is_adopted(fresh, empty, pip_calls):
    shutil.copytree(empty, fresh / ".venv", symlinks=True)
    (fresh / ".venv" / "kept").touch()
    install.install("lessons", fresh)
    assert (fresh / ".venv" / "kept").exists() and len(pip_calls) == 1


def test_a_link_to_a_larger_disk_stays_one(course, tmp_path, monkeypatch):
    large = tmp_path / "large"
    large.mkdir()
    (course / ".venv").rename(large / "env")
    (course / ".venv").symlink_to(large / "env", target_is_directory=True)
    env = install.install("lessons", course)
    assert env == large / "env" and script_of(env) == env
    monkeypatch.setattr(install, "reason_for_new", lambda *_: "is to be replaced")
    install_place.write_stamp(env, install_place.read_stamp(env) | {"changing": "lessons"})
    (env / "old").touch()
    install.install("lessons", course)
    assert (course / ".venv").is_symlink() and not (env / "old").exists()
    assert script_of(env) == env


def test_a_link_to_nowhere_is_a_sentence(fresh, tmp_path):
    (fresh / ".venv").symlink_to(tmp_path / "unplugged" / "env")
    with pytest.raises(Problem, match=r"\.venv is a link to .*unplugged.*, which is not there. Connect its disk"):
        install.install("lessons", fresh)


def test_an_empty_folder_behind_a_link_is_filled(fresh, tmp_path):
    (tmp_path / "large").mkdir()
    (fresh / ".venv").symlink_to(tmp_path / "large", target_is_directory=True)
    assert script_of(install.install("lessons", fresh)) == tmp_path / "large"


def test_a_folder_with_other_things_is_never_replaced(fresh, tmp_path, monkeypatch):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("three years of work")
    monkeypatch.setenv("COURSE_VENV", str(tmp_path / "home"))
    with pytest.raises(Problem, match="holds other things than an installation of Python"):
        install.install("lessons", fresh)
    assert (tmp_path / "home" / "thesis.txt").exists()
    monkeypatch.setenv("COURSE_VENV", str(tmp_path / "home" / "thesis.txt"))
    with pytest.raises(Problem, match="is a file"):
        install.install("lessons", fresh)


def test_another_place(fresh, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_VENV", str(tmp_path / "elsewhere" / "env"))
    assert script_of(install.install("lessons", fresh)) == tmp_path / "elsewhere" / "env"
    assert not list(fresh.glob(".ven*"))


def test_a_folder_that_cannot_be_written_to(fresh, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Problem, match=r"cannot be written to .* Name a folder of your own: .*pytorch-course"):
        install.install("lessons", fresh, Wish(venv=str(tmp_path / "file" / "env")))


@pytest.mark.parametrize("name", ["", ".gitignore", "lock"])
def test_the_file_that_cannot_be_written_to_is_the_one_that_is_named(course, name):
    """Not the folder around it, which may well be one's own; a folder stands for a file that belongs to root."""
    place = install_place.Place(course)
    (course / "requirements.txt").write_text("tinylesson>=1\ntinyslides\n")
    shutil.rmtree(place.work, ignore_errors=True)
    blocked = place.work / name
    if name:
        blocked.mkdir(parents=True)
    else:
        blocked.touch()
    with pytest.raises(Problem) as raised:
        install.install("lessons", course)
    assert str(blocked) in str(raised.value).splitlines()[0]
    assert f"folder {course} " not in str(raised.value)


def test_a_log_that_cannot_be_written_to_is_named(course, monkeypatch):
    def refuse(work):
        raise PermissionError(13, "Permission denied", str(work.place.log))

    (course / "requirements.txt").write_text("tinylesson>=1\ntinyslides\n")
    monkeypatch.setattr(install_build.Work, "start_log", refuse)
    with pytest.raises(Problem, match=r"\.venv lacks some packages, and .*install\.log cannot be written to"):
        install.install("lessons", course)


def test_a_folder_that_may_not_be_read_is_a_sentence(fresh, monkeypatch):
    def refuse(folder):
        raise PermissionError(13, "Permission denied", str(folder))

    (fresh / ".venv").mkdir()
    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(Problem, match=r"\.venv cannot be read \(Permission denied\)"):
        install.install("lessons", fresh)


def test_settings_of_other_installations_do_not_get_in(fresh, no_copies, tmp_path, monkeypatch):
    (tmp_path / "poison").mkdir()
    (tmp_path / "poison" / "tinylesson.py").write_text("raise SystemError('the wrong one')")
    (tmp_path / "poison" / "pip.py").write_text("raise SystemError('the wrong one')")
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"):
        monkeypatch.setenv(name, str(tmp_path / "target"))
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PIP_QUIET", "3")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "poison"))
    monkeypatch.setenv("PYTHONHOME", str(tmp_path / "poison"))
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "poison"))
    env = install.install("lessons", fresh)
    assert "tinylesson-1.0" in modules(env) and not (tmp_path / "target").exists()


@pytest.mark.parametrize("setting", ["target", "prefix", "root", "user", "dry-run", "no-deps", "quiet"])
def test_a_file_of_settings_that_sends_packages_elsewhere(fresh, tmp_path, monkeypatch, setting):
    """What misleads is left out, and what says where packages come from is kept."""
    write_wheel(tmp_path / "packages", "tinylesson", requires=["tinyslides"])
    write_wheel(tmp_path / "packages", "tinyslides")
    values = {"quiet": "3", "user": "yes", "dry-run": "yes", "no-deps": "yes"}
    (tmp_path / "pip.conf").write_text(
        f"[global]\nno-index = yes\nfind-links = {tmp_path / 'packages'}\n"
        f"[install]\n{setting} = {values.get(setting, tmp_path / 'target')}\n",
        "utf-8",
    )
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    env = install.install("lessons", fresh)
    assert {"tinylesson-1.0", "tinyslides-1.0"} <= modules(env) and not (tmp_path / "target").exists()
    assert "Successfully installed" in (fresh / ".venv-install" / "install.log").read_text()


@pytest.mark.parametrize("home", ["missing", "a file", None])
def test_a_home_that_cannot_be_written_to(fresh, no_copies, tmp_path, monkeypatch, home):
    (tmp_path / "a file").touch()
    if home:
        monkeypatch.setenv("HOME", str(tmp_path / home))
        monkeypatch.setenv("USERPROFILE", str(tmp_path / home))
    else:
        monkeypatch.delenv("HOME", raising=False)
        monkeypatch.delenv("USERPROFILE", raising=False)
    assert script_of(install.install("lessons", fresh)) == fresh / ".venv"


@pytest.mark.skipif(os.name == "nt", reason="the other Python is a script of a shell")
def test_asking_a_named_python_makes_no_folder_where_the_environment_will_be(fresh, tmp_path, monkeypatch):
    """Without a home to write to, either: the folder would count as somebody else's."""
    named = tmp_path / "named"
    named.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    named.chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path / "missing"))
    monkeypatch.setattr(install, "do_work", lambda *_: None)
    install.install("lessons", fresh, Wish(python=str(named)))
    assert not (fresh / ".venv").exists()


def test_a_python_that_is_not_there_or_too_old(fresh, monkeypatch):
    with pytest.raises(Problem, match=r"There is no python3\.99 on this computer, or it does not start"):
        install.install("lessons", fresh, Wish(python="python3.99"))
    monkeypatch.setattr(install, "named_python", lambda *_: Python("/usr/bin/python3.8", "3.8", True))
    with pytest.raises(Problem, match=r"needs Python 3.10 or newer, and /usr/bin/python3.8 is 3.8"):
        install.install("lessons", fresh, Wish(python="python3.8"))


def test_a_python_without_venv(fresh, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    with pytest.raises(Problem, match=rf"sudo apt install python3-venv \(.* python{version}-venv\)"):
        install.install("lessons", fresh)
    assert not (fresh / ".venv").exists()


def test_another_python_is_asked_for_only_by_name(course, capsys, monkeypatch):
    """Whatever runs the installer, what is installed stays; it is said in one line, and only then."""
    install.install("lessons", course)
    stamp = install_place.read_stamp(course / ".venv")
    monkeypatch.setattr(install.sys, "version_info", (3, 99, 0))
    install.install("lessons", course)
    for_another = install.typed(Wish(python="python3.99"))
    assert (
        capsys.readouterr().out == f".venv has Python {stamp['python']} and keeps it. For Python 3.99: {for_another}\n"
    )


def test_a_named_python_replaces_what_is_installed(course, another_python, capsys):
    (course / ".venv" / "old").touch()
    install.install("lessons", course, Wish(python=str(another_python.path)))
    version = install_place.read_stamp(course / ".venv")["python"]
    assert version == another_python.version and not (course / ".venv" / "old").exists()
    assert script_of(course / ".venv") == course / ".venv"
    install.install("lessons", course)  # without a name: it stays
    assert install_place.read_stamp(course / ".venv")["python"] == version


def test_a_replacement_that_fails_leaves_the_old_one(course, another_python, monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    (course / ".venv" / "old").touch()
    with pytest.raises(Problem, match="No release of tinylesson fits Python"):
        install.install("lessons", course, Wish(python=str(another_python.path)))
    assert (course / ".venv" / "old").exists() and not (course / ".ven_").exists()
    install.install("lessons", course)
    assert script_of(course / ".venv") == course / ".venv"


def test_a_new_environment_that_does_not_work_is_not_taken(fresh, monkeypatch):
    monkeypatch.setattr(install_build.Work, "prove", lambda *_: "tinylesson cannot be imported: OSError: libcuda")
    with pytest.raises(Problem, match="The new installation does not work: tinylesson cannot be imported"):
        install.install("lessons", fresh)
    assert not (fresh / ".venv").exists() and not (fresh / ".ven_").exists()


def test_the_command(course, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(install, "install", lambda group, *_: asked.append(group))
    monkeypatch.setattr(install.chromium, "install", lambda: asked.append("a browser"))
    assert install.main(["lessons"]) == install.main(["tests"]) == 0
    assert asked == ["lessons", "tests", "a browser"]
    with pytest.raises(SystemExit):
        install.main([])

    def refuse(*_):
        raise Problem("The disk is full.")

    monkeypatch.setattr(install, "install", refuse)
    assert install.main(["lessons"]) == 1 and "The disk is full." in capsys.readouterr().out


def test_the_room_is_looked_at_before(course, monkeypatch):
    (course / "requirements.txt").write_text("torch>=2.9\ntinylesson\n")
    (course / ".venv").rename(course / "away")
    monkeypatch.setattr(install_space, "free", lambda _: 4.0)
    monkeypatch.setattr(install_space, "has_large_build", lambda: True)
    with pytest.raises(Problem, match=r"has 4\.0 GB free, and the installation needs about 9\.\d GB") as raised:
        install.install("lessons", course)
    assert raised.value.cause == "disk" and "CPU" in str(raised.value).upper()
    assert not (course / ".venv").exists()
