# `make demo` sets up and audits the embedded sample account; `make test` sets up and passes the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
NODE_SDK := @aws-sdk/client-secrets-manager@3.1164.0

# The tests start some hundred processes of smsl: what one of them has compiled the others need not.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test verify lint bench clean

demo: $(STAMP)
	@$(BIN)/smsl demo

test: $(STAMP)
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "not verify"

verify: $(STAMP)
	@$(BIN)/python -m pytest -n auto --dist worksteal -m verify
	@$(BIN)/python benchmarks/run.py --check
	@$(BIN)/python benchmarks/iam.py --check
	@$(BIN)/python benchmarks/net.py --check
	@$(BIN)/python benchmarks/generalise.py --check
	@$(BIN)/python benchmarks/leaks.py --check
	@$(BIN)/python benchmarks/lab.py --check
	@$(BIN)/python benchmarks/added.py --check
	@$(BIN)/python benchmarks/gate.py --check

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(STAMP)
	@$(BIN)/python benchmarks/run.py
	@$(BIN)/python benchmarks/iam.py
	@$(BIN)/python benchmarks/net.py
	@$(BIN)/python benchmarks/generalise.py
	@$(BIN)/python benchmarks/leaks.py
	@$(BIN)/python benchmarks/lab.py --rie get
	@$(BIN)/python benchmarks/added.py
	@$(BIN)/python benchmarks/gate.py --checkov get

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(STAMP): pyproject.toml .ci/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "smsl needs Python 3.11 or newer: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "Python's venv module is missing: apt-get install python3-venv (Debian, Ubuntu)"; exit 1; }
	@echo "Setting up $(VENV) (once, about a minute) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c .ci/constraints.txt -e '.[dev]'
	@if command -v node >/dev/null && command -v npm >/dev/null; then \
	  npm install --silent --no-fund --no-audit --prefix $(VENV)/share/smsl $(NODE_SDK) >/dev/null \
	  || echo "The AWS SDK for JavaScript could not be installed: what needs Node.js is left out."; fi
	@touch $(STAMP)
