# make setup   everything the rest needs, into this checkout (and Debian's packages, when we may install them)
# make demo    the application with virtual cards and a pretend library
# make lint    style, types, directions of imports
# make test    what every change has to pass
# make trial   the long runs, and under Wine what has a branch for Windows
# make trial-windows   what counter PCs run, by Python for Windows under Wine
# make docs    the manuals for those who use it, into build/docs; their pictures are made by tools/pictures
# make installers   what is installed on counter PCs, into dist/
# make bench   measurements
# make lock    the newest versions that setup.cfg admits, written to the lock files

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
# Arguments for pytest, for instance: make test ARGS="-k pinpad -x"
ARGS ?=

# Nothing runs for ever: each part has a name and a limit in seconds.
part = tools/part

# Windows are built in memory unless a test asks for a real screen. No test is begun after the session's limit, and each has one of its own.
pytest = QT_QPA_PLATFORM=offscreen $(part) $(1) $(3) tools/again $(PYTHON) -m pytest --session-timeout $(2)

.PHONY: help setup demo lint format test trial trial-windows docs installers bench lock clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

setup:
	@$(part) set-up 1800 tools/bootstrap

demo: setup
	@tools/demo

lint: export PYTHONFAULTHANDLER := 1
lint: setup
	@$(part) lint 120 .venv/bin/ruff check --quiet
	@$(part) lint 120 .venv/bin/ruff format --check --quiet
	@$(part) lint 600 .venv/bin/mypy --no-error-summary
	@$(part) lint 300 .venv/bin/lint-imports --no-logo

format: setup
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format

test: lint
	@# What is timed runs alone, the rest on both cores; four workers, since they wait for a quarter of the time.
	@$(if $(ARGS),,$(call pytest,"tests: speed",600,1200) -q tests/test_speed.py)
	@$(call pytest,tests,1200,1800) -n 4 --dist worksteal $(if $(ARGS),$(ARGS),--ignore=tests/test_speed.py)

trial: setup
	@$(if $(ARGS),,$(call pytest,"trial: speed",600,1200) -q -m trial tests/test_speed.py tests/store/test_lookup.py)
	@$(call pytest,trial,2700,3600) -n 3 --dist worksteal -m trial --timeout 1200 -o faulthandler_timeout=1300 $(if $(ARGS),$(ARGS),--ignore=tests/test_speed.py --ignore=tests/store/test_lookup.py)
	@$(if $(ARGS),,$(part) "trial: Wine" 1200 tools/trial_windows --selection)
	@$(if $(ARGS),,QT_QPA_PLATFORM=offscreen $(part) coverage 1200 tools/check_coverage)

trial-windows: setup
	@tools/trial_windows $(ARGS)

docs: setup
	@$(part) docs 300 .venv/bin/sphinx-build --quiet --nitpicky --show-traceback --fail-on-warning --keep-going --fresh-env --builder html docs build/docs
	@echo "Open build/docs/index.html."

installers: setup
	@$(part) installers 1200 tools/installers $(ARGS)

bench: setup
	@PYTHONFAULTHANDLER=1 $(part) bench 3600 $(PYTHON) tests/bench/run.py $(ARGS)

lock: setup
	@tools/lock

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find kiosk tests tools -name __pycache__ -prune -exec rm -rf {} +
