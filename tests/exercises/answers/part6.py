"""Wrong and right answers to the exercises of Part 6."""

from answer_kinds import Right, Wrong

SIZES = 'sizes = dict(zip(["x", "x.half()", "x[:10]", "x[:10].clone()", "[x, x]", "[x, x + 1]"], {}))'
RESTORE = "def restore(model, path):\n    model.load_state_dict(torch.load(path, map_location='cpu'))\n    return model.eval()"
SAVE = "def save(model, path):\n    torch.save(model.state_dict(), path)\n\n\n"
SAVE_MODEL = """def save_model(path, model, config, classes, mean, std):
    torch.save({{"version": 1, "config": config, "state": model.state_dict(), {}}}, path)


"""
REST = '"classes": classes, "mean": mean, "std": std'
LOAD_MODEL = """def load_model(path):
    content = torch.load(path, map_location='cpu')
    if content["version"] != 1:
        raise ValueError("unknown version")
    {}
    return model, content"""
BUILD = 'model = make_network(**content["config"]); model.load_state_dict(content["state"]); model.eval()'
FITTING = "def load_fitting(model, state):\n    own = model.state_dict()\n    "
CHOSEN = "fit = {n: v for n, v in state.items() if n in own and v.shape == own[n].shape}\n    "
SNAPSHOT = """def snapshot(run):
    return dict(model=run.model.state_dict(), optimizer=run.optimizer.state_dict(),
                scheduler=run.scheduler.state_dict(), order=run.order.get_state(), random=random_state(),
                epoch=run.epoch, history=run.history)


"""
RESUME = """def resume(run, checkpoint):
    run.model.load_state_dict(checkpoint["model"])
    run.optimizer.load_state_dict(checkpoint["optimizer"])
    run.scheduler.load_state_dict(checkpoint["scheduler"])
    run.order.set_state(checkpoint["order"])
    set_random_state(checkpoint["random"])
    run.epoch = checkpoint["epoch"]
    run.history = checkpoint["history"]"""
OUTCOMES = 'outcomes = dict(zip("ABCDE", {}))'
ATOMIC = "def atomic_save(what, path):\n    beside = path.with_name(path.name + '.new')\n    "
WRITE = (
    "with beside.open('wb') as file:\n        torch.save(what, file)\n        file.flush()\n"
    "        os.fsync(file.fileno())\n    "
)
AVERAGE = "def average(states):\n    "
KIND = "states[-1][n].is_floating_point()"
NUMBERED = (
    "sorted((p for p in folder.glob('epoch-*.pt') if p.stem[6:].isdigit()), "
    "key=lambda p: int(p.stem[6:]), reverse=True)"
)

ANSWERS = {
    "6.1": [
        Wrong("^x: that is the number of elements", SIZES.format("[1000, 500, 1000, 10, 1000, 2000]")),
        Wrong("^x: it has 1,000 elements", SIZES.format("[8000, 4000, 8000, 80, 8000, 16000]")),
        Wrong("x.half\\(\\): how many bits", SIZES.format("[4000, 4000, 4000, 40, 4000, 8000]")),
        Wrong("a slice is a view", SIZES.format("[4000, 2000, 40, 40, 4000, 8000]")),
        Wrong("a storage of its own", SIZES.format("[4000, 2000, 4000, 4000, 4000, 8000]")),
        Wrong("one storage, named twice", SIZES.format("[4000, 2000, 4000, 40, 8000, 8000]")),
        Wrong("is the sum in the storage", SIZES.format("[4000, 2000, 4000, 40, 4000, 4000]")),
        Wrong("keep all 6 lines", "sizes = {'x': 4000}"),
        Wrong("Keep the dict of the stub", "sizes = [4000, 2000, 4000, 40, 4000, 8000]"),
        Right(SIZES.format("[4000, 2000, 4000, 40, 4000, 8000]")),
        Right(SIZES.format("[4 * 1000, 2 * 1000, 4 * 1000, 4 * 10, 4e3, 2 * 4e3]")),
        Right(
            "x = torch.zeros(1000)\nsizes = {text: data_bytes(eval(text)) for text in "
            "['x', 'x.half()', 'x[:10]', 'x[:10].clone()', '[x, x]', '[x, x + 1]']}"
        ),
        Wrong(r"^x.half\(\): that is the number of elements", SIZES.format("[4000, 1000, 4000, 40, 4000, 8000]")),
        Wrong(r"^\[x, x \+ 1\]: is the sum", SIZES.format("[4000, 2000, 4000, 40, 4000, 12000]")),
        Wrong("^x: these are bits", SIZES.format("[32000, 2000, 4000, 40, 4000, 8000]")),
        Wrong(r"^x.half\(\): these are bits", SIZES.format("[4000, 16000, 4000, 40, 4000, 8000]")),
        Wrong("^x: these are kilobytes", SIZES.format("[4, 2, 4, 0.04, 4, 8]")),
        Wrong(r"^x: it has 1,000 elements", SIZES.format("[4001, 2000, 4000, 40, 4000, 8000]")),
        Wrong("^x: write the number of bytes", SIZES.format("['4000', '2000', '4000', '40', '4000', '8000']")),
        Wrong("^x: write the number of bytes", SIZES.format("['4000 bytes', 2000, 4000, 40, 4000, 8000]")),
        Wrong("^x: write the number of bytes", SIZES.format("[None, 2000, 4000, 40, 4000, 8000]")),
        Wrong(
            r"\[x, x \+ 1\]' is missing",
            "sizes = {'x': 4000, 'x.half()': 2000, 'x[:10]': 4000, 'x[:10].clone()': 40, '[x, x]': 4000}",
        ),
        Wrong("Keep the dict", "sizes = 4000"),
        Right(SIZES.format("[torch.tensor(4000), np.int64(2000), 4000.0, 40, 4000, 8000]")),
        Right(
            "sizes = {'[x, x + 1]': 8000, '[x, x]': 4000, 'x[:10].clone()': 40, 'x[:10]': 4000, 'x.half()': 2000, 'x': 4000}"
        ),
        Right(
            """
sizes = {}
for line in ("x", "x[:10]", "[x, x]"):
    sizes[line] = 1000 * torch.float32.itemsize
sizes.update({"x.half()": 1000 * 2, "x[:10].clone()": 10 * 4, "[x, x + 1]": 2 * sizes["x"]})"""
        ),
    ],
    "6.2": [
        Wrong(
            "The network that `restore` returns should be on the device cpu, but it is on meta",
            SAVE + RESTORE.replace("model.eval()", "model.eval().to('meta')"),
        ),
        Wrong(
            "holds the module itself",
            "def save(model, path):\n    torch.save(model, path)\n\n\ndef restore(model, path):\n"
            "    return torch.load(path, weights_only=False).eval()",
        ),
        Wrong("eval.. is missing", SAVE + RESTORE.replace(".eval()", "")),
        Wrong("may come from a GPU", SAVE + RESTORE.replace(", map_location='cpu'", "")),
        Wrong("may come from a GPU", SAVE + RESTORE.replace("map_location='cpu'", "weights_only=True")),
        Right(SAVE + RESTORE.replace("'cpu'", "torch.device('cpu')")),
        Wrong(
            "returns the report of load_state_dict",
            SAVE
            + "def restore(model, path):\n    model.eval()\n    return model.load_state_dict(torch.load(path, map_location='cpu'))",
        ),
        Wrong("returns nothing", SAVE + RESTORE.replace("return ", "")),
        Wrong("does not hold the weights", SAVE + "def restore(model, path):\n    return model.eval()"),
        Wrong(
            "no file at the path",
            "def save(model, path):\n    torch.save(model.state_dict(), FOLDER / 'x')\n\n\n" + RESTORE,
        ),
        Wrong(
            "in eval mode to train",
            "def save(model, path):\n    model.eval()\n    torch.save(model.state_dict(), path)\n    model.train()\n\n\n"
            + RESTORE,
        ),
        Wrong(
            "returns a dictionary",
            SAVE
            + "def restore(model, path):\n    model.load_state_dict(torch.load(path, map_location='cpu'))\n    model.eval()\n    return torch.load(path, map_location='cpu')",
        ),
        Wrong("leave its mode", SAVE.replace("torch.save(model", "torch.save(model.eval()") + RESTORE),
        Wrong(
            "buffers are lost",
            "def save(model, path):\n    torch.save([p.detach() for p in model.parameters()], path)\n\n\n"
            "def restore(model, path):\n    with torch.no_grad():\n"
            "        for p, q in zip(model.parameters(), torch.load(path, map_location='cpu')):\n            p.copy_(q)\n    return model.eval()",
        ),
        Wrong(
            "does not hold the weights",
            "def save(model, path):\n    global kept\n    kept = model.state_dict()\n    torch.save({}, path)\n\n\n"
            "def restore(model, path):\n    model.load_state_dict(kept)\n    return model.eval()",
        ),
        Right(
            "def save(model, path):\n    with open(path, 'wb') as file:\n        torch.save({'state': model.state_dict()}, file)\n\n\n"
            "def restore(model, path):\n    content = torch.load(path, map_location='cpu', weights_only=True)\n"
            "    model.load_state_dict(content['state'])\n    model.eval()\n    return model"
        ),
        Right(
            "def save(model, path):\n    torch.save({n: t.clone() for n, t in model.state_dict().items()}, path)\n\n\n"
            "def restore(model, path):\n    state = torch.load(path, map_location='cpu')\n    with torch.no_grad():\n"
            "        for name, tensor in model.state_dict().items():\n            tensor.copy_(state[name])\n"
            "    return model.train(False)"
        ),
        Right(
            "def save(net, file):\n    torch.save(list(net.state_dict().items()), file)\n\n\n"
            "def restore(net, file):\n    net.eval()\n    net.load_state_dict(dict(torch.load(file, map_location='cpu')), assign=True)\n    return net"
        ),
        Right(SAVE + RESTORE),
        Right(
            "def save(model, path):\n    was = model.training\n    model.eval()\n    torch.save(model.state_dict(), path)\n"
            "    model.train(was)\n\n\n" + RESTORE
        ),
        Wrong(
            "`restore` changes requires_grad",
            SAVE + RESTORE.replace("return model.eval()", "return model.eval().requires_grad_(False)"),
        ),
        Wrong(
            "weights that were saved: 0.weight differs",
            """
def save(model, path):
    torch.save({name: value.half() for name, value in model.state_dict().items()}, path)


"""
            + RESTORE,
        ),
        Wrong(
            "weights that were saved: 0.weight differs",
            """
def save(model, path):
    torch.save({name: value.nan_to_num() for name, value in model.state_dict().items()}, path)


"""
            + RESTORE,
        ),
        Wrong(
            "buffers are lost",
            """
def save(model, path):
    torch.save(dict(model.named_parameters()), path)


def restore(model, path):
    model.load_state_dict(torch.load(path, map_location='cpu'), strict=False)
    return model.eval()""",
        ),
        Wrong(
            "share their tensors",
            """
_kept = {}


"""
            + SAVE
            + """
def restore(model, path):
    key = path.read_bytes()
    if key not in _kept:
        _kept[key] = torch.load(path, map_location='cpu')
    model.load_state_dict(_kept[key], assign=True)
    return model.eval()""",
        ),
        Wrong(
            "in train mode",
            SAVE + RESTORE.replace("return model.eval()", "model.training = False\n    return model"),
        ),
        Wrong("in train mode", SAVE + RESTORE.replace("eval()", "train(not model.training)")),
        Wrong("in train mode", SAVE + RESTORE.replace("eval()", "train()")),
        Wrong(
            "another network than the one it was given",
            """
import copy

"""
            + SAVE
            + """
def restore(model, path):
    twin = copy.deepcopy(model)
    twin.load_state_dict(torch.load(path, map_location='cpu'))
    return twin.eval()""",
        ),
        Wrong(
            "`save` changes the numbers",
            """
def save(model, path):
    torch.save(model.state_dict(), path)
    for parameter in model.parameters():
        parameter.data.zero_()


"""
            + RESTORE,
        ),
        Wrong(
            "`save` changes requires_grad",
            """
def save(model, path):
    torch.save(model.requires_grad_(False).state_dict(), path)


"""
            + RESTORE,
        ),
        Wrong(
            "torch.load refuses the file",
            """
def save(model, path):
    save_file({name: value.contiguous() for name, value in model.state_dict().items()}, path)


def restore(model, path):
    model.load_state_dict(load_file(path))
    return model.eval()""",
        ),
        Wrong(
            "torch.load refuses the file: it is not written by torch.save",
            """
def save(model, path):
    path.write_bytes(pickle.dumps({name: value.numpy() for name, value in model.state_dict().items()}))


def restore(model, path):
    state = pickle.loads(path.read_bytes())
    model.load_state_dict({name: torch.tensor(value) for name, value in state.items()})
    return model.eval()""",
        ),
        Wrong(
            "no file at the path",
            """
def save(model, path):
    torch.save(model.state_dict(), str(path) + ".pt")


def restore(model, path):
    model.load_state_dict(torch.load(str(path) + ".pt"))
    return model.eval()""",
        ),
        Wrong("it should only read it", SAVE + RESTORE.replace("return", "path.unlink()\n    return")),
        Wrong(
            "takes the network of the lesson",
            SAVE.replace("model.state_dict()", "full.model.state_dict()") + RESTORE,
        ),
        Wrong(
            "takes the network of the lesson",
            SAVE + RESTORE.replace("    model.load", "    model = make_network()\n    model.load"),
        ),
        Wrong(
            "`save` changes the gradients",
            SAVE.replace("    torch.save", "    model.zero_grad()\n    torch.save") + RESTORE,
        ),
        Wrong(
            "`save` changes the gradients",
            SAVE.replace("    torch.save", "    model.zero_grad(set_to_none=False)\n    torch.save") + RESTORE,
        ),
        Wrong(
            "`save` changes the gradients",
            SAVE.rstrip() + "\n    for parameter in model.parameters():\n        parameter.grad = None\n\n\n" + RESTORE,
        ),
        Wrong(
            "`restore` makes the network in inference mode",
            SAVE
            + "@torch.inference_mode()\n"
            + RESTORE.replace(
                "torch.load(path, map_location='cpu')", "torch.load(path, map_location='cpu'), assign=True"
            ),
        ),
        Right(SAVE + "@torch.inference_mode()\n" + RESTORE),
        Wrong(
            "does not hold the weights",
            """
_saved = []


def save(model, path):
    if not _saved:
        _saved.append(path)
        torch.save(model.state_dict(), path)
    else:
        torch.save(torch.load(_saved[0]) if _saved[0].exists() else model.state_dict(), path)


def restore(model, path):
    state = torch.load(path, map_location='cpu')
    for name, value in model.state_dict().items():
        if value.ndim > 1:
            value.copy_(state[name])
    return model.eval()""",
        ),
        Wrong(
            "`save` is called as save\\(model, path\\)",
            "def save(path):\n    torch.save(model.state_dict(), path)\n\n\n" + RESTORE,
        ),
        Right(
            SAVE
            + """
def restore(model, path):
    state = torch.load(path, mmap=True, map_location='cpu')
    own = dict([*model.named_parameters(), *model.named_buffers()])
    for name, value in state.items():
        own[name].data.copy_(value)
    for module in model.modules():
        module.training = False
    return model"""
        ),
        Right(
            """
def save(model, path):
    buffer = BytesIO()
    torch.save((list(model.state_dict()), list(model.state_dict().values())), buffer)
    path.write_bytes(buffer.getvalue())


def restore(model, path):
    names, values = torch.load(BytesIO(path.read_bytes()), map_location='cpu')
    result = model.load_state_dict(dict(zip(names, values)))
    assert not result.missing_keys
    return model.eval()"""
        ),
        Right(
            """
def save(model, path):
    content = {"parameters": [p.detach().cpu() for p in model.parameters()], "buffers": list(model.buffers())}
    torch.save(content, str(path), pickle_protocol=3)


@torch.no_grad()
def restore(model, path):
    content = torch.load(str(path), map_location='cpu')
    for target, value in zip(model.parameters(), content["parameters"]):
        target.copy_(value)
    for target, value in zip(model.buffers(), content["buffers"]):
        target.copy_(value)
    model.eval()
    return model"""
        ),
        Wrong(
            "is still there: `save` should write over it",
            SAVE.replace("torch.save", "path.exists() or torch.save") + RESTORE,
        ),
    ],
    "6.3": [
        Wrong(
            "The network that `load_model` returns should be on the device cpu, but it is on meta",
            SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD + ".to('meta')"),
        ),
        Wrong(
            "holds the module itself",
            SAVE_MODEL.format(REST).replace("model.state_dict()", "model") + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            "may come from a GPU",
            SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD).replace(", map_location='cpu'", ""),
        ),
        Wrong('lacks the key "std"', SAVE_MODEL.format('"classes": classes, "mean": mean') + LOAD_MODEL.format(BUILD)),
        Wrong(
            "has other sizes than the config",
            SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD.replace('**content["config"]', "")),
        ),
        Wrong(
            "pass on all of the config",
            SAVE_MODEL.format(REST)
            + LOAD_MODEL.format(BUILD.replace('**content["config"]', 'content["config"]["hidden"], 3')),
        ),
        Wrong("eval.. is missing", SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD.replace("; model.eval()", ""))),
        Wrong(
            "load_state_dict is missing",
            SAVE_MODEL.format(REST) + LOAD_MODEL.format('model = make_network(**content["config"]).eval()'),
        ),
        Wrong(
            "should raise a ValueError",
            SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD).replace("raise ValueError", "print"),
        ),
        Wrong(
            "Exception: 2",
            SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD).replace('ValueError("unknown version")', "Exception(2)"),
        ),
        Wrong(
            "mean and std are swapped",
            SAVE_MODEL.format('"classes": classes, "mean": std, "std": mean') + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            "returns two",
            SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD).replace("return model, content", "return model"),
        ),
        Wrong(
            "first the network, then the dictionary",
            SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD).replace("model, content", "content, model"),
        ),
        Wrong(
            "in the order that was given",
            SAVE_MODEL.format('"classes": sorted(classes), "mean": mean, "std": std') + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            "config may be",
            SAVE_MODEL.format(REST)
            + LOAD_MODEL.format(
                BUILD.replace(
                    '**content["config"]', '*[content["config"][k] for k in ("hidden", "outputs", "dropout")]'
                )
            ),
        ),
        Wrong("version 0 should", SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD).replace("!= 1", "> 1")),
        Wrong("version 2 should", SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD).replace("!= 1", "< 1")),
        Wrong(
            "should be the number 1, but it is '1'",
            SAVE_MODEL.format(REST).replace(": 1", ': "1"') + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            "no module or NumPy array",
            SAVE_MODEL.format('"classes": np.array(classes), "mean": mean, "std": std') + LOAD_MODEL.format(BUILD),
        ),
        Right(SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD)),
        Right(
            SAVE_MODEL.format(REST)
            + LOAD_MODEL.format(
                "c = content['config']\n    model = make_network(c.get('hidden', 64), c.get('outputs', 10), c.get('dropout', 0.2))\n"
                "    model.load_state_dict(content['state'])\n    model.eval()"
            )
        ),
        Right(
            "def save_model(path, model, config, classes, mean, std):\n    content = dict(version=1, config=config, classes=tuple(classes))\n"
            "    content['state'] = {name: value.cpu() for name, value in model.state_dict().items()}\n"
            "    content['mean'], content['std'] = mean, std\n    torch.save(content, path)\n\n\n"
            "def load_model(path):\n    content = torch.load(path, weights_only=True, map_location='cpu')\n"
            "    if content.get('version', 0) == 1:\n        net = make_network(**content['config'])\n"
            "        net.load_state_dict(content['state'])\n        return [net.train(False), content]\n"
            "    raise ValueError(path)"
        ),
        Right(
            "def save_model(path, *parts):\n    keys = ['state', 'config', 'classes', 'mean', 'std']\n"
            "    torch.save({'version': 1} | dict(zip(keys, [parts[0].state_dict(), *parts[1:]])), path)\n\n\n"
            "def load_model(path):\n    c = torch.load(path, map_location='cpu')\n    if not c['version'] in [1]:\n        raise ValueError\n"
            "    net = make_network(**c['config'])\n"
            "    net.load_state_dict(c['state'], assign=True)\n    return net.eval(), c"
        ),
        Wrong(
            "should raise a ValueError. Look at the version before",
            SAVE_MODEL.format(REST)
            + """
def load_model(path):
    content = torch.load(path, map_location='cpu')
    model = make_network(**content["config"])
    model.load_state_dict(content["state"])
    if content["version"] != 1:
        raise ValueError("unknown version")
    return model.eval(), content""",
        ),
        Wrong(
            "should raise a ValueError. .*AssertionError",
            SAVE_MODEL.format(REST)
            + LOAD_MODEL.format(BUILD).replace(
                'if content["version"] != 1:\n        raise ValueError("unknown version")',
                'assert content["version"] == 1',
            ),
        ),
        Wrong(
            "version 17 should raise",
            SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD).replace("!= 1", "in (-1, 0, 2, 3)"),
        ),
        Wrong(
            "version 0 should raise.*raises nothing",
            SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD).replace("raise ValueError", "return ValueError"),
        ),
        Wrong(
            "version 0 should raise",
            SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD).replace("!= 1", "not in (0, 1)"),
        ),
        Wrong(
            '"config" should be .*as it was given',
            SAVE_MODEL.format(REST).replace('"config": config', '"config": {"hidden": 64, **config}')
            + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            'holds 0.2 as "mean", and 0.25|holds 0.3 as "mean"',
            SAVE_MODEL.format('"classes": classes, "mean": round(mean, 1), "std": round(std, 1)')
            + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            '"classes" should be',
            SAVE_MODEL.format('"classes": helper.FASHION, "mean": mean, "std": std') + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            '"classes" should be a list',
            SAVE_MODEL.format('"classes": ", ".join(classes), "mean": mean, "std": std') + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            '"classes" should be a list',
            SAVE_MODEL.format('"classes": len(classes), "mean": mean, "std": std') + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            'The file holds 0.286 as "mean"',
            SAVE_MODEL.format('"classes": classes, "mean": globals()["mean"], "std": std').replace(
                'globals()["mean"]', "0.2860"
            )
            + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            '"state" should be the state_dict with the names',
            SAVE_MODEL.format(REST).replace("model.state_dict()", "dict(full.model.state_dict(), more=torch.zeros(1))")
            + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            '"state" should be the state_dict, but it is a list',
            SAVE_MODEL.format(REST).replace("model.state_dict()", "list(model.parameters())")
            + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            "switched a network in train mode",
            SAVE_MODEL.format(REST).replace("model.state_dict()", "model.eval().state_dict()")
            + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            "changes the config",
            """
def save_model(path, model, config, classes, mean, std):
    content = config
    content |= {"version": 1}
    torch.save({"version": config.pop("version"), "config": config, "state": model.state_dict(),
                "classes": classes, "mean": mean, "std": std}, path)
    config.clear()


"""
            + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            "looks for 'hidden', but config may be .* alone",
            SAVE_MODEL.format(REST)
            + LOAD_MODEL.format(
                BUILD.replace(
                    '**content["config"]',
                    'content["config"]["hidden"], content["config"].get("outputs", 10), '
                    'content["config"].get("dropout", 0.2)',
                )
            ),
        ),
        Wrong(
            "other sizes than the config",
            SAVE_MODEL.format(REST)
            + LOAD_MODEL.format(BUILD.replace('**content["config"]', '*content["config"].values()')),
        ),
        Wrong(
            "The dropout of the network",
            SAVE_MODEL.format(REST)
            + LOAD_MODEL.format(BUILD.replace('**content["config"]', '**{**content["config"], "dropout": 0.2}')),
        ),
        Wrong("requires_grad=False", SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD + ".requires_grad_(False)")),
        Wrong(
            "`load_model` makes the network in inference mode",
            SAVE_MODEL.format(REST) + "@torch.inference_mode()\n" + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            "`load_model` makes the network in inference mode",
            SAVE_MODEL.format(REST) + LOAD_MODEL.format("with torch.inference_mode():\n        " + BUILD),
        ),
        Right(SAVE_MODEL.format(REST) + "@torch.no_grad()\n" + LOAD_MODEL.format(BUILD)),
        Wrong(
            "`save_model` changes the gradients",
            SAVE_MODEL.format(REST).replace("    torch.save", "    model.zero_grad()\n    torch.save")
            + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            "`save_model` changes the numbers",
            SAVE_MODEL.format(REST).replace("model.state_dict()", "model.half().state_dict()")
            + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            "share one network|weights are not those",
            """
import functools

"""
            + SAVE_MODEL.format(REST)
            + "@functools.cache\n"
            + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            '"mean" should be the number 0.25, as it was given, but it is a tensor',
            SAVE_MODEL.format('"classes": classes, "mean": torch.tensor(mean), "std": torch.tensor(std)')
            + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            'The file holds 0.1307000\\d+ as "mean", and 0.1307 was given',
            SAVE_MODEL.format('"classes": classes, "mean": torch.tensor(mean).item(), "std": std')
            + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            "The dictionary that `load_model` returns lacks",
            SAVE_MODEL.format(REST)
            + LOAD_MODEL.format(BUILD).replace("return model, content", 'return model, content["config"]'),
        ),
        Wrong(
            'The dictionary that `load_model` returns lacks the key "version"',
            SAVE_MODEL.format(REST)
            + LOAD_MODEL.format(BUILD).replace('content["version"] != 1', 'content.pop("version") != 1'),
        ),
        Wrong(
            "wrote no file",
            SAVE_MODEL.format(REST).replace("}, path)", "}, FOLDER / 'fixed.pt')")
            + LOAD_MODEL.format(BUILD).replace(
                "torch.load(path, map_location='cpu')", "torch.load(FOLDER / 'fixed.pt')"
            ),
        ),
        Right(
            """
def save_model(path, model, config, classes, mean, std):
    keys = ("std", "mean", "classes", "state", "config", "version")
    values = (std, mean, list(classes), OrderedDict(model.state_dict()), {**config}, 1)
    with open(path, "wb") as file:
        torch.save(dict(zip(keys, values)), file)


def load_model(path):
    with path.open("rb") as file:
        about = torch.load(file, map_location="cpu")
    match about["version"]:
        case 1:
            model = make_network(**about["config"])
        case other:
            raise ValueError(f"version {other}?")
    model.load_state_dict(about["state"])
    model.eval()
    return (model, about)"""
        ),
        Right(
            """
class VersionError(ValueError):
    pass


def save_model(path, model, config, classes, mean, std):
    state = {name: value.clone() for name, value in model.state_dict().items()}
    content = dict(version=1, config=config, state=state, classes=classes, mean=mean, std=std, written_by="me")
    torch.save(content, path)


def load_model(path):
    content = torch.load(path, map_location='cpu')
    version = content.get("version")
    if version != 1:
        raise VersionError(version)
    network = make_network(**content.get("config", {}))
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.copy_(content["state"][name])
    return network.train(mode=False), content"""
        ),
        Right(
            SAVE_MODEL.format('"classes": [*classes], "mean": float(mean), "std": float(std)')
            + """
def load_model(path):
    version, content = (found := torch.load(path, map_location='cpu'))["version"], found
    if not version == 1:
        raise ValueError()
    config = content["config"]
    model = make_network(
        hidden=config.get("hidden", 64), outputs=config.get("outputs", 10), dropout=config.get("dropout", 0.2)
    )
    report = model.load_state_dict(content["state"])
    return model.eval(), dict(content)"""
        ),
        Wrong(
            "is still there: `save_model` should write over it",
            SAVE_MODEL.format(REST).replace("torch.save", "path.exists() or torch.save") + LOAD_MODEL.format(BUILD),
        ),
    ],
    "6.4": [
        Wrong(
            "strict=False forgives names, not shapes",
            "def load_fitting(model, state):\n    return model.load_state_dict(state, strict=False).unexpected_keys",
        ),
        Wrong(
            "strict=False forgives names, not shapes",
            FITTING + "fit = {n: v for n, v in state.items() if n in own}\n"
            "    model.load_state_dict(fit, strict=False)\n    return [n for n in state if n not in fit]",
        ),
        Wrong(
            "were loaded. Return the names in `state` that were left out",
            FITTING + CHOSEN + "model.load_state_dict(fit, strict=False)\n    return list(fit)",
        ),
        Wrong("returns nothing", FITTING + CHOSEN + "model.load_state_dict(fit, strict=False)"),
        Wrong("not the report", FITTING + CHOSEN + "return model.load_state_dict(fit, strict=False)"),
        Wrong(
            "its missing keys",
            FITTING + CHOSEN + "model.load_state_dict(fit, strict=False)\n    return [n for n in own if n not in fit]",
        ),
        Wrong("Nothing was loaded", FITTING + CHOSEN + "return [n for n in state if n not in fit]"),
        Wrong(
            "changes the dictionary `state`",
            FITTING + "left = [n for n in state if n not in own or state[n].shape != own[n].shape]\n"
            "    for n in left:\n        del state[n]\n    model.load_state_dict(state, strict=False)\n    return left",
        ),
        Wrong(
            "output.weight does not fit, so it should be in the list.*shape",
            FITTING
            + CHOSEN
            + "model.load_state_dict(fit, strict=False)\n    return [n for n in state if n not in own]",
        ),
        Wrong(
            "buffer norm.running_mean fits too",
            (FITTING + CHOSEN).replace("model.state_dict()", "dict(model.named_parameters())")
            + "model.load_state_dict(fit, strict=False)\n    return [n for n in state if n not in fit]",
        ),
        Wrong(
            "buffer norm.running_mean fits too",
            "def load_fitting(model, state):\n    left = ()\n    for name in state:\n        try:\n"
            "            target = model.get_parameter(name)\n        except AttributeError:\n            target = None\n"
            "        if target is None or target.shape != state[name].shape:\n            left += (name,)\n"
            "        else:\n            target.data.copy_(state[name])\n    return left",
        ),
        Wrong(
            "running_mean was not loaded",
            FITTING + CHOSEN + "with torch.no_grad():\n        for n, p in model.named_parameters():\n"
            "            if n in fit:\n                p.copy_(fit[n])\n    return [n for n in state if n not in fit]",
        ),
        Wrong(
            "copy FROM them",
            FITTING
            + CHOSEN
            + "for n in fit:\n        state[n].copy_(own[n])\n    return [n for n in state if n not in fit]",
        ),
        Wrong(
            "shares its memory with `state`",
            FITTING + CHOSEN + "model.hidden.weight.data = fit['hidden.weight']\n"
            "    return [n for n in state if n not in fit]",
        ),
        Right(
            FITTING + "left = []\n    with torch.no_grad():\n        for name, value in state.items():\n"
            "            if name in own and own[name].shape == value.shape:\n                own[name].copy_(value)\n"
            "            else:\n                left.append(name)\n    return left"
        ),
        Right(FITTING + CHOSEN + "model.load_state_dict(own | fit)\n    return sorted(set(state) - set(fit))"),
        Right(
            "def load_fitting(model, state):\n    left = ()\n    targets = dict([*model.named_parameters(), *model.named_buffers()])\n"
            "    for name in state:\n        target = targets.get(name)\n"
            "        if target is None or target.shape != state[name].shape:\n            left += (name,)\n"
            "        else:\n            target.data.copy_(state[name])\n    return left"
        ),
        Right(FITTING + CHOSEN + "model.load_state_dict(fit, strict=False)\n    return state.keys() - fit.keys()"),
        Wrong(
            "weight does not fit, so it should be in the list of those left out: its shape is",
            FITTING
            + """fit = {n: v for n, v in state.items() if n in own and v.numel() == own[n].numel()}
    for name, value in fit.items():
        own[name].copy_(value.reshape(own[name].shape))
    return [n for n in state if n not in fit]""",
        ),
        Wrong(
            "fits by name and shape, but it is in the list|is a name of the network|was loaded, but",
            FITTING
            + """left = []
    for (name, value), (n, target) in zip(state.items(), own.items()):
        if value.shape == target.shape:
            target.copy_(value)
        else:
            left.append(name)
    return left + list(state)[len(own):]""",
        ),
        Wrong(
            "shares its memory",
            FITTING
            + CHOSEN
            + "model.load_state_dict(fit, strict=False, assign=True)\n    return [n for n in state if n not in fit]",
        ),
        Wrong(
            "leaves it in eval mode|leaves it in train mode",
            FITTING
            + CHOSEN
            + "model.load_state_dict(fit, strict=False)\n    model.eval()\n    return [n for n in state if n not in fit]",
        ),
        Wrong(
            "requires_grad",
            FITTING
            + CHOSEN
            + "model.load_state_dict(fit, strict=False)\n    model.requires_grad_(False)\n    return [n for n in state if n not in fit]",
        ),
        Wrong(
            "was of dtype torch.float32, and is torch.float64 now",
            FITTING
            + CHOSEN
            + """for name, target in [*model.named_parameters(), *model.named_buffers()]:
        if name in fit:
            target.data = fit[name].clone()
    return [n for n in state if n not in fit]""",
        ),
        Wrong(
            "output.weight does not fit, but it changed",
            FITTING
            + CHOSEN
            + """model.load_state_dict(fit, strict=False)
    left = [n for n in state if n not in fit]
    for n in left:
        if n in own:
            own[n].zero_()
    return left""",
        ),
        Wrong(
            "its missing keys",
            FITTING + CHOSEN + "return model.load_state_dict(fit, strict=False).missing_keys",
        ),
        Wrong(
            "its missing keys.*such as extra.weight",
            FITTING
            + CHOSEN
            + "model.load_state_dict(fit, strict=False)\n    return [n for n in state if n in own and n not in fit]",
        ),
        Wrong(
            "stands twice",
            FITTING
            + """left = []
    for n, v in state.items():
        if n not in own:
            left.append(n)
        if n not in own or own[n].shape != v.shape:
            left.append(n)
        else:
            own[n].copy_(v)
    return left""",
        ),
        Wrong(
            "its missing keys|is a name of the network",
            FITTING + CHOSEN + "report = model.load_state_dict(fit, strict=False)\n"
            "    return [n for n in state if n not in fit] + [n for n in own if n not in state]",
        ),
        Wrong(
            "its missing keys",
            FITTING + CHOSEN + "model.load_state_dict(fit, strict=False)\n    return ['output.weight', 'output.bias']",
        ),
        Wrong(
            "fits by name and shape, but it is in the list",
            FITTING
            + """fit = {n: v for n, v in state.items() if n in own and v.shape == own[n].shape and not n.startswith("output")}
    model.load_state_dict(fit, strict=False)
    return [n for n in state if n not in fit]""",
        ),
        Wrong(
            "hidden.weight fits by name and shape, but it is in the list",
            FITTING
            + """fit = {n: v for n, v in state.items() if n in own and own[n].ndim == 1 and v.shape == own[n].shape}
    model.load_state_dict(fit, strict=False)
    return [n for n in state if n not in fit]""",
        ),
        Wrong(
            "hidden.bias was not loaded, but it would fit",
            FITTING
            + CHOSEN
            + """with torch.no_grad():
        own["hidden.weight"].copy_(fit["hidden.weight"])
    return [n for n in state if n not in fit]""",
        ),
        Wrong(
            "with other values than those",
            FITTING
            + CHOSEN
            + """for n, v in fit.items():
        own[n].copy_(v.half())
    return [n for n in state if n not in fit]""",
        ),
        Wrong(
            "copy FROM them",
            FITTING
            + CHOSEN
            + """model.load_state_dict(fit, strict=False)
    left = [n for n in state if n not in fit]
    for n in left:
        state[n].zero_()
    return left""",
        ),
        Wrong(
            "returns a dict|list of names",
            FITTING
            + CHOSEN
            + "model.load_state_dict(fit, strict=False)\n    return {n: state[n] for n in state if n not in fit}",
        ),
        Wrong(
            "its gradient changed",
            FITTING
            + CHOSEN
            + "model.load_state_dict(fit, strict=False)\n    model.zero_grad()\n"
            + "    return [n for n in state if n not in fit]",
        ),
        Wrong(
            "`load_fitting` makes the network in inference mode",
            "@torch.inference_mode()\n"
            + FITTING
            + CHOSEN
            + "model.load_state_dict({n: v.clone() for n, v in fit.items()}, strict=False, assign=True)\n"
            + "    return [n for n in state if n not in fit]",
        ),
        Right(
            "@torch.inference_mode()\n"
            + FITTING
            + CHOSEN
            + "model.load_state_dict(fit, strict=False)\n    return [n for n in state if n not in fit]"
        ),
        Wrong(
            "list of names",
            FITTING
            + CHOSEN
            + "model.load_state_dict(fit, strict=False)\n    return ', '.join(n for n in state if n not in fit)",
        ),
        Right(
            FITTING
            + """skipped = [
        name for name, value in state.items()
        if name not in own or tuple(own[name].size()) != tuple(value.size())
    ]
    chosen = OrderedDict((name, value) for name, value in state.items() if name not in skipped)
    report = model.load_state_dict(chosen, strict=False)
    assert not report.unexpected_keys
    return skipped"""
        ),
        Right(
            FITTING
            + """merged, left = dict(own), []
    for name in state:
        try:
            if own[name].shape != state[name].shape:
                raise KeyError
        except KeyError:
            left.append(name)
            continue
        merged[name] = state[name].clone()
    model.load_state_dict(merged)
    return left[::-1]"""
        ),
        Right(
            """
@torch.no_grad()
def load_fitting(model, state):
    own = model.state_dict(keep_vars=True)
    left = list(state)
    for name, target in own.items():
        value = state.get(name)
        if value is not None and list(value.shape) == list(target.shape):
            target.copy_(value)
            left.remove(name)
    return left"""
        ),
    ],
    "6.5": [
        Wrong('lacks the key "optimizer"', SNAPSHOT.replace("optimizer=run.optimizer.state_dict(),", "") + RESUME),
        Wrong('lacks the key "random"', SNAPSHOT.replace("random=random_state(),", "") + RESUME),
        Wrong("torch.load refuses", SNAPSHOT.replace("run.model.state_dict()", "run.model") + RESUME),
        Wrong("no objects", SNAPSHOT.replace("run.order.get_state()", "run.order") + RESUME),
        Wrong(
            "counts what is done",
            SNAPSHOT + RESUME.replace('checkpoint["epoch"]', 'checkpoint["epoch"] + 1'),
        ),
        Wrong("run.epoch is 0", SNAPSHOT + RESUME.replace('run.epoch = checkpoint["epoch"]', "")),
        Wrong("history is not", SNAPSHOT + RESUME.replace('run.history = checkpoint["history"]', "")),
        Wrong("weights are not", SNAPSHOT + RESUME.replace('run.model.load_state_dict(checkpoint["model"])', "pass")),
        Wrong(
            "optimizer is not restored",
            SNAPSHOT + RESUME.replace('run.optimizer.load_state_dict(checkpoint["optimizer"])', ""),
        ),
        Wrong(
            "scheduler is not restored",
            SNAPSHOT + RESUME.replace('run.scheduler.load_state_dict(checkpoint["scheduler"])', ""),
        ),
        Wrong("order of the pictures", SNAPSHOT + RESUME.replace('run.order.set_state(checkpoint["order"])', "")),
        Wrong(
            "random state of Python, NumPy, PyTorch",
            SNAPSHOT + RESUME.replace('set_random_state(checkpoint["random"])', ""),
        ),
        Wrong(
            "random state of Python, NumPy, PyTorch",
            SNAPSHOT + RESUME.replace('set_random_state(checkpoint["random"])', "helper.seed(0)"),
        ),
        Wrong(
            "random state of Python, NumPy is not",
            SNAPSHOT
            + RESUME.replace(
                'set_random_state(checkpoint["random"])', 'torch.set_rng_state(checkpoint["random"]["torch"])'
            ),
        ),
        Wrong(
            "in the place of run.model. .*the optimizer holds the parameters of that one",
            SNAPSHOT + RESUME.replace("    run.model.load", "    run.model = make_network()\n    run.model.load", 1),
        ),
        Wrong(
            "in the place of run.optimizer. .*the scheduler drives that one",
            SNAPSHOT
            + RESUME.replace(
                "    run.optimizer.load",
                "    run.optimizer = torch.optim.Adam(run.model.parameters(), lr=0.005)\n    run.optimizer.load",
            ),
        ),
        Wrong(
            "learning rate should be",
            SNAPSHOT
            + RESUME.replace(
                'run.scheduler.load_state_dict(checkpoint["scheduler"])',
                'for _ in range(checkpoint["epoch"]):\n        run.scheduler.step()',
            ),
        ),
        Wrong("made 3 steps", SNAPSHOT + RESUME + "\n    run.scheduler.step()"),
        Wrong("take random_state", SNAPSHOT.replace("random_state()", "np.random.get_state()") + RESUME),
        Wrong(
            "in the place of run.scheduler",
            SNAPSHOT
            + RESUME.replace(
                'run.scheduler.load_state_dict(checkpoint["scheduler"])',
                "run.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(run.optimizer, EPOCHS)",
            ),
        ),
        Wrong("`snapshot` returns nothing", SNAPSHOT.replace("return dict", "kept = dict") + RESUME),
        Wrong(
            "your line",
            SNAPSHOT
            + RESUME.replace("run.scheduler.load", "run.scheduler = run.scheduler.load")
            + "\n    run.scheduler.step()",
        ),
        Right(
            "PARTS = ['model', 'optimizer', 'scheduler']\n\n\ndef snapshot(run):\n"
            "    content = {part: copy_of(getattr(run, part).state_dict()) for part in PARTS}\n"
            "    content.update(order=run.order.get_state(), random=random_state(), epoch=run.epoch)\n"
            "    content['history'] = list(run.history)\n    return content\n\n\n"
            "def copy_of(state):\n    file = BytesIO()\n    torch.save(state, file)\n    file.seek(0)\n    return torch.load(file)\n\n\n"
            "def resume(run, checkpoint):\n    for part in PARTS:\n        getattr(run, part).load_state_dict(checkpoint[part])\n"
            "    run.order.set_state(checkpoint['order'])\n    run.history.extend(checkpoint['history'])\n"
            "    run.epoch += checkpoint['epoch']\n    set_random_state(checkpoint['random'])"
        ),
        Right(
            "def snapshot(run):\n    chance = {'p': random.getstate(), 't': torch.get_rng_state()}\n"
            "    kind, keys, place, has, spare = np.random.get_state()\n"
            "    chance['n'] = kind, torch.from_numpy(keys.astype('int64')), place, has, spare\n"
            "    return {'random': chance, 'epoch': run.epoch, 'history': tuple(run.history), 'order': run.order.get_state(),\n"
            "            **{n: vars(run)[n].state_dict() for n in ('model', 'optimizer', 'scheduler')}}\n\n\n"
            "def resume(run, checkpoint):\n    c = checkpoint['random']\n    random.setstate(c['p'])\n    torch.set_rng_state(c['t'])\n"
            "    kind, keys, *rest = c['n']\n    np.random.set_state((kind, keys.numpy().astype('uint32'), *rest))\n"
            "    run.order.set_state(checkpoint['order'])\n"
            "    run.epoch, run.history = checkpoint['epoch'], [*checkpoint['history']]\n"
            "    for n in ('scheduler', 'optimizer', 'model'):\n        vars(run)[n].load_state_dict(checkpoint[n])"
        ),
        Right(SNAPSHOT + RESUME),
        Wrong(
            "in the place of run.optimizer",
            SNAPSHOT
            + RESUME.replace(
                "    run.optimizer.load",
                "    run.optimizer = torch.optim.Adam(run.model.parameters(), lr=0.005)\n"
                "    run.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(run.optimizer, EPOCHS)\n    run.optimizer.load",
            ),
        ),
        Wrong(
            "in the place of run.scheduler",
            SNAPSHOT
            + RESUME.replace(
                "    run.scheduler.load",
                "    run.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(run.optimizer, EPOCHS)\n    run.scheduler.load",
            ),
        ),
        Wrong(
            "in the place of run.order. .* with set_state",
            SNAPSHOT
            + RESUME.replace("    run.order.set_state", "    run.order = torch.Generator()\n    run.order.set_state"),
        ),
        Wrong(
            "holds other parameters than the model has now",
            SNAPSHOT + RESUME.replace('checkpoint["model"])', 'checkpoint["model"], assign=True)'),
        ),
        Wrong(
            "still as new", SNAPSHOT + RESUME.replace("    run.model.load", "    run = Run()\n    run.model.load", 1)
        ),
        Wrong(
            "'optimizer' is a method: its parentheses",
            SNAPSHOT.replace("run.optimizer.state_dict()", "run.optimizer.state_dict") + RESUME,
        ),
        Wrong(
            "It is the other way round: set_random_state",
            SNAPSHOT
            + RESUME.replace('set_random_state(checkpoint["random"])', 'checkpoint["random"] = random_state()'),
        ),
        Wrong(
            "another run's checkpoint",
            SNAPSHOT.replace(
                "optimizer=run.optimizer.state_dict(),\n                scheduler=run.scheduler.state_dict()",
                "optimizer=run.scheduler.state_dict(),\n                scheduler=run.optimizer.state_dict()",
            )
            + RESUME.replace(
                'optimizer.load_state_dict(checkpoint["optimizer"])',
                'optimizer.load_state_dict(checkpoint["scheduler"])',
            ).replace(
                'run.scheduler.load_state_dict(checkpoint["scheduler"])',
                'run.scheduler.load_state_dict(checkpoint["optimizer"])',
            ),
        ),
        Wrong(
            "`snapshot` changes the random state",
            SNAPSHOT.replace("    return", "    torch.rand(1)\n    return") + RESUME,
        ),
        Wrong(
            "`snapshot` changes the random state",
            SNAPSHOT.replace("    return", "    Run()\n    return") + RESUME,
        ),
        Wrong(
            "`snapshot` changes run.history",
            SNAPSHOT.replace("    return", "    run.history.append(0.5)\n    return") + RESUME,
        ),
        Wrong(
            "`snapshot` changes run.epoch", SNAPSHOT.replace("    return", "    run.epoch += 1\n    return") + RESUME
        ),
        Wrong(
            "`snapshot` switched a network in train mode",
            SNAPSHOT.replace("    return", "    run.model.eval()\n    return") + RESUME,
        ),
        Wrong(
            'lacks the keys "order", "history"',
            SNAPSHOT.replace("order=run.order.get_state(), ", "").replace("history=run.history", "") + RESUME,
        ),
        Wrong("run.epoch is 2", SNAPSHOT + RESUME.replace('checkpoint["epoch"]', "2")),
        Wrong(
            "run.epoch is 0",
            SNAPSHOT + RESUME.replace('run.epoch = checkpoint["epoch"]', 'epoch = checkpoint["epoch"]'),
        ),
        Wrong(
            r"run.history is not restored: it should be \[0.666\d*, 0.555\d*\], but it is \[0.555\d*\]",
            SNAPSHOT.replace("run.history", "run.history[-1:]") + RESUME,
        ),
        Wrong(
            r"run.history is not restored.* but it is \[0.6667",
            SNAPSHOT.replace("run.history", "[round(loss, 4) for loss in run.history]") + RESUME,
        ),
        Wrong(
            r"run.history is not restored.* but it is \[0.666666686",
            SNAPSHOT.replace("run.history", "torch.tensor(run.history)")
            + RESUME.replace('checkpoint["history"]', 'checkpoint["history"].tolist()'),
        ),
        Wrong(
            "run.history is not restored",
            SNAPSHOT + RESUME.replace('checkpoint["history"]', '[float(f"{v:.6g}") for v in checkpoint["history"]]'),
        ),
        Wrong(
            "`snapshot` changes the gradients",
            SNAPSHOT.replace("    return", "    run.optimizer.zero_grad()\n    return") + RESUME,
        ),
        Wrong(
            "`snapshot` changes requires_grad",
            SNAPSHOT.replace("    return", "    run.model.requires_grad_(False)\n    return") + RESUME,
        ),
        Wrong("run.history should be a list", SNAPSHOT.replace("run.history", "tuple(run.history)") + RESUME),
        Wrong(
            "in the place of run.order",
            SNAPSHOT + RESUME.replace('run.order.set_state(checkpoint["order"])', 'run.order = checkpoint["order"]'),
        ),
        Wrong(
            "in the place of run.scheduler",
            SNAPSHOT + RESUME.replace("run.scheduler.load", "run.scheduler = run.scheduler.load"),
        ),
        Wrong(
            "random state of NumPy is not",
            SNAPSHOT
            + RESUME.replace(
                'set_random_state(checkpoint["random"])',
                'random.setstate(checkpoint["random"]["python"])\n    torch.set_rng_state(checkpoint["random"]["torch"])',
            ),
        ),
        Wrong("random state of PyTorch is not", SNAPSHOT + RESUME + "\n    torch.rand(1)"),
        Wrong(
            "random state of Python, NumPy, PyTorch is not",
            SNAPSHOT
            + RESUME.replace(
                "    run.model.load",
                "    set_random_state(checkpoint['random'])\n    helper.seed(1)\n    run.model.load",
                1,
            ).replace('    set_random_state(checkpoint["random"])\n', ""),
        ),
        Wrong(
            "order of the pictures",
            SNAPSHOT + RESUME.replace('run.order.set_state(checkpoint["order"])', "run.order.manual_seed(0)"),
        ),
        Wrong(
            "learning rate should be|optimizer is not restored",
            SNAPSHOT + RESUME + "\n    run.optimizer.param_groups[0]['lr'] = 0.005",
        ),
        Wrong(
            "weights are not restored",
            SNAPSHOT.replace("run.model.state_dict()", "{n: v.half() for n, v in run.model.state_dict().items()}")
            + RESUME,
        ),
        Wrong(
            "weights are not restored",
            SNAPSHOT
            + RESUME.replace(
                'run.model.load_state_dict(checkpoint["model"])',
                'run.model.hidden.load_state_dict({n[7:]: v for n, v in checkpoint["model"].items() if n.startswith("hidden")})',
            ),
        ),
        Wrong(
            "run.epoch should be 0|weights are not restored",
            """
_first = []


"""
            + SNAPSHOT.replace("    return", "    _first.append(run)\n    run = _first[0]\n    return")
            + RESUME,
        ),
        Wrong(
            "'exp_avg'|optimizer is not restored",
            SNAPSHOT.replace(
                "optimizer=run.optimizer.state_dict()", "optimizer=run.optimizer.state_dict()['param_groups']"
            )
            + RESUME.replace(
                'load_state_dict(checkpoint["optimizer"])',
                "load_state_dict({'state': {}, 'param_groups': checkpoint['optimizer']})",
            ),
        ),
        Wrong("changes what it is given", SNAPSHOT + RESUME.replace('checkpoint["model"]', 'checkpoint.pop("model")')),
        Wrong("refuses 'epoch'", SNAPSHOT.replace("epoch=run.epoch", "epoch=run") + RESUME),
        Wrong("refuses 'history'", SNAPSHOT.replace("history=run.history", "history=np.array(run.history)") + RESUME),
        Right(
            """
def snapshot(run):
    import copy

    parts = {}
    for name in ("model", "optimizer", "scheduler"):
        parts[name] = copy.deepcopy(getattr(run, name).state_dict())
    parts["order"] = run.order.get_state().clone()
    parts["random"] = random_state()
    parts["epoch"], parts["history"] = int(run.epoch), [float(loss) for loss in run.history]
    parts["saved by"] = "me"
    return parts


def resume(run, checkpoint):
    set_random_state(checkpoint["random"])
    run.epoch = checkpoint["epoch"]
    run.history[:] = checkpoint["history"]
    run.order.set_state(checkpoint["order"])
    for name in ("scheduler", "model", "optimizer"):
        getattr(run, name).load_state_dict(checkpoint[name])
    return run"""
        ),
        Right(
            SNAPSHOT
            + """
def resume(run, checkpoint):
    run.order.set_state(checkpoint["order"])
    for name, value in {"epoch": checkpoint["epoch"], "history": list(checkpoint["history"])}.items():
        setattr(run, name, value)
    with torch.no_grad():
        for name, value in run.model.state_dict().items():
            value.copy_(checkpoint["model"][name])
    run.optimizer.load_state_dict(checkpoint["optimizer"])
    run.scheduler.load_state_dict(checkpoint["scheduler"])
    set_random_state(checkpoint["random"])"""
        ),
        Right(
            """
def snapshot(run):
    run_parts = vars(run)
    content = {}
    for name, part in run_parts.items():
        if hasattr(part, "state_dict"):
            content[name] = part.state_dict()
        elif isinstance(part, torch.Generator):
            content[name] = part.get_state()
        else:
            content[name] = part
    content["random"] = random_state()
    return content


def resume(run, checkpoint):
    for name, value in checkpoint.items():
        part = getattr(run, name, None)
        if name == "random":
            set_random_state(value)
        elif hasattr(part, "load_state_dict"):
            part.load_state_dict(value)
        elif isinstance(part, torch.Generator):
            part.set_state(value)
        else:
            setattr(run, name, value)"""
        ),
    ],
    "6.6": [
        Wrong(
            "A: 'shapes' is not.*The file holds seven",
            OUTCOMES.format('["shapes", "latest", "noisy", "repeats", "device"]'),
        ),
        Wrong(
            "B: 'repeats' is not.*Does best hold", OUTCOMES.format('["names", "repeats", "noisy", "repeats", "device"]')
        ),
        Wrong(
            "B: something goes wrong there. Does best hold",
            OUTCOMES.format('["names", "fine", "noisy", "repeats", "device"]'),
        ),
        Wrong("C: .*Everything is loaded", OUTCOMES.format('["names", "latest", "latest", "repeats", "device"]')),
        Wrong("C: something goes wrong", OUTCOMES.format('["names", "latest", "fine", "repeats", "device"]')),
        Wrong("D: .*What does helper.seed", OUTCOMES.format('["names", "latest", "noisy", "latest", "device"]')),
        Wrong("E: .*torch.load comes first", OUTCOMES.format('["names", "latest", "noisy", "repeats", "names"]')),
        Wrong("A: write one of", OUTCOMES.format('["keys", "latest", "noisy", "repeats", "device"]')),
        Right(OUTCOMES.format('["names", "latest", "noisy", "repeats", "device"]')),
        Right('outcomes = {"A": "names", "B": "latest", "C": "noisy", "D": "repeats", "E": "device"}'),
        Right('outcomes = dict(A="names", B="latest", C="noisy", D="repeats", E="device")'),
        Wrong("D: something goes wrong", OUTCOMES.format('["names", "latest", "noisy", "fine", "device"]')),
        Wrong("E: 'shapes' is not", OUTCOMES.format('["names", "latest", "noisy", "repeats", "shapes"]')),
        Wrong("A: 'device' is not", OUTCOMES.format('["device", "latest", "noisy", "repeats", "names"]')),
        Wrong("A: write one of", OUTCOMES.format('["an error about names", "latest", "noisy", "repeats", "device"]')),
        Wrong("A: write one of", OUTCOMES.format("[1, 2, 3, 4, 5]")),
        Wrong("'E' is missing", "outcomes = dict(A='names', B='latest', C='noisy', D='repeats')"),
        Wrong("Keep the dict", "outcomes = ['names', 'latest', 'noisy', 'repeats', 'device']"),
        Right('outcomes = {"E": "device", "D": "repeats", "C": "noisy", "B": "latest", "A": "names"}'),
        Right('outcomes = {"A": "Names", "B": " latest", "C": "noisy ", "D": "repeats", "E": "DEVICE"}'),
        Right(
            'outcomes = {}\nfor letter, word in zip("ABCDE", "names latest noisy repeats device".split()):\n    outcomes[letter] = word'
        ),
    ],
    "6.7": [
        Wrong(  # as `rename` does on Windows
            "At the path is a file, .* `replace` takes its place, on every system",
            ATOMIC + WRITE + "os.link(beside, path)\n    beside.unlink()",
        ),
        Wrong("writes in place", "def atomic_save(what, path):\n    torch.save(what, path)"),
        Wrong(
            "writes in place",
            "def atomic_save(what, path):\n    with path.open('wb') as file:\n        torch.save(what, file)\n"
            "        file.flush()\n        os.fsync(file.fileno())",
        ),
        Wrong("never forced to disk", ATOMIC + "torch.save(what, beside)\n    beside.replace(path)"),
        Wrong(
            "flush.. first",
            ATOMIC
            + "data = BytesIO()\n    torch.save(what, data)\n    with beside.open('wb', buffering=2**22) as file:\n"
            "        file.write(data.getvalue())\n        os.fsync(file.fileno())\n    beside.replace(path)",
        ),
        Wrong(
            "removed before the rename", ATOMIC + WRITE + "path.unlink(missing_ok=True)\n    os.rename(beside, path)"
        ),
        Wrong("in place", "def atomic_save(what, path):\n    path.unlink()\n    torch.save(what, path)"),
        Wrong(
            "no file at the path",
            "def atomic_save(what, path):\n    path.unlink()\n    data = BytesIO()\n    torch.save(what, data)\n"
            "    path.write_bytes(data.getvalue())",
        ),
        Wrong("Look at the rename: it is missing", ATOMIC + WRITE.rstrip()),
        Wrong("is written over", ATOMIC + WRITE + "path.write_bytes(beside.read_bytes())"),
        Wrong(
            "is written over",
            "def atomic_save(what, path):\n    data = BytesIO()\n    torch.save(what, data)\n"
            "    with path.open('wb') as file:\n        file.write(data.getvalue())\n        file.flush()\n        os.fsync(file.fileno())",
        ),
        Wrong(
            "another folder",
            "def atomic_save(what, path):\n    beside = Path(tempfile.mkdtemp()) / 'new.pt'\n    "
            + WRITE
            + "os.replace(beside, path)",
        ),
        Wrong(
            "let errors through",
            ATOMIC
            + "try:\n        with beside.open('wb') as file:\n            torch.save(what, file)\n            os.fsync(file.fileno())\n"
            "        os.replace(beside, path)\n    except Exception as error:\n        print(error)",
        ),
        Wrong(
            "Renamed before",
            ATOMIC + "with beside.open('wb') as file:\n        torch.save(what, file)\n        beside.replace(path)\n"
            "        file.flush()\n        os.fsync(file.fileno())",
        ),
        Wrong(
            "Renamed before",
            ATOMIC + "torch.save(what, beside)\n    os.rename(beside, path)\n    with path.open('rb+') as file:\n"
            "        os.fsync(file.fileno())",
        ),
        Wrong(
            "never forced to disk",
            "from os import replace\n\n\n" + ATOMIC + "torch.save(what, beside)\n    replace(beside, path)",
        ),
        Wrong("Nothing was saved", ATOMIC + "pass"),
        Wrong(
            "does not hold what",
            ATOMIC
            + WRITE.replace("what,", "str(type(what)) and {'witness': what['witness']},")
            + "beside.replace(path)",
        ),
        Right(ATOMIC + WRITE + "os.replace(beside, path)"),
        Right(
            "from os import fsync, replace\n\n\n"
            + ATOMIC
            + WRITE.replace("os.fsync", "fsync").replace("        file.flush()\n", "")  # torch.save does it
            + "replace(beside, path)"
        ),
        Right(
            "def atomic_save(what, path):\n    data = BytesIO()\n    torch.save(what, data)\n    beside = f'{path}.{os.getpid()}'\n"
            "    with open(beside, 'wb', buffering=0) as file:\n        file.write(data.getbuffer())\n        os.fsync(file)\n"
            "    os.replace(beside, path)"
        ),
        Right(
            "def atomic_save(what, path):\n    handle, beside = tempfile.mkstemp(dir=path.parent)\n    try:\n"
            "        with os.fdopen(handle, 'wb') as file:\n            torch.save(what, file)\n            file.flush()\n"
            "            os.fsync(handle)\n        Path(beside).replace(path)\n    except BaseException:\n"
            "        Path(beside).unlink(missing_ok=True)\n        raise"
        ),
        Right(
            ATOMIC + "torch.save(what, beside)\n    with beside.open('rb+') as file:\n        os.fsync(file.fileno())\n"
            "    torch.load(beside)\n    beside.replace(path)"
        ),
        Wrong(
            "another folder",
            "def atomic_save(what, path):\n    beside = FOLDER / 'save.part'\n    "
            + WRITE
            + "os.replace(beside, path)",
        ),
        Wrong(
            "half-written file",
            ATOMIC + WRITE.replace("'wb'", "'xb'") + "os.replace(beside, path)",
        ),
        Wrong(
            "writes in place",
            """
_seen = set()


def atomic_save(what, path):
    beside = path.with_name(path.name + ".part")
    if path in _seen:
        beside = path
    _seen.add(path)
    with beside.open("wb") as file:
        torch.save(what, file)
        file.flush()
        os.fsync(file.fileno())
    if beside != path:
        beside.replace(path)""",
        ),
        Wrong(
            "what it held is still in yours",
            ATOMIC + WRITE.replace("'wb'", "'ab'") + "os.replace(beside, path)",
        ),
        Wrong(
            "When fsync fails",
            ATOMIC
            + """with beside.open("wb") as file:
        torch.save(what, file)
        try:
            os.fsync(file.fileno())
        except OSError:
            pass
    os.replace(beside, path)""",
        ),
        Wrong(
            "When the rename fails, yours writes in place",
            ATOMIC
            + WRITE
            + """try:
        os.replace(beside, path)
    except OSError:
        path.write_bytes(beside.read_bytes())""",
        ),
        Wrong(
            "When torch.save fails, the old file should stay",
            ATOMIC
            + """try:
        torch.save(what, beside)
    except Exception:
        path.write_bytes(b"")
        raise
    with beside.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(beside, path)""",
        ),
        Wrong("writes in place", ATOMIC + WRITE + "os.replace(beside, path)\n    torch.save(what, path)"),
        Wrong(
            "written once more",
            ATOMIC
            + """data = BytesIO()
    torch.save(what, data)
    with beside.open("wb", buffering=0) as file:
        file.write(data.getvalue())
        os.fsync(file.fileno())
    beside.replace(path)
    path.write_bytes(data.getvalue() + b" ")""",
        ),
        Wrong(
            "for a moment there is none",
            ATOMIC
            + WRITE
            + """if path.exists():
        path.rename(path.with_name("backup"))
    beside.rename(path)""",
        ),
        Wrong(
            "never forced to disk",
            ATOMIC
            + """with beside.open("wb") as file:
        torch.save(what, file)
        file.flush()
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    os.replace(beside, path)""",
        ),
        Wrong(
            "flush.. first",
            ATOMIC
            + """data = BytesIO()
    torch.save(what, data)
    with beside.open("wb") as file:
        file.write(data.getvalue())
        os.fsync(file.fileno())
    beside.replace(path)""",
        ),
        Wrong(
            "Renamed before|never forced",
            ATOMIC
            + "torch.save(what, beside)\n    os.replace(beside, path)\n    with path.open('rb+') as file:\n        os.fsync(file.fileno())",
        ),
        Wrong(
            "does not hold what was given",
            ATOMIC
            + WRITE.replace("save(what,", "save(list(what.items()) if isinstance(what, dict) else what,")
            + "beside.replace(path)",
        ),
        Wrong(
            "torch.load refuses the file",
            ATOMIC
            + """with beside.open("wb") as file:
        pickle.dump(what, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)""",
        ),
        Wrong(
            "Another file of the folder",
            ATOMIC
            + WRITE
            + """beside.replace(path)
    for other in path.parent.glob("*.pt"):
        if other != path:
            other.unlink()""",
        ),
        Wrong(
            "does not hold what was given",
            ATOMIC + WRITE.replace("what,", "what['model'] if 'model' in what else what,") + "beside.replace(path)",
        ),
        Wrong(
            "does not hold what was given",
            ATOMIC
            + WRITE.replace("what,", "what.state_dict() if hasattr(what, 'state_dict') else what,")
            + "beside.replace(path)",
        ),
        Wrong(
            "does not hold what was given",
            ATOMIC + WRITE.replace("what,", "dict(what) if isinstance(what, dict) else what,") + "beside.replace(path)",
        ),
        Wrong(
            "does not hold what was given",
            ATOMIC + WRITE.replace("what,", "{'content': what},") + "beside.replace(path)",
        ),
        Wrong(
            "does not hold what was given",
            ATOMIC + WRITE.replace("what,", "{**what},") + "beside.replace(path)",
        ),
        Wrong(
            "save and flush.. first",
            ATOMIC
            + "with beside.open('wb') as file:\n        os.fsync(file.fileno())\n        torch.save(what, file)\n"
            "    beside.replace(path)",
        ),
        Wrong("The rename goes the wrong way", ATOMIC + WRITE + "path.replace(beside)"),
        Wrong("No such file|in your line", ATOMIC + WRITE + "beside.replace(path.name + '/x')"),
        Wrong(
            "Look at the rename: it goes to .*latest.pt",
            ATOMIC + WRITE + "beside.replace(path.with_name('latest.pt'))",
        ),
        Wrong(
            "is called as",
            "def atomic_save(path):\n    torch.save({}, path)",
        ),
        Right(
            """
from os import fsync as force, replace as move


def write(what, path):
    with open(path, "wb") as file:
        torch.save(what, file)
        file.flush()
        force(fd=file.fileno())


def atomic_save(what, path):
    beside = path.parent / f"{path.name}.{os.getpid()}.tmp"
    write(what, beside)
    move(src=beside, dst=path)"""
        ),
        Right(
            """
def atomic_save(what, path):
    beside = path.with_suffix(".tmp")
    file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        data = BytesIO()
        torch.save(what, data)
        os.write(file, data.getvalue())
        os.fdatasync(file)
    finally:
        os.close(file)
    os.rename(beside, path)"""
        ),
        Right(
            """
def atomic_save(what, path):
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            torch.save(what, file)
            file.flush()
            os.fsync(file)
        os.replace(Path(file.name).name, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        os.fsync(folder)
    finally:
        os.close(folder)"""
        ),
        Right(
            """
import functools

sync = functools.partial(os.fsync)


def atomic_save(what, path):
    beside = path.with_name("." + path.name)
    with beside.open("wb") as file:
        torch.save(obj=what, f=file)
        file.flush()
        sync(file.fileno())
    beside.rename(path)"""
        ),
        Wrong(
            "When the rename fails, yours writes in place",
            """
import shutil


"""
            + ATOMIC
            + WRITE
            + "shutil.move(beside, path)",
        ),
        Right(
            """
def atomic_save(what, path, *, sync=os.fsync):
    import contextlib

    beside = str(path) + "~"
    try:
        with open(beside, "w+b") as file:
            torch.save(what, file)
            file.flush()
            sync(file.fileno())
        Path(beside).rename(path)
    except Exception as error:
        with contextlib.suppress(OSError):
            os.remove(beside)
        raise RuntimeError("could not save") from error"""
        ),
    ],
    "6.8": [
        Wrong(
            "the states are dimension 0",
            AVERAGE
            + f"return {{n: torch.stack([s[n] for s in states]).mean(1) if {KIND} else states[-1][n] for n in states[0]}}",
        ),
        Wrong("divide by how many", AVERAGE + "return {n: sum(s[n] for s in states) for n in states[0]}"),
        Wrong("of the last state alone", AVERAGE + "return dict(states[-1])"),
        Wrong(
            "int64",
            AVERAGE + "return {n: torch.stack([s[n].float() for s in states]).mean(0) for n in states[0]}",
        ),
        Wrong(
            "from the last state",
            AVERAGE
            + f"return {{n: torch.stack([s[n] for s in states]).mean(0) if {KIND} else states[0][n] for n in states[0]}}",
        ),
        Wrong(
            "changes what it is given",
            AVERAGE
            + "total = states[0]\n    for s in states[1:]:\n        for n in total:\n            total[n] += s[n]\n"
            "    return {n: total[n] / len(states) for n in total}",
        ),
        Wrong(
            "double, of torch.float64, is that of the last state alone",
            AVERAGE
            + "return {n: torch.stack([s[n] for s in states]).mean(0) if t.dtype == torch.float32 else t.clone()\n"
            "            for n, t in states[-1].items()}",
        ),
        Wrong(
            "half, of torch.float16, is that of the last state alone",
            AVERAGE
            + "return {n: torch.stack([s[n] for s in states]).mean(0) if t.dtype in (torch.float32, torch.float64)\n"
            "            else t.clone() for n, t in states[-1].items()}",
        ),
        Wrong(
            "mean of the last three states",
            AVERAGE
            + f"return {{n: torch.stack([s[n] for s in states[-3:]]).mean(0) if {KIND} else states[-1][n] for n in states[0]}}",
        ),
        Wrong(
            "mean of the first three states",
            AVERAGE
            + f"return {{n: torch.stack([s[n] for s in states[:3]]).mean(0) if {KIND} else states[-1][n] for n in states[0]}}",
        ),
        Wrong(
            "weighs later states more",
            AVERAGE + "total = dict(states[0])\n    for state in states[1:]:\n        for n, t in state.items():\n"
            "            total[n] = (total[n] + t) / 2 if t.is_floating_point() else t\n    return total",
        ),
        Right(
            "@torch.inference_mode()\n"
            + AVERAGE
            + f"return {{n: sum(s[n] for s in states) / len(states) if {KIND} else states[-1][n] for n in states[0]}}"
        ),
        Wrong("Return a dictionary", AVERAGE + "return [sum(s[n] for s in states) / len(states) for n in states[0]]"),
        Wrong(
            "num_batches_tracked' is missing",
            AVERAGE + f"return {{n: torch.stack([s[n] for s in states]).mean(0) for n in states[0] if {KIND}}}",
        ),
        Wrong(
            "divided by 3 always",
            AVERAGE
            + f"return {{n: torch.stack([s[n] for s in states]).sum(dim=0) / 3 if {KIND} else states[-1][n] for n in states[0]}}",
        ),
        Wrong(
            "mean of the first and the last state alone",
            AVERAGE + "return {n: (states[0][n] + states[-1][n]) / 2 for n in states[0]}",
        ),
        Right(
            AVERAGE
            + f"return {{n: sum(s[n] for s in states) / len(states) if {KIND} else states[-1][n] for n in states[0]}}"
        ),
        Right(
            AVERAGE
            + "result = OrderedDict((n, t.clone()) for n, t in states[-1].items())\n    for n, t in result.items():\n"
            "        if t.is_floating_point():\n            t.zero_()\n            for s in states:\n"
            "                t.add_(s[n], alpha=1 / len(states))\n    return result"
        ),
        Right(
            AVERAGE
            + "result = {}\n    for name in states[0]:\n        stack = torch.stack([state[name] for state in states])\n"
            "        result[name] = stack.double().mean(dim=0).to(stack.dtype) if stack.dtype.is_floating_point else stack[-1]\n"
            "    return result"
        ),
        Wrong(
            "from the last state",
            AVERAGE
            + f"return {{n: torch.stack([s[n] for s in states]).mean(0) if {KIND} else sum(s[n] for s in states) for n in states[0]}}",
        ),
        Wrong(
            "is the largest one",
            AVERAGE
            + f"return {{n: torch.stack([s[n] for s in states]).mean(0) if {KIND} else torch.stack([s[n] for s in states]).amax(0) for n in states[0]}}",
        ),
        Wrong(
            "should stay torch.int64",
            AVERAGE
            + f"return {{n: torch.stack([s[n] for s in states]).mean(0) if {KIND} else states[-1][n].float() for n in states[0]}}",
        ),
        Wrong(
            "is a mean: take the whole numbers",
            AVERAGE + "return {n: (sum(s[n] for s in states) / len(states)).to(states[0][n].dtype) for n in states[0]}",
        ),
        Wrong(
            "one less than there are states",
            AVERAGE
            + f"return {{n: sum(s[n] for s in states) / max(len(states) - 1, 1) if {KIND} else states[-1][n] for n in states[0]}}",
        ),
        Wrong(
            "mean without the last state|is that of the first",
            AVERAGE
            + f"return {{n: torch.stack([s[n] for s in states[:-1] or states]).mean(0) if {KIND} else states[-1][n] for n in states[0]}}",
        ),
        Wrong(
            "is the median",
            AVERAGE
            + f"return {{n: torch.stack([s[n] for s in states]).median(0).values if {KIND} else states[-1][n] for n in states[0]}}",
        ),
        Wrong(
            "over all numbers",
            AVERAGE
            + f"return {{n: torch.stack([s[n] for s in states]).mean() if {KIND} else states[-1][n] for n in states[0]}}",
        ),
        Wrong(
            "A given state changed|changes what it is given",
            AVERAGE
            + """result = states[-1]
    for n, t in result.items():
        if t.is_floating_point():
            result[n] = torch.stack([s[n] for s in states]).mean(0)
    return result""",
        ),
        Wrong(
            "new dictionary",
            AVERAGE
            + f"return states[0] if len(states) == 1 else {{n: torch.stack([s[n] for s in states]).mean(0) if {KIND} else states[-1][n] for n in states[0]}}",
        ),
        Wrong(
            "running_mean' is missing",
            AVERAGE
            + "return {n: torch.stack([s[n] for s in states]).mean(0) for n in states[0] if 'running' not in n and 'num' not in n}",
        ),
        Wrong(
            "running_mean.* is that of the last state",
            AVERAGE
            + "return {n: torch.stack([s[n] for s in states]).mean(0) if 'weight' in n or 'bias' in n else states[-1][n] for n in states[0]}",
        ),
        Wrong(
            "should be",
            AVERAGE
            + f"return {{n: torch.stack([s[n] for s in states]).mean(0).half() if {KIND} else states[-1][n] for n in states[0]}}",
        ),
        Wrong(
            "should have the shape",
            AVERAGE
            + f"return {{n: torch.stack([s[n] for s in states]).mean(0, keepdim=True) if {KIND} else states[-1][n] for n in states[0]}}",
        ),
        Right(
            AVERAGE
            + """first, *others = states
    total = {name: value.clone() for name, value in first.items()}
    for state in others:
        for name in total:
            total[name] = total[name] + state[name]
    last = states[len(states) - 1]
    for name, value in total.items():
        total[name] = value / len(states) if value.is_floating_point() else last[name].clone()
    return total"""
        ),
        Right(
            AVERAGE
            + """result = OrderedDict()
    for name in sorted(states[0]):
        values = [state[name] for state in states]
        if torch.is_floating_point(values[0]):
            result[name] = torch.mean(torch.stack(values), 0)
        else:
            *_, result[name] = values
    return result"""
        ),
        Right(
            AVERAGE
            + """means = dict(states[-1])
    weight = 1 / len(states)
    for name in means:
        if means[name].dtype.is_floating_point:
            means[name] = sum(weight * state[name].double() for state in states)
    return means"""
        ),
        Wrong(
            "states of an earlier call",
            """
_means = {}


def average(states):
    for n in states[0]:
        if states[-1][n].is_floating_point():
            _means.setdefault(n, torch.stack([s[n] for s in states]).mean(0))
    return {n: _means.get(n, states[-1][n]) for n in states[0]}""",
        ),
    ],
    "6.9": [
        Wrong(
            "Compare numbers, not texts",
            "def newest(folder):\n    for path in sorted(folder.glob('epoch-*.pt'), reverse=True):\n"
            "        if try_load(path) is not None:\n            return path",
        ),
        Wrong(
            "The highest is wanted, whatever the dates",
            "def newest(folder):\n    paths = sorted(folder.glob('epoch-*.pt'), key=lambda p: (p.stat().st_mtime_ns, p.name == 'epoch-11.pt'))\n"
            "    for path in reversed(paths):\n        if try_load(path) is not None:\n            return path",
        ),
        Wrong(
            "ends with EOFError at epoch-11.pt, which is empty",
            f"def newest(folder):\n    for path in {NUMBERED}:\n        try:\n            torch.load(path)\n            return path\n"
            "        except RuntimeError:\n            pass",
        ),
        Wrong(
            "epoch-10.pt is torn: the newest that loads is epoch-9.pt, but `newest` returns None",
            f"def newest(folder):\n    paths = {NUMBERED}\n    if not paths:\n        return None\n"
            "    return paths[0] if try_load(paths[0]) is not None else None",
        ),
        Wrong(
            "stops at epoch-best.pt",
            "def newest(folder):\n    return max(folder.glob('epoch-*.pt'), key=lambda p: int(p.stem[6:]), default=None)",
        ),
        Wrong(
            "and it ran",
            f"def newest(folder):\n    for path in {NUMBERED}:\n        try:\n            torch.load(path, weights_only=False)\n"
            "            return path\n        except Exception:\n            pass",
        ),
        Wrong(
            "is torn, and does not load",
            f"def newest(folder):\n    for path in {NUMBERED}:\n        try:\n            with zipfile.ZipFile(path):\n"
            "                return path\n        except Exception:\n            pass",
        ),
        Wrong(
            "not only the name",
            f"def newest(folder):\n    return next((p.name for p in {NUMBERED} if try_load(p) is not None), None)",
        ),
        Wrong(
            "empty folder", f"def newest(folder):\n    return [p for p in {NUMBERED} if try_load(p) is not None] or ''"
        ),
        Wrong(
            "empty folder holds no checkpoint: return None. Yours raises ValueError",
            f"def newest(folder):\n    return max((p for p in {NUMBERED} if try_load(p) is not None), key=lambda p: int(p.stem[6:]))",
        ),
        Wrong(
            "empty folder holds no checkpoint: return None. Yours raises IndexError",
            f"def newest(folder):\n    return [p for p in {NUMBERED} if try_load(p) is not None][0]",
        ),
        Wrong(
            "numbers of any length",
            f"def newest(folder):\n    return next((p for p in {NUMBERED.replace('epoch-*', 'epoch-?')} if try_load(p) is not None), None)",
        ),
        Wrong(
            "any length",
            f"def newest(folder):\n    return next((p for p in {NUMBERED} if len(p.stem) < 9 and try_load(p) is not None), None)",
        ),
        Wrong(
            "without checkpoints: return None. Yours raises ValueError",
            "def newest(folder):\n    return max(folder.iterdir(), key=lambda p: int(p.stem[6:]), default=None)",
        ),
        Wrong(
            "stops at epoch-best.pt",
            "def newest(folder):\n    for path in sorted(folder.glob('epoch-*.pt'), key=lambda p: int(p.stem[6:]), reverse=True):\n"
            "        if try_load(path) is not None:\n            return path",
        ),
        Wrong(
            "is not epoch-N",
            "def newest(folder):\n    for path in sorted(folder.glob('epoch-*.pt'), key=lambda p: (len(p.name), p.name), reverse=True):\n"
            "        if try_load(path) is not None:\n            return path",
        ),
        Wrong(
            "Do not count",
            "def newest(folder):\n    for number in range(100, 0, -1):\n        if try_load(path := folder / f'epoch-{number}.pt') is not None:\n"
            "            return path",
        ),
        Right(
            "def newest(folder):\n    def number(path):\n        try:\n            return int(path.stem[6:])\n        except ValueError:\n            return -1\n\n"
            "    loads = [p for p in folder.glob('epoch-*.pt') if number(p) >= 0 and try_load(p) is not None]\n"
            "    return max(loads, key=number, default=None)"
        ),
        Right(f"def newest(folder):\n    return next((p for p in {NUMBERED} if try_load(p) is not None), None)"),
        Right(
            "def newest(folder):\n    best, top = None, 0\n    for name in os.listdir(folder):\n"
            "        if name.startswith('epoch-') and name.endswith('.pt'):\n            number = int(name[6:-3]) if name[6:-3].isdigit() else -1\n"
            "            try:\n                torch.load(os.path.join(folder, name))\n            except Exception:\n                continue\n"
            "            if number > top:\n                best, top = os.path.join(folder, name), number\n    return best"
        ),
        Wrong(
            "stops at epoch-last.pt",
            "def newest(folder):\n    numbers = sorted(int(p.stem.split('-')[1]) for p in folder.glob('epoch-*.pt') if p.stem != 'epoch-best')\n"
            "    while numbers:\n        path = folder / f'epoch-{numbers.pop()}.pt'\n        if try_load(path):\n            return path\n"
            "    return None",
        ),
        Wrong(
            "stops at epoch-last.pt",
            "def newest(folder):\n    paths = [p for p in folder.glob('epoch-*.pt') if p.name != 'epoch-best.pt']\n"
            "    for path in sorted(paths, key=lambda p: int(p.stem[6:]), reverse=True):\n"
            "        if try_load(path) is not None:\n            return path",
        ),
        Wrong(
            "epoch-1.pt has the lowest number. The highest is wanted",
            f"def newest(folder):\n    return next((p for p in reversed({NUMBERED}) if try_load(p) is not None), None)",
        ),
        Wrong(
            "is not epoch-N.pt",
            """
def newest(folder):
    best, top = None, -1
    for path in folder.iterdir():
        digits = "".join(c for c in path.name if c.isdigit())
        if digits and path.suffix == ".pt" and int(digits) > top and try_load(path) is not None:
            best, top = path, int(digits)
    return best""",
        ),
        Wrong(
            "A folder in the folder",
            f"def newest(folder):\n    return next((p for p in {NUMBERED.replace('folder.glob(', 'folder.rglob(')} if try_load(p) is not None), None)",
        ),
        Wrong(
            "epoch-10.pt is torn, and does not load", f"def newest(folder):\n    return next(iter({NUMBERED}), None)"
        ),
        Wrong(
            "epoch-10.pt is torn, and does not load",
            f"def newest(folder):\n    return next((p for p in {NUMBERED} if p.stat().st_size > 0), None)",
        ),
        Wrong(
            "it should only look",
            """
def newest(folder):
    numbers = {int(p.stem[6:]): p for p in folder.glob("epoch-*.pt") if p.stem[6:].isdigit()}
    for number in sorted(numbers, reverse=True):
        if try_load(numbers[number]) is not None:
            return numbers[number]
        if numbers[number].is_file():
            numbers[number].unlink()
    return None""",
        ),
        Wrong(
            "ends with KeyError at epoch-20.pt",
            """
def newest(folder):
    for path in """
            + NUMBERED
            + """:
        try:
            torch.load(path)
            return path
        except (pickle.UnpicklingError, RuntimeError, EOFError, OSError):
            pass
    return None""",
        ),
        Wrong(
            "return None, and not ''|should return a path|return None, and not",
            f"def newest(folder):\n    return str(next((p for p in {NUMBERED} if try_load(p) is not None), ''))",
        ),
        Wrong(
            "should return a path, but it is 3",
            f"def newest(folder):\n    return next((int(p.stem[6:]) for p in {NUMBERED} if try_load(p) is not None), None)",
        ),
        Wrong(
            "the newest that loads is|was written last",
            """
import functools


@functools.cache
def _newest(kind):
    return [None]


def newest(folder):
    kept = _newest(str(folder))
    if kept[0] is None:
        kept[0] = next((p for p in """
            + NUMBERED
            + """ if try_load(p) is not None), None)
    return kept[0]""",
        ),
        Wrong(
            "`newest` returns None",
            "def newest(folder):\n    path = folder / f'epoch-{EPOCHS}.pt'\n    return path if try_load(path) is not None else None",
        ),
        Wrong(
            "No file of the folder loads",
            f"def newest(folder):\n    paths = {NUMBERED}\n    return next((p for p in paths if try_load(p) is not None), paths[-1] if paths else None)",
        ),
        Wrong(
            "never loads|is torn, and does not load|does not load",
            f"def newest(folder):\n    return next((p for p in {NUMBERED} if p.is_file() and zipfile.is_zipfile(p)), None)",
        ),
        Right(
            """
import re


def newest(folder):
    found = []
    for path in folder.iterdir():
        match = re.fullmatch(r"epoch-([0-9]+)[.]pt", path.name)
        if match and path.is_file():
            found.append((int(match[1]), path))
    found.sort()
    while found:
        number, path = found.pop()
        try:
            torch.load(path, map_location="cpu", weights_only=True)
        except Exception:
            continue
        return path"""
        ),
        Right(
            """
def newest(folder):
    candidates = {}
    for name in os.listdir(folder):
        stem, ext = os.path.splitext(name)
        word, _, number = stem.partition("-")
        if word == "epoch" and ext == ".pt" and number.isdecimal():
            candidates[int(number)] = os.path.join(str(folder), name)
    for number in sorted(candidates)[::-1]:
        if try_load(candidates[number]) is not None:
            return candidates[number]
    return None"""
        ),
        Right(
            """
def newest(folder):
    def number(path):
        try:
            return int(path.stem.split("-")[1])
        except ValueError:
            return None

    paths = [path for path in folder.glob("epoch-*.pt") if number(path) is not None]
    return max((path for path in paths if try_load(path) is not None), key=number, default=None)"""
        ),
        Wrong(
            "epoch-2.pt holds an empty dictionary. .* compare with `is not None`",
            """
def newest(folder):
    numbers = sorted(int(p.stem.split("-")[1]) for p in folder.glob("epoch-*.pt") if p.stem.split("-")[1].isdigit())
    while numbers:
        path = folder / f"epoch-{numbers.pop()}.pt"
        if try_load(path):
            return path
    return None""",
        ),
        Wrong(
            "epoch-3.pt holds a tensor. .* compare with `is not None`",
            f"def newest(folder):\n    return next((p for p in {NUMBERED} if isinstance(try_load(p), dict)), None)",
        ),
        Right(f"def newest(folder):\n    return next((str(p) for p in {NUMBERED} if try_load(p) is not None), None)"),
        Right(
            "def newest(folder):\n    for path in " + NUMBERED + ":\n        try:\n            torch.load(path)\n"
            "        except Exception:\n            continue\n        return path"
        ),
    ],
}
