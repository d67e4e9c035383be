# Everything that a checkout of FirstKey can do. `make` alone prints the table; each target installs what it needs.
#
# Needs only make and Python 3.11 to 3.13 with its venv module. Settings of pip and uv (PIP_*, UV_*, their files) are
# used as they are. PYTHON=/path/to/python3 chooses another interpreter.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell \
    $(name) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $(name))))

VENV := .venv
RUN := $(VENV)/bin
CODE := $(wildcard src tests benchmarks)
TEST_PROCESSES ?= 2
BENCH ?= --store
LOCK := $(RUN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --custom-compile-command "make lock" --no-emit-index-url --no-emit-find-links

# ------------------------------------------------------------------------------------------------------ what people ask

.PHONY: help
help:  ## print this table
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: $(VENV)/.package  ## the main job, start to end: a server on SQLite, a joiner, a passkey, an offline audit
	$(RUN)/firstkey demo

.PHONY: serve
serve: $(VENV)/.package  ## run the server on this machine
	$(RUN)/firstkey serve

.PHONY: test
test: $(VENV)/.package $(VENV)/.test $(VENV)/.check  ## every test, briefly
	$(RUN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile tests

.PHONY: check
check: $(VENV)/.package $(VENV)/.test $(VENV)/.check  ## format, lint, strict types, import contracts, size of the core
	$(RUN)/ruff format --check $(CODE)
	$(RUN)/ruff check $(CODE)
	$(RUN)/mypy $(CODE)
	$(RUN)/lint-imports --no-logo
	$(RUN)/python -m tests.architecture.size

.PHONY: soak
soak: $(VENV)/.package $(VENV)/.test $(VENV)/.check  ## the tests marked `soak`, at their full counts
	FIRSTKEY_SOAK=1 $(RUN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile -m soak tests

.PHONY: bench
bench: $(VENV)/.package $(VENV)/.test  ## measure beside floors; stores docs/benchmarks/latest.json
	$(RUN)/python -m benchmarks $(BENCH)

.PHONY: mutants
mutants: $(VENV)/.package $(VENV)/.test $(VENV)/.check  ## break the code on purpose and see a test fail each time
	$(RUN)/python -m tests.mutants

.PHONY: docs
docs: $(VENV)/.package  ## write what is made from the code: docs/lifecycle.md, the problems of the API
	$(RUN)/python -m tests.architecture.lifecycle_page
	$(RUN)/python -m tests.architecture.problem_table

.PHONY: format
format: $(VENV)/.check  ## lay the code out and mend what the linter can
	$(RUN)/ruff check --fix-only $(CODE)
	$(RUN)/ruff format $(CODE)

.PHONY: lock
lock: $(VENV)/.setup  ## pin the newest versions that fit requirements/*.in, with hashes
	@for name in setup runtime test check; do echo "requirements/$$name.txt"; \
	    $(LOCK) --upgrade requirements/$$name.in --output-file requirements/$$name.txt || exit 1; done

.PHONY: clean
clean:  ## remove what make and the tools made, the .venv included
	@rm -rf $(VENV) build dist src/*.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find $(CODE) -name __pycache__ -prune -exec rm -rf {} +

# ------------------------------------------------------------------------------------ what they stand on, each made once

# uv keeps a cache in the home directory; without a home to write to it does without.
CACHE := $(if $(UV_CACHE_DIR)$(XDG_CACHE_HOME)$(shell test -w ~ && echo home),,--no-cache)
INSTALL := $(RUN)/uv pip install --quiet $(CACHE) --python $(RUN)/python

$(VENV)/.setup: requirements/setup.txt
	@test -n "$(PYTHON)" || { echo "FirstKey needs Python 3.11, 3.12 or 3.13 and found none. On Debian or Ubuntu:"; \
	    echo "    apt-get install python3 python3-venv"; echo "or name one: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python comes without its venv module."; \
	    echo "On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON)"
	@$(RUN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

$(VENV)/.package: pyproject.toml requirements/runtime.in $(VENV)/.runtime
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.%: requirements/%.txt $(VENV)/.setup
	@echo "Installing $<"
	@$(INSTALL) --require-hashes --requirement $<
	@touch $@
