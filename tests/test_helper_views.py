"""The views of helper.py: what they draw, what they say when they cannot, and that they leave everything as it was."""

import base64
import io
import random

import matplotlib
import nbformat
import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from nbclient import NotebookClient
from PIL import Image
from torch import nn

import helper


@pytest.fixture(autouse=True)
def everything_is_left_as_it_was():
    """No view changes matplotlib's settings, random state, gradient mode or pyplot's figures."""
    settings = dict(matplotlib.rcParams)
    state = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state()
    yield
    assert dict(matplotlib.rcParams) == settings
    assert (random.getstate(), np.random.get_state()[1].tolist()) == state[:2]
    assert torch.equal(torch.get_rng_state(), state[2])
    assert torch.is_grad_enabled()
    import matplotlib.pyplot as plt

    assert plt.get_fignums() == []


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


def test_imshow_stretches_normalized_pictures():
    assert np.allclose(pixels_of(helper.imshow(torch.tensor([[-1.0, 0.0, 3.0]]))), [[0, 0.25, 1]])
    assert np.allclose(pixels_of(helper.imshow(torch.full((2, 2), 7.0))), 0)


def test_imshow_does_not_stretch_a_dark_picture():
    assert np.allclose(pixels_of(helper.imshow(torch.full((2, 2), 0.1))), 0.1)


def test_imshow_draws_into_given_axes():
    ax = Figure().subplots()
    assert helper.imshow(picture(4, 4), ax) is ax


def test_imshow_leaves_its_input():
    image = torch.tensor([[-1.0, 2.0]])
    helper.imshow(image)
    assert image.tolist() == [[-1.0, 2.0]]


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (picture(784), "The shape \\[784\\] is not .* Try reshape"),
        (picture(6, 5, 3), "The shape \\[6, 5, 3\\] is not .* Try reshape, permute"),
        (picture(2, 1, 4, 5), "or one picture of the batch"),
        (torch.tensor([[0.0, float("nan")]]), "1 pixels are nan or infinite"),
        (torch.tensor([[float("inf"), float("-inf")]]), "2 pixels are nan or infinite"),
    ],
)
def test_imshow_says_what_is_wrong(image, says):
    with pytest.raises(ValueError, match=says):
        helper.imshow(image)


@pytest.mark.parametrize("probs", [torch.full((10,), 0.1), torch.full((1, 10), 0.1), [0.1] * 10, np.full(10, 0.1)])
def test_view_classify_draws_a_bar_for_each_class(probs):
    fig = helper.view_classify(picture(1, 28, 28), probs, version="MNIST")
    left, right = fig.axes
    assert pixels_of(left).shape == (28, 28)
    assert [bar.get_width() for bar in right.patches] == pytest.approx([0.1] * 10)
    assert [label.get_text() for label in right.get_yticklabels()] == list("0123456789")


def test_view_classify_names_the_most_probable():
    probs = torch.full((10,), 0.02)
    probs[8] = 0.82
    fig = helper.view_classify(picture(28, 28), probs, version="Fashion")
    assert fig.axes[1].get_title() == "Most probable: Bag (82%)"
    assert "Most probable: Bag (82%)" in fig.alt
    colors = [bar.get_facecolor() for bar in fig.axes[1].patches]
    assert colors[8] != colors[0] and len(set(colors)) == 2


def test_view_classify_with_classes_of_ones_own():
    fig = helper.view_classify(picture(3, 9, 9), torch.tensor([0.25, 0.75]), classes=["cat", "dog"])
    assert [label.get_text() for label in fig.axes[1].get_yticklabels()] == ["cat", "dog"]


@pytest.mark.parametrize("probs", [torch.randn(10) * 9, torch.full((9,), 1 / 9), torch.full((10,), float("nan"))])
def test_view_classify_refuses_what_is_no_distribution(probs):
    with pytest.raises(ValueError, match=r"Expected 10 probabilities, but got .* Try logits.softmax\(dim=-1\)"):
        helper.view_classify(picture(28, 28), probs)


def test_view_batch_places_tiles_and_captions():
    sheet = helper.view_batch(
        torch.stack([torch.zeros(1, 8, 8), torch.ones(1, 8, 8)] * 5), range(10), columns=4, size=40
    )
    assert isinstance(sheet, Image.Image)
    assert sheet.width == 4 * 46 + 6 and sheet.height == 3 * 64 + 6
    tile = [sheet.getpixel((6 + column * 46 + 20, 6 + 18 + 20)) for column in range(4)]
    assert tile == [(0, 0, 0), (255, 255, 255)] * 2
    caption = np.asarray(sheet.crop((6, 6, 46, 24)))
    assert caption.min() < 128, "the caption is not drawn"
    assert sheet.alt == "Contact sheet of 10 pictures: " + ", ".join(map(str, range(10)))


def test_view_batch_without_captions():
    sheet = helper.view_batch([picture(3, 6, 4), Image.new("L", (4, 6))], size=20)
    assert sheet.size == (2 * 26 + 6, 36 + 6)
    assert sheet.alt == "Contact sheet of 2 pictures: without captions"


def test_view_batch_keeps_colors():
    red = torch.zeros(3, 4, 4)
    red[0] = 1
    assert helper.view_batch([red]).getpixel((30, 30)) == (255, 0, 0)


@pytest.mark.parametrize(("images", "captions"), [([], None), (torch.zeros(2, 4, 4), ["one"])])
def test_view_batch_says_what_is_wrong(images, captions):
    with pytest.raises(ValueError, match="pictures and . captions: there should be one for each"):
        helper.view_batch(images, captions)


def test_view_recon_tells_the_error():
    sheet = helper.view_recon(torch.zeros(1, 8, 8), torch.full((1, 8, 8), 0.5))
    assert sheet.alt == "Contact sheet of 2 pictures: picture, error 0.2500"
    assert sheet.getpixel((20, 60)) == (0, 0, 0) and sheet.getpixel((300, 60)) == (128, 128, 128)


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


def test_view_history_of_losses_alone():
    assert len(helper.view_history({"loss": [1.0, 0.5]}).axes) == 1


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


def test_view_lines_with_points():
    (ax,) = helper.view_lines([0, 1], {"fit": [0, 1]}, points=([0.5], [0.25])).axes
    assert ax.collections[0].get_offsets().tolist() == [[0.5, 0.25]]


def test_view_tensor_writes_every_number():
    fig = helper.view_tensor(torch.arange(6).reshape(2, 3))
    (ax,) = fig.axes
    assert [text.get_text() for text in ax.texts] == list("012345")
    assert ax.get_title() == "shape [2, 3]" and fig.alt == "Grid of numbers, shape [2, 3]"
    assert [text.get_text() for text in helper.view_tensor(torch.tensor([0.5, 2.0])).axes[0].texts] == ["0.5", "2"]


@pytest.mark.parametrize("x", [torch.zeros(2, 2, 2), torch.zeros(40, 2)])
def test_view_tensor_refuses_what_has_no_room(x):
    with pytest.raises(ValueError, match="one or two dimensions of at most 32; the shape is"):
        helper.view_tensor(x)


def test_view_broadcast_hatches_the_copies():
    fig = helper.view_broadcast(torch.tensor([[10], [20]]), torch.tensor([1, 2, 3]))
    assert [ax.get_title() for ax in fig.axes] == ["[2, 1]", "+ [3]", "= [2, 3]"]
    assert [text.get_text() for text in fig.axes[2].texts] == ["11", "12", "13", "21", "22", "23"]
    assert [len(ax.collections) for ax in fig.axes] == [4, 3, 0]  # hatched cells
    assert fig.alt == "[2, 1] + [3] = [2, 3]; hatched cells are copies"


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


def test_view_network_needs_a_linear_layer():
    with pytest.raises(ValueError, match="no linear layer to draw"):
        helper.view_network(nn.ReLU())


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
    for _ in range(40):
        x = x + x.tanh()  # 2 ** 40 ways lead from the end to the beginning
    assert "Graph" in helper.view_graph(x).alt or "graph" in helper.view_graph(x).alt


def test_view_graph_says_why_there_is_none():
    with pytest.raises(ValueError, match="This tensor has no graph"):
        helper.view_graph(torch.ones(1))


def test_alt_text_reaches_the_notebook(root):
    """Whatever way a picture is shown, the notebook's file holds it once, as PNG, with its alt text."""
    sources = [
        "import helper, torch\nimport matplotlib.pyplot as plt\nfrom PIL import Image",
        "helper.view_tensor(torch.ones(2, 2))",
        "helper.imshow(torch.ones(4, 4), title='white')",
        "helper.view_batch(torch.ones(2, 4, 4), ['a', 'b'])",
        "fig, ax = plt.subplots()\nax.plot([1, 2])\nax.set_title('rising')\nfig.canvas.draw()",
        "Image.new('CMYK', (4, 4))",
        "display(helper.view_tensor(torch.ones(1)))",
    ]
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    resources = {"metadata": {"path": str(root)}}
    NotebookClient(nb, resources=resources, kernel_name="python3", extra_arguments=["--log-level=50"]).execute()
    alts = []
    for cell in nb.cells[1:]:
        (output,) = cell.outputs
        assert "image/jpeg" not in output.data
        image = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
        assert image.width > 0
        alts.append(output.metadata["image/png"]["alt"])
        assert output.metadata["image/png"]["width"] <= 8 * 96
    assert alts == [
        "Grid of numbers, shape [2, 2]",
        "white",
        "Contact sheet of 2 pictures: a, b",
        "rising",
        "A picture",
        "Grid of numbers, shape [1]",
    ]
