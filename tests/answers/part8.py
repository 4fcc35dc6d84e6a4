"""Wrong and right answers to the exercises of Part 8."""

from lessons import Right, Wrong, solutions

HEAD = "class Block(nn.Module):\n    def __init__(self, i, o, stride=1):\n        super().__init__()\n"
BRANCH = """        self.a = nn.Conv2d(i, o, 3, stride, 1, bias=False)
        self.na = nn.BatchNorm2d(o)
        self.b = nn.Conv2d(o, o, 3, 1, 1, bias=False)
        self.nb = nn.BatchNorm2d(o)
"""
SHORT = """        self.s = nn.Sequential()
        if stride != 1 or i != o:
            self.s = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))
"""
FORWARD = "\n    def forward(self, x):\n        f = self.nb(self.b(F.relu(self.na(self.a(x)))))\n        return F.relu(f + self.s(x))"
BLOCK = HEAD + BRANCH + SHORT + FORWARD

W, S, H = "weights", "statistics", "head"
TRUTH = [[W, S, H], [S, H], [H], [S, H], [W]]


def moves(**changed):
    """Return the answer to 8.2 with some letters changed."""
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

SHAPES = (
    'shapes = dict(zip(["maps of layer4", "their gradient", "weights, with keepdim=True", '
    '"weights times maps", "the sum over the channels, dim=1"], {}))'
)

CAM = """def grad_cam(model, layer, x, label):
    kept = []
    hook = layer.register_forward_hook(lambda m, i, o: kept.append(o))
    logits = model(x.detach().clone().requires_grad_())
    hook.remove()
    slope = torch.autograd.grad(logits[0, label], kept[0])[0]
    w = slope.mean(dim=(2, 3), keepdim=True)
    return F.relu((w * kept[0]).sum(dim=1))[0].detach()"""

DISTILL = """def distill_loss(student, teacher, T):
    p = (teacher.detach() / T).softmax(dim=1)
    log_q = (student / T).log_softmax(dim=1)
    return T * T * (p * (p.log() - log_q)).sum(dim=1).mean()"""

QUANTIZE = """def quantize(weight):
    shape = (-1,) + (1,) * (weight.ndim - 1)
    scale = weight.abs().reshape(len(weight), -1).max(dim=1).values / 127
    scale = torch.where(scale == 0, torch.ones_like(scale), scale)
    return (weight / scale.view(shape)).round().clamp(-127, 127).to(torch.int8), scale"""


BATCH_LOSS = "def batch_loss(model, pictures, labels, device):\n    "
MOVED = "x = pictures.to(device).float() / 127.5 - 1\n    labels = labels.to(device)\n    "
WEIGHT = "weight = torch.tensor([1.0, 3.0], device=device)\n    "
LOSS = "return F.cross_entropy(model(x), labels, weight=weight)"

SOLVED = {number: source for number, (_, source) in solutions("8").items()}

ANSWERS = {
    "8.1": [
        Wrong("shortcut is missing", BLOCK.replace("f + self.s(x)", "f")),
        Wrong("ReLU comes last", BLOCK.replace("F.relu(f + self.s(x))", "F.relu(f) + self.s(x)")),
        Wrong("ReLU comes last", BLOCK.replace("F.relu(f + self.s(x))", "f + self.s(x)")),
        Wrong("needs a projection", HEAD + BRANCH + "        self.s = nn.Identity()\n" + FORWARD),
        Wrong("needs a projection", BLOCK.replace("stride != 1 or i != o", "stride != 1")),
        Wrong("the shape changes too", BLOCK.replace("stride != 1 or i != o", "i != o")),
        Wrong("should be 2 convolutions", BLOCK.replace("if stride != 1 or i != o", "if True")),
        Wrong("One batch norm after each", BLOCK.replace("self.nb = nn.BatchNorm2d(o)", "self.nb = nn.Identity()")),
        Wrong(
            "ReLU between the two convolutions is missing",
            BLOCK.replace("F.relu(self.na(self.a(x)))", "self.na(self.a(x))"),
        ),
        Wrong("in this order", BLOCK.replace("F.relu(self.na(self.a(x)))", "self.na(F.relu(self.a(x)))")),
        Wrong("not 3 × 3", BLOCK.replace("o, o, 3, 1, 1", "o, o, 1, 1, 0")),
        Wrong("projection has one as well", BLOCK.replace(", bias=False), nn.BatchNorm2d(o))", ", bias=False))")),
        Wrong("forward returns nothing", BLOCK.replace("return F", "F")),
        Wrong(
            "There are no convolutions",
            "class Block(nn.Module):\n    def __init__(self, i, o, stride=1):\n        super().__init__()\n\n    def forward(self, x):\n        return x",
        ),
        Wrong("padding=1 for each", BLOCK.replace("i, o, 3, stride, 1,", "i, o, 3, stride,")),
        Wrong(
            "padding=1 for each",
            BLOCK.replace("i, o, 3, stride, 1,", "i, o, 3, stride,").replace("o, o, 3, 1, 1,", "o, o, 3, 1,"),
        ),
        Wrong("Made, but not used: nb.weight", BLOCK.replace("self.nb(self.b", "self.na(self.b")),
        Wrong("scale and shift", BLOCK.replace("nn.BatchNorm2d(o)", "nn.BatchNorm2d(o, affine=False)")),
        Wrong(
            "both have the stride",
            BLOCK.replace("nn.Conv2d(i, o, 1, stride, bias=False)", "nn.Conv2d(i, o, 1, bias=False)"),
        ),
        Wrong("both have the stride", BLOCK.replace("nn.Conv2d(i, o, 3, stride, 1,", "nn.Conv2d(i, o, 3, 1, 1,")),
        Wrong(
            "has the stride, not the second",
            BLOCK.replace("i, o, 3, stride, 1,", "i, o, 3, 1, 1,").replace("o, o, 3, 1, 1,", "o, o, 3, stride, 1,"),
        ),
        Wrong("no ReLU on the shortcut", BLOCK.replace("f + self.s(x)", "f + F.relu(self.s(x))")),
        Wrong("no ReLU at the end of the branch", BLOCK.replace("f + self.s(x)", "F.relu(f) + self.s(x)")),
        Wrong(
            "no pooling",
            BLOCK.replace(
                "nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False)",
                "nn.Sequential(nn.AvgPool2d(stride), nn.Conv2d(i, o, 1, bias=False)",
            ),
        ),
        Right(BLOCK),
        Right(BLOCK.replace(", bias=False", "")),
        Right(
            HEAD
            + "        self.f = nn.Sequential(nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True), nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o))\n"
            + "        self.project = None if (i, stride) == (o, 1) else nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))\n"
            + "\n    def forward(self, x):\n        y = self.f(x)\n        y += x if self.project is None else self.project(x)\n        return torch.relu_(y)"
        ),
        Right(
            HEAD.replace("i, o,", "inputs, outputs,")
            + "        shortcut = None\n        if stride > 1 or inputs != outputs:\n"
            + "            shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))\n"
            + "        self.inner = BasicBlock(inputs, outputs, stride, shortcut)\n\n    def forward(self, x):\n        return self.inner(x)"
        ),
        Right(SOLVED["8.1"]),
    ],
    "8.2": [
        Wrong("A, statistics", moves(A=[W, H])),
        Wrong("B, statistics", moves(B=[H])),
        Wrong("B, weights", moves(B=[W, S, H])),
        Wrong("C, head", moves(C=[])),
        Wrong("C, statistics", moves(C=[S, H])),
        Wrong("D, statistics", moves(D=[H])),
        Wrong("D, weights", moves(D=[W, S, H])),
        Wrong("E, head", moves(E=[W, H])),
        Wrong("E, weights", moves(E=[])),
        Wrong("only the words", moves(A=["everything"])),
        Wrong("a list, such as", moves(C="head")),
        Wrong("Keep the five letters", "moves = {'A': ['head']}"),
        Right(moves()),
        Right(
            'moves = {"A": {"head", "weights", "statistics"}, "B": {"head", "statistics"}, "C": {"head"}, "D": {"statistics", "head"}, "E": {"weights"}}'
        ),
        Right("moves = {letter: tuple(truth_of(letter)) for letter in 'ABCDE'}"),
    ],
    "8.3": [
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
        Wrong("statistics moved", SWAP.replace("    net.eval()\n", "")),
        Wrong("statistics moved", SWAP.replace("net.eval()", "net.train()")),
        Wrong("copy.deepcopy it first", SWAP.replace("copy.deepcopy(network)", "network")),
        Wrong("no longer as it was|copy.deepcopy", SWAP.replace("copy.deepcopy(network)", "copy.copy(network)")),
        Wrong("learning rate should be 0.01", SWAP.replace(", lr=0.01", "")),
        Wrong("AdamW, please", SWAP.replace("AdamW", "SGD")),
        Wrong(r"not \(3, 4\)", SWAP.replace("net.fc.in_features, classes", "net.fc.in_features, 2")),
        Wrong(
            "Return two things",
            SWAP.replace("return net, torch.optim.AdamW(net.fc.parameters(), lr=0.01)", "return net"),
        ),
        Wrong("returns nothing", SWAP.replace("return net, ", "")),
        Wrong(
            "First the network",
            SWAP.replace(
                "return net, torch.optim.AdamW(net.fc.parameters(), lr=0.01)",
                "return torch.optim.AdamW(net.fc.parameters(), lr=0.01), net",
            ),
        ),
        Wrong("holds less than the head", SWAP.replace("AdamW(net.fc.parameters()", "AdamW([net.fc.weight]")),
        Wrong("in eval.. mode now", SWAP.replace("    net = copy", "    network.eval()\n    net = copy")),
        Wrong(
            "lost bn.running_mean.*statistics too",
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
        Right(SOLVED["8.3"]),
    ],
    "8.4": [
        Wrong("statistics of batch norm moved", CACHE.replace("    backbone.eval()\n", "")),
        Wrong("statistics of batch norm moved", CACHE.replace("backbone.eval()", "backbone.train()")),
        Wrong(
            "varied by chance",
            CACHE.replace("to_input(pictures[start : start + 50])", "to_input(vary(pictures[start : start + 50]))"),
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
            "other numbers than to_input|another order",
            CACHE.replace("    found = []", "    found = []\n    pictures = pictures[torch.randperm(len(pictures))]"),
        ),
        Wrong("should be float32", CACHE.replace(".cpu()", ".cpu().half()")),
        Wrong(
            "wants floats",
            CACHE.replace("to_input(pictures[start : start + 50])", "pictures[start : start + 50].to(device)"),
        ),
        Wrong(
            "53 pictures at once: at most 50",
            "def cache_features(net, x):\n    net.eval()\n    with torch.no_grad():\n        return torch.cat([net(to_input(part)).cpu() for part in x.chunk(50)])",
        ),
        Wrong(
            "switched off now",
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
    backbone = backbone.train(False).requires_grad_(False)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(pictures), batch_size=50)
    with in_bfloat16():
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
    "8.5": [
        Wrong("same learning rate", GROUPS.replace("lr=lr / factor", "lr=lr")),
        Wrong(
            "in both groups",
            "def two_groups(model, lr, factor):\n    return [dict(params=model.parameters(), lr=lr / factor), dict(params=model.fc.parameters(), lr=lr)]",
        ),
        Wrong("fcn.bias is frozen", GROUPS.replace("if p.requires_grad", "if True")),
        Wrong("fcn is not the head", GROUPS.replace('name.split(".")[0] == "fc"', 'name.startswith("fc")')),
        Wrong("is not the head", GROUPS.replace('name.split(".")[0] == "fc"', '"fc" in name')),
        Wrong("block.fc is not the head", GROUPS.replace('name.split(".")[0] == "fc"', '"fc." in name')),
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
        Wrong("frozen or thawed", GROUPS.replace("    head, rest", "    model.requires_grad_(True)\n    head, rest")),
        Wrong(
            "frozen or thawed",
            GROUPS.replace("    return", "    for p in rest:\n        p.requires_grad = False\n    return"),
        ),
        Wrong(
            "in compares tensors",
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
            "list of two dictionaries",
            GROUPS.replace("return [dict(params=rest, lr=lr / factor), dict(params=head, lr=lr)]", "return rest, head"),
        ),
        Wrong("second group should be the head|Missing", GROUPS.replace("(head if", "(rest if")),
        Wrong("returns nothing", GROUPS.replace("return ", "")),
        Wrong("needs the keys", GROUPS.replace("dict(params=head, lr=lr)", "dict(params=head)")),
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
        Right(SOLVED["8.5"]),
    ],
    "8.6": [
        Wrong(
            "pictures stay behind",
            BATCH_LOSS + "model.to(device)\n    x = pictures.float() / 127.5 - 1\n"
            "    weight = torch.tensor([1.0, 3.0])\n    " + LOSS,
        ),
        Wrong(
            "pictures stay behind.*is it kept",
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
            "weights 1 and 3 got lost",
            BATCH_LOSS + "model.to(device)\n    " + MOVED + "return F.cross_entropy(model(x), labels)",
        ),
        Wrong("as a tensor", BATCH_LOSS + "model.to(device)\n    " + MOVED + WEIGHT + LOSS + ".item()"),
        Wrong("lost its gradients", BATCH_LOSS + "model.to(device)\n    " + MOVED + WEIGHT + LOSS + ".detach()"),
        Wrong("leave the loss there", BATCH_LOSS + "model.to(device)\n    " + MOVED + WEIGHT + LOSS + ".cpu()"),
        Wrong(
            "returns nothing",
            BATCH_LOSS + "model.to(device)\n    " + MOVED + WEIGHT + "F.cross_entropy(model(x), labels, weight=weight)",
        ),
        Wrong("eval.. mode now", BATCH_LOSS + "model.to(device)\n    model.eval()\n    " + MOVED + WEIGHT + LOSS),
        Wrong(
            "gradients in the network changed",
            BATCH_LOSS + "model.to(device)\n    model.zero_grad()\n    " + MOVED + WEIGHT + LOSS,
        ),
        Wrong(
            "gradients in the network changed",
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
    "8.7": [
        Wrong("in train.. mode: eval", EVALUATE.replace("    model.eval()\n", "")),
        Wrong("put its mode back", EVALUATE.replace("    model.train(was)\n", "")),
        Wrong("eval.. mode before, and is in train", EVALUATE.replace("model.train(was)", "model.train()")),
        Wrong("at most 50", EVALUATE.replace("split(50)", "split(1000)")),
        Wrong("carry a graph", EVALUATE.replace("torch.inference_mode()", "torch.enable_grad()")),
        Wrong("One loss for each picture", EVALUATE.replace("torch.cat(losses)", "torch.cat(losses).mean()")),
        Wrong("One loss for each picture", EVALUATE.replace(', reduction="none"))', ").view(1))")),
        Wrong("Rows and columns are swapped", EVALUATE.replace("counts[truth, answer]", "counts[answer, truth]")),
        Wrong("also for a class that is never true", EVALUATE.replace("return counts,", "return counts[:2, :2],")),
        Wrong("whole numbers", EVALUATE.replace("dtype=torch.int64", "dtype=torch.float32")),
        Wrong(
            "add up to",
            EVALUATE.replace(
                "        for a, b in zip(x.split(50), y.split(50)):",
                "        for a, b in zip(x[:2500].split(50), y[:2500].split(50)):",
            ).replace("return counts, torch.cat(losses)", "return counts, torch.cat([*losses, torch.zeros(105)])"),
        ),
        Wrong(
            "losses are not those", EVALUATE.replace("model(to_input(a)).cpu()", "model(to_input(a)).cpu().softmax(1)")
        ),
        Wrong("Return two tensors", EVALUATE.replace("return counts, torch.cat(losses)", "return counts")),
        Wrong("returns nothing", EVALUATE.replace("return counts, torch.cat(losses)", "counts")),
        Wrong("wants floats", EVALUATE.replace("to_input(a)", "a")),
        Wrong("53 pictures at once: at most 50", EVALUATE.replace("split(50)", "chunk(50)")),
        Wrong(
            "switched off now",
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
        Right(SOLVED["8.7"]),
    ],
    "8.8": [
        Wrong(
            "that is for a picture of 128",
            SHAPES.format("[(1, 512, 4, 4)] * 2 + [(1, 512, 1, 1), (1, 512, 4, 4), (1, 4, 4)]"),
        ),
        Wrong(
            "32 times smaller",
            SHAPES.format("[(1, 512, 14, 14)] * 2 + [(1, 512, 1, 1), (1, 512, 14, 14), (1, 14, 14)]"),
        ),
        Wrong(
            "one number for each number",
            SHAPES.format("[(1, 512, 7, 7), (1, 512), (1, 512, 1, 1), (1, 512, 7, 7), (1, 7, 7)]"),
        ),
        Wrong(
            "keepdim leaves a 1", SHAPES.format("[(1, 512, 7, 7), (1, 512, 7, 7), (1, 512), (1, 512, 7, 7), (1, 7, 7)]")
        ),
        Wrong(
            "broadcasting stretches",
            SHAPES.format("[(1, 512, 7, 7), (1, 512, 7, 7), (1, 512, 1, 1), (1, 512, 1, 1), (1, 7, 7)]"),
        ),
        Wrong(
            "that dimension is gone",
            SHAPES.format("[(1, 512, 7, 7), (1, 512, 7, 7), (1, 512, 1, 1), (1, 512, 7, 7), (1, 1, 7, 7)]"),
        ),
        Wrong("wants a tuple", SHAPES.format("[512 * 49] * 5")),
        Wrong("Keep the five lines", "shapes = {'maps of layer4': (1, 512, 7, 7)}"),
        Right(SHAPES.format("[(1, 512, 7, 7), (1, 512, 7, 7), (1, 512, 1, 1), (1, 512, 7, 7), (1, 7, 7)]")),
        Right(SHAPES.format("[[1, 512, 7, 7], [1, 512, 7, 7], [1, 512, 1, 1], [1, 512, 7, 7], [1, 7, 7]]")),
        Right(
            SHAPES.format(
                "[torch.Size([1, 512, 7, 7])] * 2 + [torch.Size([1, 512, 1, 1]), torch.Size([1, 512, 7, 7]), torch.Size([1, 7, 7])]"
            )
        ),
        Right(  # 224 / 32 is 7.0: floats are accepted
            SHAPES.format("[(1, 512, 224 / 32, 7.0), (1, 512, 7, 7), (1, 512, 1, 1), (1, 512, 7, 7), (1, 7, 7)]")
        ),
    ],
    "8.9": [
        Wrong("relu at the end", CAM.replace("F.relu((w * kept[0]).sum(dim=1))", "(w * kept[0]).sum(dim=1)")),
        Wrong("abs makes", CAM.replace("F.relu((w * kept[0]).sum(dim=1))", "(w * kept[0]).sum(dim=1).abs()")),
        Wrong("not averaged over the places", CAM.replace("slope.mean(dim=(2, 3), keepdim=True)", "slope")),
        Wrong("without their weights", CAM.replace("(w * kept[0])", "kept[0]")),
        Wrong("That is the map for class 0", CAM.replace("logits[0, label]", "logits[0, 0]")),
        Wrong("carries a graph", CAM.replace(".detach()\n", "\n").replace("[0].detach()", "[0] + 0 * logits.sum()")),
        Wrong("A hook is left", CAM.replace("    hook.remove()\n", "")),
        Wrong(
            "Gradients are left",
            CAM.replace(
                "    slope = torch.autograd.grad(logits[0, label], kept[0])[0]",
                "    kept[0].retain_grad()\n    logits[0, label].backward()\n    slope = kept[0].grad",
            ),
        ),
        Wrong("fails for a frozen network", CAM.replace("x.detach().clone().requires_grad_()", "x")),
        Wrong("one map .h, w.", CAM.replace("[0].detach()", ".detach()")),
        Wrong("returns nothing", CAM.replace("return F", "F")),
        Wrong(
            "Use the layer that is given|should be .6, 6.",
            CAM.replace("layer.register", "model[1].register").replace("F.relu((w", "F.relu((w"),
        ),
        Wrong("gradient of the probability", CAM.replace("logits[0, label]", "logits.softmax(dim=1)[0, label]")),
        Wrong("or its logarithm", CAM.replace("logits[0, label]", "logits.log_softmax(dim=1)[0, label]")),
        Wrong("gradient of all logits", CAM.replace("logits[0, label]", "logits.sum()")),
        Wrong("That is the map for class 1", CAM.replace("logits[0, label]", "logits[0, 1]")),
        Wrong(
            "after the sum over the maps",
            CAM.replace("F.relu((w * kept[0]).sum(dim=1))", "F.relu(w * kept[0]).sum(dim=1)"),
        ),
        Wrong(
            "over the places, not over the maps",
            CAM.replace("slope.mean(dim=(2, 3), keepdim=True)", "slope.mean(dim=1, keepdim=True)"),
        ),
        Wrong("frozen or thawed", CAM.replace("    kept = []", "    kept = []\n    model.requires_grad_(True)")),
        Wrong("frozen or thawed", CAM.replace("    kept = []", "    kept = []\n    model.requires_grad_(False)")),
        Wrong("The mode of the network", CAM.replace("    kept = []", "    kept = []\n    model.train()")),
        Wrong("x itself requires a gradient", CAM.replace("x.detach().clone().requires_grad_()", "x.requires_grad_()")),
        Right(CAM),
        Right("""def grad_cam(model, layer, x, label):
    store = {}
    def note(module, given, out):
        store["maps"] = out
        out.register_hook(lambda slope: store.update(slope=slope)) if out.requires_grad else None
    handle = layer.register_forward_hook(note)
    try:
        score = model(x.clone().requires_grad_())[:, label].sum()
        torch.autograd.grad(score, store["maps"])
    finally:
        handle.remove()
    heat = torch.einsum("c,chw->hw", store["slope"][0].mean(dim=(1, 2)), store["maps"][0]).clamp(min=0)
    return (heat / heat.max()).detach()"""),
        Right("""def grad_cam(model, layer, x, label):
    kept = []
    hook = layer.register_forward_hook(lambda m, i, o: kept.append(o))
    model.zero_grad()
    with torch.enable_grad():
        x = x.clone().requires_grad_()
        logits = model(x)
    hook.remove()
    kept[0].retain_grad()
    logits[0, label].backward()
    model.zero_grad()
    heat = sum(g.mean() * a for g, a in zip(kept[0].grad[0], kept[0][0]))
    return heat.relu().detach()"""),
        Right(SOLVED["8.9"]),
        Right(CAM.replace("(w * kept[0]).sum(dim=1)", "(w * kept[0]).mean(dim=1)")),  # any scale is allowed
    ],
    "8.10": [
        Wrong("factor T squared is missing", DISTILL.replace("T * T * ", "")),
        Wrong("not times T", DISTILL.replace("T * T * ", "T * ")),
        Wrong(
            "divide both logits by T",
            DISTILL.replace("(teacher.detach() / T)", "teacher.detach()").replace("(student / T)", "student"),
        ),
        Wrong(
            "are swapped",
            DISTILL.replace("teacher.detach()", "student").replace("(student / T).log", "(teacher.detach() / T).log"),
        ),
        Wrong("sum over the pictures", DISTILL.replace(".sum(dim=1).mean()", ".sum()")),
        Wrong("mean over the classes", DISTILL.replace(".sum(dim=1).mean()", ".mean()")),
        Wrong("gradient goes to the teacher", DISTILL.replace(".detach()", "")),
        Wrong("No gradient goes to the student", DISTILL.replace("(student / T)", "(student.detach() / T)")),
        Wrong("returns nothing", DISTILL.replace("return ", "")),
        Wrong("Return one number", DISTILL.replace(".mean()", "")),
        Wrong("wrong for T = 2", DISTILL.replace("T * T * ", "9 * ")),
        Wrong("wrong for T = 2", DISTILL.replace("/ T)", "/ 3)")),
        Wrong("without the underscore", DISTILL.replace("teacher.detach()", "teacher.detach_()")),
        Wrong("log_target=True", SOLVED["8.10"].replace("log_target=True, ", "")),
        Wrong("log_softmax, not as softmax", SOLVED["8.10"].replace("F.log_softmax(student", "F.softmax(student")),
        Wrong("Only the teacher is softened", DISTILL.replace("(student / T)", "student")),
        Wrong("Only the student is softened", DISTILL.replace("(teacher.detach() / T)", "teacher.detach()")),
        Wrong("That is the cross-entropy", DISTILL.replace("(p * (p.log() - log_q))", "(-p * log_q)")),
        Right(DISTILL),
        Right("""def distill_loss(student, teacher, T):
    with torch.no_grad():
        p = F.softmax(teacher / T, dim=-1)
    return nn.KLDivLoss(reduction="batchmean")(F.log_softmax(student / T, dim=-1), p) * T**2"""),
        Right("""def distill_loss(student, teacher, T):
    p = F.softmax(teacher.detach() / T, dim=1)
    return T**2 * (F.cross_entropy(student / T, p) - F.cross_entropy(teacher.detach() / T, p))"""),
        Right(SOLVED["8.10"]),
    ],
    "8.11": [
        Wrong(
            "One scale for all",
            """def quantize(weight):
    scale = weight.abs().max() / 127
    return (weight / scale).round().to(torch.int8), scale""",
        ),
        Wrong(
            "nan or infinite|channel of zeros",
            QUANTIZE.replace("    scale = torch.where(scale == 0, torch.ones_like(scale), scale)\n", "").replace(
                "/ 127", "/ 127 / (weight.flatten(1).abs().amax(1) > 0)"
            ),
        ),
        Wrong("nearest, do not cut off", QUANTIZE.replace(".round()", ".trunc()")),
        Wrong(
            "128 does not fit|should become 127",
            QUANTIZE.replace("/ 127", "/ 128").replace(
                ".clamp(-127, 127).to(torch.int8)", ".to(torch.int32).to(torch.int8)"
            ),
        ),
        Wrong("should hold int8", QUANTIZE.replace(".to(torch.int8)", "")),
        Wrong(
            "should be .outputs.",
            QUANTIZE.replace(', scale"""', "").replace("torch.int8), scale", "torch.int8), scale.view(shape)"),
        ),
        Wrong("should become 127", QUANTIZE.replace("/ 127", "/ 100")),
        Wrong("largest / 127", QUANTIZE.replace("torch.int8), scale", "torch.int8), 1 / scale")),
        Wrong("Return two tensors", QUANTIZE.replace("torch.int8), scale", "torch.int8)")),
        Wrong("returns nothing", QUANTIZE.replace("return ", "")),
        Wrong("abs.. first", QUANTIZE.replace("weight.abs().reshape", "weight.reshape")),
        Wrong("int8 has 127", QUANTIZE.replace("/ 127", "/ 255").replace(".clamp(-127, 127)", "")),
        Wrong("scale should be float32", QUANTIZE.replace("torch.int8), scale", "torch.int8), scale.double()")),
        Wrong("scale should be float32", QUANTIZE.replace("torch.int8), scale", "torch.int8), scale.half()")),
        Wrong("channel of small weights", SOLVED["8.11"].replace("min=1e-12", "min=0.01")),
        Right(QUANTIZE),
        Right("""def quantize(weight):
    q, scales = torch.zeros(weight.shape, dtype=torch.int8), torch.zeros(len(weight))
    for i, channel in enumerate(weight):
        largest = channel.abs().max().item()
        if largest > 0:
            scales[i] = largest / 127
            q[i] = torch.round(channel / scales[i]).to(torch.int8)
    return q, scales"""),
        Right("""def quantize(w):
    flat = w.flatten(1)
    scale = flat.abs().max(1, keepdim=True)[0].clamp_min(1e-12) / 127
    return torch.round(flat / scale).view_as(w).char(), scale.squeeze(1)"""),
        Right(SOLVED["8.11"]),
    ],
}
