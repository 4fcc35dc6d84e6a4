"""What a figure shows, in a form that does not depend on the version of matplotlib that draws it.

Versions of matplotlib draw the same letters a little differently. Labels get wider, legends taller, and the axes beside
them move by a few pixels, so pictures of two versions cannot be compared pixel by pixel. A **sketch** can. It holds

- who drew the figure: the versions of matplotlib and of FreeType, which draws the letters
- the lettering, as texts: every title, label, number and legend entry, each with its color
- the inks: the colors and styles of all lines, shapes and dots, in the order in which they were drawn
- the drawing: a small picture of the figure at 24 pixels to the inch, without its lettering and without the room that
  lettering takes

`run_notebooks.py` runs `install` in the kernel of a lesson. From then on each PNG that the lesson shows carries its
sketch as a text chunk, so that what it shows can be compared with what was stored before.
"""

import base64
import io
import itertools
import json
import pickle

KEY = "Sketch"  # the name of the text chunk
DPI, SHRINK = 288, 12  # drawn large and then shrunk, so that it does not matter how an edge meets the grid of pixels
STEP = 8  # values are rounded to multiples of it, which keeps the drawing at one to three thousand bytes
COLORMAP = 8  # more colors than this in one set of shapes are those of a colormap: the drawing shows them


def install():
    """Let every figure of this process that is shown as a PNG carry its sketch."""
    from matplotlib.backend_bases import FigureCanvasBase

    print_figure = FigureCanvasBase.print_figure

    def print_with_sketch(canvas, file, *arguments, **settings):
        is_shown = hasattr(file, "write")  # a file that a lesson saves stays as it is
        if is_shown and settings.get("format") in (None, "png"):
            text = sketch(canvas.figure)
            if text:
                settings["metadata"] = {**(settings.get("metadata") or {}), KEY: text}
        return print_figure(canvas, file, *arguments, **settings)

    FigureCanvasBase.print_figure = print_with_sketch


def sketch(figure):
    """Return the sketch of a figure as a text (JSON); None for a figure that cannot be copied or drawn in this way."""
    import matplotlib
    from matplotlib import ft2font

    try:
        copy = _copy(figure)
        lettering, drawing = _drawn_apart(copy)
    except Exception:  # such as a lambda in an axis, which cannot be copied: no reason for a lesson to stop
        return None
    inks = [ink for axes in copy.axes for ink in _inks(axes)]
    content = {
        "by": f"matplotlib {matplotlib.__version__}, FreeType {ft2font.__freetype_version__}",
        "lettering": sorted(lettering),
        "inks": [[ink, len(list(same))] for ink, same in itertools.groupby(inks)],
        "drawing": _as_png(drawing),
    }
    return json.dumps(content)


def shrunk(picture, times):
    """Return a Pillow image, so many times smaller: each pixel is an average of those that lie under and around it."""
    from PIL import Image

    width, height = (max(1, round(side / times)) for side in picture.size)
    return picture.convert("RGB").resize((width, height), Image.Resampling.BILINEAR)


def _copy(figure):
    """Return a copy of a figure that pyplot knows nothing of."""
    manager, figure.canvas.manager = figure.canvas.manager, None  # with it, pyplot would take up the copy
    try:
        return pickle.loads(pickle.dumps(figure))
    finally:
        figure.canvas.manager = manager


def _drawn_apart(figure):
    """Draw a figure without its lettering; return the lettering as texts with colors, and the drawing as an image."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.colors import to_hex
    from matplotlib.image import AxesImage
    from matplotlib.legend import Legend
    from matplotlib.text import Text
    from PIL import Image

    canvas = FigureCanvasAgg(figure)
    figure.set_layout_engine("none")
    figure.set_dpi(DPI)
    for axes in figure.axes:
        if axes.get_subplotspec():
            axes.set_position(axes.get_subplotspec().get_position(figure))
    for image in figure.findobj(AxesImage):  # matplotlib 3.9 refuses the dtype of an array that was copied
        image.set_data(image.get_array().astype(image.get_array().dtype.type))
    lettering = []
    for legend in figure.findobj(Legend):  # its frame is as large as its words
        lettering += [[text.get_text(), to_hex(text.get_color())] for text in legend.get_texts()]
        legend.set_visible(False)
    for text in figure.findobj(Text):
        frame = text.get_bbox_patch()
        if frame:
            lettering.append([f"frame of {text.get_text()}", to_hex(frame.get_facecolor())])
            frame.set_visible(False)

    def note(gc, x, y, line, *settings, **more):
        lettering.append([line, to_hex(gc.get_rgb())])

    renderer = canvas.get_renderer()
    renderer.draw_text = note
    figure.draw(renderer)
    return lettering, shrunk(Image.fromarray(np.asarray(canvas.buffer_rgba())), SHRINK)


def _inks(axes):
    """Return the kind, colors and style of each line, shape and set of shapes in axes, as texts."""
    from matplotlib.collections import Collection
    from matplotlib.colors import to_hex, to_rgba_array
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    inks = []
    for artist in axes.get_children():
        if isinstance(artist, Line2D):
            kind, colors, style = "line", [artist.get_color(), artist.get_markerfacecolor()], artist.get_linestyle()
        elif isinstance(artist, Patch | Collection):
            kind = "shape" if isinstance(artist, Patch) else "shapes"  # names of classes differ between versions
            colors, style = [artist.get_facecolor(), artist.get_edgecolor()], artist.get_hatch() or ""
        else:
            continue
        names = [to_hex(row, keep_alpha=True) for color in colors for row in to_rgba_array(color)]
        names = list(dict.fromkeys(names))
        if len(names) > COLORMAP:
            names = ["colormap"]
        inks.append(" ".join([kind, *names, str(style)]).strip())
    return inks


def _as_png(drawing):
    """Return an image as the text (base64) of a PNG, its values rounded."""
    file = io.BytesIO()
    rounded = [min(255, STEP * round(value / STEP)) for value in range(256)]
    drawing.point(rounded * 3).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode("ascii")
