"""One installation at a time: a lock of the operating system, which vanishes with the process that holds it."""

import contextlib
import errno
import os
import time

if os.name == "nt":
    import msvcrt
else:
    import fcntl

BYTE = 1_000_000  # Windows: the byte that is locked, far behind the text, which others must be able to read
BUSY = {errno.EACCES, errno.EAGAIN, errno.EDEADLK, errno.EWOULDBLOCK}


def take(file):
    """
    Take the lock if it is free.

    Returns
    -------
    bool or None
        Whether it is ours now; None where the file system has no locks.
    """
    try:
        if os.name == "nt":
            os.lseek(file, BYTE, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in BUSY else None
    return True


def sign(file, child=0):
    """Write down who holds the lock (this process, and the child that inherits it), and since when."""
    text = f"{os.getpid()} {child} {time.strftime('%Y-%m-%d %H:%M')}"
    os.lseek(file, 0, os.SEEK_SET)
    os.write(file, text.ljust(60).encode() + b"\n")


def is_alive(process):
    """Whether a process of this number runs (Windows: taken for granted, since the lock is held)."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def waiting_text(path, name):
    """Say what is waited for, since when, and how to end it."""
    try:
        process, child, *since = path.read_text("utf-8").split()
        process = int(process) if is_alive(int(process)) else int(child)
    except (OSError, ValueError):
        return f"Another installation is at work on {name}: waiting for it. Ctrl+C ends the waiting."
    end = f"taskkill /F /T /PID {process}" if os.name == "nt" else f"kill {process}"
    return (
        f"Another installation is at work on {name} (process {process}, since {' '.join(since)}): waiting for it. "
        f"Ctrl+C ends the waiting; to end the other one, type: {end}"
    )


@contextlib.contextmanager
def locked(path, name, say, pause=0.5):
    """
    Hold the lock while the block runs; wait for others first.

    Parameters
    ----------
    path : pathlib.Path
        The file that is locked. It stays there: deleting it would let two processes lock two files.
    name : str
        What it guards, for the message.
    say : callable
        Prints a line.
    pause : float
        Seconds between two tries.

    Yields
    ------
    int
        The open file. A child that inherits it holds the lock too.
    """
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        told = False
        while True:
            mine = take(file)
            if mine:
                break
            if mine is None:
                say(f"The disk of {name} has no locks: do not start a second installation there at the same time.")
                break
            if not told:
                say(waiting_text(path, name))
                told = True
            time.sleep(pause)
        sign(file)
        yield file
    finally:
        os.close(file)


def is_free(path):
    """Whether nobody holds the lock at this moment; one that must not be opened is somebody else's."""
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        return take(file) is not False
    finally:
        os.close(file)
