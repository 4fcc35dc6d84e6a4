"""Wrong and right answers to the exercises of bonus notebook 3."""

from answer_kinds import Right, Wrong

from exercises.answers import answers_of

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

SOLVED = {number: found.source for number, found in answers_of("B3").items()}

PRUNE = """def prune(weight, share):
    flat = weight.flatten().clone()
    order = flat.abs().argsort()
    flat[order[: int(share * weight.numel())]] = 0
    return flat.view_as(weight)"""

LIMIT = """def prune(weight, share):
    count = int(share * weight.numel())
    if count == 0:
        return weight.clone()
    limit = weight.abs().flatten().kthvalue(count).values
    return torch.where(weight.abs() > limit, weight, 0.0)"""

ANSWERS = {
    "B3.1": [
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
        Wrong("without dimensions", DISTILL.replace(".mean()", "")),
        Wrong("multiplied by 9, whatever T is", DISTILL.replace("T * T * ", "9 * ")),
        Wrong("divided by 3, whatever T is", DISTILL.replace("/ T)", "/ 3)")),
        Wrong("changes what it is given", DISTILL.replace("teacher.detach()", "teacher.detach_()")),
        Wrong("given logits in place", SAFE.replace("student / T", "student.div_(T)")),
        Wrong("given logits in place.*`/=`", SAFE.replace("    log_p", "    student /= T\n    log_p")),
        Wrong("given logits in place.*`-=`", SAFE.replace("    log_p", "    student -= student.amax()\n    log_p")),
        Wrong("given logits in place", SAFE.replace("    log_p", "    teacher /= T\n    log_p")),
        Wrong(r"T\*\*2`, not `T \^ 2", "def distill_loss(s, t, T):\n    return (s - t).square().mean() * T ^ 2"),
        Wrong(
            "small number added",
            SAFE.replace("F.log_softmax(student / T, dim=1)", "(F.softmax(student / T, dim=1) + 1e-8).log()"),
        ),
        Wrong("logits that are clamped", SAFE.replace("student / T", "student.clamp(-50, 50) / T")),
        Wrong("not the other way round", DISTILL.replace(".sum(dim=1)", ".sum(dim=0)")),
        Wrong("factor p of the formula", DISTILL.replace("(p * (p.log() - log_q))", "(p.log() - log_q)")),
        Wrong("wrong sign", DISTILL.replace("p.log() - log_q", "log_q - p.log()")),
        Wrong("log_target=True", SOLVED["B3.1"].replace("log_target=True, ", "")),
        Wrong("log_softmax, not as softmax", SOLVED["B3.1"].replace("F.log_softmax(student", "F.softmax(student")),
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
        Right(SOLVED["B3.1"]),
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
        Wrong("without dimensions", SAFE + "[None]"),
        Wrong(r"Leave out \.item", SAFE + ".item()"),
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
    "B3.2": [
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
        Wrong(
            r"flatten\(1\) makes a row",
            QUANTIZE.replace("(-1,)", "(len(weight),)").replace(
                ".reshape(len(weight), -1).max(dim=1).values", ".flatten().max()"
            ),
        ),
        Wrong(
            "span of the channel, halved",
            QUANTIZE.replace("weight.abs()", "weight")
            .replace(".max(dim=1).values", ".aminmax(dim=1)")
            .replace("/ 127", "")
            .replace("    scale = torch", "    scale = (scale.max - scale.min) / 254\n    scale = torch"),
        ),
        Wrong("sum of the weights", QUANTIZE.replace(".max(dim=1).values", ".sum(dim=1)")),
        Wrong("gives the nearest whole number", QUANTIZE.replace(".round()", ".trunc()")),
        Wrong("gives the nearest whole number", QUANTIZE.replace(".round()", ".ceil()")),
        Wrong("signs of the weights are lost", QUANTIZE.replace("(weight / scale", "(weight.abs() / scale")),
        Wrong("off by 127|should become 127", QUANTIZE.replace("clamp(-127, 127)", "clamp(0, 127)")),
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
        Wrong("channel of small weights", SOLVED["B3.2"].replace("min=1e-12", "min=0.01")),
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
        Right(SOLVED["B3.2"]),
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
    "B3.3": [
        Wrong("largest entries are set to 0", PRUNE.replace("argsort()", "argsort(descending=True)")),
        Wrong("not how much is kept", PRUNE.replace("int(share", "int((1 - share)")),
        Wrong("sort by the absolute value", PRUNE.replace("flat.abs().argsort()", "flat.argsort()")),
        Wrong(r"One entry too many.*int\(0.5 \* 20\) is 10", PRUNE.replace("numel())]", "numel()) + 1]")),
        Wrong(
            r"One entry too many.*int\(0.25 \* 54\) is 13",
            PRUNE.replace("int(share * weight.numel())", "round(share * weight.numel() + 0.25)"),
        ),
        Wrong(
            r"slice \[-0:\], which is everything",
            PRUNE.replace("argsort()", "argsort(descending=True)").replace(
                "order[: int(share * weight.numel())]", "order[-int(share * weight.numel()) :]"
            ),
        ),
        Wrong("changes what it is given", PRUNE.replace("weight.flatten().clone()", "weight.view(-1)")),
        Wrong("shape", PRUNE.replace("flat.view_as(weight)", "flat")),
        Wrong("returns nothing", PRUNE.replace("return flat", "flat")),
        Wrong("lost their sign", PRUNE.replace("weight.flatten().clone()", "weight.flatten().abs()")),
        Wrong(
            "Nothing is set to 0",
            PRUNE.replace(
                "flat[order[: int(share * weight.numel())]] = 0", "flat[order][: int(share * len(flat))] = 0"
            ),
        ),
        Wrong("they are 1", PRUNE.replace("flat.view_as(weight)", "(flat != 0).float().view_as(weight)")),
        Right(PRUNE),
        Wrong("entries of equal size apart", LIMIT),
        Wrong(
            "entries of equal size apart",
            LIMIT.replace("> limit", ">= limit")
            .replace("kthvalue(count)", "kthvalue(count + 1)")
            .replace("    limit", "    if count == weight.numel():\n        return weight * 0\n    limit"),
        ),
        Wrong("A small number is not 0", PRUNE.replace("= 0\n", "= 1e-8\n")),
        Wrong(
            "return a new tensor", PRUNE.replace("    order", "    if share == 0:\n        return weight\n    order")
        ),
        Wrong("0 already count as well", PRUNE.replace("weight.numel()", "(weight != 0).sum()")),
        Wrong(
            "index n - 1 below 0",
            PRUNE.replace(
                "    flat[order[: int(share * weight.numel())]] = 0",
                "    n = int(share * len(flat))\n    flat[flat.abs() <= flat.abs()[order][n - 1]] = 0",
            ),
        ),
        Wrong(
            "is everything",
            PRUNE.replace(
                "    flat[order[: int(share * weight.numel())]] = 0",
                "    n = int(share * len(flat))\n    keep = order[-(len(flat) - n) :]\n    flat = torch.zeros_like(flat).index_copy(0, keep, flat[keep])",
            ),
        ),
        Wrong(
            "of each row",
            "def prune(w, share):\n    return torch.stack([row * (row.abs().argsort().argsort() >= int(share * len(row))) for row in w.flatten(1)]).view_as(w)",
        ),
        Wrong("flatten the tensor before", PRUNE.replace("flat.abs().argsort()", "weight.abs().argsort().flatten()")),
        Wrong("is the number of rows", PRUNE.replace("weight.numel()", "len(weight)")),
        Wrong(
            "first entries are set to 0",
            PRUNE.replace("order[: int(share * weight.numel())]", ": int(share * weight.numel())"),
        ),
        Wrong(
            "entries are sorted",
            PRUNE.replace("    flat[order[", "    flat = flat[order]\n    flat[[")
            .replace("flat[[", "flat[")
            .replace("numel())]] = 0", "numel())] = 0"),
        ),
        Wrong(
            "share of the largest entry",
            "def prune(weight, share):\n    return weight * (weight.abs() >= share * weight.abs().max())",
        ),
        Wrong("all values are 2 times", PRUNE + " / (1 - share + 1e-9)"),
        Wrong(r"sort\(\) returns values and indices", PRUNE.replace("argsort()", "sort()")),
        Right("""def prune(weight, share):
    mask = torch.ones(weight.numel())
    indices = weight.reshape(-1).abs().topk(int(share * weight.numel()), largest=False).indices
    mask[indices] = 0
    return weight * mask.reshape(weight.shape)"""),
        Right("""def prune(weight, share):
    rank = weight.flatten().abs().argsort().argsort().view_as(weight)
    return torch.where(rank < int(share * weight.numel()), torch.zeros_like(weight), weight)"""),
        Right("""def prune(w, share):
    out = w.clone()
    order = sorted(range(w.numel()), key=lambda i: abs(w.reshape(-1)[i].item()))
    for i in order[: int(share * w.numel())]:
        out.view(-1)[i] = 0
    return out"""),
    ],
}
