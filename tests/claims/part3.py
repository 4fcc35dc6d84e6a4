"""What Part 3 claims about its own results."""

from claims import claim


@claim("sweep-run")
def the_valley_of_sgd_lies_between_rates_that_are_clearly_worse(sweep, rates):
    best = min(sweep, key=sweep.get)
    assert best not in (rates[0], rates[-1]), f"the lowest loss is at {best}, the end of the sweep"
    assert sweep[rates[0]] > 4 * sweep[best], f"the smallest rate reaches {sweep[rates[0]]:.2f} already"
    assert not sweep[rates[-1]] < 2.3, f"the largest rate reaches {sweep[rates[-1]]:.2f}, better than chance"
    others = [sweep[rate] for rate in rates if rate != best]
    assert not min(others) < 2 * sweep[best], f"a second rate lies in the valley: {sweep}"


@claim("compare-run")
def each_best_rate_lies_inside_its_sweep(grids, best_rates):
    for name, rate in best_rates.items():
        assert rate not in (grids[name][0], grids[name][-1]), f"the best rate of {name} is {rate}, an end of its sweep"
    assert 30 < best_rates["SGD"] / best_rates["Adam"] < 300, f"the best rates are {best_rates}"


@claim("compare-seeds")
def tuned_optimizers_end_close_together(final_losses):
    means = {name: losses.mean().item() for name, losses in final_losses.items()}
    assert max(means.values()) - min(means.values()) < 0.06, f"the means are {means}"


@claim("learned-sheet")
def nearly_all_digits_of_the_sheet_are_read(trained, sheet, sheet_labels):
    hits = (trained(sheet).argmax(dim=1) == sheet_labels).sum().item()
    assert hits >= 14, f"{hits} of 16"


@claim("learned-accuracy")
def untrained_below_30_and_trained_above_89_percent(accuracies):
    assert accuracies["untrained"] < 0.3, f"the untrained network reads {accuracies['untrained']:.1%}"
    assert accuracies["trained"] > 0.89, f"the trained network reads {accuracies['trained']:.1%}"


@claim("learned-memorize-run")
def random_labels_are_memorized_and_the_test_stays_at_chance(share, test_accuracy, memorizer):
    assert share > 0.98, f"{share:.1%} of the 500 labels are memorized"
    reached = test_accuracy(memorizer)
    assert reached < 0.18, f"{reached:.1%} of the test pictures"


@claim("broken-show")
def only_the_run_without_a_mistake_ends_low(curves):
    late = {name: sum(losses[-40:]) / 40 for name, losses in curves.items()}
    assert late["no mistake"] < 0.4, f"the run without a mistake ends at {late['no mistake']:.2f}"
    for name in curves:
        if name != "no mistake":
            assert late[name] > 3 * late["no mistake"], f"{name} ends at {late[name]:.2f}"


@claim("broken-show")
def each_mistake_leaves_the_trace_that_the_text_describes(curves):
    late = {name: sum(losses[-40:]) / 40 for name, losses in curves.items()}
    grown = curves["A: no zero_grad"]
    assert late["A: no zero_grad"] > 1.5 * sum(grown[20:60]) / 40, "without zero_grad the loss does not grow"
    still = curves["B: step too early"]
    assert abs(late["B: step too early"] - sum(still[:40]) / 40) < 0.05, "a step that is too early changes the loss"
    assert 1.46 < late["C: softmax twice"] < 1.9, f"softmax twice ends at {late['C: softmax twice']:.2f}"
    assert max(curves["lr x 100"]) > 1000, f"lr x 100 reaches {max(curves['lr x 100']):.0f} only"
    assert late["lr x 100"] > 2.2, f"lr x 100 ends at {late['lr x 100']:.2f}, below chance"
    assert 2.1 < late["labels shuffled"] < 2.4, f"labels shuffled ends at {late['labels shuffled']:.2f}"


@claim("broken-show")
def softmax_twice_is_easy_to_overlook_by_its_accuracy(models, test_accuracy):
    right, twice = test_accuracy(models["no mistake"]), test_accuracy(models["C: softmax twice"])
    assert right > 0.88, f"without a mistake {right:.1%}"
    assert 0.83 < twice < right, f"softmax twice reaches {twice:.1%}, no mistake {right:.1%}"


@claim("explode-train")
def without_clipping_nearly_all_hidden_neurons_are_silent(num_silent):
    assert num_silent > 230, f"{num_silent} of 256 hidden neurons output 0 for every picture"


@claim("explode-show")
def the_loss_explodes_and_clipping_prevents_it(free_losses, clipped_losses):
    assert max(free_losses[:3]) > 1e6, f"the first losses are {free_losses[:3]}"
    assert sum(free_losses[-5:]) / 5 > 2, f"without clipping the loss ends at {free_losses[-5:]}"
    assert max(clipped_losses) == clipped_losses[0], f"with clipping the loss reaches {max(clipped_losses):.0f}"
    low = sum(loss < 2.3 for loss in clipped_losses[32:])
    assert low > len(clipped_losses[32:]) / 2, f"with clipping, {low} of the last losses are below chance"
    assert sum(clipped_losses[-20:]) / 20 < 2.2, f"with clipping the loss ends at {clipped_losses[-20:]}"


@claim("nan-train")
def the_loss_becomes_infinite_and_the_weights_nan(batch_loss, model):
    assert batch_loss.isinf(), f"the last loss is {batch_loss.item()}"
    hit = model[1].weight.isnan().any(dim=1).sum().item()
    assert hit > 128, f"{hit} of 256 hidden neurons have weights that are nan"


@claim("nan-detect-line")
def the_report_names_softmax_and_its_line(lines):
    assert "SoftmaxBackward" in lines[0], lines[0]
    assert lines[-2].strip() == "probs = logits.softmax(dim=-1)", lines[-2]


@claim("fast-use-run")
def thirty_epochs_with_shifts_reach_95_percent_of_the_held_out_digits(accuracy, model, X_valid, Y_valid):
    reached = float(accuracy(model(X_valid), Y_valid))
    assert reached >= 0.95, f"{reached:.1%}"
