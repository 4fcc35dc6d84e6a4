"""Wrong and right answers to the exercises of Part 4."""

from lessons import Right, Wrong

BATCHES = "def batches(x, y, batch_size):\n    "
MLP = "def make_mlp():\n    return nn.Sequential(nn.Flatten(), {})"
MEMORIZE = """def memorize(model, x, y):
    optimizer, losses = {}, []
    for _ in range({}):
        {}
    return {}"""
STEP = "optimizer.zero_grad(); loss = F.cross_entropy(model(x), y); loss.backward(); optimizer.step(); losses.append(loss.item())"
ADAM = "torch.optim.Adam(model.parameters(), lr=0.003)"
TRAIN = """def train(model, x, y, epochs, lr=0.001, batch_size=32):
    optimizer, history = torch.optim.Adam(model.parameters(), lr=lr), []
    for epoch in range(epochs):
        {}
        losses, sizes = [], []
        for images, labels in {}:
            {}
            losses.append(loss.item())
            sizes.append(len(images))
        history.append({})
    return history"""
FALL = "optimizer.param_groups[0]['lr'] = lr * (1 - epoch / epochs)"
SOUND = "optimizer.zero_grad(); loss = F.cross_entropy(model(images), labels); loss.backward(); optimizer.step()"
MEAN = "sum(a * b for a, b in zip(losses, sizes)) / sum(sizes)"
ALL = "batches(x, y, batch_size)"
ACCURACY = "mlp = {}\n\n@torch.inference_mode()\ndef accuracy(model, x, y):\n    {}"
HITS = "return (model(x).argmax(1) == y).sum().item() / len(y)"
CONFUSION = "def confusion(truth, answers, num_classes=10):\n    counts = torch.zeros(num_classes, num_classes)\n    {}"
SEEN = 'seen = {{"even": {}, "dark left": {}, "dark right": {}, "dark top": {}}}'
FLOW = "flow = dict(zip(['after the first conv', 'after the first pool', 'after the second conv', 'after the second pool', 'after flatten', 'parameters of the first conv', 'parameters of the second conv'], [{}]))"
CNN = "def make_cnn():\n    return nn.Sequential({})"
ROW = """change = {}

def make_row(run, change, reference):
    accuracies = [{} for seed in SEEDS]
    mean, spread = {}, {}
    difference = mean - sum(reference) / 3
    limit = {}
    conclusion = {}
    return dict(accuracies=accuracies, mean=mean, spread=spread, conclusion=conclusion)"""
RUN, MIDDLE, SPREAD = "run(seed, **change)", "sum(accuracies) / 3", "max(accuracies) - min(accuracies)"
LIMIT = "max(spread, max(reference) - min(reference))"
CONCLUDE = "'better' if difference > limit else 'worse' if difference < -limit else 'within the spread'"
BEST = "best, best_epochs = {}, {}"
CONVOLVE = """def convolve(picture, kernel):
    (H, W), (h, w) = picture.shape, kernel.shape
    result = torch.zeros(H - h + 1, W - w + 1)
    for r in range(H - h + 1):
        for c in range(W - w + 1):
            result[r, c] = {}
    return result"""

ANSWERS = {
    "4.1": [
        Wrong("old order", BATCHES + "return zip(x.split(batch_size), y.split(batch_size))"),
        Wrong(
            "shuffled apart",
            BATCHES + "a, b = torch.randperm(len(x)), torch.randperm(len(x))\n"
            "    return zip(x[a].split(batch_size), y[b].split(batch_size))",
        ),
        Wrong(
            "shuffled apart",
            BATCHES + "for i in torch.randperm(len(x)).split(batch_size):\n        yield x[i], y[: len(i)]",
        ),
        Wrong(
            "smaller batch at the end",
            BATCHES + "order = torch.randperm(len(x))\n    for i in range(len(x) // batch_size):\n"
            "        at = order[i * batch_size : (i + 1) * batch_size]\n        yield x[at], y[at]",
        ),
        Wrong(
            "randperm, not randint",
            BATCHES + "for i in torch.randint(0, len(x), (len(x),)).split(batch_size):\n        yield x[i], y[i]",
        ),
        Wrong("at most batch_size", BATCHES + "i = torch.randperm(len(x))\n    return [(x[i], y[i])]"),
        Wrong(
            "four dimensions",
            BATCHES + "for i in torch.randperm(len(x)).split(batch_size):\n        yield x[i].flatten(1), y[i]",
        ),
        Wrong(
            "same on every call",
            BATCHES + "order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))\n"
            "    for i in order.split(batch_size):\n        yield x[i], y[i]",
        ),
        Wrong("four dimensions", BATCHES + "for i in torch.randperm(len(x)).tolist():\n        yield x[i], y[i]"),
        Wrong("a pair", BATCHES + "for i in torch.randperm(len(x)).split(batch_size):\n        yield x[i]"),
        Wrong("first|pair|batch", BATCHES + "i = torch.randperm(len(x))[:batch_size]\n    return x[i], y[i]"),
        Wrong("returns nothing", BATCHES + "torch.randperm(len(x)).split(batch_size)"),
        Wrong(
            "should stay",
            BATCHES + "for i in torch.randperm(len(x)).split(batch_size):\n        yield x[i], y[i].float()",
        ),
        Wrong(
            "side by side",
            BATCHES + "for a, b in zip(x.split(batch_size), y.split(batch_size)):\n"
            "        i = torch.randperm(len(a))\n        yield a[i], b[i]",
        ),
        Wrong(
            "side by side",
            BATCHES + "order = torch.arange(len(x)).roll(torch.randint(1, len(x), (1,)).item())\n"
            "    return zip(x[order].split(batch_size), y[order].split(batch_size))",
        ),
        Wrong(
            "side by side",
            BATCHES
            + "cuts = torch.arange(len(x)).split(batch_size)\n    for k in [*torch.randperm(len(cuts) - 1), -1]:\n"
            "        i = cuts[k][torch.randperm(len(cuts[k]))]\n        yield x[i], y[i]",
        ),
        Wrong(
            "share a batch on every call",
            BATCHES + "order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))\n"
            "    for i in order.split(batch_size):\n        i = i[torch.randperm(len(i))]\n        yield x[i], y[i]",
        ),
        Right(
            BATCHES + "data = torch.utils.data.TensorDataset(x, y)\n"
            "    return torch.utils.data.DataLoader(data, batch_size=batch_size, shuffle=True)"
        ),
        Right(
            "class batches:\n    def __init__(self, x, y, batch_size):\n        self.x, self.y, self.size = x, y, batch_size\n"
            "    def __len__(self):\n        return -(-len(self.x) // self.size)\n"
            "    def __iter__(self):\n        for i in torch.randperm(len(self.x)).split(self.size):\n"
            "            yield self.x[i], self.y[i]"
        ),
        Right(
            BATCHES + "order, result = torch.randperm(len(x)), []\n    for start in range(0, len(x), batch_size):\n"
            "        at = order[start : start + batch_size]\n        result.append([x[at], y[at]])\n    return result"
        ),
        Right(
            BATCHES + "order = torch.rand(len(x)).argsort()\n"
            "    return zip(x[order].split(batch_size), y[order].split(batch_size))"
        ),
    ],
    "4.2": [
        Wrong("No softmax", MLP.format("nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10), nn.Softmax(dim=1)")),
        Wrong("No softmax", MLP.format("nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10), nn.Softmax(dim=0)")),
        Wrong("No log_softmax", MLP.format("nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10), nn.LogSoftmax(dim=1)")),
        Wrong("activation after the last", MLP.format("nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10), nn.ReLU()")),
        Wrong("activation in between", MLP.format("nn.Linear(784, 256), nn.Linear(256, 10)")),
        Wrong(
            "flatten each picture first",
            "def make_mlp():\n    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))",
        ),
        Wrong("64 units or more", MLP.format("nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10)")),
        Wrong("64 units or more|activation in between", MLP.format("nn.Linear(784, 10)")),
        Wrong("should give logits of shape", MLP.format("nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 1)")),
        Wrong(
            "A new network on every call",
            "one = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))\ndef make_mlp():\n    return one",
        ),
        Wrong(
            "returns nothing",
            "def make_mlp():\n    nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))",
        ),
        Wrong(
            "Return a network",
            "def make_mlp():\n    return [nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)]",
        ),
        Wrong(
            "plain list",
            "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "        self.layers = [nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)]\n"
            "    def forward(self, x):\n        for layer in self.layers:\n            x = layer(x)\n        return x\n"
            "def make_mlp():\n    return Net()",
        ),
        Wrong(
            "is every layer used",
            "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "        self.a, self.b, self.c = nn.Linear(784, 128), nn.Linear(128, 128), nn.Linear(128, 10)\n"
            "    def forward(self, x):\n        return self.c(self.a(x.flatten(1)).relu())\n"
            "def make_mlp():\n    return Net()",
        ),
        Wrong(
            "activation after the last",
            MLP.format("nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10), nn.Tanh()"),
        ),
        Wrong(
            "activation after the last",
            MLP.format("nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10), nn.LeakyReLU()"),
        ),
        Wrong(
            "activation after the last",
            MLP.format("nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10), nn.GELU()"),
        ),
        Wrong(
            "activation after the last",
            MLP.format("nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10), nn.Softplus()"),
        ),
        Wrong("63 units: give it 64", MLP.format("nn.Linear(784, 63), nn.ReLU(), nn.Linear(63, 10)")),
        Right(MLP.format("nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 10)")),
        Right(MLP.format("nn.Linear(784, 64), nn.LeakyReLU(), nn.Linear(64, 10, bias=False), nn.Dropout(0.1)")),
        Right(MLP.format("nn.Linear(784, 784), nn.ReLU(), nn.Linear(784, 10), nn.BatchNorm1d(10)")),
        Right(
            "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "        self.a, self.b = (nn.Sequential(nn.Linear(784, 100), nn.Tanh(), nn.Linear(100, 10)) for _ in 'ab')\n"
            "        self.shift = nn.Parameter(torch.zeros(10))\n"
            "    def forward(self, x):\n        x = x.flatten(1)\n        return (self.a(x) + self.b(x)) / 2 + self.shift\n"
            "def make_mlp():\n    return Net()"
        ),
        Right(
            "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "        self.w, self.v = nn.Parameter(torch.randn(784, 80) / 28), nn.Parameter(torch.randn(80, 10) / 9)\n"
            "    def forward(self, x):\n        return torch.relu(x.flatten(1) @ self.w) @ self.v\n"
            "def make_mlp():\n    return Net()"
        ),
        Right(
            MLP.format(
                "nn.Linear(784, 128), nn.GELU(), nn.Dropout(0.2), nn.Linear(128, 64), nn.Tanh(), nn.Linear(64, 10)"
            )
        ),
        Right(
            "class Net(nn.Module):\n    def __init__(self, width=100):\n        super().__init__()\n"
            "        self.hidden, self.out = nn.Linear(784, width), nn.Linear(width, 10)\n"
            "    def forward(self, x):\n        return self.out(F.relu(self.hidden(x.reshape(len(x), -1))))\n"
            "make_mlp = Net"
        ),
        Right(
            MLP.format("nn.LazyLinear(256), nn.BatchNorm1d(256), nn.ReLU(), nn.Linear(256, 10)").replace(
                "    return ", "    net = "
            )
            + "\n    net.eval()(torch.zeros(1, 1, 28, 28))\n    return net"
        ),
        Right(
            MLP.format(
                "*[layer for a, b in [(784, 256), (256, 64)] for layer in (nn.Linear(a, b), nn.ReLU())], nn.Linear(64, 10)"
            )
        ),
    ],
    "4.3": [
        Wrong(
            "gradients of several steps add up",
            MEMORIZE.format(ADAM, 200, STEP.replace("optimizer.zero_grad(); ", ""), "losses"),
        ),
        Wrong(
            "softmax twice", MEMORIZE.format(ADAM, 200, STEP.replace("model(x)", "model(x).softmax(dim=1)"), "losses")
        ),
        Wrong("step is missing", MEMORIZE.format(ADAM, 200, STEP.replace("optimizer.step(); ", ""), "losses")),
        Wrong("more steps, or a larger", MEMORIZE.format(ADAM, 10, STEP, "losses")),
        Wrong(
            "more steps, or a larger",
            MEMORIZE.format("torch.optim.SGD(model.parameters(), lr=0.001)", 100, STEP, "losses"),
        ),
        Wrong(
            "loss did not fall",
            MEMORIZE.format("torch.optim.Adam(model.parameters(), lr=0.003, maximize=True)", 60, STEP, "losses"),
        ),
        Wrong("loss.item", MEMORIZE.format(ADAM, 200, STEP.replace("loss.item()", "loss"), "losses")),
        Wrong("whole list", MEMORIZE.format(ADAM, 200, STEP, "losses[-1:]")),
        Wrong("returns nothing", MEMORIZE.format(ADAM, 200, STEP, "None")),
        Wrong(
            "another one learned",
            MEMORIZE.replace("):\n    opt", "):\n    model = make_mlp()\n    opt", 1).format(ADAM, 200, STEP, "losses"),
        ),
        Wrong("that of the model as given", MEMORIZE.format(ADAM, 200, STEP, "losses[20:]")),
        Wrong(
            "images",
            MEMORIZE.format(ADAM, 200, STEP.replace("model(x), y", "model(images), names"), "losses"),
        ),
        Wrong("images", MEMORIZE.format(ADAM, 200, STEP.replace("model(x)", "model(images)"), "losses")),
        Wrong("labels .names", MEMORIZE.format(ADAM, 200, STEP.replace("model(x), y", "model(x), names"), "losses")),
        Right(
            "def memorize(model, x, y):\n    optimizer, losses = torch.optim.Adam(model.parameters()), []\n"
            "    while not losses or losses[-1] >= 0.05:\n        optimizer.zero_grad()\n        loss = F.cross_entropy(model(x), y)\n"
            "        loss.backward()\n        optimizer.step()\n        losses.append(loss.item())\n    return losses"
        ),
        Right(MEMORIZE.format(ADAM, 200, STEP, "losses")),
        Right(
            MEMORIZE.format(
                "torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)", 120, STEP, "torch.tensor(losses)"
            )
        ),
        Right(
            "def memorize(model, x, y):\n    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)\n    losses = [9.0]\n"
            "    while losses[-1] > 0.02:\n        loss = F.nll_loss(model(x).log_softmax(1), y)\n        loss.backward()\n"
            "        optimizer.step()\n        optimizer.zero_grad()\n        losses.append(float(loss))\n    return losses[1:]"
        ),
        Right(
            "def memorize(model, x, y):\n    losses = []\n    for _ in range(300):\n        loss = nn.CrossEntropyLoss()(model(x), y)\n"
            "        slopes = torch.autograd.grad(loss, list(model.parameters()))\n        with torch.no_grad():\n"
            "            for p, slope in zip(model.parameters(), slopes):\n                p -= 0.1 * slope\n"
            "        losses.append(loss.detach())\n    return losses"
        ),
    ],
    "4.4": [
        Wrong(
            "gradients of several steps add up",
            TRAIN.format(FALL, ALL, SOUND.replace("optimizer.zero_grad(); ", ""), MEAN),
        ),
        Wrong("called after backward", TRAIN.format(FALL, ALL, SOUND.replace("; optimizer.step()", ""), MEAN)),
        Wrong("33 steps", TRAIN.format(FALL, "batches(x, y, 32)", SOUND, MEAN)),
        Wrong("33 steps", TRAIN.format(FALL, "[(x, y)]", SOUND, MEAN)),
        Wrong("ends at 0.01", TRAIN.format("pass", ALL, SOUND, MEAN)),
        Wrong("same order", TRAIN.format(FALL, "zip(x.split(batch_size), y.split(batch_size))", SOUND, MEAN)),
        Wrong("mean of batch means", TRAIN.format(FALL, ALL, SOUND, "sum(losses) / len(losses)")),
        Wrong("With lr=0", TRAIN.format(FALL, ALL, SOUND, "losses[-1]")),
        Wrong("With lr=0", TRAIN.format(FALL, ALL, SOUND, "sum(losses)")),
        Wrong(
            "loss hardly falls. Softmax",
            TRAIN.format(FALL, ALL, SOUND.replace("model(images)", "model(images).softmax(1)"), MEAN),
        ),
        Wrong("begins at 0.0001", TRAIN.format(FALL.replace("lr * (", "1e-4 * ("), ALL, SOUND, MEAN)),
        Wrong(
            "One loss for each epoch",
            TRAIN.format(FALL, ALL, SOUND, MEAN).replace("return history", "return history[-1:]"),
        ),
        Wrong("returns nothing", TRAIN.format(FALL, ALL, SOUND, MEAN).replace("return history", "return None")),
        Wrong("Keep numbers", TRAIN.format(FALL, ALL, SOUND, "loss")),
        Wrong(
            "return stands inside the loop",
            TRAIN.format(FALL, ALL, SOUND, MEAN).replace("    return history", "        return history"),
        ),
        Wrong("not Adam", TRAIN.format(FALL, ALL, SOUND, MEAN).replace("optim.Adam", "optim.SGD")),
        Wrong("ends at -0.01", TRAIN.format(FALL.replace("1 - epoch / epochs", "1 - epoch"), ALL, SOUND, MEAN)),
        Wrong(
            "begins at 0.0067", TRAIN.format(FALL.replace("epoch / epochs", "(epoch + 1) / epochs"), ALL, SOUND, MEAN)
        ),
        Wrong(
            "earlier epochs stay in the sum",
            TRAIN.format(FALL, ALL, SOUND + "; total += loss.item() * len(images)", "total / len(x)").replace(
                "    for epoch", "    total = 0\n    for epoch", 1
            ),
        ),
        Wrong(
            "earlier epochs kept",
            TRAIN.format(FALL, ALL, SOUND, MEAN)
            .replace("        losses, sizes = [], []\n", "")
            .replace("    for epoch", "    losses, sizes = [], []\n    for epoch", 1),
        ),
        Right(TRAIN.format("optimizer.param_groups[0]['lr'] *= 1 - epoch / epochs", ALL, SOUND, MEAN)),
        Right(TRAIN.format(FALL, ALL, SOUND, MEAN).replace("lr=lr)", "lr=lr, fused=True)")),
        Right(
            "def train(model, x, y, epochs, lr=0.001, batch_size=32):\n    steps = epochs * -(-len(x) // batch_size)\n"
            "    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)\n"
            "    falling = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=steps)\n    history = []\n"
            "    for _ in helper.track(range(epochs), 'epochs'):\n        total = torch.zeros(())\n"
            "        for a, b in batches(x, y, batch_size):\n            loss = nn.CrossEntropyLoss()(model(a), b)\n"
            "            loss.backward()\n            optimizer.step()\n            falling.step()\n            model.zero_grad()\n"
            "            total += loss.detach() * len(b)\n        history.append(total.item() / len(y))\n    return history"
        ),
        Right(
            "def train(model, x, y, epochs, lr=0.001, batch_size=32):\n    history = []\n"
            "    optimizer = torch.optim.Adam(model.parameters(), lr=lr, fused=True)\n"
            "    for epoch in range(epochs):\n        for group in optimizer.param_groups:\n            group['lr'] = lr * 0.5**epoch\n"
            "        order, running = torch.randperm(len(x)), 0.0\n        for start in range(0, len(x), batch_size):\n"
            "            at = order[start : start + batch_size]\n            optimizer.zero_grad(set_to_none=False)\n"
            "            loss = F.cross_entropy(model(x[at]), y[at], reduction='sum')\n            (loss / len(at)).backward()\n"
            "            optimizer.step()\n            running += loss.item()\n        history.append(running / len(x))\n    return history"
        ),
        Right(TRAIN.format(FALL + "; model.train()", ALL, SOUND, MEAN).replace("lr=lr)", "lr=lr, fused=True)")),
    ],
    "4.5": [
        Wrong("near chance", ACCURACY.format("make_mlp()", HITS)),
        Wrong("80% wanted", ACCURACY.format("make_mlp(); train(mlp, x_train[:300], y_train[:300], 3)", HITS)),
        Wrong("train returns the losses", ACCURACY.format("train(make_mlp(), x_train[:300], y_train[:300], 1)", HITS)),
        Wrong("number of right answers", ACCURACY.format("make_mlp()", "return (model(x).argmax(1) == y).sum()")),
        Wrong("share of wrong", ACCURACY.format("make_mlp()", "return (model(x).argmax(1) != y).float().mean()")),
        Wrong("in percent", ACCURACY.format("make_mlp()", "return 100 * (model(x).argmax(1) == y).float().mean()")),
        Wrong("one number", ACCURACY.format("make_mlp()", "return (model(x).argmax(1) == y).float()")),
        Wrong("returns nothing", ACCURACY.format("make_mlp()", "(model(x).argmax(1) == y).float().mean()")),
        Wrong("inference_mode", ACCURACY.format("make_mlp()", HITS).replace("@torch.inference_mode()\n", "")),
        Wrong(
            "mean of batch means",
            ACCURACY.format(
                "make_mlp()",
                "parts = [(model(a).argmax(1) == b).float().mean() for a, b in zip(x.split(64), y.split(64))]\n"
                "    return sum(parts) / len(parts)",
            ),
        ),
        Wrong("mlp should be a network", ACCURACY.format("make_mlp", HITS)),
        Wrong("trained on x_valid", ACCURACY.format("make_mlp(); train(mlp, x_valid, y_valid, EPOCHS)", HITS)),
        Wrong("trained on x_valid", ACCURACY.format("make_mlp(); train(mlp, x_valid, y_valid, 20)", HITS)),
        Wrong("rounded", ACCURACY.format("make_mlp()", HITS.replace("return ", "return round(") + ", 2)")),
        Wrong("rounded", ACCURACY.format("make_mlp()", HITS.replace("return ", "return round(") + ", 4)")),
        Right(ACCURACY.format("make_mlp()\ntrain(mlp, x_train, y_train, EPOCHS)\nkept = mlp", HITS)),
        Right(
            "mlp = kept\n\ndef accuracy(model, x, y):\n    hits = 0\n    with torch.no_grad():\n"
            "        for a, b in batches(x, y, 100):\n            hits += int((model(a).argmax(-1) == b).sum())\n"
            "    return hits / len(x)"
        ),
        Right(
            "mlp = nn.Sequential(kept, nn.Identity())\n\ndef accuracy(model, x, y):\n    model.eval()\n"
            "    with torch.inference_mode():\n        return (model(x).argmax(dim=1) == y).float().mean()"
        ),
        Right(
            "mlp = kept\n\ndef accuracy(model, x, y):\n    with torch.inference_mode():\n        return model(x).max(1).indices.eq(y).double().mean().item()"
        ),
    ],
    "4.6": [
        Wrong(
            "Rows and columns are swapped",
            CONFUSION.format("for t, a in zip(truth, answers):\n        counts[a, t] += 1\n    return counts"),
        ),
        Wrong(
            "Rows and columns are swapped",
            "def confusion(truth, answers, num_classes=10):\n    return torch.bincount(answers * num_classes + truth, minlength=num_classes**2).reshape(num_classes, -1)",
        ),
        Wrong("counts once", CONFUSION.format("counts[truth, answers] += 1\n    return counts")),
        Wrong(
            "Only the right answers",
            CONFUSION.format("for t, a in zip(truth, answers):\n        counts[t, t] += t == a\n    return counts"),
        ),
        Wrong(
            "not shares of a row",
            CONFUSION.format(
                "for t, a in zip(truth, answers):\n        counts[t, a] += 1\n    return counts / counts.sum(1, keepdim=True)"
            ),
        ),
        Wrong(
            "not shares of all",
            CONFUSION.format(
                "for t, a in zip(truth, answers):\n        counts[t, a] += 1 / len(truth)\n    return counts"
            ),
        ),
        Wrong(
            "in one line",
            "def confusion(truth, answers, num_classes=10):\n    return torch.bincount(truth * num_classes + answers, minlength=num_classes**2)",
        ),
        Wrong(
            "should be a tensor",
            "def confusion(truth, answers, num_classes=10):\n    return [[int(((truth == t) & (answers == a)).sum()) for a in range(num_classes)] for t in range(num_classes)]",
        ),
        Wrong(
            "Four classes need four rows",
            "def confusion(truth, answers, num_classes=10):\n    k = max(truth.max(), answers.max()) + 1\n    return torch.bincount(truth * k + answers, minlength=k * k).reshape(k, k)",
        ),
        Wrong(
            "should have the shape|should be \\(4, 4\\)",
            CONFUSION.replace("(num_classes, num_classes)", "(10, 10)").format(
                "for t, a in zip(truth, answers):\n        counts[t, a] += 1\n    return counts"
            ),
        ),
        Wrong("returns nothing", CONFUSION.format("for t, a in zip(truth, answers):\n        counts[t, a] += 1")),
        Right(
            CONFUSION.format(
                "for t, a in zip(truth.tolist(), answers.tolist()):\n        counts[t][a] += 1\n    return counts"
            )
        ),
        Right(
            CONFUSION.format(
                "ones = torch.ones(len(truth))\n    return counts.index_put_((truth, answers), ones, accumulate=True).long()"
            )
        ),
        Right(
            "def confusion(truth, answers, num_classes=10):\n    return F.one_hot(truth, num_classes).T @ F.one_hot(answers, num_classes)"
        ),
        Right(
            "def confusion(truth, answers, num_classes=10):\n    return torch.tensor([[((truth == t) & (answers == a)).sum() for a in range(num_classes)] for t in range(num_classes)])"
        ),
    ],
    "4.7": [
        Wrong("the sign", SEEN.format(0, -3, 3, 0)),
        Wrong("one row", SEEN.format(0, 1, -1, 0)),
        Wrong("add up to", SEEN.format(3, 3, -3, 0)),
        Wrong("add up to", SEEN.format(0, 3, -3, 3)),
        Wrong("nine times", SEEN.format(0, 3, 0, 0)),
        Wrong("write a number", SEEN.format(0, "'bright'", -3, 0)),
        Wrong("Keep the four names", 'seen = {"even": 0}'),
        Right(SEEN.format(0, 3, -3, 0)),
        Right(SEEN.format("0.0", "3.0", "-3.0", "0.0")),
        Right('seen = dict(zip(["even", "dark left", "dark right", "dark top"], [0, 1 + 1 + 1, -1 - 1 - 1, 0]))'),
    ],
    "4.8": [
        Wrong(
            "kernel size",
            FLOW.format("(5, 8, 28, 28), (5, 8, 14, 14), (5, 12, 14, 14), (5, 12, 7, 7), (5, 588), 208, 876"),
        ),
        Wrong(
            "how many dimensions", FLOW.format("(8, 24, 24), (8, 12, 12), (12, 12, 12), (12, 6, 6), (432,), 208, 876")
        ),
        Wrong(
            "a pool keeps them|how many channels",
            FLOW.format("(5, 8, 24, 24), (5, 4, 12, 12), (5, 12, 12, 12), (5, 12, 6, 6), (5, 432), 208, 876"),
        ),
        Wrong(
            "how many channels",
            FLOW.format("(5, 1, 24, 24), (5, 1, 12, 12), (5, 12, 12, 12), (5, 12, 6, 6), (5, 432), 208, 876"),
        ),
        Wrong(
            "padding", FLOW.format("(5, 8, 24, 24), (5, 8, 12, 12), (5, 12, 10, 10), (5, 12, 5, 5), (5, 300), 208, 876")
        ),
        Wrong(
            "halving", FLOW.format("(5, 8, 24, 24), (5, 8, 22, 22), (5, 12, 12, 12), (5, 12, 6, 6), (5, 432), 208, 876")
        ),
        Wrong(
            "batch stands first",
            FLOW.format("(8, 5, 24, 24), (8, 5, 12, 12), (12, 5, 12, 12), (12, 5, 6, 6), (5, 432), 208, 876"),
        ),
        Wrong(
            "times height times width",
            FLOW.format("(5, 8, 24, 24), (5, 8, 12, 12), (5, 12, 12, 12), (5, 12, 6, 6), (5, 36), 208, 876"),
        ),
        Wrong(
            "second conv: each filter looks at all channels",
            FLOW.format("(5, 8, 24, 24), (5, 8, 12, 12), (5, 12, 12, 12), (5, 12, 6, 6), (5, 432), 208, 120"),
        ),
        Wrong(
            "has a bias",
            FLOW.format("(5, 8, 24, 24), (5, 8, 12, 12), (5, 12, 12, 12), (5, 12, 6, 6), (5, 432), 200, 864"),
        ),
        Wrong(
            "plus the biases",
            FLOW.format("(5, 8, 24, 24), (5, 8, 12, 12), (5, 12, 12, 12), (5, 12, 6, 6), (5, 432), 26, 876"),
        ),
        Wrong("write a tuple", FLOW.format("24, 12, 12, 6, 432, 208, 876")),
        Wrong("Keep all seven", "flow = {'after flatten': (5, 432)}"),
        Right(FLOW.format("[5, 8, 24, 24], [5, 8, 12, 12], [5, 12, 12, 12], [5, 12, 6, 6], [5, 432], 208, 876")),
        Right(
            FLOW.format(
                "torch.Size([5, 8, 24, 24]), (5, 8, 12, 12), (5, 12, 12, 12), (5, 12, 6, 6), (5, 12 * 6 * 6), 8 * 26, 12 * 73"
            )
        ),
        Right(FLOW.format("*[(5, c, s, s) for c, s in [(8, 24), (8, 12), (12, 12), (12, 6)]], (5, 432), 208.0, 876.0")),
    ],
    "4.9": [
        Wrong(
            "padding=1 missing",
            CNN.format(
                "nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(800, 10)"
            ),
        ),
        Wrong(
            "pool missing",
            CNN.format(
                "nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(6272, 10)"
            ),
        ),
        Wrong(
            "your line|line",
            CNN.format(
                "nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 14 * 14, 10)"
            ),
        ),
        Wrong(
            "ReLU is missing after both",
            CNN.format(
                "nn.Conv2d(1, 16, 3, padding=1), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10)"
            ),
        ),
        Wrong(
            "No softmax",
            CNN.format(
                "nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10), nn.Softmax(dim=1)"
            ),
        ),
        Wrong(
            "No ReLU after the last",
            CNN.format(
                "nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10), nn.ReLU()"
            ),
        ),
        Wrong(
            "channels and kernel size",
            CNN.format(
                "nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10)"
            ),
        ),
        Wrong(
            "channels and kernel size",
            CNN.format(
                "nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10)"
            ),
        ),
        Wrong(
            "\\*max\\* pool twice",
            CNN.format(
                "nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(1568, 10)"
            ),
        ),
        Wrong(
            "bias",
            CNN.format(
                "nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10)"
            ),
        ),
        Wrong("returns nothing", CNN.format("nn.Conv2d(1, 16, 3, padding=1)").replace("return ", "")),
        Wrong("Return a network", "def make_cnn():\n    return nn.Conv2d(1, 16, 3, padding=1), nn.ReLU()"),
        Wrong(
            "ReLU is missing after the first",
            CNN.format(
                "nn.Conv2d(1, 16, 3, padding=1), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10)"
            ),
        ),
        Wrong(
            "ReLU is missing after the second",
            CNN.format(
                "nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10)"
            ),
        ),
        Wrong(
            "no dropout",
            CNN.format(
                "nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.2), nn.Linear(1568, 10)"
            ),
        ),
        Right(
            CNN.format(
                "nn.Conv2d(1, 16, 3, padding='same'), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(16, 32, 3, padding='same'), nn.MaxPool2d(2), nn.ReLU(), nn.Flatten(), nn.LazyLinear(10)"
            )
        ),
        Right(
            "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "        self.conv1, self.conv2 = nn.Conv2d(1, 16, 3, padding=1), nn.Conv2d(16, 32, (3, 3), padding=(1, 1))\n"
            "        self.out = nn.Linear(32 * 7 * 7, 10)\n"
            "    def forward(self, x):\n        for conv in (self.conv1, self.conv2):\n"
            "            x = F.max_pool2d(F.relu(conv(x)), 2)\n        return self.out(x.flatten(start_dim=1))\n"
            "def make_cnn():\n    return Net()"
        ),
        Right(
            "def make_cnn():\n    def block(a, b):\n        return nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2, 2))\n"
            "    return nn.Sequential(block(1, 16), block(16, 32), nn.Flatten(), nn.Linear(1568, 10))"
        ),
    ],
    "4.10": [
        Wrong("exactly one entry", ROW.format("{'width': 64, 'depth': 2}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong("cannot be changed", ROW.format("{'momentum': 0.9}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong("in the table already", ROW.format("{'width': 256}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong("in the table already", ROW.format("{'depth': 3}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong("should be a dictionary", ROW.format("64", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong("not passed on", ROW.format("{'width': 64}", "run(seed)", MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong(
            "once for each of the SEEDS",
            ROW.format("{'width': 64}", "run(0, **change)", MIDDLE, SPREAD, LIMIT, CONCLUDE),
        ),
        Wrong("larger spread", ROW.format("{'width': 64}", RUN, MIDDLE, SPREAD, "0", CONCLUDE)),
        Wrong(
            "larger spread",
            ROW.format("{'width': 64}", RUN, MIDDLE, SPREAD, "max(reference) - min(reference)", CONCLUDE),
        ),
        Wrong(
            "larger spread",
            ROW.format(
                "{'width': 64}",
                RUN,
                MIDDLE,
                SPREAD,
                LIMIT,
                CONCLUDE.replace("better", "x").replace("worse", "better").replace("x", "worse"),
            ),
        ),
        Wrong("divided by 3", ROW.format("{'width': 64}", RUN, "max(accuracies)", SPREAD, LIMIT, CONCLUDE)),
        Wrong(
            "largest minus",
            ROW.format("{'width': 64}", RUN, MIDDLE, "torch.tensor(accuracies).std().item()", LIMIT, CONCLUDE),
        ),
        Wrong(
            "lacks spread",
            ROW.format("{'width': 64}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE).replace("spread=spread, ", ""),
        ),
        Wrong(
            "returns nothing",
            ROW.format("{'width': 64}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE).replace("return dict", "dict"),
        ),
        Wrong(
            "should return a dictionary",
            ROW.format("{'width': 64}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE).replace(
                "dict(accuracies=accuracies, mean=mean, spread=spread, conclusion=conclusion)", "accuracies"
            ),
        ),
        Wrong("depth: a value above 0, like 1", ROW.format("{'depth': 0}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong("lr: a value above 0, like 0.001", ROW.format("{'lr': '0.003'}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong("width: a value above 0, like 256", ROW.format("{'width': 64.0}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong(
            "batch_size: a value above 0, like 32",
            ROW.format("{'batch_size': -8}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE),
        ),
        Wrong("larger spread", ROW.format("{'width': 64}", RUN, MIDDLE, SPREAD, "spread", CONCLUDE)),
        Wrong(
            "larger spread",
            ROW.format("{'width': 64}", RUN, MIDDLE, SPREAD, "spread + max(reference) - min(reference)", CONCLUDE),
        ),
        Wrong(
            "larger spread",
            ROW.format(
                "{'width': 64}", RUN, MIDDLE, SPREAD, "(spread + max(reference) - min(reference)) / 2", CONCLUDE
            ),
        ),
        Wrong(
            "larger spread",
            ROW.format("{'width': 64}", RUN, MIDDLE, SPREAD, "min(spread, max(reference) - min(reference))", CONCLUDE),
        ),
        Right(ROW.format("{'lr': 1}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Right(
            "change = dict(batch_size=128)\n\ndef make_row(run, change, reference):\n"
            "    values, old = torch.zeros(3, dtype=torch.float64), torch.tensor(reference, dtype=torch.float64)\n"
            "    for i, seed in enumerate(SEEDS):\n        values[i] = run(seed, **change)\n"
            "    spread, other = values.max() - values.min(), old.max() - old.min()\n    gap = values.mean() - old.mean()\n"
            "    text = 'within the spread'\n    if gap.abs() > torch.maximum(spread, other):\n"
            "        text = 'better' if gap > 0 else 'worse'\n"
            "    return {'accuracies': values.tolist(), 'mean': values.mean().item(), 'spread': spread.item(), 'conclusion': text, 'change': change}"
        ),
        Right(
            ROW.format(
                "{'batch_size': 512}",
                "run(seed=seed, **change)",
                "torch.tensor(accuracies).double().mean().item()",
                SPREAD,
                LIMIT,
                CONCLUDE,
            )
        ),
        Right(
            ROW.format(
                "{'batch_size': 128}",
                RUN,
                "sum(accuracies) / len(SEEDS)",
                "sorted(accuracies)[-1] - sorted(accuracies)[0]",
                LIMIT,
                CONCLUDE,
            )
        ),
    ],
    "4.11": [
        Wrong("section 4 itself", BEST.format("cnn", "6")),
        Wrong("near chance", BEST.format("make_cnn()", "6")),
        Wrong("88% wanted", BEST.format("nn.Sequential(mlp)", "6")),
        Wrong("should be a network", BEST.format("train", "6")),
        Wrong("should give logits", BEST.format("nn.Flatten()", "6")),
        Wrong("should be a number", BEST.format("nn.Sequential(mlp)", "'few'")),
        Wrong("a copy", BEST.format("make_cnn()", "6") + "\nbest.load_state_dict(cnn.state_dict())"),
        Wrong("a copy", BEST.format("nn.Sequential(cnn, nn.LogSoftmax(dim=1))", "6")),
        Wrong(
            "trained on x_valid",
            BEST.format("make_cnn()", "6") + "\ntrain(best, x_valid, y_valid, 12, lr=0.004)",
        ),
        Right(
            """torch.manual_seed(1)
best = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1),
                     nn.MaxPool2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(1568, 10))
optimizer = torch.optim.Adam(best.parameters(), fused=True)
falling = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.004, total_steps=6 * len(list(batches(x_train, y_train, 32))))
for epoch in range(6):
    for a, b in batches(x_train, y_train, 32):
        optimizer.zero_grad()
        F.cross_entropy(best(a), b, label_smoothing=0.1).backward()
        optimizer.step()
        falling.step()
best_epochs, learned_before = 6, best"""
        ),
        Wrong("times as long", BEST.format("nn.Sequential(learned_before)", "20")),
        Wrong("Without an epoch", BEST.format("nn.Sequential(learned_before)", "0")),
        Right(BEST.format("nn.Sequential(learned_before, nn.Dropout(0.5))", "6.0")),
        Right(
            "class Wrapped(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.inner = learned_before\n"
            "    def forward(self, x):\n        return self.inner(x).log_softmax(-1)\nbest, best_epochs = Wrapped(), 6"
        ),
    ],
    "4.12": [
        Wrong("turned by half a circle", CONVOLVE.format("(picture[r : r + h, c : c + w] * kernel.flip(0, 1)).sum()")),
        Wrong("mean of the products", CONVOLVE.format("(picture[r : r + h, c : c + w] * kernel).mean()")),
        Wrong("same corner", CONVOLVE.format("(picture[:h, :w] * kernel).sum()")),
        Wrong(
            "One row and one column too few",
            CONVOLVE.format("(picture[r : r + h, c : c + w] * kernel).sum()")
            .replace("H - h + 1", "H - h")
            .replace("W - w + 1", "W - w"),
        ),
        Wrong(
            "as large as the picture",
            "def convolve(picture, kernel):\n    return F.pad(F.conv2d(picture[None, None], kernel[None, None])[0, 0], (1, 1, 1, 0))",
        ),
        Wrong(
            "should have the shape",
            "def convolve(picture, kernel):\n    return F.conv2d(picture[None, None], kernel[None, None])",
        ),
        Wrong(
            "returns nothing",
            CONVOLVE.format("(picture[r : r + h, c : c + w] * kernel).sum()").replace("return result", "pass"),
        ),
        Wrong("changed what it was given", CONVOLVE.format("picture[r : r + h, c : c + w].mul_(kernel).sum()")),
        Right(CONVOLVE.format("(picture[r : r + h, c : c + w] * kernel).sum()")),
        Right(
            "def convolve(picture, kernel):\n    pieces = picture.unfold(0, kernel.shape[0], 1).unfold(1, kernel.shape[1], 1)\n"
            "    return (pieces * kernel).sum(dim=(-2, -1))"
        ),
        Right(
            "def convolve(picture, kernel):\n    h, w = kernel.shape\n    columns = F.unfold(picture[None, None], (h, w))[0]\n"
            "    return (kernel.flatten() @ columns).reshape(picture.shape[0] - h + 1, -1)"
        ),
        Right(
            CONVOLVE.format("torch.tensordot(kernel, picture[r : r + h, c : c + w])").replace(
                "torch.zeros(H - h + 1, W - w + 1)", "picture.new_empty(H - h + 1, W - w + 1)"
            )
        ),
    ],
}
