"""Downloading the full data, against a server on this computer that behaves well and badly."""

import errno
import gzip
import hashlib
import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from lessons import ROOT
from mirror import Server, break_off
from torchvision import datasets

from tools.data import download_data
from tools.data.download_data import DownloadError, Source, fetch, install, is_whole

NAMES = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]


def idx(array):
    """Return an array of uint8 as a compressed IDX file."""
    head = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return gzip.compress(head + array.astype(np.uint8).tobytes(), mtime=0)


def small_set(seed=0):
    """Return the four files of a small set: name -> bytes."""
    rng = np.random.default_rng(seed)
    files = {}
    for part, count in (("train", 300), ("t10k", 100)):
        files[f"{part}-images-idx3-ubyte.gz"] = idx(rng.integers(0, 256, (count, 28, 28)))
        files[f"{part}-labels-idx1-ubyte.gz"] = idx(rng.integers(0, 10, count))
    return files


def once(times, behavior):
    """Return a `misbehave` that acts so for the first requests only."""
    left = [times]

    def act(request, body):
        if left[0] == 0:
            return False
        left[0] -= 1
        return behavior(request, body)

    return act


@pytest.fixture
def server():
    server = Server(small_set())
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def source(server):
    files = tuple((name, hashlib.md5(body).hexdigest()) for name, body in server.files.items())
    return Source("MNIST", files, (server.url,))


def counts_as_data(folder):
    """Whether torchvision takes a folder for the set, without a download."""
    try:
        return len(datasets.MNIST(folder, train=True)) > 0
    except RuntimeError:
        return False


def nothing_left(data):
    return not counts_as_data(data) and not (data / "MNIST").exists()


def test_a_set_is_downloaded_once(source, server, tmp_path):
    assert install(source, tmp_path, pause=0) == "MNIST: downloaded, verified."
    train, test = (datasets.MNIST(tmp_path, train=train, download=True) for train in (True, False))
    assert (len(train), len(test)) == (300, 100)
    assert sorted(path.name for path in (tmp_path / "MNIST" / "raw").iterdir()) == sorted(NAMES)
    asked = len(server.requests)
    assert install(source, tmp_path, pause=0) == "MNIST: already here, verified."
    assert len(server.requests) == asked


def test_a_download_that_breaks_off_is_resumed(source, server, tmp_path):
    server.misbehave = once(1, break_off)
    install(source, tmp_path, pause=0)
    first, half = server.requests[1]
    assert first == "train-images-idx3-ubyte.gz"
    assert half == f"bytes={len(server.files[first]) // 2}-"
    assert counts_as_data(tmp_path)


def test_a_server_that_cannot_resume_is_asked_from_the_beginning(source, server, tmp_path):
    server.ranges, server.misbehave = False, once(1, break_off)
    install(source, tmp_path, pause=0)
    assert [name for name, _ in server.requests].count("train-images-idx3-ubyte.gz") == 2
    assert counts_as_data(tmp_path)


def test_a_server_that_is_busy_twice_is_asked_a_third_time(source, server, tmp_path):
    server.misbehave = once(2, lambda request, body: request.send_error(503) or True)
    install(source, tmp_path, pause=0)
    assert [name for name, _ in server.requests[:3]] == ["train-images-idx3-ubyte.gz"] * 3
    assert counts_as_data(tmp_path)


def test_a_wrong_file_is_never_data(source, server, tmp_path):
    server.files = dict(server.files) | {"t10k-labels-idx1-ubyte.gz": idx(np.zeros(100))}
    with pytest.raises(DownloadError, match="t10k-labels.* is not the file that it should be"):
        install(source, tmp_path, pause=0)
    assert nothing_left(tmp_path)


def test_a_missing_file_is_said(source, server, tmp_path):
    server.files = {name: body for name, body in server.files.items() if "t10k" not in name}
    with pytest.raises(DownloadError, match="t10k-images-idx3-ubyte.gz answers 404"):
        install(source, tmp_path, pause=0)
    assert nothing_left(tmp_path)


def test_a_server_that_always_breaks_off_is_given_up(source, server, tmp_path):
    server.ranges, server.misbehave = False, break_off
    with pytest.raises(DownloadError, match="broke off after .* bytes"):
        install(source, tmp_path, tries=2, pause=0)
    assert nothing_left(tmp_path)


def test_the_next_mirror_is_asked(source, server, tmp_path):
    server.misbehave = lambda request, body: "/no/such/" in request.path and (request.send_error(404) or True)
    install(Source(source.name, source.files, (f"{server.url}no/such/", server.url)), tmp_path, pause=0)
    assert [name for name, _ in server.requests[:2]] == ["train-images-idx3-ubyte.gz"] * 2
    assert counts_as_data(tmp_path)


def test_a_part_that_is_too_long_is_begun_anew(source, server, tmp_path):
    raw = tmp_path / ".partial" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    (raw / "train-images-idx3-ubyte.gz.part").write_bytes(b"x" * 10**6)
    install(source, tmp_path, pause=0)
    assert counts_as_data(tmp_path)


def test_a_spoiled_set_is_fetched_again(source, tmp_path):
    install(source, tmp_path, pause=0)
    labels = tmp_path / "MNIST" / "raw" / "train-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:-1] + b"\xff")
    assert not is_whole(tmp_path / "MNIST")
    assert install(source, tmp_path, pause=0) == "MNIST: downloaded, verified."
    assert is_whole(tmp_path / "MNIST")


def test_a_folder_that_somebody_else_made_is_kept_beside(source, tmp_path):
    for name in ("MNIST", "MNIST-before"):
        own = tmp_path / name / "train" / "mydog" / "bello.jpg"
        own.parent.mkdir(parents=True)
        own.write_bytes(b"my dog")
    said = install(source, tmp_path, pause=0)
    kept = tmp_path / "MNIST-before2"
    assert said.startswith("MNIST: downloaded, verified.\n") and said.endswith(f"They are now in {kept}.")
    assert is_whole(tmp_path / "MNIST")
    assert (kept / "train" / "mydog" / "bello.jpg").read_bytes() == b"my dog"
    assert (tmp_path / "MNIST-before" / "train" / "mydog" / "bello.jpg").exists()


def test_a_file_that_was_put_into_a_set_is_kept_when_the_set_is_made_anew(source, tmp_path):
    install(source, tmp_path, pause=0)
    (tmp_path / "MNIST" / "raw" / "notes.txt").write_text("mine")
    (tmp_path / "MNIST" / "raw" / "train-labels-idx1-ubyte").unlink()
    install(source, tmp_path, pause=0)
    assert is_whole(tmp_path / "MNIST")
    assert (tmp_path / "MNIST-before" / "raw" / "notes.txt").read_text() == "mine"


@pytest.mark.skipif(os.name == "nt", reason="on Windows, links need a permission")
def test_a_link_in_the_place_of_a_set_is_kept_and_what_it_leads_to(source, tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    (tmp_path / "MNIST").symlink_to(photos)
    install(source, tmp_path, pause=0)
    assert is_whole(tmp_path / "MNIST") and not (tmp_path / "MNIST").is_symlink()
    assert (tmp_path / "MNIST-before").readlink() == photos


def test_a_folder_that_cannot_be_replaced_costs_no_second_download(source, server, tmp_path, monkeypatch):
    def in_use(folder):
        raise PermissionError(errno.EACCES, "in use", str(folder))

    with monkeypatch.context() as patch:
        patch.setattr(download_data, "_make_room", in_use)
        with pytest.raises(PermissionError):
            install(source, tmp_path, pause=0)
    server.requests.clear()
    install(source, tmp_path, pause=0)
    assert server.requests == [] and is_whole(tmp_path / "MNIST")


def test_a_last_step_that_is_refused_costs_no_second_download(source, server, tmp_path, monkeypatch):
    """On Windows, a folder cannot be renamed while a virus scanner has one of its files open."""

    def refuse(path, target, seconds):
        raise PermissionError(errno.EACCES, "in use", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(download_data, "rename", refuse)
        with pytest.raises(PermissionError):
            install(source, tmp_path, pause=0)
    assert not (tmp_path / "MNIST").exists()
    server.requests.clear()
    assert install(source, tmp_path, pause=0) == "MNIST: downloaded, verified."
    assert server.requests == [] and is_whole(tmp_path / "MNIST")
    assert not (tmp_path / ".partial" / "MNIST").exists()


@pytest.mark.parametrize(("system", "says"), [("darwin", "Install Certificates.command"), ("linux", "SSL_CERT_FILE")])
def test_a_refused_certificate_is_not_a_missing_network(tmp_path, monkeypatch, system, says):
    monkeypatch.setattr(download_data.sys, "platform", system)
    error = download_data.NetworkError("https://x/y: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    said = download_data.explain("MNIST", error, tmp_path)
    assert says in said and "Is this computer on the network?" not in said and "it goes on where it stopped" in said


def test_what_was_interrupted_of_another_set_stays(source, tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_MIRROR", raising=False)
    half = tmp_path / ".partial" / "Cat_Dog_data" / "raw" / "images.tar.gz.part"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    assert download_data.main(["MNIST", "--into", str(tmp_path)], pause=0, known=lambda mirror: [source]) == 0
    assert half.read_bytes() == b"half"


def test_what_was_interrupted_of_a_set_that_is_here_is_removed(source, tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_MIRROR", raising=False)
    install(source, tmp_path, pause=0)
    (tmp_path / ".partial" / "MNIST" / "raw").mkdir(parents=True)
    assert download_data.main(["--into", str(tmp_path)], pause=0, known=lambda mirror: [source]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["MNIST"]


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_that_is_far_too_large_is_not_kept(source, server, tmp_path, monkeypatch, announced):
    def send(request, body):
        request.send_response(200)
        if announced:
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
        request.close_connection = True
        return True

    server.misbehave = send
    monkeypatch.setattr(download_data, "LARGEST_DOWNLOAD", 100_000)
    with pytest.raises(DownloadError, match=r"train-images-idx3-ubyte.gz has more than 100,000 bytes"):
        install(source, tmp_path, pause=0)
    assert len(server.requests) == 1
    assert not list(tmp_path.rglob("*.part"))


def test_a_killed_download_goes_on(source, server, tmp_path):
    """The process is killed in the middle of a file; the next run asks for the rest of it only."""
    slow = threading.Event()

    def drip(request, body):
        request.send_response(200)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[:150_000])
        request.wfile.flush()
        slow.wait(60)
        return True

    server.misbehave = drip
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import pathlib; from tools.data import download_data as d\n"
        f"d.install(d.Source({source.name!r}, {source.files!r}, {source.mirrors!r}), pathlib.Path({str(tmp_path)!r}))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    part = tmp_path / ".partial" / "MNIST" / "raw" / "train-images-idx3-ubyte.gz.part"
    for _ in range(600):
        if part.exists() and part.stat().st_size >= 65_536:
            break
        time.sleep(0.1)
    process.kill()
    process.wait()
    slow.set()
    assert nothing_left(tmp_path)
    have, server.misbehave = part.stat().st_size, lambda request, body: False
    server.requests.clear()
    install(source, tmp_path, pause=0)
    assert server.requests[0] == ("train-images-idx3-ubyte.gz", f"bytes={have}-")
    assert counts_as_data(tmp_path)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"not a gzip file", "cannot be unpacked"),
        (
            gzip.compress(b"\0\0\x08\x01" + (5).to_bytes(4, "big") + b"abc"),
            "holds 3 bytes of data, and its header says 5",
        ),
        (
            gzip.compress(b"\0\0\x08\x01" + (2).to_bytes(4, "big") + b"abc"),
            "holds 3 bytes of data, and its header says 2",
        ),
        (gzip.compress(b"\0\0\x0d\x01" + (2).to_bytes(4, "big") + b"ab"), "does not hold an IDX file"),
        (gzip.compress(b"\0\0\x08\x01" + (2**31).to_bytes(4, "big")), "does not hold an IDX file"),
        (gzip.compress(b""), "cannot be unpacked"),
    ],
    ids=["no gzip", "too short", "too long", "other type", "bomb", "empty"],
)
def test_archives_are_checked_before_they_are_unpacked(body, says, tmp_path):
    packed = tmp_path / "train-labels-idx1-ubyte.gz"
    packed.write_bytes(body)
    with pytest.raises(DownloadError, match=says):
        download_data.unpack(packed, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_labels_must_fit_the_pictures(server, tmp_path):
    server.files = dict(server.files) | {"train-labels-idx1-ubyte.gz": idx(np.zeros(7))}
    files = tuple((name, hashlib.md5(body).hexdigest()) for name, body in server.files.items())
    with pytest.raises(DownloadError, match="300 pictures, and train-labels-idx1-ubyte holds 7 labels"):
        install(Source("MNIST", files, (server.url,)), tmp_path, pause=0)
    assert nothing_left(tmp_path)


def test_the_command(source, server, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("COURSE_MIRROR", raising=False)
    assert download_data.main(["--into", str(tmp_path)], pause=0, known=lambda mirror: [source]) == 0
    assert "MNIST: downloaded, verified." in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["MNIST"]


def test_without_a_network_one_clear_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_MIRROR", "http://127.0.0.1:9/course")
    assert download_data.main(["--into", str(tmp_path)], pause=0) == 1
    said = capsys.readouterr().out
    assert "MNIST could not be downloaded: http://127.0.0.1:9/course/MNIST/train-images-idx3-ubyte.gz" in said
    assert "Is this computer on the network?" in said
    assert "Traceback" not in said
    assert nothing_left(tmp_path)


@pytest.mark.parametrize(
    "mirror",
    ["server/folder", "server:8000/folder", "http://", "http://server:port/", "http://[server/", "http://.server/"],
)
def test_a_mirror_that_is_no_address_is_said(tmp_path, monkeypatch, capsys, mirror):
    monkeypatch.setenv("COURSE_MIRROR", mirror)
    assert download_data.main(["--into", str(tmp_path)], pause=0) == 1
    said = capsys.readouterr().out
    assert f"COURSE_MIRROR is {mirror!r}, which is no address of a server." in said
    assert "for example: http://server/folder" in said and "network" not in said


def test_a_mirror_may_have_letters_of_other_languages_and_spaces(source, server, tmp_path):
    mirror = download_data.address_of(f"{server.url}Bücher/a folder")
    assert mirror == f"{server.url}B%C3%BCcher/a%20folder"
    assert download_data.address_of(mirror) == mirror
    install(Source("MNIST", source.files, (f"{mirror}/",)), tmp_path, pause=0)
    assert counts_as_data(tmp_path)


def test_ctrl_c_says_a_sentence(source, tmp_path, monkeypatch, capsys):
    def press_ctrl_c(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(download_data, "install", press_ctrl_c)
    assert download_data.main(["--into", str(tmp_path)], known=lambda mirror: [source]) == 130
    assert "Stopped. What has arrived is kept" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_is_no_fault_of_the_network(source, server, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("COURSE_MIRROR", raising=False)
    in_the_way = tmp_path / ".partial" / "MNIST" / "raw" / "train-images-idx3-ubyte.gz.part"
    in_the_way.mkdir(parents=True)
    server.ranges = False
    assert download_data.main(["--into", str(tmp_path)], pause=0, known=lambda mirror: [source]) == 1
    said = capsys.readouterr().out
    assert said.startswith(f"MNIST could not be stored: {in_the_way}")
    assert "network" not in said
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left"), "is full. Free some space there, or name another folder"),
        (PermissionError(errno.EACCES, "Permission denied", "raw"), "raw may not be written to (Permission denied)."),
        (OSError(errno.EIO, "Input/output error", "raw"), "raw: Input/output error. Look at this file or folder"),
    ],
)
def test_a_fault_of_the_disk_is_told_by_its_cause(tmp_path, error, says):
    said = download_data.explain("MNIST", error, tmp_path)
    assert says in said and "network" not in said and "COURSE_MIRROR" not in said


def test_a_server_that_answers_is_no_fault_of_the_network(source, server, tmp_path, monkeypatch, capsys):
    server.files = {}
    monkeypatch.setenv("COURSE_MIRROR", server.url)
    assert download_data.main(["--into", str(tmp_path)], pause=0, known=lambda mirror: [source]) == 1
    said = capsys.readouterr().out
    assert "answers 404" in said and "network" not in said
    assert f"This server is asked because COURSE_MIRROR is {server.url}." in said


def test_on_windows_the_advice_can_be_typed_there(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(download_data.os, "name", "nt")
        said = download_data.explain("MNIST", download_data.NetworkError("no answer"), tmp_path)
    assert "run `python course.py data` again" in said
    assert 'in PowerShell: $env:COURSE_MIRROR = "http://server/folder"; python course.py data\n' in said


def test_what_to_fetch_comes_from_torchvision():
    mnist, fashion, pets = download_data.sources()
    assert [name for name, _ in mnist.files] == [name for name, _ in datasets.MNIST.resources]
    assert mnist.mirrors == tuple(datasets.MNIST.mirrors)
    assert fashion.name == "FashionMNIST" and fashion.mirrors
    assert [name for name, _ in pets.files] == ["images.tar.gz", "annotations.tar.gz"]
    assert [pets.mirrors[0] + name for name, _ in pets.files] == [url for url, _ in datasets.OxfordIIITPet._RESOURCES]
    assert [source.mirrors for source in download_data.sources("http://room/")] == [
        ("http://room/MNIST/",),
        ("http://room/FashionMNIST/",),
        ("http://room/Cat_Dog_data/",),
    ]


def test_fetch_says_why_it_gave_up(tmp_path):
    with pytest.raises(DownloadError, match="127.0.0.1:9"):
        fetch("http://127.0.0.1:9/file", tmp_path / "file", "0" * 32, tries=2, pause=0)


def test_the_complete_sets(test_data, tmp_path):
    """The real files, from a server on this computer (compressed anew, so with checksums of their own)."""
    for name in ("MNIST", "FashionMNIST"):
        packed = {path.name: path.read_bytes() for path in sorted((test_data / "full" / name / "raw").glob("*.gz"))}
        server = Server(packed)
        files = tuple((file, hashlib.md5(body).hexdigest()) for file, body in packed.items())
        install(Source(name, files, (server.url,)), tmp_path, pause=0)
        server.shutdown()
        dataset = getattr(datasets, name)
        assert [len(dataset(tmp_path, train=train)) for train in (True, False)] == [60_000, 10_000]
        for file, body in packed.items():
            assert (tmp_path / name / "raw" / file).with_suffix("").read_bytes() == gzip.decompress(body)
