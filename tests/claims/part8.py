"""What Part 8 claims about its own results."""

import torch

from claims import claim


@claim("opening-split-use")
def training_and_validation_share_no_picture(train_rows, valid_rows, labels):
    assert sorted(train_rows.tolist() + valid_rows.tolist()) == list(range(len(labels))), "each picture is in one part"
    shares = labels[valid_rows].bincount() / labels.bincount()
    assert (shares - 0.25).abs().max() < 0.05, f"a quarter of each class: {shares}"


@claim("scratch-run")
def from_scratch_it_memorizes_its_forty(train_accuracies, valid_accuracies):
    assert sum(train_accuracies) / 3 > 0.85, f"on its own forty above 85% on average: {train_accuracies}"
    assert sum(valid_accuracies) / 3 < 0.70, f"on the validation pictures below 70% on average: {valid_accuracies}"


@claim("cache-forty")
def borrowed_features_help(head_accuracy, valid_accuracies):
    scratch = valid_accuracies[0]
    assert head_accuracy > scratch + 0.15, f"15 points more with the same forty: {head_accuracy}, {scratch}"


@claim("fine-maps-run")
def the_two_halves_are_the_whole_backbone(backbone, features, to_input, x_train):
    with torch.inference_mode():
        whole = backbone(to_input(x_train[:5])).cpu()
    torch.testing.assert_close(features[:5], whole, rtol=1e-2, atol=1e-3)


@claim("compare-table")
def a_borrowed_network_needs_far_fewer_pictures(mean_and_std, COUNTS, WAYS):
    tuned, borrowed, scratch = ([mean_and_std(way, count)[0] for count in COUNTS] for way in WAYS)
    assert max(scratch[:2]) < 0.70, f"from scratch, 10 and 40 pictures stay below 70%: {scratch}"
    assert borrowed[1] > scratch[-1] + 0.05, f"frozen, 40 pictures: above scratch with all: {borrowed}, {scratch}"
    assert borrowed[0] > scratch[-1] - 0.05, f"frozen, 10 pictures: close to scratch with all: {borrowed}, {scratch}"
    assert borrowed[1] > scratch[1] + 0.20, (
        f"frozen, 40 pictures: 20 points above scratch with 40: {borrowed}, {scratch}"
    )
    assert min(borrowed[-1], tuned[-1]) > 0.90, f"with all pictures above 90%: {borrowed}, {tuned}"
    for count in COUNTS:
        (one, first), (two, second) = (mean_and_std(way, count) for way in WAYS[:2])
        assert abs(one - two) <= first + second + 0.02, f"the bars of fine-tuned and frozen overlap at {count}"


@claim("gpu-forgot-kept")
def a_module_moves_in_place_and_a_tensor_does_not(cnn, batch):
    assert next(cnn.parameters()).device.type == "meta" and batch.device.type == "cpu"


@claim("test-run")
def forty_pictures_are_enough(counts, y_test, reached):
    assert counts.sum() == len(y_test)
    assert reached > 0.85, f"above 85% of the test pictures: {reached}"


@claim("deeper-adamw-show")
def adamw_takes_its_share_and_adam_nothing(weights_after_a_step):
    kinds = torch.optim.Adam, torch.optim.AdamW
    taken = [weights_after_a_step(kind, 0) - weights_after_a_step(kind, 0.1) for kind in kinds]
    assert taken[0].abs().max() < 1e-5 and (taken[1] - 0.001).abs().max() < 1e-5, taken
