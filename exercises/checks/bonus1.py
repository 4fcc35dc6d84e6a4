"""The checks of bonus notebook 1, Inside a ResNet."""

import copy
import math

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck

from exercises.checks.shared import assert_values, call
from exercises.compare import describe, is_same
from exercises.judge import exercise
from exercises.surroundings import fingerprint

# B1.1


@exercise("B1.1", seconds=20)
def residual_block(Block):
    for inputs, outputs, stride in ((4, 4, 1), (4, 8, 1), (4, 4, 2), (6, 3, 2), (3, 5, 3), (7, 7, 1)):
        arguments = (inputs, outputs) if stride == 1 else (inputs, outputs, stride)
        name = f"Block{arguments}"
        block = call(name, Block, *arguments)
        assert isinstance(block, nn.Module), f"{name} should be an nn.Module, but it is {describe(block)}."
        x = torch.randn(3, inputs, 12, 6)
        convolutions = judge_layers(name, block, x, outputs, stride)
        judge_block_values(name, block, convolutions, x, stride)
        other = call(name, Block, *arguments)
        assert other is not block, f"Two calls of {name} give the same object: each should make a new block."
        judge_block_values(name, block, convolutions, 5 * torch.randn(1, inputs, 5, 9), stride)


def judge_layers(name, block, x, outputs, stride):
    """Judge of which layers a block consists; return its 3 × 3 convolutions as they are called, then its projection."""
    inputs, kept = x.shape[1], x.clone()
    projects = inputs != outputs or stride != 1
    hidden = [key for key, value in vars(block).items() if holds_layers(value)]
    text = (
        f"{name} has layers in a plain list, {', '.join(hidden)}, where PyTorch does not find them: use nn.Sequential."
    )
    assert not hidden, text
    calls, result, error = run_watched(block.eval(), x)  # first of all, since lazy layers are made by it
    found = [layer for layer in block.modules() if isinstance(layer, nn.Conv2d)]
    norms = [layer for layer in block.modules() if isinstance(layer, nn.BatchNorm2d)]
    assert found, f"There are no convolutions in {name}: make them in __init__, as self.something = nn.Conv2d(...)."

    large = [layer for layer in found if layer.kernel_size == (3, 3)]
    small = [layer for layer in found if layer.kernel_size == (1, 1)]
    other = [layer for layer in found if layer not in large and layer not in small]
    assert not other, f"{name} has a convolution of kernel size {other and other[0].kernel_size}, not (3, 3) or (1, 1)."
    assert len(large) == 2, f"{name} should have two 3 × 3 convolutions, and it has {len(large)}: look at the table."
    with_bias = [layer for layer in found if layer.bias is not None]
    assert not with_bias, f"A convolution of {name} has a bias: bias=False, since batch norm takes it away again."
    reason = "the channels differ" if inputs != outputs else "its stride makes the maps smaller"
    assert small or not projects, f"{name} needs a projection in its shortcut, a 1 × 1 convolution: {reason}."
    assert projects or not small, f"The shortcut of {name} should be x itself, and it has a 1 × 1 convolution."
    assert len(small) <= 1, f"{name} should have one 1 × 1 convolution, and it has {len(small)}."
    for layer in norms:
        assert layer.affine, "Batch norm should also scale and shift by learned numbers: leave affine as it is."
        assert layer.running_mean is not None, "Batch norm should keep running statistics for eval()."
        settings = f"A batch norm of {name} has momentum={layer.momentum} and eps={layer.eps}"
        assert (layer.momentum, layer.eps) == (0.1, 1e-5), f"{settings}: keep the default settings, 0.1 and 1e-05."
    want = 3 if projects else 2
    text = f"{name} should have {want} batch norms, one after each convolution, and it has {len(norms)}."
    assert len(norms) == want, text + (" The projection has one as well." if projects else "")

    rows, columns = (math.ceil(side / stride) for side in x.shape[2:])
    shape = (len(x), outputs, rows, columns)
    branch = [layer for layer, _ in calls if layer in large]
    parts = {"first 3 × 3 convolution": branch[:1], "second 3 × 3 convolution": branch[1:2], "projection": small}
    for part, layers in parts.items():
        came = next((tuple(output.shape) for layer, output in calls if layers and layer is layers[0]), shape)
        advice = "padding=1 keeps height and width, a stride divides them"
        if part == "first 3 × 3 convolution":
            advice = "padding=1, and it has the stride"
        if part == "second 3 × 3 convolution":
            advice = "padding=1, and no stride"
        if part == "projection":
            advice = "no padding, and the same stride as the branch"
        start = f"{name}: from {tuple(x.shape)} the {part} should make {shape}, but it makes {came}"
        assert came == shape, f"{start}. It needs {outputs} output channels, {advice}."
    for layer in norms:
        text = f"A batch norm of {name} is made for {layer.num_features} channels, but {outputs} come in"
        assert layer.num_features == outputs, f"{text} from the convolution before it."
    if error is not None:
        call(name, _raise, error)
    assert x.equal(kept), f"{name} changes the x that it is given: no in-place operation on it."
    assert result is not None, "`forward` returns nothing. Does it end with `return`?"
    assert isinstance(result, torch.Tensor), f"`forward` should return a tensor, but it returns {describe(result)}."
    came = tuple(result.shape)
    assert came == shape, f"{name} should turn {tuple(x.shape)} into {shape}, but it gives {came}."
    assert result.dtype == x.dtype, f"{name} turns {x.dtype} into {result.dtype}: keep the dtype."
    judge_use(name, block, x, [*found, *norms])
    return [*branch[:2], *small]


def holds_layers(value):
    """Whether an attribute is a list or tuple with layers in it."""
    return isinstance(value, list | tuple) and any(isinstance(part, nn.Module) for part in value)


def _raise(error):
    raise error


def run_watched(block, x):
    """Run a block; return its convolutions with their outputs as they were called, what it returned, and its error."""
    calls, hooks = [], []
    for layer in block.modules():
        if isinstance(layer, nn.Conv2d):
            hooks.append(layer.register_forward_hook(lambda layer, given, output: calls.append((layer, output))))
    result, error = None, None
    try:
        result = block(x)
    except Exception as raised:
        error = raised
    for hook in hooks:
        hook.remove()
    return calls, result, error


def judge_use(name, block, x, layers):
    """Judge whether a block uses all of its parameters, and has none but those of its layers."""
    known = {id(p) for layer in layers for p in layer.parameters()}
    extra = [called for called, p in block.named_parameters() if id(p) not in known]
    assert not extra, f"{name} has parameters that the table does not have: {', '.join(extra)}."
    block.train()
    result = block(x)
    assert result.requires_grad, f"The result of {name} carries no gradient: the block could not learn."
    call(f"The way back through {name}", result.square().sum().backward)
    idle = [called for called, p in block.named_parameters() if p.grad is None]
    text = f"Made in {name}, but no gradient reaches it: {', '.join(idle)}. Use each layer, with its own batch norm."
    assert not idle, text
    block.zero_grad()


def fill_block(block):
    """Give a block random convolutions without biases, and batch norm as new."""
    for layer in block.modules():
        if isinstance(layer, nn.Conv2d):
            layer.weight.data = torch.randn(layer.weight.shape) / 4
        if isinstance(layer, nn.BatchNorm2d):
            layer.weight.data.fill_(1)
            layer.bias.data.zero_()
            layer.reset_running_stats()


def norm(x, training):
    """Return what a new batch norm gives."""
    if training:
        return F.batch_norm(x, None, None, training=True)
    return F.batch_norm(x, torch.zeros(x.shape[1]), torch.ones(x.shape[1]))


def judge_block_values(name, block, convolutions, x, stride):
    """Judge the numbers that a block gives, in eval() and in train(), and the gradient that goes through it."""
    fill_block(block)
    kept = x.clone()
    w1, w2, *projection = (layer.weight.detach() for layer in convolutions)

    if not projection:
        with torch.no_grad():
            zero = ReplacedWeights(convolutions).run(block, x)
        text = f"With all its convolutions 0, {name}"
        assert x.equal(kept), f"{name} changes the x that it is given: no in-place operation on it."
        assert not (zero == 0).all(), f"{text} gives 0: the shortcut is missing. Add x."
        assert not is_same(zero, x), f"{text} gives x, with its negative numbers: ReLU comes last, after the sum."

    for training in (False, True):
        mode = "train()" if training else "eval()"

        def shortcut(x, training=training):
            return norm(F.conv2d(x, projection[0], stride=stride), training) if projection else x

        def first(x, training=training):
            return norm(F.conv2d(x, w1, stride=stride, padding=1), training)

        def second(x, training=training):
            return norm(F.conv2d(x, w2, padding=1), training)

        start = x.clone().requires_grad_()
        short, branch = shortcut(start), second(first(start).relu())
        want = (branch + short).relu()
        mistakes = {
            "ReLU between the two convolutions is missing.": (second(first(x)) + short).relu(),
            "The last ReLU is on the branch alone: ReLU comes last, after the sum.": branch.relu() + short,
            "There should be no ReLU at the end of the branch, only after the sum.": (branch.relu() + short).relu(),
            "There should be no ReLU on the shortcut, only after the sum.": (branch + short.relu()).relu(),
            "The last ReLU is missing: it comes after the sum.": branch + short,
            "There is one ReLU alone, after the sum is missing, and the branch lacks one.": second(first(x)) + short,
            "The shortcut is missing: add it to what the branch gives.": branch.relu(),
            "What came out is the shortcut alone: add the branch.": short.relu(),
            "Add branch and shortcut: a difference came out.": (branch - short).relu(),
            "Add branch and shortcut: the shortcut less the branch came out.": (short - branch).relu(),
            "Add branch and shortcut: their product came out.": (branch * short).relu(),
            "Add branch and shortcut: their mean came out.": ((branch + short) / 2).relu(),
            "After the sum comes ReLU, not sigmoid.": (branch + short).sigmoid(),
            "Between the two convolutions comes ReLU, not sigmoid.": (second(first(x).sigmoid()) + short).relu(),
            "Batch norm comes before ReLU, not after it.": lambda: (
                second(norm(F.conv2d(x, w1, stride=stride, padding=1).relu(), training)) + short
            ).relu(),
            "Batch norm comes after each convolution, not before it.": lambda: (
                F.conv2d(norm(F.conv2d(norm(x, training), w1, None, stride, 1).relu(), training), w2, None, 1, 1)
                + short
            ).relu(),
            "Batch norm after the first convolution is left out.": lambda: (
                second(F.conv2d(x, w1, stride=stride, padding=1).relu()) + short
            ).relu(),
            "The projection should have the stride itself: there is no pooling.": lambda: (
                branch + norm(F.conv2d(F.avg_pool2d(x, stride), projection[0]), training)
            ).relu(),
            "The projection is not followed by batch norm.": lambda: (
                branch + F.conv2d(x, projection[0], stride=stride)
            ).relu(),
        }
        block.train(training)
        leaf = x.clone().requires_grad_()
        given = leaf * 1
        result = block(given)
        what = f"{name} in {mode} mode, for x of shape {tuple(x.shape)}: output"
        assert given.detach().equal(kept), f"{name} changes the x that it is given: no in-place operation on it."
        assert_values(result, want, what, mistakes, atol=1e-3, rtol=1e-3)
        again = block(given)
        assert is_same(again, want, 1e-3, 1e-3), (
            f"{name} in {mode} mode gives other numbers when it is called again with the same x."
        )
        weight = torch.randn(want.shape)
        text = f"{name}: the gradient that reaches x is not that of relu(x + f(x)). Is a part of it detached?"
        assert result.requires_grad, text
        (want_slope,) = torch.autograd.grad((want * weight).sum(), start)
        slope = call(f"The way back through {name}", slope_of, (result * weight).sum(), leaf)
        assert is_same(slope, want_slope, 1e-2, 1e-2), text


def slope_of(value, x):
    """Return the gradient of a value with respect to x, None where there is none."""
    return torch.autograd.grad(value, x, allow_unused=True)[0]


class ReplacedWeights:
    """Runs a block with all of its convolutions 0, and puts their weights back."""

    def __init__(self, convolutions):
        self.convolutions = convolutions

    def run(self, block, x):
        kept = [layer.weight.data for layer in self.convolutions]
        for layer in self.convolutions:
            layer.weight.data = torch.zeros_like(layer.weight)
        result = block.eval()(x)
        for layer, weight in zip(self.convolutions, kept, strict=True):
            layer.weight.data = weight
        return result


# B1.2

NO_GRAPH = "does not require grad|not have been used in the graph"
CUT = (
    "No graph leads from what the hook kept to the logit. Keep the `output` itself: `output[0]` is a new tensor beside "
    "the way, and detach(), no_grad() and inference_mode() record nothing."
)
CAM_ERRORS = {
    NO_GRAPH: CUT,
    "^list index out of range": (
        "The list has no such entry. Was the hook called? `layer` is a layer of `model`, and not of a copy of it."
    ),
}

OLD_MAPS = (
    "The first call is right, and in the second no graph leads from the maps to the logit. Are they still those of the "
    "first call? Make the list inside the function, so that each call begins with an empty one."
)


class Heated(nn.Module):
    """A network for one picture, with dropout and batch norm, whose layer `middle` makes maps that are not square."""

    def __init__(self, maps, height, width, classes, scale):
        super().__init__()
        self.start = nn.Conv2d(3, 4, 3, padding=1)
        self.middle = nn.Sequential(nn.Conv2d(4, maps, 3), nn.BatchNorm2d(maps), nn.Tanh())
        self.last = nn.Sequential(nn.Conv2d(maps, 5, (1, 3)), nn.Tanh(), nn.Dropout(0.5), nn.Flatten())
        self.fc = nn.Linear(5 * (height - 2) * (width - 4), classes)
        self.scale = scale

    def forward(self, x):
        maps = self.middle(self.start(x).tanh())
        return self.scale * self.fc(self.last(maps))


@exercise("B1.2", may_change_inputs=True)
def heat_map(grad_cam):
    for maps, height, width, classes, label, scale, frozen in (
        (6, 9, 8, 3, 1, 1.0, False),
        (6, 9, 8, 3, 2, 30.0, False),
        (4, 7, 10, 5, 4, 1000.0, True),
        (9, 7, 7, 2, 0, 1.0, True),
        (5, 3, 8, 3, 1, 1.0, False),  # maps with a height of 1
    ):
        model = Heated(maps, height, width, classes, scale)
        for p in model.parameters():
            p.data = torch.randn(p.shape) / 3
        model(torch.randn(16, 3, height, width))
        model.eval()
        for p in model.parameters():
            p.requires_grad_(not frozen)
            p.grad = None if frozen else torch.ones_like(p)
        x = torch.randn(1, 3, height, width)
        judge_heat(grad_cam, model, "middle", x, label, frozen)
        judge_heat(grad_cam, model, "start", torch.randn(1, 3, height, width), (label + 1) % classes, frozen)
        model.fc.weight.data[label] = 0
        judge_no_heat(grad_cam, model, x, label)


def judge_no_heat(grad_cam, model, x, label):
    """Judge the heat map for a class whose logit does not depend on the picture."""
    name = f"grad_cam(model, layer, x, {label})"
    result = call(name, grad_cam, model, model.middle, x, label)
    assert isinstance(result, torch.Tensor), f"{name} should return a tensor, but it returns {describe(result)}."
    text = "Where nothing speaks for the class, the heat map should be 0 everywhere, but it is"
    assert not result.isnan().any(), (
        f"{text} nan: its largest value and its sum are 0, so a division by them is 0 / 0 there."
    )
    assert not result.any(), f"{text} not."


def judge_heat(grad_cam, model, layer_name, x, label, frozen):
    """Judge the heat map of one layer, one picture and one class."""
    name = f"grad_cam(model, layer, x, {label})"
    maps, slopes = maps_and_slopes(model, layer_name, x)
    heat = (slopes[label].mean(dim=(1, 2), keepdim=True) * maps).sum(dim=0)
    if heat.max() < -heat.min() / 3:  # hardly a place speaks for the class: turn that round
        model.fc.weight.data[label] *= -1
        maps, slopes = maps_and_slopes(model, layer_name, x)
    before, kept = copy.deepcopy(model), x.clone()
    hints = CAM_ERRORS
    if layer_name == "start":  # the second call for this network: the first one was right
        hints = CAM_ERRORS | {NO_GRAPH: OLD_MAPS}
    if frozen:
        text = "It fails for a frozen network, which makes no graph unless its input, a copy of x, requires a gradient."
        hints = {"does not require grad|not have been used in the graph|no gradient": text}
    result = call(name, grad_cam, model, getattr(model, layer_name), x, label, hints=hints)
    assert isinstance(result, torch.Tensor), f"Return the heat map as a tensor. What you return is {describe(result)}."
    judge_left(model, before, x, kept)
    assert not result.requires_grad, "The heat map carries a graph: detach() it."
    shape, came = tuple(maps.shape[1:]), tuple(result.shape)
    text = f"The heat map should have the shape {shape}, the height and width of the layer's maps, but it has {came}."
    assert came == shape, text
    judge_map(result, maps, slopes, label)


def maps_and_slopes(model, layer_name, x):
    """Return the maps of a layer for a picture, and gradients with respect to them, by what they are gradients of."""
    model, kept = copy.deepcopy(model), []
    model.get_submodule(layer_name).register_forward_hook(lambda layer, given, maps: kept.append(maps))
    logits = model(x.clone().requires_grad_())[0]
    values = {label: logits[label] for label in range(len(logits))}
    values["all"] = logits.sum()
    values |= {f"probability {label}": logits.softmax(dim=0)[label] for label in range(len(logits))}
    slopes = {key: torch.autograd.grad(value, kept[0], retain_graph=True)[0][0] for key, value in values.items()}
    return kept[0][0].detach(), slopes


def judge_left(model, before, x, kept):
    """Judge what a call has left behind in a network and a picture."""
    for layer in model.modules():
        hooks = [layer._forward_hooks, layer._forward_pre_hooks, layer._backward_hooks, layer._backward_pre_hooks]
        assert not any(hooks), "A hook is left at a layer: call its remove()."
    modes = [layer.training for layer in model.modules()] == [layer.training for layer in before.modules()]
    assert modes, "The model, or a layer of it, is in another mode now: leave eval() as it is."
    learns = [p.requires_grad for p in model.parameters()] == [p.requires_grad for p in before.parameters()]
    assert learns, "The model is frozen or thawed now: leave requires_grad of its parameters as it is."
    advice = "torch.autograd.grad touches no `.grad`"
    gone = [p for p in model.parameters() if p.requires_grad and (p.grad is None or not p.grad.any())]
    assert not gone, f"The model had gradients before, and zero_grad() or None has thrown them away: {advice}."
    left = [p for p in model.parameters() if p.grad is not None and bool((p.grad != int(p.requires_grad)).any())]
    assert not left, f"Gradients are left in the model: {advice}."
    attribute = attribute_left(model, before)
    text = f"The attribute `{attribute}` is left at the network or a layer of it. Keep the maps in a list of your own."
    assert not attribute, text
    same = fingerprint(model) == fingerprint(before)
    assert same, "The weights or statistics of the model are changed."
    assert not x.requires_grad, "x itself requires a gradient now: work with x.clone()."
    assert is_same(x, kept, 0, 0), "Your code changed x, the picture that it was given."


def attribute_left(model, before):
    """Return the name of an attribute that a network or one of its layers has now and had not before; "" for none."""
    earlier = dict(before.named_modules())
    for place, part in model.named_modules():
        for name in [*vars(part), *part._parameters, *part._buffers, *part._modules]:
            is_wrapped = name == "forward" and part.forward != type(part).forward.__get__(part)
            if is_wrapped or not hasattr(earlier[place], name):
                return name
    return ""


def judge_map(result, maps, slopes, label):
    """Judge the numbers of a heat map; any scale above 0 is right."""

    def weighted(slope):
        return (slope.mean(dim=(1, 2), keepdim=True) * maps).sum(dim=0)

    own = slopes[label]
    want = weighted(own).relu()
    others = [other for other in slopes if isinstance(other, int) and other != label]
    mistakes = {
        "Negative values are still there: relu comes at the end.": weighted(own),
        "abs makes what speaks against the class look as if it spoke for it: use relu.": weighted(own).abs(),
        "The sign is turned round: that is what speaks against the class.": (-weighted(own)).relu(),
        "sigmoid is not relu: only what speaks for the class counts.": weighted(own).sigmoid(),
        **{f"That is the map for class {k}, and label is {label}.": weighted(slopes[k]).relu() for k in others},
        "The maps are added without their weights, or all with the same one.": maps.sum(dim=0).relu(),
        "All maps have the same weight: take the mean of each map's own gradient.": (-maps.sum(dim=0)).relu(),
        "The weights lie along the width of the maps: keepdim=True leaves them a height and a width of 1.": lambda: (
            (own.mean(dim=(1, 2)) * maps).sum(dim=0).relu()
        ),
        "The weights went through softmax: take them as they are.": (
            (own.mean(dim=(1, 2), keepdim=True).softmax(dim=0) * maps).sum(dim=0).relu()
        ),
        "The maps are averaged, and the gradient is not: it should be the other way round.": (
            (own * maps.mean(dim=(1, 2), keepdim=True)).sum(dim=0).relu()
        ),
        "The smallest value is subtracted: multiply by a number if you like, but do not add one.": want - want.min(),
        "The gradient is not averaged: there should be one weight for each map.": (own * maps).sum(dim=0).relu(),
        "That is the gradient alone: it weighs the maps.": own.sum(dim=0).relu(),
        "relu comes after the sum over the maps, not before it.": (
            (own.mean(dim=(1, 2), keepdim=True) * maps).relu().sum(dim=0)
        ),
        "The gradient is averaged over the maps: average it over height and width.": (own.mean(0) * maps).sum(0).relu(),
        "The gradient is averaged over the height alone: average over height and width.": (
            (own.mean(dim=1, keepdim=True) * maps).sum(dim=0).relu()
        ),
        "The gradient is averaged over the width alone: average over height and width.": (
            (own.mean(dim=2, keepdim=True) * maps).sum(dim=0).relu()
        ),
        "The weights went through relu: that comes at the end alone.": (
            (own.mean(dim=(1, 2), keepdim=True).relu() * maps).sum(dim=0).relu()
        ),
        "The largest gradient of each map is taken, not the mean.": (own.amax(dim=(1, 2), keepdim=True) * maps)
        .sum(0)
        .relu(),
        "That is the gradient of all logits together: take that of one.": weighted(slopes["all"]).relu(),
        "That is the gradient of the probability, or of its logarithm: take that of the logit.": (
            weighted(slopes[f"probability {label}"]).relu()
        ),
        "That is the gradient of the loss, with its other sign: take that of the logit.": (
            (-weighted(slopes[f"probability {label}"])).relu()
        ),
        "The heat map stands on its head.": want.flip(0),
        "Weights and maps are added: multiply them.": (own.mean(dim=(1, 2), keepdim=True) + maps).sum(dim=0).relu(),
        "The maps are divided by the weights, or the other way round: multiply them.": (
            (own.mean(dim=(1, 2), keepdim=True) / maps).sum(dim=0).relu()
        ),
    }
    scaled = {hint: unit_of(value) for hint, value in mistakes.items()}
    name = (
        f"The map for class {label} is not relu of the sum of weight times map. If it is `heat`, `(heat / heat.max())`"
    )
    assert_values(to_unit(result), to_unit(want), name, scaled, atol=1e-4, rtol=1e-4)


def to_unit(heat):
    """Return a heat map in float32 whose largest value, by its size, is 1."""
    if heat.is_complex() or heat.is_quantized or heat.is_meta:
        return heat
    heat = heat.detach().cpu().float()
    return heat / heat.abs().max().clamp(min=1e-12)


def unit_of(value):
    """Return a map, or a function that makes one, with its largest value, by its size, 1."""
    return (lambda: to_unit(value())) if callable(value) else to_unit(value)


# B1.3


def with_projection(inputs, outputs):
    """Return a BasicBlock that halves height and width."""
    shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, 2, bias=False), nn.BatchNorm2d(outputs))
    return BasicBlock(inputs, outputs, 2, shortcut)


def new_residual(kind):
    """Return a small network with blocks at several depths, all of its numbers random."""
    if kind == "three":
        network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Sequential(BasicBlock(4, 4), with_projection(4, 6)))
        network.append(nn.Sequential(nn.BatchNorm2d(6), nn.Sequential(BasicBlock(6, 6)), nn.Conv2d(6, 8, 1)))
        network.append(Bottleneck(8, 2))  # a block of another kind, whose bn2 is not its last batch norm
    elif kind == "one":
        network = BasicBlock(3, 3)
    else:
        network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
    for p in network.parameters():
        p.data = torch.randn(p.shape)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean = torch.randn(layer.running_mean.shape)
    return network


@exercise("B1.3", may_change_inputs=True)
def begin_as_the_shortcut(start_as_identity):
    for kind, blocks in (("three", 3), ("one", 1), ("none", 0), ("three", 3)):
        judge_start(start_as_identity, new_residual(kind), blocks, training=kind != "one")


def judge_start(start_as_identity, network, blocks, training):
    """Judge what a call has made of one network."""
    network.train(training)
    before = {name: p.detach().clone() for name, p in network.named_parameters()}
    kept = dict(network.named_parameters())
    running = {name: buffer.clone() for name, buffer in network.named_buffers()}
    others = [part for part in network.modules() if hasattr(part, "bn2") and not isinstance(part, BasicBlock)]
    name = f"start_as_identity(network), for a network with {blocks} blocks,"
    result = call(name, start_as_identity, network)
    is_count = isinstance(result, int) and not isinstance(result, bool)
    assert is_count, f"{name} should return a whole number. What it returns is {describe(result)}."
    for other in others:
        text = f"{name} returns {result}. It has a {type(other).__name__}, too, whose bn2 is not its last batch norm"
        assert result != blocks + len(others), f"{text}: only a BasicBlock counts."
    assert result == blocks, (
        f"{name} returns {result}. Count the modules that are a BasicBlock, at any depth, and return after the loop."
    )
    now = dict(network.named_parameters())
    same = list(now) == list(kept) and all(now[key] is kept[key] for key in kept)
    assert same, "A parameter is replaced by another one. Set its numbers to 0 in place, as nn.init.zeros_ does."
    frozen = [key for key, p in now.items() if not p.requires_grad]
    assert not frozen, f"{frozen and frozen[0]} is frozen now, so it could never leave 0. Leave requires_grad as it is."
    found = [part for part in network.modules() if isinstance(part, BasicBlock)]
    last = {key for key, p in now.items() for block in found if p is block.bn2.weight or p is block.bn2.bias}
    text = "No parameter of the network that was given has changed. Set them to 0 in place, and not in a copy."
    assert not last or any(not is_same(p, before[key], 0, 0) for key, p in now.items()), text
    for key, p in now.items():
        if key in last:
            advice = "its weight" if key.endswith("weight") else "its bias, too: a network may be trained already"
            assert not p.any(), (
                f"{key} should be 0, and it is not. The last batch norm of each block begins at 0, {advice}."
            )
        else:
            text = f"{key} is changed. Set only bn2, the last batch norm of each BasicBlock, to 0."
            assert is_same(p, before[key], 0, 0), text
    for key, buffer in network.named_buffers():
        assert is_same(buffer, running[key], 0, 0), f"{key} is changed. Leave the running statistics as they are."
    assert network.training == training, "The network is in another mode now: leave train() and eval() as they are."
    for block in network.modules():
        assert block.training == training, "A layer is in another mode now: leave train() and eval() as they are."
