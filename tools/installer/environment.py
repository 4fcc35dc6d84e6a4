"""The work on an environment while its lock is held: make it beside the old one, or add to it, and prove it."""

import os
import shutil
import sys
import time
from pathlib import Path

from tools.installer import lock as install_lock
from tools.installer import programs
from tools.installer import space as install_space
from tools.installer.causes import Problem, cause_of, sentence
from tools.installer.groups import GROUPS, SETTINGS, WHAT, announced, noted_packages, wanted
from tools.installer.log import Progress, bytes_in, run, say
from tools.installer.place import interpreter_of, read_stamp, remove, remove_new, swap, venv_python, write_stamp
from tools.installer.words import elsewhere, other_python, typed

PROOF = Path(__file__).with_name("proof.py")
WORTH_UV = 0.2  # GB to download: below that, fetching uv takes longer than it saves
HOPELESS = {"disk", "path", "memory", "killed"}  # causes for which another tool would fail, too


class Work:
    """
    One installation.

    Parameters
    ----------
    place : place.Place
    group : str
        A key of `GROUPS`.
    wish : words.Wish
    lock : int, optional
        The open file of the lock.
    options : sequence of str
        More options for pip.
    """

    def __init__(self, place, group, wish, lock=None, options=()):
        self.place, self.group, self.wish, self.lock, self.options = place, group, wish, lock, list(options)
        self.requirements = place.root / GROUPS[group][0]
        self.python_version = ""

    def start_log(self):
        """Begin a new log file, with what a helper would ask first."""
        head = f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {self.group}  {sys.platform}  Python {sys.version}\n"
        self.place.log.write_text(head, "utf-8")

    def run(self, command, variables, progress=None):
        """Run a command with the log, and let it inherit the lock."""

        def sign(process):
            if self.lock is not None:
                install_lock.sign(self.lock, process)

        return run(command, self.place.log, variables, progress, self.lock, sign)

    def prove(self, env, *options):
        """Return what is wrong with an environment, as text; "" when it holds what this group asks for."""
        files = [self.place.root / "requirements.txt", self.requirements]
        command = [venv_python(env), "-I", PROOF, *options, *dict.fromkeys(files)]
        try:
            status, output = self.run(command, programs.installer_environment(self.place))
        except OSError as error:
            return str(error)
        return (output.strip() or f"its Python ended with status {status}") if status else ""

    def fill(self, env, cpu, size):
        """Install the group into an environment by uv or pip; stop with a sentence when that fails."""
        variables = programs.installer_environment(self.place)
        uv = programs.find_uv(variables) or self.fetch_uv(env, size, variables)
        for tool in [uv, None] if uv else [None]:
            status, output = self.fill_by(tool, env, cpu, size, variables)
            if not status:
                return
            cause = cause_of(output, status)
            if tool is None or cause in HOPELESS or not self.has_pip(env):
                break
            say("uv could not install it; trying again with pip.")
        raise Problem(sentence(cause, output, self.place.log, **self.words()), cause)

    def has_pip(self, env):
        """Whether an environment has got pip; some are made without."""
        status, _ = self.run([venv_python(env), "-I", "-c", "import pip"], programs.installer_environment(self.place))
        return not status

    def fetch_uv(self, env, size, variables):
        """Return the command of uv, fetched for this installation; None where that is not worth it or fails."""
        if size.download < WORTH_UV or programs.is_pip_configured(variables):
            return None
        folder = self.place.temporary / "uv"
        self.place.temporary.mkdir(exist_ok=True)
        self.run(programs.fetch_uv_command(env, folder), variables)  # a failure is in the log; pip goes on
        program = programs.uv_in(folder)
        return [str(program)] if program else None

    def words(self):
        """Return what to type, for the sentences about causes."""
        words = {"again": typed(self.wish), "elsewhere": elsewhere(self.wish), "python": self.python_version}
        return words | {"other_python": other_python(self.wish, self.python_version)}

    def fill_by(self, uv, env, cpu, size, variables):
        """Run the commands of one tool, with a bar; return the exit status and the output of the last one."""
        self.place.temporary.mkdir(exist_ok=True)
        name = "uv" if uv else "pip"
        cache = install_space.cache_of(name, variables)
        keep = install_space.cache_has_room(cache, self.place, size, name)
        before = install_space.free(cache)

        def downloaded():
            if uv and keep:  # into a cache that holds other things, too
                return max(0, (before - install_space.free(cache)) * install_space.GB)
            return bytes_in(self.place.temporary)

        progress = Progress(size, downloaded, env)
        status, output = 0, ""
        for command, more in programs.commands(env, self.requirements, variables, cpu, uv, keep, self.options):
            status, output = self.run(command, variables | more, progress)
            if status:
                break
        return status, output

    def finish(self, env, cpu):
        """Copy the settings of JupyterLab, and write down what is installed now."""
        settings = env / "share" / "jupyter" / "lab" / "settings"
        settings.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.place.root / SETTINGS, settings / "overrides.json")
        stamp = read_stamp(env)
        stamp.pop("changing", None)
        groups, packages = stamp.setdefault("groups", {}), stamp.setdefault("packages", {})
        for other, names in GROUPS.items():  # what this group includes need not be installed once more
            if set(names) <= set(GROUPS[self.group]):
                groups[other] = wanted(self.place.root, other)
                packages[other] = noted_packages(self.place.root, env, other)
        stamp |= {"path": str(env), "python": self.python_version, "interpreter": interpreter_of(env)}
        stamp["build"] = "cpu" if cpu else "usual"
        write_stamp(env, stamp)

    def beside(self, python, cpu):
        """
        Make a new environment, which takes the place of the old one when it works.

        Parameters
        ----------
        python : interpreter.Python
        cpu : bool
            Whether to take PyTorch's CPU build.
        """
        place, self.python_version = self.place, python.version
        size = install_space.size_of(place.root, self.group, cpu)
        self.check_room(size, cpu)
        self.propose_cpu(size, cpu)
        place.claim_new(elsewhere(self.wish))
        self.start_log()
        place.temporary.mkdir(exist_ok=True)
        try:
            self.make(python)
            cpu = self.fill_new(cpu, size)
            say("Trying the packages ...")
            wrong = self.prove(place.new, "--import")
            if wrong:
                raise self.broken(wrong)
            self.finish(place.new, cpu)
        except BaseException:  # also Ctrl+C: what is not proved to work is of no use
            remove_new(place)
            raise
        finally:
            remove(place.temporary)
        swap(place)  # where that cannot be, the new one stays: `recover` does it in the next run

    def broken(self, wrong):
        """Return the Problem of a new installation whose packages cannot be imported."""
        cause = cause_of(wrong, 1)
        if cause == "runtime":
            return Problem(sentence(cause, wrong, self.place.log, **self.words()), cause)
        return Problem(f"The new installation does not work: {wrong.splitlines()[-1]}\nThe whole log: {self.place.log}")

    def make(self, python):
        """Make an empty virtual environment beside the old one."""
        place = self.place
        say(f"Making a virtual environment with Python {python.version} in {place.name} ...")
        command = [python.path, "-m", "venv", "--prompt", place.shown.name, place.new]
        status, output = self.run(command, programs.installer_environment(place))
        if status:
            cause = cause_of(output, status)
            raise Problem(sentence(cause, output, place.log, **self.words()), cause)

    def fill_new(self, cpu, size):
        """Fill the new environment, without the CPU build where that cannot be had; return whether it has got that."""
        say(f"Installing {WHAT[self.group]}{announced(size)} ...")
        try:
            self.fill(self.place.new, cpu, size)
            return cpu
        except Problem as problem:
            if not cpu or problem.cause in HOPELESS | {"permission"}:
                raise
            text = f"PyTorch's CPU build cannot be had here: {why_no_cpu(problem)}"
            if read_stamp(self.place.env).get("groups"):
                text += f" The usual build, which is installed, stays.\nThe whole log: {self.place.log}"
                raise Problem(text, problem.cause) from None
            say(text)
        say("Taking the usual build instead.")
        size = install_space.size_of(self.place.root, self.group, False)
        self.check_room(size, False)
        self.fill(self.place.new, False, size)
        return False

    def in_place(self, cpu, version):
        """
        Add what the group asks for to the environment.

        Returns
        -------
        bool
            Whether the environment is whole now; if not, a new one has to be made.
        """
        place, self.python_version = self.place, version
        stamp = read_stamp(place.env)
        try:
            self.start_log()
            if self.prove(place.env):
                self.add(cpu, stamp)
            self.finish(place.env, cpu)
        except PermissionError as error:
            raise Problem(
                f"{place.name} lacks some packages, and {error.filename or 'it'} cannot be written to "
                f"({error.strerror}). Take a folder of your own: {elsewhere(self.wish)}",
                "permission",
            ) from None
        except Broken:
            return False
        finally:
            remove(place.temporary)
        return True

    def add(self, cpu, stamp):
        """Install into the environment and prove it; raises Broken when it cannot be whole afterwards."""
        place, interrupted = self.place, stamp.get("changing")
        if not programs.find_uv(programs.installer_environment(place)) and not self.has_pip(place.env):
            say(f"{place.name} has no pip to add packages with: making a new one beside it.")
            raise Broken
        size = install_space.size_of(place.root, self.group, cpu, stamp.get("groups", ()))
        self.check_room(size, cpu)
        say(f"Adding to {place.name}: {WHAT[self.group]}{announced(size)} ...")
        if stamp:
            write_stamp(place.env, stamp | {"changing": self.group})
        try:
            self.fill(place.env, cpu, size)
        except Problem as problem:
            remove(place.temporary)
            works = not self.prove(place.env, "--only-import")
            if stamp and works:  # nothing is lost: what was there before is there
                write_stamp(place.env, {key: value for key, value in stamp.items() if key != "changing"})
            if not works and problem.cause == "other" and interrupted:
                raise Broken from None
            raise
        wrong = self.prove(place.env, "--import")
        if wrong:
            say(f"{place.name} is damaged ({wrong.splitlines()[0]}): making a new one beside it.")
            raise Broken

    def check_room(self, size, cpu):
        """Stop with a sentence when the disk is too small."""
        smaller = typed(self.wish, cpu=True) if install_space.has_large_build() and not cpu else ""
        install_space.check_room(self.place, size, elsewhere(self.wish), smaller)

    def propose_cpu(self, size, cpu):
        """Say that the CPU build would do where there is no GPU; asks nothing."""
        large = install_space.has_large_build() and size != install_space.NOTHING
        if cpu or self.wish.cpu is not None or not large or install_space.has_gpu():
            return
        small = install_space.size_of(self.place.root, self.group, True)
        say(
            f"There is no driver for a GPU here: {typed(self.wish, cpu=True)} would download about "
            f"{small.download:.1f} GB instead of {size.download:.1f} GB, and take {small.installed:.1f} GB of disk "
            f"instead of {size.installed:.1f} GB. (Going on with the usual build; Ctrl+C stops.)"
        )


class Broken(Exception):
    """An environment that cannot be mended in place."""


def why_no_cpu(problem):
    """Return why PyTorch's index of CPU builds did not help, as a sentence."""
    index = os.environ.get("COURSE_TORCH") or programs.CPU_INDEX
    if problem.cause in ("network", "proxy", "certificate", "server"):
        return f"{index} could not be reached."
    return problem.args[0].splitlines()[0]
