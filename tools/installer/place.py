"""Where the installation is: the environment's folder, what lies beside it while it is worked on, and its stamp."""

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

from tools.installer.causes import Problem
from tools.writing import rename

STAMP = "course.json"  # in the environment: what is installed there, and for which path its scripts are written


class Place:
    """
    The folders of one installation.

    Parameters
    ----------
    root : pathlib.Path
        The course.
    named : str, optional
        The environment's folder, also relative to `root`; without it the one that COURSE_VENV names, or `.venv`.

    Attributes
    ----------
    shown : pathlib.Path
        The environment as the user names it; may be a link.
    env : pathlib.Path
        The folder itself.
    new : pathlib.Path
        Its replacement while that is made. Its name is as long as the one of `env`, so that a path inside of a
        program (Windows) can be changed without moving what comes after it. Two environments side by side can have
        the same one (`env1` and `env2` have `env_`), and a stranger's folder can have that name, too.
    mark : pathlib.Path
        A file that is there while `new` is of this installation. Without it, `new` is not touched.
    work : pathlib.Path
        Beside the environment: log, lock, temporary files, and the old environment until it is deleted.
    """

    def __init__(self, root, named=None):
        named = named or os.environ.get("COURSE_VENV") or ".venv"
        self.root = Path(root)
        self.shown = self.root / Path(named).expanduser()
        self.env = Path(os.path.realpath(self.shown))
        last = "-" if self.env.name.endswith("_") else "_"
        self.new = self.env.with_name(self.env.name[:-1] + last)
        self.work = self.env.with_name(self.env.name + "-install")
        self.mark = self.work / "new"
        self.old = self.work / "old"
        self.temporary = self.work / "tmp"
        self.log = self.work / "install.log"
        self.lock = self.work / "lock"

    @property
    def name(self):
        """The environment as messages name it: `.venv`, or its whole path when it is elsewhere."""
        inside = self.shown.parent == self.root
        return self.shown.name if inside else str(self.shown)

    def leftovers(self):
        """Return what an interrupted installation has left behind: files and folders."""
        paths = [self.old, self.temporary, self.mark]
        if is_there(self.mark):
            paths.append(self.new)
        return [path for path in paths if is_there(path)]

    def claim_new(self, elsewhere):
        """
        Mark the folder of the new environment as one of this installation, before it is made.

        Parameters
        ----------
        elsewhere : str
            What to type to have it in another folder.

        Raises
        ------
        Problem
            When there is something that is not known to be of this installation.
        """
        remove_new(self)
        if self.new.exists() or self.new.is_symlink():
            raise Problem(
                f"{self.new} is in the way: a new installation is made there before it takes the place of "
                f"{self.name}. If it belongs to another environment whose name differs in the last letter, let that "
                "installation end first. If an interrupted installation has left it (earlier versions of the course "
                f"did not mark theirs), delete it. Else name another folder: {elsewhere}"
            )
        self.mark.touch()

    def check(self, elsewhere):
        """
        Stop with a sentence when the environment cannot be here; make the folder beside it.

        Parameters
        ----------
        elsewhere : str
            What to type to have it in another folder.
        """
        try:
            self.check_folder(elsewhere)
        except OSError as error:
            raise Problem(
                f"{error.filename} cannot be read ({error.strerror}), so nothing can be installed there. Name a folder "
                f"of your own: {elsewhere}",
                "permission",
            ) from None
        try:
            self.work.mkdir(parents=True, exist_ok=True)
            (self.work / ".gitignore").write_text("*\n", "utf-8")
        except OSError as error:
            raise refused(error, elsewhere) from None

    def check_folder(self, elsewhere):
        """Stop with a sentence when what is in the place of the environment is none, and must not be replaced."""
        waiting = not {self.old, self.new}.isdisjoint(self.leftovers())
        if self.shown.is_symlink() and not self.env.exists() and not waiting:
            raise Problem(
                f"{self.name} is a link to {self.env}, which is not there. Connect its disk, or make that folder, "
                f"or remove the link: {self.shown}"
            )
        if self.env.exists() and not self.env.is_dir():
            raise Problem(f"{self.shown} is a file. Name a folder: {elsewhere}")
        if self.env.is_dir() and not is_environment(self.env) and any(self.env.iterdir()):
            raise Problem(f"{self.shown} holds other things than an installation of Python. Name another: {elsewhere}")
        if os.path.ismount(self.env):  # Windows has no Path.is_mount before Python 3.12
            raise Problem(f"{self.shown} is a whole disk. Name a folder on it: {elsewhere}")


def refused(error, elsewhere):
    """
    Say which file or folder could not be written to.

    Parameters
    ----------
    error : OSError
        What happened while a file or folder was made; where that is not there, the folder around it refused it.
    elsewhere : str
        What to type to have the installation in another folder.

    Returns
    -------
    Problem
    """
    path = Path(error.filename)
    while not is_there(path) and path != path.parent:
        path = path.parent
    what = "folder" if path.is_dir() else "file"
    return Problem(
        f"The {what} {path} cannot be written to ({error.strerror}), so nothing can be installed there. Name a folder "
        f"of your own: {elsewhere}",
        "permission",
    )


def is_there(path):
    """Whether a file or folder is there and may be seen."""
    try:
        return path.exists()
    except OSError:
        return False


def is_environment(folder):
    """Whether a folder looks like a virtual environment, also a broken one."""
    return (folder / "pyvenv.cfg").exists() or venv_python(folder).is_symlink() or (folder / STAMP).exists()


def venv_python(env):
    """Return the path of the interpreter in a virtual environment."""
    return env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def interpreter_of(env):
    """Return the path of the interpreter that an environment was made from; "" when it is gone."""
    python = venv_python(env)
    if not is_there(python):
        return ""
    if os.name != "nt":
        return os.path.realpath(python)
    try:
        lines = (env / "pyvenv.cfg").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    homes = [line.partition("=")[2].strip() for line in lines if line.startswith("home")]
    return homes[0] if homes and Path(homes[0]).is_dir() else ""


def read_stamp(env):
    """Return what an environment says about itself; an empty dictionary when it says nothing that can be read."""
    try:
        stamp = json.loads((env / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(env, stamp):
    """Write the stamp beside its place and rename it, so that it is whole at any moment."""
    beside = env / (STAMP + ".part")
    beside.write_text(json.dumps(stamp, indent=1, sort_keys=True) + "\n", "utf-8")
    beside.replace(env / STAMP)


def fingerprint(root, names):
    """Return a text that changes when one of the files of this name changes."""
    content = b"".join((root / name).read_bytes() for name in names)
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def settle(env):
    """
    Write an environment's path into its scripts, where it has got another one: after a rename, or in a moved course.

    Programs of Windows hold the path too. Each file is replaced at once; the stamp follows last.
    """
    stamp = read_stamp(env)
    before = stamp.get("path")
    if not before or before == str(env):
        return
    for path in [env / "pyvenv.cfg", *venv_python(env).parent.iterdir()]:
        if path.is_symlink() or not path.is_file() or path.stem.startswith("python"):
            continue
        content = path.read_bytes()
        changed = content.replace(os.fsencode(before), os.fsencode(env))
        if changed != content:
            beside = path.with_name(path.name + ".part")
            beside.write_bytes(changed)
            shutil.copymode(path, beside)
            beside.replace(path)
    stamp["path"] = str(env)
    write_stamp(env, stamp)


def swap(place):
    """Put the new environment, which works, in the place of the old one, and delete the old one."""
    try:
        if place.env.exists():
            remove(place.old)
            rename(place.env, place.old)
        rename(place.new, place.env)
        place.mark.unlink(missing_ok=True)
    except OSError as error:
        if place.old.exists() and not place.env.exists():
            rename(place.old, place.env)
        raise Problem(in_use(place, error), "permission") from None
    settle(place.env)
    remove(place.old)


def in_use(place, error):
    """Say why the new environment could not take the old one's place, and what to do so that the next run can."""
    text = f"The new installation works, but it could not take the place of {place.shown} ({error.strerror}). "
    if Path(sys.prefix).resolve() == place.env:
        text += "This command runs in the old one itself: type `deactivate` first. "
    cure = "Another program reads it at this moment, such as a virus scanner. Wait a minute"
    if place.env.exists():
        cure = "End the programs that use the old one (JupyterLab, for example)"
    return f"{text}It waits in {place.new}. {cure}, and type the same again: nothing is downloaded once more."


def recover(place):
    """
    Finish or clean up what an interrupted run has left: call it only while holding the lock.

    Returns
    -------
    bool
        Whether there was anything.
    """
    if not place.leftovers():
        settle_if_possible(place.env)
        return False
    if place.mark.exists() and read_stamp(place.new).get("groups"):  # it had been proved: only renames were missing
        swap(place)
    elif not place.env.exists() and place.old.exists():
        rename(place.old, place.env)
    remove_new(place)
    remove(place.old)
    remove(place.temporary)
    settle_if_possible(place.env)
    return True


def settle_if_possible(env):
    """Call `settle`; an environment that may not be written to stays as it is."""
    try:
        settle(env)
    except OSError:
        return


def remove_new(place):
    """Delete the new environment if it is of this installation, and then its mark."""
    if not place.mark.exists():
        return
    remove(place.new)
    if not place.new.exists():
        place.mark.unlink(missing_ok=True)


def remove(folder):
    """Delete a folder; what cannot be deleted stays for the next time."""
    if folder.is_symlink():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)
