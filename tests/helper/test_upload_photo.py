"""A photo that is uploaded gets a verdict, and an old verdict never stands beside the button for the next photo."""

from datetime import datetime

import IPython.display
import ipywidgets
import pytest
import traitlets

import helper


@pytest.fixture
def shown(monkeypatch):
    """Somebody sits before the page; what the verdict shows is collected."""
    shown = []
    monkeypatch.setattr(helper, "HEADLESS", False)
    monkeypatch.setattr(IPython.display, "display", lambda *things: shown.append(things))
    return shown


def photo(name, content=b"a photo"):
    """Return an upload as the page sends it."""
    time = datetime(2026, 1, 1)
    return {"name": name, "size": len(content), "type": "", "last_modified": time, "content": memoryview(content)}


def test_the_photo_comes_as_a_file_with_its_name(shown):
    panel = helper.upload_photo(lambda path: path.read_bytes())
    box, limit = panel.children
    assert limit.value == helper.UPLOAD_LIMIT and "100 MB" in limit.value
    box.value = (photo("my cat.JPG"),)
    assert shown == [("my cat.JPG", b"a photo")]


def test_a_name_cannot_lead_out_of_the_folder(shown):
    places = []
    panel = helper.upload_photo(places.append)
    panel.children[0].value = (photo("../../evil.jpg"),)
    assert places[0].name == "evil.jpg" and not places[0].exists()
    assert shown == [("evil.jpg", None)]


def test_the_old_verdict_is_gone_before_the_next_photo_is_chosen(shown):
    panel = helper.upload_photo(lambda path: "a verdict")
    for count in (1, 2, 3):  # also the same photo once more
        box, limit = panel.children
        assert box.value == () and limit.value == helper.UPLOAD_LIMIT
        box.value = (photo("me.jpg"),)
        assert len(shown) == count
        button, verdict = panel.children
        assert {button, verdict}.isdisjoint({box, limit})
        button.click()


def test_the_photo_comes_from_the_older_widgets_of_colab(shown, monkeypatch):
    """There, what is uploaded is a dictionary by names, which nobody but the page can write to."""

    class FileUpload(ipywidgets.VBox):
        value = traitlets.Dict(read_only=True)

        def __init__(self, **settings):
            super().__init__()

    monkeypatch.setattr(ipywidgets, "FileUpload", FileUpload)
    panel = helper.upload_photo(lambda path: path.read_bytes())
    for count in (1, 2):
        upload = {"metadata": {"name": "my cat.JPG", "size": 7}, "content": b"a photo"}
        panel.children[0].set_trait("value", {"my cat.JPG": upload})
        assert shown == [("my cat.JPG", b"a photo")] * count
        panel.children[0].click()


def test_where_nobody_can_click_a_photo_of_the_course_is_shown(monkeypatch):
    monkeypatch.setattr(helper, "HEADLESS", True)
    path = helper.upload_photo(lambda path: path)
    assert path.is_file() and path.name == "sideways.jpg"
