"""
Make the course's virtual environment, or bring it up to date: python3 -m tools.install lessons (or: slides, …).

Needs only Python's standard library. What works stays until its replacement works: a new environment is made beside
the old one and takes its place at the end; a group of requirements is added in place. Whatever interrupts it, the next
run finishes the work or cleans up.
"""

import argparse
import sys
from pathlib import Path

from tools.installer import lock as install_lock
from tools.installer.causes import Problem, from_system
from tools.installer.environment import Work
from tools.installer.groups import GROUPS, wanted
from tools.installer.interpreter import ask, check_python, is_new_enough, named_python, this_python
from tools.installer.log import say
from tools.installer.place import Place, interpreter_of, read_stamp, recover, refused, venv_python
from tools.installer.words import Wish, elsewhere, typed
from tools.publish import chromium

ROOT = Path(__file__).resolve().parent.parent


def is_ready(place, group, version=None, cpu=None):
    """
    Whether a group is installed, as its stamp says, and its packages are there: reads files and starts nothing.

    Parameters
    ----------
    place : place.Place
    group : str
        A key of `GROUPS`.
    version : str, optional
        The version of Python that was asked for.
    cpu : bool, optional
        Whether PyTorch's CPU build was asked for, or the usual one.
    """
    stamp = read_stamp(place.env)
    packages = stamp.get("packages", {}).get(group, ())  # older stamps do not name them
    return (
        not stamp.get("changing")
        and stamp.get("path") == str(place.env)
        and stamp.get("groups", {}).get(group) == wanted(place.root, group)
        and stamp.get("interpreter") == interpreter_of(place.env) != ""
        and version in (None, stamp.get("python"))
        and cpu in (None, stamp.get("build") == "cpu")
        and all((place.env / folder).is_dir() for folder in packages)
    )


def install(group, root=ROOT, wish=None, options=()):
    """
    Bring the environment up to date for a group of requirements.

    Parameters
    ----------
    group : str
        "lessons", "slides", "slideshow" or "tests".
    root : pathlib.Path
        The course.
    wish : Wish, optional
        What the user named.
    options : sequence of str
        More options for pip.

    Returns
    -------
    pathlib.Path
        The environment.

    Raises
    ------
    Problem
        With a sentence that says what is wrong and what to type.
    """
    wish = wish or Wish()
    place = Place(root, wish.venv)
    python = named_python(wish) if wish.python else None
    version, cpu = python.version if python else None, real_cpu(wish)
    if not is_ready(place, group, version, cpu) or (place.leftovers() and install_lock.is_free(place.lock)):
        bring_up_to_date(place, group, wish, python, options)
    tell_python(place, wish)
    return place.env


def bring_up_to_date(place, group, wish, python, options):
    """Do what is missing, one process at a time."""
    place.check(elsewhere(wish))
    work = Work(place, group, wish, options=options)
    try:
        with install_lock.locked(place.lock, place.name, say) as lock:
            work.lock = lock
            do_what_is_missing(work, python)
    except OSError as error:
        if str(error.filename) == str(place.lock):
            raise refused(error, elsewhere(wish)) from None
        raise from_system(error, place.log, **work.words()) from None


def do_what_is_missing(work, python):
    """Finish what was interrupted, and install what is still missing then: call it only while holding the lock."""
    place, group = work.place, work.group
    version, cpu = python.version if python else None, real_cpu(work.wish)
    ready = is_ready(place, group, version, cpu)
    try:
        if recover(place):
            say(f"Cleaned up what an interrupted installation had left beside {place.name}.")
    except Problem as problem:
        if not ready:
            raise
        say(f"{problem}\nGoing on with what is installed.")
        return
    if not is_ready(place, group, version, cpu):
        do_work(work, python, cpu)


def do_work(work, python, cpu):
    """Add to the environment what it lacks, or make a new one."""
    place, wish = work.place, work.wish
    there = ask(venv_python(place.env)) if place.env.exists() else None
    reason = reason_for_new(place, there, python, cpu)
    keep_cpu = has_cpu_build(place.env) if cpu is None else cpu
    if reason or not work.in_place(keep_cpu, there.version):
        maker = python or this_python()
        check_python(maker, wish)
        if reason and place.env.exists() and any(place.env.iterdir()):
            say(f"{place.name} {reason}: making a new one, which will take its place when it works.")
        work.beside(maker, keep_cpu)
    say("Installed.")


def reason_for_new(place, there, python, cpu):
    """
    Return why the environment cannot be kept, as the end of a sentence; "" when it can.

    Parameters
    ----------
    place : place.Place
    there : interpreter.Python or None
        What the environment's interpreter says of itself; None when it does not start.
    python : interpreter.Python or None
        The interpreter that was named.
    cpu : bool or None
        The build that was named.
    """
    if there is None:
        return "does not work any more"
    if not is_new_enough(there.version):
        return f"has Python {there.version}, which is too old"
    recorded = read_stamp(place.env).get("python", there.version)
    if recorded != there.version:
        return f"was made with Python {recorded}, which is not here any more"
    if python and python.version != there.version:
        return f"has Python {there.version}, and Python {python.version} was named"
    if cpu is not None and cpu != has_cpu_build(place.env):
        return "has the usual build of PyTorch" if cpu else "has PyTorch's CPU build"
    return ""


def real_cpu(wish):
    """Return the build that was named; None where there is only one (macOS and Windows)."""
    return wish.cpu if sys.platform == "linux" else None


def has_cpu_build(env):
    """Whether PyTorch's CPU build is installed, as its stamp or its version says."""
    build = read_stamp(env).get("build")
    if build:
        return build == "cpu"
    return any(env.glob("lib*/python*/site-packages/torch-*+cpu.dist-info"))


def tell_python(place, wish):
    """Say in one line that another Python than the one at hand stays in use; asks nothing."""
    there, here = read_stamp(place.env).get("python"), f"{sys.version_info[0]}.{sys.version_info[1]}"
    if there and there != here and not wish.python:
        say(f"{place.name} has Python {there} and keeps it. For Python {here}: {typed(wish, python='python' + here)}")


def still_works(root=ROOT, wish=None):
    """Whether the lessons were installed once and can be imported, though they are not up to date."""
    wish = wish or Wish()
    place = Place(root, wish.venv)
    if "lessons" not in read_stamp(place.env).get("groups", {}) or not interpreter_of(place.env):
        return False
    try:
        place.check("")
    except Problem:
        return True  # cannot be written to: nothing can have been changed in it, either
    return not Work(place, "lessons", wish).prove(place.env, "--only-import")


def main(arguments=None):
    """Install the group that the command line names; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0], allow_abbrev=False)
    parser.add_argument("group", choices=GROUPS, help="what to install")
    parser.add_argument("--python", help="the Python to take, such as python3.12")
    parser.add_argument("--cpu", action="store_true", default=None, help="take PyTorch's CPU build")
    parser.add_argument("--venv", help="the folder to install into (default: COURSE_VENV or .venv)")
    given = parser.parse_args(arguments)
    command = {"lessons": "lab", "slideshow": "lab", "slides": "slides", "tests": "test"}[given.group]
    try:
        install(given.group, ROOT, Wish(given.python, given.cpu, given.venv, command))
        if given.group == "tests":
            chromium.install()
    except Problem as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        say("Stopped. What was installed before works as before; the same command goes on.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
