"""Part 8 beyond its cells: where the weights come from, what a frozen backbone does, a stopped run, uploads, photos."""

import contextlib
import io
import socket
from email.message import Message
from urllib.error import URLError

import pytest
import torch
from lessons import ROOT, cell_runner
from safetensors.torch import save_file
from torch import nn
from torchvision.models import _api, resnet18

from tools import run_notebooks

PATH = ROOT / "Part8_TransferLearning.ipynb"
CELLS, run = cell_runner(PATH)


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """A namespace with a few random pictures, and random weights in place of the course's."""
    torch.manual_seed(0)
    names = {"__name__": "lesson"}
    run(
        names,
        "setup",
        "setup-course",
        "opening-open",
        "opening-open-do",
        "opening-pick",
        "opening-input-do",
        "opening-fast",
    )
    run(names, "opening-accuracy-do")
    names["device"] = torch.device("cpu")
    names["class_names"] = ["cat", "dog"]
    names["train_x"] = torch.randint(0, 256, (60, 3, 64, 64), dtype=torch.uint8)
    names["train_y"] = torch.arange(60) // 30
    names["test_x"], names["test_y"] = names["train_x"][::3], names["train_y"][::3]
    run(names, "scratch-network", "scratch-small-resnet", "scratch-rate", "scratch-batches", "scratch-train")
    run(names, "scratch-small", "scratch-from", "pretrained-load", "pretrained-course", "pretrained-fetch")
    path = tmp_path_factory.mktemp("weights") / "resnet18.safetensors"
    save_file({k: v.half() if v.is_floating_point() else v for k, v in resnet18().state_dict().items()}, path)
    names["COURSE_WEIGHTS"] = path
    names["pretrained"] = names["course_resnet18"]().eval()
    run(names, "frozen-head", "8.3", "cache-backbone", "cache-vary", "8.4", "cache-head", "8.5")
    return names


@pytest.fixture
def no_cache(tmp_path, monkeypatch):
    """An empty folder in place of the one where PyTorch keeps what it has fetched before."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    return tmp_path


def fetched(lesson, weights, **options):
    """Call load_pretrained; return the network and what it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        model = lesson["load_pretrained"](weights, **options)
    return model, printed.getvalue()


def same_weights(one, two):
    states = one.state_dict(), two.state_dict()
    return all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_without_a_network_the_course_s_weights_are_taken_and_it_says_so(lesson, no_cache, monkeypatch):
    waited = []

    def dead(*given, **options):
        waited.append(socket.getdefaulttimeout())
        raise URLError("no network")

    monkeypatch.setattr(torch.hub, "urlopen", dead)
    before = socket.getdefaulttimeout()
    model, said = fetched(lesson, "torchvision", seconds=3)
    assert same_weights(model, lesson["course_resnet18"]())
    assert "could not be fetched" in said and "no network" in said and "the course's own" in said
    assert waited == [3], "a dead line must not hang the lesson"
    assert socket.getdefaulttimeout() == before


def test_a_server_that_never_answers_does_not_hang_the_lesson(lesson, no_cache, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/resnet18.pth"
        real = torch.hub.urlopen
        monkeypatch.setattr(torch.hub, "urlopen", lambda request, *given: real(address))
        model, said = fetched(lesson, "torchvision", seconds=0.5)
    assert "could not be fetched" in said and same_weights(model, lesson["course_resnet18"]())


def test_a_damaged_download_is_told_and_not_kept(lesson, no_cache, monkeypatch):
    class Answer(io.BytesIO):
        def info(self):
            return Message()

    monkeypatch.setattr(torch.hub, "urlopen", lambda *given, **options: Answer(b"half a file"))
    model, said = fetched(lesson, "torchvision")
    assert "damaged on the way" in said and "the course's own" in said
    assert same_weights(model, lesson["course_resnet18"]())
    assert not list(no_cache.rglob("*.pth"))


def test_torchvision_s_weights_are_used_when_they_come(lesson, monkeypatch):
    other = resnet18()
    monkeypatch.setattr(_api, "load_state_dict_from_url", lambda *given, **options: other.state_dict())
    model, said = fetched(lesson, "torchvision")
    assert same_weights(model, other) and "torchvision's" in said and "course" not in said


def test_the_course_s_weights_need_no_network(lesson, monkeypatch):
    monkeypatch.setattr(torch.hub, "urlopen", lambda *given: pytest.fail("it went to the network"))
    model, said = fetched(lesson, "course")
    assert same_weights(model, lesson["course_resnet18"]()) and "the course's own" in said


def backbone_of(model):
    return {name: value.clone() for name, value in model.state_dict().items() if not name.startswith("fc.")}


def train_a_little(lesson, model, optimizer):
    for rows in torch.arange(24).split(8):
        loss = nn.functional.cross_entropy(model(lesson["to_input"](lesson["train_x"][rows])), lesson["train_y"][rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def test_the_frozen_backbone_does_not_move(lesson):
    model, optimizer = lesson["swap_head"](lesson["pretrained"], 2)
    before, head = backbone_of(model), model.fc.weight.clone()
    train_a_little(lesson, model, optimizer)
    assert all(torch.equal(value, before[name]) for name, value in backbone_of(model).items())
    assert not torch.equal(model.fc.weight, head)


def test_in_train_mode_the_statistics_of_a_frozen_backbone_do_move(lesson):
    model, optimizer = lesson["swap_head"](lesson["pretrained"], 2)
    model.train()
    before = backbone_of(model)
    train_a_little(lesson, model, optimizer)
    moved = {name.rsplit(".")[-1] for name, value in backbone_of(model).items() if not torch.equal(value, before[name])}
    assert moved == {"running_mean", "running_var", "num_batches_tracked"}


def test_fine_tuning_keeps_the_statistics_and_moves_the_weights(lesson):
    run(lesson, "fine-tune", "fine-features", "fine-frozen-way", "fine-way")
    before = backbone_of(lesson["pretrained"])
    model = lesson["fine_tuned"](torch.arange(20, 40), 64)
    now = backbone_of(model)
    assert all(torch.equal(now[name], before[name]) for name in now if "running" in name or "tracked" in name)
    assert not torch.equal(now["conv1.weight"], before["conv1.weight"])
    assert all(torch.equal(value, before[name]) for name, value in backbone_of(lesson["pretrained"]).items())


def test_cached_features_are_the_features(lesson):
    backbone, pictures = lesson["backbone"], lesson["train_x"][:30]
    cached = lesson["cache_features"](backbone, pictures)
    with torch.inference_mode():
        one_by_one = torch.cat([backbone(lesson["to_input"](picture[None])) for picture in pictures])
    assert cached.shape == (30, 512)
    assert torch.allclose(cached, one_by_one, rtol=1e-3, atol=1e-4)
    assert torch.equal(cached, lesson["cache_features"](backbone, pictures))


def test_batches_show_every_picture_before_any_comes_again(lesson):
    torch.manual_seed(0)
    rows = list(lesson["batches"](10, 25, 4))
    assert [len(part) for part in rows] == [4, 4, 2, 4, 4, 2, 4, 4]
    assert sorted(torch.cat(rows[:3]).tolist()) == sorted(torch.cat(rows[3:6]).tolist()) == list(range(10))


def test_the_rate_rises_then_falls_for_any_number_of_steps(lesson):
    for steps in (1, 2, 3, 5, 50):
        rates = [lesson["rate_at"](step, steps) for step in range(steps)]
        assert all(0 < rate <= 1 for rate in rates)
        top = rates.index(max(rates))
        assert rates[:top] == sorted(rates[:top]) and rates[top:] == sorted(rates[top:], reverse=True)


def test_pick_gives_as_many_of_each_class_and_others_for_each_seed(lesson):
    rows = lesson["pick"](40, 0)
    assert len(set(rows.tolist())) == 40 and lesson["train_y"][rows].bincount().tolist() == [20, 20]
    assert torch.equal(rows, lesson["pick"](40, 0)) and not torch.equal(rows, lesson["pick"](40, 1))
    assert lesson["pick"](1000, 0).tolist() == list(range(60))


def test_the_comparison_can_be_stopped_and_goes_on(lesson):
    started = []

    def run_one(way, count, seed):
        started.append((way, count, seed))
        if len(started) == stop_at:
            raise KeyboardInterrupt
        return count / 100 + seed / 1000

    run(lesson, "fine-settings", "fine-shown", "fine-one")
    lesson["run_one"], stop_at = run_one, None
    run(lesson, "fine-run", "fine-run-all")
    whole, order = dict(lesson["results"]), list(started)
    assert len(order) == len(whole) == 3 * len(lesson["COUNTS"]) * 3

    run(lesson, "fine-settings")
    started.clear()
    stop_at = 8
    with pytest.raises(KeyboardInterrupt):
        run(lesson, "fine-run", "fine-run-all")
    assert list(lesson["results"]) == order[:7]

    started.clear()
    stop_at = None
    run(lesson, "fine-run", "fine-run-all")
    assert started == order[7:] and lesson["results"] == whole

    started.clear()
    run(lesson, "fine-run", "fine-run-all")
    assert started == []


def test_more_than_a_thousand_pictures_stay_within_reason(lesson):
    run(lesson, "fine-settings", "fine-shown")
    shown = [lesson["shown_for"](count) for count in (10, 40, 160, 400, 2000, 20_000)]
    assert shown == sorted(shown) and shown[-1] == 1000


def test_an_upload_gets_a_picture_or_a_sentence(lesson):
    shown = []
    names = dict(lesson)
    names["final"] = resnet18(num_classes=2).eval()
    run(
        names,
        "opening-prepare",
        "opening-load-part",
        "own-open",
        "own-messy",
        "own-answer",
        "own-box",
        "own-output",
        "own-when",
        "own-observe",
    )
    names["display"] = shown.append
    for path in sorted(names["MESSY"].iterdir()):
        names["when_uploaded"]({"new": ({"content": memoryview(path.read_bytes())},)})
    sentences = [what for what in shown if isinstance(what, str)]
    assert len(shown) == 9 and len(sentences) == 3
    assert all("no picture" in sentence for sentence in sentences)


def test_the_whole_lesson_runs_on_photos(test_data, monkeypatch):
    folder = test_data / "photos"
    if not (folder / "train").is_dir():
        pytest.skip(f"no photos in {test_data}")
    monkeypatch.setenv("COURSE_DATA", str(folder))
    notebook, _ = run_notebooks.execute(PATH)
    text = next(c for c in notebook.cells if c.id == "fine-table")["outputs"][0]["text"]
    print(text)
    assert "fine-tuned" in text
