"""What bonus notebook 1, Inside a ResNet, claims about its own results."""

import torch

from claims import claim


@claim("opening-pets")
def all_six_are_right(predictions):
    assert predictions.tolist() == [0, 0, 0, 1, 1, 1], f"three cats, then three dogs: {predictions}"


@claim("why-gradients-show")
def the_initialization_decides(sizes):
    ratio = {name: values[0] / values[-1] for name, values in sizes.items()}
    assert ratio["default"] < 1e-9, f"default: less than a billionth reaches the first layer: {ratio}"
    assert 1 < ratio["He"] < ratio["He, batch norm"], f"He: the first layer gets more than the last: {ratio}"


@claim("deep-run")
def more_plain_blocks_are_worse_and_residual_ones_are_not(final):
    loss = {key: values.mean().item() for key, values in final.items()}
    assert loss[12, False] > loss[4, False] + 0.4, f"twelve plain blocks fit worse than four: {loss}"
    assert loss[12, True] < loss[4, True] + 0.3, f"twelve residual blocks do no such harm: {loss}"
    for blocks in (4, 12):
        assert loss[blocks, True] < loss[blocks, False] - 0.1, f"residual fits better than plain: {loss}"


@claim("cam-limits-show")
def the_map_depends_on_the_class_and_on_the_weights(grad_cam, model, untrained, x):
    maps = [grad_cam(net, net.layer4, x[:1], k) for net, k in ((model, 0), (model, 1), (untrained, 0))]
    maps = [heat / heat.max().clamp(min=1e-9) for heat in maps]
    for other in maps[1:]:
        assert (maps[0] - other).abs().max() > 0.3, "the maps should differ"


@claim("leave-each")
def the_network_survives_the_loss_of_a_block(hits):
    assert hits["whole"] >= 38, hits
    assert min(hits.values()) >= 28, f"without any one block most predictions should still be right: {hits}"


@claim("identity-show")
def closed_branches_return_their_input(opened, closed, given):
    assert torch.equal(closed, given) and not torch.equal(opened, given)
