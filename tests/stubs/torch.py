"""As much of PyTorch as helper.py needs to judge exercises: for Pythons without it, and programs that start fast."""


class Tensor:
    """No answer is one."""


def get_rng_state():
    """Return the state of the random numbers."""
    return "a state"


def set_rng_state(state):
    """Take back a state that `get_rng_state` gave."""
    assert state == "a state"


def manual_seed(number):
    """Start the random numbers anew."""
