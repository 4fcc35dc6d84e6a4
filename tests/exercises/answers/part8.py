"""Wrong and right answers to the exercises of Part 8."""

from answer_kinds import Right, Wrong

from exercises.answers import answers_of

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

SAFE = """def distill_loss(student, teacher, T):
    log_p = F.log_softmax(teacher.detach() / T, dim=1)
    log_q = F.log_softmax(student / T, dim=1)
    return T**2 * F.kl_div(log_q, log_p, log_target=True, reduction="batchmean")"""

QUANTIZE = """def quantize(weight):
    shape = (-1,) + (1,) * (weight.ndim - 1)
    scale = weight.abs().reshape(len(weight), -1).max(dim=1).values / 127
    scale = torch.where(scale == 0, torch.ones_like(scale), scale)
    return (weight / scale.view(shape)).round().clamp(-127, 127).to(torch.int8), scale"""


BATCH_LOSS = "def batch_loss(model, pictures, labels, device):\n    "
MOVED = "x = pictures.to(device).float() / 127.5 - 1\n    labels = labels.to(device)\n    "
WEIGHT = "weight = torch.tensor([1.0, 3.0], device=device)\n    "
LOSS = "return F.cross_entropy(model(x), labels, weight=weight)"

SOLVED = {number: found.source for number, found in answers_of("8").items()}

ANSWERS = {
    "8.1": [
        Wrong("shortcut is missing", BLOCK.replace("f + self.s(x)", "f")),
        Wrong("ReLU comes last", BLOCK.replace("F.relu(f + self.s(x))", "F.relu(f) + self.s(x)")),
        Wrong("ReLU comes last", BLOCK.replace("F.relu(f + self.s(x))", "f + self.s(x)")),
        Wrong("needs a projection", HEAD + BRANCH + "        self.s = nn.Identity()\n" + FORWARD),
        Wrong("needs a projection", BLOCK.replace("stride != 1 or i != o", "stride != 1")),
        Wrong(
            r"Block\(4, 4, 2\) needs a projection.*stride makes the maps smaller",
            BLOCK.replace("stride != 1 or i != o", "i != o"),
        ),
        Wrong(r"shortcut of Block\(4, 4\) should be x itself", BLOCK.replace("if stride != 1 or i != o", "if True")),
        Wrong(
            "should have 2 batch norms, one after each convolution, and it has 1",
            BLOCK.replace("self.nb = nn.BatchNorm2d(o)", "self.nb = nn.Identity()"),
        ),
        Wrong(
            "ReLU between the two convolutions is missing",
            BLOCK.replace("F.relu(self.na(self.a(x)))", "self.na(self.a(x))"),
        ),
        Wrong(
            "Batch norm comes before ReLU", BLOCK.replace("F.relu(self.na(self.a(x)))", "self.na(F.relu(self.a(x)))")
        ),
        Wrong("should have two 3 × 3 convolutions, and it has 1", BLOCK.replace("o, o, 3, 1, 1", "o, o, 1, 1, 0")),
        Wrong("has a bias: bias=False", BLOCK.replace(", bias=False", "")),
        Wrong("has a bias: bias=False", BLOCK.replace("o, 1, stride, bias=False", "o, 1, stride")),
        Wrong("projection has one as well", BLOCK.replace(", bias=False), nn.BatchNorm2d(o))", ", bias=False))")),
        Wrong("`forward` returns nothing", BLOCK.replace("return F", "F")),
        Wrong(
            "There are no convolutions",
            "class Block(nn.Module):\n    def __init__(self, i, o, stride=1):\n        super().__init__()\n\n    def forward(self, x):\n        return x",
        ),
        Wrong(
            "first 3 × 3 convolution should make.*padding=1", BLOCK.replace("i, o, 3, stride, 1,", "i, o, 3, stride,")
        ),
        Wrong("second 3 × 3 convolution should make.*padding=1", BLOCK.replace("o, o, 3, 1, 1,", "o, o, 3, 1,")),
        Wrong(
            "first 3 × 3 convolution should make.*padding=1",
            BLOCK.replace("i, o, 3, stride, 1,", "i, o, 3, stride,").replace("o, o, 3, 1, 1,", "o, o, 3, 1,"),
        ),
        Wrong("no gradient reaches it: nb.weight, nb.bias", BLOCK.replace("self.nb(self.b", "self.na(self.b")),
        Wrong("scale and shift", BLOCK.replace("nn.BatchNorm2d(o)", "nn.BatchNorm2d(o, affine=False)")),
        Wrong(
            "the projection should make.*the same stride as the branch",
            BLOCK.replace("nn.Conv2d(i, o, 1, stride, bias=False)", "nn.Conv2d(i, o, 1, bias=False)"),
        ),
        Wrong(
            "first 3 × 3 convolution should make.*it has the stride",
            BLOCK.replace("nn.Conv2d(i, o, 3, stride, 1,", "nn.Conv2d(i, o, 3, 1, 1,"),
        ),
        Wrong(
            "first 3 × 3 convolution should make.*it has the stride",
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
        Right(SOLVED["8.3"]),
    ],
    "8.4": [
        Wrong("statistics of batch norm moved", CACHE.replace("    backbone.eval()\n", "")),
        Wrong("statistics of batch norm moved", CACHE.replace("backbone.eval()", "backbone.train()")),
        Wrong(
            "no `vary` and no other scaling",
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
    "8.7": [
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
        Wrong("whole numbers", EVALUATE.replace("dtype=torch.int64", "dtype=torch.float32")),
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
        Wrong("maps of layer4: write a tuple", SHAPES.format("[512 * 49] * 5")),
        Wrong("The line 'their gradient' is missing", "shapes = {'maps of layer4': (1, 512, 7, 7)}"),
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
        Wrong("relu comes at the end", CAM.replace("F.relu((w * kept[0]).sum(dim=1))", "(w * kept[0]).sum(dim=1)")),
        Wrong("abs makes", CAM.replace("F.relu((w * kept[0]).sum(dim=1))", "(w * kept[0]).sum(dim=1).abs()")),
        Wrong("gradient is not averaged", CAM.replace("slope.mean(dim=(2, 3), keepdim=True)", "slope")),
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
        Wrong(r"should have the shape \(7, 6\).*has \(1, 7, 6\)", CAM.replace("[0].detach()", ".detach()")),
        Wrong("returns nothing", CAM.replace("return F", "F")),
        Wrong(
            "should have the shape|heat map is not",
            CAM.replace("layer.register", "list(model.children())[0].register"),
        ),
        Wrong("gradient of the probability", CAM.replace("logits[0, label]", "logits.softmax(dim=1)[0, label]")),
        Wrong("of its logarithm", CAM.replace("logits[0, label]", "logits.log_softmax(dim=1)[0, label]")),
        Wrong("gradient of all logits", CAM.replace("logits[0, label]", "logits.sum()")),
        Wrong("That is the map for class 1", CAM.replace("logits[0, label]", "logits[0, 1]")),
        Wrong(
            "after the sum over the maps",
            CAM.replace("F.relu((w * kept[0]).sum(dim=1))", "F.relu(w * kept[0]).sum(dim=1)"),
        ),
        Wrong(
            "averaged over the maps",
            CAM.replace("slope.mean(dim=(2, 3), keepdim=True)", "slope.mean(dim=1, keepdim=True)"),
        ),
        Wrong("frozen or thawed", CAM.replace("    kept = []", "    kept = []\n    model.requires_grad_(True)")),
        Wrong("frozen or thawed", CAM.replace("    kept = []", "    kept = []\n    model.requires_grad_(False)")),
        Wrong("in another mode now", CAM.replace("    kept = []", "    kept = []\n    model.train()")),
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
    return (heat / heat.max().clamp(min=1e-9)).detach()"""),
        Right("""def grad_cam(model, layer, x, label):
    kept = []
    hook = layer.register_forward_hook(lambda m, i, o: kept.append(o))
    with torch.enable_grad():
        x = x.clone().requires_grad_()
        logits = model(x)
    hook.remove()
    kept[0].retain_grad()
    logits[0, label].backward(inputs=kept[0])
    heat = sum(g.mean() * a for g, a in zip(kept[0].grad[0], kept[0][0]))
    return heat.relu().detach()"""),
        Right(SOLVED["8.9"]),
        Right(CAM.replace("(w * kept[0]).sum(dim=1)", "(w * kept[0]).mean(dim=1)")),  # any scale is allowed
    ],
    "8.10": [
        Wrong("factor T squared is missing", DISTILL.replace("T * T * ", "")),
        Wrong("it is times T", DISTILL.replace("T * T * ", "T * ")),
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
        Wrong("should be one number", DISTILL.replace(".mean()", "")),
        Wrong("multiplied by 9, whatever T is", DISTILL.replace("T * T * ", "9 * ")),
        Wrong("divided by 3, whatever T is", DISTILL.replace("/ T)", "/ 3)")),
        Wrong("changes what it is given", DISTILL.replace("teacher.detach()", "teacher.detach_()")),
        Wrong("log_target=True", SOLVED["8.10"].replace("log_target=True, ", "")),
        Wrong("log_softmax, not as softmax", SOLVED["8.10"].replace("F.log_softmax(student", "F.softmax(student")),
        Wrong("Only the teacher is softened", DISTILL.replace("(student / T)", "student")),
        Wrong("Only the student is softened", DISTILL.replace("(teacher.detach() / T)", "teacher.detach()")),
        Wrong("That is the cross-entropy", DISTILL.replace("(p * (p.log() - log_q))", "(-p * log_q)")),
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
            "one scale for all weights",
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
        Wrong("do not cut off", QUANTIZE.replace(".round()", ".trunc()")),
        Wrong(
            "divided by 128, but int8 has 127",
            QUANTIZE.replace("/ 127", "/ 128").replace(
                ".clamp(-127, 127).to(torch.int8)", ".to(torch.int32).to(torch.int8)"
            ),
        ),
        Wrong("q should be of dtype torch.int8", QUANTIZE.replace(".to(torch.int8)", "")),
        Wrong(
            "a number for each output channel",
            QUANTIZE.replace(', scale"""', "").replace("torch.int8), scale", "torch.int8), scale.view(shape)"),
        ),
        Wrong("all values are 1.27 times", QUANTIZE.replace("/ 127", "/ 100")),
        Wrong("127 / the largest", QUANTIZE.replace("torch.int8), scale", "torch.int8), 1 / scale")),
        Wrong("Return two things, the tensors q and scale", QUANTIZE.replace("torch.int8), scale", "torch.int8)")),
        Wrong("returns nothing", QUANTIZE.replace("return ", "")),
        Wrong("take its size, abs", QUANTIZE.replace("weight.abs().reshape", "weight.reshape")),
        Wrong("int8 has 127", QUANTIZE.replace("/ 127", "/ 255").replace(".clamp(-127, 127)", "")),
        Wrong(
            "scale should be of dtype torch.float32",
            QUANTIZE.replace("torch.int8), scale", "torch.int8), scale.double()"),
        ),
        Wrong(
            "scale should be of dtype torch.float32",
            QUANTIZE.replace("torch.int8), scale", "torch.int8), scale.half()"),
        ),
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

LAZY = """class Block(nn.Module):
    def __init__(self, inputs, outputs, stride=1):
        super().__init__()
        self.branch = nn.Sequential(
            nn.LazyConv2d(outputs, 3, stride, 1, bias=False),
            nn.LazyBatchNorm2d(),
            nn.ReLU(),
            nn.LazyConv2d(outputs, 3, padding="same", bias=False),
            nn.LazyBatchNorm2d(),
        )
        self.shortcut = nn.Identity()
        if (inputs, 1) != (outputs, stride):
            self.shortcut = nn.Sequential(nn.LazyConv2d(outputs, 1, stride, bias=False), nn.LazyBatchNorm2d())

    def forward(self, x):
        return torch.relu(torch.add(self.branch(x), self.shortcut(x)))"""

MORE = {
    "8.1": [
        Wrong("a difference came out", BLOCK.replace("f + self.s(x)", "f - self.s(x)")),
        Wrong("their product came out|gives 0", BLOCK.replace("f + self.s(x)", "f * self.s(x)")),
        Wrong("Add branch and shortcut: their mean|should be", BLOCK.replace("f + self.s(x)", "(f + self.s(x)) / 2")),
        Wrong("changes the x", BLOCK.replace("f + self.s(x)", "self.s(x).add_(f)")),
        Wrong("gradient that reaches x", BLOCK.replace("f + self.s(x)", "f + self.s(x).detach()")),
        Wrong("in eval.* should be", BLOCK.replace("F.relu(f +", "F.relu6(f +")),
        Wrong("keep the dtype", BLOCK.replace("F.relu(f + self.s(x))", "F.relu(f + self.s(x)).double()")),
        Wrong(
            "parameters that the table does not have: scale",
            BLOCK.replace(BRANCH, BRANCH + "        self.scale = nn.Parameter(torch.ones(1))\n").replace(
                "f + self", "self.scale * f + self"
            ),
        ),
        Wrong("in train", BLOCK.replace("F.relu(f +", "F.relu(F.dropout(f, 0.5, self.training) +")),
        Wrong("should be x itself", BLOCK.replace("stride=1", "stride=2", 1)),
        Wrong("in eval.* should be", BLOCK.replace("F.relu(self.na", "F.leaky_relu(self.na")),
        Wrong("Module.__init__", BLOCK.replace("        super().__init__()\n", "")),
        Wrong("stops with NotImplementedError", BLOCK.partition("\n    def forward")[0]),
        Wrong("stops with TypeError", "Block = nn.Conv2d"),
        Wrong("makes an object of type Tensor", "def Block(i, o, stride=1):\n    return torch.zeros(i, o)"),
        Wrong(
            "gives other numbers when it is called again|in train",
            BLOCK.replace(
                "return F.relu(f", "self.t = getattr(self, 't', 0) + 1\n        return F.relu(f * (self.t < 5)"
            ),
        ),
        Wrong(
            "should make .*output channels",
            BLOCK.replace("nn.Conv2d(o, o, 3", "nn.Conv2d(o, 2 * o, 3").replace(
                "self.nb = nn.BatchNorm2d(o)", "self.nb = nn.BatchNorm2d(2 * o)"
            ),
        ),
        Wrong("kernel size", BLOCK.replace("nn.Conv2d(i, o, 3, stride, 1,", "nn.Conv2d(i, o, 5, stride, 2,")),
        Wrong(
            "running statistics",
            BLOCK.replace("self.nb = nn.BatchNorm2d(o)", "self.nb = nn.BatchNorm2d(o, track_running_stats=False)"),
        ),
        Wrong(
            "carries no gradient",
            BLOCK.replace("return F.relu(f + self.s(x))", "return F.relu(f + self.s(x)).detach()"),
        ),
        Wrong(
            "in eval.*should be",
            BLOCK.replace("self.nb(self.b(F.relu(self.na(self.a(x)))))", "self.nb(F.relu(self.b(self.na(self.a(x)))))"),
        ),
        Wrong("in eval.*should be|shape", BLOCK.replace("F.relu(f + self.s(x))", "F.relu(f + self.s(x)).flip(0)")),
        Right(LAZY),
        Right(
            "class Block(BasicBlock):\n    def __init__(self, inputs, outputs, stride=1):\n        project = None\n"
            "        if stride != 1 or inputs != outputs:\n            project = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))\n"
            "        super().__init__(inputs, outputs, stride, project)"
        ),
        Right(
            "def Block(inputs, outputs, stride=1):\n    project = None\n"
            "    if stride != 1 or inputs != outputs:\n        project = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))\n"
            "    return BasicBlock(inputs, outputs, stride, project)"
        ),
        Right(
            BLOCK.replace(
                BRANCH,
                BRANCH + "        nn.init.kaiming_normal_(self.a.weight)\n        nn.init.zeros_(self.nb.weight)\n",
            )
        ),
        Right(BLOCK.replace("F.relu(f + self.s(x))", "(self.s(x) + f).clamp(min=0)")),
    ],
    "8.2": [
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
    "8.3": [
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
    "8.4": [
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
            r"\(53, 512\), not \(54, 512\).*no others",
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
    "8.5": [
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
            "but it returns",
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
    "8.6": [
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
            "goes back to the CPU|on the device that is given",
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
    "8.7": [
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
        Wrong(
            "counts a pair once",
            EVALUATE.replace(
                "            for truth, answer in zip(b.tolist(), logits.argmax(1).tolist()):\n"
                "                counts[truth, answer] += 1",
                "            counts[b, logits.argmax(1)] += 1",
            ),
        ),
        Wrong("no `vary` and no other scaling", EVALUATE.replace("to_input(a)", "to_input(vary(a))")),
        Wrong(
            "losses are those of the predicted class",
            EVALUATE.replace("F.cross_entropy(logits, b,", "F.cross_entropy(logits, logits.argmax(1),"),
        ),
        Wrong(
            "All losses are their mean",
            EVALUATE.replace("torch.cat(losses)", "torch.cat(losses).mean().expand(len(y))"),
        ),
        Wrong("counts the smallest logit", EVALUATE.replace("argmax", "argmin")),
        Wrong("whole numbers", EVALUATE.replace("return counts,", "return counts / counts.sum(),")),
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
        Wrong("add up to", EVALUATE.replace("counts[truth, answer] += 1", "counts[truth, answer] = 1")),
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
    "8.8": [
        Wrong("32 times smaller", SHAPES.format("[(1, 512, 6, 6)] * 2 + [(1, 512, 1, 1), (1, 512, 7, 7), (1, 7, 7)]")),
        Wrong("32 times smaller", SHAPES.format("[(512, 7, 7)] * 2 + [(1, 512, 1, 1), (1, 512, 7, 7), (1, 7, 7)]")),
        Wrong("keepdim leaves a 1", SHAPES.format("[(1, 512, 7, 7)] * 2 + [(1, 1, 7, 7), (1, 512, 7, 7), (1, 7, 7)]")),
        Wrong(
            "that dimension is gone",
            SHAPES.format("[(1, 512, 7, 7)] * 2 + [(1, 512, 1, 1), (1, 512, 7, 7), (512, 7, 7)]"),
        ),
        Wrong(
            "tuple of whole numbers",
            SHAPES.format("[(1, 512, 7.5, 7)] * 2 + [(1, 512, 1, 1), (1, 512, 7, 7), (1, 7, 7)]"),
        ),
        Wrong("tuple of whole numbers", SHAPES.format("['1, 512, 7, 7'] * 5")),
        Wrong("tuple of whole numbers", SHAPES.format("[None] * 5")),
        Right(SHAPES.format("[torch.tensor([1, 512, 7, 7])] * 2 + [(1, 512, 1, 1), (1, 512, 7, 7), (1, 7, 7)]")),
    ],
    "8.9": [
        Wrong(
            "sign is turned round", CAM.replace("F.relu((w * kept[0]).sum(dim=1))", "F.relu(-(w * kept[0]).sum(dim=1))")
        ),
        Wrong(
            "sigmoid is not relu",
            CAM.replace("F.relu((w * kept[0]).sum(dim=1))", "torch.sigmoid((w * kept[0]).sum(dim=1))"),
        ),
        Wrong(
            "averaged over the height alone",
            CAM.replace("slope.mean(dim=(2, 3), keepdim=True)", "slope.mean(dim=2, keepdim=True)"),
        ),
        Wrong(
            "averaged over the width alone",
            CAM.replace("slope.mean(dim=(2, 3), keepdim=True)", "slope.mean(dim=3, keepdim=True)"),
        ),
        Wrong("weights went through relu", CAM.replace("keepdim=True)", "keepdim=True).relu()")),
        Wrong("largest gradient of each map", CAM.replace("slope.mean(", "slope.amax(")),
        Wrong(
            "rounded",
            CAM.replace(
                "    return F.relu((w * kept[0]).sum(dim=1))[0].detach()",
                "    heat = F.relu((w * kept[0]).sum(dim=1))[0].detach()\n    heat = heat / heat.max()\n    return (heat * 10).round() / 10",
            ),
        ),
        Wrong("heat map is not|should be", CAM.replace("[0].detach()", "[0].detach().clamp(max=0.01)")),
        Wrong("on its head", CAM.replace("[0].detach()", "[0].detach().flip(0)")),
        Wrong("should have the shape", CAM.replace("[0].detach()", "[0].detach().T")),
        Wrong(
            "That is the gradient alone", CAM.replace("F.relu((w * kept[0]).sum(dim=1))", "F.relu(slope.sum(dim=1))")
        ),
        Wrong(
            "weights or statistics of the model are changed|another mode",
            CAM.replace("    kept = []", "    kept = []\n    model.train()\n    model(x)\n    model.eval()"),
        ),
        Wrong(
            "weights or statistics",
            CAM.replace("    return", "    for p in model.parameters():\n        p.data.mul_(2)\n    return"),
        ),
        Wrong("changed x", CAM.replace("    return", "    x.zero_()\n    return")),
        Wrong(
            "hook is left",
            CAM.replace("    kept = []", "    kept = []\n    layer.register_full_backward_hook(lambda m, i, o: None)"),
        ),
        Wrong("as a tensor", CAM.replace("[0].detach()", "[0].detach().numpy()")),
        Wrong(
            "zero_grad.. or None has thrown them away",
            CAM.replace(
                "    slope = torch.autograd.grad(logits[0, label], kept[0])[0]",
                "    kept[0].retain_grad()\n    logits[0, label].backward()\n    slope = kept[0].grad\n    model.zero_grad()",
            ),
        ),
        Wrong(
            "zero_grad.. or None has thrown them away",
            CAM.replace(
                "    slope = torch.autograd.grad(logits[0, label], kept[0])[0]",
                "    kept[0].retain_grad()\n    logits[0, label].backward()\n    slope = kept[0].grad\n    for p in model.parameters():\n        p.grad = None",
            ),
        ),
        Wrong(
            "zero_grad.. or None has thrown", CAM.replace("    kept = []", "    kept = []\n    model.zero_grad(False)")
        ),
        Wrong("is 0 / 0 there", CAM.replace("    return F", "    heat = F") + "\n    return heat / heat.max()"),
        Wrong(
            "gradient of the loss, with its other sign",
            CAM.replace("logits[0, label]", "F.cross_entropy(logits, torch.tensor([label]))"),
        ),
        Wrong(
            "is 0 / 0 there",
            CAM.replace("    return F", "    heat = F") + "\n    return F.normalize(heat, dim=None, eps=0)",
        ),
        Wrong(
            "should be 0 everywhere",
            CAM.replace("    return F", "    heat = F") + "\n    return torch.nan_to_num(heat / heat.max(), 1)",
        ),
        Wrong(r"should have the shape \(1, 6\)", CAM.replace("[0].detach()", ".squeeze().detach()")),
        Wrong("heat map", CAM.replace("[0].detach()", "[0].detach().clamp(max=1)")),
        Wrong(
            "fails for a frozen network",
            "def grad_cam(model, layer, x, label):\n    kept = []\n    hook = layer.register_forward_hook(lambda m, i, o: kept.append(o))\n    logits = model(x)\n    hook.remove()\n    slope = torch.autograd.grad(logits[0, label], kept[0])[0]\n    return (slope.mean((2, 3), True) * kept[0]).sum(1)[0].relu().detach()",
        ),
        Right(CAM.replace("    kept = []", "    from torch.func import grad\n    kept = []")),
        Right("""def grad_cam(model, layer, x, label):
    twin = copy.deepcopy(model)
    names = [name for name, module in model.named_modules() if module is layer]
    kept = []
    twin.get_submodule(names[0]).register_forward_hook(lambda m, i, o: kept.append(o))
    score = twin(x.detach().clone().requires_grad_())[0][label]
    slope = torch.autograd.grad(score, kept)[0]
    heat = torch.einsum("kij,k->ij", kept[0][0], slope[0].sum(dim=(-1, -2)))
    return torch.clamp(heat, min=0).detach()"""),
        Right("""def grad_cam(model, layer, x, label):
    found = {}

    def keep(module, given, maps):
        found["maps"] = maps.detach().requires_grad_()
        return found["maps"]

    hook = layer.register_forward_hook(keep)
    logits = model(x)
    hook.remove()
    (slope,) = torch.autograd.grad(logits[:, label].sum(), found["maps"])
    weights = slope.flatten(2).mean(dim=2)[0]
    heat = torch.tensordot(weights, found["maps"].detach()[0], dims=1)
    return torch.maximum(heat, torch.zeros(()))"""),
    ],
    "8.10": [
        Wrong("since the logits are large", DISTILL),
        Wrong(
            "since the logits are large",
            DISTILL.replace("(student / T).log_softmax(dim=1)", "(student / T).softmax(dim=1).log()").replace(
                "p * (p.log() - log_q)", "torch.where(p > 0, p * (p.log() - log_q), 0)"
            ),
        ),
        Wrong("softmax goes over the pictures", SAFE.replace("dim=1)\n", "dim=0)\n")),
        Wrong("3 stands in place of T", SAFE.replace("    log_p", "    T = 3.0\n    log_p")),
        Wrong(
            "taken as one class, by argmax",
            SAFE.partition("    return")[0] + "    return T**2 * F.nll_loss(log_q, teacher.argmax(dim=1))",
        ),
        Wrong("multiplied by T", SAFE.replace("/ T,", "* T,")),
        Wrong("times T cubed", SAFE.replace("T**2", "T**3")),
        Wrong("divided by it", SAFE.replace("T**2 * F", "T**-2 * F")),
        Wrong("not times T|it is times T|2 T", SAFE.replace("T**2", "(2 * T)")),
        Wrong("1.01 times", SAFE + " * 1.01"),
        Wrong("rounded|should be|gradient", SAFE.replace("return ", "return 0.1 * torch.round(10 * ") + ")"),
        Wrong("No gradient goes to the student|its gradient", SAFE + ".detach()"),
        Wrong("multiplied by 9, whatever T is", SAFE.replace("T**2", "9")),
        Wrong("one number", SAFE + "[None]"),
        Wrong("one number", SAFE + ".item()"),
        Wrong("is nan", SAFE.replace(", log_target=True", "")),
        Wrong("softmax, but log_target=True", SAFE.replace("log_p = F.log_softmax", "log_p = F.softmax")),
        Wrong("changes what it is given", SAFE.replace("teacher.detach()", "teacher.detach_()")),
        Right(SAFE),
        Right("""def distill_loss(student, teacher, T):
    p = (teacher.detach() / T).softmax(dim=1)
    return F.kl_div((student / T).log_softmax(1), p, reduction="sum") / len(p) * T * T"""),
        Right("""def distill_loss(student, teacher, T):
    with torch.no_grad():
        log_p = teacher / T - (teacher / T).logsumexp(dim=-1, keepdim=True)
    log_q = student / T - torch.logsumexp(student / T, dim=-1, keepdim=True)
    rows = (log_p.exp() * (log_p - log_q)).sum(-1)
    return rows.mean() * T**2"""),
        Right(
            SAFE.replace("student / T", "student.double() / T").replace(
                "teacher.detach() / T", "teacher.detach().double() / T"
            )
        ),
    ],
    "8.11": [
        Wrong("0 by 0", QUANTIZE.replace("    scale = torch.where(scale == 0, torch.ones_like(scale), scale)\n", "")),
        Wrong(
            "0 by 0",
            """def quantize(weight):
    q = torch.zeros(weight.shape, dtype=torch.int8)
    scale = weight.flatten(1).abs().amax(dim=1) / 127
    for i in range(len(weight)):
        q[i] = (weight[i] / scale[i]).round()
    return q, scale""",
        ),
        Wrong(
            "first q, the whole numbers, then scale",
            QUANTIZE.replace("    return ", "    q = ").removesuffix(", scale") + "\n    return scale, q",
        ),
        Wrong("multiplied by 127", QUANTIZE.replace("/ 127\n", "* 127\n")),
        Wrong("divided by 128", QUANTIZE.replace("/ 127", "/ 128")),
        Wrong("divided by 255", QUANTIZE.replace("/ 127", "/ 255")),
        Wrong("the mean weight", QUANTIZE.replace(".max(dim=1).values", ".mean(dim=1)")),
        Wrong(
            "same scale for all channels",
            """def quantize(weight):
    scale = (weight.abs().max().clamp(min=1e-12) / 127).expand(len(weight)).clone()
    return (weight / scale.view(-1, *[1] * (weight.ndim - 1))).round().to(torch.int8), scale""",
        ),
        Wrong(
            "is the largest weight: divide|largest weight",
            QUANTIZE.replace("torch.int8), scale", "torch.int8), 127 * scale"),
        ),
        Wrong("should keep the shape", QUANTIZE.replace(".to(torch.int8), scale", ".to(torch.int8).flatten(1), scale")),
        Wrong("steps", QUANTIZE.replace(".round()", ".floor()")),
        Wrong("changes what it is given", QUANTIZE.replace("    shape =", "    weight[0] = 0\n    shape =")),
        Wrong("float32|two things|tensor", QUANTIZE.replace("torch.int8), scale", "torch.int8), scale.tolist()")),
        Wrong("int8", QUANTIZE.replace("torch.int8), scale", "torch.int16), scale")),
        Right(
            QUANTIZE.replace(
                "scale = torch.where(scale == 0, torch.ones_like(scale), scale)",
                "scale = scale.clamp(min=torch.finfo(torch.float32).eps)",
            )
        ),
        Right("""def quantize(weight):
    largest = torch.linalg.vector_norm(weight.flatten(1), float("inf"), dim=1)
    scale = largest / 127
    safe = scale + (scale == 0)
    rows = [torch.round(w / s) for w, s in zip(weight, safe)]
    return torch.stack(rows).type(torch.int8), safe"""),
        Right("""def quantize(weight):
    largest = torch.maximum(weight.flatten(1).amax(1), -weight.flatten(1).amin(1))
    scale = largest / 127
    steps = torch.nan_to_num(weight.flatten(1) / scale[:, None])
    return [steps.round().to(torch.int8).reshape(weight.shape), scale]"""),
    ],
}

for number, answers in MORE.items():
    ANSWERS[number] += answers
