"""Turn the lessons into slides: python -m tools.publish.build_slides [1 3]. Writes a file a lesson into build/slides/.

An HTML file holds all it needs (reveal.js, MathJax, fonts, pictures) and opens from disk without a network. The
notes of a slide are the hints, what is meant for the instructor, all sentences of a paragraph but the first, and what
has no room.
"""

import base64
import html
import io
import re
import sys
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import jinja2
import matplotlib
import nbformat
from fontTools import subset
from fontTools.ttLib import TTFont

from tools import writing
from tools.parts import notebooks, page_of, part_of
from tools.publish import pages, render, stopping

ROOT = Path(__file__).resolve().parents[2]
SLIDES = ROOT / "build" / "slides"
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
    """One slide: its kind (title, goals, plain, exercise, solution) and what stands on it, as HTML or as pieces."""

    name: str
    kind: str = "plain"
    running: str = ""  # the section, in small letters above
    title: str = ""
    blocks: list = field(default_factory=list)  # HTML
    notes: list = field(default_factory=list)  # HTML
    pieces: list = field(default_factory=list)  # of a plain slide, which becomes as many slides as they need
    below: bool = False  # it is not on the way: the setup, an answer and what an exercise leads to
    deeper: bool = False  # after the core of the lesson
    section: int = 0

    @property
    def room(self):
        """How high its body is."""
        return pages.room_below(self.title, self.running)


def is_type(cell, *kinds):
    """Whether the slide type of a cell is one of these."""
    return cell.metadata.get("slideshow", {}).get("slide_type", "-") in kinds


def has_tag(cell, tag):
    """Whether a cell has a tag."""
    return tag in cell.metadata.get("tags", [])


def source_of(cell):
    """Return what is written in a cell, without badges."""
    return render.without_badges(cell.source) if cell.cell_type == "markdown" else cell.source


def title_cell(nb):
    """Return the cell with the title of a lesson: the first with a heading of the first rank; None without one."""
    for cell in nb.cells:
        if cell.cell_type == "markdown" and source_of(cell).startswith("# "):
            return cell
    return None


def title_slides(cell, nb):
    """Return the slide with the question and the lesson's first picture, and the one with what is to be learned."""
    heading, _, text = source_of(cell).partition("\n")
    part, _, title = heading.removeprefix("# ").rpartition(" · ")
    running = f"PyTorch, hands on · {part}" if part else ""
    head, _, goals = text.partition("**You will be able to**")
    question = re.search(r"> \*\*(.+?)\*\*", head)
    first = Slide(cell.id, "title", running, render.text_of(title))
    if question:
        first.blocks.append(f'<p class="question">{render.text_of(question[1])}</p>')
    elif head.strip():
        first.blocks.append(f'<div class="text">{render.markdown(head, attachments=cell.get("attachments"))}</div>')
    shown = [render.outputs(code) for code in nb.cells if code.cell_type == "code"]
    figures = [body for outputs in shown for kind, body in outputs if kind == "figure"]
    first.blocks += figures[:1]
    if not goals:
        return [first]
    goals, _, rest = goals.partition("**Time**")
    second = Slide(f"{cell.id}-goals", "goals", part, "You will be able to")
    second.blocks.append(render.markdown(goals, attachments=cell.get("attachments")))
    if rest:
        second.blocks.append(f'<div class="time">{render.markdown("**Time**" + rest.splitlines()[0])}</div>')
    return [first, second]


def solution_slide(cell, exercise):
    """Return the slide with the course's answer to an exercise. It lies below the card, so it need not be folded."""
    running = exercise.running.split(" <")[0] + " · the course's answer"
    answer = f'<div class="cell">{render.answer_code(cell)}</div>'
    return Slide(cell.id, "solution", running, exercise.title, [answer], below=True)


def exercise_slide(cell):
    """Return the card of an exercise, and its hint, which is folded and stands in the notes as well."""
    card = re.match(r"### Exercise (B?[\d.]+) · (.+)\n\n(●+) · (\d+) minutes\n(.*)", cell.source, re.DOTALL)
    if card is None:
        raise SystemExit(
            f'The card {cell.id} should begin with "### Exercise 1.2 · Title", an empty line and "●● · 8 minutes".'
        )
    number, title, level, minutes, task = card.groups()
    attachments = cell.get("attachments")
    task, _, hint = task.partition("<details>")
    chips = f'Exercise {number} <span class="level" role="img" aria-label="difficulty {len(level)} of 3">{level}</span>'
    slide = Slide(cell.id, "exercise", f"{chips} {minutes} minutes", render.text_of(title))
    slide.blocks = [f'<div class="text">{render.markdown(task, attachments=attachments)}</div>']
    slide.notes = [f"<p><strong>Exercise {number}</strong>, {minutes} minutes.</p>"]
    if not hint:
        return slide, ""
    hint = hint.partition("</summary>")[2].replace("</details>", "").strip()
    hint = render.markdown(hint, attachments=attachments)
    slide.notes = [f"<p><strong>Exercise {number}</strong>, {minutes} minutes. Hint:</p>{hint}"]
    return slide, f'<details class="fold hint"><summary>Hint</summary>{hint}</details>'


def notes_of(cell):
    """Return the speaker's notes of a cell, unfolded."""
    source = re.sub(r"</?details>|<summary>.*?</summary>", "", source_of(cell))
    return render.markdown(source, attachments=cell.get("attachments"))


def piece_of(cell, heading):
    """Return what a cell puts on a slide. Of a paragraph, the first sentence; the rest goes to the notes."""
    piece = pages.Piece(cell.id)
    if cell.cell_type == "code":
        piece.code = "" if has_tag(cell, "hide-input") else cell.source
        shown = render.outputs(cell)
        piece.output = "".join(body for kind, body in shown if kind != "figure")
        piece.figures = [body for kind, body in shown if kind == "figure"]
        return piece
    source = source_of(cell)
    if heading:
        source = source.partition("\n")[2]
    attachments = cell.get("attachments")
    piece.whole = render.markdown(source, attachments=attachments).strip()
    if has_tag(cell, "whole") or cell.id == "summary":
        piece.text = piece.whole
    else:
        piece.text = render.markdown(source, attachments=attachments, rest=piece.rest).strip()
    return piece


def blocks_of(piece):
    """Return the HTML of a piece, part by part."""
    blocks = []
    if piece.is_text:
        return [f'<div class="text" data-cell="{piece.name}">{piece.text}</div>'] if piece.text else []
    if piece.code or piece.output:
        code = render.code(piece.code) if piece.code else ""
        blocks.append(f'<div class="cell" data-cell="{piece.name}">{code}{piece.output}</div>')
    figures = [figure.replace("<figure ", f'<figure data-cell="{piece.name}" ', 1) for figure in piece.figures]
    if len(figures) > 1:
        figures = [f'<div class="figures">{"".join(figures)}</div>']
    return blocks + figures


def left_to_notes(piece):
    """Return what a piece leaves to the speaker: the rest of its paragraphs, and what found no place."""
    notes = [*piece.rest]
    for sentence in piece.moved:
        notes.append(f'<div class="moved" data-cell="{sentence.name}">{sentence.text}</div>')
        notes += sentence.rest
    if piece.moved_code:
        notes.append(f'<div class="moved-code" data-cell="{piece.name}">{render.code(piece.moved_code)}</div>')
    return notes


def plain_slide(cell, heading, running, before):
    """Return an empty slide that begins with a cell. After an exercise it bears that exercise's title."""
    slide = Slide(cell.id, running=running)
    kind = before.kind if before else ""
    if heading:
        slide.title = render.text_of(heading[2])
        slide.running = "" if heading[1] == "##" else running
    elif kind in ("title", "goals"):
        slide.running, slide.title, slide.below = before.running, "Setup", True
    elif kind in ("exercise", "solution") and is_type(cell, "-"):
        slide.running, slide.title = f"After {re.split(' <| · ', before.running)[0].lower()}", before.title
        slide.below = True
    return slide


def drafts_of(nb):
    """Return the slides of a lesson as its author marked them. Notes belong to all slides since the notes before."""
    drafts, open_notes, running, section, deeper, hint = [], [], "", 0, False, ""
    title = title_cell(nb)

    def add(slide):
        slide.section, slide.deeper = section, deeper
        drafts.append(slide)
        open_notes.append(slide)

    cells = [cell for cell in nb.cells if cell.cell_type != "raw" and not is_type(cell, "skip")]
    for cell in cells:
        heading = re.match(r"(#{2,3}) (.+)", source_of(cell)) if cell.cell_type == "markdown" else None
        if is_type(cell, "notes"):
            for slide in open_notes:
                slide.notes.append(notes_of(cell))
            open_notes.clear()
        elif has_tag(cell, "notes"):
            if drafts:
                drafts[-1].notes.append(notes_of(cell))
        elif cell is title:
            for slide in title_slides(cell, nb):
                add(slide)
        elif re.fullmatch(r"ex-b?\d+-\d+", cell.id):
            slide, hint = exercise_slide(cell)
            add(slide)
        elif has_tag(cell, "exercise") and drafts:
            before = drafts[-1]
            if is_type(cell, "subslide"):  # a long task has a slide of its own
                add(Slide(cell.id, "exercise", before.running, before.title, notes=[*before.notes]))
            drafts[-1].blocks += [f'<div class="cell">{render.code(cell.source)}</div>', hint]
        elif has_tag(cell, "solution") and drafts:
            add(solution_slide(cell, drafts[-1]))
        else:
            new_section = heading is not None and heading[1] == "##"
            if new_section:
                running = render.text_of(heading[2])
                section += 1
                deeper = bool(re.match(r"going (deeper|further)", heading[2], re.IGNORECASE))
            starts = new_section or is_type(cell, "slide", "subslide") or not drafts or drafts[-1].kind != "plain"
            piece = piece_of(cell, heading if starts else None)
            if starts and (heading or blocks_of(piece)):
                add(plain_slide(cell, heading, running, drafts[-1] if drafts else None))
            if blocks_of(piece):
                drafts[-1].pieces.append(piece)
    return drafts


def spread(draft):
    """Return as many slides as the pieces of a draft need."""
    room = pages.room_below("", draft.running or draft.title)
    for piece in draft.pieces:
        if not piece.figures and pages.piece_height(piece, pages.WIDTH) > room + 30:  # a height is estimated
            print(f"{render.SHOWN.get().name}: the cell {piece.name} is higher than a slide. Divide it.")
    slides = []
    for index, pieces in enumerate(pages.spread(draft.pieces, draft.room, room)):
        slide = replace(draft, pieces=pieces, blocks=[*draft.blocks], notes=[*draft.notes])
        if index:
            slide.name, slide.title, slide.running = pieces[0].name, "", draft.running or draft.title
        slides.append(slide)
    return slides


def continues(slide, before):
    """Whether a slide is filled up from the next one, or fills up the one before: nearly empty slides are none."""
    if slide.kind != "plain" or before.kind != "plain" or slide.title or slide.section != before.section:
        return False
    if slide.below != before.below:
        return False
    empty = [pages.used_area(each.pieces, each.title) < pages.SPARSE for each in (slide, before)]
    return any(empty) and pages.fit(before.pieces + slide.pieces, before.room)


def slides_of(nb):
    """Return all slides of a lesson, in their order."""
    slides = []
    for draft in drafts_of(nb):
        for slide in spread(draft):
            if slides and continues(slide, slides[-1]):
                slides[-1].pieces += slide.pieces
                slides[-1].notes += [note for note in slide.notes if note not in slides[-1].notes]
            else:
                slides.append(slide)
    for slide in slides:
        pages.fill_up(slide.pieces, slide.title)
        left_out = []
        for piece in slide.pieces:
            slide.blocks += blocks_of(piece)
            left_out += left_to_notes(piece)
        slide.notes = left_out + slide.notes
    return in_order(slides)


def in_order(slides):
    """Return the slides with all that goes deeper right after the summary."""
    summary = [slide.section for slide in slides if slide.title == "Summary"]
    if not summary:
        return slides
    core = [slide for slide in slides if not slide.deeper]
    deeper = [slide for slide in slides if slide.deeper]
    until = sum(slide.section <= summary[-1] for slide in core)
    return core[:until] + deeper + core[until:]


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
    with render.lesson(path):
        slides = slides_of(nb)
    columns = []
    for slide in slides:
        if slide.below and columns:
            columns[-1].append(slide)
        else:
            columns.append([slide])
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(render.TEMPLATES), trim_blocks=True)
    page = environment.get_template("slides.html.j2")
    titled = title_cell(nb)
    title = source_of(titled).partition("\n")[0].removeprefix("# ") if titled else path.stem
    content = page.render(columns=columns, title=title, parts={})
    visible = html.unescape(re.sub(r"<[^>]+>", "", content))
    parts = {
        "style": "\n".join([fonts(visible), render.reveal("dist/reset.css"), render.reveal("dist/reveal.css")]),
        "course": render.template("code.css") + render.template("slides.css"),
        "mathjax": render.script(render.mathjax()) if re.search(r"\$|\\begin\{", content) else "",
        "reveal": "".join(render.script(render.reveal(name)) for name in ("dist/reveal.js", "plugin/notes/notes.js")),
        "script": render.script(render.template("slides.js")),
    }
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{page_of(path)}.html"
    writing.write(target, page.render(columns=columns, title=title, parts=parts))
    return target, len(slides)


def main(arguments=None):
    """Build the slides of the lessons that the command line names by their numbers, or of all."""
    arguments = sys.argv[1:] if arguments is None else arguments
    wanted = [argument.upper() for argument in arguments]
    chosen = [path for path in notebooks(ROOT) if not wanted or part_of(path) in wanted]
    if not chosen:
        raise SystemExit("There is no such lesson: name the numbers of lessons, such as 1 3.")
    with stopping.says("Stopped. The slides that were not made yet are as they were."):
        for path in chosen:
            target, count = build(path, SLIDES)
            size = target.stat().st_size / 1e6
            print(f"build/slides/{target.name}: {count} slides, {size:.1f} MB", flush=True)
    print("Open a file in a browser. ? lists the keys: S speaker notes, O overview, U unfold, T light or dark.")


if __name__ == "__main__":
    main()
