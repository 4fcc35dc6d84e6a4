"""What Part 3 claims about its own results."""

from claims import claim


@claim("compare-show")
def all_three_optimizers_learn(trained):
    for name, (_, history) in trained.items():
        assert history[-1] < 0.6 * history[0], f"{name} goes from {history[0]:.3f} to {history[-1]:.3f}"


@claim("compare-show")
def plain_sgd_is_behind_after_the_first_epoch(trained):
    plain, momentum = trained["SGD"][1][0], trained["momentum"][1][0]
    assert plain > momentum, f"SGD reaches {plain:.3f}, momentum {momentum:.3f}"


@claim("learned-accuracy")
def untrained_below_30_and_trained_above_89_percent(accuracies):
    assert accuracies["untrained"] < 0.3, f"the untrained network reads {accuracies['untrained']:.1%}"
    for name in ("momentum", "Adam"):
        assert accuracies[name] > 0.89, f"the network trained with {name} reads {accuracies[name]:.1%}"


@claim("fast-use-run")
def thirty_epochs_reach_93_percent(test_accuracy, model):
    reached = test_accuracy(model)
    assert reached >= 0.93, f"{reached:.1%}"


@claim("broken-show")
def only_the_sound_run_ends_low(curves):
    late = {name: sum(values[-8:]) / 8 for name, values in curves.items()}
    assert late["sound"] < 0.5, f"the sound run ends at {late['sound']:.2f}"
    for name in ("no zero_grad", "lr x 100"):
        assert late[name] > 2 * late["sound"], f"{name} ends at {late[name]:.2f}, the sound run at {late['sound']:.2f}"


@claim("broken-show")
def softmax_twice_and_shuffled_labels_stay_at_their_floors(curves):
    late = {name: sum(values[-8:]) / 8 for name, values in curves.items()}
    assert 1.45 < late["softmax twice"] < 1.9, f"softmax twice ends at {late['softmax twice']:.2f}"
    assert 2.1 < late["labels shuffled"] < 2.6, f"labels shuffled ends at {late['labels shuffled']:.2f}"
