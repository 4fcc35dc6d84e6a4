"""Photos of a reader's own: `open_photo` opens all kinds, `photo_folder` checks a folder and says what is wrong."""

import os
import shutil
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from photos import HEIC, add_rubbish, make_folder, make_photo
from PIL import EpsImagePlugin, Image

import helper

SUFFIXES = [".JPG", ".jpeg", ".png", ".webp", ".jfif", ".Tiff", ".bmp", ".gif"]


def saved(path, pixels, mode=None, **options):
    """Save an array as a picture; return its path."""
    image = Image.fromarray(np.asarray(pixels))
    image = image.convert(mode) if mode else image
    image.save(path, **options)
    return path


@pytest.fixture
def gray():
    """A ramp from black to white, [16, 256]."""
    return np.tile(np.arange(256, dtype=np.uint8), (16, 1))


@pytest.mark.parametrize(
    "mode, suffix",
    [
        *[(mode, ".png") for mode in ("1", "L", "LA", "P", "RGB", "RGBA")],
        *[(mode, ".tiff") for mode in ("CMYK", "YCbCr", "LAB", "F", "I")],
        ("CMYK", ".jpg"),
        ("RGBA", ".webp"),
        ("P", ".gif"),
    ],
)
def test_every_mode_becomes_rgb(mode, suffix, tmp_path, gray):
    image = Image.fromarray(gray)
    if mode == "LAB":
        image = Image.merge("LAB", [image] * 3)
    path = tmp_path / f"picture{suffix}"
    if mode != "LAB":
        image = image.convert("RGB").convert("L" if mode in "IF" else mode).convert(mode)
    # Pillow 12.3 cannot read its own uncompressed file of this mode.
    options = {"compression": "tiff_lzw"} if mode == "YCbCr" else {}
    image.save(path, **options)
    photo = helper.open_photo(path)
    assert (photo.mode, photo.size) == ("RGB", (256, 16))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_suffix_of_a_photo_is_taken_in_any_case(suffix, tmp_path):
    root = make_folder(tmp_path, train=1, test=1, suffixes=[suffix])
    assert len(helper.photo_folder(root).train) == 2


@pytest.mark.parametrize("largest", [4095, 65535])  # X-rays often use 12 of 16 bits
def test_16_bit_gray_is_scaled(largest, tmp_path, gray):
    path = saved(tmp_path / "xray.png", (gray.astype(np.uint16) * (largest // 255)))
    found = np.asarray(helper.open_photo(path))[:, :, 0]
    assert np.abs(found.astype(int) - gray).max() <= 1


def test_floats_are_scaled_and_nan_is_refused(tmp_path, gray):
    values = gray.astype(np.float32) / 1000 - 0.1
    assert np.array_equal(np.asarray(helper.open_photo(saved(tmp_path / "a.tiff", values)))[:, :, 1], gray)
    values[3, 3] = np.nan
    with pytest.raises(OSError, match=r"^b\.tiff: some of its pixels are nan or infinite\.$"):
        helper.open_photo(saved(tmp_path / "b.tiff", values))


def test_a_gray_picture_of_one_value_is_no_reason_to_stop(tmp_path):
    photo = helper.open_photo(saved(tmp_path / "flat.png", np.full((20, 20), 700, np.uint16)))
    assert photo.getextrema() == ((0, 0),) * 3


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_becomes_white(mode, tmp_path):
    image = Image.new("RGBA", (20, 20), (200, 0, 0, 0))
    image.paste((0, 0, 0, 255), (10, 0, 20, 20))
    image.convert(mode).save(tmp_path / "a.png")
    photo = helper.open_photo(tmp_path / "a.png")
    assert photo.getpixel((2, 2)) == (255, 255, 255) and photo.getpixel((15, 2)) == (0, 0, 0)


def test_a_color_that_stands_for_transparent_becomes_white(tmp_path):
    Image.new("RGB", (20, 20), (9, 9, 9)).save(tmp_path / "a.png", transparency=(9, 9, 9))
    assert helper.open_photo(tmp_path / "a.png").getpixel((5, 5)) == (255, 255, 255)


def test_a_photo_stands_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned to the right
    path = make_photo(tmp_path / "a.jpg", size=(96, 64), exif=exif)
    assert helper.open_photo(path).size == (64, 96)


def test_broken_exif_data_do_not_matter(tmp_path, recwarn):
    path = make_photo(tmp_path / "a.jpg", size=(96, 64), exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    assert helper.open_photo(path).size == (96, 64)
    assert not recwarn.list


def test_a_small_copy_is_as_large_as_asked_at_least(tmp_path):
    path = make_photo(tmp_path / "a.jpg", size=(1600, 1200))
    assert helper.open_photo(path, side=100).size == (200, 150)
    assert helper.open_photo(path).size == (1600, 1200)


@pytest.mark.parametrize(
    "name, content, reason",
    [
        ("lost.jpg", None, "there is no such file"),
        ("empty.jpg", b"", "the file is empty"),
        ("phone.jpg", HEIC, "HEIC"),
        ("page.png", b"<html>", "not a picture"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(name, content, reason, tmp_path):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(OSError, match=rf"^{name}: .*{reason}.*\.$"):
        helper.open_photo(tmp_path / name)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".gif", ".tiff"])
def test_a_torn_file_is_refused_by_name(suffix, tmp_path):
    path = make_photo(tmp_path / f"torn{suffix}", size=(300, 300))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    for side in (None, 64):
        with pytest.raises(OSError, match=rf"^torn{suffix}: .+\.$"):
            helper.open_photo(path, side)


def test_a_dot_and_a_bomb_are_refused_without_a_warning(tmp_path, monkeypatch, recwarn):
    with pytest.raises(OSError, match="dot.png: 1 x 1 pixels are too few"):
        helper.open_photo(make_photo(tmp_path / "dot.png", size=(1, 1)))
    path = make_photo(tmp_path / "large.jpg", size=(200, 150))
    for limit in (20_000, 10_000):  # Pillow warns, Pillow refuses
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
        with pytest.raises(OSError, match="large.jpg: it has more than 0 million pixels"):
            helper.open_photo(path)
    assert not recwarn.list


@pytest.mark.parametrize("classes", [2, 5, 11, 37])
@pytest.mark.parametrize("train, test", [(4, 2), (1, 1)])
def test_photos_are_listed_in_order_with_their_class(classes, train, test, tmp_path):
    photos = helper.photo_folder(make_folder(tmp_path, classes, train, test))
    assert photos.classes == [f"kind {label:02}" for label in range(classes)]
    assert len(photos.train) == classes * train and len(photos.test) == classes * test
    for path, label in photos.train + photos.test:
        assert path.is_file() and path.parent.name == photos.classes[label]
    assert [path for path, _ in photos.train] == sorted(path for path, _ in photos.train)
    assert photos.skipped == photos.notes == []


def test_the_practice_photos_are_as_image_folder_lists_them(root):
    from torchvision.datasets import ImageFolder

    folder = root / "assets" / "practice" / "Cat_Dog_data"
    photos = helper.photo_folder(folder)
    for part, found in (("train", photos.train), ("test", photos.test)):
        assert [(str(path), label) for path, label in found] == ImageFolder(folder / part).samples


def test_rubbish_is_skipped_named_and_counted(tmp_path):
    bad = add_rubbish(make_folder(tmp_path))
    photos = helper.photo_folder(tmp_path)
    assert photos.classes == ["kind 00", "kind 01"]
    assert len(photos.train) == 12 and len(photos.test) == 4
    assert sorted(path.name for path, _ in photos.skipped) == sorted(bad)
    assert all(reason and path.name not in reason for path, reason in photos.skipped)
    told = str(photos)
    assert "skipped 6:" in told and all(f"kind 00/{name}: " in told for name in bad)


def test_of_many_skipped_files_some_are_shown(tmp_path):
    make_folder(tmp_path)
    for number in range(25):
        (tmp_path / "train" / "kind 01" / f"{number}.xml").write_text("<a/>", "utf-8")
    told = str(helper.photo_folder(tmp_path))
    assert "skipped 25:" in told and "and 15 more" in told and len(told.splitlines()) == 14


def test_a_photo_beside_the_class_folders_has_no_class(tmp_path):
    make_photo(make_folder(tmp_path) / "train" / "lost.jpg")
    photos = helper.photo_folder(tmp_path)
    assert len(photos.train) == 12 and photos.skipped[0][0].name == "lost.jpg"


def test_photos_in_folders_within_a_class_count(tmp_path):
    make_photo(make_folder(tmp_path) / "train" / "kind 01" / "holidays" / "a.jpg")
    assert [label for _, label in helper.photo_folder(tmp_path).train].count(1) == 7


@pytest.mark.parametrize("train, test", [("Train", "TEST"), ("training", "val"), ("train", "validation")])
def test_parts_of_other_names_are_taken_and_said(train, test, tmp_path):
    make_folder(tmp_path)
    (tmp_path / "train").rename(tmp_path / f"{train}-")  # in two steps: some disks do not tell capitals apart
    (tmp_path / f"{train}-").rename(tmp_path / train)
    (tmp_path / "test").rename(tmp_path / f"{test}-")
    (tmp_path / f"{test}-").rename(tmp_path / test)
    photos = helper.photo_folder(tmp_path)
    assert len(photos.train) == 12 and len(photos.test) == 4
    assert f"{test} was taken for test" in str(photos)


def test_a_folder_that_was_unzipped_into_a_folder_is_found(tmp_path):
    make_folder(tmp_path / "photos" / "photos")
    (tmp_path / "__MACOSX" / "photos").mkdir(parents=True)
    photos = helper.photo_folder(tmp_path)
    assert len(photos.train) == 12 and "were found in the folder" in photos.notes[0]


def test_what_systems_put_into_folders_is_no_skipped_picture(tmp_path):
    make_folder(tmp_path)
    for name in (".DS_Store", "desktop.ini", "Thumbs.db", "._cat.jpg"):
        (tmp_path / "train" / "kind 00" / name).write_bytes(b"x")
    photos = helper.photo_folder(tmp_path)
    assert len(photos.train) == 12 and not photos.skipped


def test_two_folders_of_photos_are_one_too_many(tmp_path):
    make_folder(tmp_path / "cats")
    make_folder(tmp_path / "cars")
    with pytest.raises(FileNotFoundError, match="cars, cats. Name one of them"):
        helper.photo_folder(tmp_path)


def test_a_folder_without_parts_is_described(tmp_path):
    make_photo(tmp_path / "cat" / "a.jpg")
    make_photo(tmp_path / "dog" / "a.jpg")
    with pytest.raises(FileNotFoundError, match="a folder train and a folder test.* found was: cat, dog"):
        helper.photo_folder(tmp_path)
    with pytest.raises(FileNotFoundError, match="found was: no folder"):
        helper.photo_folder(tmp_path / "cat")
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        helper.photo_folder(tmp_path / "cow")


def test_classes_that_differ_are_named(tmp_path):
    make_folder(tmp_path, classes=3)
    (tmp_path / "test" / "kind 01").rename(tmp_path / "test" / "Kind 1")
    with pytest.raises(ValueError, match="kind 01 only in train; Kind 1 only in test"):
        helper.photo_folder(tmp_path)
    shutil.rmtree(tmp_path / "test" / "Kind 1")
    with pytest.raises(ValueError, match="kind 01 only in train"):
        helper.photo_folder(tmp_path)


def test_a_class_whose_photos_cannot_be_read_is_missing(tmp_path):
    make_folder(tmp_path)
    for path in (tmp_path / "test" / "kind 01").iterdir():
        path.write_bytes(HEIC)
    with pytest.raises(ValueError, match="kind 01 only in train"):
        helper.photo_folder(tmp_path)


def test_an_empty_folder_is_no_class(tmp_path):
    make_folder(tmp_path)
    (tmp_path / "train" / "to sort").mkdir()
    assert helper.photo_folder(tmp_path).classes == ["kind 00", "kind 01"]


def test_one_class_is_not_enough(tmp_path):
    make_folder(tmp_path, classes=1)
    with pytest.raises(ValueError, match="only kind 00 has a photo"):
        helper.photo_folder(tmp_path)


def test_accents_of_two_systems_are_one_class(tmp_path):
    make_folder(tmp_path)
    (tmp_path / "train" / "kind 01").rename(tmp_path / "train" / "K\u00e4fer")
    (tmp_path / "test" / "kind 01").rename(tmp_path / "test" / "Ka\u0308fer")  # as macOS writes it
    assert helper.photo_folder(tmp_path).classes == ["K\u00e4fer", "kind 00"]


# Odd places and files


def test_photos_can_be_opened_in_threads(tmp_path):
    """The list of warnings that Python ignores is one for all threads."""
    paths = [make_photo(tmp_path / f"{number}.jpg", size=(400, 300)) for number in range(12)]
    before = list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(helper.open_photo, paths))) == 12
    assert warnings.filters == before


def test_no_program_is_started_for_a_file_from_elsewhere(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *given, **options: started.append(given))
    path = tmp_path / "picture.jpg"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n%%EndComments\nshowpage\n")
    with pytest.raises(OSError, match=r"picture.jpg: this is not a picture that Pillow can read\."):
        helper.open_photo(path)
    assert started == []


def test_a_film_is_no_heic_file(tmp_path):
    path = tmp_path / "film.jpg"
    path.write_bytes(b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2mp41" + bytes(100))
    with pytest.raises(OSError, match="this is not a picture that Pillow can read"):
        helper.open_photo(path)


def test_a_folder_is_no_photo(tmp_path):
    with pytest.raises(OSError, match="this is a folder"):
        helper.open_photo(tmp_path)


def test_the_reason_why_a_class_is_missing_is_said(tmp_path):
    root = make_folder(tmp_path, 2, 1, 1)
    (root / "test" / "kind 01" / "photo 0.jpg").rename(root / "test" / "kind 01" / "photo 0.heic")
    with pytest.raises(ValueError, match=r"kind 01 only in train.* Skipped 1, such as kind 01/photo 0\.heic"):
        helper.photo_folder(root)


def test_a_class_without_a_photo_is_left_out_and_named(tmp_path):
    root = make_folder(tmp_path, 2, 1, 1)
    (root / "train" / "bird").mkdir()
    found = helper.photo_folder(root)
    assert found.classes == ["kind 00", "kind 01"]
    assert found.notes == ["bird was left out: it has no photo that can be read"]


def test_class_folders_may_be_links_and_a_link_to_nothing_is_skipped(tmp_path):
    root = make_folder(tmp_path / "photos", 2, 2, 1)
    kind = root / "train" / "kind 00"
    kind.rename(tmp_path / "elsewhere")
    try:
        kind.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
        (root / "train" / "kind 01" / "broken.jpg").symlink_to(tmp_path / "nothing")
    except OSError:
        pytest.skip("this system lets nobody make links")
    found = helper.photo_folder(root)
    assert len(found.train) == 4
    assert [(path.name, reason) for path, reason in found.skipped] == [("broken.jpg", "there is no such file")]


def test_train_comes_before_train_in_capitals(tmp_path):
    root = make_folder(tmp_path, 2, 2, 1)
    try:
        (root / "TRAIN").mkdir()
    except FileExistsError:
        pytest.skip("capitals make no difference on this disk")
    assert len(helper.photo_folder(root).train) == 4


def test_a_neighbor_that_nobody_may_read_does_not_matter(tmp_path, monkeypatch):
    stick = tmp_path / "stick"
    make_folder(stick / "photos", 2, 1, 1)
    (stick / "lost+found").mkdir()
    as_it_is = Path.iterdir

    def iterdir(path):
        if path.name == "lost+found":
            raise PermissionError(13, "Permission denied")
        return as_it_is(path)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    assert len(helper.photo_folder(stick).train) == 2


def test_a_name_of_bytes_that_are_no_letters_can_be_printed(tmp_path):
    root = make_folder(tmp_path, 2, 1, 1)
    try:
        (root / "train" / "kind 00" / os.fsdecode(b"\xe9t\xe9.txt")).write_bytes(b"x")
    except OSError:
        pytest.skip("this system has no such names")
    assert "skipped 1:" in str(helper.photo_folder(root)).encode("utf-8").decode("utf-8")


def test_a_folder_may_be_named_from_here_or_from_home(tmp_path, monkeypatch):
    make_folder(tmp_path, 2, 1, 1)
    (tmp_path / "test" / "kind 01").rename(tmp_path / "test" / "other")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path.parent))
    monkeypatch.setenv("USERPROFILE", str(tmp_path.parent))
    for name in (".", f"~/{tmp_path.name}"):
        with pytest.raises(ValueError, match=f"The classes in {tmp_path.name} differ"):
            helper.photo_folder(name)
    assert helper.open_photo(f"~/{tmp_path.name}/test/other/photo 0.jpg").mode == "RGB"
