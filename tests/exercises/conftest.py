"""What the tests of exercises share: the folder on the path, and a small course with four exercises."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

SOURCE = '''
import torch

# %% 9.1 The sigmoid
def sigmoid(z):
    """Return the sigmoid of z."""
    return 1 / (1 + torch.exp(-z))

# %% 9.2 Three ones
ones = torch.ones(3)

# %% 9.3 A prediction
shapes = {"a": (3,), "b": (2, 3)}

# %% 9.4 A class
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(3, 2)

    def forward(self, x):
        return self.layer(x)

# %% 9.5 A step
def step(parameters, lr):
    with torch.no_grad():
        for p in parameters:
            p -= lr * p.grad
'''


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with five exercises, 9.1 to 9.5; returns a Session in an empty notebook."""
    import torch

    from exercises import answers, judge, record
    from exercises.compare import assert_predictions, assert_same

    folder = tmp_path / "answers"
    folder.mkdir()
    (folder / "part9.py").write_text(SOURCE, "utf-8")
    monkeypatch.setattr(answers, "HERE", folder)
    answers.answers_of.cache_clear()
    monkeypatch.setattr(judge, "_checks", {})
    monkeypatch.setattr(record, "_verdicts", {})
    monkeypatch.setattr(record, "_solved", set())

    @judge.exercise("9.1", seconds=2)
    def check_sigmoid(sigmoid):
        for z in (torch.linspace(-2, 2, 5), torch.zeros(2, 3)):
            wrong = {"The curve runs the wrong way.": torch.sigmoid(-z)}
            assert_same(sigmoid(z), torch.sigmoid(z), "sigmoid(z)", wrong)

    @judge.exercise("9.2")
    def check_ones(ones):
        assert_same(ones, torch.ones(3), "ones")

    @judge.exercise("9.3")
    def check_shapes(shapes, *, x):
        form = "a tuple such as (2, 3)"
        assert_predictions(shapes, {"a": (3,), "b": (2, 3)}, {"b": "look at b again."}, tuple, form)

    @judge.exercise("9.4")
    def check_net(Net):
        output = Net()(torch.ones(1, 3))
        assert_same(output[:, :0], torch.ones(1, 0), "the output")
        assert output.shape == (1, 2), "The output should have two numbers."

    @judge.exercise("9.5", may_change_inputs=True)
    def check_step(step):
        parameters = [torch.ones(2, requires_grad=True)]
        parameters[0].grad = torch.ones(2)
        step(parameters, 0.1)
        assert_same(parameters[0], torch.full((2,), 0.9), "the parameter")

    notebook = judge.Session({"__name__": "__main__", "torch": torch, "x": torch.ones(3), "DATA": "here"})
    yield notebook
    answers.answers_of.cache_clear()
