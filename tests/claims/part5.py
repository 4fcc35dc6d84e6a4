"""What Part 5 claims about its own results."""

import copy
import math

import torch
from torch import nn

from claims import claim


def ranges(values):
    """Return the largest value minus the smallest of each column."""
    return values.amax(dim=0) - values.amin(dim=0)


@claim("opening-show")
def the_most_confident_mistakes_round_to_certainty(captions, mistakes, predictions, y_valid):
    assert all(caption.endswith(" 100%") for caption in captions), "all twelve should round to 100%"
    assert (predictions[mistakes] != y_valid[mistakes]).all(), "all twelve should be wrong"


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
    assert accuracies[-1] >= accuracies[lowest_epoch - 1], "the validation accuracy should not fall"


@claim("overfit-lowest")
def the_mistakes_become_more_confident(history, snapshots, predict, x_valid, y_valid):
    losses, confidence = history["valid loss"], []
    for network in (snapshots[losses.index(min(losses))], snapshots[-1]):
        probs = predict(network, x_valid).softmax(dim=1)
        wrong = probs.argmax(dim=1) != y_valid
        confidence.append(probs[wrong].amax(dim=1).mean())
    early, late = confidence
    assert late > early + 0.1, f"the confidence in mistakes should rise by more than 10 points: {early:.0%}, {late:.0%}"


@claim("baseline-show")
def never_a_bag_is_right_nine_times_out_of_ten(y_few, y_valid):
    assert (y_few == 8).float().mean() < 0.5, "no bag should be the more frequent label"
    share = (y_valid != 8).float().mean()
    assert 0.88 < share < 0.92, f"about nine pictures out of ten should be no bags, not {share:.1%}"


@claim("cures-run")
def each_remedy_lowers_the_loss(results):
    none = results["none"]
    for name, values in results.items():
        if name != "none":
            gain = none[:, 0].mean() - values[:, 0].mean()
            larger = max(ranges(none)[0], ranges(values)[0])
            assert gain > larger, f"{name} should lower the mean loss by more than {larger:.3f}, not {gain:.3f}"


@claim("cures-run")
def only_more_data_raises_the_accuracy(results):
    none = results["none"]
    for name, values in results.items():
        gain = (values[:, 1].mean() - none[:, 1].mean()).item()
        larger = max(ranges(none)[1], ranges(values)[1]).item()
        if name == "more data":
            assert gain > larger, f"more data should raise the accuracy by more than {larger:.3f}, not {gain:.3f}"
        else:
            assert abs(gain) <= larger, f"{name} should change the accuracy by no more than {larger:.3f}: {gain:.3f}"


@claim("cures-show")
def stopped_networks_are_half_trained_and_less_confident(models, measure, predict, x_few, y_few, x_mock, y_mock):
    fitted, gap, accuracy = {}, {}, {}
    for name, networks in models.items():
        fitted[name] = sum(measure(network, x_few, y_few)[1] for network in networks) / len(networks)
        accuracy[name] = sum(measure(network, x_mock, y_mock)[1] for network in networks) / len(networks)
        confidence = sum(predict(network, x_mock).softmax(dim=1).amax(dim=1).mean().item() for network in networks)
        gap[name] = confidence / len(networks) - accuracy[name]
    missed = 1 - fitted["early stopping"]
    assert 0.06 < missed < 0.16, f"about a tenth of the training pictures should be wrong, not {missed:.1%}"
    assert fitted["none"] > fitted["early stopping"] + 0.05, "without a remedy it should fit its pictures better"
    assert abs(gap["early stopping"]) < 0.04, f"confidence should be close to accuracy: {gap['early stopping']:.3f}"
    assert gap["early stopping"] < gap["none"] / 2, f"it should be far less overconfident than none: {gap}"
    assert min(accuracy, key=accuracy.get) == "early stopping", f"it should have the lowest accuracy: {accuracy}"


@claim("choosing-search")
def the_fine_search_has_no_bad_run(coarse, fine):
    assert min(fine.values()) < min(coarse.values()) + 0.05, "the fine search should find about the same or better"
    assert max(fine.values()) < sorted(coarse.values())[len(coarse) // 2], "its worst should beat the coarse median"
    slow = [loss for (exponent, _), loss in coarse.items() if exponent < -3]
    assert min(slow) > 1.2, f"rates below 0.001 should still have losses above 1.2: {slow}"
    best_exponent, best_p = min(coarse, key=coarse.get)
    assert -2.3 < best_exponent < -1.7, f"the best coarse rate should be near 0.01, not {10**best_exponent:.4f}"
    assert best_p < 0.25, f"the best coarse setting should have little dropout, not {best_p:.2f}"


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
    assert ranges(cosine) < ranges(constant), f"its networks should be closer together: {constant}, {cosine}"
    assert cosine.mean() - constant.mean() < ranges(constant), f"the rule should settle nothing: {constant}, {cosine}"


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
