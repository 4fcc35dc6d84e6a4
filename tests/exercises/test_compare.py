"""The comparisons that checks share: right for what a reader should make, and never an error for what is odd."""

import pytest
import torch

from exercises.compare import as_number, assert_same, assert_values, describe, is_same, shares_memory

WANT = torch.tensor([1.0, 2.0])
ODD = {
    "complex": torch.tensor([1 + 1j, 2]),
    "sparse": torch.tensor([1.0, 2.0]).to_sparse(),
    "meta": torch.empty(2, device="meta"),
    "nested": torch.nested.nested_tensor([torch.ones(1), torch.ones(2)]),
    "other shape": torch.ones(3),
    "None": None,
    "text": "12",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_things_are_not_the_same_and_are_told(name):
    assert not is_same(ODD[name], WANT)
    for assert_it in (assert_same, assert_values):
        with pytest.raises(AssertionError, match=r"^x .*"):
            assert_it(ODD[name], WANT, "x")
    assert describe(ODD[name])


def test_the_first_value_that_differs_is_named():
    with pytest.raises(AssertionError, match=r"x\[1\] should be 2, but it is 3\."):
        assert_same(torch.tensor([1.0, 3.0]), WANT, "x")
    with pytest.raises(AssertionError, match=r"x\[0\] should be True, but it is False\."):
        assert_same(torch.tensor([False]), torch.tensor([True]), "x")
    assert_same(torch.tensor([float("nan")]), torch.tensor([float("nan")]), "x")


def test_a_number_is_read_from_what_holds_one():
    assert as_number(torch.tensor(2.5)) == 2.5
    for odd in (True, None, "2", torch.ones(2), torch.empty(1, device="meta"), torch.tensor(1j)):
        assert as_number(odd) is None


def test_memory_is_shared_by_views_only():
    values = torch.arange(6)
    assert shares_memory(values, values[2:]) and shares_memory(values, values.view(2, 3))
    assert not shares_memory(values, values.clone()) and not shares_memory(values, [0])
    lazy = torch.nn.LazyLinear(2).weight
    assert not shares_memory(lazy, lazy)
