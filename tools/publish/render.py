"""Turn the cells of a lesson into HTML, for slides and for the site. Nothing in it needs the network."""

import base64
import html
import re
from functools import cache
from importlib.resources import files
from pathlib import Path

from nbconvert.filters import ansi2html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).resolve().parent / "templates"
WIDGET = "application/vnd.jupyter.widget-view+json"
PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
MATHJAX = "static/mathjax/es5/tex-svg-full.js"  # in the package django-static-mathjax
REVEAL = "_static/revealjs"  # in the package sphinx-revealjs


def lessons(root=ROOT):
    """Return the paths of all lessons, in their order."""
    return sorted(root.glob("Part*.ipynb"))


def part_of(path):
    """Return the number of a lesson: Part3_Training.ipynb -> "3"."""
    return re.match(r"Part(\d+)_", path.name)[1]


def template(name):
    """Return the text of a file in tools/publish/templates."""
    return (TEMPLATES / name).read_text("utf-8")


@cache
def mathjax():
    """Return MathJax as one script, from its Python package."""
    return (files("mathjax") / MATHJAX).read_text("utf-8")


@cache
def reveal(name):
    """Return a text file of reveal.js, such as "dist/reveal.js", from its Python package."""
    return (files("sphinx_revealjs") / REVEAL / name).read_text("utf-8")


def script(code):
    """Return JavaScript as an element of a page; a closing tag inside the code cannot end it."""
    return "<script>" + code.replace("</script", "<\\/script") + "</script>"


def markdown(source, folder=ROOT):
    """Return Markdown as HTML, pictures included; formulas stay as TeX, for MathJax."""
    before, *folded = re.split(r"<details><summary>(.*?)</summary>\n\n(.*?)\n\n</details>", source, flags=re.DOTALL)
    if folded:  # the Markdown library would let a fold end at its first blank line
        parts = [markdown(before, folder)]
        for summary, body, after in zip(*[iter(folded)] * 3, strict=True):
            parts.append(f'<details class="fold"><summary>{summary}</summary>{markdown(body, folder)}</details>')
            parts.append(markdown(after, folder))
        return "\n".join(parts)
    renderer = IPythonRenderer(escape=False, embed_images=True, exclude_anchor_links=True, path=str(folder))
    text = MarkdownWithMath(renderer=renderer).render(source)
    return re.sub(r'href="(Part\w+)\.ipynb', r'href="\1.html', text)  # the lessons as they stand beside this page


def text_of(source):
    """Return one line of Markdown as HTML without the paragraph around it."""
    return re.sub(r"^<p>|</p>$", "", markdown(source).strip())


def code(source):
    """Return Python code as HTML; a line that is too long for its place goes on with a deeper indent."""
    lines = highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)).rstrip("\n").split("\n")
    wrapped = []
    for line, plain in zip(lines, source.split("\n"), strict=True):
        indent = len(plain) - len(plain.lstrip()) + 4
        wrapped.append(f'<span class="line" style="--indent: {indent}ch">{line or " "}</span>')
    return f'<pre class="code"><code>{"".join(wrapped)}</code></pre>'


def picture(data, mime, metadata):
    """Return a picture of an output as HTML, with its alt text and the size it has in the notebook."""
    if mime == "image/svg+xml":
        data = base64.b64encode(data.encode()).decode()
    size = "".join(f' {side}="{metadata[side]}"' for side in ("width", "height") if side in metadata)
    alt = html.escape(metadata.get("alt", ""), quote=True)
    source = f"data:{mime};base64,{data.strip().replace(chr(10), '')}"
    return f'<figure class="figure"><img src="{source}" alt="{alt}"{size}></figure>'


def widget(data):
    """Return what stands for a widget or a progress bar on a page without a kernel."""
    said = data.get("text/plain", "")
    said = "" if re.fullmatch(r"\w+\(.*\)", said, re.DOTALL) else f"{html.escape(said)} "  # no repr of a widget
    return f'<p class="widget">{said}<em>Interactive: run the notebook to use it.</em></p>'


def outputs(cell):
    """Return the outputs of a code cell: pairs of a kind (text, figure, html, widget, error) and HTML."""
    found, printed = [], ""
    for output in [*cell.get("outputs", []), None]:
        if output is not None and output.output_type == "stream":
            printed += output.text  # what is printed may be stored in several pieces
            continue
        if printed.strip():
            found.append(("text", f'<pre class="output">{ansi2html(printed.rstrip())}</pre>'))
        printed = ""
        if output is None:
            break
        if output.output_type == "error":
            said = html.escape(f"{output.ename}: {output.evalue}".strip())
            found.append(("error", f'<pre class="output error">{said}</pre>'))
            continue
        mime = next((mime for mime in PICTURES if mime in output.data), None)
        if mime:
            found.append(("figure", picture(output.data[mime], mime, output.metadata.get(mime, {}))))
        elif WIDGET in output.data:
            found.append(("widget", widget(output.data)))
        elif "text/html" in output.data:
            found.append(("html", f'<div class="shown">{output.data["text/html"]}</div>'))
        else:
            plain = html.escape(output.data.get("text/plain", ""))
            found.append(("text", f'<pre class="output">{plain}</pre>'))
    return found


def answer(cell):
    """Return the course's answer to an exercise, folded, from what `exercises.solution` showed in the cell."""
    shown = " ".join(body for kind, body in outputs(cell) if kind == "html")
    source = re.search(r"<details>.*?<pre>(.*?)</pre>", shown, re.DOTALL)
    if source is None:
        raise SystemExit(f"The cell {cell.id} shows no answer: run the lesson first (make run).")
    body = code(html.unescape(source[1]).strip())
    return f'<details class="fold answer"><summary>Show the course\'s answer</summary>{body}</details>'
