"""Turn the lessons into slides: tools/publish/build_slides.py [1 3]. Writes one HTML file a lesson into build/slides/.

A file holds all it needs (reveal.js, MathJax, fonts, pictures) and opens from disk without a network.
"""

import base64
import html
import io
import re
import sys
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

import jinja2
import matplotlib
import nbformat
from fontTools import subset
from fontTools.ttLib import TTFont

from tools.publish import render

ROOT = Path(__file__).resolve().parents[2]
SLIDES = ROOT / "build" / "slides"
BODY = 595  # height of a slide below its heading, in px of 1280 x 720
FIGURE = 1.36  # figures grow by this, so that their labels of 10 points (13.3 px) reach 18 px
SMALL = 400  # a figure of at most this width (px in the notebook) can stand beside its code
MIDDLE = 630  # beside a figure of at most this width there is place for a few lines of text
FONTS = {  # family, weight, style -> where the font lies
    ("Source Sans Pro", 400, "normal"): "sphinx_revealjs:source-sans-pro-regular.ttf",
    ("Source Sans Pro", 600, "normal"): "sphinx_revealjs:source-sans-pro-semibold.ttf",
    ("Source Sans Pro", 400, "italic"): "sphinx_revealjs:source-sans-pro-italic.ttf",
    ("DejaVu Sans Mono", 400, "normal"): "matplotlib:DejaVuSansMono.ttf",
    ("DejaVu Sans Mono", 700, "normal"): "matplotlib:DejaVuSansMono-Bold.ttf",
    ("DejaVu Sans", 400, "normal"): "matplotlib:DejaVuSans.ttf",  # for the few signs that Source Sans lacks
}


@dataclass
class Slide:
    """One slide: its kind (title, goals, plain, exercise, solution, figure) and what stands on it, as HTML."""

    name: str
    kind: str = "plain"
    below: bool = False  # a sub-slide of the one before
    running: str = ""  # the section, in small letters above
    title: str = ""
    blocks: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    height: float = 0  # a rough guess, in px
    caption: bool = False  # whether a few lines of text fit beside its picture


def is_type(cell, *kinds):
    """Whether the slide type of a cell is one of these."""
    return cell.metadata.get("slideshow", {}).get("slide_type", "-") in kinds


def guess_height(cell):
    """Return roughly how high a cell is on a slide, without its pictures, in px."""
    lines = sum(1 + len(line) // 96 for line in cell.source.split("\n") if line)
    if cell.cell_type == "markdown":
        return 18 + 36 * lines + 12 * cell.source.count("\n\n")
    printed = "".join(output.text for output in cell.outputs if output.output_type == "stream").strip()
    return 42 + 26 * lines + (20 + 26 * (printed.count("\n") + 1) if printed else 0)


def title_slides(cell, nb):
    """Return the slide with the question and the lesson's first picture, and the one with what is to be learned."""
    head, _, goals = cell.source.partition("**You will be able to**")
    part, title = re.match(r"# (Part \d+) · (.+)", head).groups()
    question = re.search(r"> \*\*(.+?)\*\*", head)[1]
    shown = [body for c in nb.cells if c.cell_type == "code" for kind, body in render.outputs(c) if kind == "figure"]
    goals, _, rest = goals.partition("**Time**")
    time = "**Time**" + rest.split("\n")[0]
    first = Slide(cell.id, "title", running=f"PyTorch, hands on · {part}", title=render.text_of(title))
    first.blocks = [f'<p class="question">{render.text_of(question)}</p>', *shown[:1]]
    second = Slide(f"{cell.id}-goals", "goals", True, part, "You will be able to")
    second.blocks = [render.markdown(goals), f'<div class="time">{render.markdown(time)}</div>']
    return [first, second]


def solution_slide(cell, exercise):
    """Return the slide with the course's answer to an exercise, folded."""
    return Slide(cell.id, "solution", True, exercise.running, exercise.title, [render.answer(cell)])


def exercise_slide(cell, below):
    """Return the card of an exercise; its hint is folded, and stands in the notes as well."""
    number, title = re.match(r"### Exercise ([\d.]+) · (.+)", cell.source).groups()
    level, minutes, task = re.match(r"(●+) · (\d+) minutes\n(.*)", cell.source.split("\n\n", 1)[1], re.DOTALL).groups()
    task, _, hint = task.partition("<details>")
    chips = f'Exercise {number} <span class="level" role="img" aria-label="difficulty {len(level)} of 3">{level}</span>'
    slide = Slide(cell.id, "exercise", below, f"{chips} {minutes} minutes", render.text_of(title))
    slide.blocks = [f'<div class="text">{render.markdown(task)}</div>']
    hint = hint.split("</summary>", 1)[1].replace("</details>", "").strip()
    hint = render.markdown(hint)
    slide.notes = [f"<p><strong>Exercise {number}</strong>, {minutes} minutes. Hint:</p>{hint}"]
    return slide, f'<details class="fold hint"><summary>Hint</summary>{hint}</details>'


def notes_of(cell):
    """Return the speaker's notes of a cell, unfolded."""
    return render.markdown(re.sub(r"</?details>|<summary>.*?</summary>", "", cell.source))


def slides_of(nb):
    """Return all slides of a lesson, in their order. Notes belong to all slides since the notes before."""
    slides, running, open_notes, hint = [], "", [], ""

    def add(slide):
        slides.append(slide)
        open_notes.append(slide)
        return slide

    cells = [cell for cell in nb.cells if not is_type(cell, "skip")]
    for index, cell in enumerate(cells):
        heading = re.match(r"(#{1,3}) (.+)", cell.source) if cell.cell_type == "markdown" else None
        if is_type(cell, "notes"):
            for slide in open_notes:
                slide.notes.append(notes_of(cell))
            open_notes = []
        elif cell.id == "title":
            for slide in title_slides(cell, nb):
                add(slide)
        elif re.fullmatch(r"ex-\d+-\d+", cell.id):
            slide, hint = exercise_slide(cell, is_type(cell, "subslide"))
            add(slide)
        elif "exercise" in cell.metadata.get("tags", []):
            if is_type(cell, "subslide"):  # a long task has a slide of its own
                add(Slide(cell.id, "exercise", True, slides[-1].running, slides[-1].title, [], [*slides[-1].notes]))
            slides[-1].blocks += [f'<div class="cell">{render.code(cell.source)}</div>', hint]
        elif "solution" in cell.metadata.get("tags", []):
            add(solution_slide(cell, slides[-1]))
        else:
            if heading and heading[1] == "##":
                running = render.text_of(heading[2])
            starts = is_type(cell, "slide", "subslide") or slides[-1].kind in ("goals", "solution")
            if starts:
                add(plain_slide(cell, heading, running, slides[-1]))
            fill(slides, add, cell, heading if starts else None, height_until_next_slide(cells[index + 1 :]))
    return slides


def plain_slide(cell, heading, running, before):
    """Return an empty slide that begins with a cell. After an exercise it bears that exercise's title."""
    below = not is_type(cell, "slide")
    slide = Slide(cell.id, below=below, running="" if heading and heading[1] == "##" else running)
    if heading:
        slide.title = render.text_of(heading[2])
    elif before.kind == "goals":
        slide.running, slide.title = before.running, "Setup"
    elif before.kind == "solution" and is_type(cell, "-"):
        slide.running, slide.title = f"After {before.running.split(' <')[0].lower()}", before.title
    return slide


def height_until_next_slide(cells):
    """Return roughly how high the cells are that will stand on the same slide."""
    height = 0
    for cell in cells:
        if is_type(cell, "slide", "subslide"):
            break
        height += 0 if is_type(cell, "notes") else guess_height(cell)
    return height


def fill(slides, add, cell, heading, rest):
    """Put a cell on the last slide. A picture that would not fit below its code gets a slide of its own."""
    slide, height = slides[-1], guess_height(cell)
    caption = slide.caption and cell.cell_type == "markdown" and len(cell.source) < 240
    slide.caption = False
    if slide.kind == "figure" and slide.height + height > BODY and not caption:
        slide = add(Slide(cell.id, below=True, running=slide.running))
    slide.height += height
    if cell.cell_type == "markdown":
        text = cell.source.split("\n", 1)[1:] if heading else [cell.source]
        if text and text[0].strip():
            slide.blocks.append(f'<div class="text">{render.markdown(text[0])}</div>')
        return
    shown = render.outputs(cell)
    others = [body for kind, body in shown if kind != "figure"]
    slide.blocks.append(f'<div class="cell">{render.code(cell.source)}{"".join(others)}</div>')
    for body in (body for kind, body in shown if kind == "figure"):
        width, height = (int(re.search(rf' {side}="(\d+)"', body)[1]) for side in ("width", "height"))
        beside = width <= SMALL and slide.height < 400 and max(map(len, cell.source.split("\n"))) < 80
        if not beside and slide.height + FIGURE * height + rest > BODY:
            slide = add(Slide(f"{cell.id}-figure", "figure", True, slide.running or slide.title))
            slide.height, slide.caption = FIGURE * height, width <= MIDDLE
        slide.blocks.append(body)


@cache
def font_file(place):
    """Return the path of a font that a Python package brings along."""
    package, name = place.split(":")
    if package == "matplotlib":
        return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name
    return files(package) / render.REVEAL / "dist" / "theme" / "fonts" / "source-sans-pro" / name


def fonts(text):
    """Return CSS with the fonts, cut down to the characters of a text, so that a deck looks the same everywhere."""
    signs, rules = {ord(sign) for sign in text} | set(range(32, 127)), []
    for (family, weight, style), place in FONTS.items():
        font = TTFont(font_file(place), recalcTimestamp=False)
        options = subset.Options(layout_features=["kern", "liga"], notdef_outline=True, hinting=False)
        options.drop_tables += ["FFTM", "webf"]  # notes of font editors
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=signs)
        cutter.subset(font)
        font.flavor = "woff"
        font.save(file := io.BytesIO())
        data = base64.b64encode(file.getvalue()).decode()
        rules.append(
            f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style}; '
            f'src: url("data:font/woff;base64,{data}") format("woff"); }}'
        )
    return "\n".join(rules)


def build(path, folder):
    """Write the slides of one lesson; return the file and the number of slides."""
    nb = nbformat.read(path, 4)
    slides = slides_of(nb)
    columns = []
    for slide in slides:
        if slide.below and columns:
            columns[-1].append(slide)
        else:
            columns.append([slide])
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(render.TEMPLATES), trim_blocks=True)
    page = environment.get_template("slides.html.j2")
    title = re.match(r"# (.+)", nb.cells[0].source)[1]
    content = page.render(columns=columns, title=title, parts={})
    visible = html.unescape(re.sub(r"<[^>]+>", "", content))
    parts = {
        "style": "\n".join([fonts(visible), render.reveal("dist/reset.css"), render.reveal("dist/reveal.css")]),
        "course": render.template("code.css") + render.template("slides.css"),
        "mathjax": render.script(render.mathjax()) if "$" in content else "",
        "reveal": "".join(render.script(render.reveal(name)) for name in ("dist/reveal.js", "plugin/notes/notes.js")),
        "script": render.script(render.template("slides.js")),
    }
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{path.stem}.html"
    half = target.with_suffix(".part")
    half.write_text(page.render(columns=columns, title=title, parts=parts), "utf-8")
    half.replace(target)
    return target, len(slides)


def main(arguments=None):
    """Build the slides of the lessons that the command line names by their numbers, or of all."""
    arguments = sys.argv[1:] if arguments is None else arguments
    chosen = [path for path in render.lessons() if not arguments or render.part_of(path) in arguments]
    if not chosen:
        raise SystemExit("There is no such lesson: name the numbers of lessons, such as 1 3.")
    for path in chosen:
        target, count = build(path, SLIDES)
        size = target.stat().st_size / 1e6
        print(f"build/slides/{target.name}: {count} slides, {size:.1f} MB", flush=True)
    print("Open a file in a browser. ? lists the keys: S speaker notes, O overview, U unfold, T light or dark.")


if __name__ == "__main__":
    main()
