# The few words that people expect; each is one line that can also be typed.
BIN = .venv/bin
SAMPLE = 300
.PHONY: install run test check format bench docs clean mutants coverage audit sbom licences size

.venv: pyproject.toml constraints.txt
	python3 -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch .venv

install: .venv

run: .venv
	$(BIN)/hexi run anti-fraud

test: .venv
	$(BIN)/pytest

check: .venv
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: .venv
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv
	$(BIN)/hexi bench

# The health of the whole, see docs/health.md. All but the last two want the extra `health`.
.venv/health: .venv
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[health]'
	touch .venv/health

mutants: .venv/health
	$(BIN)/python -m tests.health.mutants ledger --sample $(SAMPLE)
	$(BIN)/python -m tests.health.mutants rules --sample $(SAMPLE)

coverage: .venv/health
	$(BIN)/python -m tests.health.covered

audit: .venv/health
	$(BIN)/pip-audit --strict --no-deps --disable-pip --requirement constraints.txt

sbom: .venv/health
	mkdir -p build
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible -o build/sbom.json $(BIN)/python

licences: .venv
	$(BIN)/python -m tests.health.licences

size: .venv
	$(BIN)/python -m tests.health.size

docs: .venv
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html
	@echo docs/_build/html/index.html

clean:
	rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info docs/_build docs/made
