# SmarterRouter. `make help` prints this file's targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
V := .venv/bin
STAMP := .venv/.installed

help: ## Show what can be done here
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  \033[1m%-17s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Create .venv with everything that running, testing and the benches need

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, e.g. make setup PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(V)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(V)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: setup ## Start the gateway and print its address
	$(V)/smarterrouter serve

test: setup ## Unit, contract, golden and journey tests (no system programs, no network)
	$(V)/pytest -n 2 --dist loadgroup

check: setup ## Format, lint, strict types, import contract, generated files (no tests)
	$(V)/ruff format --check .
	$(V)/ruff check .
	$(V)/mypy
	$(V)/lint-imports --no-cache
	$(V)/python -m smarterrouter generate-env --check

format: setup ## Rewrite the code in the house style
	$(V)/ruff format .
	$(V)/ruff check --fix .

generate: setup ## Rewrite every generated file
	$(V)/python -m smarterrouter generate-env --refresh

bench: setup ## Measure our overhead against a bare relay; table on screen (JSON=FILE writes it too)
	$(V)/python bench/overhead.py $(if $(JSON),--json $(JSON))

bench-check: setup ## The same, and fail when something is more than 20 % worse than before
	$(V)/python bench/overhead.py --check

bench-profiling: setup ## How well profiling tells models apart, simulated and real (JSON=FILE writes it too)
	$(V)/python bench/profiling.py $(if $(JSON),--json $(JSON))

bench-routing: setup ## How well the learned router chooses, by cross-validation (DATA=FOLDER; minutes)
	$(V)/python -m bench.routing_quality "$(or $(DATA),$(error Which data? make $@ DATA=FOLDER))" $(if $(OUT),--out $(OUT))

bench-stickiness: setup ## What it is worth that conversations stay with their model (JSON=FILE writes it too)
	$(V)/python bench/stickiness.py $(if $(JSON),--json $(JSON))

bench-cascade: setup ## What it is worth to check a cheap model's answers first (JSON=FILE writes it too)
	$(V)/python bench/cascade.py $(if $(JSON),--json $(JSON))

train: setup ## Train the router's weights on JSONL files (DATA=FOLDER; OUT=FILE, router.npz otherwise)
	$(V)/smarterrouter train-router "$(or $(DATA),$(error Which data? make $@ DATA=FOLDER))" $(if $(OUT),--out $(OUT))

setup-system: ## Install the system programs of packages.txt (Debian, root)
	bash tests/system/install.sh

test-system: setup ## Tests that need system programs; a missing one is a failure
	$(V)/pytest tests/system

test-clients: setup ## Heavy real clients (aider, LiteLLM, Open WebUI …), each in its own environment
	$(V)/pytest tests/clients

db-revision: setup ## Write a migration from store/tables.py (M="what changed")
	$(V)/python -m smarterrouter.store.revision "$(M)"

requirements: ## Pin the requirement files again (needs uv)
	uv pip compile -q pyproject.toml --extra local --extra postgres --extra sandbox --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/run.txt
	uv pip compile -q pyproject.toml --extra local --extra postgres --extra sandbox --group test --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/dev.txt

clean: ## Remove what was built here (not your data)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

.PHONY: help setup run test check format generate bench bench-check bench-profiling bench-routing bench-stickiness bench-cascade train setup-system test-system test-clients db-revision requirements clean
