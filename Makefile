# Every target does its own set-up; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PARALLEL := -n 2 --no-loadscope-reorder  # in the order of tests/conftest.py
# What test-fast has no time to import: Prefect, the commands, the pages, and Selenium of tests/server.
LATE := server web cli deployments flows tasks/campaigns/test_mails.py tasks/figures/test_referrals.py
STAMP := $(VENV)/.installed
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
unexport PYTHONDONTWRITEBYTECODE  # compiling everything anew costs each test worker some four seconds

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast test-long test-server lint format torture bench golden pictures deploy serve worker

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "bouwclub needs Python 3.11 or newer; found " + sys.version.split()[0] + ". Set PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) (one to three minutes the first time; each line is a package as it comes)"
	@rm -f $(VENV)/.failed; { $(BIN)/python -m pip install --progress-bar off --disable-pip-version-check -c constraints.txt \
		-e '.[dev]' 2> $(VENV)/install.log || touch $(VENV)/.failed; } | awk '\
		/^ *Collecting/ { print "  " $$2; fflush() } /^Installing collected/ { print "  unpacking them"; fflush() }'; \
		test ! -e $(VENV)/.failed || { cat $(VENV)/install.log >&2; exit 1; }
	@touch $(STAMP)

setup: $(STAMP) ## make .venv with bouwclub in .venv/bin

demo: $(STAMP) ## sample data, a daily run and an outbox to look at, in demo/ (AS_OF=today)
	@$(BIN)/bouwclub demo $(if $(AS_OF),--as-of $(AS_OF))

test: $(STAMP) ## SQLite and PostgreSQL: all quick tests, a case of each slow one (under 4 minutes on 2 cores)
	@$(BIN)/python -m pytest $(PARALLEL) --hypothesis-profile=slice --ignore=tests/server --part first

test-fast: $(STAMP) ## the rules and a slice of the tasks, what is quick, on SQLite (under 30 s)
	@$(BIN)/python -m pytest $(PARALLEL) --hypothesis-profile=fast --slice 3 $(addprefix --ignore=tests/,$(LATE)) -m "not slow and not long and not postgres"

test-long: $(STAMP) ## what make test leaves out: long tests, flows, each part of the benchmarks, the other cases of slow ones
	@$(BIN)/python -m pytest $(PARALLEL) --hypothesis-profile=slice --ignore=tests/server --part rest

test-server: $(STAMP) ## a real Prefect server, two workers and a browser (under 15 minutes on 2 cores)
	@.ci/server-tools
	@$(BIN)/python -m pytest $(PARALLEL) -m server tests/server

lint: $(STAMP) ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(STAMP) ## let ruff write the layout
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

torture: $(STAMP) ## check the delivery's model, kill senders thousands of times, draw a thousand examples of each property (ROUNDS=5)
	@.ci/torture-tools
	@$(BIN)/python -m tests.model
	@$(BIN)/python -m tests.torture --rounds $(or $(ROUNDS),5)
	@$(BIN)/python -m pytest $(PARALLEL) --hypothesis-profile=large -m "hypothesis and not server"

bench: $(STAMP) ## figures and ratios: a day, a season day, rendering, import
	@$(BIN)/python -m benchmarks

golden: $(STAMP) ## rewrite the golden mails, requests and page of figures; review the diff
	@GOLDEN_REWRITE=1 $(BIN)/python -m pytest tests/tasks/mail/test_golden_mails.py tests/tasks/campaigns/test_mails.py tests/tasks/figures/test_page.py tests/tasks/providers/test_wire.py

pictures: $(STAMP) ## draw every golden mail with Chromium into pictures/, to look at (NAMES="check_in win_back")
	@$(BIN)/python -m tests.tasks.mail.pictures pictures $(NAMES)

deploy: $(STAMP) ## register the clock with the Prefect server at PREFECT_API_URL
	@$(BIN)/python -m deployments.deploy

worker: $(STAMP) ## a worker of the pool, with the settings of this folder
	@$(BIN)/python -m deployments.worker

serve: $(STAMP) ## desk, pages and Prefect on this machine, on a demo of today; Ctrl-C stops it (FOLDER=., SERVE="--port 4300")
	@test -n "$(FOLDER)" || grep -qs "Its day is $$(date +%F)" demo/.bouwclub-demo || $(BIN)/bouwclub demo --as-of today
	@cd $(or $(FOLDER),demo) && exec $(CURDIR)/$(BIN)/python -m deployments.serve $(SERVE)
