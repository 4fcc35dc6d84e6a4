"""Stop code that runs for too long, and tell the next kernel when nothing but its end could stop it."""

import contextlib
import faulthandler
import hashlib
import json
import linecache
import os
import re
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

from IPython import get_ipython

HERE = Path(__file__).resolve().parent


class TimeLimit:
    """Stop code that runs for longer than it may, whatever it does.

    When the time is up, the code is interrupted as by the stop button, again and again, because a bare ``except:`` may
    swallow an interrupt. Some code cannot be interrupted: a call into C that does not return or, on Python 3.10, a
    loop whose body is a ``try:``, which lets neither signals nor other threads have their turn. If the code still runs
    after `GRACE` more seconds, `faulthandler` ends the process from a thread that needs nothing of Python, and writes
    where the code was into a file.

    Only the main thread can be interrupted; in another thread, the end of the process is the only means. There is one
    timer of `faulthandler` in a process: who else uses it (pytest's ``faulthandler_timeout``) loses it here.

    Parameters
    ----------
    seconds : float
        How long the code may run.
    file : file object, optional
        Where the end of the process is reported; it needs a ``fileno``. The default is the process's own stderr.

    Attributes
    ----------
    late : bool
        Whether the time is up.
    """

    GRACE = 20
    AGAIN = 0.3

    def __init__(self, seconds, file=None):
        self.seconds = seconds
        self.late = False
        self._file = file or sys.__stderr__ or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._interrupt_when_late, name="time limit", daemon=True)
        self._handler_before = None

    def start(self):
        """Begin to count."""
        in_main_thread = threading.current_thread() is threading.main_thread()
        try:
            # Our own handler, since the one that we find may ignore interrupts: nohup and `make test &` arrange that.
            # None is a handler that was not set in Python: it could not be put back, so we leave it.
            if in_main_thread and signal.getsignal(signal.SIGINT) is not None:
                self._handler_before = signal.signal(signal.SIGINT, self._on_interrupt)
                self._watcher.start()
            faulthandler.dump_traceback_later(self.seconds + self.GRACE, exit=True, file=self._file)
        except BaseException:  # the stop button at this very moment: never leave a timer behind
            self.stop()
            raise

    def stop(self):
        """End the count, and put the handler of interrupts back that was there before; may be called twice."""
        self._over.set()
        if self._watcher.is_alive():
            self._watcher.join()
        faulthandler.cancel_dump_traceback_later()  # after the watcher's end, since the watcher may start it anew
        if self._handler_before is not None:
            signal.signal(signal.SIGINT, self._handler_before)
            self._handler_before = None

    def _interrupt_when_late(self):
        pause = self.seconds
        while not self._over.wait(pause):
            if not self.late and _is_in_a_debugger():  # somebody looks around there: the time begins anew
                faulthandler.dump_traceback_later(self.seconds + self.GRACE, exit=True, file=self._file)
                continue
            self.late = True
            if hasattr(signal, "pthread_kill"):  # wakes the main thread when it sleeps
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            else:  # Windows
                signal.raise_signal(signal.SIGINT)
            pause = self.AGAIN

    def _on_interrupt(self, number, frame):
        if self._over.is_set() and self.late:
            return  # ours, and it comes too late
        if self.late or self._handler_before == signal.SIG_DFL:
            raise KeyboardInterrupt
        if callable(self._handler_before):
            self._handler_before(number, frame)  # the reader pressed stop


def _is_in_a_debugger():
    """Whether the main thread stands in a debugger: `breakpoint()` in the reader's code, or that of JupyterLab."""
    frame = sys._current_frames().get(threading.main_thread().ident)
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.stem in ("bdb", "pdb") or "pydevd" in path.name:
            return True
        frame = frame.f_back
    return False


class Note:
    """A note in a temporary file, from a kernel that a check has to end to the next kernel of the same notebook.

    It is written before the check begins, since nothing can be written once Python is stuck, and removed when the check
    has ended. `TimeLimit` adds where the code was (`faulthandler` writes into the same file), so a note that says that
    is one of a kernel that was ended.

    Parameters
    ----------
    number : str
        The number of the exercise.
    seconds : float
        How long the check may take until the kernel is ended.
    """

    def __init__(self, number, seconds):
        self.file = None
        sources = {}  # what the cells of the notebook say: the next kernel does not know them any more
        for path, entry in list(linecache.cache.items()):
            if len(entry) == 4 and entry[1] is None:  # no file on disk
                name = path.encode("ascii", "backslashreplace").decode()  # as faulthandler writes it
                sources[name] = "".join(entry[2])
        note = {"number": number, "seconds": seconds, "sources": sources}
        with contextlib.suppress(OSError):  # nowhere to write: then the kernel is ended without a word
            self.file = tempfile.NamedTemporaryFile(  # noqa: SIM115 (open until the check has ended)
                "w", encoding="utf-8", prefix=self._prefix(), suffix=".note", delete=False
            )
            self.file.write(json.dumps(note) + "\n")
            self.file.flush()

    @staticmethod
    def _prefix():
        """Return how the names of all notes of this notebook in this checkout begin."""
        variables = getattr(get_ipython(), "user_ns", {})  # VS Code puts the path of the notebook there
        name = os.environ.get("JPY_SESSION_NAME") or variables.get("__vsc_ipynb_file__", "")
        notebook = f"{HERE} {name}"
        return f"course-{hashlib.sha256(notebook.encode()).hexdigest()[:16]}-"

    def remove(self):
        """Remove the note: the check has ended."""
        if self.file is not None:
            with contextlib.suppress(OSError):
                self.file.close()
                Path(self.file.name).unlink()

    @classmethod
    def read_all(cls):
        """Return what the notes of kernels that were ended say, by the number of the exercise; remove these notes."""
        texts = {}
        for path in sorted(Path(tempfile.gettempdir()).glob(f"{cls._prefix()}*.note")):
            with contextlib.suppress(OSError, ValueError, LookupError, TypeError, AttributeError):  # no whole note
                head, _, dump = path.read_text("utf-8", "replace").partition("\n")
                day_old = time.time() - path.stat().st_mtime > 24 * 60 * 60
                if dump or day_old:  # else its check may be running now
                    path.unlink()
                if dump:
                    note = json.loads(head)
                    texts[note["number"]] = cls._text(note, dump)
        return texts

    @staticmethod
    def _text(note, dump):
        """Return the sentences that a reader gets to see."""
        text = f"Its check did not end within {note['seconds']:g} seconds and could not be stopped in any other way, "
        text += "so the kernel was ended. Everything that the notebook had computed is gone.\n"
        for path, line, function in re.findall(r'^  File "(.*)", line (\d+) in (.*)$', dump, re.M):
            lines = note["sources"].get(path, "").splitlines()
            if 0 < int(line) <= len(lines):  # else a line of a library
                place = "" if function == "<module>" else f", in {function}"
                text += f"The kernel was held by line {line} of your cell{place}: {lines[int(line) - 1].strip()}\n"
                break
        return text + "Does a loop never end? Correct your cell, and run all cells again from the top."
