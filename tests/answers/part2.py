"""Wrong and right answers to the exercises of Part 2."""

from lessons import Right, Wrong

SHAPES = """shapes = dict(zip([
    "one picture from train_set", "batch of 32 pictures", "the batch, flattened", "W1", "b1",
    "hidden, for the batch of 32", "logits, for the batch of 32", "logits, for a batch of one picture",
], [{}, (32, 1, 28, 28), {}, {}, {}, (32, 256), {}, {}]))"""

CLASSIFIER = """class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two, self.three = nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10)

    def forward(self, x):
        x = x.flatten(1)
        {}"""

NAMED = """named = nn.Sequential(OrderedDict([
    ("flatten", nn.Flatten()), ("fc1", nn.Linear(784, {})), ("relu", {}), ("dropout", nn.Dropout({})), ("{}", nn.Linear({}, 10)){}
]))"""

COUNT = "def count_parameters(widths):\n    return "
LEARNS = 'learns = {{"plain": "{}", "zeros": "{}", "listed": "{}", "linear": "{}"}}'

ANSWERS = {
    "2.1": [
        Wrong("must stay apart", "def flatten_batch(images):\n    return images.flatten()"),
        Wrong("batch stands last", "def flatten_batch(images):\n    return images.reshape(images[0].numel(), -1)"),
        Wrong("two dimensions", "def flatten_batch(images):\n    return images.flatten(2)"),
        Wrong("your line", "def flatten_batch(images):\n    return images.reshape(64, 784)"),
        Wrong(r"should be \(3, 40\)", "def flatten_batch(images):\n    return images.reshape(-1, images.shape[-1])"),
        Wrong("in their order", "def flatten_batch(images):\n    return images.permute(0, 2, 3, 1).flatten(1)"),
        Wrong("returns nothing", "def flatten_batch(images):\n    images.flatten(1)"),
        Right("def flatten_batch(images):\n    return images.reshape(len(images), -1)"),
        Right("def flatten_batch(images):\n    return images.view(images.size(0), -1)"),
        Right("flatten_batch = nn.Flatten()"),
        Right("def flatten_batch(images):\n    return torch.stack([image.flatten() for image in images])"),
    ],
    "2.2": [
        Wrong("channel, too", SHAPES.format("(28, 28)", "(32, 784)", "(784, 256)", "(256,)", "(32, 10)", "(1, 10)")),
        Wrong("wrong order", SHAPES.format("(1, 28, 28)", "(784, 32)", "(784, 256)", "(256,)", "(32, 10)", "(1, 10)")),
        Wrong("wrong order", SHAPES.format("(1, 28, 28)", "(32, 784)", "(256, 784)", "(256,)", "(32, 10)", "(1, 10)")),
        Wrong(
            "a size is not", SHAPES.format("(1, 28, 28)", "(32, 784)", "(784, 256)", "(784,)", "(32, 10)", "(1, 10)")
        ),
        Wrong(
            "how many dimensions",
            SHAPES.format("(1, 28, 28)", "(32, 784)", "(784, 256)", "(256,)", "(32, 10)", "(10,)"),
        ),
        Wrong("write a tuple", SHAPES.format("(1, 28, 28)", "(32, 784)", "(784, 256)", "256", "(32, 10)", "(1, 10)")),
        Right(SHAPES.format("(1, 28, 28)", "(32, 784)", "(784, 256)", "(256,)", "(32, 10)", "(1, 10)")),
        Right(SHAPES.format("[1, 28, 28]", "[32, 784]", "[784, 256]", "[256]", "[32, 10]", "[1, 10]")),
        Right(SHAPES.format("(1, 28, 28)", "(32, 28 * 28)", "W1.shape", "b1.shape", "(32, 10)", "(1, 10)")),
    ],
    "2.3": [
        Wrong(
            "overflow to nan",
            "def softmax(logits):\n    e = torch.exp(logits)\n    return e / e.sum(dim=-1, keepdim=True)",
        ),
        Wrong("rows should", "def softmax(logits):\n    return logits.softmax(dim=0)"),
        Wrong(
            "whole batch adds up",
            "def softmax(logits):\n    e = torch.exp(logits - logits.max())\n    return e / e.sum()",
        ),
        Wrong(
            "each row needs its own",
            "def softmax(logits):\n    e = torch.exp(logits - logits.max())\n    return e / e.sum(dim=-1, keepdim=True)",
        ),
        Wrong(
            "keepdim=True is missing", "def softmax(logits):\n    e = torch.exp(logits)\n    return e / e.sum(dim=-1)"
        ),
        Wrong("logarithm of the softmax", "def softmax(logits):\n    return logits.log_softmax(dim=-1)"),
        Wrong(
            "changed the logits",
            "def softmax(logits):\n    logits -= logits.amax(-1, True)\n    return logits.softmax(-1)",
        ),
        Right(
            "def softmax(logits):\n    shifted = logits - logits.max(dim=1, keepdim=True).values\n"
            "    return torch.exp(shifted) / torch.exp(shifted).sum(dim=1)[:, None]"
        ),
        Right("def softmax(logits):\n    return torch.exp(logits - logits.logsumexp(dim=-1, keepdim=True))"),
        Right(
            "def softmax(logits):\n    rows = []\n    for row in logits:\n        e = (row - row.max()).exp()\n"
            "        rows.append(e / e.sum())\n    return torch.stack(rows)"
        ),
    ],
    "2.4": [
        Wrong(
            "has no parameters",
            "class Classifier(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "        self.l = [nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10)]\n"
            "    def forward(self, x):\n"
            "        return self.l[2](F.relu(self.l[1](F.relu(self.l[0](x.flatten(1))))))",
        ),
        Wrong("activations are missing", CLASSIFIER.format("return self.three(self.two(self.one(x)))")),
        Wrong(
            "after the first layer is missing", CLASSIFIER.format("return self.three(F.relu(self.two(self.one(x))))")
        ),
        Wrong(
            "after the second layer is missing", CLASSIFIER.format("return self.three(self.two(F.relu(self.one(x))))")
        ),
        Wrong("No softmax", CLASSIFIER.format("return self.three(self.two(self.one(x).relu()).relu()).softmax(-1)")),
        Wrong(
            "No log_softmax",
            CLASSIFIER.format("return self.three(self.two(self.one(x).relu()).relu()).log_softmax(-1)"),
        ),
        Wrong(
            "No ReLU after the last", CLASSIFIER.format("return self.three(self.two(self.one(x).relu()).relu()).relu()")
        ),
        Wrong("check the widths", CLASSIFIER.replace("64", "32").format("return self.three(self.two(self.one(x)))")),
        Wrong("forward returns nothing", CLASSIFIER.format("self.three(self.two(self.one(x).relu()).relu())")),
        Wrong(
            "super|__init__",
            "class Classifier(nn.Module):\n    def __init__(self):\n        self.one = nn.Linear(784, 128)\n"
            "    def forward(self, x):\n        return self.one(x)",
        ),
        Right(CLASSIFIER.format("return self.three(self.two(self.one(x).relu()).relu())")),
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
    ],
    "2.5": [
        Wrong(
            "have no names",
            "named = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10))",
        ),
        Wrong("No softmax", NAMED.format(128, "nn.ReLU()", 0.2, "fc2", 128, ', ("softmax", nn.Softmax(dim=-1))')),
        Wrong("names should be", NAMED.format(128, "nn.ReLU()", 0.2, "output", 128, "")),
        Wrong("widths should be", NAMED.format(64, "nn.ReLU()", 0.2, "fc2", 64, "")),
        Wrong("Dropout should be 0.2", NAMED.format(128, "nn.ReLU()", 0.5, "fc2", 128, "")),
        Wrong("should be an nn.ReLU", NAMED.format(128, "nn.Tanh()", 0.2, "fc2", 128, "")),
        Wrong("the object, not a class", "class named(nn.Sequential):\n    pass"),
        Wrong(
            "wrong order",
            "named = nn.Sequential(OrderedDict(flatten=nn.Flatten(), fc1=nn.Linear(784, 128), dropout=nn.Dropout(0.2),"
            " relu=nn.ReLU(), fc2=nn.Linear(128, 10)))",
        ),
        Right(NAMED.format(128, "nn.ReLU()", 0.2, "fc2", 128, "")),
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
    ],
    "2.6": [
        Wrong("has a bias, too", COUNT + "sum(a * b for a, b in zip(widths, widths[1:]))"),
        Wrong("inputs have no biases", COUNT + "sum(a * b for a, b in zip(widths, widths[1:])) + sum(widths)"),
        Wrong("Multiply neighbours", COUNT + "torch.tensor(widths).prod().item() + sum(widths[1:])"),
        Wrong("any number of layers", COUNT + "(widths[0] + 1) * widths[1] + (widths[1] + 1) * widths[-1]"),
        Wrong(
            "changed the list",
            "def count_parameters(widths):\n    total = 0\n    while len(widths) > 1:\n"
            "        total += (widths.pop(0) + 1) * widths[0]\n    return total",
        ),
        Wrong("should be an int", COUNT + "float(sum((a + 1) * b for a, b in zip(widths, widths[1:])))"),
        Right(COUNT + "sum((a + 1) * b for a, b in zip(widths, widths[1:]))"),
        Right(
            "def count_parameters(widths):\n    total = 0\n    for i in range(1, len(widths)):\n"
            "        total += widths[i - 1] * widths[i] + widths[i]\n    return total"
        ),
        Right(COUNT + "0 if len(widths) < 2 else (widths[0] + 1) * widths[1] + count_parameters(widths[1:])"),
    ],
    "2.7": [
        Wrong(
            "in-place operation",
            "def set_layer(layer, weight, bias):\n    layer.weight.copy_(weight)\n    layer.bias.copy_(bias)",
        ),
        Wrong("TypeError", "def set_layer(layer, weight, bias):\n    layer.weight = weight\n    layer.bias = bias"),
        Wrong(
            "new weight parameter",
            "def set_layer(layer, weight, bias):\n    layer.weight = nn.Parameter(weight)\n"
            "    layer.bias = nn.Parameter(bias)",
        ),
        Wrong(
            "set the biases",
            "def set_layer(layer, weight, bias):\n    with torch.no_grad():\n        layer.weight.copy_(weight)",
        ),
        Wrong(
            "no longer require",
            "def set_layer(layer, weight, bias):\n    layer.requires_grad_(False)\n    layer.weight.copy_(weight)\n"
            "    layer.bias.copy_(bias)",
        ),
        Wrong(
            "for good",
            "def set_layer(layer, weight, bias):\n    torch.set_grad_enabled(False)\n    layer.weight.copy_(weight)\n"
            "    layer.bias.copy_(bias)",
        ),
        Wrong("not the given ones", "def set_layer(layer, weight, bias):\n    weight, bias = layer.weight, layer.bias"),
        Right(
            "torch.set_grad_enabled(True)\ndef set_layer(layer, weight, bias):\n    layer.weight.data.copy_(weight)\n"
            "    layer.bias.data.copy_(bias)"
        ),
        Right(
            "@torch.no_grad()\ndef set_layer(layer, weight, bias):\n    layer.weight[:] = weight\n    layer.bias[:] = bias"
        ),
        Right("def set_layer(layer, weight, bias):\n    layer.load_state_dict({'weight': weight, 'bias': bias})"),
        Right(
            "def set_layer(layer, weight, bias):\n    with torch.no_grad():\n"
            "        for parameter, value in zip(layer.parameters(), (weight, bias)):\n            parameter.copy_(value)"
        ),
    ],
    "2.8": [
        Wrong("plain: this is an ordinary", LEARNS.format("no", "no", "no", "yes")),
        Wrong("zeros: all neurons are twins", LEARNS.format("yes", "yes", "no", "yes")),
        Wrong("does not see a plain list", LEARNS.format("yes", "no", "yes", "yes")),
        Wrong("a single layer learns, too", LEARNS.format("yes", "no", "no", "no")),
        Wrong('write "yes" or "no"', LEARNS.format("True", "False", "False", "True")),
        Right(LEARNS.format("yes", "no", "no", "yes")),
        Right('learns = dict(plain="yes", zeros="no", listed="no", linear="yes")'),
        Right(
            'names = ["plain", "zeros", "listed", "linear"]\n'
            'learns = {name: "no" if name in ("zeros", "listed") else "yes" for name in names}'
        ),
    ],
    "2.9": [
        Wrong(
            "after the last layer",
            "def deep_network(widths):\n    layers = [nn.Flatten()]\n    for a, b in zip(widths, widths[1:]):\n"
            "        layers += [nn.Linear(a, b), nn.ReLU()]\n    return nn.Sequential(*layers)",
        ),
        Wrong(
            "no activation between",
            "def deep_network(widths):\n"
            "    return nn.Sequential(nn.Flatten(), *[nn.Linear(a, b) for a, b in zip(widths, widths[1:])])",
        ),
        Wrong(
            "should be 16-8",
            "def deep_network(widths):\n"
            "    return nn.Sequential(nn.Flatten(), nn.Linear(widths[0], widths[1]), nn.ReLU(),"
            " nn.Linear(widths[1], widths[-1]))",
        ),
        Wrong(
            "your line|the line",
            "def deep_network(widths):\n    layers = []\n    for a, b in zip(widths, widths[1:]):\n"
            "        layers += [nn.Linear(a, b), nn.ReLU()]\n    return nn.Sequential(*layers[:-1])",
        ),
        Wrong("returns nothing", "def deep_network(widths):\n    nn.Sequential(nn.Flatten())"),
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
    ],
    "2.10": [
        Wrong(
            "take the square root",
            "def he_init(layer):\n    with torch.no_grad():\n        layer.weight.normal_(0, 2 / layer.in_features)\n"
            "        layer.bias.zero_()",
        ),
        Wrong(
            "number of inputs",
            "def he_init(layer):\n    with torch.no_grad():\n"
            "        layer.weight.normal_(0, (2 / layer.out_features) ** 0.5)\n        layer.bias.zero_()",
        ),
        Wrong(
            "biases should be 0",
            "def he_init(layer):\n    with torch.no_grad():\n"
            "        layer.weight.normal_(0, (2 / layer.in_features) ** 0.5)",
        ),
        Wrong(
            "The 2 is missing",
            "def he_init(layer):\n    with torch.no_grad():\n        layer.weight.normal_(0, layer.in_features**-0.5)\n"
            "        layer.bias.zero_()",
        ),
        Wrong("in-place operation", "def he_init(layer):\n    layer.weight.normal_(0, (2 / layer.in_features) ** 0.5)"),
        Wrong("have not changed", "def he_init(layer):\n    nn.init.zeros_(layer.bias)"),
        Right(
            "def he_init(layer):\n    nn.init.kaiming_normal_(layer.weight, nonlinearity='relu')\n"
            "    nn.init.zeros_(layer.bias)"
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
    ],
}
