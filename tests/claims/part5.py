"""What Part 5 claims about its own results."""

import copy

import torch
from torch import nn

from claims import claim


@claim("opening-numbers")
def the_crammed_network_is_too_sure(measure, crammed, few, valid, sure):
    memorized = measure(crammed, few)[1]
    accuracy = measure(crammed, valid)[1]
    assert memorized > 0.95, f"nearly all pictures of its training should be right, not {memorized:.1%}"
    assert sure > 0.85, f"its mean confidence on other pictures should be above 85%, not {sure:.1%}"
    assert sure > accuracy + 0.05, f"it should be surer ({sure:.1%}) than right ({accuracy:.1%})"
    assert 0.7 < accuracy < 0.88, f"its accuracy on other pictures should be between 70% and 88%, not {accuracy:.1%}"


@claim("leak-shares")
def the_winner_scores_too_high_where_it_was_chosen(seen, fresh, truth):
    assert (seen - truth).mean() > 2, "the score that chose should be more than 2 points too high"
    assert (seen > truth).float().mean() > 0.75, "the score that chose should be too high in most exams"
    assert abs((fresh - truth).mean()) < 1.5, "on other pictures the score should be right on average"
    assert 0.3 < (fresh > truth).float().mean() < 0.7, "on other pictures it should be too high in about half"


@claim("topk-show")
def most_mistakes_are_near_misses(top_k, logits, Y, valid):
    first = float(top_k(logits, Y[valid], 1))
    third = float(top_k(logits, Y[valid], 3))
    missed = 1 - first
    assert third - first > 0.5 * missed + 0.03, "more than half of the mistakes should come second or third"


@claim("classes-show")
def classes_differ(counts, recall, measure, crammed, valid):
    assert recall.min() < 0.7, "one class should be found in less than 70% of its pictures"
    assert recall.max() > 0.88, "another class should be found in more than 88% of its pictures"
    accuracy = torch.tensor(measure(crammed, valid)[1])
    assert torch.isclose(counts.diag().sum() / counts.sum(), accuracy), "the matrix should give the accuracy"


@claim("modes-dropout")
def dropout_drops_in_training_only(drop, ones):
    values = set(nn.Dropout(0.5)(torch.ones(1000)).tolist())
    assert values == {0.0, 2.0}, "in training there should be zeros and twos"
    assert torch.equal(drop(ones), ones), "in eval() nothing should change"


@claim("inference-forgotten")
def only_eval_gives_the_same_twice(droopy, X, valid):
    network = copy.deepcopy(droopy)
    with torch.inference_mode():
        network.eval()
        same = [network(X[valid[:100]]) for _ in range(2)]
        network.train()
        noisy = [network(X[valid[:100]]) for _ in range(2)]
    assert torch.equal(*same), "with eval() the same should come out each time"
    assert not torch.equal(*noisy), "without eval() it should differ each time"


@claim("inference-measure")
def only_inference_mode_keeps_nothing(kept, ask, X, valid):
    assert kept(ask["inference_mode()"], X[valid]) == 0, "inference_mode() should keep nothing for backward"
    assert kept(ask["eval() alone"], X[valid]) > 1, "eval() alone should keep more than 1 MB for backward"


@claim("overfit-show")
def the_validation_loss_turns(curves):
    losses, accuracies = curves["valid loss"], curves["valid accuracy"]
    assert min(losses) < losses[-1] - 0.1, "the validation loss should rise after its lowest point"
    assert curves["train loss"][-1] < 0.1, "the training loss should end below 0.1"
    assert accuracies[-1] > max(accuracies) - 0.05, "the validation accuracy should hardly fall"


@claim("cures-measure")
def each_cure_lowers_the_loss(results):
    loss = {name: values[:, 0].mean().item() for name, values in results.items()}
    accuracy = {name: values[:, 1].mean().item() for name, values in results.items()}
    for name in loss:
        assert name == "no cure" or loss[name] < loss["no cure"] - 0.03, f"{name} should lower the mean loss"
    assert loss["more data"] < loss["no cure"] - 0.2, "more data should lower the mean loss by more than 0.2"
    gain = {name: accuracy[name] - accuracy["no cure"] for name in accuracy}
    by_data = gain.pop("more data")
    assert by_data > max(0.005, *gain.values()), "more data should lift the accuracy most"
    assert max(map(abs, gain.values())) < 0.04, "the other cures should hardly move the accuracy"


@claim("stopping-use")
def early_stopping_pays(losses, last, model, measure, mock, crammed):
    restored = measure(model, mock)[0]
    assert len(losses) < 30, "it should stop before epoch 30"
    assert restored < last + 0.02, "the restored network should not be worse than the last one"
    assert restored < measure(crammed, mock)[0] - 0.1, "its loss should be far below that of the crammed network"


@claim("schedule-show")
def the_schedule_is_better_on_average(runs):
    mean = {name: sum(values) / len(values) for name, values in runs.items()}
    assert mean["cosine"] > mean["constant"], f"the schedule should be better on average: {mean}"


@claim("temperature-probs")
def the_temperature_calibrates(probs, calibration_error, logits, T, Y, mock):
    before, after = (calibration_error(p, Y[mock]) for p in probs.values())
    assert T > 1.3, f"the temperature should be well above 1, not {T}"
    assert after < before - 0.03, f"the calibration error should fall by more than 0.03: {before:.3f}, {after:.3f}"
    sure, predictions = (logits / T).softmax(dim=1).max(dim=1)
    middle = (sure > 0.4) & (sure < 0.6)
    accuracy = (predictions == Y[mock])[middle].float().mean()
    assert accuracy > sure[middle].mean(), "between 40% and 60% it should be right more often than it says"


@claim("strangers-show")
def digits_are_taken_for_clothes(sure):
    assert sure.mean() > 0.6, "it should be more than 60% sure of digits on average"
    assert sure.topk(12).values.min() > 0.95, "it should be more than 95% sure of some digits"


@claim("speed-table")
def every_row_gives_the_same_probabilities(far, makers):
    for name in ("as it is", "inference_mode", "channels_last"):
        assert name in far, f"{name} should run on every machine"
    for name, difference in far.items():
        allowed = makers[name][1]
        assert difference <= allowed, f"{name} is off by {difference:.0e}, allowed {allowed:.0e}"


@claim("final-choice")
def a_schedule_wins(losses, chosen):
    assert losses["constant rate"] > losses[chosen] + 0.03, "a candidate with a schedule should win clearly"


@claim("final-judge")
def the_final_network_knows_itself(verdict, measure, final, train):
    accuracy, sure = verdict["final"]
    assert accuracy > 0.82, f"the test accuracy should be above 82%, not {accuracy:.1%}"
    assert accuracy > verdict["crammed"][0] + 0.02, "it should be better than the crammed network by 2 points"
    assert abs(accuracy - sure) < 0.05, f"confidence and accuracy should be close: {sure:.1%}, {accuracy:.1%}"
    assert measure(final, train)[1] > 0.85, "it should be right on more than 85% of its training set"


@claim("ex-5-11-gain")
def together_they_are_better(single, together):
    assert together[0] < single[0], "together the loss should be lower than alone on average"
    assert together[1] > single[1] - 0.01, "together the accuracy should be about the same or better"
