"""What installs: uv where it is there, pip elsewhere; its command lines, and the environment variables it runs with."""

import configparser
import contextlib
import functools
import importlib.util
import os
import re
import shutil
import stat
import sys
import tempfile
from pathlib import Path

from tools.installer.place import venv_python

CPU_INDEX = "https://download.pytorch.org/whl/cpu"  # PyTorch's documented address; COURSE_TORCH names a mirror of it
UV = "uv>=0.5,<1"  # installs two to four times as fast as pip: measured side by side, with nothing downloaded before
PIP_SOURCES = ("index_url", "extra_index_url", "find_links", "constraint", "no_index", "trusted_host", "cert", "proxy")
PIP_ELSEWHERE = (  # settings of pip that would send packages elsewhere, install none, or hide what pip says
    *("target", "prefix", "root", "python", "require_virtualenv", "quiet", "report"),
    *("dry_run", "no_deps", "ignore_installed", "force_reinstall"),
)
MISLEADING = (  # variables of the same kind, and those that would load other packages than the environment's
    *(f"PIP_{name.upper()}" for name in PIP_ELSEWHERE),
    *("PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"),
)
OF_HOME = {  # variable -> its folder when the home folder cannot be written to
    "JUPYTER_CONFIG_DIR": "jupyter-config",
    "JUPYTER_DATA_DIR": "jupyter-data",
    "JUPYTER_RUNTIME_DIR": "jupyter-runtime",
    "IPYTHONDIR": "ipython",
    "MPLCONFIGDIR": "matplotlib",
    "TORCH_HOME": "torch",
    "PIP_CACHE_DIR": "pip",
    "UV_CACHE_DIR": "uv",
}


def can_write(folder):
    """Whether a folder is there and can be written to."""
    return bool(folder) and Path(folder).is_dir() and os.access(folder, os.W_OK)


def without_others(given=None):
    """
    Return the environment variables without those by which other installations of Python would get in.

    Parameters
    ----------
    given : dict, optional
        The variables of this process.
    """
    variables = dict(os.environ if given is None else given)
    for name in MISLEADING:
        variables.pop(name, None)
    return variables


def is_private(folder):
    """Whether this is a folder of one's own that nobody else can look into (Windows: whether it is a folder)."""
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode):
        return False
    return os.name == "nt" or (about.st_uid == os.getuid() and not about.st_mode & 0o077)


@functools.cache
def private_folder(folder):
    """
    Return a folder for temporary things of one's own; this process always gets the same one.

    Parameters
    ----------
    folder : pathlib.Path
        The folder to take, among those of all users. Where somebody else has made it, or can look into it, a new one
        beside it is taken.
    """
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if is_private(folder):
        return folder
    return Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))


def child_environment(env, given=None):
    """
    Return the environment variables for programs of the course: nothing of other installations of Python gets in.

    Parameters
    ----------
    env : pathlib.Path
        The virtual environment. What belongs into a home folder goes there when there is none to write to.
    given : dict, optional
        The variables of this process.
    """
    variables = without_others(given)
    variables["PIP_USER"] = "0"
    variables.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if (getattr(sys.stdout, "encoding", None) or "ascii").lower() not in ("utf-8", "utf8"):
        variables.setdefault("PYTHONIOENCODING", ":replace")  # a letter that a terminal lacks is shown as "?"
    home = variables.get("USERPROFILE" if os.name == "nt" else "HOME")
    if not can_write(home):
        folder = env / "home"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            writable = can_write(folder)
        except OSError:
            writable = False
        if not writable:
            user = os.getuid() if hasattr(os, "getuid") else 0
            folder = private_folder(Path(tempfile.gettempdir()) / f"pytorch-course-{user}")
        for name, inside in OF_HOME.items():
            variables.setdefault(name, str(folder / inside))
        if os.name != "nt" and not (home and Path(home).is_dir()):
            variables["HOME"] = str(folder)
    return variables


def installer_environment(place, given=None):
    """Return the environment variables for pip and uv: temporary files beside the environment, plain output."""
    variables = child_environment(place.env if place.env.exists() else place.work, given)
    for name in ("TMPDIR", "TEMP", "TMP"):
        variables[name] = str(place.temporary)
    variables |= {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", "UV_NO_PROGRESS": "1"}
    variables.pop("PYTHONIOENCODING", None)
    if variables.get("PIP_RETRIES") == "0":
        variables["PIP_RETRIES"] = "1"  # without a second try, pip does not say that there is no connection
    configured = pip_settings(variables)
    if not configured.keys().isdisjoint(PIP_ELSEWHERE):
        # nothing on a command line takes these back, so pip does not read its files and is told the other settings
        for name, value in configured.items():
            if name not in PIP_ELSEWHERE:
                variables.setdefault(f"PIP_{name.upper()}", value)
        variables["PIP_CONFIG_FILE"] = os.devnull
    return variables


def pip_files(variables):
    """Return the files in which pip may be configured."""
    name = "pip.ini" if os.name == "nt" else "pip.conf"
    home = Path(variables.get("HOME") or variables.get("USERPROFILE") or "/")
    config = Path(variables.get("XDG_CONFIG_HOME") or home / ".config")
    system = (variables.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep)
    folders = [Path("/etc"), *(Path(folder) / "pip" for folder in system), config / "pip", home / ".pip", home / "pip"]
    folders += [base / "Library" / "Application Support" / "pip" for base in (Path("/"), home)]
    folders += [Path(variables[key]) / "pip" for key in ("APPDATA", "PROGRAMDATA") if variables.get(key)]
    named = variables.get("PIP_CONFIG_FILE")
    return [*(folder / name for folder in folders), *([Path(named)] if named else [])]


def pip_settings(variables):
    """Return what pip's files say of all its commands and of `install`: name with underscores -> value as text."""
    settings = {"global": {}, "install": {}}
    if variables.get("PIP_CONFIG_FILE") == os.devnull:  # so pip is told to read none of them
        return {}
    for path in pip_files(variables):
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, "utf-8")
        except (OSError, configparser.Error, UnicodeDecodeError):
            continue
        for section in settings:
            if parser.has_section(section):
                settings[section] |= {key.replace("-", "_"): value for key, value in parser[section].items()}
    return settings["global"] | settings["install"]


def is_pip_configured(variables):
    """Whether pip is told where packages come from, or how to get there; uv does not read that."""
    told = [name for name in PIP_SOURCES if variables.get(f"PIP_{name.upper()}")]
    return bool(told) or not pip_settings(variables).keys().isdisjoint(PIP_SOURCES)


def find_uv(variables):
    """Return the command of uv; None where it is not there or would not find what pip is configured for."""
    if is_pip_configured(variables):
        return None
    program = shutil.which("uv", path=variables.get("PATH"))
    if program:
        return [program]
    return [sys.executable, "-m", "uv"] if importlib.util.find_spec("uv") else None


def uv_in(folder):
    """Return the program of uv in a folder that pip has installed it into; None where it is not there."""
    for place in (folder / "bin" / "uv", folder / "bin" / "uv.exe", folder / "Scripts" / "uv.exe"):
        if place.is_file():
            return place
    return None


def fetch_uv_command(env, folder):
    """Return the command line by which the environment's pip fetches uv (some 25 MB) into a folder."""
    start = [str(venv_python(env)), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    return [*start, "--progress-bar", "off", "--no-deps", "--target", str(folder), UV]


def commands(env, requirements, variables, cpu=False, uv=None, keep=True, options=()):
    """
    Return the command lines that install a file of requirements, one after the other.

    Parameters
    ----------
    env : pathlib.Path
        The virtual environment.
    requirements : pathlib.Path
        The file.
    variables : dict
        Environment variables.
    cpu : bool
        PyTorch's CPU build. pip takes torch and torchvision from PyTorch's own index first, and the rest from the
        usual place.
    uv : list of str, optional
        The command of uv; pip installs without it.
    keep : bool
        Whether downloads are kept for the next time.
    options : sequence of str
        More options.

    Returns
    -------
    list of tuple
        Each a command line, and the environment variables that it needs besides.
    """
    python, mirror = str(venv_python(env)), variables.get("COURSE_TORCH")
    if uv:
        start = [*uv, "pip", "install", "--python", python, *options, *([] if keep else ["--no-cache"])]
        if cpu and not mirror:
            return [([*start, "--torch-backend=cpu", "-r", str(requirements)], {})]
    else:
        start = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
        start += [*options, *([] if keep else ["--no-cache-dir"])]
    rest = ([*start, "-r", str(requirements)], {})
    if not cpu:
        return [rest]
    index = mirror or CPU_INDEX
    # other places might offer a newer usual build, so for this step there is one place only
    alone = {"PIP_EXTRA_INDEX_URL": index, "PIP_FIND_LINKS": index}
    lines = dict.fromkeys(requirements_text(requirements))
    wanted = [line for line in lines if re.match(r"torch(vision)?\b(?!-)", line)]
    return [([*start, "--index-url", index, *(wanted or ["torch", "torchvision"])], alone), rest]


def requirements_text(path):
    """Return the lines of a file of requirements and of those that it includes, without comments."""
    lines = []
    for line in path.read_text("utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("-r "):
            lines += requirements_text(path.parent / line[3:].strip())
        elif line:
            lines.append(line)
    return lines
