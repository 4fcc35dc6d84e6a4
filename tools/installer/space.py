"""How much an installation downloads and takes, how much room there is, and whether PyTorch's CPU build would do."""

import os
import platform
import re
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from tools.installer.causes import Problem

GB = 1_000_000_000
SPARE = 0.3  # GB that stay free, since a full disk stops other programs


class Size(NamedTuple):
    """What a part of the course downloads and takes on the disk, in GB, and its number of packages; all about."""

    download: float
    installed: float
    packages: int

    def __add__(self, other):
        return Size(*(one + two for one, two in zip(self, other, strict=True)))


NOTHING = Size(0.0, 0.0, 0)
PYTORCH = {"usual": Size(3.0, 5.6, 30), "cpu": Size(0.3, 0.9, 12)}  # by build, for Linux on Intel and AMD
LESSONS = Size(0.1, 0.5, 100)  # JupyterLab, matplotlib and the rest of requirements.txt
MORE = {"lessons": NOTHING, "slides": Size(0.02, 0.1, 15), "slideshow": Size(0.01, 0.03, 1)}
MORE["tests"] = Size(0.1, 0.3, 45)


def has_large_build():
    """Whether the usual build of PyTorch for this computer brings NVIDIA's libraries along."""
    return sys.platform == "linux" and platform.machine() in ("x86_64", "AMD64")


def has_gpu():
    """Whether there is a sign of a driver for an NVIDIA or AMD GPU."""
    signs = ("/proc/driver/nvidia", "/dev/nvidia0", "/dev/kfd", "/dev/dxg", "/usr/lib/wsl/lib/nvidia-smi")
    programs = ("nvidia-smi", "rocm-smi", "rocminfo")
    return any(Path(path).exists() for path in signs) or any(shutil.which(name) for name in programs)


def size_of(root, group, cpu, installed=()):
    """
    Return about how much there is to download and to install.

    Parameters
    ----------
    root : pathlib.Path
        The course; where its requirements do not name PyTorch, nothing of size is expected.
    group : str
        What to install: "lessons", "slides", "slideshow" or "tests".
    cpu : bool
        Whether PyTorch's CPU build is taken.
    installed : collection of str
        Groups that are there already.

    Returns
    -------
    Size
    """
    requirements = (root / "requirements.txt").read_text("utf-8")
    if not re.search(r"^torch\b", requirements, re.MULTILINE):
        return NOTHING
    build = "usual" if has_large_build() and not cpu else "cpu"
    size = MORE[group]
    return size if installed else size + PYTORCH[build] + LESSONS


def free(folder):
    """Return the free GB on the disk of a folder, which need not exist yet."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free / GB


def same_disk(one, two):
    """Whether two folders, which need not exist yet, are on one disk."""
    devices = []
    for folder in (one, two):
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        devices.append(folder.stat().st_dev)
    return devices[0] == devices[1]


def check_room(place, size, elsewhere, smaller):
    """
    Stop with a sentence when the disk has less room than the installation needs at its largest.

    Temporary files are beside the environment, so that only this disk counts. What was downloaded stays there until
    all is installed.

    Parameters
    ----------
    place : place.Place
    size : Size
    elsewhere : str
        What to type to have it on another disk.
    smaller : str
        What to type for the CPU build; "" where it is no smaller or chosen already.
    """
    needed, there = size.download + size.installed, free(place.env.parent)
    if size == NOTHING or there >= needed + SPARE:
        return
    ways = [f"Free some space, or put it on a larger disk: {elsewhere}"]
    if smaller:
        small = PYTORCH["cpu"] + LESSONS
        ways.append(f"PyTorch's CPU build needs about {small.download + small.installed:.1f} GB: {smaller}")
    if place.env.exists():
        ways.append(f"What is installed works until the new one is ready; without it: delete {place.env} before")
    raise Problem(
        f"The disk of {place.env.parent} has {there:.1f} GB free, and the installation needs about "
        f"{needed + SPARE:.1f} GB there ({size.download:.1f} GB to download, {size.installed:.1f} GB installed).\n"
        + "\n".join(ways),
        "disk",
    )


def cache_of(tool, environment):
    """Return the folder in which pip or uv keeps what it has downloaded."""
    named = environment.get(f"{tool.upper()}_CACHE_DIR")
    if named:
        return Path(named)
    home = Path(environment.get("HOME") or environment.get("USERPROFILE") or Path.cwd())
    if os.name == "nt":
        local = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
        return local / tool / ("Cache" if tool == "pip" else "cache")
    if sys.platform == "darwin" and tool == "pip":
        return home / "Library" / "Caches" / tool
    return Path(environment.get("XDG_CACHE_HOME") or home / ".cache") / tool


def cache_has_room(cache, place, size, tool):
    """
    Whether what is downloaded can be kept for the next time, besides what the installation itself needs.

    pip keeps the files as they are downloaded; uv keeps them unpacked, and links them into an environment on the same
    disk, so that they take room once.
    """
    folder = cache
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not os.access(folder, os.W_OK):
        return False
    here = same_disk(cache, place.env.parent)
    kept = size.download if tool == "pip" else (0 if here else size.installed)
    besides = size.download + size.installed if here else 0
    return free(cache) >= kept + besides + SPARE
