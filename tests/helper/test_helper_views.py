"""The views of helper.py: what they draw, what they say when they cannot, and that they leave everything as it was."""

import base64
import io
import random
import subprocess
import sys
from itertools import pairwise

import matplotlib
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from nbclient import NotebookClient
from PIL import Image
from torch import nn

import helper


@pytest.fixture(autouse=True)
def everything_is_left_as_it_was():
    """No view changes matplotlib's settings, random state, gradient mode or pyplot's figures."""
    settings = dict(matplotlib.rcParams)
    state = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state()
    figures = plt.get_fignums()  # other tests of this process may have left some
    yield
    assert dict(matplotlib.rcParams) == settings
    assert (random.getstate(), np.random.get_state()[1].tolist()) == state[:2]
    assert torch.equal(torch.get_rng_state(), state[2])
    assert torch.is_grad_enabled()
    assert plt.get_fignums() == figures


def pixels_of(ax):
    return np.asarray(ax.images[0].get_array())


def picture(*shape):
    return torch.linspace(0, 1, int(np.prod(shape))).reshape(shape)


@pytest.mark.parametrize(
    ("image", "shape"),
    [
        (picture(4, 5), (4, 5)),
        (picture(1, 4, 5), (4, 5)),
        (picture(3, 4, 5), (4, 5, 3)),
        (picture(1, 1, 4, 5), (4, 5)),
        (picture(1, 3, 4, 5), (4, 5, 3)),
        (picture(4, 5).numpy(), (4, 5)),
        (picture(4, 5, 3).numpy(), (4, 5, 3)),
        (picture(4, 5).half(), (4, 5)),
        (picture(4, 5).bfloat16(), (4, 5)),
        (picture(5, 4).T, (4, 5)),
        (picture(4, 5).requires_grad_(), (4, 5)),
        (Image.new("RGB", (5, 4), "red"), (4, 5, 3)),
        (Image.new("L", (5, 4), 200), (4, 5)),
        (Image.new("1", (5, 4), 1), (4, 5)),
        (Image.new("RGBA", (5, 4), "red"), (4, 5, 3)),
        (picture(4, 5, 4).numpy(), (4, 5, 4)),
        (picture(4, 5, 1).numpy(), (4, 5)),
        (picture(8, 1), (8, 1)),
        (picture(1, 8, 1), (8, 1)),
        (picture(3, 8, 1), (8, 1, 3)),
        ((picture(3, 4, 5) * 255).byte(), (4, 5, 3)),
        ((picture(4, 5, 3) * 255).byte().numpy(), (4, 5, 3)),
        (picture(1, 4, 5, 3).numpy(), (4, 5, 3)),
        (picture(3, 8, 10)[:, ::2, 1::2], (4, 5, 3)),
        (picture(4, 5) > 0.5, (4, 5)),
        (picture(4, 5).double(), (4, 5)),
        (nn.Parameter(picture(1, 4, 5)), (4, 5)),
        (picture(4, 5).numpy()[:, ::-1], (4, 5)),
        (picture(4, 5, 3).numpy()[::-1], (4, 5, 3)),
        (Image.new("CMYK", (5, 4)), (4, 5, 3)),
        (Image.new("LA", (5, 4)), (4, 5, 3)),
        ([[0.0, 1.0, 0.5]], (1, 3)),
    ],
)
def test_imshow_takes_every_picture(image, shape):
    ax = helper.imshow(image, title="a title")
    assert isinstance(ax, Axes)
    assert pixels_of(ax).shape == shape
    assert 0 <= pixels_of(ax).min() <= pixels_of(ax).max() <= 1
    assert ax.get_title() == "a title"
    assert ax.figure.alt == "a title"


def test_imshow_shows_bytes_and_floats_alike():
    levels = torch.tensor([[0, 51, 255]], dtype=torch.uint8)
    assert np.allclose(pixels_of(helper.imshow(levels)), [[0, 0.2, 1]])
    assert np.allclose(pixels_of(helper.imshow(levels.float() / 255)), [[0, 0.2, 1]])


def test_imshow_shows_colors_as_they_are():
    red = torch.zeros(3, 2, 2)
    red[0] = 1
    pillow = Image.new("RGB", (2, 2), "red")
    for image in (red, (red * 255).byte(), red.permute(1, 2, 0).numpy(), pillow, pillow.quantize(2)):
        assert pixels_of(helper.imshow(image)).reshape(-1, 3).tolist() == [[1, 0, 0]] * 4


def test_imshow_mirrors_nothing():
    array = np.array([[0.0, 0.25], [0.5, 1.0]])
    assert pixels_of(helper.imshow(array[:, ::-1])).tolist() == [[0.25, 0], [1, 0.5]]


def test_imshow_is_silent_about_read_only_arrays(recwarn):
    helper.imshow(np.asarray(Image.new("L", (4, 4))))
    assert not recwarn.list


def test_imshow_puts_black_at_0_and_white_at_1():
    shown = helper.imshow(torch.full((2, 2), 0.5)).images[0]
    assert shown.get_clim() == (0, 1) and shown.get_cmap().name == "gray"


def test_imshow_keeps_zero_and_one_in_uint8():
    assert np.allclose(pixels_of(helper.imshow(torch.ones(2, 2, dtype=torch.uint8))), 1 / 255)


def test_imshow_stretches_normalized_pictures():
    assert np.allclose(pixels_of(helper.imshow(torch.tensor([[-1.0, 0.0, 3.0]]))), [[0, 0.25, 1]])
    assert np.allclose(pixels_of(helper.imshow(torch.full((2, 2), 7.0))), 0)


def test_imshow_does_not_stretch_a_dark_picture():
    assert np.allclose(pixels_of(helper.imshow(torch.full((2, 2), 0.1))), 0.1)


def test_imshow_draws_into_given_axes():
    ax = Figure().subplots()
    assert helper.imshow(picture(4, 4), ax) is ax


def graph():
    return (torch.tensor([1.0, 2.0], requires_grad=True) ** 2).sum()


VIEWS = {  # view -> how it is called, and the sentence that describes what it draws
    "imshow": (lambda: [picture(4, 5) * 3 - 1], "A picture"),
    "view_classify": (
        lambda: [picture(1, 4, 5), torch.linspace(0, 1, 10).square().softmax(0).requires_grad_()],
        "A picture and a bar for each class. Most probable: 9 (18%)",
    ),
    "view_batch": (lambda: [picture(2, 1, 4, 5), ["a", "b"]], "Contact sheet of 2 pictures: a, b"),
    "view_history": (lambda: [{"loss": [2.0, 1.0]}, "A run"], "A run: loss from 2 to 1"),
    "view_lines": (lambda: [torch.arange(3), {"a": picture(3)}], "Curves: a over x"),
    "view_tensor": (lambda: [picture(2, 3).T.requires_grad_()], "Grid of numbers, shape [3, 2]"),
    "view_confusion": (
        lambda: [torch.tensor([[5, 1], [3, 4]]), ["cat", "dog"]],
        "Confusion matrix. Most often: dog taken for cat (3 times)",
    ),
    "view_broadcast": (
        lambda: [picture(2, 1).requires_grad_(), torch.arange(3)],
        "[2, 1] + [3] = [2, 3]; hatched cells are repeated",
    ),
    "view_network": (lambda: [nn.Linear(4, 2)], "The layers of a network, 4 - 2: 10 parameters"),
    "view_graph": (
        lambda: [graph()],
        "The graph of 3 boxes, from the result back to the leaves: Sum, Pow, leaf [2]",
    ),
}


def test_every_view_is_listed_here():
    public = {name for name in vars(helper) if name.startswith("view_")} | {"imshow"}
    assert set(VIEWS) == public


@pytest.mark.parametrize("name", VIEWS)
def test_alt_text_says_what_is_drawn(name):
    arguments, alt = VIEWS[name]
    with torch.random.fork_rng():
        shown = getattr(helper, name)(*arguments())
    assert getattr(shown, "figure", shown).alt == alt


@pytest.mark.parametrize("name", VIEWS)
def test_views_leave_their_inputs(name):
    with torch.random.fork_rng():
        inputs = VIEWS[name][0]()
    parts = [part for value in inputs for part in (value.values() if isinstance(value, dict) else [value])]
    tensors = [part for part in parts if isinstance(part, torch.Tensor)]
    before = [(x.detach().clone(), x.dtype, x.shape, x.stride(), x.requires_grad, x._version) for x in tensors]
    texts = repr(inputs)
    getattr(helper, name)(*inputs)
    after = [(x.detach().clone(), x.dtype, x.shape, x.stride(), x.requires_grad, x._version) for x in tensors]
    for (value, *facts), (value_after, *facts_after) in zip(before, after, strict=True):
        assert torch.equal(value, value_after) and facts == facts_after
    assert all(x.grad is None for x in tensors if x.is_leaf)
    assert repr(inputs) == texts


@pytest.mark.parametrize("name", VIEWS)
def test_views_draw_the_same_picture_each_time(name):
    """Stored outputs are byte for byte the same when a lesson is run again."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        inputs = VIEWS[name][0]()
    files = [helper._bundle(getattr(helper, name)(*inputs))[0]["image/png"] for _ in range(2)]
    assert files[0] == files[1]


def test_views_leave_numpy_and_pillow_pictures():
    array, image = np.linspace(-1, 2, 12).reshape(3, 4), Image.new("RGB", (4, 3), "red")
    copies = array.copy(), image.copy()
    helper.imshow(array), helper.imshow(image), helper.view_batch([array, image])
    assert np.array_equal(array, copies[0]) and image == copies[1]


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (picture(784), "The shape \\[784\\] is not .* Try reshape"),
        (picture(6, 5, 3), "The shape \\[6, 5, 3\\] is not .* Try reshape, permute"),
        (picture(2, 1, 4, 5), "or one picture of the batch"),
        (picture(4, 6, 5), "The shape \\[4, 6, 5\\] is not .* or \\[3, H, W\\]"),
        (torch.tensor([[0.0, float("nan")]]), "1 pixels are nan or infinite"),
        (torch.tensor([[float("inf"), float("-inf")]]), "2 pixels are nan or infinite"),
        (np.array([[0.5, np.nan]]), "Was something divided by 0 before"),
        (torch.zeros(0, 4), r"The shape \[0, 4\] is not \[H, W\]"),
        ([1, 2, 3], r"The shape \[3\] is not \[H, W\]"),
        (torch.tensor(1.0), r"The shape \[\] is not \[H, W\], \[1, H, W\] or \[3, H, W\]"),
        (np.zeros(784), "The shape \\[784\\] is not .* Try reshape"),
        (picture(8, 3, 4, 5), "or one picture of the batch"),
    ],
)
def test_imshow_says_what_is_wrong(image, says):
    with pytest.raises(ValueError, match=says):
        helper.imshow(image)


@pytest.mark.parametrize("probs", [torch.full((10,), 0.1), torch.full((1, 10), 0.1), [0.1] * 10, np.full(10, 0.1)])
def test_view_classify_draws_a_bar_for_each_class(probs):
    fig = helper.view_classify(picture(1, 28, 28), probs)
    left, right = fig.axes
    assert pixels_of(left).shape == (28, 28)
    assert [bar.get_width() for bar in right.patches] == pytest.approx([0.1] * 10)
    assert [label.get_text() for label in right.get_yticklabels()] == list("0123456789")


def test_view_classify_names_the_most_probable():
    probs = torch.full((10,), 0.02)
    probs[8] = 0.82
    fig = helper.view_classify(picture(28, 28), probs, helper.FASHION)
    assert fig.get_suptitle() == "Most probable: Bag (82%)"
    assert "Most probable: Bag (82%)" in fig.alt
    colors = [bar.get_facecolor() for bar in fig.axes[1].patches]
    assert colors[8] != colors[0] and len(set(colors)) == 2


def test_view_classify_with_classes_of_ones_own():
    fig = helper.view_classify(picture(3, 9, 9), torch.tensor([0.25, 0.75]), classes=["cat", "dog"])
    assert [label.get_text() for label in fig.axes[1].get_yticklabels()] == ["cat", "dog"]


@pytest.mark.parametrize(
    ("probs", "says"),
    [
        (torch.arange(10.0) - 3, r"10 numbers that add up to 15\.00\. Try logits\.softmax\(dim=-1\)"),
        (torch.full((9,), 1 / 9), r"9 numbers\. Pass one row of them, such as probs\[0\]"),
        (torch.full((2, 10), 0.1), r"20 numbers\. Pass one row of them, such as probs\[0\]"),
        (torch.full((10,), float("nan")), "10 numbers, some of them nan"),
    ],
)
def test_view_classify_refuses_what_is_no_distribution(probs, says):
    with pytest.raises(ValueError, match=f"Expected 10 probabilities, but got {says}"):
        helper.view_classify(picture(28, 28), probs)


def test_view_classify_refuses_names_that_are_not_given():
    with pytest.raises(ValueError, match="Expected 10 probabilities, but got 37 numbers.* names of all classes"):
        helper.view_classify(picture(3, 9, 9), torch.full((1, 37), 1 / 37))
    with pytest.raises(ValueError, match="Expected 0 probabilities, but got 0 numbers"):
        helper.view_classify(picture(3, 9, 9), [], [])


def test_view_classify_shows_the_most_probable_of_many_classes_and_says_how_many_others_there_are():
    probs = torch.arange(37.0).square()
    probs = probs[torch.randperm(37, generator=torch.Generator().manual_seed(0))] / probs.sum()
    names = [f"breed {number}" for number in range(37)]
    fig = helper.view_classify(picture(3, 9, 9), probs, names)
    best = probs.argsort(descending=True)[:10]
    bars = fig.axes[1].patches
    labels = [label.get_text() for label in fig.axes[1].get_yticklabels()]
    assert labels == [names[index] for index in best] + ["27 others"]
    assert [bar.get_width() for bar in bars] == pytest.approx([*probs[best].tolist(), 1 - probs[best].sum().item()])
    assert len({bar.get_facecolor() for bar in bars}) == 3, "the best one, other classes, and all that are left out"
    assert fig.get_suptitle() == f"Most probable: {names[best[0]]} ({probs.max():.0%})"


@pytest.mark.parametrize("number", [11, 12])
def test_view_classify_shows_up_to_12_classes_in_their_order(number):
    names = [f"breed {index}" for index in range(number)]
    right = helper.view_classify(picture(3, 9, 9), torch.full((number,), 1 / number), names).axes[1]
    assert [label.get_text() for label in right.get_yticklabels()] == names


def test_view_classify_keeps_classes_of_one_name_apart():
    right = helper.view_classify(picture(4, 4), [0.25, 0.75], ["cat", "cat"]).axes[1]
    assert [bar.get_width() for bar in right.patches] == [0.25, 0.75]
    assert len({bar.get_y() for bar in right.patches}) == 2


@pytest.mark.parametrize(
    "prepare", [torch.Tensor.half, torch.Tensor.bfloat16, torch.Tensor.double, torch.Tensor.requires_grad_]
)
def test_view_classify_takes_every_float(prepare):
    probs = prepare(torch.tensor([[0.125, 0.875]]))
    bars = helper.view_classify(picture(4, 4), probs, ["cat", "dog"]).axes[1].patches
    assert [bar.get_width() for bar in bars] == [0.125, 0.875]


@pytest.mark.parametrize("classes", [("3", "8"), np.array(["3", "8"]), [3, 8], range(3, 9, 5)])
def test_view_classify_takes_every_list_of_classes(classes, recwarn):
    fig = helper.view_classify(picture(4, 4), torch.tensor([0.25, 0.75]), classes)
    assert [label.get_text() for label in fig.axes[1].get_yticklabels()] == ["3", "8"]
    assert not recwarn.list


def test_view_classify_writes_percentages_and_begins_at_the_top():
    _, right = helper.view_classify(picture(4, 4), [0.25, 0.75], ["cat", "dog"]).axes
    assert [text.get_text() for text in right.texts] == ["25%", "75%"]
    assert right.yaxis_inverted() and right.get_xlabel() == "probability"


@pytest.mark.parametrize("probs", [torch.randn(1, 10).log_softmax(1), torch.tensor([1.5, -0.5] + [0.0] * 8)])
def test_view_classify_refuses_logarithms_and_negative_numbers(probs):
    with pytest.raises(ValueError, match=r"Expected 10 probabilities, but got 10 numbers that add up to .*softmax"):
        helper.view_classify(picture(28, 28), probs)


def test_view_batch_places_tiles_and_captions():
    sheet = helper.view_batch(
        torch.stack([torch.zeros(1, 8, 8), torch.ones(1, 8, 8)] * 5), range(10), columns=4, size=40
    )
    assert isinstance(sheet, Image.Image)
    assert sheet.width == 4 * 46 + 6 and sheet.height == 3 * 64 + 6
    tile = [sheet.getpixel((6 + column * 46 + 20, 6 + 18 + 20)) for column in range(4)]
    assert tile == [(0, 0, 0), (255, 255, 255)] * 2
    assert [sheet.getpixel((7, y)) for y in (7, 23, 24, 63, 64)] == [(255,) * 3] * 2 + [(0,) * 3] * 2 + [(255,) * 3]
    caption = np.asarray(sheet.crop((6, 6, 46, 24)))
    assert caption.min() < 128, "the caption is not drawn"
    assert sheet.alt == "Contact sheet of 10 pictures: " + ", ".join(map(str, range(10)))


def test_view_batch_goes_row_by_row_and_leaves_the_rest_white():
    levels = torch.linspace(0, 1, 5)
    sheet = helper.view_batch(levels[:, None, None, None].expand(5, 1, 4, 4), columns=3, size=10)
    assert sheet.size == (3 * 16 + 6, 2 * 16 + 6)
    found = [sheet.getpixel((11 + column * 16, 11 + row * 16))[0] for row in range(2) for column in range(3)]
    assert found == [0, 64, 128, 191, 255, 255]
    assert sheet.getpixel((3, 3)) == (255, 255, 255), "between the tiles it is white"


def test_view_batch_keeps_pixels_sharp():
    sheet = helper.view_batch([torch.tensor([[0.0, 1.0], [1.0, 0.0]])], size=40)
    tile = np.asarray(sheet.crop((6, 6, 46, 46)))
    assert set(np.unique(tile)) == {0, 255}
    assert (tile[:20, :20] == 0).all() and (tile[:20, 20:] == 255).all()


@pytest.mark.parametrize("prepare", [list, torch.Tensor.half, lambda x: (x * 255).byte(), torch.Tensor.numpy])
def test_view_batch_takes_every_batch(prepare):
    sheet = helper.view_batch(prepare(torch.stack([torch.zeros(4, 4), torch.ones(4, 4)])), size=10)
    assert [sheet.getpixel((11 + 16 * i, 11)) for i in range(2)] == [(0, 0, 0), (255, 255, 255)]


def test_view_batch_of_one():
    assert helper.view_batch(torch.zeros(1, 1, 4, 4), ["seven"], size=40).size == (52, 70)


def test_view_batch_with_numbers_as_captions():
    for captions in ([7, 8], torch.tensor([7, 8]), np.array([7, 8]), [torch.tensor(7), "8"]):
        assert helper.view_batch(torch.zeros(2, 4, 4), captions).alt == "Contact sheet of 2 pictures: 7, 8"
    assert helper.view_batch(torch.zeros(1, 4, 4), [0.5]).alt == "Contact sheet of 1 pictures: 0.5"


def test_view_batch_without_captions():
    sheet = helper.view_batch([picture(3, 6, 4), Image.new("L", (4, 6))], size=20)
    assert sheet.size == (2 * 26 + 6, 36 + 6)
    assert sheet.alt == "Contact sheet of 2 pictures: without captions"


def test_view_batch_keeps_colors():
    red = torch.zeros(3, 4, 4)
    red[0] = 1
    assert helper.view_batch([red]).getpixel((30, 30)) == (255, 0, 0)


def test_view_batch_says_what_is_wrong():
    with pytest.raises(ValueError, match="2 pictures and 1 captions: there should be one for each"):
        helper.view_batch(torch.zeros(2, 4, 4), ["one"])
    with pytest.raises(ValueError, match="There is no picture to show: the batch is empty"):
        helper.view_batch([])


def caption_of(text, size=72):
    """The band above a black picture, as an array [18, size]."""
    sheet = helper.view_batch(torch.zeros(1, 4, 4), [text], size=size)
    return np.asarray(sheet.convert("L").crop((6, 6, 6 + size, 24)))


@pytest.mark.parametrize("letter", "ßøłéüñžЖΩ…€")
def test_captions_have_the_letters_of_many_languages(letter):
    """A letter that the font lacks is drawn as a box, the same one for all."""
    box = caption_of("\U0010fffd")
    assert (box < 255).any() and not np.array_equal(caption_of(letter), box)


@pytest.mark.parametrize("size", [20, 40, 72, 160])
def test_a_caption_never_reaches_the_next_picture(size):
    long = "Staffordshire bull terrier, $5 and $10"
    sheet = helper.view_batch(torch.zeros(3, 4, 4), ["", long, ""], size=size)
    bands = np.asarray(sheet.convert("L"))[6:24]
    x = 6 + size + 6
    assert (bands[:, x : x + size] < 128).any() and (bands[:, : x - 1] == 255).all()
    assert (bands[:, x + size + 1 :] == 255).all()
    assert long in sheet.alt


def test_a_cut_caption_ends_with_an_ellipsis():
    assert helper._cut("Ankle boot", 72) == "Ankle boot"
    cut = helper._cut("Staffordshire bull terrier", 72)
    assert cut.endswith("…") and "Staffordshire".startswith(cut[:-1]) and len(cut) > 6
    assert helper._cut("two words", 40) == "two…"
    assert helper._cut("wide", 3) == ""


def test_each_line_of_a_caption_is_written_and_cut():
    captions = ["dog", "Staffordshire bull terrier\n93% sure"]
    sheet = helper.view_batch(torch.zeros(2, 4, 4), captions, size=72)
    assert sheet.height == 6 + 2 * 18 + 72 + 6
    bands = np.asarray(sheet.convert("L"))
    first, second = bands[6:24], bands[24:42]
    assert (first[:, :80] == 255).all(), "a caption of one line stands right above its picture"
    for band in (first[:, 84:], second[:, :80], second[:, 84:]):
        assert (band < 128).any()
    assert sheet.alt == "Contact sheet of 2 pictures: dog, Staffordshire bull terrier 93% sure"


def test_importing_the_helper_does_not_wait_for_matplotlib(root):
    code = "import sys, helper; print('matplotlib' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=300)
    assert shown.stdout.strip() == "False", shown.stderr


def test_view_history_separates_losses_and_accuracies():
    history = {"train loss": [2.0, 1.0], "test loss": [2.5, 1.5], "test accuracy": [0.1, 0.8]}
    fig = helper.view_history(history, "A run")
    losses, accuracies = fig.axes
    assert [line.get_label() for line in losses.lines] == ["train loss", "test loss"]
    assert losses.lines[1].get_ydata().tolist() == [2.5, 1.5]
    assert losses.lines[0].get_xdata().tolist() == [1, 2]
    assert [line.get_label() for line in accuracies.lines] == ["test accuracy"]
    assert (losses.get_ylabel(), accuracies.get_ylabel()) == ("loss", "accuracy")
    assert fig.alt == "A run: train loss from 2 to 1, test loss from 2.5 to 1.5, test accuracy from 0.1 to 0.8"


def test_view_history_says_what_cannot_be_plotted():
    for nothing in ({}, {"loss": []}):
        with pytest.raises(ValueError, match="There is nothing to plot.* Was no epoch run?"):
            helper.view_history(nothing)
    with pytest.raises(ValueError, match="test loss has 2 values, and there are 3 of epoch"):
        helper.view_history({"train loss": [3, 2, 1], "test loss": [2, 1]})


def test_view_history_takes_losses_that_hang_in_a_graph():
    w = torch.tensor(1.0, requires_grad=True)
    fig = helper.view_history({"Loss": [w * 2, w * 3], "Accuracy": [0.5, 0.75]})
    assert [ax.lines[0].get_ydata().tolist() for ax in fig.axes] == [[2, 3], [0.5, 0.75]]
    assert [ax.get_ylabel() for ax in fig.axes] == ["loss", "accuracy"]


def test_a_plot_can_be_given_another_scale():
    """The powers of ten of a log scale are formulas, the names of classes are not."""
    fig = helper.view_history({"loss": [100, 10, 1, 0.1]})
    fig.axes[0].set_yscale("log")
    fig.draw_without_rendering()
    assert all(label.get_parse_math() for label in fig.axes[0].get_yticklabels())
    names = helper.view_classify(picture(4, 4), [0.25, 0.75], ["$5", "$10"]).axes[1].get_yticklabels()
    assert not any(label.get_parse_math() for label in names)


def test_view_history_of_losses_alone():
    assert len(helper.view_history({"loss": [1.0, 0.5]}).axes) == 1


def test_view_history_counts_whole_epochs_from_one():
    fig = helper.view_history({"loss": [3.0, 2.0, 1.0]})
    fig.draw_without_rendering()
    assert [tick for tick in fig.axes[0].get_xticks() if 1 <= tick <= 3] == [1, 2, 3]
    assert fig.axes[0].get_xlabel() == "epoch"
    assert helper.view_history({"accuracy": [0.5]}).axes[0].lines[0].get_xydata().tolist() == [[1, 0.5]]


def test_view_history_takes_tensors_and_arrays():
    history = {"train loss": [torch.tensor(2.0), torch.tensor(1.0)], "test loss": np.array([2.5, 1.5])}
    fig = helper.view_history(history)
    assert [line.get_ydata().tolist() for line in fig.axes[0].lines] == [[2, 1], [2.5, 1.5]]
    assert [text.get_text() for text in fig.axes[0].get_legend().get_texts()] == ["train loss", "test loss"]


def test_view_lines_are_told_apart_without_color():
    x = torch.linspace(0, 1, 50)
    fig = helper.view_lines(x, {"a": x, "b": x**2, "c": (x * 2).requires_grad_()}, "Title", "t", "v", xscale="log")
    (ax,) = fig.axes
    assert len({line.get_linestyle() for line in ax.lines}) == 3
    assert len({line.get_color() for line in ax.lines}) == 3
    assert (ax.get_xscale(), ax.get_xlabel(), ax.get_ylabel()) == ("log", "t", "v")
    assert fig.alt == "Title: a, b, c over t"
    few = helper.view_lines([1, 2], {"a": [1, 2], "b": [2, 1]}).axes[0]
    assert len({line.get_marker() for line in few.lines}) == 2


def test_view_lines_draws_into_given_axes():
    figure = Figure()
    ax = figure.subplots()
    assert helper.view_lines([0, 1], {"a": [0, 1]}, ax=ax) is figure
    assert len(ax.lines) == 1


def test_seven_curves_are_told_apart_by_color_and_by_marker():
    (ax,) = helper.view_lines([0, 1], {str(i): [i, i] for i in range(7)}).axes
    assert len({line.get_color() for line in ax.lines}) == len({line.get_marker() for line in ax.lines}) == 7


def test_view_lines_with_points():
    (ax,) = helper.view_lines([0, 1], {"fit": [0, 1]}, points=([0.5], [0.25])).axes
    assert ax.collections[0].get_offsets().tolist() == [[0.5, 0.25]]


def test_view_tensor_writes_every_number():
    fig = helper.view_tensor(torch.arange(6).reshape(2, 3))
    (ax,) = fig.axes
    assert [text.get_text() for text in ax.texts] == list("012345")
    assert ax.get_title() == "shape [2, 3]" and fig.alt == "Grid of numbers, shape [2, 3]"
    assert [text.get_text() for text in helper.view_tensor(torch.tensor([0.5, 2.0])).axes[0].texts] == ["0.5", "2"]


@pytest.mark.parametrize(
    ("x", "texts"),
    [
        (torch.tensor([True, False]), ["1", "0"]),
        (torch.tensor(3.0), ["3"]),
        (torch.tensor([0.5]).bfloat16(), ["0.5"]),
        (torch.tensor([1.0, float("nan")]), ["1", "nan"]),
        (torch.tensor([[1.0, 2.0], [3.0, 4.0]]).T, ["1", "3", "2", "4"]),
        (np.array([[1, 2]], dtype=np.uint8), ["1", "2"]),
        (torch.full((2,), 1 / 3), ["0.333", "0.333"]),
        (torch.tensor([1000, 1001, 12345]), ["1000", "1001", "12345"]),
        (torch.tensor([1e9, 2.5]), ["1e+09", "2.5"]),
    ],
)
def test_view_tensor_takes_every_tensor(x, texts):
    fig = helper.view_tensor(x, "a title")
    assert [text.get_text() for text in fig.axes[0].texts] == texts
    assert fig.axes[0].get_title() == "a title" and fig.alt == "Grid of numbers, a title"
    assert helper._bundle(fig)[0]["image/png"]


def test_view_tensor_draws_into_given_axes():
    ax = Figure().subplots()
    assert helper.view_tensor(torch.ones(2, 2), "t", ax) is ax.figure
    assert len(ax.texts) == 4


def test_view_tensor_has_room_for_32_by_32():
    fig = helper.view_tensor(torch.zeros(32, 32))
    assert len(fig.axes[0].texts) == 1024 and max(fig.get_size_inches()) <= 8


@pytest.mark.parametrize("x", [torch.zeros(2, 2, 2), torch.zeros(40, 2), torch.zeros(33), torch.zeros(0)])
def test_view_tensor_refuses_what_has_no_room(x):
    with pytest.raises(ValueError, match="one or two dimensions of at most 32; the shape is"):
        helper.view_tensor(x)


def test_view_confusion_writes_all_counts_and_colors_the_mistakes_only():
    counts = torch.tensor([[5, 1, 0], [3, 4, 0], [0, 0, 9]])
    fig = helper.view_confusion(counts, ["cat", "dog", "cow"])
    ax, scale = fig.axes
    assert [text.get_text() for text in ax.texts] == ["5", "1", "0", "3", "4", "0", "0", "0", "9"]
    assert ax.images[0].get_array().tolist() == [[0, 1, 0], [3, 0, 0], [0, 0, 0]]
    assert ax.images[0].get_clim() == (0, 3)
    assert ax.images[0].to_rgba([0.0]).tolist() == [[1, 1, 1, 1]], "what is no mistake is white"
    assert scale.get_ylabel() == "mistakes (only these are colored)"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["cat", "dog", "cow"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")
    assert fig.get_suptitle() == "Most often: dog taken for cat (3 times)"


def test_view_confusion_names_the_clothes_where_no_names_are_given():
    ax = helper.view_confusion(torch.eye(10)).axes[0]
    assert [label.get_text() for label in ax.get_xticklabels()] == helper.FASHION


def test_view_confusion_without_a_mistake():
    fig = helper.view_confusion(torch.eye(2) * 7, ["cat", "dog"])
    assert fig.get_suptitle() == "No mistakes" and fig.alt == "Confusion matrix. No mistakes"


def test_view_confusion_of_many_classes_leaves_zeros_out():
    counts = torch.eye(37).int() * 100
    counts[3, 5] = 7
    ax = helper.view_confusion(counts, BREEDS).axes[0]
    assert [text.get_text() for text in ax.texts] == ["100"] * 4 + ["7"] + ["100"] * 33
    assert [label.get_text() for label in ax.get_yticklabels()] == BREEDS


def test_view_confusion_of_a_hundred_classes_shows_colors_and_some_names():
    fig = helper.view_confusion(torch.eye(100) + 1, range(100))
    ax = fig.axes[0]
    assert not ax.texts and ax.images[0].get_array().shape == (100, 100)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == [str(number) for number in range(0, 100, 3)]
    assert ax.get_xticks().tolist() == list(range(0, 100, 3)), "each name stands at its own column"


BREEDS = [f"breed number {index}" for index in range(35)] + ["American pit bull terrier", "Staffordshire bull terrier"]
CLASSES = {
    "two": ["cat", "dog"],
    "two long": BREEDS[-2:],
    "clothes": helper.FASHION,
    "eleven": BREEDS[-11:],
    "twelve": BREEDS[-12:],
    "thirteen": BREEDS[-13:],
    "pets": BREEDS,
    "endless": ["a name that does not end and does not end " * 5, "b"],
}


@pytest.mark.parametrize("view", ["view_confusion", "view_classify"])
@pytest.mark.parametrize("names", CLASSES.values(), ids=CLASSES)
def test_nothing_is_cut_and_no_names_overlap(view, names, recwarn):
    counts = torch.eye(len(names)) * 90 + 10
    counts[-1, -2] = 95
    first = {"view_confusion": [counts], "view_classify": [picture(3, 40, 40), counts[-1] / counts[-1].sum()]}
    fig = getattr(helper, view)(*first[view], names)
    width, height = fig.get_size_inches()
    assert width <= 8 and height <= (8 if view == "view_confusion" and len(names) > 12 else 4)
    fig.draw_without_rendering()
    assert not recwarn.list
    whole = fig.bbox
    hidden = [text for ax in fig.axes if not ax.axison for text in ax.findobj(Text)]
    texts = [text for text in fig.findobj(Text) if text.get_visible() and text.get_text()]
    for text in texts:
        box = text.get_window_extent()
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= whole.x1 + 1 and box.y1 <= whole.y1 + 1
        assert inside or text in hidden, f"{text.get_text()} is cut"
    for ax in fig.axes:
        heights = [label.get_window_extent() for label in ax.get_yticklabels() if label.get_text()]
        heights.sort(key=lambda box: box.y0)
        assert all(below.y1 <= above.y0 + 2 for below, above in pairwise(heights)), "names overlap"
    numbers = [text.get_window_extent() for text in fig.axes[0].texts]
    assert all(one.x1 <= two.x0 + 2 or two.y1 <= one.y0 + 2 for one, two in pairwise(numbers)), "numbers overlap"


ODD_TEXTS = ["$5 and $10", "a_b", "x^2", "\\alpha", "one $", "$\\alpha$", "\\$3", "$\\nonsense $"]


def views_with(text):
    """Every view into which a reader's text goes, by name."""
    leaf = torch.ones(1, requires_grad=True)
    return {
        "imshow": helper.imshow(picture(4, 4), title=text).figure,
        "classify": helper.view_classify(picture(4, 4), [0.25, 0.75], [text, "other"]),
        "classify, best": helper.view_classify(picture(4, 4), [0.75, 0.25], [text, "other"]),
        "lines": helper.view_lines([1, 2], {text: [1, 2]}, text, text, text),
        "lines, log": helper.view_lines([1, 100], {text: [1, 200]}, text, text, text, xscale="log", yscale="log"),
        "history": helper.view_history({f"loss {text}": [2, 1], f"accuracy {text}": [0, 1]}, text),
        "tensor": helper.view_tensor(torch.ones(2), text),
        "confusion": helper.view_confusion(torch.tensor([[1, 2], [0, 3]]), [text, "other"]),
        "graph": helper.view_graph(leaf * 2, **{text: leaf}),
    }


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_texts_are_drawn_as_they_are_written(text):
    """A `$`, `^`, `_` or backslash is a letter like any other, and matplotlib makes no formula of it."""
    for name, fig in views_with(text).items():
        helper._bundle(fig)
        found = [part for part in fig.findobj(Text) if text in part.get_text() and part.get_visible()]
        assert found, f"{name} does not show the text"
        assert not any(part.get_parse_math() for part in found), name
        assert text in fig.alt or name == "classify", name


def test_the_powers_of_a_log_axis_are_formulas_still():
    ax = helper.view_lines([1, 10, 100], {"a": [1, 2, 3]}, xscale="log").axes[0]
    ax.figure.draw_without_rendering()
    labels = [label for label in ax.get_xticklabels() if "10^" in label.get_text()]
    assert len(labels) >= 3 and all(label.get_parse_math() for label in labels)


def test_a_figure_of_the_lesson_keeps_its_own_formulas():
    fig = Figure()
    left, right = fig.subplots(1, 2)
    left.set_title("$x^2$")
    helper.view_tensor(torch.ones(2), "$5", right)
    assert left.title.get_parse_math() and not right.title.get_parse_math()


@pytest.mark.parametrize("counts", [torch.zeros(3, 3), torch.zeros(2), torch.zeros(2, 3)])
def test_view_confusion_wants_a_row_and_a_column_for_each_class(counts):
    with pytest.raises(ValueError, match="2 classes need as many rows and columns; the shape is"):
        helper.view_confusion(counts, ["cat", "dog"])


def test_view_broadcast_hatches_the_copies():
    fig = helper.view_broadcast(torch.tensor([[10], [20]]), torch.tensor([1, 2, 3]))
    assert [ax.get_title() for ax in fig.axes] == ["[2, 1]", "+ [3]", "= [2, 3]"]
    assert [text.get_text() for text in fig.axes[2].texts] == ["11", "12", "13", "21", "22", "23"]
    corners = [[part.get_paths()[0].get_extents().min.tolist() for part in ax.collections] for ax in fig.axes]
    cells = [[(int(y + 0.5), int(x + 0.5)) for x, y in hatched] for hatched in corners]
    assert cells == [[(0, 1), (0, 2), (1, 1), (1, 2)], [(1, 0), (1, 1), (1, 2)], []]
    assert fig.alt == "[2, 1] + [3] = [2, 3]; hatched cells are repeated"


def test_view_broadcast_of_a_scalar_and_of_equal_shapes():
    fig = helper.view_broadcast(torch.tensor([[1, 2], [3, 4]]), torch.tensor(0.5))
    assert [text.get_text() for text in fig.axes[2].texts] == ["1.5", "2.5", "3.5", "4.5"]
    assert [len(ax.collections) for ax in fig.axes] == [0, 3, 0]
    fig = helper.view_broadcast(torch.ones(2, 2), torch.ones(2, 2))
    assert [len(ax.collections) for ax in fig.axes] == [0, 0, 0]


def test_view_broadcast_refuses_large_tensors_at_once():
    with pytest.raises(ValueError, match=r"\(500, 500\) and \(500,\) broadcast to \(500, 500\): .* at most 32"):
        helper.view_broadcast(torch.ones(500, 500), torch.ones(500))


def test_view_broadcast_explains_the_rule():
    with pytest.raises(ValueError, match=r"\(3, 4\) and \(3,\) do not broadcast: counted from the right"):
        helper.view_broadcast(torch.ones(3, 4), torch.ones(3))


MODEL = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
NO_BIAS = nn.Linear(3, 4, bias=False)


def test_view_network_counts_and_draws_to_scale():
    fig = helper.view_network(MODEL.train())
    (ax,) = fig.axes
    texts = [text.get_text() for text in ax.texts]
    assert texts == ["200,960\nparameters", "2,570\nparameters", "784", "256", "10"]
    assert ax.get_title() == "784 - 256 - 10: 203,530 parameters"
    heights = [abs(bar.get_height()) for bar in ax.patches if hasattr(bar, "get_height")]
    assert MODEL.training
    assert fig.alt == "The layers of a network, 784 - 256 - 10: 203,530 parameters"
    assert len(heights) == 3 and heights[0] / heights[1] == pytest.approx(784 / 256)


def test_view_network_from_widths_and_without_biases():
    assert helper.view_network([784, 32, 10]).axes[0].get_title() == "784 - 32 - 10: 25,450 parameters"
    assert "12 parameters" in helper.view_network(NO_BIAS).alt


@pytest.mark.parametrize("network", [nn.ReLU(), nn.Conv2d(1, 2, 3), [784], []])
def test_view_network_needs_a_linear_layer(network):
    with pytest.raises(ValueError, match=r"no linear layer to draw: pass a module .* or a list of widths"):
        helper.view_network(network)


@pytest.mark.parametrize("training", [True, False])
def test_view_network_does_not_run_or_change_the_network(training):
    class Silent(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(4, 2, dtype=torch.float64, device="meta")
            self.drop = nn.Dropout()

        def forward(self, x):
            raise AssertionError("the view runs the network")

    with torch.random.fork_rng():
        network = Silent().train(training)
    before = [(name, id(p), p.dtype, p.device, p.requires_grad) for name, p in network.named_parameters()]
    helper.view_network(network)
    assert network.training == network.drop.training == training
    assert [(name, id(p), p.dtype, p.device, p.requires_grad) for name, p in network.named_parameters()] == before


def test_view_graph_draws_the_real_record():
    w, b = torch.tensor(2.0, requires_grad=True), torch.tensor(1.0, requires_grad=True)
    loss = ((w * torch.ones(3) + b) ** 2).mean()
    fig = helper.view_graph(loss, w=w, b=b)
    texts = [text.get_text() for text in fig.axes[0].texts if text.get_text()]
    assert texts == ["Mean", "Pow", "Add", "Mul", "b\n[]", "w\n[]"]
    assert fig.alt.endswith("Mean, Pow, Add, Mul, b [], w []")
    assert w.grad is None
    loss.backward()  # the record is still there


def test_view_graph_of_a_value_that_is_used_twice():
    w = torch.tensor(2.0, requires_grad=True)
    texts = [t.get_text() for t in helper.view_graph(w * w + w).axes[0].texts if t.get_text()]
    assert sorted(texts) == ["Add", "Mul", "leaf\n[]"]


def test_view_graph_of_a_deep_network_is_quick_enough_to_finish():
    x = torch.ones(1, requires_grad=True)
    for _ in range(25):
        x = x + x.tanh()  # 2 ** 25 ways lead from the end to the beginning
    assert "The graph of 51 boxes" in helper.view_graph(x).alt
    for _ in range(25):
        x = x + x.tanh()
    with pytest.raises(ValueError, match="This graph has 101 boxes, too many to be read"):
        helper.view_graph(x)


def test_view_graph_draws_an_arrow_for_each_edge():
    w, x = torch.ones(2, requires_grad=True), torch.ones(2)
    texts = helper.view_graph((w * x).sum(), w=w).axes[0].texts
    names = {text.get_position(): text.get_text() for text in texts if text.get_text()}
    arrows = {(names[arrow.xyann], names[arrow.xy]) for arrow in texts if not arrow.get_text()}
    assert arrows == {("w\n[2]", "Mul"), ("Mul", "Sum")}  # x needs no gradient


def test_a_wide_graph_stays_in_the_picture():
    fig = helper.view_graph(torch.stack([torch.ones(1, requires_grad=True) for _ in range(6)]).sum())
    helper._bundle(fig)
    boxes = [text.get_window_extent() for text in fig.axes[0].texts if text.get_text()]
    assert len(boxes) == 8
    assert min(box.y0 for box in boxes) >= 0 and max(box.y1 for box in boxes) <= fig.bbox.height


def test_view_graph_after_backward_and_without_gradients():
    w = torch.ones(2, requires_grad=True)
    loss = (w**2).sum()
    loss.backward()
    with torch.no_grad():
        assert "3 boxes" in helper.view_graph(loss, weights=w).alt
    assert w.grad.tolist() == [2, 2]


def test_every_view_is_at_most_8_by_4_inches():
    for name, (arguments, _) in VIEWS.items():
        with torch.random.fork_rng():
            shown = helper._bundle(getattr(helper, name)(*arguments()))[1]["image/png"]
        assert shown["width"] <= 8 * 96 and shown["height"] <= 4 * 96, name


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "I;16", "F", "LA", "YCbCr"])
def test_a_notebook_shows_pillow_pictures_of_every_mode(mode):
    data, metadata = helper._bundle(Image.new(mode, (6, 4)))
    assert Image.open(io.BytesIO(data["image/png"])).size == (6, 4)
    assert metadata["image/png"] == {"alt": "A picture", "width": 6, "height": 4}


def test_plots_without_a_sentence_are_described_by_their_titles():
    fig = Figure()
    left, right = fig.subplots(1, 2)
    assert helper._bundle(fig)[1]["image/png"]["alt"] == "A plot"
    left.set_title("Before"), right.set_title("After")
    assert helper._bundle(fig)[1]["image/png"]["alt"] == "Before, After"
    assert helper._bundle(right)[0]["text/plain"] == "Before, After"


def test_alt_text_reaches_the_notebook(root):
    """Whatever way a picture is shown, the notebook's file holds it once, as PNG, with its alt text."""
    shown = {
        "helper.imshow(torch.ones(4, 4), title='white')": "white",
        "helper.imshow(torch.ones(4, 4))": "A picture",
        "helper.view_classify(torch.ones(4, 4), [0.25, 0.75], ['cat', 'dog'])": (
            "A picture and a bar for each class. Most probable: dog (75%)"
        ),
        "helper.view_batch(torch.ones(2, 4, 4), ['a', 'b'])": "Contact sheet of 2 pictures: a, b",
        "helper.view_history({'loss': [2, 1]})": "Training: loss from 2 to 1",
        "helper.view_lines([1, 2], {'a': [1, 2]}, 'Rising')": "Rising: a over x",
        "helper.view_tensor(torch.ones(2, 2))": "Grid of numbers, shape [2, 2]",
        "helper.view_broadcast(torch.ones(2, 1), torch.ones(2))": "[2, 1] + [2] = [2, 2]; hatched cells are repeated",
        "helper.view_network([3, 2])": "The layers of a network, 3 - 2: 8 parameters",
        "helper.view_graph(torch.ones(1, requires_grad=True) * 2)": (
            "The graph of 2 boxes, from the result back to the leaves: Mul, leaf [1]"
        ),
        "fig, ax = plt.subplots()\nax.plot([1, 2])\nax.set_title('rising')\nfig.canvas.draw()": "rising",
        "plt.plot([1, 2]);": "A plot",
        "Image.new('CMYK', (4, 4))": "A picture",
        "display(helper.view_tensor(torch.ones(1)))": "Grid of numbers, shape [1]",
        "from matplotlib.figure import Figure\nax = Figure().subplots()\nax.set_title('of mine')\nax": "of mine",
        "import io\nfile = io.BytesIO()\nImage.new('L', (4, 4)).save(file, 'JPEG')\nImage.open(file)": "A picture",
    }
    sources = ["import helper, torch\nimport matplotlib.pyplot as plt\nfrom PIL import Image", *shown]
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    resources = {"metadata": {"path": str(root)}}
    NotebookClient(nb, resources=resources, kernel_name="python3", extra_arguments=["--log-level=50"]).execute()
    for cell, alt in zip(nb.cells[1:], shown.values(), strict=True):
        assert len(cell.outputs) == 1, f"{cell.source} is shown {len(cell.outputs)} times"
        (output,) = cell.outputs
        assert "image/jpeg" not in output.data
        image = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
        facts = output.metadata["image/png"]
        assert facts["alt"] == alt, cell.source
        shape = image.width / image.height
        assert facts["width"] <= 8 * 96
        assert facts["width"] / facts["height"] == pytest.approx(shape, rel=0.02), f"{cell.source} is squeezed"
        assert output.data["text/plain"] == alt, "without pictures, the sentence stands in for it"


# Pixels beyond the usual


def test_what_is_transparent_is_white_in_every_view():
    unseen = Image.new("RGBA", (9, 9), (255, 0, 0, 0))
    assert (np.asarray(helper.view_batch([unseen])) == 255).all()
    assert (pixels_of(helper.imshow(unseen)) == 1).all()
    assert (pixels_of(helper.imshow(Image.new("LA", (9, 9), (0, 0)))) == 1).all()


def test_a_value_a_little_beyond_the_range_does_not_stretch_the_picture():
    shown = pixels_of(helper.imshow(torch.tensor([[0.5, 1.0000001]])))
    assert shown.tolist() == [[0.5, 1.0]]
    assert pixels_of(helper.imshow(torch.tensor([[0.5, 1.1]]))).min() == 0


def test_an_opaque_drawing_is_read_as_one_without_opacity():
    drawing = Image.new("L", (60, 60))
    drawing.paste(255, (20, 10, 30, 50))
    assert torch.equal(helper.as_digit(drawing.convert("RGBA")), helper.as_digit(drawing))
    assert helper.as_digit(np.asarray(Image.new("RGBA", (50, 50), "black"))).count_nonzero() == 0


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_large_photo_on_a_sheet_has_the_pixels_that_it_had(mode):
    photo = Image.effect_noise((500, 300), 80).convert(mode)
    as_array = np.asarray(photo)
    assert helper.view_batch([photo]).tobytes() == helper.view_batch([as_array]).tobytes()


@pytest.mark.parametrize(
    ("picture", "wanted"),
    [
        (Image.fromarray(np.array([[0, 65535]], np.uint16)), [0, 255]),
        (Image.fromarray(np.array([[0, 0.5]], np.float32)), [0, 255]),
        (Image.new("LA", (2, 1), (0, 0)), [255, 255]),
    ],
)
def test_a_notebook_shows_gray_of_16_bits_and_floats(picture, wanted):
    data, _ = helper._bundle(picture)
    shown = helper._rgb(Image.open(io.BytesIO(data["image/png"])))
    assert np.asarray(shown)[0, :, 0].tolist() == wanted


# What cannot be drawn


@pytest.mark.parametrize(
    ("x", "cure"),
    [
        (torch.zeros(100), r"Show a part, such as x\[:32\]"),
        (torch.zeros(40, 40), r"Show a part, such as x\[:8, :8\]"),
        (torch.zeros(2, 3, 4), r"Show a part, such as x\[0\]"),
        (torch.zeros(2, 3, 4, 4), r"Show a part, such as x\[0, 0\]"),
        (torch.zeros(0), "There is no number to show"),
    ],
)
def test_view_tensor_names_a_part_that_can_be_shown(x, cure):
    with pytest.raises(ValueError, match=cure) as caught:
        helper.view_tensor(x)
    part = str(caught.value).rpartition("such as ")[2].rstrip(".")
    if part.startswith("x["):
        helper.view_tensor(eval(part))


def test_view_tensor_shows_numbers_beyond_float32():
    fig = helper.view_tensor(torch.tensor([1e-60, 1e60], dtype=torch.float64))
    assert [text.get_text() for text in fig.axes[0].texts] == ["1e-60", "1e+60"]


@pytest.mark.parametrize("counts", [torch.tensor([[0.9, 0.1], [0.2, 0.8]]), torch.tensor([[1, float("nan")], [0, 1]])])
def test_view_confusion_refuses_what_is_no_count(counts):
    with pytest.raises(ValueError, match="A confusion matrix holds whole numbers"):
        helper.view_confusion(counts, ["cat", "dog"])


GAP = nn.Sequential(nn.Linear(9, 4), nn.Linear(7, 2))


def test_view_network_refuses_layers_that_do_not_follow_one_another():
    with pytest.raises(ValueError, match="one gives 4 numbers, and the next takes 7"):
        helper.view_network(GAP)


def test_view_graph_says_why_there_is_none():
    w = torch.tensor(2.0, requires_grad=True)
    with pytest.raises(ValueError, match="it is a leaf"):
        helper.view_graph(w)
    with torch.no_grad():
        result = w * 3
    for without in (result, (w * 3).detach(), torch.ones(2)):
        with pytest.raises(ValueError, match="requires_grad=True, or it was computed under no_grad, or detached"):
            helper.view_graph(without)
