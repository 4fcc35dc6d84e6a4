"""A tiny course to install, and tiny packages for it, so that installing is tested without a network."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from lessons import ROOT

TOOLS = (
    *("__init__.py", "install.py", "commands.py", "help_text.py", "changed_lessons.py", "lesson_list.py", "parts.py"),
    *("start_lab.py", "writing.py", "publish/chromium.py", "installer/*.py", "installer/jupyterlab.json"),
)
GROUPS = {
    "requirements.txt": "tinylesson>=1\n",
    "tools/publish/requirements-slides.txt": "-r ../../requirements.txt\ntinyslides\n",
    "tools/publish/requirements-slideshow.txt": "-r ../../requirements.txt\ntinyshow\n",
    "tests/requirements.txt": "-r ../requirements.txt\n-r ../tools/publish/requirements-slides.txt\n"
    "-r ../tools/publish/requirements-slideshow.txt\ntinytests\n",
}


def write_wheel(folder, name, version="1.0", requires=(), payload=b"", script=False):
    """Write a wheel with one module; with `script`, a program of the same name that prints where its Python is."""
    info = f"{name}-{version}.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {other}" for other in requires]
    module = f"import sys\n\nVERSION = {version!r}\n\n\ndef main():\n    print(sys.prefix)\n"
    files = {f"{name}/__init__.py": module.encode(), f"{info}/METADATA": "\n".join(lines).encode()}
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    if payload:
        files[f"{name}/payload.bin"] = payload
    if script:
        files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{name} = {name}:main\n".encode()
    record = []
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record.append(f"{path},sha256={digest},{len(content)}")
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return wheel


def tiny_wheels(folder):
    """Write the packages that the tiny course asks for."""
    write_wheel(folder, "tinylesson", script=True)
    for name in ("tinyslides", "tinyshow", "tinytests"):
        write_wheel(folder, name)
    return folder


def tiny_course(folder):
    """Make a course in a folder: the commands and the installer as they are, and requirements that are tiny."""
    (folder / "tools").mkdir(parents=True)
    (folder / "tests").mkdir()
    for name in ("course.py", "Makefile"):
        shutil.copy(ROOT / name, folder)
    for pattern in TOOLS:
        for path in (ROOT / "tools").glob(pattern):
            target = folder / path.relative_to(ROOT)
            target.parent.mkdir(exist_ok=True)
            shutil.copy(path, target)
    (folder / "tools" / "publish").mkdir(exist_ok=True)
    for name, text in GROUPS.items():
        (folder / name).write_text(text)
    (folder / "README.md").write_text("# A course\n")
    return folder


def offline(wheels, **more):
    """Return environment variables with which pip knows one folder of packages, and nothing else."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "COURSE_"))}
    return variables | {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)} | more


COPIES = """
import os, pathlib, sys
sys.path[:0] = ["", os.environ["SUPPORT"]]
import venv_copies
venv_copies.start(pathlib.Path(os.environ["EMPTY"]))
"""


def with_copies(wheels, empty, **more):
    """Return environment variables for a program that begins with COPIES: it copies environments instead of making."""
    return offline(wheels, SUPPORT=str(ROOT / "tests" / "support"), EMPTY=str(empty), **more)


def run_tool(course, *words, variables=None, python=sys.executable, **more):
    """Run a file of the course in a process of its own; return it with what it printed."""
    command = [str(python), *map(str, words)]
    return subprocess.run(
        command, cwd=course, env=variables, capture_output=True, encoding="utf-8", errors="replace", timeout=300, **more
    )


def script_of(env, name="tinylesson"):
    """Run a program of an environment by its own first line; return what it printed: where its Python is."""
    program = env / ("Scripts" if os.name == "nt" else "bin") / (name + (".exe" if os.name == "nt" else ""))
    return Path(subprocess.run([program], capture_output=True, text=True, check=True, timeout=60).stdout.strip())
