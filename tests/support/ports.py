"""Ports for servers that tests start in programs of their own."""

import random
import socket

# Below those that systems give to whoever asks for any port, as each kernel does five times: none of them takes one
# that was found free here before the server listens at it.
PORTS = range(20_000, 30_000)


def free_port():
    """Return the number of a port that nobody listens at."""
    for port in random.Random().sample(PORTS, 100):  # tests with the same seed should not meet
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"None of a hundred ports from {PORTS.start} to {PORTS.stop} was free.")
