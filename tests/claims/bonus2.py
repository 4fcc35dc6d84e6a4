"""What bonus notebook 2, Several GPUs, claims about its own results."""

import torch
from torch import nn

from claims import claim


def tolerance(place_of):
    """Return how far weights may differ after 124 steps; GPUs round convolutions more coarsely."""
    return 1e-5 if place_of(0, 2).type == "cpu" else 1e-3


def read(folder, name):
    """Return a checkpoint."""
    return torch.load(folder / name, map_location="cpu")


@claim("average-shares")
def equal_shares_give_the_whole_and_unequal_ones_do_not(whole, halves, unequal):
    assert torch.allclose(halves, whole, atol=1e-6)
    assert not torch.allclose(unequal, whole, atol=1e-3), "shares of 24 and 8 should give something else"


@claim("accumulate-show")
def in_parts_as_in_one_piece(close):
    assert close, "the accumulated gradients should be those of the whole batch"


@claim("accumulate-bytes")
def a_quarter_of_the_batch_keeps_a_quarter_of_the_bytes(kept_bytes, x, y):
    assert 3.5 < kept_bytes(x[:256], y[:256]) / kept_bytes(x[:64], y[:64]) < 4.5


@claim("average-norm-show")
def batch_norm_mixes_pictures_and_group_norm_does_not(maps):
    for layer, same in ((nn.BatchNorm2d(6), False), (nn.GroupNorm(2, 6), True)):
        in_halves = torch.cat([layer(maps[:4]), layer(maps[4:])])
        assert torch.allclose(in_halves, layer(maps), atol=1e-5) == same, type(layer).__name__


@claim("several-compare")
def two_workers_equal_one(together, folder, place_of):
    if together:
        one, two = read(folder, "one.pt"), read(folder, "two.pt")
        torch.testing.assert_close(one["network"], two["network"], rtol=0, atol=tolerance(place_of))
        torch.testing.assert_close(one["history"], two["history"], rtol=0, atol=1e-3)


@claim("kill-why-show")
def the_report_names_the_killed_worker(together, folder, code, printed, cause_of_death):
    if together:
        assert code, f"the exit code of a failed run: {code}"
        assert "worker 1" in cause_of_death(printed), printed
        assert len(read(folder, "cut.pt")["history"]) == 2, "two epochs are safe"


@claim("kill-resume")
def the_resumed_run_equals_the_uninterrupted_one(together, folder, code, printed, EPOCHS, place_of):
    if together:
        cut, two = read(folder, "cut.pt"), read(folder, "two.pt")
        assert code == 0, printed
        assert len(cut["history"]) == EPOCHS, f"epochs in the checkpoint: {len(cut['history'])}"
        torch.testing.assert_close(cut["network"], two["network"], rtol=0, atol=tolerance(place_of))
        torch.testing.assert_close(cut["optimizer"], two["optimizer"], rtol=0, atol=tolerance(place_of))


@claim("every-count")
def three_workers_count_what_one_counts(hits, right):
    assert sum(hits) == right.sum().item()
