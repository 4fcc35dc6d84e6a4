"""What bonus notebook 1, Inside a ResNet, claims about its own results."""

import torch
from torch import nn

from claims import claim


@claim("opening-load")
def seventeen_convolutions_follow_each_other(model):
    convolutions = {name: layer for name, layer in model.named_modules() if isinstance(layer, nn.Conv2d)}
    beside = [name for name in convolutions if "downsample" in name]
    assert (len(convolutions), len(beside)) == (20, 3), list(convolutions)
    share = sum(layer.weight.numel() for layer in convolutions.values()) / sum(p.numel() for p in model.parameters())
    assert share > 0.99, f"nearly all parameters are in convolutions: {share:.1%}"


@claim("opening-pets")
def all_six_are_right(predictions):
    assert predictions.tolist() == [0, 0, 0, 1, 1, 1], f"three cats, then three dogs: {predictions}"


@claim("why-gradients-show")
def the_initialization_decides(sizes):
    ratio = {name: values[0] / values[-1] for name, values in sizes.items()}
    assert ratio["default"] < 1e-9, f"default: less than a billionth reaches the first layer: {ratio}"
    assert ratio["default"] ** (1 / 29) < 0.5, f"default: more than half is lost at a typical layer: {ratio}"
    assert 0.1 < ratio["He"] < 10, f"He: the first layer gets about as much as the last: {ratio}"
    assert ratio["He, batch norm"] > 3, f"with batch norm the first layer gets more: {ratio}"


@claim("stages-draw")
def three_quarters_are_in_the_last_stage(counts, model, shapes):
    share = counts["layer4"] / sum(p.numel() for p in model.parameters())
    assert 0.7 < share < 0.8, f"three quarters of the parameters are in layer4: {share:.1%}"
    assert shapes["layer4"][-2:] == (4, 4), shapes


@claim("deep-tune-run")
def the_deep_residual_network_likes_the_smallest_rate(best_rate):
    assert best_rate[12, True] == 0.1, best_rate


@claim("deep-run")
def more_plain_blocks_are_worse_and_residual_ones_are_not(final):
    loss = {key: values.mean().item() for key, values in final.items()}
    assert loss[12, False] > loss[4, False] + 0.4, f"twelve plain blocks fit worse than four: {loss}"
    assert loss[12, True] < loss[4, True] + 0.1, f"twelve residual blocks are no worse than four: {loss}"
    for blocks in (4, 12):
        assert loss[blocks, True] < loss[blocks, False] - 0.1, f"residual fits better than plain: {loss}"


@claim("maps-later")
def most_of_the_late_maps_are_dark(later_maps):
    dark = (later_maps[:15] == 0).float().mean(dim=(1, 2))
    assert (dark >= 0.5).sum() > 7, f"most maps should be black at half of their positions or more: {dark}"


@claim("cam-show")
def the_evidence_is_on_the_head_in_three_pictures(heats):
    brightest = [divmod(heat.argmax().item(), heat.shape[1]) for heat in heats]
    for index in (1, 2, 3):
        row, column = brightest[index]
        assert row in (1, 2) and column in (0, 1, 2), f"picture {index} should be brightest on the head: {brightest}"
    assert brightest[0][1] == 3, f"picture 0 should be brightest at the right edge: {brightest}"
    assert brightest[4][0] == 3, f"picture 4 should be brightest on the chest, at the bottom: {brightest}"
    assert brightest[5][0] == 0, f"picture 5 should be brightest above the head: {brightest}"


@claim("cam-limits-show")
def the_map_depends_on_the_class_and_on_the_weights(grad_cam, model, untrained, x):
    maps = [grad_cam(net, net.layer4, x[:1], k) for net, k in ((model, 0), (model, 1), (untrained, 0))]
    maps = [heat / heat.max().clamp(min=1e-9) for heat in maps]
    for other in maps[1:]:
        assert (maps[0] - other).abs().max() > 0.3, "the maps should differ"


@claim("cam-limits-show")
def each_position_has_seen_the_whole_picture(untrained, x):
    given = x[:1].clone().requires_grad_()
    maps = nn.Sequential(*list(untrained.children())[:-2])(given)  # without the average and the linear layer
    for row, column in ((0, 0), (3, 3)):
        (slope,) = torch.autograd.grad(maps[0, :, row, column].sum(), given, retain_graph=True)
        assert slope.abs().sum(dim=1).all(), f"the position {row}, {column} should depend on all pixels"


@claim("leave-each")
def the_network_survives_the_loss_of_a_block(hits):
    assert hits["whole"] >= 38, hits
    assert min(hits.values()) > 30, f"without any one block, over three quarters should still be right: {hits}"
    assert hits["without layer4[1]"] >= 38, f"the last block is hardly missed: {hits}"


@claim("identity-show")
def closed_branches_return_their_input(opened, closed, given):
    assert torch.equal(closed, given) and not torch.equal(opened, given)
