"""A verdict is printed."""


def display(data, raw):
    """Print what a notebook without HTML would show."""
    print(data["text/plain"], flush=True)
