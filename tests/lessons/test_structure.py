"""Every lesson keeps the conventions: each rule is a function, tried on the lessons and on planted faults."""

import ast
import builtins
import copy
import functools
import re
from itertools import pairwise
from urllib.parse import unquote, urlparse

import nbformat
import pytest
from lessons import BONUS, LESSONS, NOTEBOOKS, ROOT, exercise_of, part_of, solutions, tags

from tools.parts import title_of
from tools.publish import badges
from tools.run_notebooks import cells_with_claims


@functools.cache
def lesson(path):
    """Return a lesson, read once for all rules: they look at it and change nothing."""
    return nbformat.read(path, 4)


HOSTS = {"docs.pytorch.org", "pytorch.org", "numpy.org", "arxiv.org", "docs.python.org", "matplotlib.org"}
HOSTS |= {"www.youtube.com"}
HOSTS |= {"colab.research.google.com", "www.kaggle.com", "aws.amazon.com", "docs.aws.amazon.com", "cloud.google.com"}
HOSTS |= {"azure.microsoft.com", "lambda.ai", "www.runpod.io"}  # where GPUs are lent or rented
ADDRESS = badges.address(ROOT)
LESSON = lesson(LESSONS[0])
FIND_COURSE = next(cell.source for cell in LESSON.cells if cell.id == "find-course")
BOOK = "http://neuralnetworksanddeeplearning.com/chap4.html"  # there is no https
SLIDES = {"slide", "subslide", "fragment", "-", "skip", "notes"}
NOISE = re.compile(r"\b0x[0-9a-f]{6,}|/root/|/home/\w|/tmp/|[A-Z]:\\Users")


def code_lines(cell):
    """Count the lines of a cell that are neither blank nor comments."""
    return sum(1 for line in cell.source.splitlines() if line.strip() and not line.lstrip().startswith("#"))


def slide(cell):
    """Return the slide type of a cell, or None."""
    return cell.metadata.get("slideshow", {}).get("slide_type")


def exercises(nb):
    """Return the numbers of the exercises, such as "3.4" or "B1.2", in their order."""
    return [exercise_of(cell) for cell in nb.cells if re.fullmatch(r"ex-b?\d+-\d+", cell.id)]


def cell_id(number):
    """Return the id of the card of an exercise: "ex-3-4" of "3.4"."""
    return f"ex-{number.lower().replace('.', '-')}"


def starts_with_title_and_setup(nb, path):
    if [cell.id for cell in nb.cells[:4]] != ["title", "title-notes", "find-course", "setup"]:
        yield "it should begin with the cells title, title-notes, find-course, setup"
    title = nb.cells[0].source
    wanted = [
        rf"# {title_of(part_of(path))} · ",
        r"> \*\*.+\?\*\*",
        r"\*\*You will be able to\*\*",
        r"\*\*Time\*\* \d+ minutes",
    ]
    for pattern in [*wanted, r"\*\*You need\*\*", r"Part \d · .+ →|← "]:
        if not re.search(pattern, title):
            yield f"the title cell lacks {pattern}"
    if not 3 <= len(re.findall(r"^- ", title, re.M)) <= 5:
        yield "the title cell should list 3 to 5 things that you will be able to do"


def finds_its_course_quietly(nb, path):
    """The cell that finds the course is the same in all lessons, folded, and shows nothing where nothing is wrong."""
    for cell in nb.cells:
        if cell.id == "find-course":
            if cell.source != FIND_COURSE:
                yield "its cell find-course differs from the one of Part 1"
            if cell.metadata != {"jupyter": {"source_hidden": True}, "slideshow": {"slide_type": "skip"}} | {
                "tags": ["hide-input"]
            }:
                yield "its cell find-course should be folded, tagged hide-input and left out of slides"
            if cell.outputs:
                yield "its cell find-course shows something"


def ends_with_summary_and_links(nb, path):
    ids = [cell.id for cell in nb.cells]
    last = ["summary", "progress", "going-deeper", "links"]
    if [name for name in ids if name in last] != last:
        yield f"it should end with the cells {last}"
        return
    summary = nb.cells[ids.index("summary")].source
    if len([line for line in summary.splitlines()[1:] if line.strip()]) > 7:
        yield "the summary has more than seven lines"
    if len(re.findall(r"^- \[", nb.cells[ids.index("links")].source, re.M)) != 3:
        yield "there should be three links"
    stretch = [name for name in exercises(nb) if ids.index(cell_id(name)) > ids.index("going-deeper")]
    if len(stretch) < (1 if path in BONUS else 2):
        yield "there should be two stretch exercises, in a bonus notebook one"


def core_of(nb):
    """Return the cells of the core of a lesson: those before `Going deeper`."""
    ids = [cell.id for cell in nb.cells]
    return nb.cells[: ids.index("going-deeper")] if "going-deeper" in ids else nb.cells


def reading(cells):
    """Return the words of prose, the lines of code that teach, and the minutes on the cards of the exercises."""
    words = lines = cards = 0
    for cell in cells:
        if cell.cell_type == "code":
            if not set(tags(cell)) & {"exercise", "check", "solution", "hide-input"}:
                lines += code_lines(cell)
        elif slide(cell) != "notes":
            words += len(re.sub(r"<details>.*?</details>", "", cell.source, flags=re.S).split())
            cards += sum(map(int, re.findall(r"^●+ · (\d+) minutes", cell.source, re.M)))
    return words, lines, cards


def minutes(cells):
    """Return how long a reader needs: 180 words or 10 lines of code a minute, and the exercises; rounded to 5."""
    words, lines, cards = reading(cells)
    return 5 * round((words / 180 + lines / 10 + cards) / 5)


def says_how_long_it_takes(nb, path):
    core = minutes(core_of(nb))
    deeper = minutes(nb.cells[len(core_of(nb)) :])
    least, most = (40, 75) if path in BONUS else (75, 110)
    if not least <= core <= most:
        yield f"its core takes {core} minutes, and should take {least} to {most}"
    told = f"**Time** {core} minutes; {deeper} more for [Going deeper](#going-deeper)"
    if told not in nb.cells[0].source:
        yield f"the title should say: {told}"


def tells_a_story(nb, path):
    words, lines, _ = reading(nb.cells)
    if words / lines < 10:
        yield f"there are {words / lines:.1f} words of prose for each line of code, and there should be 10"


def used_names(code):
    """Return the names that a piece of code uses and does not make itself: functions, methods, classes, modules."""
    tree, used, made = ast.parse(code), set(), set(dir(builtins))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            (made if isinstance(node.ctx, ast.Store) else used).add(node.attr)
        elif isinstance(node, ast.Name):
            (made if isinstance(node.ctx, ast.Store) else used).add(node.id)
        elif isinstance(node, ast.arg):
            made.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            made.add(node.name)
        elif isinstance(node, ast.keyword) and node.arg:
            used.add(node.arg)
    return used - made


def shows_what_an_exercise_needs(nb, path):
    """Each name that the course's answer uses stands in an earlier cell of the lesson, in a card, or in Python itself.

    What earlier lessons have taught counts as well: a lesson's readers have worked through them, those of a bonus
    notebook through all lessons.
    """
    earlier = LESSONS if path in BONUS else [other for other in LESSONS if other.name < path.name]
    shown = "\n".join(cell.source for other in earlier for cell in lesson(other).cells)
    for cell in nb.cells:
        if "exercise" in tags(cell):
            number = exercise_of(cell)
            for name in sorted(used_names(solutions(part_of(path))[number][1])):
                if not re.search(rf"\b{name}\b", shown + cell.source):
                    yield f"{number}: its answer uses {name}, which no cell before it shows"
        shown += "\n" + cell.source


def has_readable_ids(nb, path):
    ids = [cell.id for cell in nb.cells]
    if len(set(ids)) < len(ids):
        yield "two cells have the same id"
    yield from (f"the id {name} is not readable" for name in ids if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", name))


def has_slide_types(nb, path):
    yield from (f"{cell.id} has no slide type" for cell in nb.cells if slide(cell) not in SLIDES)
    main = [c for c in core_of(nb) if slide(c) in ("slide", "subslide") and not c.id.startswith("ex-")]
    least, most = (12, 30) if path in BONUS else (25, 40)
    if not least <= len(main) <= most:
        yield f"there are {len(main)} slides besides the exercises, and there should be {least} to {most}"
    sections = [c for c in nb.cells if re.match(r"## \d+ · ", c.source)]
    yield from (f"the section {c.id} does not begin a slide" for c in sections if slide(c) != "slide")
    if [int(re.match(r"## (\d+)", c.source)[1]) for c in sections] != list(range(1, len(sections) + 1)):
        yield "the sections are not numbered 1, 2, 3 ..."
    notes = [i for i, c in enumerate(nb.cells) if slide(c) == "notes"]
    starts = [nb.cells.index(c) for c in sections] + [len(nb.cells)]
    for start, end in pairwise(starts):
        if not any(start < i < end for i in notes):
            yield f"the section {nb.cells[start].id} has no notes for the instructor"


def folds_what_is_for_the_instructor(nb, path):
    for cell in nb.cells:
        if slide(cell) == "notes" and not cell.source.startswith("<details><summary>For the instructor</summary>\n\n"):
            yield f"{cell.id}: a student sees these notes; fold them"


def has_whole_exercises(nb, path):
    ids, listed = [cell.id for cell in nb.cells], solutions(part_of(path))
    if exercises(nb) != list(listed):
        yield f"its exercises are {exercises(nb)}, and the solutions are {list(listed)}"
    main = [n for n in exercises(nb) if ids.index(cell_id(n)) < ids.index("summary")]
    least, most = (2, 6) if path in BONUS else (6, 10)
    if not least <= len(main) <= most:
        yield f"there are {len(main)} exercises, and there should be {least} to {most}"
    for number in exercises(nb):
        name = cell_id(number)
        at = ids.index(name)
        text, answer, check, solution = nb.cells[at : at + 4]
        if [c.id for c in (answer, check, solution)] != [f"{name}-answer", f"{name}-check", f"{name}-solution"]:
            yield f"{number}: the cells answer, check, solution should follow the text"
            continue
        if [tags(c) for c in (answer, check, solution)] != [["exercise"], ["check"], ["solution"]]:
            yield f"{number}: its cells should be tagged exercise, check, solution"
        if not re.match(rf"### Exercise {number} · .+\n\n●{{1,3}} · \d+ minutes\n\n", text.source):
            yield f"{number}: the text should begin with number, title, difficulty and minutes"
        elif text.source.splitlines()[0] != f"### Exercise {number} · {listed.get(number, ('',))[0]}":
            yield f"{number}: the title differs from the one in the solutions"
        if "**Wanted**" not in text.source or "<summary>Hint</summary>" not in text.source:
            yield f"{number}: the text should say what is wanted and give a folded hint"
        if "..." not in answer.source:
            yield f"{number}: the stub has no ..."
        if check.source != f'exercises.check("{number}")' or slide(check) != "skip":
            yield f"{number}: the check cell should be one call, and be left out of slides"
        if solution.source != f'exercises.solution("{number}")':
            yield f"{number}: the solution cell should be one call"


ABOUT_ASSERT = set()  # cells in which an assert is the subject


def holds_no_checks_and_claims(nb, path):
    """A lesson holds only what teaches: checks live in exercises/, claims about its results in tests/claims/."""
    for cell in nb.cells:
        if cell.cell_type != "code" or cell.id in ABOUT_ASSERT:
            continue
        if re.search(r"^\s*assert\b", cell.source, re.MULTILINE):
            yield f"{cell.id}: an assert on the lesson's own results"
        if re.search(r"for the check|the check of", cell.source, re.IGNORECASE):
            yield f"{cell.id}: it is there for a check"


def has_claims_about_its_cells(nb, path):
    ids = {cell.id for cell in nb.cells if cell.cell_type == "code"}
    for name in sorted(cells_with_claims(path) - ids):
        yield f"tests/claims: there is no cell {name}"


def was_run_in_order(nb, path):
    counts = [cell.execution_count for cell in nb.cells if cell.cell_type == "code"]
    if counts != list(range(1, len(counts) + 1)):
        yield "its cells were not run once, in order, from the top"


def has_clean_outputs(nb, path):
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                yield f"{cell.id}: an error message is stored"
            if output.output_type == "error" and "raises-exception" not in tags(cell):
                yield f"{cell.id}: an error is stored that is not meant"
            if "application/vnd.jupyter.widget-view+json" in output.get("data", {}):
                yield f"{cell.id}: a widget is stored"
            data = {mime: value for mime, value in output.get("data", {}).items() if mime != "image/png"}
            if NOISE.search(f"{output.get('text', '')}{data}{output.get('traceback', '')}"):
                yield f"{cell.id}: an address or a path of one machine is stored"


def raises_where_it_says_so(nb, path):
    for cell in nb.cells:
        if "raises-exception" in tags(cell) and not any(o.output_type == "error" for o in cell.outputs):
            yield f"{cell.id}: it should raise, but did not"


def describes_its_pictures(nb, path):
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}) and not output.metadata.get("image/png", {}).get("alt"):
                yield f"{cell.id}: a picture has no alt text"
        if cell.cell_type == "markdown":
            for alt in re.findall(r"!\[([^\]]*)\]\(", cell.source):
                if len(alt.split()) < 5:
                    yield f"{cell.id}: a picture is not described by a sentence"


def has_short_cells(nb, path):
    code = [cell for cell in nb.cells if cell.cell_type == "code" and cell.source.strip()]
    yield from (f"{cell.id} has more than 25 lines" for cell in code if code_lines(cell) > 25)
    taught = [cell for cell in code if cell.id != "find-course"]  # nobody has to read that one
    mean = sum(map(code_lines, taught)) / len(taught)
    if mean > 6:
        yield f"its code cells have {mean:.1f} lines on average, more than 6"


def imports_at_the_top(nb, path):
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        if re.search(r"^\s*[%!]", cell.source, re.M):
            yield f"{cell.id}: a magic or a shell command"
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Import | ast.ImportFrom) and cell.id not in ("find-course", "setup"):
                yield f"{cell.id}: an import outside the setup cell"
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                yield f"{cell.id}: from ... import *"
        changes = (
            r"filterwarnings|simplefilter" if cell.id == "find-course" else r"sys\.path|filterwarnings|simplefilter"
        )
        if re.search(changes, cell.source):
            yield f"{cell.id}: it changes sys.path or hides warnings"


def has_links_that_lead_somewhere(nb, path):
    anchors = {cell.id for cell in nb.cells}
    for cell in nb.cells:
        if cell.cell_type != "markdown":
            continue
        text = cell.source
        if cell.id == "title" and ADDRESS:  # the badges, and only they, lead to the hosts of badges
            text = text.replace(badges.lesson_badges(ADDRESS, path.relative_to(ROOT).as_posix()), "")
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            url = urlparse(target)
            if url.scheme:
                if target != BOOK and (url.scheme != "https" or url.netloc not in HOSTS):
                    yield f"{cell.id}: {target} is not a page of a known host"
            elif target.startswith("#"):
                if target[1:] not in anchors:
                    yield f"{cell.id}: {target} leads nowhere"
            elif not (path.parent / unquote(url.path)).exists():
                yield f"{cell.id}: {target} does not exist"


RULES = [
    starts_with_title_and_setup,
    finds_its_course_quietly,
    ends_with_summary_and_links,
    says_how_long_it_takes,
    tells_a_story,
    shows_what_an_exercise_needs,
    has_readable_ids,
    has_slide_types,
    folds_what_is_for_the_instructor,
    has_whole_exercises,
    holds_no_checks_and_claims,
    has_claims_about_its_cells,
    was_run_in_order,
    has_clean_outputs,
    raises_where_it_says_so,
    describes_its_pictures,
    has_short_cells,
    imports_at_the_top,
    has_links_that_lead_somewhere,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson(path, rule):
    assert list(rule(lesson(path), path)) == []


def cell_of(nb, name):
    return next(cell for cell in nb.cells if cell.id == name)


def spoil(nb, what):
    """Plant one fault in a good lesson."""
    png = next(o for c in nb.cells for o in c.get("outputs", []) if "image/png" in o.get("data", {}))
    code = next(c for c in nb.cells if c.cell_type == "code" and c.id not in ("find-course", "setup", "versions"))
    faults = {
        "no question": lambda: setattr(nb.cells[0], "source", nb.cells[0].source.replace("> **", "> ")),
        "no find-course": lambda: nb.cells.remove(cell_of(nb, "find-course")),
        "other find-course": lambda: setattr(cell_of(nb, "find-course"), "source", FIND_COURSE + "\nprint(course)"),
        "open find-course": lambda: cell_of(nb, "find-course").metadata.pop("jupyter"),
        "loud find-course": lambda: cell_of(nb, "find-course").outputs.append(
            nbformat.v4.new_output("stream", text="oh")
        ),
        "changed path": lambda: setattr(code, "source", "sys.path.append('.')\n" + code.source),
        "badge of another place": lambda: setattr(
            nb.cells[0], "source", nb.cells[0].source + badges.lesson_badges("https://example.org/a/b", "a.ipynb")
        ),
        "long summary": lambda: setattr(cell_of(nb, "summary"), "source", "## Summary\n" + "- a\n" * 8),
        "no progress": lambda: nb.cells.remove(cell_of(nb, "progress")),
        "same id": lambda: setattr(nb.cells[5], "id", nb.cells[4].id),
        "unreadable id": lambda: setattr(nb.cells[5], "id", "a1b2c3d4"[::-1]),
        "no slide type": lambda: nb.cells[5].metadata.pop("slideshow"),
        "no notes": lambda: [nb.cells.remove(c) for c in list(nb.cells[3:]) if slide(c) == "notes"],
        "open notes": lambda: setattr(nb.cells[1], "source", "Ask the room."),
        "no solution cell": lambda: nb.cells.remove(cell_of(nb, "ex-1-3-solution")),
        "other title": lambda: setattr(
            cell_of(nb, "ex-1-3"), "source", cell_of(nb, "ex-1-3").source.replace("A checkerboard", "Some checkerboard")
        ),
        "no hint": lambda: setattr(
            cell_of(nb, "ex-1-3"), "source", cell_of(nb, "ex-1-3").source.replace("<summary>Hint", "<summary>")
        ),
        "leaked solution": lambda: setattr(cell_of(nb, "ex-1-3-solution"), "source", "board = 1"),
        "a claim": lambda: setattr(code, "source", code.source + "\nassert 1 + 1 == 2"),
        "part of a check": lambda: setattr(code, "source", "# for the check of 1.3\n" + code.source),
        "a check": lambda: setattr(cell_of(nb, "ex-1-3-check"), "source", "exercises.check('1.3')\nboard"),
        "wrong order": lambda: setattr(code, "execution_count", 99),
        "stderr": lambda: code.outputs.append(nbformat.v4.new_output("stream", name="stderr", text="oh")),
        "path": lambda: code.outputs.append(nbformat.v4.new_output("stream", text="/home" + "/ada/x.py")),
        "address": lambda: code.outputs.append(nbformat.v4.new_output("stream", text="<f at 0x7f00deadbeef>")),
        "error": lambda: code.outputs.append(nbformat.v4.new_output("error", ename="E", evalue="e", traceback=[])),
        "does not raise": lambda: code.metadata.__setitem__("tags", ["raises-exception"]),
        "no alt text": lambda: png.metadata.pop("image/png"),
        "poor alt text": lambda: (
            setattr(nb.cells[5], "source", "![a neuron](assets/figures/neuron.svg)")
            or setattr(nb.cells[5], "cell_type", "markdown")
        ),
        "long cell": lambda: setattr(code, "source", "x = 1\n" * 26),
        "late import": lambda: setattr(code, "source", "import os\n" + code.source),
        "star import": lambda: setattr(code, "source", "from os import *\n" + code.source),
        "shell": lambda: setattr(code, "source", "!ls\n" + code.source),
        "hidden warnings": lambda: setattr(code, "source", "warnings.filterwarnings('ignore')"),
        "dead file link": lambda: setattr(nb.cells[0], "source", nb.cells[0].source + "[a](assets/nothing.png)"),
        "dead anchor": lambda: setattr(nb.cells[0], "source", nb.cells[0].source + "[a](#nothing)"),
        "unknown host": lambda: setattr(nb.cells[0], "source", nb.cells[0].source + "[a](https://example.org/)"),
    }
    if what is None:
        return faults
    faults[what]()
    return nb


@pytest.mark.parametrize("fault", list(spoil(copy.deepcopy(LESSON), None)))
def test_a_planted_fault_is_found(fault):
    spoiled = spoil(copy.deepcopy(LESSON), fault)
    found = [problem for rule in RULES for problem in rule(spoiled, LESSONS[0])]
    assert found


def test_faults_of_its_story_are_found():
    """What the title says of the time, the share of prose, and names that an exercise needs before they are shown."""
    nb, path = copy.deepcopy(LESSON), LESSONS[0]
    assert list(says_how_long_it_takes(nb, path)) == []
    cell_of(nb, "summary").source += " word" * 180 * 10
    assert any("the title should say" in fault for fault in says_how_long_it_takes(nb, path))
    cell_of(nb, "summary").source += " word" * 180 * 30
    assert any("should take 75 to 110" in fault for fault in says_how_long_it_takes(nb, path))
    assert list(tells_a_story(nb, path)) == []
    cell_of(nb, "setup").source += "\nx = 1" * 2000
    assert list(tells_a_story(nb, path)) != []
    assert list(shows_what_an_exercise_needs(nb, path)) == []
    for cell in nb.cells:
        cell.source = cell.source.replace("keepdim", "keep")
    assert any("which no cell before it shows" in fault for fault in shows_what_an_exercise_needs(nb, path))
