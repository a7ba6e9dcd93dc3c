"""One file for each kind of code or model that a version may be."""
