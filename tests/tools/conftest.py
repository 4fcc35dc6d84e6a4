"""What the tests of the tools share: coverage in the programs that they start."""

import os

import pytest


@pytest.fixture(scope="module", autouse=True)
def coverage_in_programs():
    """Let coverage measure the programs that a test starts, if it measures at all."""
    if os.environ.get("COURSE_COVERAGE"):
        os.environ["COVERAGE_PROCESS_CONFIG"] = os.environ["COURSE_COVERAGE"]
    yield
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
