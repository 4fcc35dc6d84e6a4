"""The comparisons that checks share: right for what a reader should make, and never an error for what is odd."""

import pytest
import torch

from exercises.compare import as_number, assert_same, assert_values, describe, is_same, shares_memory

WANT = torch.tensor([1.0, 2.0])
SQUARE = torch.tensor([[1.0, 2.0], [0.0, 3.0]])
ODD = {
    "complex": torch.tensor([1 + 1j, 2]),
    "sparse": torch.tensor([1.0, 2.0]).to_sparse(),
    "masked": torch.masked.masked_tensor(torch.tensor([1.0, 2.0]), torch.tensor([True, False])),
    "lazy": torch.nn.LazyLinear(2).weight,
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


LAYOUTS = {
    "torch.sparse_coo": torch.Tensor.to_sparse,
    "torch.sparse_csr": torch.Tensor.to_sparse_csr,
    "torch.sparse_csc": torch.Tensor.to_sparse_csc,
    "torch._mkldnn": torch.Tensor.to_mkldnn,
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_another_layout_is_not_the_same_whatever_the_values(layout):
    other = LAYOUTS[layout](SQUARE)
    assert not is_same(other, SQUARE) and not is_same(SQUARE, other)
    for assert_it in (assert_same, assert_values):
        with pytest.raises(AssertionError, match=rf"^x should have the layout torch.strided, but it has {layout}\.$"):
            assert_it(other, SQUARE, "x")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_values_of_one_layout_are_compared(layout):
    other = LAYOUTS[layout](SQUARE)
    assert is_same(other, LAYOUTS[layout](SQUARE))
    assert not is_same(LAYOUTS[layout](SQUARE * 2), other)
    with pytest.raises(AssertionError, match=r"^x\[0, 0\] should be 1, but it is 2\.$"):
        assert_values(LAYOUTS[layout](SQUARE * 2), other, "x")


def test_another_device_is_not_the_same_whatever_the_shape():
    elsewhere = SQUARE.to("meta")
    assert not is_same(elsewhere, SQUARE) and not is_same(SQUARE, elsewhere)
    for assert_it in (assert_same, assert_values):
        with pytest.raises(AssertionError, match=r"^x should be on the device cpu, but it is on meta\.$"):
            assert_it(elsewhere, SQUARE, "x")
        with pytest.raises(AssertionError, match=r"^x should be on the device meta, but it is on cpu\.$"):
            assert_it(SQUARE, elsewhere, "x")


def test_a_mistake_on_another_device_or_of_another_layout_blames_nobody():
    mistakes = {"elsewhere": (SQUARE * 2).to("meta"), "sparse": (SQUARE * 2).to_sparse()}
    with pytest.raises(AssertionError, match=r"^x\[0, 0\] should be 1, but it is 2\.$"):
        assert_same(SQUARE * 2, SQUARE, "x", mistakes)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.uint16, torch.uint64, torch.int32, torch.float16, torch.float64])
def test_the_dtype_does_not_count(dtype):
    whole = torch.tensor([1, 2])
    assert is_same(whole.to(dtype), whole) and is_same(whole, whole.to(dtype)) and is_same(whole.to(dtype), WANT)
    assert not is_same(whole.to(dtype) * 2, whole)


def test_whole_numbers_must_be_equal():
    big = torch.tensor([2**53 + 1])
    assert not is_same(big, big - 1) and is_same(big, big.clone())


def test_a_lazy_layer_is_named():
    with pytest.raises(AssertionError, match=r"^x has no shape yet: it belongs to a lazy layer"):
        assert_same(ODD["lazy"], WANT, "x")
