# Each target sets up what it needs: a virtual environment in this folder, nothing outside it.
# Any Python from 3.11 on will do; another one by name: make test PYTHON=python3.12

PYTHON ?= $(firstword $(foreach p,python3.13 python3.12 python3.11 python3,$(if $(shell $(p) -c 'import sys; print(sys.version_info >= (3, 11) or "")' 2>/dev/null),$(p))))
VENV := .venv
BIN := $(VENV)/bin
USE := $(VENV)/.installed
DEVELOP := $(VENV)/.developing

.PHONY: help demo test browser lint types format golden schema docs calibrate repetitions alarms economy probes drill memory fuzz bench fleet ray oracle clean

help: ## Show what there is to make
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

demo: $(USE) ## Run the main job on the embedded endpoint, without key or network, and write a page
	$(BIN)/evalkit demo

test: $(DEVELOP) $(if $(CI),browser) lint types ## Run everything CI runs: lint, types, tests
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadgroup

APT := $(if $(filter 0,$(shell id -u)),,sudo -n )DEBIAN_FRONTEND=noninteractive timeout 240 apt-get -qq -o Acquire::http::Timeout=20
browser: ## Install Debian's chromium for the browser tests, which are skipped without; needs apt and root, never fails
	@if command -v chromium >/dev/null; then echo "chromium is there"; \
	elif command -v apt-get >/dev/null && { $(APT) update && $(APT) install -y --no-install-recommends chromium; } >/dev/null 2>&1; \
	then echo "chromium was installed"; \
	else echo "no chromium, and no way to install it: the browser tests will be skipped"; fi

lint: $(DEVELOP) ## Check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEVELOP) ## Check types
	$(BIN)/mypy

format: $(DEVELOP) ## Put the code into form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

golden: $(DEVELOP) ## Write the expected tables and messages anew; look at the difference before you commit it
	GOLDEN=write $(BIN)/python -m pytest tests/reporting/test_golden.py tests/plugin/test_messages.py

schema: $(DEVELOP) ## Write the JSON Schemas of suites, reports and comparisons anew
	$(BIN)/evalkit schema > suites/suite.schema.json
	$(BIN)/evalkit schema --of report > reports/report.schema.json
	$(BIN)/evalkit schema --of comparison > reports/comparison.schema.json

calibrate: $(DEVELOP) ## Check estimates and intervals against known truth, and write docs/calibration.md; takes a while
	PYTHONPATH=tests OPENBLAS_NUM_THREADS=1 $(BIN)/python -m calibration

repetitions: $(DEVELOP) ## Compare equal and unequal runs a hundred times, and write docs/repetitions.md; takes half an hour
	PYTHONPATH=tests OPENBLAS_NUM_THREADS=1 $(BIN)/python -m calibration.repetitions

alarms: $(DEVELOP) ## Run suites of tests two hundred times with new answers, and write docs/suite_alarms.md; takes half an hour
	PYTHONPATH=tests OPENBLAS_NUM_THREADS=1 $(BIN)/python -m calibration.suite_alarms

economy: $(DEVELOP) ## Ask fixed plans and plans that stop the same questions, and write docs/economy.md; takes half an hour
	PYTHONPATH=tests OPENBLAS_NUM_THREADS=1 $(BIN)/python -m economy

probes: $(DEVELOP) ## Probe endpoints with every misbehaviour, and write docs/probes.md; takes half an hour
	PYTHONPATH=tests OPENBLAS_NUM_THREADS=1 $(BIN)/python -m calibration.probes_table

drill: $(DEVELOP) ## Kill, starve and mislead real runs, hold them against a journal, and write docs/reliability.md; takes half an hour
	PYTHONPATH=tests $(BIN)/python -m drill

memory: $(DEVELOP) ## Measure how much memory runs take, and write docs/memory.md; takes a quarter of an hour
	PYTHONPATH=tests $(BIN)/python -m drill.memory

bench: $(DEVELOP) ## Measure what sampling and measuring cost, against others too, and write docs/performance.md; PARTS="growth pages" names parts
	PYTHONPATH=tests $(BIN)/python -m benchmarks $(PARTS)

fleet: $(DEVELOP) ## Pace a hundred endpoints with a thousand workers each in virtual time, and write docs/scale.md; takes some ten minutes
	PYTHONPATH=tests $(BIN)/python -m benchmarks.fleet

ray: $(DEVELOP) ## Install the extra for clusters, and run what is tested on a Ray cluster of this machine; takes five minutes
	$(BIN)/python -m pip install --quiet --editable '.[ray]'
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -p no:xdist tests/sampling/test_executors.py tests/sampling/test_ray.py

fuzz: $(DEVELOP) ## Send the embedded server thousands of requests that nobody thought of, by its own OpenAPI description
	PYTHONPATH=tests $(BIN)/python -m fuzz

oracle: $(DEVELOP) ## Compare every reference value with ours, and write docs/oracle.md; needs ../shared/oracles
	PYTHONPATH=tests $(BIN)/python -m oracle

clean: ## Remove what was made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "evalkit needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

$(USE): pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(DEVELOP): pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@ $(USE)
