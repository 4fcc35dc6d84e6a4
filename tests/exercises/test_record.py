"""The record of a reader: kept whole, never lost, her own, and shown by squares; notes of kernels that were ended."""

import json
import os
from types import SimpleNamespace

import pytest

from exercises import record
from exercises.answers import parts
from exercises.timelimit import Note


@pytest.fixture
def reader(tmp_path, monkeypatch):
    """A reader with a record of her own in a folder."""
    monkeypatch.setattr(record, "COURSE", tmp_path)
    monkeypatch.setattr(record, "HEADLESS", False)
    monkeypatch.setattr(record, "_verdicts", {})
    monkeypatch.setattr(record, "_solved", set())
    return tmp_path / record.FILE


def test_what_was_solved_stays_solved(reader):
    record.remember("1.1", "done")
    record.remember("1.1", "try again")
    record.remember("1.2", "not yet")
    assert json.loads(reader.read_text()) == {"1.1": "done", "1.2": "not yet"}
    assert not record.is_solved("1.1"), "in this session the last answer counts"
    assert [path.name for path in reader.parent.iterdir()] == [record.FILE]


@pytest.mark.parametrize("spoiled", ["", "{", "[1]", "\0"])
def test_a_spoiled_record_is_begun_anew(reader, spoiled):
    reader.write_text(spoiled)
    assert record.verdicts() == {}
    record.remember("2.1", "done")
    assert json.loads(reader.read_text()) == {"2.1": "done"}
    assert reader.with_name(f"{record.FILE}.damaged").read_text() == spoiled, "perhaps somebody can mend it"


def test_on_windows_it_is_tried_whether_the_folder_can_be_written_to(reader, monkeypatch, tmp_path_factory):
    """There, os.access says so of any folder."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setattr(record.Path, "home", lambda: home)
    monkeypatch.setattr(record, "os", SimpleNamespace(name="nt", getpid=os.getpid))
    record._can_write.cache_clear()
    assert record.record_file() == reader and not list(reader.parent.iterdir())

    def refuse(path):
        raise PermissionError(13, "Access is denied")

    record._can_write.cache_clear()
    with monkeypatch.context() as now:
        now.setattr(record.Path, "touch", refuse)
        assert record.record_file() == home / record.FILE
    record._can_write.cache_clear()


def test_a_record_that_cannot_be_read_now_is_not_written_over(reader, monkeypatch):
    """On Windows another program may hold the file at this moment."""
    record.remember("1.1", "done")

    def refuse(path):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(record, "_verdicts", {})
    monkeypatch.setattr(record, "_solved", set())
    with monkeypatch.context() as now:
        now.setattr(record.Path, "read_bytes", refuse)
        record.remember("2.1", "try again")
    assert json.loads(reader.read_text()) == {"1.1": "done"}
    record.remember("2.1", "try again")
    assert json.loads(reader.read_text()) == {"1.1": "done", "2.1": "try again"}


def test_nothing_is_left_beside_a_record_that_cannot_be_replaced(reader, monkeypatch):
    def refuse(path, target):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(record.Path, "replace", refuse)
    record.remember("1.1", "done")
    assert list(reader.parent.iterdir()) == []
    record.remember("1.1", "try again")
    assert record.verdicts() == {"1.1": "done"}, "what was once solved stays solved"


def test_the_check_of_the_courses_answer_leaves_its_square(reader):
    record.remember("1.1", "course's answer")
    record.remember("1.1", "not yet")
    assert record.verdicts() == {"1.1": "course's answer"}


def test_a_folder_that_cannot_be_written_keeps_the_record_at_home(reader, monkeypatch, tmp_path):
    monkeypatch.setattr(record.os, "access", lambda *_: False)
    monkeypatch.setattr(record.Path, "home", lambda: tmp_path / "home")
    (tmp_path / "home").mkdir()
    record.remember("1.1", "done")
    assert json.loads((tmp_path / "home" / record.FILE).read_text()) == {"1.1": "done"}
    assert not reader.exists()


def test_progress_draws_a_square_for_each_exercise(reader, monkeypatch):
    shown = []
    monkeypatch.setattr(record, "display", lambda data, raw: shown.append(data["text/plain"]))
    record.remember("1.1", "done")
    record.remember("1.2", "course's answer")
    record.progress()
    assert "Part 1  ■▪□" in shown[0] and "1 of 11 solved, 1 by the course's answer" in shown[0]
    assert len(shown[0].splitlines()) == 1 + len(parts())  # a heading, then a line for each lesson


def test_a_note_is_gone_when_its_check_has_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    note = Note("1.6", 30)
    (path,) = tmp_path.iterdir()
    assert Note.read_all() == {} and path.exists(), "its check may be running"
    note.remove()
    assert not list(tmp_path.iterdir())


def test_a_note_of_a_kernel_that_was_ended_is_read_once(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    note = Note("1.6", 30)
    note.file.write("Timeout (0:00:30)!\nThread 0x1:\n")
    note.file.close()
    assert "could not be stopped in any other way" in Note.read_all()["1.6"]
    assert Note.read_all() == {}
