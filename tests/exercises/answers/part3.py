"""Wrong and right answers to the exercises of Part 3, Training."""

from textwrap import indent

from answer_kinds import Right, Wrong

ENTROPY = "def cross_entropy(logits, labels):\n    "
PICKED = "logits.log_softmax(-1)[torch.arange(len(labels)), labels]"
GRADIENT = "def gradient(w, b, x, y):\n    error = w * x + b - y\n    return "
QUESTIONS = ["after the first backward", "after a second backward", "after p.grad.zero_()", "after a third backward"]
GRADS = f"grads = dict(zip({QUESTIONS}, {{}}))"
STEP = "def sgd_step(parameters, lr):\n    with torch.no_grad():\n        for p in parameters:\n            "
BUGS = 'bugs = {{"A": "{}", "B": "{}", "C": "{}", "D": "{}"}}'
ACCURACY = "def accuracy(logits, labels):\n    "
EPOCH = """def train_epoch(model, loader, loss_fn, optimizer):
    losses, sizes = [], []
    for x, y in loader:
        {}
        losses.append(loss.item())
        sizes.append(len(x))
    return {}"""
SOUND = "optimizer.zero_grad(); loss = loss_fn(model(x), y); loss.backward(); optimizer.step()"
MEAN = "sum(a * b for a, b in zip(losses, sizes)) / sum(sizes)"
MOMENTUM = """def momentum_step(parameters, velocities, lr, momentum):
    with torch.no_grad():
        for p, v in zip(parameters, velocities):
            {}"""
TRAINED = """torch.manual_seed(0)
best = {network}
optimizer = torch.optim.Adam(best.parameters(), lr={rate}, fused=True)
for epoch in range({epochs}):
    optimizer.param_groups[0]["lr"] = {rate} * (1 - epoch / {epochs})
    order = torch.randperm(len({x}))
    for part in order.split(64):
        x, y = {x}[part], {y}[part]
        optimizer.zero_grad()
        F.cross_entropy(best(x.roll(torch.randint(-2, 3, (2,)).tolist(), dims=(2, 3))), y).backward()
        optimizer.step()
"""
CONVOLUTIONS = (
    "nn.Sequential(nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), "
    "nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 128), nn.ReLU(), nn.Linear(128, 10))"
)
PLAIN = "nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))"


def spoiled(code, name, lines):
    """Return an answer whose function is wrapped: the lines use `right(...)`, `args` and `state`, a dict that stays."""
    body = "\n".join(f"    {line}" for line in lines.splitlines())
    return f"{code}\n\nright, state = {name}, {{}}\n\ndef {name}(*args):\n{body}\n"


def trained(network=PLAIN, epochs=1, x="X_fit", y="Y_fit", rate=0.002):
    """Return an answer that trains a network."""
    return TRAINED.format(network=network, epochs=epochs, x=x, y=y, rate=rate)


KEPT = {}  # a network that two answers use: trained once
GOOD_BEST = f"""from answers.part3 import KEPT
if "best" not in KEPT:
{indent(trained(CONVOLUTIONS, 12), "    ")}
    KEPT["best"] = best
best = KEPT["best"]
"""
GOOD_ENTROPY = ENTROPY + f"return -{PICKED}.mean()"
GOOD_GRADIENT = GRADIENT + "torch.stack([(2 * error * x).mean(), (2 * error).mean()])"
GOOD_STEP = STEP + "p -= lr * p.grad"
GOOD_ACCURACY = ACCURACY + "return (logits.argmax(1) == labels).float().mean()"
GOOD_EPOCH = EPOCH.format(SOUND, MEAN)
GOOD_MOMENTUM = MOMENTUM.format("v.mul_(momentum).add_(p.grad); p.sub_(lr * v)")


ANSWERS = {
    "3.1": [
        Wrong("log of logits", ENTROPY + "return -logits[torch.arange(len(labels)), labels].log().mean()"),
        Wrong("mean over all classes", ENTROPY + "return -logits.log_softmax(-1).mean()"),
        Wrong("The sign is wrong", ENTROPY + f"return {PICKED}.mean()"),
        Wrong("sum over the batch", ENTROPY + f"return -{PICKED}.sum()"),
        Wrong("one loss for each picture", ENTROPY + f"return -{PICKED}"),
        Wrong("raw logits", ENTROPY + "return -logits[torch.arange(len(labels)), labels].mean()"),
        Wrong("logarithm is missing", ENTROPY + f"return -{PICKED}.exp().mean()"),
        Wrong(
            "should run over the classes",
            ENTROPY + "return -logits.log_softmax(0)[torch.arange(len(labels)), labels].mean()",
        ),
        Wrong("leave out `.item", ENTROPY + f"return -{PICKED}.mean().item()"),
        Wrong(
            "large logits.*softmax gives exactly 0",
            ENTROPY + "return -logits.softmax(-1)[torch.arange(len(labels)), labels].log().mean()",
        ),
        Wrong(
            "large logits.*overflow",
            ENTROPY + "e = logits.exp()\n    p = e / e.sum(1, keepdim=True)\n"
            "    return -p[torch.arange(len(labels)), labels].log().mean()",
        ),
        Wrong(
            "large logits.*A bound",
            ENTROPY + "return -logits.softmax(-1).clamp(min=1e-30)[torch.arange(len(labels)), labels].log().mean()",
        ),
        Wrong("large logits", ENTROPY + f"return -({PICKED}.exp() + 1e-12).log().mean()"),
        Wrong(
            "PyTorch's own loss, `cross_entropy`", ENTROPY + "return torch.nn.functional.cross_entropy(logits, labels)"
        ),
        Wrong("PyTorch's own loss", ENTROPY + "return nn.CrossEntropyLoss()(logits, labels)"),
        Wrong("PyTorch's own loss, `nll_loss`", ENTROPY + "return F.nll_loss(logits.log_softmax(-1), labels)"),
        Wrong(
            "PyTorch's own loss",
            "from torch.nn.functional import cross_entropy as kept\n\ndef cross_entropy(logits, labels):\n"
            "    return kept(input=logits, target=labels)",
        ),
        Wrong(
            "PyTorch's own loss",
            "import functools\nfrom torch.nn.functional import cross_entropy as own\n"
            "cross_entropy = functools.partial(own, reduction='mean')",
        ),
        Wrong("number of classes|divided by", ENTROPY + f"return -{PICKED}.sum() / 4"),
        Wrong("times what it should be|divided by the number", ENTROPY + f"return -{PICKED}.sum() / 6"),
        Wrong("divided by the number of classes", ENTROPY + f"return -{PICKED}.sum() / logits.shape[1]"),
        Wrong("last picture of the batch", ENTROPY + f"return -{PICKED}[:-1].mean()"),
        Wrong("first picture alone", ENTROPY + f"return -{PICKED}[0]"),
        Wrong("Whole columns", ENTROPY + "return -logits.log_softmax(-1)[:, labels].mean()"),
        Wrong("cut off from the logits", ENTROPY + f"return -{PICKED}.mean().detach()"),
        Wrong("cut off from the logits", ENTROPY + f"return torch.tensor(-{PICKED}.mean().item())"),
        Wrong("cut off", "@torch.no_grad()\n" + GOOD_ENTROPY),
        Wrong("rounded", ENTROPY + f"return (-{PICKED}.mean() * 10).round() / 10"),
        Wrong("changes what it is given", ENTROPY + f"logits -= logits.max()\n    return -{PICKED}.mean()"),
        Wrong(
            "base 2|base 10", ENTROPY + "return -logits.softmax(-1)[torch.arange(len(labels)), labels].log2().mean()"
        ),
        Wrong(
            "an earlier call", spoiled(GOOD_ENTROPY, "cross_entropy", "return state.setdefault('first', right(*args))")
        ),
        Wrong("in your line", ENTROPY + "return -logits.log_softmax(-1)[torch.arange(6), labels].mean()"),
        Wrong("shape \\(\\), but it has \\(1,\\)", ENTROPY + f"return -{PICKED}.mean()[None]"),
        Wrong(
            "softmax is taken twice|Softmax is taken twice",
            ENTROPY + f"return -{PICKED.replace('logits.', 'logits.softmax(-1).')}.mean()",
        ),
        Wrong("before the logarithm", ENTROPY + f"return -{PICKED}.exp().mean().log()"),
        Wrong(
            "gradient is not",
            ENTROPY + "return -(logits[torch.arange(len(labels)), labels] - logits.detach().logsumexp(-1)).mean()",
        ),
        Wrong("median", ENTROPY + f"return -{PICKED}.median()"),
        Wrong("returns nothing", ENTROPY + f"-{PICKED}.mean()"),
        Wrong("seeds PyTorch", ENTROPY + f"torch.manual_seed(0)\n    return -{PICKED}.mean()"),
        Right(ENTROPY + "return -torch.distributions.Categorical(logits=logits).log_prob(labels).mean()"),
        Right(ENTROPY + "return (logits.logsumexp(1) - logits.gather(1, labels[:, None])[:, 0]).mean()"),
        Right(
            ENTROPY + "total = 0\n    for row, label in zip(logits.log_softmax(-1), labels):\n"
            "        total = total - row[label]\n    return total / len(labels)"
        ),
        Right(ENTROPY + "return -(logits.log_softmax(1) * F.one_hot(labels, logits.shape[1])).sum(1).mean()"),
        Right(
            ENTROPY + "z = logits - logits.max(dim=1, keepdim=True).values\n"
            "    logs = z - z.exp().sum(1, keepdim=True).log()\n"
            "    return -logs[range(len(labels)), labels].mean()"
        ),
        Right(ENTROPY + "return -torch.take_along_dim(F.log_softmax(logits, dim=1), labels.unsqueeze(1), 1).mean()"),
        Right("cross_entropy = lambda logits, labels: -logits.log_softmax(-1).gather(1, labels.view(-1, 1)).mean()"),
        Right(
            ENTROPY + "logs = nn.LogSoftmax(dim=1)(logits.double())\n"
            "    return -torch.stack([logs[i, k] for i, k in enumerate(labels.tolist())]).mean()"
        ),
        Right(
            ENTROPY + "mask = F.one_hot(labels, logits.size(1)).bool()\n    return -logits.log_softmax(-1)[mask].mean()"
        ),
    ],
    "3.2": [
        Wrong("factor 2", GRADIENT + "torch.stack([(error * x).mean(), error.mean()])"),
        Wrong("slope of the error is x", GRADIENT + "torch.stack([(2 * error).mean(), (2 * error).mean()])"),
        Wrong("sum over the points", GRADIENT + "torch.stack([(2 * error * x).sum(), (2 * error).sum()])"),
        Wrong("sign is turned", GRADIENT + "torch.stack([(-2 * error * x).mean(), (-2 * error).mean()])"),
        Wrong("comes first", GRADIENT + "torch.stack([(2 * error).mean(), (2 * error * x).mean()])"),
        Wrong("mean over the points is missing", GRADIENT + "torch.stack([2 * error * x, 2 * error])"),
        Wrong("one tensor, not a tuple", GRADIENT + "(2 * error * x).mean(), (2 * error).mean()"),
        Wrong(
            "changes what it is given|Autograd computes",
            "def gradient(w, b, x, y):\n    w.requires_grad_(), b.requires_grad_()\n"
            "    ((w * x + b - y) ** 2).mean().backward()\n    return torch.stack([w.grad, b.grad])",
        ),
        Wrong(
            "Autograd computes",
            "def gradient(w, b, x, y):\n    w, b = w.clone().requires_grad_(), b.clone().requires_grad_()\n"
            "    return torch.stack(torch.autograd.grad(((w * x + b - y) ** 2).mean(), (w, b)))",
        ),
        Wrong(
            "Autograd computes",
            "def gradient(w, b, x, y):\n    with torch.enable_grad():\n        w, b = nn.Parameter(w), nn.Parameter(b)\n"
            "        ((w * x + b - y) ** 2).mean().backward()\n    return torch.stack([w.grad, b.grad])",
        ),
        Wrong(
            "Autograd computes",
            "def gradient(w, b, x, y):\n    loss = lambda w, b: ((w * x + b - y) ** 2).mean()\n"
            "    return torch.stack(torch.func.grad(loss, argnums=(0, 1))(w, b))",
        ),
        Wrong(
            "Autograd computes",
            "def gradient(w, b, x, y):\n    loss = lambda w, b: ((w * x + b - y) ** 2).mean()\n"
            "    return torch.stack(torch.autograd.functional.jacobian(loss, (w, b)))",
        ),
        Wrong("divided by 4", GRADIENT + "torch.stack([(2 * error * x).sum(), (2 * error).sum()]) / 4"),
        Wrong("divided by 20", GRADIENT + "torch.stack([(2 * error * x).sum(), (2 * error).sum()]) / 20"),
        Wrong("divided by n - 1", GRADIENT + "torch.stack([(2 * error * x).sum(), (2 * error).sum()]) / (len(x) - 1)"),
        Wrong("For b, the slope of the error is 1", GRADIENT + "torch.stack([(2 * error * x).mean()] * 2)"),
        Wrong("product of two means", GRADIENT + "torch.stack([2 * error.mean() * x.mean(), 2 * error.mean()])"),
        Wrong("bias b is missing", GOOD_GRADIENT.replace(" + b", "")),
        Wrong("target y is not subtracted", GOOD_GRADIENT.replace(" - y", "")),
        Wrong("target y is added", GOOD_GRADIENT.replace("- y", "+ y")),
        Wrong(
            "slope for b has the wrong sign", GRADIENT + "torch.stack([(2 * error * x).mean(), -(2 * error).mean()])"
        ),
        Wrong("slope for b is a sum", GRADIENT + "torch.stack([(2 * error * x).mean(), (2 * error).sum()])"),
        Wrong("not the square", GRADIENT + "torch.stack([(error ** 2 * x).mean(), (error ** 2).mean()])"),
        Wrong("rounded", spoiled(GOOD_GRADIENT, "gradient", "return right(*args).round(decimals=1)")),
        Wrong("rounded", spoiled(GOOD_GRADIENT, "gradient", "return right(*args).half()")),
        Wrong("earlier call", spoiled(GOOD_GRADIENT, "gradient", "return state.setdefault('first', right(*args))")),
        Wrong("beyond 1", spoiled(GOOD_GRADIENT, "gradient", "return right(*args).clamp(-1, 1)")),
        Wrong(
            "shape should be \\(2,\\), not \\(2, 1\\)",
            GRADIENT + "torch.stack([(2 * error * x).mean(), (2 * error).mean()])[:, None]",
        ),
        Wrong("divided by x", GRADIENT + "torch.stack([(2 * error / x).mean(), (2 * error).mean()])"),
        Wrong(
            "all values are nan",
            GRADIENT + "torch.stack([(error**2 / error * x).mean(), (error**2 / error).mean()]) * 2",
        ),
        Wrong(
            "For w, the slope of the error is x, not w",
            GRADIENT + "torch.stack([(2 * error * w).mean(), (2 * error).mean()])",
        ),
        Right(GRADIENT + "torch.tensor([(2 * error * x).mean().item(), 2 * error.mean().item()])"),
        Right(GRADIENT + "2 * torch.stack([x, torch.ones_like(x)]) @ error / len(x)"),
        Right(
            "def gradient(w, b, x, y):\n    e = [2 * (w * xi + b - yi) for xi, yi in zip(x, y)]\n"
            "    return torch.stack([sum(a * c for a, c in zip(e, x)), sum(e)]) / len(x)"
        ),
        Right(GRADIENT + "torch.stack((2 * torch.dot(error, x) / x.numel(), error.sum() * 2 / x.numel()))"),
        Right(
            "def gradient(w, b, x, y):\n    w, b, x, y = (t.double() for t in (w, b, x, y))\n    e = b - y + x * w\n"
            "    return torch.cat([(e * x).mean().view(1), e.mean().view(1)]).mul(2)"
        ),
        Right(
            "gradient = lambda w, b, x, y: torch.stack([-2 * ((y - w * x - b) * x).mean(), -2 * (y - w * x - b).mean()])"
        ),
        Right(
            "def gradient(w, b, x, y):\n    result = torch.zeros(2)\n    for xi, yi in zip(x.tolist(), y.tolist()):\n"
            "        error = w * xi + b - yi\n        result += 2 * error * torch.tensor([xi, 1.0])\n    return result / len(x)"
        ),
    ],
    "3.3": [
        Wrong("backward` adds", GRADS.format("[6, 6, 0, 6]")),
        Wrong("slope of p", GRADS.format("[9, 18, 0, 9]")),
        Wrong("same slope once more", GRADS.format("[6, 36, 0, 6]")),
        Wrong("sets the gradient to 0", GRADS.format("[6, 12, 12, 18]")),
        Wrong("one `backward` gives one slope", GRADS.format("[6, 12, 0, 18]")),
        Wrong("is missing", "grads = {'after the first backward': 6}"),
        Wrong("write a number", GRADS.format("['6', '12', '0', '6']")),
        Wrong("write a number", GRADS.format("[6, 12, None, 6]")),
        Wrong("write a number", GRADS.format("[6, 12, False, 6]")),
        Wrong("write a number", GRADS.format("[6, torch.ones(2), 0, 6]")),
        Wrong("Keep the dict", "grads = [6, 12, 0, 6]"),
        Wrong("slope of p", GRADS.format("[6.5, 12, 0, 6]")),
        Wrong("sets the gradient to 0", GRADS.format("[6, 12, float('nan'), 6]")),
        Wrong("is missing", "grads = dict(first=6, second=12, third=0, fourth=6)"),
        Right(GRADS.format("[6.0, 12.0, 0.0, 6.0]")),
        Right(GRADS.format("[2 * 3, 4 * 3, 0, 2 * 3]")),
        Right(GRADS.format("torch.tensor([6, 12, 0, 6]).tolist()")),
        Right(GRADS.format("torch.tensor([6.0, 12.0, 0.0, 6.0])")),
        Right(
            f"p, seen = torch.tensor(3.0, requires_grad=True), []\nfor clear in (0, 0, 1, 0):\n"
            f"    p.grad.zero_() if clear else (p ** 2).backward()\n    seen.append(p.grad.clone())\n"
            f"grads = dict(zip({QUESTIONS}, seen))"
        ),
        Right(GRADS.format("[-0.0 + 6, 12, -0.0, 6]")),
    ],
    "3.4": [
        Wrong("went uphill", STEP + "p += lr * p.grad"),
        Wrong("No parameter has moved.*new tensor", STEP + "p = p - lr * p.grad"),
        Wrong(
            "in-place operation", "def sgd_step(parameters, lr):\n    for p in parameters:\n        p -= lr * p.grad"
        ),
        Wrong("learning rate is missing", STEP + "p -= p.grad"),
        Wrong("gradient of .* has changed", STEP + "p -= p.grad.mul_(lr)"),
        Wrong("lost its gradient", STEP + "p -= lr * p.grad\n            p.grad = None"),
        Wrong("gradient of .* has changed", STEP + "p -= lr * p.grad\n            p.grad.zero_()"),
        Wrong("0.1 times its gradient, downhill, but lr is 0.5", STEP + "p -= 0.1 * p.grad"),
        Wrong("0.2 times its gradient, downhill, but lr is 0.1", STEP + "p -= 2 * lr * p.grad"),
        Wrong(
            "leaves gradients at False",
            "def sgd_step(parameters, lr):\n    torch.set_grad_enabled(False)\n    for p in parameters:\n        p -= lr * p.grad",
        ),
        Wrong(
            "parameters\\[1\\] of 2 has not moved",
            "def sgd_step(parameters, lr):\n    with torch.no_grad():\n        parameters[0] -= lr * parameters[0].grad",
        ),
        Wrong(
            "parameters\\[2\\] of 4 has not moved",
            "def sgd_step(parameters, lr):\n    with torch.no_grad():\n        for p in parameters[:2]:\n            p -= lr * p.grad",
        ),
        Wrong(
            "parameters\\[1\\] of 2 has not moved",
            STEP.replace("in parameters", "in parameters[:-1]") + "p -= lr * p.grad",
        ),
        Wrong(
            "parameters\\[0\\] of 2 has not moved",
            STEP.replace("in parameters", "in parameters[1:]") + "p -= lr * p.grad",
        ),
        Wrong(
            "changes the list",
            "def sgd_step(parameters, lr):\n    for i, p in enumerate(parameters):\n        parameters[i] = (p - lr * p.grad).detach().requires_grad_()",
        ),
        Wrong("changes the list", GOOD_STEP + "\n    parameters.clear()"),
        Wrong(
            "no longer requires gradients",
            "def sgd_step(parameters, lr):\n    for p in parameters:\n        p.requires_grad_(False)\n        p -= lr * p.grad",
        ),
        Wrong("sign of the gradient", STEP + "p -= lr * p.grad.sign()"),
        Wrong("length 1", STEP + "p -= lr * p.grad / p.grad.norm()"),
        Wrong("clipped", STEP + "p -= lr * p.grad.clamp(-1, 1)"),
        Wrong("replaced by the step", STEP + "p.copy_(lr * p.grad)"),
        Wrong("added to each other", STEP + "p -= lr + p.grad"),
        Wrong("divided by lr", STEP + "p -= p.grad / lr"),
        Wrong("rounded", STEP + "p.copy_((p - lr * p.grad).round(decimals=1))"),
        Wrong("gradient of .* has changed", GOOD_STEP + "\n            p.grad *= lr"),
        Wrong(
            "second step|No parameter has moved",
            spoiled(GOOD_STEP, "sgd_step", "if not state:\n    right(*args)\nstate['done'] = 1"),
        ),
        Wrong("times its gradient", spoiled(GOOD_STEP, "sgd_step", "right(args[0], state.setdefault('lr', args[1]))")),
        Wrong(
            "No parameter has moved", spoiled(GOOD_STEP, "sgd_step", "right(state.setdefault('p', args[0]), args[1])")
        ),
        Wrong(
            "dtype",
            "def sgd_step(parameters, lr):\n    for p in parameters:\n        p.data = (p.data - lr * p.grad).float()",
        ),
        Wrong(
            "in your line",
            "def sgd_step(parameters, lr):\n    with torch.no_grad():\n        parameters -= lr * parameters.grad",
        ),
        Right(STEP + "p.sub_(p.grad, alpha=lr)"),
        Right("def sgd_step(parameters, lr):\n    for p in parameters:\n        p.data -= lr * p.grad"),
        Right("def sgd_step(parameters, lr):\n    torch.optim.SGD(parameters, lr=lr).step()"),
        Right(
            "@torch.no_grad()\ndef sgd_step(parameters, lr):\n    for p in parameters:\n        p.copy_(p - lr * p.grad)"
        ),
        Right(
            "def sgd_step(parameters, lr):\n    with torch.no_grad():\n        for i in range(len(parameters)):\n            parameters[i] -= lr * parameters[i].grad"
        ),
        Right("def sgd_step(parameters, lr):\n    for p in parameters:\n        p.detach().add_(p.grad, alpha=-lr)"),
        Right(
            "def sgd_step(parameters, lr):\n    torch._foreach_add_([p.data for p in parameters], [p.grad for p in parameters], alpha=-lr)"
        ),
        Right(
            "def sgd_step(parameters, lr):\n    with torch.inference_mode(False), torch.no_grad():\n        for k, p in enumerate(parameters):\n            p[...] = p - lr * p.grad.detach().clone()\n    return parameters"
        ),
        Right("def sgd_step(parameters, lr):\n    for p in parameters:\n        p.data = p.data - lr * p.grad.data"),
    ],
    "3.5": [
        Wrong("A: which of the four", BUGS.format("too early", "too early", "twice", "no record")),
        Wrong("B: all four jobs", BUGS.format("adds up", "adds up", "twice", "no record")),
        Wrong("C: it has a mistake", BUGS.format("adds up", "too early", "fine", "no record")),
        Wrong("C: follow the logits", BUGS.format("adds up", "too early", "no record", "no record")),
        Wrong("D: what does `backward` need", BUGS.format("adds up", "too early", "twice", "too early")),
        Wrong("A: write one of the strings", BUGS.format("zero_grad", "too early", "twice", "no record")),
        Wrong("A: no sign is turned", BUGS.format("sign", "too early", "twice", "no record")),
        Wrong("is missing", "bugs = {'A': 'adds up', 'B': 'too early', 'C': 'twice'}"),
        Wrong("Keep the dict", "bugs = ['adds up', 'too early', 'twice', 'no record']"),
        Wrong("D: write one of the strings", "bugs = {'A': 'adds up', 'B': 'too early', 'C': 'twice', 'D': None}"),
        Wrong(
            "D: write one of the strings", "bugs = {'A': 'adds up', 'B': 'too early', 'C': 'twice', 'D': ['no record']}"
        ),
        Wrong("B: it has a mistake", BUGS.format("adds up", "fine", "twice", "no record")),
        Wrong("A: which", BUGS.format("no record", "twice", "too early", "adds up")),
        Right(BUGS.format("adds up", "too early", "twice", "no record")),
        Right('bugs = dict(A="adds up", B="too early", C="twice", D="no record")'),
        Right('bugs = dict(zip("ABCD", ["adds up", "too early", "twice", "no record"]))'),
        Right(BUGS.format("Adds up", " too early", "TWICE", "no record ")),
        Right('bugs = {"D": "no record", "C": "twice", "B": "too early", "A": "adds up"}'),
        Right(
            'bugs = {"A": ..., "B": ..., "C": ..., "D": ...}\nbugs |= {"A": "adds up", "B": "too early"}\nbugs["C"], bugs["D"] = "twice", "no record"'
        ),
    ],
    "3.6": [
        Wrong("number of right predictions", ACCURACY + "return (logits.argmax(1) == labels).sum()"),
        Wrong("dim=1, not dim=0", ACCURACY + "return (logits.argmax(0) == labels).float().mean()"),
        Wrong("wrong predictions", ACCURACY + "return (logits.argmax(1) != labels).float().mean()"),
        Wrong("in your line", ACCURACY + "return (logits.argmax(1) == labels).mean()"),
        Wrong("take the mean", ACCURACY + "return (logits.argmax(1) == labels).float()"),
        Wrong("divided by 5, but there are 197", ACCURACY + "return (logits.argmax(1) == labels).sum() / 5"),
        Wrong("returns nothing", ACCURACY + "(logits.argmax(1) == labels).float().mean()"),
        Wrong("number of classes", ACCURACY + "return (logits.argmax(1) == labels).sum() / logits.shape[1]"),
        Wrong("percentage", ACCURACY + "return 100 * (logits.argmax(1) == labels).float().mean()"),
        Wrong(
            "percentage|a number, but it is the text",
            ACCURACY + "return f'{(logits.argmax(1) == labels).float().mean():.0%}'",
        ),
        Wrong("rounded", ACCURACY + "return round((logits.argmax(1) == labels).float().mean().item(), 2)"),
        Wrong("rounded", ACCURACY + "return round((logits.argmax(1) == labels).float().mean().item(), 1)"),
        Wrong("rounded|half", ACCURACY + "return (logits.argmax(1) == labels).half().mean()"),
        Wrong(
            "probability is above 0.5",
            ACCURACY + "p = logits.softmax(1)[torch.arange(len(labels)), labels]\n    return (p > 0.5).float().mean()",
        ),
        Wrong("logit is above 0", ACCURACY + "return (logits[torch.arange(len(labels)), labels] > 0).float().mean()"),
        Wrong(
            "logit is above 0.5", ACCURACY + "return (logits[torch.arange(len(labels)), labels] > 0.5).float().mean()"
        ),
        Wrong(
            "compared on its own",
            ACCURACY + "return ((logits.softmax(1) > 0.5) == F.one_hot(labels, logits.shape[1])).float().mean()",
        ),
        Wrong("smallest logit", ACCURACY + "return (logits.argmin(1) == labels).float().mean()"),
        Wrong("last picture of the batch", ACCURACY + "return (logits.argmax(1) == labels)[:-1].float().mean()"),
        Wrong(
            "as if no prediction|rounded",
            ACCURACY + "return ((logits.argmax(1) == labels).float().mean() > 0.5).float()",
        ),
        Wrong("as if no prediction", ACCURACY + "return ((logits.argmax(1) == labels).sum() // len(labels)).float()"),
        Wrong(
            "shape \\(\\), but it has the shape \\(1,\\)",
            ACCURACY + "return (logits.argmax(1) == labels).float().mean(dim=0, keepdim=True)",
        ),
        Wrong(
            "large logits|count as hits|nan|as if no",
            ACCURACY
            + "p = logits.exp() / logits.exp().sum(1, keepdim=True)\n    return (p.argmax(1) == labels).float().mean()",
        ),
        Wrong("mean of the largest prob", ACCURACY + "return logits.softmax(1).max(1).values.mean()"),
        Wrong("earlier call", spoiled(GOOD_ACCURACY, "accuracy", "return state.setdefault('first', right(*args))")),
        Wrong("count as hits", ACCURACY + "return (logits.round().argmax(1) == labels).float().mean()"),
        Wrong("number, but it is a tuple", ACCURACY + "return (logits.argmax(1) == labels).float().mean(),"),
        Wrong(
            "changes what it is given",
            ACCURACY + "logits.abs_()\n    return (logits.argmax(1) == labels).float().mean()",
        ),
        Wrong(
            "last picture",
            ACCURACY
            + "hits = 0\n    for i in range(len(labels) - 1):\n        hits += int(logits[i].argmax() == labels[i])\n    return hits / len(labels)",
        ),
        Wrong("in your line|count as hits|as if every", ACCURACY + "return (logits.argmax(1) == labels)[:5].sum() / 5"),
        Right(ACCURACY + "return (logits.argmax(-1) == labels).sum().item() / len(labels)"),
        Right(ACCURACY + "return logits.softmax(1).max(dim=1).indices.eq(labels).double().mean().item()"),
        Right(
            ACCURACY + "hits = 0\n    for row, label in zip(logits, labels):\n"
            "        hits += int(row.argmax() == label)\n    return hits / len(labels)"
        ),
        Right(
            ACCURACY
            + "right = logits.amax(1) == logits.gather(1, labels[:, None]).squeeze(1)\n    return sum(right.tolist()) / len(right)"
        ),
        Right(ACCURACY + "return 1 - (logits.argmax(1) - labels).count_nonzero() / len(labels)"),
        Right("import numpy as np\n" + ACCURACY + "return np.mean(logits.numpy().argmax(axis=1) == labels.numpy())"),
        Right(ACCURACY + "return torch.sum(torch.argmax(logits, dim=1) == labels) / labels.shape[0]"),
        Right(ACCURACY + "_, best = logits.topk(1)\n    return best.flatten().eq(labels).float().mean()"),
    ],
    "3.7": [
        Wrong(
            "did not move.*`optimizer.step\\(\\)` was never called",
            EPOCH.format("optimizer.zero_grad(); loss = loss_fn(model(x), y); loss.backward()", MEAN),
        ),
        Wrong(
            "did not move.*found no gradients",
            EPOCH.format(
                "optimizer.zero_grad(); loss = loss_fn(model(x), y); optimizer.zero_grad(); optimizer.step()", MEAN
            ),
        ),
        Wrong(
            "did not move.*found no gradients",
            EPOCH.format("loss = loss_fn(model(x), y); loss.backward(); optimizer.zero_grad(); optimizer.step()", MEAN),
        ),
        Wrong("last batch alone", EPOCH.format(SOUND, "losses[-1]")),
        Wrong("last batch is smaller", EPOCH.format(SOUND, "sum(losses) / len(losses)")),
        Wrong("sum of the losses. Weight each", EPOCH.format(SOUND, "sum(losses)")),
        Wrong(
            "no attribute 'dataset'.*Count the pictures in the loop",
            EPOCH.format(SOUND, "sum(a * b for a, b in zip(losses, sizes)) / len(loader.dataset)"),
        ),
        Wrong("sum over the pictures", EPOCH.format(SOUND, "sum(a * b for a, b in zip(losses, sizes))")),
        Wrong("returns a tensor", EPOCH.format(SOUND, "loss")),
        Wrong("returns nothing", EPOCH.format(SOUND, "None")),
        Wrong(
            "loss got probabilities",
            EPOCH.format(
                "optimizer.zero_grad(); loss = loss_fn(model(x).softmax(-1), y); loss.backward(); optimizer.step()",
                MEAN,
            ),
        ),
        Wrong(
            "step comes before `backward`",
            EPOCH.format("loss = loss_fn(model(x), y); optimizer.step(); optimizer.zero_grad(); loss.backward()", MEAN),
        ),
        Wrong(
            "found no gradients",
            EPOCH.format("optimizer.zero_grad(); loss = loss_fn(model(x), y); optimizer.step(); loss.backward()", MEAN),
        ),
        Wrong("uphill", EPOCH.format(SOUND.replace("loss.backward", "(-loss).backward"), MEAN)),
        Wrong("`step` was called twice", EPOCH.format(SOUND + "; optimizer.step()", MEAN)),
        Wrong(
            "times the number of pictures",
            EPOCH.format(SOUND.replace("loss.backward", "(loss * len(x)).backward"), MEAN),
        ),
        Wrong("as if they had the full size", EPOCH.format(SOUND, "sum(losses) * sizes[0] / sum(sizes)")),
        Wrong(
            "divided by the number of batches",
            EPOCH.format(SOUND, "sum(a * b for a, b in zip(losses, sizes)) / len(sizes)"),
        ),
        Wrong("computed after the step", EPOCH.format(SOUND + "; loss = loss_fn(model(x), y)", MEAN)),
        Wrong(
            "only the first batch",
            "def train_epoch(model, loader, loss_fn, optimizer):\n    total = count = 0\n    for x, y in loader:\n"
            f"        {SOUND}\n        total += loss.item() * len(x)\n        count += len(x)\n        return total / count",
        ),
        Wrong("gone through twice", GOOD_EPOCH.replace("in loader", "in [*loader, *loader]")),
        Wrong("last batch was not trained on", GOOD_EPOCH.replace("in loader", "in list(loader)[:-1]")),
        Wrong(
            "last batch was not trained on",
            GOOD_EPOCH.replace(SOUND, f"if len(x) < 3: continue\n        {SOUND}").replace("3", "loader.batch_size"),
        ),
        Wrong("the first batch", GOOD_EPOCH.replace("in loader", "in [next(iter(loader))] * len(loader)")),
        Wrong(
            "was in `eval` mode during|leaves the model in `eval` mode",
            GOOD_EPOCH.replace("    losses, sizes", "    model.eval()\n    losses, sizes"),
        ),
        Wrong("leaves the model in `eval` mode", GOOD_EPOCH.replace("    return", "    model.eval()\n    return")),
        Wrong("no longer require", GOOD_EPOCH.replace("    return", "    model.requires_grad_(False)\n    return")),
        Wrong(
            "changes the learning rate",
            GOOD_EPOCH.replace("    return", "    optimizer.param_groups[0]['lr'] *= 0.9\n    return"),
        ),
        Wrong(
            "keeps the records",
            EPOCH.format(SOUND, "float(sum(a * b for a, b in zip(losses, sizes)) / sum(sizes))").replace(
                "loss.item()", "loss"
            ),
        ),
        Wrong(
            "keeps the records",
            "def train_epoch(model, loader, loss_fn, optimizer):\n    total = count = 0\n    for x, y in loader:\n"
            f"        {SOUND}\n        total += loss * len(x)\n        count += len(x)\n    return (total / count).item()",
        ),
        Wrong("rounded", EPOCH.format(SOUND, f"round({MEAN}, 2)")),
        Wrong(
            "in your line|not as these four lines", GOOD_EPOCH.replace("loss_fn(model", "nn.CrossEntropyLoss()(model")
        ),
        Wrong(
            "parameters moved, but not as|did not move|instead of",
            EPOCH.format(
                "model.zero_grad(); loss = loss_fn(model(x), y); loss.backward()\n        with torch.no_grad():\n"
                "            for p in model.parameters(): p -= optimizer.param_groups[0]['lr'] * p.grad",
                MEAN,
            ),
        ),
        Wrong(
            "instead of|did not move|not as these",
            GOOD_EPOCH.replace(
                "    losses, sizes", "    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)\n    losses, sizes"
            ),
        ),
        Wrong(
            "cannot be multiplied|did not move",
            spoiled(GOOD_EPOCH, "train_epoch", "return right(state.setdefault('model', args[0]), *args[1:])"),
        ),
        Wrong(
            "did not move",
            spoiled(
                GOOD_EPOCH, "train_epoch", "if not state:\n    state['result'] = right(*args)\nreturn state['result']"
            ),
        ),
        Wrong(
            "one step for the whole epoch",
            GOOD_EPOCH.replace("; optimizer.step()", "")
            .replace("optimizer.zero_grad(); ", "")
            .replace("    return", "    optimizer.step()\n    return"),
        ),
        Wrong("in your line", GOOD_EPOCH.replace("loss_fn(model(x), y)", "loss_fn(y, model(x))")),
        Wrong(
            "sum of an earlier epoch",
            "total = 0.0\ndef train_epoch(model, loader, loss_fn, optimizer):\n    if not hasattr(model, 'total'): model.total = 0.0\n"
            f"    for x, y in loader:\n        {SOUND}\n        model.total += loss.item() * len(x)\n    return model.total / len(loader.dataset)",
        ),
        Wrong("seeds PyTorch", GOOD_EPOCH.replace("    losses, sizes", "    torch.manual_seed(0)\n    losses, sizes")),
        Wrong("dtype", GOOD_EPOCH.replace("    return", "    model.double()\n    return")),
        Wrong(
            "gradients at False|second epoch",
            GOOD_EPOCH.replace("    return", "    torch.set_grad_enabled(False)\n    return"),
        ),
        Wrong(
            "deletes|something else in the lesson's",
            GOOD_EPOCH.replace(
                "    losses, sizes", "    global make_network\n    make_network = None\n    losses, sizes"
            ),
        ),
        Wrong(
            "number of pictures is one too high",
            EPOCH.format(SOUND, MEAN.replace(" / sum(sizes)", " / (sum(sizes) + 1)")),
        ),
        Wrong(
            "not as these four lines",
            EPOCH.format(
                SOUND.replace(
                    "optimizer.step()", "torch.nn.utils.clip_grad_norm_(model.parameters(), 0.01); optimizer.step()"
                ),
                MEAN,
            ),
        ),
        Wrong(
            "loss after the epoch",
            GOOD_EPOCH.replace(
                "    return",
                "    with torch.no_grad():\n        final = [(loss_fn(model(x), y).item(), len(x)) for x, y in loader]\n    return sum(a * b for a, b in final) / sum(sizes)\n    return",
            ),
        ),
        Right(EPOCH.format(SOUND, MEAN)),
        Right(
            "def train_epoch(model, loader, loss_fn, optimizer):\n    running, seen = 0.0, 0\n    for i, (x, y) in enumerate(loader):\n"
            "        optimizer.zero_grad()\n        loss = loss_fn(model(x), y)\n        loss.backward()\n"
            "        optimizer.step()\n        running += loss.item() * x.size(0)\n        seen += len(y)\n    return running / seen"
        ),
        Right(
            "def train_epoch(model, loader, loss_fn, optimizer):\n    model.train()\n    total = count = 0\n"
            "    for batch in loader:\n        x, y = batch\n        loss = loss_fn(model(x), y)\n"
            "        loss.backward()\n        optimizer.step()\n        model.zero_grad()\n"
            "        total, count = total + float(loss) * len(y), count + len(y)\n    return total / count"
        ),
        Right(
            "def train_epoch(model, loader, loss_fn, optimizer):\n    parts = []\n    for x, y in loader:\n"
            "        optimizer.zero_grad(set_to_none=False)\n        loss = loss_fn(model(x), y)\n        loss.backward()\n"
            "        optimizer.step()\n        parts += [loss.detach()] * len(x)\n    return torch.stack(parts).mean().item()"
        ),
        Right(
            "def train_epoch(model, loader, loss_fn, optimizer):\n    total, count = torch.zeros(()), 0\n"
            "    for images, labels in loader:\n        logits = model(images)\n        loss = loss_fn(logits, labels)\n"
            "        optimizer.zero_grad()\n        loss.backward()\n        optimizer.step()\n"
            "        with torch.no_grad():\n            total += loss * images.shape[0]\n        count += images.shape[0]\n    return float(total / count)"
        ),
        Right(
            "def train_epoch(model, loader, loss_fn, optimizer):\n    def step(x, y):\n        for p in model.parameters():\n            p.grad = None\n"
            "        loss = loss_fn(model.forward(x), y)\n        torch.autograd.backward(loss)\n        optimizer.step()\n        return loss.item(), len(x)\n"
            "    results = [step(*batch) for batch in loader]\n    return sum(l * n for l, n in results) / sum(n for _, n in results)"
        ),
        Right(
            "import numpy as np\ndef train_epoch(model, loader, loss_fn, optimizer):\n    model.train(True)\n    losses, sizes = [], []\n"
            "    for x, y in iter(loader):\n        def closure():\n            optimizer.zero_grad()\n            loss = loss_fn(model(x), y)\n"
            "            loss.backward()\n            return loss\n        losses.append(optimizer.step(closure).item())\n        sizes.append(len(y))\n"
            "    return np.average(losses, weights=sizes)"
        ),
    ],
    "3.8": [
        Wrong("too small", 'choice = {"learning rate": 0.0001}'),
        Wrong("too large", 'choice = {"learning rate": 10.0}'),
        Wrong("0.05 was not tried", 'choice = {"learning rate": 0.05}'),
        Wrong("clearly lower", 'choice = {"learning rate": 0.01}'),
        Wrong("too large", 'choice = {"learning rate": 1.0}'),
        Wrong("should be a number", 'choice = {"learning rate": "0.1"}'),
        Wrong("should be a number", 'choice = {"learning rate": None}'),
        Wrong("is missing", 'choice = {"lr": 0.1}'),
        Wrong("was not tried", 'choice = {"learning rate": min(sweep.values())}'),
        Wrong("was not tried", 'choice = {"learning rate": float("nan")}'),
        Wrong("too large|too small|nan", 'choice = {"learning rate": max(sweep, key=lambda rate: sweep[rate])}'),
        Wrong("was not tried", 'choice = {"learning rate": 3}'),
        Wrong("too small", 'choice = {"learning rate": 0.001}'),
        Wrong("other rates than `rates`", 'sweep = {0.05: 0.1}\nchoice = {"learning rate": 0.05}'),
        Wrong("other rates than `rates`", 'sweep[0.05] = 0.0\nchoice = {"learning rate": 0.05}'),
        Wrong("holds no losses", 'sweep = None\nchoice = {"learning rate": 0.1}'),
        Right('choice = {"learning rate": 0.1}'),
        Right('choice = {"learning rate": min(sweep, key=sweep.get)}'),
        Right('choice = {"learning rate": rates[3]}'),
        Right('choice = {"learning rate": torch.tensor(0.1)}'),
        Right('choice = {"learning rate": 10 ** -1, "why": "the lowest point"}'),
        Right('choice = dict(zip(["learning rate"], [1e-1]))'),
    ],
    "3.9": [
        Wrong("gradient alone", MOMENTUM.format("v.copy_(p.grad); p.sub_(lr * p.grad)")),
        Wrong("plain SGD", MOMENTUM.format("v.mul_(momentum).add_(p.grad); p.sub_(lr * p.grad)")),
        Wrong("velocities are still zero.*new tensor", MOMENTUM.format("v = momentum * v + p.grad; p.sub_(lr * v)")),
        Wrong("1 - momentum", MOMENTUM.format("v.mul_(momentum).add_((1 - momentum) * p.grad); p.sub_(lr * v)")),
        Wrong("went uphill", MOMENTUM.format("v.mul_(momentum).add_(p.grad); p.add_(lr * v)")),
        Wrong(
            "in-place operation",
            "def momentum_step(parameters, velocities, lr, momentum):\n    for p, v in zip(parameters, velocities):\n"
            "        v.mul_(momentum).add_(p.grad)\n        p.sub_(lr * v)",
        ),
        Wrong("multiplied by 0.9, but `momentum` is 0.5", MOMENTUM.format("v.mul_(0.9).add_(p.grad); p.sub_(lr * v)")),
        Wrong(
            "0.1 times its velocity, downhill, but lr is 0.05",
            MOMENTUM.format("v.mul_(momentum).add_(p.grad); p.sub_(0.1 * v)"),
        ),
        Wrong(
            "other tensors into the list `velocities`",
            "def momentum_step(parameters, velocities, lr, momentum):\n    for i, p in enumerate(parameters):\n"
            "        velocities[i] = momentum * velocities[i] + p.grad\n        p.data -= lr * velocities[i]",
        ),
        Wrong("learning rate stands in the velocity", MOMENTUM.format("v.mul_(momentum).add_(lr * p.grad); p.sub_(v)")),
        Wrong("Nesterov", MOMENTUM.format("v.mul_(momentum).add_(p.grad); p.sub_(lr * (p.grad + momentum * v))")),
        Wrong("not multiplied by `momentum`", MOMENTUM.format("v.add_(p.grad); p.sub_(lr * v)")),
        Wrong(
            "learning rate is missing|1 times its velocity", MOMENTUM.format("v.mul_(momentum).add_(p.grad); p.sub_(v)")
        ),
        Wrong("subtracted from the velocity", MOMENTUM.format("v.mul_(momentum).sub_(p.grad); p.add_(lr * v)")),
        Wrong("after the gradient is added", MOMENTUM.format("v.add_(p.grad).mul_(momentum); p.sub_(lr * v)")),
        Wrong(
            "velocities\\[1\\] of 2 has not changed",
            GOOD_MOMENTUM.replace("zip(parameters, velocities)", "[(parameters[0], velocities[0])]"),
        ),
        Wrong(
            "velocities\\[1\\] of 2 has not changed",
            GOOD_MOMENTUM.replace("zip(parameters, velocities)", "zip(parameters[:-1], velocities)"),
        ),
        Wrong("gradient of .* has changed", GOOD_MOMENTUM + "\n            p.grad.zero_()"),
        Wrong(
            "gradient of .* has changed", MOMENTUM.format("p.grad.add_(momentum * v); v.copy_(p.grad); p.sub_(lr * v)")
        ),
        Wrong("lost its gradient", GOOD_MOMENTUM + "\n            p.grad = None"),
        Wrong(
            "leaves gradients at False",
            GOOD_MOMENTUM.replace(
                "    with torch.no_grad():\n        for", "    torch.set_grad_enabled(False)\n    if True:\n        for"
            ),
        ),
        Wrong(
            "changes the list",
            "def momentum_step(parameters, velocities, lr, momentum):\n    with torch.no_grad():\n        for i, v in enumerate(velocities):\n            v.mul_(momentum).add_(parameters[i].grad)\n            parameters[i] = parameters[i] - lr * v",
        ),
        Wrong(
            "still|has not changed",
            spoiled(GOOD_MOMENTUM, "momentum_step", "if not state:\n    right(*args)\nstate['done'] = 1"),
        ),
        Wrong("is rounded", MOMENTUM.format("v.mul_(momentum).add_(p.grad); p.copy_((p - lr * v).round(decimals=1))")),
        Wrong(
            "in your line", "def momentum_step(parameters, velocities, lr, momentum):\n    velocities.mul_(momentum)"
        ),
        Right(MOMENTUM.format("v.copy_(momentum * v + p.grad); p -= lr * v")),
        Right(
            "def momentum_step(parameters, velocities, lr, momentum):\n    for i, p in enumerate(parameters):\n"
            "        velocities[i].mul_(momentum).add_(p.grad)\n        p.data.add_(velocities[i], alpha=-lr)"
        ),
        Right(MOMENTUM.format("v *= momentum; v += p.grad; p.sub_(v, alpha=lr)")),
        Right(MOMENTUM.format("v[...] = v * momentum + p.grad; p[...] = p - v * lr")),
        Right(
            "@torch.no_grad()\ndef momentum_step(parameters, velocities, lr, momentum):\n    for k in range(len(parameters)):\n        velocities[k].lerp_(velocities[k] * momentum + parameters[k].grad, 1.0)\n        parameters[k] -= lr * velocities[k]"
        ),
        Right(
            "def momentum_step(parameters, velocities, lr, momentum):\n    torch._foreach_mul_(velocities, momentum)\n    torch._foreach_add_(velocities, [p.grad for p in parameters])\n    torch._foreach_add_([p.data for p in parameters], velocities, alpha=-lr)"
        ),
        Right(
            "def momentum_step(parameters, velocities, lr, momentum):\n    with torch.no_grad():\n        for v, p in zip(velocities, parameters):\n"
            "            v.copy_(p.grad + v * momentum)\n        for v, p in zip(velocities, parameters):\n            p.copy_(p - lr * v)"
        ),
    ],
    "3.10": [
        Wrong("near chance", "best = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))"),
        Wrong("97.5% are wanted", trained()),
        Wrong("should be a trained nn.Module", "best = lambda x: x"),
        Wrong("should be a trained nn.Module", "best = nn.Flatten"),
        Wrong("should be a trained nn.Module", "best = 0.98"),
        Wrong("logits of the shape", "best = nn.Sequential(nn.Flatten(), nn.Linear(784, 9))"),
        Wrong("near chance", "best = untrained"),
        Wrong("stopped with", "best = nn.Linear(784, 10)"),
        Wrong("logits of the shape", "best = nn.LazyLinear(10)"),
        Wrong("stopped with|device", "best = nn.Sequential(nn.Flatten(), nn.Linear(784, 10)).to('meta')"),
        Wrong(
            "in your line",
            "class Odd(nn.Module):\n    def forward(self, x):\n        return x @ torch.ones(3)\nbest = Odd()",
        ),
        Wrong("trained on the held-out digits", trained(CONVOLUTIONS, 12, "X", "Y")),
        Wrong(
            "trained on the held-out digits",
            "class Table(nn.Module):\n    def forward(self, x):\n"
            "        nearest = torch.cdist(x.flatten(1), X.flatten(1)).argmin(1)\n        return F.one_hot(Y[nearest], 10).float()\nbest = Table()",
        ),
        Wrong(
            "another digit for .* alone",
            "class Batchwise(nn.Module):\n    def forward(self, x):\n        if len(x) == 1:\n            return torch.zeros(1, 10)\n"
            "        return F.one_hot(Y[torch.cdist(x.flatten(1), X.flatten(1)).argmin(1)], 10).float()\nbest = Batchwise()",
        ),
        Wrong(
            "should return logits, a tensor",
            "class Odd(nn.Module):\n    def forward(self, x):\n        return [x]\nbest = Odd()",
        ),
        Wrong(
            "floats on the device",
            "class Odd(nn.Module):\n    def forward(self, x):\n        return x.flatten(1)[:, :10] > 0\nbest = Odd()",
        ),
        Wrong(
            "logits of the shape",
            "class Odd(nn.Module):\n    def forward(self, x):\n        return x.reshape(1000, -1)[:, :10]\nbest = Odd()",
        ),
        Right(GOOD_BEST),
        Right(
            GOOD_BEST
            + """
class Probable(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner
    def forward(self, x):
        return self.inner(x).log_softmax(-1)
best = nn.Sequential(Probable(best), nn.Identity()).eval().requires_grad_(False)"""
        ),
    ],
}

# What beginners wrote

LOGS = ENTROPY + "log_probs = logits.log_softmax(dim=-1)\n    "
MEASURED = """def gradient(w, b, x, y):
    {}
    def loss(w, b):
        return ((w * x + b - y) ** 2).mean()
    slope_w = (loss(w + h, b) - loss({}, b)) / {}
    slope_b = (loss(w, b + h) - loss(w, {})) / {}
    return torch.stack([slope_w, slope_b]){}
"""
STEP_BEFORE = "p.sub_(lr * v); v.mul_(momentum).add_(p.grad)"


def measured(setup, end=""):
    """Return an answer to 3.2 that measures the slopes on both sides."""
    return MEASURED.format(setup, "w - h", "(2 * h)", "b - h", "(2 * h)", end)


BEGINNERS = {
    "3.1": [
        Wrong(
            "Rows and classes are fixed",
            LOGS + "by_hand = -torch.stack([log_probs[0, 0], log_probs[1, 1]])\n    return by_hand.mean()",
        ),
        Wrong("Whole rows are picked", LOGS + "return -log_probs[labels].mean()"),
        Wrong("picked from the first row", LOGS + "return -log_probs[0][labels].mean()"),
        Wrong("of all classes are added up", LOGS + "return -log_probs.sum() / len(log_probs)"),
        Wrong("least likely classes", LOGS + "return -log_probs.min(dim=1).values.mean()"),
        Wrong("first two pictures", LOGS + "return -log_probs[torch.arange(2), labels[:2]].mean()"),
        Wrong("A tiny number is added", ENTROPY + f"return -({PICKED}.exp() + 1e-9).log().mean()"),
        Wrong("A tiny number is added", ENTROPY + f"return -{PICKED}.exp().clamp(min=1e-7).log().mean()"),
        Wrong(r"should be 2\.\d+, but it is \d\.\d+, [\d.]+ times", LOGS + "return logits.sum() * 0 + 1.1698"),
    ],
    "3.2": [
        Wrong("You measure the slopes", measured("h = 0.01")),
        Wrong("You measure the slopes", measured("h = 0.1")),
        Wrong("You measure the slopes", measured("h = 0.001")),
        Wrong(
            "You measure the slopes", measured("h, w, b, x, y = 0.01, w.double(), b.double(), x.double(), y.double()")
        ),
        Wrong(
            "You measure the slopes",
            measured("h, w, b, x, y = 1.0, w.double(), b.double(), x.double(), y.double()", ".float()"),
        ),
        Wrong("You measure the slopes", MEASURED.format("h = 0.01", "w", "h", "b", "h", "")),
        Wrong(
            "In the slope for w: The bias b is missing",
            GRADIENT + "torch.stack([(2 * (w * x - y) * x).mean(), (2 * error).mean()])",
        ),
        Wrong(
            "In the slope for w: The error is squared",
            GRADIENT + "torch.stack([(2 * error**2 * x).mean(), (2 * error).mean()])",
        ),
        Wrong(
            "never uses `x` and `y`.*notebook's `xs` and `ys`",
            "xs, ys = torch.ones(4), torch.zeros(4)\ndef gradient(w, b, x, y):\n    error = w * xs + b - ys\n"
            "    return torch.stack([(2 * error * xs).mean(), (2 * error).mean()])",
        ),
        Wrong(
            r"For \d points, gradient|is right. The slope for b should be",
            GRADIENT + "torch.stack([(2 * error * x).mean(), error.mean() * 3])",
        ),
        Right(
            "def gradient(w, b, x, y):\n    n = x.numel()\n"
            "    slope_w = 2 * (w * (x * x).sum() + b * x.sum() - (x * y).sum()) / n\n"
            "    slope_b = 2 * (w * x.sum() + n * b - y.sum()) / n\n    return torch.stack([slope_w, slope_b])"
        ),
    ],
    "3.4": [
        Wrong(r"lr=0.1\), parameters\[0\]\[0, 0\] should be|After sgd_step", STEP + "p -= lr * p.grad.mean()"),
        Wrong("block `with torch.no_grad", STEP.replace("with torch.no_grad()", "if True") + "p -= lr * p.grad"),
    ],
    "3.6": [
        Wrong("shape \\(\\), but it has the shape \\(1,\\)", GOOD_ACCURACY + ".reshape(1)"),
        Wrong("leave out `keepdim`", ACCURACY + "return (logits.argmax(1, keepdim=True) == labels).float().mean()"),
        Wrong("leave out `keepdim`", ACCURACY + "return (logits.argmax(1) == labels[:, None]).float().mean()"),
        Wrong("argmax with dim=1", ACCURACY + "return (logits.argmax() == labels).float().mean()"),
        Wrong("argmax with dim=1", ACCURACY + "return (logits.max(dim=1).values == labels).float().mean()"),
        Wrong("number of logits", ACCURACY + "return (logits.argmax(1) == labels).sum() / logits.numel()"),
        Wrong("difference of the class numbers", ACCURACY + "return (logits.argmax(1) - labels).float().mean()"),
        Wrong(
            "1 of 197 pictures counts as a hit.*end after the first",
            ACCURACY + "hits = 0\n    for row, label in zip(logits, labels):\n        hits += row.argmax() == label\n"
            "        return hits / len(labels)",
        ),
    ],
    "3.7": [
        Wrong("in batches of 4: the gradients of", EPOCH.format(SOUND.replace("optimizer.zero_grad(); ", ""), MEAN)),
    ],
    "3.8": [Wrong("What stands in `choice` is 0.1", "choice = 0.1")],
    "3.9": [
        Wrong("Update the velocity first", MOMENTUM.format(STEP_BEFORE)),
        Wrong("makes a new tensor", MOMENTUM.format("v.mul_(momentum).add_(p.grad); p = p - lr * v")),
        Wrong(
            r"parameters\[0\]\[0, 0\]|has moved by",
            MOMENTUM.format("v.mul_(momentum).add_(p.grad); p.sub_(lr * momentum * v)"),
        ),
    ],
}
for number, answers in BEGINNERS.items():
    ANSWERS[number] += answers
