# Everything a contributor or a newcomer runs. `make help` explains each target.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV   := .venv
.NOTPARALLEL: # targets share the virtual environment and what runs in .local
BIN    := $(VENV)/bin

##@ General
.PHONY: help
help: ## Show this list.
	@awk 'BEGIN {FS = ":.*##"} /^[a-zA-Z_-]+:.*?##/ { printf "  \033[36m%-16s\033[0m %s\n", $$1, $$2 } /^##@/ { printf "\n\033[1m%s\033[0m\n", substr($$0, 5) }' $(MAKEFILE_LIST)

# The project, with what the local cluster needs: its programs are built, the first time, while everything else is
# installed.
$(VENV)/.project: pyproject.toml
	@[ -x $(BIN)/pip ] || echo "==> creating $(VENV)"
	@[ -x $(BIN)/pip ] || $(PYTHON) -m venv $(VENV)
	@awk '/^[^ #]/ { wanted = /^(pyyaml|setuptools)==/ } wanted' requirements-dev.lock > $(VENV)/first.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/first.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# $(call install,LOCK): install what a lock file lists, and show how far it is.
define install
	$(BIN)/pip install --disable-pip-version-check --no-compile --require-hashes -r $(1) | \
	  awk -v all="$$(grep -c '==' $(1))" \
	    '/^Collecting/ { if (++n % 10 == 0) { print "    " n " of " all " packages"; fflush() } }'
endef

$(VENV)/.local: requirements-local.lock | $(VENV)/.project
	@echo "==> installing what the operator, the local edge and the REST API need (half a minute, once)"
	@$(call install,requirements-local.lock)
	@touch $@

$(VENV)/.installed: requirements-dev.lock | $(VENV)/.project
	@echo "==> installing the locked dependencies, with those of the tests (about a minute, once)"
	@$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/.local

.PHONY: venv
venv: $(VENV)/.project $(VENV)/.installed ## Create the virtual environment with the locked dependencies.

.PHONY: local-venv
local-venv: $(VENV)/.project $(VENV)/.local

COMPILE = $(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-annotate --no-header
.PHONY: lock
lock: venv ## Resolve the dependencies anew into the three lock files (hashes, no addresses).
	@$(BIN)/pip install --quiet uv
	@$(COMPILE) --extra gateway --extra local --group dev -o requirements-dev.lock pyproject.toml
	@$(COMPILE) --extra gateway --extra local -c requirements-dev.lock -o requirements-local.lock pyproject.toml
	@$(COMPILE) --extra gateway -c requirements-dev.lock -o requirements.lock pyproject.toml

##@ Try it
LOCAL := .local

# .local/env in the environment, except what the caller has set. A caller's own cluster or account comes as a whole.
define load_env
	if [ -f $(LOCAL)/env ]; then \
	  mine="$${KUBECONFIG:+cluster} $${CLOUDFLARE_API_TOKEN:+account}"; \
	  while IFS='=' read -r name value; do \
	    case "$$name" in \
	      KUBECONFIG|WORKERS_OPERATOR_CONTEXT|API_URL|API_TOKEN) [[ "$$mine" == *cluster* ]] && continue ;; \
	      CLOUDFLARE_*|EDGE_URL|ENVIRONMENT|WORKERS_KV_WINDOW|WORKERS_METRICS_*|WORKERS_ALLOW_PRIVATE) [[ "$$mine" == *account* ]] && continue ;; \
	    esac; \
	    [ -n "$${!name+set}" ] || export "$$name=$$value"; \
	  done < $(LOCAL)/env; \
	fi
endef

.PHONY: demo
demo: up ## Everything at once, with proof: cluster, edge, operator, three workers, update, scale, delete.
	@$(load_env); $(BIN)/python examples/demo.py --dir $(LOCAL)

.PHONY: up
up: $(VENV)/.project ## Start local cluster, local edge and REST API in the background (EDGE_ARGS="--latency 50ms").
	@mkdir -p $(LOCAL)
	@$(BIN)/python examples/start.py --dir $(LOCAL) --install 'make --no-print-directory local-venv' $(EDGE_ARGS)
	@$(BIN)/python examples/install.py --dir $(LOCAL)
	@$(BIN)/python examples/gateway.py --dir $(LOCAL)

.PHONY: run
run: local-venv ## Run the operator in the foreground: on `make up`, or on your own KUBECONFIG and CLOUDFLARE_* variables.
	@$(load_env); exec $(BIN)/workers-operator run

.PHONY: down
down: ## End what `up` and `demo` have started.
	@[ ! -e $(VENV)/.local ] && [ ! -e $(VENV)/.installed ] || { $(BIN)/python examples/demo.py --dir $(LOCAL) --stop; \
	  $(BIN)/local-edge down --dir $(LOCAL)/edge; }
	@[ ! -x $(BIN)/local-cluster ] || $(BIN)/local-cluster down --dir $(LOCAL)/cluster

##@ Develop
.PHONY: fmt
fmt: venv ## Format the sources and sort their imports.
	@$(BIN)/ruff check --quiet --select I --fix . && $(BIN)/ruff format .
	@$(BIN)/python -m workers_operator.authoring.javascript --write
	@$(BIN)/python -m bench.sdk

.PHONY: check
check: venv ## Format, lint, types, floors, generated files: what every commit must pass.
	@echo "==> ruff";            $(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet .
	@echo "==> mypy";            $(BIN)/mypy
	@echo "==> import-linter";   $(BIN)/lint-imports --no-logo 2>&1 | tail -n 6
	@echo "==> CRDs";            $(BIN)/python -m workers_operator.resources.generation.crdgen --output crds --check
	@echo "==> reference";       $(BIN)/python -m workers_operator.resources.generation.reference --output docs --check
	@echo "==> conditions";      $(BIN)/python -m workers_operator.documentation --output docs --check
	@echo "==> OpenAPI";         $(BIN)/python -m workers_operator.gateway.generation --output docs --check
	@echo "==> JavaScript";      $(BIN)/python -m workers_operator.authoring.javascript
	@echo "==> SDK";             $(BIN)/python -m bench.sdk --check
	@echo "==> bundles";         $(BIN)/python -m workers_operator.authoring.bundling --check
	@echo "==> fleet page";      $(BIN)/python -m workers_operator.authoring.page --check
	@echo "==> template docs";   $(BIN)/python -m workers_operator.authoring.docs --output docs/templates --check
	@echo "==> dashboard";       $(BIN)/python -m bench.observability.dashboard --check
	@echo "==> Argo CD";         $(BIN)/python -m bench.argocd --check

# The browser that the tests of the fleet page use.
with_chromium = command -v chromium > /dev/null || { echo "==> installing chromium"; \
  apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core; }

# Two more than there are cores: the end-to-end tests wait for more than half of their time.
PROCESSES ?= $(shell expr $$(nproc) + 2)

.PHONY: test
test: venv ## Run all tests: unit, edge, cluster, end-to-end (TESTS=tests/unit for a part, PYTEST_ARGS for options).
	@$(with_chromium)
	@$(BIN)/local-cluster binaries
	@$(BIN)/local-edge binaries
	@# The tests start programs by the hundred; without bytecode each of them would be compiled anew.
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -q -n $(PROCESSES) --dist loadfile --no-loadscope-reorder $(or $(TESTS),tests) $(PYTEST_ARGS)

.PHONY: bench
bench: venv ## Measure: calls, ratios, memory; prints machine, versions and method (BENCH="calls restart").
	@command -v wrk > /dev/null || { echo "==> installing wrk"; apt-get install -y -q wrk; }
	@$(BIN)/local-cluster binaries
	@$(BIN)/local-edge binaries
	@$(BIN)/python bench/run.py $(BENCH)

.PHONY: fuzz-objects
fuzz-objects: venv ## Feed 10,000 hostile objects to a running operator (FUZZ="--objects 1000 --seed 2 --minutes 5").
	@$(BIN)/local-cluster binaries
	@$(BIN)/local-edge binaries
	@$(BIN)/python bench/fuzz.py $(FUZZ)

.PHONY: house
house: venv ## Print figures of the source's structure: folders, classes, names, who changes an account.
	@$(BIN)/python bench/house.py

.PHONY: coverage
coverage: venv ## Print what their unit tests reach of the reconcilers; fails below 90 % of the statements.
	@$(BIN)/pytest -q -n 2 --dist loadfile --cov=workers_operator.reconcilers --cov-report=term:skip-covered --cov-fail-under=90 tests/unit/reconcilers tests/unit/scheduling

.PHONY: bench-workers
bench-workers: venv ## Measure the elite workers: bytes, and what optimize adds to a plain proxy (CPU, time to first byte).
	@$(BIN)/local-edge binaries
	@$(BIN)/python bench/elite.py

.PHONY: bench-scaling
bench-scaling: venv ## Simulate load shapes: the autoscaler against a plain HPA; writes tables and plots of docs/scaling.md.
	@$(BIN)/python bench/scaling/run.py --write-docs

.PHONY: bench-analysis
bench-analysis: venv ## Simulate analysed rollouts: false aborts, and bad versions found; writes the table of docs/rollouts.md.
	@$(BIN)/python bench/analysis.py --write-docs

.PHONY: bench-crashes
bench-crashes: venv ## Let the operator die at each call of a rollout, in memory; writes the table of docs/rollouts.md.
	@$(BIN)/python bench/crash_points.py --write-docs

.PHONY: bench-truth
bench-truth: venv ## Send a known mix of requests, and compare what is told of it (6 min; BENCH="--write-docs"): docs/metrics.md.
	@$(BIN)/local-cluster binaries
	@$(BIN)/local-edge binaries
	@$(BIN)/python bench/truth/run.py $(BENCH)

.PHONY: test-lighthouse
test-lighthouse: venv ## Compare the elite workers with Lighthouse on real pages (30 s each); writes docs/lighthouse.md.
	@$(BIN)/local-edge binaries
	@$(BIN)/python bench/lighthouse/run.py $(PAGES)

.PHONY: test-clients
test-clients: venv ## Try the local edge with stock wrangler and Cloudflare's SDK (installs them); writes docs/clients.md.
	@$(BIN)/local-edge binaries
	@$(BIN)/python tests/clients/run.py $(CLIENTS)

.PHONY: test-alerts
test-alerts: venv ## Test alerts and dashboard with Debian's Prometheus and real faults (ALERTS="--rules-only", "--write-docs").
	@$(BIN)/local-cluster binaries
	@$(BIN)/local-edge binaries
	@$(BIN)/python tests/alerts/run.py $(ALERTS)

.PHONY: bench-nginx
bench-nginx: venv ## Compare templates with Debian's nginx, in front of one origin (BENCH="--requests 100000 --write-docs").
	@PATH="$$PATH:/usr/sbin"; for tool in nginx:nginx-light wrk:wrk; do \
	  command -v "$${tool%%:*}" > /dev/null || { echo "==> installing $${tool#*:}"; apt-get install -y -q "$${tool#*:}"; }; \
	done
	@$(BIN)/local-edge binaries
	@$(BIN)/python bench/shops/run.py $(BENCH)

.PHONY: bench-page
bench-page: venv ## Measure the fleet page with 5,000 workers in Chromium (BENCH="--write-docs": docs/fleet-page.md, screenshots).
	@$(with_chromium)
	@$(BIN)/python bench/page/run.py $(BENCH)

.PHONY: bench-edge
bench-edge: venv ## Measure the local edge beside workerd alone (BENCH="requests --write-docs"); docs/edge-performance.md.
	@command -v wrk > /dev/null || { echo "==> installing wrk"; apt-get install -y -q wrk; }
	@$(BIN)/local-edge binaries
	@$(BIN)/python bench/dataplane/run.py bench $(BENCH)

.PHONY: profile-edge
profile-edge: venv ## Show where the time of a request and of an upload goes in the local edge (PROFILE="--write-docs").
	@command -v wrk > /dev/null || { echo "==> installing wrk"; apt-get install -y -q wrk; }
	@$(BIN)/local-edge binaries
	@$(BIN)/python bench/dataplane/run.py profile $(PROFILE)

.PHONY: manifests
manifests: venv ## Generate crds/, pages of docs/, the Grafana dashboard and Argo CD's ConfigMap from their sources.
	@$(BIN)/python -m workers_operator.resources.generation.crdgen --output crds
	@$(BIN)/python -m workers_operator.resources.generation.reference --output docs
	@$(BIN)/python -m workers_operator.documentation --output docs
	@$(BIN)/python -m workers_operator.gateway.generation --output docs
	@$(BIN)/python -m bench.sdk
	@$(BIN)/python -m workers_operator.authoring.docs --output docs/templates
	@$(BIN)/python -m bench.observability.dashboard
	@$(BIN)/python -m bench.argocd

.PHONY: bundles
bundles: venv ## Bundle the JavaScript of the platform Workers, the templates and the fleet page; print the sizes.
	@$(BIN)/python -m workers_operator.authoring.bundling
	@$(BIN)/python -m workers_operator.authoring.page

##@ Install into your own cluster
KUBECTL ?= kubectl

.PHONY: install
install: ## Install the CRDs into the current cluster.
	@$(KUBECTL) apply --server-side -f crds

.PHONY: uninstall
uninstall: ## Remove the CRDs with all their objects; the operator must still run, it clears the account.
	@$(KUBECTL) delete --ignore-not-found -f crds

.PHONY: deploy
deploy: install ## Deploy the operator into the current cluster.
	@$(KUBECTL) apply -k manifests/base

.PHONY: undeploy
undeploy: ## Remove the operator from the current cluster.
	@$(KUBECTL) delete --ignore-not-found -k manifests/base
