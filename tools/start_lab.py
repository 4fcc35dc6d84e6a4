"""Start JupyterLab as `python -m jupyterlab` does, without the delay that tools/__init__.py explains."""

import sys

from jupyterlab.labapp import main

if __name__ == "__main__":
    sys.exit(main())
