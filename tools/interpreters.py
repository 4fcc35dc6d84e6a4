"""Find the Pythons of this machine that the course can run on: 3.10 and later.

python -m tools.interpreters     list them
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 10)
NEWEST = (3, 20)  # far ahead, so that nobody has to come back with every new Python
ASK = """import sys, sysconfig
print(*sys.version_info[:3])
print(getattr(sys, "_base_executable", "") or sys.executable)
print(sysconfig.get_config_var("Py_GIL_DISABLED") or 0)"""


def found():
    """Return the Pythons of this machine as a list of (version, path), oldest first, each real one once.

    The version is a text such as "3.12.1". Looked at are the Python that runs this, ``python3.10`` and later on PATH,
    and the versions of pyenv. A path is asked before it is believed: pyenv puts a ``python3.12`` on PATH that answers
    only in some folders. A virtual environment counts as the Python that it was made with.
    """
    interpreters = {}
    for candidate in _candidates():
        answer = _ask(candidate)
        if answer and answer[0] >= OLDEST:
            version, path = answer
            interpreters.setdefault(path, version)
    in_order = sorted(interpreters.items(), key=lambda item: (item[1], str(item[0])))
    return [(".".join(map(str, version)), path) for path, version in in_order]


def _candidates():
    """Return the paths where a Python may be, as they are called."""
    paths = [sys.executable]
    names = ["python3", "python", *(f"python3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1))]
    for folder in os.get_exec_path():
        for name in names:
            path = shutil.which(name, path=folder)
            if path:
                paths.append(path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for folder in sorted(pyenv.glob("versions/*")) + sorted(pyenv.glob("pyenv-win/versions/*")):
        for place in ("bin/python", "python.exe"):
            if (folder / place).exists():
                paths.append(str(folder / place))
    return list(dict.fromkeys(paths))


def _ask(path):
    """Return the version, as three numbers, and the real path of a Python; None where it does not answer."""
    try:
        command = [path, "-I", "-X", "utf8", "-c", ASK]
        reply = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=30)
        version, executable, is_free_threaded = reply.stdout.splitlines()
        if is_free_threaded != "0":  # a build for which many packages have no wheels
            return None
        return tuple(map(int, version.split())), Path(executable).resolve()
    except (OSError, ValueError, subprocess.TimeoutExpired):  # none, another program, a shim without a version
        return None


def main():
    """List the Pythons that were found."""
    for version, path in found():
        print(f"{version:10} {path}")


if __name__ == "__main__":
    main()
