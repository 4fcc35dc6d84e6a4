"""Let the installer copy an empty virtual environment: to make one, with pip in it, takes seconds."""

import shutil

from tools.installer import environment
from tools.installer.interpreter import this_python
from tools.installer.log import run
from tools.installer.place import STAMP, settle, write_stamp


def start(empty):
    """
    From here on, what this process would make by `python -m venv` is a copy of an environment, as if made in its place.

    Parameters
    ----------
    empty : pathlib.Path
        An environment that `python -m venv` has made with the Python of this process; another Python makes its own.
    """

    def run_or_copy(command, *arguments, **settings):
        if command[:3] != [this_python().path, "-m", "venv"]:
            return run(command, *arguments, **settings)
        env = command[-1]
        shutil.copytree(empty, env, symlinks=True)
        write_stamp(env, {"path": str(empty)})
        settle(env)  # its programs know where they are
        (env / STAMP).unlink()
        return 0, ""

    environment.run = run_or_copy
