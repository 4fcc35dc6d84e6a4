"""Run pip or uv: the whole output goes to a file, and one sees one bar (without a terminal: a line now and then)."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

MB = 1_000_000
UNPACKING = 60 * MB  # bytes a second; only to guess how long unpacking will take while nothing has been unpacked
LINE_EVERY = 30.0  # seconds between two lines where there is no terminal


def say(text):
    """Print at once, also where the output is a file or knows few letters."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    print(text.encode(encoding, "replace").decode(encoding), flush=True)


def bytes_in(folder):
    """Return the bytes of all files in a folder; what vanishes meanwhile does not count."""
    total, waiting = 0, [folder]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
    return total


class Progress:
    """
    How far an installation is: packages, MB, minutes to go.

    Parameters
    ----------
    size : space.Size
        What is expected.
    downloads : callable
        Returns how many bytes have arrived.
    env : pathlib.Path
        Where they are unpacked.
    stream : file, optional
        Where to show it.
    """

    def __init__(self, size, downloads, env, stream=None):
        self.stream = stream or sys.stdout
        self.terminal = self.stream.isatty()
        self.size, self.downloads, self.env = size, downloads, env
        self.before = bytes_in(env)
        self.collected, self.total_packages = 0, 0
        self.downloaded = self.unpacked = self.largest = 0
        self.started = self.shown_at = time.monotonic()
        self.looked_at, self.cost = 0.0, 0.0
        self.width = 0

    def read(self, line):
        """Take in a line that pip or uv printed."""
        if re.match(r"Collecting |Downloading ", line):
            self.collected += line.startswith("Collecting ")
        elif line.startswith("Installing collected packages:"):
            self.total_packages = line.count(",") + 1
        elif re.match(r"(Resolved|Prepared) \d+ packages?", line):
            self.total_packages = int(line.split()[1])

    def look(self):
        """Measure the folders, seldom enough to take a tenth of the time at most."""
        now = time.monotonic()
        if now - self.looked_at < max(1.0, 10 * self.cost):
            return
        self.downloaded = max(self.downloaded, self.downloads())
        self.unpacked = max(0, bytes_in(self.env) - self.before)
        self.looked_at = time.monotonic()
        self.cost = self.looked_at - now

    def text(self):
        """Return the state as one line of plain letters."""
        expected = [self.size.download * 1000 * MB, self.size.installed * 1000 * MB]
        unpacking = bool(self.total_packages) and self.unpacked > 0
        done, whole = (self.unpacked, expected[1]) if unpacking else (self.downloaded, expected[0])
        whole = max(whole, done)
        packages = self.total_packages or max(self.collected, self.size.packages)
        what = "unpacking" if unpacking else "downloading"
        parts = [f"{what} {packages} packages" if packages else what]
        parts.append(f"{done / MB:,.0f}/{whole / MB:,.0f} MB")
        left = self.seconds_left(expected, unpacking)
        if left is not None:
            parts.append(f"{max(1, round(left / 60))} min to go")
        both = self.downloaded + self.unpacked
        fraction = min(0.99, both / sum(expected)) if sum(expected) else 0.0
        if unpacking and expected[1]:
            start = expected[0] / sum(expected)
            fraction = min(0.99, start + (1 - start) * self.unpacked / expected[1])
        self.largest = max(self.largest, fraction)
        bar = "#" * round(16 * self.largest)
        return f"[{bar:-<16}] {self.largest:3.0%} " + ", ".join(parts)  # all of it fits into 80 columns

    def seconds_left(self, expected, unpacking):
        """Return how long it will take at the speed so far; None while that cannot be told."""
        elapsed = time.monotonic() - self.started
        if not sum(expected) or elapsed < 5:
            return None
        if unpacking:
            return max(0, expected[1] - self.unpacked) / UNPACKING
        if self.downloaded < MB:
            return None
        speed = self.downloaded / elapsed
        return max(0, expected[0] - self.downloaded) / speed + expected[1] / UNPACKING

    def show(self):
        """Show the state if it is time to."""
        now = time.monotonic()
        if not self.terminal and now - self.shown_at < LINE_EVERY:
            return
        self.look()
        self.shown_at = now
        line = self.text()
        if not self.terminal:
            say(line)
            return
        line = line[: max(20, shutil.get_terminal_size().columns - 1)]
        self.stream.write("\r" + line.ljust(self.width))
        self.stream.flush()
        self.width = len(line)

    def clear(self):
        """Take the bar away."""
        if self.terminal and self.width:
            self.stream.write("\r" + " " * self.width + "\r")
            self.stream.flush()
            self.width = 0


def run(command, log, environment, progress=None, lock=None, on_start=lambda process: None):
    """
    Run a command whose output goes to a file.

    Parameters
    ----------
    command : list
        What to run.
    log : pathlib.Path
        The file; the output is added to what it holds.
    environment : dict
        The environment variables.
    progress : Progress, optional
        Shown while it runs.
    lock : int, optional
        An open file that the command inherits, so that an orphan still holds its lock.
    on_start : callable
        Called with the number of the process.

    Returns
    -------
    tuple of (int, str)
        The exit status, and what was printed.
    """
    command = [str(part) for part in command]
    inherited = {} if os.name == "nt" or lock is None else {"pass_fds": [lock]}
    lines = []
    with Path(log).open("ab", buffering=0) as file:

        def keep_line(text):
            with contextlib.suppress(OSError):  # a full disk: go on, since a command that nobody reads would hang
                file.write(text.encode("utf-8", "replace"))

        keep_line(f"\n$ {subprocess.list2cmdline(command)}\n")
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,  # a question that nobody sees would wait for ever
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            **inherited,
        )
        on_start(process.pid)

        def keep():
            for line in process.stdout:
                lines.append(line)
                keep_line(line)
                if progress:
                    progress.read(line)

        reader = threading.Thread(target=keep, daemon=True)
        reader.start()
        try:
            while reader.is_alive():
                reader.join(0.5)
                if progress and reader.is_alive():
                    progress.show()
            process.wait()
        except BaseException:  # Ctrl+C above all: nothing goes on in the background
            end(process)
            raise
        finally:
            if progress:
                progress.clear()
            reader.join(5)
    return process.returncode, "".join(lines)


def end(process, patience=10):
    """End a process, by force when it does not listen."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
