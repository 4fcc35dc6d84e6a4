"""Wrong and right answers to the exercises of bonus notebook 1."""

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

CAM = """def grad_cam(model, layer, x, label):
    kept = []
    hook = layer.register_forward_hook(lambda m, i, o: kept.append(o))
    logits = model(x.detach().clone().requires_grad_())
    hook.remove()
    slope = torch.autograd.grad(logits[0, label], kept[0])[0]
    w = slope.mean(dim=(2, 3), keepdim=True)
    return F.relu((w * kept[0]).sum(dim=1))[0].detach()"""

FORWARD_REPLACED = """def grad_cam(model, layer, x, label):
    kept = []
    original = layer.forward

    def forward(value):
        kept.append(original(value))
        return kept[0]

    layer.forward = forward
    logits = model(x.clone().requires_grad_())
    layer.forward = original
    slope = torch.autograd.grad(logits[0, label], kept[0])[0]
    return (slope.mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1)[0].relu().detach()"""

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

SOLVED = {number: found.source for number, found in answers_of("B1").items()}

START = """def start_as_identity(network):
    count = 0
    for module in network.modules():
        if isinstance(module, BasicBlock):
            nn.init.zeros_(module.bn2.weight)
            nn.init.zeros_(module.bn2.bias)
            count += 1
    return count"""

ANSWERS = {
    "B1.1": [
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
        Wrong(
            "layers in a plain list, s, where",
            BLOCK.replace("self.s = nn.Sequential()", "self.s = []")
            .replace(
                "nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))",
                "[nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o)]",
            )
            .replace(
                "        return",
                "        short = x\n        for layer in self.s:\n            short = layer(short)\n        return",
            )
            .replace("self.s(x)", "short"),
        ),
        Wrong(
            "momentum=0.01.*default settings",
            BLOCK.replace("self.na = nn.BatchNorm2d(o)", "self.na = nn.BatchNorm2d(o, momentum=0.01)"),
        ),
        Wrong(
            "made for 4 channels, but 8 come in",
            BLOCK.replace("self.na = nn.BatchNorm2d(o)", "self.na = nn.BatchNorm2d(i)"),
        ),
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
        Right(SOLVED["B1.1"]),
        Wrong("shortcut less the branch", BLOCK.replace("f + self.s(x)", "self.s(x) - f")),
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
    "B1.2": [
        Wrong("relu comes at the end", CAM.replace("F.relu((w * kept[0]).sum(dim=1))", "(w * kept[0]).sum(dim=1)")),
        Wrong("abs makes", CAM.replace("F.relu((w * kept[0]).sum(dim=1))", "(w * kept[0]).sum(dim=1).abs()")),
        Wrong("gradient is not averaged", CAM.replace("slope.mean(dim=(2, 3), keepdim=True)", "slope")),
        Wrong("without their weights", CAM.replace("(w * kept[0])", "kept[0]")),
        Wrong(
            "all with the same one|All maps have the same weight",
            CAM.replace("slope.mean(dim=(2, 3), keepdim=True)", "slope.mean()"),
        ),
        Wrong("lie along the width", CAM.replace(", keepdim=True", "")),
        Wrong("went through softmax", CAM.replace("keepdim=True)", "keepdim=True).softmax(dim=1)")),
        Wrong("maps are averaged", CAM.replace("(w * kept[0])", "(slope * kept[0].mean(dim=(2, 3), keepdim=True))")),
        Wrong(
            "smallest value is subtracted",
            CAM.replace("    return F", "    heat = F")
            + "\n    return (heat - heat.min()) / (heat.max() - heat.min() + 1e-8)",
        ),
        Wrong(
            "Keep the `output` itself",
            CAM.replace("kept.append(o)", "kept.append(o[0])")
            .replace("(2, 3)", "(1, 2)")
            .replace("sum(dim=1))[0]", "sum(dim=0))"),
        ),
        Wrong("Keep the `output` itself", CAM.replace("kept.append(o)", "kept.append(o.detach())")),
        Wrong("Make the list inside the function", "kept = []\n\n\n" + CAM.replace("    kept = []\n", "")),
        Wrong(
            "Keep the `output` itself",
            CAM.replace("    logits = ", "    with torch.inference_mode():\n        logits = "),
        ),
        Wrong(
            "Was the hook called",
            CAM.replace("    kept = []", "    import copy\n    kept, model = [], copy.deepcopy(model)"),
        ),
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
        Right(SOLVED["B1.2"]),
        Right(CAM.replace("(w * kept[0]).sum(dim=1)", "(w * kept[0]).mean(dim=1)")),  # any scale is allowed,
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
        Wrong(
            "attribute `maps` is left",
            CAM.replace("lambda m, i, o: kept.append(o)", "lambda m, i, o: setattr(m, 'maps', o)").replace(
                "kept[0]", "layer.maps"
            ),
        ),
        Wrong(
            "attribute `maps` is left",
            CAM.replace("lambda m, i, o: kept.append(o)", "lambda m, i, o: setattr(model, 'maps', o)").replace(
                "kept[0]", "model.maps"
            ),
        ),
        Wrong("attribute `forward` is left", FORWARD_REPLACED.replace("    layer.forward = original\n", "")),
        Right(FORWARD_REPLACED),
        Right(
            CAM.replace("lambda m, i, o: kept.append(o)", "lambda m, i, o: setattr(m, 'maps', o)")
            .replace("kept[0]", "layer.maps")
            .replace("    return F", "    heat = F")
            + "\n    del layer.maps\n    return heat"
        ),
        Wrong(
            "should return a tensor, but it returns 0.0",
            CAM.replace("    return F", "    heat = F") + "\n    return heat if heat.any() else 0.0",
        ),
        Wrong("changed x", CAM.replace("    return", "    x.zero_()\n    return")),
        Wrong(
            "hook is left",
            CAM.replace("    kept = []", "    kept = []\n    layer.register_full_backward_hook(lambda m, i, o: None)"),
        ),
        Wrong("What you return is of type ndarray", CAM.replace("[0].detach()", "[0].detach().numpy()")),
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
        Wrong("The map for class 2 is not", CAM.replace("[0].detach()", "[0].detach().clamp(max=1)")),
        Wrong(
            "fails for a frozen network",
            "def grad_cam(model, layer, x, label):\n    kept = []\n    hook = layer.register_forward_hook(lambda m, i, o: kept.append(o))\n    logits = model(x)\n    hook.remove()\n    slope = torch.autograd.grad(logits[0, label], kept[0])[0]\n    return (slope.mean((2, 3), True) * kept[0]).sum(1)[0].relu().detach()",
        ),
        Right(CAM.replace("    kept = []", "    from torch.func import grad\n    kept = []")),
        Right("""import copy


def grad_cam(model, layer, x, label):
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
    "B1.3": [
        Wrong("bn1.weight is changed", START.replace("bn2", "bn1")),
        Wrong("its bias, too", START.replace("            nn.init.zeros_(module.bn2.bias)\n", "")),
        Wrong("bn2.weight should be 0", START.replace("            nn.init.zeros_(module.bn2.weight)\n", "")),
        Wrong("conv2.weight is changed", START.replace("module.bn2.bias", "module.conv2.weight")),
        Wrong("returns nothing", START.replace("    return count", "")),
        Wrong("returns 0. Count the modules", START.replace("count += 1", "count = 0")),
        Wrong("return after the loop", START.replace("    return", "        return")),
        Wrong("should return a whole number", START.replace("return count", "return network")),
        Wrong("Count the modules", START.replace("network.modules()", "network.children()")),
        Wrong("should be 0, and it is not", START.replace("zeros_", "ones_")),
        Wrong(
            "is replaced by another one",
            START.replace("nn.init.zeros_(module.bn2.bias)", "module.bn2.bias = nn.Parameter(0 * module.bn2.bias)"),
        ),
        Wrong(
            "is frozen now",
            START.replace("            count", "            module.bn2.requires_grad_(False)\n            count"),
        ),
        Wrong(
            "Bottleneck, too, whose bn2 is not its last",
            START.replace("isinstance(module, BasicBlock)", "hasattr(module, 'bn2')"),
        ),
        Wrong(
            "3.bn2.weight is changed. Set only bn2",
            """def start_as_identity(network):
    for name, p in network.named_parameters():
        if "bn2" in name:
            nn.init.zeros_(p)
    return sum(isinstance(module, BasicBlock) for module in network.modules())""",
        ),
        Wrong(
            "not in a copy",
            START.replace("    count = 0", "    import copy\n    network = copy.deepcopy(network)\n    count = 0"),
        ),
        Wrong(
            "running statistics",
            START.replace("            count", "            module.bn2.running_mean.zero_()\n            count"),
        ),
        Wrong("in another mode", START.replace("    return", "    network.train(not network.training)\n    return")),
        Right(START),
        Right("""def start_as_identity(network):
    blocks = [module for module in network.modules() if isinstance(module, BasicBlock)]
    with torch.no_grad():
        for block in blocks:
            block.bn2.weight.zero_()
            block.bn2.bias.zero_()
    return len(blocks)"""),
        Right("""def start_as_identity(network):
    n = 0
    for name, module in network.named_modules():
        if type(module).__name__ == "BasicBlock":
            for p in module.bn2.parameters():
                p.data *= 0
            n = n + 1
    return n"""),
        Right("""def start_as_identity(net):
    found = [m.bn2 for m in net.modules() if isinstance(m, BasicBlock)]
    for norm in found:
        nn.init.constant_(norm.weight, 0)
        nn.init.constant_(norm.bias, 0)
    return len(found)"""),
    ],
}
