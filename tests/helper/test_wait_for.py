"""Waiting for what may never come: its result, its error, or an end of the waiting."""

import concurrent.futures
import sys
import threading
import time

import pytest

import helper


def test_what_a_function_returns_or_raises():
    assert helper.wait_for(lambda: "here", 10) == "here"
    with pytest.raises(ZeroDivisionError):
        helper.wait_for(lambda: 1 / 0, 10)
    with pytest.raises(SystemExit):
        helper.wait_for(lambda: sys.exit(3), 10)


def test_nobody_waits_longer_than_that():
    end = threading.Event()
    started = time.perf_counter()
    with pytest.raises(TimeoutError, match=r"^no result after 0\.2 seconds$"):
        helper.wait_for(end.wait, 0.2)
    assert time.perf_counter() - started < 5
    end.set()


@pytest.mark.parametrize("kind", [TimeoutError, concurrent.futures.TimeoutError])
def test_a_timeout_of_the_function_itself_is_its_own(kind):
    """As of a server that does not answer: its message tells more."""

    def give_up():
        raise kind("the server does not answer")

    with pytest.raises(kind, match="the server does not answer"):
        helper.wait_for(give_up, 10)
