# The few words that people expect; each is one line that can also be typed.
BIN = .venv/bin
.PHONY: install run test check format bench clean

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

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
