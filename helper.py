"""What the lessons share: where the data is, the device, and views (plots and pictures).

A view returns what it draws, is shown by being the last line of a cell, and carries a sentence that describes it. It
leaves tensors, random numbers and matplotlib's settings as they were.
"""

import base64
import functools
import gzip
import io
import os
import random
import shutil
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parent
HEADLESS = bool(os.environ.get("COURSE_HEADLESS"))  # no progress bars: tests and stored outputs
COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]  # of Okabe and Ito
GRAY = "#767676"
FASHION = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
DIGITS = list("0123456789")


# Data, device, random numbers, progress


def data_dir(edition=None, name=""):
    """Return the folder of the data.

    Parameters
    ----------
    edition : str or Path, optional
        "practice" (the data that come with the course), "full" (after `make data`), or the path of a folder of your
        own. Without it, what the environment variable COURSE_DATA says, or else "practice".
    name : str, optional
        A data set in it, such as "Cat_Dog_data". Your own pictures may stand in your folder right away.

    Returns
    -------
    Path

    Raises
    ------
    FileNotFoundError
        If there is no such folder; the text says what to do.
    """
    edition = edition or os.environ.get("COURSE_DATA") or "practice"
    if edition == "practice":
        folder = _practice()
        expected = folder
    elif edition == "full":
        folder = HERE / "data"
        expected = folder / (name or "FashionMNIST")
    else:
        folder = Path(edition).expanduser()
        expected = folder
    if not expected.is_dir() and edition == "practice":
        cure = "The folder assets/ is missing beside helper.py: run the first cell of the lesson, which fetches it"
        raise FileNotFoundError(f"There is no data in {expected}. {cure}.")
    if not expected.is_dir():
        cure = "Run `make data` once to fetch it" if edition == "full" else "Check the spelling"
        raise FileNotFoundError(f'There is no data in {folder / name}. {cure}, or use helper.data_dir("practice").')
    if (folder / name).is_dir():
        return folder / name
    return folder


@functools.cache
def _practice():
    """Return the folder of the practice data, unpacked: beside the packed files or, if that is read-only, elsewhere."""
    source = HERE / "assets" / "practice"
    target = source
    packed = sorted(source.glob("*/raw/*.gz"))
    is_unpacked = all(path.with_suffix("").exists() for path in packed)
    if not is_unpacked and not os.access(source, os.W_OK):
        _practice.kept = tempfile.TemporaryDirectory(prefix="course-", ignore_cleanup_errors=True)  # until Python ends
        target = Path(_practice.kept.name)
        shutil.copytree(source / "Cat_Dog_data", target / "Cat_Dog_data")
    for path in packed:
        whole = target / path.relative_to(source).with_suffix("")
        if not whole.exists():
            whole.parent.mkdir(parents=True, exist_ok=True)
            beside = whole.with_suffix(f".{os.getpid()}")
            beside.write_bytes(gzip.decompress(path.read_bytes()))  # checks the checksum that is in the file
            beside.replace(whole)
    return target


def device():
    """Return the `torch.device` to compute on: the accelerator (CUDA, MPS, …) if there is one, else the CPU."""
    if torch.accelerator.is_available():
        return torch.accelerator.current_accelerator()
    return torch.device("cpu")


def track(steps, label=""):
    """Return the steps of a loop with a bar that shows how far it has come; in a headless run without one."""
    from tqdm.auto import tqdm  # here, since few lessons need it

    return tqdm(steps, desc=label, leave=False, disable=HEADLESS)


def seed(number=0):
    """Start the random numbers of Python, NumPy and PyTorch anew, so that the next run draws the same ones."""
    random.seed(number)
    np.random.seed(number)
    torch.manual_seed(number)


# Pictures


def imshow(image, ax=None, title=None):
    """Show one picture.

    Parameters
    ----------
    image : torch.Tensor, np.ndarray or PIL.Image.Image
        A tensor [H, W], [1, H, W] or [3, H, W], an array [H, W] or [H, W, 3], or a Pillow image: uint8 from 0 to 255
        or float from 0 to 1. Other floats (normalized pictures, weights) are stretched to fill the range.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new one without it.
    title : str, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    if ax is None:
        _, (ax,) = _figure(title or "A picture", 2.6, 2.6)
    ax.imshow(_pixels(image), cmap="gray", vmin=0, vmax=1)
    ax.set_axis_off()
    ax.set_title(title or "")
    return ax


def view_classify(image, probs, classes=None, version="MNIST"):
    """Show a picture and a bar with the probability of each class.

    Parameters
    ----------
    image : torch.Tensor, np.ndarray or PIL.Image.Image
        As for `imshow`.
    probs : torch.Tensor or sequence of float
        A probability for each class; they add up to 1.
    classes : sequence of str, optional
        Their names; without it, those of `version`.
    version : str
        "MNIST" (digits) or "Fashion" (clothes).

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are not as many probabilities as classes, or they do not add up to 1.
    """
    probs = torch.as_tensor(_array(probs)).flatten()
    if classes is None:
        classes = FASHION if "fashion" in version.lower() else DIGITS
    classes = [str(name) for name in classes]
    are_probabilities = len(probs) == len(classes) and probs.min() >= 0 and abs(probs.sum() - 1) < 0.01
    if not are_probabilities:
        found = f"{len(probs)} numbers that add up to {probs.sum():.2f}"
        raise ValueError(f"Expected {len(classes)} probabilities, but got {found}. Try logits.softmax(dim=-1).")
    best = int(probs.argmax())
    title = f"Most probable: {classes[best]} ({probs[best]:.0%})"
    fig, (left, right) = _figure(f"A picture and a bar for each class. {title}", 6, 3, 2)
    imshow(image, left)
    colors = [COLORS[index == best] for index in range(len(classes))]
    bars = right.barh(classes, probs.tolist(), color=colors)
    right.bar_label(bars, [f"{p:.0%}" for p in probs], padding=2)
    right.set(xlim=(0, 1.2), xticks=[0, 0.5, 1], xlabel="probability", title=title)
    right.invert_yaxis()
    return fig


def view_batch(images, captions=None, columns=8, size=72):
    """Show pictures as a contact sheet.

    Parameters
    ----------
    images : torch.Tensor or list
        A tensor [N, C, H, W] or [N, H, W], or a list of what `imshow` takes.
    captions : list, optional
        N texts or numbers, one for each picture.
    columns : int
        Pictures in a row.
    size : int
        The width of each picture, in pixels; its height follows.

    Returns
    -------
    PIL.Image.Image

    Raises
    ------
    ValueError
        If there is no picture, or not a caption for each.
    """
    captions = [] if captions is None else [_caption(caption) for caption in captions]
    if len(images) == 0 or len(captions) not in (0, len(images)):
        raise ValueError(f"{len(images)} pictures and {len(captions)} captions: there should be one for each.")
    tiles = []
    for image in images:
        tile = Image.fromarray((_pixels(image) * 255).round().astype(np.uint8))
        height = round(size * tile.height / tile.width)
        tiles.append(tile.resize((size, height), Image.Resampling.NEAREST))
    columns = min(columns, len(tiles))
    gap, line = 6, 18 if captions else 0  # between pictures, and above each for its caption
    step = max(tile.height for tile in tiles) + gap + line
    rows = -(-len(tiles) // columns)
    sheet = Image.new("RGB", (columns * (size + gap) + gap, rows * step + gap), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for index, tile in enumerate(tiles):
        x = gap + index % columns * (size + gap)
        y = gap + index // columns * step
        sheet.paste(tile, (x, y + line))
        if captions:
            draw.text((x + size / 2, y + line / 2), captions[index], "black", font, "mm")
    sheet.alt = f"Contact sheet of {len(tiles)} pictures: {', '.join(captions) or 'without captions'}"
    return sheet


def _caption(value):
    """Return a caption as text; of a tensor or array, the number in it."""
    return str(value.tolist() if hasattr(value, "tolist") else value)


def view_recon(image, recon):
    """Show a picture beside its reconstruction, with their mean squared error; return a Pillow image."""
    one, two = _pixels(image, stretch=False), _pixels(recon, stretch=False)
    if one.shape != two.shape:
        found = f"The picture {list(one.shape)} and its reconstruction {list(two.shape)}"
        raise ValueError(f"{found} should have one shape.")
    error = np.mean((one - two) ** 2)
    return view_batch([image, recon], ["picture", f"error {error:.4f}"], size=200)


# Draw a digit


def as_digit(drawing):
    """Scale and center a drawing as the digits of MNIST are.

    The ink is fitted into a box of 20 × 20 pixels, its proportions kept, and put into a picture of 28 × 28 so that its
    center of mass lies at row and column 14, as Y. LeCun, C. Cortes and C. Burges describe it (The MNIST database of
    handwritten digits).

    Parameters
    ----------
    drawing : torch.Tensor, np.ndarray or PIL.Image.Image
        As for `imshow`: white ink on black.

    Returns
    -------
    torch.Tensor
        [1, 28, 28], float32 from 0 (paper) to 1 (ink); all 0 if nothing is drawn.
    """
    ink = _pixels(drawing, stretch=False)
    if ink.ndim == 3:
        ink = ink.mean(axis=2)
    digit = np.zeros((28, 28), np.float32)
    rows, columns = np.nonzero(ink > 0.1)
    if len(rows) == 0:
        return torch.from_numpy(digit)[None]
    box = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    scale = 20 / max(box.shape)
    height, width = (max(1, round(side * scale)) for side in box.shape)
    small = Image.fromarray(box.astype(np.float32)).resize((width, height), Image.Resampling.BOX)
    small = np.asarray(small)
    weight = small.sum()
    middle_row = (small.sum(axis=1) @ np.arange(height)) / weight
    middle_column = (small.sum(axis=0) @ np.arange(width)) / weight
    top = min(max(round(14 - middle_row), 0), 28 - height)
    left = min(max(round(14 - middle_column), 0), 28 - width)
    digit[top : top + height, left : left + width] = small
    return torch.from_numpy(digit)[None]


def draw_digit(predict):
    """Let the reader draw a digit with the mouse or a finger, and show live what a network reads.

    Parameters
    ----------
    predict : callable
        Takes a digit, a tensor [1, 28, 28] of floats from 0 to 1 (see `as_digit`), and returns ten probabilities.

    Returns
    -------
    anywidget.AnyWidget or matplotlib.figure.Figure
        A place to draw; where nobody can draw (a headless run, or without anywidget) an example with its bars.
    """
    try:
        import anywidget  # here, since only one lesson draws
        import traitlets
    except ImportError:
        anywidget = None
    if HEADLESS or anywidget is None:
        digit = as_digit(_example_drawing())
        return view_classify(digit, predict(digit))

    class DigitPad(anywidget.AnyWidget):
        """A place to draw, and ten bars. The page's half is assets/draw_digit.js."""

        _esm = (HERE / "assets" / "draw_digit.js").read_text("utf-8")
        drawing = traitlets.Unicode().tag(sync=True)  # a PNG as the page writes it, "" for an empty place
        picture = traitlets.Unicode().tag(sync=True)  # what the network sees
        confidence = traitlets.List().tag(sync=True)
        problem = traitlets.Unicode().tag(sync=True)

        @traitlets.observe("drawing")
        def _read(self, change):
            """Predict anew after each stroke."""
            problem, confidence, picture = "", [], ""
            if change.new:
                drawing = Image.open(io.BytesIO(base64.b64decode(change.new.partition(",")[2])))
                digit = as_digit(drawing.getchannel("A"))
                picture = _as_page_picture(digit)
                try:
                    confidence = _array(predict(digit)).flatten().tolist()
                except Exception as error:  # shown where the reader looks
                    problem = f"predict stopped with {type(error).__name__}: {error}"
            with self.hold_sync():
                self.confidence, self.picture, self.problem = confidence, picture, problem

    return DigitPad()


def _example_drawing():
    """Return a drawing of a 3, as somebody might draw it with the mouse."""
    sheet = Image.new("L", (280, 280))
    points = [(85, 70), (130, 45), (185, 65), (180, 115), (130, 138), (185, 160), (190, 215), (140, 240), (85, 220)]
    ImageDraw.Draw(sheet).line(points, fill=255, width=22, joint="curve")
    return sheet


def _as_page_picture(digit):
    """Return a digit as an address of a picture that a page can show."""
    file = io.BytesIO()
    Image.fromarray((digit[0].numpy() * 255).astype(np.uint8)).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


# Curves and numbers


def view_history(history, title="Training"):
    """Plot what was noted in every epoch, losses and accuracies apart.

    Parameters
    ----------
    history : dict
        Name -> values, such as {"train loss": [...], "test accuracy": [...]}.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    ends = []
    for name, values in history.items():
        ends.append(f"{name} from {values[0]:.3g} to {values[-1]:.3g}")
    kinds = sorted({"acc" in name for name in history})  # losses first
    fig, axes = _figure(f"{title}: {', '.join(ends)}", 4 * len(kinds), 3, len(kinds))
    for ax, is_accuracy in zip(axes, kinds, strict=True):
        curves = {name: values for name, values in history.items() if ("acc" in name) == is_accuracy}
        epochs = range(1, 1 + len(next(iter(curves.values()))))
        view_lines(epochs, curves, title, "epoch", "accuracy" if is_accuracy else "loss", ax=ax)
        ax.xaxis.get_major_locator().set_params(integer=True)
    return fig


def view_lines(x, curves, title="", xlabel="x", ylabel="", points=None, ax=None, **settings):
    """Plot curves, and points if there are any.

    Parameters
    ----------
    x : sequence of float or torch.Tensor
    curves : dict
        Label -> values over `x`.
    title, xlabel, ylabel : str
    points : tuple, optional
        Data to draw as dots: (x, y).
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new one without it.
    **settings
        Of the axes, such as `xscale="log"`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    if ax is None:
        _, (ax,) = _figure(f"{title or 'Curves'}: {', '.join(curves)} over {xlabel}", 6, 3.2)
    if points:
        ax.scatter(_array(points[0]), _array(points[1]), s=14, color=GRAY, label="data")
    markers, dashes = "osD^vPX", ["-", "--", ":", "-."]
    for index, (name, y) in enumerate(curves.items()):
        # told apart without color: by markers where there is room for them, else by dashes
        if len(y) <= 30:
            style = {"marker": markers[index % len(markers)]}
        else:
            style = {"linestyle": dashes[index % len(dashes)]}
        ax.plot(_array(x), _array(y), color=COLORS[index % len(COLORS)], label=name, **style)
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel, **settings)
    ax.grid(alpha=0.3)
    ax.legend()
    return ax.figure


def view_tensor(x, title=None, ax=None, copies=None):
    """Show a tensor as a grid of numbers.

    Parameters
    ----------
    x : torch.Tensor or np.ndarray
        [W] or [H, W], at most 32 numbers a side.
    title : str, optional
        Without it, the shape.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new one without it.
    copies : array of bool, optional
        Cells to hatch, since they are copies of others.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the tensor has another shape.
    """
    grid = np.atleast_2d(_array(x))
    if grid.ndim > 2 or max(grid.shape) > 32 or not grid.size:
        raise ValueError(f"A grid of numbers needs one or two dimensions of at most 32; the shape is {tuple(x.shape)}.")
    title = title or f"shape {list(x.shape)}"
    rows, columns = grid.shape
    if ax is None:
        side = min(0.5, 7.5 / columns, 3.6 / rows)  # of a cell, in inches
        _, (ax,) = _figure(f"Grid of numbers, {title}", 0.5 + columns * side, 0.4 + rows * side)
    # only the light half of the blues, so that black numbers can be read
    ax.imshow(grid, cmap="Blues", vmin=grid.min(), vmax=grid.min() + 2 * np.ptp(grid) + 1e-9)
    font_size = 10 if max(grid.shape) <= 12 else 6
    for (row, column), value in np.ndenumerate(grid):
        digits = 5 if value.is_integer() else 3
        ax.text(column, row, f"{value:.{digits}g}", size=font_size, ha="center", va="center")
        if copies is not None and np.atleast_2d(copies)[row, column]:
            sides = [column - 0.5, column + 0.5]
            hatched = {"facecolor": "none", "edgecolor": "#00000050", "hatch": "///", "linewidth": 0}
            ax.fill_between(sides, row - 0.5, row + 0.5, **hatched)
    ax.set(xticks=[], yticks=[], title=title)
    return ax.figure


def view_confusion(counts, classes=FASHION):
    """Show a confusion matrix; only the mistakes are colored.

    Parameters
    ----------
    counts : torch.Tensor
        [K, K], a row for each true class, a column for each prediction.
    classes : sequence of str
        The K names.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are not as many names as rows and columns.
    """
    if list(counts.shape) != [len(classes)] * 2:
        raise ValueError(f"{len(classes)} classes need as many rows and columns; the shape is {tuple(counts.shape)}.")
    mistakes = _array(counts) * (1 - np.eye(len(classes)))
    truth, answer = divmod(int(mistakes.argmax()), len(classes))
    title = f"Most often: {classes[truth]} taken for {classes[answer]} ({mistakes.max():.0f} times)"
    fig, (ax,) = _figure(f"Confusion matrix. {title}", 6.4, 4)
    view_tensor(counts, title, ax)
    ax.images[0].set(data=mistakes, cmap="Oranges", clim=(0, 2 * mistakes.max() + 1e-9))
    ax.set(aspect="auto", xlabel="answer", ylabel="truth")
    ax.set_xticks(range(len(classes)), classes, rotation=30)
    ax.set_yticks(range(len(classes)), classes)
    return fig


def view_broadcast(a, b):
    """Show how two tensors of one or two dimensions are stretched to one shape and added.

    Parameters
    ----------
    a, b : torch.Tensor

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the shapes do not broadcast; the text says the rule.
    """
    try:
        shape = torch.broadcast_shapes(a.shape, b.shape)
    except RuntimeError:
        rule = "counted from the right, two sizes must be equal, or one of them 1 or missing"
        raise ValueError(f"{tuple(a.shape)} and {tuple(b.shape)} do not broadcast: {rule}.") from None
    fig, axes = _figure(f"{list(a.shape)} + {list(b.shape)} = {list(shape)}; hatched cells are copies", 8, 2.6, 3)
    for ax, x, sign in zip(axes, (a, b, a + b), ("", "+ ", "= "), strict=True):
        origin = torch.arange(x.numel()).reshape(x.shape).expand(shape).numpy()  # which element each cell shows
        _, first_of_each = np.unique(origin, return_index=True)
        is_copy = ~np.isin(np.arange(origin.size), first_of_each).reshape(shape)
        view_tensor(x.expand(shape), f"{sign}{list(x.shape)}", ax, is_copy)
    return fig


# Networks


def view_network(network):
    """Draw the linear layers of a network to scale, with their numbers of parameters.

    Parameters
    ----------
    network : torch.nn.Module or list of int
        A module with linear layers, or the widths, such as [784, 256, 10].

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is no linear layer.
    """
    if not isinstance(network, torch.nn.Module):
        layers = [torch.nn.Linear(*widths, device="meta") for widths in pairwise(network)]
        network = torch.nn.Sequential(*layers)
    layers = [module for module in network.modules() if isinstance(module, torch.nn.Linear)]
    if not layers:
        raise ValueError("There is no linear layer to draw: pass a module with nn.Linear layers, or a list of widths.")
    widths = [layers[0].in_features] + [layer.out_features for layer in layers]
    counts = [sum(p.numel() for p in layer.parameters()) for layer in layers]
    title = f"{' - '.join(map(str, widths))}: {sum(counts):,} parameters"
    fig, (ax,) = _figure(f"The layers of a network, {title}", 7, 3)
    for i, (before, after) in enumerate(pairwise(widths)):
        corners = [before / 2, after / 2, -after / 2, -before / 2]
        ax.fill([i, i + 1, i + 1, i], corners, color=COLORS[5], alpha=0.35)
        ax.text(i + 0.5, 0, f"{counts[i]:,}\nparameters", ha="center", va="center")
    for i, width in enumerate(widths):
        ax.bar(i, width, 0.12, -width / 2, color=COLORS[0])
        ax.text(i, -width / 2 - max(widths) * 0.03, f"{width:,}", ha="center", va="top")
    ax.set(title=title, xticks=[], yticks=[], frame_on=False)
    return fig


def view_graph(result, **names):
    """Draw the graph of `grad_fn` that autograd recorded for a tensor.

    Parameters
    ----------
    result : torch.Tensor
        What was computed, such as a loss.
    **names : torch.Tensor
        Leaves by the name that they shall have in the drawing: `view_graph(loss, w=w)`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If autograd recorded nothing.
    """
    if result.grad_fn is None:
        raise ValueError("This tensor has no graph (no grad_fn): nothing that it comes from has requires_grad=True.")
    depth, edges = _graph_of(result.grad_fn)
    labels = {id(tensor): name for name, tensor in names.items()}
    fig, (ax,) = _figure("", 8, 3.2)
    place, boxes, said = {}, {}, []
    for node in depth:
        row = [other for other in depth if depth[other] == depth[node]]
        place[node] = -depth[node], (row.index(node) - (len(row) - 1) / 2) * min(1, 3 / len(row))
        leaf = getattr(node, "variable", None)
        if leaf is None:
            text, color = node.name().removesuffix("Backward0"), "white"
        else:
            text, color = f"{labels.get(id(leaf), 'leaf')} {list(leaf.shape)}", "#cfe8f7"
        said.append(text)
        box = {"boxstyle": "round", "fc": color}
        boxes[node] = ax.text(*place[node], text.replace(" ", "\n", 1), ha="center", va="center", bbox=box)
    for node, child in edges:
        ends = {"patchA": boxes[child].get_bbox_patch(), "patchB": boxes[node].get_bbox_patch()}
        ax.annotate("", place[node], place[child], arrowprops={"arrowstyle": "->", **ends})
    tall = 0.6 + max(abs(y) for _, y in place.values())
    fig.set_figheight(2.1 * tall)
    ax.set(xlim=(-max(depth.values()) - 0.5, 0.5), ylim=(-tall, tall), xticks=[], yticks=[], frame_on=False)
    fig.alt = f"The graph of {len(depth)} steps, from the result back to the leaves: {', '.join(said)}"
    return fig


def _graph_of(start):
    """Return the nodes of a graph with the longest way to each from the start, and its edges (node, child)."""
    depth, edges, queue = {start: 0}, set(), [start]
    for node in queue:  # a node comes up again when a longer way leads to it
        for child, _ in node.next_functions:
            if child is None:
                continue
            edges.add((node, child))
            if depth.get(child, 0) <= depth[node]:
                depth[child] = depth[node] + 1
                queue.append(child)
    return depth, edges


# How values become pictures, and pictures become outputs


def _figure(alt, width, height, columns=1):
    """Return a new Figure with alt text and its Axes. It is not pyplot's: nobody has to close it."""
    from matplotlib.figure import Figure  # here, since it takes a third of a second

    fig = Figure((width, height), layout="constrained")
    fig.alt = alt
    return fig, fig.subplots(1, columns, squeeze=False)[0]


def _array(x):
    """Return a tensor, array or sequence as an array of floats."""
    if isinstance(x, torch.Tensor):
        return x.detach().cpu().float().numpy()
    return np.asarray(x, dtype=float)


def _pixels(image, stretch=True):
    """Return a picture as an array [H, W] or [H, W, 3] of floats from 0 to 1."""
    is_tensor = isinstance(image, torch.Tensor)
    if is_tensor:
        x = image.detach().cpu()
    else:
        if getattr(image, "mode", "") in ("P", "PA", "LA", "CMYK", "YCbCr", "HSV"):
            image = image.convert("RGB")
        x = torch.from_numpy(np.array(image, order="C"))
    if x.ndim == 4 and len(x) == 1:  # a batch of one
        x = x[0]
    is_channels_last = x.ndim == 3 and x.shape[-1] in (3, 4) and not is_tensor
    if x.ndim == 3 and not is_channels_last:
        x = x.permute(1, 2, 0)
    is_picture = x.ndim == 2 or (x.ndim == 3 and x.shape[2] in (1, 3, 4))
    if not is_picture or not x.numel():
        cure = "Try reshape, permute(2, 0, 1) or one picture of the batch."
        raise ValueError(f"The shape {list(np.shape(image))} is not [H, W], [1, H, W] or [3, H, W]. {cure}")
    x = x.float() / (255 if x.dtype == torch.uint8 else 1)
    if not x.isfinite().all():
        raise ValueError(f"{(~x.isfinite()).sum()} pixels are nan or infinite. Was something divided by 0 before?")
    if stretch and (x.min() < 0 or x.max() > 1):
        x = (x - x.min()) / (x.max() - x.min()).clamp(min=1e-9)
    return x.squeeze(-1).numpy()


def _bundle(picture):
    """Return what a notebook shows for a Figure, Axes or Pillow image: a PNG that carries its alt text."""
    picture = getattr(picture, "figure", None) or picture  # Axes are shown as their Figure
    file = io.BytesIO()
    if isinstance(picture, Image.Image):
        alt = getattr(picture, "alt", "A picture")
        width, height = picture.size
        if picture.mode not in ("1", "L", "P", "RGB", "RGBA"):
            picture = picture.convert("RGB")
        picture.save(file, "PNG")
    else:
        titles = [ax.get_title() for ax in picture.axes if ax.get_title()]
        alt = getattr(picture, "alt", ", ".join(titles) or "A plot")
        picture.savefig(file, dpi=144, bbox_inches=None if picture.get_layout_engine() else "tight")
        width, height = (round(side * 96 / 144) for side in Image.open(file).size)
    data = {"image/png": file.getvalue(), "text/plain": alt}
    return data, {"image/png": {"alt": alt, "width": width, "height": height}}


def _show_pictures_with_alt_text(shell):
    """Let a notebook show figures and pictures by `_bundle`."""
    shell.config.InlineBackend.figure_formats = set()  # else pyplot's backend takes over, and crops
    kinds = [("matplotlib.figure", "Figure"), ("matplotlib.axes._axes", "Axes"), ("PIL.Image", "Image")]
    for module, kind in kinds:
        shell.display_formatter.mimebundle_formatter.for_type_by_name(module, kind, _bundle)
    jpeg = shell.display_formatter.formatters["image/jpeg"]
    jpeg.for_type_by_name("PIL.Image", "Image", lambda image: None)  # one picture is enough


if "IPython" in sys.modules and sys.modules["IPython"].get_ipython():
    _show_pictures_with_alt_text(sys.modules["IPython"].get_ipython())
