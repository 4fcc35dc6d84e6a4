"""What this reader has solved: kept in a small file, shown by squares."""

import contextlib
import functools
import html
import json
import os
from pathlib import Path

from IPython.display import display

from exercises.answers import answers_of, parts

COURSE = Path(__file__).resolve().parent.parent
FILE = ".course_progress.json"
HEADLESS = bool(os.environ.get("COURSE_HEADLESS"))  # tests and stored outputs: nothing is read or written
COLORS = {"✔": "#009E73", "✘": "#D55E00", "…": "#767676"}  # of Okabe and Ito
DONE, NOT_YET, TRY_AGAIN, COURSES = "done", "not yet", "try again", "course's answer"

_verdicts = {}  # exercise -> verdict, of this session
_solved = set()  # the exercises that were solved in this session, whatever came after


def record_file():
    """Return the path of this reader's record.

    It lies in the course's folder, or in her home where many share a folder that they cannot write to (JupyterHub).
    """
    if _can_write(COURSE):
        return COURSE / FILE
    return Path.home() / FILE


@functools.cache
def _can_write(folder):
    """Whether files can be made in a folder. Windows says so of any folder, so there it is tried."""
    if os.name != "nt":
        return os.access(folder, os.W_OK)
    tried = folder / f"{FILE}.{os.getpid()}"
    try:
        tried.touch()
        tried.unlink()
    except OSError:
        return False
    return True


def read_record(path=None):
    """Return the verdicts of earlier sessions: exercise -> verdict. A record that cannot be read counts as empty."""
    try:
        saved = json.loads((path or record_file()).read_text("utf-8"))
    except (OSError, ValueError, RuntimeError):  # none yet, spoiled, or no home folder
        return {}
    return saved if isinstance(saved, dict) else {}


def verdicts():
    """Return the verdicts of this session and of those before; what was once solved stays solved."""
    return _together({} if HEADLESS else read_record())


def _together(saved):
    """Return the verdicts of earlier sessions with those of this one."""
    together = dict(saved)
    for number, verdict in _verdicts.items():
        is_solved_once = number in _solved or saved.get(number) == DONE
        together[number] = DONE if is_solved_once else verdict
    return together


def remember(number, verdict):
    """Note a verdict, also in the reader's file; where that cannot be read or written, this session must do."""
    if verdict == NOT_YET and _verdicts.get(number) == COURSES:
        verdict = COURSES  # the check of an answer that is the course's says "not yet"
    _verdicts[number] = verdict
    if verdict == DONE:
        _solved.add(number)
    if HEADLESS:
        return
    with contextlib.suppress(OSError, RuntimeError):
        path = record_file()
        text = json.dumps(_together(_saved_before(path)), indent=1, sort_keys=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            beside.write_text(text, "utf-8")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def _saved_before(path):
    """Return what a record holds that is about to be written anew; one that is damaged is kept under another name.

    An OSError other than for a missing file is passed on: the record may be whole, and must not be written over.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    with contextlib.suppress(ValueError, RecursionError):
        saved = json.loads(content)
        if isinstance(saved, dict):
            return saved
    path.replace(path.with_name(f"{path.name}.damaged"))
    return {}


def is_solved(number):
    """Whether the reader's own answer has passed in this session."""
    return _verdicts.get(number) == DONE


def squares(part, record):
    """Return how far a reader has come in a lesson: a square for each exercise, and the counts in words."""
    found = [record.get(number) for number in answers_of(part)]
    own, shown = found.count(DONE), found.count(COURSES)
    drawn = ("■" * own + "▪" * shown).ljust(len(found), "□")
    return drawn, f"{own} of {len(found)} solved, {shown} by the course's answer"


def progress():
    """Show for every lesson how many exercises this reader has solved, today and before."""
    record, rows = verdicts(), []
    for part in parts():
        drawn, words = squares(part, record)
        name = f"Bonus {part[1:]}" if part.startswith("B") else f"Part {part}"
        rows.append(f"{name}  {drawn}  {words}")
    show("…", "Your exercises", "\n".join(rows))


def show(sign, head, text, more=""):
    """Show a box in the notebook, and the same as plain text elsewhere.

    Parameters
    ----------
    sign : str
        "✔", "✘" or "…"; it gives the box its color.
    head, text : str
        Plain text; `text` keeps its lines.
    more : str
        HTML that is shown below, in the notebook only.
    """
    body = f'<pre style="white-space: pre-wrap; margin: 0">{html.escape(text)}</pre>' if text else ""
    edge = f'<div role="status" style="border-left: 5px solid {COLORS[sign]}; padding-left: 12px">'
    box = f"{edge}<b>{sign} {html.escape(head)}</b>{body}{more}</div>"
    display({"text/plain": f"{sign} {head}\n{text}".strip(), "text/html": box}, raw=True)
