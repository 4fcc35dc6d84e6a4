"""The course's answers to the exercises of Part 8, one section each: the instructor's key."""

import copy

import torch
import torch.nn.functional as F
from torch import nn


# %% 8.1 A residual block
class Block(nn.Module):
    """A residual block: [N, inputs, H, W] -> [N, outputs, H / stride, W / stride]."""

    def __init__(self, inputs, outputs, stride=1):
        super().__init__()
        first = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False), nn.BatchNorm2d(outputs)
        second = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs)
        self.branch = nn.Sequential(*first, nn.ReLU(), *second)
        project = nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else nn.Sequential(*project)

    def forward(self, x):
        return (self.branch(x) + self.shortcut(x)).relu()


# %% 8.2 Predict what moves
moves = {
    "A": ["weights", "statistics", "head"],
    "B": ["statistics", "head"],  # no gradient for the weights, but train() mode
    "C": ["head"],
    "D": ["statistics", "head"],  # the optimizer holds only the head, but train() mode
    "E": ["weights"],  # the optimizer holds the old head; the new one is never moved
}


# %% 8.3 Swap the head
def swap_head(network, classes):
    """Return a copy with a new head, all else frozen, and an optimizer for the head."""
    model = copy.deepcopy(network).requires_grad_(False).eval()
    model.fc = nn.Linear(network.fc.in_features, classes)
    return model, torch.optim.AdamW(model.fc.parameters(), lr=0.01)


# %% 8.4 Cache the features
def cache_features(backbone, pictures):
    """Return the features of all pictures, float32 [N, 512], on the CPU."""
    backbone.eval()
    with torch.no_grad():
        return torch.cat([backbone(to_input(batch)).cpu() for batch in pictures.split(25)])


# %% 8.5 Two learning rates
def two_groups(model, lr, factor):
    """Return two groups: the backbone with lr / factor, then the head with lr."""
    learning = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    head = [p for name, p in learning if name.startswith("fc.")]
    rest = [p for name, p in learning if not name.startswith("fc.")]
    return [{"params": rest, "lr": lr / factor}, {"params": head, "lr": lr}]


# %% 8.6 Move everything to the device
def batch_loss(model, pictures, labels, device):
    """Return the weighted loss of a batch, computed on the device."""
    model.to(device)
    x = pictures.to(device).float() / 127.5 - 1  # to returns the moved tensor
    weight = torch.tensor([1.0, 3.0], device=device)  # made there
    return F.cross_entropy(model(x), labels.to(device), weight=weight)


# %% 8.7 Write the evaluation
def evaluate(model, x, y, classes):
    """Return counts [classes, classes], a row for each true class, and the loss of each picture [N]."""
    was, logits = model.training, []
    model.eval()
    with torch.no_grad():
        for batch in x.split(25):
            logits.append(model(to_input(batch)).cpu())
    model.train(was)
    logits = torch.cat(logits)
    places = y * classes + logits.argmax(dim=1)  # each pair of truth and answer has a place of its own
    counts = torch.bincount(places, minlength=classes**2).reshape(classes, classes)
    return counts, F.cross_entropy(logits, y, reduction="none")


# %% 8.8 Predict the shapes
shapes = {
    "maps of layer4": (1, 512, 7, 7),  # 224 / 32 = 7
    "their gradient": (1, 512, 7, 7),
    "weights, with keepdim=True": (1, 512, 1, 1),
    "weights times maps": (1, 512, 7, 7),
    "the sum over the channels, dim=1": (1, 7, 7),
}


# %% 8.9 Grad-CAM
def grad_cam(model, layer, x, label):
    """Return the heat map [h, w] of a layer: which places speak for the class."""
    noted = []
    hook = layer.register_forward_hook(lambda layer, x, y: noted.append(y))
    with torch.enable_grad():
        logits = model(x.clone().requires_grad_(True))
    hook.remove()
    slopes = torch.autograd.grad(logits[0, label], noted[0])[0]
    weights = slopes.mean(dim=(2, 3), keepdim=True)
    return (weights * noted[0]).sum(dim=1)[0].relu().detach()


# %% 8.10 Distill a big network into a small one
def distill_loss(student, teacher, T):
    """Return how far the student's softened answers are from the teacher's, times T squared."""
    log_q = F.log_softmax(student / T, dim=1)
    log_p = F.log_softmax(teacher.detach() / T, dim=1)
    return F.kl_div(log_q, log_p, log_target=True, reduction="batchmean") * T**2


# %% 8.11 Quantize and measure
def quantize(weight):
    """Return whole numbers, int8, and a scale for each output channel."""
    scale = weight.detach().flatten(1).abs().amax(dim=1).clamp(min=1e-12) / 127
    steps = weight.detach() / scale.view(-1, *[1] * (weight.ndim - 1))
    return steps.round().to(torch.int8), scale
