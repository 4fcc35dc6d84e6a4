"""Turn the lessons into a site that needs no network and no server: python -m tools.publish.build_site.

It is written into build/site/. Open index.html there, or copy the folder to any web server. The slides come with it.
"""

import re
import shutil
from pathlib import Path

import jinja2
import nbformat

from tools import writing
from tools.lesson_list import lesson_table
from tools.publish import build_slides, render, stopping

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "build" / "site"


def cell_html(cell):
    """Return a cell as a student sees it, as HTML; None for what makes sense in the notebook only."""
    tags = cell.metadata.get("tags", [])
    if cell.id == "progress" or cell.cell_type == "raw" or build_slides.is_type(cell, "notes"):
        return None
    if cell.cell_type == "markdown":
        return render.markdown(render.without_badges(cell.source), attachments=cell.get("attachments"))
    if "solution" in tags:
        return render.answer(cell)
    if "check" in tags:
        return f'<details class="fold"><summary>Show the check</summary>{render.code(cell.source)}</details>'
    if "hide-input" in tags:
        shown = "".join(body for _, body in render.outputs(cell))
        return f'<details class="fold"><summary>Show the code</summary>{render.code(cell.source)}</details>{shown}'
    return render.code(cell.source) + "".join(body for _, body in render.outputs(cell))


def sections(nb):
    """Return the headings of a lesson for its table of contents: pairs of a cell's id and HTML."""
    headings = [(cell.id, re.match(r"## (.+)", cell.source)) for cell in nb.cells if cell.cell_type == "markdown"]
    return [(name, render.text_of(found[1])) for name, found in headings if found]


def build(folder=SITE):
    """Write the whole site; return its pages."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(render.TEMPLATES), trim_blocks=True)
    writing.write(folder / "course.css", render.template("code.css") + render.template("site.css"))
    writing.write(folder / "course.js", render.template("site.js"))
    writing.write(folder / "mathjax.js", render.mathjax())
    readme = (ROOT / "README.md").read_text("utf-8")
    rows, pages = lesson_table(readme), []
    intro = render.markdown(readme.split("\n\n")[1])
    existing = [row for row in rows if row["file"]]
    for at, row in enumerate(existing):
        path = ROOT / f"{row['file']}.ipynb"
        if not path.is_file():
            raise SystemExit(f"README.md lists {row['file']}.ipynb, which is not there. Correct its table of lessons.")
        build_slides.build(path, folder / "slides")
        nb = nbformat.read(path, 4)
        with render.lesson(path):
            cells = [(cell, cell_html(cell)) for cell in nb.cells]
            contents = sections(nb)
        content = environment.get_template("lesson.html.j2").render(
            row=row,
            cells=[(cell, body) for cell, body in cells if body],
            contents=contents,
            before=existing[at - 1] if at else None,
            after=existing[at + 1] if at + 1 < len(existing) else None,
        )
        pages.append(folder / f"{row['page']}.html")
        writing.write(pages[-1], content)
    pages.insert(0, folder / "index.html")
    writing.write(pages[0], environment.get_template("index.html.j2").render(rows=rows, intro=intro))
    shutil.copy(ROOT / "LICENSE", folder / "LICENSE.txt")
    shutil.copy(ROOT / "assets" / "practice" / "README.md", folder / "DATA.txt")
    return pages


def main():
    """Build the site and say where it is."""
    with stopping.says("Stopped. The pages of build/site that were not made yet are as they were."):
        pages = build()
    for page in pages:
        print(f"build/site/{page.name}", flush=True)
    print("Open build/site/index.html in a browser: it needs no network.")


if __name__ == "__main__":
    main()
