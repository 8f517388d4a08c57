# Thin: README gives the same steps as plain commands, for machines without make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
INSTALLED := $(VENV)/.installed

.PHONY: demo test fast lint lock clean bench

demo: $(INSTALLED)
	$(BIN)/vuoro demo

test: lint
	$(BIN)/vuoro models pull
	$(BIN)/python -m pytest

fast: $(INSTALLED)
	$(BIN)/python -m pytest -m "not models and not faults"

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(INSTALLED): requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	$(BIN)/uv pip install --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.txt
	$(BIN)/uv pip install --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

lock: $(INSTALLED)
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--extra dev pyproject.toml --output-file requirements.txt --upgrade

clean:
	rm -rf $(VENV) data/demo-study

bench: $(INSTALLED)
	$(BIN)/python -m pipeline.bench $(DATA)
