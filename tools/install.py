"""Make the course's .venv, or mend it: python3 tools/install.py lessons (or: slides, slideshow, tests).

Needs only Python's standard library. Says what it does before it does it, installs nothing twice, and after an
interrupted installation starts again from an empty folder (what was downloaded is kept by pip).
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import chromium

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 10)
SETTINGS = "tools/jupyterlab.json"  # Markdown is shown, not edited; nothing is asked of the network
GROUPS = {  # name -> its file of requirements, and the files that this one includes
    "lessons": ["requirements.txt"],
    "slides": ["tools/requirements-slides.txt", "requirements.txt"],
    "slideshow": ["tools/requirements-slideshow.txt", "requirements.txt"],
    "tests": [
        "tests/requirements.txt",
        "requirements.txt",
        "tools/requirements-slides.txt",
        "tools/requirements-slideshow.txt",
    ],
}
WHAT = {
    "lessons": "PyTorch, JupyterLab and what they need",
    "slides": "the course and what makes slides of it",
    "slideshow": "the course and slides for JupyterLab",
    "tests": "the course and its test tools",
}


def say(text):
    """Print at once, also where the output is a file."""
    print(text, flush=True)


def venv_python(venv):
    """Return the path of the interpreter in a virtual environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def check_python(version=sys.version_info):
    """Stop with a sentence when this Python is too old or cannot make virtual environments."""
    if version[:2] < OLDEST:
        raise SystemExit(
            f"The course needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and this is {version[0]}.{version[1]}. "
            "Name another one, for example: make lab PYTHON=python3.12"
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise SystemExit(
            "This Python cannot make virtual environments. On Debian and Ubuntu: sudo apt install python3-venv"
        ) from None


def fingerprint(root, group):
    """Return a text that changes when the requirements of a group or the version of Python change."""
    files = b"".join((root / name).read_bytes() for name in [*GROUPS[group], SETTINGS])
    return f"{sys.version_info[0]}.{sys.version_info[1]} {hashlib.sha256(files).hexdigest()}"


def is_whole(venv):
    """Whether a virtual environment can run Python and pip."""
    try:
        command = [venv_python(venv), "-c", "import pip, sys; print(sys.version_info[:2])"]
        reply = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    return reply.strip() == str(sys.version_info[:2])


def is_running(process):
    """Whether a process of this number runs (Windows: never known, so False)."""
    if os.name == "nt":
        return False
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def wait_for_others(busy, pause=2.0):
    """Wait while another process installs; return whether one was interrupted before it had finished."""
    told = False
    while busy.exists():
        text = busy.read_text("utf-8").strip()
        if not (text.isdigit() and is_running(int(text))):
            return True
        if not told:
            say("Another installation is at work here: waiting for it.")
            told = True
        time.sleep(pause)
    return False


def install(group, root=ROOT, pip_options=()):
    """Bring .venv up to date for a group of requirements, "lessons" or "tests"."""
    check_python()
    venv, busy = root / ".venv", root / ".venv" / "course-installing"
    wanted = fingerprint(root, group)
    interrupted = wait_for_others(busy)
    if venv.exists() and (interrupted or not is_whole(venv)):
        reason = "was interrupted" if interrupted else "is not whole or belongs to another Python"
        say(f"The installation in {venv.name} {reason}: starting again with an empty folder.")
        shutil.rmtree(venv)
    stamp = venv / f"course-{group}"
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    if not venv.exists():
        say(f"Making a virtual environment in {venv.name} …")
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    say(f"Installing {WHAT[group]}. The first time this takes some minutes and several GB of disk …")
    busy.write_text(str(os.getpid()), "utf-8")
    requirements = str(root / GROUPS[group][0])
    command = [
        venv_python(venv),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        *pip_options,
        "-r",
        requirements,
    ]
    result = subprocess.run([str(part) for part in command])
    busy.unlink()
    if result.returncode:
        raise SystemExit("The installation failed, see above. Is there a network? Then run the same command again.")
    settings = venv / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    shutil.copy(root / SETTINGS, settings / "overrides.json")
    for other, names in GROUPS.items():  # what this group includes need not be installed once more
        if set(names) <= set(GROUPS[group]):
            (venv / f"course-{other}").write_text(fingerprint(root, other), "utf-8")
    say("Installed.")


def main(arguments=None):
    """Install the group that the command line names."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if len(arguments) != 1 or arguments[0] not in GROUPS:
        raise SystemExit(f"Say what to install: python3 tools/install.py {' or '.join(GROUPS)}")
    install(arguments[0])
    if arguments[0] == "tests":
        chromium.install()


if __name__ == "__main__":
    main()
