"""Write the list of lessons, with what this reader has solved, for the start of JupyterLab: build/Lessons.md."""

import json
import re
from pathlib import Path

from tools import writing
from tools.installer.log import say
from tools.parts import page_of, stem_of, title_of

ROOT = Path(__file__).resolve().parent.parent


def lesson_table(readme):
    """Return the rows of the README's table of lessons.

    Each has its number, name ("Part 3"), title, file and page (None while it is in the making), question and minutes.
    """
    rows, section = [], readme.partition("## The lessons\n")[2].partition("\n## ")[0]
    for number, lesson, question, minutes in re.findall(r"^\| (B?\d) \| (.+?) \| (.+?) \| (.*?) ?\|$", section, re.M):
        link = re.fullmatch(r"\[(.+)\]\((.+)\.ipynb\)", lesson)
        title = link[1] if link else lesson.replace("(in the making)", "").strip()
        rows.append({"number": number, "title": title, "file": link and link[2], "question": question})
        rows[-1] |= {"minutes": minutes, "name": title_of(number)}
        rows[-1]["page"] = link and page_of(Path(f"{link[2]}.ipynb"))
    return rows


def solved(root, number, record):
    """Return how far the reader has come in a lesson: squares as `exercises.progress` draws them, and words."""
    answers = (root / "exercises" / "answers" / f"{stem_of(number)}.py").read_text("utf-8")
    verdicts = [record.get(exercise) for exercise in re.findall(r"^# %% (\S+)", answers, re.M)]
    own, shown = verdicts.count("done"), verdicts.count("course's answer")
    squares = ("■" * own + "▪" * shown).ljust(len(verdicts), "□")
    return f"{squares} {own} of {len(verdicts)} solved"


def record_of(root):
    """Return the reader's record of exercises; an unreadable one counts as empty."""
    try:
        record = json.loads((root / ".course_progress.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def lesson_list(root=ROOT):
    """Return the list as Markdown, with links that work from the folder build."""
    record, lines = record_of(root), []
    for row in lesson_table((root / "README.md").read_text("utf-8")):
        if row["file"]:
            title, minutes = f"[{row['title']}](../{row['file']}.ipynb)", row["minutes"]
            state = solved(root, row["number"], record)
        else:
            title, minutes, state = row["title"], "", "in the making"
        lines.append(f"| {row['number']} | {title} | {row['question']} | {minutes} | {state} |")
    return "\n".join(
        [
            "# PyTorch, hands on",
            "",
            "Click on a lesson. Run a cell with Shift+Enter.",
            "",
            "| | lesson | its question | minutes | your exercises |",
            "| --- | --- | --- | --- | --- |",
            *lines,
            "",
            "■ solved · ▪ by the course's answer · □ still to do. This list is made anew by each start; inside a",
            "lesson, `exercises.progress()` shows how far you are. More about the course: [README](../README.md).",
            "",
        ]
    )


def main(root=ROOT):
    """Write the list; a folder that cannot be written to is no reason not to start."""
    target = root / "build" / "Lessons.md"
    try:
        target.parent.mkdir(exist_ok=True)
        writing.write(target, lesson_list(root))
    except OSError as error:
        say(f"The list of lessons could not be written ({error}): open README.md instead.")


if __name__ == "__main__":
    main()
