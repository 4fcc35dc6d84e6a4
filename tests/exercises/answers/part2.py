"""Wrong and right answers to the exercises of Part 2, Neural networks."""

from answer_kinds import Right, Wrong

FLATTEN = "def flatten_batch(images):\n    return "
QUESTIONS = [
    "one picture from train_set",
    "batch of 32 pictures",
    "the batch, flattened",
    "W1",
    "b1",
    "hidden, for the batch of 32",
    "logits, for the batch of 32",
    "logits, for a batch of one picture",
]
SHAPES = [(1, 28, 28), (32, 1, 28, 28), (32, 784), (784, 256), (256,), (32, 256), (32, 10), (1, 10)]
SOFTMAX = "def softmax(logits):\n    "
STABLE = SOFTMAX + "e = torch.exp(logits - logits.amax(-1, True))\n    return e / e.sum(-1, True)"
CLASSIFIER = """class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two, self.three = nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10)

    def forward(self, x):
        x = x.flatten(1)
        {}"""
LOGITS = "self.three(self.two(self.one(x).relu()).relu())"
MADE = CLASSIFIER.format(f"return {LOGITS}")
PARTS = {
    "flatten": "nn.Flatten()",
    "fc1": "nn.Linear(784, 128)",
    "relu": "nn.ReLU()",
    "dropout": "nn.Dropout(0.2)",
    "fc2": "nn.Linear(128, 10)",
}
COUNT = "def count_parameters(widths):\n    return "
SUM = "sum((a + 1) * b for a, b in zip(widths, widths[1:]))"
SET = "def set_layer(layer, weight, bias):\n    with torch.no_grad():\n        "
COPIED = SET + "layer.weight.copy_(weight)\n        layer.bias.copy_(bias)"
LEARNS = 'learns = {{"plain": "{}", "zeros": "{}", "listed": "{}", "linear": "{}"}}'
DEEP = """def deep_network(widths):
    layers = [nn.Flatten()]
    for a, b in zip(widths, widths[1:]):
        layers += [nn.Linear(a, b), {}]
    return nn.Sequential({})"""
DEEP_RIGHT = DEEP.format("nn.ReLU()", "*layers[:-1]")
HE = "def he_init(layer):\n    n, m = layer.in_features, layer.out_features\n    with torch.no_grad():\n        "
HE_STD = HE + "layer.weight.normal_(0, {})\n        layer.bias.zero_()"
HE_RIGHT = HE_STD.format("(2 / n) ** 0.5")


def shapes_with(**changes):
    """Return an answer to 2.2 with other shapes; shapes are given by the place of their question: _2=..."""
    values = [repr(shape) for shape in SHAPES]
    for place, value in changes.items():
        values[int(place[1:])] = value
    lines = [f"    {question!r}: {value}," for question, value in zip(QUESTIONS, values, strict=True)]
    return "shapes = {\n" + "\n".join(lines) + "\n}"


def named_with(extra="", **changes):
    """Return an answer to 2.5 with other layers."""
    parts = {**PARTS, **changes}
    inner = ", ".join(f"{name}={code}" for name, code in parts.items() if code)
    return f"named = nn.Sequential(OrderedDict({inner}))\n{extra}"


def spoiled(code, name, lines):
    """Return an answer whose function is wrapped: the lines use `right(...)`, `args` and `state`, a dict that stays."""
    body = "\n".join(f"    {line}" for line in lines.splitlines())
    return f"{code}\n\nright, state = {name}, {{}}\n\ndef {name}(*args):\n{body}\n"


def module_with(start, forward):
    """Return an answer to 2.4 with other lines in `__init__` and `forward`."""
    begin = "class Classifier(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    one = "".join(f"        {line}\n" for line in start.splitlines())
    two = "".join(f"        {line}\n" for line in forward.splitlines())
    return f"{begin}{one}\n    def forward(self, x):\n{two}"


LINEARS = "self.one, self.two, self.three = nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10)"
OWN = """self.W1, self.b1 = nn.Parameter(torch.randn(784, 128) / 28), nn.Parameter(torch.zeros(128))
self.W2, self.b2 = nn.Parameter(torch.randn(128, 64) / 11), nn.Parameter(torch.zeros(64))
self.W3, self.b3 = nn.Parameter(torch.randn(64, 10) / 8), nn.Parameter(torch.zeros(10))"""

ANSWERS = {
    "2.1": [
        Wrong("must stay apart", FLATTEN + "images.flatten()"),
        Wrong("must stay apart", FLATTEN + "images.reshape(1, -1)"),
        Wrong("batch stands last", FLATTEN + "images.reshape(images[0].numel(), -1)"),
        Wrong("batch stands last", FLATTEN + "images.flatten(1).T"),
        Wrong("start_dim=1", FLATTEN + "images.flatten(2)"),
        Wrong("batch and the channels were joined", FLATTEN + "images.flatten(0, 1)"),
        Wrong("columns were not", FLATTEN + "images.flatten(1, 2)"),
        Wrong("your line", FLATTEN + "images.reshape(64, 784)"),
        Wrong("your line", FLATTEN + "images.reshape(64, -1)"),
        Wrong("your line", FLATTEN + "images.reshape(-1, 784)"),
        Wrong("join all dimensions but the batch", FLATTEN + "images.reshape(-1, images.shape[-1])"),
        Wrong("channels should come first", FLATTEN + "images.permute(0, 2, 3, 1).flatten(1)"),
        Wrong("rows and columns are swapped", FLATTEN + "images.mT.flatten(1)"),
        Wrong("first channel", FLATTEN + "images[:, 0].flatten(1)"),
        Wrong("averaged", FLATTEN + "images.mean(1).flatten(1)"),
        Wrong("mixes pixels", FLATTEN + "images.transpose(0, 1).reshape(len(images), -1)"),
        Wrong(
            "cut from the batch standing last", FLATTEN + "images.reshape(len(images), -1).T.reshape(len(images), -1)"
        ),
        Wrong("returns nothing", "def flatten_batch(images):\n    images.flatten(1)"),
        Wrong("changes what it is given", FLATTEN + "images.mul_(2).flatten(1)"),
        Wrong("should be a tensor", FLATTEN + "images.flatten(1).tolist()"),
        Wrong("should be a tensor", FLATTEN + "[image.flatten() for image in images]"),
        Wrong("rounded", FLATTEN + "images.flatten(1).round()"),
        Wrong("no value is below 0", FLATTEN + "images.flatten(1).relu()"),
        Wrong("should be|shape", FLATTEN + "images.flatten(1)[:, :784].sort(1).values"),
        Wrong(
            "still a batch", spoiled(FLATTEN + "images.flatten(1)", "flatten_batch", "return right(*args).squeeze()")
        ),
        Wrong("should be a function", "flatten_batch = torch.rand(3, 4, 5, 6).flatten(1)"),
        Wrong(r"should have the shape", FLATTEN + "images.flatten(1)[:-1]"),
        Right(FLATTEN + "images.reshape(len(images), -1)"),
        Right(FLATTEN + "images.view(images.size(0), -1)"),
        Right("flatten_batch = nn.Flatten()"),
        Right(FLATTEN + "torch.stack([image.flatten() for image in images])"),
        Right(FLATTEN + "torch.flatten(images, 1, -1)"),
        Right("def flatten_batch(images):\n    n, c, h, w = images.shape\n    return images.reshape(n, c * h * w)"),
        Right(FLATTEN + "images.flatten(2).flatten(1).clone()"),
        Right("flatten_batch = lambda images: torch.cat([image.reshape(1, -1) for image in images])"),
    ],
    "2.2": [
        Wrong("there should be 3 dimensions, which count: channels", shapes_with(_0="(28, 28)")),
        Wrong("there should be 3 dimensions", shapes_with(_0="(1, 1, 28, 28)")),
        Wrong("the batch, flattened: .*wrong order.*pictures, then pixels", shapes_with(_2="(784, 32)")),
        Wrong("W1: .*wrong order.*inputs", shapes_with(_3="(256, 784)")),
        Wrong("b1: dimension 0 counts the hidden neurons, and 784", shapes_with(_4="(784,)")),
        Wrong("one picture: there should be 2 dimensions", shapes_with(_7="(10,)")),
        Wrong("write a tuple", shapes_with(_4="256")),
        Wrong("b1: there should be 1 dimension,", shapes_with(_4="(1, 256)")),
        Wrong("dimension 0 counts the pictures, and 32 is not", shapes_with(_7="(32, 10)")),
        Wrong("dimension 0 counts the pictures", shapes_with(_6="(64, 10)")),
        Wrong("dimension 1 counts the hidden neurons", shapes_with(_5="(32, 784)")),
        Wrong("write a tuple", shapes_with(_5="'(32, 256)'")),
        Wrong("write a tuple", shapes_with(_5="(32.0, 256.0)")),
        Wrong("write a tuple", shapes_with(_5="(None, 256)")),
        Wrong("is missing", "shapes = {'W1': (784, 256)}"),
        Wrong("Keep the dict", "shapes = [(1, 28, 28)]"),
        Wrong("wrong order", shapes_with(_1="(32, 28, 28, 1)")),
        Right(shapes_with()),
        Right(shapes_with(_0="[1, 28, 28]", _2="[32, 784]", _4="[256]", _7="[1, 10]")),
        Right(shapes_with(_2="(32, 28 * 28)", _3="W1.shape", _4="b1.shape")),
        Right("shapes = dict(reversed(" + repr(list(zip(QUESTIONS, SHAPES, strict=True))) + "))"),
        Right(shapes_with(_0="tuple(train_set[0][0].shape)")),
    ],
    "2.3": [
        Wrong("overflow", SOFTMAX + "e = torch.exp(logits)\n    return e / e.sum(dim=-1, keepdim=True)"),
        Wrong("own `softmax`", SOFTMAX + "return logits.softmax(dim=-1)"),
        Wrong("own `softmax`", SOFTMAX + "return F.softmax(logits, dim=-1)"),
        Wrong("own `softmax`", SOFTMAX + "return nn.Softmax(dim=1)(logits)"),
        Wrong("own `torch.special.softmax`", SOFTMAX + "return torch.special.softmax(logits, 1)"),
        Wrong("own `log_softmax`", SOFTMAX + "return F.log_softmax(logits, 1).exp()"),
        Wrong("own `softmin`", SOFTMAX + "return F.softmin(-logits, 1)"),
        Wrong("own `softmax`", SOFTMAX + "return getattr(logits, 'soft' + 'max')(-1) * torch.exp(torch.zeros(1))"),
        Wrong("whole batch adds up", SOFTMAX + "e = torch.exp(logits - logits.max())\n    return e / e.sum()"),
        Wrong("own: dim=-1", SOFTMAX + "e = torch.exp(logits - logits.max())\n    return e / e.sum(-1, True)"),
        Wrong("each column was", SOFTMAX + "e = torch.exp(logits - logits.amax(0))\n    return e / e.sum(-1, True)"),
        Wrong("keepdim=True is missing", SOFTMAX + "e = torch.exp(logits)\n    return e / e.sum(dim=-1)"),
        Wrong(
            "keepdim=True is missing",
            SOFTMAX + "e = torch.exp(logits - logits.amax(-1))\n    return e / e.sum(-1, True)",
        ),
        Wrong("Each column adds", SOFTMAX + "e = torch.exp(logits - logits.amax(0))\n    return e / e.sum(0)"),
        Wrong("logarithm", SOFTMAX + "return logits - logits.logsumexp(-1, True)"),
        Wrong("mean was", SOFTMAX + "e = torch.exp(logits - logits.mean(-1, True))\n    return e / e.sum(-1, True)"),
        Wrong("minimum was", SOFTMAX + "e = torch.exp(logits - logits.amin(-1, True))\n    return e / e.sum(-1, True)"),
        Wrong("cut off", SOFTMAX + "e = torch.exp(logits.clamp(-80, 80))\n    return e / e.sum(-1, True)"),
        Wrong(
            "are set to 0",
            SOFTMAX + "e = torch.exp(logits)\n    return (e / e.sum(-1, True)).nan_to_num(0)",
        ),
        Wrong(
            "absolute value",
            SOFTMAX + "e = torch.exp(logits - logits.abs().amax(-1, True))\n    return e / e.sum(-1, True)",
        ),
        Wrong(
            "changes what it is given",
            SOFTMAX + "logits -= logits.amax(-1, True)\n    e = torch.exp(logits)\n    return e / e.sum(-1, True)",
        ),
        Wrong("overflow", SOFTMAX + "e = torch.exp(logits.double())\n    return e / e.sum(-1, True)"),
        Wrong(
            "torch.exp",
            SOFTMAX + "e = 2.718281828459045 ** (logits - logits.amax(-1, True))\n    return e / e.sum(-1, True)",
        ),
        Wrong("mean", SOFTMAX + "e = torch.exp(logits - logits.amax(-1, True))\n    return e / e.mean(-1, True)"),
        Wrong("sign", SOFTMAX + "e = torch.exp(logits.amin(-1, True) - logits)\n    return e / e.sum(-1, True)"),
        Wrong(
            "should be|10",
            SOFTMAX + "e = torch.exp(logits - logits.amax(-1, True))\n    return e / (e.sum(-1, True) + 1e-3)",
        ),
        Wrong("rounded", spoiled(STABLE, "softmax", "return right(*args).round(decimals=3)")),
        Wrong("shape", spoiled(STABLE, "softmax", "return right(*args).squeeze(0)")),
        Right(
            SOFTMAX + "shifted = logits - logits.max(dim=1, keepdim=True).values\n"
            "    return torch.exp(shifted) / torch.exp(shifted).sum(dim=1)[:, None]"
        ),
        Wrong("logarithm of the sum", SOFTMAX + "return torch.exp(logits - logits.logsumexp(dim=-1, keepdim=True))"),
        Wrong(
            "logarithm of the sum",
            SOFTMAX + "top = logits.amax(1, True)\n"
            "    return torch.exp(logits - (top + torch.exp(logits - top).sum(1, True).log()))",
        ),
        Wrong("powers of 2", SOFTMAX + "e = torch.exp2(logits)\n    return e / e.sum(-1, True)"),
        Wrong(
            "divided by their", SOFTMAX + "e = (logits / logits.amax(1, True)).exp()\n    return e / e.sum(-1, True)"
        ),
        Wrong("100 was subtracted", SOFTMAX + "e = torch.exp(logits - 100)\n    return e / e.sum(-1, True)"),
        Right(
            SOFTMAX + "z = logits - logits.amax(1, True)\n    return torch.exp(z - z.logsumexp(dim=1, keepdim=True))"
        ),
        Right(SOFTMAX + "z = logits.double()\n    return torch.exp(z - z.logsumexp(dim=1, keepdim=True))"),
        Right(
            SOFTMAX + "rows = []\n    for row in logits:\n        e = (row - row.max()).exp()\n"
            "        rows.append(e / e.sum())\n    return torch.stack(rows)"
        ),
        Right(SOFTMAX + "z = logits.double()\n    e = torch.exp(z - z.amax(1, True))\n    return e / e.sum(1, True)"),
        Right(SOFTMAX + "e = logits.sub(logits.amax(-1, True)).exp_()\n    return e.div_(e.sum(-1, True))"),
        Right(SOFTMAX + "e = torch.exp(logits.T - logits.amax(1))\n    return (e / e.sum(0)).T"),
        Right(SOFTMAX + "return F.normalize(torch.exp(logits - logits.amax(-1, True)), p=1, dim=-1)"),
    ],
    "2.4": [
        Wrong(
            "has no parameters",
            module_with(
                "self.l = [nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10)]",
                "return self.l[2](F.relu(self.l[1](F.relu(self.l[0](x.flatten(1))))))",
            ),
        ),
        Wrong("no activation between", CLASSIFIER.format("return self.three(self.two(self.one(x)))")),
        Wrong("after the first layer is missing", CLASSIFIER.format("return self.three(self.two(self.one(x)).relu())")),
        Wrong(
            "after the second layer is missing", CLASSIFIER.format("return self.three(self.two(self.one(x).relu()))")
        ),
        Wrong("softmax at the end", CLASSIFIER.format(f"return {LOGITS}.softmax(-1)")),
        Wrong("softmax at the end, and over the batch", CLASSIFIER.format(f"return {LOGITS}.softmax(0)")),
        Wrong("log_softmax at the end", CLASSIFIER.format(f"return {LOGITS}.log_softmax(-1)")),
        Wrong("sigmoid at the end", CLASSIFIER.format(f"return {LOGITS}.sigmoid()")),
        Wrong("ReLU after the last", CLASSIFIER.format(f"return {LOGITS}.relu()")),
        Wrong("ReLU before the first", CLASSIFIER.format(f"x = x.relu()\n        return {LOGITS}")),
        Wrong("a sigmoid where", CLASSIFIER.format(f"return {LOGITS.replace('relu', 'sigmoid')}")),
        Wrong(
            "second layer stands a tanh", CLASSIFIER.format("return self.three(self.two(self.one(x).relu()).tanh())")
        ),
        Wrong("128 → 64", CLASSIFIER.replace("64", "32").format(f"return {LOGITS}")),
        Wrong("784 → 128", CLASSIFIER.replace("128", "256").format(f"return {LOGITS}")),
        Wrong("None", CLASSIFIER.format(LOGITS)),
        Wrong(
            "super|__init__",
            "class Classifier(nn.Module):\n    def __init__(self):\n        self.one = nn.Linear(784, 128)\n"
            "    def forward(self, x):\n        return self.one(x)",
        ),
        Wrong("biases", MADE.replace("nn.Linear(64, 10)", "nn.Linear(64, 10, bias=False)")),
        Wrong(
            "What else is there",
            MADE.replace("nn.Linear(64, 10)\n", "nn.Linear(64, 10)\n        self.four = nn.Linear(10, 10)\n"),
        ),
        Wrong("no gradient record", CLASSIFIER.format(f"return {LOGITS}.detach()")),
        Wrong(
            "No gradient comes back to one",
            CLASSIFIER.format("return self.three(self.two(self.one(x).relu().detach()).relu())"),
        ),
        Wrong(
            "softmax at the end",
            CLASSIFIER.format(f"z = {LOGITS}\n        return z if self.training else z.softmax(-1)"),
        ),
        Wrong(
            "What else is there",
            MADE.replace("\n\n", "\n        self.scale = nn.Parameter(torch.ones(1))\n\n"),
        ),
        Wrong(
            "Is there a dropout",
            CLASSIFIER.format("return self.three(F.dropout(self.two(self.one(x).relu()).relu(), 0.2))"),
        ),
        Wrong("is frozen", MADE.replace("\n\n", "\n        self.one.requires_grad_(False)\n\n")),
        Wrong("are equal", MADE.replace("\n\n", "\n        nn.init.zeros_(self.two.weight)\n\n")),
        Wrong("one.bias are 0", MADE.replace("\n\n", "\n        nn.init.zeros_(self.one.bias)\n\n")),
        Wrong("three.bias are 0", MADE.replace("\n\n", "\n        self.three.bias.data.fill_(0.01)\n\n")),
        Wrong(
            "one.weight should start as",
            MADE.replace("\n\n", "\n        for p in self.parameters():\n            nn.init.normal_(p, std=0.02)\n\n"),
        ),
        Wrong(
            "two.weight should start as", MADE.replace("\n\n", "\n        nn.init.kaiming_normal_(self.two.weight)\n\n")
        ),
        Wrong("three.bias should start as", MADE.replace("\n\n", "\n        self.three.bias.data *= 0.1\n\n")),
        Wrong("one.weight should start as", MADE.replace("\n\n", "\n        self.one.weight.data.abs_()\n\n")),
        Wrong("without a seed", MADE.replace("super().__init__()", "super().__init__()\n        torch.manual_seed(0)")),
        Wrong(
            "same parameters",
            "layers = nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10)\n"
            + MADE.replace("nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10)\n\n", "layers\n\n"),
        ),
        Wrong("should be a class", MADE + "\n\nClassifier = Classifier()"),
        Wrong("should be an nn.Module", "class Classifier:\n    def forward(self, x):\n        return x"),
        Wrong('missing the required "forward"', MADE.replace("def forward", "def forwards")),
        Wrong("your line", CLASSIFIER.replace("x.flatten(1)", "x.flatten()").format(f"return {LOGITS}")),
        Wrong("rounded", CLASSIFIER.format(f"return {LOGITS}.round(decimals=2)")),
        Wrong("shape", CLASSIFIER.format(f"return {LOGITS}.squeeze()")),
        Right(MADE),
        Right(
            "class Classifier(nn.Sequential):\n    def __init__(self):\n"
            "        super().__init__(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(),"
            " nn.Linear(64, 10))"
        ),
        Right(
            "class Classifier(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "        w = [784, 128, 64, 10]\n"
            "        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(w, w[1:]))\n"
            "    def forward(self, x):\n        x = x.reshape(len(x), -1)\n"
            "        for layer in self.layers[:-1]:\n            x = torch.clamp(layer(x), min=0)\n"
            "        return self.layers[-1](x)"
        ),
        Right(
            module_with(
                OWN,
                "x = x.flatten(1)\nx = (x @ self.W1 + self.b1).relu()\nx = (x @ self.W2 + self.b2).relu()\n"
                "return x @ self.W3 + self.b3",
            )
        ),
        Right(
            module_with(
                "self.one, self.two, self.three = nn.LazyLinear(128), nn.LazyLinear(64), nn.LazyLinear(10)",
                f"x = x.view(x.shape[0], -1)\nreturn {LOGITS}",
            )
        ),
        Right(
            module_with(
                f"{LINEARS}\nself.activation = nn.ReLU(inplace=True)",
                "for layer in (self.one, self.two):\n    x = self.activation(layer(x.reshape(len(x), -1)))\n"
                "return self.three(x)",
            )
        ),
        Right(
            module_with(
                "self.net = nn.Sequential(nn.Conv2d(1, 128, 28), nn.ReLU(), nn.Flatten(), nn.Linear(128, 64), nn.ReLU(),"
                " nn.Linear(64, 10))",
                "return self.net(x)",
            )
        ),
        Right(
            module_with(
                LINEARS,
                f"self.seen = len(x)\nx = torch.flatten(x, 1)\nreturn {LOGITS.replace('.relu()', '.clamp(min=0)')}",
            )
        ),
    ],
    "2.5": [
        Wrong("have no names", "named = nn.Sequential(" + ", ".join(PARTS.values()) + ")"),
        Wrong("softmax at the end", named_with(softmax="nn.Softmax(dim=-1)")),
        Wrong("softmax at the end", named_with(softmax="nn.LogSoftmax(dim=-1)")),
        Wrong("names should be", named_with(fc2=None, output="nn.Linear(128, 10)")),
        Wrong("names should be", named_with(dropout=None)),
        Wrong("fc1 should be 784 → 128", named_with(fc1="nn.Linear(784, 64)", fc2="nn.Linear(64, 10)")),
        Wrong("fc2 should be 128 → 10", named_with(fc2="nn.Linear(128, 100)")),
        Wrong("fc1 should be 784 → 128, but it is 128 → 784", named_with(fc1="nn.Linear(128, 784)")),
        Wrong("rate of the dropout should be 0.2", named_with(dropout="nn.Dropout(0.5)")),
        Wrong("rate of the dropout should be 0.2", named_with(dropout="nn.Dropout()")),
        Wrong("should be an nn.ReLU", named_with(relu="nn.Tanh()")),
        Wrong("should be an nn.Dropout", named_with(dropout="nn.Identity()")),
        Wrong("but it is a class", "class named(nn.Sequential):\n    pass"),
        Wrong("of nn.Sequential", "named = OrderedDict(" + ", ".join(f"{k}={v}" for k, v in PARTS.items()) + ")"),
        Wrong(
            "order should be",
            "named = nn.Sequential(OrderedDict(flatten=nn.Flatten(), fc1=nn.Linear(784, 128), dropout=nn.Dropout(0.2),"
            " relu=nn.ReLU(), fc2=nn.Linear(128, 10)))",
        ),
        Wrong("no biases", named_with(fc2="nn.Linear(128, 10, bias=False)")),
        Wrong("eval\\(\\) mode", named_with("named.eval()")),
        Wrong("is frozen", named_with("named.fc1.requires_grad_(False)")),
        Wrong("are equal", named_with("nn.init.zeros_(named.fc2.weight)")),
        Wrong("stopped with|shape", named_with(flatten="nn.Flatten(0)")),
        Wrong("stopped with|shape", named_with(flatten="nn.Flatten(2)")),
        Wrong(
            "at the end",
            "class Odd(nn.Sequential):\n    def forward(self, x):\n        return super().forward(x).softmax(-1)\n\n"
            + named_with("named = Odd(OrderedDict(named._modules))"),
        ),
        Right(named_with()),
        Right(
            "layers = OrderedDict()\nlayers['flatten'] = nn.Flatten()\nlayers['fc1'] = nn.Linear(784, 128)\n"
            "layers['relu'] = nn.ReLU(inplace=True)\nlayers['dropout'] = nn.Dropout(p=0.2)\n"
            "layers['fc2'] = nn.Linear(128, 10)\nnamed = nn.Sequential(layers)"
        ),
        Right(
            "named = nn.Sequential()\nnamed.add_module('flatten', nn.Flatten())\n"
            "named.add_module('fc1', nn.Linear(784, 128))\nnamed.add_module('relu', nn.ReLU())\n"
            "named.add_module('dropout', nn.Dropout(0.2))\nnamed.add_module('fc2', nn.Linear(128, 10))"
        ),
        Right(named_with(fc1="nn.LazyLinear(128)", fc2="nn.LazyLinear(10)")),
        Right(named_with("named(images)", fc1="nn.LazyLinear(128)")),
        Right(
            "named = nn.Sequential(OrderedDict("
            + repr(list(PARTS.items())).replace("'nn", "nn").replace(")'", ")")
            + "))"
        ),
        Wrong("should start as", named_with("for p in named.parameters():\n    nn.init.normal_(p, 0, 0.1)")),
        Wrong("fc1.weight should start as", named_with("nn.init.kaiming_normal_(named.fc1.weight)")),
        Wrong("fc2.weight should start as", named_with("nn.init.xavier_uniform_(named.fc2.weight)")),
        Wrong("fc2.bias are 0", named_with("nn.init.zeros_(named.fc2.bias)")),
        Right(named_with("for layer in (named.fc1, named.fc2):\n    layer.reset_parameters()")),
    ],
    "2.6": [
        Wrong("weights alone", COUNT + "sum(a * b for a, b in zip(widths, widths[1:]))"),
        Wrong("biases of the inputs", COUNT + "sum(a * b for a, b in zip(widths, widths[1:])) + sum(widths)"),
        Wrong("Multiply neighbors", COUNT + "torch.tensor(widths).prod().item() + sum(widths[1:])"),
        Wrong("Go through all", COUNT + "(widths[0] + 1) * widths[1] + (widths[1] + 1) * widths[-1]"),
        Wrong(
            "changes what it is given",
            "def count_parameters(widths):\n    total = 0\n    while len(widths) > 1:\n"
            "        total += (widths.pop(0) + 1) * widths[0]\n    return total",
        ),
        Wrong("should be an int, but it is a float", COUNT + f"float({SUM})"),
        Wrong("should be an int, but it is a Tensor", COUNT + f"torch.tensor({SUM})"),
        Wrong("for each input of a layer", COUNT + "sum(a * b + a for a, b in zip(widths, widths[1:]))"),
        Wrong("one bias for each layer", COUNT + "sum(a * b + 1 for a, b in zip(widths, widths[1:]))"),
        Wrong("leaves out the last layer", COUNT + "sum((a + 1) * b for a, b in zip(widths[:-1], widths[1:-1]))"),
        Wrong("leaves out the first layer", COUNT + "sum((a + 1) * b for a, b in zip(widths[1:], widths[2:]))"),
        Wrong("biases of the last layer", COUNT + f"{SUM} - widths[-1]"),
        Wrong("result for \\[784, 256, 10\\]", COUNT + "203530"),
        Wrong("between calls", COUNT + "84"),
        Wrong(
            "without building",
            COUNT + "sum(p.numel() for a, b in zip(widths, widths[1:]) for p in nn.Linear(a, b).parameters())",
        ),
        Wrong(
            "without building",
            COUNT + "sum(p.numel() for a, b in zip(widths, widths[1:]) "
            "for p in nn.Linear(a, b, device='meta').parameters())",
        ),
        Wrong("only once", COUNT + "len(set(widths)) and sum((a + 1) * b for a, b in set(zip(widths, widths[1:])))"),
        Wrong("`index` finds", COUNT + "sum(m * (widths[widths.index(m) - 1] + 1) for m in widths[1:])"),
        Wrong("`index` finds", COUNT + "sum((n + 1) * widths[widths.index(n) + 1] for n in widths[:-1])"),
        Wrong("a dict keeps", COUNT + "sum((a + 1) * b for a, b in dict(zip(widths, widths[1:])).items())"),
        Wrong("order of size", "def count_parameters(widths):\n    widths = sorted(widths)\n    return " + SUM),
        Wrong("call before", f"kept = []\ndef count_parameters(widths):\n    kept.append({SUM})\n    return sum(kept)"),
        Wrong(
            "should be 90,255,882, but it is 90,255,880",
            COUNT + "int(sum(torch.tensor(float((a + 1) * b)) for a, b in zip(widths, widths[1:])))",
        ),
        Wrong("returns nothing", "def count_parameters(widths):\n    print(" + SUM + ")"),
        Right(COUNT + SUM),
        Right(
            "def count_parameters(widths):\n    total = 0\n    for i in range(1, len(widths)):\n"
            "        total += widths[i - 1] * widths[i] + widths[i]\n    return total"
        ),
        Right(COUNT + "0 if len(widths) < 2 else (widths[0] + 1) * widths[1] + count_parameters(widths[1:])"),
        Right(
            "def count_parameters(widths):\n    w = torch.tensor(widths)\n    return ((w[:-1] + 1) * w[1:]).sum().item()"
        ),
        Right(
            "def count_parameters(widths):\n    widths = list(widths)\n    total = sum(widths[1:])\n"
            "    while len(widths) > 1:\n        total += widths.pop() * widths[-1]\n    return total"
        ),
        Right(
            "from itertools import pairwise\n\ncount_parameters = lambda widths: sum(b * (1 + a) for a, b in pairwise(widths))"
        ),
    ],
    "2.7": [
        Wrong(
            "in-place operation",
            "def set_layer(layer, weight, bias):\n    layer.weight.copy_(weight)\n    layer.bias.copy_(bias)",
        ),
        Wrong("TypeError", "def set_layer(layer, weight, bias):\n    layer.weight = weight\n    layer.bias = bias"),
        Wrong(
            "new weight parameter", SET + "layer.weight = nn.Parameter(weight)\n        layer.bias = nn.Parameter(bias)"
        ),
        Wrong(
            "new bias parameter", SET + "layer.weight.copy_(weight)\n        layer.bias = nn.Parameter(bias.clone())"
        ),
        Wrong("layer.bias` still holds its old", SET + "layer.weight.copy_(weight)"),
        Wrong("layer.weight` still holds its old", SET + "layer.bias.copy_(bias)"),
        Wrong(
            "no longer requires",
            "def set_layer(layer, weight, bias):\n    layer.requires_grad_(False)\n    layer.weight.copy_(weight)\n"
            "    layer.bias.copy_(bias)",
        ),
        Wrong(
            "leaves gradients at False",
            "def set_layer(layer, weight, bias):\n    torch.set_grad_enabled(False)\n    layer.weight.copy_(weight)\n"
            "    layer.bias.copy_(bias)",
        ),
        Wrong("still holds", "def set_layer(layer, weight, bias):\n    weight, bias = layer.weight, layer.bias"),
        Wrong(
            "in the memory",
            "def set_layer(layer, weight, bias):\n    layer.weight.data = weight\n    layer.bias.data = bias",
        ),
        Wrong("in the memory", SET + "layer.weight.data = weight.detach()\n        layer.bias.copy_(bias)"),
        Wrong("given `weight` was changed", SET + "weight.copy_(layer.weight)\n        bias.copy_(layer.bias)"),
        Wrong("added", SET + "layer.weight.add_(weight)\n        layer.bias.add_(bias)"),
        Wrong("only nearly", SET + "layer.weight += weight - layer.weight\n        layer.bias += bias - layer.bias"),
        Wrong("are the first of `bias`", SET + "layer.weight.copy_(weight)\n        layer.bias.fill_(bias[0])"),
        Wrong("ones", COPIED + "\n        layer.bias.fill_(1)"),
        Wrong("rounded", SET + "layer.weight.copy_(weight.round(decimals=2))\n        layer.bias.copy_(bias)"),
        Wrong("rounded|should be", SET + "layer.weight.copy_(weight.half())\n        layer.bias.copy_(bias)"),
        Wrong("last entry", SET + "layer.weight[:-1] = weight[:-1]\n        layer.bias.copy_(bias)"),
        Wrong("eval\\(\\)", COPIED + "\n    layer.eval()"),
        Wrong("gradient in", COPIED + "\n    layer.zero_grad()"),
        Wrong("still holds", spoiled(COPIED, "set_layer", "if not state:\n    state[1] = right(*args)")),
        Wrong(
            "transposed|should be",
            SET
            + "layer.weight.copy_(weight.T if len(weight) == weight.shape[1] else weight)\n        layer.bias.copy_(bias)",
        ),
        Wrong("beyond 1|should be", SET + "layer.weight.copy_(weight.clamp(-1, 1))\n        layer.bias.copy_(bias)"),
        Right(
            "torch.set_grad_enabled(True)\ndef set_layer(layer, weight, bias):\n    layer.weight.data.copy_(weight)\n"
            "    layer.bias.data.copy_(bias)"
        ),
        Right(
            "@torch.no_grad()\ndef set_layer(layer, weight, bias):\n    layer.weight[:] = weight\n    layer.bias[:] = bias"
        ),
        Right("def set_layer(layer, weight, bias):\n    layer.load_state_dict({'weight': weight, 'bias': bias})"),
        Right(
            SET + "for parameter, value in zip(layer.parameters(), (weight, bias)):\n            parameter.copy_(value)"
        ),
        Right(
            "def set_layer(layer, weight, bias):\n    with torch.inference_mode():\n        layer.weight.copy_(weight)\n        layer.bias.copy_(bias)"
        ),
        Right(COPIED + "\n    return layer"),
        Right(SET + "layer.weight.data = weight.clone()\n        layer.bias.data = bias.clone()"),
        Right(
            "def set_layer(layer, weight, bias):\n    layer.weight.detach().copy_(weight)\n    layer.bias.detach()[...] = bias.detach()"
        ),
    ],
    "2.8": [
        Wrong("plain: this is an ordinary", LEARNS.format("no", "no", "no", "yes")),
        Wrong("zeros: all neurons are twins", LEARNS.format("yes", "yes", "no", "yes")),
        Wrong("does not see a plain list", LEARNS.format("yes", "no", "yes", "yes")),
        Wrong("a single layer learns as well", LEARNS.format("yes", "no", "no", "no")),
        Wrong('write "yes" or "no"', LEARNS.format("True", "False", "False", "True")),
        Wrong('write "yes" or "no"', LEARNS.format("yes", "no", "no", "yes, slowly")),
        Wrong('write "yes" or "no"', "learns = {'plain': True, 'zeros': False, 'listed': False, 'linear': True}"),
        Wrong("line 'linear' is missing", "learns = {'plain': 'yes', 'zeros': 'no', 'listed': 'no'}"),
        Wrong("Keep the dict", "learns = ['yes', 'no', 'no', 'yes']"),
        Right(LEARNS.format("yes", "no", "no", "yes")),
        Right('learns = dict(plain="yes", zeros="no", listed="no", linear="yes")'),
        Right(
            'names = ["plain", "zeros", "listed", "linear"]\n'
            'learns = {name: "no" if name in ("zeros", "listed") else "yes" for name in names}'
        ),
        Right('learns = dict(linear="yes", listed="no", zeros="no", plain="yes")'),
        Right(LEARNS.format("Yes", "No", " NO", "yes ")),
    ],
    "2.9": [
        Wrong("after the last layer", DEEP.format("nn.ReLU()", "*layers")),
        Wrong(
            "no activation between",
            "def deep_network(widths):\n"
            "    return nn.Sequential(nn.Flatten(), *[nn.Linear(a, b) for a, b in zip(widths, widths[1:])])",
        ),
        Wrong(
            "should be 16 → 8, 8 → 6, 6 → 4",
            "def deep_network(widths):\n"
            "    return nn.Sequential(nn.Flatten(), nn.Linear(widths[0], widths[1]), nn.ReLU(),"
            " nn.Linear(widths[1], widths[-1]))",
        ),
        Wrong("nn.Flatten should come first", DEEP.format("nn.ReLU()", "*layers[1:-1]")),
        Wrong("returns nothing", "def deep_network(widths):\n    nn.Sequential(nn.Flatten())"),
        Wrong("should be an nn.Sequential", "def deep_network(widths):\n    return [nn.Flatten()]"),
        Wrong(
            "should be an nn.Sequential",
            DEEP_RIGHT.replace("nn.Sequential(", "nn.ModuleList([").replace("[:-1])", "[:-1]])"),
        ),
        Wrong("a sigmoid where", DEEP.format("nn.Sigmoid()", "*layers[:-1]")),
        Wrong("changes what it is given", DEEP_RIGHT.replace("    return", "    widths.clear()\n    return")),
        Wrong(
            "changes what it is given",
            "def deep_network(widths):\n    layers = [nn.Flatten()]\n    while len(widths) > 1:\n"
            "        layers += [nn.Linear(widths.pop(0), widths[0]), nn.ReLU()]\n    return nn.Sequential(*layers[:-1])",
        ),
        Wrong("softmax at the end", DEEP.format("nn.ReLU()", "*layers[:-1], nn.Softmax(-1)")),
        Wrong(
            "same parameters",
            "from functools import cache\nmake = cache(nn.Linear)\n" + DEEP_RIGHT.replace("nn.Linear", "make"),
        ),
        Wrong(
            "same parameters",
            "from functools import cache\nmake = cache(lambda a, b, i: nn.Linear(a, b))\n"
            + DEEP_RIGHT.replace("nn.Linear(a, b)", "make(a, b, len(layers))"),
        ),
        Wrong("no biases", DEEP_RIGHT.replace("nn.Linear(a, b)", "nn.Linear(a, b, bias=False)")),
        Wrong("eval\\(\\) mode", DEEP_RIGHT + ".eval()"),
        Wrong("What else is there", DEEP_RIGHT.replace("nn.ReLU()", "nn.PReLU()")),
        Wrong("leaky ReLU", DEEP_RIGHT.replace("nn.ReLU()", "nn.LeakyReLU()")),
        Wrong(
            "is used twice",
            "def deep_network(widths):\n    layers = [nn.Flatten(), nn.Linear(widths[0], widths[1])]\n"
            "    if len(set(widths[1:-1])) == 1:\n        layers += [nn.ReLU(), nn.Linear(widths[1], widths[1])]"
            " * (len(widths) - 3)\n        widths = widths[-2:]\n    else:\n        widths = widths[1:]\n"
            "    for a, b in zip(widths, widths[1:]):\n        layers += [nn.ReLU(), nn.Linear(a, b)]\n"
            "    return nn.Sequential(*layers)",
        ),
        Wrong(
            "is used twice",
            "def deep_network(widths):\n    made = {pair: nn.Linear(*pair) for pair in zip(widths, widths[1:])}\n"
            "    layers = [nn.Flatten()]\n    for pair in zip(widths, widths[1:]):\n"
            "        layers += [made[pair], nn.ReLU()]\n    return nn.Sequential(*layers[:-1])",
        ),
        Wrong(
            "after the (first|second) layer is missing",
            "def deep_network(widths):\n    layers = [nn.Flatten()]\n    for a, b in zip(widths, widths[1:]):\n"
            "        layers.append(nn.Linear(a, b))\n        if b != widths[-1]:\n"
            "            layers.append(nn.ReLU())\n    return nn.Sequential(*layers)",
        ),
        Wrong(
            "after the (first|second) layer is missing",
            "def deep_network(widths):\n    layers = [nn.Flatten()]\n    for a, b in zip(widths, widths[1:]):\n"
            "        if a != widths[0]:\n            layers.append(nn.ReLU())\n"
            "        layers.append(nn.Linear(a, b))\n    return nn.Sequential(*layers)",
        ),
        Wrong(
            "after the first layer is missing",
            DEEP_RIGHT.replace(
                "    return nn.Sequential(*layers[:-1])",
                "    if len(layers) > 3:\n        del layers[2]\n    return nn.Sequential(*layers[:-1])",
            ),
        ),
        Wrong(
            "Is there a dropout",
            DEEP_RIGHT.replace("nn.ReLU()]", "nn.ReLU(), nn.Dropout(0.2)]").replace("[:-1]", "[:-2]"),
        ),
        Wrong("linear layers of", DEEP_RIGHT.replace("layers[:-1]", "layers[:-3]")),
        Wrong("linear layers of", DEEP_RIGHT.replace("nn.Linear(a, b)", "nn.Linear(b, a)")),
        Wrong(
            "are equal",
            DEEP_RIGHT.replace(
                "    return nn.Sequential(*layers[:-1])",
                "    nn.init.zeros_(layers[1].weight)\n    return nn.Sequential(*layers[:-1])",
            ),
        ),
        Wrong("seeds", DEEP_RIGHT.replace("    layers = ", "    torch.manual_seed(0)\n    layers = ")),
        Wrong(
            "should start as",
            DEEP_RIGHT.replace(
                "    return nn.Sequential(*layers[:-1])",
                "    nn.init.kaiming_normal_(layers[-2].weight)\n    return nn.Sequential(*layers[:-1])",
            ),
        ),
        Wrong(
            "bias are 0",
            DEEP_RIGHT.replace(
                "    return nn.Sequential(*layers[:-1])",
                "    nn.init.zeros_(layers[1].bias)\n    return nn.Sequential(*layers[:-1])",
            ),
        ),
        Right(
            "def deep_network(widths):\n    net = nn.Sequential(nn.Flatten(), nn.Linear(*widths[:2]))\n"
            "    for a, b in zip(widths[1:], widths[2:]):\n        net.extend([nn.ReLU(), nn.Linear(a, b)])\n    return net"
        ),
        Right(
            "def deep_network(widths):\n    layers = []\n    for a, b in zip(widths, widths[1:]):\n"
            "        layers += [nn.ReLU(), nn.Linear(a, b)]\n    layers[0] = nn.Flatten()\n"
            "    return nn.Sequential(*layers)"
        ),
        Right(
            "def deep_network(widths):\n    layers = [nn.Flatten()]\n    for i in range(len(widths) - 1):\n"
            "        layers.append(nn.Linear(widths[i], widths[i + 1]))\n        if i < len(widths) - 2:\n"
            "            layers.append(nn.ReLU())\n    return nn.Sequential(*layers)"
        ),
        Right(
            "def deep_network(widths):\n    layers, relu = [], nn.ReLU(inplace=True)\n"
            "    for b in widths[1:]:\n        layers += [nn.LazyLinear(b), relu]\n"
            "    return nn.Sequential(nn.Flatten(), *layers[:-1])"
        ),
        Right(
            "def deep_network(widths):\n    *hidden, last = zip(widths, widths[1:])\n"
            "    blocks = [nn.Sequential(nn.Linear(a, b), nn.ReLU()) for a, b in hidden]\n"
            "    return nn.Sequential(nn.Flatten(), *blocks, nn.Linear(*last))"
        ),
        Right(
            "def deep_network(widths):\n    layers = OrderedDict(flatten=nn.Flatten())\n"
            "    for i, (a, b) in enumerate(zip(widths, widths[1:]), 1):\n"
            "        layers[f'fc{i}'] = nn.Linear(a, b)\n        layers[f'relu{i}'] = nn.ReLU()\n"
            "    layers.popitem()\n    return nn.Sequential(layers)"
        ),
    ],
    "2.10": [
        Wrong("Take the square root", HE_STD.format("2 / n")),
        Wrong("computed from the outputs", HE_STD.format("(2 / m) ** 0.5")),
        Wrong("biases should be 0", HE + "layer.weight.normal_(0, (2 / n) ** 0.5)"),
        Wrong("the 2 is missing", HE_STD.format("n ** -0.5")),
        Wrong("in-place operation", "def he_init(layer):\n    layer.weight.normal_(0, (2 / layer.in_features) ** 0.5)"),
        Wrong("have not changed", "def he_init(layer):\n    nn.init.zeros_(layer.bias)"),
        Wrong("inputs \\+ outputs", HE + "nn.init.xavier_normal_(layer.weight)\n        layer.bias.zero_()"),
        Wrong("nn.Linear's own", "def he_init(layer):\n    layer.reset_parameters()\n    nn.init.zeros_(layer.bias)"),
        Wrong(
            "spread evenly", HE + "s = (2 / n) ** 0.5\n        layer.weight.uniform_(-s, s)\n        layer.bias.zero_()"
        ),
        Wrong(
            "centered on .* mean should be 0", HE + "layer.weight.normal_((2 / n) ** 0.5)\n        layer.bias.zero_()"
        ),
        Wrong(
            r"All weights are 0.06325. Draw each anew",
            HE + "layer.weight.normal_((2 / n) ** 0.5, 0)\n        layer.bias.zero_()",
        ),
        Wrong("should be", HE + "layer.weight.uniform_(0, (6 / n) ** 0.5)\n        layer.bias.zero_()"),
        Wrong(
            "same row of weights",
            HE + "layer.weight.copy_(torch.randn(1, n) * (2 / n) ** 0.5)\n        layer.bias.zero_()",
        ),
        Wrong(
            "of a neuron are equal",
            HE + "layer.weight.copy_(torch.randn(m, 1) * (2 / n) ** 0.5)\n        layer.bias.zero_()",
        ),
        Wrong(
            "still have their old|row|nan|different sizes",
            HE + "layer.weight[:-1].normal_(0, (2 / n) ** 0.5)\n        layer.bias.zero_()",
        ),
        Wrong("nan or inf|are 0|spread evenly", HE + "layer.weight *= 6**0.5\n        layer.bias.zero_()"),
        Wrong("biases should be 0", HE + "layer.weight.normal_(0, (2 / n) ** 0.5)\n        layer.bias[:-1] = 0"),
        Wrong(
            "Two layers of the same size",
            HE
            + "g = torch.Generator().manual_seed(0)\n        layer.weight.normal_(0, (2 / n) ** 0.5, generator=g)\n        layer.bias.zero_()",
        ),
        Wrong(
            "without a seed",
            "def he_init(layer):\n    torch.manual_seed(0)\n    nn.init.kaiming_normal_(layer.weight)\n    nn.init.zeros_(layer.bias)",
        ),
        Wrong("for 400 inputs", HE_STD.format("(2 / 400) ** 0.5")),
        Wrong("for 784 inputs", HE_STD.format("(2 / 784) ** 0.5")),
        Wrong("is 1\\. It should be", HE + "layer.weight.normal_()\n        layer.bias.zero_()"),
        Wrong("The 2 belongs under", HE_STD.format("2 / n ** 0.5")),
        Wrong(
            "new weight parameter",
            HE + "layer.weight = nn.Parameter(torch.randn(m, n) * (2 / n) ** 0.5)\n        layer.bias.zero_()",
        ),
        Wrong(
            "leaves gradients at False",
            "def he_init(layer):\n    torch.set_grad_enabled(False)\n    nn.init.kaiming_normal_(layer.weight)\n    layer.bias.zero_()",
        ),
        Wrong("eval\\(\\)", HE_RIGHT + "\n    layer.eval()"),
        Wrong("no longer requires", HE_RIGHT + "\n    layer.requires_grad_(False)"),
        Wrong(
            "different sizes|should be",
            HE
            + "layer.weight.copy_((torch.randn(m, n) * (2 / n) ** 0.5).round(decimals=2))\n        layer.bias.zero_()",
        ),
        Right(
            "def he_init(layer):\n    nn.init.kaiming_normal_(layer.weight, nonlinearity='relu')\n    nn.init.zeros_(layer.bias)"
        ),
        Right(
            "@torch.no_grad()\ndef he_init(layer):\n"
            "    layer.weight.copy_(torch.randn_like(layer.weight) * (2 / layer.weight.shape[1]) ** 0.5)\n"
            "    layer.bias.fill_(0)"
        ),
        Right(
            "def he_init(layer):\n    torch.nn.init.normal_(layer.weight, std=(2 / layer.in_features) ** 0.5)\n"
            "    torch.nn.init.constant_(layer.bias, 0.0)"
        ),
        Right(HE_RIGHT + "\n    return layer"),
        Wrong(
            "from the normal distribution",
            "def he_init(layer):\n    nn.init.kaiming_uniform_(layer.weight, nonlinearity='relu')\n    nn.init.zeros_(layer.bias)",
        ),
        Right(
            "import math\n\ndef he_init(layer):\n    layer.weight.data.normal_(0, math.sqrt(2 / layer.in_features))\n    layer.bias.data[:] = 0"
        ),
        Right(HE + "for row in layer.weight:\n            row.normal_(0, (2 / n) ** 0.5)\n        layer.bias.mul_(0)"),
    ],
}

# What beginners wrote

NAIVE = SOFTMAX + "e = torch.exp(logits)\n    p = e / e.sum(-1, keepdim=True)\n    return "
SHIFTED = SOFTMAX + "e = torch.exp(logits - {})\n    return e / e.sum(-1, keepdim=True)"
HALF_HIDDEN = "self.hidden = [nn.Linear(784, 128), nn.Linear(128, 64)]\nself.output = nn.Linear(64, 10)"
THROUGH_LIST = "x = x.flatten(1)\nfor layer in self.hidden:\n    x = F.relu(layer(x))\nreturn self.output(x)"
LAYERS = "nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10)"
NO_BLOCK = (
    "def set_layer(layer, weight, bias):\n    {}\n        layer.weight.copy_(weight)\n        layer.bias.copy_(bias)"
)
PAIRS = "sum(n * m + m for n, m in {})"
BEGINNERS = {
    "2.1": [
        Wrong(r"size fixed in your code.*images of shape \(3, 2, 4, 5\)", FLATTEN + "images.view(-1, 28 * 28)"),
        Wrong("mixes pixels of several pictures", FLATTEN + "images.reshape(-1, len(images)).T"),
        Right(FLATTEN + "images.flatten(start_dim=1)\n    ..."),
    ],
    "2.3": [
        Wrong(
            "^The logits are cut off, so", SOFTMAX + "e = logits.clamp(max=80).exp()\n    return e / e.sum(-1, True)"
        ),
        Wrong(
            "^The logits are cut off, so", SOFTMAX + "e = logits.clamp(max=50).exp()\n    return e / e.sum(-1, True)"
        ),
        Wrong("argmax gives the place", SHIFTED.format("logits.argmax(dim=-1, keepdim=True)")),
        Wrong("set to 1", NAIVE + "p.nan_to_num(1.0)"),
        Wrong("take `.values`, or use `amax`", SHIFTED.format("logits.max(dim=-1, keepdim=True)")),
        Wrong("calls itself", SOFTMAX + "return softmax(logits - logits.amax(-1, keepdim=True))"),
    ],
    "2.4": [
        Wrong(
            "`nn.ReLU\\(...\\)` makes a layer",
            module_with(LINEARS, "x = x.flatten(1)\nx = nn.ReLU(self.one(x))\nreturn self.three(self.two(x))"),
        ),
        Wrong(
            "`nn.ReLU\\(...\\)` makes a layer",
            module_with(
                LINEARS + "\nself.relu = nn.ReLU",
                "x = self.relu(self.one(x.flatten(1)))\nreturn self.three(self.relu(self.two(x)))",
            ),
        ),
        Wrong("784 → 128.*`self.hidden` is a plain list", module_with(HALF_HIDDEN, THROUGH_LIST)),
        Wrong(
            "Make the layers in `__init__`",
            module_with("pass", "x = F.relu(nn.Linear(784, 128)(x.flatten(1)))\nreturn nn.Linear(128, 10)(x)"),
        ),
        Wrong("indented like `__init__`", MADE.replace("def forward", "def foward")),
        Wrong("rows on the left have 28 numbers", MADE.replace("x = x.flatten(1)", "x.flatten(1)")),
        Wrong("first line of `__init__`", MADE.replace("        super().__init__()\n", "")),
    ],
    "2.5": [
        Wrong("come in an `OrderedDict`", f"named = nn.Sequential({PARTS!r})".replace("'nn", "nn").replace(")'", ")")),
        Wrong("made with parentheses", named_with(flatten="nn.Flatten")),
        Wrong("passed with a star", f"named = nn.Sequential([{LAYERS}])"),
        Wrong("come in an `OrderedDict`", "named = nn.Sequential(fc1=nn.Linear(784, 128))"),
        Wrong("The layer is `nn.ReLU", named_with(relu="F.relu")),
        Wrong("is an OrderedDict with 1 entry", "named = OrderedDict(flatten=nn.Flatten())"),
    ],
    "2.6": [
        Wrong("pairs each width with itself", COUNT + PAIRS.format("zip(widths[1:], widths[1:])")),
        Wrong("pairs each width with itself, also", COUNT + PAIRS.format("zip(widths, widths)")),
        Wrong(
            "from the last width to the first as well",
            COUNT + "sum(widths[i - 1] * m + m for i, m in enumerate(widths))",
        ),
        Wrong("single layer from the first", COUNT + "widths[0] * widths[-1] + widths[-1]"),
        Wrong("a bias for each weight", COUNT + "sum(n * (m + m) for n, m in zip(widths, widths[1:]))"),
        Wrong("and no biases", COUNT + "sum(n + m for n, m in zip(widths, widths[1:]))"),
        Wrong(
            "what it is given, `widths`",
            "def count_parameters(widths):\n    total = 0\n    while len(widths) > 1:\n        n = widths.pop(0)\n"
            "        total += n * widths[0] + widths[0]\n    return total",
        ),
        Wrong(
            r"was called with widths = \[9, 5, 3, 4\]",
            "def count_parameters(widths):\n    a, b, c = widths\n    return a",
        ),
    ],
    "2.7": [
        Wrong("parentheses missing, as in `torch.no_grad", NO_BLOCK.format("with torch.no_grad:")),
        Wrong("block `with torch.no_grad", NO_BLOCK.format("if True:")),
        Wrong("Change its numbers in place", SET + "layer.weight = weight\n        layer.bias = bias"),
        Wrong(
            "only nearly",
            SET + "layer.weight -= layer.weight - weight\n        layer.bias -= layer.bias - bias",
        ),
        Wrong(r"`layer.bias\[0\]`|layer.bias", SET + "layer.weight.copy_(weight)\n        layer.bias.copy_(bias + 1)"),
    ],
    "2.9": [
        Wrong("passed with a star", DEEP_RIGHT.replace("*layers", "layers")),
        Wrong("The layer is `nn.ReLU", DEEP.format("F.relu", "*layers[:-1]")),
        Wrong(
            "Among layers, use the layer",
            "def deep_network(widths):\n    return nn.Sequential(*[F.relu(nn.Linear(n, m)) for n, m in zip(widths, widths[1:])])",
        ),
        Wrong("what it is given, `widths`", "def deep_network(widths):\n    widths.pop(0)\n    return nn.Flatten()"),
    ],
    "2.10": [
        Wrong("spread evenly. Draw", HE + "nn.init.kaiming_uniform_(layer.weight)\n        layer.bias.zero_()"),
        Wrong(
            "spread evenly. Draw",
            HE + "a = (6 / n) ** 0.5\n        layer.weight.uniform_(-a, a)\n        layer.bias.zero_()",
        ),
        Wrong(
            "spread evenly. Draw",
            HE + "layer.reset_parameters()\n        layer.weight.mul_(6**0.5)\n        layer.bias.zero_()",
        ),
        Wrong(
            "have the same size",
            HE + "layer.weight.copy_(torch.randn(m, n).sign() * (2 / n) ** 0.5)\n        layer.bias.zero_()",
        ),
        Wrong(
            "Draw new weights.*All weights of the layer were|spread evenly",
            HE + "layer.weight.mul_((2 / n) ** 0.5 / layer.weight.std())\n        layer.bias.zero_()",
        ),
        Wrong("root of a number is", HE_STD.format("torch.sqrt(2 / n)")),
    ],
}
for number, answers in BEGINNERS.items():
    ANSWERS[number] += answers
