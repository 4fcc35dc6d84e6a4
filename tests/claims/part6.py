"""What Part 6, Saving and loading, claims about its own results."""

from claims import claim


@claim("opening-full")
def the_validation_loss_falls(full):
    assert full.history[-1] < 0.55, "the validation loss should end below 0.55"
    assert full.history[-1] < full.history[0] - 0.05, "the validation loss should fall by more than 0.05"


@claim("describe-input-three")
def pictures_prepared_otherwise_are_named_worse(accuracies):
    assert accuracies["as in training"] > 0.75, "above 75% as in training"
    assert accuracies["0 to 1"] < accuracies["as in training"] - 0.03, "less without standardizing"
    assert accuracies["light and dark swapped"] < 0.15, "hardly any right on swapped pictures"


@claim("resume-naive")
def the_weights_alone_go_another_way(naive, full):
    pairs = zip(naive.history, full.history[8:], strict=True)
    assert all(one != other for one, other in pairs), "after the cut, no number should be the same"
    assert naive.history[0] > full.history[8] + 0.005, "the first loss after the cut should be worse"


@claim("resume-test-go")
def the_resumed_run_is_exact(resumed, full):
    state, wanted = resumed.model.state_dict(), full.model.state_dict()
    assert all((state[name] == wanted[name]).all() for name in wanted), "the weights should be equal bit for bit"
    assert resumed.history == full.history, "the history should be equal bit for bit"


@claim("resume-each-run")
def each_part_matters(distances, losses):
    assert distances["nothing"] == 0, "with nothing left out, the end should be exact"
    parts = {part: distance for part, distance in distances.items() if part != "nothing"}
    assert len(parts) == 5, "five parts should be left out, one at a time"
    assert min(parts.values()) > 1e-4, "each part that is left out should change the end"
    assert max(parts, key=parts.get) == "model", "without the weights, the end should be farthest off"
    assert max(losses, key=losses.get) == "model", "without the weights, the loss should be the highest"
    others = [abs(loss - losses["nothing"]) for part, loss in losses.items() if part != "model"]
    assert max(others) < 0.03, "the other losses should be close to the exact one"


@claim("atomic-kills")
def only_what_is_written_beside_survives(left):
    assert all(loads for _, loads in left["beside"]), "written beside, every file should load"
    torn = sum(not loads for _, loads in left["in place"])
    assert torn > 5, f"written in place, most of the ten files should not load, but {torn} do not"


@claim("keep-show")
def the_history_is_that_of_the_run_that_was_not_interrupted(last, full):
    assert last == full.history


@claim("keep-loop")
def the_log_has_the_losses_of_the_resumed_epochs(log, full):
    lines = log.read_text("utf-8").splitlines()
    assert lines == ["epoch,loss", *(f"{epoch},{full.history[epoch - 1]}" for epoch in range(9, 13))]


@claim("log-crash")
def the_log_ends_with_half_a_line(crash_log):
    lines = crash_log.read_text("utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["epoch", "1", "2", "3", "4"], "three epochs and half a line"


@claim("log-resume")
def the_log_is_that_of_a_run_that_was_not_interrupted(crash_log, logged_losses, full):
    assert len(crash_log.read_text("utf-8").splitlines()) == 5, "the header and four lines"
    assert logged_losses == full.history[:4]


@claim("export-round")
def the_exported_program_returns_the_same_logits(exported, network, x_valid):
    for count in (1, 7, 500):
        assert exported(x_valid[:count]).equal(network(x_valid[:count])), f"other logits for {count} pictures"


@claim("card-measure")
def the_test_pictures_are_named(test_accuracy):
    assert test_accuracy > 0.75, "above 75% on the test pictures"


@claim("ex-6-8-measure")
def the_last_weights_hardly_move(moved):
    assert moved < 0.05, "between epochs 10 and 12, no hidden weight should move far"
