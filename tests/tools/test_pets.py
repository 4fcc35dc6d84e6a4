"""The drawn cats and dogs: counted, drawn again, neither trivial nor hopeless, and awkward files that are awkward."""

import io
import platform
import random
import re

import numpy as np
import PIL
import pytest
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from tools.make_assets import brush, draw_pets, measure_pets

SAME_BYTES = PIL.__version__.startswith("13.") and platform.system() == "Linux" and platform.machine() == "x86_64"


@pytest.fixture(scope="module")
def folder():
    return draw_pets.OUT


@pytest.fixture(scope="module")
def pets():
    return measure_pets.load()


@pytest.mark.parametrize("species", ["cat", "dog"])
@pytest.mark.parametrize(("part", "first", "count"), [("train", 0, 200), ("test", 200, 100)])
def test_they_are_numbered_and_complete(folder, part, first, count, species):
    found = {path.name for path in (folder / part / species).iterdir()}
    assert found == {f"{species}.{number}.jpg" for number in range(first, first + count)}


def test_there_is_nothing_else(folder):
    folders = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_dir()}
    assert folders == {"train", "test", "messy", "train/cat", "train/dog", "test/cat", "test/dog"}
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 5_000_000


def test_every_picture_is_a_color_jpeg_of_a_usual_size(folder):
    shapes = set()
    for path in folder.glob("t*/*/*.jpg"):
        with Image.open(path) as image:
            image.load()
            assert (image.format, image.mode) == ("JPEG", "RGB")
            assert 160 <= max(image.size) <= 320 and min(image.size) >= 100
            shapes.add(image.size)
    assert len(shapes) > 200


def test_no_picture_occurs_twice(pets):
    assert len({image.tobytes() for image in pets[1]}) == 600


@pytest.mark.parametrize(("species", "number"), [("cat", 0), ("dog", 7), ("cat", 123), ("dog", 255)])
def test_a_picture_is_drawn_again_as_it_is_stored(folder, species, number):
    path = draw_pets.pet_path(folder, "train" if number < 200 else "test", species, number)
    drawn = draw_pets.jpeg(*draw_pets.draw_pet(species, number))
    if SAME_BYTES:
        assert drawn == path.read_bytes()
    stored, again = (np.asarray(Image.open(source), float) for source in (path, io.BytesIO(drawn)))
    assert stored.shape == again.shape and np.abs(stored - again).mean() < 2


def test_the_tool_writes_what_it_prints_checksums_of(tmp_path, capsys):
    draw_pets.main(["--out", str(tmp_path), "--each", "2"])
    *lines, total = capsys.readouterr().out.splitlines()
    for digest, name in (line.split() for line in lines):
        assert draw_pets.digest(tmp_path / name.removeprefix("Cat_Dog_data/")) == digest
    assert len(lines) == 5 and re.fullmatch(r"0\.\d\d MB", total)
    assert len(list(tmp_path.glob("t*/*/*.jpg"))) == 8 and not list(tmp_path.rglob("*.part"))


def test_nothing_but_the_animal_gives_the_class_away(pets):
    files, images, labels, train = pets
    for name, features in measure_pets.leaks(files, images).items():
        most = 0.65 if "thumbnail" in name else 0.62
        assert measure_pets.linear(features, labels, train) <= most, name


def test_the_probe_for_leaks_finds_one(pets):
    _, _, labels, train = pets
    leak = np.random.RandomState(0).normal(size=(len(labels), 5))
    leak[:, 2] += 2 * labels
    assert measure_pets.linear(leak, labels, train) > 0.75


def test_a_small_network_learns_something_but_not_everything(pets):
    _, images, labels, train = pets
    accuracy = measure_pets.scratch(measure_pets.thumbnails(images, 64), labels, train, seed=0)
    assert 0.60 <= accuracy <= 0.85


def test_the_measures_are_printed(pets, capsys, monkeypatch):
    monkeypatch.setattr(measure_pets, "load", lambda _: few(pets))
    measure_pets.main(["--seeds", "1", "--epochs", "1"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("24 + 16 pictures") and len(lines) == 7
    assert all(re.fullmatch(r"\D+(16 x 16|64 colors|\D*)\D* +\d+\.\d", line) for line in lines[1:])


def few(pets):
    """Return 40 of the pictures in the form of `measure_pets.load`."""
    files, images, labels, _ = pets
    rows = [i for i in range(600) if i % 15 == 0]
    train = np.arange(40) % 5 < 3
    return [files[i] for i in rows], [images[i] for i in rows], labels[rows], train


def test_both_species_have_the_same_looks():
    """What is not anatomy is drawn from the same chances: equal seeds give equal coats."""
    from dataclasses import asdict

    from tools.make_assets.draw_pet_bodies import make_look

    cat, dog = (asdict(make_look(species, random.Random("equal"))) for species in ("cat", "dog"))
    for look in (cat, dog):
        del look["species"], look["rng"]
    assert cat == dog


@pytest.mark.parametrize(
    ("name", "kind", "mode"),
    [("grey.jpg", "JPEG", "L"), ("cmyk.jpg", "JPEG", "CMYK"), ("palette.png", "PNG", "P"),
     ("transparent.png", "PNG", "RGBA"), ("sideways.jpg", "JPEG", "RGB"), ("dot.png", "PNG", "RGB")],
)  # fmt: skip
def test_awkward_pictures_are_of_the_kind_they_claim(folder, name, kind, mode):
    with Image.open(folder / "messy" / name) as image:
        image.load()
        assert (image.format, image.mode) == (kind, mode)
        assert image.convert("RGB").size == image.size


def test_the_messy_folder_holds_what_the_tool_makes(folder):
    made = draw_pets.messy_files()
    assert {path.name for path in (folder / "messy").iterdir()} == set(made)
    if SAME_BYTES:
        for name in set(made) - {"palette.png", "transparent.png", "dot.png"}:  # PNG's packing depends on zlib
            assert (folder / "messy" / name).read_bytes() == made[name], name


def test_a_picture_lies_on_its_side_until_its_exif_data_are_read(folder):
    with Image.open(folder / "messy" / "sideways.jpg") as image:
        assert image.getexif()[ExifTags.Base.Orientation] == 6
        upright = ImageOps.exif_transpose(image)
    assert upright.size == image.size[::-1]
    pet = draw_pets.draw_pet("cat", 302)[0]
    pet.thumbnail((180, 180))
    assert np.abs(np.asarray(upright, float) - np.asarray(pet, float)).mean() < 8


def test_the_transparent_picture_fades_out_and_the_dot_is_one_pixel(folder):
    with Image.open(folder / "messy" / "transparent.png") as image:
        assert image.getchannel("A").getextrema() == (0, 255)
    with Image.open(folder / "messy" / "dot.png") as image:
        assert image.size == (1, 1)


def test_the_truncated_picture_opens_and_cannot_be_read_to_its_end(folder):
    with Image.open(folder / "messy" / "truncated.jpg") as image:
        assert image.format == "JPEG"
        with pytest.raises(OSError, match="truncated"):
            image.load()


@pytest.mark.parametrize(("name", "smallest", "largest"), [("empty.jpg", 0, 0), ("text.jpg", 10, 200)])
def test_some_files_are_no_pictures_at_all(folder, name, smallest, largest):
    path = folder / "messy" / name
    assert smallest <= path.stat().st_size <= largest
    with pytest.raises(UnidentifiedImageError):
        Image.open(path)


def test_the_bomb_is_small_on_disk_and_pillow_warns(tmp_path):
    draw_pets.make_bomb(tmp_path / "bomb.jpg")
    assert (tmp_path / "bomb.jpg").stat().st_size < 2_000_000
    with pytest.warns(Image.DecompressionBombWarning), Image.open(tmp_path / "bomb.jpg") as image:
        assert image.size == (12_000, 9_000)


def test_a_brush_paints_where_it_is_told():
    image = Image.new("RGB", (60, 40))
    small = brush.Brush(image, 30, 20, 10, flip=True).moved(1, 0, 0.5)
    assert small.at([(0, 0), (1, 0)]).tolist() == [[20, 20], [15, 20]]
    small.oval(0, 0, 1, 1, (255, 0, 0))
    assert image.getpixel((20, 20)) == (255, 0, 0) and image.getpixel((40, 20)) == (0, 0, 0)
    small.part(brush.ring(50, 50, 1, 1), (0, 255, 0))  # outside of the picture: nothing to paint
    assert (0, 255, 0) not in {color for _, color in image.getcolors()}


def test_fur_grows_outwards():
    circle = brush.ring(0, 0, 1, 1)
    for outline in (circle, circle[::-1]):
        radius = np.hypot(*brush.furry(outline, 0.1, random.Random(0)).T)
        assert radius.min() > 0.99 and 1.06 < radius.max() < 1.13
