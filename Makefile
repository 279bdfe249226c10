# The one way into this repository: `make` alone explains every target.
#
# A new machine needs Go, make and git. Everything else is built from modules
# that are pinned in go.mod files: generators and linters in hack/tools, the
# Kubernetes control plane for tests and the demo in hack/localcluster/build.

SHELL         := /usr/bin/env bash
.SHELLFLAGS   := -eu -o pipefail -c
MAKEFLAGS     += --no-builtin-rules
.DEFAULT_GOAL := help
.SUFFIXES:
# A file that was written halfway must not look up to date the next time.
.DELETE_ON_ERROR:

# No cgo, for tests and tools as well: what is tested is what is shipped, all
# of them share one set of compiled packages, and nobody needs a C compiler.
export CGO_ENABLED := 0

# A cluster is chosen on the command line only. The one that the shell happens
# to point at is nobody's test bed.
ifneq ($(origin KUBECONFIG),command line)
unexport KUBECONFIG
endif

BIN     := $(CURDIR)/bin
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
# The version is linked in by name. Stamping by Go would ask git a second time,
# and fails in a container that is not the owner of the checkout.
BUILD_FLAGS = -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)'

CONTROLLER_GEN ?= $(BIN)/controller-gen
GOLANGCI_LINT  ?= $(BIN)/golangci-lint
KUSTOMIZE      ?= $(BIN)/kustomize
CONTAINER_TOOL ?= docker
IMAGE          ?= commissioning-support-operator:$(VERSION)

##@ Start here

.PHONY: help
help: ## Explain the targets (this text)
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^#\? / { printf "  %-18s %s\n", "", substr($$0, 4) } \
	  /^[a-z][a-z-]*:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo

.PHONY: demo
demo: bin-demo ## Show the operator at work on a control plane of its own, on this machine
#? MAP=file, PATIENTS=file: the whole country. KUBECONFIG=file: your cluster instead.
#? DEMO_EXIT=1: stop and clean up when the show is over. DEADLINE=10m: wait longer.
	@exec $(BIN)/demo $(DEMO_FLAGS)

.PHONY: demo-down
demo-down: bin-demo ## Stop the demo and remove what it left (KUBECONFIG=file: from your cluster)
	@exec $(BIN)/demo --down $(DEMO_FLAGS)

# A program of its own, not `go run`: a signal that ends make then reaches it, and it cleans up.
.PHONY: bin-demo
bin-demo:
	@[ -e $(BIN)/demo ] || echo "Compiling the demo. The first time this takes a minute or two."
	@go build $(BUILD_FLAGS) -o $(BIN)/demo ./hack/demo

DEMO_FLAGS = $(if $(MAP),--map '$(MAP)') $(if $(PATIENTS),--patients '$(PATIENTS)') \
  $(if $(DEADLINE),--deadline '$(DEADLINE)') $(if $(YES),--yes)
ifeq ($(origin KUBECONFIG),command line)
DEMO_FLAGS += --kubeconfig '$(KUBECONFIG)'
endif

##@ Develop

.PHONY: build
build: ## Build bin/manager and bin/kubectl-commissioning: static, with their version
	go build $(BUILD_FLAGS) -o $(BIN)/manager ./cmd/manager
	go build $(BUILD_FLAGS) -o $(BIN)/kubectl-commissioning ./cmd/kubectl-commissioning

.PHONY: generate
generate: $(CONTROLLER_GEN) ## Write deepcopy functions, config/crd, config/rbac/role.yaml, the chart and docs/reference from api/, controllers/ and config/
# Into a folder of their own first: a type that does not compile leaves
# everything as it was, and a kind that is gone takes its CRD with it.
	@stage=$$(mktemp -d); trap 'rm -rf "$$stage"' EXIT; \
	$(CONTROLLER_GEN) crd paths=./api/... output:crd:dir="$$stage/crd"; \
	$(CONTROLLER_GEN) rbac:roleName=commissioning-operator paths=./controllers/... output:rbac:dir="$$stage/rbac"; \
	$(CONTROLLER_GEN) object paths=./api/...; \
	mkdir -p config/crd config/rbac; \
	rm -f config/crd/commissioning.support_*.yaml config/rbac/role.yaml; \
	cp "$$stage"/crd/*.yaml config/crd/; \
	if [ -e "$$stage/rbac/role.yaml" ]; then cp "$$stage/rbac/role.yaml" config/rbac/; fi
	@go run ./hack/chart
	@go run ./hack/apidocs

.PHONY: fmt
fmt: $(GOLANGCI_LINT) ## Format Go code: gofmt, and imports in three groups
	$(GOLANGCI_LINT) fmt

.PHONY: tidy
tidy: ## Tidy the go.mod files of all modules
	@hack/verify/tidy.sh --write

.PHONY: lint-fix
lint-fix: $(GOLANGCI_LINT) ## Mend what the linters can mend
	$(GOLANGCI_LINT) run --fix
	$(GOLANGCI_LINT) run --fix --config .golangci-kal.yml ./api/...

##@ Test

PKG  ?= ./...
ARGS ?=
# Modules of their own, since what they need is not the operator's business.
TEST_MODULES := hack/gitops hack/release

# Nobody may change what the cache shares: client-go looks for it, and panics.
# The limit is for a package that hangs.
GO_TEST := KUBE_CACHE_MUTATION_DETECTOR=true go test -timeout 30m $(ARGS)

.PHONY: test
test: control-plane ## Run all tests (PKG=./controllers/..., ARGS='-run Name -v')
# Compiled side by side. Then the operator's and the plugin's packages run one
# after the other: the promises that they time (five seconds) are made for a
# machine that does nothing else. Those of hack are stories that wait more than
# they work: two at once. All are run, whatever failed before.
	go test -run '^$$' $(PKG) >/dev/null
ifeq ($(PKG),./...)
	@failed=; $(GO_TEST) -p 1 $$(go list ./... | grep -v /hack/) || failed=1; \
	$(GO_TEST) -p 2 ./hack/... || failed=1; \
	for module in $(TEST_MODULES); do (cd $$module && go test -timeout 30m $(ARGS) -p 2 ./...) || failed=1; done; \
	test -z "$$failed"
else
	$(GO_TEST) -p 1 $(PKG)
endif

.PHONY: simulate
simulate: ## Try the rules R1 to R5 and R12 on sequences that no test has tried (CHECKS=2000; about 4 minutes)
	go test ./controllers/internal/plan/simulation ./controllers/internal/plan/rollout -count=1 -rapid.seed="$$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')" -rapid.checks=$(or $(CHECKS),2000)

.PHONY: test-race
test-race: control-plane ## Run all tests with the race detector (needs a C compiler)
	CGO_ENABLED=1 go test -race -timeout 60m $(ARGS) $(PKG)

.PHONY: control-plane
control-plane: ## Build the control plane that tests and demo run on (once; many minutes)
	@go run ./hack/localcluster build

.PHONY: bench
bench: control-plane ## Measure the operator at the scale of a country (N=1000 ROUNDS=3; docs/performance.md)
#? ROWS=fill,rest: these rows only; memory-large, with 4 times as many consortia, is measured if it is named.
#? PEERS=1: other tools too. PROFILES=folder: profile the operator. Writes bench.json and bench.svg.
#? N=200 ROUNDS=1 takes up to 10 minutes on two cores.
	@go build -o $(BIN)/bench ./hack/bench
	@exec $(BIN)/bench -n $(or $(N),1000) -rounds $(or $(ROUNDS),3) -rows '$(ROWS)' $(if $(PEERS),-peers) -profiles '$(PROFILES)'

##@ Verify

.PHONY: verify
verify: verify-generate verify-tidy verify-format vet verify-build lint lint-api verify-manifests ## All of the below: what has to pass before a merge
	@echo "verify: everything is in order"

.PHONY: verify-generate
verify-generate: $(CONTROLLER_GEN) ## Generated files are what `make generate` writes
	@CONTROLLER_GEN='$(CONTROLLER_GEN)' hack/verify/generated.sh

.PHONY: verify-tidy
verify-tidy: ## All go.mod and go.sum files are what `make tidy` writes
	@hack/verify/tidy.sh

.PHONY: verify-format
verify-format: $(GOLANGCI_LINT) ## Go code is as `make fmt` writes it
	@$(GOLANGCI_LINT) fmt --diff || { echo "verify-format: the code above is not formatted; mend it: make fmt" >&2; exit 1; }

.PHONY: vet
vet: ## go vet, tests included
	go vet ./...

.PHONY: verify-build
verify-build: ## Everything compiles without cgo
	go build ./...

.PHONY: lint
lint: $(GOLANGCI_LINT) ## The linters of .golangci.yml, on all code
	$(GOLANGCI_LINT) run
	@for module in $(TEST_MODULES); do (cd $$module && $(GOLANGCI_LINT) run --config $(CURDIR)/.golangci.yml ./...) || exit 1; done

.PHONY: lint-api
lint-api: $(GOLANGCI_LINT) ## kube-api-linter (.golangci-kal.yml), on api/
	$(GOLANGCI_LINT) run --config .golangci-kal.yml ./api/...

.PHONY: verify-manifests
verify-manifests: $(KUSTOMIZE) ## config/default builds
	@$(KUSTOMIZE) build config/default >/dev/null

##@ A control plane to play with

.PHONY: cluster-up
cluster-up: ## Start a local control plane that stays until it is stopped
	@go run ./hack/localcluster up

.PHONY: cluster-down
cluster-down: ## Stop it and remove its data
	@go run ./hack/localcluster down

.PHONY: cluster-status
cluster-status: ## Say whether it runs, and where
	@go run ./hack/localcluster status || true

##@ Ship

.PHONY: install-yaml
install-yaml: dist/install.yaml ## Write everything a cluster needs into dist/install.yaml

.PHONY: dist/install.yaml
dist/install.yaml: $(KUSTOMIZE)
	@mkdir -p $(@D)
	$(KUSTOMIZE) build config/default > $@

.PHONY: release
release: ## Build everything that is published of a version into dist/ (VERSION=v0.1.0; PLATFORMS=linux/amd64,…)
#? Programs, images without a container engine, chart, manifests, checksums, and what is in them. Reproducible.
	cd hack/release && go run . -root ../.. -out '$(CURDIR)/dist/$(VERSION)' -version '$(VERSION)' $(if $(PLATFORMS),-platforms '$(PLATFORMS)')

.PHONY: image
image: ## Build the container image (IMAGE=name:tag, CONTAINER_TOOL=docker)
	$(CONTAINER_TOOL) build --build-arg VERSION='$(VERSION)' --tag '$(IMAGE)' .

.PHONY: clean
clean: ## Remove bin/ and dist/ (the built control plane in .localcluster/ stays)
	rm -rf '$(BIN)' dist

# The tools. Each is rebuilt when the module that pins it changes; the touch is
# for a build that finds nothing to do and leaves an old time on the file.

$(BIN)/controller-gen: hack/tools/go.mod hack/tools/go.sum
	cd hack/tools && go build -buildvcs=false -o $@ sigs.k8s.io/controller-tools/cmd/controller-gen
	@touch $@

$(BIN)/kustomize: hack/tools/go.mod hack/tools/go.sum
	cd hack/tools && go build -buildvcs=false -o $@ sigs.k8s.io/kustomize/kustomize/v5
	@touch $@

$(BIN)/golangci-lint: hack/tools/lint/go.mod hack/tools/lint/go.sum
	@echo "Building golangci-lint with kube-api-linter. The first time takes a few minutes; it is kept in bin/."
	cd hack/tools/lint && go build -buildvcs=false -o $@ sigs.k8s.io/kube-api-linter/cmd/golangci-lint-kube-api-linter
	@touch $@
