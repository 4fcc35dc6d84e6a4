"""What Part 5 claims about its own results."""

import copy
import math

import torch
from torch import nn

from claims import claim


def spreads(values):
    """Return the largest value minus the smallest of each column."""
    return values.amax(dim=0) - values.amin(dim=0)


@claim("opening-show")
def the_most_confident_mistakes_round_to_certainty(captions):
    assert all(caption.endswith(" 100%") for caption in captions), "all twelve should round to 100%"


@claim("opening-numbers")
def the_memorizer_is_overconfident(history, confidence):
    memorized, accuracy = history["train accuracy"][-1], history["valid accuracy"][-1]
    mean_confidence = confidence.mean()
    assert memorized > 0.995, f"every training picture should be predicted rightly, not {memorized:.1%}"
    assert mean_confidence > 0.88, f"its mean confidence on new pictures should be above 88%, not {mean_confidence:.1%}"
    assert 0.75 < accuracy < 0.85, f"about a fifth of new pictures should be wrong; {accuracy:.1%} are right"


@claim("leak-shares")
def the_winner_scores_too_high_where_it_was_chosen(seen, fresh, truth):
    assert (seen - truth).mean() > 2, "the score that chose should be more than 2 points too high"
    assert (seen > truth).float().mean() > 0.75, "the score that chose should be too high in most exams"
    assert abs((fresh - truth).mean()) < 1.5, "on other pictures the score should be right on average"
    assert 0.3 < (fresh > truth).float().mean() < 0.7, "on other pictures it should be too high in about half"


@claim("topk-show")
def most_mistakes_are_near_misses(top_k, valid_logits, y_valid):
    first, second = (float(top_k(valid_logits, y_valid, k)) for k in (1, 2))
    assert second - first > 0.5 * (1 - first), "more than half of the mistakes should come second"


@claim("classes-show")
def classes_differ(counts, recall, history):
    assert recall[6] < 0.65, f"about half of the shirts should be found, not {recall[6]:.0%}"
    assert recall[1] > 0.92, f"nearly all trousers should be found, not {recall[1]:.0%}"
    accuracy = torch.tensor(history["valid accuracy"][-1])
    assert torch.isclose(counts.diag().sum() / counts.sum(), accuracy), "the matrix should give the accuracy"


@claim("modes-dropout")
def dropout_drops_in_training_only(drop, ones):
    values = set(nn.Dropout(0.5)(torch.ones(1000)).tolist())
    assert values == {0.0, 2.0}, "in training there should be zeros and twos"
    assert torch.equal(drop(ones), ones), "in eval() nothing should change"


@claim("modes-norm-show")
def the_running_values_follow_the_rule(running):
    running_mean, running_variance = running
    assert math.isclose(running_mean, 0.9 * 0.2 + 0.1 * 6, abs_tol=1e-6), "the running mean should be 0.78"
    assert math.isclose(running_variance, 0.9 * (0.9 + 0.1 * 8) + 0.1 * 8, abs_tol=1e-5), "both batches have variance 8"


@claim("inference-network")
def only_eval_gives_the_same_twice(dropout_model, x_valid):
    network = copy.deepcopy(dropout_model)
    with torch.inference_mode():
        network.eval()
        same = [network(x_valid[:100]) for _ in range(2)]
        network.train()
        noisy = [network(x_valid[:100]) for _ in range(2)]
    assert torch.equal(*same), "with eval() the same should come out each time"
    assert not torch.equal(*noisy), "without eval() it should differ each time"


@claim("inference-network")
def half_of_the_neurons_are_worse(dropout_model, measure, x_valid, y_valid):
    network = copy.deepcopy(dropout_model).train()
    with torch.inference_mode():
        noisy = [(network(x_valid).argmax(dim=1) == y_valid).float().mean().item() for _ in range(3)]
    assert max(noisy) < measure(network, x_valid, y_valid)[1], "each accuracy in train() mode should be lower"


@claim("inference-print")
def only_inference_mode_keeps_nothing(kept_for_backward, dropout_model, x_valid):
    assert kept_for_backward(dropout_model, x_valid) > 0.4, "eval() alone should keep about half a MB for backward"
    with torch.inference_mode():
        assert kept_for_backward(dropout_model, x_valid) == 0, "inference_mode() should keep nothing for backward"


@claim("overfit-lowest")
def the_validation_loss_turns(history):
    losses, accuracies = history["valid loss"], history["valid accuracy"]
    lowest_epoch = losses.index(min(losses)) + 1
    assert lowest_epoch < 15, "the validation loss should be lowest after a few epochs"
    assert losses[-1] > 1.5 * losses[lowest_epoch - 1], "it should rise by more than half"
    assert history["train loss"][-1] < 0.05, "the training loss should fall to almost 0"
    assert accuracies[-1] > accuracies[lowest_epoch - 1] - 0.005, "the validation accuracy should not fall"


@claim("cures-run")
def each_remedy_lowers_the_loss(results):
    none = results["none"]
    for name, values in results.items():
        if name != "none":
            gain = none[:, 0].mean() - values[:, 0].mean()
            spread = max(spreads(none)[0], spreads(values)[0])
            assert gain > spread, f"{name} should lower the mean loss by more than {spread:.3f}, not {gain:.3f}"


@claim("cures-run")
def only_more_data_raises_the_accuracy(results):
    none = results["none"]
    for name, values in results.items():
        gain = (values[:, 1].mean() - none[:, 1].mean()).item()
        spread = max(spreads(none)[1], spreads(values)[1]).item()
        if name == "more data":
            assert gain > spread, f"more data should raise the accuracy by more than {spread:.3f}, not {gain:.3f}"
        else:
            assert gain <= spread, f"{name} should not raise the accuracy by more than {spread:.3f}, but by {gain:.3f}"
        if name in ("weight decay", "dropout"):
            assert abs(gain) <= spread, f"{name} should change the accuracy by no more than {spread:.3f}: {gain:.3f}"


@claim("choosing-search")
def the_fine_search_has_no_bad_run(coarse, fine):
    assert min(fine.values()) < min(coarse.values()) + 0.05, "the fine search should find about the same or better"
    assert max(fine.values()) < sorted(coarse.values())[len(coarse) // 2], "its worst should beat the coarse median"


@claim("stopping-use")
def early_stopping_pays(valid_losses, mock_losses):
    assert len(valid_losses) < 30, "it should stop long before epoch 50"
    stopped, restored, memorized = mock_losses.values()
    assert abs(restored - stopped) < 0.1, "three epochs should matter little"
    assert restored < memorized - 0.2, "its loss should be far below the memorizer's"


@claim("schedule-run")
def the_schedule_is_better_on_average(constant, results):
    constant, cosine = constant[:, 1], results["more data"][:, 1]
    assert cosine.mean() > constant.mean(), f"the schedule should be better on average: {constant}, {cosine}"
    assert spreads(cosine) < spreads(constant), f"its networks should be closer together: {constant}, {cosine}"


@claim("temperature-probs")
def the_temperature_calibrates(compared, calibration_error, T, y_mock):
    before, after = (calibration_error(probs, y_mock) for probs in compared.values())
    assert T > 1.3, f"the temperature should be well above 1, not {T}"
    assert after < 0.5 * before, f"most of the calibration error should go: {before:.3f}, {after:.3f}"
    plain, corrected = (probs.argmax(dim=1) for probs in compared.values())
    assert torch.equal(plain, corrected), "no prediction should change"


@claim("unfamiliar-view")
def digits_are_taken_for_clothes(digit_confidence):
    assert digit_confidence.mean() > 0.6, "it should be more than 60% confident about digits on average"
    assert digit_confidence.topk(12).values.min() > 0.95, "it should be more than 95% confident about some digits"


@claim("final-test")
def the_final_model_knows_itself(verdict, measure, final_model, x_train, y_train):
    accuracy, confidence = verdict["final model"]
    assert accuracy > 0.82, f"the test accuracy should be above 82%, not {accuracy:.1%}"
    assert accuracy > verdict["memorizer"][0] + 0.02, "it should be better than the memorizer by 2 points"
    assert abs(accuracy - confidence) < 0.05, (
        f"confidence and accuracy should be close: {confidence:.1%}, {accuracy:.1%}"
    )
    assert measure(final_model, x_train, y_train)[1] > 0.85, "it should be right on more than 85% of its training set"


@claim("ex-5-11-gain")
def together_they_are_better(single, together):
    assert together[0] < single[0], "together the loss should be lower than alone on average"
    assert together[1] > single[1] - 0.01, "together the accuracy should be about the same or better"
