"""Spread the cells of a talk over its slides: what belongs together, and how much fits.

Heights are guesses, in px of a slide of 1280 x 720, from the smallest sizes that templates/slides.js sets; it measures
in the browser and takes larger sizes where there is place.
"""

import html
import math
import re
from dataclasses import dataclass, field

WIDTH, HEIGHT = 1168, 642  # of a slide within its margins
HEADER = {"running": 44, "title": 62, "both": 92}  # height of what stands above the body
TEXT_ROW, TEXT_SIGN = 33, 11.3  # height of a line, width of a letter
CODE_ROW, CODE_SIGN = 24.5, 10.84
CELL = "   "  # as wide as the space between two cells of a table
GAP = 16  # between blocks
FIGURE = 1.36  # figures grow by this, so that their labels of 10 points (13.3 px) reach 18 px
FREE = 0.8  # a picture without a size in its metadata grows by at least this
NARROWEST = 240  # px that text needs beside a figure
NARROWEST_TABLE = 400  # the same for a table
SPARSE = 0.2  # a slide that uses less of its area is joined with its neighbor, if both fit on one
EMPTY = 0.13  # a slide that uses even less shows whole paragraphs
LARGE = 2.2  # the area of letters grows by this where they stand alone


@dataclass
class Piece:
    """What one cell puts on a slide: text, or code with all that it shows."""

    name: str  # of the cell
    text: str = ""  # HTML: of each paragraph the first sentence
    whole: str = ""  # HTML: the same text with whole paragraphs
    code: str = ""  # Python; empty where it is not shown
    output: str = ""  # HTML, without figures
    figures: list = field(default_factory=list)  # HTML
    rest: list = field(default_factory=list)  # HTML: what the first sentences leave out
    moved: list = field(default_factory=list)  # sentences around it for which there was no place
    moved_code: str = ""  # its code, if there was no place for it beside its figure

    @property
    def is_sentence(self):
        """Whether it is one paragraph of text and nothing else."""
        return bool(re.fullmatch(r"<p>(?:(?!<p>|<img|\$\$).)*</p>", self.text.strip(), re.DOTALL))

    @property
    def is_text(self):
        """Whether it is text, without code and output."""
        return not (self.code or self.output or self.figures)

    @property
    def is_prose(self):
        """Whether it is text in sentences, without lists, tables and the like."""
        return self.is_text and not re.search(r"<(li|tr|pre|img)\b", self.text)


def visible(shown):
    """Return the text of HTML about as long as it is to be seen; a command of TeX counts as one letter."""
    return html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"\\[a-zA-Z]+", "x", shown))).strip()


def rows(text, width, sign):
    """Return how many rows a line of text takes in a column."""
    return max(1, math.ceil(len(text) * sign / width))


def text_height(shown, width):
    """Return how high text (HTML) is in a column of a width."""
    blocks = r"(?s)<(p|li|tr|pre|h\d|summary)\b[^>]*>(.*?)</\1>"
    height = 316 * re.sub(blocks, "", shown).count("<img")
    for tag, body in re.findall(blocks, shown):
        if "<img" in body:
            height += 316
        elif "$$" in body:
            height += 80 + 40 * body.count("\\\\")
        elif tag == "pre":
            height += 24 + CODE_ROW * sum(rows(line, width, CODE_SIGN) for line in visible(body).split("\n"))
        elif tag == "tr":
            height += 11 + TEXT_ROW * rows(visible(body) + CELL * body.count("<td"), width, TEXT_SIGN)
        else:
            height += TEXT_ROW * rows(visible(body), width, TEXT_SIGN) + (6 if tag == "li" else 12)
    return height


def code_rows(source, width):
    """Return how many rows each line of code takes in a column of a width."""
    return [rows(line, width - 36, CODE_SIGN) for line in source.split("\n")]


def piece_height(piece, width):
    """Return how high a piece is in a column of a width, without its figures."""
    if piece.is_text:
        return text_height(piece.text, width)
    code = 24 + CODE_ROW * sum(code_rows(piece.code, width)) if piece.code else 0
    return code + (12 + text_height(piece.output, width) if piece.output else 0)


def total_height(pieces, width):
    """Return how high pieces are one below the other, without their figures."""
    heights = [piece_height(piece, width) for piece in pieces]
    heights = [height for height in heights if height]
    return sum(heights) + GAP * max(0, len(heights) - 1)


def figure_size(figures):
    """Return the width and the height that figures in a row need at least, in px."""
    width, height = 0, 0
    for figure in figures:
        sides = [re.search(rf' {side}="(\d+)"', figure) for side in ("width", "height")]
        own_width, own_height = (int(side[1]) for side in sides) if all(sides) else (400, 300)
        scale = FREE if "data-free" in figure else FIGURE
        scale = min(scale, (WIDTH - 16) / own_width, (HEIGHT - 16) / own_height)
        width += scale * own_width + 16
        height = max(height, scale * own_height + 16)
    return width, height


def fit(pieces, room):
    """Whether pieces fit on one slide.

    With a figure: one below the other, all others beside the figure, or the code above and the text beside the figure.
    """
    drawn = [piece for piece in pieces if piece.figures]
    stacked = total_height(pieces, WIDTH)
    if not drawn:
        return stacked <= room
    if len(drawn) > 1:
        return False
    width, height = figure_size(drawn[0].figures)
    if width <= WIDTH and stacked + GAP + height <= room:
        return True
    beside = WIDTH - 40 - width
    narrowest = NARROWEST_TABLE if any("<tr" in piece.text for piece in pieces) else NARROWEST
    if beside < narrowest:
        return False
    readable = all(count <= 2 for piece in pieces for count in code_rows(piece.code, beside))
    if readable and max(height, total_height(pieces, beside)) <= room:
        return True
    texts = [piece for piece in pieces if piece.is_text]
    above = total_height([piece for piece in pieces if not piece.is_text], WIDTH)
    return above + GAP + max(height, total_height(texts, beside)) <= room


def room_below(title, running):
    """Return how high the body of a slide is below its header."""
    header = "both" if title and running else "title" if title else "running" if running else ""
    return HEIGHT - HEADER.get(header, 0)


def used_area(pieces, title):
    """Return about which share of a slide is used."""
    used = 42 * 20 * len(visible(title))
    for piece in pieces:
        if piece.figures:
            width, height = figure_size(piece.figures)
            used += width * height
        if piece.is_prose:
            used += TEXT_ROW * TEXT_SIGN * len(visible(piece.text))
        else:
            used += 0.8 * WIDTH * piece_height(piece, WIDTH)
    return used / (1280 * 720)


def fill_up(pieces, title):
    """Show whole paragraphs on a slide that would be nearly empty with their first sentences, even in large letters."""
    grows = LARGE if all(piece.is_prose for piece in pieces) else 1
    for piece in pieces:
        if grows * used_area(pieces, title) < EMPTY:
            piece.text, piece.rest = piece.whole, []


def spread(pieces, first_room, room):
    """Return the pieces slide by slide.

    Code stays with the figure that it makes, and a text in front of code stays with the code. What finds no place
    goes to the notes: a single sentence, and code that is too long for its figure.
    """
    for piece in pieces:
        if piece.figures and piece.code and not fit([piece], room):
            piece.moved_code, piece.code = piece.code, ""
    slides = [[]]
    for index, piece in enumerate(pieces):
        slide = slides[-1]
        place = first_room if len(slides) == 1 else room
        leads_to_code = index + 1 < len(pieces) and not pieces[index + 1].is_text
        if not slide or fit([*slide, piece], place):
            slide.append(piece)
        elif piece.is_sentence and not leads_to_code:
            slide[-1].moved.append(piece)
        elif piece.is_text or not slide[-1].is_text:
            slides.append([piece])
        elif len(slide) > 1:
            slides.append([slide.pop(), piece])
        elif slide[0].is_sentence and fit([piece], place):
            piece.moved.append(slide.pop())
            slide.append(piece)
        elif slide[0].is_sentence:  # the browser has to find a place for both
            slide.append(piece)
        else:
            slides.append([piece])
    return slides
