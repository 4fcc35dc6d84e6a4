"""What makes the course work: commands, installer, slides and site, data and assets."""

import sys

# Wherever this package is installed, jsonschema makes a parser of international web addresses from it: two seconds at
# the start of JupyterLab and of each program that reads a notebook. Nothing here needs one. None means "not installed".
sys.modules.setdefault("rfc3987_syntax", None)
