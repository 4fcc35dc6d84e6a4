"""What Part 4 claims about its own results."""

from claims import claim


@claim("heart-unseen")
def a_memorized_batch_does_not_help_with_others(known, unknown, baseline):
    assert known == 1, f"all of its batch: {known}"
    assert unknown < baseline, f"fewer than the baseline: {unknown}, {baseline}"


@claim("result-show")
def the_mlp_beats_the_baseline(mlp_valid, baseline):
    assert mlp_valid >= 0.80, f"at least 80% of the validation pictures: {mlp_valid}"
    assert mlp_valid > baseline + 0.1, f"ten points more than the baseline: {mlp_valid}, {baseline}"


@claim("matrix-show")
def every_picture_is_counted(counts, y_valid):
    assert counts.sum() == len(y_valid), "every picture is counted"
    assert counts.diag().sum() > 0.8 * len(y_valid), "more than 80% stand on the diagonal"


@claim("matrix-show")
def shirts_are_missed_more_often_than_trousers(counts):
    missed = counts.sum(dim=1) - counts.diag()
    assert missed[6] > missed[1], f"shirts {missed[6]}, trousers {missed[1]}"


@claim("pairs-show")
def four_pairs_make_most_mistakes(both_ways):
    four = both_ways.flatten().topk(4).values.sum()
    assert four > 0.45 * both_ways.sum(), "four of 45 pairs make about half of all mistakes or more"


@claim("conv-shift")
def four_pixels_cost_the_mlp_a_lot(accuracy, move_right, mlp, x_valid, y_valid, mlp_valid):
    moved = accuracy(mlp, move_right(x_valid, 4), y_valid)
    assert moved < mlp_valid - 0.2, f"four pixels cost more than 20 points: {moved}, {mlp_valid}"


@claim("cnn-train")
def the_cnn_is_good_and_small(cnn_count, mlp_count, cnn_valid):
    assert cnn_count < mlp_count / 5, f"the CNN has far fewer parameters: {cnn_count}, {mlp_count}"
    assert cnn_valid >= 0.84, f"at least 84% of the validation pictures: {cnn_valid}"


@claim("learned-shift")
def the_cnn_loses_less_when_pictures_move_by_two_pixels(curves):
    assert curves["CNN"][2] > curves["MLP"][2], curves


@claim("experiments-spread-run")
def runs_of_one_setting_differ(nine):
    assert max(nine) - min(nine) > 0.003, nine


@claim("experiments-table-run")
def the_table_is_complete_and_the_smallest_rate_is_behind(results, runs, settings, SEEDS):
    assert set(results) == set(runs), "a result for each run"
    means = {name: sum(results[name, seed] for seed in SEEDS) / len(SEEDS) for name in settings}
    assert means["lr 0.0001"] < means["reference"] - 0.01, means


@claim("test-run")
def the_cnn_is_ahead_on_the_test_pictures(mlp_test, cnn_test):
    assert mlp_test >= 0.80, f"MLP: {mlp_test}"
    assert cnn_test >= 0.86, f"CNN: {cnn_test}"
    assert cnn_test > mlp_test, f"CNN {cnn_test}, MLP {mlp_test}"
