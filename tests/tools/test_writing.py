"""Renaming where another program holds a file for a moment, as virus scanners of Windows do."""

import os
from types import SimpleNamespace

import pytest

from tools import writing


@pytest.fixture
def held(tmp_path, monkeypatch):
    """A file that is refused to be renamed so often; returns the list of refusals to come."""
    refusals, replace = [1, 2, 3], type(tmp_path).replace

    def refuse(path, target):
        if refusals:
            refusals.pop()
            raise PermissionError(13, "in use", str(path))
        return replace(path, target)

    (tmp_path / "old").write_text("text")
    monkeypatch.setattr(type(tmp_path), "replace", refuse)
    return refusals


def windows():
    return SimpleNamespace(name="nt", getpid=os.getpid)


def test_windows_is_given_some_time(held, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "os", windows())
    writing.rename(tmp_path / "old", tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["new"] and held == []


def test_but_not_for_ever(held, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "os", windows())
    with pytest.raises(PermissionError):
        writing.rename(tmp_path / "old", tmp_path / "new", seconds=0)
    assert (tmp_path / "old").read_text() == "text"


@pytest.mark.skipif(os.name == "nt", reason="there it is tried again")
def test_elsewhere_a_refusal_is_one(held, tmp_path):
    with pytest.raises(PermissionError):
        writing.rename(tmp_path / "old", tmp_path / "new")
    assert len(held) == 2
