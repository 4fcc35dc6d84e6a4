"""The course's own pre-trained ResNet-18: what its card says is so, and it is worth its megabytes."""

import functools
import hashlib
import re

import pytest
import torch
from lessons import ROOT
from PIL import Image
from safetensors.torch import load_file
from torch import nn
from torchvision.models import resnet18

from tools.make_assets import measure_resnet

WEIGHTS = ROOT / "assets" / "weights"


@pytest.fixture(scope="module")
def backbone():
    return measure_resnet.backbone()


def test_the_card_names_the_file_as_it_is():
    card, data = (WEIGHTS / "README.md").read_text("utf-8"), (WEIGHTS / "resnet18.safetensors").read_bytes()
    digest, name = re.search(r"^([0-9a-f]{64})  (\S+)$", card, re.M).groups()
    assert (digest, name) == (hashlib.sha256(data).hexdigest(), "resnet18.safetensors")
    assert f"{len(data) / 1e6:.1f} MB" in card
    files = ["README.md", "cats_dogs_head.safetensors", "resnet18.safetensors"]
    assert [path.name for path in sorted(WEIGHTS.iterdir())] == files


def test_it_fits_torchvisions_class_key_by_key():
    state = load_file(WEIGHTS / "resnet18.safetensors")
    resnet18().load_state_dict(state, strict=True)
    for name, value in state.items():
        assert value.dtype == (torch.int64 if name.endswith("num_batches_tracked") else torch.float16), name
        assert value.isfinite().all(), name


def heads(backbone, folder, count, seeds):
    """Return the mean test accuracy of linear layers on frozen features that learned from so many pictures."""
    (train_x, train_y), (test_x, test_y) = (measure_resnet.load(folder / part) for part in ("train", "test"))
    seen, new = (measure_resnet.features(backbone, x) for x in (train_x, test_x))
    found = {}
    for number in count:
        rows = [measure_resnet.few(train_y, number, seed) for seed in range(seeds)]
        found[number] = sum(measure_resnet.head(seen[r], train_y[r], new, test_y) for r in rows) / seeds
    return found


def test_the_drawn_pets_are_easy_for_it_and_hard_without_it(backbone):
    torch.manual_seed(0)
    random = resnet18()
    random.fc = nn.Identity()
    pets = ROOT / "assets" / "practice" / "Cat_Dog_data"
    found, chance = (heads(model, pets, (40, 400), 3) for model in (backbone, random.eval()))
    print(f"drawn pets, from 40 and 400: {found}; with random weights: {chance}")
    assert found[400] >= 0.95
    assert found[40] >= 0.80
    assert found[400] >= chance[400] + 0.2


def test_photos_that_it_has_not_seen(backbone, test_data):
    photos = test_data / "photos"
    if not photos.is_dir():
        pytest.skip(f"there are no photos in {test_data}")
    found = heads(backbone, photos, (40, 2000), 5)
    print(f"photos, from 40 and 2,000: {found}")
    assert found[2000] >= 0.88
    assert found[40] >= 0.80


def test_the_measurement_says_what_it_measured(tmp_path, capsys, monkeypatch):
    """The head tells a folder of red pictures from one of blue ones; the network from scratch is measured beside it."""
    for part, count in (("train", 8), ("test", 4)):
        for name, color in (("blue", (20, 40, 200)), ("red", (200, 40, 20))):
            (tmp_path / part / name).mkdir(parents=True)
            for number in range(count):
                Image.new("RGB", (40, 40), color).save(tmp_path / part / name / f"{number}.png")
    monkeypatch.setattr(measure_resnet, "scratch", functools.partial(measure_resnet.scratch, epochs=2, size=32))
    measure_resnet.main([str(tmp_path), "--scratch"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{tmp_path.name}: 16 pictures to learn from, 8 for the test"
    assert "head on frozen features, from    16: 100.0% ± 0.0%" in lines
    accuracy = re.fullmatch(r"ResNet-18 from scratch, from +16: ([\d.]+)%", lines[-1])
    assert 0 <= float(accuracy[1]) <= 100
