"""Wrong and right answers to the exercises of Part 1."""

from answer_kinds import Right, Wrong

SHAPES = """shapes = {{
    "x[0]": {},
    "x[:, 1]": (2, 4),
    "x[..., -1:]": {},
    "x.reshape(6, -1)": {},
    "x.flatten()": {},
    "x.permute(2, 0, 1)": {},
    "x.unsqueeze(0)": {},
    "x[:, 0, :2].unsqueeze(-1)": {},
}}"""
RIGHT_SHAPES = ["(3, 4)", "(2, 3, 1)", "(6, 4)", "(24,)", "(4, 2, 3)", "(1, 2, 3, 4)", "(2, 2, 1)"]


def shapes(**changed):
    """Return an answer to 1.1 with some of its entries changed: shapes(_0="(1, 3, 4)")."""
    entries = list(RIGHT_SHAPES)
    for position, value in changed.items():
        entries[int(position[1:])] = value
    return SHAPES.format(*entries)


def memory(words):
    """Return an answer to 1.2 from six words."""
    lines = ["a[1:]", "a[[0, 2]]", "a.T", "a.reshape(12)", "a.T.reshape(12)", "a[a > 5]"]
    return f"memory = {dict(zip(lines, words.split(), strict=True))!r}"


STUB = memory("view " * 6) + "\n"


def function(head, *lines):
    """Return a function of these lines."""
    return "\n    ".join([f"def {head}:", *lines])


def standardize(*lines):
    return function("standardize(batch)", *lines)


def to_chw(*lines):
    return function("to_chw(array)", *lines)


def sigmoid(*lines):
    return function("sigmoid(z)", *lines)


def neuron(*lines):
    return function("neuron(x, w, b)", *lines)


def layer(*lines):
    return function("layer(x, W, b)", *lines)


def network(*lines):
    return function("network(x, W1, b1, W2, b2)", *lines)


def distances(*lines):
    return function("distances(a, b)", *lines)


def einsum_layer(*lines):
    return function("einsum_layer(x, W, b)", *lines)


BOARD = "board = torch.zeros(8, 8)\nboard[::2, 1::2] = 1\nboard[1::2, ::2] = 1\n"
MEAN = "mean = batch.mean(dim=1, keepdim=True)"
STD = "std = batch.std(dim=1, keepdim=True)"

ANSWERS = {
    "1.1": [
        Wrong("count the dimensions again: an index removes one, a slice keeps it", shapes(_0="(1, 3, 4)")),
        Wrong("count the dimensions again: an index removes one", shapes(_1="(2, 3)")),
        Wrong("reshape makes one for each size", shapes(_2="(6, 2, 2)")),
        Wrong("flatten leaves a single one", shapes(_3="(1, 24)")),
        Wrong("permute reorders them", shapes(_4="(4, 2)")),
        Wrong("unsqueeze adds one", shapes(_5="(2, 3, 4)")),
        Wrong("multiply to 24", shapes(_2="(6, 3)")),
        Wrong("write a tuple", shapes(_3="(24)")),
        Wrong("write a tuple", shapes(_3="'(24,)'")),
        Wrong("write a tuple", shapes(_3="None")),
        Wrong("write a tuple", shapes(_0="{3, 4}")),
        Wrong("write a tuple", shapes(_0="(3.0, 4.0)")),
        Wrong("write a tuple", shapes(_0="(3.5, 4)")),
        Wrong("write a tuple", shapes(_0="('3', '4')")),
        Wrong("write a tuple", shapes(_0="torch.zeros(3, 4)")),
        Wrong("wrong order", shapes(_4="(3, 4, 2)")),
        Wrong("wrong order", shapes(_5="(2, 3, 4, 1)")),
        Wrong("sizes are not", shapes(_0="(2, 6)")),
        Wrong("multiply to 4", shapes(_6="(2, 1, 1)")),
        Wrong("a slice keeps it, unsqueeze adds one", shapes(_6="(2, 1)")),
        Wrong("keep all 8 lines", 'shapes = {"x[0]": (3, 4)}'),
        Wrong("Keep the dict", "shapes = [(3, 4), (2, 4)]"),
        Right(shapes(_0="[3, 4]", _3="[24]")),
        Right("x = torch.zeros(2, 3, 4)\n" + shapes(_0="x[0].shape", _1="x[..., -1:].shape")),
        Right(shapes(_1="torch.Size([2, 3, 1])")),
        Right(shapes() + "\nshapes = dict(reversed(list(shapes.items())))"),
        Right(shapes(_0="tuple(np.array([3, 4]))")),
    ],
    "1.2": [
        Wrong("always copies", memory("view view view view copy copy")),
        Wrong("dimension are enough", memory("copy copy view view copy copy")),
        Wrong("dimension are enough", memory("view copy copy view copy copy")),
        Wrong("dimension are enough", memory("view copy view copy copy copy")),
        Wrong("reshape must copy", memory("view copy view view view copy")),
        Wrong("always copies", memory("view copy view view copy view")),
        Wrong('write "view" or "copy"', memory("yes no yes no no no")),
        Wrong('write "view" or "copy"', STUB + "memory = dict.fromkeys(memory, True)"),
        Wrong('write "view" or "copy"', STUB + "memory = dict.fromkeys(memory, None)"),
        Wrong("always copies", STUB + "memory = dict.fromkeys(memory, 'view')"),
        Wrong("fixed step along each dimension", STUB + "memory = dict.fromkeys(memory, 'copy')"),
        Wrong("keep all 6 lines", 'memory = {"a[1:]": "view"}'),
        Wrong("Keep the dict", "memory = 'view'"),
        Right(memory("view copy view view copy copy")),
        Right(STUB + 'memory = dict(zip(memory, ["view", "copy", "view", "view", "copy", "copy"]))'),
        Right(
            STUB + 'views, names = ("a[1:]", "a.T", "a.reshape(12)"), list(memory)\n'
            'memory = {name: "view" if name in views else "copy" for name in reversed(names)}'
        ),
        Right(memory("View COPY view view copy copy")),
        Right("memory = {}\n" + memory("view copy view view copy copy").replace("'", '"')),
    ],
    "1.3": [
        Wrong("swapped", "board = torch.zeros(8, 8)\nboard[::2, ::2] = 1\nboard[1::2, 1::2] = 1"),
        Wrong("All rows are alike", "board = torch.zeros(8, 8)\nboard[:, 1::2] = 1"),
        Wrong("All columns are alike", "board = torch.zeros(8, 8)\nboard[1::2] = 1"),
        Wrong("All elements are 0", "board = torch.zeros(8, 8)"),
        Wrong("All elements are 1", "board = torch.ones(8, 8)"),
        Wrong("torch.int64", BOARD + "board = board.long()"),
        Wrong("torch.float64", BOARD + "board = board.double()"),
        Wrong("torch.bool", BOARD + "board = board.bool()"),
        Wrong(r"has \(64,\)", "board = torch.zeros(64)\nboard[1::2] = 1"),
        Wrong(r"has \(1, 8, 8\)", BOARD + "board = board[None]"),
        Wrong("should be a tensor", "board = [[0, 1] * 4, [1, 0] * 4] * 4"),
        Wrong("should be a tensor", BOARD + "board = board.numpy()"),
        Wrong("should be a tensor", "board = None"),
        Wrong("odd rows hold no ones", "board = torch.zeros(8, 8)\nboard[::2, 1::2] = 1"),
        Wrong("even rows hold no ones", "board = torch.zeros(8, 8)\nboard[1::2, ::2] = 1"),
        Wrong(r"board\[0, 1\] should be 1, but it is 255", BOARD + "board *= 255"),
        Wrong(r"board\[7, 6\]", BOARD + "board[7, 6] = 0"),
        Wrong(r"board\[0, 1\]", BOARD.replace("1::2", "1:-1:2") + "board = board.flip(1).flip(1) * 2"),
        Right("board = torch.tensor([[0.0, 1.0], [1.0, 0.0]]).repeat(4, 4)"),
        Right("board = torch.ones(8, 8)\nboard[::2, ::2] = 0\nboard[1::2, 1::2] = 0"),
        Right("board = ((torch.arange(8)[:, None] + torch.arange(8)) % 2).float()"),
        Right("board = torch.zeros(8, 8)\nboard[::2][:, 1::2] = 1.0\nboard[1::2][:, ::2].fill_(1)"),
        Right("board = torch.from_numpy(np.indices((8, 8)).sum(0) % 2).to(torch.float32)"),
    ],
    "1.4": [
        Wrong(
            "standard deviation are used for the whole batch",
            standardize("return (batch - batch.mean()) / batch.std()"),
        ),
        Wrong("mean is used for the whole batch", standardize(STD, "return (batch - batch.mean()) / std")),
        Wrong("deviation is used for the whole batch", standardize(MEAN, "return (batch - mean) / batch.std()")),
        Wrong("keepdim=True is missing", standardize("return (batch - batch.mean(dim=1)) / batch.std(dim=1)")),
        Wrong("missing at the mean", standardize(STD, "return (batch - batch.mean(dim=1)) / std")),
        Wrong("missing at the standard", standardize(MEAN, "return (batch - mean) / batch.std(dim=1)")),
        Wrong("for all differences", standardize("c = batch - batch.mean(1, keepdim=True)", "return c / c.std()")),
        Wrong("not by its root", standardize(MEAN, STD, "return (batch - mean) / std.sqrt()")),
        Wrong("Every column", standardize("return (batch - batch.mean(dim=0)) / batch.std(dim=0)")),
        Wrong("divide by the standard deviation", standardize(MEAN, "return batch - mean")),
        Wrong("no mean is subtracted", standardize(STD, "return batch / std")),
        Wrong(
            "changes what it is given",
            standardize(f"batch -= batch.mean(dim=1, keepdim=True)\n    {STD}", "return batch / std"),
        ),
        Wrong(
            "changes what it is given",
            standardize("batch.sub_(batch.mean(1, True)).div_(batch.std(1, True))", "return batch"),
        ),
        Wrong("returns nothing", standardize("batch = batch - batch.mean(dim=1, keepdim=True)")),
        Wrong("variance", standardize(MEAN, "return (batch - mean) / batch.var(dim=1, keepdim=True)")),
        Wrong("parentheses", standardize(MEAN, STD, "return batch - mean / std")),
        Wrong("multiplied by the standard", standardize(MEAN, STD, "return (batch - mean) * std")),
        Wrong("median", standardize(STD, "return (batch - batch.median(1, True).values) / std")),
        Wrong(
            "stretched from 0 to 1",
            standardize("low, high = batch.amin(1, True), batch.amax(1, True)", "return (batch - low) / (high - low)"),
        ),
        Wrong("without a loop", standardize("return torch.stack([(row - row.mean()) / row.std() for row in batch])")),
        Wrong(
            "without a loop",
            standardize(
                "result = batch.clone()",
                "for i in range(len(batch)):",
                "    result[i] = (batch[i] - batch[i].mean()) / batch[i].std()",
                "return result",
            ),
        ),
        Wrong(
            "without a loop",
            standardize(
                "values = batch.numpy()",
                "rows = [(row - row.mean()) / row.std(ddof=1) for row in values]",
                "return torch.from_numpy(np.stack(rows))",
            ),
        ),
        Wrong(
            "without a loop",
            standardize(
                "rows = batch.tolist()", "batch = torch.tensor(rows)", MEAN, STD, "return (batch - mean) / std"
            ),
        ),
        Wrong("batch dimension is lost", standardize(MEAN, STD, "return ((batch - mean) / std).squeeze()")),
        Wrong("is rounded", standardize(MEAN, STD, "return ((batch - mean) / std).round(decimals=2)")),
        Wrong("is rounded", standardize(MEAN, STD, "return ((batch - mean) / std).half()")),
        Wrong("beyond 1", standardize(MEAN, STD, "return ((batch - mean) / std).clamp(-1, 1)")),
        Wrong("below 1 is replaced", standardize(MEAN, STD, "return (batch - mean) / std.clamp(min=1)")),
        Wrong("below 0.5 is replaced", standardize(MEAN, STD, "return (batch - mean) / std.clamp(min=0.5)")),
        Wrong(
            "below 0.1 is replaced", standardize(MEAN, STD, "return (batch - mean) / std.maximum(torch.tensor(0.1))")
        ),
        Wrong(
            "below 1 is replaced",
            standardize(MEAN, STD, "return (batch - mean) / torch.where(std < 1, torch.ones_like(std), std)"),
        ),
        Wrong("1 is added to the standard", standardize(MEAN, STD, "return (batch - mean) / (std + 1)")),
        Wrong("0.01 is added", standardize(MEAN, STD, "return (batch - mean) / (std + 0.01)")),
        Wrong("after the division", standardize(MEAN, STD, "return batch / std - mean")),
        Wrong(
            "earlier call",
            "kept = {}\n"
            + standardize(MEAN, STD, "return kept.setdefault(tuple(batch.shape), (batch - mean) / std).clone()"),
        ),
        Wrong("should be a tensor", standardize(MEAN, STD, "return ((batch - mean) / std).numpy()")),
        Wrong("invalid for input", standardize("return torch.nn.functional.layer_norm(batch, (5,)).reshape(7, -1)")),
        Wrong("shape", standardize(MEAN, STD, "return ((batch - mean) / std)[:-1]")),
        Wrong(
            "leaves gradients", standardize("torch.set_grad_enabled(False)", MEAN, STD, "return (batch - mean) / std")
        ),
        Wrong("lesson's `DATA`", standardize("global DATA", "DATA = 1", MEAN, STD, "return (batch - mean) / std")),
        Right(standardize("std, mean = torch.std_mean(batch, dim=1, keepdim=True)", "return (batch - mean) / std")),
        Right(
            standardize(
                "centered = batch - batch.mean(1).reshape(-1, 1)",
                "return centered / centered.pow(2).mean(1, True).sqrt()",
            )
        ),
        Right("standardize = lambda t: (t - t.mean(-1)[:, None]) / (t.std(-1)[:, None] + 1e-8)"),
        Right(standardize("return torch.nn.functional.layer_norm(batch, batch.shape[1:])")),
        Right(standardize(MEAN, STD, "return (batch - mean) / (std + 1e-5)")),
        Right(standardize("return torch.vmap(lambda row: (row - row.mean()) / row.std())(batch)")),
        Wrong("times what", standardize(MEAN, STD, "return 0.99 * (batch - mean) / std")),
        Wrong("no value is below 0", standardize(MEAN, STD, "return ((batch - mean) / std).relu()")),
        Right(standardize("batch = batch.double()", MEAN, STD, "return (batch - mean) / std")),
        Right(
            standardize(
                "batch = batch.clone()",
                "batch -= batch.mean(1, True)",
                "batch /= batch.std(1, keepdim=True)",
                "return batch",
            )
        ),
        Right(standardize("return ((batch.T - batch.mean(1)) / batch.std(1)).T")),
        Right(standardize("return (batch - batch.mean(1, True)) / batch.var(1, keepdim=True).sqrt()")),
    ],
    "1.5": [
        Wrong("reshape mixes", to_chw("return torch.tensor(array).reshape(3, *array.shape[:2]).float() / 255")),
        Wrong("up to 255, are not divided", to_chw("return torch.tensor(array).permute(2, 0, 1).float()")),
        Wrong("up to 255, are not divided", to_chw("return torch.tensor(array).permute(2, 0, 1)")),
        Wrong("lies on its side", to_chw("return torch.tensor(array).permute(2, 1, 0).float() / 255")),
        Wrong("still comes last", to_chw("return torch.tensor(array).float() / 255")),
        Wrong("height comes first", to_chw("return torch.tensor(array).permute(0, 2, 1).float() / 255")),
        Wrong(
            "wrong place",
            to_chw("return torch.tensor(array).permute(1, 0, 2).permute(0, 1, 2).float().permute(0, 1, 2) / 255"),
        ),
        Wrong("exactly 1", to_chw("return torch.tensor(array).permute(2, 0, 1).float() / 256")),
        Wrong("it is torch.float64", to_chw("return torch.tensor(array / 255).permute(2, 0, 1)")),
        Wrong("is rounded", to_chw("return (torch.tensor(array).permute(2, 0, 1) / 255).half()")),
        Wrong("should be a tensor", to_chw("return array.transpose(2, 0, 1) / 255")),
        Wrong("whole numbers", to_chw("return (torch.tensor(array).permute(2, 0, 1) // 255).float()")),
        Wrong("own largest", to_chw("t = torch.tensor(array).permute(2, 0, 1).float()", "return t / t.max()")),
        Wrong(
            "own smallest",
            to_chw("t = torch.tensor(array).permute(2, 0, 1).float()", "return (t - t.min()) / (t.max() - t.min())"),
        ),
        Wrong(
            "own largest",
            to_chw("t = torch.tensor(array).permute(2, 0, 1).float()", "return t / t.max() if t.max() else t"),
        ),
        Wrong(
            "here up to 1, are not divided",
            to_chw("t = torch.tensor(array).permute(2, 0, 1).float()", "return t / 255 if t.max() > 1 else t"),
        ),
        Wrong("int8 ends at 127", to_chw("return torch.tensor(array.astype(np.int8)).permute(2, 0, 1) / 255")),
        Wrong(
            "earlier call",
            "kept = {}\n"
            + to_chw("t = torch.tensor(array).permute(2, 0, 1) / 255", "return kept.setdefault(array.shape, t)"),
        ),
        Wrong("-1 to 1", to_chw("return torch.tensor(array).permute(2, 0, 1) / 127.5 - 1")),
        Wrong("reverse order", to_chw("return torch.tensor(array[..., ::-1].copy()).permute(2, 0, 1) / 255")),
        Wrong("Light and dark", to_chw("return 1 - torch.tensor(array).permute(2, 0, 1) / 255")),
        Wrong(
            "changes what it is given",
            to_chw("array[:] = array // 255", "return torch.tensor(array).permute(2, 0, 1).float()"),
        ),
        Wrong("shape", to_chw("return torch.tensor(array).permute(2, 0, 1)[None] / 255")),
        Wrong("invalid for input", to_chw("return torch.tensor(array).permute(2, 0, 1).reshape(3, 28, 28) / 255")),
        Wrong("is rounded", to_chw("return (torch.tensor(array).permute(2, 0, 1) / 255).round(decimals=2)")),
        Wrong("DATA", to_chw("global DATA", "DATA = 0", "return torch.tensor(array).permute(2, 0, 1) / 255")),
        Right(to_chw("return torch.from_numpy(array.transpose(2, 0, 1) / 255).float()")),
        Right(to_chw("return torch.from_numpy(array).movedim(-1, 0).to(torch.float32).div(255)")),
        Right(
            "from torchvision.transforms.v2 import functional as TF\n"
            + to_chw("return TF.to_dtype(TF.pil_to_tensor(Image.fromarray(array)), torch.float32, scale=True)")
        ),
        Right(to_chw("return torch.stack([torch.tensor(array[..., c]) for c in range(3)]) / 255")),
        Right("import torchvision\nto_chw = torchvision.transforms.functional.to_tensor"),
        Right(to_chw("return torch.tensor(np.moveaxis(array, 2, 0), dtype=torch.float32) * (1 / 255)")),
        Right(to_chw("return torch.einsum('hwc->chw', torch.as_tensor(array).float()) / 255.0")),
    ],
    "1.6": [
        Wrong("wrong way", sigmoid("return 1 / (1 + torch.exp(z))")),
        Wrong("is not 1", sigmoid("return 1 / 1 + torch.exp(-z)")),
        Wrong("exponential alone", sigmoid("return torch.exp(z)")),
        Wrong(r"exp\(-z\) alone", sigmoid("return torch.exp(-z)")),
        Wrong("hyperbolic", sigmoid("return torch.tanh(z)")),
        Wrong("not 1 - exp", sigmoid("return 1 / (1 - torch.exp(-z))")),
        Wrong("one value for each element", sigmoid("return (1 / (1 + torch.exp(-z))).sum()")),
        Wrong("own `sigmoid`", sigmoid("return torch.sigmoid(z)")),
        Wrong("own `sigmoid`", sigmoid("return z.sigmoid()")),
        Wrong("own `sigmoid`", "sigmoid = torch.sigmoid"),
        Wrong("own `sigmoid`", "sigmoid = torch.nn.Sigmoid()"),
        Wrong("own `torch.special.expit`", "sigmoid = torch.special.expit"),
        Wrong("own `sigmoid`", "from functools import partial\nsigmoid = partial(torch.sigmoid)"),
        Wrong("NameError", sigmoid("return 1 / (1 + exp(-z))")),
        Wrong("changes what it is given", sigmoid("z.neg_()", "return 1 / (1 + torch.exp(z))")),
        Wrong("returns nothing", sigmoid("1 / (1 + torch.exp(-z))")),
        Wrong("is a step", sigmoid("return (z > 0).float()")),
        Wrong("is rounded", sigmoid("return (1 / (1 + torch.exp(-z))).round(decimals=1)")),
        Wrong("shape", sigmoid("return 1 / (1 + torch.exp(-z.flatten()))")),
        Wrong("nan in places", sigmoid("return torch.exp(z * 2) / (torch.exp(z * 2) + torch.exp(z))")),
        Wrong("softmax", sigmoid("return z.softmax(-1)")),
        Wrong("should be a tensor", sigmoid("return (1 / (1 + torch.exp(-z))).tolist()")),
        Wrong("is rounded", sigmoid("return (1 / (1 + torch.exp(-z))).half()")),
        Wrong("earlier call|shape", "kept = []\n" + sigmoid("kept.append(1 / (1 + torch.exp(-z)))", "return kept[0]")),
        Wrong("inf / inf", sigmoid("return torch.exp(z) / (1 + torch.exp(z))")),
        Wrong("inf / inf", sigmoid("e = z.exp()", "return e / (e + 1)")),
        Wrong("nan", sigmoid("e = torch.exp(z / 2)", "return e / (e + 1 / e)")),
        Wrong("power of 2", sigmoid("return 1 / (1 + 2 ** -z)")),
        Right(sigmoid("return 1 - 1 / (1 + torch.exp(z))")),
        Right(sigmoid("return torch.exp(-torch.log1p(torch.exp(-z)))")),
        Right("sigmoid = lambda z: (1 + (-z).exp()).reciprocal()"),
        Right(sigmoid("return (1 + torch.exp(-z)) ** -1")),
        Right(sigmoid("return (1 + torch.tanh(z / 2)) / 2")),
        Right(sigmoid("import math", "return 1 / (1 + math.e ** -z)")),
        Right(sigmoid("return 1.0 / (torch.ones_like(z) + torch.exp(torch.neg(z)))")),
        Right(sigmoid("e = torch.exp(-z.abs())", "return torch.where(z >= 0, 1 / (1 + e), e / (1 + e))")),
        Right(sigmoid("return (1 / (1 + torch.exp(-z.double()))).float()")),
    ],
    "1.7": [
        Wrong("one number for each input", neuron("return torch.sigmoid(x * w + b)")),
        Wrong("bias is missing", neuron("return torch.sigmoid(x @ w)")),
        Wrong("sum itself", neuron("return x @ w + b")),
        Wrong("added for every input", neuron("return torch.sigmoid((x * w + b).sum())")),
        Wrong("not after it", neuron("return torch.sigmoid(x @ w) + b")),
        Wrong("with its own weight", neuron("return torch.sigmoid(x.sum() * w.sum() + b)")),
        Wrong("not a list of one", neuron("return torch.sigmoid(x[None] @ w + b)")),
        Wrong(r"without `\.item|leave out `\.item", neuron("return torch.sigmoid(x @ w + b).item()")),
        Wrong("bias is subtracted", neuron("return torch.sigmoid(x @ w - b)")),
        Wrong("multiplied by the bias", neuron("return torch.sigmoid(x @ w * b)")),
        Wrong("mean of the products", neuron("return torch.sigmoid((x * w).mean() + b)")),
        Wrong("tanh", neuron("return torch.tanh(x @ w + b)")),
        Wrong("as with ReLU", neuron("return torch.relu(x @ w + b)")),
        Wrong(
            "bias is that of an earlier", "kept = []\n" + neuron("kept.append(b)", "return sigmoid(x @ w + kept[0])")
        ),
        Wrong(
            "earlier call",
            "kept = {}\n" + neuron("return kept.setdefault(x.shape, torch.sigmoid(x @ w + b)).clone()"),
        ),
        Wrong("twice", neuron("return torch.sigmoid(torch.sigmoid(x @ w + b))")),
        Wrong("rounded to 0 or 1", neuron("return (torch.sigmoid(x @ w + b) > 0.5).float()")),
        Wrong("rounded to two decimals", neuron("return torch.sigmoid(x @ w + b).round(decimals=2)")),
        Wrong("rounded to one decimal", neuron("return (torch.sigmoid(x @ w + b) * 10).round() / 10")),
        Wrong("neuron", neuron("return torch.sigmoid(x[0] * w[0] + x[1] * w[1] + x[2] * w[2] + x[3] * w[3] + b)")),
        Wrong("never uses `b`", neuron("return torch.sigmoid(x @ w + 0.7)")),
        Wrong("last of the 4 inputs", neuron("return torch.sigmoid(sum(x[i] * w[i] for i in range(len(x) - 1)) + b)")),
        Wrong("wrong sign", neuron("return torch.sigmoid(-(x @ w + b))")),
        Wrong("changes what it is given", neuron("x *= w", "return torch.sigmoid(x.sum() + b)")),
        Wrong("returns nothing", neuron("torch.sigmoid(x @ w + b)")),
        Wrong("neuron", neuron("return torch.sigmoid(x.mean() * w.mean() * 4 + b)")),
        Right(neuron("return torch.sigmoid((x * w).sum() + b)")),
        Right(neuron("return 1 / (1 + torch.exp(-(w.dot(x) + b)))")),
        Right(
            neuron("total = b", "for i in range(len(x)):", "    total = total + x[i] * w[i]", "return total.sigmoid()")
        ),
        Right(neuron("return sigmoid(w @ x + b)")),
        Wrong("inf / inf", neuron("e = torch.exp(w @ x + b)", "return e / (1 + e)")),
        Wrong("nan", neuron("t = w @ x + b", "return torch.sigmoid(t) if abs(t) < 60 else t * float('nan')")),
        Wrong(r"should be 0\.\d+, but it is 0\.\d+\.$", neuron("return torch.sigmoid(x @ w + b) - 0.01")),
        Right("neuron = lambda x, w, b: torch.sigmoid(torch.inner(x, w) + b)"),
        Right(neuron("return torch.sigmoid(w.double() @ x.double() + b)")),
        Right(neuron("return torch.nn.functional.linear(x, w, b).sigmoid()")),
        Right(neuron("return torch.tensor(1 / (1 + np.exp(-(x @ w + b).item())))")),
    ],
    "1.8": [
        Wrong("element by element", layer("return torch.sigmoid(x * W + b)")),
        Wrong("bias is missing", layer("return torch.sigmoid(x @ W)")),
        Wrong("activation is missing", layer("return x @ W + b")),
        Wrong("W is transposed", layer("return torch.sigmoid(x @ W.T + b)")),
        Wrong("rows of x meet", layer("return torch.sigmoid(W @ x + b)")),
        Wrong("result is transposed", layer("return torch.sigmoid(x @ W + b).T")),
        Wrong("one for each neuron", layer("return torch.sigmoid(x @ W + b[:, None])")),
        Wrong("changes what it is given", layer("x.copy_(x @ W)", "return torch.sigmoid(x + b)")),
        Wrong("without a loop", layer("return torch.stack([torch.sigmoid(row @ W + b) for row in x])")),
        Wrong(
            "without a loop",
            layer(
                "sums = [x @ W[:, j] + b[j] for j in range(W.shape[1])]",
                "return torch.sigmoid(torch.stack(sums, dim=1))",
            ),
        ),
        Wrong(
            "without a loop",
            layer(
                "inputs, weights = x.numpy(), W.numpy()",
                "sums = torch.zeros(len(inputs), weights.shape[1]).numpy()",
                "for i in range(len(inputs)):",
                "    for j in range(weights.shape[1]):",
                "        sums[i, j] = (inputs[i] * weights[:, j]).sum()",
                "return torch.sigmoid(torch.from_numpy(sums) + b)",
            ),
        ),
        Right(layer("sums = x.numpy() @ W.numpy()", "return torch.sigmoid(torch.from_numpy(sums) + b)")),
        Wrong("not after it", layer("return torch.sigmoid(x @ W) + b")),
        Wrong("bias is subtracted", layer("return torch.sigmoid(x @ W - b)")),
        Wrong("tanh", layer("return torch.tanh(x @ W + b)")),
        Wrong("softmax", layer("return torch.softmax(x @ W + b, dim=1)")),
        Wrong("x is transposed", layer("return torch.sigmoid(x.T @ W + b)")),
        Wrong("mean of the biases", layer("return torch.sigmoid(x @ W + b.mean())")),
        Wrong("for every input", layer("return torch.sigmoid((x[:, :, None] * W + b).sum(1))")),
        Wrong("inf / inf", layer("e = torch.exp(x @ W + b)", "return e / (1 + e)")),
        Wrong(
            "earlier call",
            "kept = {}\n" + layer("return kept.setdefault((x.shape, W.shape), torch.sigmoid(x @ W + b)).clone()"),
        ),
        Wrong("b has one element", layer("return torch.sigmoid(x @ W + b[0])")),
        Wrong("shape", layer("return torch.sigmoid(x @ W + b).squeeze()")),
        Wrong("shape", layer("return torch.sigmoid(x @ W + b)[:3]")),
        Wrong("shape", layer("return torch.sigmoid(x @ W + b)[..., :3]")),
        Wrong("is rounded", layer("return torch.sigmoid(x @ W + b).round(decimals=2)")),
        Wrong("twice", layer("return sigmoid(torch.sigmoid(x @ W + b))")),
        Wrong("rounded to 0 or 1", layer("return torch.sigmoid(x @ W + b).round()")),
        Wrong("leaves gradients", layer("torch.set_grad_enabled(False)", "return torch.sigmoid(x @ W + b)")),
        Wrong("seeds", layer("torch.manual_seed(0)", "return torch.sigmoid(x @ W + b)")),
        Wrong("W", "def layer(x, w, b):\n    return torch.sigmoid(x @ W + b)"),
        Right(layer("return torch.sigmoid(torch.matmul(x, W) + b)")),
        Right(layer("return torch.nn.functional.linear(x, W.T, b).sigmoid()")),
        Right("layer = lambda x, W, b: torch.addmm(b, x, W).sigmoid()"),
        Right(layer("return torch.sigmoid((x[:, :, None] * W).sum(1) + b)")),
        Right(layer("return sigmoid(x @ W + b)")),
        Right(layer("return torch.sigmoid((W.T @ x.T + b[:, None]).T)")),
        Right(
            "def layer(inputs, weights, bias):\n    return 1 / (1 + torch.exp(-(inputs.double() @ weights.double() + bias)))"
        ),
        Right(
            layer(
                "linear = torch.nn.Linear(*W.shape)",
                "linear.weight.data, linear.bias.data = W.T, b",
                "return torch.sigmoid(linear(x))",
            )
        ),
        Right(layer("return torch.sigmoid(torch.einsum('ni,im->nm', x, W) + b)")),
        Wrong("should be a tensor", layer("return (x @ W + b).sigmoid().tolist()")),
        Wrong("hundred|times", layer("return torch.sigmoid(x @ W + b) * 100")),
        Wrong("in places|nan", layer("e = torch.exp(3 * (x @ W + b) * 40)", "return e / (e + 1)")),
        Right(layer("return torch.vmap(lambda row: torch.sigmoid(row @ W + b))(x)")),
    ],
    "1.9": [
        Wrong("not used", network("layer(x, W1, b1)", "return torch.sigmoid(x[:, : len(W2)] @ W2 + b2)")),
        Wrong("hidden layer has no activation", network("return layer(x @ W1 + b1, W2, b2)")),
        Wrong("output layer has no activation", network("return layer(x, W1, b1) @ W2 + b2")),
        Wrong("Neither layer has an activation", network("return (x @ W1 + b1) @ W2 + b2")),
        Wrong("output layer has no bias", network("return torch.sigmoid(layer(x, W1, b1) @ W2)")),
        Wrong("hidden layer has no bias", network("return layer(torch.sigmoid(x @ W1), W2, b2)")),
        Wrong("Neither layer has a bias", network("return torch.sigmoid(torch.sigmoid(x @ W1) @ W2)")),
        Wrong("output of the hidden layer", network("return layer(x, W1, b1)")),
        Wrong("shapes cannot be multiplied", network("layer(x, W1, b1)", "return layer(x[:, :2], W2, b2)")),
        Wrong("hidden layer uses tanh", network("return layer(torch.tanh(x @ W1 + b1), W2, b2)")),
        Wrong("hidden layer uses ReLU", network("return layer(torch.relu(x @ W1 + b1), W2, b2)")),
        Wrong("output layer uses softmax", network("return torch.softmax(layer(x, W1, b1) @ W2 + b2, dim=1)")),
        Wrong("bias of the hidden layer is subtracted", network("return layer(torch.sigmoid(x @ W1 - b1), W2, b2)")),
        Wrong("bias of the output layer is subtracted", network("return layer(layer(x, W1, b1), W2, -b2)")),
        Wrong("not after it", network("return layer(torch.sigmoid(x @ W1) + b1, W2, b2)")),
        Wrong("result is transposed|shape", network("return layer(layer(x, W1, b1), W2, b2).T")),
        Wrong("shape", network("return layer(layer(x, W1, b1), W2, b2)[:3]")),
        Wrong("twice in the hidden layer", network("return layer(sigmoid(layer(x, W1, b1)), W2, b2)")),
        Wrong("twice to the output", network("return torch.sigmoid(layer(layer(x, W1, b1), W2, b2))")),
        Wrong("shape", network("return layer(layer(x, W1, b1), W2, b2).squeeze()")),
        Wrong(
            "earlier call",
            "seen = {}\n"
            + network(
                "key = (tuple(x.shape), tuple(W1.shape))",
                "if key not in seen:",
                "    seen[key] = torch.sigmoid(x @ W1 + b1)",
                "return torch.sigmoid(seen[key] @ W2 + b2)",
            ),
        ),
        Wrong(
            "earlier call",
            "seen = {}\n" + network("return layer(seen.setdefault(x.shape, layer(x, W1, b1)), W2, b2)"),
        ),
        Wrong(
            "This is what an earlier call",
            "seen = {}\n" + network("return seen.setdefault(x.shape, layer(layer(x, W1, b1), W2, b2)).clone()"),
        ),
        Wrong("before the hidden layer", network("return layer(layer(torch.sigmoid(x), W1, b1), W2, b2)")),
        Wrong("inf / inf", network("e = torch.exp(x @ W1 + b1)", "return layer(e / (1 + e), W2, b2)")),
        Wrong("is rounded", network("return layer(layer(x, W1, b1), W2, b2).round(decimals=1)")),
        Wrong("changes what it is given", network("W1 += 1", "return layer(layer(x, W1, b1), W2, b2)")),
        Wrong("is called as", "def network(x, W1, b1):\n    return layer(x, W1, b1)"),
        Wrong("returns nothing", network("hidden = layer(x, W1, b1)", "layer(hidden, W2, b2)")),
        Right(network("return layer(layer(x, W1, b1), W2, b2)")),
        Right(network("h = torch.addmm(b1, x, W1).sigmoid()", "return torch.addmm(b2, h, W2).sigmoid()")),
        Right(
            "def network(x, *parameters):\n    for W, b in zip(parameters[::2], parameters[1::2]):\n"
            "        x = torch.sigmoid(x @ W + b)\n    return x"
        ),
        Right(network("rows = [layer(layer(row[None], W1, b1), W2, b2) for row in x]", "return torch.cat(rows)")),
        Right(network("x = sigmoid(x @ W1 + b1)", "x = sigmoid(x @ W2 + b2)", "return x")),
        Right("network = lambda x, W1, b1, W2, b2: 1 / (1 + torch.exp(-(torch.sigmoid(b1 + x @ W1) @ W2 + b2)))"),
    ],
    "1.10": [
        Wrong("squared distances", distances("return (a[:, None] - b).pow(2).sum(-1)")),
        Wrong("coordinates are still apart", distances("return (a[:, None] - b).pow(2).sqrt()")),
        Wrong("result is transposed", distances("return (b[:, None] - a).pow(2).sum(-1).sqrt()")),
        Wrong("root of a sum of squares", distances("return (a[:, None] - b).abs().sum(-1)")),
        Wrong("before you add them", distances("return (a[:, None] - b).sum(-1)")),
        Wrong("meets only row i", distances("return (a - b).pow(2).sum(-1).sqrt()")),
        Wrong(
            "two points are equal",
            distances("squares = a.pow(2).sum(1)[:, None] + b.pow(2).sum(1) - 2 * a @ b.T", "return squares.sqrt()"),
        ),
        Wrong("root of their mean", distances("return (a[:, None] - b).pow(2).mean(-1).sqrt()")),
        Wrong("largest difference", distances("return (a[:, None] - b).abs().amax(-1)")),
        Wrong("size 1 is left", distances("return (a[:, None] - b).pow(2).sum(-1, keepdim=True).sqrt()")),
        Wrong("rows of a are summed", distances("return (a[:, None] - b).pow(2).sum(0).sqrt()")),
        Wrong("rows of b are summed", distances("return (a[:, None] - b).pow(2).sum(1).sqrt()")),
        Wrong("without a loop", distances("return torch.stack([(row - b).pow(2).sum(1).sqrt() for row in a])")),
        Wrong(
            "without a loop",
            distances(
                "result = torch.zeros(len(a), len(b))",
                "for i in range(len(a)):",
                "    result[i] = (a[i] - b).pow(2).sum(1).sqrt()",
                "return result",
            ),
        ),
        Wrong(
            "without a loop",
            distances(
                "total = 0",
                "for d in range(a.shape[1]):",
                "    total = total + (a[:, d, None] - b[:, d]) ** 2",
                "return total.sqrt()",
            ),
        ),
        Wrong(
            "without a loop",
            distances(
                "a, b = a.numpy(), b.numpy()",
                "result = torch.empty(len(a), len(b))",
                "out = result.numpy()",
                "for i in range(len(a)):",
                "    for j in range(len(b)):",
                "        out[i, j] = ((a[i] - b[j]) ** 2).sum() ** 0.5",
                "return result",
            ),
        ),
        Wrong(
            "without a loop",
            distances(
                "a, b = a.numpy(), b.numpy()",
                "rows = np.array([[((p - q) ** 2).sum() ** 0.5 for q in b] for p in a])",
                "return torch.from_numpy(rows)",
            ),
        ),
        Wrong("length of their sum", distances("return (a[:, None] + b).pow(2).sum(-1).sqrt()")),
        Wrong("changes what it is given", distances("a *= 1.5", "return torch.cdist(a, b)")),
        Wrong("two of the 5 coordinates", distances("return torch.cdist(a[:, :2], b[:, :2])")),
        Wrong("is rounded", distances("return torch.cdist(a, b).round(decimals=2)")),
        Wrong("shape", distances("return torch.cdist(a, b).squeeze()")),
        Wrong("shape", distances("return torch.cdist(a, b)[:, :-1]")),
        Wrong("should be a tensor", distances("return torch.cdist(a, b).numpy()")),
        Wrong("returns nothing", distances("torch.cdist(a, b)")),
        Right(distances("return torch.cdist(a, b)")),
        Right(distances("return torch.linalg.vector_norm(a[:, None] - b[None], dim=-1)")),
        Right(
            distances(
                "squares = a.pow(2).sum(1)[:, None] + b.pow(2).sum(1) - 2 * a @ b.T",
                "return squares.clamp(min=0).sqrt()",
            )
        ),
        Right("distances = torch.cdist"),
        Right(distances("return torch.nn.functional.pairwise_distance(a[:, None], b)")),
        Right(distances("return ((a[:, None] - b).pow(2).sum(-1) + 1e-12).sqrt()")),
        Wrong("coordinates are still apart", distances("return (a[:, None] - b).abs()")),
        Wrong("should be a tensor", distances("return [[float((p - q).norm()) for q in b] for p in a]")),
        Wrong("too large", distances("return ((a[:, None] - b).pow(2).sum(-1)).sqrt() + 0.1")),
        Wrong("two points are equal", distances("d = (a[:, None] - b).norm(dim=2)", "return d / d * d")),
        Right(distances("d = a.unsqueeze(1) - b.unsqueeze(0)", "return torch.einsum('nmd,nmd->nm', d, d) ** 0.5")),
        Right(distances("return (a.double()[:, None] - b).norm(dim=2)")),
        Right(
            distances(
                "n, m = len(a), len(b)",
                "d = a.repeat_interleave(m, 0) - b.repeat(n, 1)",
                "return d.square().sum(1).sqrt().reshape(n, m)",
            )
        ),
        Right(distances("return torch.vmap(lambda p: (p - b).pow(2).sum(1).sqrt())(a)")),
    ],
    "1.11": [
        Wrong("W is read transposed", einsum_layer("return torch.sigmoid(torch.einsum('ij,kj->ik', x, W) + b)")),
        Wrong("x is read transposed", einsum_layer("return torch.sigmoid(torch.einsum('ji,jk->ik', x, W) + b)")),
        Wrong("bias is missing", einsum_layer("return torch.sigmoid(torch.einsum('ij,jk->ik', x, W))")),
        Wrong("activation is missing", einsum_layer("return torch.einsum('ij,jk->ik', x, W) + b")),
        Wrong(
            "letters after the arrow are swapped",
            einsum_layer("return torch.sigmoid(torch.einsum('ij,jk->ki', x, W) + b)"),
        ),
        Wrong("No letter is summed away", einsum_layer("return torch.sigmoid(torch.einsum('ij,ij->ij', x, W) + b)")),
        Wrong("share no letter", einsum_layer("return torch.sigmoid(torch.einsum('ij,kl->il', x, W) + b)")),
        Wrong("still apart", einsum_layer("return torch.sigmoid(torch.einsum('ij,jk->ijk', x, W) + b)")),
        Wrong("without torch.einsum", einsum_layer("return torch.sigmoid(x @ W + b)")),
        Wrong(
            "without torch.einsum",
            einsum_layer("'''Uses torch.einsum.'''", "return torch.sigmoid(torch.matmul(x, W) + b)"),
        ),
        Wrong("without torch.einsum", "einsum_layer = layer"),
        Wrong(
            "without torch.einsum", einsum_layer("return torch.sigmoid(torch.tensor(np.einsum('ij,jk->ik', x, W)) + b)")
        ),
        Wrong(
            "from something else",
            einsum_layer("torch.einsum('i->', b)", "return torch.sigmoid((x[..., None] * W).sum(1) + b)"),
        ),
        Wrong("You use `@`", einsum_layer("return torch.sigmoid(torch.einsum('ij->ij', x @ W) + b)")),
        Wrong("You call `mm` as well", einsum_layer("return torch.sigmoid(torch.einsum('ij->ij', x.mm(W)) + b)")),
        Wrong("from something else", einsum_layer("torch.einsum('i->', b)", "return torch.sigmoid(x @ W + b)")),
        Wrong(
            "from something else",
            einsum_layer("torch.einsum", "torch.einsum('ij,jk->ik', x, W)", "return layer(x, W, b)"),
        ),
        Wrong("shape", einsum_layer("return torch.sigmoid(torch.einsum('ij,jk->ik', x, W) + b).squeeze()")),
        Wrong(
            "is rounded", einsum_layer("return torch.sigmoid(torch.einsum('ij,jk->ik', x, W) + b).round(decimals=2)")
        ),
        Wrong("not after it", einsum_layer("return torch.sigmoid(torch.einsum('ij,jk->ik', x, W)) + b")),
        Wrong("tanh", einsum_layer("return torch.tanh(torch.einsum('ij,jk->ik', x, W) + b)")),
        Wrong("in your line", einsum_layer("return torch.sigmoid(torch.einsum('ij,jk->ik', W, x) + b).reshape(7, 9)")),
        Wrong("returns nothing", einsum_layer("torch.sigmoid(torch.einsum('ij,jk->ik', x, W) + b)")),
        Right(einsum_layer("return torch.sigmoid(torch.einsum('ab,bc->ac', x, W) + b)")),
        Right(einsum_layer("return torch.einsum('ij,jk', x, W).add(b).sigmoid()")),
        Right("einsum_layer = lambda x, W, b: torch.sigmoid(b + torch.einsum('jk,ij->ik', W, x))"),
        Right(
            einsum_layer(
                "def product():", "    return torch.einsum('ij,jk->ik', x, W)", "return torch.sigmoid(product() + b)"
            )
        ),
        Right(
            "from torch import einsum as spell\n" + einsum_layer("return torch.sigmoid(spell('ij,jk->ik', [x, W]) + b)")
        ),
        Right(
            "from functools import partial\nproduct = partial(torch.einsum, 'ij,jk->ik')\n"
            + einsum_layer("return torch.sigmoid(product(x, W) + b)")
        ),
        Right(
            einsum_layer(
                "rows = [torch.einsum('j,jk->k', row, W) for row in x]", "return torch.sigmoid(torch.stack(rows) + b)"
            )
        ),
        Right(einsum_layer("return sigmoid(torch.einsum('...i,im->...m', x, W) + b)")),
    ],
}

# What beginners wrote

RIGHT_LINE = "return (batch - batch.mean(1, keepdim=True)) / batch.std(1, keepdim=True)"
BEGINNERS = {
    "1.3": [
        Wrong("both slices take rows", "board = torch.zeros(8, 8)\nboard[::2][1::2] = 1\nboard[1::2][::2] = 1"),
        Wrong("still holds the `...` of the stub", BOARD.replace("torch.zeros(8, 8)", "...")),
        Wrong("of type int.*line of its own", "board = torch.zeros(8, 8)[::2, 1::2] = 1"),
    ],
    "1.4": [
        Right(standardize("...", RIGHT_LINE)),
        Right(standardize('"""Return it."""', RIGHT_LINE, "...")),
        Wrong("0.001 is added", standardize(MEAN, STD, "return (batch - mean) / (std + 1e-3)")),
        Wrong("what it is given, `batch`", standardize("x = batch", "x -= x.mean(1, keepdim=True)", "return x")),
        Wrong(
            "size fixed in your code.*was called with batch of shape",
            standardize("batch = batch.reshape(-1, 784)", RIGHT_LINE),
        ),
        Wrong("is rounded, as its dtype is torch.float16", standardize("return (" + RIGHT_LINE[7:] + ").half()")),
        Wrong("Only the mean is divided.*still left", standardize(MEAN, STD, "return batch - mean / std", "...")),
    ],
    "1.5": [
        Wrong(
            r"array of shape \(4, 6, 3\)",
            to_chw("t = torch.tensor(array).permute(2, 0, 1) / 255", "return t.reshape(3, 28, 28)"),
        ),
        Wrong("no room for fractions", to_chw("t = torch.tensor(array).permute(2, 0, 1)", "t /= 255", "return t")),
        Wrong("no room for fractions", to_chw("array /= 255", "return torch.tensor(array).permute(2, 0, 1)")),
        Wrong("parentheses are missing", to_chw("t = torch.tensor(array).float", "return t.permute(2, 0, 1) / 255")),
        Wrong("parentheses are missing", to_chw("t = torch.tensor(array).float", "return t / 255")),
        Wrong("is a NumPy array", to_chw("return torch.tensor(array.permute(2, 0, 1)).float() / 255")),
        Wrong("dtype is torch.float16", to_chw("return torch.tensor(array).permute(2, 0, 1).half() / 255")),
        Wrong(
            "never uses `array`.*notebook's `color_array`",
            "color_array = np.zeros((28, 28, 3), np.uint8)\n"
            + to_chw("return torch.tensor(color_array).permute(2, 0, 1).float() / 255"),
        ),
    ],
    "1.6": [
        Wrong("wrong way", sigmoid("return torch.exp(-z) / (1 + torch.exp(-z))")),
        Wrong("is 1 \\+ exp", sigmoid("return 1 + torch.exp(-z)")),
        Wrong("take the function of `torch`", sigmoid("import math", "return 1 / (1 + math.exp(-z))")),
        Wrong(r"For z = \[-1000.0", sigmoid("return 1 / (1 + torch.exp(-z.clamp(-5, 5)))")),
        Wrong(r"For z = \[-4.0, -3.0", sigmoid("return 1 / (1 + -z)")),
        Wrong(
            "single True or False",
            sigmoid("if z >= 0:", "    return 1 / (1 + torch.exp(-z))", "return 1 - sigmoid(-z)"),
        ),
        Wrong("never below 0", sigmoid("return -1 / (1 + torch.exp(-z))")),
        Wrong("calls itself", sigmoid("return sigmoid(z)")),
        Wrong("what it is given, `z`", sigmoid("return z.neg_().exp_().add_(1).reciprocal_()")),
    ],
    "1.7": [
        Wrong("sum itself", neuron("return w @ x + b")),
        Wrong("Only the first of the 4 inputs", neuron("return sigmoid(x[0] * w[0] + b)")),
        Wrong("sigmoid of its own", neuron("return sigmoid(x * w + b).sum()")),
        Wrong("Send the sum through it", neuron("return w @ sigmoid(x) + b")),
        Wrong("Sums below 0 become 0", neuron("return (w @ x + b).clamp(0, 1)")),
        Wrong("products are multiplied", neuron("return sigmoid((x * w).prod() + b)")),
        Wrong("added to every input", neuron("return sigmoid((x + b) @ w)")),
        Wrong("or `float", neuron("return float(sigmoid(w @ x + b))")),
        Wrong(
            "what it is given, `b`",
            neuron("for i in range(len(x)):", "    b += w[i] * x[i]", "return sigmoid(b)"),
        ),
    ],
    "1.8": [
        Wrong(
            "even if `neuron` has w @ x",
            "def neuron(x, w, b):\n    return sigmoid(w @ x + b)\n\n" + layer("return neuron(x, W, b)"),
        ),
        Wrong("sent through the sigmoid before", layer("return sigmoid(sigmoid(x) @ W + b)")),
    ],
    "1.9": [
        Wrong("layers are swapped", network("return layer(layer(x, W2, b2), W1, b1)")),
        Wrong("use b1", network("return layer(layer(x, W1, b1), W2, b1)")),
        Wrong("was called with x of shape", network("h = layer(x, W1, b1).reshape(-1, 32)", "return layer(h, W2, b2)")),
    ],
    "1.10": [
        Wrong("meets only row i of b", distances("return (a - b).pow(2).sum(dim=1).sqrt()")),
        Wrong("at the same place", distances("return (a.unsqueeze(0) - b.unsqueeze(0)).pow(2).sum(-1).sqrt()")),
        Wrong("at the same place", distances("return (a.unsqueeze(1) - b.unsqueeze(1)).pow(2).sum(-1).sqrt()")),
        Wrong("root of a sum of squares", distances("return (a[:, None] - b).pow(2).sqrt().sum(-1)")),
    ],
    "1.11": [
        Wrong("same letter twice", einsum_layer("return torch.sigmoid(torch.einsum('nn,nm->nm', x, W) + b)")),
        Wrong("added to W", einsum_layer("return torch.sigmoid(torch.einsum('ni,im->nm', x, W + b))")),
        Wrong("letters first", einsum_layer("return torch.sigmoid(torch.einsum(x, W, 'ij,jk->ik') + b)")),
        Wrong("letters first", einsum_layer("return torch.sigmoid(torch.einsum(x, 'ij,jk->ik', W) + b)")),
        Wrong("This is W times x", einsum_layer("return torch.sigmoid(torch.einsum('nk,km->nm', W, x) + b)")),
        Wrong("two letters of x. Keep", einsum_layer("return torch.sigmoid(torch.einsum('ij,jk->ij', x, W) + b)")),
        Wrong("letters of x, swapped", einsum_layer("return torch.sigmoid(torch.einsum('ij,jk->ji', x, W) + b)")),
        Wrong("two letters of W. Keep", einsum_layer("return torch.sigmoid(torch.einsum('ij,jk->jk', x, W) + b)")),
        Wrong("letters of W, swapped", einsum_layer("return torch.sigmoid(torch.einsum('ij,jk->kj', x, W) + b)")),
        Wrong("letter is missing after", einsum_layer("return torch.sigmoid(torch.einsum('ij,jk->i', x, W) + b)")),
        Wrong("one group of letters", einsum_layer("return torch.sigmoid(torch.einsum('ni im -> nm', x, W) + b)")),
    ],
}
for number, answers in BEGINNERS.items():
    ANSWERS[number] += answers
