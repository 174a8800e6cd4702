# registrazione: the commands of the house. `make` alone lists them.
#
# Nothing is needed but Python 3.11 or later with venv and pip, git and make.
# Another interpreter than python3: `make demo PYTHON=python3.13`.

PYTHON ?= python3
# What `make demo` hands on to `registrazione demo`, what `make test` hands on to tox.
ARGS ?=
STORY ?= all
# `make requirements UPGRADE=--upgrade` moves the pins; without it only what pyproject.toml asks for changes.
UPGRADE ?=

DEMO_VENV := .venv
TOX_VENV := .tox-venv
INSTALL := -m pip install -qq --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test requirements clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(DEMO_VENV)/.ready ## Play every procedure, then serve them as web pages (STORY=…, ARGS=--once, ARGS="--port 8080")
	@$(DEMO_VENV)/bin/registrazione demo $(STORY) $(ARGS)

test: $(TOX_VENV)/.ready ## Run every gate: style, types, tests, coverage, docs, package (ARGS="-e tests")
	@$(TOX_VENV)/bin/tox run-parallel --parallel 2 --parallel-live --no-list-dependencies $(ARGS)
	@echo "make test: every gate passed."

$(DEMO_VENV)/.ready: requirements/demo.txt pyproject.toml src/registrazione/_version.py
	@$(call create-venv,$(DEMO_VENV))
	@echo "make: installing registrazione and what the stories need …"
	@$(DEMO_VENV)/bin/python $(INSTALL) --require-hashes --requirement requirements/demo.txt
	@$(DEMO_VENV)/bin/python $(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(TOX_VENV)/.ready: requirements/tox.txt
	@$(call create-venv,$(TOX_VENV))
	@echo "make: installing tox …"
	@$(TOX_VENV)/bin/python $(INSTALL) --require-hashes --requirement requirements/tox.txt
	@touch $@

# A virtual environment of its own in folder $(1), made anew so that no half-made one is met again.
define create-venv
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "make: Python 3.11 or later is needed: name one with PYTHON=python3.12" >&2; exit 1; }; \
	echo "make: creating $(1) with $$($(PYTHON) --version) …"; \
	$(PYTHON) -m venv --clear $(1) \
	  || { echo "make: $(PYTHON) has no working venv (on Debian and Ubuntu: the package python3-venv)" >&2; exit 1; }
endef

# Every pin with its hashes, for every platform, and with no address in it. A release is a week old before it is taken.
COMPILE = $(TOX_VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-header --no-emit-index-url --exclude-newer "1 week" $(UPGRADE) pyproject.toml

requirements: $(TOX_VENV)/.ready ## Compile requirements/*.txt from pyproject.toml (UPGRADE=--upgrade)
	@$(COMPILE) --output-file requirements/base.txt
	@$(COMPILE) --output-file requirements/demo.txt --extra demo --group backend
	@$(COMPILE) --output-file requirements/tests.txt --all-extras --group tests
	@$(COMPILE) --output-file requirements/typing.txt --all-extras --group tests --group typing
	@$(COMPILE) --output-file requirements/docs.txt --all-extras --group docs
	@$(COMPILE) --output-file requirements/package.txt --all-extras --group package
	@$(call compile-group,backend)
	@$(call compile-group,lint)
	@$(call compile-group,tox)

# A group of tools alone, without what the library itself depends on.
compile-group = $(patsubst %pyproject.toml,%,$(COMPILE)) --output-file requirements/$(1).txt --group $(1)

clean: ## Remove what make, tox and the tools have written
	@rm -rf $(DEMO_VENV) $(TOX_VENV) .tox build dist docs/_build htmlcov
	@rm -rf .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
