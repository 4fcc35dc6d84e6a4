"""The checks of Part 2, Neural networks."""

import contextlib
import copy
import itertools
import math
import operator

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.modules.module import register_module_parameter_registration_hook

from exercises.compare import (
    Calls,
    as_number,
    assert_not_called,
    assert_predictions,
    assert_same,
    assert_values,
    call,
    describe,
    is_same,
    shares_memory,
    unchanged,
)
from exercises.judge import exercise

ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"]


# What several checks share


def same(x):
    """Return what is given: no activation function."""
    return x


OTHER_ACTIVATIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "GELU": F.gelu, "leaky ReLU": F.leaky_relu}


def run_layers(x, layers, activations):
    """Return what linear layers, pairs of weight [out, in] and bias [out], make of rows, each with its activation."""
    for (weight, bias), activation in zip(layers, activations, strict=True):
        x = activation(F.linear(x, weight, bias))
    return x


def wrong_outputs(x, layers):
    """Return hint -> what a network with this mistake gives, where ReLU should stand after all layers but the last."""
    relus = [F.relu] * (len(layers) - 1)
    want = run_layers(x, layers, [*relus, same])
    without_biases = [(weight, torch.zeros_like(bias)) for weight, bias in layers]
    found = {
        "There is a softmax at the end. Return the logits as they are.": want.softmax(dim=-1),
        "There is a softmax at the end, and over the batch. Return the logits as they are.": want.softmax(dim=0),
        "There is a log_softmax at the end. Return the logits as they are.": want.log_softmax(dim=-1),
        "There is a sigmoid at the end. Return the logits as they are.": want.sigmoid(),
        "There is a ReLU after the last layer, which cuts off negative logits.": want.relu(),
        "There is a ReLU before the first layer. The pictures should enter it as they are.": (
            run_layers(x.relu(), layers, [*relus, same])
        ),
        "The biases of the layers are not added.": run_layers(x, without_biases, [*relus, same]),
        "There is no activation between the layers: put a ReLU after each but the last.": (
            run_layers(x, layers, [same] * len(layers))
        ),
    }
    for name, other in OTHER_ACTIVATIONS.items():
        hint = f"Between the layers stands a {name} where a ReLU should be."
        found[hint] = run_layers(x, layers, [other] * len(relus) + [same])
    for index in range(len(relus)):
        changed = {f"The ReLU after the {ORDINALS[index]} layer is missing.": same}
        for name, other in OTHER_ACTIVATIONS.items():
            changed[f"After the {ORDINALS[index]} layer stands a {name} where a ReLU should be."] = other
        for hint, other in changed.items():
            activations = [*relus, same]
            activations[index] = other
            found[hint] = run_layers(x, layers, activations)
    return found


def fill_layers(layers):
    """Give pairs of weight and bias new random numbers, so that every layer, bias and ReLU makes a difference."""
    try:
        with torch.no_grad():
            for weight, bias in layers:
                weight.copy_(torch.randn_like(weight) * weight[0].numel() ** -0.5 * 2)
                bias.copy_(torch.randn_like(bias))
    except RuntimeError as error:  # parameters that are expanded, or views of one another
        raise AssertionError(f"The parameters can't be set in place: {error}") from None


def judge_layers(network, layers, batches, name):
    """Judge what a network gives for batches, in both modes; its linear layers are given as weights and biases."""
    for training in (True, False):
        network.train(training)
        for x in batches:
            with unchanged(x, what="the pictures"):
                result = call(network, f"{name} for pictures of shape {tuple(x.shape)}", x)
            rows = x.flatten(1)
            with torch.no_grad():
                want = run_layers(rows, layers, [F.relu] * (len(layers) - 1) + [same])
                mistakes = {} if is_same(result, want, atol=1e-4) else wrong_outputs(rows, layers)
            is_random = bool(mistakes) and _is_random(network, x, result, name)
            assert not is_random, f"{name}: two calls with the same pictures differ. Is there a dropout too many?"
            mode = "" if training else "In eval() mode: "
            assert_values(result, want, f"{mode}{name}", mistakes, atol=1e-4)
            is_tracked = result.requires_grad
            assert is_tracked, f"{name} has no gradient record, so training could not change it: no detach or no_grad."


def _is_random(network, x, result, name):
    """Whether a network gives something else for the same batch in the next call."""
    if not isinstance(result, torch.Tensor) or not result.is_floating_point() or result.is_nested:
        return False
    again = call(network, name, x)
    return isinstance(again, torch.Tensor) and again.shape == result.shape and not is_same(again, result)


def assert_parameters(network, name):
    """Assert that the parameters of a network are tensors on the CPU that training can change."""
    for key, parameter in network.named_parameters():
        assert parameter.device.type == "cpu", f"{name}: {key} is on the device {parameter.device}, not on the CPU."
        assert parameter.dtype == torch.float32, f"{name}: {key} should be of dtype float32, not {parameter.dtype}."
        assert parameter.requires_grad, f"{name}: {key} is frozen (requires_grad is False). Leave it as it is made."


def assert_started(network, name):
    """Assert that no weight matrix of a network is constant."""
    for key, parameter in network.named_parameters():
        is_constant = parameter.ndim > 1 and bool((parameter == parameter.flatten()[0]).all())
        assert not is_constant, f"{name}: all entries of {key} are equal. Keep PyTorch's random initial values."


def assert_as_made(network, name):
    """Assert that layers start as PyTorch makes them: drawn uniformly from -1 / sqrt(inputs) to 1 / sqrt(inputs)."""
    keep = "Keep PyTorch's random initial values."
    for place, layer in network.named_modules():
        if not isinstance(layer, nn.Linear | nn.Conv2d):
            continue
        limit = layer.weight[0].numel() ** -0.5
        for key, parameter in layer.named_parameters(recurse=False):
            values, count = parameter.detach(), parameter.numel()
            is_constant = bool((values == values.flatten()[0]).all())
            assert not is_constant, f"{name}: all entries of {place}.{key} are {values.flatten()[0]:.3g}. {keep}"
            size = values.square().mean().sqrt().item() * math.sqrt(3) / limit  # about 1
            center = values.mean().item() * math.sqrt(3) / limit  # about 0
            is_even = abs(size - 1) < 6 * math.sqrt(0.2 / count) and abs(center) < 6 / math.sqrt(count)
            assert is_even and bool((values.abs() <= limit * 1.0001).all()), (
                f"{name}: {place}.{key} should start as PyTorch makes it, uniformly from {-limit:.3f} to {limit:.3f}. "
                f"{keep}"
            )


def linear_modules(network):
    """Return the linear layers of a network in their order, one that stands there twice twice."""
    modules = [module for _, module in network.named_modules(remove_duplicate=False)]
    return [module for module in modules if isinstance(module, nn.Linear)]


@contextlib.contextmanager
def parameters_kept(layer):
    """Assert that code changes only the numbers of a linear layer's parameters."""
    before = {"weight": layer.weight, "bias": layer.bias}
    for parameter in before.values():
        parameter.grad = torch.full_like(parameter, 3.0)
    yield
    for name, parameter in before.items():
        is_kept = getattr(layer, name, None) is parameter
        assert is_kept, f"The layer has a new {name} parameter. Change the numbers of the old one in place."
        assert parameter.requires_grad, f"`layer.{name}` no longer requires a gradient. Leave requires_grad as it was."
        assert parameter.is_leaf, f"PyTorch has recorded the change of `layer.{name}`: use `torch.no_grad()`."
        is_left = is_same(parameter.grad, torch.full_like(parameter, 3.0))
        assert is_left, f"The gradient in `layer.{name}.grad` has changed. Change the numbers of the parameter only."
    assert layer.training, "The layer is left in eval() mode. Leave the mode as it was."


# 2.1


@exercise("2.1")
def flatten_a_batch(flatten_batch):
    for shape in [(3, 2, 4, 5), (4, 4, 1, 1), (1, 1, 28, 28), (6, 1, 3, 2), (2, 3, 6, 6), (64, 1, 28, 28)]:
        images = torch.randn(shape) * 100
        n = shape[0]
        mistakes = {
            "All pictures became one line: the pictures of the batch must stay apart.": images.flatten(),
            "All pictures became one row: the pictures of the batch must stay apart.": images.reshape(1, -1),
            "The batch stands last: dimension 0 should count the pictures.": images.flatten(1).T,
            "The batch stands last, and the pictures are cut to pieces: dimension 0 should count them.": (
                images.reshape(-1, n)
            ),
            "Only the rows and columns were joined. Join the channels with them: start_dim=1.": images.flatten(2),
            "The batch and the channels were joined. The pictures must stay apart.": images.flatten(0, 1),
            "The channels and the rows were joined, the columns were not.": images.flatten(1, 2),
            "Only the last dimension of the pictures is left as a row: join all dimensions but the batch.": (
                images.reshape(-1, shape[-1])
            ),
            "Only the first channel is left: join all channels.": images[:, 0].flatten(1),
            "The channels were averaged: join them.": images.mean(1).flatten(1),
            "The channels were added up: join them.": images.sum(1).flatten(1),
            "The pixels are not in their order: the channels should come first, not last.": (
                images.permute(0, 2, 3, 1).flatten(1)
            ),
            "The pixels are not in their order: rows and columns are swapped.": images.transpose(2, 3).flatten(1),
            "The pixels are not in their order: they run backwards.": images.flatten(1).flip(1),
            "Each row mixes pixels of several pictures.": images.transpose(0, 1).reshape(n, -1),
            "Each row mixes pixels of several pictures, since reshape does not put the batch last.": (
                images.reshape(-1, n).T
            ),
            "The rows were cut from the batch standing last, so each mixes pixels of several pictures.": (
                images.permute(1, 2, 3, 0).reshape(n, -1)
            ),
        }
        if n == 1:
            mistakes = {
                "One picture is still a batch: its row should keep the dimension of the batch.": images.flatten()
            }
        result = flatten_batch(images)
        dimensions = getattr(result, "ndim", 2)
        name = f"For images of shape {shape}: flatten_batch(images)"
        if isinstance(result, torch.Tensor) and dimensions != 2:
            assert_same(result, images.flatten(1), name, {k: v for k, v in mistakes.items() if v.ndim == dimensions})
        assert_values(result, images.flatten(1), name, mistakes, atol=0)


# 2.2

DIMENSIONS = {  # question -> what each dimension counts
    "one picture from train_set": ("channels", "rows of pixels", "columns of pixels"),
    "batch of 32 pictures": ("pictures", "channels", "rows of pixels", "columns of pixels"),
    "the batch, flattened": ("pictures", "pixels of a picture"),
    "W1": ("inputs, which are pixels", "hidden neurons"),
    "b1": ("hidden neurons",),
    "hidden, for the batch of 32": ("pictures", "hidden neurons"),
    "logits, for the batch of 32": ("pictures", "classes"),
    "logits, for a batch of one picture": ("pictures", "classes"),
}


@exercise("2.2")
def predict_shapes(shapes):
    batch = torch.zeros(32, 1, 28, 28)
    flat = batch.flatten(1)
    w1, w2 = torch.zeros(784, 256), torch.zeros(256, 10)
    b1, b2 = torch.zeros(256), torch.zeros(10)
    hidden = torch.sigmoid(flat @ w1 + b1)
    logits = hidden @ w2 + b2
    tensors = [batch[0], batch, flat, w1, b1, hidden, logits, logits[:1]]
    truth = {question: tuple(tensor.shape) for question, tensor in zip(DIMENSIONS, tensors, strict=True)}
    assert_predictions(shapes, truth, _shape_hint, _read_shape, "a tuple such as (2, 3); with one size: (5,)")


def _shape_hint(question, shape, right):
    counted = DIMENSIONS[question]
    listed = ", then ".join(counted)
    if len(shape) != len(right):
        dimensions = "1 dimension" if len(right) == 1 else f"{len(right)} dimensions"
        return f"there should be {dimensions}, which count: {listed}. You have {len(shape)}."
    if sorted(shape) == sorted(right):
        return f"these are the right sizes in the wrong order. The dimensions count: {listed}."
    index = next(i for i, size in enumerate(right) if shape[i] != size)
    return f"dimension {index} counts the {counted[index]}, and {shape[index]} is not their number."


def _read_shape(shape):
    if not isinstance(shape, list | tuple):
        raise TypeError("not a shape")
    try:
        return tuple(operator.index(size) for size in shape)
    except Exception:
        raise TypeError("not whole numbers") from None


# 2.3

OWN_SOFTMAX = ["softmax", "log_softmax", "special_softmax", "special_log_softmax", "softmin", "gumbel_softmax"]


@exercise("2.3")
def stable_softmax(softmax):
    for shape, scale in [((4, 4), 1), ((3, 7), 3), ((1, 5), 2), ((5, 1), 1), ((10, 2), 0.01)]:
        _judge_softmax(softmax, torch.randn(shape) * scale - 0.5, f"of shape {shape}")
    equal = torch.full((2, 3), 5.0)
    _judge_softmax(softmax, equal, "that are all equal")
    for rows in [
        [[60.0, 50.0, 55.0], [1.0, 2.0, 3.0]],
        [[95.0, 88.0, 100.0], [1.0, 2.0, 3.0]],
        [[1000.0, 999.0], [998.0, 1000.0]],
        [[0.0, 0.0, 100.0], [1.0, 2.0, 3.0]],
        [[-1000.0, -999.0, -1001.0]],
        [[1000.0, 999.0], [-1000.0, -999.0]],
        [[0.0, 0.0, 300.0], [1.0, 2.0, 3.0]],
        [[-300.0, 0.0, 0.5], [0.0, -2.0, 1.0], [300.0, 299.0, -300.0]],
        [[1e6, -1e6, 0.0], [-1e6, 0.0, -1e6]],
        [[1e6, 1e6, 999999.0], [-1e6, -1e6, -1e6]],
    ]:
        _judge_softmax(softmax, torch.tensor(rows), str(rows), is_large=True)


def _judge_softmax(softmax, logits, what, is_large=False):
    with Calls() as calls:
        result = softmax(logits.clone())
    hint = "Your code calls PyTorch's own `{name}`. Write it with `torch.exp`."
    assert_not_called(calls, OWN_SOFTMAX, hint)
    want = logits.softmax(dim=-1)
    name = f"For logits {what}: softmax(logits)"
    mistakes = {}
    if not is_same(result, want, atol=1e-6):
        mistakes = _mistakes_with_shifts(logits, result) if is_large else _mistakes_of_softmax(logits)
        is_place = is_large and calls.used("argmax") and not calls.used("max", "amax")
        assert not is_place, "argmax gives the place of the largest logit. Subtract the logit itself: amax."
    assert_values(result, want, name, mistakes, atol=1e-6)
    has_exp = calls.used("exp", "exp_")
    assert has_exp, "The values are right, but `torch.exp` was not called: use it, as the exercise says."


def _mistakes_of_softmax(z):
    shifted = z - z.amax(-1, keepdim=True)
    exps, want = shifted.exp(), z.softmax(-1)
    return {
        "Each column adds up to 1, but each row should: the classes are dim=-1.": z.softmax(0),
        "The whole batch adds up to 1, but each row should: sum over dim=-1 only.": z.exp() / z.exp().sum(),
        "The sum goes over the whole batch. Divide each row by its own sum: dim=-1.": exps / exps.sum(),
        "The maximum of each column was subtracted, but each row needs its own: dim=-1.": (
            (z - z.amax(0)).exp() / (z - z.amax(0)).exp().sum(-1, keepdim=True)
        ),
        "The sums of rows divide columns: keepdim=True is missing in the sum.": lambda: exps / exps.sum(-1),
        "The sums of rows divide columns: keepdim=True is missing.": lambda: z.exp() / z.exp().sum(-1),
        "The maxima of rows are subtracted from columns: keepdim=True is missing.": lambda: (
            (z - z.amax(-1)).exp() / (z - z.amax(-1)).exp().sum(-1, keepdim=True)
        ),
        "All keepdim=True are missing: rows and columns are mixed.": lambda: (
            (z - z.amax(-1)).exp() / (z - z.amax(-1)).exp().sum(-1)
        ),
        "Divide by the sum of each row, not of each column: dim=-1.": exps / exps.sum(0),
        "Each row is divided by its mean, but it should be divided by its sum.": exps / exps.mean(-1, keepdim=True),
        "Each row is divided by its largest exponential, but it should be divided by its sum.": (
            exps / exps.amax(-1, keepdim=True)
        ),
        "The exponentials are multiplied by their sum. Divide them by it.": exps * exps.sum(-1, keepdim=True),
        "The fraction stands upside down: divide the exponentials by their sum.": exps.sum(-1, keepdim=True) / exps,
        "The exponentials are not yet divided by the sum of their row.": exps,
        "The exponentials are not yet divided by their sum.": z.exp(),
        "This is the logarithm of the softmax.": want.log(),
        "The sign of the logits is turned round: the largest logit should get the largest probability.": (-z).softmax(
            -1
        ),
        "The logits themselves are divided by their sum. Take `torch.exp` of them first.": z / z.sum(-1, keepdim=True),
        "The shifted logits are divided by their sum. Take `torch.exp` of them first.": (
            shifted / shifted.sum(-1, keepdim=True)
        ),
        "This is 1 for the largest logit and 0 for the others. Softmax gives each its share.": (
            (z == z.amax(-1, keepdim=True)).float()
        ),
        "This is the sigmoid of each logit. Softmax divides by the sum of a row.": z.sigmoid(),
        "The maximum is added to the logits before the sum, or taken off once too often.": (
            exps / z.exp().sum(-1, keepdim=True)
        ),
        "The maximum is subtracted above the fraction line or below it, but not in both.": (
            z.exp() / exps.sum(-1, keepdim=True)
        ),
        "Each row is divided by its length in place of its sum.": exps / z.shape[-1],
        "These are powers of 2. Take powers of e: torch.exp.": (z * math.log(2)).softmax(-1),
        "The logits are divided by their maximum. Subtract it.": (z / z.amax(-1, keepdim=True)).softmax(-1),
        "100 was subtracted from all logits, and exp(-100) is almost 0. Subtract the maximum of each row.": (
            (z - 100).exp() / (z - 100).exp().sum(-1, keepdim=True)
        ),
    }


def _mistakes_with_shifts(z, result):
    """Return hint -> the values for large logits where something else was subtracted than the maximum of each row.

    `result` is what the reader's function gave.
    """
    shifts = {
        "The maximum of the whole batch was subtracted. Each row needs its own: dim=-1, keepdim=True.": z.max(),
        "The maximum of each column was subtracted. Each row needs its own: dim=-1.": z.amax(0),
        "The mean was subtracted, so a logit far above it still overflows. Subtract the maximum.": (
            z.mean(-1, keepdim=True)
        ),
        "The minimum was subtracted, so a logit far above it still overflows. Subtract the maximum.": (
            z.amin(-1, keepdim=True)
        ),
        "The first logit was subtracted, so one far above it still overflows. Subtract the maximum.": z[:, :1],
        "The largest absolute value was subtracted, so rows of negative logits become 0 / 0. Subtract the maximum.": (
            z.abs().amax(-1, keepdim=True)
        ),
        "Large logits overflow: exp becomes inf, and inf / inf is nan. Subtract the maximum of each row first.": 0.0,
        "The maximum was added. Subtract it.": -z.amax(-1, keepdim=True),
    }
    found = {}
    for hint, shift in shifts.items():
        exps = (z - shift).exp()
        found[hint] = exps / exps.sum(-1, keepdim=True)
    found["Beside logits this large the logarithm of the sum is lost, so rows don't add up to 1. Shift first."] = (
        z - z.logsumexp(-1, keepdim=True)
    ).exp()
    cut = []
    for limit in (10, 20, 30, 50, 60, 70, 80, 85, 87, 88, 88.7, 90, 100):
        cut += [z.clamp(-limit, limit).softmax(-1), z.clamp(max=limit).softmax(-1)]
    found["The logits are cut off, so some differences between them are lost. Shift them: subtract the maximum."] = (
        next((values for values in cut if is_same(result, values, atol=1e-6)), None)
    )
    naive = z.exp() / z.exp().sum(-1, keepdim=True)
    for number in (0, 1):
        hint = f"The nan are set to {number}, and rows are no probabilities. Subtract the maximum, and none comes up."
        found[hint] = naive.nan_to_num(number)
    return found


# 2.4

WIDTHS = [784, 128, 64, 10]


@exercise("2.4")
def write_the_module(Classifier):
    network = call(Classifier, "Classifier()")
    other = call(Classifier, "Classifier()")
    for one in (network, other):
        assert isinstance(one, nn.Module), f"Classifier() should be an nn.Module, but it is {describe(one)}."
    assert network.training, "Classifier() is left in eval() mode. Do not call `eval()`."
    batches = [torch.randn(10, 1, 28, 28), torch.randn(1, 1, 28, 28) * 3, torch.rand(3, 1, 28, 28)]
    if any(isinstance(parameter, nn.UninitializedParameter) for parameter in network.parameters()):
        for one in (network, other):
            call(one, "Classifier()(x)", batches[0])  # lazy layers get their weights with the first batch
    assert_parameters(network, "Classifier()")
    assert_parameters(other, "Classifier()")
    layers = _layers_by_size(network)
    _layers_by_size(other)
    mine = {id(parameter) for parameter in network.parameters()}
    is_own = not any(id(parameter) in mine for parameter in other.parameters())
    assert is_own, "Two objects of Classifier have the same parameters. Make the layers anew in `__init__`."
    assert_started(network, "Classifier()")
    assert_as_made(network, "Classifier()")
    pairs = zip(network.parameters(), other.parameters(), strict=True)
    is_random = any(not is_same(one, two) for one, two in pairs if one.numel() > 1000)
    assert is_random, (
        "Two objects of Classifier start from the same weights. Leave the random ones, without a seed of your own."
    )
    fill_layers(layers)
    judge_layers(network, [_as_linear(*layer) for layer in layers], batches, "Classifier()(x)")
    _assert_reached(network, batches[0])


def _layers_by_size(network):
    """Return the pairs of weight and bias of the three layers, in whatever form the module holds them."""
    found = list(network.parameters())
    hidden = _hidden_in(network)
    assert found, f"The module has no parameters. {hidden}Make the layers in `__init__`, and assign each to `self`."
    by_size = {parameter.numel(): parameter for parameter in found}
    layers = []
    shapes = "The shapes of your parameters: " + ", ".join(str(tuple(parameter.shape)) for parameter in found)
    for inputs, outputs in itertools.pairwise(WIDTHS):
        for size, what in ((inputs * outputs, "weights"), (outputs, "biases")):
            assert size in by_size, (
                f"No parameter holds the {size:,} {what} of the layer {inputs} → {outputs}. {hidden}{shapes}."
            )
        layers.append((by_size[inputs * outputs], by_size[outputs]))
    total = sum(parameter.numel() for parameter in found)
    assert len(found) == 6, (
        f"The three layers have 109,386 parameters, but yours has {total:,}. What else is there? {shapes}."
    )
    return layers


def _hidden_in(network):
    """Return a sentence on the plain list, tuple or dict in which a module keeps layers; "" if there is none."""
    for name, value in vars(network).items():
        parts = list(value.values()) if isinstance(value, dict) else value
        is_plain = isinstance(value, list | tuple | dict) and not name.startswith("_")
        if is_plain and any(isinstance(part, nn.Module) for part in parts):
            kind = type(value).__name__
            return f"`self.{name}` is a plain {kind}, which hides the parameters of its layers: use an nn.ModuleList. "
    return ""


def _as_linear(weight, bias):
    """Return a weight as [out, in] and a bias as [out]; in a layer of one's own, it may be [in, out] and [1, out]."""
    outputs = bias.numel()
    if weight.shape[0] == outputs:
        return weight.reshape(outputs, -1), bias.reshape(-1)
    return weight.reshape(-1, outputs).T, bias.reshape(-1)


def _assert_reached(network, x):
    """Assert that gradients come back to every parameter."""
    total = call(network, "Classifier()(x)", x).square().sum()
    names = [name for name, _ in network.named_parameters()]
    slopes = call(lambda: torch.autograd.grad(total, list(network.parameters()), allow_unused=True), "total.backward()")
    for name, slope in zip(names, slopes, strict=True):
        assert slope is not None, f"No gradient comes back to {name}: forward uses detach, `.data` or no_grad."


# 2.5

KINDS = {"flatten": nn.Flatten, "fc1": nn.Linear, "relu": nn.ReLU, "dropout": nn.Dropout, "fc2": nn.Linear}


@exercise("2.5")
def same_with_names(named):
    kind = "a class" if isinstance(named, type) else describe(named)
    assert isinstance(named, nn.Sequential), f"`named` should be an object of nn.Sequential, but it is {kind}."
    layers = dict(named._modules)
    assert list(layers) != ["0", "1", "2", "3", "4"], "The layers have no names. Wrap them in an OrderedDict."
    ends = [layer for layer in layers.values() if isinstance(layer, nn.Softmax | nn.LogSoftmax)]
    assert not ends, "There is a softmax at the end. The last layer should return logits."
    assert sorted(layers) == sorted(KINDS), f"The names should be {list(KINDS)}, but they are {list(layers)}."
    assert list(layers) == list(KINDS), f"The order should be {list(KINDS)}, but it is {list(layers)}."
    for name, layer in layers.items():
        assert isinstance(layer, KINDS[name]), f"{name} should be an nn.{KINDS[name].__name__}, but it is {layer}."
    assert as_number(named.dropout.p) == 0.2, f"The rate of the dropout should be 0.2, but it is {named.dropout.p}."
    _assert_widths(named)
    for name, layer in named.named_modules():
        who = name or "named"
        assert layer.training, f"{who} is in eval() mode. Do not call `eval()`."
    try:
        network = copy.deepcopy(named)
    except Exception as error:
        raise AssertionError(f"`named` can't be copied: {type(error).__name__}: {error}") from None
    batches = [torch.randn(10, 1, 28, 28), torch.randn(1, 1, 28, 28) * 3, torch.rand(3, 1, 28, 28)]
    call(network, "named(x)", batches[0])  # lazy layers get their weights
    _assert_widths(network)
    assert_parameters(network, "named")
    assert_started(network, "named")
    assert_as_made(network, "named")
    pairs = [(layer.weight, layer.bias) for layer in (network.fc1, network.fc2)]
    fill_layers(pairs)
    network.dropout.p = 0.0
    judge_layers(network, pairs, batches, "Without dropout, named(x)")


def _assert_widths(network):
    for name, (inputs, outputs) in {"fc1": (784, 128), "fc2": (128, 10)}.items():
        layer = getattr(network, name)
        assert layer.bias is not None, f"{name} has no biases. Leave `bias` at its default."
        widths = layer.in_features, layer.out_features
        is_lazy = isinstance(layer, nn.LazyLinear)  # which learns its inputs from the first batch
        is_right = widths[1] == outputs and (is_lazy or widths[0] == inputs)
        assert is_right, f"{name} should be {inputs} → {outputs}, but it is {widths[0]} → {widths[1]}."


# 2.6


@exercise("2.6")
def count_without_building(count_parameters):
    for widths in [
        [9, 5, 3, 4],
        [784, 256, 128, 10],
        [2, 1],
        [4, 4],
        [4, 7, 4, 9],
        [4, 4, 4],
        [3, 4, 2, 6, 1],
        [1, 1, 1],
        [5] * 9,
        [6, 3, 6, 2, 3],
        [4097, 11009, 4100],
    ]:
        name = f"count_parameters({widths})"
        with no_new_layers():
            result = count_parameters(list(widths))
        kind = type(result).__name__
        assert isinstance(result, int) and not isinstance(result, bool), f"{name} should be an int, but it is a {kind}."
        pairs = list(itertools.pairwise(widths))
        want = sum(a * b + b for a, b in pairs)
        for hint, wrong in _mistakes_of_count(widths, pairs, want, name).items():
            assert result == want or result != wrong, hint
        assert result == want, f"{name} should be {want:,}, but it is {result:,}."


def _mistakes_of_count(widths, pairs, want, name):
    weights, biases = sum(a * b for a, b in pairs), sum(widths[1:])
    ordered = itertools.pairwise(sorted(widths))
    by_index = f"{name}: `index` finds the first of equal widths"
    before = [widths[widths.index(b) - 1] for b in widths[1:]]
    after = [widths[widths.index(a) + 1] for a in widths[:-1]]
    mistakes = {
        f"{name} counts layers of equal widths only once. Count each of them.": sum(a * b + b for a, b in set(pairs)),
        f"{name} loses layers: a dict keeps each width only once. Count each of them.": (
            sum(a * b + b for a, b in dict(pairs).items())
        ),
        f"{name} takes the widths in order of size. Take them as they stand.": sum(a * b + b for a, b in ordered),
        f"{by_index}, and the one before it. Go by position.": (
            sum(a * b + b for a, b in zip(before, widths[1:], strict=True))
        ),
        f"{by_index}, and the one after it. Go by position.": (
            sum(a * b + b for a, b in zip(widths[:-1], after, strict=True))
        ),
        f"{name} counts the weights alone. Each neuron has a bias as well.": weights,
        f"{name} counts biases of the inputs. Only layers have biases.": weights + sum(widths),
        f"{name} counts a bias for each input of a layer, but there is one for each output.": (
            weights + sum(widths[:-1])
        ),
        f"{name} counts one bias for each layer, but there is one for each output.": weights + len(pairs),
        f"{name} subtracts the biases. Add them.": weights - biases,
        f"{name} counts the biases alone. Each layer has weights as well.": biases,
        f"{name} counts the biases twice.": weights + 2 * biases,
        f"{name} counts the biases, and inputs and outputs added up. Multiply them.": (
            sum(a + b for a, b in pairs) + biases
        ),
        f"{name} counts the inputs and outputs added up, and no biases. Multiply them, and add the biases.": (
            sum(a + b for a, b in pairs)
        ),
        f"{name} counts a bias for each weight. There is one for each output: inputs * outputs + outputs.": (
            sum(a * (b + b) for a, b in pairs)
        ),
        f"{name} pairs each width with itself. Pair it with the next one: widths[:-1] with widths[1:].": (
            sum(b * b + b for b in widths[1:])
        ),
        f"{name} pairs each width with itself, also the first. Pair it with the next one.": (
            sum(a * a + a for a in widths)
        ),
        f"{name} counts a layer from the last width to the first as well: widths[-1] is the last entry.": (
            want + widths[-1] * widths[0] + widths[0]
        ),
        f"{name} counts a single layer from the first width to the last. Count each pair of neighbors.": (
            widths[0] * widths[-1] + widths[-1]
        ),
        f"{name} multiplies all widths. Multiply neighbors, and add the layers up.": math.prod(widths) + biases,
        f"{name} multiplies all widths. Multiply neighbors, add the layers up, and add their biases.": math.prod(
            widths
        ),
        f"{name} counts the last layer alone. Add the layers up.": pairs[-1][0] * pairs[-1][1] + pairs[-1][1],
        f"{name} counts the first layer alone. Add the layers up.": pairs[0][0] * pairs[0][1] + pairs[0][1],
        f"{name} leaves out the last layer.": sum(a * b + b for a, b in pairs[:-1]),
        f"{name} leaves out the first layer.": sum(a * b + b for a, b in pairs[1:]),
        f"{name} leaves out the biases of the last layer.": want - widths[-1],
        f"{name} takes the numbers away from the total. Add them.": -want,
        f"{name} is 1 too large. Does the total start at 0?": want + 1,
        f"{name} is 1 too small. Does the total start at 0?": want - 1,
        f"{name} is 0, as if there were no layer.": 0,
        "This is the result for [784, 256, 10]. Use the widths that are given.": 203530,
        "This is the result for the first list of widths. Is something kept between calls?": 84,
        f"{name} contains the result of the call before, which is 84. Start at 0 in each call.": want + 84,
    }
    if len(pairs) > 2:
        first, last = pairs[0], pairs[-1]
        outer = first[0] * first[1] + first[1] + last[0] * last[1] + last[1]
        mistakes[f"{name} counts the first and the last layer only. Go through all layers."] = outer
        skipped = [(widths[0], widths[1]), (widths[1], widths[-1])]
        mistakes[f"{name} takes three widths only. Go through all of them."] = sum(a * b + b for a, b in skipped)
        first_three = pairs[:2]
        mistakes[f"{name} counts the first two layers only. Go through all of them."] = sum(
            a * b + b for a, b in first_three
        )
    return mistakes


@contextlib.contextmanager
def no_new_layers():
    """Assert that no layer with parameters is made."""
    made = []
    handle = register_module_parameter_registration_hook(lambda module, name, parameter: made.append(module))
    try:
        yield
    finally:
        handle.remove()
    assert not made, f"Your code makes an nn.{type(made[0]).__name__}. Count without building the network."


# 2.7


@exercise("2.7", may_change_inputs=True)
def set_one_layer(set_layer):
    for inputs, outputs in [(3, 2), (4, 4), (1, 6), (5, 1), (3, 2)]:
        layer = nn.Linear(inputs, outputs)
        for scale in (1.0, 100.0):
            _judge_set(set_layer, layer, torch.randn(outputs, inputs) * scale, torch.randn(outputs) * scale)
        source = nn.Linear(inputs, outputs)
        _judge_set(set_layer, layer, source.weight, source.bias, "parameters of another layer")
    layer = nn.Linear(4, 3)
    with torch.no_grad():
        layer.weight.fill_(math.nan)
        layer.bias.fill_(math.inf)
    _judge_set(set_layer, layer, torch.randn(3, 4), torch.randn(3), "a layer of nan and inf before")


def _judge_set(set_layer, layer, weight, bias, what=""):
    given = {"weight": weight, "bias": bias}
    kept = {name: tensor.detach().clone() for name, tensor in given.items()}
    old = {name: getattr(layer, name).detach().clone() for name in given}
    with parameters_kept(layer):
        set_layer(layer, weight, bias)
    for name, tensor in given.items():
        is_left = is_same(tensor, kept[name], 0, 0)
        assert is_left, f"The given `{name}` was changed. Only the parameters of the layer should change."
    where = f" ({what})" if what else ""
    for name, want in kept.items():
        result = getattr(layer, name)
        shown = f"After set_layer{where}, `layer.{name}`"
        shape = tuple(want.shape)
        transposed = want.T if want.ndim == 2 else None
        mistakes = {
            f"`layer.{name}` still holds its old numbers. Copy those of `{name}` into it.": old[name],
            f"The numbers of `{name}` were added to the old ones. Copy them.": old[name] + want,
            f"The numbers of `{name}` were subtracted from the old ones. Copy them.": old[name] - want,
            f"The old numbers were multiplied by those of `{name}`. Copy them.": old[name] * want,
            f"All entries of `layer.{name}` are the first of `{name}`. Copy each of them.": want[:1].expand(shape),
            f"`layer.{name}` holds the numbers of `{name}` transposed.": transposed,
            f"The last entry of `layer.{name}` still holds old numbers. Copy all of them.": (
                torch.cat([want[:-1], old[name][-1:]])
            ),
            f"Only the first entry of `layer.{name}` was set. Copy all of them.": torch.cat([want[:1], old[name][1:]]),
            f"`layer.{name}` is all ones. Copy the numbers of `{name}`.": torch.ones(shape),
            f"`layer.{name}` holds the numbers of `{name}` only nearly, since sums are rounded. Copy them.": (
                result.detach() if is_same(result, want, atol=1e-4) else None
            ),
        }
        assert_values(result.detach(), want, shown, mistakes, atol=0, rtol=1e-6)
        is_own = not shares_memory(result, given[name])
        assert is_own, (
            f"`layer.{name}` now lies in the memory of the given `{name}`, so changing one changes the other. "
            "Copy the numbers."
        )


# 2.8


@exercise("2.8")
def which_cannot_learn(learns):
    truth = {"plain": "yes", "zeros": "no", "listed": "no", "linear": "yes"}
    hints = {
        "plain": "this is an ordinary network. Most of this course uses it.",
        "zeros": "all neurons are twins, and a ReLU of 0 passes nothing on.",
        "listed": "a module does not see a plain list, so training has no parameters to change.",
        "linear": "without an activation it is no more than a single layer, but a single layer learns as well.",
    }

    def read(word):
        if word.strip().lower() not in ("yes", "no"):
            raise ValueError
        return word.strip().lower()

    assert_predictions(learns, truth, hints, read, '"yes" or "no"')


# 2.9


@exercise("2.9")
def network_of_any_depth(deep_network):
    for widths, shape in [
        ([16, 8, 6, 4], (1, 4, 4)),
        ([4, 2], (1, 2, 2)),
        ([12, 5, 5, 5, 5, 3, 7], (1, 3, 4)),
        ([9, 4, 9], (1, 3, 3)),
        ([6, 4, 6, 4], (1, 2, 3)),
        ([9] * 5, (1, 3, 3)),
        ([784, 256, 10], (1, 28, 28)),
    ]:
        name = f"deep_network({widths})"
        network, other = deep_network(list(widths)), deep_network(list(widths))
        layers = _judge_structure(network, widths, shape, name)
        others = {id(parameter) for parameter in other.parameters()} if isinstance(other, nn.Module) else set()
        is_new = not any(id(parameter) in others for parameter in network.parameters())
        assert is_new, f"Two calls of {name} return networks with the same parameters. Make new layers in each call."
        pairs = [(layer.weight, layer.bias) for layer in layers]
        fill_layers(pairs)
        batches = [torch.randn(n, *shape) for n in (widths[-1], 1, 7)]
        judge_layers(network, pairs, batches, f"{name}(x)")


def _judge_structure(network, widths, shape, name):
    """Judge which layers a network has; return the linear ones."""
    kind = "a class" if isinstance(network, type) else describe(network)
    assert isinstance(network, nn.Sequential), f"{name} should be an nn.Sequential, but it is {kind}."
    x = torch.randn(3, *shape)
    layers = linear_modules(network)
    if any(isinstance(layer, nn.LazyLinear) for layer in layers):
        call(network, f"{name}(x)", x)  # lazy layers get their weights
    is_new = len({id(layer) for layer in layers}) == len(layers)
    assert is_new, f"In {name} a linear layer is used twice. Make a new one for each pair of widths."
    pairs = [(layer.in_features, layer.out_features) for layer in layers]
    wanted = list(itertools.pairwise(widths))
    assert pairs == wanted, f"The linear layers of {name} should be {_arrows(wanted)}, but they are {_arrows(pairs)}."
    for layer, pair in zip(layers, wanted, strict=True):
        assert layer.bias is not None, f"The layer {_arrows([pair])} of {name} has no biases. Leave `bias` as it is."
    total, count = sum(a * b + b for a, b in wanted), sum(parameter.numel() for parameter in network.parameters())
    assert count == total, f"{name} has {count:,} parameters, but its linear layers have {total:,}. What else is there?"
    assert network.training, f"{name} is left in eval() mode. Do not call `eval()`."
    assert_parameters(network, name)
    assert_started(network, name)
    assert_as_made(network, name)
    needs_rows = False
    with contextlib.suppress(Exception):
        network(x.flatten(1))
        needs_rows = True
    try:
        network(x)
    except Exception:
        hint = f"{name} takes rows of {widths[0]} numbers, but no pictures: nn.Flatten should come first."
        assert not needs_rows, hint
        call(network, f"{name}(x) for pictures of shape {tuple(x.shape)}", x)
    return layers


def _arrows(pairs):
    """Return pairs of widths as text: "16 → 8, 8 → 4"."""
    return ", ".join(f"{inputs} → {outputs}" for inputs, outputs in pairs) or "none"


# 2.10


@exercise("2.10", may_change_inputs=True)
def he_by_hand(he_init):
    for inputs, outputs, start in [(500, 100, None), (60, 900, 0.0), (300, 300, math.nan)]:
        layers = []
        for _ in range(2):
            layer = nn.Linear(inputs, outputs)
            with torch.no_grad():
                layer.bias.fill_(0.5)
                if start is not None:
                    layer.weight.fill_(start)
            _judge_drawn(he_init, layer, start)
            layers.append(layer)
        is_new = not is_same(layers[0].weight, layers[1].weight)
        assert is_new, (
            "Two layers of the same size get the same weights. Draw new ones for each, without a seed of your own."
        )


def _judge_drawn(he_init, layer, start):
    before = layer.weight.detach().clone()
    with parameters_kept(layer):
        he_init(layer)
    weight, bias = layer.weight.detach(), layer.bias.detach()
    shape = tuple(before.shape)
    assert weight.shape == before.shape, f"`layer.weight` had the shape {shape}, and now it has {tuple(weight.shape)}."
    where = f"The layer has {layer.in_features} inputs and {layer.out_features} outputs."
    olds = "" if start is None else f" All weights of the layer were {start} before."
    assert bool(weight.isfinite().all()), (
        f"Draw new weights, whatever the old ones were: after he_init some are nan or inf.{olds}"
    )
    assert not bool((weight == weight[0, 0]).all()), (
        f"All weights are {weight[0, 0]:.4g}. Draw each anew, whatever the old ones were: normal_(mean, std)."
    )
    assert not is_same(weight, before), "The weights have not changed. Draw new ones."
    assert not bool((weight == weight[0]).all()), "All neurons get the same row of weights. Draw each weight anew."
    assert not bool((weight == weight[:, :1]).all()), "All weights of a neuron are equal. Draw each weight anew."
    if start is not None:
        kept = int((weight == start).sum()) if start == start else 0
        assert kept < 10, f"{kept} weights still have their old value. Draw all of them anew."
    different = weight.abs().unique().numel()
    assert different > 1, "All weights have the same size, and only their signs differ. Draw each weight anew."
    assert different > 0.9 * weight.numel(), (
        f"The {weight.numel():,} weights have only {different:,} different sizes. Draw each weight anew."
    )
    _judge_spread(weight, layer.in_features, layer.out_features, where)
    is_zero = bias.shape == (layer.out_features,) and bool((bias == 0).all())
    assert is_zero, "The biases should be 0, all of them."


def _judge_spread(weight, n, m, where):
    """Judge mean and standard deviation of weights, of all and of each row and column; n inputs, m outputs."""
    right, mean, std = math.sqrt(2 / n), weight.mean().item(), weight.std().item()
    close = 6 * right / math.sqrt(weight.numel())
    assert abs(mean) <= max(close, 6 * std / math.sqrt(weight.numel())), (
        f"The weights are centered on {mean:.4f}. Their mean should be 0."
    )
    mistakes = {
        "The standard deviation is 2 / n. Take the square root.": 2 / n,
        "The standard deviation is computed from the outputs. n is the number of inputs.": math.sqrt(2 / m),
        "The standard deviation is computed from the number of all weights. n is the number of inputs.": (
            math.sqrt(2 / (n * m))
        ),
        "The standard deviation is sqrt(1 / n), so the 2 is missing.": math.sqrt(1 / n),
        "The standard deviation is sqrt(3 / n), but it should be sqrt(2 / n).": math.sqrt(3 / n),
        "The standard deviation is sqrt(2 / (inputs + outputs)). n is the number of inputs alone.": (
            math.sqrt(2 / (n + m))
        ),
        "The standard deviation is that of nn.Linear's own weights, sqrt(1 / (3 n)).": math.sqrt(1 / (3 * n)),
        "The weights reach to sqrt(2 / n) and are spread evenly, so their standard deviation is smaller.": (
            right / math.sqrt(3)
        ),
        "The standard deviation is sqrt(n / 2): the fraction stands upside down.": math.sqrt(n / 2),
        "The standard deviation is sqrt(2 n): divide by n.": math.sqrt(2 * n),
        "The standard deviation is 2 n: divide by n, and take the square root.": 2 * n,
        "The standard deviation is 2 / sqrt(n). The 2 belongs under the root.": 2 / math.sqrt(n),
        "The standard deviation is sqrt(2) / n. The n belongs under the root as well.": math.sqrt(2) / n,
        "The standard deviation is 1 / n, but it should be sqrt(2 / n).": 1 / n,
        "The standard deviation is 1. It should be sqrt(2 / n).": 1.0,
        "The standard deviation is (2 / n) squared. Take the square root.": (2 / n) ** 2,
        "The standard deviation is 2 + n. Divide 2 by n, and take the square root.": 2 + n,
        "The standard deviation is that for 400 inputs. n is the number of inputs of the given layer.": (
            math.sqrt(2 / 400)
        ),
        "The standard deviation is that for 784 inputs. n is the number of inputs of the given layer.": (
            math.sqrt(2 / 784)
        ),
    }
    for hint, wrong in mistakes.items():
        assert abs(std - right) <= 0.03 * right or abs(std - wrong) > 0.03 * wrong, f"{hint} {where}"
    differs = f"{std:.4f}. It is {std / right:.3g} times what it should be. {where}"
    assert abs(std - right) <= 0.025 * right, f"The standard deviation should be {right:.4f}, but it is {differs}"
    # of 27,000 or more normal numbers some are beyond 2.5 standard deviations; evenly spread ones end at 1.74
    assert weight.abs().max() > 2.5 * right, (
        "The standard deviation is right, but the weights are spread evenly. Draw them from the normal distribution."
    )
    for dim, name in ((1, "row"), (0, "column")):
        size = weight.shape[dim]
        stds, means = weight.std(dim=dim), weight.mean(dim=dim)
        odd = ((stds - right).abs() > 7 * right / math.sqrt(2 * size)) | (means.abs() > 6 * right / math.sqrt(size))
        index = int(odd.nonzero()[0]) if bool(odd.any()) else None
        assert index is None, (
            f"In {name} {index} of the weights, mean and standard deviation are not those of the rest."
        )
