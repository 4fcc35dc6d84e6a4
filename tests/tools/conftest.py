"""What the tests of the tools share: coverage in the programs that they start."""

import os

import pytest


@pytest.fixture(scope="module", autouse=True)
def coverage_in_programs(request):
    """Let coverage measure the programs that a test starts, if it measures at all."""
    settings = getattr(request.config, "coverage_of_programs", None)
    if settings:
        os.environ["COVERAGE_PROCESS_CONFIG"] = settings
    yield
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
