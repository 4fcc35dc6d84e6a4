"""Wrong and right answers to the exercises of Part 1."""

from lessons import Right, Wrong

SHAPES = """shapes = {{
    "x[0]": {},
    "x[:, 1]": (2, 4),
    "x[..., -1:]": {},
    "x.reshape(6, -1)": {},
    "x.flatten()": {},
    "x.permute(2, 0, 1)": {},
    "x.unsqueeze(0)": (1, 2, 3, 4),
    "x[:, 0, :2].unsqueeze(-1)": (2, 2, 1),
}}"""
MEMORY = """memory = {{"a[1:]": "{}", "a[[0, 2]]": "{}", "a.T": "{}",
    "a.reshape(12)": "view", "a.T.reshape(12)": "{}", "a[a > 5]": "{}"}}"""

ANSWERS = {
    "1.1": [
        Wrong("count the dimensions", SHAPES.format("(1, 3, 4)", "(2, 3, 1)", "(6, 4)", "(24,)", "(4, 2, 3)")),
        Wrong("count the dimensions", SHAPES.format("(3, 4)", "(2, 3)", "(6, 4)", "(24,)", "(4, 2, 3)")),
        Wrong("multiply to the number", SHAPES.format("(3, 4)", "(2, 3, 1)", "(6, 3)", "(24,)", "(4, 2, 3)")),
        Wrong("write a tuple", SHAPES.format("(3, 4)", "(2, 3, 1)", "(6, 4)", "(24)", "(4, 2, 3)")),
        Wrong("wrong order", SHAPES.format("(3, 4)", "(2, 3, 1)", "(6, 4)", "(24,)", "(3, 4, 2)")),
        Wrong("sizes are not", SHAPES.format("(2, 6)", "(2, 3, 1)", "(6, 4)", "(24,)", "(4, 2, 3)")),
        Wrong("Keep all eight lines", 'shapes = {"x[0]": (3, 4)}'),
        Right(SHAPES.format("[3, 4]", "[2, 3, 1]", "[6, 4]", "[24]", "[4, 2, 3]")),
        Right(
            "x = torch.zeros(2, 3, 4)\n"
            + SHAPES.format("x[0].shape", "x[..., -1:].shape", "x.reshape(6, -1).shape", "(24,)", "(4, 2, 3)")
        ),
        Right(SHAPES.format("(3, 4)", "torch.Size([2, 3, 1])", "(6, 4)", "(24,)", "(4, 2, 3)")),
    ],
    "1.2": [
        Wrong("always copies", MEMORY.format("view", "view", "view", "copy", "copy")),
        Wrong("equal steps are enough", MEMORY.format("copy", "copy", "view", "copy", "copy")),
        Wrong("equal steps are enough", MEMORY.format("view", "copy", "copy", "copy", "copy")),
        Wrong("reshape must copy", MEMORY.format("view", "copy", "view", "view", "copy")),
        Wrong("always copies", MEMORY.format("view", "copy", "view", "copy", "view")),
        Wrong('write "view" or "copy"', MEMORY.format("yes", "no", "yes", "no", "no")),
        Wrong("Keep all six lines", 'memory = {"a[1:]": "view"}'),
        Right(MEMORY.format("view", "copy", "view", "copy", "copy")),
        Right('memory = dict(zip(memory, ["view", "copy", "view", "view", "copy", "copy"]))'),
        Right(
            'views, names = ("a[1:]", "a.T", "a.reshape(12)"), list(memory)\n'
            'memory = {name: "view" if name in views else "copy" for name in names}'
        ),
    ],
    "1.3": [
        Wrong("swapped", "board = torch.zeros(8, 8)\nboard[::2, ::2] = 1\nboard[1::2, 1::2] = 1"),
        Wrong("Rows 0 and 1 are alike", "board = torch.zeros(8, 8)\nboard[:, 1::2] = 1"),
        Wrong("All entries are 0", "board = torch.zeros(8, 8)"),
        Wrong(
            "torch.int64", "board = torch.zeros(8, 8, dtype=torch.int64)\nboard[::2, 1::2] = 1\nboard[1::2, ::2] = 1"
        ),
        Wrong(r"not \(64,\)", "board = torch.zeros(64)\nboard[1::2] = 1"),
        Wrong("should be a tensor", "board = [[0, 1] * 4, [1, 0] * 4] * 4"),
        Wrong("compare the two pictures", "board = torch.zeros(8, 8)\nboard[::2, 1::2] = 1"),
        Right("board = torch.tensor([[0.0, 1.0], [1.0, 0.0]]).repeat(4, 4)"),
        Right("board = torch.ones(8, 8)\nboard[::2, ::2] = 0\nboard[1::2, 1::2] = 0"),
        Right("board = ((torch.arange(8)[:, None] + torch.arange(8)) % 2).float()"),
    ],
    "1.4": [
        Wrong(
            "one mean for the whole batch", "def standardize(batch):\n    return (batch - batch.mean()) / batch.std()"
        ),
        Wrong(
            "keepdim=True is missing",
            "def standardize(batch):\n    return (batch - batch.mean(dim=1)) / batch.std(dim=1)",
        ),
        Wrong(
            "Columns, not rows", "def standardize(batch):\n    return (batch - batch.mean(dim=0)) / batch.std(dim=0)"
        ),
        Wrong(
            "divide by the standard deviation",
            "def standardize(batch):\n    return batch - batch.mean(dim=1, keepdim=True)",
        ),
        Wrong(
            "changed the batch",
            "def standardize(batch):\n    batch -= batch.mean(dim=1, keepdim=True)\n"
            "    return batch / batch.std(dim=1, keepdim=True)",
        ),
        Wrong("returns nothing", "def standardize(batch):\n    batch = batch - batch.mean(dim=1, keepdim=True)"),
        Wrong(
            "mean 0 and standard deviation 1",
            "def standardize(batch):\n"
            "    return (batch - batch.mean(dim=1, keepdim=True)) / batch.var(dim=1, keepdim=True)",
        ),
        Right(
            "def standardize(batch):\n    std, mean = torch.std_mean(batch, dim=1, keepdim=True)\n"
            "    return (batch - mean) / std"
        ),
        Right(
            "def standardize(batch):\n    centered = batch - batch.mean(1).reshape(-1, 1)\n"
            "    return centered / centered.pow(2).mean(1, True).sqrt()"
        ),
        Right("standardize = lambda t: (t - t.mean(-1)[:, None]) / (t.std(-1)[:, None] + 1e-8)"),
        Right("def standardize(batch):\n    return torch.nn.functional.layer_norm(batch, batch.shape[1:])"),
    ],
    "1.5": [
        Wrong(
            "reshape mixes",
            "def to_chw(array):\n    return torch.tensor(array).reshape(3, *array.shape[:2]).float() / 255",
        ),
        Wrong("go up to 255", "def to_chw(array):\n    return torch.tensor(array).permute(2, 0, 1).float()"),
        Wrong("still whole numbers", "def to_chw(array):\n    return torch.tensor(array).permute(2, 0, 1)"),
        Wrong("lies on its side", "def to_chw(array):\n    return torch.tensor(array).permute(2, 1, 0).float() / 255"),
        Wrong("channel still stands last", "def to_chw(array):\n    return torch.tensor(array).float() / 255"),
        Wrong("exactly 1", "def to_chw(array):\n    return torch.tensor(array).permute(2, 0, 1).float() / 256"),
        Wrong("not torch.float64", "def to_chw(array):\n    return torch.tensor(array / 255).permute(2, 0, 1)"),
        Wrong("should be a tensor", "def to_chw(array):\n    return array.transpose(2, 0, 1) / 255"),
        Right("def to_chw(array):\n    return torch.from_numpy(array.transpose(2, 0, 1) / 255).float()"),
        Right("def to_chw(array):\n    return torch.from_numpy(array).movedim(-1, 0).to(torch.float32).div(255)"),
        Right(
            "from torchvision.transforms.v2 import functional as TF\n"
            "def to_chw(array):\n    return TF.to_dtype(TF.pil_to_tensor(Image.fromarray(array)), torch.float32, scale=True)"
        ),
    ],
    "1.6": [
        Wrong("wrong way", "def sigmoid(z):\n    return 1 / (1 + torch.exp(z))"),
        Wrong("Brackets", "def sigmoid(z):\n    return 1 / 1 + torch.exp(-z)"),
        Wrong("exponential alone", "def sigmoid(z):\n    return torch.exp(z)"),
        Wrong("is 1/2", "def sigmoid(z):\n    return torch.tanh(z)"),
        Wrong("shape of z", "def sigmoid(z):\n    return torch.sigmoid(z).sum()"),
        Wrong("NameError", "def sigmoid(z):\n    return 1 / (1 + exp(-z))"),
        Wrong("your line", "def sigmoid(z):\n    import math\n    return 1 / (1 + math.exp(-z))"),
        Wrong("changed its input", "def sigmoid(z):\n    z.neg_()\n    return 1 / (1 + torch.exp(z))"),
        Wrong("returns nothing", "def sigmoid(z):\n    torch.sigmoid(z)"),
        Right("def sigmoid(z):\n    return torch.exp(z) / (1 + torch.exp(z))"),
        Right("sigmoid = torch.sigmoid"),
        Right("sigmoid = lambda z: (1 + (-z).exp()).reciprocal()"),
        Right("sigmoid = torch.nn.Sigmoid()"),
    ],
    "1.7": [
        Wrong("one number for each input", "def neuron(x, w, b):\n    return torch.sigmoid(x * w + b)"),
        Wrong("bias is missing", "def neuron(x, w, b):\n    return torch.sigmoid(x @ w)"),
        Wrong("activation is missing", "def neuron(x, w, b):\n    return x @ w + b"),
        Wrong("added for every input", "def neuron(x, w, b):\n    return torch.sigmoid((x * w + b).sum())"),
        Wrong("not behind it", "def neuron(x, w, b):\n    return torch.sigmoid(x @ w) + b"),
        Wrong("with its own weight", "def neuron(x, w, b):\n    return torch.sigmoid(x.sum() * w.sum() + b)"),
        Wrong(r"not \(1,\)", "def neuron(x, w, b):\n    return torch.sigmoid(x[None] @ w + b)"),
        Wrong("without .item", "def neuron(x, w, b):\n    return torch.sigmoid(x @ w + b).item()"),
        Right("def neuron(x, w, b):\n    return torch.sigmoid((x * w).sum() + b)"),
        Right("def neuron(x, w, b):\n    return 1 / (1 + torch.exp(-(w.dot(x) + b)))"),
        Right(
            "def neuron(x, w, b):\n    total = b\n    for i in range(len(x)):\n        total = total + x[i] * w[i]\n"
            "    return total.sigmoid()"
        ),
    ],
    "1.8": [
        Wrong("entry by entry", "def layer(x, W, b):\n    return torch.sigmoid(x * W + b)"),
        Wrong("bias is missing", "def layer(x, W, b):\n    return torch.sigmoid(x @ W)"),
        Wrong("activation is missing", "def layer(x, W, b):\n    return x @ W + b"),
        Wrong("W is transposed", "def layer(x, W, b):\n    return torch.sigmoid(x @ W.T + b)"),
        Wrong("rows of x meet", "def layer(x, W, b):\n    return torch.sigmoid(W @ x + b)"),
        Wrong("result is transposed", "def layer(x, W, b):\n    return torch.sigmoid(x @ W + b).T"),
        Wrong("one for each neuron", "def layer(x, W, b):\n    return torch.sigmoid(x @ W + b[:, None])"),
        Wrong("changed its inputs", "def layer(x, W, b):\n    x.copy_(x @ W)\n    return torch.sigmoid(x + b)"),
        Right("def layer(x, W, b):\n    return torch.sigmoid(torch.matmul(x, W) + b)"),
        Right("def layer(x, W, b):\n    return torch.nn.functional.linear(x, W.T, b).sigmoid()"),
        Right("layer = lambda x, W, b: torch.addmm(b, x, W).sigmoid()"),
        Right("def layer(x, W, b):\n    return torch.stack([torch.sigmoid(row @ W + b) for row in x])"),
    ],
    "1.9": [
        Wrong("not used", "def network(x, W1, b1, W2, b2):\n    layer(x, W1, b1)\n    return layer(x, W2, b2)"),
        Wrong("has no activation", "def network(x, W1, b1, W2, b2):\n    return layer(x @ W1 + b1, W2, b2)"),
        Wrong(
            "output layer has no activation", "def network(x, W1, b1, W2, b2):\n    return layer(x, W1, b1) @ W2 + b2"
        ),
        Wrong(
            "output layer has no bias",
            "def network(x, W1, b1, W2, b2):\n    return torch.sigmoid(layer(x, W1, b1) @ W2)",
        ),
        Wrong(
            "hidden layer has no bias",
            "def network(x, W1, b1, W2, b2):\n    return layer(torch.sigmoid(x @ W1), W2, b2)",
        ),
        Wrong(r"not \(3, 4\)", "def network(x, W1, b1, W2, b2):\n    return layer(x, W1, b1)"),
        Right("def network(x, W1, b1, W2, b2):\n    return layer(layer(x, W1, b1), W2, b2)"),
        Right(
            "def network(x, W1, b1, W2, b2):\n    h = torch.addmm(b1, x, W1).sigmoid()\n"
            "    return torch.addmm(b2, h, W2).sigmoid()"
        ),
        Right(
            "def network(x, *parameters):\n    for W, b in zip(parameters[::2], parameters[1::2]):\n"
            "        x = torch.sigmoid(x @ W + b)\n    return x"
        ),
    ],
    "1.10": [
        Wrong("squared distances", "def distances(a, b):\n    return (a[:, None] - b).pow(2).sum(-1)"),
        Wrong("coordinates are still apart", "def distances(a, b):\n    return (a[:, None] - b).pow(2).sqrt()"),
        Wrong("result is transposed", "def distances(a, b):\n    return (b[:, None] - a).pow(2).sum(-1).sqrt()"),
        Wrong("absolute values", "def distances(a, b):\n    return (a[:, None] - b).abs().sum(-1)"),
        Wrong("Square the differences before", "def distances(a, b):\n    return (a[:, None] - b).sum(-1)"),
        Wrong("size of tensor", "def distances(a, b):\n    return (a - b).pow(2).sum(-1).sqrt()"),
        Right("def distances(a, b):\n    return torch.cdist(a, b)"),
        Right("def distances(a, b):\n    return torch.linalg.vector_norm(a[:, None] - b[None], dim=-1)"),
        Right(
            "def distances(a, b):\n    squares = a.pow(2).sum(1)[:, None] + b.pow(2).sum(1) - 2 * a @ b.T\n"
            "    return squares.clamp(min=0).sqrt()"
        ),
    ],
    "1.11": [
        Wrong(
            "reads W transposed",
            "def einsum_layer(x, W, b):\n    return torch.sigmoid(torch.einsum('ij,kj->ik', x, W) + b)",
        ),
        Wrong(
            "bias is missing", "def einsum_layer(x, W, b):\n    return torch.sigmoid(torch.einsum('ij,jk->ik', x, W))"
        ),
        Wrong("activation is missing", "def einsum_layer(x, W, b):\n    return torch.einsum('ij,jk->ik', x, W) + b"),
        Wrong("swapped", "def einsum_layer(x, W, b):\n    return torch.sigmoid(torch.einsum('ij,jk->ki', x, W) + b)"),
        Wrong(
            "No letter is summed away",
            "def einsum_layer(x, W, b):\n    return torch.sigmoid(torch.einsum('ij,ij->ij', x, W) + b)",
        ),
        Wrong("without torch.einsum", "def einsum_layer(x, W, b):\n    return torch.sigmoid(x @ W + b)"),
        Right("def einsum_layer(x, W, b):\n    return torch.sigmoid(torch.einsum('ab,bc->ac', x, W) + b)"),
        Right("def einsum_layer(x, W, b):\n    return torch.einsum('ij,jk', x, W).add(b).sigmoid()"),
        Right("einsum_layer = lambda x, W, b: torch.sigmoid(b + torch.einsum('jk,ij->ik', W, x))"),
    ],
}
