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
RETURNED = """def accumulate(network, x, y, size):
    weights = list(network.parameters())
    sums = [torch.zeros_like(p) for p in weights]
    for part, labels in zip(x.split(size), y.split(size)):
        found = torch.autograd.grad(F.cross_entropy(network(part), labels), weights)
        for each, gradient in zip(sums, found):
            each.add_(gradient, alpha=len(part) / len(x))
    return sums"""
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
        Wrong("add up to 1 already", AVERAGE.replace("/ total", "/ total / len(counts)")),
        Wrong("first worker's count", AVERAGE.replace("count / total", "counts[0] / total")),
        Wrong("come out as 0", AVERAGE.replace("* count / total", "* (count // total)")),
        Wrong(
            "Only the first two workers",
            AVERAGE.replace("zip(gradients, counts)", "list(zip(gradients, counts))[:2]").replace(
                "sum(counts)", "sum(counts[:2])"
            ),
        ),
        Wrong(
            "3 tensors.*a list with 2 entries",
            "def average(gradients, counts):\n    return [sum(g * n / sum(counts) for g, n in zip(own, counts)) for own in gradients]",
        ),
        Wrong(
            "What it returns is of type generator",
            "def average(gradients, counts):\n    return (g for g in gradients[0])",
        ),
        Wrong("3 tensors", AVERAGE.replace("range(len(gradients[0]))", "range(1)")),
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
        Wrong(r"was in train\(\) mode", ACCUMULATE + "\n    network.eval()\n"),
        Wrong(r"was in eval\(\) mode", ACCUMULATE + "\n    network.train()\n"),
        Wrong(
            "grad` is None",
            ACCUMULATE.replace("network.zero_grad()", "for p in network.parameters():\n        p.grad.zero_()"),
        ),
        Wrong(
            "still keeps the graph",
            ACCUMULATE.replace("(loss * len", "total += (loss * len")
            .replace(".backward()", "\n    total.backward()")
            .replace("    network", "    total = 0\n    network", 1),
        ),
        Wrong(
            "still keeps the graph",
            "def accumulate(network, x, y, size):\n    network.zero_grad()\n    logits = [network(part) for part in x.split(size)]\n    F.cross_entropy(torch.cat(logits), y).backward()",
        ),
        Wrong(
            "still keeps the graph",
            ACCUMULATE.replace(
                "        (loss * len(part) / len(x)).backward()",
                "        loss = loss * len(part) / len(x)\n    loss.backward()",
            ),
        ),
        Wrong("last part has 2 pictures and counts as if it had 4", ACCUMULATE.replace("* len(part) /", "* size /")),
        Wrong("Every part counts as 1 / 2:", ACCUMULATE.replace("* len(part) / len(x)", "/ (len(x) // size)")),
        Wrong("Every part counts as 1 / 10", ACCUMULATE.replace("* len(part) / len(x)", "/ len(x)")),
        Wrong("do not divide it by the number", ACCUMULATE.replace("* len(part) / len(x)", "/ len(part)")),
        Wrong(
            "not on a sum that grows",
            ACCUMULATE.replace("    network", "    total = 0\n    network", 1).replace(
                "        (loss * len(part) / len(x)).backward()",
                "        total = total + loss * len(part) / len(x)\n        total.backward()",
            ),
        ),
        Wrong("takes logits", ACCUMULATE.replace("network(part)", "network(part).softmax(1)")),
        Wrong("No graph leads", ACCUMULATE.replace("(loss * len", "torch.tensor(loss.item() * len")),
        Wrong("frozen, so that later steps", ACCUMULATE + "\n    network.requires_grad_(False)\n"),
        Wrong("step before are still there", ACCUMULATE.replace("    network.zero_grad()\n", "")),
        Wrong(
            "Only the gradients of the last part are left",
            ACCUMULATE.replace("    network.zero_grad()\n", "").replace(
                "        loss", "        network.zero_grad()\n        loss"
            ),
        ),
        Wrong(
            "at once: 4 are allowed",
            "def accumulate(network, x, y, size):\n    network.zero_grad()\n    F.cross_entropy(network(x), y).backward()",
        ),
        Wrong(
            "only 8 of the pictures",
            ACCUMULATE.replace(
                "zip(x.split(size), y.split(size))", "list(zip(x.split(size), y.split(size)))[: len(x) // size]"
            ),
        ),
        Wrong("makes x require a gradient", ACCUMULATE.replace("    for", "    x.requires_grad_(True)\n    for")),
        Wrong(
            "makes x require a gradient",
            ACCUMULATE.replace("    for", "    x.requires_grad_(True)\n    for") + "\n    x.requires_grad_(False)",
        ),
        Wrong("is as it was before the call", RETURNED),
        Wrong("unless retain_graph=True keeps it", ACCUMULATE.replace("backward()", "backward(retain_graph=True)")),
        Wrong("weights have changed", ACCUMULATE + "\n    torch.optim.SGD(network.parameters(), lr=0.1).step()"),
        Wrong("no gradient", ACCUMULATE.replace(".backward()", "")),
        Wrong("never runs", "def accumulate(network, x, y, size):\n    network.zero_grad()"),
        Wrong("not by size", ACCUMULATE.replace("/ len(x)", "/ size")),
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
        Right("""def accumulate(network, x, y, size):
    weights = list(network.parameters())
    sums = [torch.zeros_like(p) for p in weights]
    for part, labels in zip(x.split(size), y.split(size)):
        found = torch.autograd.grad(F.cross_entropy(network(part), labels), weights)
        for each, gradient in zip(sums, found):
            each.add_(gradient, alpha=len(part) / len(x))
    for p, each in zip(weights, sums):
        p.grad = each"""),
        Right("""def accumulate(network, x, y, size):
    from torch.func import functional_call, grad
    weights = {name: p.detach() for name, p in network.named_parameters()}
    loss = lambda w, a, b: F.cross_entropy(functional_call(network, w, (a,)), b, reduction="sum") / len(x)
    found = [grad(loss)(weights, a, b) for a, b in zip(x.split(size), y.split(size))]
    for name, p in network.named_parameters():
        p.grad = sum(each[name] for each in found)"""),
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
        Wrong("tolist", "def share(count, rank, world):\n    return list(torch.arange(rank, count, world))"),
        Wrong(
            "leave out 8 of them: each belongs to one worker.$",
            "def share(count, rank, world):\n    return list(range(rank, world, count))",
        ),
        Wrong(
            "What it returns is of type generator",
            "def share(count, rank, world):\n    return (i for i in range(rank, count, world))",
        ),
        Wrong("whole numbers", "def share(count, rank, world):\n    return [i / 1 for i in range(rank, count, world)]"),
        Wrong("should return a list", "def share(count, rank, world):\n    return count // world"),
        Wrong("returns nothing", SHARE.replace("return ", "")),
        Right(SHARE),
        Right(
            "import numpy as np\n\n\ndef share(count, rank, world):\n    return list(np.array_split(np.arange(count), world)[rank])"
        ),
        Right("def share(count, rank, world):\n    return [i for i in range(count) if i % world == rank]"),
        Right("def share(count, rank, world):\n    return range(rank * count // world, (rank + 1) * count // world)"),
        Right("def share(count, rank, world):\n    return torch.arange(count).tensor_split(world)[rank].tolist()"),
    ],
}
