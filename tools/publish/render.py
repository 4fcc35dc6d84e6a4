"""Turn the cells of a lesson into HTML, for slides and for the site. Nothing in it needs the network."""

import base64
import contextlib
import html
import io
import mimetypes
import re
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote

from nbconvert.filters import ansi2html
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from PIL import Image
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from tools.installer.words import Wish, typed
from tools.parts import page_of
from tools.publish import badges, points

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).resolve().parent / "templates"
SHOWN = ContextVar("SHOWN", default=ROOT / "README.md")  # the file whose text is shown
TAG = re.compile(r"""<(?P<tag>[a-z][\w:-]*)(?:[^>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""(?:[\s/]|(?<=["']))(?P<name>[^\s"'>/=]+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s>]+))?""")
PICTURE = re.compile(
    r"""(?P<before><img\b[^>]*?(?<![-\w])src\s*=\s*(?P<quote>["']?))(?P<address>[^"'>]*?)(?P<after>(?P=quote)(?=\s|/?>))""",
    re.IGNORECASE,
)
REMOTE = r"(https?:)?[/\\]{2}"  # how an address begins that leads into a network
REMOTE_URL = rf"url\(\s*[\"']?\s*{REMOTE}"  # the same in a style
WIDGET = "application/vnd.jupyter.widget-view+json"
PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
NOTEBOOK_WIDTH = 800  # px; a notebook shows no picture wider than its page
MATHJAX = "static/mathjax/es5/tex-svg-full.js"  # in the package django-static-mathjax
REVEAL = "_static/revealjs"  # in the package sphinx-revealjs


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


class Renderer(IPythonRenderer):
    """Markdown as HTML that asks for nothing: a picture from the network becomes a link to it."""

    def link(self, text, url, title=None):
        """Return a link. Around a picture that has become a link itself there is only this one."""
        return super().link(re.sub(r"</?a\b[^>]*>", "", text), url, title)

    def image(self, text, url, title=None):
        """Return a picture: a file, an attachment of the cell, or a link to where it is."""
        if is_remote(url):
            return link(url, text or "a picture")
        try:
            return super().image(text, url, title)
        except InvalidNotebook as error:
            name = url.removeprefix("attachment:")
            raise SystemExit(f"The picture {name} is not in the notebook: paste it again, and save.") from error

    def block_html(self, html):
        """Return a block of HTML, as it is but for what it would fetch from the network."""
        return without_network(super().block_html(html))

    def inline_html(self, html):
        """Return an HTML tag, as it is but for what it would fetch from the network."""
        return without_network(super().inline_html(html))

    def _html_embed_images(self, html):
        """Put the pictures of a piece of HTML into it. The library's way closes each tag that ends in a later piece."""
        return with_pictures(html, self._src_to_base64)

    def _src_to_base64(self, src):
        """Return a picture of the course as an address that holds it; None where it is no file of the course.

        The library looks for it below one folder only. A bonus notebook shows pictures of the folder above it, too.
        """
        return picture_of_the_course(src)


def picture_of_the_course(src):
    """Return a picture as an address that holds it; None where it is no file of the course, which is said."""
    if re.match(r"[a-z][\w+.-]*:|[/\\#]", src, re.IGNORECASE):
        return None
    folder = SHOWN.get().parent
    course = ROOT if folder.is_relative_to(ROOT) else folder
    place = (folder / unquote(src)).resolve()
    if not place.is_relative_to(course) or not place.is_file():
        print(f"{SHOWN.get().name}: the picture {src} is not there, or not in the folder of the course.")
        return None
    data = base64.b64encode(place.read_bytes()).decode()
    return f"data:{mimetypes.guess_type(place.name)[0]};base64,{data}"


@contextlib.contextmanager
def lesson(path):
    """Show what is in a lesson: its pictures' paths begin in its folder, and what cannot be shown is said of it."""
    before = SHOWN.set(path.resolve())
    try:
        yield
    except SystemExit as error:
        raise SystemExit(f"{path.name}: {error}") from error
    finally:
        SHOWN.reset(before)


def with_pictures(html, embedded):
    """Return HTML in which pictures of the course are no longer addresses but in it; `embedded` returns one or None."""

    def changed(found):
        data = embedded(found["address"])
        return f"{found['before']}{data}{found['after']}" if data else found[0]

    return PICTURE.sub(changed, html)


def is_remote(address):
    """Whether an address leads into a network."""
    return bool(re.match(rf"\s*{REMOTE}", address, re.IGNORECASE))


def link(address, text):
    """Return a link as HTML."""
    return f'<a href="{html.escape(address, quote=True)}">{html.escape(text)}</a>'


def attribute(tag, name):
    """Return an attribute of an HTML tag, or ""."""
    for found in ATTRIBUTE.finditer(tag):
        if found["name"].lower() == name:
            return value_of(found)
    return ""


def value_of(found):
    """Return the value of an attribute, given as a match of ATTRIBUTE."""
    value = found["value"] or ""
    if value.startswith(("'", '"')):
        value = value[1:-1]
    return html.unescape(value)


def reference(found):
    """Return what stands on a page for a tag that shows another page, a video or a picture, given as a match.

    Data that the notebook itself holds stays. A page or a video becomes a sentence with a link.
    """
    tag, name = found[0], found[1].lower()
    address = attribute(tag, "src") or attribute(tag, "data")
    if address.startswith("data:") or (name == "img" and not is_remote(address)):
        return tag
    video = re.search(r"youtube(?:-nocookie)?\.com/embed/([\w-]+)", address)
    if video:
        address = f"https://www.youtube.com/watch?v={video[1]}"
    usual = "A video on YouTube" if video else {"iframe": "A page", "img": "A picture"}.get(name, f"A {name}")
    title = attribute(tag, "title") or attribute(tag, "alt") or f"{usual}: {address}"
    if name == "img":
        return link(address, title)
    shown = link(address, title) if is_remote(address) else html.escape(title)
    return f'<p class="elsewhere">{shown}</p>'


def without_network(shown):
    """Return HTML in which nothing is fetched from elsewhere: frames, videos and pictures are links."""
    shown = re.sub(r"(?is)<(iframe|video|audio|object)\b.*?(?:</\1\s*>|$)", reference, shown)
    shown = re.sub(r"(?is)<(embed|img)\b[^>]*>", reference, shown)
    shown = re.sub(r"(?is)<script\b[^>]*\bsrc\s*=.*?</script\s*>", "", shown)
    shown = re.sub(r"(?is)<(link|meta|base)\b[^>]*>", "", shown)
    shown = re.sub(r"(?is)(?<=<style)(\b[^>]*>)(.*?)(?=</style|$)", style_without_network, shown)
    return TAG.sub(tag_without_network, shown)


def style_without_network(found):
    """Return the inside of a style sheet, given as a match, without what it would fetch."""
    rules = re.sub(r"(?i)@import\b[^;]*;?", "", found[2])
    return found[1] + re.sub(rf"(?i){REMOTE_URL}[^)]*\)", "none", rules)


def tag_without_network(found):
    """Return a tag, given as a match, without the attributes for which a browser would fetch something."""
    name = found["tag"].lower()

    def kept(attribute):
        return "" if fetches(name, attribute["name"].lower(), value_of(attribute)) else attribute[0]

    return ATTRIBUTE.sub(kept, found[0])


def fetches(tag, name, value):
    """Whether a browser would fetch something from a network for an attribute of a tag."""
    if name in ("srcset", "imagesrcset"):  # a choice of pictures: `src` is one of them
        return True
    if re.search(f"(?i){REMOTE_URL}", value):  # in a style, and in many attributes of SVG
        return True
    if name in ("href", "xlink:href"):
        return tag not in ("a", "area") and is_remote(value)
    return name in ("src", "data", "background", "poster") and is_remote(value)


def without_badges(source):
    """Return Markdown without the lines of badges, whose pictures come from the network."""
    lines = [line for line in source.splitlines() if not is_badges(line)]
    return "\n".join(lines).strip("\n")


def is_badges(line):
    """Whether a line of Markdown is one of badges, as tools/publish/badges.py writes them, or a mark around them."""
    images = (badges.COLAB_IMAGE, badges.KAGGLE_IMAGE, badges.BINDER_IMAGE)
    if line.startswith("[!["):
        return any(image in line for image in images)
    return bool(re.match(r"<!-- /?badges", line))


def markdown(source, attachments=None, rest=None):
    """Return Markdown as HTML, pictures included; formulas stay as TeX, for MathJax.

    Parameters
    ----------
    source : str
        The Markdown.
    attachments : dict, optional
        The pictures that were pasted into the cell.
    rest : list, optional
        If it is given, only the first sentence of each paragraph is returned; the others are put here, as HTML.
        What is no paragraph (a heading, a list, a table, a formula, code) stays whole.
    """
    fold = r"<details>\s*<summary>(.*?)</summary>\s*\n\s*\n(.*?)\n\s*\n\s*</details>"
    before, *folded = re.split(fold, source, flags=re.DOTALL)
    if folded:  # the Markdown library would let a fold end at its first blank line
        parts = [markdown(before, attachments, rest)]
        for summary, body, after in zip(*[iter(folded)] * 3, strict=True):
            inside = markdown(body, attachments)
            parts.append(f'<details class="fold"><summary>{summary}</summary>{inside}</details>')
            parts.append(markdown(after, attachments, rest))
        return "\n".join(parts)
    attached = attachments or {}
    renderer = Renderer(escape=False, embed_images=True, exclude_anchor_links=True, attachments=attached)
    parser = MarkdownWithMath(renderer=renderer)
    if rest is not None:
        parser.before_render_hooks.append(lambda parser, state: keep_first_sentences(parser, state, rest))
    text = parser.render(source)
    return re.sub(r'href="(?:\.\./)?((?:Part|bonus/)?\d\w*)\.ipynb', page_link, text)


def page_link(found):
    """Return a link to another notebook as one to its page: all pages stand side by side."""
    return f'href="{page_of(Path(found[1]))}.html'


def keep_first_sentences(parser, state, rest):
    """Cut each paragraph that a Markdown parser has found down to its first sentence; put the others into a list."""
    for token in state.tokens:
        if token["type"] != "paragraph":
            continue
        inline = parser.inline(token.pop("text").strip(), state.env)
        token["children"], others = points.first_sentence(inline)
        if others:
            rest.append(parser.renderer([{"type": "paragraph", "children": others}], state))


def text_of(source):
    """Return one line of Markdown as HTML without an element around it; "2. Limits" begins no list."""
    return re.sub(r"^<h1>|</h1>$", "", markdown(f"# {source}").strip())


def code(source):
    """Return Python code as HTML; a line that is too long for its place goes on with a deeper indent."""
    source = re.sub(r"\r\n?", "\n", source).rstrip("\n")  # JupyterLab keeps empty lines
    lines = highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)).rstrip("\n").split("\n")
    wrapped = []
    for line, plain in zip(lines, source.split("\n"), strict=True):
        indent = len(plain) - len(plain.lstrip()) + 4
        wrapped.append(f'<span class="line" style="display: block; --indent: {indent}ch">{line or " "}</span>')
    return f'<pre class="code"><code>{"".join(wrapped)}</code></pre>'


def natural_size(data, mime):
    """Return the width and the height of a picture that was stored without them, in px; {} where they are unknown."""
    if mime == "image/svg+xml":
        box = re.search(r"""viewBox\s*=\s*["'][\d.+-]+[ ,]+[\d.+-]+[ ,]+([\d.]+)[ ,]+([\d.]+)""", data)
        width, height = (round(float(side)) for side in box.groups()) if box else (0, 0)
        return {"width": width, "height": height} if width and height else {}  # 0.3 x 0.2 is no number of px
    try:
        width, height = Image.open(io.BytesIO(base64.b64decode(data))).size
    except (OSError, ValueError):  # no picture
        return {}
    return {"width": width, "height": height}


def length(value):
    """Return a length that was given to a picture, such as 300, "300px" or "50%" (of the page), in px; else None."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*(px|%)?\s*", str(value))
    if not found:
        return None
    number = float(found[1])
    if found[2] == "%":
        number *= NOTEBOOK_WIDTH / 100
    return round(number) or None


def picture(data, mime, metadata):
    """Return a picture of an output as HTML, with its alt text and the size it has in the notebook.

    One that was stored without a size has `data-free`: nobody chose how large its labels are.
    """
    lengths, free = {side: length(metadata.get(side)) for side in ("width", "height")}, ""
    if str(metadata.get("height")).strip().endswith("%"):  # of a page without an end
        lengths["height"] = None
    size = {side: px for side, px in lengths.items() if px}
    if len(size) < 2:
        free = ' data-free="yes"'
        natural = natural_size(data, mime)
        shrink = size.get("width", min(NOTEBOOK_WIDTH, natural.get("width", 0))) / natural.get("width", 1)
        size = {side: max(1, round(shrink * px)) for side, px in natural.items()} or size
    if mime == "image/svg+xml":
        data = base64.b64encode(data.encode()).decode()
    sides = "".join(f' {side}="{px}"' for side, px in size.items())
    alt = html.escape(str(metadata.get("alt") or ""), quote=True)
    source = f"data:{mime};base64,{data.strip().replace(chr(10), '')}"
    return f'<figure class="figure"{free}><img src="{source}" alt="{alt}"{sides}></figure>'


def widget(data):
    """Return what stands for a widget or a progress bar on a page without a kernel."""
    said = data.get("text/plain", "")
    said = "" if re.fullmatch(r"\w+\(.*\)", said, re.DOTALL) else f"{html.escape(said)} "  # no repr of a widget
    return f'<p class="widget">{said}<em>Interactive: run the notebook to use it.</em></p>'


def display(data, metadata):
    """Return what a cell displayed, in the richest form that needs no kernel: a kind and HTML, or None for nothing."""
    mime = next((mime for mime in PICTURES if mime in data), None)
    shown, plain = data.get("text/html", ""), data.get("text/plain", "")
    if "<iframe" in shown:  # before its picture: a video on YouTube has one
        return "html", f'<div class="shown">{without_network(shown)}</div>'
    if "text/latex" in data:
        return "html", f'<div class="shown">{html.escape(data["text/latex"], quote=False)}</div>'
    if mime:
        return "figure", picture(data[mime], mime, metadata.get(mime, {}))
    if WIDGET in data:
        return "widget", widget(data)
    if shown:
        shown = with_pictures(shown, picture_of_the_course)
        return "html", f'<div class="shown">{without_network(shown)}</div>'
    if "text/markdown" in data:
        return "html", f'<div class="shown text">{markdown(data["text/markdown"])}</div>'
    if "application/javascript" in data:
        return None
    if re.match(r"<IPython\.(core|lib)\.display\.", plain):
        return "widget", widget({})
    return "text", f'<pre class="output">{html.escape(plain)}</pre>'


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
        shown = display(output.data, output.metadata)
        if shown is not None:
            found.append(shown)
    return found


def answer_code(cell):
    """Return the course's answer to an exercise as HTML, from what `exercises.solution` showed in the cell."""
    shown = " ".join(body for kind, body in outputs(cell) if kind == "html")
    source = re.search(r"<details>.*?<pre>(.*?)</pre>", shown, re.DOTALL)
    if source is None:
        raise SystemExit(f"The cell {cell.id} shows no answer: run the lesson first ({typed(Wish(command='run'))}).")
    return code(html.unescape(source[1]).strip())


def answer(cell):
    """Return the course's answer to an exercise, folded."""
    return f'<details class="fold answer"><summary>Show the course\'s answer</summary>{answer_code(cell)}</details>'
