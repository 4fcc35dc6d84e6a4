"""The course's answers to the exercises of Part 6, one section each: the instructor's key."""

import os

import torch

# %% 6.1 Predict the bytes
sizes = {
    "x": 4000,  # 1,000 elements of 4 bytes
    "x.half()": 2000,  # 2 bytes each
    "x[:10]": 4000,  # a view: its storage is that of x, and is saved whole
    "x[:10].clone()": 40,  # a storage of its own
    "[x, x]": 4000,  # one storage, saved once
    "[x, x + 1]": 8000,  # the sum is a new tensor
}


# %% 6.2 Save and restore
def save(model, path):
    """Write the numbers of a network to a file."""
    torch.save(model.state_dict(), path)


def restore(model, path):
    """Copy the numbers from a file into a network; return it, ready to predict."""
    model.load_state_dict(torch.load(path, map_location="cpu"))
    return model.eval()


# %% 6.3 A file that explains itself
def save_model(path, model, config, classes, mean, std):
    """Write a file from which load_model can rebuild the network."""
    content = {"version": 1, "config": config, "state": model.state_dict()}
    content |= {"classes": classes, "mean": mean, "std": std}
    torch.save(content, path)


def load_model(path):
    """Return the network that a file describes, ready to predict, and the dictionary that the file holds."""
    content = torch.load(path, map_location="cpu")
    if content["version"] != 1:
        raise ValueError(f"This file has version {content['version']}, and only version 1 can be read.")
    model = make_network(**content["config"])
    model.load_state_dict(content["state"])
    return model.eval(), content


# %% 6.4 Load the part that fits
def load_fitting(model, state):
    """Load what fits by name and shape; return the names in state that were left out."""
    own = model.state_dict()
    fitting = {name: value for name, value in state.items() if name in own and own[name].shape == value.shape}
    model.load_state_dict(fitting, strict=False)
    return [name for name in state if name not in fitting]


# %% 6.5 Resume exactly
def snapshot(run):
    """Return all that changes while a run goes on, as torch.load accepts it."""
    content = {"model": run.model.state_dict(), "optimizer": run.optimizer.state_dict()}
    content |= {"scheduler": run.scheduler.state_dict(), "order": run.order.get_state(), "random": random_state()}
    return content | {"epoch": run.epoch, "history": run.history}


def resume(run, checkpoint):
    """Put everything back into a new run."""
    run.model.load_state_dict(checkpoint["model"])
    run.optimizer.load_state_dict(checkpoint["optimizer"])
    run.scheduler.load_state_dict(checkpoint["scheduler"])
    run.order.set_state(checkpoint["order"])
    set_random_state(checkpoint["random"])
    run.epoch, run.history = checkpoint["epoch"], checkpoint["history"]


# %% 6.6 What breaks?
outcomes = {
    "A": "names",  # the network looks for hidden.weight, the file holds model, optimizer, ...
    "B": "latest",  # best holds the live tensors: loading it copies them onto themselves
    "C": "noisy",  # eval() is missing
    "D": "repeats",  # the seed overwrites the state that was put back
    "E": "device",  # map_location is missing
}


# %% 6.7 An atomic save
def atomic_save(what, path):
    """Save so that at every moment the file at the path is the old one or the new one, whole."""
    beside = path.with_name(path.name + ".part")
    with beside.open("wb") as file:
        torch.save(what, file)
        file.flush()  # from Python to the system
        os.fsync(file.fileno())  # from the system to the disk
    beside.replace(path)  # atomic: all at once


# %% 6.8 Average checkpoints
def average(states):
    """Return the mean of several state_dicts; whole numbers come from the last one."""
    mean = {}
    for name, value in states[-1].items():
        if value.is_floating_point():
            mean[name] = torch.stack([state[name] for state in states]).mean(dim=0)
        else:
            mean[name] = value.clone()
    return mean


# %% 6.9 The newest that loads
def newest(folder):
    """Return the path of the newest checkpoint, epoch-N.pt, that loads; None if there is none."""
    paths = {path.stem.removeprefix("epoch-"): path for path in folder.glob("epoch-*.pt")}
    numbers = [name for name in paths if name.isdecimal()]  # not epoch-best.pt
    for number in sorted(numbers, key=int, reverse=True):
        if try_load(paths[number]) is not None:
            return paths[number]
    return None
