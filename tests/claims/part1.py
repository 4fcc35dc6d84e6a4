"""What Part 1 claims about its own results."""

import torch

from claims import claim


@claim("making-shape-show")
def the_shape_is_all_that_differs(line, row):
    assert torch.equal(line, row[0]), "from one seed, randn(5) and randn((1, 5)) should draw the same numbers"


@claim("reader-accuracy-show")
def one_neuron_reads_better_than_a_guess(right, is_zero):
    always_no = (~is_zero).float().mean().item()
    assert right > always_no, f"the neuron should beat 'always no': {right:.1%} against {always_no:.1%}"


@claim("vectorize-same")
def loops_give_the_same_numbers(looped, x, W, b):
    assert torch.allclose(looped, x @ W + b, atol=1e-4), "the loops and @ should give the same numbers"
