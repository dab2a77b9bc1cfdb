# Every command sets up what it needs first; a second run finds it done.
# `make run` and `make test` are all that anybody needs to know.

SHELL := /bin/bash
VENV := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8000

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help run test check bench faults format assets setup setup-tests lock screenshots

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

run: setup ## set up, load the demonstration district if the database is empty, serve it
	@$(VENV)/menqian demo --if-empty
	@$(VENV)/menqian serve --host $(HOST) --port $(PORT)

test: setup-tests check ## set up, check, run every test (CI runs exactly this)
	@$(VENV)/pytest -n auto --dist loadscope --no-loadscope-reorder -m "not faults"

check: setup ## format, lint, types
	@$(VENV)/ruff format --check .
	@$(VENV)/ruff check .
	@$(VENV)/mypy

bench: setup ## speed and size as ratios, ours beside the bare tool
	@$(VENV)/python -m benchmarks

faults: setup-tests ## the long tiers of the fault tests
	@$(VENV)/pytest -m faults tests

format: setup ## format and mend what can be mended by itself
	@$(VENV)/ruff check --fix-only .
	@$(VENV)/ruff format .

assets: setup-python ## build styles and scripts anew
	@rm -f node_modules/.built
	@bash deploy/setup/assets.sh

setup: setup-python ## Python environment and front-end assets, as locked
	@bash deploy/setup/assets.sh

.PHONY: setup-python
setup-python:
	@bash deploy/setup/python.sh

setup-tests: setup ## the same, and a browser and PostgreSQL for the tests
	@bash deploy/setup/testing.sh

lock: setup ## choose newer releases and write the lock files
	@bash deploy/setup/lock.sh

screenshots: setup-tests ## pictures of the README, from a running demonstration (NAME=… PASSWORD=…)
	@$(VENV)/python docs/screenshots.py --base http://$(HOST):$(PORT) \
		--name '$(NAME)' --password '$(PASSWORD)'
