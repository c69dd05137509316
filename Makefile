# make setup   everything the rest needs, into this checkout (and Debian's packages, when we may install them)
# make demo    the application with virtual cards and a pretend library
# make lint    style, types, directions of imports
# make test    what every change has to pass
# make trial   the long runs
# make bench   measurements
# make lock    the newest versions that setup.cfg admits, written to the lock files

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
# Arguments for pytest, for instance: make test ARGS="-k pinpad -x"
ARGS ?=

# Windows are built in memory unless a test asks for a real screen.
pytest = QT_QPA_PLATFORM=offscreen $(PYTHON) -m pytest

.PHONY: help setup demo lint format test trial bench lock clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

setup:
	@tools/bootstrap

demo: setup
	@tools/demo

lint: setup
	@.venv/bin/ruff check --quiet
	@.venv/bin/ruff format --check --quiet
	@.venv/bin/mypy --no-error-summary
	@.venv/bin/lint-imports --no-logo

format: setup
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format

test: lint
	@# What is timed runs alone, the rest on both cores.
	@$(if $(ARGS),,$(pytest) -q tests/test_speed.py)
	@$(pytest) -n 2 $(if $(ARGS),$(ARGS),--ignore=tests/test_speed.py)

trial: setup
	@$(if $(ARGS),,$(pytest) -q -m trial tests/test_speed.py)
	@$(pytest) -n 2 -m trial --timeout 1200 -o faulthandler_timeout=1300 $(if $(ARGS),$(ARGS),--ignore=tests/test_speed.py)

bench: setup
	@$(PYTHON) tests/bench/run.py $(ARGS)

lock: setup
	@tools/lock

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find kiosk tests tools -name __pycache__ -prune -exec rm -rf {} +
