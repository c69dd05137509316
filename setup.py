"""The list of packages, which setup.cfg cannot express: what `find:` finds, and resources/ as kiosk.resources."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["kiosk", "kiosk.*"]), "kiosk.resources"],
    package_dir={"kiosk.resources": "resources"},
)
