# Bare `make` prints the commands below. Everything is set up on first use.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo dev t test check fmt migration golden bench docs requirements frontend clean env env-dev

VENV := .venv
PYTHON := $(VENV)/bin/python
ESPI := $(VENV)/bin/espi

help:  ## print this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: env  ## run a whole fictional wave and serve it (ONCE=1: run it, write var/demo/summary.json, end)
	$(ESPI) demo $(if $(ONCE),--once)

dev: env-dev  ## a demo wave kept in var/dev, served again at each change (DB=postgresql, FRESH=1)
	@tools/dev $(if $(filter postgresql,$(DB)),--postgresql) $(if $(FRESH),--fresh)

t: env-dev  ## some tests, on SQLite: make t ARGS="tests/contact -k stop"
	$(VENV)/bin/pytest -q $(ARGS)

test: env-dev  ## everything CI asks: style, types, layers, tests
	@tools/test

check: env-dev  ## style, types and import contracts only
	@tools/check

fmt: env-dev  ## format Python and Markdown, and mend what ruff can mend
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .
	$(PYTHON) tools/wrap_markdown.py

migration: env-dev  ## write a migration: make migration APP=frame NAME=person_language
	@$(PYTHON) tools/migration.py "$(APP)" "$(NAME)"

golden: env-dev  ## recompute the golden numbers with R survey; no difference may show
	@tools/golden

bench: env-dev  ## speed and memory, as ratios against a stated baseline
	$(PYTHON) bench/run.py
	$(PYTHON) bench/protocol.py
	$(PYTHON) bench/method.py
	$(PYTHON) bench/small_areas.py

docs: env-dev  ## remake the pictures in docs/ from a demo wave
	$(PYTHON) tools/pictures.py

frontend: env-dev  ## rebuild the browser bundles from TypeScript
	@tools/frontend

requirements:  ## recompile the pinned, hashed requirements (needs uv)
	@tools/requirements

clean:  ## remove the environment, the demo and every cache
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis frontend/node_modules

env: $(VENV)/.run
env-dev: $(VENV)/.dev

$(VENV)/.run: requirements/run.txt requirements/debian.txt tools/environment $(shell find src -name '*.po' 2>/dev/null)
	@tools/environment run

$(VENV)/.dev: requirements/dev.txt requirements/debian.txt tools/environment frontend/package-lock.json $(shell find src -name '*.po' 2>/dev/null)
	@tools/environment dev
