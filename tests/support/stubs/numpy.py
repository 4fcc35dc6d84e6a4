"""As much of NumPy as the judging of exercises needs."""


class ndarray:
    """No answer is one."""


class random:
    """NumPy's random numbers."""

    @staticmethod
    def get_state():
        """Return the state of the random numbers."""
        return "a state"

    @staticmethod
    def set_state(state):
        """Take back a state that `get_state` gave."""
        assert state == "a state"

    @staticmethod
    def seed(number):
        """Start the random numbers anew."""
