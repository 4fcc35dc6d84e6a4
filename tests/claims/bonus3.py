"""What bonus notebook 3, Smaller and faster, claims about its own results."""

import torch

from claims import claim

ALLOWED = {"inference_mode": 1e-6, "channels_last": 1e-5, "bfloat16, channels_last": 0.05, "torch.compile": 1e-5}


@claim("opening-large")
def the_large_network_has_learned(accuracy, large):
    assert accuracy(large) > 0.84, f"its accuracy should be above 84%, not {accuracy(large):.1%}"


@claim("table-show")
def every_row_gives_the_same_probabilities(off):
    for name in ("as it is", "inference_mode", "channels_last"):
        assert name in off, f"{name} should run on every machine"
    for name, difference in off.items():
        allowed = ALLOWED.get(name, 0.0)
        assert difference <= allowed, f"{name} is off by {difference:.0e}, allowed {allowed:.0e}"


@claim("table-changed")
def bfloat16_changes_a_handful_of_undecided_predictions(before, after, large, x, valid_rows):
    changed = before != after
    assert changed.sum() <= 20, f"of 2,000 predictions, only a handful should change: {changed.sum()}"
    with torch.inference_mode():
        two_best = large(x[valid_rows][changed]).softmax(dim=1).topk(2, dim=1).values
    gaps = two_best[:, 0] - two_best[:, 1]
    assert (gaps < 0.05).all(), f"only where two classes are almost equally probable: {gaps}"


@claim("distill-small")
def the_small_network_has_a_fortieth_of_the_parameters(parameters, small_parameters):
    assert 35 < parameters / small_parameters < 45, parameters / small_parameters


@claim("distill-show")
def a_teacher_is_worth_more_than_few_labels(scores, accuracy, large):
    mean = {name: values.mean().item() for name, values in scores.items()}
    assert mean["teacher on the same 500"] > mean["labels of 500"], f"on the same pictures: {mean}"
    assert mean["teacher on 8,000"] > mean["teacher on the same 500"] + 0.005, f"on more pictures: {mean}"
    assert mean["teacher on 8,000"] > mean["labels of 500"] + 0.02, f"against labels: {mean}"
    assert abs(mean["teacher on 8,000"] - mean["labels of 8,000"]) < 0.015, f"without labels as good as with: {mean}"
    assert max(mean.values()) < accuracy(large), f"no student reaches its teacher: {mean}"


@claim("bits-file-show")
def a_quarter_of_the_bytes_costs_next_to_nothing(accuracy, large, rounded, folder):
    assert abs(accuracy(large) - accuracy(rounded)) < 0.01, "rounded to 8 bits, it should predict nearly the same"
    sizes = [(folder / name).stat().st_size for name in ("float32.pt", "int8.pt")]
    assert 3.5 < sizes[0] / sizes[1] < 4, f"the file should be about a quarter as large: {sizes}"


@claim("bits-fewer-draw")
def below_four_bits_it_breaks_down(by_bits):
    for name, (two, three, four, eight) in by_bits.items():
        assert four > eight - 0.02, f"{name}: less than two points down to 4 bits: {by_bits}"
        assert three > eight - 0.03, f"{name}: 3 bits cost little: {by_bits}"
        assert two < eight - 0.15, f"{name}: broken down at 2 bits: {by_bits}"


@claim("export-load")
def the_exported_program_gives_the_same(difference):
    assert difference < 1e-4, f"the logits differ by {difference:.0e}"


@claim("prune-draw")
def it_falls_slowly_then_breaks_down(by_share):
    for name, (whole, third, half, most, nearly_all) in by_share.items():
        assert third > whole - 0.02, f"{name}: three tenths of the weights cost nothing: {by_share}"
        assert half > whole - 0.15, f"{name}: half of the weights cost some points: {by_share}"
        assert nearly_all < 0.45 and nearly_all < most, (
            f"{name}: with a tenth of the weights it breaks down: {by_share}"
        )
