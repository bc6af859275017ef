# kvcluster. "make help" lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
JAVA_HOME := $(shell build/jdk25)
export JAVA_HOME
MVN := mvn

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: jdk
jdk:
	@build/jdk25 > /dev/null

.PHONY: test
test: jdk ## every layer that needs no cluster and no Docker (mvn verify)
	$(MVN) verify

.PHONY: package
package: jdk
	$(MVN) -q package -DskipTests

.PHONY: run
run: package ## the whole product on this machine: Kubernetes API, operator, three storage nodes (RUN="--http-port 9090 ..." for options)
	@bin/kv local up --example examples/three-zones.yaml $(RUN)

.PHONY: fmt
fmt: jdk ## format the sources
	$(MVN) -q spotless:apply

.PHONY: check
check: jdk ## compile with all static checks, verify the format; no tests
	$(MVN) -q verify -DskipTests

.PHONY: crds
crds: jdk ## generate the CRD from the records
	$(MVN) -q test -pl crds -Dtest=CrdDriftTest -Dkvcluster.crds.write=true

.PHONY: mutation
mutation: jdk ## mutation score of versions, log recovery and planner: at least 80 % each, or it fails (PIT; reports in target/mutation)
	$(MVN) -q -Pmutation -pl storage-node,operator -am process-test-classes

.PHONY: torture
torture: jdk ## the crash tests at full length: 100 kill -9 of a writing process
	$(MVN) -pl storage-node -am test -Dtest='StoreKillTest,StorePowerCutTest' -Dkills=100 -Dsurefire.failIfNoSpecifiedTests=false

# --- images and Kubernetes -------------------------------------------------------------------------------------------
IMAGE_TAG ?= dev
# Any builder with docker's arguments: docker, buildah bud, podman, nerdctl.
IMAGE_BUILD ?= docker build
OPERATOR_IMAGE ?= kvcluster/operator:$(IMAGE_TAG)
NODE_IMAGE ?= kvcluster/storage-node:$(IMAGE_TAG)

.PHONY: image-inputs
image-inputs: jdk
	$(MVN) -q package -DskipTests -Dtracing.agent.skip=false -pl storage-node,operator -am

.PHONY: images
images: image-inputs ## build kvcluster/operator and kvcluster/storage-node (IMAGE_BUILD="docker build")
	$(IMAGE_BUILD) -f Dockerfile.operator -t $(OPERATOR_IMAGE) .
	$(IMAGE_BUILD) -f Dockerfile.node -t $(NODE_IMAGE) .
	@echo "next: helm install kv helm/kvcluster --set image.tag=$(IMAGE_TAG),nodeImage.tag=$(IMAGE_TAG)"
