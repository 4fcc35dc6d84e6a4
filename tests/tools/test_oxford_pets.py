"""The complete pet photos, sorted by their own lists, out of archives that are checked; from a local server."""

import functools
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import numpy as np
import pytest
from lessons import ROOT
from mirror import Server, break_off
from PIL import Image
from torchvision.datasets import ImageFolder

import helper
from tools.data import download_data, oxford_pets
from tools.data.download_data import DownloadError, Source, install, is_whole, make_pets
from tools.data.oxford_pets import ArchiveError

TRAIN = "Abyssinian_1 1 1 1\nAbyssinian_2 1 1 1\nBengal_7 6 1 3\nbeagle_1 5 2 2\nboxer_10 9 2 5\npug_3 26 2 18\n"
TEST = "Abyssinian_3 1 1 1\nSphynx_4 34 1 12\nbeagle_116 5 2 2\nboxer_2 9 2 5\n"


def picture(seed, kind="JPEG", mode="RGB", size=(60, 45)):
    """Return a noisy picture as the bytes of a file."""
    noise = np.random.default_rng(seed).integers(0, 256, (*size, 3)).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).convert(mode).save(file, kind)
    return file.getvalue()


def packed(files):
    """Return a .tar.gz with these files (name -> bytes, or a TarInfo as it is)."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as archive:
        for name, data in files.items():
            member = data if isinstance(data, tarfile.TarInfo) else tarfile.TarInfo(name)
            if data is not member:
                member.size = len(data)
            archive.addfile(member, None if data is member else io.BytesIO(data))
    return file.getvalue()


@functools.cache
def photos():
    """Return the files of the archive of photos, with all that is odd in the real one, and more."""
    names = [line.split()[0] for line in (TRAIN + TEST).splitlines()]
    files = {f"images/{name}.jpg": picture(seed) for seed, name in enumerate(names)}
    files["images/Abyssinian_2.jpg"] = picture(2, "PNG", "P")  # some are of another kind than their name says
    files["images/Bengal_7.jpg"] = picture(3, "JPEG", "CMYK")
    files["images/beagle_116.jpg"] = picture(8)[:700]  # and a few are spoiled
    return files | {
        "images/Abyssinian_1.mat": b"matlab",
        "images/._pug_3.jpg": b"x",
        "images/unknown_1.jpg": picture(9),
    }


def lists(train=TRAIN, test=TEST):
    return {"annotations/trainval.txt": train.encode(), "annotations/test.txt": test.encode(), "annotations/._x": b"x"}


def source_of(server, photo_files=None, list_files=None):
    """Return the set as it stands on the server, with the checksums of this small copy."""
    server.files = {
        "images.tar.gz": packed(photo_files or photos()),
        "annotations.tar.gz": packed(list_files or lists()),
    }
    files = tuple((name, hashlib.md5(body).hexdigest()) for name, body in server.files.items())
    return Source("Cat_Dog_data", files, (server.url,), make_pets)


@pytest.fixture
def server():
    server = Server({})
    yield server
    server.shutdown()
    server.server_close()


def found(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.jpg"))


SORTED = [
    "test/cat/Abyssinian_3.jpg",
    "test/cat/Sphynx_4.jpg",
    "test/dog/boxer_2.jpg",
    "train/cat/Abyssinian_1.jpg",
    "train/cat/Abyssinian_2.jpg",
    "train/cat/Bengal_7.jpg",
    "train/dog/beagle_1.jpg",
    "train/dog/boxer_10.jpg",
    "train/dog/pug_3.jpg",
]


def test_photos_are_sorted_by_the_lists_and_a_spoiled_one_is_named(server, tmp_path, capsys, monkeypatch):
    assert install(source_of(server), tmp_path / "data", pause=0) == "Cat_Dog_data: downloaded, verified."
    said = capsys.readouterr().out
    assert said.startswith("beagle_116.jpg is skipped: it is not a picture that can be read") and said.count("\n") == 1
    pets = tmp_path / "data" / "Cat_Dog_data"
    assert found(pets) == SORTED
    assert sorted(path.name for path in pets.iterdir()) == ["SHA256SUMS", "test", "train"]
    assert (pets / "train" / "dog" / "pug_3.jpg").read_bytes() == photos()["images/pug_3.jpg"]
    monkeypatch.setattr(helper, "HERE", tmp_path)
    train = ImageFolder(helper.data_dir("full", "Cat_Dog_data") / "train")
    assert train.classes == ["cat", "dog"] and [label for _, label in train] == [0, 0, 0, 1, 1, 1]
    asked = len(server.requests)
    assert install(source_of(server), tmp_path / "data", pause=0) == "Cat_Dog_data: already here, verified."
    assert len(server.requests) == asked


def test_a_spoiled_folder_is_made_anew(server, tmp_path):
    source, pets = source_of(server), tmp_path / "Cat_Dog_data"
    install(source, tmp_path, pause=0)
    (pets / SORTED[3]).unlink()
    assert not is_whole(pets)
    assert install(source, tmp_path, pause=0) == "Cat_Dog_data: downloaded, verified."
    assert is_whole(pets) and found(pets) == SORTED


def test_a_download_that_breaks_off_goes_on(server, tmp_path):
    source, seen = source_of(server), []
    server.misbehave = lambda request, body: not seen and not seen.append(1) and break_off(request, body)
    install(source, tmp_path, pause=0)
    half = f"bytes={len(server.files['images.tar.gz']) // 2}-"
    assert server.requests[1] == ("images.tar.gz", half)
    assert found(tmp_path / "Cat_Dog_data") == SORTED


def test_killed_while_it_unpacks_it_begins_there_anew(server, tmp_path):
    """No half set is ever in its place; the archives are not asked for again."""
    many = dict.fromkeys((f"images/boxer_{number}.jpg" for number in range(100, 180)), picture(0, size=(600, 600)))
    names = "".join(f"boxer_{number} 9 2 5\n" for number in range(100, 180))
    source = source_of(server, many | photos(), lists(TRAIN + names))
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import pathlib; from tools.data import download_data as d\n"
        f"source = d.Source({source.name!r}, {source.files!r}, {source.mirrors!r}, d.make_pets)\n"
        f"d.install(source, pathlib.Path({str(tmp_path)!r}))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    work = tmp_path / ".partial" / "Cat_Dog_data"
    until = time.monotonic() + 300
    while process.poll() is None and time.monotonic() < until and not list(work.glob("train/dog/boxer_1[1-4]*.jpg")):
        time.sleep(0.005)
    process.kill()
    process.wait()
    assert found(work) and not (tmp_path / "Cat_Dog_data").exists(), "the process was not caught while it unpacked"
    server.requests.clear()
    install(source, tmp_path, pause=0)
    assert server.requests == []
    assert len(found(tmp_path / "Cat_Dog_data")) == 80 + len(SORTED)


def link():
    member = tarfile.TarInfo("images/link.jpg")
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return member


def bomb():
    member = tarfile.TarInfo("images/zeros.jpg")
    member.size = oxford_pets.LARGEST_ALL + 1
    return member


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ({"../evil.jpg": b"x"}, "not safe to unpack: '../evil.jpg' leads out"),
        ({"images/../../evil.jpg": b"x"}, "leads out of its folder"),
        ({"/tmp/evil.jpg": b"x"}, "leads out of its folder"),
        ({"C:/evil.jpg": b"x"}, "leads out of its folder"),
        ({"images\\..\\..\\evil.jpg": b"x"}, "leads out of its folder"),
        ({"images/link.jpg": link()}, "link or a device"),
        ({"images/zeros.jpg": bomb()}, "holds more than"),
    ],
    ids=["parent", "hidden parent", "absolute", "drive", "backslash", "link", "bomb"],
)
def test_an_archive_that_is_not_safe_is_refused_before_anything_is_written(server, tmp_path, extra, says):
    with pytest.raises(DownloadError, match=says):
        install(source_of(server, photos() | extra), tmp_path / "data", pause=0)
    assert not found(tmp_path)
    assert not (tmp_path / "data" / "Cat_Dog_data").exists()


def test_a_photo_that_is_missing_is_said(server, tmp_path):
    few = dict(photos())
    del few["images/pug_3.jpg"]
    with pytest.raises(DownloadError, match="lacks 1 photos of the lists, pug_3.jpg among them"):
        install(source_of(server, few), tmp_path, pause=0)
    assert not (tmp_path / "Cat_Dog_data").exists()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"annotations/test.txt": TEST.encode()}, "holds no annotations/trainval.txt"),
        (lists(train="Abyssinian_1 1 3 1\n"), "not as it should be: 'Abyssinian_1 1 3 1'"),
        (lists(test="<html>\n"), "not as it should be: '<html>'"),
    ],
    ids=["no list", "a third species", "no list at all"],
)
def test_lists_that_are_not_as_they_should_be(server, tmp_path, files, says):
    with pytest.raises(DownloadError, match=says):
        install(source_of(server, list_files=files), tmp_path, pause=0)


def test_what_is_no_archive(tmp_path):
    (tmp_path / "images.tar.gz").write_bytes(b"not an archive")
    with pytest.raises(ArchiveError, match="images.tar.gz cannot be unpacked"):
        list(oxford_pets.members(tmp_path / "images.tar.gz"))
    (tmp_path / "images.tar.gz").write_bytes(packed(photos())[:2000])
    with pytest.raises(ArchiveError, match="images.tar.gz cannot be unpacked"):
        list(oxford_pets.members(tmp_path / "images.tar.gz"))


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_picture_that_is_too_large_is_not_decoded():
    file = io.BytesIO()
    Image.new("1", (12_000, 9_000)).save(file, "PNG")
    assert oxford_pets.unreadable(file.getvalue()) == "12,000 by 9,000 pixels are too many"
    assert oxford_pets.unreadable(b"") == "it is too large or empty"
    assert oxford_pets.unreadable(picture(1)) == ""


def test_only_the_sets_that_are_asked_for(server, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("COURSE_MIRROR", raising=False)
    known = [Source("MNIST", (("missing.gz", "0" * 32),), (server.url,)), source_of(server)]
    assert download_data.main(["Cat_Dog_data", "--into", str(tmp_path)], pause=0, known=lambda mirror: known) == 0
    assert os.listdir(tmp_path) == ["Cat_Dog_data"]  # noqa: PTH208
    with pytest.raises(SystemExit):
        download_data.main(["Cats"], known=lambda mirror: known)
    assert "there is no set Cats; there are: MNIST Cat_Dog_data" in capsys.readouterr().err


def test_a_full_disk_is_said(server, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("COURSE_MIRROR", raising=False)

    def full(*_):
        raise OSError(28, "No space left on device")

    source = source_of(server)
    monkeypatch.setattr(Path, "write_bytes", full)
    assert download_data.main(["--into", str(tmp_path)], pause=0, known=lambda mirror: [source]) == 1
    said = capsys.readouterr().out
    assert f"Cat_Dog_data could not be stored: the disk of {tmp_path} is full. Free some space there" in said
    assert "network" not in said
    assert not (tmp_path / "Cat_Dog_data").exists()
