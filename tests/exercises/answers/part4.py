"""Wrong and right answers to the exercises of Part 4."""

from answer_kinds import Right, Wrong

from exercises.answers import answers_of

BATCHES = "def batches(x, y, batch_size):\n    "
MLP = "def make_mlp():\n    return nn.Sequential(nn.Flatten(), {})"
MEMORIZE = """def memorize(model, x, y):
    optimizer, losses = {}, []
    for _ in range({}):
        {}
    return {}"""
STEP = "optimizer.zero_grad(); loss = F.cross_entropy(model(x), y); loss.backward(); optimizer.step(); losses.append(loss.item())"
ADAM = "torch.optim.Adam(model.parameters(), lr=0.01)"
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
SEEN = 'seen = {{"uniform": {}, "dark left": {}, "dark right": {}, "dark top": {}}}'
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
BEST = "def train_best(x, y):\n    network = {}\n    return network"
CONVOLVE = """def convolve(picture, kernel):
    (H, W), (h, w) = picture.shape, kernel.shape
    result = torch.zeros(H - h + 1, W - w + 1)
    for r in range(H - h + 1):
        for c in range(W - w + 1):
            result[r, c] = {}
    return result"""

KEPT = {}  # networks that several answers use: trained once
TRAINED = """from answers.part4 import KEPT
if "mlp" not in KEPT:
    KEPT["mlp"] = make_mlp()
    train(KEPT["mlp"], x_train, y_train, EPOCHS)
kept = KEPT["mlp"]
"""

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
            "some pictures come twice",
            BATCHES + "for i in torch.randint(0, len(x), (len(x),)).split(batch_size):\n        yield x[i], y[i]",
        ),
        Wrong("batch_size allows at most", BATCHES + "i = torch.randperm(len(x))\n    return [(x[i], y[i])]"),
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
            "side by side|only the batches are shuffled",
            BATCHES + "order = torch.arange(len(x)).roll(torch.randint(len(x), (1,)).item())\n"
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
        Wrong(
            "There is a softmax", MLP.format("nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10), nn.Softmax(dim=1)")
        ),
        Wrong(
            "There is a softmax", MLP.format("nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10), nn.Softmax(dim=0)")
        ),
        Wrong(
            "There is a log_softmax",
            MLP.format("nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10), nn.LogSoftmax(dim=1)"),
        ),
        Wrong("activation after the last", MLP.format("nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10), nn.ReLU()")),
        Wrong("no activation between", MLP.format("nn.Linear(784, 256), nn.Linear(256, 10)")),
        Wrong(
            "Flatten each picture first",
            "def make_mlp():\n    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))",
        ),
        Wrong("Give it 64 or more", MLP.format("nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10)")),
        Wrong("no hidden layer", MLP.format("nn.Linear(784, 10)")),
        Wrong("should be logits of shape", MLP.format("nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 1)")),
        Wrong(
            "the same network",
            "one = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))\ndef make_mlp():\n    return one",
        ),
        Wrong(
            "returns nothing",
            "def make_mlp():\n    nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))",
        ),
        Wrong(
            "should return an nn.Module",
            "def make_mlp():\n    return [nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)]",
        ),
        Wrong(
            "not in a list",
            "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "        self.layers = [nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)]\n"
            "    def forward(self, x):\n        for layer in self.layers:\n            x = layer(x)\n        return x\n"
            "def make_mlp():\n    return Net()",
        ),
        Wrong(
            "never used",
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
        Wrong("has 63 units", MLP.format("nn.Linear(784, 63), nn.ReLU(), nn.Linear(63, 10)")),
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
            MEMORIZE.format(ADAM, 60, STEP.replace("optimizer.zero_grad(); ", ""), "losses"),
        ),
        Wrong(
            "softmax twice", MEMORIZE.format(ADAM, 60, STEP.replace("model(x)", "model(x).softmax(dim=1)"), "losses")
        ),
        Wrong("optimizer.step.. after", MEMORIZE.format(ADAM, 60, STEP.replace("optimizer.step(); ", ""), "losses")),
        Wrong("more steps, or another", MEMORIZE.format(ADAM, 3, STEP, "losses")),
        Wrong(
            "more steps, or another",
            MEMORIZE.format("torch.optim.SGD(model.parameters(), lr=0.001)", 100, STEP, "losses"),
        ),
        Wrong(
            "The loss grows",
            MEMORIZE.format("torch.optim.Adam(model.parameters(), lr=0.003, maximize=True)", 60, STEP, "losses"),
        ),
        Wrong("loss.item", MEMORIZE.format(ADAM, 60, STEP.replace("loss.item()", "loss"), "losses")),
        Wrong("whole list", MEMORIZE.format(ADAM, 60, STEP, "losses[-1:]")),
        Wrong("returns nothing", MEMORIZE.format(ADAM, 60, STEP, "None")),
        Wrong(
            "never calls the model",
            MEMORIZE.replace("):\n    opt", "):\n    model = make_mlp()\n    opt", 1).format(ADAM, 60, STEP, "losses"),
        ),
        Wrong("after step 20", MEMORIZE.format(ADAM, 60, STEP, "losses[20:]")),
        Wrong(
            "other pictures than",
            MEMORIZE.format(ADAM, 60, STEP.replace("model(x), y", "model(x_train[40:72]), y_train[40:72]"), "losses"),
        ),
        Wrong(
            "other pictures than",
            MEMORIZE.format(ADAM, 60, STEP.replace("model(x)", "model(x_train[40:72])"), "losses"),
        ),
        Wrong(
            "other labels",
            MEMORIZE.format(ADAM, 60, STEP.replace("model(x), y", "model(x), y_train[40:72]"), "losses"),
        ),
        Right(
            "def memorize(model, x, y):\n    optimizer, losses = torch.optim.Adam(model.parameters()), []\n"
            "    while not losses or losses[-1] >= 0.05:\n        optimizer.zero_grad()\n        loss = F.cross_entropy(model(x), y)\n"
            "        loss.backward()\n        optimizer.step()\n        losses.append(loss.item())\n    return losses"
        ),
        Right(MEMORIZE.format(ADAM, 60, STEP, "losses")),
        Wrong("should be a list of losses", MEMORIZE.format(ADAM, 60, STEP, "torch.tensor(losses)")),
        Right(MEMORIZE.format("torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)", 120, STEP, "losses")),
        Right(
            "def memorize(model, x, y):\n    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)\n    losses = [9.0]\n"
            "    while losses[-1] > 0.02:\n        loss = F.nll_loss(model(x).log_softmax(1), y)\n        loss.backward()\n"
            "        optimizer.step()\n        optimizer.zero_grad()\n        losses.append(float(loss))\n    return losses[1:]"
        ),
        Right(
            "def memorize(model, x, y):\n    losses = []\n    for _ in range(300):\n        loss = nn.CrossEntropyLoss()(model(x), y)\n"
            "        slopes = torch.autograd.grad(loss, list(model.parameters()))\n        with torch.no_grad():\n"
            "            for p, slope in zip(model.parameters(), slopes):\n                p -= 0.1 * slope\n"
            "        losses.append(loss.item())\n    return losses"
        ),
    ],
    "4.4": [
        Wrong(
            "gradients of several steps add up",
            TRAIN.format(FALL, ALL, SOUND.replace("optimizer.zero_grad(); ", ""), MEAN),
        ),
        Wrong(
            "No optimizer of PyTorch makes a step",
            TRAIN.format(FALL, ALL, SOUND.replace("; optimizer.step()", ""), MEAN),
        ),
        Wrong("33 steps", TRAIN.format(FALL, "batches(x, y, 32)", SOUND, MEAN)),
        Wrong("33 steps", TRAIN.format(FALL, "[(x, y)]", SOUND, MEAN)),
        Wrong("stays at 0.01", TRAIN.format("pass", ALL, SOUND, MEAN)),
        Wrong("old order", TRAIN.format(FALL, "zip(x.split(batch_size), y.split(batch_size))", SOUND, MEAN)),
        Wrong("mean of batch means", TRAIN.format(FALL, ALL, SOUND, "sum(losses) / len(losses)")),
        Wrong("loss of the last batch", TRAIN.format(FALL, ALL, SOUND, "losses[-1]")),
        Wrong("sum of the batches' losses", TRAIN.format(FALL, ALL, SOUND, "sum(losses)")),
        Wrong(
            "softmax before cross_entropy",
            TRAIN.format(FALL, ALL, SOUND.replace("model(images)", "model(images).softmax(1)"), MEAN),
        ),
        Wrong("begins at 0.0001", TRAIN.format(FALL.replace("lr * (", "1e-4 * ("), ALL, SOUND, MEAN)),
        Wrong(
            "3 losses, one for each epoch",
            TRAIN.format(FALL, ALL, SOUND, MEAN).replace("return history", "return history[-1:]"),
        ),
        Wrong("returns nothing", TRAIN.format(FALL, ALL, SOUND, MEAN).replace("return history", "return None")),
        Wrong("holds tensors", TRAIN.format(FALL, ALL, SOUND, "loss")),
        Wrong(
            "returned inside of the loop",
            TRAIN.format(FALL, ALL, SOUND, MEAN).replace("    return history", "        return history"),
        ),
        Wrong("should be torch.optim.Adam", TRAIN.format(FALL, ALL, SOUND, MEAN).replace("optim.Adam", "optim.SGD")),
        Wrong("falls below 0", TRAIN.format(FALL.replace("1 - epoch / epochs", "1 - epoch"), ALL, SOUND, MEAN)),
        Wrong(
            "begins at 0.00666", TRAIN.format(FALL.replace("epoch / epochs", "(epoch + 1) / epochs"), ALL, SOUND, MEAN)
        ),
        Wrong(
            "Earlier epochs stay",
            TRAIN.format(FALL, ALL, SOUND + "; total += loss.item() * len(images)", "total / len(x)").replace(
                "    for epoch", "    total = 0\n    for epoch", 1
            ),
        ),
        Wrong(
            "losses of earlier epochs are kept",
            TRAIN.format(FALL, ALL, SOUND, MEAN)
            .replace("        losses, sizes = [], []\n", "")
            .replace("    for epoch", "    losses, sizes = [], []\n    for epoch", 1),
        ),
        Right(TRAIN.format("optimizer.param_groups[0]['lr'] *= 1 - epoch / epochs", ALL, SOUND, MEAN)),
        Right(TRAIN.format(FALL, ALL, SOUND, MEAN).replace("lr=lr)", "lr=lr, fused=True)")),
        Right(
            "def train(model, x, y, epochs, lr=0.001, batch_size=32):\n    steps = epochs * -(-len(x) // batch_size)\n"
            "    optimizer = torch.optim.Adam(model.parameters(), lr=lr)\n"
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
        Wrong("in train mode, but it was in eval mode", TRAIN.format(FALL + "; model.train()", ALL, SOUND, MEAN)),
    ],
    "4.5": [
        Wrong("has not been trained", ACCURACY.format("make_mlp()", HITS)),
        Wrong(
            "80% of the validation pictures are wanted",
            ACCURACY.format("make_mlp(); train(mlp, x_train[:300], y_train[:300], 3)", HITS),
        ),
        Wrong("train returns the losses", ACCURACY.format("train(make_mlp(), x_train[:300], y_train[:300], 1)", HITS)),
        Wrong("number of right predictions", ACCURACY.format("make_mlp()", "return (model(x).argmax(1) == y).sum()")),
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
        Wrong("trained on them", ACCURACY.format("make_mlp(); train(mlp, x_valid, y_valid, EPOCHS)", HITS)),
        Wrong("trained on them", ACCURACY.format("make_mlp(); train(mlp, x_valid, y_valid, 20)", HITS)),
        Wrong("rounded", ACCURACY.format("make_mlp()", HITS.replace("return ", "return round(") + ", 2)")),
        Wrong("rounded", ACCURACY.format("make_mlp()", HITS.replace("return ", "return round(") + ", 4)")),
        Right(TRAINED + ACCURACY.format("kept", HITS)),
        Right(
            TRAINED + "mlp = kept\n\ndef accuracy(model, x, y):\n    hits = 0\n    with torch.no_grad():\n"
            "        for a, b in batches(x, y, 100):\n            hits += int((model(a).argmax(-1) == b).sum())\n"
            "    return hits / len(x)"
        ),
        Wrong(
            "in eval mode, but it was in train mode",
            TRAINED + "mlp = nn.Sequential(kept, nn.Identity())\n\ndef accuracy(model, x, y):\n    model.eval()\n"
            "    with torch.inference_mode():\n        return (model(x).argmax(dim=1) == y).float().mean()",
        ),
        Right(
            TRAINED
            + "mlp = kept\n\ndef accuracy(model, x, y):\n    with torch.inference_mode():\n        return model(x).max(1).indices.eq(y).double().mean().item()"
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
        Wrong("counted once", CONFUSION.format("counts[truth, answers] += 1\n    return counts")),
        Wrong(
            "Only the right predictions",
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
            "needs 4 rows",
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
        Wrong("keep all 4 lines", 'seen = {"uniform": 0}'),
        Right(SEEN.format(0, 3, -3, 0)),
        Right(SEEN.format("0.0", "3.0", "-3.0", "0.0")),
        Right('seen = dict(zip(["uniform", "dark left", "dark right", "dark top"], [0, 1 + 1 + 1, -1 - 1 - 1, 0]))'),
    ],
    "4.8": [
        Wrong(
            "kernel size",
            FLOW.format("(5, 8, 28, 28), (5, 8, 14, 14), (5, 12, 14, 14), (5, 12, 7, 7), (5, 588), 208, 876"),
        ),
        Wrong("4 dimensions here", FLOW.format("(8, 24, 24), (8, 12, 12), (12, 12, 12), (12, 6, 6), (432,), 208, 876")),
        Wrong(
            "a pool keeps it",
            FLOW.format("(5, 8, 24, 24), (5, 4, 12, 12), (5, 12, 12, 12), (5, 12, 6, 6), (5, 432), 208, 876"),
        ),
        Wrong(
            "a pool keeps it",
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
            "that is one filter",
            FLOW.format("(5, 8, 24, 24), (5, 8, 12, 12), (5, 12, 12, 12), (5, 12, 6, 6), (5, 432), 26, 876"),
        ),
        Wrong("write a tuple", FLOW.format("24, 12, 12, 6, 432, 208, 876")),
        Wrong("keep all 7 lines", "flow = {'after flatten': (5, 432)}"),
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
            "padding=1 is missing",
            CNN.format(
                "nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(800, 10)"
            ),
        ),
        Wrong(
            "two max pools is missing",
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
            "There is a softmax",
            CNN.format(
                "nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10), nn.Softmax(dim=1)"
            ),
        ),
        Wrong(
            "a ReLU after the last",
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
            "average pools",
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
        Wrong("should return an nn.Module", "def make_cnn():\n    return nn.Conv2d(1, 16, 3, padding=1), nn.ReLU()"),
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
        Wrong(  # as the lesson's training would stop, whose pictures have this order in memory
            "`reshape` takes them in any order",
            "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "        self.conv1, self.conv2 = nn.Conv2d(1, 16, 3, padding=1), nn.Conv2d(16, 32, 3, padding=1)\n"
            "        self.out = nn.Linear(32 * 7 * 7, 10)\n"
            "    def forward(self, x):\n        for conv in (self.conv1, self.conv2):\n"
            "            x = F.max_pool2d(F.relu(conv(x)), 2)\n        return self.out(x.view(-1, 32 * 7 * 7))\n"
            "def make_cnn():\n    return Net()",
        ),
        Right(
            "def make_cnn():\n    def block(a, b):\n        return nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2, 2))\n"
            "    return nn.Sequential(block(1, 16), block(16, 32), nn.Flatten(), nn.Linear(1568, 10))"
        ),
    ],
    "4.10": [
        Wrong("exactly one entry", ROW.format("{'width': 64, 'depth': 2}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong("cannot be changed", ROW.format("{'momentum': 0.9}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong("is the default", ROW.format("{'width': 256}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong("in the table already", ROW.format("{'depth': 3}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong("should be a dictionary", ROW.format("64", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong("was called with {}", ROW.format("{'width': 64}", "run(seed)", MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong(
            "once for each of the SEEDS",
            ROW.format("{'width': 64}", "run(0, **change)", MIDDLE, SPREAD, LIMIT, CONCLUDE),
        ),
        Wrong("In your rows", ROW.format("{'width': 64}", RUN, MIDDLE, SPREAD, "0", CONCLUDE)),
        Wrong(
            "In your rows",
            ROW.format("{'width': 64}", RUN, MIDDLE, SPREAD, "max(reference) - min(reference)", CONCLUDE),
        ),
        Wrong(
            "In your rows",
            ROW.format(
                "{'width': 64}",
                RUN,
                MIDDLE,
                SPREAD,
                LIMIT,
                CONCLUDE.replace("better", "x").replace("worse", "better").replace("x", "worse"),
            ),
        ),
        Wrong(
            "the largest, not the mean", ROW.format("{'width': 64}", RUN, "max(accuracies)", SPREAD, LIMIT, CONCLUDE)
        ),
        Wrong(
            "largest minus",
            ROW.format("{'width': 64}", RUN, MIDDLE, "torch.tensor(accuracies).std().item()", LIMIT, CONCLUDE),
        ),
        Wrong(
            "lacks 'spread'",
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
        Wrong(
            "depth should be a whole number of at least 0, like 1",
            ROW.format("{'depth': -1}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE),
        ),
        Wrong(
            "lr should be a number above 0, like 0.001",
            ROW.format("{'lr': '0.003'}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE),
        ),
        Wrong(
            "width should be a whole number above 0, like 256",
            ROW.format("{'width': 64.0}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE),
        ),
        Wrong(
            "batch_size should be a whole number above 0, like 32",
            ROW.format("{'batch_size': -8}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE),
        ),
        Wrong("In your rows", ROW.format("{'width': 64}", RUN, MIDDLE, SPREAD, "spread", CONCLUDE)),
        Wrong(
            "In your rows",
            ROW.format("{'width': 64}", RUN, MIDDLE, SPREAD, "spread + max(reference) - min(reference)", CONCLUDE),
        ),
        Wrong(
            "In your rows",
            ROW.format(
                "{'width': 64}", RUN, MIDDLE, SPREAD, "(spread + max(reference) - min(reference)) / 2", CONCLUDE
            ),
        ),
        Wrong(
            "In your rows",
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
        Wrong("labels of the lesson", BEST.format("mlp")),
        Wrong(
            "labels of the lesson",
            BEST.format("make_cnn(); train(network, x_train[:900], y_train[:900], EPOCHS, 0.003)"),
        ),
        Wrong("labels of the lesson", BEST.format("make_cnn(); train(network, x_valid, y_valid, EPOCHS, 0.003)")),
        Wrong("has not been trained", BEST.format("make_cnn()")),
        Wrong("should return a network", BEST.format("train(make_cnn(), x[:64], y[:64], 1)")),
        Wrong(
            "returns nothing", BEST.format("make_cnn()").replace("return network", "train(network, x[:64], y[:64], 1)")
        ),
        Wrong("should be logits", BEST.format("nn.Sequential(nn.Flatten(), nn.Linear(784, 9))")),
        Wrong("no parameters", BEST.format("nn.Flatten()")),
        Wrong("nan", BEST.format("make_cnn(); nn.init.constant_(network[0].weight, float('nan'))")),
        Wrong("87.5% is wanted. The training takes 0", BEST.format("make_mlp(); train(network, x, y, 2)")),
        Wrong("87.5% is wanted", BEST.format("make_cnn(); train(network, x, y, EPOCHS, 0.003)")),
        Wrong("changes what it is given", BEST.format("make_cnn(); x.zero_()")),
    ],
    "4.12": [
        Wrong("turned by half a circle", CONVOLVE.format("(picture[r : r + h, c : c + w] * kernel.flip(0, 1)).sum()")),
        Wrong("mean of the products", CONVOLVE.format("(picture[r : r + h, c : c + w] * kernel).mean()")),
        Wrong("same corner", CONVOLVE.format("(picture[:h, :w] * kernel).sum()")),
        Wrong(
            "one row and one column are missing",
            CONVOLVE.format("(picture[r : r + h, c : c + w] * kernel).sum()")
            .replace("H - h + 1", "H - h")
            .replace("W - w + 1", "W - w"),
        ),
        Wrong(
            "a convolution of PyTorch",
            "def convolve(picture, kernel):\n    return F.pad(F.conv2d(picture[None, None], kernel[None, None])[0, 0], (1, 1, 1, 0))",
        ),
        Wrong(
            "a convolution of PyTorch",
            "def convolve(picture, kernel):\n    return F.conv2d(picture[None, None], kernel[None, None])",
        ),
        Wrong(
            "returns nothing",
            CONVOLVE.format("(picture[r : r + h, c : c + w] * kernel).sum()").replace("return result", "pass"),
        ),
        Wrong("changes what it is given", CONVOLVE.format("picture[r : r + h, c : c + w].mul_(kernel).sum()")),
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


# Further answers, of the kinds that readers and saboteurs found

SPOILED = """
class Spoiled(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return {}


right = {name}


def {name}():
    return Spoiled(right())
"""
GOOD_MLP = (
    "def make_mlp():\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))\n"
)
GOOD_CNN = CNN.format(
    "nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), "
    "nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10)"
)
SPLIT = BATCHES + "for i in torch.randperm(len(x)).split(batch_size):\n        yield "
GOOD_TRAIN = TRAIN.format(FALL, ALL, SOUND, MEAN)
GOOD_MEMORIZE = MEMORIZE.format(ADAM, 60, STEP, "losses")
GOOD_CONFUSION = CONFUSION.format("for t, a in zip(truth, answers):\n        counts[t, a] += 1\n    return counts")
GOOD_ROW = ROW.format("{'lr': 0.003}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)
GOOD_CONVOLVE = CONVOLVE.format("(picture[r : r + h, c : c + w] * kernel).sum()")
COUNTED = "def confusion(truth, answers, num_classes=10):\n    return torch.bincount(truth * num_classes + answers, minlength=num_classes**2).reshape(num_classes, num_classes)"
SHAPES = "(5, 8, 24, 24), (5, 8, 12, 12), (5, 12, 12, 12), (5, 12, 6, 6), (5, 432)"

BETTER = (
    answers_of("4")["4.11"].source
    + """
from answers.part4 import KEPT
same = train_best

def train_best(x, y):
    if "best" not in KEPT:
        KEPT["best"] = same(x, y)
    return KEPT["best"]
"""
)

MORE = {
    "4.1": [
        Wrong("changed on the way", SPLIT + "(x[i] * 10).round() / 10, y[i]"),
        Wrong("changed on the way", SPLIT + "x[i].flip(3), y[i]"),
        Wrong("become torch.float64", SPLIT + "x[i].double(), y[i]"),
        Wrong("become torch.int32", SPLIT + "x[i], y[i].int()"),
        Wrong("labels, pictures", SPLIT + "y[i], x[i]"),
        Wrong("four dimensions", SPLIT + "x[i][None], y[i]"),
        Wrong("labels of a batch have the shape", SPLIT + "x[i], y[i][:, None]"),
        Wrong("changed what it was given|pictures or labels", SPLIT + "x[i], y[i]\n    x.zero_()"),
        Wrong(
            "goes on after",
            BATCHES + "while True:\n        i = torch.randperm(len(x))[:batch_size]\n        yield x[i], y[i]",
        ),
        Wrong("a batch is empty", SPLIT + "x[i], y[i]\n    yield x[:0], y[:0]"),
        Wrong(
            "sizes of the batches",
            BATCHES + "for i in torch.randperm(len(x)).chunk(-(-len(x) // batch_size)):\n        yield x[i], y[i]",
        ),
        Wrong(
            "sizes of the batches|allows at most",
            BATCHES + "for i in torch.randperm(len(x)).split(4):\n        yield x[i], y[i]",
        ),
        Wrong(
            "same on every call",
            BATCHES
            + "torch.manual_seed(0)\n    for i in torch.randperm(len(x)).split(batch_size):\n        yield x[i], y[i]",
        ),
        Wrong(
            "never come",
            BATCHES
            + "order = torch.randperm(len(x))\n    for i in order[order != 0].split(batch_size):\n        yield x[i], y[i]",
        ),
        Wrong(
            "never share a batch",
            BATCHES
            + "half = len(x) // 2 // batch_size * batch_size\n    order = torch.cat([torch.randperm(half), half + torch.randperm(len(x) - half)])\n"
            "    for i in order.split(batch_size):\n        yield x[i], y[i]",
        ),
        Wrong(
            "nearly always comes in batch|never share",
            BATCHES
            + "order = torch.cat([torch.zeros(1).long(), 1 + torch.randperm(len(x) - 1)])\n    for i in order.split(batch_size):\n        yield x[i], y[i]",
        ),
        Wrong("should be something that a for loop", BATCHES + "return len(x)"),
        Wrong("one pair of tensors", BATCHES + "i = torch.randperm(len(x))\n    return x[i], y[i]"),
        Wrong(
            "twice",
            BATCHES
            + "order = torch.randperm(len(x))\n    order[-1] = order[0]\n    for i in order.split(batch_size):\n        yield x[i], y[i]\n    return 'twice'".replace(
                "yield x[i], y[i]\n    return 'twice'", "yield x[i], y[i]"
            ),
        ),
        Right(
            BATCHES
            + "import random\n    order = list(range(len(x)))\n    random.shuffle(order)\n    for start in range(0, len(x), batch_size):\n        part = order[start : start + batch_size]\n        yield x[part], y[part]"
        ),
        Right(
            BATCHES
            + "import numpy as np\n    order = np.random.permutation(len(x))\n    for start in range(0, len(x), batch_size):\n        part = torch.from_numpy(order[start : start + batch_size])\n        yield x[part], y[part]"
        ),
        Right(
            "from torch.utils.data import BatchSampler, RandomSampler\n\ndef batches(x, y, batch_size):\n    for part in BatchSampler(RandomSampler(y), batch_size, drop_last=False):\n        yield x[part], y[part]"
        ),
        Right(BATCHES + "return ((x[i], y[i]) for i in torch.randperm(len(y)).split(batch_size))"),
        Right(
            "def batches(pictures, names, size):\n    left = torch.randperm(len(pictures))\n    while len(left):\n        yield pictures[left[:size]], names[left[:size]]\n        left = left[size:]"
        ),
    ],
    "4.2": [
        Wrong(
            "activation after the last", GOOD_MLP + SPOILED.format("(self.inner(x) * 10).round() / 10", name="make_mlp")
        ),
        Wrong("activation after the last", GOOD_MLP + SPOILED.format("self.inner(x).clamp(-1, 1)", name="make_mlp")),
        Wrong(
            "activation after the last|No logit", GOOD_MLP + SPOILED.format("self.inner(x).sigmoid()", name="make_mlp")
        ),
        Wrong("cut off from the graph", GOOD_MLP + SPOILED.format("self.inner(x).detach()", name="make_mlp")),
        Wrong("shape", GOOD_MLP + SPOILED.format("self.inner(x)[None]", name="make_mlp")),
        Wrong("shape", GOOD_MLP + SPOILED.format("self.inner(x).T", name="make_mlp")),
        Wrong(
            "depend on the other pictures",
            GOOD_MLP + SPOILED.format("self.inner(x) - self.inner(x).mean(0)", name="make_mlp"),
        ),
        Wrong("second call", GOOD_MLP + SPOILED.format("F.dropout(self.inner(x), 0.5)", name="make_mlp")),
        Wrong(
            "frozen",
            "def make_mlp():\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)).requires_grad_(False)",
        ),
        Wrong(
            "equal weights",
            "template = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))\nimport copy\ndef make_mlp():\n    return copy.deepcopy(template)",
        ),
        Wrong(
            "share parameters",
            "hidden = nn.Linear(784, 256)\ndef make_mlp():\n    return nn.Sequential(nn.Flatten(), hidden, nn.ReLU(), nn.Linear(256, 10))",
        ),
        Wrong(
            "equal weights|seeds",
            "def make_mlp():\n    torch.manual_seed(0)\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))",
        ),
        Wrong("class MLP", "class MLP(nn.Module):\n    pass\ndef make_mlp():\n    return MLP"),
        Wrong(
            "reads 100 numbers, but 256 arrive",
            "def make_mlp():\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(100, 10))",
        ),
        Wrong("reads 256 numbers, but 784 arrive", MLP.format("nn.Linear(256, 784), nn.ReLU(), nn.Linear(784, 10)")),
        Wrong("has 32 units", MLP.format("nn.LayerNorm(784), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10)")),
        Right(GOOD_MLP + SPOILED.format("self.inner(x)", name="make_mlp")),
        Right(MLP.format("nn.Linear(784, 64), nn.Sigmoid(), nn.Linear(64, 10)")),
        Right(
            "make_mlp = lambda: nn.Sequential(nn.Flatten(1), nn.Linear(28 * 28, 512), nn.SiLU(), nn.Linear(512, 10))"
        ),
        Right(
            "def make_mlp(width=300):\n    model = nn.Sequential()\n    model.add_module('flat', nn.Flatten())\n    model.add_module('hidden', nn.Linear(784, width))\n    model.add_module('relu', nn.ReLU(inplace=True))\n    model.add_module('out', nn.Linear(width, 10))\n    return model"
        ),
    ],
    "4.3": [
        Wrong(
            "softmax twice",
            MEMORIZE.format(
                ADAM,
                60,
                STEP.replace("F.cross_entropy(model(x), y)", "nn.CrossEntropyLoss()(F.softmax(model(x), dim=-1), y)"),
                "losses",
            ),
        ),
        Wrong("rounded", MEMORIZE.format(ADAM, 60, STEP.replace("loss.item()", "round(loss.item(), 1)"), "losses")),
        Wrong(
            "cleared between",
            MEMORIZE.format(
                ADAM,
                60,
                STEP.replace("optimizer.zero_grad(); ", "").replace(
                    "loss.backward(); ", "loss.backward(); optimizer.zero_grad(); "
                ),
                "losses",
            ),
        ),
        Wrong("no gradient was computed", MEMORIZE.format(ADAM, 60, STEP.replace("loss.backward(); ", ""), "losses")),
        Wrong(
            "all of its parameters",
            MEMORIZE.format("torch.optim.Adam(list(model.parameters())[2:], lr=0.01)", 300, STEP, "losses"),
        ),
        Wrong("in eval mode", GOOD_MEMORIZE.replace("return losses", "model.eval(); return losses")),
        Wrong("frozen", GOOD_MEMORIZE.replace("return losses", "model.requires_grad_(False); return losses")),
        Wrong("reverse order", MEMORIZE.format(ADAM.replace("0.01", "0.003"), 200, STEP, "losses[::-1]")),
        Wrong("one loss|one for each", MEMORIZE.format(ADAM, 60, STEP, "losses[::10]")),
        Wrong(
            "after step 1",
            MEMORIZE.format(
                ADAM,
                60,
                STEP.replace("losses.append(loss.item())", "losses.append(F.cross_entropy(model(x), y).item())"),
                "losses",
            ),
        ),
        Wrong(
            "should hold floats, but it holds the text",
            MEMORIZE.format(ADAM, 60, STEP.replace("loss.item()", "str(loss.item())"), "losses"),
        ),
        Wrong("changed the batch", GOOD_MEMORIZE.replace("return losses", "x.zero_(); return losses")),
        Wrong(
            "never calls the model",
            GOOD_MEMORIZE.replace(
                "    optimizer", "    import copy; model = copy.deepcopy(model); model.note = None\n    optimizer", 1
            ),
        ),
        Wrong("other pictures", GOOD_MEMORIZE.replace("model(x), y)", "model(x[:10]), y[:10])")),
        Wrong("seeds PyTorch", GOOD_MEMORIZE.replace("    optimizer", "    torch.manual_seed(0)\n    optimizer", 1)),
        Wrong(
            "leaves gradients", GOOD_MEMORIZE.replace("return losses", "torch.set_grad_enabled(False); return losses")
        ),
        Wrong(
            "it is 0|the sum|first loss",
            MEMORIZE.format(
                ADAM,
                60,
                STEP.replace("F.cross_entropy(model(x), y)", "F.cross_entropy(model(x), y, reduction='sum')"),
                "losses",
            ),
        ),
        Wrong(
            "The loss grows", MEMORIZE.format(ADAM, 60, STEP.replace("loss.backward()", "(-loss).backward()"), "losses")
        ),
        Wrong("in train mode", GOOD_MEMORIZE.replace("    optimizer", "    model.train()\n    optimizer", 1)),
        Right(MEMORIZE.format("torch.optim.RMSprop(model.parameters())", 200, STEP, "tuple(losses)")),
        Right(MEMORIZE.format(ADAM, 60, STEP.replace("model(x)", "model.forward(x)"), "losses")),
        Right(
            GOOD_MEMORIZE.replace("range(60)", "range(1000)").replace(
                "losses.append(loss.item())", "losses.append(loss.item())\n        if losses[-1] < 0.04: break"
            )
        ),
        Wrong(
            "goes on after the last step",
            GOOD_MEMORIZE.replace("return losses", "losses.append(F.cross_entropy(model(x), y).item()); return losses"),
        ),
    ],
    "4.4": [
        Wrong(
            "cleared|gradients are 0",
            TRAIN.format(
                FALL,
                ALL,
                "loss = F.cross_entropy(model(images), labels); loss.backward(); optimizer.zero_grad(set_to_none=False); optimizer.step()",
                MEAN,
            ),
        ),
        Wrong(
            "no step used the gradients",
            TRAIN.format(
                FALL,
                ALL,
                "optimizer.zero_grad(); loss = F.cross_entropy(model(images), labels); optimizer.step(); loss.backward()",
                MEAN,
            ),
        ),
        Wrong("begins at 0.001", GOOD_TRAIN.replace("lr * (1 - epoch", "0.001 * (1 - epoch")),
        Wrong(
            "sizes of the batches|steps are right", GOOD_TRAIN.replace("batches(x, y, batch_size)", "batches(x, y, 20)")
        ),
        Wrong("steps are right", GOOD_TRAIN.replace("range(epochs)", "range(3)")),
        Wrong(
            "steps are right|never come",
            GOOD_TRAIN.replace("batches(x, y, batch_size)", "list(batches(x, y, batch_size))[:-1]"),
        ),
        Wrong("never calls the model", GOOD_TRAIN.replace("    optimizer", "    model = make_mlp()\n    optimizer", 1)),
        Wrong("other pictures", GOOD_TRAIN.replace("batches(x, y,", "batches(x_train[:202], y_train[:202],")),
        Wrong(
            "same order",
            "def train(model, x, y, epochs, lr=0.001, batch_size=32):\n    given = list(batches(x, y, batch_size))\n"
            + TRAIN.format(FALL, "given", SOUND, MEAN).split("\n", 1)[1],
        ),
        Wrong("rounded", TRAIN.format(FALL, ALL, SOUND, "round(" + MEAN + ", 1)")),
        Wrong("wrong sign", TRAIN.format(FALL, ALL, SOUND.replace("loss.backward", "(-loss).backward"), MEAN)),
        Wrong("in eval mode", GOOD_TRAIN.replace("    return history", "    model.eval()\n    return history")),
        Wrong("grows", GOOD_TRAIN.replace("lr * (1 - epoch / epochs)", "lr * (1, 0.3, 0.45, 0.4)[epoch]")),
        Wrong("reverse order", GOOD_TRAIN.replace("return history", "return history[::-1]")),
        Wrong("divided by the number of pictures", TRAIN.format(FALL, ALL, SOUND, "sum(losses) / len(x)")),
        Wrong("should be a list of losses", GOOD_TRAIN.replace("return history", "return history[-1]")),
        Wrong(
            "no gradient",
            GOOD_TRAIN.replace("model.parameters()", "[p for p in model.parameters()][-2:]").replace(
                "    optimizer",
                "    [p.requires_grad_(False) for p in list(model.parameters())[:-2]]\n    optimizer",
                1,
            ),
        ),
        Wrong("fall to lr / 2 or less", GOOD_TRAIN.replace("1 - epoch / epochs", "1 - 0.1 * epoch / epochs")),
        Right(GOOD_TRAIN.replace("lr * (1 - epoch / epochs)", "lr if epoch < 1 else lr / 2")),
        Right(
            "def train(model, x, y, epochs, lr=0.001, batch_size=32):\n    history, optimizer = [], torch.optim.Adam(model.parameters(), lr)\n"
            "    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)\n    for _ in range(epochs):\n        total, count = 0.0, 0\n"
            "        for images, labels in batches(x=x, y=y, batch_size=batch_size):\n            loss = F.nll_loss(model(images).log_softmax(1), labels)\n"
            "            model.zero_grad()\n            loss.backward()\n            optimizer.step()\n            total += float(loss) * len(labels)\n            count += len(labels)\n"
            "        scheduler.step()\n        history.append(total / count)\n    return history"
        ),
        Wrong(
            "loss of the model after each epoch",
            "def train(model, x, y, epochs, lr=0.001, batch_size=32):\n    history = []\n    optimizer = torch.optim.Adam(model.parameters(), lr=lr)\n"
            "    for epoch in range(epochs):\n        optimizer.param_groups[0]['lr'] = lr * (1 - epoch / epochs)\n        for a, b in batches(x, y, batch_size):\n"
            "            optimizer.zero_grad()\n            F.cross_entropy(model(a), b).backward()\n            optimizer.step()\n"
            "        with torch.inference_mode():\n            history.append(F.cross_entropy(model(x), y).item())\n    return history",
        ),
        Right(
            GOOD_TRAIN.replace("loss.backward()", "loss.backward(); nn.utils.clip_grad_norm_(model.parameters(), 1.0)")
        ),
    ],
    "4.5": [
        Wrong(
            "in eval mode",
            TRAINED
            + "mlp = kept\n\ndef accuracy(model, x, y):\n    model.eval()\n    with torch.inference_mode():\n        return (model(x).argmax(1) == y).float().mean().item()",
        ),
        Wrong("rounded", TRAINED + ACCURACY.format("kept", "return (model(x).argmax(1) == y).half().mean().item()")),
        Wrong(
            "shape",
            TRAINED
            + ACCURACY.format("kept", "return (model(x).argmax(0) == y).float().mean()")
            .replace("argmax(0)", "argmax(1)")
            .replace(".mean()", ".mean(0, keepdim=True).expand(2)"),
        ),
        Wrong(
            "divided by|mean of batch means",
            TRAINED
            + ACCURACY.format(
                "kept",
                "return sum((model(a).argmax(1) == b).sum().item() for a, b in zip(x.split(250), y.split(250))) / (250 * len(x.split(250)))",
            ),
        ),
        Wrong(
            "never calls the model",
            TRAINED + ACCURACY.format("kept", "return (mlp(x).argmax(1) == y).float().mean().item()"),
        ),
        Wrong(
            "percent", TRAINED + ACCURACY.format("kept", "return (model(x).argmax(1) == y).float().mean().item() * 100")
        ),
        Wrong(
            "accuracy|should be",
            TRAINED
            + ACCURACY.format(
                "kept", "return ((model(x).softmax(1) > 0.5).float().argmax(1) == y).float().mean().item()"
            ),
        ),
        Wrong(
            "weights of the model",
            TRAINED
            + ACCURACY.format(
                "kept",
                "share = (model(x).argmax(1) == y).float().mean().item()\n    next(model.parameters()).data.zero_()\n    return share",
            ),
        ),
        Wrong(
            "should be a number|text",
            TRAINED + ACCURACY.format("kept", "return f'{(model(x).argmax(1) == y).float().mean():.1%}'"),
        ),
        Wrong(
            "trained on them",
            TRAINED
            + "import copy\n"
            + ACCURACY.format(
                "copy.deepcopy(kept); train(mlp, torch.cat([x_train, x_valid]), torch.cat([y_train, y_valid]), EPOCHS)",
                HITS,
            ),
        ),
        Right(
            TRAINED
            + "mlp = kept\n\ndef accuracy(model, x, y):\n    mode = model.training\n    model.eval()\n    with torch.inference_mode():\n        share = (model(x).argmax(1) == y).float().mean().item()\n    model.train(mode)\n    return share"
        ),
        Right(
            TRAINED
            + "mlp = kept\n\ndef accuracy(model, x, y):\n    right = 0\n    with torch.inference_mode():\n        for image, label in zip(x, y):\n            right += bool(model(image[None]).argmax() == label)\n    return right / len(y)"
        ),
        Right(
            TRAINED
            + "mlp = kept.eval()\n\naccuracy = torch.inference_mode()(lambda model, x, y: torch.mean((model(x).argmax(-1) == y) * 1.0))"
        ),
    ],
    "4.6": [
        Wrong("first pair", GOOD_CONFUSION.replace("zip(truth, answers)", "zip(truth[1:], answers[1:])")),
        Wrong("last pair", GOOD_CONFUSION.replace("zip(truth, answers)", "zip(truth[:-1], answers[:-1])")),
        Wrong(
            "overflow|too small|cut off",
            GOOD_CONFUSION.replace(
                "torch.zeros(num_classes, num_classes)", "torch.zeros(num_classes, num_classes, dtype=torch.uint8)"
            ),
        ),
        Wrong("in half|too small|tens", COUNTED + ".half()"),
        Wrong("share|nan", COUNTED.replace("return ", "counts = ") + "\n    return counts / len(truth)"),
        Wrong("swapped", COUNTED + ".T"),
        Wrong("cut off at 1|counted once", COUNTED + ".clamp(max=1)"),
        Wrong("shape", COUNTED + "[None]"),
        Wrong("shape", COUNTED + "[:-1]"),
        Wrong(
            "changes what it is given",
            "def confusion(truth, answers, num_classes=10):\n    truth *= num_classes\n    truth += answers\n    return torch.bincount(truth, minlength=num_classes**2).reshape(num_classes, num_classes)",
        ),
        Wrong("Only the mistakes", GOOD_CONFUSION.replace("counts[t, a] += 1", "counts[t, a] += int(t != a)")),
        Wrong("called as confusion", GOOD_CONFUSION.replace(", num_classes=10):", "):\n    num_classes = 4")),
        Right(
            GOOD_CONFUSION.replace(
                "torch.zeros(num_classes, num_classes)", "torch.zeros((num_classes, num_classes), dtype=torch.int32)"
            )
        ),
        Right(
            "def confusion(truth, answers, num_classes=10):\n    counts = torch.zeros(num_classes**2, dtype=torch.long)\n    counts.scatter_add_(0, truth * num_classes + answers, torch.ones_like(truth))\n    return counts.view(num_classes, num_classes)"
        ),
        Right(
            "def confusion(t, p, num_classes=10):\n    return torch.sparse_coo_tensor(torch.stack([t, p]), torch.ones(len(t)), (num_classes, num_classes)).to_dense()"
        ),
        Right(
            "def confusion(truth, answers, num_classes=10):\n    import numpy as np\n    counts = np.zeros((num_classes, num_classes), dtype=int)\n    np.add.at(counts, (truth.numpy(), answers.numpy()), 1)\n    return torch.from_numpy(counts)"
        ),
    ],
    "4.7": [
        Wrong("uniform: the left column", SEEN.format(9, 3, -3, 0)),
        Wrong("dark top: the left column", SEEN.format(0, 3, -3, -3)),
        Wrong("dark right: multiply", SEEN.format(0, 3, 3.5, 0)),
        Wrong("write a number", SEEN.format("None", 3, -3, 0)),
        Wrong("write a number", SEEN.format(0, "[3]", -3, 0)),
        Wrong("Keep the dict", "seen = [0, 3, -3, 0]"),
        Wrong("dark left: that is one row", SEEN.format(0, 1, -3, 0)),
        Right(
            'seen = {"uniform": torch.tensor(0), "dark left": torch.tensor(3.0), "dark right": torch.tensor(-3), "dark top": torch.tensor(0.0)}'
        ),
        Right(
            'picture = torch.tensor([[0.0, 0, 1]] * 3)\nseen = {"uniform": 0, "dark left": (picture * vertical).sum(), "dark right": (picture.flip(1) * vertical).sum(), "dark top": 0 * vertical.sum()}'
        ),
        Right('seen = {"dark top": -0.0, "dark right": -3, "dark left": 3, "uniform": 0}'),
        Right(
            'import numpy as np\nseen = {"uniform": np.int64(0), "dark left": np.float32(3), "dark right": np.int64(-3), "dark top": 0}'
        ),
    ],
    "4.8": [
        Wrong("has a bias", FLOW.format(SHAPES + ", 200, 876")),
        Wrong("looks at all channels", FLOW.format(SHAPES + ", 208, 108")),
        Wrong("not a shape", FLOW.format(SHAPES + ", (8, 1, 5, 5), 876")),
        Wrong("number of filters times", FLOW.format(SHAPES + ", 208, 877")),
        Wrong("number of filters times", FLOW.format(SHAPES + ", float('inf'), 876")),
        Wrong("number of filters times", FLOW.format(SHAPES + ", 208, float('nan')")),
        Wrong(
            "2 dimensions",
            FLOW.format("(5, 8, 24, 24), (5, 8, 12, 12), (5, 12, 12, 12), (5, 12, 6, 6), (5, 12, 36), 208, 876"),
        ),
        Wrong(
            "write a tuple",
            FLOW.format("'5, 8, 24, 24', (5, 8, 12, 12), (5, 12, 12, 12), (5, 12, 6, 6), (5, 432), 208, 876"),
        ),
        Wrong(
            "write a tuple",
            FLOW.format("(5, 8, 24, None), (5, 8, 12, 12), (5, 12, 12, 12), (5, 12, 6, 6), (5, 432), 208, 876"),
        ),
        Wrong(
            "height and width",
            FLOW.format("(5, 8, 24, 24), (5, 8, 12, 12), (5, 12, 12, 12), (5, 12, 12, 12), (5, 432), 208, 876"),
        ),
        Right(FLOW.format(SHAPES + ", torch.tensor(208), sum([864, 12])")),
        Right(
            "flow = {}\nx = torch.zeros(5, 1, 28, 28)\nlayers = [nn.Conv2d(1, 8, 5), nn.MaxPool2d(2), nn.Conv2d(8, 12, 3, padding=1), nn.MaxPool2d(2), nn.Flatten()]\nfor name, layer in zip(['after the first conv', 'after the first pool', 'after the second conv', 'after the second pool', 'after flatten'], layers):\n    x = layer(x)\n    flow[name] = x.shape\nflow['parameters of the first conv'] = sum(p.numel() for p in layers[0].parameters())\nflow['parameters of the second conv'] = sum(p.numel() for p in layers[2].parameters())"
        ),
        Right(
            FLOW.format(
                "torch.tensor([5, 8, 24, 24]), (5, 8, 12, 12), (5, 12, 12, 12), (5, 12, 6, 6), (5, 432), 208, 876"
            )
        ),
    ],
    "4.9": [
        Wrong("After both convolutions stands a sigmoid", GOOD_CNN.replace("ReLU", "Sigmoid")),
        Wrong("log_softmax", GOOD_CNN + SPOILED.format("self.inner(x).log_softmax(1)", name="make_cnn")),
        Wrong("shape", GOOD_CNN + SPOILED.format("self.inner(x)[None]", name="make_cnn")),
        Wrong("cut off from the graph", GOOD_CNN + SPOILED.format("self.inner(x).detach()", name="make_cnn")),
        Wrong("shapes are right, but", GOOD_CNN + SPOILED.format("(self.inner(x) * 10).round() / 10", name="make_cnn")),
        Wrong("shapes are right, but", GOOD_CNN + SPOILED.format("self.inner(x) * 1.01", name="make_cnn")),
        Wrong("shapes are right, but", GOOD_CNN + SPOILED.format("self.inner(x).clamp(-1, 1)", name="make_cnn")),
        Wrong("limited to 6", GOOD_CNN.replace("ReLU", "ReLU6")),
        Wrong("parameters. The three layers", GOOD_CNN.replace("nn.Flatten()", "nn.BatchNorm2d(32), nn.Flatten()")),
        Wrong("the same network", "one = " + GOOD_CNN.split("return ")[1] + "\ndef make_cnn():\n    return one"),
        Wrong("equal weights|seeds", GOOD_CNN.replace("    return", "    torch.manual_seed(0)\n    return")),
        Wrong("frozen", GOOD_CNN + ".requires_grad_(False)"),
        Wrong("reads 3 channels", GOOD_CNN.replace("Conv2d(1, 16", "Conv2d(3, 16")),
        Wrong("reads 8 channels", GOOD_CNN.replace("Conv2d(16, 32", "Conv2d(8, 32")),
        Wrong("max pools are missing|25,088", GOOD_CNN.replace("nn.MaxPool2d(2), ", "")),
        Wrong(
            "not in a list|should return", GOOD_CNN.replace("nn.Sequential(", "[").replace("1568, 10))", "1568, 10)]")
        ),
        Right(GOOD_CNN.replace("nn.MaxPool2d(2)", "nn.MaxPool2d(kernel_size=(2, 2), stride=2)")),
        Right(
            GOOD_CNN.replace("nn.MaxPool2d(2)", "nn.AdaptiveMaxPool2d(14)", 1).replace(
                "nn.MaxPool2d(2)", "nn.AdaptiveMaxPool2d(7)", 1
            )
        ),
        Right(
            "from collections import OrderedDict\n\ndef make_cnn():\n    layers = OrderedDict(conv1=nn.LazyConv2d(16, 3, padding=1), relu1=nn.ReLU(inplace=True), pool1=nn.MaxPool2d(2), conv2=nn.LazyConv2d(32, 3, padding=1), relu2=nn.ReLU(), pool2=nn.MaxPool2d(2), flat=nn.Flatten(), out=nn.LazyLinear(10))\n    return nn.Sequential(layers)"
        ),
    ],
    "4.10": [
        Wrong(
            "should be larger",
            GOOD_ROW.replace("difference > limit", "difference >= limit").replace(
                "difference < -limit", "difference <= -limit"
            ),
        ),
        Wrong('never "worse"', GOOD_ROW.replace("'worse' if difference < -limit", "'worse' if False")),
        Wrong(
            'worse is called "better"',
            GOOD_ROW.replace(
                "'better' if difference > limit else 'worse' if difference < -limit",
                "'better' if abs(difference) > limit",
            ),
        ),
        Wrong('"conclusion" should be one of', GOOD_ROW.replace("'better' if", "'Better' if")),
        Wrong("should be called with", GOOD_ROW.replace("run(seed, **change)", "run(seed, depth=2)")),
        Wrong(
            "should be called with|missing|unexpected",
            GOOD_ROW.replace("def make_row(run, change, reference):", "def make_row(run, wanted, reference):"),
        ),
        Wrong("should be called once", GOOD_ROW.replace("for seed in SEEDS]", "for seed in SEEDS for _ in range(2)]")),
        Wrong("in the order of the SEEDS", GOOD_ROW.replace("accuracies=accuracies", "accuracies=sorted(accuracies)")),
        Wrong("the mean is rounded", GOOD_ROW.replace("mean=mean", "mean=round(mean, 2)")),
        Wrong("median", GOOD_ROW.replace("mean, spread = sum(accuracies) / 3", "mean, spread = sorted(accuracies)[1]")),
        Wrong(
            "standard deviation",
            GOOD_ROW.replace("max(accuracies) - min(accuracies)", "torch.tensor(accuracies).std(correction=0).item()"),
        ),
        Wrong(
            "the last minus the first",
            GOOD_ROW.replace("max(accuracies) - min(accuracies)", "accuracies[-1] - accuracies[0]"),
        ),
        Wrong(
            "whole number", ROW.format("{'depth': True}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE).replace("True", "0.5")
        ),
        Wrong("lr should be a number", ROW.format("{'lr': float('inf')}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong("exactly one entry, not 0", ROW.format("{}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong("is the default", ROW.format("{'lr': 0.001}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE)),
        Wrong(
            "changes what it is given",
            GOOD_ROW.replace(
                "    mean, spread", "    reference[0] = 0.0 if isinstance(reference, list) else 0\n    mean, spread"
            ),
        ),
        Right(GOOD_ROW.replace("'lr': 0.003", "'depth': 2")),
        Right(GOOD_ROW.replace("'lr': 0.003", "'depth': 0")),
        Right(
            "import statistics\nchange = {'width': 512}\n\ndef make_row(run, change, reference):\n    values = tuple(run(seed, **change) for seed in SEEDS)\n    mean, spread = statistics.mean(values), max(values) - min(values)\n    larger = max(spread, max(reference) - min(reference))\n    difference = mean - statistics.mean(reference)\n    if difference > larger:\n        word = 'better'\n    elif difference < -larger:\n        word = 'worse'\n    else:\n        word = 'within the spread'\n    return {'accuracies': values, 'mean': mean, 'spread': spread, 'conclusion': word}"
        ),
        Right(
            "import numpy as np\nchange = {'lr': 1e-2}\n\ndef make_row(run, change, reference):\n    values = np.array([run(seed, **change) for seed in SEEDS])\n    old = np.array(reference)\n    gap, larger = values.mean() - old.mean(), max(np.ptp(values), np.ptp(old))\n    word = ['worse', 'within the spread', 'better'][1 + (gap > larger) - (gap < -larger)] if True else ''\n    return {'accuracies': list(values), 'mean': values.mean(), 'spread': np.ptp(values), 'conclusion': word}".replace(
                "(gap > larger) - (gap < -larger)", "int(gap > larger) - int(gap < -larger)"
            )
        ),
    ],
    "4.11": [
        Wrong(
            "times as many multiplications",
            # The first answer with BETTER: it trains, and its training counts.
            BETTER + "right = train_best\n\ndef train_best(x, y):\n    network = right(x, y)\n"
            "    for _ in range(3):\n        accuracy(make_cnn(), x, y)\n    return network",
        ),
        Right(
            BETTER
            + "right = train_best\n\ndef train_best(pictures, names):\n    return nn.Sequential(right(pictures, names), nn.LogSoftmax(dim=1))"
        ),
    ],
    "4.12": [
        Wrong(
            "a convolution of PyTorch",
            "def convolve(picture, kernel):\n    return F.conv2d(picture[None, None], kernel[None, None])[0, 0]",
        ),
        Wrong(
            "a convolution of PyTorch",
            "def convolve(picture, kernel):\n    layer = nn.Conv2d(1, 1, tuple(kernel.shape), bias=False)\n    layer.weight.data[:] = kernel\n    return layer(picture[None, None])[0, 0].detach()",
        ),
        Wrong(
            "a convolution of PyTorch",
            "same = torch.conv2d\ndef convolve(picture, kernel):\n    return same(picture[None, None], kernel[None, None])[0, 0]",
        ),
        Wrong(
            "a convolution of PyTorch",
            "def convolve(picture, kernel):\n    return torch.ops.aten.convolution(picture[None, None], kernel[None, None], None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1)[0, 0]",
        ),
        Wrong("in your line|shape", GOOD_CONVOLVE.replace("torch.zeros(H - h + 1, W - w + 1)", "torch.zeros(6, 7)")),
        Wrong("rounded", GOOD_CONVOLVE.replace("return result", "return (result * 10).round() / 10")),
        Wrong("negative sums are cut off", GOOD_CONVOLVE.replace("return result", "return result.relu()")),
        Wrong("cut off at 1", GOOD_CONVOLVE.replace("return result", "return result.clamp(-1, 1)")),
        Wrong("half precision", GOOD_CONVOLVE.replace("return result", "return result.half()")),
        Wrong("shape", GOOD_CONVOLVE.replace("return result", "return result[None]")),
        Wrong(
            "swapped",
            GOOD_CONVOLVE.replace("return result", "return result.T if result.shape[0] == result.shape[1] else result"),
        ),
        Wrong("shape|one row", GOOD_CONVOLVE.replace("return result", "return result.squeeze()")),
        Wrong(
            "in your line|swapped|shape",
            GOOD_CONVOLVE.replace("(H, W), (h, w) = picture.shape", "(H, W), (w, h) = picture.shape"),
        ),
        Wrong("should be a tensor", GOOD_CONVOLVE.replace("return result", "return result.tolist()")),
        Wrong("row .* is left out", CONVOLVE.format("(picture[r : r + h - 1, c : c + w] * kernel[:-1]).sum()")),
        Right(
            "def convolve(picture, kernel):\n    import numpy as np\n    windows = np.lib.stride_tricks.sliding_window_view(picture.numpy(), tuple(kernel.shape))\n    return torch.from_numpy(np.einsum('rcij,ij->rc', windows, kernel.numpy()))"
        ),
        Right(
            "def convolve(image, filter):\n    h, w = filter.shape\n    rows = [[(image[r : r + h, c : c + w] * filter).sum() for c in range(image.shape[1] - w + 1)] for r in range(image.shape[0] - h + 1)]\n    return torch.tensor(rows)"
        ),
        Right(
            "def convolve(picture, kernel):\n    pieces = picture.double().unfold(0, kernel.shape[0], 1).unfold(1, kernel.shape[1], 1)\n    return torch.einsum('rcij,ij->rc', pieces, kernel.double())"
        ),
    ],
}
MORE["4.10"] += [
    Wrong("the spread is rounded", GOOD_ROW.replace("spread=spread", "spread=round(spread, 2)")),
    Wrong(
        "should be what run returned",
        GOOD_ROW.replace("accuracies=accuracies", "accuracies=[a * 1.01 for a in accuracies]"),
    ),
    Wrong("list of these three", GOOD_ROW.replace("accuracies=accuracies", "accuracies=accuracies[:-1]")),
    Wrong("mean of the reference", GOOD_ROW.replace("mean=mean", "mean=sum(reference) / 3")),
]
MORE["4.4"] += [
    Wrong(
        "smaller batch at the end of each epoch",
        GOOD_TRAIN.replace(ALL, "[pair for pair in " + ALL + " if len(pair[1]) == batch_size]"),
    ),
    Right(
        GOOD_TRAIN.replace(
            "        optimizer.param_groups[0]['lr'] = lr * (1 - epoch / epochs)\n",
            "        size = -(-len(x) // batch_size)\n",
        ).replace(
            "losses.append(loss.item())",
            "losses.append(loss.item()); optimizer.param_groups[0]['lr'] -= lr / (size * epochs)",
        )
    ),
    Right(
        GOOD_TRAIN.replace(
            "optimizer.zero_grad(); ",
            "step = epoch * -(-len(x) // batch_size) + len(losses) + 1; optimizer.param_groups[0]['lr'] = lr * (1 - step / (epochs * -(-len(x) // batch_size))); optimizer.zero_grad(); ",
        )
    ),
]
MORE["4.10"] += [
    Wrong(
        "lr should be a number",
        ROW.format("{'lr': torch.ones(1, requires_grad=True)}", RUN, MIDDLE, SPREAD, LIMIT, CONCLUDE),
    ),
    Wrong(
        "should be what run returned|these three",
        GOOD_ROW.replace("accuracies=accuracies", "accuracies=[torch.zeros(1, requires_grad=True)] * 3"),
    ),
]
CLASS_MLP = """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two, self.three = nn.Linear(784, {0}), nn.Linear({0}, {1}), nn.Linear({1}, 10)

    def forward(self, x):
        return {2}

def make_mlp():
    return Net()
"""
KEEPS_MODE = "    was = model.training\n    model.train()\n"
MORE["4.2"] += [
    Wrong("after the hidden layer", MLP.format("nn.ReLU(), nn.Linear(784, 128), nn.Linear(128, 10)")),
    Wrong("after the hidden layer", MLP.format("nn.Tanh(), nn.Linear(784, 64, bias=False), nn.Linear(64, 10)")),
    Wrong(
        "after the hidden layer",
        MLP.format("nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 256), nn.Linear(256, 10)"),
    ),
    Wrong("after the hidden layer", CLASS_MLP.format(32, 300, "self.three(self.two(self.one(x.flatten(1)).relu()))")),
    Wrong("no hidden layer", MLP.format("nn.Linear(784, 10, bias=False)")),
    Right(CLASS_MLP.format(300, 32, "self.three(self.two(self.one(x.flatten(1)).tanh()))")),
    Right(CLASS_MLP.format(80, 80, "self.three(self.two(self.one(x.flatten(1))).clamp(min=0))")),
    Right(MLP.format("nn.Linear(784, 100, bias=False), nn.ReLU(), nn.Linear(100, 10, bias=False)")),
    Right(
        "def make_mlp():\n    return nn.Sequential(nn.Flatten(2), nn.Unflatten(2, (7, 112)), nn.Linear(112, 64), nn.ReLU(), "
        "nn.Flatten(), nn.Linear(448, 10))"
    ),
]
MORE["4.3"] += [
    Wrong("holds tensors", GOOD_MEMORIZE.replace("loss.item()", "loss.detach()")),
    Wrong("holds tensors", GOOD_MEMORIZE.replace("return losses", "return [torch.tensor(loss) for loss in losses]")),
    Wrong("in train mode", GOOD_MEMORIZE.replace("return losses", "model.train(); return losses")),
    Wrong("half precision", GOOD_MEMORIZE.replace("loss.item()", "loss.half().item()")),
    Wrong("in eval mode", GOOD_MEMORIZE.replace("    optimizer", "    model.eval()\n    optimizer", 1)),
    Wrong(
        "never calls the model",
        GOOD_MEMORIZE.replace("    optimizer", "    import copy; model = copy.deepcopy(model)\n    optimizer", 1),
    ),
    Right(
        GOOD_MEMORIZE.replace("    optimizer", KEEPS_MODE + "    optimizer", 1).replace(
            "return losses", "model.train(was); return losses"
        )
    ),
]
MORE["4.4"] += [
    Wrong("in train mode", GOOD_TRAIN.replace("    return history", "    model.train()\n    return history")),
    Wrong("in eval mode", GOOD_TRAIN.replace("    optimizer", "    model.eval()\n    optimizer", 1)),
    Wrong(
        "never calls the model",
        GOOD_TRAIN.replace("    optimizer", "    import copy; model = copy.deepcopy(model)\n    optimizer", 1),
    ),
    Wrong(
        "comes after 11 batches",
        TRAIN.format(
            FALL + "; optimizer.zero_grad()",
            ALL,
            "loss = F.cross_entropy(model(images), labels); loss.backward()",
            MEAN,
        ).replace("        history.append", "        optimizer.step()\n        history.append"),
    ),
    Right(
        GOOD_TRAIN.replace("    optimizer", KEEPS_MODE + "    optimizer", 1)
        .replace("lr=lr)", "lr=lr, fused=True)")
        .replace("    return history", "    model.train(was)\n    return history")
    ),
]
MORE["4.5"] += [
    Wrong(
        "gives 250 pictures", ACCURACY.format("make_mlp()", HITS.replace("x)", "x[:250])").replace("y)", "y[:250])"))
    ),
    Wrong(
        "gives 992 pictures",
        ACCURACY.format(
            "make_mlp()",
            "end = len(x) // 32 * 32\n    return (model(x[:end]).argmax(1) == y[:end]).sum().item() / max(end, 1)",
        ),
    ),
    Wrong(
        "to the model",
        ACCURACY.format("make_mlp()", HITS.replace("x)", "x_valid)").replace("== y", "== y_valid")),
    ),
    Wrong("divided by 1000", ACCURACY.format("make_mlp()", HITS.replace("len(y)", "1000"))),
    Wrong("divided by 900", ACCURACY.format("make_mlp()", HITS.replace("len(y)", "900"))),
    Wrong(
        "mean of batch means",
        ACCURACY.format(
            "make_mlp()",
            "parts = [(model(a).argmax(1) == b).float().mean() for a, b in zip(x.split(300), y.split(300))]\n"
            "    return sum(parts) / len(parts)",
        ),
    ),
]
MORE["4.6"] += [
    Wrong("Both ways", GOOD_CONFUSION.replace("return counts", "return counts + counts.T")),
    Wrong(
        "num_classes, not by 10",
        COUNTED.replace("truth * num_classes", "truth * 10").replace(".reshape", "[: num_classes**2].reshape"),
    ),
    Wrong(
        "begin each call with zeros",
        "kept = {}\n"
        + GOOD_CONFUSION.replace("counts = torch", "counts = kept.setdefault(num_classes, torch").replace(
            "(num_classes, num_classes)", "(num_classes, num_classes))"
        ),
    ),
]
MORE["4.12"] += [
    Wrong("lost their fractions", GOOD_CONVOLVE.replace("return result", "return result.long()")),
    Wrong("kernel are rounded", GOOD_CONVOLVE.replace("* kernel)", "* kernel.round())")),
]
ANY_ROW = BATCHES + "starts = list(range(0, len(x), batch_size))\n    for k in {}:\n        "
ANY_ROW += "i = slice(starts[k], starts[k] + batch_size)\n        yield x[i], y[i]"
MORE["4.1"] += [
    Wrong("from x_train", SPLIT + "x_train[i], y_train[i]"),
    Wrong("from x_train", SPLIT + "x_train[i], y[i]"),
    Wrong("from y_train", SPLIT + "x[i], y_train[i]"),
    Wrong("only the batches are shuffled", ANY_ROW.format("torch.randperm(len(starts)).tolist()")),
    Wrong(
        "only the batches are shuffled",
        ANY_ROW.format("[*torch.randperm(len(starts) - 1).tolist(), len(starts) - 1]"),
    ),
    Wrong("shuffled apart", SPLIT + "x[i], y[i].flip(0)"),
]
MORE["4.3"] += [
    Wrong(
        "after its first step.*inside of the loop",
        GOOD_MEMORIZE.replace("    return losses", "        return losses"),
    ),
    Wrong("logits first.*in your line 4", GOOD_MEMORIZE.replace("(model(x), y)", "(y, model(x))")),
    Wrong("it is the model", GOOD_MEMORIZE.replace("return losses", "return model")),
]
MORE["4.4"] += [
    Wrong("it is AdamW", GOOD_TRAIN.replace("optim.Adam(", "optim.AdamW(")),
    Wrong(
        "used up after one pass",
        TRAIN.format(FALL, "parts", SOUND, MEAN + " if sizes else 0.0").replace(
            "    for epoch", "    parts = " + ALL + "\n    for epoch", 1
        ),
    ),
    Wrong(
        "same order",
        TRAIN.format(FALL, "parts", SOUND, MEAN).replace(
            "    for epoch", "    parts = list(" + ALL + ")\n    for epoch", 1
        ),
    ),
    Wrong("other pictures than", GOOD_TRAIN.replace(ALL, "batches(x_train, y_train, batch_size)")),
    Wrong("stays at 0.01.*param_groups", TRAIN.format("lr = lr * (1 - epoch / epochs)", ALL, SOUND, MEAN)),
    Wrong("stays at 0.01.*param_groups", TRAIN.format("optimizer.lr = lr / 2**epoch", ALL, SOUND, MEAN)),
    Wrong("not by batch_size", TRAIN.format(FALL, ALL, SOUND, "sum(losses) * batch_size / len(x)")),
    Wrong("it is the model", GOOD_TRAIN.replace("return history", "return model")),
    Wrong("logits first.*in your line", GOOD_TRAIN.replace("(model(images), labels)", "(labels, model(images))")),
    Right(GOOD_TRAIN.replace("range(epochs)", "helper.track(range(epochs), 'epochs')")),
]
MORE["4.5"] += [
    Wrong(
        "share of one class.*argmax.dim=1. gives one",
        ACCURACY.format("make_mlp()", HITS.replace("argmax(1)", "argmax()")),
    ),
    Wrong(
        "trained on them",
        ACCURACY.format(
            "make_mlp(); train(mlp, torch.cat([x_train, x_valid]), torch.cat([y_train, y_valid]), EPOCHS)", HITS
        ),
    ),
    Right(TRAINED.replace("EPOCHS", "2").replace('"mlp"', '"short"') + ACCURACY.format("kept", HITS)),
]
MORE["4.6"] += [
    Wrong("counted once. Add 1", GOOD_CONFUSION.replace("+= 1", "= 1")),
    Wrong("Only the first pair", GOOD_CONFUSION.replace("    return counts", "        return counts")),
    Wrong(
        "All rows are the same",
        "def confusion(truth, answers, num_classes=10):\n    counts = [[0] * num_classes] * num_classes\n"
        "    for t, a in zip(truth, answers):\n        counts[t][a] += 1\n    return torch.tensor(counts)",
    ),
    Wrong("minlength=num_classes\\*\\*2.*in your line", COUNTED.replace(", minlength=num_classes**2", "")),
    Wrong("minlength=num_classes\\*\\*2.*in your line", COUNTED.replace("num_classes**2", "num_classes")),
    Wrong("truth \\* num_classes.*in your line", COUNTED.replace("truth * num_classes", "truth * 10")),
]
MORE["4.8"] += [
    Wrong(
        "channels stand second",
        FLOW.format("(5, 24, 24, 8), (5, 12, 12, 8), (5, 12, 12, 12), (5, 6, 6, 12), (5, 432), 208, 876"),
    ),
]
MORE["4.9"] += [
    Wrong(
        "reads 21,632.*pool halves",
        GOOD_CNN.replace("nn.MaxPool2d(2)", "nn.MaxPool2d(2, stride=1)").replace("1568", "32 * 26 * 26"),
    ),
    Wrong("Flatten each picture first", GOOD_CNN.replace("nn.Flatten(), ", "")),
]
MORE["4.10"] += [
    Wrong("with two stars", GOOD_ROW.replace("**change", "change")),
    Wrong("never calls the run", GOOD_ROW.replace(RUN, "0.8 + seed / 100")),
]
MORE["4.12"] += [
    Wrong("only the first row of the map", GOOD_CONVOLVE.replace("    return result", "        return result")),
    Wrong("only one entry of the map", GOOD_CONVOLVE.replace("    return result", "            return result")),
    Wrong(
        "moves by its own size",
        GOOD_CONVOLVE.replace("range(H - h + 1)", "range(0, H - h + 1, h)").replace(
            "range(W - w + 1)", "range(0, W - w + 1, w)"
        ),
    ),
    Wrong(
        "picture 7 × 9 and a kernel 2 × 3.*in your line 6",
        CONVOLVE.format("(picture[r : r + 3, c : c + 3] * kernel).sum()"),
    ),
    Wrong(
        "picture 7 × 9 and a kernel 2 × 3.*in your line 6",
        GOOD_CONVOLVE.replace("(H, W), (h, w) =", "(W, H), (w, h) ="),
    ),
]
EACH_EPOCH = "history.append(F.cross_entropy(model(x), y).item())"
ONE_ADAM = "optimizer = torch.optim.Adam(model.parameters(), lr=lr); "
MORE["4.1"] += [
    Wrong(
        "x has 6 pictures here.*in your line",
        "order = torch.randperm(len(x_train))\n" + SPLIT.replace("torch.randperm(len(x))", "order") + "x[i], y[i]",
    ),
]
MORE["4.3"] += [
    Wrong(
        "goes on after the last step",
        "def memorize(model, x, y):\n    optimizer, losses = torch.optim.Adam(model.parameters(), lr=0.01), []\n"
        "    while True:\n        loss = F.cross_entropy(model(x), y)\n        losses.append(loss.item())\n"
        "        if loss < 0.05:\n            return losses\n"
        "        optimizer.zero_grad()\n        loss.backward()\n        optimizer.step()",
    ),
    Wrong("returns 59 losses, but it took 60 steps", GOOD_MEMORIZE.replace("return losses", "return losses[:-1]")),
    Wrong(
        "60 optimizers make steps",
        GOOD_MEMORIZE.replace("optimizer.zero_grad()", f"optimizer = {ADAM}; optimizer.zero_grad()"),
    ),
    Wrong("1.weight of the model", MEMORIZE.format("torch.optim.Adam(model[-1].parameters())", 60, STEP, "losses")),
    Right(GOOD_MEMORIZE.replace("optimizer.zero_grad()", "print(F.cross_entropy(model(x), y)); optimizer.zero_grad()")),
]
MORE["4.4"] += [
    Wrong("loss of the model after each epoch", TRAIN.format(FALL, ALL, SOUND, "F.cross_entropy(model(x), y).item()")),
    Wrong(
        "loss of the model before each epoch",
        TRAIN.format(f"{FALL}; {EACH_EPOCH}", ALL, SOUND, MEAN).replace(f"        history.append({MEAN})\n", ""),
    ),
    Wrong(
        "computed after its step",
        TRAIN.format(FALL, ALL, SOUND + "; loss = F.cross_entropy(model(images), labels)", MEAN),
    ),
    Wrong("3 optimizers make steps", GOOD_TRAIN.replace(FALL, ONE_ADAM + FALL)),
    Wrong("33 optimizers make steps", GOOD_TRAIN.replace("optimizer.zero_grad(); ", ONE_ADAM)),
]
MORE["4.5"] += [
    Wrong(
        "mean of batch means",
        ACCURACY.format(
            "make_mlp()",
            "parts = [(model(a).argmax(1) == b).float().mean() for a, b in batches(x, y, 300)]\n"
            "    return sum(parts) / len(parts)",
        ),
    ),
    Wrong(
        "argmax.dim=1. of the logits.*in your line", ACCURACY.format("make_mlp()", HITS.replace("argmax(1)", "relu()"))
    ),
    Wrong(
        "argmax.dim=1. of the logits.*in your line",
        ACCURACY.format("make_mlp()", HITS.replace("argmax(1)", "argmax(0)")),
    ),
    Wrong(
        "no prediction were right. argmax.dim=1.",
        ACCURACY.format("make_mlp()", HITS.replace("argmax(1)", "amax(1)")),
    ),
]
MORE["4.8"] += [
    Wrong(
        "second conv: the number of channels",
        FLOW.format("(5, 8, 24, 24), (5, 8, 12, 12), (5, 96, 12, 12), (5, 12, 6, 6), (5, 432), 208, 876"),
    ),
    Wrong(
        "channels stand second",
        FLOW.format("(5, 8, 24, 24), (5, 8, 12, 12), (5, 12, 12, 12), (5, 6, 6, 12), (5, 432), 208, 876"),
    ),
]
HALVING = "nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU()"
MORE["4.9"] += [
    Wrong("2 linear layers", GOOD_CNN.replace("1568, 10", "1568, 64), nn.ReLU(), nn.Linear(64, 10")),
    Wrong("2 linear layers", GOOD_CNN.replace("1568, 10)", "1568, 10), nn.Linear(10, 10)")),
    Wrong("BatchNorm2d is not one of them", GOOD_CNN.replace("padding=1), ", "padding=1), nn.BatchNorm2d(16), ", 1)),
    Wrong(
        "20,491 parameters. .* 20,490.$",
        GOOD_CNN.replace("    return ", "    network = ")
        + """
    network.extra = nn.Parameter(torch.zeros(1))
    return network""",
    ),
    Wrong(
        "no max pool",
        CNN.format(
            f"nn.Conv2d(1, 16, 3, stride=2, padding=1), nn.ReLU(), {HALVING}, nn.Flatten(), nn.Linear(1568, 10)"
        ),
    ),
    Wrong(
        "first max pool is missing",
        GOOD_CNN.replace("padding=1), nn.ReLU(), nn.MaxPool2d(2)", "stride=2, padding=1), nn.ReLU()", 1),
    ),
    Wrong(
        "second max pool is missing",
        GOOD_CNN.replace("nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)", HALVING),
    ),
    Wrong("reads 32 channels", GOOD_CNN.replace("Conv2d(16, 32", "Conv2d(32, 32")),
    Wrong("reads 1 channel,", GOOD_CNN.replace("Conv2d(16, 32", "Conv2d(1, 32")),
    Wrong("but it reads 25,088", GOOD_CNN.replace("1568", "32 * 28 * 28")),
]
MORE["4.10"] += [
    Wrong("largest and smallest", GOOD_ROW.replace(MIDDLE, "(max(accuracies) + min(accuracies)) / 2")),
    Wrong("not minus the mean", GOOD_ROW.replace("spread=spread", "spread=max(accuracies) - mean")),
    Wrong("not the standard deviation", GOOD_ROW.replace(SPREAD, "torch.tensor(accuracies).std().item()")),
]
for number, answers in MORE.items():
    ANSWERS[number] += answers
