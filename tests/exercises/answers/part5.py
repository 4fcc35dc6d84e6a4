"""Wrong and right answers to the exercises of Part 5, Inference and validation."""

from answer_kinds import Right, Wrong

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


def spoiled(code, name, lines):
    """Return an answer whose function is wrapped: the lines use `right(...)`, `args` and `state`, a dict that stays."""
    body = "\n".join(f"    {line}" for line in lines.splitlines())
    return f"{code}\n\nright, state = {name}, {{}}\n\ndef {name}(*args):\n{body}\n"


GOOD_SPLIT = SPLIT.format("order[k:], order[:k]")
GOOD_FOLDS = """def folds(n, k, seed):
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    parts = [order[i::k] for i in range(k)]
    return [(torch.cat(parts[:i] + parts[i + 1:]), parts[i]) for i in range(k)]"""
GOOD_ACCURACY = ACCURACY.format("sum(hits) / sum(sizes)")
GOOD_TOP = TOP.format("k, dim=1", ANY)
GOOD_DROPOUT = DROPOUT.format("x * (torch.rand_like(x) >= p) / (1 - p)")
GOOD_TEMPERATURE = TEMPERATURE.format("logits / T", "candidates[best]")
GOOD_ENSEMBLE = ENSEMBLE.format("z.softmax(-1).mean(0)")


ANSWERS = {
    "5.1": [
        Wrong("in both parts", SPLIT.format("order, order[:k]")),
        Wrong(
            "in both parts",
            "def split(n, share, seed):\n    torch.manual_seed(seed)\n    k = int(n * share)\n"
            "    return torch.randperm(n)[k:], torch.randperm(n)[:k]",
        ),
        Wrong(
            "validation gets the last indices",
            "def split(n, share, seed):\n    k = n - round(n * share)\n    return torch.arange(n)[:k], torch.arange(n)[k:]",
        ),
        Wrong(
            "validation gets the first indices",
            "def split(n, share, seed):\n    k = round(n * share)\n    return torch.arange(n)[k:], torch.arange(n)[:k]",
        ),
        Wrong(
            "should keep 15 of 50",
            "def split(n, share, seed):\n    i = torch.arange(n)\n    mask = i % round(1 / share) == seed % 5\n    return i[~mask], i[mask]",
        ),
        Wrong(
            "Two calls of split.* give two splits",
            "def split(n, share, seed):\n    order = torch.randperm(n)\n    k = round(n * share)\n    return order[k:], order[:k]",
        ),
        Wrong(
            "give the same split",
            "def split(n, share, seed):\n    torch.manual_seed(0)\n    order = torch.randperm(n)\n    k = round(n * share)\n    return order[k:], order[:k]",
        ),
        Wrong("for training first, .*second. `share` is for validation", SPLIT.format("order[:k], order[k:]")),
        Wrong("should keep 40 of 200", SPLIT.format("order[n // 2:], order[:n // 2]")),
        Wrong("returns nothing", SPLIT.format("None")),
        Wrong("should be two tensors, train and valid, but it is a tensor", SPLIT.format("order")),
        Wrong("1 index is missing", SPLIT.format("order[k + 1:], order[:k]")),
        Wrong(
            "holds the index 200, but the indices go from 0 to 199",
            "def split(n, share, seed):\n    g = torch.Generator().manual_seed(seed)\n    order = torch.randint(0, n, (n,), generator=g)\n"
            "    held_out = torch.arange(round(n * share)) * 0 + order.max() + 1\n    return order[round(n * share):], held_out",
        ),
        Wrong("should keep 15 of 50", SPLIT.format("order[40:], order[:40]")),
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
        Wrong("should be a tensor of indices", SPLIT.format("(order[k:].tolist(), order[:k].tolist())")),
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
        Wrong("holds the index|should keep", GOOD_SPLIT.replace("torch.randperm(n,", "torch.randperm(200,")),
        Wrong("should keep 15 of 50", GOOD_SPLIT.replace("n * share", "n * 0.2")),
        Wrong("give the same split", GOOD_SPLIT.replace("manual_seed(seed)", "manual_seed(1)")),
        Wrong("give the same split", GOOD_SPLIT.replace("manual_seed(seed)", "manual_seed(seed % 2)")),
        Wrong(
            "seeds PyTorch's random numbers",
            "def split(n, share, seed):\n    torch.manual_seed(seed)\n    order = torch.randperm(n)\n    k = round(n * share)\n    return order[k:], order[:k]",
        ),
        Wrong("one dimension, .* its shape is", SPLIT.format("order[k:, None], order[:k, None]")),
        Wrong("whole numbers, but its dtype is torch.float32", SPLIT.format("order[k:].float(), order[:k]")),
        Wrong(r"should keep 0 or 1 of 3.*order\[-0:\]: it is not empty", SPLIT.format("order[:-k], order[-k:]")),
        Wrong("holds the index|the index .* is in both|missing", SPLIT.format("order[k:] + 1, order[:k] + 1")),
        Wrong("occurs more than once", SPLIT.format("torch.cat([order[k:], order[-1:]]), order[:k]")),
        Wrong("missing", spoiled(GOOD_SPLIT, "split", "train, valid = right(*args)\nreturn train[:-1], valid")),
        Wrong("holds the index 50", spoiled(GOOD_SPLIT, "split", "return state.setdefault('result', right(*args))")),
        Wrong("ascending order", SPLIT.format("order[k:], order[:k].sort().values")),
        Wrong("descending order", SPLIT.format("order[k:].sort(descending=True).values, order[:k]")),
        Wrong(
            "mostly small or mostly large",
            "def split(n, share, seed):\n    g = torch.Generator().manual_seed(seed)\n    k = round(n * share)\n    half = max(k, n // 2)\n"
            "    first = torch.randperm(half, generator=g)\n    rest = torch.randperm(n - half, generator=g) + half\n"
            "    train = torch.cat([first[k:], rest])\n    return train[torch.randperm(len(train), generator=g)], first[:k]",
        ),
        Wrong("leaves gradients", spoiled(GOOD_SPLIT, "split", "torch.set_grad_enabled(False)\nreturn right(*args)")),
        Wrong("should be a tensor of indices", SPLIT.format("'train', 'valid'")),
        Wrong("should be two tensors", SPLIT.format("{'train': order[k:], 'valid': order[:k]}")),
        Wrong("is called as split", "def split(n, share):\n    return torch.arange(n), torch.arange(0)"),
        Right(GOOD_SPLIT.replace("round(n * share)", "math.ceil(round(n * share, 6))")),
        Right(
            "def split(n, share, seed):\n    with torch.random.fork_rng():\n        torch.manual_seed(seed)\n        order = torch.randperm(n)\n"
            "    cut = n - round(n * share)\n    return order[:cut], order[cut:]"
        ),
        Right(
            "def split(n, share, seed):\n    g = torch.Generator()\n    g.manual_seed(seed)\n    scores = torch.rand(n, generator=g)\n"
            "    order = scores.argsort()\n    held_out = int(n * share)\n    valid = order[:held_out]\n    train = order[held_out:]\n    return [train.clone(), valid.clone()]"
        ),
        Right(
            "import numpy as np\ndef split(n, share, seed):\n    rng = np.random.RandomState(seed)\n    order = rng.permutation(n).astype('int32')\n"
            "    k = int(n * share)\n    return torch.tensor(order[k:]), torch.tensor(order[:k])"
        ),
    ],
    "5.2": [
        Wrong("A: there is a leak", LEAKS.format("fine", "copies", "fine")),
        Wrong("A: the two sets are kept apart", LEAKS.format("copies", "copies", "fine")),
        Wrong("B: there is a leak", LEAKS.format("chosen", "fine", "fine")),
        Wrong("B: no choice is made", LEAKS.format("chosen", "chosen", "fine")),
        Wrong("C: follow `test`", LEAKS.format("chosen", "copies", "statistics")),
        Wrong("C: follow `test`", LEAKS.format("chosen", "copies", "chosen")),
        Wrong("C: follow each picture", LEAKS.format("chosen", "copies", "labels")),
        Wrong("B: write one of the words", LEAKS.format("chosen", "copy", "fine")),
        Right(LEAKS.format("chosen", "copies", "fine")),
        Right('leaks = dict(A="chosen", B="copies", C="fine")'),
        Right('leaks = dict(zip("ABC", ["chosen", "copies", "fine"]))'),
        Wrong("A: the two sets are kept apart", LEAKS.format("statistics", "copies", "fine")),
        Wrong("A: the two sets are kept apart", LEAKS.format("labels", "copies", "fine")),
        Wrong("B: no choice is made", LEAKS.format("chosen", "statistics", "fine")),
        Wrong("B: no choice is made", LEAKS.format("chosen", "labels", "fine")),
        Wrong("C: follow each picture", LEAKS.format("chosen", "copies", "copies")),
        Wrong("line 'C' is missing", 'leaks = {"A": "chosen", "B": "copies"}'),
        Wrong("Keep the dict", 'leaks = ["chosen", "copies", "fine"]'),
        Wrong("A: write one of the words", 'leaks = {"A": None, "B": "copies", "C": "fine"}'),
        Wrong("A: write one of the words", 'leaks = {"A": ["chosen"], "B": "copies", "C": "fine"}'),
        Right(LEAKS.format("Chosen ", "copies", "fine")),
        Right('leaks = {"C": "fine", "B": "copies", "A": "chosen"}'),
        Right(
            'leaks["A"] = "chosen"\nleaks["B"] = "copies"\nleaks["C"] = "fine"'.replace(
                "leaks[", "leaks = globals().get('leaks', {})\nleaks[", 1
            )
        ),
    ],
    "5.3": [
        Wrong(
            "mean of the accuracies of the batches",
            ACCURACY.format("sum(h / s for h, s in zip(hits, sizes)) / len(hits)"),
        ),
        Wrong(
            "index of the largest logit of each row",
            "def accuracy(model, batches):\n    hits = count = 0\n    with torch.inference_mode():\n        for x, y in batches:\n"
            "            hits += (model(x).softmax(dim=1).gather(1, y[:, None]) > 0.5).sum().item()\n            count += len(y)\n"
            "    return hits / count",
        ),
        Wrong("number of hits", ACCURACY.format("sum(hits)")),
        Wrong("not by the number of batches", ACCURACY.format("sum(hits) / len(hits)")),
        Wrong("last batch alone", ACCURACY.format("hits[-1] / sizes[-1]")),
        Wrong("97 pictures, not 3 times 40", ACCURACY.format("sum(hits) / (len(hits) * sizes[0])")),
        Wrong("share of wrong predictions", ACCURACY.format("1 - sum(hits) / sum(sizes)")),
        Wrong("is a percentage", ACCURACY.format("100 * sum(hits) / sum(sizes)")),
        Wrong(
            "should be one number, but it has the shape \\(3,\\)",
            ACCURACY.format("torch.tensor(hits) / torch.tensor(sizes)"),
        ),
        Wrong("hits are divided by 10, but there are 97", ACCURACY.format("sum(hits) / 10")),
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
        Wrong(
            "threshold|rounded",
            "def accuracy(model, batches):\n    hits = n = 0\n    for x, y in batches:\n        z = model(x)\n        hits += ((z > 0.5) == F.one_hot(y, z.shape[1])).all(1).sum().item()\n        n += len(y)\n    return hits / n",
        ),
        Wrong(
            "threshold|rounded",
            "def accuracy(model, batches):\n    hits = n = 0\n    for x, y in batches:\n        z = model(x).sigmoid()\n        hits += (z.round() == F.one_hot(y, z.shape[1])).all(1).sum().item()\n        n += len(y)\n    return hits / n",
        ),
        Wrong(
            "threshold|rounded",
            "def accuracy(model, batches):\n    hits = n = 0\n    for x, y in batches:\n        hits += ((model(x)[:, -1] > 0.5).long() == y).sum().item()\n        n += len(y)\n    return hits / n",
        ),
        Wrong("smallest logit", GOOD_ACCURACY.replace("argmax", "argmin")),
        Wrong("in train\\(\\) mode afterwards", GOOD_ACCURACY.replace("    return", "    model.train()\n    return")),
        Wrong(
            "running averages of the model change|in train\\(\\) mode",
            GOOD_ACCURACY.replace("    hits, sizes", "    model.train()\n    hits, sizes"),
        ),
        Wrong(
            "running averages of the model change",
            GOOD_ACCURACY.replace("    hits, sizes", "    model.train()\n    hits, sizes").replace(
                "    return", "    model.eval()\n    return"
            ),
        ),
        Wrong(
            "no len\\(\\)",
            ACCURACY.format("sum(hits) / (len(batches) * 5)").replace(
                "len(batches) * 5", "sum(sizes)) + 0 * (len(batches)"
            ),
        ),
        Wrong("has no attribute 'dataset'", ACCURACY.format("sum(hits) / len(batches.dataset)")),
        Wrong(
            "only once",
            "def accuracy(model, batches):\n    pictures = sum(len(y) for _, y in batches)\n    return sum((model(x).argmax(1) == y).sum().item() for x, y in batches) / pictures",
        ),
        Wrong("rounded", ACCURACY.format("round(sum(hits) / sum(sizes), 1)")),
        Wrong("rounded", ACCURACY.format("torch.tensor(sum(hits) / sum(sizes)).half()")),
        Wrong(r"has the shape \(1,\)", ACCURACY.format("torch.tensor([sum(hits) / sum(sizes)])")),
        Wrong("last batch is left out", ACCURACY.format("sum(hits[:-1]) / sum(sizes[:-1])")),
        Wrong("first batch is left out", ACCURACY.format("sum(hits[1:]) / sum(sizes[1:])")),
        Wrong("pictures divided by hits", ACCURACY.format("sum(sizes) / sum(hits)")),
        Wrong(
            "leaves gradients at False",
            spoiled(GOOD_ACCURACY, "accuracy", "torch.set_grad_enabled(False)\nreturn right(*args)"),
        ),
        Wrong(
            "changes the pictures",
            GOOD_ACCURACY.replace("        hits.append", "        x.div_(2)\n        hits.append"),
        ),
        Wrong("parameters", GOOD_ACCURACY.replace("    return", "    model.requires_grad_(False)\n    return")),
        Wrong(
            "an earlier call with other arguments",
            spoiled(GOOD_ACCURACY, "accuracy", "return state.setdefault('result', right(*args))"),
        ),
        Wrong("should be a number, but it is the text", ACCURACY.format("f'{sum(hits) / sum(sizes):.1%}'")),
        Right(
            "@torch.inference_mode()\ndef accuracy(model, batches):\n    model.eval()\n    right = [(model(images).argmax(-1) == labels) for images, labels in batches]\n    return torch.cat(right).float().mean()"
        ),
        Right(
            "def accuracy(model, batches):\n    was = model.training\n    model.eval()\n    hits = torch.zeros(())\n    n = 0\n    with torch.no_grad():\n        for x, y in batches:\n            hits += model(x).topk(1).indices[:, 0].eq(y).sum()\n            n += y.numel()\n    model.train(was)\n    return hits / n"
        ),
        Right(
            "def accuracy(model, batches):\n    batches = list(batches)\n    hits = sum(int((model(x).max(dim=1).indices == y).sum()) for x, y in batches)\n    return hits / sum(y.shape[0] for _, y in batches)"
        ),
        Right(
            "import numpy as np\ndef accuracy(model, batches):\n    flags = []\n    for batch in batches:\n        flags += (model(batch[0]).detach().numpy().argmax(1) == batch[1].numpy()).tolist()\n    return np.mean(flags)"
        ),
    ],
    "5.4": [
        Wrong("number of hits", TOP.format("k, dim=1", "(best == labels[:, None]).any(1).sum()")),
        Wrong("k-th largest logit alone", TOP.format("k, dim=1", "(best[:, -1] == labels).float().mean()")),
        Wrong("share for the largest logit alone, and k is 4", TOP.format("1", ANY)),
        Wrong("k smallest logits", TOP.format("k, largest=False", ANY)),
        Wrong("share of wrong predictions", TOP.format("k, dim=1", "1 - " + ANY)),
        Wrong("5 largest logits, and k is 4", TOP.format("k + 1", ANY)),
        Wrong("3 largest logits, and k is 4", TOP.format("k - 1", ANY)),
        Wrong("one number for all rows, but it has the shape", TOP.format("k", "(best == labels[:, None]).any(1)")),
        Wrong("your line", TOP.format("k, dim=1", "(best == labels).any(1).float().mean()")),
        Wrong("3 largest logits, and k is 4", TOP.format("3", ANY)),
        Wrong("divided by 40, but there are 200", TOP.format("k", "(best == labels[:, None]).any(1).sum() / 40")),
        Wrong(
            "any row is a hit", TOP.format("k", "(best == labels[:, None]).any()").replace(".any()", ".any().float()")
        ),
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
        Wrong("3 largest logits, and k is 4", GOOD_TOP.replace("topk(k", "topk(3")),
        Wrong("4 largest logits, and k is 2", GOOD_TOP.replace("topk(k", "topk(4")),
        Wrong(
            "A row is left out|last row is left out",
            "def top_k(logits, labels, k):\n    best = logits[:-1].topk(k).indices\n    return (best == labels[:-1, None]).any(1).float().mean()",
        ),
        Wrong("rounded", TOP.format("k", f"torch.round({ANY}, decimals=1)")),
        Wrong(r"shape \(1,\)", TOP.format("k", f"({ANY})[None]")),
        Wrong("percentage", TOP.format("k", f"100 * {ANY}")),
        Wrong("number of classes", TOP.format("k", "(best == labels[:, None]).any(1).sum() / logits.shape[1]")),
        Wrong("not by k", TOP.format("k", "(best == labels[:, None]).any(1).sum() / k")),
        Wrong(
            "dimension|same|equal|should be|column|size|No row",
            TOP.format("k, dim=0", "(best.T == labels[:, None]).any(1).float().mean()").replace(
                ".T == labels[:, None]", "[:1].T == labels[:logits.shape[1], None]"
            ),
        ),
        Wrong(
            "changes what it is given",
            GOOD_TOP.replace("    best =", "    logits.neg_().neg_()\n    logits += 1\n    best ="),
        ),
        Wrong(
            "an earlier call with other arguments",
            spoiled(GOOD_TOP, "top_k", "return state.setdefault('result', right(*args))"),
        ),
        Wrong(
            "leaves gradients at False",
            spoiled(GOOD_TOP, "top_k", "torch.set_grad_enabled(False)\nreturn right(*args)"),
        ),
        Wrong(
            "last of them counts as well|smallest|largest logits",
            "def top_k(logits, labels, k):\n    right = logits.gather(1, labels[:, None])\n    return ((logits >= right).sum(1) < k).float().mean()",
        ),
        Right(TOP.format("k, dim=1", "torch.mean(torch.any(best.eq(labels.view(-1, 1)), dim=1).to(torch.float64))")),
        Right(
            "def top_k(logits, labels, k):\n    hits = 0\n    for row, label in zip(logits, labels):\n        if label in row.topk(k).indices:\n            hits += 1\n    return hits / len(logits)"
        ),
        Right(
            "def top_k(logits, labels, k):\n    ranks = logits.argsort(1, descending=True).argsort(1)\n    return (ranks[torch.arange(len(labels)), labels] < k).double().mean().item()"
        ),
    ],
    "5.5": [
        Wrong("accuracy of never: which share of all", GUESS.format("[0.0, 0.0, 0.1, 1.0, 0.8, 0.4]")),
        Wrong("recall of never: look only at the 10 bags", GUESS.format("[0.9, 0.9, 0.1, 1.0, 0.8, 0.4]")),
        Wrong("precision of always: this is the recall", GUESS.format("[0.9, 0.0, 1.0, 0.1, 0.8, 0.4]")),
        Wrong("recall of always", GUESS.format("[0.9, 0.0, 0.1, 0.9, 0.8, 0.4]")),
        Wrong("precision of careful: this is the recall", GUESS.format("[0.9, 0.0, 0.1, 1.0, 0.4, 0.8]")),
        Wrong("precision of careful: look only", GUESS.format("[0.9, 0.0, 0.1, 1.0, 0.04, 0.4]")),
        Wrong("neither a percentage", GUESS.format("[90, 0, 10, 100, 80, 40]")),
        Wrong("line 'recall of never' is missing", "guess = {'accuracy of never': 0.9}"),
        Right(GUESS.format("[0.9, 0, 0.1, 1, 0.8, 0.4]")),
        Right(GUESS.format("[90 / 100, 0 / 10, 10 / 100, 10 / 10, 4 / 5, 4 / 10]")),
        Right(GUESS.format("torch.tensor([0.9, 0.0, 0.1, 1.0, 0.8, 0.4])")),
        Wrong(
            "recall of always: look only at the 10 bags",
            GUESS.format("[0.9, 0.0, 0.1, 0.1, 0.8, 0.4]").replace("0.1, 0.1", "0.1, 0.5"),
        ),
        Wrong("recall of always: this is the precision", GUESS.format("[0.9, 0.0, 0.1, 0.1, 0.8, 0.4]")),
        Wrong("accuracy of never: which share", GUESS.format("[0.1, 0.0, 0.1, 1.0, 0.8, 0.4]")),
        Wrong("recall of careful: look only", GUESS.format("[0.9, 0.0, 0.1, 1.0, 0.8, 0.5]")),
        Wrong("a share lies between 0 and 1", GUESS.format("[0.9, 0.0, 0.1, 1.0, 0.8, -0.4]")),
        Wrong("write a number from 0 to 1", GUESS.format("['0.9', 0.0, 0.1, 1.0, 0.8, 0.4]")),
        Wrong("write a number from 0 to 1", GUESS.format("[None, 0.0, 0.1, 1.0, 0.8, 0.4]")),
        Wrong("Keep the dict", "guess = [0.9, 0.0, 0.1, 1.0, 0.8, 0.4]"),
        Wrong("a share lies between 0 and 1", GUESS.format("[0.9, float('nan'), 0.1, 1.0, 0.8, 0.4]")),
        Right(
            "from fractions import Fraction\n"
            + GUESS.format("[Fraction(9, 10), 0, Fraction(1, 10), 1, Fraction(4, 5), Fraction(2, 5)]")
        ),
        Right("import numpy as np\n" + GUESS.format("np.array([0.9, 0, 0.1, 1, 0.8, 0.4], dtype='float32')")),
        Right(
            "bags, pictures = 10, 100\n"
            + GUESS.format("[1 - bags / pictures, 0 / bags, bags / pictures, bags / bags, 4 / (4 + 1), 4 / bags]")
        ),
    ],
    "5.6": [
        Wrong("first: a linear layer", CHANGES.format("'yes yes yes yes no no'")),
        Wrong("norm: whose mean", CHANGES.format("'no no yes yes no no'")),
        Wrong("moved: when does", CHANGES.format("'no yes no yes no no'")),
        Wrong("output: it comes after", CHANGES.format("'no yes yes no no no'")),
        Wrong("recorded: eval", CHANGES.format("'no yes yes yes yes no'")),
        Wrong("parameters: eval", CHANGES.format("'no yes yes yes no yes'")),
        Wrong('first: write "yes" or "no"', CHANGES.format("'nope yes yes yes no no'")),
        Right(CHANGES.format("'No Yes yes yes NO no'")),
        Wrong("line 'norm' is missing", "changes = {'first': 'no'}"),
        Right(CHANGES.format("'no yes yes yes no no'")),
        Right(
            "changes = dict(first='no', norm='yes', moved='yes', output='yes', recorded='no', parameters='no')",
        ),
        Right(
            "changes = {name: 'yes' if name in ('norm', 'moved', 'output') else 'no' for name in ['first', 'norm', 'moved', 'output', 'recorded', 'parameters']}"
        ),
        Wrong("first: a linear layer", CHANGES.format("'yes no no no yes yes'")),
        Wrong("moved: when does", CHANGES.format("'no yes no no no no'")),
        Wrong('parameters: write "yes" or "no"', CHANGES.format("'no yes yes yes no 0'")),
        Wrong(
            'first: write "yes" or "no"',
            "changes = {'first': False, 'norm': True, 'moved': True, 'output': True, 'recorded': False, 'parameters': False}",
        ),
        Wrong("Keep the dict", "changes = 'no yes yes yes no no'"),
        Right(
            "changes = dict.fromkeys(['first', 'recorded', 'parameters'], 'no') | dict.fromkeys(['norm', 'moved', 'output'], 'yes')"
        ),
        Right(
            "changes = {}\nfor name in ('first', 'norm', 'moved', 'output', 'recorded', 'parameters'):\n    changes[name] = 'yes' if name in ('norm', 'moved', 'output') else 'no'"
        ),
    ],
    "5.7": [
        Wrong("factor 1 / \\(1 - p\\) is missing", DROPOUT.format("x * (torch.rand_like(x) >= p)")),
        Wrong("not 1 / p", DROPOUT.format("x * (torch.rand_like(x) >= p) / p")),
        Wrong("not by 1 - p", DROPOUT.format("x * (torch.rand_like(x) >= p) * (1 - p)")),
        Wrong("other way round", DROPOUT.format("x * (torch.rand_like(x) < p) / (1 - p)")),
        Wrong(
            "drops entries, though this is not training",
            "def dropout(x, p, training):\n    return x * (torch.rand_like(x) >= p) / (1 - p)",
        ),
        Wrong(
            "drops entries, though this is not training",
            "def dropout(x, p, training):\n    if training:\n        return x\n    return x * (torch.rand_like(x) >= p) / (1 - p)",
        ),
        Wrong(
            "multiplies x by 1 - p",
            "def dropout(x, p, training):\n    if training:\n        return x * (torch.rand_like(x) >= p) / (1 - p)\n    return x * (1 - p)",
        ),
        Wrong("on its own", DROPOUT.format("x * (torch.rand(x.shape[-1]) >= p) / (1 - p)")),
        Wrong("on its own", DROPOUT.format("x * (torch.rand(len(x))[:, None] >= p) / (1 - p)")),
        Wrong(
            "drops the same entries in each call: draw anew",
            DROPOUT.format("x * (torch.rand(x.shape, generator=torch.manual_seed(0)) >= p) / (1 - p)"),
        ),
        Wrong("changes what it is given", DROPOUT.format("x.mul_(torch.rand_like(x) >= p).div_(1 - p)")),
        Wrong("returns nothing", "def dropout(x, p, training):\n    x * (torch.rand_like(x) >= p) / (1 - p)"),
        Wrong("should have the shape of x", DROPOUT.format("x[torch.rand_like(x) >= p] / (1 - p)")),
        Wrong("sets no entry to 0", DROPOUT.format("x")),
        Wrong("should set about 25%", DROPOUT.format("x * (torch.rand_like(x) >= 0.5) / 0.5")),
        Right(DROPOUT.format("F.dropout(x, p)")),
        Right(DROPOUT.format("x * torch.bernoulli(torch.full_like(x, 1 - p)) / (1 - p)")),
        Right(DROPOUT.format("torch.where(torch.rand(x.shape) < p, torch.zeros(()), x / (1 - p))")),
        Right(
            "def dropout(x, p, training):\n    out = x.clone()\n    if training:\n        out[torch.rand_like(x) < p] = 0\n        out /= 1 - p\n    return out"
        ),
        Right(
            "def dropout(x, p, training):\n    layer = nn.Dropout(p)\n    layer.train(training)\n    return layer(x)"
        ),
        Wrong("about 50%|scaled|should be|about 25%", GOOD_DROPOUT.replace(">= p", ">= 0.25").replace("1 - p", "0.75")),
        Wrong("multiplies x by 1 - p|is 1 / \\(1 - p\\)|should be", GOOD_DROPOUT.replace("1 - p", "0.75")),
        Wrong("cut off from the graph", DROPOUT.format("(x * (torch.rand_like(x) >= p) / (1 - p)).detach()")),
        Wrong("cut off from the graph", "@torch.no_grad()\n" + GOOD_DROPOUT),
        Wrong("cut off from the graph", GOOD_DROPOUT.replace("        return x\n", "        return x.detach()\n")),
        Wrong("dtype of x", DROPOUT.format("(x * (torch.rand_like(x) >= p) / (1 - p)).double()")),
        Wrong("dtype of x", DROPOUT.format("(x * (torch.rand_like(x) >= p) / (1 - p)).float()")),
        Wrong(
            "exactly the same number",
            "def dropout(x, p, training):\n    if not training:\n        return x\n    keep = torch.ones(x.numel())\n    keep[torch.randperm(x.numel())[:round(x.numel() * p)]] = 0\n    return x * keep.reshape(x.shape) / (1 - p)",
        ),
        Wrong(
            "drops the same entries in each call",
            "masks = {}\ndef dropout(x, p, training):\n    if not training:\n        return x\n    if x.shape not in masks:\n        masks[x.shape] = torch.rand_like(x) >= p\n    return x * masks[x.shape] / (1 - p)",
        ),
        Wrong(
            "drops the same entries in each call",
            DROPOUT.format("x * (torch.rand(x.shape, generator=torch.Generator().manual_seed(0)) >= p) / (1 - p)"),
        ),
        Wrong(
            "in each call|seeds PyTorch",
            DROPOUT.format("x * (torch.manual_seed(3) and torch.rand_like(x) >= p) / (1 - p)"),
        ),
        Wrong(
            "drops the same entries all along dimension",
            DROPOUT.format("x * (torch.rand(x.shape[:1] + (1,) * (x.ndim - 1)) >= p) / (1 - p)"),
        ),
        Wrong(
            "drops the same entries all along dimension 2",
            DROPOUT.format(
                "x * ((torch.rand(x.shape[:2] + (1,) * (x.ndim - 2)) if x.ndim > 2 else torch.rand_like(x)) >= p) / (1 - p)"
            ),
        ),
        Wrong(
            "how many entries happened to be dropped",
            "def dropout(x, p, training):\n    if not training:\n        return x\n    keep = (torch.rand_like(x) >= p).to(x.dtype)\n    return x * keep / keep.mean()",
        ),
        Wrong("sets all negative entries", DROPOUT.format("x.clamp(min=0) * (torch.rand_like(x) >= p) / (1 - p)")),
        Wrong("scaled|is rounded", DROPOUT.format("((x * (torch.rand_like(x) >= p) / (1 - p)) * 10).round() / 10")),
        Wrong("should have the shape of x", DROPOUT.format("(x * (torch.rand_like(x) >= p) / (1 - p))[None]")),
        Wrong(
            "your line|dimension|index|size", DROPOUT.format("x * (torch.rand(x.shape[0], x.shape[1]) >= p) / (1 - p)")
        ),
        Wrong(
            "scales x, though this is not training",
            "def dropout(x, p, training):\n    if training:\n        x = x * (torch.rand_like(x) >= p)\n    return x / (1 - p)",
        ),
        Wrong(
            "leaves gradients at False|cut off",
            spoiled(GOOD_DROPOUT, "dropout", "torch.set_grad_enabled(False)\nreturn right(*args)"),
        ),
        Right("def dropout(x, p, training):\n    return F.dropout(x, p=p, training=training)"),
        Right(DROPOUT.format("torch.where(torch.rand_like(x) < p, 0.0, x / (1 - p))")),
        Right(DROPOUT.format("x.masked_fill(torch.rand(x.shape) < p, 0) / (1 - p)")),
        Right(
            "def dropout(x, p, training):\n    if training is False:\n        return x.clone()\n    mask = torch.bernoulli((1 - p) * torch.ones_like(x))\n    return mask * x / (1 - p)"
        ),
        Right(DROPOUT.format("x * torch.empty_like(x).uniform_().ge(p).to(x.dtype).div(1 - p)")),
    ],
    "5.8": [
        Wrong("living tensors. Keep a copy", stopping(keep="model.state_dict()")),
        Wrong("living tensors. Keep a copy", stopping(keep="dict(model.state_dict())")),
        Wrong("Keep a copy", stopping(keep="model.state_dict().copy()")),
        Wrong(
            "stops at index 3. The last of 3 epochs in a row without a new low is at index 4",
            stopping(stop="self.count >= self.patience - 1"),
        ),
        Wrong("sets the count of epochs back to 0", stopping(reset="pass")),
        Wrong("an equal loss is not lower", stopping(lower="loss <= self.best")),
        Wrong("stops at index 2. The last of 3 epochs", stopping(stop="loss > self.best")),
        Wrong("it never stops", stopping(stop="False")),
        Wrong("update returns nothing", stopping(stop="None")),
        Wrong("your line", stopping(start="None")),
        Wrong("before the first the lowest is math.inf", stopping(start="0.0")),
        Wrong(
            "brings back index 0",
            stopping(keep="self.state or copy.deepcopy(model.state_dict())"),
        ),
        Wrong("changes nothing in the model that it is given", stopping(restore="pass")),
        Wrong(
            "changes nothing in the model that it is given",
            stopping(keep="copy.deepcopy(model)", restore="model = self.state"),
        ),
        Wrong(
            "living tensors. Keep a copy",
            stopping(keep="model", restore="model.load_state_dict(self.state.state_dict())"),
        ),
        Wrong(
            "brings back index 4. Copy at each new low only",
            stopping()
            .replace("        if loss", "        self.state = copy.deepcopy(model.state_dict())\n        if loss", 1)
            .replace("            self.state = copy.deepcopy(model.state_dict())\n", ""),
        ),
        Wrong("before the first the lowest is math.inf", stopping(start="10.0")),
        Wrong("before the first the lowest is math.inf", stopping(start="1e9")),
        Wrong("a loss of nan is no new low", stopping(lower="not loss >= self.best")),
        Wrong(
            "a loss of nan is no new low",
            stopping().replace("        else:\n", "        elif loss >= self.best:\n"),
        ),
        Wrong(
            "Keep everything in self|lowest is math.inf",
            stopping().replace("self.best", "EarlyStopping.best"),
        ),
        Wrong(
            "Keep everything in self|lowest is math.inf",
            stopping(start="None")
            .replace("self.best", "EarlyStopping.best")
            .replace("EarlyStopping:\n", "EarlyStopping:\n    best = math.inf\n")
            .replace(
                "self.patience, EarlyStopping.best, self.count, self.state = patience, None, 0, None",
                "self.patience, self.count = patience, 0",
            ),
        ),
        Wrong(
            "does not bring back `1.running_mean`",
            stopping(
                keep="[p.detach().clone() for p in model.parameters()]",
                restore="[p.data.copy_(kept) for p, kept in zip(model.parameters(), self.state)]",
            ),
        ),
        Wrong(
            "not with the one before",
            stopping().replace(
                "if loss < self.best:", "lower, self.last = loss < getattr(self, 'last', 99), loss\n        if lower:"
            ),
        ),
        Wrong("With patience=1 .* compare the count with patience", stopping(stop="self.count >= 3")),
        Wrong(
            "should go on",
            "class EarlyStopping:\n    def __init__(self, patience):\n        self.losses, self.patience = [], patience\n"
            "    def update(self, loss, model):\n        self.losses.append(loss)\n        self.state = copy.deepcopy(model.state_dict())\n"
            "        return len(self.losses) > self.patience\n    def restore(self, model):\n        model.load_state_dict(self.state)",
        ),
        Wrong(
            "works only once",
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
            "        self.losses.append(loss if loss == loss else math.inf)\n        best = self.losses.index(min(self.losses))\n"
            "        return len(self.losses) - 1 - best >= self.patience\n"
            "    def restore(self, model):\n        with torch.no_grad():\n"
            "            for t, kept in zip(model.state_dict().values(), self.state):\n                t.copy_(kept)"
        ),
        Right(
            "from dataclasses import dataclass\n@dataclass\nclass EarlyStopping:\n    patience: int\n    best: float = math.inf\n"
            "    def __post_init__(self):\n        self.left = self.patience\n"
            "    def update(self, loss, model):\n        if loss < self.best:\n            self.best, self.left = loss, self.patience\n"
            "            self.state = copy.deepcopy(model.state_dict())\n            return False\n        self.left -= 1\n"
            "        if self.left == 0:\n            return True\n        return False\n"
            "    def restore(self, model):\n        model.load_state_dict(self.state)"
        ),
        Wrong("should go on", stopping(lower="loss < self.best - 1e-3")),
        Wrong("should go on", stopping(lower="loss < 0.999 * self.best")),
        Wrong("should go on", stopping(lower="round(loss, 2) < round(self.best, 2)")),
        Wrong(
            "a loss of 0, then a rise",
            stopping(start="0.0").replace("loss < self.best", "loss < self.best or not self.best"),
        ),
        Wrong("should go on", stopping(lower="0 < loss < self.best")),
        Wrong("True or False, but it returns", stopping(stop="int(self.count >= self.patience)")),
        Wrong("True or False, but it returns", stopping(stop="self.count")),
        Wrong("the model in update", stopping(reset="self.count = 0; model.eval()")),
        Wrong("the model in update", stopping(reset="self.count = 0; model.requires_grad_(False)")),
        Wrong("changed the mode", stopping(restore="model.load_state_dict(self.state); model.train()")),
        Wrong("changed the mode", stopping(restore="model.load_state_dict(self.state); model.eval()")),
        Wrong(
            "changed requires_grad", stopping(restore="model.load_state_dict(self.state); model.requires_grad_(True)")
        ),
        Wrong(
            "1.num_batches_tracked",
            stopping(
                keep="{k: v.clone() for k, v in model.state_dict().items() if v.is_floating_point()}",
                restore="model.load_state_dict(self.state, strict=False)",
            ),
        ),
        Wrong(
            "does not bring back `0.bias`",
            stopping(
                keep="{k: v.clone() for k, v in model.state_dict().items() if 'weight' in k}",
                restore="model.load_state_dict(self.state, strict=False)",
            ),
        ),
        Wrong("puts new parameters", stopping(restore="model.load_state_dict(self.state, assign=True)")),
        Wrong("has no method `restore`", stopping().split("    def restore")[0]),
        Wrong(
            "stopped with TypeError",
            stopping()
            .replace("self, patience)", "self)")
            .replace("self.patience,", "self.patience, _,", 1)
            .replace("= patience, float", "= 3, 0, float"),
        ),
        Wrong(
            "stopped with TypeError",
            stopping().replace("(self, patience)", "(self, wait)").replace("= patience", "= wait"),
        ),
        Wrong(
            "Two stoppers share",
            "_kept = {}\n"
            + stopping(keep="_kept.update(copy.deepcopy(model.state_dict()))", restore="model.load_state_dict(_kept)"),
        ),
        Wrong("should be a class", "EarlyStopping = 3"),
        Wrong("stopped with|no method", "EarlyStopping = dict"),
        Wrong("leaves gradients at False", stopping(reset="self.count = 0; torch.set_grad_enabled(False)")),
        Wrong(
            "seeds PyTorch",
            stopping(start="float('inf')").replace(
                "        self.patience, self.best", "        torch.manual_seed(0)\n        self.patience, self.best", 1
            ),
        ),
        Wrong("lower is at index|without a new low is at index", stopping(stop="self.count == self.patience + 1")),
        Wrong(
            "Copy at each new low only|lowest loss",
            stopping(
                lower="loss < self.best", keep="copy.deepcopy(model.state_dict()) if self.best > 1.5 else self.state"
            ),
        ),
        Right(
            stopping(
                stop="bool(self.count >= self.patience)",
                keep="{k: v.detach().cpu().clone() for k, v in model.state_dict().items()}",
            )
        ),
        Right(stopping(restore="model.load_state_dict(copy.deepcopy(self.state))", start="math.inf")),
        Right(
            "class EarlyStopping:\n    def __init__(self, *, patience=5):\n        self.patience, self.epoch, self.best_epoch, self.best = patience, -1, -1, None\n"
            "    def update(self, loss, model):\n        self.epoch += 1\n        if self.best is None or math.isnan(self.best) or loss < self.best:\n            self.best, self.best_epoch = loss, self.epoch\n"
            "            self.model = copy.deepcopy(model)\n        return self.epoch - self.best_epoch >= self.patience\n"
            "    def restore(self, model):\n        model.load_state_dict(self.model.state_dict())"
        ),
        Right(
            "import io\n"
            + stopping(
                reset="self.count = 0; self.file = io.BytesIO(); torch.save(model.state_dict(), self.file)",
                keep="None",
                restore="self.file.seek(0); model.load_state_dict(torch.load(self.file))",
            )
        ),
    ],
    "5.9": [
        Wrong("They were multiplied", TEMPERATURE.format("logits * T", "candidates[best]")),
        Wrong("index of the best candidate", TEMPERATURE.format("logits / T", "best")),
        Wrong("lowest loss. Return the temperature", TEMPERATURE.format("logits / T", "losses[best]")),
        Wrong(
            "highest loss. The lowest is wanted",
            TEMPERATURE.format("logits / T", "candidates[best]").replace("min(", "max("),
        ),
        Wrong(
            "such as the accuracy",
            "def best_temperature(logits, labels, candidates):\n    hits = [((logits / T).argmax(1) == labels).float().mean() for T in candidates]\n"
            "    return candidates[torch.stack(hits).argmax()]",
        ),
        Wrong(
            "That is the largest candidate",
            "def best_temperature(logits, labels, candidates):\n    return candidates.max()",
        ),
        Wrong("should be one number, but it has the shape", TEMPERATURE.format("logits / T", "torch.stack(losses)")),
        Wrong(
            "applied twice",
            TEMPERATURE.format("(logits / T).softmax(1)", "candidates[best]"),
        ),
        Wrong("returns nothing", TEMPERATURE.format("logits / T", "None")),
        Wrong(
            "none of the candidates",
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
            "changes what it is given",
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
        Wrong("rounded", TEMPERATURE.format("logits / T", "round(candidates[best].item(), 1)")),
        Wrong(
            "without the last row",
            TEMPERATURE.format("logits[:-1] / T", "candidates[best]").replace("labels) for", "labels[:-1]) for"),
        ),
        Wrong(
            "without the first row",
            TEMPERATURE.format("logits[1:] / T", "candidates[best]").replace("labels) for", "labels[1:]) for"),
        ),
        Wrong(r"has the shape \(1,\)", TEMPERATURE.format("logits / T", "candidates[[best]]")),
        Wrong(
            "That is the smallest candidate",
            "def best_temperature(logits, labels, candidates):\n    return candidates.min()",
        ),
        Wrong(
            "first candidate is left out",
            "def best_temperature(logits, labels, candidates):\n    best = min(range(1, len(candidates)), key=lambda i: F.cross_entropy(logits / candidates[i], labels).item(), default=0)\n    return candidates[best]",
        ),
        Wrong(
            "last candidate is left out",
            "def best_temperature(logits, labels, candidates):\n    best = min(range(len(candidates) - 1), key=lambda i: F.cross_entropy(logits / candidates[i], labels).item(), default=0)\n    return candidates[best]",
        ),
        Wrong("index later|index earlier|candidate|range", TEMPERATURE.format("logits / T", "candidates[best - 1]")),
        Wrong(
            "an earlier call",
            spoiled(GOOD_TEMPERATURE, "best_temperature", "return state.setdefault('T', right(*args))"),
        ),
        Wrong("none of the candidates", TEMPERATURE.format("logits / T", "candidates.mean() + 0.01")),
        Wrong(
            "leaves gradients at False",
            spoiled(GOOD_TEMPERATURE, "best_temperature", "torch.set_grad_enabled(False)\nreturn right(*args)"),
        ),
        Wrong(
            "changes what it is given",
            GOOD_TEMPERATURE.replace(
                "    losses", "    candidates.sort()\n    candidates.copy_(candidates.sort().values)\n    losses"
            ),
        ),
        Wrong(
            "should be|candidate",
            "def best_temperature(logits, labels, candidates):\n    gaps = [((logits / T).softmax(1).max(1).values.mean() - (logits.argmax(1) == labels).float().mean()).abs() for T in candidates]\n    return candidates[torch.stack(gaps).argmin()]",
        ),
        Right(
            TEMPERATURE.format("logits / T", "candidates[best]").replace(
                "F.cross_entropy(logits / T, labels)",
                "F.nll_loss(F.log_softmax(logits / T, dim=1), labels, reduction='sum').item()",
            )
        ),
        Right(
            "def best_temperature(logits, labels, candidates):\n    table = {float(T): F.cross_entropy(logits.double() / T, labels).item() for T in candidates}\n    return min(table, key=table.get)"
        ),
        Right(
            "def best_temperature(logits, labels, candidates):\n    right = F.one_hot(labels, logits.shape[1])\n    losses = [-(right * (logits / T).log_softmax(1)).sum(1).mean() for T in candidates]\n    return candidates[torch.tensor(losses).argmin()]"
        ),
    ],
    "5.10": [
        Wrong(
            "should be a tensor of indices",
            FOLDS.format(
                "[(torch.cat([order[j::k] for j in range(k) if j != i]).tolist(), order[i::k].tolist()) for i in range(k)]"
            ),
        ),
        Wrong("in both parts of a pair", FOLDS.format("[(order, order[i::k]) for i in range(k)]")),
        Wrong(
            "more than once over all pairs",
            FOLDS.format("[(order[n // k:], order[:n // k]) for i in range(k)]"),
        ),
        Wrong(
            "Each of 0 to 22 should be in one",
            FOLDS.format(
                "[(torch.cat([order[j * (n // k):(j + 1) * (n // k)] for j in range(k) if j != i]), order[i * (n // k):(i + 1) * (n // k)]) for i in range(k)]"
            ),
        ),
        Wrong(
            "differ by at most 1",
            FOLDS.format(
                "[(torch.cat([order[:i * (n // k)], order[(i + 1) * (n // k) if i < k - 1 else n:]]), order[i * (n // k):(i + 1) * (n // k) if i < k - 1 else n]) for i in range(k)]"
            ),
        ),
        Wrong(
            "the indices for training come first",
            FOLDS.format("[(order[i::k], torch.cat([order[j::k] for j in range(k) if j != i])) for i in range(k)]"),
        ),
        Wrong(
            "stretch of neighboring",
            "def folds(n, k, seed):\n    parts = torch.arange(n).tensor_split(k)\n"
            "    return [(torch.cat(parts[:i] + parts[i + 1:]), parts[i]) for i in range(k)]",
        ),
        Wrong(
            "equal distances",
            "def folds(n, k, seed):\n    parts = [torch.arange(n)[i::k] for i in range(k)]\n"
            "    return [(torch.cat(parts[:i] + parts[i + 1:]), parts[i]) for i in range(k)]",
        ),
        Wrong(
            "give different folds",
            "def folds(n, k, seed):\n    parts = torch.randperm(n).tensor_split(k)\n"
            "    return [(torch.cat(parts[:i] + parts[i + 1:]), parts[i]) for i in range(k)]",
        ),
        Wrong("list of 5 pairs, but it has one", FOLDS.format("[(order[5:], order[:5])]")),
        Wrong("returns nothing", FOLDS.format("None")),
        Right(
            FOLDS.format(
                "[(torch.cat([order[:a], order[b:]]), order[a:b]) for a, b in [(i * n // k, (i + 1) * n // k) for i in range(k)]]"
            )
        ),
        Right(FOLDS.format("[(order[torch.arange(n) % k != i], order[torch.arange(n) % k == i]) for i in range(k)]")),
        Wrong(
            "seeds PyTorch's random numbers",
            "def folds(n, k, seed):\n    torch.manual_seed(seed)\n    parts = torch.randperm(n).tensor_split(k)\n    result = []\n"
            "    for i in range(k):\n        rest = [part for j, part in enumerate(parts) if j != i]\n        result.append([torch.cat(rest), parts[i]])\n    return result",
        ),
        Right(
            "import random\ndef folds(n, k, seed):\n    order = list(range(n))\n    random.Random(seed).shuffle(order)\n    parts = [order[i::k] for i in range(k)]\n"
            "    return [(torch.tensor(sorted(set(order) - set(part))), torch.tensor(part)) for part in parts]"
        ),
        Wrong("list of 3 pairs, but it has 5", GOOD_FOLDS.replace("(n, k, seed):", "(n, k, seed):\n    k = 5")),
        Wrong("in no valid part|missing|holds", GOOD_FOLDS.replace("randperm(n,", "randperm(23,")),
        Wrong("give the same folds", GOOD_FOLDS.replace("manual_seed(seed)", "manual_seed(0)")),
        Wrong("give the same folds", GOOD_FOLDS.replace("manual_seed(seed)", "manual_seed(seed % 2)")),
        Wrong("holds the index|in no valid part", GOOD_FOLDS.replace("    parts", "    order = order + 1\n    parts")),
        Wrong(
            "missing|in no valid part|list of",
            spoiled(GOOD_FOLDS, "folds", "return state.setdefault('result', right(*args))"),
        ),
        Wrong("list of 5 pairs, but it has 4", spoiled(GOOD_FOLDS, "folds", "return right(*args)[:-1]")),
        Wrong("missing", spoiled(GOOD_FOLDS, "folds", "return [(train[:-1], valid) for train, valid in right(*args)]")),
        Wrong(
            "in no valid part",
            spoiled(GOOD_FOLDS, "folds", "return [(train, valid[:-1]) for train, valid in right(*args)]"),
        ),
        Wrong(
            "one dimension",
            spoiled(GOOD_FOLDS, "folds", "return [(train[None], valid[None]) for train, valid in right(*args)]"),
        ),
        Wrong(
            "should hold whole numbers",
            spoiled(GOOD_FOLDS, "folds", "return [(train.float(), valid) for train, valid in right(*args)]"),
        ),
        Wrong(
            "occurs more than once|in both",
            spoiled(
                GOOD_FOLDS, "folds", "return [(torch.cat([train, train[:1]]), valid) for train, valid in right(*args)]"
            ),
        ),
        Wrong(
            "should be a list of pairs",
            GOOD_FOLDS.replace("return [", "return dict(enumerate([").replace("range(k)]\n", "range(k)]\n") + "))",
        ),
        Wrong(
            "should be two tensors", GOOD_FOLDS.replace("(torch.cat(parts[:i] + parts[i + 1:]), parts[i])", "parts[i]")
        ),
        Wrong(
            "equal distances",
            "def folds(n, k, seed):\n    g = torch.Generator().manual_seed(seed)\n    parts = [torch.arange(n)[i::k] for i in range(k)]\n    parts = [parts[i] for i in torch.randperm(k, generator=g)]\n    return [(torch.cat(parts[:i] + parts[i + 1:]), parts[i]) for i in range(k)]",
        ),
        Wrong(
            "in no valid part|in both|more than once",
            "def folds(n, k, seed):\n    result = []\n    for i in range(k):\n        order = torch.randperm(n, generator=torch.Generator().manual_seed(seed + i))\n        result.append((order[n // k:], order[:n // k]))\n    return result",
        ),
        Right(
            "def folds(n, k, seed):\n    with torch.random.fork_rng():\n        torch.manual_seed(seed)\n        parts = torch.randperm(n).tensor_split(k)\n"
            "    return tuple((torch.cat([p for j, p in enumerate(parts) if j != i]), parts[i]) for i in range(k))"
        ),
        Right(
            "import numpy as np\ndef folds(n, k, seed):\n    parts = np.array_split(np.random.default_rng(seed).permutation(n), k)\n"
            "    return [(torch.from_numpy(np.concatenate(parts[:i] + parts[i + 1:])), torch.from_numpy(parts[i])) for i in range(k)]"
        ),
        Right(
            "def folds(n, k, seed):\n    g = torch.Generator().manual_seed(seed)\n    which = (torch.arange(n) % k)[torch.randperm(n, generator=g)]\n"
            "    return [((which != i).nonzero().flatten(), (which == i).nonzero().flatten()) for i in range(k)]"
        ),
    ],
    "5.11": [
        Wrong("mean of the logits", ENSEMBLE.format("z.mean(0)")),
        Wrong("Softmax first, then", ENSEMBLE.format("z.mean(0).softmax(-1)")),
        Wrong(
            "divided by 3, but there are 2 networks: divide by len\\(models\\)",
            ENSEMBLE.format("z.softmax(-1).sum(0) / 3"),
        ),
        Wrong("That is the sum", ENSEMBLE.format("z.softmax(-1).sum(0)")),
        Wrong("Return the mean probabilities", ENSEMBLE.format("z.softmax(-1).mean(0).argmax(-1)")),
        Wrong("one table for each", ENSEMBLE.format("z.softmax(-1)")),
        Wrong("votes", ENSEMBLE.format("F.one_hot(z.argmax(-1), 3).float().mean(0)")),
        Wrong(r"eval\(\) mode when called", ENSEMBLE.replace(".eval()", "").format("z.softmax(-1).mean(0)")),
        Wrong(
            "records for backward",
            "def ensemble(models, x):\n    return torch.stack([m.eval()(x).softmax(-1) for m in models]).mean(0)",
        ),
        Wrong("softmax goes over the networks", ENSEMBLE.format("z.softmax(0).mean(0)")),
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
        Wrong("first network alone|left out", ENSEMBLE.format("z[0].softmax(-1)")),
        Wrong(
            "last network alone",
            "def ensemble(models, x):\n    for m in models:\n        with torch.no_grad():\n            probs = m.eval()(x).softmax(-1)\n    return probs",
        ),
        Wrong("last network is left out", ENSEMBLE.format("z[:-1].softmax(-1).mean(0)")),
        Wrong("Log probabilities are averaged", ENSEMBLE.format("z.log_softmax(-1).mean(0).exp()")),
        Wrong("twice", ENSEMBLE.format("z.softmax(-1).mean(0).softmax(-1)")),
        Wrong(
            "halving after each",
            "def ensemble(models, x):\n    result = None\n    with torch.no_grad():\n        for m in models:\n            p = m.eval()(x).softmax(-1)\n            result = p if result is None else (result + p) / 2\n    return result",
        ),
        Wrong("median", ENSEMBLE.format("z.softmax(-1).median(0).values")),
        Wrong("largest probability", ENSEMBLE.format("z.softmax(-1).amax(0)")),
        Wrong("over the rows of the batch", ENSEMBLE.format("z.softmax(1).mean(0)")),
        Wrong("rounded", ENSEMBLE.format("(z.softmax(-1).mean(0) * 10).round() / 10")),
        Wrong("half precision", ENSEMBLE.format("z.softmax(-1).mean(0).half()")),
        Wrong(
            "left in train\\(\\) mode",
            "def ensemble(models, x):\n    with torch.no_grad():\n        z = torch.stack([m.eval()(x) for m in models])\n    for m in models:\n        m.train()\n    return z.softmax(-1).mean(0)",
        ),
        Wrong(
            "requires_grad of parameters changes",
            "def ensemble(models, x):\n    with torch.no_grad():\n        z = torch.stack([m.eval()(x) for m in models])\n    for m in models:\n        m.requires_grad_(False)\n    return z.softmax(-1).mean(0)",
        ),
        Wrong(
            "list of models",
            "def ensemble(models, x):\n    total, n = 0, len(models)\n    with torch.no_grad():\n        while models:\n            total = total + models.pop().eval()(x).softmax(-1)\n    return total / n",
        ),
        Wrong(
            "leaves gradients at False",
            "def ensemble(models, x):\n    torch.set_grad_enabled(False)\n    return torch.stack([m.eval()(x).softmax(-1) for m in models]).mean(0)",
        ),
        Wrong(r"should have the shape", ENSEMBLE.format("z.softmax(-1).mean(0, keepdim=True)")),
        Wrong("changes x", ENSEMBLE.replace("    with", "    x.mul_(2)\n    with").format("z.softmax(-1).mean(0)")),
        Wrong(
            "should be|shape|divided|sum",
            spoiled(GOOD_ENSEMBLE, "ensemble", "return state.setdefault('result', right(*args))"),
        ),
        Right(ENSEMBLE.format("z.double().softmax(-1).mean(0)")),
        Right(
            "def ensemble(models, x):\n    with torch.no_grad():\n        return torch.cat([F.softmax(m.eval()(x), dim=-1).unsqueeze(0) for m in models]).sum(0).div(len(models))"
        ),
        Right(
            "def ensemble(models, x):\n    probs = []\n    for model in models:\n        clone = copy.deepcopy(model).eval()\n        probs.append(clone(x).detach().softmax(-1))\n    return torch.stack(probs).mean(0)"
        ),
        Right(
            "@torch.inference_mode()\ndef ensemble(models, x):\n    result = torch.zeros(())\n    for n, m in enumerate(models, 1):\n        m.eval()\n        result = result + (m(x).softmax(-1) - result) / n\n    return result"
        ),
    ],
}

# What a beginner tried

LIST_OF_FOLDS = """def folds(n, k, seed):
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    result = []
    for i in range(k):
        valid = order[i::k]
        train = torch.tensor([j for j in order.tolist() if j not in valid.tolist()])
        result.append((train, valid))
    return result"""
LOOP_TEMPERATURE = """def best_temperature(logits, labels, candidates):
    tried, losses = [], []
    for T in candidates:
        if len(losses) > 1 and losses[-1] > losses[-2]:
            break
        tried.append(T)
        losses.append(F.cross_entropy(logits / T, labels).item())
    return tried[losses.index(min(losses))]"""
NEW_PARAMETERS = """model.load_state_dict(self.state)
        for layer in model:
            for name, old in list(layer.named_parameters()):
                setattr(layer, name, nn.Parameter(old.detach().clone(), old.requires_grad))"""
SHARED_DATA = """model.load_state_dict(self.state)
        for name, parameter in model.named_parameters():
            parameter.data = self.state[name]"""
ALL_LOSSES = """class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.losses, self.states = patience, [], []

    def update(self, loss, model):
        self.losses.append(loss)
        self.states.append(copy.deepcopy(model.state_dict()))
        return len(self.losses) - 1 - self.find_best() >= self.patience

    def find_best(self):
        return self.losses.index(min(self.losses))

    def restore(self, model):
        model.load_state_dict(self.states[self.find_best()])
"""
NLL_LOSS = """def best_temperature(logits, labels, candidates):
    losses = []
    for T in candidates:
        probs = (logits / T).softmax(dim=1)
        losses.append(F.nll_loss({}, labels))
    return candidates[torch.stack(losses).argmin()]"""
LOW_START = """def best_temperature(logits, labels, candidates):
    best, best_loss = candidates[0], {}
    for T in candidates:
        loss = F.cross_entropy(logits / T, labels)
        if loss < best_loss:
            best, best_loss = T, loss
    return best"""
MORE = {
    "5.1": [
        Wrong("int.* or round.*in your line 5", GOOD_SPLIT.replace("round(n * share)", "n * share")),
        Wrong("takes a device, not a seed", GOOD_SPLIT.replace("Generator().manual_seed(seed)", "Generator(seed)")),
        Wrong("makes a seeded generator", GOOD_SPLIT.replace("generator=g", "generator=seed")),
    ],
    "5.3": [
        Wrong(
            "index of the largest logit of each row", GOOD_ACCURACY.replace("model(x).argmax(1)", "model(x).argmax()")
        ),
        Wrong(
            "index of the largest logit of each row",
            GOOD_ACCURACY.replace("model(x).argmax(1)", "model(x).max(dim=1).values"),
        ),
    ],
    "5.4": [
        Wrong("No row counts as a hit", GOOD_TOP.replace("indices", "values")),
        Wrong("No row counts as a hit", GOOD_TOP.replace("any(1)", "all(1)")),
        Wrong("k times too small", GOOD_TOP + " / k"),
        Wrong("k times too small", GOOD_TOP.replace(".any(1)", "")),
        Wrong("float.. comes first.*in your line 3", GOOD_TOP.replace(".float()", "")),
        Wrong(
            "smaller than num_classes",
            "def top_k(logits, labels, k):\n    flags = F.one_hot(logits.topk(k).indices, 10).sum(dim=1)\n"
            "    return flags[torch.arange(len(labels)), labels].float().mean()",
        ),
        Wrong(
            "Labels of 10 and more",
            "def top_k(logits, labels, k):\n    best, hits = logits.topk(k).indices, 0\n    for c in range(10):\n"
            "        hits += ((best == c).any(dim=1) & (labels == c)).sum().item()\n    return hits / len(labels)",
        ),
    ],
    "5.5": [Wrong("neither a percentage nor a count", GUESS.format([90, 0, 0.1, 1, 0.8, 0.4]))],
    "5.7": [
        Wrong("one random number decides for all", GOOD_DROPOUT.replace("torch.rand_like(x)", "torch.rand(1)")),
        Wrong("sets no entry to 0", DROPOUT.format("x / (1 - p)")),
        Right(DROPOUT.format("x * (torch.rand(x.shape) >= p).float() / (1 - p)")),
    ],
    "5.8": [
        Wrong(
            "compare the count with patience. Keep the lowest loss in self",
            stopping(reset="self.count = 0").replace("self.best = loss", "best = loss"),
        ),
        Wrong("first epoch without a new low|last of", stopping(stop="self.count > self.patience")),
        Wrong("nan does not become the lowest", stopping(start="None", lower="self.best is None or loss < self.best")),
        Wrong("if only by a little", stopping(lower="round(loss, 1) < self.best")),
        Wrong(
            "Nothing was kept, though losses came",
            stopping(reset="pass", keep="None", stop="self.stop(model)").replace(
                "self.best = loss", "self.best, self.count = loss, 0"
            )
            + """
    def stop(self, model):
        if self.count >= self.patience:
            self.state = copy.deepcopy(model.state_dict())
        return self.count >= self.patience
""",
        ),
        Wrong("nan does not become the lowest", ALL_LOSSES),
        Wrong("puts new parameters into the model", stopping(restore=NEW_PARAMETERS)),
        Wrong("restore works only once", stopping(restore=SHARED_DATA)),
        Wrong(
            "second call of restore.*in your line",
            stopping(restore="model.load_state_dict(self.state)\n        self.state = None"),
        ),
    ],
    "5.9": [
        Wrong("Log is missing", NLL_LOSS.format("probs")),
        Right(NLL_LOSS.format("probs.log()")),
        Wrong(
            "mean confidence is closest to the accuracy",
            "def best_temperature(logits, labels, candidates):\n    accuracy = (logits.argmax(dim=1) == labels).double().mean()\n"
            "    gaps = [((logits / T).softmax(dim=1).amax(dim=1).mean() - accuracy).abs() for T in candidates]\n"
            "    return candidates[torch.stack(gaps).argmin()]",
        ),
        Wrong(
            "the candidate with the lowest cross-entropy for these logits and labels is",
            "def best_temperature(logits, labels, candidates):\n    truth = F.one_hot(labels, logits.shape[1])\n"
            "    errors = [((logits / T).softmax(dim=1) - truth).square().mean() for T in candidates]\n"
            "    return candidates[torch.stack(errors).argmin()]",
        ),
        Wrong("the candidate with the lowest cross-entropy for", NLL_LOSS.format("logits / T")),
        *[Wrong("lowest loss start too low", LOW_START.format(start)) for start in (1, 10, 100)],
        Right(LOW_START.format("math.inf")),
        Wrong("logits first, then the labels", GOOD_TEMPERATURE.replace("logits / T, labels", "labels, logits / T")),
        Wrong(
            "least calibration error",
            "def best_temperature(logits, labels, candidates):\n"
            "    return min(candidates, key=lambda T: calibration_error((logits / T).softmax(dim=1), labels))",
        ),
        Wrong("search ends where the loss first rises", LOOP_TEMPERATURE),
        Wrong(
            "31 candidates.*in your line",
            GOOD_TEMPERATURE.replace("for T in candidates", "for T in torch.linspace(20, 0.5, 76)"),
        ),
        Wrong(
            "candidate with the lowest cross-entropy for these ",
            GOOD_TEMPERATURE.replace("logits / T", "logits / T**2"),
        ),
    ],
    "5.10": [
        Wrong("one alone. Does `return` stand inside", LIST_OF_FOLDS.replace("    return", "        return")),
        Right(LIST_OF_FOLDS),
    ],
    "5.11": [
        Wrong(
            "first network alone. Does `return` stand inside",
            "def ensemble(models, x):\n    total = 0\n    with torch.inference_mode():\n        for model in models:\n"
            "            total = total + model.eval()(x).softmax(dim=1)\n            return total",
        ),
    ],
}
for number, answers in MORE.items():
    ANSWERS[number] += answers
