"""Try the README on a new machine: a minimal Debian in a folder, a normal user without a locale, nothing installed.

    python -m tools.fresh_machine FOLDER     make the machine in a folder, try the README there, say what was seen

Needs Linux, root and Debian's `debootstrap` (`make matrix` says why it skips this elsewhere). What is done there is
what the README says: its line for apt, get the course, `make lab`, open a lesson, stop it with Ctrl+C, `make run`.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
RELEASE = "trixie"  # Debian 13
USER = "student"
TOKEN = "fresh"
KEPT = ("http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE")  # how this place reaches the network
ENTER = """
mount --rbind /dev "$0/dev" && mount --bind /proc "$0/proc" && exec chroot "$0" "$@"
"""
ASK = "import sys, torch, matplotlib; print(sys.version.split()[0], torch.__version__, matplotlib.__version__)"


@dataclass
class Seen:
    """What was seen on the machine."""

    python: str = "-"
    torch: str = "-"
    matplotlib: str = "-"
    lessons: str = "-"
    steps: str = "-"
    verdict: str = ""
    seconds: dict = field(default_factory=dict)  # step -> how long it took


class StepError(Exception):
    """A step of the README did not end as it should; the text says which and how."""


def missing():
    """Return why no fresh machine can be made here, or ""."""
    if sys.platform != "linux" or os.geteuid():
        return "a new Debian in a folder needs Linux and root"
    if not shutil.which("debootstrap"):
        return "debootstrap is not installed (sudo apt install debootstrap)"
    if not shutil.which("unshare") or subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        return "mounting is not allowed here"
    return ""


class Machine:
    """A Debian in a folder."""

    def __init__(self, folder, log):
        self.base, self.root, self.log = folder / f"{RELEASE}-base", folder / "machine", log
        self.seconds = {}

    def make(self):
        """Unpack the minimal Debian (kept between runs) and make a machine of it with one normal user."""
        self.root.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_bytes(b"")
        if not self.base.exists():
            unfinished = self.base.with_name(f"{self.base.name}.new")
            shutil.rmtree(unfinished, ignore_errors=True)
            self.outside("debootstrap", "--variant=minbase", RELEASE, unfinished)
            unfinished.rename(self.base)
        shutil.rmtree(self.root, ignore_errors=True)
        self.outside("cp", "--archive", self.base, self.root)
        shutil.copy("/etc/resolv.conf", self.root / "etc" / "resolv.conf")
        self.inside("useradd", "--create-home", "--shell", "/bin/bash", USER)

    def environment(self):
        """Return the environment of a login without a locale."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "TERM": "dumb", **kept}

    def outside(self, *command):
        """Run a command on this machine; stop with a sentence when it fails."""
        self._run("prepare", list(map(str, command)), os.environ, 1800)

    def inside(self, *command, step="prepare"):
        """Run a command as root in the folder; stop with a sentence when it fails."""
        settings = self.environment() | {"HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"}
        self._run(step, self._enter(command), settings, 1800)

    def as_user(self, script, step, limit=3600):
        """Run lines of a shell as the normal user in her home; stop with a sentence when one fails."""
        self._run(step, self._enter(self._user(script)), self.user_environment(), limit)

    def start(self, script):
        """Start lines of a shell as the normal user and return the process; its output goes to the log."""
        with self.log.open("ab") as file:
            return subprocess.Popen(
                self._enter(self._user(script)),
                env=self.user_environment(),
                stdout=file,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=hear_ctrl_c,
            )

    def user_environment(self):
        """Return the environment of the normal user."""
        return self.environment() | {"HOME": f"/home/{USER}", "USER": USER, "LOGNAME": USER}

    def _user(self, script):
        return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups", "bash", "-ec", f"cd ~; {script}"]

    def _enter(self, command):
        return ["unshare", "--mount", "sh", "-c", ENTER, str(self.root), *map(str, command)]

    def _run(self, step, command, settings, limit):
        started = time.monotonic()
        with self.log.open("ab") as file:
            file.write(f"\n$ {' '.join(command)}\n".encode())
            file.flush()
            try:
                done = subprocess.run(
                    command,
                    env=dict(settings),
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    timeout=limit,
                )
            except subprocess.TimeoutExpired:
                raise StepError(f"{step}: did not end within {limit} s") from None
        self.seconds[step] = self.seconds.get(step, 0) + time.monotonic() - started
        if done.returncode:
            raise StepError(f"{step}: exit status {done.returncode}")


def hear_ctrl_c():
    """Let a new process end by Ctrl+C as in a terminal; one that was started in the background would ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def packages_of(readme):
    """Return the packages that the README asks a reader on Debian to install."""
    found = re.search(r"sudo apt install ([a-z0-9 .+-]+)", readme)
    if not found:
        raise StepError("the README has no line for apt any more")
    return found[1].split()


def free_port():
    """Return a port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(address, process, limit):
    """Return what a server answers, waiting until it is up; stop when its process ends or the time is over."""
    until = time.monotonic() + limit
    while time.monotonic() < until:
        if process.poll() is not None:
            raise StepError(f"make lab: ended with exit status {process.returncode} before it answered")
        try:
            with urlopen(address, timeout=10) as reply:
                return reply.read()
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise StepError(f"make lab: no answer within {limit} s")


def open_lab(machine, step, limit):
    """Start `make lab`, get a lesson from it, stop it with Ctrl+C; note the seconds until it answers."""
    port, started = free_port(), time.monotonic()
    options = f"--no-browser --port={port} --IdentityProvider.token={TOKEN}"
    process = machine.start(f'cd course; exec make lab LAB="{options}"')
    try:
        address = f"http://127.0.0.1:{port}"
        lesson = json.loads(ask(f"{address}/api/contents/Part1_Tensors.ipynb?token={TOKEN}", process, limit))
        machine.seconds[step] = time.monotonic() - started
        if lesson["type"] != "notebook" or len(lesson["content"]["cells"]) < 50:
            raise StepError(f"{step}: the server's answer is not Part 1")
        page = ask(f"{address}/lab/tree/Part1_Tensors.ipynb?token={TOKEN}", process, 60)
        if b"JupyterLab" not in page:
            raise StepError(f"{step}: the page of the lesson is not JupyterLab's")
        os.killpg(process.pid, signal.SIGINT)  # what Ctrl+C does: all processes of the terminal get it
        started = time.monotonic()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            raise StepError(f"{step}: Ctrl+C did not stop it within 30 s") from None
        machine.seconds["Ctrl+C"] = time.monotonic() - started
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def clone_source(course, machine):
    """Put a git repository of the course where the machine can clone it: /srv/course."""
    target = machine.root / "srv" / "course"
    shutil.copytree(course, target, ignore=shutil.ignore_patterns(".git", ".venv", "build", "data"))
    git = ["git", "-C", target, "-c", "user.name=course", "-c", "user.email=course@localhost"]
    machine.outside(*git, "init", "--quiet")
    machine.outside(*git, "add", "--all")
    machine.outside(*git, "commit", "--quiet", "--message", "The course")
    machine.inside("chmod", "-R", "a+rX", "/srv/course")
    machine.inside("chown", "-R", USER, "/srv/course")


def try_readme(course, folder, log):
    """Do on a fresh machine what the README says; return what was Seen. The machine is kept when something failed."""
    machine, seen = Machine(folder, log), Seen()
    try:
        machine.make()
        packages = packages_of((course / "README.md").read_text("utf-8"))
        machine.inside("apt-get", "update", step="apt")
        machine.inside("apt-get", "install", "--yes", *packages, step="apt")
        certificates = os.environ.get("SSL_CERT_FILE")
        if certificates:  # this place has certificates of its own
            target = machine.root / certificates.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(certificates, target)
        clone_source(course, machine)
        machine.as_user("git clone --quiet file:///srv/course course", "get")
        open_lab(machine, "make lab, the first time", 3600)
        open_lab(machine, "make lab, all installed", 120)
        machine.as_user("cd course; make run", "make run")
        machine.as_user(f"cd course; .venv/bin/python -c '{ASK}' > ~/versions; git status --short > ~/status", "look")
        home = machine.root / "home" / USER
        seen.python, seen.torch, seen.matplotlib = (home / "versions").read_text().split()
        changed = (home / "status").read_text().split("\n")[:-1]
        verdicts = r"^((?:Part|Bonus)\d\w+) .* (ok(?:, stored anew)?|failed: .*|stale.*)$"
        rows = re.findall(verdicts, log.read_text("utf-8"), re.M)
        good = sum(verdict.startswith("ok") for _, verdict in rows)
        seen.lessons = f"{good} ok" + (f", {len(rows) - good} failed" if len(rows) > good else "")
        seen.verdict = "ok" if rows and good == len(rows) else f"a lesson failed: see {log}"
        if changed:
            seen.steps = f"{len(changed)} files differ after make run"
    except StepError as error:
        seen.verdict = f"{error}; see {log}"
    seen.seconds = machine.seconds
    times = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in machine.seconds.items() if step != "prepare")
    seen.steps = times if seen.steps == "-" else f"{times}; {seen.steps}"
    if seen.verdict == "ok":
        shutil.rmtree(machine.root)
    return seen


def main():
    """Try the README in the folder that the command line names."""
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        raise SystemExit("Say where the machine may be made (about 8 GB): python -m tools.fresh_machine FOLDER")
    reason = missing()
    if reason:
        raise SystemExit(f"Not tried: {reason}.")
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    seen = try_readme(ROOT, folder, folder / "log.txt")
    print(f"Python {seen.python}, PyTorch {seen.torch}, matplotlib {seen.matplotlib}; lessons: {seen.lessons}")
    print(seen.steps)
    print(seen.verdict)
    sys.exit(seen.verdict != "ok")


if __name__ == "__main__":
    main()
