"""The name that helper.py imports from IPython to show a verdict."""
