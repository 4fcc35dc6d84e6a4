"""The bench leaves out the cells of a lesson that no exercise needs: what a cell reads and sets is told rightly."""

import pytest
from bench import names_in_functions, names_read_first, names_set_anew, names_touched


@pytest.mark.parametrize(
    ("source", "read", "set_anew"),
    [
        ("y = x + 1", {"x"}, {"y"}),
        ("x = x + 1", {"x"}, {"x"}),
        ("x = 1\nprint(x)", set(), {"x"}),
        ("print(x)\nx = 1", {"x"}, {"x"}),
        ("board[row] = 1", {"board", "row"}, set()),
        ("if a:\n    b = 1\nprint(b)", {"a", "b"}, set()),
        ("for name in names:\n    loss = f(name)\n    print(loss)", {"names", "f"}, {"name", "loss"}),
        ("for x in range(x):\n    pass", {"x"}, {"x"}),
        ("with open(path) as file:\n    text = file.read()", {"path"}, {"file", "text"}),
        ("squares = [x * x for x in numbers]", {"numbers"}, {"squares"}),
        ("import torch.nn as nn\nnet = nn.ReLU()", set(), {"nn", "net"}),
        ("def f(x):\n    return g(x)", {"g"}, {"f"}),
    ],
)
def test_what_a_cell_reads_first_and_sets_anew(source, read, set_anew):
    assert names_read_first(source) == read
    assert names_set_anew(source) == set_anew


def test_what_functions_read_is_told_apart():
    assert names_in_functions("def f(x):\n    return g(x)\ny = [h(x) for x in z]") == {"g"}


def test_a_cell_may_change_what_it_calls_but_not_what_it_shows():
    assert names_touched("model.train()\nprint(loss)") == {"model"}
    assert names_touched("optimize(model, x_train)") == {"optimize", "model"}
