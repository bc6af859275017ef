# kvcluster. "make help" lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
JAVA_HOME := $(shell build/jdk25)
export JAVA_HOME
MVN := mvn
# Maven's own libraries would make every build begin with warnings of JDK 25.
export MAVEN_OPTS := $(MAVEN_OPTS) --sun-misc-unsafe-memory-access=allow

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
	@echo "building what has changed; everything takes about two minutes"
	@$(MVN) -q package -DskipTests

.PHONY: run
run: package ## the whole product on this machine: Kubernetes API, operator, three storage nodes (RUN="--http-port 9090 ..." for options)
	@bin/kv local up --example examples/three-zones.yaml $(RUN) || [ $$? -eq 130 ] # Ctrl-C

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

.PHONY: bench
bench: package ## three nodes and a load on this machine: rates, latencies, CPU and allocations per operation, memory (BENCH="30 20": seconds of warm-up and duration)
	@build/bench $(BENCH)

.PHONY: bench-growth
bench-growth: package ## CPU for each operation at 3, 6 and 9 nodes, and with 10k to 1M keys; table and plots in client/target/growth
	@build/bench-growth $(BENCH)

# --- parts of the node ---------------------------------------------------------------------------------------------------
NODE_JAVA = $(JAVA_HOME)/bin/java -Xmx1g -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
	  -Dtest.log=OFF -cp "storage-node/target/test-classes:storage-node/target/classes:$$(cat storage-node/target/sim.classpath)"

.PHONY: node-classes
node-classes: jdk
	@$(MVN) -q test-compile dependency:build-classpath -pl storage-node -am -Dmdep.outputFile=target/sim.classpath

STORE_BENCH = appends records overwrites
STORE_BENCH_DIRECTORY ?= $(CURDIR)/storage-node/target/store-bench

.PHONY: bench-store
bench-store: node-classes ## the store alone: appends, starts with 1 million records, overwrites with compaction (STORE_BENCH="overwrites")
	@for what in $(STORE_BENCH); do rm -rf $(STORE_BENCH_DIRECTORY); \
	  $(NODE_JAVA) io.kvcluster.node.storage.StoreBench $(STORE_BENCH_DIRECTORY) $$what || exit 1; done; rm -rf $(STORE_BENCH_DIRECTORY)

.PHONY: bench-micro
bench-micro: node-classes ## JMH: merge, codec, log append, index, tree, an operation at quorum (JMH="RecordBench -f 1" for its options)
	@$(NODE_JAVA) org.openjdk.jmh.Main -f 1 -wi 3 -w 2 -i 5 -r 1 -prof gc $(JMH)

.PHONY: bench-regression
bench-regression: node-classes ## CPU and allocations per operation beside docs/results/regression.json, CPU by a calibration in the same run (KEEP=write)
	@$(NODE_JAVA) io.kvcluster.node.bench.Regression docs/results/regression.json $(KEEP)

# Many seeds of both simulations, or one with its trace: make sim SEEDS=5000, make sim SEED=41. MOVES=1: only the one with ring changes and
# healing among the faults; MOVES=0: only the one without.
SEEDS ?= 1000
FIRST ?= 1
SIM_KINDS = $(if $(MOVES),$(if $(filter 0,$(MOVES)),STILL,MOVING),$(if $(filter command line,$(origin SEED)),STILL,STILL$(comma)MOVING))
comma := ,
SIM_CLASSPATH = storage-node/target/test-classes:storage-node/target/classes:$$(cat storage-node/target/sim.classpath)

.PHONY: sim
sim: jdk ## whole clusters in virtual time: SEEDS=5000 (from FIRST=1) runs many on all processors, without and with ring changes; SEED=41 replays one with its trace; MOVES=1 or 0: one of the two alone
	@$(MVN) -q test-compile dependency:build-classpath -pl storage-node -am -Dmdep.outputFile=target/sim.classpath
	@$(JAVA_HOME)/bin/java -Xmx1g -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dtest.log=OFF \
	  -cp "$(SIM_CLASSPATH)" io.kvcluster.node.simulation.SimRuns $(SIM_KINDS) $(if $(filter command line,$(origin SEED)),SEED $(SEED),SEEDS $(SEEDS) $(FIRST))

.PHONY: placement-figures
placement-figures: jdk ## distinct replica sets, evenness and moves of placements, as the tables of docs/results/placement.md
	@$(MVN) -q test-compile dependency:build-classpath -pl ring -am -Dmdep.outputFile=target/ring.classpath
	@$(JAVA_HOME)/bin/java --sun-misc-unsafe-memory-access=allow -cp "ring/target/test-classes:ring/target/classes:$$(cat ring/target/ring.classpath)" \
	  io.kvcluster.ring.placement.PlacementFigures

# Seconds measured for each number of clusters, seconds of warm-up, numbers of clusters.
OPERATOR_COST = 35 15 1 10 100
.PHONY: bench-operator
bench-operator: jdk ## CPU, API calls and passes of an operator with 1, 10 and 100 settled clusters of fake nodes; plot into docs/results
	@$(MVN) -q test-compile dependency:build-classpath -pl local -am -Dmdep.outputFile=target/cost.classpath
	@$(JAVA_HOME)/bin/java -Xmx1g -XX:+UseSerialGC -cp "local/target/test-classes:local/target/classes:$$(cat local/target/cost.classpath)" \
	  --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Doperator.log=local/target/operator-cost.log io.kvcluster.local.OperatorCost docs/results/operator-cost $(OPERATOR_COST)

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

# --- end to end --------------------------------------------------------------------------------------------------------
# The scenarios alone; "make test" runs them too, on one machine and with short histories. More: E2E_ARGS="-De2e.name=value ...".
E2E = $(MVN) verify -pl e2e -am -DskipTests -De2e.skip=false $(E2E_ARGS)
# A kubectl and the audit log of the API server: scenarios that need them are left out when they are not given.
KUBECTL ?=
AUDIT_LOG ?=
# Commands that take the API server away and bring it back, and end the process of {pod} in {namespace} without it.
API_DOWN ?=
API_UP ?=
KILL9 ?=
# Commands that break the machine {node} under {pod} and mend it: cut it off from the other machines, take its disk's space, set its
# clock ({offset} milliseconds ahead), slow its links down ({delay} milliseconds), take it away. A fault without its commands is not made.
PARTITION ?=
PARTITION_OUT ?=
PARTITION_IN ?=
SLOW ?=
HEAL ?=
FILL_DISK ?=
FREE_DISK ?=
CLOCK ?=
NODE_KILL ?=
NODE_START ?=
E2E_RESULTS ?= $(CURDIR)/e2e/target/results
NO_KUBECTL = $(if $(KUBECTL),, | needs-kubectl)
NO_AUDIT_LOG = $(if $(AUDIT_LOG),, | needs-read-audit-log)
NO_API_DOWN = $(if $(API_DOWN),, | needs-stop-api-server)
NO_PARTITION = $(if $(PARTITION),, | needs-partition)
NO_NODE_KILL = $(if $(NODE_KILL),, | needs-node-loss)
K8S = -De2e.target=kubernetes -De2e.kubeconfig=$(KUBECONFIG) \
	  -De2e.operatorImage=$(OPERATOR_IMAGE) -De2e.nodeImage=$(NODE_IMAGE) -De2e.chart=$(CURDIR)/helm/kvcluster \
	  '-De2e.hook.apiDown=$(API_DOWN)' '-De2e.hook.apiUp=$(API_UP)' '-De2e.hook.kill9=$(KILL9)' \
	  '-De2e.hook.partition=$(PARTITION)' '-De2e.hook.partitionOut=$(PARTITION_OUT)' '-De2e.hook.partitionIn=$(PARTITION_IN)' \
	  '-De2e.hook.slow=$(SLOW)' '-De2e.hook.heal=$(HEAL)' '-De2e.hook.fillDisk=$(FILL_DISK)' '-De2e.hook.freeDisk=$(FREE_DISK)' \
	  '-De2e.hook.clock=$(CLOCK)' '-De2e.hook.nodeKill=$(NODE_KILL)' '-De2e.hook.nodeStart=$(NODE_START)'

.PHONY: e2e
e2e: jdk ## scenarios on one machine, with histories of 5 minutes (KUBECTL=kubectl for those that need one)
	$(E2E) '-Dtest.groups.excluded=chaos | needs-read-audit-log | needs-kill-operator$(NO_KUBECTL)' -De2e.history.seconds=300 -De2e.results=$(E2E_RESULTS) \
	  -De2e.kubectl=$(KUBECTL)

.PHONY: operator-killed
operator-killed: jdk ## the operator is killed every 20 s while members come, go and are replaced; each epoch is written once
	$(E2E) -Dit.test=OperatorKilledE2E -Dfailsafe.failIfNoSpecifiedTests=false -Dtest.groups.excluded= \
	  -De2e.local.operator=process -De2e.results=$(E2E_RESULTS)

# Seconds that the node is away; BASE keys are there before.
ABSENCE = 600
BASE = 50000
.PHONY: rejoin
rejoin: jdk ## a node that was away for 10 minutes of writes is equal again: bytes moved and seconds (ABSENCE=600, BASE=50000)
	$(E2E) -Dit.test=RejoinAfterAbsenceE2E -Dfailsafe.failIfNoSpecifiedTests=false -Dtest.groups.excluded= \
	  -De2e.absence.seconds=$(ABSENCE) -De2e.absence.base=$(BASE) -De2e.results=$(E2E_RESULTS)

# Debian and Ubuntu: apt-get install prometheus.
PROMETHEUS ?= $(shell command -v prometheus)
.PHONY: dashboards-check
dashboards-check: jdk ## every query of dashboards and alerts on a real Prometheus beside a local cluster under load (PROMETHEUS=)
	@test -n "$(PROMETHEUS)" || { echo "dashboards-check needs a prometheus: apt-get install prometheus, or PROMETHEUS=/path"; exit 1; }
	$(E2E) -Dit.test=DashboardsCheck -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -De2e.prometheus=$(PROMETHEUS)

# Debian: apt-get install chromium.
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
.PHONY: console-check
console-check: jdk ## the operator's page in a real browser, wide and as on a phone; pictures in operator/target/console (CHROMIUM=)
	@test -n "$(CHROMIUM)" || { echo "console-check needs a Chromium: apt-get install chromium, or CHROMIUM=/path"; exit 1; }
	$(MVN) test -pl operator -am -Dtest=ConsoleCheck -Dsurefire.failIfNoSpecifiedTests=false -Dconsole.chromium=$(CHROMIUM)

# SUITE=chaos: not the scenarios, but the chaos; faults of machines need their commands (PARTITION= and HEAL= at the least).
SUITE = scenarios
OTHER_NODE_IMAGE ?=
.PHONY: e2e-k8s
e2e-k8s: jdk ## the same on a Kubernetes (KUBECONFIG=, OPERATOR_IMAGE=, NODE_IMAGE= in its nodes; helm; SUITE=chaos; see e2e/README.md)
	$(SUITE_$(SUITE))

SUITE_scenarios = $(E2E) $(K8S) \
	  '-Dtest.groups.excluded=chaos | needs-restart-everything$(NO_API_DOWN)$(NO_AUDIT_LOG)$(NO_KUBECTL)$(NO_PARTITION)$(NO_NODE_KILL)' \
	  -De2e.kubectl=$(KUBECTL) -De2e.auditLog=$(AUDIT_LOG) -De2e.results=$(E2E_RESULTS)

# Seconds of faults; of ten minutes on, the result goes to docs/results, else to e2e/target/chaos.
SECONDS = 1800
SEED = 1
CHAOS_RESULTS = $(if $(shell [ $(SECONDS) -ge 600 ] && echo long),$(CURDIR)/docs/results,$(CURDIR)/e2e/target/chaos)
CHAOS = $(MVN) verify -q -pl e2e -am -DskipTests -De2e.skip=false -Dit.test=ChaosE2E -Dfailsafe.failIfNoSpecifiedTests=false \
	  -Dtest.groups.excluded= -DargLine=-Xmx3g -De2e.chaos.seconds=$(SECONDS) -De2e.chaos.seed=$(SEED) \
	  -De2e.chaos.results=$(CHAOS_RESULTS) $(E2E_ARGS)

.PHONY: chaos
chaos: jdk ## everything breaks and changes on one machine while clients work; histories judged, docs/results/chaos.md (SECONDS=1800, SEED=1)
	$(CHAOS) -De2e.local.operator=process

SUITE_chaos = $(CHAOS) $(K8S) -De2e.otherNodeImage=$(OTHER_NODE_IMAGE)

.PHONY: e2e-k3d
e2e-k3d: images ## the same on a k3d cluster that is made for it (Docker, k3d, helm; SUITE=chaos)
	OPERATOR_IMAGE=$(OPERATOR_IMAGE) NODE_IMAGE=$(NODE_IMAGE) SUITE=$(SUITE) SECONDS_OF_CHAOS=$(SECONDS) SEED=$(SEED) e2e/k3d

.PHONY: e2e-k3s
e2e-k3s: images ## the same on a k3s in a container (Docker, helm)
	$(E2E) -Pk3s -De2e.operatorImage=$(OPERATOR_IMAGE) -De2e.nodeImage=$(NODE_IMAGE) -De2e.chart=$(CURDIR)/helm/kvcluster \
	  -De2e.results=$(E2E_RESULTS)
