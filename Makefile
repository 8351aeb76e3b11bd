# Every target makes .venv if there is none, or if pyproject.toml or constraints.txt changed since.
# Settings: PYTHON=python3.13 picks the interpreter; ARGS="..." goes on to the command.

BIN := .venv/bin
INSTALLED := .venv/installed
MINUTES ?= 30

.DEFAULT_GOAL := help
.PHONY: help run demo test lint format bench soak upgrade clean

help:
	@echo "make run     open Lamina with an example graph, ready to train (without a display: train it here)"
	@echo "make test    run the tests, in less than 10 minutes"
	@echo "make demo    let Lamina drive its own window: drag, wire, train, save; leaves screenshots and a log"
	@echo "make lint    style, types and import contracts"
	@echo "make format  put the source into its one layout"
	@echo "make bench   measure speed; prints ratios"
	@echo "make soak    random tests for MINUTES=$(MINUTES), then 100,000 mutated documents"
	@echo "make clean   remove everything that make has made, .venv as well"

$(INSTALLED): pyproject.toml constraints.txt .ci/install
	@.ci/install "$(PYTHON)"

run: $(INSTALLED)
	@.ci/prerequisites screen
	@$(BIN)/python -m studio.start $(ARGS)

demo: $(INSTALLED)
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" != Linux ]; then \
		.ci/prerequisites screen && $(BIN)/python -m studio.demo $(ARGS); \
	else \
		.ci/prerequisites xvfb && .ci/xvfb $(BIN)/python -m studio.demo $(ARGS); \
	fi

test: $(INSTALLED)
	@.ci/test $(ARGS)

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(INSTALLED)
	@for file in tests/benchmarks/bench_*.py; do \
		name=$$(basename "$$file" .py); \
		echo "== $$name"; \
		OMP_NUM_THREADS=1 QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} \
			$(BIN)/python -m "tests.benchmarks.$$name" $(ARGS) || exit 1; \
	done

soak: $(INSTALLED)
	@LAMINA_SOAK_MINUTES=$(MINUTES) .ci/soak $(ARGS)

upgrade: $(INSTALLED)
	@.ci/upgrade

clean:
	rm -rf .venv build dist *.egg-info .coverage .coverage.* htmlcov .hypothesis \
		.import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find graphs lightning_modules studio resources tests .ci -name __pycache__ -prune -exec rm -rf {} +
