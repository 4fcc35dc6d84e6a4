"""The notebooks of the course are found under their parts, pages and files of exercises."""

from pathlib import Path

import pytest
from lessons import BONUS, LESSONS, ROOT

from exercises import answers
from tools import parts
from tools.publish import print_slides, render


def test_all_notebooks_are_found_the_lessons_first():
    assert parts.notebooks(ROOT) == [*LESSONS, *BONUS]
    assert list(map(parts.part_of, [*LESSONS, *BONUS])) == [*"12345678", "B1", "B2", "B3"] == answers.parts()


def test_copies_and_other_notebooks_of_the_reader_are_none_of_the_course(tmp_path):
    (tmp_path / "bonus").mkdir()
    ours = ["Part1_Tensors.ipynb", "Part2_B.ipynb", "bonus/1_C.ipynb"]
    theirs = ["Part1_Tensors-Copy1.ipynb", "Part1_Tensors (1).ipynb", "PartyTime.ipynb", "bonus/1_C-Copy1.ipynb"]
    for name in [*ours, *theirs, "bonus/my_1_C.ipynb"]:
        (tmp_path / name).touch()
    assert parts.notebooks(tmp_path) == [tmp_path / name for name in ours]


@pytest.mark.parametrize("part", ["1", "8", "B1", "b3"])
def test_a_part_leads_to_its_notebook(part):
    [path] = parts.find(part, ROOT)
    assert parts.part_of(path) == part.upper()


@pytest.mark.parametrize("part", ["9", "B9", "0", ""])
def test_a_part_that_is_not_there_leads_nowhere(part):
    assert parts.find(part, ROOT) == []


@pytest.mark.parametrize("part", answers.parts())
def test_tools_and_exercises_agree_on_the_names_of_files(part):
    assert parts.stem_of(part) == answers.stem_of(part)
    for folder in ("exercises/checks", "exercises/answers", "tests/claims", "tests/exercises/answers"):
        assert (ROOT / folder / f"{parts.stem_of(part)}.py").is_file()


@pytest.mark.parametrize(
    ("link", "page"),
    [
        ("Part3_Training.ipynb", "Part3_Training.html"),
        ("bonus/1_InsideAResNet.ipynb#cam", "Bonus1_InsideAResNet.html#cam"),
        ("2_SeveralGPUs.ipynb", "Bonus2_SeveralGPUs.html"),  # from one bonus notebook to another
        ("../Part8_TransferLearning.ipynb", "Part8_TransferLearning.html"),
        ("https://example.org/2_other.ipynb", "https://example.org/2_other.ipynb"),
    ],
)
def test_links_between_notebooks_lead_to_their_pages(link, page):
    assert f'href="{page}"' in render.markdown(f"[there]({link})")


def test_a_deck_is_printed_by_the_number_of_its_notebook():
    for path in [*LESSONS, *BONUS]:
        assert print_slides.number_of(Path(f"{parts.page_of(path)}.html")) == parts.part_of(path)
