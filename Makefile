# Needs python3 (3.11 or later), make and git; everything else comes from PyPI into .venv.

.PHONY: demo test check long setup bench lock clean

BIN := .venv/bin
PEERS := $(BIN)/python

demo: setup  ## simulate a couple, analyze it, say where the page is
	@$(BIN)/interbeat demo

test: setup check  ## every check and every test
	@python3 scripts/chromium.py
	@$(BIN)/pytest -q

check: setup  ## style, types and the contracts between rooms
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

long: setup  ## the laws of two people with hundreds of pairs in each world: hours
	@INTERBEAT_LONG=1 $(BIN)/pytest -q -s tests/laws/dyad tests/truth/dyad

setup:
	@python3 scripts/setup.py

bench: setup  ## what it costs, into benchmarks/RESULTS.md
	@$(BIN)/python benchmarks/run.py
	@$(PEERS) benchmarks/beside_peers.py

lock:  ## pin what pyproject.toml asks for, with hashes and without addresses (needs uv)
	@uv pip compile --quiet --universal --python-version 3.11 --extra dev --extra dask \
	    --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml \
	    --output-file requirements.txt

clean:
	@rm -rf .venv demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
