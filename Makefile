# The commands of the project. `make run`, `make test` and `make ui` need Python 3.11 or newer, git and make;
# everything they install or write stays in this folder.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

# Nothing outside the checkout: pip's cache, compiled files' owners and every tool's cache stay here.
export PIP_CACHE_DIR := $(CURDIR)/.cache/pip
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export XDG_CACHE_HOME := $(CURDIR)/.cache
export XDG_CONFIG_HOME := $(CURDIR)/.cache/config
export HYPOTHESIS_STORAGE_DIRECTORY := $(CURDIR)/.cache/hypothesis
# pip asks an installed rustc for its version, and rustup then makes a home for itself.
export RUSTUP_HOME := $(CURDIR)/.cache/rustup
export DAGSTER_DISABLE_TELEMETRY := yes
export GX_ANALYTICS_ENABLED := false

SAMPLE := fixtures/sample_cycle
AS_OF := $(shell sed -n 's/^as_of: *//p' $(SAMPLE)/cycle.yaml | tr -d "'\"")

# The fuzzer is built for these alone.
FUZZER := sys_platform == 'linux' and platform_machine == 'x86_64' and python_version < '3.14'

.PHONY: help setup run test ui lint bench bench-links bench-achievability bench-reports bench-readers fuzz replay-summer-2022 lock docs clean

help: ## Show this list.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## Create .venv with the pinned dependencies.

$(INSTALLED): requirements.lock pyproject.toml
	@echo "Setting up $(VENV) (about a minute, once)"
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --require-hashes --requirement requirements.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

run: $(INSTALLED) ## Run the whole job on the sample cycle and show what it found.
	@$(BIN)/reconcile run --landing $(SAMPLE)/landing --as-of $(AS_OF)

test: $(INSTALLED) ## Run the tests.
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

ui: $(INSTALLED) ## Open the Dagster UI on this machine with the same definitions and state, on the sample unless RECONCILE_LANDING says otherwise.
	@RECONCILE_LANDING="$${RECONCILE_LANDING:-$(CURDIR)/$(SAMPLE)/landing}" RECONCILE_AS_OF="$${RECONCILE_AS_OF:-$(AS_OF)}" $(BIN)/reconcile ui

lint: $(INSTALLED) ## Format and type checks.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --nocolor sql

bench: $(INSTALLED) ## Time the job at 9,000, 90,000 and 900,000 learners against DuckDB merely loading the same files.
	@$(BIN)/python -m pipelines.bench

bench-links: $(INSTALLED) ## Measure how well and how fast records are linked, beside the figures that were committed before.
	@$(BIN)/python -m pipelines.bench_links

bench-achievability: $(INSTALLED) ## Time the achievability engine on a million registrations and at its worst, beside CP-SAT and a bare load.
	@$(BIN)/python -m pipelines.bench_achievability

bench-reports: $(INSTALLED) ## Time the reports of 4,000 centres, for the first time and unchanged.
	@$(BIN)/python -m pipelines.bench_reports

bench-readers: $(INSTALLED) ## Time the readers of all bulk formats on a national cycle, beside DuckDB and Polars merely parsing the same bytes.
	@$(BIN)/python -m pipelines.bench_readers

fuzz: $(INSTALLED) ## Try the readers for ten minutes with input that is led by what their code does with it (SECONDS=600).
	@$(BIN)/python -m tests.readers.fuzz --seconds $(or $(SECONDS),600)

docs: $(INSTALLED) ## Write the pages that are generated: docs/flags.md and docs/data-dictionary.md.
	@$(BIN)/reconcile docs

replay-summer-2022: $(INSTALLED) ## Replay an invented summer in the shape of 2022 as published, and print on which night each cause is flagged.
	@$(BIN)/python -m fixtures.summer_2022.replay

lock: $(INSTALLED) ## Resolve pyproject.toml again into requirements.lock.
	@$(BIN)/pip install --quiet pip-tools
	@$(BIN)/pip-compile --quiet --all-extras --generate-hashes --allow-unsafe --no-strip-extras --no-header \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
		--output-file requirements.lock pyproject.toml
	@# pip-compile leaves out where an extra's requirement is to be had at all
	@{ echo '# Pinned and hashed: make lock writes this file from pyproject.toml.'; \
		sed -e '/^# Pinned and hashed/d' -e "s/^\\(atheris==[^ ]*\\) /\\1 ; $(FUZZER) /" requirements.lock; } > requirements.lock.part
	@mv requirements.lock.part requirements.lock

clean: ## Remove everything that was generated or installed.
	rm -rf $(VENV) .cache data build *.egg-info
