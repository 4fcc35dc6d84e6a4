"""Wrong and right answers to the exercises of Part 5."""

from lessons import Right, Wrong

SPLIT = "def split(n, share, seed):\n    g = torch.Generator().manual_seed(seed)\n    order = torch.randperm(n, generator=g)\n    k = round(n * share)\n    return {}"
LEAKS = 'leaks = {{"A": "{}", "B": "{}", "C": "{}"}}'
ACCURACY = """def accuracy(model, batches):
    hits, sizes = [], []
    for x, y in batches:
        hits.append((model(x).argmax(1) == y).sum().item())
        sizes.append(len(y))
    return {}"""
TOP = "def top_k(logits, labels, k):\n    best = logits.topk({}).indices\n    return {}"
ANY = "(best == labels[:, None]).any(1).float().mean()"
GUESS = "guess = dict(zip(['accuracy of never', 'recall of never', 'precision of always', 'recall of always', 'precision of careful', 'recall of careful'], {}))"
CHANGES = "changes = dict(zip(['first', 'norm', 'moved', 'output', 'recorded', 'parameters'], {}.split()))"
DROPOUT = "def dropout(x, p, training):\n    if not training:\n        return x\n    return {}"
STOPPING = """class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.best, self.count, self.state = patience, {start}, 0, None

    def update(self, loss, model):
        if {lower}:
            self.best = loss
            {reset}
            self.state = {keep}
        else:
            self.count += 1
        return {stop}

    def restore(self, model):
        {restore}
"""
PARTS = {
    "start": "float('inf')",
    "lower": "loss < self.best",
    "reset": "self.count = 0",
    "keep": "copy.deepcopy(model.state_dict())",
    "stop": "self.count >= self.patience",
    "restore": "model.load_state_dict(self.state)",
}
TEMPERATURE = (
    "def best_temperature(logits, labels, candidates):\n    losses = [F.cross_entropy({}, labels) for T in candidates]\n"
    "    best = min(range(len(losses)), key=lambda i: losses[i])\n    return {}"
)
FOLDS = "def folds(n, k, seed):\n    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))\n    return {}"
ENSEMBLE = "def ensemble(models, x):\n    with torch.inference_mode():\n        z = torch.stack([m.eval()(x) for m in models])\n    return {}"


def stopping(**changed):
    """Return the class with one part changed."""
    return STOPPING.format(**PARTS | changed)


ANSWERS = {
    "5.1": [
        Wrong("in both parts", SPLIT.format("order, order[:k]")),
        Wrong(
            "in both parts",
            "def split(n, share, seed):\n    torch.manual_seed(seed)\n    k = int(n * share)\n"
            "    return torch.randperm(n)[k:], torch.randperm(n)[:k]",
        ),
        Wrong(
            "gets the last ones",
            "def split(n, share, seed):\n    k = n - round(n * share)\n    return torch.arange(n)[:k], torch.arange(n)[k:]",
        ),
        Wrong(
            "gets the first ones",
            "def split(n, share, seed):\n    k = round(n * share)\n    return torch.arange(n)[k:], torch.arange(n)[:k]",
        ),
        Wrong(
            "every k-th picture",
            "def split(n, share, seed):\n    i = torch.arange(n)\n    mask = i % round(1 / share) == seed % 5\n    return i[~mask], i[mask]",
        ),
        Wrong(
            "Not reproducible",
            "def split(n, share, seed):\n    order = torch.randperm(n)\n    k = round(n * share)\n    return order[k:], order[:k]",
        ),
        Wrong(
            "is seed used",
            "def split(n, share, seed):\n    torch.manual_seed(0)\n    order = torch.randperm(n)\n    k = round(n * share)\n    return order[k:], order[:k]",
        ),
        Wrong("larger part, for training, first", SPLIT.format("order[:k], order[k:]")),
        Wrong("should be 40|A fifth of 200 is 40", SPLIT.format("order[n // 2:], order[:n // 2]")),
        Wrong("returns nothing", SPLIT.format("None")),
        Wrong("Return two things", SPLIT.format("order")),
        Wrong("occur in one of the parts", SPLIT.format("order[k + 1:], order[:k]")),
        Wrong(
            "occur in one of the parts",
            "def split(n, share, seed):\n    g = torch.Generator().manual_seed(seed)\n    order = torch.randint(0, n, (n,), generator=g)\n"
            "    held_out = torch.arange(round(n * share)) * 0 + order.max() + 1\n    return order[round(n * share):], held_out",
        ),
        Wrong("any n and share", SPLIT.format("order[40:], order[:40]")),
        Wrong("ascending order", SPLIT.format("order[k:].sort().values, order[:k]")),
        Wrong(
            "ascending order",
            "import random\ndef split(n, share, seed):\n    held = set(random.Random(seed).sample(range(n), round(n * share)))\n"
            "    return torch.tensor([i for i in range(n) if i not in held]), torch.tensor(list(held))",
        ),
        Right(SPLIT.format("order[k:], order[:k]")),
        Right(SPLIT.format("order[:n - k], order[n - k:]")),
        Right(SPLIT.format("order[k:], order[:k]").replace("round(", "int(")),
        Right(SPLIT.format("order.split([n - k, k])")),
        Right(SPLIT.format("(order[k:].tolist(), order[:k].tolist())")),
        Right(
            "def split(n, share, seed):\n    parts = torch.utils.data.random_split(range(n), [1 - share, share], torch.Generator().manual_seed(seed))\n"
            "    return [torch.tensor(part.indices) for part in parts]"
        ),
        Right(
            "import numpy as np\ndef split(n, share, seed):\n    order = np.random.default_rng(seed).permutation(n)\n"
            "    return torch.from_numpy(order[int(n * share):]), torch.from_numpy(order[:int(n * share)])"
        ),
        Right(
            "import random\ndef split(n, share, seed):\n    order = list(range(n))\n    random.Random(seed).shuffle(order)\n"
            "    cut = n - math.ceil(n * share)\n    return torch.tensor(order[:cut]), torch.tensor(order[cut:])"
        ),
    ],
    "5.2": [
        Wrong("A: it has a leak", LEAKS.format("fine", "copies", "fine")),
        Wrong("A: the two piles are apart", LEAKS.format("copies", "copies", "fine")),
        Wrong("B: it has a leak", LEAKS.format("chosen", "fine", "fine")),
        Wrong("B: nothing is chosen", LEAKS.format("chosen", "chosen", "fine")),
        Wrong("C: follow test", LEAKS.format("chosen", "copies", "statistics")),
        Wrong("C: follow test", LEAKS.format("chosen", "copies", "chosen")),
        Wrong("C: no line mixes", LEAKS.format("chosen", "copies", "labels")),
        Wrong("choose one of", LEAKS.format("chosen", "copy", "fine")),
        Right(LEAKS.format("chosen", "copies", "fine")),
        Right('leaks = dict(A="chosen", B="copies", C="fine")'),
        Right('leaks = dict(zip("ABC", ["chosen", "copies", "fine"]))'),
    ],
    "5.3": [
        Wrong("mean of the batches", ACCURACY.format("sum(h / s for h, s in zip(hits, sizes)) / len(hits)")),
        Wrong("number of hits", ACCURACY.format("sum(hits)")),
        Wrong("not of batches", ACCURACY.format("sum(hits) / len(hits)")),
        Wrong("last batch alone", ACCURACY.format("hits[-1] / sizes[-1]")),
        Wrong("10 pictures, not 3 times 4", ACCURACY.format("sum(hits) / (len(hits) * sizes[0])")),
        Wrong("share of wrong", ACCURACY.format("1 - sum(hits) / sum(sizes)")),
        Wrong("not a percentage", ACCURACY.format("100 * sum(hits) / sum(sizes)")),
        Wrong("One number", ACCURACY.format("torch.tensor(hits) / torch.tensor(sizes)")),
        Wrong("any batches", ACCURACY.format("sum(hits) / 10")),
        Wrong("call the model", ACCURACY.replace("model(x)", "x").format("sum(hits) / sum(sizes)")),
        Wrong("inside the loop", ACCURACY.format("sum(hits) / sum(sizes)").replace("    return", "        return")),
        Wrong(
            "inside the loop",
            "def accuracy(model, batches):\n    for x, y in batches:\n        return (model(x).argmax(1) == y).float().mean()",
        ),
        Wrong(
            "returns nothing",
            "def accuracy(model, batches):\n    for x, y in batches:\n        model(x).argmax(1) == y",
        ),
        Right(ACCURACY.format("sum(hits) / sum(sizes)")),
        Right(ACCURACY.format("torch.tensor(sum(hits) / sum(sizes))")),
        Right(
            "def accuracy(model, batches):\n    parts = [model(x).argmax(dim=-1) == y for x, y in batches]\n    return torch.cat(parts).double().mean()"
        ),
        Right(
            "def accuracy(model, batches):\n    model.eval()\n    total = n = 0\n    with torch.no_grad():\n        for x, y in batches:\n"
            "            total += (model(x).softmax(1).max(1)[1] == y).float().mean() * len(x)\n            n += x.size(0)\n    return total / n"
        ),
        Right(
            "def accuracy(model, batches):\n    good = bad = 0\n    for x, y in batches:\n        for z, label in zip(model(x), y):\n"
            "            if z.argmax() == label: good += 1\n            else: bad += 1\n    return good / (good + bad)"
        ),
    ],
    "5.4": [
        Wrong("number of hits", TOP.format("k, dim=1", "(best == labels[:, None]).any(1).sum()")),
        Wrong("not of entries", TOP.format("k, dim=1", "(best == labels[:, None]).float().mean()")),
        Wrong("only for the k-th", TOP.format("k, dim=1", "(best[:, -1] == labels).float().mean()")),
        Wrong("k is not used", TOP.format("1", ANY)),
        Wrong("smallest logits", TOP.format("k, largest=False", ANY)),
        Wrong("smallest logits, or the misses", TOP.format("k, dim=1", "1 - " + ANY)),
        Wrong("too many", TOP.format("k + 1", ANY)),
        Wrong("too few", TOP.format("k - 1", ANY)),
        Wrong("One number", TOP.format("k", "(best == labels[:, None]).any(1)")),
        Wrong("your line", TOP.format("k, dim=1", "(best == labels).any(1).float().mean()")),
        Wrong("k = 1", TOP.format("3", ANY)),
        Wrong("any N", TOP.format("k", "(best == labels[:, None]).any(1).sum() / 40")),
        Wrong("it should be", TOP.format("k", "(best == labels[:, None]).any()").replace(".any()", ".any().float()")),
        Right(TOP.format("k, dim=-1", "(best == labels.unsqueeze(1)).sum(1).double().mean().item()")),
        Right(
            "def top_k(logits, labels, k):\n    order = logits.argsort(dim=1, descending=True)[:, :k]\n"
            "    return sum(int(y) in row.tolist() for row, y in zip(order, labels)) / len(labels)"
        ),
        Right(
            "def top_k(logits, labels, k):\n    right = logits.gather(1, labels[:, None])\n    return ((logits > right).sum(1) < k).float().mean()"
        ),
        Right(
            "def top_k(logits, labels, k):\n    best = logits.softmax(1).topk(k)[1].T\n    return best.eq(labels).any(0).float().mean()"
        ),
    ],
    "5.5": [
        Wrong("accuracy of never: which share of all", GUESS.format("[0.0, 0.0, 0.1, 1.0, 0.8, 0.4]")),
        Wrong("recall of never: look only at the 10 bags", GUESS.format("[0.9, 0.9, 0.1, 1.0, 0.8, 0.4]")),
        Wrong("precision of always: the two are swapped", GUESS.format("[0.9, 0.0, 1.0, 0.1, 0.8, 0.4]")),
        Wrong("recall of always", GUESS.format("[0.9, 0.0, 0.1, 0.9, 0.8, 0.4]")),
        Wrong("precision of careful: the two are swapped", GUESS.format("[0.9, 0.0, 0.1, 1.0, 0.4, 0.8]")),
        Wrong("precision of careful: look only", GUESS.format("[0.9, 0.0, 0.1, 1.0, 0.04, 0.4]")),
        Wrong("not a percentage", GUESS.format("[90, 0, 10, 100, 80, 40]")),
        Wrong("Keep the six names", "guess = {'accuracy of never': 0.9}"),
        Right(GUESS.format("[0.9, 0, 0.1, 1, 0.8, 0.4]")),
        Right(GUESS.format("[90 / 100, 0 / 10, 10 / 100, 10 / 10, 4 / 5, 4 / 10]")),
        Right(GUESS.format("torch.tensor([0.9, 0.0, 0.1, 1.0, 0.8, 0.4])")),
    ],
    "5.6": [
        Wrong("first: a linear layer", CHANGES.format("'yes yes yes yes no no'")),
        Wrong("norm: whose mean", CHANGES.format("'no no yes yes no no'")),
        Wrong("moved: when does", CHANGES.format("'no yes no yes no no'")),
        Wrong("output: it comes after", CHANGES.format("'no yes yes no no no'")),
        Wrong("recorded: what eval", CHANGES.format("'no yes yes yes yes no'")),
        Wrong("parameters: eval", CHANGES.format("'no yes yes yes no yes'")),
        Wrong('write "yes" or "no"', CHANGES.format("'No yes yes yes no no'")),
        Wrong("Keep the six names", "changes = {'first': 'no'}"),
        Right(CHANGES.format("'no yes yes yes no no'")),
        Right(
            "changes = dict(first='no', norm='yes', moved='yes', output='yes', recorded='no', parameters='no')",
        ),
        Right(
            "changes = {name: 'yes' if name in ('norm', 'moved', 'output') else 'no' for name in ['first', 'norm', 'moved', 'output', 'recorded', 'parameters']}"
        ),
    ],
    "5.7": [
        Wrong("factor 1 / \\(1 - p\\) is missing", DROPOUT.format("x * (torch.rand_like(x) >= p)")),
        Wrong("not 1 / p", DROPOUT.format("x * (torch.rand_like(x) >= p) / p")),
        Wrong("do not multiply", DROPOUT.format("x * (torch.rand_like(x) >= p) * (1 - p)")),
        Wrong("other way round", DROPOUT.format("x * (torch.rand_like(x) < p) / (1 - p)")),
        Wrong(
            "drops outside training",
            "def dropout(x, p, training):\n    return x * (torch.rand_like(x) >= p) / (1 - p)",
        ),
        Wrong(
            "drops outside training",
            "def dropout(x, p, training):\n    if training:\n        return x\n    return x * (torch.rand_like(x) >= p) / (1 - p)",
        ),
        Wrong(
            "Outside training: no scaling",
            "def dropout(x, p, training):\n    if training:\n        return x * (torch.rand_like(x) >= p) / (1 - p)\n    return x * (1 - p)",
        ),
        Wrong("on its own", DROPOUT.format("x * (torch.rand(x.shape[-1]) >= p) / (1 - p)")),
        Wrong("on its own", DROPOUT.format("x * (torch.rand(len(x))[:, None] >= p) / (1 - p)")),
        Wrong("draw anew", DROPOUT.format("x * (torch.rand(x.shape, generator=torch.manual_seed(0)) >= p) / (1 - p)")),
        Wrong("changed the x", DROPOUT.format("x.mul_(torch.rand_like(x) >= p).div_(1 - p)")),
        Wrong("returns nothing", "def dropout(x, p, training):\n    x * (torch.rand_like(x) >= p) / (1 - p)"),
        Wrong("shape of x", DROPOUT.format("x[torch.rand_like(x) >= p] / (1 - p)")),
        Wrong("nothing was set to 0", DROPOUT.format("x")),
        Wrong("A quarter should be 0", DROPOUT.format("x * (torch.rand_like(x) >= 0.5) / 0.5")),
        Right(DROPOUT.format("F.dropout(x, p)")),
        Right(DROPOUT.format("x * torch.bernoulli(torch.full_like(x, 1 - p)) / (1 - p)")),
        Right(DROPOUT.format("torch.where(torch.rand(x.shape) < p, torch.zeros(()), x / (1 - p))")),
        Right(
            "def dropout(x, p, training):\n    out = x.clone()\n    if training:\n        out[torch.rand_like(x) < p] = 0\n        out /= 1 - p\n    return out"
        ),
        Right(
            "def dropout(x, p, training):\n    layer = nn.Dropout(p)\n    layer.train(training)\n    return layer(x)"
        ),
    ],
    "5.8": [
        Wrong("alive, keep a copy", stopping(keep="model.state_dict()")),
        Wrong("keep a copy of it", stopping(keep="dict(model.state_dict())")),
        Wrong("keep a copy", stopping(keep="model.state_dict().copy()")),
        Wrong("it waited 4 epochs", stopping(stop="self.count > self.patience")),
        Wrong("it waited 2 epochs", stopping(stop="self.count >= self.patience - 1")),
        Wrong("set the count back", stopping(reset="pass")),
        Wrong("An equal loss is not lower", stopping(lower="loss <= self.best")),
        Wrong("have patience", stopping(stop="loss > self.best")),
        Wrong("never stopped", stopping(stop="False")),
        Wrong("update returns nothing", stopping(stop="None")),
        Wrong("your line", stopping(start="None")),
        Wrong("at first, the lowest loss|At first, the lowest loss", stopping(start="0.0")),
        Wrong(
            "not epoch 0",
            stopping(keep="self.state or copy.deepcopy(model.state_dict())"),
        ),
        Wrong("changed nothing in the model that it was given", stopping(restore="pass")),
        Wrong(
            "changed nothing in the model that it was given",
            stopping(keep="copy.deepcopy(model)", restore="model = self.state"),
        ),
        Wrong("alive, keep a copy", stopping(keep="model", restore="model.load_state_dict(self.state.state_dict())")),
        Wrong(
            "not epoch 12: copy at each new low, and only there",
            stopping()
            .replace("        if loss", "        self.state = copy.deepcopy(model.state_dict())\n        if loss", 1)
            .replace("            self.state = copy.deepcopy(model.state_dict())\n", ""),
        ),
        Wrong("At first, the lowest loss is math.inf", stopping(start="10.0")),
        Wrong("At first, the lowest loss is math.inf", stopping(start="1e9")),
        Wrong("nan is no new low", stopping(lower="not loss >= self.best")),
        Wrong(
            "nan is no new low",
            stopping().replace("        else:\n", "        elif loss >= self.best:\n"),
        ),
        Wrong(
            "keep it in self",
            stopping().replace("self.best", "EarlyStopping.best"),
        ),
        Wrong(
            "keep it in self",
            stopping(start="None")
            .replace("self.best", "EarlyStopping.best")
            .replace("EarlyStopping:\n", "EarlyStopping:\n    best = math.inf\n")
            .replace(
                "self.patience, EarlyStopping.best, self.count, self.state = patience, None, 0, None",
                "self.patience, self.count = patience, 0",
            ),
        ),
        Wrong(
            "keep state_dict\\(\\), not parameters\\(\\)",
            stopping(
                keep="[p.detach().clone() for p in model.parameters()]",
                restore="[p.data.copy_(kept) for p, kept in zip(model.parameters(), self.state)]",
            ),
        ),
        Wrong(
            "never stopped",
            stopping().replace(
                "if loss < self.best:", "lower, self.last = loss < getattr(self, 'last', 99), loss\n        if lower:"
            ),
        ),
        Wrong("Does it use patience", stopping(stop="self.count >= 3")),
        Wrong(
            "still falling",
            "class EarlyStopping:\n    def __init__(self, patience):\n        self.losses, self.patience = [], patience\n"
            "    def update(self, loss, model):\n        self.losses.append(loss)\n        self.state = copy.deepcopy(model.state_dict())\n"
            "        return len(self.losses) > self.patience\n    def restore(self, model):\n        model.load_state_dict(self.state)",
        ),
        Wrong(
            "second time",
            stopping(
                keep="{name: value.clone() for name, value in model.state_dict().items()}",
                restore="for name, t in [*model.named_parameters(), *model.named_buffers()]: t.data = self.state[name]",
            ),
        ),
        Right(stopping(keep="{name: value.clone() for name, value in model.state_dict().items()}")),
        Right(stopping(keep="copy.deepcopy(model)", restore="model.load_state_dict(self.state.state_dict())")),
        Right(
            "class EarlyStopping:\n    def __init__(self, patience):\n        self.patience, self.losses = patience, []\n"
            "    def update(self, loss, model):\n        if not self.losses or loss < min(self.losses):\n"
            "            self.state = [t.clone() for t in model.state_dict().values()]\n"
            "        self.losses.append(loss)\n        best = self.losses.index(min(self.losses))\n"
            "        return len(self.losses) - 1 - best >= self.patience\n"
            "    def restore(self, model):\n        with torch.no_grad():\n"
            "            for t, kept in zip(model.state_dict().values(), self.state):\n                t.copy_(kept)"
        ),
        Right(
            "from dataclasses import dataclass\n@dataclass\nclass EarlyStopping:\n    patience: int\n    best: float = math.inf\n    left: int = None\n"
            "    def update(self, loss, model):\n        if loss < self.best:\n            self.best, self.left = loss, self.patience\n"
            "            self.state = copy.deepcopy(model.state_dict())\n            return False\n        self.left -= 1\n"
            "        if self.left == 0:\n            return True\n        return False\n"
            "    def restore(self, model):\n        model.load_state_dict(self.state)"
        ),
    ],
    "5.9": [
        Wrong("do not multiply", TEMPERATURE.format("logits * T", "candidates[best]")),
        Wrong("place of the best", TEMPERATURE.format("logits / T", "best")),
        Wrong("lowest loss. Return the temperature", TEMPERATURE.format("logits / T", "losses[best]")),
        Wrong(
            "The lowest loss is wanted", TEMPERATURE.format("logits / T", "candidates[best]").replace("min(", "max(")
        ),
        Wrong(
            "accuracy is the same for all",
            "def best_temperature(logits, labels, candidates):\n    hits = [((logits / T).argmax(1) == labels).float().mean() for T in candidates]\n"
            "    return candidates[torch.stack(hits).argmax()]",
        ),
        Wrong("least sure", "def best_temperature(logits, labels, candidates):\n    return candidates.max()"),
        Wrong("not a list", TEMPERATURE.format("logits / T", "torch.stack(losses)")),
        Wrong(
            "it should be|do not multiply|lowest loss",
            TEMPERATURE.format("(logits / T).softmax(1)", "candidates[best]"),
        ),
        Wrong("returns nothing", TEMPERATURE.format("logits / T", "None")),
        Wrong(
            "any candidates",
            "def best_temperature(logits, labels, candidates):\n    candidates = torch.linspace(0.2, 5, 25)\n"
            "    return min(candidates, key=lambda T: F.cross_entropy(logits / T, labels))",
        ),
        Wrong(
            "inside the loop",
            "def best_temperature(logits, labels, candidates):\n    best = math.inf\n    for T in candidates:\n"
            "        loss = F.cross_entropy(logits / T, labels)\n        if loss < best:\n            best, kept = loss, T\n        return kept",
        ),
        Wrong(
            "last candidate",
            "def best_temperature(logits, labels, candidates):\n    best = math.inf\n    for T in candidates:\n"
            "        if F.cross_entropy(logits / T, labels) < best:\n            kept = T\n    return kept",
        ),
        Wrong(
            "divides in place",
            "def best_temperature(logits, labels, candidates):\n    losses = []\n    for T in candidates:\n"
            "        logits /= T\n        losses.append(F.cross_entropy(logits, labels))\n    return candidates[torch.stack(losses).argmin()]",
        ),
        Right(TEMPERATURE.format("logits / T", "candidates[best].item()")),
        Right(
            "def best_temperature(logits, labels, candidates):\n"
            "    return min(candidates.tolist(), key=lambda T: F.cross_entropy(logits / T, labels).item())"
        ),
        Right(
            "def best_temperature(logits, labels, candidates):\n    best, kept = math.inf, None\n    for T in candidates:\n"
            "        loss = nn.CrossEntropyLoss()(logits / T, labels)\n        if loss < best:\n            best, kept = loss, T\n    return kept"
        ),
        Right(
            "def best_temperature(logits, labels, candidates):\n    z = (logits / candidates[:, None, None]).log_softmax(-1)\n"
            "    return candidates[-z[:, torch.arange(len(labels)), labels].mean(1).neg().argmin().neg()]".replace(
                "-z[", "(-z["
            ).replace(".mean(1).neg().argmin().neg()]", ").mean(1).argmin()]")
        ),
    ],
    "5.10": [
        Wrong("in both parts", FOLDS.format("[(order, order[i::k]) for i in range(k)]")),
        Wrong(
            "exactly once",
            FOLDS.format("[(order[n // k:], order[:n // k]) for i in range(k)]"),
        ),
        Wrong(
            "every index from 0 to 22",
            FOLDS.format(
                "[(torch.cat([order[j * (n // k):(j + 1) * (n // k)] for j in range(k) if j != i]), order[i * (n // k):(i + 1) * (n // k)]) for i in range(k)]"
            ),
        ),
        Wrong(
            "at most one apart",
            FOLDS.format(
                "[(torch.cat([order[:i * (n // k)], order[(i + 1) * (n // k) if i < k - 1 else n:]]), order[i * (n // k):(i + 1) * (n // k) if i < k - 1 else n]) for i in range(k)]"
            ),
        ),
        Wrong(
            "training, comes first",
            FOLDS.format("[(order[i::k], torch.cat([order[j::k] for j in range(k) if j != i])) for i in range(k)]"),
        ),
        Wrong(
            "stretches, in order",
            "def folds(n, k, seed):\n    parts = torch.arange(n).tensor_split(k)\n"
            "    return [(torch.cat(parts[:i] + parts[i + 1:]), parts[i]) for i in range(k)]",
        ),
        Wrong(
            "every fifth",
            "def folds(n, k, seed):\n    parts = [torch.arange(n)[i::k] for i in range(k)]\n"
            "    return [(torch.cat(parts[:i] + parts[i + 1:]), parts[i]) for i in range(k)]",
        ),
        Wrong(
            "Not reproducible",
            "def folds(n, k, seed):\n    parts = torch.randperm(n).tensor_split(k)\n"
            "    return [(torch.cat(parts[:i] + parts[i + 1:]), parts[i]) for i in range(k)]",
        ),
        Wrong("Five pairs", FOLDS.format("[(order[5:], order[:5])]")),
        Wrong("returns nothing", FOLDS.format("None")),
        Right(
            FOLDS.format(
                "[(torch.cat([order[:a], order[b:]]), order[a:b]) for a, b in [(i * n // k, (i + 1) * n // k) for i in range(k)]]"
            )
        ),
        Right(FOLDS.format("[(order[torch.arange(n) % k != i], order[torch.arange(n) % k == i]) for i in range(k)]")),
        Right(
            "def folds(n, k, seed):\n    torch.manual_seed(seed)\n    parts = torch.randperm(n).tensor_split(k)\n    result = []\n"
            "    for i in range(k):\n        rest = [part for j, part in enumerate(parts) if j != i]\n        result.append([torch.cat(rest), parts[i]])\n    return result"
        ),
        Right(
            "import random\ndef folds(n, k, seed):\n    order = list(range(n))\n    random.Random(seed).shuffle(order)\n    parts = [order[i::k] for i in range(k)]\n"
            "    return [(torch.tensor(sorted(set(order) - set(part))), torch.tensor(part)) for part in parts]"
        ),
    ],
    "5.11": [
        Wrong("mean of the logits", ENSEMBLE.format("z.mean(0)")),
        Wrong("Softmax first, then", ENSEMBLE.format("z.mean(0).softmax(-1)")),
        Wrong("Divide by len\\(models\\)", ENSEMBLE.format("z.softmax(-1).sum(0) / 3")),
        Wrong("That is the sum", ENSEMBLE.format("z.softmax(-1).sum(0)")),
        Wrong("Return the probabilities", ENSEMBLE.format("z.softmax(-1).mean(0).argmax(-1)")),
        Wrong("one table for each", ENSEMBLE.format("z.softmax(-1)")),
        Wrong("votes", ENSEMBLE.format("F.one_hot(z.argmax(-1), 3).float().mean(0)")),
        Wrong("Use eval", ENSEMBLE.replace(".eval()", "").format("z.softmax(-1).mean(0)")),
        Wrong(
            "records for backward",
            "def ensemble(models, x):\n    return torch.stack([m.eval()(x).softmax(-1) for m in models]).mean(0)",
        ),
        Wrong("should be", ENSEMBLE.format("z.softmax(0).mean(0)")),
        Wrong("returns nothing", ENSEMBLE.format("None")),
        Right(ENSEMBLE.format("z.softmax(-1).mean(0)")),
        Right(
            "@torch.no_grad()\ndef ensemble(models, x):\n    total = 0\n    for model in models:\n        model.eval()\n"
            "        total = total + model(x).softmax(1)\n    return total / len(models)"
        ),
        Right(
            "def ensemble(models, x):\n    for m in models:\n        m.eval()\n    return (sum(F.softmax(m(x), dim=1) for m in models) / len(models)).detach()"
        ),
        Right(
            "def ensemble(models, x):\n    with torch.inference_mode():\n        probs = []\n        for m in models:\n            was = m.training\n"
            "            m.eval()\n            probs.append(m(x).log_softmax(-1).exp())\n            m.train(was)\n    return sum(probs) / len(probs)"
        ),
    ],
}
