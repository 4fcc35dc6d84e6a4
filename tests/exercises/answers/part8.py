"""Wrong and right answers to the exercises of Part 8."""

from answer_kinds import Right, Wrong

from exercises.answers import answers_of

W, S, H = "weights", "statistics", "head"
TRUTH = [[W, S, H], [S, H], [H], [S, H], [W]]


def moves(**changed):
    """Return the answer to 8.1 with some letters changed."""
    return f"moves = {dict(zip('ABCDE', TRUTH, strict=True)) | changed}"


SWAP = """def swap_head(network, classes):
    net = copy.deepcopy(network)
    for p in net.parameters():
        p.requires_grad = False
    net.fc = nn.Linear(net.fc.in_features, classes)
    net.eval()
    return net, torch.optim.AdamW(net.fc.parameters(), lr=0.01)"""

CACHE = """def cache_features(backbone, pictures):
    backbone.eval()
    found = []
    with torch.inference_mode():
        for start in range(0, len(pictures), 50):
            found.append(backbone(to_input(pictures[start : start + 50])))
    return torch.cat(found).cpu()"""

GROUPS = """def two_groups(model, lr, factor):
    head, rest = [], []
    for name, p in model.named_parameters():
        if p.requires_grad:
            (head if name.split(".")[0] == "fc" else rest).append(p)
    return [dict(params=rest, lr=lr / factor), dict(params=head, lr=lr)]"""

EVALUATE = """def evaluate(model, x, y, classes):
    was = model.training
    model.eval()
    counts = torch.zeros(classes, classes, dtype=torch.int64)
    losses = []
    with torch.inference_mode():
        for a, b in zip(x.split(50), y.split(50)):
            logits = model(to_input(a)).cpu()
            losses.append(F.cross_entropy(logits, b, reduction="none"))
            for truth, answer in zip(b.tolist(), logits.argmax(1).tolist()):
                counts[truth, answer] += 1
    model.train(was)
    return counts, torch.cat(losses)"""

DECAY = """def decay_groups(model, weight_decay):
    weights, others = [], []
    for name, p in model.named_parameters():
        if p.requires_grad:
            (weights if p.ndim >= 2 else others).append(p)
    return [dict(params=weights, weight_decay=weight_decay), dict(params=others, weight_decay=0)]"""

SIMILAR = """def most_similar(features, others):
    similarities = F.normalize(features, dim=1) @ F.normalize(others, dim=1).T
    found = similarities.max(dim=1)
    return found.indices, found.values"""

BATCH_LOSS = "def batch_loss(model, pictures, labels, device):\n    "
MOVED = "x = pictures.to(device).float() / 127.5 - 1\n    labels = labels.to(device)\n    "
WEIGHT = "weight = torch.tensor([1.0, 3.0], device=device)\n    "
LOSS = "return F.cross_entropy(model(x), labels, weight=weight)"

SOLVED = {number: found.source for number, found in answers_of("8").items()}

ANSWERS = {
    "8.1": [
        Wrong('A: look at "statistics"', moves(A=[W, H])),
        Wrong('B: look at "statistics"', moves(B=[H])),
        Wrong('B: look at "weights"', moves(B=[W, S, H])),
        Wrong('C: look at "head"', moves(C=[])),
        Wrong('C: look at "statistics"', moves(C=[S, H])),
        Wrong('D: look at "statistics"', moves(D=[H])),
        Wrong('D: look at "weights"', moves(D=[W, S, H])),
        Wrong('E: look at "head"', moves(E=[W, H])),
        Wrong('E: look at "weights"', moves(E=[])),
        Wrong("A: write a list with some of the words", moves(A=["everything"])),
        Wrong("C: write a list with some of the words", moves(C="head")),
        Wrong("The line 'B' is missing", "moves = {'A': ['head']}"),
        Right(moves()),
        Right(
            'moves = {"A": {"head", "weights", "statistics"}, "B": {"head", "statistics"}, "C": {"head"}, "D": {"statistics", "head"}, "E": {"weights"}}'
        ),
        Right(
            f"moves = dict.fromkeys('ABCDE')\nfor letter, words in zip('ABCDE', {TRUTH}):\n    moves[letter] = tuple(words)"
        ),
    ],
    "8.2": [
        Wrong("frozen too", SWAP.replace("    net.eval()", "    net.requires_grad_(False)\n    net.eval()")),
        Wrong(
            "does not hold the new head",
            """def swap_head(network, classes):
    net = copy.deepcopy(network).requires_grad_(False).eval()
    optimizer = torch.optim.AdamW(net.fc.parameters(), lr=0.01)
    net.fc = nn.Linear(net.fc.in_features, classes)
    return net, optimizer""",
        ),
        Wrong("can still learn", SWAP.replace("        p.requires_grad = False\n", "        pass\n")),
        Wrong("holds more than the head", SWAP.replace("net.fc.parameters(), lr", "net.parameters(), lr")),
        Wrong("moves statistics of batch norm", SWAP.replace("    net.eval()\n", "")),
        Wrong("moves statistics of batch norm", SWAP.replace("net.eval()", "net.train()")),
        Wrong("network that was given, not a copy", SWAP.replace("copy.deepcopy(network)", "network")),
        Wrong("no longer as it was|copy.deepcopy", SWAP.replace("copy.deepcopy(network)", "copy.copy(network)")),
        Wrong("learning rate should be 0.01", SWAP.replace(", lr=0.01", "")),
        Wrong("AdamW, please", SWAP.replace("AdamW", "SGD")),
        Wrong(
            "should have a head for 3 classes, but it has one for 2",
            SWAP.replace("net.fc.in_features, classes", "net.fc.in_features, 2"),
        ),
        Wrong(
            "Return two things",
            SWAP.replace("return net, torch.optim.AdamW(net.fc.parameters(), lr=0.01)", "return net"),
        ),
        Wrong("returns nothing", SWAP.replace("return net, ", "")),
        Wrong(
            "Return first the network",
            SWAP.replace(
                "return net, torch.optim.AdamW(net.fc.parameters(), lr=0.01)",
                "return torch.optim.AdamW(net.fc.parameters(), lr=0.01), net",
            ),
        ),
        Wrong("fc.bias is missing", SWAP.replace("AdamW(net.fc.parameters()", "AdamW([net.fc.weight]")),
        Wrong("in eval.. mode now", SWAP.replace("    net = copy", "    network.eval()\n    net = copy")),
        Wrong(
            "bn.running_mean.* of the copy differ.*statistics too",
            SWAP.replace(
                "    net = copy.deepcopy(network)\n",
                "    net = type(network)()\n    for p, q in zip(net.parameters(), network.parameters()):\n        p.data = q.data.clone()\n",
            ),
        ),
        Wrong("network.fc.in_features", SWAP.replace("nn.Linear(net.fc.in_features,", "nn.Linear(4,")),
        Wrong(
            "holds more than the head",
            SWAP.replace("net.fc.parameters(), lr", "list(net.fc.parameters()) + [net.conv.weight], lr"),
        ),
        Right(SWAP),
        Right("""def swap_head(network, classes):
    net = copy.deepcopy(network)
    net.fc = nn.Linear(network.fc.weight.shape[1], classes)
    for name, p in net.named_parameters():
        p.requires_grad_(name.startswith("fc."))
    return [net.train(False), torch.optim.AdamW([{"params": list(net.fc.parameters())}], lr=1e-2, fused=True)]"""),
        Right("""def swap_head(network, classes):
    net = copy.deepcopy(network)
    net.requires_grad_(False)
    device = next(net.parameters()).device
    net.fc = nn.Linear(net.fc.in_features, classes, device=device)
    net.eval()
    net.fc.train()
    optimizer = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=0.01)
    return net, optimizer"""),
        Right(SOLVED["8.2"]),
    ],
    "8.3": [
        Wrong(
            "After the call, the backbone should be on the device cpu, but it is on meta",
            CACHE.replace(
                "    return torch.cat(found).cpu()", '    backbone.to("meta")\n    return torch.cat(found).cpu()'
            ),
        ),
        Wrong("statistics of batch norm moved", CACHE.replace("    backbone.eval()\n", "")),
        Wrong("statistics of batch norm moved", CACHE.replace("backbone.eval()", "backbone.train()")),
        Wrong(
            "no `augment` and no other scaling",
            CACHE.replace("to_input(pictures[start : start + 50])", "to_input(augment(pictures[start : start + 50]))"),
        ),
        Wrong("carry a graph", CACHE.replace("torch.inference_mode()", "torch.enable_grad()")),
        Wrong("at most 50", CACHE.replace("50", "100")),
        Wrong(
            "smaller batch at the end",
            CACHE.replace("range(0, len(pictures), 50)", "range(0, len(pictures) // 50 * 50, 50)"),
        ),
        Wrong("Return one tensor", CACHE.replace("torch.cat(found).cpu()", "found")),
        Wrong("returns nothing", CACHE.replace("return torch", "torch")),
        Wrong(
            "other numbers than to_input",
            CACHE.replace(
                "to_input(pictures[start : start + 50])", "pictures[start : start + 50].float().to(device) / 255"
            ),
        ),
        Wrong(
            "drawn at random|other rows",
            CACHE.replace("    found = []", "    found = []\n    pictures = pictures[torch.randperm(len(pictures))]"),
        ),
        Wrong("should be float32", CACHE.replace(".cpu()", ".cpu().half()")),
        Wrong(
            "wants the floats that to_input",
            CACHE.replace("to_input(pictures[start : start + 50])", "pictures[start : start + 50].to(device)"),
        ),
        Wrong(
            "53 of 2605 pictures went through the backbone at once: at most 50",
            "def cache_features(net, x):\n    net.eval()\n    with torch.no_grad():\n        return torch.cat([net(to_input(part)).cpu() for part in x.chunk(50)])",
        ),
        Wrong(
            "gradients at False|gradients switched off",
            "def cache_features(net, x):\n    net.eval()\n    torch.set_grad_enabled(False)\n    return torch.cat([net(to_input(part)).cpu() for part in x.split(50)])",
        ),
        Wrong(
            "graphs of all batches are kept",
            "def cache_features(net, x):\n    net.eval()\n    return torch.cat([net(to_input(part)).cpu() for part in x.split(50)]).detach()",
        ),
        Right(CACHE),
        Right("""@torch.no_grad()
def cache_features(net, pictures):
    net.eval()
    rows = torch.zeros(len(pictures), net(to_input(pictures[:1])).shape[1])
    for at in torch.arange(len(pictures)).split(50):
        rows[at] = net(to_input(pictures[at])).float().cpu()
    return rows"""),
        Right("""def cache_features(backbone, pictures):
    net = copy.deepcopy(backbone).eval()
    return torch.vstack([net(to_input(p)).detach().to("cpu") for p in pictures.split(32)])"""),
        Right("""def cache_features(backbone, pictures):
    backbone = copy.deepcopy(backbone).train(False).requires_grad_(False)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(pictures), batch_size=50)
    with torch.autocast("cpu", torch.bfloat16):
        return torch.cat([backbone(to_input(batch)).float().cpu() for (batch,) in loader])"""),
        Right("""def cache_features(backbone, pictures):
    backbone.eval()
    found = torch.zeros(len(pictures), 512)
    with torch.no_grad():
        for start in range(0, len(pictures), 50):
            found[start : start + 50] = backbone(to_input(pictures[start : start + 50]))
    return found"""),
        Right("""def cache_features(backbone, pictures):
    backbone.eval()
    found = torch.empty(0)
    for batch in pictures.split(50):
        features = backbone(to_input(batch)).data.cpu()
        found = torch.cat([found, features])
    return found"""),
    ],
    "8.4": [
        Wrong("Both groups have the learning rate", GROUPS.replace("lr=lr / factor", "lr=lr")),
        Wrong(
            "in both groups",
            "def two_groups(model, lr, factor):\n    return [dict(params=model.parameters(), lr=lr / factor), dict(params=model.fc.parameters(), lr=lr)]",
        ),
        Wrong("fcn.bias is frozen", GROUPS.replace("if p.requires_grad", "if True")),
        Wrong(
            "fcn.weight is in the second group, but it belongs to the backbone",
            GROUPS.replace('name.split(".")[0] == "fc"', 'name.startswith("fc")'),
        ),
        Wrong(
            "fcn.weight is in the second group, but it belongs to the backbone",
            GROUPS.replace('name.split(".")[0] == "fc"', '"fc" in name'),
        ),
        Wrong(
            "order of the groups",
            GROUPS.replace(
                "[dict(params=rest, lr=lr / factor), dict(params=head, lr=lr)]",
                "[dict(params=head, lr=lr), dict(params=rest, lr=lr / factor)]",
            ),
        ),
        Wrong(
            "rates are swapped",
            GROUPS.replace("lr=lr / factor", "lr=z").replace("lr=lr)", "lr=lr / factor)").replace("lr=z", "lr=lr"),
        ),
        Wrong("rate of the backbone", GROUPS.replace("lr=lr / factor", "lr=lr / 10")),
        Wrong(
            "rate of the backbone|rate of the head",
            GROUPS.replace("lr=lr / factor", "lr=0.02").replace("lr=lr)", "lr=0.2)"),
        ),
        Wrong(
            "fc.bias is frozen",
            """def two_groups(model, lr, factor):
    rest = [p for name, p in model.named_parameters() if p.requires_grad and not name.startswith("fc.")]
    return [dict(params=rest, lr=lr / factor), dict(params=list(model.fc.parameters()), lr=lr)]""",
        ),
        Wrong(
            "fcn.bias was thawed", GROUPS.replace("    head, rest", "    model.requires_grad_(True)\n    head, rest")
        ),
        Wrong(
            "conv.weight was frozen",
            GROUPS.replace("    return", "    for p in rest:\n        p.requires_grad = False\n    return"),
        ),
        Wrong(
            "compares tensors number by number",
            """def two_groups(model, lr, factor):
    head = [p for p in model.fc.parameters() if p.requires_grad]
    rest = [p for p in model.parameters() if p.requires_grad and p not in list(model.fc.parameters())]
    return [dict(params=rest, lr=lr / factor), dict(params=head, lr=lr)]""",
        ),
        Wrong(
            "Missing in the groups",
            GROUPS.replace("if p.requires_grad", 'if p.requires_grad and "bias" not in name or name == "fc.bias"'),
        ),
        Wrong("rate of the backbone", GROUPS.replace("lr / factor", "lr / factor**2")),
        Wrong(
            "Each group should be a dictionary",
            GROUPS.replace("return [dict(params=rest, lr=lr / factor), dict(params=head, lr=lr)]", "return rest, head"),
        ),
        Wrong("fc.weight is in the first group, but it belongs to the head", GROUPS.replace("(head if", "(rest if")),
        Wrong("returns nothing", GROUPS.replace("return ", "")),
        Wrong("needs the keys", GROUPS.replace("dict(params=head, lr=lr)", "dict(params=head)")),
        Wrong("is a set, which an optimizer refuses", GROUPS.replace("params=head", "params=set(head)")),
        Wrong(
            "does your condition fit no parameter of this model.*conv, bn, fc, fcn",
            GROUPS.replace("if p.requires_grad", 'if p.requires_grad and name.startswith(("layer", "fc."))'),
        ),
        Right(GROUPS),
        Right("""def two_groups(model, lr, factor):
    own = {id(p) for p in model.fc.parameters()}
    return [
        {"params": (p for p in model.parameters() if p.requires_grad and id(p) not in own), "lr": lr / factor},
        {"params": (p for p in model.parameters() if p.requires_grad and id(p) in own), "lr": lr},
    ]"""),
        Right("""def two_groups(model, lr, factor):
    parts = {False: [], True: []}
    for name, p in model.named_parameters():
        if p.requires_grad:
            parts[name.startswith("fc.")].append((name, p))
    return ({"params": [p for _, p in parts[False]], "lr": lr / factor, "weight_decay": 0.0}, {"params": [p for _, p in parts[True]], "lr": lr})"""),
        Right(SOLVED["8.4"]),
    ],
    "8.5": [
        Wrong(
            "pictures stay behind",
            BATCH_LOSS + "model.to(device)\n    x = pictures.float() / 127.5 - 1\n"
            "    weight = torch.tensor([1.0, 3.0])\n    " + LOSS,
        ),
        Wrong(
            "pictures stay behind.*keep what it returns",
            BATCH_LOSS + "model.to(device)\n    pictures.to(device)\n    labels = labels.to(device)\n"
            "    x = pictures.float() / 127.5 - 1\n    " + WEIGHT + LOSS,
        ),
        Wrong(
            "labels stay behind",
            BATCH_LOSS + "model.to(device)\n    x = pictures.to(device).float() / 127.5 - 1\n    " + WEIGHT + LOSS,
        ),
        Wrong(
            "labels stay behind.*keep",
            BATCH_LOSS
            + "model.to(device)\n    x = pictures.to(device).float() / 127.5 - 1\n    labels.to(device)\n    "
            + WEIGHT
            + LOSS,
        ),
        Wrong(
            "made inside the function",
            BATCH_LOSS + "model.to(device)\n    " + MOVED + "weight = torch.tensor([1.0, 3.0])\n    " + LOSS,
        ),
        Wrong(
            "made inside the function",
            BATCH_LOSS
            + "model.to(device)\n    "
            + MOVED
            + "weight = torch.tensor([1.0, 3.0])\n    weight.to(device)\n    "
            + LOSS,
        ),
        Wrong("The model stays behind", BATCH_LOSS + MOVED + WEIGHT + LOSS),
        Wrong(
            "One kind of GPU",
            BATCH_LOSS + "model.to(device)\n    " + MOVED + "weight = torch.tensor([1.0, 3.0]).cuda()\n    " + LOSS,
        ),
        Wrong(
            "One kind of GPU",
            BATCH_LOSS
            + "if device != 'cpu':\n        model, pictures, labels = model.cuda(), pictures.cuda(), labels.cuda()\n    "
            "x = pictures.float() / 127.5 - 1\n    " + WEIGHT + LOSS,
        ),
        Wrong(
            "One kind of GPU",
            BATCH_LOSS
            + "model.to(device)\n    place = 'cpu' if device == 'cpu' else 'cuda'\n    "
            + MOVED
            + "weight = torch.tensor([1.0, 3.0], device=place)\n    "
            + LOSS,
        ),
        Wrong(
            "use the device that is given",
            "def batch_loss(model, pictures, labels, where):\n    model.to(device)\n    " + MOVED + WEIGHT + LOSS,
        ),
        Wrong(
            "weights 1 and 3 are lost",
            BATCH_LOSS + "model.to(device)\n    " + MOVED + "return F.cross_entropy(model(x), labels)",
        ),
        Wrong("as a tensor", BATCH_LOSS + "model.to(device)\n    " + MOVED + WEIGHT + LOSS + ".item()"),
        Wrong("no detach, no no_grad", BATCH_LOSS + "model.to(device)\n    " + MOVED + WEIGHT + LOSS + ".detach()"),
        Wrong("leave the loss there", BATCH_LOSS + "model.to(device)\n    " + MOVED + WEIGHT + LOSS + ".cpu()"),
        Wrong(
            "returns nothing",
            BATCH_LOSS + "model.to(device)\n    " + MOVED + WEIGHT + "F.cross_entropy(model(x), labels, weight=weight)",
        ),
        Wrong("eval.. mode now", BATCH_LOSS + "model.to(device)\n    model.eval()\n    " + MOVED + WEIGHT + LOSS),
        Wrong(
            "gradients of the model changed",
            BATCH_LOSS + "model.to(device)\n    model.zero_grad()\n    " + MOVED + WEIGHT + LOSS,
        ),
        Wrong(
            "gradients of the model changed",
            BATCH_LOSS
            + "model.to(device)\n    "
            + MOVED
            + WEIGHT
            + LOSS.replace("return", "loss =")
            + "\n    loss.backward()\n    return loss",
        ),
        Right(BATCH_LOSS + "model.to(device)\n    " + MOVED + WEIGHT + LOSS),
        Right(
            "def batch_loss(model, pictures, labels, device):\n    model = model.to(device)\n"
            "    pictures, labels = (t.to(device, non_blocking=True) for t in (pictures, labels))\n"
            "    loss_fn = nn.CrossEntropyLoss(torch.tensor([1.0, 3.0])).to(device)\n"
            "    return loss_fn(model(pictures / 127.5 - 1), labels)"
        ),
        Right(
            "def batch_loss(net, x, y, where):\n    with torch.device(where):\n        w = torch.tensor([1.0, 3.0])\n"
            "    logs = net.to(where)(x.to(where) / 127.5 - 1).log_softmax(dim=1)\n    y = y.to(where)\n"
            "    return -(w[y] * logs.gather(1, y[:, None])[:, 0]).sum() / w[y].sum()"
        ),
        Right(
            "def batch_loss(model, pictures, labels, device):\n    device = torch.device(device)\n    model.to(device)\n"
            "    x = (pictures.float() / 127.5 - 1).to(device)\n    weight = torch.ones(2).to(device)\n    weight[1] = 3\n"
            "    return F.cross_entropy(model(x), labels.to(device), weight)"
        ),
        Right(
            "class Loss(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "        self.register_buffer('weight', torch.tensor([1.0, 3.0]))\n\n"
            "    def forward(self, logits, y):\n        return F.cross_entropy(logits, y, weight=self.weight)\n\n\n"
            "def batch_loss(model, pictures, labels, device):\n    model.to(device)\n    criterion = Loss().to(device)\n"
            "    return criterion(model(pictures.to(device).sub(127.5).div(127.5)), labels.to(device))"
        ),
    ],
    "8.6": [
        Wrong(
            "After the call, the model should be on the device cpu, but it is on meta",
            EVALUATE.replace("return counts", 'model.to("meta")\n    return counts'),
        ),
        Wrong(r"asked in train\(\) mode", EVALUATE.replace("    model.eval()\n", "")),
        Wrong(r"is in eval\(\) mode now: put it back", EVALUATE.replace("    model.train(was)\n", "")),
        Wrong("eval.. mode before, and is in train", EVALUATE.replace("model.train(was)", "model.train()")),
        Wrong("at most 50", EVALUATE.replace("split(50)", "split(1000)")),
        Wrong("carries a graph", EVALUATE.replace("torch.inference_mode()", "torch.enable_grad()")),
        Wrong("a loss for each picture", EVALUATE.replace("torch.cat(losses)", "torch.cat(losses).mean()")),
        Wrong("a loss for each picture", EVALUATE.replace(', reduction="none"))', ").view(1))")),
        Wrong(
            "Rows and columns of `counts` are swapped",
            EVALUATE.replace("counts[truth, answer]", "counts[answer, truth]"),
        ),
        Wrong("also for a class that never occurs", EVALUATE.replace("return counts,", "return counts[:2, :2],")),
        Wrong("integer tensor, but its dtype", EVALUATE.replace("dtype=torch.int64", "dtype=torch.float32")),
        Wrong(
            "return counts, not shares",
            EVALUATE.replace("return counts,", "return counts / counts.sum(dim=1, keepdim=True),"),
        ),
        Wrong(
            "a loss for each picture|add up to|was asked about",
            EVALUATE.replace(
                "        for a, b in zip(x.split(50), y.split(50)):",
                "        for a, b in zip(x[:2500].split(50), y[:2500].split(50)):",
            ).replace("return counts, torch.cat(losses)", "return counts, torch.cat([*losses, torch.zeros(105)])"),
        ),
        Wrong(
            "softmax came before cross_entropy",
            EVALUATE.replace("model(to_input(a)).cpu()", "model(to_input(a)).cpu().softmax(1)"),
        ),
        Wrong("Return two things", EVALUATE.replace("return counts, torch.cat(losses)", "return counts")),
        Wrong("returns nothing", EVALUATE.replace("return counts, torch.cat(losses)", "counts")),
        Wrong("wants the floats that to_input", EVALUATE.replace("to_input(a)", "a")),
        Wrong(
            "53 of 2605 pictures went through the model at once: at most 50", EVALUATE.replace("split(50)", "chunk(50)")
        ),
        Wrong(
            "gradients at False|gradients switched off",
            EVALUATE.replace("with torch.inference_mode():", "torch.set_grad_enabled(False)\n    if True:"),
        ),
        Wrong(
            "graphs of all batches are kept",
            EVALUATE.replace("torch.inference_mode()", "torch.enable_grad()").replace(
                "torch.cat(losses)", "torch.cat(losses).detach()"
            ),
        ),
        Right(EVALUATE),
        Right("""@torch.no_grad()
def evaluate(model, x, y, classes):
    was = model.training
    model.train(False)
    logits = torch.cat([model(to_input(x[i : i + 50])).float().cpu() for i in range(0, len(x), 50)])
    model.train(was)
    said = logits.argmax(1)
    counts = torch.stack([torch.stack([((y == t) & (said == a)).sum() for a in range(classes)]) for t in range(classes)])
    return counts, -logits.log_softmax(1)[torch.arange(len(y)), y]"""),
        Right("""def evaluate(model, x, y, classes):
    twin = copy.deepcopy(model).eval()
    with torch.inference_mode():
        logits = torch.cat([twin(to_input(part)) for part in x.split(50)]).cpu()
    counts = F.one_hot(y, classes).T @ F.one_hot(logits.argmax(dim=1), classes)
    return [counts, nn.CrossEntropyLoss(reduction="none")(logits, y)]"""),
        Right(SOLVED["8.6"]),
    ],
    "8.7": [
        Wrong(
            "conv.bias is in the first group, which is for two or more dimensions. It has 1",
            DECAY.replace("p.ndim >= 2", "p.ndim >= 1"),
        ),
        Wrong(
            "is in the first group, which is for two or more dimensions. It has [01]",
            DECAY.replace("p.ndim >= 2", "p.ndim != 3"),
        ),
        Wrong(
            "fcn?.weight is in the second group, but it belongs to the first: its dimensions are 2",
            DECAY.replace("p.ndim >= 2", "p.ndim > 2"),
        ),
        Wrong("is in the second group.*its dimensions are [23]", DECAY.replace("p.ndim >= 2", "p.ndim == 4")),
        Wrong("bias is in the second group.*its dimensions are 3", DECAY.replace("p.ndim >= 2", "p.ndim in (2, 4)")),
        Wrong(
            "weight is in the first group",
            DECAY.replace("p.ndim >= 2", 'name.endswith("weight")'),
        ),
        Wrong("is frozen, so it belongs in no group", DECAY.replace("if p.requires_grad", "if True")),
        Wrong(
            "order of the groups",
            DECAY.replace("params=weights, weight_decay=weight_decay", "params=others, weight_decay=0").replace(
                "dict(params=others, weight_decay=0)]", "dict(params=weights, weight_decay=weight_decay)]"
            ),
        ),
        Wrong(
            "weight decays are swapped",
            DECAY.replace("weight_decay=weight_decay", "weight_decay=z")
            .replace("others, weight_decay=0", "others, weight_decay=weight_decay")
            .replace("weight_decay=z", "weight_decay=0"),
        ),
        Wrong(
            "second group should have a weight decay of 0",
            DECAY.replace("others, weight_decay=0", "others, weight_decay=weight_decay"),
        ),
        Wrong('no "weight_decay"', DECAY.replace(", weight_decay=0)", ")")),
        Wrong("is a set, which an optimizer refuses", DECAY.replace("params=others", "params=set(others)")),
        Wrong("first group should have a weight decay of", DECAY.replace("=weight_decay)", "=0.05)")),
        Wrong("first group should have a weight decay of", DECAY.replace("=weight_decay)", "=2 * weight_decay)")),
        Wrong(
            "is in both groups",
            "def decay_groups(model, weight_decay):\n    return [dict(params=[p for p in model.parameters() if p.requires_grad and p.ndim > 1], weight_decay=weight_decay), dict(params=[p for p in model.parameters() if p.requires_grad], weight_decay=0)]",
        ),
        Wrong("Missing in the groups", DECAY.replace("if p.requires_grad", 'if p.requires_grad and name != "fc.bias"')),
        Wrong(
            "was thawed", DECAY.replace("    weights, others", "    model.requires_grad_(True)\n    weights, others")
        ),
        Wrong(
            "was frozen on the way",
            DECAY.replace("    return", "    for p in others:\n        p.requires_grad_(False)\n    return"),
        ),
        Wrong("is in eval.. mode now", DECAY.replace("    return", "    model.eval()\n    return")),
        Wrong(
            "should return a list of two dictionaries",
            DECAY.replace("return [", "return {0: ")
            .replace("dict(params=others", "1: dict(params=others")
            .replace(")]", ")}"),
        ),
        Wrong(
            "Each group should be a dictionary",
            DECAY.replace(
                "return [dict(params=weights, weight_decay=weight_decay), dict(params=others, weight_decay=0)]",
                "return weights, others",
            ),
        ),
        Right(DECAY),
        Right(DECAY.replace("p.ndim >= 2", "len(p.shape) > 1")),
        Right("""def decay_groups(model, weight_decay):
    groups = ({"params": [], "weight_decay": weight_decay}, {"params": [], "weight_decay": 0})
    for p in model.parameters():
        if p.requires_grad:
            groups[p.ndim < 2]["params"].append(p)
    return groups"""),
        Right("""def decay_groups(model, weight_decay):
    learning = list(filter(lambda p: p.requires_grad, model.parameters()))
    small = {id(p) for p in learning if p.dim() <= 1}
    return [
        {"params": [p for p in learning if id(p) not in small], "weight_decay": weight_decay},
        {"weight_decay": 0.0, "params": [p for p in learning if id(p) in small]},
    ]"""),
        Right("""def decay_groups(model, weight_decay):
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    first = {"params": [(n, p) for n, p in named if p.ndim > 1], "weight_decay": weight_decay}
    return [first, {"params": [(n, p) for n, p in named if p.ndim < 2], "weight_decay": 0}]"""),
        Right(SOLVED["8.7"]),
    ],
    "8.8": [
        Wrong(
            "indices should be on the device of the features, cpu, not on meta",
            SIMILAR.replace("return found.indices", 'return found.indices.to("meta")'),
        ),
        Wrong(
            "similarities should be on the device of the features, cpu, not on meta",
            SIMILAR.replace("found.values", 'found.values.to("meta")'),
        ),
        Wrong(
            "products of the rows",
            SIMILAR.replace("F.normalize(features, dim=1)", "features").replace("F.normalize(others, dim=1)", "others"),
        ),
        Wrong("divided by one length alone", SIMILAR.replace("F.normalize(others, dim=1)", "others")),
        Wrong("length of the other row alone", SIMILAR.replace("F.normalize(features, dim=1)", "features")),
        Wrong("smallest similarities", SIMILAR.replace("max(dim=1)", "min(dim=1)")),
        Wrong("in the shape", SIMILAR.replace("max(dim=1)", "max(dim=0)")),
        Wrong("in the shape", SIMILAR.replace("max(dim=1)", "max(dim=1, keepdim=True)")),
        Wrong(
            "first the indices",
            SIMILAR.replace("return found.indices, found.values", "return found.values, found.indices"),
        ),
        Wrong("Return two things", SIMILAR.replace("return found.indices, found.values", "return found.indices")),
        Wrong(
            "is nan",
            "def most_similar(features, others):\n    a = features / features.norm(dim=1, keepdim=True)\n    b = others / others.norm(dim=1, keepdim=True)\n    values, indices = (a @ b.T).max(dim=1)\n    return indices, values",
        ),
        Wrong("similarity", SIMILAR.replace("dim=1) @", "dim=0) @")),
        Wrong("similarity", SIMILAR.replace("(others, dim=1)", "(others, dim=0)")),
        Wrong(
            "Those are distances",
            "def most_similar(features, others):\n    found = torch.cdist(features, others).min(dim=1)\n    return found.indices, found.values",
        ),
        Wrong(
            "an index is not that of",
            SIMILAR.replace("return found.indices,", "return torch.zeros_like(found.indices),"),
        ),
        Wrong(
            "not one of a row|an index is not that of",
            SIMILAR.replace("return found.indices,", "return found.indices + 1,"),
        ),
        Wrong(
            "negative one stays negative|by its size",
            SIMILAR.replace("    found", "    similarities = similarities.abs()\n    found"),
        ),
        Wrong("negative one stays negative", SIMILAR.replace("found.values", "found.values.abs()")),
        Wrong(
            "similarity of the mean|similarities of the mean",
            SIMILAR.replace("found.values", "similarities.mean(dim=1)"),
        ),
        Wrong(
            "changes what it is given, `features`",
            SIMILAR.replace("    similarities", "    features /= 2\n    similarities", 1),
        ),
        Right(SIMILAR),
        Right("""def most_similar(features, others):
    table = F.cosine_similarity(features[:, None], others[None], dim=2)
    return table.argmax(dim=1), table.amax(dim=1)"""),
        Right("""def most_similar(features, others):
    indices, values = [], []
    for row in features:
        best, at = -2.0, 0
        for j, other in enumerate(others):
            length = row.norm() * other.norm()
            s = float(row @ other / length) if length > 0 else 0.0
            if s > best:
                best, at = s, j
        indices.append(at)
        values.append(best)
    return torch.tensor(indices), torch.tensor(values)"""),
        Right("""def most_similar(features, others):
    a = features.norm(dim=1, keepdim=True).clamp(min=1e-12)
    b = others.norm(dim=1, keepdim=True).clamp(min=1e-12)
    s = (features / a) @ (others / b).T
    values, places = s.topk(1, dim=1)
    return [places.squeeze(1), values.squeeze(1)]"""),
        Right(SOLVED["8.8"]),
    ],
}

MORE = {
    "8.1": [
        Wrong('E: look at "statistics"', moves(E=[W, S])),
        Wrong("D: look at", moves(D=[])),
        Wrong("A: look at", moves(A=[])),
        Wrong("A: write a list", moves(A=["weight", S, H])),
        Wrong("B: write a list", moves(B=None)),
        Wrong("C: write a list", moves(C=[1, 2])),
        Wrong("C: write a list", moves(C={"head": True})),
        Wrong("Keep the dict", "moves = [['head']] * 5"),
        Wrong("Keep the dict", "moves = 'head'"),
        Right(f"moves = {dict(zip('ABCDE', [words[::-1] for words in TRUTH], strict=True))}"),
        Right(f"moves = {dict(zip('ABCDE', [frozenset(words) for words in TRUTH], strict=True))}"),
        Right(f"moves = {dict(zip('ABCDE', [words + words for words in TRUTH], strict=True))}"),
    ],
    "8.2": [
        Wrong(
            "head of the copy is the old one",
            SWAP.replace("    net.fc = nn", "    if net.fc.out_features != classes:\n        net.fc = nn").replace(
                "    net.eval()", "    net.fc.requires_grad_(True)\n    net.eval()"
            ),
        ),
        Wrong(
            "frozen or thawed now", SWAP.replace("    net = copy", "    network.requires_grad_(False)\n    net = copy")
        ),
        Wrong(
            "frozen too.*its bias",
            SWAP.replace("    net.eval()", "    net.fc.bias.requires_grad_(False)\n    net.eval()"),
        ),
        Wrong("not Adam", SWAP.replace("AdamW(", "Adam(")),
        Wrong("needs eval", SWAP.replace("    net.eval()", "    net.eval()\n    net.bn.train()")),
        Wrong(
            "Return two things",
            SWAP.replace("return net, torch.optim.AdamW(net.fc.parameters(), lr=0.01)", "return {'net': net}"),
        ),
        Wrong(
            "conv.weight of the copy differ",
            SWAP.replace("    net.eval()", "    nn.init.normal_(net.conv.weight)\n    net.eval()"),
        ),
        Wrong(
            "bn.running_mean.*differ",
            SWAP.replace("    net.eval()", "    net.bn.reset_running_stats()\n    net.eval()"),
        ),
        Wrong(
            "has another head now",
            SWAP.replace(
                "    net = copy.deepcopy(network)\n",
                "    network.fc = nn.Linear(network.fc.in_features, classes)\n    net = copy.deepcopy(network)\n",
            ),
        ),
        Wrong(
            "classes, but it has one for",
            SWAP.replace("net.fc = ", "net.head = ").replace("net.fc.parameters", "net.head.parameters"),
        ),
        Wrong("learning rate should be 0.01, and it is 0.1", SWAP.replace("lr=0.01", "lr=0.1")),
        Wrong(
            "first the network", SWAP.replace("torch.optim.AdamW(net.fc.parameters(), lr=0.01)", "torch.optim.AdamW")
        ),
        Wrong(
            "given, not a copy|another head|head for 2 classes",
            SWAP.replace(
                "def swap_head(network, classes):\n",
                "import functools\n\n@functools.cache\ndef first(): return []\n\ndef swap_head(network, classes):\n    if first():\n        return first()[0]\n",
            ).replace(
                "    return net, torch.optim.AdamW(net.fc.parameters(), lr=0.01)",
                "    first().append((net, torch.optim.AdamW(net.fc.parameters(), lr=0.01)))\n    return first()[0]",
            ),
        ),
        Wrong(
            "should be a linear layer",
            SWAP.replace("nn.Linear(net.fc.in_features, classes)", "nn.Bilinear(net.fc.in_features, 2, classes)"),
        ),
        Wrong(
            "parameter of another network|does not hold the new head", SWAP.replace("AdamW(net.fc", "AdamW(network.fc")
        ),
        Right(SWAP.replace("nn.Linear(net.fc.in_features, classes)", "nn.LazyLinear(classes)")),
        Right(
            SWAP.replace(
                "    net.eval()",
                "    for m in net.modules():\n        if isinstance(m, nn.BatchNorm2d):\n            m.eval()",
            )
        ),
        Right(
            SWAP.replace("    net.eval()", "    nn.init.zeros_(net.fc.weight)\n    net.eval()").replace(
                "lr=0.01", "lr=0.01, weight_decay=0"
            )
        ),
        Right("""def swap_head(network, classes):
    net = copy.deepcopy(network)
    net.fc = nn.Linear(in_features=network.fc.in_features, out_features=classes)
    for p in set(net.parameters()) - set(net.fc.parameters()):
        p.requires_grad_(False)
    optimizer = torch.optim.AdamW(params=[net.fc.bias, net.fc.weight], lr=1 / 100)
    return net.eval(), optimizer"""),
    ],
    "8.3": [
        Wrong(
            "backbone is frozen now.*leaves requires_grad",
            "def cache_features(net, x):\n    net.eval().requires_grad_(False)\n    return torch.cat([net(to_input(part)).cpu() for part in x.split(50)])",
        ),
        Wrong(
            "50 of 103 pictures. Does `return` stand inside",
            "def cache_features(net, x):\n    net.eval()\n    with torch.no_grad():\n        for part in x.split(50):\n            return net(to_input(part)).cpu()",
        ),
        Wrong("100 of 103 pictures. Is the smaller", CACHE.replace("len(pictures), 50", "len(pictures) - 3, 50")),
        Wrong(
            r"asked about 75 of 103 pictures\.$",
            CACHE.replace("range(0, len(pictures), 50)", "range(0, len(pictures) // 2, 25)").replace("+ 50]", "+ 25]"),
        ),
        Wrong(
            "was never asked",
            CACHE.replace("def cache_features(backbone", "def cache_features(other").replace(
                "    backbone.eval()", "    backbone = nn.Sequential(nn.Flatten(), nn.LazyLinear(512)).eval()"
            ),
        ),
        Wrong("other rows|reverse order", CACHE.replace("torch.cat(found).cpu()", "torch.cat(found).cpu().flip(0)")),
        Wrong("rounded|should be", CACHE.replace(".cpu()", ".cpu().mul(10).round() / 10")),
        Wrong(
            "Each row is divided by its length",
            CACHE.replace("torch.cat(found).cpu()", "F.normalize(torch.cat(found).cpu())"),
        ),
        Wrong(
            "Take the pictures that are given, and no others",
            "features = []\n\n\n" + CACHE.replace("found = []", "found = features"),
        ),
        Wrong(
            r"\(103, 512\), not \(104, 512\).*no others",
            CACHE.replace("return torch.cat(found)", "return torch.cat([found[0][:1], *found])"),
        ),
        Wrong("should have the shape", CACHE.replace("torch.cat(found).cpu()", "torch.cat(found).cpu()[None]")),
        Wrong("should have the shape", CACHE.replace("torch.cat(found).cpu()", "torch.cat(found).cpu().T")),
        Wrong(
            "should have the shape",
            CACHE.replace("torch.cat(found).cpu()", "torch.cat(found[:1]).cpu()").replace("50", "40"),
        ),
        Wrong(
            "pictures that were given are changed",
            CACHE.replace("    found = []", "    found = []\n    pictures.sub_(1)"),
        ),
        Wrong("1.01 times", CACHE.replace("torch.cat(found).cpu()", "torch.cat(found).cpu() * 1.01")),
        Wrong(
            "other numbers than to_input",
            CACHE.replace("to_input(pictures[start : start + 50])", "to_input(pictures[start : start + 50].flip(3))"),
        ),
        Wrong(
            "other numbers than to_input",
            CACHE.replace(
                "to_input(pictures[start : start + 50])", "to_input(pictures[start : start + 50, :, : 5 + start // 50])"
            ),
        ),
        Wrong("float32", CACHE.replace(".cpu()", ".cpu().double()")),
        Wrong("Return one tensor", CACHE.replace("torch.cat(found).cpu()", "torch.cat(found).cpu().numpy()")),
        Wrong("below 0", CACHE.replace("torch.cat(found).cpu()", "torch.cat(found).cpu().relu()")),
        Wrong(
            "Gradients are left",
            CACHE.replace(
                "    backbone.eval()\n", "    backbone.eval()\n    backbone(to_input(pictures[:2])).sum().backward()\n"
            ),
        ),
        Wrong(
            "statistics of batch norm moved", CACHE.replace("    backbone.eval()\n", "    backbone.training = False\n")
        ),
        Wrong(
            "non-empty list",
            CACHE.replace("range(0, len(pictures), 50)", "range(0, len(pictures) - 1, 50)"),
        ),
        Right(
            CACHE.replace("    backbone.eval()", "    was = backbone.training\n    backbone.eval()").replace(
                "    return", "    backbone.train(was)\n    return"
            )
        ),
        Right("""def cache_features(backbone, pictures):
    net = backbone.eval()
    with torch.inference_mode():
        parts = pictures.chunk(len(pictures) // 50 + 1)
        return torch.cat([net(to_input(part)).cpu() for part in parts], dim=0)"""),
        Right("""def cache_features(backbone, pictures):
    backbone.eval()
    with torch.no_grad(), torch.autocast(device.type, torch.bfloat16):
        found = [backbone(to_input(part)).float() for part in pictures.split(10)]
    return torch.cat(found).to("cpu")"""),
    ],
    "8.4": [
        Wrong(
            "fc.weight, fc.bias. They can learn. One group is empty: was a generator read twice",
            """def two_groups(model, lr, factor):
    learning = ((name, p) for name, p in model.named_parameters() if p.requires_grad)
    rest = [p for name, p in learning if not name.startswith("fc.")]
    head = [p for name, p in learning if name.startswith("fc.")]
    return [dict(params=rest, lr=lr / factor), dict(params=head, lr=lr)]""",
        ),
        Wrong(
            "is in the|Missing",
            """def two_groups(model, lr, factor):
    learning = [p for p in model.parameters() if p.requires_grad]
    return [dict(params=learning[:-2], lr=lr / factor), dict(params=learning[-2:], lr=lr)]""",
        ),
        Wrong("rate of the backbone should be 0.02", GROUPS.replace("lr / factor", "lr * factor")),
        Wrong("rate of the backbone should be", GROUPS.replace("lr / factor", "round(lr / factor, 3)")),
        Wrong(
            "rate of the head should be|rate of the backbone",
            GROUPS.replace("lr=lr / factor", "lr=0.0001").replace("lr=lr)", "lr=0.001)"),
        ),
        Wrong(
            "is in train.. mode now|is in eval.. mode now",
            GROUPS.replace("    head, rest", "    model.train(not model.training)\n    head, rest"),
        ),
        Wrong("returns 3 entries", GROUPS.replace("dict(params=head, lr=lr)]", "dict(params=head, lr=lr), {}]")),
        Wrong(
            "but what it returns",
            GROUPS.replace(
                "return [dict(params=rest, lr=lr / factor), dict(params=head, lr=lr)]",
                "return torch.optim.SGD([dict(params=rest, lr=lr / factor), dict(params=head, lr=lr)])",
            ),
        ),
        Wrong(
            "Each group should be a dictionary",
            GROUPS.replace(
                "return [dict(params=rest, lr=lr / factor), dict(params=head, lr=lr)]", "return [rest, head]"
            ),
        ),
        Wrong("list of parameters", GROUPS.replace("params=rest", "params=[p.shape for p in rest]")),
        Wrong("is no parameter of the model", GROUPS.replace("params=rest", "params=[p.clone() for p in rest]")),
        Wrong("twice in a group", GROUPS.replace("params=rest", "params=rest + rest[:1]")),
        Wrong("are changed", GROUPS.replace("    return", "    for p in rest:\n        p.data.zero_()\n    return")),
        Wrong(
            "Missing in the groups: .*generator",
            """def two_groups(model, lr, factor):
    every = (p for p in model.named_parameters() if p[1].requires_grad)
    list(every)
    return [
        {"params": [p for name, p in every if not name.startswith("fc.")], "lr": lr / factor},
        {"params": [p for name, p in every if name.startswith("fc.")], "lr": lr},
    ]""",
        ),
        Wrong("rate of the backbone should be .*and it is", GROUPS.replace("lr=lr / factor", "lr=str(lr)")),
        Right(GROUPS.replace('name.split(".")[0] == "fc"', '"fc." in name')),
        Right("""def two_groups(model, lr, factor):
    named = {name: p for name, p in model.named_parameters() if p.requires_grad}
    head = {name for name in named if name in ("fc.weight", "fc.bias")}
    slow = {"params": [(name, p) for name, p in named.items() if name not in head], "lr": lr / factor}
    fast = {"params": [(name, named[name]) for name in head], "lr": lr}
    return [slow, fast]"""),
        Right("""def two_groups(model, lr, factor):
    head = set(model.fc.parameters())
    learning = set(filter(lambda p: p.requires_grad, model.parameters()))
    return [dict(lr=lr / factor, params=list(learning - head)), dict(lr=lr, params=list(learning & head))]"""),
        Right(GROUPS.replace("lr=lr / factor", "lr=torch.tensor(lr / factor, dtype=torch.float64)")),
    ],
    "8.5": [
        Wrong(
            "as `to_input` makes them",
            BATCH_LOSS
            + "model.to(device)\n    labels = labels.to(device)\n    "
            + "norm = v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])\n    "
            + "x = norm(pictures.to(device).float() / 255)\n    "
            + WEIGHT
            + LOSS,
        ),
        Wrong(
            "weights 1 and 3 are swapped",
            BATCH_LOSS + "model.to(device)\n    " + MOVED + WEIGHT.replace("1.0, 3.0", "3.0, 1.0") + LOSS,
        ),
        Wrong(
            "pictures from 0 to 1",
            BATCH_LOSS + "model.to(device)\n    " + MOVED.replace("/ 127.5 - 1", "/ 255") + WEIGHT + LOSS,
        ),
        Wrong(
            "pictures from 0 to 2",
            BATCH_LOSS + "model.to(device)\n    " + MOVED.replace("/ 127.5 - 1", "/ 127.5") + WEIGHT + LOSS,
        ),
        Wrong(
            "no copy of the model", BATCH_LOSS + "model = copy.deepcopy(model).to(device)\n    " + MOVED + WEIGHT + LOSS
        ),
        Wrong(
            "sum of the weighted losses, and not",
            BATCH_LOSS
            + "model.to(device)\n    "
            + MOVED
            + WEIGHT
            + LOSS.replace("weight=weight", "weight=weight, reduction='sum'"),
        ),
        Wrong(
            "divided by the number of pictures",
            BATCH_LOSS
            + "model.to(device)\n    "
            + MOVED
            + WEIGHT
            + LOSS.replace("weight=weight)", "weight=weight, reduction='none').mean()"),
        ),
        Wrong(
            "labels that were given are changed",
            BATCH_LOSS
            + "model.to(device)\n    "
            + MOVED
            + WEIGHT
            + "x = x + 0\n    result = F.cross_entropy(model(x), labels, weight=weight)\n    labels.zero_()\n    return result",
        ),
        Wrong(
            "is sent to the CPU|on the device that is given",
            BATCH_LOSS + "device = torch.device('cpu')\n    model.to(device)\n    " + MOVED + WEIGHT + LOSS,
        ),
        Wrong(
            "frozen now",
            BATCH_LOSS
            + "model.to(device)\n    "
            + MOVED
            + WEIGHT
            + LOSS.replace("return", "loss =")
            + "\n    model.requires_grad_(False)\n    return loss",
        ),
        Wrong("should have the shape", BATCH_LOSS + "model.to(device)\n    " + MOVED + WEIGHT + LOSS + "[None]"),
        Wrong("1.01 times", BATCH_LOSS + "model.to(device)\n    " + MOVED + WEIGHT + LOSS + " * 1.01"),
        Wrong("as a tensor", BATCH_LOSS + "model.to(device)\n    " + MOVED + WEIGHT + LOSS + ", model"),
        Wrong(
            "carries no gradient",
            BATCH_LOSS + "model.to(device)\n    " + MOVED + WEIGHT + "with torch.no_grad():\n        " + LOSS,
        ),
        Wrong(
            "weights 1 and 3 are lost",
            BATCH_LOSS + "model.to(device)\n    " + MOVED + WEIGHT.replace("1.0, 3.0", "1.0, 1.0") + LOSS,
        ),
        Wrong(
            "default device",
            BATCH_LOSS + "torch.set_default_device(device)\n    model.to(device)\n    " + MOVED + WEIGHT + LOSS,
        ),
        Right(
            BATCH_LOSS
            + "model.to(device)\n    "
            + MOVED
            + "weight = torch.arange(1.0, 4.0, 2.0).to(device)\n    "
            + LOSS
        ),
        Right(
            BATCH_LOSS
            + "model.to(device)\n    x = (pictures.to(device) - 127.5) / 127.5\n    w = torch.where(labels.to(device) == 1, 3.0, 1.0)\n    terms = F.cross_entropy(model(x), labels.to(device), reduction='none')\n    return (w * terms).sum() / w.sum()"
        ),
        Right(
            "def batch_loss(model, pictures, labels, device):\n    pictures, labels, model = [thing.to(device) for thing in (pictures, labels, model)]\n    log_p = F.log_softmax(model(pictures.float().div(127.5).sub(1)), dim=-1)\n    return F.nll_loss(log_p, labels, torch.tensor([1.0, 3.0]).to(labels.device))"
        ),
    ],
    "8.6": [
        Wrong(
            r"in train\(\) mode from a later batch on",
            EVALUATE.replace("    model.train(was)\n", "").replace(
                "            losses.append", "            model.train(was)\n            losses.append"
            ),
        ),
        Wrong("holds the hits alone", EVALUATE.replace("+= 1", "+= truth == answer")),
        Wrong(
            "^In each batch, counts",
            EVALUATE.replace(
                "            for truth, answer in zip(b.tolist(), logits.argmax(1).tolist()):\n                counts[truth, answer] += 1",
                "            counts[b, logits.argmax(1)] += 1",
            ),
        ),
        Wrong(
            "^counts.* counts a pair once",
            EVALUATE.replace("counts[truth, answer] += 1", "counts[truth, answer] = 1"),
        ),
        Wrong(
            "ends with the largest number that occurs",
            """def evaluate(model, x, y, classes):
    was = model.training
    model.eval()
    with torch.inference_mode():
        z = torch.cat([model(to_input(part)).cpu() for part in x.split(50)])
    model.train(was)
    counts = (y * classes + z.argmax(dim=1)).bincount().view(classes, classes)
    return counts, F.cross_entropy(z, y, reduction="none")""",
        ),
        Wrong(
            "50 of 103 pictures. Does `return` stand inside",
            EVALUATE.replace("    model.train(was)\n    return", "            model.train(was)\n            return"),
        ),
        Wrong(
            "should have the shape",
            EVALUATE.replace("    was = model.training", "    classes = 2\n    was = model.training").replace(
                "counts[truth, answer] += 1", "counts[min(truth, 1), min(answer, 1)] += 1"
            ),
        ),
        Wrong(
            "should have the shape",
            EVALUATE.replace("torch.zeros(classes, classes,", "torch.zeros(int(y.max()) + 1, classes,"),
        ),
        Wrong("in another order", EVALUATE.replace("torch.cat(losses)", "torch.cat(losses).sort().values")),
        Wrong("other order|rows|reverse", EVALUATE.replace("torch.cat(losses)", "torch.cat(losses).flip(0)")),
        Wrong(
            "softmax came before",
            EVALUATE.replace("F.cross_entropy(logits, b,", "F.cross_entropy(logits.softmax(1), b,"),
        ),
        Wrong(
            "infinite, since the logits are large",
            EVALUATE.replace(
                'F.cross_entropy(logits, b, reduction="none")', "-logits.softmax(1)[torch.arange(len(b)), b].log()"
            ),
        ),
        Wrong(
            "infinite, since the logits are large",
            EVALUATE.replace(
                'F.cross_entropy(logits, b, reduction="none")',
                'F.nll_loss(torch.log(F.softmax(logits, dim=1)), b, reduction="none")',
            ),
        ),
        Wrong(
            "nan or infinite",
            EVALUATE.replace(
                'F.cross_entropy(logits, b, reduction="none")',
                "logits.exp().sum(1).log() - logits.gather(1, b[:, None])[:, 0]",
            ),
        ),
        Wrong(
            "should be",
            EVALUATE.replace(
                'F.cross_entropy(logits, b, reduction="none")',
                "-(logits.softmax(1)[torch.arange(len(b)), b] + 1e-8).log()",
            ),
        ),
        Wrong(
            "losses of a batch are their mean",
            EVALUATE.replace(
                'F.cross_entropy(logits, b, reduction="none")', "F.cross_entropy(logits, b).repeat(len(b))"
            ),
        ),
        Wrong("no `augment` and no other scaling", EVALUATE.replace("to_input(a)", "to_input(augment(a))")),
        Wrong(
            "losses are those of the predicted class",
            EVALUATE.replace("F.cross_entropy(logits, b,", "F.cross_entropy(logits, logits.argmax(1),"),
        ),
        Wrong(
            "All losses are their mean",
            EVALUATE.replace("torch.cat(losses)", "torch.cat(losses).mean().expand(len(y))"),
        ),
        Wrong("counts the smallest logit", EVALUATE.replace("argmax", "argmin")),
        Wrong("integer tensor", EVALUATE.replace("return counts,", "return counts / counts.sum(),")),
        Wrong(
            "was never asked",
            EVALUATE.replace("def evaluate(model, x", "def evaluate(net, x").replace(
                "    was = model.training",
                "    model = nn.Sequential(nn.Flatten(), nn.LazyLinear(classes))\n    was = model.training",
            ),
        ),
        Wrong(
            "requires_grad",
            EVALUATE.replace("    model.train(was)", "    model.train(was)\n    model.requires_grad_(False)"),
        ),
        Wrong("1.01 times", EVALUATE.replace("torch.cat(losses)", "torch.cat(losses) * 1.01")),
        Wrong("float32", EVALUATE.replace("torch.cat(losses)", "torch.cat(losses).half()")),
        Wrong("changed the y", EVALUATE.replace("    model.train(was)", "    model.train(was)\n    y.zero_()")),
        Wrong(
            "was asked about 100 of 150|was asked about",
            EVALUATE.replace("zip(x.split(50), y.split(50))", "zip(x.split(50)[:1], y.split(50)[:1])"),
        ),
        Wrong("add up to", EVALUATE.replace("counts[truth, answer] += 1", "counts[truth, answer] += 2")),
        Wrong("other numbers than to_input", EVALUATE.replace("to_input(a)", "a.float().to(device) / 255")),
        Right(EVALUATE.replace("dtype=torch.int64", "dtype=torch.int32")),
        Right("""def evaluate(model, x, y, classes):
    was = model.training
    try:
        model.eval()
        with torch.inference_mode():
            z = torch.cat([model(to_input(x[rows])).cpu() for rows in torch.arange(len(x)).split(50)])
    finally:
        model.train(was)
    counts = torch.zeros(classes, classes).index_put_((y, z.argmax(1)), torch.ones(len(y)), accumulate=True)
    return counts.long(), z.logsumexp(dim=1) - z.gather(1, y[:, None]).squeeze(1)"""),
        Right("""def evaluate(model, x, y, classes):
    was = model.training
    model.eval()
    z = []
    for part in x.split(32):
        with torch.no_grad(), torch.autocast(device.type, torch.bfloat16):
            z.append(model(to_input(part)).float().cpu())
    model.train(was)
    z = torch.cat(z)
    counts = torch.histc((classes * y + z.argmax(1)).float(), classes**2, 0, classes**2 - 1).reshape(classes, -1)
    return counts.to(torch.int64), F.cross_entropy(z, y, reduction="none")"""),
    ],
    "8.7": [
        Wrong(
            "norm_mix.weight is twice in a group",
            """def decay_groups(model, weight_decay):
    weights, others = [], []
    for layer in model.modules():
        for p in layer.parameters(recurse=False):
            if p.requires_grad:
                (weights if p.ndim >= 2 else others).append(p)
    return [dict(params=weights, weight_decay=weight_decay), dict(params=others, weight_decay=0)]""",
        ),
        Wrong(
            "bn.weight is in the first group, which is for two or more dimensions. It has 1",
            DECAY.replace("p.ndim >= 2", '"bias" not in name'),
        ),
        Wrong(
            "weight is a single number, a parameter of the network itself", DECAY.replace("p.ndim >= 2", "p.ndim != 1")
        ),
        Wrong(
            "Missing in the groups: weight, bias. They can learn. A name without a dot",
            DECAY.replace("if p.requires_grad", 'if p.requires_grad and "." in name'),
        ),
        Wrong(
            "but what it returns is of type AdamW",
            DECAY.replace("return [", "return torch.optim.AdamW([").replace("weight_decay=0)]", "weight_decay=0)])"),
        ),
    ],
    "8.8": [
        Wrong(
            "all similarities are 0. Was a nan replaced after `max`",
            """def most_similar(features, others):
    table = features @ others.T / (features.norm(dim=1)[:, None] * others.norm(dim=1))
    found = table.max(dim=1)
    return found.indices, found.values.nan_to_num(0)""",
        ),
        Wrong(
            "Were rows of zeros taken out",
            """def most_similar(features, others):
    kept = others[others.norm(dim=1) > 0]
    if len(kept) == 0:
        kept = others
    found = (F.normalize(features, dim=1) @ F.normalize(kept, dim=1).T).max(dim=1)
    return found.indices, found.values""",
        ),
        Wrong(
            "its similarity of 0 is left out",
            """def most_similar(features, others):
    table = F.normalize(features, dim=1) @ F.normalize(others, dim=1).T
    is_zero = others.norm(dim=1) == 0
    if not is_zero.all():
        table = table.masked_fill(is_zero, -2)
    found = table.max(dim=1)
    return found.indices, found.values""",
        ),
        Wrong("divides each column", SIMILAR.replace("dim=1) @", "dim=0) @").replace("others, dim=1", "others, dim=0")),
        Wrong(
            "length of the whole tensor", SIMILAR.replace(", dim=1)", ".flatten(), dim=0).view(-1, features.shape[1])")
        ),
        Wrong("not the sum of their sizes", SIMILAR.replace(", dim=1)", ", p=1, dim=1)")),
        Wrong("must not start at 0", SIMILAR.replace("found.values", "found.values.clamp(min=0)")),
        Wrong(
            "return the cosine itself",
            SIMILAR.replace("    found", "    similarities = similarities.softmax(1)\n    found"),
        ),
        Wrong(
            "not the sum of its numbers",
            """def most_similar(features, others):
    table = features @ others.T / (features.sum(dim=1)[:, None] * others.sum(dim=1))
    found = table.max(dim=1)
    return found.indices, found.values""",
        ),
        Wrong(
            "by the squares of the lengths",
            """def most_similar(features, others):
    lengths = features.square().sum(1)[:, None] * others.square().sum(1)
    found = (features @ others.T / lengths.clamp(min=1e-12)).max(dim=1)
    return found.indices, found.values""",
        ),
        Wrong(
            "rows at the smallest distance",
            """def most_similar(features, others):
    nearest = torch.cdist(features, others).argmin(dim=1)
    table = F.normalize(features, dim=1) @ F.normalize(others, dim=1).T
    return nearest, table[torch.arange(len(features)), nearest]""",
        ),
        Wrong(
            "must not start at 0|wrong|should be",
            """def most_similar(features, others):
    nearest, best = torch.zeros(len(features), dtype=torch.int64), torch.zeros(len(features))
    for i, row in enumerate(F.normalize(features, dim=1)):
        for j, other in enumerate(F.normalize(others, dim=1)):
            if row @ other > best[i]:
                nearest[i], best[i] = j, row @ other
    return nearest, best""",
        ),
        Right("""def most_similar(features, others):
    table = features @ others.T / (features.norm(dim=1)[:, None] * others.norm(dim=1))
    found = table.nan_to_num(0).max(dim=1)
    return found.indices, found.values"""),
    ],
}

for number, answers in MORE.items():
    ANSWERS[number] += answers
