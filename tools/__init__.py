"""What makes the course work: commands, installer, slides and site, data and assets."""

import sys

# Where rfc3987_syntax is installed, as it is beside JupyterLab, jsonschema makes a parser of international addresses
# with it: two seconds at each start of JupyterLab and of whatever reads a notebook. Nothing here needs that parser, and
# None stands for a package that is not installed.
sys.modules.setdefault("rfc3987_syntax", None)
