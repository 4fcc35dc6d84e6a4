"""PyTorch's CPU build: from an index of its own, remembered, proposed where it would do, and never a dead end."""

import functools
import http.server
import json
import threading

import pytest
from wheels import script_of, write_wheel

from tools import install
from tools.installer import environment as install_build
from tools.installer import place as install_place
from tools.installer import programs as install_tool
from tools.installer import space as install_space
from tools.installer.causes import Problem
from tools.installer.words import Wish

pytest_plugins = ["installing"]
pytestmark = pytest.mark.skipif(install.sys.platform != "linux", reason="only on Linux are there two builds")


class Index(http.server.SimpleHTTPRequestHandler):
    """Serve a folder for each package, as an index does, and say nothing."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def cpu_index(tmp_path_factory):
    """The address of an index with CPU builds of two packages called torch and torchvision, and with what they need."""
    folder = tmp_path_factory.mktemp("cpu")
    write_wheel(folder / "torch", "torch", "2.5+cpu", requires=["tinydeep"])
    write_wheel(folder / "torchvision", "torchvision", "0.5+cpu", requires=["torch==2.5"])
    write_wheel(folder / "tinydeep", "tinydeep")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Index, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def torch_course(fresh, tmp_path, monkeypatch, cpu_index):
    """A tiny course that asks for torch; its usual place has a newer one than the index of CPU builds."""
    usual = tmp_path / "usual"
    write_wheel(usual, "tinylesson", script=True)
    write_wheel(usual, "tinyslides")
    write_wheel(usual, "tinydeep")
    write_wheel(usual, "torch", "2.6", requires=["tinydeep"])
    write_wheel(usual, "torchvision", "0.6", requires=["torch==2.6"])
    (fresh / "requirements.txt").write_text("torch>=2\ntorchvision\ntinylesson\n")
    monkeypatch.setenv("PIP_FIND_LINKS", str(usual))
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", usual.as_uri())
    monkeypatch.setenv("COURSE_TORCH", cpu_index)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(install_space, "size_of", lambda *_: install_space.NOTHING)
    return fresh


def torch_of(course):
    """Return the version of torch that is installed."""
    (found,) = (course / ".venv").glob("lib/python*/site-packages/torch-*.dist-info")
    return found.name.removeprefix("torch-").removesuffix(".dist-info")


def test_the_cpu_build_is_taken_and_stays(torch_course):
    install.install("lessons", torch_course, Wish(cpu=True))
    assert torch_of(torch_course) == "2.5+cpu"
    assert install_place.read_stamp(torch_course / ".venv")["build"] == "cpu"
    install.install("lessons", torch_course)
    install.install("slides", torch_course)
    assert torch_of(torch_course) == "2.5+cpu"
    log = (torch_course / ".venv-install" / "install.log").read_text()
    assert "--index-url" in log  # what is added later keeps to the build


def test_the_usual_build_is_taken_without_a_word_for_the_other(torch_course):
    install.install("lessons", torch_course)
    assert torch_of(torch_course) == "2.6"


def test_the_build_can_be_changed_by_name(torch_course, capsys):
    install.install("lessons", torch_course)
    install.install("lessons", torch_course, Wish(cpu=True))
    assert ".venv has the usual build of PyTorch: making a new one" in capsys.readouterr().out
    assert torch_of(torch_course) == "2.5+cpu"
    install.install("lessons", torch_course, Wish(cpu=False))
    assert torch_of(torch_course) == "2.6" and script_of(torch_course / ".venv") == torch_course / ".venv"


def test_an_index_that_cannot_be_reached_gives_the_usual_build(torch_course, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_TORCH", "http://127.0.0.1:9/cpu")
    monkeypatch.setenv("PIP_RETRIES", "0")
    install.install("lessons", torch_course, Wish(cpu=True))
    said = capsys.readouterr().out
    assert "PyTorch's CPU build cannot be had here: http://127.0.0.1:9/cpu could not be reached." in said
    assert "Taking the usual build instead." in said
    assert torch_of(torch_course) == "2.6"
    install.install("lessons", torch_course)
    assert capsys.readouterr().out == ""


def test_an_installed_usual_build_stays_when_the_index_cannot_be_reached(torch_course, monkeypatch, capsys):
    install.install("lessons", torch_course)
    monkeypatch.setenv("COURSE_TORCH", "http://127.0.0.1:9/cpu")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(Problem, match="PyTorch's CPU build cannot be had here") as raised:
        install.install("lessons", torch_course, Wish(cpu=True))
    assert "The usual build, which is installed, stays." in str(raised.value)
    assert torch_of(torch_course) == "2.6" and install.still_works(torch_course)


def test_an_environment_without_a_stamp_is_asked_for_its_build(torch_course):
    install.install("lessons", torch_course, Wish(cpu=True))
    stamp = torch_course / ".venv" / "course.json"
    stamp.unlink()
    install.install("lessons", torch_course)
    assert json.loads(stamp.read_text())["build"] == "cpu" and torch_of(torch_course) == "2.5+cpu"


@pytest.mark.parametrize("gpu", [True, False])
def test_the_cpu_build_is_proposed_where_it_would_do(torch_course, monkeypatch, capsys, gpu):
    monkeypatch.undo()
    monkeypatch.setattr(install_space, "has_gpu", lambda: gpu)
    monkeypatch.setattr(install_space, "has_large_build", lambda: True)
    place = install_place.Place(torch_course)
    work = install_build.Work(place, "lessons", Wish())
    work.propose_cpu(install_space.size_of(torch_course, "lessons", False), False)
    said = capsys.readouterr().out
    if gpu:
        assert said == ""
    else:
        assert "make lab CPU=1 would download about 0.4 GB instead of 3.1 GB" in said
        assert "1.4 GB of disk instead of 6.1 GB" in said


def test_uv_takes_its_own_option_and_pip_two_steps(tmp_path):
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("torch>=2.9,<3\ntorchvision>=0.24 # both\nnumpy\ntorch-geometric\n")
    ((command, more),) = install_tool.commands(tmp_path, requirements, {}, cpu=True, uv=["uv"])
    assert command[:3] == ["uv", "pip", "install"] and "--torch-backend=cpu" in command and not more
    first, second = install_tool.commands(tmp_path, requirements, {}, cpu=True)
    assert first[0][-4:] == ["--index-url", install_tool.CPU_INDEX, "torch>=2.9,<3", "torchvision>=0.24"]
    assert first[1]["PIP_EXTRA_INDEX_URL"] == install_tool.CPU_INDEX
    assert second[0][-2:] == ["-r", str(requirements)] and "--index-url" not in second[0]
    assert len(install_tool.commands(tmp_path, requirements, {}, cpu=False)) == 1


def test_builds_for_other_systems(monkeypatch):
    monkeypatch.setattr(install_space.platform, "machine", lambda: "arm64")
    assert not install_space.has_large_build()
    monkeypatch.setattr(install.sys, "platform", "darwin")
    assert install.real_cpu(Wish(cpu=True)) is None
