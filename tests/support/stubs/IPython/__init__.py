"""What the judging of exercises imports from IPython; there is no notebook."""


def get_ipython():
    """Return the shell of the notebook: there is none."""
