"""The comparisons that checks share: right for what a reader should make, and never an error for what is odd."""

import sys

import numpy as np
import pytest
import torch

from exercises.compare import (
    Lines,
    as_number,
    assert_number,
    assert_on_device,
    assert_same,
    assert_values,
    describe,
    is_same,
    shares_memory,
)
from exercises.surroundings import fingerprint

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


def test_a_network_on_another_device_is_told():
    state = {"weight": SQUARE, "bias": SQUARE[0]}
    assert_on_device(dict(state), state, "The network")
    assert_on_device({}, state, "The network")
    with pytest.raises(AssertionError, match=r"^The network should be on the device cpu, but it is on meta\.$"):
        assert_on_device(state | {"bias": SQUARE[0].to("meta")}, state, "The network")


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


def test_a_count_has_no_tolerance_that_grows_with_it():
    assert not is_same(torch.tensor([100_005.0]), torch.tensor([100_000]))
    with pytest.raises(AssertionError, match="parameters should be 203530, but it is 203531"):
        assert_number(203_531, 203_530, "parameters")
    assert_number(203_530.0, 203_530, "parameters")


def test_what_is_said_tells_two_numbers_apart():
    with pytest.raises(AssertionError, match="mean should be 12.345678, but it is 12.345681"):
        assert_number(12.345681, 12.345678, "mean", atol=1e-6, rtol=0)
    with pytest.raises(AssertionError, match="should be 9007199254740992, but it is 9007199254740993"):
        assert_same(torch.tensor([2**53 + 1]), torch.tensor([2**53]), "x")
    with pytest.raises(AssertionError) as caught:
        assert_values(torch.arange(1.0, 4) * 1.0002, torch.arange(1.0, 4), "x")
    assert "1 times" not in str(caught.value)


@pytest.mark.parametrize("value", [np.complex128(3 + 4j), np.str_("3"), np.bool_(True), torch.tensor(True), 3j, "3"])
def test_what_is_no_real_number_is_none(value):
    assert as_number(value) is None


def test_a_huge_number_is_described_in_a_few_words():
    assert describe(10**5000) == "a whole number of more than 60 digits"
    assert describe(7) == "7"


def test_a_change_of_any_container_is_seen():
    for before, after in (({1, 2}, {1, 3}), ([-1], [-2]), ({"a": -1}, {"a": -2}), ((1.5,), (2.5,))):
        assert fingerprint(before) != fingerprint(after)
        assert fingerprint(before) == fingerprint(type(before)(before))


def test_lines_are_counted_and_a_debugger_goes_on_after_it():
    names = {}
    code = "def total(values):\n    result = 0\n    for value in values:\n        result += value\n    return result\n"
    exec(compile(code, "<cell 1>", "exec"), names)

    def debugger(frame, event, argument):
        return None

    before = sys.gettrace()  # that of coverage, where it is measured
    sys.settrace(debugger)
    try:
        with pytest.raises(ZeroDivisionError), Lines():
            _ = 1 / 0
        counts = []
        for size in (2, 5):
            with Lines() as lines:
                names["total"](range(size))
            counts.append(lines.count)
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert counts[1] - counts[0] == 2 * 3
    assert after is debugger
