"""What every test finds prepared."""

import os

# Windows are built in memory unless a test asks for a real screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

pytest_plugins = ["tests.pcscd_rig", "tests.cases", "tests.desk", "tests.loandesk"]
