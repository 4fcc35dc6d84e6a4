"""As much of PyTorch as the judging of exercises needs: for Pythons without it, and programs that start fast."""

from torch import nn, overrides

__all__ = ["Tensor", "nn", "overrides"]
float32 = "float32"


class Tensor:
    """No answer is one."""


def get_rng_state():
    """Return the state of the random numbers."""
    return "a state"


def set_rng_state(state):
    """Take back a state that `get_rng_state` gave."""
    assert state == "a state"


class Generator:
    """Stands for a source of random numbers."""

    def manual_seed(self, number):
        """Start the random numbers anew."""


default_generator = Generator()


def initial_seed():
    """Return the seed of the random numbers."""
    return 1729


def is_grad_enabled():
    """Whether gradients are recorded."""
    return True


def set_grad_enabled(mode):
    """Switch the recording of gradients."""


def is_inference_mode_enabled():
    """Whether inference mode is on."""
    return False


def get_default_dtype():
    """Return the default dtype."""
    return float32


def set_default_dtype(dtype):
    """Set the default dtype."""


def get_default_device():
    """Return the default device."""
    return "cpu"


def set_default_device(device):
    """Set the default device."""


def get_num_threads():
    """Return the number of threads."""
    return 1


def are_deterministic_algorithms_enabled():
    """Whether algorithms must be deterministic."""
    return False
