"""Wrong and right answers to the exercises of Part 7."""

from lessons import Right, Wrong

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
        Wrong("height comes first", shapes(0, (3, 96, 64))),
        Wrong("height and width, whatever", shapes(1, (3, 64, 96))),
        Wrong("What is put around", shapes(3, (3, 200, 250))),
        Wrong("What is put around", shapes(3, (3, 200, 300))),
        Wrong("scaled to a square", shapes(4, (3, 48, 72))),
        Wrong("the frame stays", shapes(5, (3, 323, 360))),
        Wrong("height comes first", shapes(5, (3, 300, 200))),
        Wrong("how many channels", shapes(6, (3, 200, 300))),
        Wrong("three numbers", shapes(6, (200, 300))),
        Wrong("write a tuple", shapes(2, 64)),
        Wrong("Keep the seven lines", "shapes = {}"),
        Right(SHAPES.format(TRUTH)),
        Right(SHAPES.format([list(shape) for shape in TRUTH])),
        Right(
            f"shapes = {{code: v2.ToImage()(eval(code)(Image.new('RGB', (300, 200)))).shape for code in {CODES}}}"
        ),
    ],
    "7.2": [
        Wrong("function changed", "def channel_stats(pictures):\n    for x, _ in pictures:\n        x -= 1\n    flat = torch.cat([x.flatten(1) for x, _ in pictures], 1)\n    return flat.mean(1), flat.std(1)"),
        Wrong(
            "function changed",
            "def channel_stats(pictures):\n    flat = []\n    while pictures:\n        flat.append(pictures.pop()[0].flatten(1))\n"
            "    flat = torch.cat(flat, 1)\n    return flat.mean(1), flat.std(1)",
        ),
        Wrong("mean comes first", STATS.format("whole.std(1)", "whole.mean(1)")),
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
        Wrong("red, green, blue apart", STATS.format("whole.mean()", "whole.std()")),
        Wrong("Return two tensors", STATS.format("whole.mean(1)", "whole.std(1)").replace(", whole.std(1)", "")),
        Wrong("returns nothing", STATS.format("whole.mean(1)", "whole.std(1)").replace("return ", "")),
        Wrong("two tensors", STATS.format("whole.mean(1).tolist()", "whole.std(1).tolist()")),
        Wrong(
            "equal size",
            "def channel_stats(pictures):\n    x = torch.stack([image for image, _ in pictures])\n"
            "    return x.mean((0, 2, 3)), x.std((0, 2, 3))",
        ),
        Wrong("should have the shape", STATS.format("whole.mean(0)", "whole.std(0)")),
        Wrong("standard deviation should be", STATS.format("whole.mean(1)", "(whole ** 2).mean(1).sqrt()")),
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
    ],
    "7.3": [
        Right(UNDO.format("x.double() * s.double() + m.double()")),
        Wrong("The order", UNDO.format("(x + m) * s")),
        Wrong("normalizes once more", UNDO.format("(x - m) / s")),
        Wrong("mean and std are swapped", UNDO.format("x * m + s")),
        Wrong("division by std is not undone", UNDO.format("x + m")),
        Wrong("mean is not added", UNDO.format("x * s")),
        Wrong("changed x", UNDO.format("x.mul_(s).add_(m)")),
        Wrong("along the width", "def denormalize(x, mean, std):\n    return x * std + mean"),
        Wrong("along the width or the height", "def denormalize(x, mean, std):\n    return x * std[:, None] + mean[:, None]"),
        Wrong("stretches to 0 and 1", UNDO.format("(x - x.min()) / (x.max() - x.min())")),
        Wrong("returns nothing", UNDO.format("x * s + m").replace("return ", "")),
        Wrong("has shape", UNDO.format("x * s[None] + m[None]")),
        Right(UNDO.format("x * s + m")),
        Right("def denormalize(x, mean, std):\n    return x * std.reshape(3, 1, 1) + mean.view(-1, 1, 1)"),
        Right("def denormalize(x, mean, std):\n    return v2.functional.normalize(x, (-mean / std).tolist(), (1 / std).tolist())"),
        Right(
            "def denormalize(x, mean, std):\n    out = x.clone()\n    for c in range(3):\n"
            "        out[..., c, :, :] = out[..., c, :, :] * std[c] + mean[c]\n    return out.clamp(0, 1)"
        ),
        Right("def denormalize(x, mean, std):\n    return (x.movedim(-3, -1) * std + mean).movedim(-1, -3)"),
    ],
    "7.4": [
        Wrong(
            "order in which the classes appear",
            SAMPLER.format("WeightedRandomSampler((1 / torch.tensor(list(counts.values())))[labels], len(labels))"),
        ),
        Wrong("not with //", SAMPLER.format("WeightedRandomSampler([len(labels) // counts[y] for y in labels], len(labels))")),
        Wrong("fixed to three", SAMPLER.format("WeightedRandomSampler((1 / torch.tensor([counts[k] for k in range(3)]))[labels], len(labels))")),
        Wrong(
            "fixed to three",
            "def balanced_sampler(labels):\n    w = [1 / labels.count(k) for k in range(3)]\n"
            "    return WeightedRandomSampler([w[y] for y in labels], len(labels))",
        ),
        Wrong(
            "changed the labels",
            "def balanced_sampler(labels):\n    counts = Counter(labels)\n    for i, y in enumerate(labels):\n"
            "        labels[i] = 1 / counts[y]\n    return WeightedRandomSampler(labels, len(labels))",
        ),
        Wrong(
            "Every epoch brings the same",
            SAMPLER.format("torch.utils.data.SubsetRandomSampler(list(WeightedRandomSampler([1 / counts[y] for y in labels], len(labels))))"),
        ),
        Wrong("one weight for each class", SAMPLER.format("WeightedRandomSampler([1 / counts[k] for k in range(len(counts))], len(labels))")),
        Wrong(
            "Draw with replacement",
            SAMPLER.format("WeightedRandomSampler([1 / counts[y] for y in labels], len(labels), replacement=False)"),
        ),
        Wrong("comes even more often", SAMPLER.format("WeightedRandomSampler([counts[y] for y in labels], len(labels))")),
        Wrong("all weights are equal", SAMPLER.format("WeightedRandomSampler([1.0] * len(labels), len(labels))")),
        Wrong("nearly disappears", SAMPLER.format("WeightedRandomSampler([1 / counts[y] ** 3 for y in labels], len(labels))")),
        Wrong("as many as there are", SAMPLER.format("WeightedRandomSampler([1 / counts[y] for y in labels], 3)")),
        Wrong("Return the sampler itself", SAMPLER.format("[1 / counts[y] for y in labels]")),
        Wrong("Return the sampler itself", SAMPLER.format("list(WeightedRandomSampler([1 / counts[y] for y in labels], len(labels)))")),
        Wrong("returns nothing", SAMPLER.format("1").replace("return 1", "WeightedRandomSampler([1 / counts[y] for y in labels], len(labels))")),
        Wrong("Each should have 1 / 3", SAMPLER.format("WeightedRandomSampler([1 / (1 + y) / counts[y] for y in labels], len(labels))")),
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
    ],
    "7.5": [
        Wrong("A: is a cat", VERDICTS.format("11011100")),
        Wrong("B: think of the worst", VERDICTS.format("00011100")),
        Wrong("C: does a digit", VERDICTS.format("01111100")),
        Wrong("D: hue", VERDICTS.format("01001100")),
        Wrong("E: what does an arrow", VERDICTS.format("01010100")),
        Wrong("F: a piece", VERDICTS.format("01011000")),
        Wrong("G: would you", VERDICTS.format("01011110")),
        Wrong("H: which way", VERDICTS.format("01011101")),
        Wrong("Keep the eight letters", "verdicts = ['keeps'] * 8"),
        Wrong("write .keeps. or", "verdicts = dict.fromkeys('ABCDEFGH', True)"),
        Right(VERDICTS.format("01011100")),
        Right("verdicts = {k: 'changes' if k in 'BDEF' else 'keeps' for k in 'ABCDEFGH'}"),
        Right("verdicts = dict.fromkeys('ABCDEFGH', 'keeps')\nfor k in 'BDEF':\n    verdicts[k] = 'changes'"),
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
        Wrong("makes the picture grey", pipelines(test=TEST[:-1] + ", v2.Grayscale(3)]")),
        Wrong("not cut out the middle", pipelines(test="[v2.Resize(SIZE), v2.Lambda(lambda image: image.crop((0, 0, SIZE, SIZE)))]")),
        Wrong("puts black around", pipelines(test="[v2.Resize(60), v2.CenterCrop(SIZE)]")),
        Wrong("float32.*float16(?!.*missing)", pipelines(end=END.replace("float32", "float16"))),
        *(
            Wrong("less than half", pipelines(train=TRAIN.replace("(0.5, 1.0)", f"({low}, 1.0)")))
            for low in (0.35, 0.4)
        ),
        *(Wrong("half of the time", pipelines(train=TRAIN.replace("Flip(0.5)", f"Flip({p})"))) for p in (0.2, 0.85)),
        Wrong("never mirrors", pipelines(train=TRAIN.replace("v2.RandomHorizontalFlip(0.5)", "v2.RandomRotation(180)"))),
        Wrong("never mirrors", pipelines(train=TRAIN.replace("Horizontal", "Vertical"))),
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
        Wrong("Normalize is missing", pipelines(end="[v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]")),
        Wrong(
            "train_transform.*Normalize is missing",
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
        Wrong("ToDtype is missing", pipelines(end="[v2.ToImage()]")),
        Wrong("draws nothing", pipelines(train=TEST)),
        Wrong("no random piece", pipelines(train="[v2.Resize(SIZE), v2.CenterCrop(SIZE), v2.RandomHorizontalFlip(0.5)]")),
        Wrong("never mirrors", pipelines(train="[v2.RandomResizedCrop(SIZE, scale=(0.5, 1.0))]")),
        Wrong("mirrors 100%", pipelines(train="[v2.RandomResizedCrop(SIZE, scale=(0.5, 1.0)), v2.RandomHorizontalFlip(1)]")),
        Wrong("tiny piece", pipelines(train="[v2.RandomResizedCrop(SIZE), v2.RandomHorizontalFlip(0.5)]")),
        Wrong("squeezes", pipelines(test="[v2.Resize((SIZE, SIZE))]")),
        Wrong("puts black around|too small a piece", pipelines(test="[v2.CenterCrop(SIZE)]")),
        Wrong("too small a piece", pipelines(test="[v2.Resize(2 * SIZE), v2.CenterCrop(SIZE)]")),
        Wrong(r"shape \[3, 64, 64\]", pipelines(test="[v2.Resize((50, 50))]")),
        Wrong("in each channel", pipelines(end=END.replace("mean.tolist(), std.tolist()", "[0.5] * 3, [0.25] * 3"))),
        Wrong("something to call", "train_transform = []\ntest_transform = []"),
        Right(pipelines()),
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
    ],
    "7.7": [
        Wrong(
            "opened in __init__",
            CSV.replace(
                "        self.classes",
                "        self.images = []\n        for row in self.rows:\n            try:\n"
                '                self.images.append(Image.open(folder / row["file"]).convert("RGB"))\n'
                "            except OSError:\n                self.images.append(None)\n        self.classes",
                1,
            ).replace('Image.open(self.folder / row["file"]).convert("RGB")', "self.images[index]", 1),
        ),
        Wrong(
            "read in __init__",
            CSV.replace("        self.classes", '        self.images = [Image.open(folder / row["file"]) for row in self.rows]\n        self.classes', 1),
        ),
        Wrong(
            "file of item 3 is missing",
            CSV.replace("        image = Image", '        if not (self.folder / row["file"]).exists():\n            return None\n        image = Image'),
        ),
        Wrong("are mirrored", CSV.replace("self.transform(image),", "self.transform(image).flip(2),")),
        Wrong("another transform", CSV.replace("self.transform(image)", "test_transform(image)")),
        Wrong("opens lost.png", CSV.replace("self.rows[index]", "self.rows[index + 1]")),
        Wrong("opens lost.png", CSV.replace("list(csv.DictReader(file))", "list(csv.DictReader(file))[::-1]")),
        Wrong(
            "opens lost.png",
            CSV.replace('image = Image.open(self.folder / row["file"]).convert("RGB")', 'image = [Image.open(self.folder / r["file"]).convert("RGB") for r in self.rows][index]'),
        ),
        Wrong("label is a text", CSV.replace('self.classes.index(row["label"])', 'row["label"]')),
        Wrong("first line of the table", CSV.replace("return len(self.rows)", "return len(self.rows) + 1")),
        Wrong(
            "first line of the table",
            CSV.replace("list(csv.DictReader(file))", "[dict(file=a, label=b) for a, b in csv.reader(file)]"),
        ),
        Wrong("the length is 3", CSV.replace("return len(self.rows)", "return len(self.rows) - 1")),
        Wrong("convert to RGB", CSV.replace('.convert("RGB")', "")),
        Wrong("should be sorted", CSV.replace('sorted({row["label"] for row in self.rows})', 'list(dict.fromkeys(row["label"] for row in self.rows))')),
        Wrong("did not go through", CSV.replace("self.transform(image), ", "image, ")),
        Wrong(
            "read in __init__",
            CSV.replace("        self.classes", '        self.images = [Image.open(folder / row["file"]).convert("RGB") for row in self.rows]\n        self.classes', 1),
        ),
        Wrong("No such file", CSV.replace("self.folder / ", "")),
        Wrong("classes is missing", CSV.replace("self.classes = sorted", "names = sorted").replace("self.classes.index", "[].index")),
        Wrong("An item is a pair", CSV.replace("return self.transform(image), self.classes.index", "return self.transform(image)\n        self.classes.index")),
        Wrong("not in their order", CSV.replace("self.rows[index]", "self.rows[0 if index == 2 else index]").replace('.index(row["label"])', '.index(self.rows[index]["label"])')),
        Wrong("labels.*int64", CSV.replace('self.classes.index(row["label"])', 'float(self.classes.index(row["label"]))')),
        Right(CSV),
        Right(
            "class CsvPictures(Dataset):\n    def __init__(self, table, folder, transform):\n"
            "        lines = Path(table).read_text().splitlines()[1:]\n"
            "        self.files, names = zip(*(line.split(',') for line in lines))\n"
            "        self.classes = sorted(set(names))\n        self.numbers = [self.classes.index(name) for name in names]\n"
            "        self.folder, self.transform = Path(folder), transform\n\n"
            "    def __len__(self):\n        return len(self.files)\n\n    def __getitem__(self, i):\n"
            "        with Image.open(self.folder / self.files[i]) as image:\n"
            "            return self.transform(image.convert('RGB')), torch.tensor(self.numbers[i])"
        ),
        Right(
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
    ],
    "7.8": [
        Wrong("cannot identify|OSError|Decompression", READ.replace("        try:\n", "        if True:\n").replace("        except Exception as error:\n            messages.append(f\"{path.name} skipped: {error}\")\n", "")),
        Wrong("No message names", READ.replace('f"{path.name} skipped: {error}"', 'f"skipped: {type(error)}"')),
        Wrong("No message names", READ.replace('messages.append(f"{path.name} skipped: {error}")', "pass")),
        Wrong("Decompression", READ.replace("except Exception as", "except (OSError, SyntaxError, ValueError) as")),
        Wrong("No message names thin.png", READ.replace("min(image.size)", "image.height")),
        Wrong("max_pixels.*is it used", READ.replace("image.height > max_pixels", "image.height > 200_000")),
        Wrong("min_side.*is it used", READ.replace("< min_side", "< 16")),
        Wrong("exactly max_pixels", READ.replace("> max_pixels", "> max_pixels - 1")),
        Wrong("exactly max_pixels", READ.replace("< min_side", "< min_side + 1")),
        Wrong("exactly max_pixels", READ.replace("< min_side", "<= min_side")),
        Wrong("list of paths, or a file", READ.replace("    return pictures", "    paths.clear()\n    return pictures")),
        Wrong("list of paths, or a file", READ + "\n\n\nold = read_pictures\n\n\ndef read_pictures(paths, max_pixels=50_000_000, min_side=16):\n    result = old(paths, max_pixels, min_side)\n    for path in paths:\n        if any(path.name in text for text in result[1]):\n            path.unlink()\n    return result"),
        Wrong("do not scale", READ.replace("to_rgb(image)", "to_rgb(image).resize((64, 64))")),
        Wrong(
            "try inside the loop",
            "def read_pictures(paths, max_pixels=50_000_000, min_side=16):\n    pictures, messages = [], []\n    try:\n"
            "        for path in paths:\n            pictures.append(to_rgb(Image.open(path)))\n"
            "    except Exception as error:\n        messages.append(f'{path.name}: {error}')\n    return pictures, messages",
        ),
        Wrong("No message names dot.png", READ.replace('            if min(image.size) < min_side:\n                raise ValueError("too small")\n', "")),
        Wrong("No message names low.png", READ.replace("min(image.size)", "max(image.size)")),
        Wrong("No message names large.png", READ.replace('            if image.width * image.height > max_pixels:\n                raise ValueError("too large")\n', "")),
        Wrong("unpacked before", READ.replace("            image = Image.open(path)\n", "            image = Image.open(path)\n            image.load()\n")),
        Wrong("unpacked before", READ.replace("            image = Image.open(path)\n", "            image = to_rgb(Image.open(path))\n")),
        Wrong("not RGB", READ.replace("to_rgb(image)", "image.copy()")),
        Wrong("sideways.jpg looks different", READ.replace("to_rgb(image)", "image.convert('RGB')")),
        Wrong("looks different", READ.replace("to_rgb(image)", "to_rgb(image.convert('RGB'))")),
        Wrong("order of the paths", READ.replace("in paths:", "in sorted(paths, reverse=True):")),
        Wrong("returns nothing", READ.replace("    return pictures, messages", "")),
        Wrong("Return two lists", READ.replace("return pictures, messages", "return pictures")),
        Wrong("should hold Pillow images", READ.replace("return pictures, messages", "return messages, pictures")),
        Wrong("should hold texts", READ.replace('f"{path.name} skipped: {error}"', "path")),
        Wrong(
            "No message names t",
            READ.replace("    pictures, messages = [], []\n", "    pictures, messages = [], []\n    ImageFile.LOAD_TRUNCATED_IMAGES = True\n").replace(
                "    return pictures", "    ImageFile.LOAD_TRUNCATED_IMAGES = False\n    return pictures"
            ),
        ),
        Wrong("one for each", READ.replace("    return pictures", "    messages += messages\n    return pictures")),
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
    ],
    "7.9": [
        Wrong("along the classes", MIXUP.format(MIXED, "share * targets + (1 - share) * targets[order]")),
        Wrong("not to the other", MIXUP.format("(1 - S) * x + S * x[order]", SOFT)),
        Wrong("goes along the width", MIXUP.format("share * x + (1 - share) * x[order]", SOFT)),
        Wrong("targets are still the old", MIXUP.format(MIXED, "targets")),
        Wrong("The partner is", MIXUP.format(MIXED.replace("[order]", ".flip(0)"), SOFT)),
        Wrong("backwards", MIXUP.format(MIXED.replace("order", "order.argsort()"), SOFT)),
        Wrong("changed what it was given", MIXUP.format("x.mul_(S).add_((1 - S) * x[order])", SOFT)),
        Wrong("Return two tensors", MIXUP.format(MIXED, SOFT).replace(f", {SOFT}", "")),
        Wrong("returns nothing", MIXUP.format(MIXED, SOFT).replace("return ", "")),
        Wrong("The targets", MIXUP.format(MIXED, "targets[order]")),
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
    ],
    "7.10": [
        Wrong("16, 5 and 5", SPLIT.replace("round(share * len(at))", "int(share * len(at))")),
        Wrong("16, 5 and 5", SPLIT.replace("round(share * len(at))", "-int(-share * len(at) // 1)")),
        Wrong("whole list", SPLIT.replace("at[:n]", "at[-n:]").replace("at[n:]", "at[:-n]")),
        Wrong("classes fixed", SPLIT.replace("sorted(set(labels))", "range(3)")),
        Wrong(
            "draw the places at random",
            SPLIT.replace("at = [at[i] for i in torch.randperm(len(at), generator=chance)]", "at = at[seed % 4 :: 4] + [i for i in at if i not in at[seed % 4 :: 4]]"),
        ),
        Wrong("changed the labels", SPLIT.replace("    return train", "    labels[:] = [0] * len(labels)\n    return train")),
        Wrong("The first of each class", SPLIT.replace("        at = [at[i] for i in torch.randperm(len(at), generator=chance)]\n", "")),
        Wrong("stand in both parts", SPLIT.replace("at[n:]", "at")),
        Wrong("validation comes second", SPLIT.replace("return train, valid", "return valid, train")),
        Wrong(
            "Of 63, 19 and 21",
            "def split(labels, share, seed):\n    at = list(range(len(labels)))\n    random.Random(seed).shuffle(at)\n"
            "    n = round(share * len(at))\n    return at[n:], at[:n]",
        ),
        Wrong("same seed gave another", SPLIT.replace(", generator=chance", "")),
        Wrong("Another seed", SPLIT.replace("manual_seed(seed)", "manual_seed(0)")),
        Wrong("Every place", SPLIT.replace("at[n:]", "at[n + 1:]")),
        Wrong("returns nothing", SPLIT.replace("    return train, valid", "")),
        Wrong("Return two lists", SPLIT.replace("return train, valid", "return train")),
        Wrong("stand in both parts", SPLIT.replace("valid += at[:n]", "valid += list(range(n))").replace("train += at[n:]", "train += list(range(n, len(at)))")),
        Right(SPLIT),
        Right(
            "def split(labels, share, seed):\n    y = torch.tensor(labels)\n    torch.manual_seed(seed)\n    train, valid = [], []\n"
            "    for k in y.unique():\n        at = (y == k).nonzero().flatten()\n        at = at[torch.randperm(len(at))]\n"
            "        n = round(share * len(at))\n        valid.append(at[:n])\n        train.append(at[n:])\n"
            "    return torch.cat(train), torch.cat(valid)"
        ),
        Right(
            "def split(labels, share, seed):\n    random.seed(seed)\n    valid = set()\n    for k, n in sorted(Counter(labels).items()):\n"
            "        valid |= set(random.sample([i for i, y in enumerate(labels) if y == k], round(share * n)))\n"
            "    return [i for i in range(len(labels)) if i not in valid], sorted(valid)"
        ),
    ],
}  # fmt: skip
