"""What Part 8 claims about its own results."""

import torch

from claims import claim


@claim("scratch-run")
def from_scratch_it_knows_its_forty_and_no_others(known, unknown):
    assert sum(known) / 3 > 0.85, f"on its own forty above 85% on average: {known}"
    assert sum(unknown) / 3 < 0.70, f"on the test pictures below 70% on average: {unknown}"


@claim("depth-show")
def shortcuts_keep_gradients_alike(sizes):
    plain, short = sizes["plain"], sizes["with shortcuts"]
    assert plain[0] < 1e-6 * plain[-1], "plain: more than a million times smaller in the first layer"
    assert 0.01 < short[0] / short[-1] < 100, "with shortcuts: less than a hundred times apart"


@claim("frozen-epoch-time")
def the_frozen_backbone_is_what_it_was(model, pretrained):
    after = model.state_dict()
    for name, value in pretrained.state_dict().items():
        assert "fc." in name or torch.equal(after[name], value), f"{name} moved"


@claim("cache-forty-three")
def borrowed_features_help(borrowed, unknown):
    assert sum(borrowed) / 3 > sum(unknown) / 3 + 0.10, f"10 points more on average: {borrowed}, {unknown}"


@claim("fine-spread")
def a_borrowed_network_needs_far_fewer_pictures(mean_and_spread, COUNTS):
    ways = "from scratch", "frozen", "fine-tuned"
    scratch, borrowed, tuned = ([mean_and_spread(way, count)[0] for count in COUNTS] for way in ways)
    assert max(scratch[:2]) < 0.70, f"from scratch, 10 and 40 pictures stay below 70%: {scratch}"
    assert borrowed[1] > scratch[1] + 0.20, "frozen, 40 pictures: 20 points above scratch with 40"
    assert borrowed[0] > scratch[-1] - 0.05, "frozen, 10 pictures: not far below scratch with all"
    assert borrowed[1] > scratch[2] + 0.05, "frozen, 40 pictures: 5 points above scratch with 160"
    assert min(borrowed[-1], tuned[-1]) > 0.75, f"with all pictures above 75%: {borrowed}, {tuned}"
    assert tuned[0] > scratch[0] + 0.10, "fine-tuned, 10 pictures: 10 points above scratch with 10"


@claim("gpu-epoch")
def an_epoch_on_the_device(losses, small, device):
    mean = torch.stack(losses).mean().item()
    assert 0.3 < mean < 1.5, f"the mean loss of the epoch: {mean}"
    places = {p.device.type for p in small.parameters()} | {loss.device.type for loss in losses}
    assert places == {device.type}, f"network and losses are on the device: {places}"


@claim("gpu-table")
def the_first_loss_is_the_same_in_all_rows(first):
    assert max(first) - min(first) < 0.1, first


@claim("several-compare-show")
def two_processes_equal_one(together, job, TOLERANCE):
    if together:
        one, two = (torch.load(job / name, map_location="cpu") for name in ("one.pt", "two.pt"))
        torch.testing.assert_close(one["network"], two["network"], rtol=0, atol=TOLERANCE)
        torch.testing.assert_close(one["history"], two["history"], rtol=0, atol=1e-3)


@claim("several-why-show")
def the_report_names_the_killed_process(together, job, code, told, why):
    if together:
        assert code, f"the exit code of a failed run: {code}"
        assert "process 1" in why(told), told
        assert len(torch.load(job / "cut.pt", map_location="cpu")["history"]) == 2, "two epochs are safe"


@claim("several-resume-run")
def the_resumed_run_equals_the_uninterrupted_one(together, job, code, told, EPOCHS, TOLERANCE):
    if together:
        cut, two = (torch.load(job / name, map_location="cpu") for name in ("cut.pt", "two.pt"))
        assert code == 0, told
        assert len(cut["history"]) == EPOCHS, f"epochs in the checkpoint: {len(cut['history'])}"
        torch.testing.assert_close(cut["network"], two["network"], rtol=0, atol=TOLERANCE)
        torch.testing.assert_close(cut["optimizer"], two["optimizer"], rtol=0, atol=TOLERANCE)


@claim("look-counts")
def most_test_pictures_are_named_correctly(counts, test_y):
    assert counts.diagonal().sum() > 0.70 * len(test_y), "above 70% of the test pictures"
