# The everyday commands, the same at home and in CI. `make help` lists them.
PYTHON ?= python3
VENV := .venv/bin
# Extra words for pytest: make test ARGS="tests/unit -k money"
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test check bench chaos browser screenshots environment environment-for-checks chromium

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: environment ## start everything on this machine and print the address and the log-in (PORT=5000)
	@exec $(VENV)/python -m kz_admin.dev $(ARGS)

# Compiled once: where Python may not keep what it compiled, each of the many processes would do it again.
test: environment-for-checks chromium ## the tests, with PostgreSQL, Chromium and short chaos (ARGS="tests/unit -k money")
	@$(VENV)/python -m compileall -q -j 2 app.py kz_admin jobs migrations simulator tests
	@exec $(VENV)/python -m pytest -p tests.fixtures.no_skips -n 2 --dist worksteal -m "not chaos_long" $(ARGS)

# The sweeps are tests too: `make check test` runs them once.
check: environment-for-checks ## lint, format, types, import rules, templates, sweeps
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/djlint templates --lint --quiet
	$(if $(filter test,$(MAKECMDGOALS)),,$(VENV)/python -m pytest -q tests/sweeps)

bench: environment-for-checks ## every budget as a table and in build/bench.json
	@exec $(VENV)/python -m bench $(ARGS)

chaos: environment-for-checks ## kill real processes at every named failpoint, all of it
	@exec $(VENV)/python -m pytest tests/chaos -n 2 --dist worksteal $(ARGS)

browser: environment-for-checks chromium ## the tests that drive Chromium
	@exec $(VENV)/python -m pytest tests/browser $(ARGS)

screenshots: environment-for-checks chromium ## pictures of every page in build/screenshots
	@exec $(VENV)/python -m tests.browser.screenshots $(ARGS)

environment:
	@$(PYTHON) bootstrap.py run

environment-for-checks:
	@$(PYTHON) bootstrap.py check

chromium: environment-for-checks
	@$(VENV)/python -m tests.fixtures.chromium
