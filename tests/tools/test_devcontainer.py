"""The devcontainer (Codespaces, VS Code) follows the published schema, and names what there is in this course.

No container is built here: that needs a network and a container engine.
"""

import json
import os
import re
import shlex
import subprocess
import sys

import pytest
from lessons import ROOT

from tools import install

FILE = ROOT / ".devcontainer" / "devcontainer.json"
CONTENT = json.loads(FILE.read_text("utf-8"))
VSCODE = CONTENT["customizations"]["vscode"]
COMMANDS = ["onCreateCommand", "updateContentCommand", "postCreateCommand", "postStartCommand", "postAttachCommand"]
TYPES = {  # of the properties in devContainer.base.schema.json of containers.dev that may be of use here
    "name": str,
    "image": str,
    "hostRequirements": dict,
    "remoteEnv": dict,
    "containerEnv": dict,
    "remoteUser": str,
    "features": dict,
    "forwardPorts": list,
    "customizations": dict,
    "waitFor": str,
    **dict.fromkeys(COMMANDS, (str, list, dict)),
}


def test_it_follows_the_published_schema():
    for name, value in CONTENT.items():
        assert isinstance(value, TYPES[name]), name
    needs = CONTENT["hostRequirements"]
    assert set(needs) <= {"cpus", "memory", "storage", "gpu"} and needs["cpus"] >= 1
    assert all(re.fullmatch(r"\d+([tgmk]b)?", needs[name]) for name in ("memory", "storage"))
    assert CONTENT["waitFor"] in COMMANDS[:4] and CONTENT["waitFor"] in CONTENT
    assert all(isinstance(value, str) for value in CONTENT["remoteEnv"].values())
    assert set(CONTENT["customizations"]) <= {"vscode", "codespaces"}
    assert set(VSCODE) <= {"extensions", "settings"}
    assert all(re.fullmatch(r"[\w-]+\.[\w-]+", name) for name in VSCODE["extensions"])


def test_the_image_is_a_python_of_the_devcontainers_project_that_the_course_runs_on():
    found = re.fullmatch(r"mcr\.microsoft\.com/devcontainers/python:3\.(\d+)", CONTENT["image"])
    assert found and 10 <= int(found[1]) <= 14


def test_the_command_installs_the_lessons(monkeypatch):
    """The installer is called as the container calls it; what it would install is caught."""
    *program, module = shlex.split(CONTENT["postCreateCommand"])[:3]
    arguments = shlex.split(CONTENT["postCreateCommand"])[3:]
    assert program == ["python3", "-m"] and module == install.__spec__.name
    called = []
    monkeypatch.setattr(install, "install", lambda group, *more, **options: called.append(group))
    assert not install.main(arguments)
    assert called == ["lessons"]


def test_a_word_that_the_installer_does_not_know_would_be_noticed(capsys):
    _, _, _, *arguments = shlex.split(CONTENT["postCreateCommand"])
    with pytest.raises(SystemExit) as ended:
        install.main([*arguments, "--no-such-word"])
    assert ended.value.code not in (0, None)
    capsys.readouterr()


@pytest.mark.skipif(os.name == "nt", reason="a container holds Linux; on Windows an environment has other paths")
def test_the_interpreter_is_the_one_that_the_installer_makes(tmp_path):
    path = VSCODE["settings"]["python.defaultInterpreterPath"]
    name, inside = path.removeprefix("${containerWorkspaceFolder}/").split("/", 1)
    assert f"/{name}/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / name)], check=True)
    assert (tmp_path / name / inside).exists()
    for other in VSCODE["settings"]["jupyter.kernels.excludePythonEnvironments"]:
        assert other.startswith("/usr/")


def test_what_it_opens_and_installs_is_there():
    for name in CONTENT["customizations"]["codespaces"]["openFiles"]:
        assert (ROOT / name).is_file()
    assert {"ms-python.python", "ms-toolsai.jupyter"} <= set(VSCODE["extensions"])
