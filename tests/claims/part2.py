"""What Part 2 claims about its own results."""

from claims import claim


@claim("opening-ask")
def the_untrained_network_spreads_its_probability(untrained, three):
    probabilities = untrained(three).softmax(dim=-1)
    assert 0.08 < probabilities.min() < probabilities.max() < 0.13, f"the bars are {probabilities.tolist()}"


@claim("init-scale-plot")
def small_weights_die_out_and_large_ones_saturate(run_tanh_layers):
    last = {std: run_tanh_layers(std)[-1] for std in (0.01, 200**-0.5, 1.0)}
    assert last[0.01].std() < 0.01, f"small weights leave a spread of {last[0.01].std():.3f}"
    assert last[200**-0.5].std() > 0.2, f"weights of 1 / sqrt(200) leave a spread of {last[200**-0.5].std():.3f}"
    saturated = (last[1.0].abs() > 0.99).float().mean()
    assert saturated > 0.8, f"large weights saturate {saturated:.0%}"


@claim("init-scale-plot")
def the_signal_fades_with_the_default_size_too(run_tanh_layers):
    last = run_tanh_layers((3 * 200) ** -0.5)[-1]
    assert 0.025 < last.std() < 0.035, f"weights of 1 / sqrt(3 * 200) leave a spread of {last.std():.3f}"


@claim("proof-run")
def two_of_the_three_learn(accuracy):
    assert accuracy["plain"] > 0.8, f"plain should learn, but it is right in {accuracy['plain']:.1%}"
    assert accuracy["linear"] > 0.8, f"linear should learn, but it is right in {accuracy['linear']:.1%}"
    assert accuracy["zeros"] < 0.2, f"zeros should not learn, but it is right in {accuracy['zeros']:.1%}"


@claim("proof-run")
def a_hidden_layer_in_a_plain_list_costs_half_of_the_accuracy(accuracy):
    whole, half = accuracy["Network"], accuracy["HalfForgetful"]
    assert whole > 0.85, f"Network is right in {whole:.1%}"
    assert 0.15 < half < whole / 2, f"HalfForgetful is right in {half:.1%}"


@claim("ask-accuracy")
def untrained_networks_guess(accuracies):
    mean = sum(accuracies) / len(accuracies)
    assert 0.08 < mean < 0.12, f"the twenty networks are right in {mean:.1%}"


@claim("ask-accuracy")
def the_prediction_for_one_picture_depends_on_the_seed(first_predictions):
    assert len(set(first_predictions)) > 3, f"the twenty networks predict {first_predictions}"


@claim("ask-same")
def the_weights_decide_more_than_the_picture(fresh_logits):
    over_pictures, between_classes = fresh_logits.std(dim=0).mean(), fresh_logits.mean(dim=0).std()
    assert over_pictures < between_classes / 2, f"logits vary by {over_pictures:.3f}, averages by {between_classes:.3f}"


@claim("ask-same")
def an_untrained_network_predicts_few_classes(predictions):
    assert len(set(predictions.tolist())) < 5, f"it predicts the classes {sorted(set(predictions.tolist()))}"
