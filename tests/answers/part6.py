"""Wrong and right answers to the exercises of Part 6."""

from lessons import Right, Wrong

SIZES = 'sizes = dict(zip(["x", "x.half()", "x[:10]", "x[:10].clone()", "[x, x]", "[x, x + 1]"], {}))'
RESTORE = "def restore(model, path):\n    model.load_state_dict(torch.load(path))\n    return model.eval()"
SAVE = "def save(model, path):\n    torch.save(model.state_dict(), path)\n\n\n"
SAVE_MODEL = """def save_model(path, model, config, classes, mean, std):
    torch.save({{"version": 1, "config": config, "state": model.state_dict(), {}}}, path)


"""
REST = '"classes": classes, "mean": mean, "std": std'
LOAD_MODEL = """def load_model(path):
    content = torch.load(path)
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
NUMBERED = "sorted((p for p in folder.glob('epoch-*.pt') if p.stem[6:].isdigit()), key=lambda p: int(p.stem[6:]), reverse=True)"

ANSWERS = {
    "6.1": [
        Wrong("number of elements", SIZES.format("[1000, 500, 1000, 10, 1000, 2000]")),
        Wrong("times the bytes", SIZES.format("[8000, 4000, 8000, 80, 8000, 16000]")),
        Wrong("how many bits", SIZES.format("[4000, 4000, 4000, 40, 4000, 8000]")),
        Wrong("a slice is a view", SIZES.format("[4000, 2000, 40, 40, 4000, 8000]")),
        Wrong("a storage of its own", SIZES.format("[4000, 2000, 4000, 4000, 4000, 8000]")),
        Wrong("one storage, named twice", SIZES.format("[4000, 2000, 4000, 40, 8000, 8000]")),
        Wrong("is the sum in the storage", SIZES.format("[4000, 2000, 4000, 40, 4000, 4000]")),
        Wrong("Keep the six lines", "sizes = {'x': 4000}"),
        Wrong("Keep the six lines", "sizes = [4000, 2000, 4000, 40, 4000, 8000]"),
        Right(SIZES.format("[4000, 2000, 4000, 40, 4000, 8000]")),
        Right(SIZES.format("[4 * 1000, 2 * 1000, 4 * 1000, 4 * 10, 4e3, 2 * 4e3]")),
        Right(
            "x = torch.zeros(1000)\nsizes = {text: data_bytes(eval(text)) for text in "
            "['x', 'x.half()', 'x[:10]', 'x[:10].clone()', '[x, x]', '[x, x + 1]']}"
        ),
    ],
    "6.2": [
        Wrong(
            "Does it hold the module",
            "def save(model, path):\n    torch.save(model, path)\n\n\ndef restore(model, path):\n"
            "    return torch.load(path, weights_only=False).eval()",
        ),
        Wrong("eval.. is missing", SAVE + RESTORE.replace(".eval()", "")),
        Wrong(
            "returns only a report",
            SAVE + "def restore(model, path):\n    model.eval()\n    return model.load_state_dict(torch.load(path))",
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
            "returned a dictionary",
            SAVE
            + "def restore(model, path):\n    model.load_state_dict(torch.load(path))\n    model.eval()\n    return torch.load(path)",
        ),
        Wrong("leave its mode", SAVE.replace("torch.save(model", "torch.save(model.eval()") + RESTORE),
        Wrong(
            "buffers are lost",
            "def save(model, path):\n    torch.save([p.detach() for p in model.parameters()], path)\n\n\n"
            "def restore(model, path):\n    with torch.no_grad():\n"
            "        for p, q in zip(model.parameters(), torch.load(path)):\n            p.copy_(q)\n    return model.eval()",
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
            "def restore(model, path):\n    state = torch.load(path)\n    with torch.no_grad():\n"
            "        for name, tensor in model.state_dict().items():\n            tensor.copy_(state[name])\n"
            "    return model.train(False)"
        ),
        Right(
            "def save(net, file):\n    torch.save(list(net.state_dict().items()), file)\n\n\n"
            "def restore(net, file):\n    net.eval()\n    net.load_state_dict(dict(torch.load(file)), assign=True)\n    return net"
        ),
        Right(SAVE + RESTORE),
        Right(
            "def save(model, path):\n    was = model.training\n    model.eval()\n    torch.save(model.state_dict(), path)\n"
            "    model.train(was)\n\n\n" + RESTORE
        ),
    ],
    "6.3": [
        Wrong(
            "no module and no NumPy",
            SAVE_MODEL.format(REST).replace("model.state_dict()", "model") + LOAD_MODEL.format(BUILD),
        ),
        Wrong("lacks std", SAVE_MODEL.format('"classes": classes, "mean": mean') + LOAD_MODEL.format(BUILD)),
        Wrong("size mismatch", SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD.replace('**content["config"]', ""))),
        Wrong(
            "pass on all of it",
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
            "Are they swapped",
            SAVE_MODEL.format('"classes": classes, "mean": std, "std": mean') + LOAD_MODEL.format(BUILD),
        ),
        Wrong(
            "returns two",
            SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD).replace("return model, content", "return model"),
        ),
        Wrong(
            "First the network",
            SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD).replace("model, content", "content, model"),
        ),
        Wrong(
            "in order",
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
        Wrong("Version 0 should", SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD).replace("!= 1", "> 1")),
        Wrong("Version 2 should", SAVE_MODEL.format(REST) + LOAD_MODEL.format(BUILD).replace("!= 1", "< 1")),
        Wrong("Is version 1", SAVE_MODEL.format(REST).replace(": 1", ': "1"') + LOAD_MODEL.format(BUILD)),
        Wrong(
            "no NumPy array",
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
            "    content['mean'], content['std'] = torch.tensor(mean), torch.tensor(std)\n    torch.save(content, path)\n\n\n"
            "def load_model(path):\n    content = torch.load(path, weights_only=True, map_location='cpu')\n"
            "    if content.get('version', 0) == 1:\n        net = make_network(**content['config'])\n"
            "        net.load_state_dict(content['state'])\n        return [net.train(False), content]\n"
            "    raise ValueError(path)"
        ),
        Right(
            "def save_model(path, *parts):\n    keys = ['state', 'config', 'classes', 'mean', 'std']\n"
            "    torch.save({'version': 1} | dict(zip(keys, [parts[0].state_dict(), *parts[1:]])), path)\n\n\n"
            "def load_model(path):\n    c = torch.load(path)\n    if not c['version'] in [1]:\n        raise ValueError\n"
            "    net = make_network(**c['config'])\n"
            "    net.load_state_dict(c['state'], assign=True)\n    return net.eval(), c"
        ),
    ],
    "6.4": [
        Wrong(
            "size mismatch",
            "def load_fitting(model, state):\n    return model.load_state_dict(state, strict=False).unexpected_keys",
        ),
        Wrong(
            "size mismatch",
            FITTING + "fit = {n: v for n, v in state.items() if n in own}\n"
            "    model.load_state_dict(fit, strict=False)\n    return [n for n in state if n not in fit]",
        ),
        Wrong(
            "Those names were loaded",
            FITTING + CHOSEN + "model.load_state_dict(fit, strict=False)\n    return list(fit)",
        ),
        Wrong("returns nothing", FITTING + CHOSEN + "model.load_state_dict(fit, strict=False)"),
        Wrong("not the report", FITTING + CHOSEN + "return model.load_state_dict(fit, strict=False)"),
        Wrong(
            "extra.weight was left out too",
            FITTING + CHOSEN + "model.load_state_dict(fit, strict=False)\n    return [n for n in own if n not in fit]",
        ),
        Wrong("Nothing was loaded", FITTING + CHOSEN + "return [n for n in state if n not in fit]"),
        Wrong(
            "changed the state",
            FITTING + "left = [n for n in state if n not in own or state[n].shape != own[n].shape]\n"
            "    for n in left:\n        del state[n]\n    model.load_state_dict(state, strict=False)\n    return left",
        ),
        Wrong(
            "because of its shape",
            FITTING
            + CHOSEN
            + "model.load_state_dict(fit, strict=False)\n    return [n for n in state if n not in own]",
        ),
        Wrong(
            "buffers of norm fit too",
            (FITTING + CHOSEN).replace("model.state_dict()", "dict(model.named_parameters())")
            + "model.load_state_dict(fit, strict=False)\n    return [n for n in state if n not in fit]",
        ),
        Wrong(
            "buffers of norm fit too",
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
            "hidden.bias would fit",
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
    ],
    "6.5": [
        Wrong("lacks optimizer", SNAPSHOT.replace("optimizer=run.optimizer.state_dict(),", "") + RESUME),
        Wrong("lacks random", SNAPSHOT.replace("random=random_state(),", "") + RESUME),
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
        Wrong("random state of PyTorch", SNAPSHOT + RESUME.replace('set_random_state(checkpoint["random"])', "")),
        Wrong(
            "random state of PyTorch",
            SNAPSHOT + RESUME.replace('set_random_state(checkpoint["random"])', "helper.seed(0)"),
        ),
        Wrong(
            "Python or NumPy",
            SNAPSHOT
            + RESUME.replace(
                'set_random_state(checkpoint["random"])', 'torch.set_rng_state(checkpoint["random"]["torch"])'
            ),
        ),
        Wrong(
            "parameters of another model",
            SNAPSHOT + RESUME.replace("    run.model.load", "    run.model = make_network()\n    run.model.load", 1),
        ),
        Wrong(
            "drives the old optimizer",
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
            "its cosine begins anew",
            SNAPSHOT
            + RESUME.replace(
                'run.scheduler.load_state_dict(checkpoint["scheduler"])',
                "run.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(run.optimizer, EPOCHS)",
            ),
        ),
        Wrong("should return a dictionary", SNAPSHOT.replace("return dict", "kept = dict") + RESUME),
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
            "    run.order = torch.Generator()\n    run.order.set_state(checkpoint['order'])\n"
            "    run.epoch, run.history = checkpoint['epoch'], [*checkpoint['history']]\n"
            "    for n in ('scheduler', 'optimizer', 'model'):\n        vars(run)[n].load_state_dict(checkpoint[n])"
        ),
        Right(
            SNAPSHOT
            + RESUME.replace(
                "    run.model.load",
                "    run.model = make_network()\n    run.optimizer = torch.optim.Adam(run.model.parameters(), lr=0.005, fused=True)\n"
                "    run.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(run.optimizer, EPOCHS)\n    run.model.load",
                1,
            )
        ),
        Right(SNAPSHOT + RESUME),
        Right(
            SNAPSHOT
            + RESUME.replace(
                "    run.optimizer.load",
                "    run.optimizer = torch.optim.Adam(run.model.parameters(), lr=0.005)\n"
                "    run.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(run.optimizer, EPOCHS)\n    run.optimizer.load",
            )
        ),
        Right(
            SNAPSHOT
            + RESUME.replace(
                "    run.scheduler.load",
                "    run.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(run.optimizer, EPOCHS)\n    run.scheduler.load",
            )
        ),
    ],
    "6.6": [
        Wrong("A: the file holds seven", OUTCOMES.format('["shapes", "latest", "noisy", "repeats", "place"]')),
        Wrong("B: does best hold", OUTCOMES.format('["names", "repeats", "noisy", "repeats", "place"]')),
        Wrong("B: something goes wrong", OUTCOMES.format('["names", "fine", "noisy", "repeats", "place"]')),
        Wrong("C: everything is loaded", OUTCOMES.format('["names", "latest", "latest", "repeats", "place"]')),
        Wrong("C: something goes wrong", OUTCOMES.format('["names", "latest", "fine", "repeats", "place"]')),
        Wrong("D: what does helper.seed", OUTCOMES.format('["names", "latest", "noisy", "latest", "place"]')),
        Wrong("E: torch.load comes first", OUTCOMES.format('["names", "latest", "noisy", "repeats", "names"]')),
        Wrong("choose one of", OUTCOMES.format('["keys", "latest", "noisy", "repeats", "place"]')),
        Right(OUTCOMES.format('["names", "latest", "noisy", "repeats", "place"]')),
        Right('outcomes = {"A": "names", "B": "latest", "C": "noisy", "D": "repeats", "E": "place"}'),
        Right('outcomes = dict(A="names", B="latest", C="noisy", D="repeats", E="place")'),
    ],
    "6.7": [
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
        Wrong("rename is missing", ATOMIC + WRITE.rstrip()),
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
    ],
    "6.8": [
        Wrong("divide by how many", AVERAGE + "return {n: sum(s[n] for s in states) for n in states[0]}"),
        Wrong("last one alone", AVERAGE + "return dict(states[-1])"),
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
            "given state changed",
            AVERAGE
            + "total = states[0]\n    for s in states[1:]:\n        for n in total:\n            total[n] += s[n]\n"
            "    return {n: total[n] / len(states) for n in total}",
        ),
        Wrong("Return a dictionary", AVERAGE + "return [sum(s[n] for s in states) / len(states) for n in states[0]]"),
        Wrong(
            "in their order",
            AVERAGE + f"return {{n: torch.stack([s[n] for s in states]).mean(0) for n in states[0] if {KIND}}}",
        ),
        Wrong(
            "how many there are",
            AVERAGE
            + f"return {{n: torch.stack([s[n] for s in states]).sum(dim=0) / 3 if {KIND} else states[-1][n] for n in states[0]}}",
        ),
        Wrong("should be", AVERAGE + "return {n: (states[0][n] + states[-1][n]) / 2 for n in states[0]}"),
        Right(
            AVERAGE
            + f"return {{n: sum(s[n] for s in states) / len(states) if {KIND} else states[-1][n] for n in states[0]}}"
        ),
        Right(
            AVERAGE
            + "result = OrderedDict((n, t.clone()) for n, t in states[-1].items())\n    for n, t in result.items():\n"
            "        if t.dtype == torch.float32:\n            t.zero_()\n            for s in states:\n"
            "                t.add_(s[n], alpha=1 / len(states))\n    return result"
        ),
        Right(
            AVERAGE
            + "result = {}\n    for name in states[0]:\n        stack = torch.stack([state[name] for state in states])\n"
            "        result[name] = stack.double().mean(dim=0).to(stack.dtype) if stack.dtype.is_floating_point else stack[-1]\n"
            "    return result"
        ),
    ],
    "6.9": [
        Wrong(
            "sorted as texts",
            "def newest(folder):\n    for path in sorted(folder.glob('epoch-*.pt'), reverse=True):\n"
            "        if try_load(path) is not None:\n            return path",
        ),
        Wrong(
            "11 was written last",
            "def newest(folder):\n    paths = sorted(folder.glob('epoch-*.pt'), key=lambda p: (p.stat().st_mtime_ns, p.name == 'epoch-11.pt'))\n"
            "    for path in reversed(paths):\n        if try_load(path) is not None:\n            return path",
        ),
        Wrong(
            "EOFError",
            f"def newest(folder):\n    for path in {NUMBERED}:\n        try:\n            torch.load(path)\n            return path\n"
            "        except RuntimeError:\n            pass",
        ),
        Wrong(
            "12 is empty",
            f"def newest(folder):\n    paths = {NUMBERED}\n    if not paths:\n        return None\n"
            "    return paths[0] if try_load(paths[0]) is not None else None",
        ),
        Wrong(
            "has no number",
            "def newest(folder):\n    return max(folder.glob('epoch-*.pt'), key=lambda p: int(p.stem[6:]), default=None)",
        ),
        Wrong(
            "and it ran",
            f"def newest(folder):\n    for path in {NUMBERED}:\n        try:\n            torch.load(path, weights_only=False)\n"
            "            return path\n        except Exception:\n            pass",
        ),
        Wrong(
            "epoch-14.pt holds code",
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
            "your line",
            "def newest(folder):\n    return max(folder.iterdir(), key=lambda p: int(p.stem[6:]), default=None)",
        ),
        Wrong(
            "has no number",
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
        Right(
            "def newest(folder):\n    numbers = sorted(int(p.stem.split('-')[1]) for p in folder.glob('epoch-*.pt') if p.stem != 'epoch-best')\n"
            "    while numbers:\n        path = folder / f'epoch-{numbers.pop()}.pt'\n        if try_load(path):\n            return path\n"
            "    return None"
        ),
    ],
}
