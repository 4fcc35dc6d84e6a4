"""The tools that make and measure the pre-trained network, with teachers that answer at once."""

import copy
import hashlib
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn
from torchvision.models import resnet18

from tools.make_assets import measure_resnet, pretrain_resnet

SHAPES = ((60, 90), (200, 160), (48, 48))


class Known(nn.Module):
    """Stands for the teachers: logits and features that depend on the colors of a crop."""

    asked = 0

    def forward(self, crops):
        Known.asked += len(crops)
        colors = crops.float().mean((2, 3)) / 255
        return colors.repeat(1, 334)[:, :1000] * 5, colors.repeat(1, 20)


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos" / "deeper"
    folder.mkdir(parents=True)
    for number in range(10):
        noise = np.random.default_rng(number).integers(0, 256, (*SHAPES[number % 3], 3)).astype(np.uint8)
        Image.fromarray(noise).save(folder / f"{number}.jpg")
    return folder.parent


@pytest.fixture
def command(photos, tmp_path, monkeypatch):
    monkeypatch.setattr(pretrain_resnet, "Teachers", Known)
    monkeypatch.setattr(Known, "asked", 0)
    monkeypatch.setattr(pretrain_resnet, "size_in", lambda epoch, epochs: 32)
    work, out = tmp_path / "work", tmp_path / "out" / "resnet18.safetensors"
    arguments = [str(photos), "--work", str(work), "--out", str(out), "--drawings", "2", "--batch", "6"]
    return [*arguments, "--epochs", "3", "--views", "2"], work, out


def test_a_stopped_training_goes_on_and_ends_with_the_same_weights(command, monkeypatch, capsys):
    arguments, work, out = command
    pretrain_resnet.main(arguments)
    whole, asked = load_file(out), Known.asked
    digest, *rest = capsys.readouterr().out.splitlines()[-1].split()
    assert digest == hashlib.sha256(out.read_bytes()).hexdigest() and rest == ["resnet18.safetensors,", "23.4", "MB"]
    (work / "last.pt").unlink()
    save, saved = pretrain_resnet.save, []

    def save_and_stop(path, state):
        save(path, state)
        if path.name == "last.pt":
            saved.append(copy.copy(state["epoch"]))
            raise KeyboardInterrupt

    monkeypatch.setattr(pretrain_resnet, "save", save_and_stop)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            pretrain_resnet.main(arguments)
    monkeypatch.setattr(pretrain_resnet, "save", save)
    pretrain_resnet.main(arguments)
    again = load_file(out)
    assert saved == [1, 2]
    assert all(torch.equal(whole[name], again[name]) for name in whole)
    assert Known.asked == asked == 24  # each teacher's answer is asked for once: 12 pictures, two crops each


def test_the_weights_are_those_of_torchvisions_class(command):
    arguments, _, out = command
    pretrain_resnet.main(arguments)
    state = load_file(out)
    resnet18().load_state_dict(state)
    assert {value.dtype for name, value in state.items() if "num_batches" not in name} == {torch.float16}


def test_crops_are_the_same_for_the_same_seed_and_for_any_size(photos):
    pictures = pretrain_resnet.load_photos([photos])
    assert all(min(picture.shape[1:]) <= pretrain_resnet.KEPT for picture in pictures)
    boxes = pretrain_resnet.boxes_of(pictures, 3)
    assert boxes == pretrain_resnet.boxes_of(pictures, 3) != pretrain_resnet.boxes_of(pictures, 4)
    small, large = (pretrain_resnet.cut(pictures[1], boxes[1], size).float() for size in (16, 32))
    assert (nn.functional.avg_pool2d(large, 2) - small).abs().mean() < 12
    top, left, height, width, mirrored = boxes[1]
    assert torch.equal(
        pretrain_resnet.cut(pictures[1], (top, left, height, width, not mirrored), 16).flip(2).float(), small
    )


def test_the_distance_is_zero_for_the_same_answer_only():
    torch.manual_seed(0)
    said, other = ((torch.randn(4, 10), torch.randn(4, 6)) for _ in range(2))
    assert pretrain_resnet.distance(said, said).abs() < 1e-5
    assert pretrain_resnet.distance(said, other) > 1
    assert pretrain_resnet.distance(said, (said[0] + 3, 2 * said[1])).abs() < 1e-5  # neither sees such a change


def test_a_head_learns_what_the_features_tell_and_no_more():
    torch.manual_seed(0)
    y, noise = torch.arange(80) % 2, torch.randn(80, 20)
    told = noise + 3 * y[:, None]
    assert measure_resnet.head(told[:40], y[:40], told[40:], y[40:]) == 1
    assert 0.2 < measure_resnet.head(noise[:40], y[:40], noise[40:], y[40:]) < 0.8
    rows = measure_resnet.few(y, 10, seed=1)
    assert len({*rows.tolist()}) == 10 and y[rows].sum() == 5
    assert rows.tolist() != measure_resnet.few(y, 10, seed=2).tolist()


def test_photos_and_drawings_are_brought_to_one_scale_each(photos, tmp_path, monkeypatch):
    """What sets all drawings apart from all photos is no lesson: the student would learn little else."""
    monkeypatch.setattr(pretrain_resnet, "Teachers", Known)
    options = SimpleNamespace(folders=[photos], drawings=6, work=tmp_path)
    boxes, logits, features = pretrain_resnet.Lessons(options).view(0)
    assert len(boxes) == len(logits) == len(features) == 16
    for kind in (features[:10].float(), features[10:].float()):
        assert kind.mean(0).abs().max() < 0.01 and kind.std(0).min() > 0.7
