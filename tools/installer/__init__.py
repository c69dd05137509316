"""Builds what is installed on counter PCs, from inputs that are pinned by hash. `python -m tools.installer` is its command."""
