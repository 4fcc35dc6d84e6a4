"""Speeds, compared side by side in one run: `make bench`. They are ratios, since machines differ."""

import io
import statistics
import subprocess
import sys
import time

import matplotlib.pyplot as plt
from torchvision import datasets

import helper


def seconds(work, times=5):
    """Return the median time of some runs, in seconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def test_a_contact_sheet_is_ten_times_as_fast_as_matplotlib():
    digits = datasets.MNIST(helper.data_dir("practice"), download=True)
    images, captions = digits.data[:64], digits.targets[:64].tolist()

    def sheet():
        helper.view_batch(images, captions).save(io.BytesIO(), "PNG")

    def axes():
        fig, grid = plt.subplots(8, 8, figsize=(8, 9))
        for ax, image, caption in zip(grid.flat, images, captions, strict=True):
            ax.imshow(image, cmap="gray")
            ax.set_title(caption)
            ax.set_axis_off()
        fig.savefig(io.BytesIO())
        plt.close(fig)

    sheet(), axes()  # fonts and imports are loaded once
    ratio = seconds(axes) / seconds(sheet)
    print(f"contact sheet of 64 digits: {ratio:.0f} times as fast as 64 axes of matplotlib")
    assert ratio >= 10


def test_importing_helper_adds_little(root):
    """At most 0.3 s on top of torch and torchvision: median of five pairs of fresh processes, taken in turn."""
    base, full = [], []
    for _ in range(5):
        for code, taken in (("import torch, torchvision", base), ("import torch, torchvision, helper", full)):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], cwd=root, check=True)
            taken.append(time.perf_counter() - start)
    added = statistics.median(b - a for a, b in zip(base, full, strict=True))
    print(f"import helper adds {added:.2f} s to {statistics.median(base):.2f} s for torch and torchvision")
    assert added <= 0.3
