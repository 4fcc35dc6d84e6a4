"""The commands of the course: what `python course.py NAME` and `make NAME` do. Needs only the standard library."""

import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from tools import install, parts
from tools.changed_lessons import changed_lessons
from tools.help_text import help_text
from tools.installer import lock as install_lock
from tools.installer import programs
from tools.installer.causes import Problem
from tools.installer.log import say
from tools.installer.place import Place, remove, remove_new, venv_python
from tools.installer.words import Wish
from tools.publish import chromium

ROOT = Path(__file__).resolve().parent.parent
DATA_NEEDS = "torchvision", "tqdm", "PIL"
UPLOAD = {"websocket_max_message_size": 100 * 2**20}  # bytes: a photo for an upload box; tornado stops at 10 MiB
START_LAB = ["-m", "tools.start_lab"]
LAB = {  # settings of JupyterLab, each unless the reader gives another value
    "--ServerApp.answer_yes": "True",  # Ctrl+C stops at once, and asks nothing
    "--ServerApp.tornado_settings": str(UPLOAD),
}
PYTEST = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=300"]
PYTEST_ALL = [
    *("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart=0"),
    *(
        "--cov",
        "--cov-config=pyproject.toml",
        "--cov-report=term",
        "--cov-fail-under=95",
        "--durations=15",
        "--durations-min=10",
    ),
]
FAST = [
    *("tests/test_repository.py", "tests/test_dependencies.py", "tests/lessons/test_structure.py"),
    *("tests/exercises/test_judge.py", "tests/exercises/test_record.py", "tests/exercises/test_compare.py"),
]
ANSWERS = "tests/exercises/test_answers.py"
NO_HELP_OF_THEIR_OWN = ("slides", "pdf", "site", "clean")
BUILT = ("build", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints", "__pycache__")


class Call(NamedTuple):
    """A command line, taken apart: what the course reads itself, and the words that go on to a tool."""

    wish: Wish
    slideshow: bool
    words: list


def parse(command, arguments):
    """
    Take a command line apart; what the course does not know goes on to the tool that is called.

    Parameters
    ----------
    command : str
        The name of the command.
    arguments : list of str
        What follows it.

    Returns
    -------
    Call
    """
    given, words, waiting = {"slideshow": False, "cpu": None}, [], list(arguments)
    while waiting:
        word = waiting.pop(0)
        name, _, value = word.partition("=")
        if word in ("--slideshow", "--cpu"):
            given[word[2:]] = True
        elif word == "--no-cpu":
            given["cpu"] = False
        elif name in ("--python", "--venv"):
            if not value and not waiting:
                raise Problem(f"{name} needs a value, for example: {name} {'python3.12' if 'p' in name else 'folder'}")
            given[name[2:]] = value or waiting.pop(0)
        else:
            words.append(word)
    wish = Wish(given.get("python"), given["cpu"], given.get("venv"), command)
    return Call(wish, given["slideshow"], words)


def environment_for(call, group, may_be_old=False):
    """
    Install what a command needs; return its environment.

    Parameters
    ----------
    call : Call
    group : str
        The group of requirements.
    may_be_old : bool
        Whether the command goes on with what is installed when it cannot be brought up to date.
    """
    try:
        return install.install(group, ROOT, call.wish)
    except Problem as problem:
        if not may_be_old or not install.still_works(ROOT, call.wish):
            raise
        say(f"{problem}\nGoing on with what is installed.")
        return Place(ROOT, call.wish.venv).env


def start(env, arguments):
    """
    Run a program with the environment's Python, and wait for its end.

    Returns
    -------
    int
        Its exit status.
    """
    return wait_for([venv_python(env), *arguments], programs.child_environment(env))


def wait_for(command, variables):
    """
    Run a program in the folder of the course, and wait for its end.

    Ctrl+C reaches the program by the terminal, and SIGTERM is handed on; this process leaves the answer to it.

    Parameters
    ----------
    command : list
        The program and its arguments.
    variables : dict
        Its environment variables.

    Returns
    -------
    int
        Its exit status.
    """
    process = subprocess.Popen([str(word) for word in command], cwd=ROOT, env=variables)
    before = {}
    try:
        before[signal.SIGINT] = signal.signal(signal.SIGINT, lambda *_: None)
        before[signal.SIGTERM] = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    except ValueError:  # not in the main thread: then nothing is asked of this process
        before = {}
    try:
        status = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 128 - status if status < 0 else status


def lab_options(words, page):
    """
    Return the settings that JupyterLab is started with.

    Parameters
    ----------
    words : list of str
        What the reader gives to JupyterLab; no setting among them is given a second time.
    page : str
        The file that is open at first.

    Returns
    -------
    list of str
    """
    settings = LAB | {"--LabApp.default_url": f"/lab/tree/{page}"}
    given = {word.partition("=")[0] for word in words}
    return [f"{name}={value}" for name, value in settings.items() if name not in given]


def lab(call):
    """Open JupyterLab with the list of lessons."""
    env = environment_for(call, "slideshow" if call.slideshow else "lessons", may_be_old=True)
    sys.stdout.flush()
    from tools import lesson_list

    lesson_list.main(ROOT)
    page = "build/Lessons.md" if (ROOT / "build" / "Lessons.md").exists() else "README.md"
    options = lab_options(call.words, page)
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in call.words:
        say("You are root (usual in a container), so JupyterLab is started with --allow-root.")
        options.append("--allow-root")
    say("Opening JupyterLab in your browser. To stop it, press Ctrl+C here.")
    status = start(env, [*START_LAB, *options, *call.words])
    return 0 if status == 128 + signal.SIGINT else status


def run(call):
    """Run lessons without a browser."""
    words = [str(Path(word).resolve()) if is_notebook_here(word) else word for word in call.words]
    return start(environment_for(call, "lessons", may_be_old=True), ["-m", "tools.run_notebooks", *words])


def is_notebook_here(word):
    """Whether a word names a notebook as it is seen from the folder in which the command was typed."""
    return word.endswith(".ipynb") and Path(word).is_file()


def refuse_unknown(call, known=(), takes_lessons=False):
    """
    Stop with a sentence where a word is none that the command knows: what was meant would not be done.

    Parameters
    ----------
    call : Call
    known : collection of str
        The words that the command knows.
    takes_lessons : bool
        Whether it knows the numbers of lessons, too.
    """
    unknown = [word for word in call.words if word not in known and not (takes_lessons and parts.find(word, ROOT))]
    if not unknown:
        return
    numbers = [parts.part_of(path) for path in parts.notebooks(ROOT)] if takes_lessons else []
    understood = ", ".join([*numbers, *known])
    name = call.wish.command
    ending = f"It takes: {understood}." if understood else "It takes no such words."
    raise Problem(f"{name} does not know {unknown[0]!r}, so nothing was done. {ending}")


def slides(call):
    """Turn lessons into slides."""
    refuse_unknown(call, takes_lessons=True)
    return start(environment_for(call, "slides"), ["-m", "tools.publish.build_slides", *call.words])


def pdf(call):
    """Turn lessons into slides, and print them."""
    refuse_unknown(call, ["--solutions"], takes_lessons=True)
    lessons = [word for word in call.words if word != "--solutions"]
    status = slides(call._replace(words=lessons))
    return status or start(environment_for(call, "slides"), ["-m", "tools.publish.print_slides", *call.words])


def site(call):
    """Turn lessons and slides into a site."""
    refuse_unknown(call)
    return start(environment_for(call, "slides"), ["-m", "tools.publish.build_site", *call.words])


def test(call):
    """Run all tests; with arguments, pytest gets those instead."""
    env = environment_for(call, "tests")
    chromium.install()
    if call.words:
        return start(env, ["-m", "pytest", *PYTEST, *call.words])
    lessons = [str(path.relative_to(ROOT)) for path in parts.notebooks(ROOT)]
    return start(env, ["-m", "pytest", *PYTEST, *PYTEST_ALL, "tests", *lessons])


def check(call):
    """Run what takes little time and finds most faults, and the answers of the lessons that have changed."""
    env = environment_for(call, "tests", may_be_old=True)
    answers = [f"{ANSWERS}::test_the_answers_of_a_lesson[{part}]" for part in changed_lessons(ROOT)]
    return start(env, ["-m", "pytest", "-q", "-n", "2", *FAST, *answers, *call.words])


def scores(call):
    """Measure the checks of the exercises."""
    return start(environment_for(call, "tests"), ["tests/exercises/scores.py", *call.words])


def bench(call):
    """Compare speeds."""
    words = call.words or ["tests/benchmarks"]
    return start(environment_for(call, "tests"), ["-m", "pytest", "-s", "-p", "no:cacheprovider", *words])


def data(call):
    """Download the full data sets; where nothing is installed, by this Python if it has what that needs (conda)."""
    is_installed = Place(ROOT, call.wish.venv).env.exists()
    if call.wish == Wish(command=call.wish.command) and not is_installed and all(map(find_spec, DATA_NEEDS)):
        return plain("tools.data.download_data")(call)
    return start(environment_for(call, "lessons", may_be_old=True), ["-m", "tools.data.download_data", *call.words])


def plain(name):
    """Return a command that runs a tool of the course with the Python that runs this, without any environment."""

    def call_tool(call):
        """Run the tool."""
        variables = dict(os.environ)
        variables.pop("PYTHONSAFEPATH", None)  # with it, Python finds no tools in this folder
        return wait_for([sys.executable, "-m", name, *call.words], variables)

    return call_tool


def clean(call):
    """Remove what was built, and what an interrupted installation has left."""
    refuse_unknown(call)
    folders = [ROOT / name for name in BUILT]
    for name in ("tools", "tests"):
        folders += (ROOT / name).rglob("__pycache__")
    for folder in folders:
        remove(folder)
    for path in [ROOT / ".coverage", *ROOT.glob(".coverage.*")]:
        if path.is_file():
            path.unlink()
    place = Place(ROOT, call.wish.venv)
    if place.env.exists() and place.leftovers() and install_lock.is_free(place.lock):
        remove_new(place)
        remove(place.old)
        remove(place.temporary)
    say(f"Kept: {place.name}, data/ and your record of exercises (.course_progress.json).")
    return 0


COMMANDS = {
    "lab": lab,
    "run": run,
    "slides": slides,
    "pdf": pdf,
    "site": site,
    "check": check,
    "test": test,
    "matrix": plain("tools.matrix"),
    "scores": scores,
    "bench": bench,
    "data": data,
    "badges": plain("tools.publish.badges"),
    "clean": clean,
}


def interrupt(*_):
    """Answer to SIGTERM as to Ctrl+C, so that nothing goes on in the background."""
    raise KeyboardInterrupt


def main(arguments):
    """
    Run a command.

    Parameters
    ----------
    arguments : list of str
        The name of the command, and what follows it.

    Returns
    -------
    int
        The exit status.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if not arguments or arguments[0] in ("help", "-h", "--help"):
        say(help_text(by_make="--make" in arguments))
        return 0
    name = arguments[0]
    if name not in COMMANDS:
        say(f"There is no command {name}. The commands are: {', '.join(COMMANDS)}.")
        return 2
    signal.signal(signal.SIGTERM, interrupt)
    try:
        call = parse(name, arguments[1:])
        asks_for_help = "--help" in call.words or "-h" in call.words
        is_installed = Place(ROOT, call.wish.venv).env.exists()
        if asks_for_help and (name in NO_HELP_OF_THEIR_OWN or not is_installed):  # nobody installs 6 GB to read a text
            say(help_text(by_make=False))
            return 0
        return COMMANDS[name](call)
    except Problem as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        say("\nStopped. What was installed before works as before; the same command goes on.")
        return 130
