"""What Part 1 claims about its own results."""

import torch

from claims import claim


@claim("trailer-run")
def the_trailer_recognizes_the_cat(model, pet_batch):
    with torch.inference_mode():
        confidence = model(pet_batch).softmax(dim=1)[0]
    assert confidence[0] > 0.5, f"the picture shows a cat, but the confidence that it does is {confidence[0]:.1%}"


@claim("making-shape-show")
def the_shape_is_all_that_differs(five, one_by_five):
    assert torch.equal(five, one_by_five[0]), "from one seed, randn(5) and randn(1, 5) should draw the same numbers"


@claim("reader-accuracy-show")
def one_neuron_reads_better_than_a_guess(accuracy, is_zero):
    always_no = (~is_zero).float().mean().item()
    assert accuracy > always_no, f"the neuron should beat 'always no': {accuracy:.1%} against {always_no:.1%}"


@claim("network-random")
def a_random_network_is_undecided(outputs):
    assert ((outputs[0] - 0.5).abs() < 0.15).all(), f"the outputs should be close to 0.5: {outputs[0].tolist()}"


@claim("vectorize-same")
def loops_give_the_same_numbers(looped, batch, W1, b1):
    layer = torch.sigmoid(batch @ W1 + b1)
    assert torch.allclose(looped, layer, atol=1e-4), "the loops and @ should give the same numbers"
