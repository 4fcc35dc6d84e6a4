"""Wrong and right answers to the exercises of Part 7."""

from answer_kinds import Right, Wrong

CODES = [
    "v2.Resize(64)",
    "v2.Resize((64, 64))",
    "v2.CenterCrop(64)",
    "v2.CenterCrop(250)",
    "v2.RandomResizedCrop(48)",
    "v2.RandomRotation(30)",
    "v2.Grayscale()",
]
SHAPES = f"shapes = dict(zip({CODES}, {{}}))"
TRUTH = [(3, 64, 96), (3, 64, 64), (3, 64, 64), (3, 250, 250), (3, 48, 48), (3, 200, 300), (1, 200, 300)]


def shapes(at, shape):
    """Return an answer to 7.1 with one shape changed."""
    return SHAPES.format([*TRUTH[:at], shape, *TRUTH[at + 1 :]])


STATS = "def channel_stats(pictures):\n    flat = [x.flatten(1) for x, _ in pictures]\n    whole = torch.cat(flat, dim=1)\n    return {}, {}"
UNDO = "def denormalize(x, mean, std):\n    m, s = mean[:, None, None], std[:, None, None]\n    return {}"
SAMPLER = "def balanced_sampler(labels):\n    counts = Counter(labels)\n    return {}"
VERDICTS = (
    'words = ["keeps", "changes"]\nverdicts = {{letter: words[int(bit)] for letter, bit in zip("ABCDEFGH", "{}")}}'
)
END = "[v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean.tolist(), std.tolist())]"
TRAIN = "[v2.RandomResizedCrop(SIZE, scale=(0.5, 1.0)), v2.RandomHorizontalFlip(0.5)]"
TEST = "[v2.Resize(SIZE), v2.CenterCrop(SIZE)]"


def pipelines(train=TRAIN, test=TEST, end=END, train_end=None):
    """Return an answer to 7.6."""
    return f"end = {end}\ntrain_transform = v2.Compose({train} + {train_end or 'end'})\ntest_transform = v2.Compose({test} + end)"


CSV = """class CsvPictures(Dataset):
    def __init__(self, table, folder, transform):
        with open(table, newline="") as file:
            self.rows = list(csv.DictReader(file))
        self.folder, self.transform = folder, transform
        self.classes = sorted({row["label"] for row in self.rows})

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        row = self.rows[index]
        image = Image.open(self.folder / row["file"]).convert("RGB")
        return self.transform(image), self.classes.index(row["label"])"""
READ = """def read_pictures(paths, max_pixels=50_000_000, min_side=16):
    pictures, messages = [], []
    for path in paths:
        try:
            image = Image.open(path)
            if image.width * image.height > max_pixels:
                raise ValueError("too large")
            if min(image.size) < min_side:
                raise ValueError("too small")
            pictures.append(to_rgb(image))
        except Exception as error:
            messages.append(f"{path.name} skipped: {error}")
    return pictures, messages"""
MIXUP = "def mixup(x, targets, share, order):\n    S, s = share.reshape(-1, 1, 1, 1), share.reshape(-1, 1)\n    return {}, {}"
MIXED, SOFT = "S * x + (1 - S) * x[order]", "s * targets + (1 - s) * targets[order]"
SPLIT = """def split(labels, share, seed):
    chance = torch.Generator().manual_seed(seed)
    train, valid = [], []
    for k in sorted(set(labels)):
        at = [i for i, label in enumerate(labels) if label == k]
        at = [at[i] for i in torch.randperm(len(at), generator=chance)]
        n = round(share * len(at))
        valid += at[:n]
        train += at[n:]
    return train, valid"""

ANSWERS = {
    "7.1": [
        Wrong("channels come first", shapes(1, (64, 64, 3))),
        Wrong("channels come first", shapes(0, (64, 96, 3))),
        Wrong("shorter side becomes 64", shapes(0, (3, 64, 64))),
        Wrong("shorter side becomes 64", shapes(0, (3, 43, 64))),
        Wrong("height comes before", shapes(0, (3, 96, 64))),
        Wrong("height and width, whatever", shapes(1, (3, 64, 96))),
        Wrong("What is put around", shapes(3, (3, 200, 250))),
        Wrong("What is put around", shapes(3, (3, 200, 300))),
        Wrong("scaled to a square", shapes(4, (3, 48, 72))),
        Wrong("the frame stays", shapes(5, (3, 323, 360))),
        Wrong("height comes before", shapes(5, (3, 300, 200))),
        Wrong("how many channels", shapes(6, (3, 200, 300))),
        Wrong("three numbers", shapes(6, (200, 300))),
        Wrong("write a tuple", shapes(2, 64)),
        Wrong("keep all 7 lines", "shapes = {}"),
        Right(SHAPES.format(TRUTH)),
        Right(SHAPES.format([list(shape) for shape in TRUTH])),
        Right(
            f"shapes = {{code: v2.ToImage()(eval(code)(Image.new('RGB', (300, 200)))).shape for code in {CODES}}}"
        ),
        Wrong("write a tuple of three whole numbers", shapes(0, "3, 64, 96")),
        Wrong("write a tuple of three whole numbers", shapes(0, (3, 64.0, 96.0))),
        Wrong("write a tuple of three whole numbers", shapes(2, "torch.Size([3, 64, 64])")),
        Wrong("write a tuple of three whole numbers", shapes(3, None)),
        Wrong("write three numbers", shapes(4, (1, 3, 48, 48))),
        Wrong("How many channels does an RGB", shapes(1, (1, 64, 64))),
        Wrong("channels come first", shapes(6, (200, 300, 1))),
        Wrong("Which piece is left", shapes(2, (3, 64, 96))),
        Wrong("Keep the dict of the stub", f"shapes = {TRUTH}"),
        Wrong("is missing", SHAPES.format(TRUTH) + "\nshapes.pop('v2.Grayscale()')"),
        Right(f"shapes = {{}}\nfor code, shape in zip({CODES}, {TRUTH}):\n    shapes[code] = torch.Size(shape)"),
        Right(f"import numpy as np\nshapes = {{code: tuple(np.array(shape)) for code, shape in zip({CODES}, {TRUTH})}}"),
        Right(f"shapes = dict(reversed(list(zip({CODES}, {TRUTH}))))"),
    ],
    "7.2": [
        Wrong("small picture counts as much as a large", "def channel_stats(pictures):\n    even = torch.stack([v2.Resize((64, 64))(x) for x, _ in pictures])\n    return even.mean((0, 2, 3)), even.std((0, 2, 3))"),
        Wrong("changes what it is given", "def channel_stats(pictures):\n    for x, _ in pictures:\n        x -= 1\n    flat = torch.cat([x.flatten(1) for x, _ in pictures], 1)\n    return flat.mean(1), flat.std(1)"),
        Wrong(
            "changes what it is given",
            "def channel_stats(pictures):\n    flat = []\n    while pictures:\n        flat.append(pictures.pop()[0].flatten(1))\n"
            "    flat = torch.cat(flat, 1)\n    return flat.mean(1), flat.std(1)",
        ),
        Wrong("the mean first", STATS.format("whole.std(1)", "whole.mean(1)")),
        Wrong("deviation of the means", STATS.format("whole.mean(1)", "torch.stack([x.mean(1) for x in flat]).std(0)")),
        Wrong("mixes the channels", STATS.format("whole.mean(0)", "whole.std(0)").replace("x.flatten(1)", "x.reshape(-1, 3)").replace("dim=1", "dim=0")),
        Right(STATS.format("whole.mean(1)", "whole.std(1)").replace("return whole.mean(1), whole.std(1)", "return torch.stack([whole.mean(1), whole.std(1)])")),
        Wrong(
            "small picture counts as much",
            STATS.format("torch.stack([x.mean(1) for x in flat]).mean(0)", "whole.std(1)"),
        ),
        Wrong("mean of standard deviations", STATS.format("whole.mean(1)", "torch.stack([x.std(1) for x in flat]).mean(0)")),
        Wrong(
            "mean of standard deviations",
            STATS.format("whole.mean(1)", "sum(x.std(1) * x.shape[1] for x in flat) / whole.shape[1]"),
        ),
        Wrong("mean of variances", STATS.format("whole.mean(1)", "torch.stack([x.var(1) for x in flat]).mean(0).sqrt()")),
        Wrong("That is the variance", STATS.format("whole.mean(1)", "whole.var(1)")),
        Wrong("That is the variance", STATS.format("whole.mean(1)", "(whole ** 2).mean(1) - whole.mean(1) ** 2")),
        Wrong("red, green and blue apart", STATS.format("whole.mean()", "whole.std()")),
        Wrong("should return two tensors", STATS.format("whole.mean(1)", "whole.std(1)").replace(", whole.std(1)", "")),
        Wrong("returns nothing", STATS.format("whole.mean(1)", "whole.std(1)").replace("return ", "")),
        Wrong("two tensors", STATS.format("whole.mean(1).tolist()", "whole.std(1).tolist()")),
        Wrong(
            "equal size",
            "def channel_stats(pictures):\n    x = torch.stack([image for image, _ in pictures])\n"
            "    return x.mean((0, 2, 3)), x.std((0, 2, 3))",
        ),
        Wrong("should have the shape", STATS.format("whole.mean(0)", "whole.std(0)")),
        Wrong("root of the mean square", STATS.format("whole.mean(1)", "(whole ** 2).mean(1).sqrt()")),
        Right(STATS.format("whole.mean(1)", "whole.std(1)")),
        Right(STATS.format("whole.double().mean(1)", "whole.double().std(1, correction=0)")),
        Right(
            "def channel_stats(pictures):\n    n = sum(x[0].numel() for x, _ in pictures)\n"
            "    m = sum(x.sum((1, 2)) for x, y in pictures) / n\n"
            "    v = sum(((x - m[:, None, None]) ** 2).sum((1, 2)) for x, y in pictures) / (n - 1)\n    return [m, v ** 0.5]"
        ),
        Right(
            "def channel_stats(pictures):\n    total, squares, n = 0, 0, 0\n    for x, _ in DataLoader(pictures, batch_size=1):\n"
            "        total = total + x.sum(dim=(0, 2, 3))\n        squares = squares + (x * x).sum(dim=(0, 2, 3))\n"
            "        n += x.shape[2] * x.shape[3]\n    m = total / n\n    return m, torch.sqrt(squares / n - m * m)"
        ),
        Right(
            "def channel_stats(pictures):\n    means, stds = [], []\n    for c in range(3):\n"
            "        values = torch.cat([x[c].reshape(-1) for x, _ in pictures])\n"
            "        means.append(values.mean())\n        stds.append(values.std())\n"
            "    return torch.stack(means), torch.tensor(stds)"
        ),
        Wrong("last picture is left out of the mean", STATS.replace("in pictures]", "in pictures[:-1]]").format("whole.mean(1)", "whole.std(1)")),
        Wrong("first picture is left out of the mean", STATS.replace("in pictures]", "in pictures[1:]]").format("whole.mean(1)", "whole.std(1)")),
        Wrong("Only the first picture counts", STATS.format("flat[0].mean(1)", "flat[0].std(1)")),
        Wrong("Only the last picture counts in the mean", STATS.format("flat[-1].mean(1)", "whole.std(1)")),
        Wrong("Only the first picture counts in the standard deviation", STATS.format("whole.mean(1)", "flat[0].std(1)")),
        Wrong("The mean should be|The mean\\[", STATS.format("torch.full((3,), 0.5)", "torch.full((3,), 0.25)")),
        Wrong("mean is rounded", STATS.format("(whole.mean(1) * 10).round() / 10", "whole.std(1)")),
        Wrong("mean is rounded", STATS.format("whole.mean(1).round(decimals=2)", "whole.std(1)")),
        Wrong("deviation is clamped", STATS.format("whole.mean(1)", "whole.std(1).clamp(0, 1)")),
        Wrong("mean is clamped", STATS.format("whole.mean(1).clamp(0, 1)", "whole.std(1)")),
        Wrong("mean is a third", STATS.format("whole.sum(1) / whole.numel()", "whole.std(1)")),
        Wrong("That is the sum", STATS.format("whole.sum(1)", "whole.std(1)")),
        Wrong("should have the shape .3,., but it has .3, 1.", STATS.format("whole.mean(1, keepdim=True)", "whole.std(1, keepdim=True)")),
        Wrong("the mean again", STATS.format("whole.mean(1)", "whole.mean(1)")),
        Wrong("reverse order", STATS.format("whole.mean(1).flip(0)", "whole.std(1)")),
        Wrong("The mean.0. should be", "def channel_stats(pictures):\n    flat = torch.cat([pictures[i][0].flatten(1) for i in range(3)], 1)\n    return flat.mean(1), flat.std(1)"),
        Wrong(
            "seeds PyTorch's random numbers",
            STATS.format("whole.mean(1)", "whole.std(1)").replace("    flat =", "    torch.manual_seed(0)\n    flat ="),
        ),
        Right(STATS.format("whole.mean(-1)", "(whole - whole.mean(-1, keepdim=True)).square().mean(-1).sqrt()")),
        Right("def channel_stats(pictures):\n    whole = torch.hstack([x.reshape(3, -1) for x, _ in pictures])\n    std, mean = torch.std_mean(whole, dim=1)\n    return mean, std"),
        Right("def channel_stats(pictures):\n    n = sum(p[0][0].numel() for p in pictures)\n    m = sum(p[0].sum(dim=(1, 2)) for p in pictures) / n\n    d = sum(((p[0] - m.reshape(3, 1, 1)) ** 2).sum(dim=(1, 2)) for p in pictures)\n    return m, torch.sqrt(d / n)"),

        Wrong("as large as the first one", "def channel_stats(pictures):\n    n = pictures[0][0][0].numel() * len(pictures)\n    m = sum(x.sum((1, 2)) for x, _ in pictures) / n\n    return m, torch.cat([x.flatten(1) for x, _ in pictures], 1).std(1)"),
        Wrong("to be 64 x 64", "def channel_stats(pictures):\n    n = 64 * 64 * len(pictures)\n    m = sum(x.sum((1, 2)) for x, _ in pictures) / n\n    return m, torch.cat([x.flatten(1) for x, _ in pictures], 1).std(1)"),
        Wrong("earlier call go on", "seen = []\n\n\ndef channel_stats(pictures):\n    seen.extend(x.flatten(1) for x, _ in pictures)\n    whole = torch.cat(seen, 1)\n    return whole.mean(1), whole.std(1)"),
    ],
    "7.3": [
        Right(UNDO.format("x.double() * s.double() + m.double()")),
        Wrong("order is wrong", UNDO.format("(x + m) * s")),
        Wrong("normalizes once more", UNDO.format("(x - m) / s")),
        Wrong("mean and std are swapped", UNDO.format("x * m + s")),
        Wrong("division by std is not undone", UNDO.format("x + m")),
        Wrong("mean is not added", UNDO.format("x * s")),
        Wrong("changes what it is given", UNDO.format("x.mul_(s).add_(m)")),
        Wrong("along the width", "def denormalize(x, mean, std):\n    return x * std + mean"),
        Wrong("along the height", "def denormalize(x, mean, std):\n    return x * std[:, None] + mean[:, None]"),
        Wrong("stretches to 0 … 1", UNDO.format("(x - x.min()) / (x.max() - x.min())")),
        Wrong("returns nothing", UNDO.format("x * s + m").replace("return ", "")),
        Wrong("should have the shape", UNDO.format("x * s[None] + m[None]")),
        Right(UNDO.format("x * s + m")),
        Right("def denormalize(x, mean, std):\n    return x * std.reshape(3, 1, 1) + mean.view(-1, 1, 1)"),
        Right("def denormalize(x, mean, std):\n    return v2.functional.normalize(x, (-mean / std).tolist(), (1 / std).tolist())"),
        Right(
            "def denormalize(x, mean, std):\n    out = x.clone()\n    for c in range(3):\n"
            "        out[..., c, :, :] = out[..., c, :, :] * std[c] + mean[c]\n    return out.clamp(0, 1)"
        ),
        Right("def denormalize(x, mean, std):\n    return (x.movedim(-3, -1) * std + mean).movedim(-1, -3)"),
        Wrong("Only the first picture of the batch|shape", UNDO.format("torch.cat([(x * s + m)[:1], x[1:]])")),
        Wrong("last picture of the batch", "def denormalize(x, mean, std):\n    m, s = mean[:, None, None], std[:, None, None]\n    out = x * s + m\n    if x.ndim == 4 and len(x) > 1:\n        out[-1] = x[-1]\n    return out"),
        Wrong("mean is subtracted", UNDO.format("x * s - m")),
        Wrong("divided by std once more", UNDO.format("x / s + m")),
        Wrong("still normalized", UNDO.format("x.clone()")),
        Wrong("rounded", UNDO.format("((x * s + m) * 10).round() / 10")),
        Wrong("0 to 255", UNDO.format("(x * s + m) * 255")),
        Wrong("shape", UNDO.format("(x * s + m).unsqueeze(0)")),
        Wrong("shape|should be", UNDO.format("(x * s + m).transpose(-1, -2)")),
        Wrong("Red and blue", UNDO.format("(x * s + m).flip(-3)")),
        Wrong("clamped before", UNDO.format("(x * s).clamp(0, 1) + m")),
        Wrong("channels are multiplied by", "def denormalize(x, mean, std):\n    m, s = torch.tensor([0.5, 0.3, 0.6]), torch.tensor([0.2, 0.1, 0.3])\n    return x * s[:, None, None] + m[:, None, None]"),
        Wrong("shares its memory", UNDO.format("x if (s == 1).all() and (m == 0).all() else x * s + m")),
        Wrong("along the batch|shape", "def denormalize(x, mean, std):\n    return x * std[:, None, None, None] + mean[:, None, None, None]"),
        Wrong("too many values|in your line|invalid", "def denormalize(x, mean, std):\n    n, c, h, w = x.shape\n    return x * std.view(c, 1, 1) + mean.view(c, 1, 1)"),
        Right(UNDO.format("(x * s + m).clamp(min=0, max=1)")),
        Right("def denormalize(x, mean, std):\n    return torch.addcmul(mean.view(3, 1, 1), x, std.view(3, 1, 1))"),
        Right("def denormalize(x, mean, std):\n    return torch.einsum('...chw,c->...chw', x, std) + mean.reshape(3, 1, 1)"),
        Right("def denormalize(x, mean, std):\n    undo = v2.Compose([v2.Normalize([0.0] * 3, (1 / std).tolist()), v2.Normalize((-mean).tolist(), [1.0] * 3)])\n    return undo(x)"),

        Wrong("multiplied by .0.25, 0.25, 0.25.* 0.5. is added", "def denormalize(x, mean, std):\n    return x * 0.25 + 0.5"),
        Wrong("multiplied by .0.229, 0.224, 0.225.* 0.406. is added", "def denormalize(x, mean, std):\n    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])\n    return x * std[:, None, None] + mean[:, None, None]"),
        Wrong("multiplied by .0.2, 0.1, 0.3.* then .0.467, 0.467, 0.467. is added", UNDO.format("x * s + m.mean()")),
    ],
    "7.4": [
        Wrong(
            "order in which the classes appear",
            SAMPLER.format("WeightedRandomSampler((1 / torch.tensor(list(counts.values())))[labels], len(labels))"),
        ),
        Wrong("not with //", SAMPLER.format("WeightedRandomSampler([len(labels) // counts[y] for y in labels], len(labels))")),
        Wrong("works for 3 classes, but with 4", SAMPLER.format("WeightedRandomSampler((1 / torch.tensor([counts[k] for k in range(3)]))[labels], len(labels))")),
        Wrong(
            "works for 3 classes, but with 4",
            "def balanced_sampler(labels):\n    w = [1 / labels.count(k) for k in range(3)]\n"
            "    return WeightedRandomSampler([w[y] for y in labels], len(labels))",
        ),
        Wrong(
            "changes what it is given",
            "def balanced_sampler(labels):\n    counts = Counter(labels)\n    for i, y in enumerate(labels):\n"
            "        labels[i] = 1 / counts[y]\n    return WeightedRandomSampler(labels, len(labels))",
        ),
        Wrong(
            "Every epoch brings the same",
            SAMPLER.format("torch.utils.data.SubsetRandomSampler(list(WeightedRandomSampler([1 / counts[y] for y in labels], len(labels))))"),
        ),
        Wrong("one weight for each class", SAMPLER.format("WeightedRandomSampler([1 / counts[k] for k in range(len(counts))], len(labels))")),
        Wrong(
            "draw with replacement",
            SAMPLER.format("WeightedRandomSampler([1 / counts[y] for y in labels], len(labels), replacement=False)"),
        ),
        Wrong("comes even more often", SAMPLER.format("WeightedRandomSampler([counts[y] for y in labels], len(labels))")),
        Wrong("all weights are equal", SAMPLER.format("WeightedRandomSampler([1.0] * len(labels), len(labels))")),
        Wrong("nearly disappears", SAMPLER.format("WeightedRandomSampler([1 / counts[y] ** 3 for y in labels], len(labels))")),
        Wrong("as many as there are", SAMPLER.format("WeightedRandomSampler([1 / counts[y] for y in labels], 3)")),
        Wrong("Return the sampler itself", SAMPLER.format("[1 / counts[y] for y in labels]")),
        Wrong("Return the sampler itself", SAMPLER.format("list(WeightedRandomSampler([1 / counts[y] for y in labels], len(labels)))")),
        Wrong("returns nothing", SAMPLER.format("1").replace("return 1", "WeightedRandomSampler([1 / counts[y] for y in labels], len(labels))")),
        Wrong("Each should be 1 / 3", SAMPLER.format("WeightedRandomSampler([1 / (1 + y) / counts[y] for y in labels], len(labels))")),
        Wrong("as many as there are", SAMPLER.format("WeightedRandomSampler([1 / counts[y] for y in labels], 3 * max(counts.values()))")),
        Right(SAMPLER.format("WeightedRandomSampler([1 / counts[y] for y in labels], len(labels))")),
        Right(
            "def balanced_sampler(labels):\n    y = torch.as_tensor(labels)\n    weights = 1.0 / torch.bincount(y)[y]\n"
            "    return WeightedRandomSampler(weights, num_samples=len(y), replacement=True)"
        ),
        Right(
            "def balanced_sampler(labels):\n    weights = []\n    for label in labels:\n"
            "        weights.append(len(labels) / labels.count(label))\n"
            "    return WeightedRandomSampler(torch.tensor(weights), len(labels), generator=torch.Generator().manual_seed(3))"
        ),
        Right(
            "class Fair(torch.utils.data.Sampler):\n    def __init__(self, labels):\n        self.places = {k: [i for i, y in enumerate(labels) if y == k] for k in labels}\n"
            "        self.n = len(labels)\n\n    def __len__(self):\n        return self.n\n\n    def __iter__(self):\n"
            "        for _ in range(self.n):\n            yield random.choice(self.places[random.choice(list(self.places))])\n\n\n"
            "def balanced_sampler(labels):\n    return Fair(labels)"
        ),
        Wrong("is never drawn", SAMPLER.format("WeightedRandomSampler([1 / counts[y] if i else 0 for i, y in enumerate(labels)], len(labels))")),
        Wrong("is never drawn|same weight", "def balanced_sampler(labels):\n    first = {y: labels.index(y) for y in labels}\n    return WeightedRandomSampler([float(i == first[y]) for i, y in enumerate(labels)], len(labels))"),
        Wrong("same weight", SAMPLER.format("WeightedRandomSampler([(1 + i % 2) / counts[y] for i, y in enumerate(labels)], len(labels))")),
        Wrong("root of the count", SAMPLER.format("WeightedRandomSampler([counts[y] ** -0.5 for y in labels], len(labels))")),
        Wrong("as many as there are: 100", SAMPLER.format("WeightedRandomSampler([1 / counts[y] for y in labels], len(labels) - 1)")),
        Wrong("as many as there are", SAMPLER.format("WeightedRandomSampler([1 / counts[y] for y in labels], 100)")),
        Wrong("works for 3 classes|Each should be|last class is never", SAMPLER.format("WeightedRandomSampler([{0: 1 / 90, 1: 1 / 4, 2: 1 / 6}[y] for y in labels], len(labels))")),
        Wrong("Every epoch brings the same|different draws", "class Same:\n    def __init__(self, w):\n        self.w = w\n    def __iter__(self):\n        g = torch.Generator().manual_seed(0)\n        return iter(WeightedRandomSampler(self.w, len(self.w), generator=g))\n    def __len__(self):\n        return len(self.w)\n\n" + SAMPLER.format("Same([1 / counts[y] for y in labels])")),
        Wrong("second epoch is empty", SAMPLER.format("iter(WeightedRandomSampler([1 / counts[y] for y in labels], len(labels)))")),
        Wrong("one whole number at a time", SAMPLER.format("torch.utils.data.BatchSampler(WeightedRandomSampler([1 / counts[y] for y in labels], len(labels)), 10, False)")),
        Wrong("Return the sampler itself", SAMPLER.format("torch.tensor([1 / counts[y] for y in labels])")),
        Wrong("Every picture comes exactly once", SAMPLER.format("torch.utils.data.RandomSampler(labels)")),
        Wrong("Return a sampler, not", SAMPLER.format("len(counts)")),
        Wrong("seeds PyTorch's random numbers", SAMPLER.format("WeightedRandomSampler([1 / counts[y] for y in labels], len(labels))").replace("    return", "    torch.manual_seed(0)\n    return")),
        Wrong("length of the sampler", "class Any:\n    def __init__(self, w):\n        self.w = w\n    def __iter__(self):\n        return iter(torch.multinomial(torch.tensor(self.w), len(self.w), True).tolist())\n    def __len__(self):\n        return 100\n\n" + SAMPLER.format("Any([1 / counts[y] for y in labels])")),
        Right("class Any:\n    def __init__(self, w):\n        self.w = w\n    def __iter__(self):\n        return iter(torch.multinomial(torch.tensor(self.w), len(self.w), True))\n    def __len__(self):\n        return len(self.w)\n\n" + SAMPLER.format("Any([1 / counts[y] for y in labels])")),
        Right("class Any:\n    def __init__(self, labels):\n        self.labels = labels\n        self.by = {}\n        for i, y in enumerate(labels):\n            self.by.setdefault(y, []).append(i)\n    def __iter__(self):\n        names = list(self.by)\n        drawn = [random.choice(self.by[names[n % len(names)]]) for n in range(len(self.labels))]\n        random.shuffle(drawn)\n        yield from drawn\n    def __len__(self):\n        return len(self.labels)\n\n\ndef balanced_sampler(labels):\n    return Any(list(labels))"),
        Right("import numpy as np\n\n\nclass Any:\n    def __init__(self, labels):\n        w = np.array([1 / labels.count(y) for y in labels])\n        self.p, self.rng = w / w.sum(), np.random.default_rng()\n    def __iter__(self):\n        return iter(self.rng.choice(len(self.p), len(self.p), p=self.p))\n    def __len__(self):\n        return len(self.p)\n\n\nbalanced_sampler = lambda labels: Any(labels)"),
        Right(SAMPLER.format("WeightedRandomSampler([100 * len(labels) / counts[y] for y in labels], len(labels), True)")),
        Right("def balanced_sampler(labels):\n    labels = torch.tensor(labels)\n    classes, index, n = labels.unique(return_inverse=True, return_counts=True)\n    return WeightedRandomSampler((1.0 / n)[index], num_samples=len(labels))"),

        Wrong("class numbers", "class Kinds:\n    def __init__(self, labels):\n        self.labels = labels\n    def __len__(self):\n        return len(self.labels)\n    def __iter__(self):\n        return iter(random.choices(sorted(set(self.labels)), k=len(self.labels)))\n\n\ndef balanced_sampler(labels):\n    return Kinds(labels)"),
    ],
    "7.5": [
        Wrong("A: is a cat", VERDICTS.format("11011100")),
        Wrong("B: think of the worst", VERDICTS.format("00011100")),
        Wrong("C: does a digit", VERDICTS.format("01111100")),
        Wrong("D: hue", VERDICTS.format("01001100")),
        Wrong("E: what does an arrow", VERDICTS.format("01010100")),
        Wrong("F: one or two hundredths", VERDICTS.format("01011000")),
        Wrong("G: would you", VERDICTS.format("01011110")),
        Wrong("H: which way", VERDICTS.format("01011101")),
        Wrong("Keep the dict of the stub", "verdicts = ['keeps'] * 8"),
        Wrong("write .keeps. or", "verdicts = dict.fromkeys('ABCDEFGH', True)"),
        Right(VERDICTS.format("01011100")),
        Right("verdicts = {k: 'changes' if k in 'BDEF' else 'keeps' for k in 'ABCDEFGH'}"),
        Right("verdicts = dict.fromkeys('ABCDEFGH', 'keeps')\nfor k in 'BDEF':\n    verdicts[k] = 'changes'"),
        *(Wrong(f"{letter}: ", VERDICTS.format("01011100") + f"\nverdicts['{letter}'] = {{'keeps': 'changes', 'changes': 'keeps'}}[verdicts['{letter}']]") for letter in "ABCDEFGH"),
        Wrong("The line 'H' is missing", "verdicts = {k: 'changes' if k in 'BDEF' else 'keeps' for k in 'ABCDEFG'}"),
        Wrong("write .keeps. or", VERDICTS.format("01011100") + "\nverdicts['C'] = 'yes'"),
        Wrong("write .keeps. or", VERDICTS.format("01011100") + "\nverdicts['C'] = ['keeps']"),
        Wrong("B: think of the worst", "verdicts = dict.fromkeys('ABCDEFGH', 'keeps')"),
        Wrong("A: is a cat", "verdicts = dict.fromkeys('ABCDEFGH', 'changes')"),
        Right(VERDICTS.format("01011100") + "\nverdicts = {k: v.capitalize() for k, v in verdicts.items()}"),
        Right("verdicts = dict(zip('HGFEDCBA', 'keeps keeps changes changes changes keeps changes keeps'.split()))"),
        Right(VERDICTS.format("01011100") + "\nverdicts['A'] = ' keeps '"),
    ],
    "7.6": [
        *(Wrong("cuts too small a piece", pipelines(test=f"[v2.Resize({side}), v2.CenterCrop(SIZE)]")) for side in (72, 80)),
        *(
            Wrong("test_transform draws", pipelines(test=TEST[:-1] + f", {extra}]"))
            for extra in ("v2.RandomVerticalFlip(0.5)", "v2.RandomGrayscale(0.5)", "v2.ColorJitter(saturation=0.5, hue=0.2)")
        ),
        Wrong("test_transform draws", pipelines(test="[v2.Resize(72), v2.RandomCrop(SIZE)]")),
        Wrong("mirrors the picture", pipelines(test=TEST[:-1] + ", v2.RandomHorizontalFlip(1)]")),
        Wrong("upside down", pipelines(test=TEST[:-1] + ", v2.RandomRotation((180, 180))]")),
        Wrong("makes it gray", pipelines(test=TEST[:-1] + ", v2.Grayscale(3)]")),
        Wrong("not cut out the middle", pipelines(test="[v2.Resize(SIZE), v2.Lambda(lambda image: image.crop((0, 0, SIZE, SIZE)))]")),
        Wrong("puts black around", pipelines(test="[v2.Resize(60), v2.CenterCrop(SIZE)]")),
        Wrong("float32.*float16(?!.*missing)", pipelines(end=END.replace("float32", "float16"))),
        *(
            Wrong("At least half", pipelines(train=TRAIN.replace("(0.5, 1.0)", f"({low}, 1.0)")))
            for low in (0.35, 0.4)
        ),
        *(Wrong("Half of the time", pipelines(train=TRAIN.replace("Flip(0.5)", f"Flip({p})"))) for p in (0.2, 0.85)),
        Wrong("never mirrors", pipelines(train=TRAIN.replace("v2.RandomHorizontalFlip(0.5)", "v2.RandomRotation(180)"))),
        Wrong("never mirrors", pipelines(train=TRAIN.replace("Horizontal", "Vertical"))),
        Wrong("100% of the pictures gray", pipelines(train=TRAIN[:-1] + ", v2.Grayscale(3)]")),
        Wrong("squeezes", pipelines(train=TRAIN.replace("[", "[v2.Resize((SIZE, SIZE)), ", 1))),
        Right(pipelines(train="[v2.Resize(72), v2.RandomCrop(SIZE), v2.RandomHorizontalFlip()]")),
        Right(pipelines(train=TRAIN[:-1] + ", v2.AutoAugment()]")),
        Right(pipelines(train=TRAIN[:-1] + ", v2.TrivialAugmentWide()]")),
        Right(pipelines(train=TRAIN[:-1] + ", v2.RandomRotation(10, fill=255), v2.ColorJitter(0.4, 0.4, 0.4, 0.1)]")),
        Right(pipelines(train_end="end + [v2.RandomErasing(0.3)]")),
        Right(pipelines(train_end="end[:2] + [v2.GaussianNoise()] + end[2:]")),
        Right(pipelines(train_end="end[:2] + [v2.RandomErasing(0.3)] + end[2:] + [v2.GaussianNoise(clip=False)]")),
        Wrong("test_transform draws", pipelines(test="[v2.RandomResizedCrop(SIZE, scale=(0.5, 1.0))]")),
        Wrong("test_transform draws", pipelines(test="[v2.Resize(SIZE), v2.CenterCrop(SIZE), v2.RandomHorizontalFlip(0.5)]")),
        Wrong("black becomes 0. Normalize", pipelines(end="[v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]")),
        Wrong(
            "train_transform.*black becomes 0. Normalize",
            pipelines(train_end="[v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]"),
        ),
        Wrong(
            "float tensor",
            pipelines(end="[v2.ToImage(), v2.Normalize(mean.tolist(), std.tolist()), v2.ToDtype(torch.float32, scale=True)]"),
        ),
        Wrong(
            "scale=True",
            pipelines(end="[v2.ToImage(), v2.ToDtype(torch.float32), v2.Normalize(mean.tolist(), std.tolist())]"),
        ),
        Wrong("does not support PIL", pipelines(end="[v2.Normalize(mean.tolist(), std.tolist())]")),
        Wrong("is v2.ToImage", pipelines(end="[]")),
        Wrong("ToDtype missing", pipelines(end="[v2.ToImage()]")),
        Wrong("draws nothing", pipelines(train=TEST)),
        Wrong("no random piece", pipelines(train="[v2.Resize(SIZE), v2.CenterCrop(SIZE), v2.RandomHorizontalFlip(0.5)]")),
        Wrong("never mirrors", pipelines(train="[v2.RandomResizedCrop(SIZE, scale=(0.5, 1.0))]")),
        Wrong("mirrors 100%", pipelines(train="[v2.RandomResizedCrop(SIZE, scale=(0.5, 1.0)), v2.RandomHorizontalFlip(1)]")),
        Wrong("may take a piece of [12].%", pipelines(train="[v2.RandomResizedCrop(SIZE), v2.RandomHorizontalFlip(0.5)]")),
        Wrong("squeezes", pipelines(test="[v2.Resize((SIZE, SIZE))]")),
        Wrong("puts black around|too small a piece", pipelines(test="[v2.CenterCrop(SIZE)]")),
        Wrong("too small a piece", pipelines(test="[v2.Resize(2 * SIZE), v2.CenterCrop(SIZE)]")),
        Wrong(r"shape \[3, 64, 64\]", pipelines(test="[v2.Resize((50, 50))]")),
        Wrong(r"black should become \(0 - mean\) / std", pipelines(end=END.replace("mean.tolist(), std.tolist()", "[0.5] * 3, [0.25] * 3"))),
        Wrong("should be callable", "train_transform = []\ntest_transform = []"),
        Right(pipelines()),
        Right(pipelines(train="random_steps")),
        Right(
            pipelines(
                train="[v2.RandomRotation(10), v2.RandomResizedCrop((SIZE, SIZE), scale=(0.6, 1.0)), v2.RandomHorizontalFlip(), v2.ColorJitter(0.3, 0.3, 0.3, 0.05)]"
            )
        ),
        Right(
            f"train_transform = v2.Compose([v2.ToImage()] + {TRAIN} + {END}[1:])\n"
            f"test_transform = v2.Compose([v2.ToImage()] + {TEST} + {END}[1:])"
        ),
        Right(
            "normal = v2.Normalize(mean, std)\n\n\ndef test_transform(image):\n    s = SIZE / min(image.size)\n"
            "    image = image.resize((round(image.width * s), round(image.height * s)))\n"
            "    x = v2.functional.center_crop(v2.functional.to_image(image), SIZE)\n    return normal(x / 255)\n\n\n"
            "def train_transform(image):\n"
            "    x = v2.RandomResizedCrop(SIZE, scale=(0.5, 1))(v2.functional.to_image(image)) / 255\n"
            "    return normal(x.flip(2) if random.random() < 0.5 else x)"
        ),
        Right(
            "import torchvision.transforms as t\nend = [t.ToTensor(), t.Normalize(mean, std)]\n"
            "train_transform = t.Compose([t.RandomResizedCrop(SIZE, (0.5, 1.0)), t.RandomHorizontalFlip(), *end])\n"
            "test_transform = t.Compose([t.Resize(SIZE), t.CenterCrop(SIZE), *end])"
        ),
        Wrong("may take a piece", pipelines(train=TRAIN.replace("(0.5, 1.0)", "(1 / 3, 1.0)"))),
        Wrong("may take a piece.*Does another step cut something off", pipelines(train="[v2.Resize(SIZE), v2.CenterCrop(SIZE), v2.RandomResizedCrop(SIZE, scale=(0.5, 1.0)), v2.RandomHorizontalFlip(0.5)]")),
        Wrong("may take a piece", pipelines(train="[v2.Resize(90), v2.RandomCrop(SIZE), v2.RandomHorizontalFlip(0.5)]")),
        Wrong("pieces are too small, or at the rim", pipelines(train="[v2.RandomCrop(SIZE, pad_if_needed=True), v2.RandomHorizontalFlip(0.5)]")),
        Wrong("squeezes pieces by", pipelines(train=TRAIN.replace("(0.5, 1.0)", "(0.5, 1.0), ratio=(0.5, 2)"))),
        Wrong("squeezes it before", pipelines(train="[v2.Resize((80, 80)), v2.RandomCrop(72), v2.Resize(SIZE), v2.RandomHorizontalFlip(0.5)]")),
        Wrong("the two are swapped", pipelines(train=TEST, test=TRAIN)),
        Wrong("mean and std are swapped", pipelines(end=END.replace("mean.tolist(), std.tolist()", "std.tolist(), mean.tolist()"))),
        Wrong("test_transform: black should become", pipelines(end=END.replace("mean.tolist(), std.tolist()", "[round(m, 2) for m in mean.tolist()], std.tolist()"))),
        Wrong("should become", pipelines(end=END.replace("std.tolist()", "[0.2] * 3"))),
        Wrong("never mirrors", pipelines(train=TRAIN.replace("v2.RandomHorizontalFlip(0.5)", "v2.RandomHorizontalFlip(0)"))),
        Wrong("mirrors 3.%", pipelines(train=TRAIN.replace("Flip(0.5)", "Flip(0.33)"))),
        Wrong("takes no random piece", pipelines(train="[v2.Resize(SIZE), v2.RandomCrop(SIZE), v2.RandomHorizontalFlip(0.5)]")),
        Wrong("swaps height and width", pipelines(test=TEST[:-1] + ", v2.Lambda(lambda image: image.transpose(Image.Transpose.TRANSPOSE))]")),
        Wrong("45 wide and 60 high should have the shape .3, 64, 64", pipelines(test="[v2.Resize(SIZE)]")),
        Wrong("swaps red and blue", pipelines(end=END[:-1] + "]", test=TEST[:-1] + ", v2.Lambda(lambda image: Image.merge('RGB', image.split()[::-1]))]")),
        Wrong("should return a tensor", pipelines() + "\ninner = test_transform\ntest_transform = lambda image: inner(image).tolist()"),
        Wrong("should have the shape", pipelines() + "\ninner = test_transform\ntest_transform = lambda image: inner(image)[None]"),
        Wrong("float64", pipelines() + "\ninner = test_transform\ntest_transform = lambda image: inner(image).double()"),
        Wrong("stops with|test_transform", pipelines() + "\ntest_transform = v2.Resize"),
        Wrong("makes the picture smaller|train_transform", pipelines(train="[v2.RandomZoomOut(p=1), v2.Resize((SIZE, SIZE)), v2.RandomHorizontalFlip(0.5)]")),
        Right(pipelines(train=TRAIN.replace("(0.5, 1.0)", "(0.5, 1.0), ratio=(1, 1)"))),
        Right(pipelines(train=TRAIN.replace("(0.5, 1.0)", "(0.7, 0.9)"))),
        Right(pipelines(train="[v2.RandomHorizontalFlip(), v2.RandomResizedCrop(size=SIZE, scale=(0.5, 1))]")),
        Right(pipelines(train=TRAIN[:-1] + ", v2.RandomGrayscale(0.2), v2.GaussianBlur(3)]")),
        Right(pipelines(train=TRAIN[:-1] + ", v2.RandomGrayscale(0.5)]")),
        Right(pipelines(train=TRAIN[:-1] + ", v2.RandomRotation(30), v2.ColorJitter(hue=0.1)]")),
        Wrong("turns [45].% of the pictures upside down", pipelines(train=TRAIN[:-1] + ", v2.RandomVerticalFlip(0.5)]")),
        Wrong("turns [45].% of the pictures upside down", pipelines(train=TRAIN[:-1] + ", v2.RandomRotation(180)]")),
        Wrong("turned by [67].° or more", pipelines(train=TRAIN[:-1] + ", v2.RandomRotation(90)]")),
        Wrong("hue is shifted by 0.[34]", pipelines(train=TRAIN[:-1] + ", v2.ColorJitter(hue=0.5)]")),
        Wrong("hue is shifted by 0.1", pipelines(train=TRAIN[:-1] + ", v2.ColorJitter(hue=0.2)]")),
        Wrong("black becomes 0", pipelines(train_end="end + [v2.RandomErasing(1, scale=(0.5, 0.6))]")),
        Right("class Twice(nn.Module):\n    def __init__(self, steps):\n        super().__init__()\n        self.steps = nn.Sequential(*steps)\n\n    def forward(self, image):\n        return self.steps(image)\n\n\n" + f"end = {END}\ntrain_transform = Twice({TRAIN} + end)\ntest_transform = Twice({TEST} + end)"),
        Right("mirror = random.Random()\n\n\ndef flip(image):\n    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirror.random() < 0.5 else image\n\n\n" + pipelines(train="[v2.RandomResizedCrop(SIZE, scale=(0.5, 1.0)), v2.Lambda(flip)]")),
    ],
    "7.7": [
        Wrong("The `folder` that CsvPictures was given", CSV.replace("self.folder, self.transform = folder,", "self.folder, self.transform = table.parent,")),
        Wrong(
            "opened before its item was asked for",
            CSV.replace(
                "        self.classes",
                "        self.images = []\n        for row in self.rows:\n            try:\n"
                '                self.images.append(Image.open(folder / row["file"]).convert("RGB"))\n'
                "            except OSError:\n                self.images.append(None)\n        self.classes",
                1,
            ).replace('Image.open(self.folder / row["file"]).convert("RGB")', "self.images[index]", 1),
        ),
        Wrong(
            "is opened or looked for in __init__",
            CSV.replace("        self.classes", '        self.images = [Image.open(folder / row["file"]) for row in self.rows]\n        self.classes', 1),
        ),
        Wrong(
            "file of item 3 is missing",
            CSV.replace("        image = Image", '        if not (self.folder / row["file"]).exists():\n            return None\n        image = Image'),
        ),
        Wrong("is mirrored", CSV.replace("self.transform(image),", "self.transform(image).flip(2),")),
        Wrong("the given transform returns", CSV.replace("self.transform(image)", "test_transform(image)")),
        Wrong("shows the picture of 2.png", CSV.replace("self.rows[index]", "self.rows[index + 1]")),
        Wrong("opens lost.png", CSV.replace("list(csv.DictReader(file))", "list(csv.DictReader(file))[::-1]")),
        Wrong(
            "opens lost.png",
            CSV.replace('image = Image.open(self.folder / row["file"]).convert("RGB")', 'image = [Image.open(self.folder / r["file"]).convert("RGB") for r in self.rows][index]'),
        ),
        Wrong("label is a text", CSV.replace('self.classes.index(row["label"])', 'row["label"]')),
        Wrong("first line of the table", CSV.replace("return len(self.rows)", "return len(self.rows) + 1")),
        Wrong(
            "CsvPictures stops with ValueError",
            CSV.replace("list(csv.DictReader(file))", "[dict(file=a, label=b) for a, b in csv.reader(file)]"),
        ),
        Wrong("but it is 3", CSV.replace("return len(self.rows)", "return len(self.rows) - 1")),
        Wrong("of mode RGBA", CSV.replace('.convert("RGB")', "")),
        Wrong("should be sorted", CSV.replace('sorted({row["label"] for row in self.rows})', 'list(dict.fromkeys(row["label"] for row in self.rows))')),
        Wrong("did not go through", CSV.replace("self.transform(image), ", "image, ")),
        Wrong(
            "is opened or looked for in __init__",
            CSV.replace("        self.classes", '        self.images = [Image.open(folder / row["file"]).convert("RGB") for row in self.rows]\n        self.classes', 1),
        ),
        Wrong("No such file.*look for it there", CSV.replace("self.folder / ", "")),
        Wrong("No such file.*look for it there", CSV.replace("self.folder / ", "FEW / ")),
        Wrong("classes is missing", CSV.replace("self.classes = sorted", "names = sorted").replace("self.classes.index", "[].index")),
        Wrong("should be a pair", CSV.replace("return self.transform(image), self.classes.index", "return self.transform(image)\n        self.classes.index")),
        Wrong("shows the picture of a/1.png", CSV.replace("self.rows[index]", "self.rows[0 if index == 2 else index]").replace('.index(row["label"])', '.index(self.rows[index]["label"])')),
        Wrong("should be a whole number", CSV.replace('self.classes.index(row["label"])', 'float(self.classes.index(row["label"]))')),
        Right(CSV),
        Right(CSV.replace('Image.open(self.folder / row["file"]).convert("RGB")', 'helper.open_photo(self.folder / row["file"])')),
        Wrong(
            "go by their names|Go by the names",
            "class CsvPictures(Dataset):\n    def __init__(self, table, folder, transform):\n"
            "        lines = Path(table).read_text().splitlines()[1:]\n"
            "        self.files, names = zip(*(line.split(',') for line in lines))\n"
            "        self.classes = sorted(set(names))\n        self.numbers = [self.classes.index(name) for name in names]\n"
            "        self.folder, self.transform = Path(folder), transform\n\n"
            "    def __len__(self):\n        return len(self.files)\n\n    def __getitem__(self, i):\n"
            "        with Image.open(self.folder / self.files[i]) as image:\n"
            "            return self.transform(image.convert('RGB')), torch.tensor(self.numbers[i])"
        ),
        Wrong(
            "go by their names|Go by the names",
            "class CsvPictures(Dataset):\n    def __init__(self, table, folder, transform):\n"
            "        self.table, self.folder, self.transform = table, folder, transform\n"
            "        self.classes = tuple(sorted({label for _, label in self.rows()}))\n\n"
            "    def rows(self):\n        with open(self.table, newline='', encoding='utf-8') as file:\n"
            "            return [tuple(row) for row in list(csv.reader(file))[1:]]\n\n"
            "    def __len__(self):\n        return len(self.rows())\n\n    def __getitem__(self, index):\n"
            "        name, label = self.rows()[index]\n        image = datasets.folder.default_loader(str(self.folder / name))\n"
            "        return [self.transform(image), self.classes.index(label)]"
        ),
        Right(
            CSV.replace(
                'self.classes = sorted({row["label"] for row in self.rows})',
                'self.classes = sorted({row["label"] for row in self.rows})\n'
                "        self.number = {name: i for i, name in enumerate(self.classes)}",
            ).replace('self.classes.index(row["label"])', 'self.number[row["label"]]')
        ),
        Wrong("counted in the order of the table", CSV.replace('self.classes.index(row["label"])', 'list(dict.fromkeys(r["label"] for r in self.rows)).index(row["label"])')),
        Wrong("should be 2, its index in classes, but it is 3", CSV.replace('self.classes.index(row["label"])', 'self.classes.index(row["label"]) + 1')),
        Wrong("each name should stand in classes once", CSV.replace('sorted({row["label"] for row in self.rows})', '[row["label"] for row in self.rows]')),
        Wrong("should be sorted", CSV.replace('sorted({row["label"] for row in self.rows})', 'sorted({row["label"] for row in self.rows}, reverse=True)')),
        Wrong("classes should be a list", CSV.replace('sorted({row["label"] for row in self.rows})', 'len({row["label"] for row in self.rows})').replace("self.classes.index", "len")),
        Wrong("should be sorted|classes should be", CSV.replace('sorted({row["label"] for row in self.rows})', 'sorted({row["label"] for row in self.rows}, key=str.lower)')),
        Wrong("Put the picture first", CSV.replace('return self.transform(image), self.classes.index(row["label"])', 'return self.classes.index(row["label"]), self.transform(image)')),
        Wrong("CsvPictures.Dataset.", CSV.replace("(Dataset)", "")),
        Wrong("length should be 8, but it is 4", CSV.replace("return len(self.rows)", "return 4")),
        Wrong("shows the picture of|is opened|should be", CSV.replace("        self.folder, self.transform = folder, transform\n", "        CsvPictures.rows = self.rows\n        CsvPictures.folder, self.transform = folder, transform\n").replace("self.rows[index]", "CsvPictures.rows[index]").replace("len(self.rows)", "len(CsvPictures.rows)")),
        Wrong("The given transform returns|the given transform returns|changed after", CSV.replace("self.transform(image),", "self.transform(image) / 255,")),
        Wrong("gets a tensor", CSV.replace("self.transform(image),", "self.transform(v2.functional.to_image(image)),")),
        Wrong("of mode L", CSV.replace('convert("RGB")', 'convert("L")')),
        Wrong("is upside down", CSV.replace("self.transform(image),", "self.transform(image).flip(1),")),
        Wrong("stops with TypeError|has no len", CSV.replace("    def __len__(self):\n        return len(self.rows)\n\n", "")),
        Wrong("should be a whole number", CSV.replace('self.classes.index(row["label"])', 'torch.tensor([self.classes.index(row["label"])])')),
        Wrong("no error comes", CSV.replace("        image = Image", '        if not (self.folder / row["file"]).exists():\n            return self[0]\n        image = Image')),
        Wrong("opens lost.png", CSV.replace("        row = self.rows[index]\n", '        row = self.rows[index]\n        for other in self.rows:\n            Image.open(self.folder / other["file"])\n')),
        Wrong("changes a file", CSV.replace("        return self.transform(image)", '        image.save(self.folder / row["file"])\n        return self.transform(image)')),
        Right(CSV.replace("self.folder / row", "Path(self.folder) / row").replace('open(table, newline="")', 'open(table)')),
        Right(CSV.replace('self.classes.index(row["label"])', 'torch.tensor(self.classes.index(row["label"]))')),
        Wrong(
            "go by their names|Go by the names",
            "class CsvPictures(torch.utils.data.Dataset):\n    def __init__(self, table, folder, transform=None):\n        super().__init__()\n        self.names, self.labels = [], []\n"
            "        with Path(table).open(encoding='utf-8') as lines:\n            next(lines)\n            for line in lines:\n                name, label = line.strip().split(',')\n"
            "                self.names.append(Path(folder, name))\n                self.labels.append(label)\n        self.transform = transform\n\n    @property\n    def classes(self):\n        return sorted(set(self.labels))\n\n"
            "    def __len__(self):\n        return len(self.names)\n\n    def __getitem__(self, index):\n        image = Image.open(self.names[index])\n        if image.mode != 'RGB':\n            image = image.convert('RGB')\n"
            "        return (self.transform(image), self.classes.index(self.labels[index]))"
        ),

        Wrong("columns label, size, file, CsvPictures stops with ValueError", CSV.replace("list(csv.DictReader(file))", "[dict(file=a, label=b) for a, b in list(csv.reader(file))[1:]]")),
        Wrong("from another column. Columns come in any order", CSV.replace("list(csv.DictReader(file))", "[dict(file=line[0], label=line[1]) for line in list(csv.reader(file))[1:]]")),
        Wrong("from another column. Columns come in any order", CSV.replace("list(csv.DictReader(file))", "[dict(file=line[-2], label=line[-1]) for line in list(csv.reader(file))[1:]]")),
        Wrong("looks for .*, from another column", CSV.replace("list(csv.DictReader(file))", "list(csv.DictReader(file))").replace('row["file"]', "list(row.values())[0]")),
        Wrong("stands in quotes", CSV.replace("            self.rows = list(csv.DictReader(file))", "            head, *lines = file.read().splitlines()\n            self.rows = [dict(zip(head.split(','), line.split(','))) for line in lines]")),
        Wrong("stands in quotes", CSV.replace("            self.rows = list(csv.DictReader(file))", "            head, *lines = file.read().splitlines()\n            f, t = head.split(',').index('file'), head.split(',').index('label')\n            self.rows = [dict(file=line.split(',')[f], label=line.split(',')[t]) for line in lines]")),
        Wrong("kept from an earlier time", CSV.replace("        row = self", "        if index in self.kept:\n            return self.kept[index]\n        row = self").replace("        self.folder,", "        self.kept = {}\n        self.folder,").replace("        return self.transform", "        self.kept[index] = self.transform").replace('(row["label"])', '(row["label"])\n        return self.kept[index]')),
        Wrong("kept from an earlier time", CSV.replace('        image = Image.open(self.folder / row["file"]).convert("RGB")', '        if "image" not in row:\n            row["image"] = Image.open(self.folder / row["file"]).convert("RGB")\n        image = row["image"]')),
        Wrong("kept from an earlier time", "import functools\n\n\n" + CSV.replace("    def __getitem__", "    @functools.lru_cache(None)\n    def __getitem__")),
        Wrong("working folder", CSV.replace('        image = Image.open(self.folder / row["file"])', '        import os\n        os.chdir(self.folder)\n        image = Image.open(row["file"])')),
        Right(CSV.replace("list(csv.DictReader(file))", "[dict(file=line[f], label=line[t]) for line in lines]").replace("            self.rows", "            head, *lines = csv.reader(file)\n            f, t = head.index('file'), head.index('label')\n            self.rows")),
        Right("class CsvPictures(datasets.VisionDataset):\n    def __init__(self, table, folder, transform):\n        super().__init__(folder, transform=transform)\n        with open(table, newline='', encoding='utf-8') as file:\n            pairs = [(row['file'], row['label']) for row in csv.DictReader(file)]\n        self.names, self.labels = zip(*pairs)\n        self.classes = sorted(set(self.labels))\n\n    def __len__(self):\n        return len(self.names)\n\n    def __getitem__(self, index):\n        with Image.open(Path(self.root) / self.names[index]) as image:\n            return self.transform(image.convert('RGB')), self.classes.index(self.labels[index])"),
    ],
    "7.8": [
        Wrong("cannot identify|OSError|Decompression", READ.replace("        try:\n", "        if True:\n").replace("        except Exception as error:\n            messages.append(f\"{path.name} skipped: {error}\")\n", "")),
        Wrong("contain the name of its file.*skipped: <class", READ.replace('f"{path.name} skipped: {error}"', 'f"skipped: {type(error)}"')),
        Wrong("contain the name of its file.*Image size", READ.replace('f"{path.name} skipped: {error}"', "str(error)")),
        Wrong("second list is empty", READ.replace('messages.append(f"{path.name} skipped: {error}")', "pass")),
        Wrong("second list is empty", READ.replace('messages.append(f"{path.name} skipped: {error}")', "print(path.name, error)")),
        Wrong("whole name is wanted, half.jpg, not half", READ.replace("{path.name} skipped", "{path.stem} skipped")),
        Wrong("Leave out of it what is skipped", READ.replace("            messages.append(", "            pictures.append(None)\n            messages.append(")),
        Wrong("SyntaxError.*catch every Exception, and skip", READ.replace("except Exception as", "except (OSError, ValueError, Image.DecompressionBombError) as")),
        Wrong("plain.png is skipped.*Your message: .plain.png skipped", READ.replace("            pictures.append", "            image.verify()\n            pictures.append")),
        Wrong("Decompression.*catch every Exception, and skip", READ.replace("except Exception as", "except (OSError, SyntaxError, ValueError) as")),
        Wrong("No message names thin.png", READ.replace("min(image.size)", "image.height")),
        Wrong("max_pixels=1199.*unpacked", READ.replace("image.height > max_pixels", "image.height > 200_000")),
        Wrong("Is min_side used", READ.replace("< min_side", "< 16")),
        Wrong("exactly max_pixels", READ.replace("> max_pixels", "> max_pixels - 1")),
        Wrong("a side of exactly min_side", READ.replace("< min_side", "< min_side + 1")),
        Wrong("a side of exactly min_side", READ.replace("image.height > max_pixels", "image.height >= max_pixels + 1").replace("< min_side", "<= min_side")),
        Wrong("changes what it is given", READ.replace("    return pictures", "    paths.clear()\n    return pictures")),
        Wrong("A file is changed, removed", READ + "\n\n\nold = read_pictures\n\n\ndef read_pictures(paths, max_pixels=50_000_000, min_side=16):\n    result = old(paths, max_pixels, min_side)\n    for path in paths:\n        if any(path.name in text for text in result[1]):\n            path.unlink(missing_ok=True)\n    return result"),
        Wrong("Do not scale", READ.replace("to_rgb(image)", "to_rgb(image).resize((64, 64))")),
        Wrong(
            "`try` inside the loop",
            "def read_pictures(paths, max_pixels=50_000_000, min_side=16):\n    pictures, messages = [], []\n    try:\n"
            "        for path in paths:\n            pictures.append(to_rgb(Image.open(path)))\n"
            "    except Exception as error:\n        messages.append(f'{path.name}: {error}')\n    return pictures, messages",
        ),
        Wrong("No message names dot.png", READ.replace('            if min(image.size) < min_side:\n                raise ValueError("too small")\n', "")),
        Wrong("No message names low.png", READ.replace("min(image.size)", "max(image.size)")),
        Wrong("640 x 480 pixels is unpacked", READ.replace('            if image.width * image.height > max_pixels:\n                raise ValueError("too large")\n', "")),
        Wrong("640 x 480 pixels is unpacked", READ.replace("            image = Image.open(path)\n", "            image = Image.open(path)\n            image.load()\n")),
        Wrong("640 x 480 pixels is unpacked", READ.replace("            image = Image.open(path)\n", "            image = to_rgb(Image.open(path))\n")),
        Wrong("not RGB", READ.replace("to_rgb(image)", "image.copy()")),
        Wrong("clear.png does not look", READ.replace("to_rgb(image)", "image.convert('RGB')")),
        Wrong("clear.png does not look", READ.replace("to_rgb(image)", "to_rgb(image.convert('RGB'))")),
        Wrong("order of the paths", READ.replace("in paths:", "in sorted(paths, reverse=True):")),
        Wrong("returns nothing", READ.replace("    return pictures, messages", "")),
        Wrong("should return two lists", READ.replace("return pictures, messages", "return pictures")),
        Wrong("Return the pictures first", READ.replace("return pictures, messages", "return messages, pictures")),
        Wrong("should hold texts", READ.replace('f"{path.name} skipped: {error}"', "path")),
        Wrong(
            "No message names half.jpg",
            READ.replace("    pictures, messages = [], []\n", "    pictures, messages = [], []\n    from PIL import ImageFile\n    ImageFile.LOAD_TRUNCATED_IMAGES = True\n").replace(
                "    return pictures", "    ImageFile.LOAD_TRUNCATED_IMAGES = False\n    return pictures"
            ),
        ),
        Wrong("One for each", READ.replace("    return pictures", "    messages += messages\n    return pictures")),
        Right(READ),
        Right(READ.replace("except Exception as", "except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as")),
        Right(
            "def read_pictures(paths, max_pixels=50_000_000, min_side=16):\n    good, told = [], ()\n    for p in paths:\n"
            "        try:\n            with open(p, 'rb') as file, Image.open(file) as image:\n"
            "                w, h = image.size\n                if w * h > max_pixels or w < min_side or h < min_side:\n"
            "                    told += (f'{p} has a size of {w}, {h}',)\n                    continue\n"
            "                good.append(to_rgb(image))\n        except Exception:\n            told += (f'{p} is broken',)\n"
            "    return tuple(good), told"
        ),
        Right(
            "def read_one(path, most, least):\n    with Image.open(path) as image:\n        sides = sorted(image.size)\n"
            "        if sides[0] * sides[1] > most or sides[0] < least:\n            raise ValueError(f'size {sides}')\n"
            "        return to_rgb(image)\n\n\n"
            "def read_pictures(paths, max_pixels=50_000_000, min_side=16):\n    results = []\n    for path in paths:\n"
            "        try:\n            results.append(read_one(path, max_pixels, min_side))\n"
            "        except BaseException as error:\n            results.append(path.name + ': ' + type(error).__name__)\n"
            "    return [r for r in results if not isinstance(r, str)], [r for r in results if isinstance(r, str)]"
        ),
        Wrong("leaves MAX_IMAGE_PIXELS at None", READ.replace("    pictures, messages = [], []\n", "    pictures, messages = [], []\n    Image.MAX_IMAGE_PIXELS = None\n")),
        Wrong("leaves MAX_IMAGE_PIXELS at None", "Image.MAX_IMAGE_PIXELS = None\n\n\n" + READ),
        Wrong("leaves MAX_IMAGE_PIXELS at", READ.replace("    pictures, messages = [], []\n", "    pictures, messages = [], []\n    Image.MAX_IMAGE_PIXELS = max_pixels\n")),
        Wrong("LOAD_TRUNCATED_IMAGES at True|half.jpg", READ.replace("    pictures, messages = [], []\n", "    pictures, messages = [], []\n    from PIL import ImageFile\n    ImageFile.LOAD_TRUNCATED_IMAGES = True\n")),
        Wrong("narrow.png is skipped", READ.replace("< min_side", "<= min_side")),
        Wrong("wide.png is skipped", READ.replace("image.width * image.height > max_pixels", "max(image.size) ** 2 > max_pixels")),
        Wrong("lost.png", READ.replace("        try:\n", "        if not path.exists():\n            continue\n        try:\n")),
        Wrong("FileNotFoundError", READ.replace("        try:\n", "        path.stat()\n        try:\n")),
        Wrong("For an empty list|IndexError", READ.replace("    pictures, messages = [], []\n", "    pictures, messages = [], []\n    paths[0]\n")),
        Wrong("Looking at the picture|half.jpg|plain.png", READ.replace("pictures.append(to_rgb(image))", "pictures.append(to_rgb(image))\n            image.close()\n            pictures[-1].close()")),
        Wrong("list of paths is changed|changes what it is given", READ.replace("    return pictures", "    paths.sort(key=lambda path: path.suffix)\n    return pictures")),
        Wrong("list of paths is changed|changes what it is given", READ.replace("            messages.append(", "            paths.remove(path)\n            messages.append(")),
        Wrong("order of the paths", READ.replace("pictures.append(to_rgb(image))", "pictures.insert(0, to_rgb(image))")),
        Wrong("is RGBA, not RGB", READ.replace("to_rgb(image)", "to_rgb(image).convert('RGBA')")),
        Wrong("the default values hold|is called as", READ.replace("max_pixels=50_000_000, min_side=16", "max_pixels, min_side")),
        Wrong("the default values hold", READ.replace("50_000_000", "200_000")),
        Wrong("the default values hold", READ.replace("min_side=16", "min_side=32")),
        Wrong("A file is changed, removed or added", READ.replace("            pictures.append(to_rgb(image))", "            pictures.append(to_rgb(image))\n            pictures[-1].save(path)")),
        Wrong("one of its entries is a tuple", READ.replace('messages.append(f"{path.name} skipped: {error}")', "messages.append((path.name, str(error)))")),
        Wrong("No message names low.png", READ.replace("min(image.size) < min_side", "image.width * image.height < min_side")),
        Wrong("No message names thin.png", READ.replace("min(image.size)", "image.size[1]")),
        Wrong("messages are wanted, one for each", READ.replace("        except", "            if image.mode == 'L':\n                messages.append('grey')\n        except")),
        Right(READ.replace("        try:\n", "        path = Path(path)\n        try:\n").replace('f"{path.name} skipped: {error}"', 'str(path)')),
        Right(READ.replace("to_rgb(image)", "to_rgb(image).copy()")),
        Right(READ.replace("    pictures, messages = [], []\n", "    pictures, messages = [], []\n    old, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None\n").replace("    return pictures", "    Image.MAX_IMAGE_PIXELS = old\n    return pictures")),
        Right(
            "def read_pictures(paths, max_pixels=50_000_000, min_side=16):\n    good, bad = [], []\n    for path in paths:\n        try:\n            with Image.open(path) as image:\n                w, h = image.size\n"
            "                if w * h <= max_pixels and w >= min_side and h >= min_side:\n                    good += [to_rgb(image)]\n                else:\n                    bad += ['skipped ' + path.name]\n"
            "        except Exception as problem:\n            bad += [str(path) + repr(problem)]\n    return [good, bad]"
        ),

        Wrong("50,000,000 pixels is skipped", READ.replace("50_000_000", "10_000_000")),
        Wrong("50,000,000 pixels is skipped", READ.replace("50_000_000", "49_999_999")),
        Wrong("877193 x 57|the default values hold", READ.replace("50_000_000", "50_000_001")),
        Wrong("the default values hold|is unpacked", READ.replace("50_000_000", "89_000_000")),
        Wrong("2 messages name strip.png", "def read_pictures(paths, max_pixels=50_000_000, min_side=16):\n    good, bad = [], []\n    for path in paths:\n        try:\n            with Image.open(path) as image:\n                large, small = image.width * image.height > max_pixels, min(image.size) < min_side\n                if large:\n                    bad.append(f'{path.name}: too large')\n                if small:\n                    bad.append(f'{path.name}: too small')\n                if not large and not small:\n                    good.append(to_rgb(image))\n        except Exception as error:\n            bad.append(f'{path.name}: {error}')\n    return good, bad"),
        Wrong("2 messages name half.jpg", READ.replace("            messages.append(", "            messages.append(f'cannot read {path}')\n            messages.append(")),
        Wrong("A warning is no error", "import warnings\n\n\n" + READ.replace("            image = Image.open(path)\n", "            with warnings.catch_warnings():\n                warnings.simplefilter('error')\n                image = Image.open(path)\n")),
        Wrong("A warning is no error", READ.replace("> max_pixels", "> min(max_pixels, Image.MAX_IMAGE_PIXELS)")),
        Wrong("Start with new lists", "pictures, messages = [], []\n\n\n" + READ.replace("    pictures, messages = [], []\n", "")),
        Right("import warnings\n\n\n" + READ.replace("            image = Image.open(path)\n", "            with warnings.catch_warnings():\n                warnings.simplefilter('ignore')\n                image = Image.open(path)\n")),
        Right(READ.replace("            pictures.append", "            Image.open(path).verify()\n            pictures.append")),
    ],
    "7.9": [
        Wrong("In the targets, share goes along the last", MIXUP.format(MIXED, "share * targets + (1 - share) * targets[order]")),
        Wrong("they are swapped", MIXUP.format("(1 - S) * x + S * x[order]", SOFT)),
        Wrong("share goes along the last.*1, 1, 1", MIXUP.format("share * x + (1 - share) * x[order]", SOFT)),
        Wrong("In the targets, nothing is mixed", MIXUP.format(MIXED, "targets")),
        Wrong("not the one from the other end", MIXUP.format(MIXED.replace("[order]", ".flip(0)"), SOFT)),
        Wrong("used backward", MIXUP.format(MIXED.replace("order", "order.argsort()"), SOFT)),
        Wrong("weighed with its own share", MIXUP.format("S * x + S[order] * x[order]", SOFT)),
        Wrong("changes what it is given", MIXUP.format("x.mul_(S).add_((1 - S) * x[order])", SOFT)),
        Wrong("should return two tensors", MIXUP.format(MIXED, SOFT).replace(f", {SOFT}", "")),
        Wrong("returns nothing", MIXUP.format(MIXED, SOFT).replace("return ", "")),
        Wrong("In the targets, nothing is mixed", MIXUP.format(MIXED, "targets[order]")),
        Right(MIXUP.format(MIXED, SOFT)),
        Right(
            "def mixup(x, targets, share, order):\n    return (torch.lerp(x[order], x, share[:, None, None, None]),\n"
            "            torch.lerp(targets[order], targets, share[:, None]))"
        ),
        Right(
            "def mixup(x, targets, share, order):\n    new, soft = torch.empty_like(x), targets.clone()\n"
            "    for i in range(len(x)):\n        j, w = order[i], share[i]\n        new[i] = w * x[i] + (1 - w) * x[j]\n"
            "        soft[i] = w * targets[i] + (1 - w) * targets[j]\n    return [new, soft]"
        ),
        Right(
            "def mixup(x, targets, share, order):\n"
            "    return tuple((share * a.movedim(0, -1) + (1 - share) * a[order].movedim(0, -1)).movedim(-1, 0) for a in (x, targets))"
        ),
        Wrong("the mean, is used for the whole batch", MIXUP.format("share.mean() * x + (1 - share.mean()) * x[order]", SOFT)),
        Wrong("the first, is used for the whole batch", MIXUP.format("share[0] * x + (1 - share[0]) * x[order]", SOFT)),
        Wrong("In the targets, one share, the first", MIXUP.format(MIXED, "share[0] * targets + (1 - share[0]) * targets[order]")),
        Wrong("In the targets, share belongs", MIXUP.format(MIXED, "(1 - s) * targets + s * targets[order]")),
        Wrong("weighed with 1 \\+ share", MIXUP.format("S * x + (1 + S) * x[order]", SOFT)),
        Wrong("Both pictures are weighed with share", MIXUP.format("S * x + S * x[order]", SOFT)),
        Wrong("Add them", MIXUP.format("S * x - (1 - S) * x[order]", SOFT)),
        Wrong("Half of each", MIXUP.format("(x + x[order]) / 2", SOFT)),
        Wrong("weigh it with 1 - share", MIXUP.format("S * x + x[order]", SOFT)),
        Wrong("clamped", MIXUP.format(f"({MIXED}).clamp(0, 1)", SOFT)),
        Wrong("rounded", MIXUP.format(f"(({MIXED}) * 10).round() / 10", SOFT)),
        Wrong("targets", MIXUP.format(MIXED, f"({SOFT}).round()")),
        Wrong("last picture is not mixed", MIXUP.format(f"torch.cat([({MIXED})[:-1], x[-1:]])", SOFT)),
        Wrong("In the targets, the permutation is used backward", MIXUP.format(MIXED, SOFT.replace("order", "order.argsort()"))),
        Wrong("shape", MIXUP.format(SOFT, MIXED).replace("return", "return tuple(reversed([") + "]))" if False else MIXUP.format(MIXED, SOFT).replace("return ", "return (").rstrip() + ")[::-1]"),
        Wrong("permuted share", MIXUP.format("S[order] * x + (1 - S[order]) * x[order]", SOFT)),
        Wrong("in your line|size|shape|should be", "def mixup(x, targets, share, order):\n    S, s = share.reshape(4, 1, 1, 1), share.reshape(4, 1)\n    return S * x + (1 - S) * x[order], s * targets + (1 - s) * targets[order]"),
        Wrong("shares its memory", "def mixup(x, targets, share, order):\n    S, s = share.reshape(-1, 1, 1, 1), share.reshape(-1, 1)\n    new = x if (share == 1).all() else S * x + (1 - S) * x[order]\n    return new, s * targets + (1 - s) * targets[order]"),
        Wrong("seeds PyTorch", MIXUP.format(MIXED, SOFT).replace("    return", "    torch.manual_seed(1)\n    return")),
        Right("def mixup(x, targets, share, order):\n    mix = lambda a: torch.einsum('n,n...->n...', share, a) + torch.einsum('n,n...->n...', 1 - share, a[order])\n    return mix(x), mix(targets)"),
        Right("def mixup(x, targets, share, order):\n    out = [w * a + (1 - w) * b for w, a, b in zip(share, x, x[order])]\n    soft = [w * a + (1 - w) * b for w, a, b in zip(share, targets, targets[order])]\n    return torch.stack(out), torch.stack(soft)"),
        Right("def mixup(x, targets, share, order):\n    share = share.double()\n    S, s = share.view(-1, 1, 1, 1), share.view(-1, 1)\n    return x[order] + S * (x - x[order]), targets[order] + s * (targets - targets[order])"),
        Right("def mixup(x, targets, share, order):\n    other = x.index_select(0, order), targets.index_select(0, order)\n    x, targets = x.clone(), targets.clone()\n    x.mul_(share[:, None, None, None]).add_(other[0] * (1 - share)[:, None, None, None])\n    targets.mul_(share[:, None]).add_(other[1] * (1 - share)[:, None])\n    return x, targets"),

        Wrong("mixed already", "def mixup(x, targets, share, order):\n    new = x.clone()\n    for i, j in enumerate(order):\n        new[i] = share[i] * new[i] + (1 - share[i]) * new[j]\n    s = share[:, None]\n    return new, s * targets + (1 - s) * targets[order]"),
        Wrong("1 - its own share", MIXUP.format("S * x + (1 - S[order]) * x[order]", SOFT)),
        Wrong("larger part is always", MIXUP.format(MIXED, SOFT).replace("    S, s", "    share = torch.maximum(share, 1 - share)\n    S, s")),
        Wrong("In the targets, the larger share takes all", MIXUP.format(MIXED, "torch.where(s >= 0.5, targets, targets[order])")),
        Wrong("0.7 and 0.3 are used", MIXUP.format("0.7 * x + 0.3 * x[order]", "0.7 * targets + 0.3 * targets[order]")),
    ],
    "7.10": [
        Wrong("rounded down", SPLIT.replace("round(share * len(at))", "int(share * len(at))")),
        Wrong("rounded up", SPLIT.replace("round(share * len(at))", "-int(-share * len(at) // 1)")),
        Wrong("whole list", SPLIT.replace("at[:n]", "at[-n:]").replace("at[n:]", "at[:-n]")),
        Wrong("of class 3 is in neither part", SPLIT.replace("sorted(set(labels))", "range(3)")),
        Wrong(
            "only 4 different splits",
            SPLIT.replace("at = [at[i] for i in torch.randperm(len(at), generator=chance)]", "at = at[seed % 4 :: 4] + [i for i in at if i not in at[seed % 4 :: 4]]"),
        ),
        Wrong("changes what it is given", SPLIT.replace("    return train", "    labels[:] = [0] * len(labels)\n    return train")),
        Wrong("the first pictures go to validation", SPLIT.replace("        at = [at[i] for i in torch.randperm(len(at), generator=chance)]\n", "")),
        Wrong("stands in both parts", SPLIT.replace("at[n:]", "at")),
        Wrong("validation comes second", SPLIT.replace("return train, valid", "return valid, train")),
        Wrong(
            "split each class by itself",
            "def split(labels, share, seed):\n    at = list(range(len(labels)))\n    random.Random(seed).shuffle(at)\n"
            "    n = round(share * len(at))\n    return at[n:], at[:n]",
        ),
        Wrong("same seed gives another", SPLIT.replace(", generator=chance", "")),
        Wrong("a generator that starts from it", SPLIT.replace("torch.Generator().manual_seed(seed)", "random.Random()").replace("[at[i] for i in torch.randperm(len(at), generator=chance)]", "chance.sample(at, len(at))")),
        Wrong("Another seed", SPLIT.replace("manual_seed(seed)", "manual_seed(0)")),
        Wrong("in neither part", SPLIT.replace("at[n:]", "at[n + 1:]")),
        Wrong("returns nothing", SPLIT.replace("    return train, valid", "")),
        Wrong("should return two lists", SPLIT.replace("return train, valid", "return train")),
        Wrong("stands in both parts", SPLIT.replace("valid += at[:n]", "valid += list(range(n))").replace("train += at[n:]", "train += list(range(n, len(at)))")),
        Right(SPLIT),
        Wrong(
            "seeds PyTorch's random numbers.*Use a generator of its own",
            "def split(labels, share, seed):\n    y = torch.tensor(labels)\n    torch.manual_seed(seed)\n    train, valid = [], []\n"
            "    for k in y.unique():\n        at = (y == k).nonzero().flatten()\n        at = at[torch.randperm(len(at))]\n"
            "        n = round(share * len(at))\n        valid.append(at[:n])\n        train.append(at[n:])\n"
            "    return torch.cat(train), torch.cat(valid)"
        ),
        Wrong(
            "seeds Python's random numbers",
            "def split(labels, share, seed):\n    random.seed(seed)\n    valid = set()\n    for k, n in sorted(Counter(labels).items()):\n"
            "        valid |= set(random.sample([i for i, y in enumerate(labels) if y == k], round(share * n)))\n"
            "    return [i for i in range(len(labels)) if i not in valid], sorted(valid)"
        ),
        Wrong("a half to the even number", SPLIT.replace("round(share * len(at))", "int(share * len(at) + 0.5)")),
        Wrong("may have none in validation", SPLIT.replace("round(share * len(at))", "max(1, round(share * len(at)))")),
        Wrong("of each class should be in validation|in validation, not|rounded", SPLIT.replace("round(share * len(at))", "round(0.25 * len(at))")),
        Wrong("goes to validation|swapped|should be in validation", SPLIT.replace("round(share * len(at))", "len(at) - round(share * len(at))")),
        Wrong("neighbors go to validation|different splits", SPLIT.replace("at = [at[i] for i in torch.randperm(len(at), generator=chance)]", "k = int(torch.randint(len(at), (), generator=chance))\n        at = at[k:] + at[:k]")),
        Wrong("last pictures go to validation|same split", SPLIT.replace("at = [at[i] for i in torch.randperm(len(at), generator=chance)]", "at = at[::-1]")),
        Wrong("is the seed used", SPLIT.replace("manual_seed(seed)", "manual_seed(7)")),
        Wrong("different splits", SPLIT.replace("manual_seed(seed)", "manual_seed(seed % 5)")),
        Wrong("hold whole numbers", SPLIT.replace("return train, valid", "return [float(i) for i in train], [float(i) for i in valid]")),
        Wrong("should be a list of indices", SPLIT.replace("return train, valid", "return set(train), set(valid)")),
        Wrong("should be a list of indices", SPLIT.replace("return train, valid", "return (i for i in train), (i for i in valid)")),
        Wrong("in a part more than once|both parts", SPLIT.replace("train += at[n:]", "train += at[n:] + at[n:]")),
        Wrong("indices go from 0", SPLIT.replace("return train, valid", "return [i + 1 for i in train], [i + 1 for i in valid]")),
        Wrong("more than once", SPLIT.replace("train += at[n:]", "train += [labels[i] for i in at[n:]]").replace("valid += at[:n]", "valid += [-1 - i for i in at[:n]]")),
        Wrong("same seed gives another", SPLIT.replace("torch.Generator().manual_seed(seed)", "torch.Generator().manual_seed(seed + int(torch.randint(1000, ())))")),
        Wrong("in neither part", SPLIT.replace("enumerate(labels)", "enumerate(labels[:-1])")),
        Wrong("seeds NumPy's random numbers", "import numpy as np\n\n\ndef split(labels, share, seed):\n    np.random.seed(seed)\n    train, valid = [], []\n    for k in sorted(set(labels)):\n        at = np.random.permutation([i for i, y in enumerate(labels) if y == k]).tolist()\n        n = round(share * len(at))\n        valid, train = valid + at[:n], train + at[n:]\n    return train, valid"),
        Right("import numpy as np\n\n\ndef split(labels, share, seed):\n    chance, y = np.random.default_rng(seed), np.array(labels)\n    train, valid = [], []\n    for k in np.unique(y):\n        at = chance.permutation(np.flatnonzero(y == k))\n        n = round(share * len(at))\n        valid.extend(at[:n])\n        train.extend(at[n:])\n    return train, valid"),
        Right("def split(labels, share, seed):\n    chance = random.Random(seed)\n    valid = set()\n    for k, n in sorted(Counter(labels).items()):\n        valid |= set(chance.sample([i for i, y in enumerate(labels) if y == k], round(share * n)))\n    return [i for i in range(len(labels)) if i not in valid], sorted(valid)"),
        Right("def split(labels, share, seed):\n    y, chance = torch.tensor(labels), torch.Generator().manual_seed(seed)\n    train, valid = [], []\n    for k in y.unique():\n        at = (y == k).nonzero().flatten()\n        at = at[torch.randperm(len(at), generator=chance)]\n        n = round(share * len(at))\n        valid.append(at[:n])\n        train.append(at[n:])\n    return torch.cat(train), torch.cat(valid)"),
        Right("def split(labels, share, seed):\n    state = random.getstate()\n    random.seed(seed)\n    order = list(range(len(labels)))\n    random.shuffle(order)\n    random.setstate(state)\n    left = {k: round(share * labels.count(k)) for k in labels}\n    train, valid = [], []\n    for i in order:\n        left[labels[i]] -= 1\n        (valid if left[labels[i]] >= 0 else train).append(i)\n    return train, valid"),

        Wrong("parts hold class numbers", SPLIT.replace("return train, valid", "return [labels[i] for i in train], [labels[i] for i in valid]")),
    ],
}  # fmt: skip
