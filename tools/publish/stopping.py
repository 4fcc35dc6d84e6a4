"""What a command says when somebody stops it by Ctrl+C."""

import contextlib


@contextlib.contextmanager
def says(sentence):
    """Let Ctrl+C end the block with a sentence and the exit status 130, as shells expect it, without a traceback.

    Parameters
    ----------
    sentence : str
        What becomes of the work that was begun.
    """
    try:
        yield
    except KeyboardInterrupt:
        print(sentence, flush=True)
        raise SystemExit(130) from None
