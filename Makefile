# `make` lists the targets. Everything is installed into .venv, from requirements files locked by hash.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000
PY := .venv/bin/python
APP := .venv/bin/inspect-app
export INSPECT_MODE ?= demo
# Where a workplace forbids Python to keep what it has compiled, every process would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

# The stamps carry a hash of what they were made from: a changed lock file makes a new one, nothing else does.
RUN_LOCKS := requirements-build.txt requirements.txt
DEV_LOCKS := $(RUN_LOCKS) requirements-dev.txt
stamp = .venv/$(1)-$(shell cat pyproject.toml requirements-uv.txt $(2) | cksum | cut -d' ' -f1)
RUN_STAMP := $(call stamp,run,$(RUN_LOCKS))
DEV_STAMP := $(call stamp,dev,$(DEV_LOCKS))

.PHONY: help
help: ## list the targets
	@echo "inspect-app: make TARGET"
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: run
run: $(RUN_STAMP) ## start the application with the demonstration organisation; PORT=8000 unless told otherwise
	@$(APP) demo --if-empty
	@exec $(APP) serve --host 127.0.0.1 --port $(PORT) --with-worker

.PHONY: test
test: export INSPECT_MODE = test
test: ready check ## set everything up, check style, types and imports, and test on SQLite, PostgreSQL and Chromium
	$(PY) -m pytest -n 2 --dist loadgroup $(ARGS)

.PHONY: test-full
test-full: export INSPECT_MODE = test
test-full: ready check interop ## the same with the long proofs
	$(PY) -m pytest -n 2 --dist loadgroup --full $(ARGS)

.PHONY: check
check: $(DEV_STAMP)
	.venv/bin/ruff check --quiet .
	$(PY) -m mypy --no-error-summary
	NO_COLOR=1 .venv/bin/lint-imports >.venv/imports.log || { cat .venv/imports.log; exit 1; }

.PHONY: lint
lint: check ## check style, types and imports alone

.PHONY: ready
ready: $(DEV_STAMP) ## set up .venv for development, and PostgreSQL and Chromium where this user may
	@$(PY) -m tests.system_packages

.PHONY: interop
interop: $(DEV_STAMP) .venv-interop/.ready ## set up the tools of others that read our exports: in an environment of their own, LibreOffice from the system
	@$(PY) -m tests.system_packages full

.venv-interop/.ready: requirements-interop.txt
	@$(PYTHON) -m venv .venv-interop
	@.venv-interop/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-interop.txt
	@touch $@

.PHONY: bench
bench: export INSPECT_MODE = test
bench: $(DEV_STAMP) ## the benchmarks, each beside a peer and a limit, as ratios
	@$(call install,requirements-bench.txt)
	$(PY) -m benchmarks

.PHONY: docs
docs: $(DEV_STAMP) openapi ## regenerate the generated pages of the documentation
	$(APP) docs --out docs/reference

.PHONY: screenshots
screenshots: ready ## take the pictures of the documentation anew, from the demonstration, in Chromium
	$(PY) -m docs.screenshots

.PHONY: pictures
pictures: export INSPECT_MODE = test
pictures: ready ## take the pictures of the tutorials anew: the browser test of a whole matter takes them on its way
	rm -rf docs/tutorials/pictures
	PICTURES=docs/tutorials/pictures $(PY) -m pytest -n 0 --full tests/browser/test_whole_matter.py

.PHONY: openapi
openapi: $(DEV_STAMP) ## regenerate the OpenAPI document
	@mkdir -p docs/reference
	@$(APP) openapi > .venv/openapi.json && mv .venv/openapi.json docs/reference/openapi.json

.PHONY: lock
lock: $(DEV_STAMP) ## lock the requirements again, newest versions within the ranges of requirements*.in
	@for name in requirements-uv requirements-build requirements requirements-dev requirements-bench requirements-interop; do \
	    echo "locking $$name.txt"; \
	    UV_CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate \
	        --python-version 3.11 $$name.in --output-file $$name.txt; \
	done

.PHONY: clean
clean: ## remove the environment and every cache; var/ with its data stays
	rm -rf .venv .venv-interop .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Locked requirements go in with uv where it is there, and with plain pip where it is not, or fails.
# The project itself goes in editable, so that its command and its version are found.
requirements = $(foreach file,$(1),-r $(file))
install = if ! { [ -x .venv/bin/uv ] && .venv/bin/uv pip install --quiet --python $(PY) --require-hashes $(requirements); }; then \
	    $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes $(requirements); fi
itself = $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Python 3.11 or newer is needed; name one with PYTHON=, for example: make run PYTHON=python3.12" >&2; exit 1; }
	@echo "Setting up .venv"
	@$(PYTHON) -m venv .venv || { echo "The venv module is missing; on Debian: apt-get install python3-venv" >&2; rm -rf .venv; exit 1; }
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: -r requirements-uv.txt \
	    || echo "uv cannot be had here; plain pip is slower and does the same"

$(RUN_STAMP): | .venv/bin/python
	@echo "Installing what the application needs"
	@$(call install,$(RUN_LOCKS))
	@$(itself)
	@touch $@

$(DEV_STAMP): | .venv/bin/python
	@echo "Installing what the application and its tests need"
	@$(call install,$(DEV_LOCKS))
	@$(itself)
	@touch $@ $(RUN_STAMP)

.PHONY: .venv/ready
.venv/ready: $(DEV_STAMP)
