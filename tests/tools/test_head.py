"""The head that tells cats from dogs on the course's ResNet-18: Part 1 opens with it."""

import re

import pytest
import torch
from lessons import ROOT
from safetensors.torch import load_file
from torchvision.models import resnet18

from tools.make_assets import make_head

STORED = ROOT / "assets" / "weights" / "cats_dogs_head.safetensors"


def blobs(count=40):
    """Return features of two classes that differ in one column out of five, on very different scales."""
    torch.manual_seed(0)
    labels = torch.arange(count) % 2
    features = torch.rand(count, 5) * torch.tensor([1.0, 100.0, 0.01, 1.0, 0.0])
    features[:, 2] += 0.02 * labels
    return features, labels


def test_a_head_learns_from_features_as_they_are_and_always_the_same():
    features, labels = blobs()
    head = make_head.train(features, labels)
    assert make_head.accuracy(head, features, labels) == 1
    torch.manual_seed(1)
    again = make_head.train(features, labels)
    assert torch.equal(head.weight, again.weight) and torch.equal(head.bias, again.bias)


def test_accuracy_counts_right_predictions():
    head = torch.nn.Linear(2, 2)
    head.load_state_dict({"weight": torch.eye(2), "bias": torch.zeros(2)})
    features = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    assert make_head.accuracy(head, features, torch.tensor([0, 1, 1, 1])) == 0.75


def test_the_stored_head_fits_the_network_and_weighs_little():
    weights = load_file(STORED.with_name("resnet18.safetensors"))
    resnet18(num_classes=2).load_state_dict(weights | load_file(STORED))
    assert STORED.stat().st_size < 5000


def test_the_tool_makes_the_stored_head_and_prints_what_the_card_says(tmp_path, capsys):
    made = tmp_path / "head.safetensors"
    make_head.main([str(made)])
    stored, again = load_file(STORED), load_file(made)
    assert stored.keys() == again.keys()
    for name in stored:  # another processor rounds the features differently
        assert again[name].float().numpy() == pytest.approx(stored[name].float().numpy(), rel=0.02, abs=0.005), name
    printed = re.search(r"accuracy on 200 test pictures: ([\d.]+)%", capsys.readouterr().out)
    told = re.search(r"([\d.]+)% of the 200 test pictures", STORED.with_name("README.md").read_text("utf-8"))
    assert float(printed[1]) == pytest.approx(float(told[1]), abs=0.5)
