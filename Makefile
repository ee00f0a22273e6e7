# Two commands are enough: make run, make test. `make help` lists the others.
PYTHON ?=
PORT ?= 8000
ARGS ?=
LOCALE ?=
PY := .venv/bin/python
export PYTHON

# Typed code: plain Python. Page models stay plain, Wagtail has no types for them (docs/adr/0001).
TYPED := $(filter-out tests/%,$(sort $(wildcard */services.py */queries.py */queries/*.py */permissions.py */theming.py */tasks.py */forms.py \
	*/languages.py */ids.py */tokens.py */registry.py */uploads.py */richtext.py */schemas.py \
	exchange/formats/*.py content/jobs/*.py content/mail/*.py content/pagecache/*.py \
	hub/backup/*.py hub/system/*.py */templatetags/*.py \
	*/management/commands/*.py hub/settings/env.py hub/settings/secrets.py hub/settings/databases.py hub/css.py hub/middleware.py \
	content/storage.py hub/caches.py hub/cachefile.py hub/outages.py hub/logs.py hub/health.py hub/pagecache.py hub/celery.py hub/nul.py \
	hub/mail_pages.py gunicorn.conf.py deploy/alive.py content/scheduling.py content/housekeeping.py content/caching.py content/limits.py \
	content/audit.py content/hashing.py content/publication.py content/triggers.py content/verification.py content/choosers.py \
	content/deletion.py content/cells.py editorial/*.py editorial/services/*.py editorial/desk/*.py editorial/checks/*.py \
	editorial/factcheck/*.py editorial/reviews/*.py editorial/notifications/*.py editorial/timeline/*.py editorial/unapproved/*.py editorial/rulebook/*.py editorial/queries/*.py \
	partners/services/*.py partners/people/*.py partners/isolation/*.py partners/standing.py partners/policies.py hub/signin.py)))
# Everything of lint works on throw-away data.
LINT_ENV = HUB_DATA_DIR=$(LINT_DATA)
LINT_DATA := $(shell mktemp -d -u)

# Processes that tests run in; 1 runs them in one that a debugger reaches.
WORKERS ?= auto
PARALLEL = $(if $(filter 1,$(WORKERS)),,-n $(WORKERS) --dist loadfile)
CHAOS ?= full
SECURITY ?= full

.PHONY: help run test test-postgres chaos security lint format bench messages settings-table shape prepare prepare-dev browser-tools clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-14s %s\n", $$1, $$2}'

run: ## serve the hub with its demo content; PORT=8080 for another port
	@PORT=$(PORT) sh scripts/run.sh

prepare: ## make .venv with what a hub needs
	@sh scripts/prepare.sh requirements.txt

prepare-dev: ## make .venv with the tools for tests and lint
	@sh scripts/prepare.sh requirements.txt requirements-dev.txt

test: prepare-dev ## run the tests on all cores; ARGS="tests/guides -k fee" for some, WORKERS=1 for a debugger
	@$(PY) -m pytest $(PARALLEL) $(ARGS)

test-postgres: prepare-dev ## the tests on a real PostgreSQL with all migrations, started for them
	@$(PY) -m tests.servers postgres -- $(PY) -m pytest --migrations --create-db \
		-m "not browser and not corpus and not servers and not chaos" $(PARALLEL) $(ARGS)

chaos: prepare-dev ## kill processes and servers of a running hub for a while; CHAOS=short for a few minutes
	@CHAOS=$(CHAOS) $(PY) -m pytest -m chaos tests/chaos -s $(ARGS)

security: prepare-dev ## random sequences against the approvals, on all cores; SECURITY=short for a few minutes
	@SECURITY=$(SECURITY) $(PY) -m tests.security.run

browser-tools: ## install axe and html-validate for the browser tests (needs node)
	npm ci --ignore-scripts --no-audit --no-fund

lint: prepare-dev ## format, lint, layers, types, migrations, deployment settings
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@.venv/bin/djlint templates --check --lint --quiet
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/mypy $(TYPED)
	@mkdir -p $(LINT_DATA)
	@$(LINT_ENV) DJANGO_SETTINGS_MODULE=hub.settings.test $(PY) manage.py makemigrations --check --dry-run
	@$(LINT_ENV) DJANGO_SETTINGS_MODULE=hub.settings.production HUB_BASE_URL=https://hub.example.org \
		HUB_SECRET_KEY=$$($(PY) -c "import secrets; print(secrets.token_urlsafe(64))") \
		$(PY) manage.py check --deploy --fail-level WARNING
	@rm -rf $(LINT_DATA)

format: prepare-dev ## put code and templates in the house format
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .
	@.venv/bin/djlint templates --reformat --quiet

bench: prepare-dev ## figures: import, queries, speed, bytes
	@$(PY) bench/run.py $(ARGS)

messages: prepare-dev ## collect messages into locale/*.po (needs gettext) and compile; LOCALE=ht adds one
	@$(PY) scripts/collect_messages.py $(LOCALE)
	@$(PY) scripts/compile_messages.py

settings-table: prepare ## write the table of settings into README.md
	@$(PY) scripts/settings_table.py

shape: prepare-dev ## long files and functions, complexity, dead code: for reviewers, never fails
	@$(PY) scripts/shape.py
	-@$(PY) -m ruff check --select C901 --config "lint.mccabe.max-complexity=8" --exit-zero --output-format concise .
	-@.venv/bin/vulture

clean: ## remove what tools leave behind; database and uploads stay
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache htmlcov .coverage test-results
