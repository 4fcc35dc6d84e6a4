"""Wrong and right answers to the exercises of Part 3."""

from lessons import Right, Wrong

ENTROPY = "def cross_entropy(logits, labels):\n    "
PICKED = "logits.log_softmax(-1)[torch.arange(len(labels)), labels]"
GRADIENT = "def gradient(w, b, x, y):\n    error = w * x + b - y\n    return "
GRADS = "grads = dict(zip(['after the first backward', 'after a second backward', 'after w.grad.zero_()', 'after a third backward'], {}))"
STEP = "def sgd_step(parameters, lr):\n    with torch.no_grad():\n        for p in parameters:\n            "
BUGS = 'bugs = {{"A": "{}", "B": "{}", "C": "{}", "D": "{}"}}'
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

ANSWERS = {
    "3.1": [
        Wrong("log of logits", ENTROPY + "return -logits[torch.arange(len(labels)), labels].log().mean()"),
        Wrong("mean over all classes", ENTROPY + "return -logits.log_softmax(-1).mean()"),
        Wrong("The sign", ENTROPY + f"return {PICKED}.mean()"),
        Wrong("sum over the batch", ENTROPY + f"return -{PICKED}.sum()"),
        Wrong("one loss for each picture", ENTROPY + f"return -{PICKED}"),
        Wrong("raw logits", ENTROPY + "return -logits[torch.arange(len(labels)), labels].mean()"),
        Wrong("logarithm is missing", ENTROPY + f"return -{PICKED}.exp().mean()"),
        Wrong(
            "runs over the classes", ENTROPY + "return -logits.log_softmax(0)[torch.arange(len(labels)), labels].mean()"
        ),
        Wrong("no .item", ENTROPY + f"return -{PICKED}.mean().item()"),
        Wrong(
            "large logits",
            ENTROPY + "return -logits.softmax(-1)[torch.arange(len(labels)), labels].log().mean()",
        ),
        Right(ENTROPY + "return torch.nn.functional.cross_entropy(logits, labels)"),
        Right(ENTROPY + "return (logits.logsumexp(1) - logits.gather(1, labels[:, None])[:, 0]).mean()"),
        Right(
            ENTROPY + "total = 0\n    for row, label in zip(logits.log_softmax(-1), labels):\n"
            "        total = total - row[label]\n    return total / len(labels)"
        ),
    ],
    "3.2": [
        Wrong("factor 2", GRADIENT + "torch.stack([(error * x).mean(), error.mean()])"),
        Wrong("inner slope is x", GRADIENT + "torch.stack([(2 * error).mean(), (2 * error).mean()])"),
        Wrong("sum over the points", GRADIENT + "torch.stack([(2 * error * x).sum(), (2 * error).sum()])"),
        Wrong("sign is turned", GRADIENT + "torch.stack([(-2 * error * x).mean(), (-2 * error).mean()])"),
        Wrong("comes first", GRADIENT + "torch.stack([(2 * error).mean(), (2 * error * x).mean()])"),
        Wrong("Is a mean missing", GRADIENT + "torch.stack([2 * error * x, 2 * error])"),
        Wrong("one tensor", GRADIENT + "(2 * error * x).mean(), (2 * error).mean()"),
        Wrong(
            "your line",
            "def gradient(w, b, x, y):\n    w.requires_grad_(), b.requires_grad_()\n"
            "    ((w * x + b - y) ** 2).mean().backward()\n    return torch.stack([w.grad, b.grad])",
        ),
        Right(GRADIENT + "torch.tensor([(2 * error * x).mean().item(), 2 * error.mean().item()])"),
        Right(GRADIENT + "2 * torch.stack([x, torch.ones_like(x)]) @ error / len(x)"),
        Right(
            "def gradient(w, b, x, y):\n    e = [2 * (w * xi + b - yi) for xi, yi in zip(x, y)]\n"
            "    return torch.stack([sum(a * c for a, c in zip(e, x)), sum(e)]) / len(x)"
        ),
    ],
    "3.3": [
        Wrong("backward adds", GRADS.format("[6, 6, 0, 6]")),
        Wrong("slope of w", GRADS.format("[9, 18, 0, 9]")),
        Wrong("same slope once more", GRADS.format("[6, 36, 0, 6]")),
        Wrong("sets the gradient to 0", GRADS.format("[6, 12, 12, 18]")),
        Wrong("one backward gives one slope", GRADS.format("[6, 12, 0, 18]")),
        Wrong("Keep the four lines", "grads = {'after the first backward': 6}"),
        Right(GRADS.format("[6.0, 12.0, 0.0, 6.0]")),
        Right(GRADS.format("[2 * 3, 4 * 3, 0, 2 * 3]")),
        Right(GRADS.format("torch.tensor([6, 12, 0, 6]).tolist()")),
    ],
    "3.4": [
        Wrong("went uphill", STEP + "p += lr * p.grad"),
        Wrong("Nothing moved", STEP + "p = p - lr * p.grad"),
        Wrong(
            "in-place operation", "def sgd_step(parameters, lr):\n    for p in parameters:\n        p -= lr * p.grad"
        ),
        Wrong("learning rate is missing", STEP + "p -= p.grad"),
        Wrong("gradients changed", STEP + "p -= p.grad.mul_(lr)"),
        Wrong("gradients are gone", STEP + "p -= lr * p.grad\n            p.grad = None"),
        Wrong("gradients changed", STEP + "p -= lr * p.grad\n            p.grad.zero_()"),
        Right(STEP + "p.sub_(p.grad, alpha=lr)"),
        Right("def sgd_step(parameters, lr):\n    for p in parameters:\n        p.data -= lr * p.grad"),
        Right("def sgd_step(parameters, lr):\n    torch.optim.SGD(parameters, lr=lr).step()"),
        Right(
            "@torch.no_grad()\ndef sgd_step(parameters, lr):\n    for p in parameters:\n        p.copy_(p - lr * p.grad)"
        ),
    ],
    "3.5": [
        Wrong("A: which of the four", BUGS.format("too early", "too early", "twice", "no record")),
        Wrong("B: all four lines", BUGS.format("adds up", "adds up", "twice", "no record")),
        Wrong("C: it has a mistake", BUGS.format("adds up", "too early", "fine", "no record")),
        Wrong("C: what does the loss", BUGS.format("adds up", "too early", "no record", "no record")),
        Wrong("D: what does backward need", BUGS.format("adds up", "too early", "twice", "too early")),
        Wrong("choose one of", BUGS.format("zero_grad", "too early", "twice", "no record")),
        Right(BUGS.format("adds up", "too early", "twice", "no record")),
        Right('bugs = dict(A="adds up", B="too early", C="twice", D="no record")'),
        Right('bugs = dict(zip("ABCD", ["adds up", "too early", "twice", "no record"]))'),
    ],
    "3.6": [
        Wrong(
            "number of right answers", "def accuracy(logits, labels):\n    return (logits.argmax(1) == labels).sum()"
        ),
        Wrong(
            "dim=1, not dim=0", "def accuracy(logits, labels):\n    return (logits.argmax(0) == labels).float().mean()"
        ),
        Wrong("wrong answers", "def accuracy(logits, labels):\n    return (logits.argmax(1) != labels).float().mean()"),
        Wrong("your line", "def accuracy(logits, labels):\n    return (logits.argmax(1) == labels).mean()"),
        Wrong("take the mean", "def accuracy(logits, labels):\n    return (logits.argmax(1) == labels).float()"),
        Wrong("any N and K", "def accuracy(logits, labels):\n    return (logits.argmax(1) == labels).sum() / 5"),
        Wrong("returns nothing", "def accuracy(logits, labels):\n    (logits.argmax(1) == labels).float().mean()"),
        Right("def accuracy(logits, labels):\n    return (logits.argmax(-1) == labels).sum().item() / len(labels)"),
        Right(
            "def accuracy(logits, labels):\n"
            "    return logits.softmax(1).max(dim=1).indices.eq(labels).double().mean().item()"
        ),
        Right(
            "def accuracy(logits, labels):\n    hits = 0\n    for row, label in zip(logits, labels):\n"
            "        hits += int(row.argmax() == label)\n    return hits / len(labels)"
        ),
    ],
    "3.7": [
        Wrong(
            "gradients cleared",
            EPOCH.format("loss = loss_fn(model(x), y); loss.backward(); optimizer.step()", MEAN),
        ),
        Wrong(
            "did not move", EPOCH.format("optimizer.zero_grad(); loss = loss_fn(model(x), y); loss.backward()", MEAN)
        ),
        Wrong(
            "did not move",
            EPOCH.format(
                "optimizer.zero_grad(); loss = loss_fn(model(x), y); optimizer.zero_grad(); optimizer.step()", MEAN
            ),
        ),
        Wrong("last batch alone", EPOCH.format(SOUND, "losses[-1]")),
        Wrong("last batch is smaller", EPOCH.format(SOUND, "sum(losses) / len(losses)")),
        Wrong("sum over the batches", EPOCH.format(SOUND, "sum(losses)")),
        Wrong("Return a float", EPOCH.format(SOUND, "loss")),
        Wrong("return the mean loss", EPOCH.format(SOUND, "None")),
        Wrong(
            "not as it should",
            EPOCH.format(
                "optimizer.zero_grad(); loss = loss_fn(model(x).softmax(-1), y); loss.backward(); optimizer.step()",
                MEAN,
            ),
        ),
        Right(EPOCH.format(SOUND, MEAN)),
        Right(
            "def train_epoch(model, loader, loss_fn, optimizer):\n    running = 0.0\n    for i, (x, y) in enumerate(loader):\n"
            "        optimizer.zero_grad()\n        loss = loss_fn(model(x), y)\n        loss.backward()\n"
            "        optimizer.step()\n        running += loss.item() * x.size(0)\n    return running / len(loader.dataset)"
        ),
        Right(
            "def train_epoch(model, loader, loss_fn, optimizer):\n    model.train()\n    total = count = 0\n"
            "    for batch in loader:\n        x, y = batch\n        loss = loss_fn(model(x), y)\n"
            "        loss.backward()\n        optimizer.step()\n        model.zero_grad()\n"
            "        total, count = total + float(loss) * y.numel(), count + y.numel()\n    return total / count"
        ),
        Right(
            "def train_epoch(model, loader, loss_fn, optimizer):\n    parts = []\n    for x, y in loader:\n"
            "        optimizer.zero_grad(set_to_none=False)\n        loss = loss_fn(model(x), y)\n        loss.backward()\n"
            "        optimizer.step()\n        parts += [loss.detach()] * len(x)\n    return torch.stack(parts).mean().item()"
        ),
    ],
    "3.8": [
        Wrong("too small", 'choice = {"learning rate": 0.0001}'),
        Wrong("too large", 'choice = {"learning rate": 10.0}'),
        Wrong("Choose one of the rates", 'choice = {"learning rate": 0.05}'),
        Wrong("clearly lower loss", 'choice = {"learning rate": 0.01}'),
        Wrong("clearly lower loss|too large", 'choice = {"learning rate": 1.0}'),
        Right('choice = {"learning rate": 0.1}'),
        Right('choice = {"learning rate": min(sweep, key=sweep.get)}'),
        Right('choice = {"learning rate": rates[3]}'),
    ],
    "3.9": [
        Wrong("plain SGD", MOMENTUM.format("v.copy_(p.grad); p.sub_(lr * p.grad)")),
        Wrong("velocities are still 0", MOMENTUM.format("v = momentum * v + p.grad; p.sub_(lr * v)")),
        Wrong("compared with", MOMENTUM.format("p.sub_(lr * v); v.mul_(momentum).add_(p.grad)")),
        Wrong("compared with", MOMENTUM.format("v.mul_(momentum).add_((1 - momentum) * p.grad); p.sub_(lr * v)")),
        Wrong("compared with", MOMENTUM.format("v.mul_(momentum).add_(p.grad); p.add_(lr * v)")),
        Wrong(
            "in-place operation",
            "def momentum_step(parameters, velocities, lr, momentum):\n    for p, v in zip(parameters, velocities):\n"
            "        v.mul_(momentum).add_(p.grad)\n        p.sub_(lr * v)",
        ),
        Right(MOMENTUM.format("v.copy_(momentum * v + p.grad); p -= lr * v")),
        Right(
            "def momentum_step(parameters, velocities, lr, momentum):\n    for i, p in enumerate(parameters):\n"
            "        velocities[i].mul_(momentum).add_(p.grad)\n        p.data.add_(velocities[i], alpha=-lr)"
        ),
        Right(MOMENTUM.format("v *= momentum; v += p.grad; p.sub_(v, alpha=lr)")),
    ],
    "3.10": [
        Wrong("near chance", "best = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))"),
        Wrong("98% wanted", "best = model"),
        Wrong("not a function", "best = lambda x: x"),
        Wrong("logits", "best = nn.Sequential(nn.Flatten(), nn.Linear(784, 9))"),
        Wrong("near chance", "best = untrained"),
        Right(
            """torch.manual_seed(0)
best = nn.Sequential(nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1),
                     nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 128), nn.ReLU(), nn.Linear(128, 10))
optimizer = torch.optim.Adam(best.parameters(), fused=True)
for epoch in range(12):
    optimizer.param_groups[0]["lr"] = 0.002 * (1 - epoch / 12)
    for x, y in TensorBatches(X, Y):
        optimizer.zero_grad()
        loss_fn(best(x.roll(torch.randint(-2, 3, (2,)).tolist(), dims=(2, 3))), y).backward()
        optimizer.step()
kept = best"""
        ),
        Right("best = nn.Sequential(kept, nn.Dropout(0.5))"),
        Right(
            "class Wrapped(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.inner = kept\n"
            "    def forward(self, x):\n        return self.inner(x).log_softmax(-1)\nbest = Wrapped()"
        ),
    ],
}
