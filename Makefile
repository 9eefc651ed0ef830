# Two commands on a fresh machine: `make demo` and `make test`. Each does all the set-up it needs.
export UV_SYSTEM_CERTS = 1
# Compiled once, started quickly: a set variable of this name would have every run compile all anew.
export PYTHONDONTWRITEBYTECODE =
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	if $$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)
V := .venv
PEERS := $(V)/peers
RUN := $(V)/bin
TEST_WORKERS ?= 2

.PHONY: help demo test browser pictures check format lint imports types unit golden bench soak audit lock coverage-of-brief clean

help:  ## What can be made
	@awk -F ':.*## *' '/^[a-z-]+:.*## /{printf "%-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST) | sort

demo: $(V)/.ok  ## Read and match a small firm's files, and say where the report lies
	@[ -e $(V)/.ok-compiled ] || (nice -n 19 $(MAKE) -s $(V)/.ok-compiled >/dev/null 2>&1 &)
	@$(RUN)/tieout demo

test: $(V)/.ok-dev $(V)/.ok-compiled browser  ## The whole test suite (under 15 minutes on two cores)
	@$(RUN)/python -m pytest -n $(TEST_WORKERS) --dist worksteal

browser:  ## Chromium for the tests of pages, through the system's packages where they may be added
	@for p in "$$TIEOUT_CHROMIUM" chromium chromium-browser google-chrome; do \
	  command -v "$${p:-none}" >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Adding Chromium (once) ..."; \
	  (apt-get update -qq; apt-get install -y -qq --no-install-recommends chromium fonts-liberation) >/dev/null 2>&1 && exit 0; fi; \
	echo "No Chromium here, so tests/browser is skipped. On Debian or Ubuntu: apt install chromium; elsewhere: TIEOUT_CHROMIUM=/path/to/it"

pictures: $(V)/.ok-dev browser  ## The docs' pictures of the pages, made anew by the tests in the browser
	@TIEOUT_PICTURES=docs/guides/pictures $(RUN)/python -m pytest -q tests/browser

check: format lint imports types unit  ## The fast loop: format, lint, imports, types, unit tests

format: $(V)/.ok-dev  ## Rewrite the code in one style
	@$(RUN)/ruff format --quiet .

lint: $(V)/.ok-dev  ## Faults a reader of the code can find
	@$(RUN)/ruff check --quiet .

imports: $(V)/.ok-dev  ## The wall plan: which room may import which
	@$(RUN)/lint-imports

types: $(V)/.ok-dev  ## mypy, strict, tests included
	@$(RUN)/mypy

unit: $(V)/.ok-dev  ## Core and tidy tests only: seconds
	@$(RUN)/python -m pytest -q tests/unit tests/tidy

golden: $(V)/.ok-dev  ## Write the golden files anew; read the diff before you commit it
	@$(RUN)/python -m pytest -q tests/formats --write-golden

bench: $(V)/.ok-bench $(V)/.ok-compiled  ## The benchmarks, each with its correctness check
	@$(RUN)/python -m benchmarks --peers-python $(PEERS)/bin/python

soak: $(V)/.ok-soak  ## The long campaigns: fuzzing (TIEOUT_SOAK_SECONDS, an hour by default), many seeds, the properties with new examples
	@$(RUN)/python -m pytest -q -m soak tests/soak tests/api tests/store tests/jobs tests/cli tests/reports
	@for round in 1 2 3 4 5; do \
	  TIEOUT_DRAW_ANEW=1 $(RUN)/python -m pytest -q -n $(TEST_WORKERS) -m "not soak" tests/unit tests/engine tests/explain tests/formats || exit 1; done

audit: $(V)/.ok-uv  ## Known faults of the locked dependencies, as the package index knows them
	@said=$$($(RUN)/uvx pip-audit --no-deps --disable-pip -r requirements.txt 2>&1); code=$$?; \
	unseen=$$(printf '%s\n' "$$said" | grep -c 'could not be audited'); \
	if [ "$$unseen" -gt 0 ]; then \
	  echo "The source of advisories does not know or answer for $$unseen packages: they were not looked at"; exit 1; fi; \
	printf '%s\n' "$$said" | grep -v WARNING; exit $$code

coverage-of-brief: $(V)/.ok-dev  ## Which statements of the brief have a test that proves them
	@$(RUN)/python -m tieout.testing.brief

lock: $(V)/.ok-uv  ## Resolve the dependencies anew, with hashes
	@for f in requirements requirements-dev requirements-bench requirements-soak requirements-uv; do \
	  $(RUN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate --no-emit-index-url $$f.in -o $$f.txt || exit 1; done

clean:  ## Take away what was built
	@rm -rf $(V) build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# One recipe installs any of the hashed requirement files: quickly through uv, else with pip.
define install
	@VIRTUAL_ENV=$(or $(2),$(V)) $(RUN)/uv pip install -q --compile-bytecode --require-hashes -r $(1) 2>/dev/null \
	  || $(or $(2),$(V))/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $(1)
endef

$(V)/.ok-uv: requirements-uv.txt
	@test -n "$(PYTHON)" || { echo "Tieout needs Python 3.11 or newer with venv (on Debian or Ubuntu: apt install python3 python3-venv)"; exit 2; }
	@$(PYTHON) -m venv $(V) 2>/dev/null || { echo "Python cannot make a virtual environment here (on Debian or Ubuntu: apt install python3-venv)"; exit 2; }
	@$(RUN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.txt || echo "uv is not to be had; pip does the work"
	@touch $@

$(V)/.ok: requirements.txt $(V)/.ok-uv
	@echo "Setting up (once) ..."
	$(call install,requirements.txt)
	@echo "$(CURDIR)/src" > "$$($(RUN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/tieout.pth"
	@printf '#!/bin/sh\nexec "%s/bin/python" -m tieout "$$@"\n' "$(CURDIR)/$(V)" > $(RUN)/tieout && chmod +x $(RUN)/tieout
	@touch $@

# The loops of matching, compiled once (see docs/internals/decisions/0016). What is small needs none of it.
$(V)/.ok-compiled: $(V)/.ok
	@$(RUN)/python -m tieout.testing.compile_loops && touch $@

$(V)/.ok-dev: requirements-dev.txt $(V)/.ok
	$(call install,requirements-dev.txt)
	@touch $@

$(V)/.ok-soak: requirements-soak.txt $(V)/.ok-dev
	@VIRTUAL_ENV=$(V) $(RUN)/uv pip install -q --compile-bytecode --require-hashes --only-binary :all: -r requirements-soak.txt \
	  || echo "atheris has no build for this Python; the campaigns go on without coverage"
	@touch $@

# The peers live by themselves: who has pandas beside Tieout waits for it at every start.
$(V)/.ok-bench: requirements-bench.txt $(V)/.ok-dev
	@$(RUN)/python -m venv $(PEERS) && cp $(V)/lib/python3*/site-packages/tieout.pth $$(echo $(PEERS)/lib/python3*/site-packages)
	$(call install,requirements-bench.txt,$(PEERS))
	@touch $@
