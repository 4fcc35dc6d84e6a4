"""Wrong and right answers to the exercises of bonus notebook 2."""

from answer_kinds import Right, Wrong

AVERAGE = """def average(gradients, counts):
    total = sum(counts)
    averaged = []
    for index in range(len(gradients[0])):
        mean = 0
        for worker, count in zip(gradients, counts):
            mean = mean + worker[index] * count / total
        averaged.append(mean)
    return averaged"""
ACCUMULATE = """def accumulate(network, x, y, size):
    network.zero_grad()
    for part, labels in zip(x.split(size), y.split(size)):
        loss = F.cross_entropy(network(part), labels)
        (loss * len(part) / len(x)).backward()"""
SHARE = """def share(count, rank, world):
    return list(range(rank, count, world))"""

ANSWERS = {
    "B2.1": [
        Wrong("plain mean", AVERAGE.replace("* count / total", "/ len(counts)")),
        Wrong("sum of the gradients", AVERAGE.replace(" * count / total", "")),
        Wrong("should add up to 1", AVERAGE.replace(" / total", "")),
        Wrong("first worker alone", "def average(gradients, counts):\n    return gradients[0]"),
        Wrong("last worker alone", "def average(gradients, counts):\n    return gradients[-1]"),
        Wrong("in their order", AVERAGE.replace("zip(gradients, counts)", "zip(gradients, counts[::-1])")),
        Wrong("returns nothing", AVERAGE.replace("return averaged", "averaged")),
        Wrong("should return a list", AVERAGE.replace("return averaged", "return averaged[0]")),
        Wrong("not by the number of workers", AVERAGE.replace("/ total", "/ len(counts)")),
        Wrong("do not divide by its count", AVERAGE.replace("* count / total", "/ count")),
        Wrong("changes what it is given", AVERAGE.replace("worker[index] * count", "worker[index].mul_(count)")),
        Wrong("2 tensors", AVERAGE.replace("range(len(gradients[0]))", "range(1)")),
        Right(AVERAGE),
        Right("""def average(gradients, counts):
    weights = torch.tensor(counts) / sum(counts)
    return [torch.stack(list(p)).mul(weights.view(-1, *[1] * p[0].ndim)).sum(0) for p in zip(*gradients)]"""),
        Right("""def average(gradients, counts):
    result = [torch.zeros_like(g) for g in gradients[0]]
    for own, n in zip(gradients, counts):
        for r, g in zip(result, own):
            r += n * g
    return tuple(r / sum(counts) for r in result)"""),
    ],
    "B2.2": [
        Wrong("last one is smaller", ACCUMULATE.replace("len(part) / len(x)", "1 / len(x.split(size))")),
        Wrong("parts are added", ACCUMULATE.replace(" * len(part) / len(x)", "")),
        Wrong("in another mode", ACCUMULATE + "\n    network.eval()\n"),
        Wrong("frozen, so that later steps", ACCUMULATE + "\n    network.requires_grad_(False)\n"),
        Wrong("step before are still there", ACCUMULATE.replace("    network.zero_grad()\n", "")),
        Wrong(
            "only the last part is left",
            ACCUMULATE.replace("    network.zero_grad()\n", "").replace(
                "        loss", "        network.zero_grad()\n        loss"
            ),
        ),
        Wrong(
            "at once: 5 are allowed",
            "def accumulate(network, x, y, size):\n    network.zero_grad()\n    F.cross_entropy(network(x), y).backward()",
        ),
        Wrong(
            "only 8 of the pictures",
            ACCUMULATE.replace(
                "zip(x.split(size), y.split(size))", "list(zip(x.split(size), y.split(size)))[: len(x) // size]"
            ),
        ),
        Wrong("weights have changed", ACCUMULATE + "\n    torch.optim.SGD(network.parameters(), lr=0.1).step()"),
        Wrong("no gradient", ACCUMULATE.replace(".backward()", "")),
        Wrong("never runs", "def accumulate(network, x, y, size):\n    network.zero_grad()"),
        Wrong("parts are added|not by size", ACCUMULATE.replace("/ len(x)", "/ size")),
        Wrong("divided by those of the whole batch", ACCUMULATE.replace(" / len(x)", "")),
        Right(ACCUMULATE),
        Right("""def accumulate(network, x, y, size):
    for p in network.parameters():
        p.grad = None
    for start in range(0, len(x), size):
        logits = network(x[start : start + size])
        loss = F.cross_entropy(logits, y[start : start + size], reduction="sum")
        (loss / len(x)).backward()"""),
        Right("""def accumulate(network, x, y, size):
    network.zero_grad()
    for part, labels in zip(x.split(size), y.split(size)):
        F.cross_entropy(network(part), labels, reduction="sum").backward()
    for p in network.parameters():
        p.grad /= len(x)"""),
    ],
    "B2.3": [
        Wrong(
            "more than once",
            "def share(count, rank, world):\n    return [(rank + i * world) % count for i in range(-(-count // world))]",
        ),
        Wrong(
            "leave out",
            "def share(count, rank, world):\n    size = count // world\n    return list(range(rank * size, (rank + 1) * size))",
        ),
        Wrong("more than once", "def share(count, rank, world):\n    return list(range(count))"),
        Wrong(
            "they go from 0 to",
            "def share(count, rank, world):\n    size = -(-count // world)\n    return list(range(rank * size, (rank + 1) * size))",
        ),
        Wrong(
            "differ by one at most",
            "def share(count, rank, world):\n    return list(range(count)) if rank == 0 else []",
        ),
        Wrong("whole numbers", "def share(count, rank, world):\n    return [i / 1 for i in range(rank, count, world)]"),
        Wrong("should return a list", "def share(count, rank, world):\n    return count // world"),
        Wrong("returns nothing", SHARE.replace("return ", "")),
        Right(SHARE),
        Right("def share(count, rank, world):\n    return [i for i in range(count) if i % world == rank]"),
        Right("def share(count, rank, world):\n    return range(rank * count // world, (rank + 1) * count // world)"),
        Right("def share(count, rank, world):\n    return torch.arange(count).tensor_split(world)[rank].tolist()"),
    ],
}
