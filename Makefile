# The few commands of this project; `make help` lists them. Needs make, git and Python 3.11 with venv; fetches the rest.

PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2
BIN := $(VENV)/bin
CONFIG ?= gehoord.toml
TIME ?= 600
DEBIAN_PACKAGES := $(shell cat tests/parts/debian-packages.txt)

# Every package is pinned by its hash. `make run INSTALL='.venv/bin/pip install -q'` does the same without uv.
INSTALL ?= $(BIN)/uv pip install -q --python $(BIN)/python
LOCK = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --quiet $(UPGRADE)

.DEFAULT_GOAL := help
.PHONY: help run demo test lint bench fuzz model system lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: $(VENV)/.installed ## set everything up and start Gehoord; a second start reuses what is there
	@test -f $(CONFIG) || $(BIN)/gehoord init
	@$(BIN)/gehoord serve

demo: $(VENV)/.installed ## the same on a throw-away folder, with 25 messages sent through the real channels
	@$(BIN)/gehoord demo

test: $(VENV)/.installed-dev ## every check and every test, with the Debian packages they need where that is allowed
	@sh scripts/debian-install.sh $(DEBIAN_PACKAGES) || test $$? = 3
	@$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --cov --cov-report=term

lint: $(VENV)/.installed-dev ## style, types and the rule of who may import whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev ## the speed goals, each beside its bare loop
	$(BIN)/python -m benchmarks

fuzz: $(VENV)/.installed-dev ## search for mails that break the reading of mail, for TIME seconds; findings go to var/fuzz
	@$(BIN)/python -c 'import atheris' 2>/dev/null || $(INSTALL) --group fuzz
	$(BIN)/python -m tests.fuzz.mail --seconds $(TIME)

model: $(VENV)/.installed-dev ## train the classifier that ships, from its data and seed
	$(BIN)/python -m nlp.train

system: ## install the Debian packages that the full test needs (root, or sudo)
	@sh scripts/debian-install.sh $(DEBIAN_PACKAGES)

lock: $(VENV)/.installed ## make both lock files again; `make lock UPGRADE=--upgrade` takes newer versions
	$(LOCK) --group install --output-file requirements.lock
	$(LOCK) --group install --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## remove what make made, never var/ (your data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* htmlcov

# Debian's own Python comes without the module that fills a virtual environment.
$(BIN)/python:
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || sh scripts/debian-install.sh python3-venv
	@echo 'Setting up Python in $(VENV), once; this takes about a minute.'
	@$(PYTHON) -m venv --clear $(VENV)

# uv comes out of the same lock file as all the rest, with its hash.
$(BIN)/uv: | $(BIN)/python
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/uv
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@
