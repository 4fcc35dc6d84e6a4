"""Part 8 beyond its cells: where the weights come from, what a frozen backbone does, a stopped run, uploads, photos."""

import contextlib
import hashlib
import io
import pickle
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from email.message import Message
from pathlib import Path
from urllib.error import URLError

import nbformat
import pytest
import torch
from lessons import ROOT, cell_runner, tags
from photos import add_rubbish, first_photos, make_folder
from safetensors.torch import load_file, save_file
from torch import nn
from torchvision.models import ResNet18_Weights, Weights, _api, resnet18

import helper
from tools import run_notebooks

PATH = ROOT / "Part8_TransferLearning.ipynb"
CELLS, run = cell_runner(PATH)


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """A namespace with a few photos of noise, and random weights in place of the course's."""
    torch.manual_seed(0)
    names = {"__name__": "lesson"}
    run(names, "setup", "setup-course")
    names["device"] = torch.device("cpu")
    names["DATA"] = make_folder(tmp_path_factory.mktemp("photos"), train=40, test=10)
    run(names, "opening-load", "opening-folder", "opening-split-run", "opening-split-use", "opening-pick-do")
    run(names, "scratch-network", "scratch-input-do", "scratch-loop-do", "scratch-fit", "scratch-from", "scratch-train")
    path = tmp_path_factory.mktemp("weights") / "resnet18.safetensors"
    save_file({k: v.half() if v.is_floating_point() else v for k, v in resnet18().state_dict().items()}, path)
    exec(CELLS["pretrained-fetch"].partition("\n\n\npretrained =")[0], names)
    names["COURSE_WEIGHTS"] = path
    names["pretrained"], _ = fetched(names, "course")
    names["pretrained"].eval()
    run(names, "frozen-head", "8.2", "cache-backbone", "8.3", "cache-head", "8.4", "fine-cut-run")
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


def weights_by_the_lesson(lesson):
    """Run the lesson's cell about weights as a reader does; return the network, what it prints, and its seconds."""
    names = dict(lesson, WEIGHTS="torchvision")
    started = time.perf_counter()
    said = run(names, "pretrained-fetch")
    return names["pretrained"], said, time.perf_counter() - started


def assert_the_course_s_weights(lesson, model, said):
    """The lesson goes on with the course's own weights, and says so without a traceback."""
    assert "torchvision's weights cannot be used (" in said and "Traceback" not in said
    assert said.endswith("The weights are the course's own, from assets/weights/resnet18.safetensors.\n")
    own = resnet18()
    own.load_state_dict(load_file(ROOT / "assets" / "weights" / "resnet18.safetensors"))
    assert same_weights(model, own)


def test_without_a_network_the_course_s_weights_are_taken_and_it_says_so(lesson, no_cache, monkeypatch):
    def dead(*given, **options):
        raise URLError("no network")

    monkeypatch.setattr(torch.hub, "urlopen", dead)
    model, said, _ = weights_by_the_lesson(lesson)
    assert_the_course_s_weights(lesson, model, said)
    assert "no network" in said


@contextlib.contextmanager
def served(answer):
    """Run a server of one kind on this computer: `answer` gets each connection; the context gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            with contextlib.suppress(OSError):  # the server is closed: nobody asks any more
                while True:
                    connection, _ = listening.accept()
                    threading.Thread(target=answer, args=[connection], daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


def says_nothing(connection):
    """Take a connection and leave it open."""
    time.sleep(60)


def drips(connection):
    """Send a byte now and then, each of them before a timeout of the connection could end it."""
    with contextlib.suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 46830571\r\n\r\n")
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)


@pytest.mark.parametrize("answer", [says_nothing, drips])
def test_a_server_that_keeps_us_waiting_does_not_hang_the_lesson(answer, lesson, no_cache, monkeypatch):
    with served(answer) as port:
        real = torch.hub.urlopen
        monkeypatch.setattr(torch.hub, "urlopen", lambda request, *given: real(f"http://127.0.0.1:{port}/weights"))
        started = time.perf_counter()
        model, said = fetched(lesson, "torchvision", seconds=1)
        assert time.perf_counter() - started < 10
    assert "no result after 1 seconds" in said and same_weights(model, fetched(lesson, "course")[0])


def test_a_download_that_hangs_does_not_keep_python_from_ending():
    """A kernel must end when it is told to, with a thread that still waits for a server."""
    fetch = CELLS["pretrained-fetch"].partition("\n\n\npretrained =")[0]
    hang = "fetch_resnet18 = lambda: time.sleep(600)\nload_pretrained('torchvision', seconds=0.2)"
    code = "\n".join([CELLS["setup"], fetch, hang])
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0 and result.stderr == ""
    assert "no result after 0.2 seconds" in result.stdout


def refuses(connection):
    """Answer as a proxy that wants a password."""
    connection.recv(1000)
    connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    connection.close()


def hangs_up(connection):
    """Answer as a proxy that breaks off."""
    connection.close()


@pytest.fixture
def proxy(monkeypatch):
    """A function that sets the address of a proxy, as a reader's computer does; all requests go there."""

    def set_proxy(address):
        for name in ("https_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, address)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(urllib.request, "_opener", None)  # it keeps the proxies that it has found first

    return set_proxy


@pytest.mark.parametrize("answer", [refuses, hangs_up])
def test_a_proxy_that_lets_nothing_through(answer, lesson, no_cache, proxy):
    with served(answer) as port:
        proxy(f"http://127.0.0.1:{port}")
        model, said, seconds = weights_by_the_lesson(lesson)
    assert_the_course_s_weights(lesson, model, said)
    assert seconds < 20


def test_a_proxy_that_is_not_there_or_misspelled(lesson, no_cache, proxy):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    for address in (f"http://127.0.0.1:{port}", "http://127.0.0.1:port", "socks5://127.0.0.1:1080"):
        proxy(address)
        model, said, seconds = weights_by_the_lesson(lesson)
        assert_the_course_s_weights(lesson, model, said)
        assert seconds < 20


def test_a_damaged_download_is_told_and_not_kept(lesson, no_cache, monkeypatch):
    """What a login page of a hotel or half a download brings."""

    class Answer(io.BytesIO):
        def info(self):
            return Message()

    monkeypatch.setattr(torch.hub, "urlopen", lambda *given, **options: Answer(b"<html>please log in</html>"))
    model, said, _ = weights_by_the_lesson(lesson)
    assert_the_course_s_weights(lesson, model, said)
    assert "invalid hash value" in said
    assert not [path for path in no_cache.rglob("*") if path.is_file()]


def cut():
    """Return the beginning of a file of weights."""
    whole = io.BytesIO()
    torch.save(resnet18().state_dict(), whole)
    return whole.getvalue()[:1_000_000]


def other_weights():
    """Return a whole file of other weights, which PyTorch would load without a word."""
    whole = io.BytesIO()
    torch.save(resnet18().state_dict(), whole)
    return whole.getvalue()


CONTENTS = {
    "empty": lambda: b"",
    "a login page": lambda: b"<html>please log in</html>",
    "cut": cut,
    "other weights": other_weights,
    "pickle": lambda: pickle.dumps(ModuleNotFoundError()),
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_a_damaged_file_in_the_cache_is_named(content, lesson, no_cache, monkeypatch):
    """What was fetched before is not checked again by torchvision: whatever is wrong with it, the lesson goes on."""
    monkeypatch.setattr(torch.hub, "urlopen", lambda *given: pytest.fail("it went to the network"))
    place = no_cache / "hub" / "checkpoints" / ResNet18_Weights.DEFAULT.url.rpartition("/")[2]
    place.parent.mkdir(parents=True)
    place.write_bytes(content())
    model, said, _ = weights_by_the_lesson(lesson)
    assert_the_course_s_weights(lesson, model, said)
    assert f"the file {place} is damaged, delete it and try again" in said
    assert place.exists(), "nobody deletes what the reader keeps"


def test_a_folder_in_place_of_the_file(lesson, no_cache):
    (no_cache / "hub" / "checkpoints" / ResNet18_Weights.DEFAULT.url.rpartition("/")[2]).mkdir(parents=True)
    model, said, _ = weights_by_the_lesson(lesson)
    assert_the_course_s_weights(lesson, model, said)


def test_a_cache_that_cannot_be_written_is_told(lesson, tmp_path, monkeypatch):
    """TORCH_HOME is a file, which nobody can write into; so it also is for root, who may write into every folder."""
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    model, said, _ = weights_by_the_lesson(lesson)
    assert_the_course_s_weights(lesson, model, said)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no folder here that even root cannot write into")
def test_a_cache_that_nobody_may_write_is_told(lesson, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", "/proc/self")
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    model, said, _ = weights_by_the_lesson(lesson)
    assert_the_course_s_weights(lesson, model, said)


def test_a_whole_file_in_the_cache_is_used_without_a_network(lesson, no_cache, monkeypatch):
    """The name of the file ends with the first digits of its own checksum, as torchvision's do."""
    monkeypatch.setattr(torch.hub, "urlopen", lambda *given: pytest.fail("it went to the network"))
    other, whole = resnet18(), io.BytesIO()
    torch.save(other.state_dict(), whole)
    name = f"resnet18-{hashlib.sha256(whole.getvalue()).hexdigest()[:8]}.pth"
    place = no_cache / "hub" / "checkpoints" / name
    place.parent.mkdir(parents=True)
    place.write_bytes(whole.getvalue())
    fake = Weights(f"https://download.pytorch.org/models/{name}", None, {"categories": ["cat"] * 1000})
    monkeypatch.setattr(ResNet18_Weights.DEFAULT, "_value_", fake)
    model, said, _ = weights_by_the_lesson(lesson)
    assert same_weights(model, other) and "trained on ImageNet" in said and "course" not in said


def test_torchvision_s_weights_are_used_when_they_come(lesson, monkeypatch):
    other = resnet18()
    monkeypatch.setattr(_api, "load_state_dict_from_url", lambda *given, **options: other.state_dict())
    model, said = fetched(lesson, "torchvision")
    assert same_weights(model, other) and "torchvision's" in said and "course" not in said


def test_the_course_s_weights_need_no_network(lesson, monkeypatch):
    monkeypatch.setattr(torch.hub, "urlopen", lambda *given: pytest.fail("it went to the network"))
    model, said = fetched(lesson, "course")
    assert same_weights(model, fetched(lesson, "course")[0]) and "the course's own" in said


def backbone_of(model):
    return {name: value.clone() for name, value in model.state_dict().items() if not name.startswith("fc.")}


def train_a_little(lesson, model, optimizer):
    for rows in torch.arange(24).split(8):
        loss = nn.functional.cross_entropy(model(lesson["to_input"](lesson["x_train"][rows])), lesson["y_train"][rows])
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
    run(lesson, "fine-maps-run", "fine-ways-do")
    before = {name: value.clone() for name, value in lesson["late"].state_dict().items()}
    frozen, tuned = lesson["train_frozen"](torch.arange(20, 40)), lesson["fine_tune"](torch.arange(20, 40), 64)
    now = tuned.state_dict()
    assert all(torch.equal(now[name], before[name]) for name in before if "running" in name or "tracked" in name)
    assert not torch.equal(now["0.conv1.weight"], before["0.conv1.weight"])
    assert torch.equal(frozen[0].conv1.weight, before["0.conv1.weight"])
    assert all(torch.equal(value, before[name]) for name, value in lesson["late"].state_dict().items())


def test_the_two_halves_are_the_network(lesson):
    run(lesson, "fine-maps-run")
    cached = lesson["cache_features"](lesson["backbone"], lesson["x_train"][:30])
    assert torch.allclose(cached, lesson["features"][:30], rtol=1e-3, atol=1e-4)


def test_cached_features_are_the_features(lesson):
    backbone, pictures = lesson["backbone"], lesson["x_train"][:30]
    cached = lesson["cache_features"](backbone, pictures)
    with torch.inference_mode():
        one_by_one = torch.cat([backbone(lesson["to_input"](picture[None])) for picture in pictures])
    assert cached.shape == (30, 512)
    assert torch.allclose(cached, one_by_one, rtol=1e-3, atol=1e-4)
    assert torch.equal(cached, lesson["cache_features"](backbone, pictures))


def test_training_shows_every_picture_before_any_comes_again(lesson):
    shown, sizes = [], []

    def prepare(batch):
        shown.extend(batch.tolist())
        sizes.append(len(batch))
        return torch.zeros(len(batch), 3)

    model, labels = nn.Linear(3, 2), torch.zeros(10, dtype=torch.int64)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    lesson["fit"](model, torch.arange(10), labels, optimizer, 25, prepare, batch_size=4)
    assert sizes == [4, 4, 4, 4, 4, 4, 1]
    assert sorted(shown[:10]) == sorted(shown[10:20]) == list(range(10))
    assert len(set(shown[20:])) == 5 and shown[:10] != shown[10:20]


def test_the_rate_rises_then_falls_for_any_number_of_steps(lesson):
    for steps in (1, 2, 3, 5, 50):
        rates = [lesson["rate_at"](step, steps) for step in range(steps)]
        assert all(0 < rate <= 1 for rate in rates)
        top = rates.index(max(rates))
        assert rates[:top] == sorted(rates[:top]) and rates[top:] == sorted(rates[top:], reverse=True)


def test_pick_gives_as_many_of_each_class_and_others_for_each_seed(lesson):
    rows = lesson["pick"](40, 0)
    assert len(set(rows.tolist())) == 40 and lesson["y_train"][rows].bincount().tolist() == [20, 20]
    assert torch.equal(rows, lesson["pick"](40, 0)) and not torch.equal(rows, lesson["pick"](40, 1))


@pytest.mark.parametrize("sizes", [(40, 40), (3, 30), (2, 2, 2), (1, 5), (4,) * 37])
def test_the_split_takes_its_share_of_each_class(sizes, lesson):
    labels = torch.cat([torch.full((size,), label) for label, size in enumerate(sizes)])
    train, valid = lesson["split_by_class"](labels, 0.25, 0)
    assert sorted(train.tolist() + valid.tolist()) == list(range(len(labels)))
    for label, size in enumerate(sizes):
        count = (labels[valid] == label).sum().item()
        assert count < size and (count >= 1 or size == 1) and abs(count - size / 4) <= 0.75
    again, _ = lesson["split_by_class"](labels, 0.25, 0)
    assert torch.equal(train, again)


def test_the_comparison_can_be_stopped_and_goes_on(lesson):
    started = []

    def run_once(way, count, seed):
        started.append((way, count, seed))
        if len(started) == stop_at:
            raise KeyboardInterrupt
        return count / 100 + seed / 1000

    run(lesson, "compare-settings")
    lesson["run_once"], stop_at = run_once, None
    run(lesson, "compare-run")
    whole, order = dict(lesson["results"]), list(started)
    assert len(order) == len(whole) == 3 * len(lesson["COUNTS"]) * 3

    lesson["results"].clear()
    started.clear()
    stop_at = 8
    with pytest.raises(KeyboardInterrupt):
        run(lesson, "compare-run")
    assert list(lesson["results"]) == order[:7]

    started.clear()
    stop_at = None
    run(lesson, "compare-run")
    assert started == order[7:] and lesson["results"] == whole

    started.clear()
    run(lesson, "compare-run")
    assert started == []


def test_an_upload_gets_a_picture_or_a_sentence(lesson):
    names = dict(lesson)
    names["final"] = resnet18(num_classes=2).eval()
    run(names, "own-predict")
    sentences = 0
    messy = sorted((helper.data_dir("practice", "Cat_Dog_data") / "messy").iterdir())
    for path in messy:
        verdict = names["predict_photo"](path)
        if isinstance(verdict, str):
            assert verdict.startswith("This file cannot be used. ")
            sentences += 1
    assert 0 < sentences < len(messy)


def run_all(names, data):
    """Run the lesson from top to bottom on a folder, with the course's answers; return what each cell prints."""
    said = {}
    for cell in nbformat.read(PATH, 4).cells:
        if cell.cell_type != "code" or cell.id == "find-course" or set(tags(cell)) & {"check", "solution"}:
            continue
        number = "8." + cell.id.split("-")[2] if "exercise" in tags(cell) else cell.id
        if "raises-exception" in tags(cell):
            with pytest.raises(RuntimeError):
                run(names, number)
        elif cell.id != "progress":
            said[cell.id] = run(names, number)
        if cell.id == "setup-course":
            names |= {"DATA": data, "WEIGHTS": "course"}
        if cell.id == "compare-settings":
            names["SEEDS"] = range(2)  # the fewest that have a standard deviation
    return said


@pytest.mark.parametrize("classes, train, test", [(2, 4, 2), (11, 2, 1), (37, 3, 1)])
def test_the_whole_lesson_runs_on_a_reader_s_photos(classes, train, test, tmp_path):
    """Twelve pictures in all, or many classes; every suffix, with rubbish between the photos."""
    suffixes = (".JPG", ".jpeg", ".png", ".webp", ".jfif")
    folder = make_folder(tmp_path / "photos", classes, train, test, suffixes)
    add_rubbish(folder)
    names = {"__name__": "lesson"}
    run_all(names, folder)
    assert len(names["class_names"]) == classes
    assert len(names["x_train"]) + len(names["x_valid"]) == classes * train and len(names["x_test"]) == classes * test
    assert len(names["results"]) == 3 * 2 * len(names["COUNTS"]) and names["counts"].sum() == classes * test


def keep_photos(folder, count):
    """Delete all but the first photos of a class folder."""
    for path in sorted(folder.iterdir())[count:]:
        path.unlink()


def test_a_class_with_one_photo_has_it_for_training_and_the_lesson_says_so(tmp_path):
    folder = make_folder(tmp_path / "photos", classes=3, train=8, test=2)
    keep_photos(folder / "train" / "kind 01", 1)
    names = {"__name__": "lesson"}
    said = run_all(names, folder)
    assert names["y_train"].bincount().tolist() == [6, 1, 6] and names["y_valid"].tolist() == [0, 0, 2, 2]
    assert "no validation picture of kind 01" in said["opening-split-use"]
    assert names["counts"].sum() == 6


def test_where_no_class_has_two_photos_the_lesson_stops_with_a_sentence(tmp_path):
    folder = make_folder(tmp_path / "photos", classes=2, train=1, test=1)
    with pytest.raises(ValueError, match="at least one class needs two photos in the training folder"):
        run_all({"__name__": "lesson"}, folder)


def test_the_counts_of_the_comparison_can_be_drawn_evenly(lesson):
    """With 6 cats and 90 dogs, 160 or 40 pictures cannot be half cats: they are left out."""
    labels = torch.tensor([0] * 6 + [1] * 90)
    names = dict(lesson, x_train=labels, y_train=labels)
    exec(CELLS["opening-pick-do"].partition("\nforty")[0], names)
    run(names, "compare-settings")
    assert names["COUNTS"] == [10, 96]
    assert labels[names["pick"](10, 0)].bincount().tolist() == [5, 5]


def test_the_whole_lesson_runs_on_photos(test_data, tmp_path, monkeypatch):
    folder = test_data / "photos"
    if not (folder / "train").is_dir():
        pytest.skip(f"no photos in {test_data}")
    few = first_photos(folder, tmp_path, train=56, test=10)  # enough to draw 10 and 40 of them
    monkeypatch.setenv("COURSE_DATA", str(few))
    notebook, _ = run_notebooks.execute(PATH)
    text = next(c for c in notebook.cells if c.id == "compare-table")["outputs"][0]["text"]
    print(text)
    assert "pictures                   10              40              84" in text
    assert "fine-tuned" in text
