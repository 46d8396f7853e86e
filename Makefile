# Thin: each target names the scripts that do the work. Everything lands in .venv/ and var/.

.DEFAULT_GOAL := help
.PHONY: help run test test-postgres check bench nightly shots messages requirements clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 15

run: ## set up what is missing and serve the demo on http://localhost:8000 (PORT= changes it)
	@scripts/run

test: ## all checks and the whole suite, browser included, on SQLite (SKIP_E2E=1 leaves that out)
	@scripts/setup dev
	@scripts/test

test-postgres: ## the suite on a throw-away PostgreSQL, or on the one DATABASE_URL names
	@scripts/setup dev
	@scripts/on-postgres scripts/suite

check: ## linters, types, imports, migrations, translations, templates, check --deploy
	@scripts/setup dev
	@scripts/check

bench: ## the figures beside their baselines (BENCH=list,equal_shares picks some); writes bench.json
	@scripts/setup bench
	@.venv/bin/python scripts/bench.py

nightly: ## the slow proofs and the long storms, on SQLite and on PostgreSQL
	@scripts/setup bench
	@scripts/nightly
	@scripts/on-postgres scripts/nightly

shots: ## screenshots of the README and a contact sheet of every page
	@scripts/setup dev
	@.venv/bin/python scripts/shots.py

messages: ## bring locale/*.po in line with the code, for translators
	@scripts/setup
	@.venv/bin/python scripts/messages.py update
	@.venv/bin/python scripts/messages.py compile

requirements: ## pin and hash the newest versions the *.in files allow
	@scripts/setup dev
	@scripts/lock

clean: ## remove what was made here, the demo's data included
	rm -rf .venv var .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo*' -delete
