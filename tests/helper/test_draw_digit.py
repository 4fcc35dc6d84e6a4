"""A drawn digit is scaled and centered as MNIST's digits are, and what a network reads in it comes back to the page."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from torchvision import datasets

import helper


def drawn(*strokes, size=280, pen=22):
    """Return a drawing: white lines on black."""
    sheet = Image.new("L", (size, size))
    for points in strokes:
        ImageDraw.Draw(sheet).line(points, fill=255, width=pen, joint="curve")
    return sheet


def center_of_mass(digit):
    """Return the row and the column of the middle of the ink."""
    ink = digit[0].double()
    places = torch.arange(28, dtype=torch.double)
    return float(ink.sum(dim=1) @ places / ink.sum()), float(ink.sum(dim=0) @ places / ink.sum())


@pytest.mark.parametrize(
    "strokes",
    [
        [[(60, 40), (220, 40), (120, 250)]],
        [[(10, 10), (40, 60)]],
        [[(200, 250), (270, 200)]],
        [[(140, 10), (140, 270)]],
        [[(20, 140), (260, 140)]],
    ],
    ids=["a 7", "small, in a corner", "in another corner", "upright", "lying"],
)
def test_the_ink_fills_a_box_of_20_and_lies_in_the_middle(strokes):
    digit = helper.as_digit(drawn(*strokes))
    assert digit.shape == (1, 28, 28) and digit.dtype == torch.float32
    assert digit.min() >= 0 and digit.max() <= 1
    rows, columns = (digit[0] > 0).nonzero(as_tuple=True)
    assert max(np.ptp(rows.numpy()), np.ptp(columns.numpy())) + 1 == 20
    row, column = center_of_mass(digit)
    assert abs(row - 14) <= 0.5 and abs(column - 14) <= 0.5


def test_where_and_how_large_somebody_draws_makes_no_difference():
    small = helper.as_digit(drawn([(20, 20), (80, 20), (45, 100)], pen=8))
    elsewhere = helper.as_digit(drawn([(150, 170), (210, 170), (175, 250)], pen=8))
    large = helper.as_digit(drawn([(60, 60), (240, 60), (135, 300)], size=400, pen=24))
    assert torch.equal(small, elsewhere)
    assert (small - large).abs().mean() < 0.03


def test_a_digit_of_mnist_comes_back_as_it_was():
    """Scaled and centered as the makers of MNIST did it. (Of some digits the faintest pixels at the edge are lost.)"""
    digits = datasets.MNIST(helper.data_dir(), train=False)
    for index in range(200):
        before = digits.data[index].float() / 255
        large = Image.fromarray(digits.data[index].numpy()).resize((280, 280), Image.Resampling.NEAREST)
        after = helper.as_digit(large)[0]
        assert (after - before).abs().mean() < 0.003, index


def test_nothing_drawn_is_an_empty_picture():
    assert helper.as_digit(Image.new("L", (280, 280))).count_nonzero() == 0


def as_page_sends(sheet):
    """Return a drawing as the page sends it: white ink with transparency around it."""
    ink = Image.new("RGBA", sheet.size, "white")
    ink.putalpha(sheet)
    file = io.BytesIO()
    ink.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


@pytest.fixture
def live(monkeypatch):
    """Somebody sits before the page."""
    monkeypatch.setattr(helper, "HEADLESS", False)


def test_confidences_follow_the_drawing(live):
    seen = []

    def predict(digit):
        seen.append(digit)
        return torch.eye(10)[7]

    pad = helper.draw_digit(predict)
    assert pad.confidence == [] and seen == []
    sheet = drawn([(60, 40), (220, 40), (120, 250)])
    pad.drawing = as_page_sends(sheet)
    assert pad.confidence == torch.eye(10)[7].tolist()
    assert torch.equal(seen[0], helper.as_digit(sheet))
    network_sees = Image.open(io.BytesIO(base64.b64decode(pad.picture.partition(",")[2])))
    assert np.abs(np.asarray(network_sees) / 255 - seen[0][0].numpy()).max() < 0.01
    pad.drawing = ""
    assert (pad.confidence, pad.picture, pad.problem) == ([], "", "")


def test_a_network_that_cannot_read_is_told_where_the_reader_looks(live):
    def predict(digit):
        raise ValueError("wrong shape")

    pad = helper.draw_digit(predict)
    pad.drawing = as_page_sends(drawn([(60, 40), (220, 40)]))
    assert pad.problem == "predict stopped with ValueError: wrong shape" and pad.confidence == []


@pytest.mark.parametrize("result", [torch.full((10,), float("nan")), torch.arange(10.0), torch.ones(3) / 3])
def test_what_is_no_probability_is_told_and_not_drawn(live, result):
    pad = helper.draw_digit(lambda digit: result)
    pad.drawing = as_page_sends(drawn([(60, 40), (220, 40)]))
    assert "Expected 10 probabilities" in pad.problem and pad.confidence == []


@pytest.mark.parametrize("reason", ["headless", "without anywidget"])
def test_where_nobody_can_draw_an_example_is_shown(monkeypatch, reason):
    monkeypatch.setattr(helper, "HEADLESS", reason == "headless")
    if reason == "without anywidget":
        monkeypatch.setitem(__import__("sys").modules, "anywidget", None)
    figure = helper.draw_digit(lambda digit: torch.full((10,), 0.1))
    assert figure.alt.startswith("A picture and a bar for each class")
