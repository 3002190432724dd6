.PHONY: run test lint lint-scripts cross e2e gate gate-timing gate-accept gate-measure bench growth conformance \
	conformance-releases conformance-short depths accounts situations never-worse \
	discoveries schemas bugs questions fuzz-mutants theory \
	gate-notifier pictures results nightly notice patches image image-files

# Run the scenario files FILES or, without FILES, the library, and show what happened to their alerts.
run:
	go run ./cmd/notifysim test $(FILES)

test:
	go vet ./...
	go test ./...

# Compare notifysim with real programs on loopback (Prometheus, promtool, Alertmanager, amtool, curl); open the HTML
# pages of a timeline and of a plan in Chromium, with axe-core from npm; run a plan under Slurm, and on a full disk; run
# the steps of the GitHub action, go install and the container image. It takes some minutes, as root on Debian.
# .ci/run packages installs the programs that it needs.
e2e:
	go test -tags e2e ./cmd/notifysim ./internal/timeline ./sim/plan -run E2E -count=1 -v -timeout 10m

# The regression gate: compare the outcomes of the whole library and the allocations of the hot paths with
# results/exact.txt. With BASE=ref also compare timings: run the benchmarks of the working tree and of that git ref in
# turn, which takes a while.
OUTPUT ?= text
BENCH ?= ReferenceDay|SendOverflow|Sync|Parse|Kernel|Encode
gate:
	@bench/exact.sh | go run ./cmd/notifysim gate --lane exact --thresholds bench/gate.yml --output $(OUTPUT) \
		results/exact.txt -
	@$(if $(BASE),$(MAKE) gate-timing)

# Compare only the timings, with those of BASE=ref. With PROFILES=folder write profiles of the benchmarks that got
# worse.
gate-timing:
	@go run ./cmd/notifysim gate --base $(BASE) --lane timing --thresholds bench/gate.yml --bench '$(BENCH)' \
		--package ./bench --package ./sim --package ./notifier --output $(OUTPUT) $(if $(PROFILES),--profiles $(PROFILES))

# Write the current exact values to results/exact.txt. Commit that file together with the change that alters them.
gate-accept:
	@new=$$(mktemp) && bench/exact.sh > $$new && \
		go run ./cmd/notifysim gate --accept --thresholds bench/gate.yml results/exact.txt $$new && rm $$new
	@git --no-pager diff --stat -- results/exact.txt

# Measure how often the gate's timing lane fails on unchanged code, and how often it finds a slowdown; write
# results/gate.md. It takes half an hour on a busy machine.
gate-measure:
	GATE_MEASURE=200 GATE_REPORT=../../results/gate.md go test -run Measure -timeout 5h -v ./bench/gate

# Run the benchmarks, write results/benchmarks.md, and add the ratios to results/ratios.txt. It takes a quarter of an
# hour on a machine that does nothing else.
COUNT ?= 3
BENCH_OUTPUT ?= /tmp/notifysim-bench.txt
bench:
	@echo "commit: $$(git describe --always --dirty --abbrev=10)" > $(BENCH_OUTPUT)
	go test -run '^$$' -bench 'ReferenceDay|Library|Parse|Manager|Overflow|Sync' -benchmem -cpu 1 -count $(COUNT) \
		./bench >> $(BENCH_OUTPUT)
	go test -run '^$$' -bench Ratio -benchtime 2x -cpu 1 -count $(COUNT) -timeout 60m ./bench >> $(BENCH_OUTPUT)
	go test -run '^$$' -bench 'Kernel|Encode' -benchmem -cpu 1 -count $(COUNT) ./sim ./notifier \
		>> $(BENCH_OUTPUT)
	BENCH_OUTPUT=$(BENCH_OUTPUT) BENCH_PAGE=../results/benchmarks.md go test ./bench -run 'TestPage$$' -count=1

# Measure how the time and memory of a run grow with the size of its input; write results/growth.md.
growth:
	GROWTH_REPORT=../results/growth.md go test ./bench -run TestGrowth -count=1 -cpu 1 -v

# Run 10,000 random scenarios on all engines and compare the outcomes.
conformance:
	CONFORMANCE=10000 go test ./sim -run TestEnginesAgreeOnRandomScenarios -v -timeout 60m

# Compare the model with the real notifiers of RELEASES (all: every release that can be compiled) on the library and on
# 1,000 random scenarios; write results/releases.md.
RELEASES ?= all
conformance-releases:
	CONFORMANCE_RELEASES=$(RELEASES) CONFORMANCE=1000 CONFORMANCE_REPORT=../results/releases.md \
		go test ./sim -run TestReleasesAgree -v -timeout 120m

# Compare the model with three real notifiers on the library and on 50 random scenarios. CI runs this for each change.
# It writes no page.
conformance-short:
	CONFORMANCE_RELEASES=v2.54.1,v3.9.1,v3.16.0 CONFORMANCE=50 go test ./sim -run TestReleasesAgree -v -timeout 30m

# For 1,000 random scenarios, find the smallest queue capacity with which nothing is dropped, and check that a smaller
# one drops something.
depths:
	DEPTHS=1000 go test ./sim -run TestLongestQueue -v -timeout 10m

# Over 2,000 random scenarios, compare the account of alerts with a slow one that replays the store of every
# Alertmanager.
accounts:
	ACCOUNTS=2000 go test ./sim -run TestAccountsOfRandomScenarios -v -count 1 -timeout 30m

# Plan the capacity for five typical situations, and check each plan by running its capacities on the real notifier.
situations:
	SITUATIONS=1 go test ./sim/plan -run TestSituations -v -count 1 -timeout 10m

# Check over 500 random scenarios, 50 of them on Prometheus' notifier, that no setting that a plan tried is better than
# the advised one.
never-worse:
	NEVER_WORSE=500 go test ./sim/plan -run TestNeverWorse -v -count 1 -timeout 30m

# Generate the configurations of Prometheus' service discoveries and compare them with the real ones. Needed after a
# change of the Prometheus version; both go.mod files must name the same one. It links the client libraries of all
# clouds: the first time it takes some minutes and 4 GB.
discoveries:
	cd scenarios/internal/discoveries/generate && go mod tidy && go run . && go test -count=1 .

# Run the scenarios of scenarios/bugs on the real notifiers that had the bugs and on those in which the bugs are fixed;
# write results/bugs.md.
bugs:
	BUGS_REPORT=../results/bugs.md go test ./sim -run TestBugsOfRealNotifiers -v -timeout 60m

# Run the scenarios that answer the twelve questions of scenarios/README.md on the model and on real notifiers; write
# results/questions.md.
questions:
	QUESTIONS_REPORT=../results/questions.md go test ./sim -run TestQuestionsToRealNotifiers -v -count=1 -timeout 60m

# Measure how long notifysim fuzz takes to find each of ten mutations of notifysim's Manager; write the table of
# results/fuzz.md.
fuzz-mutants:
	FUZZ_REPORT=../results/fuzz.md go test ./sim -run TestFuzzFindsMutants -v -count 1 -timeout 30m

# Compare the simulation with queueing theory; check with 59,000 runs how often the planner's bound on the capacity
# holds; write results/theory.md.
theory:
	THEORY=../../results/theory.md COVERAGE=1 go test ./sim/plan -run 'TestTheory|TestCoverage' -v -timeout 60m

# Test notifysim gate --notifier on a checkout of Prometheus that was made slower, which compiles it twice. Also measure
# how often the gate decides correctly, with more simulated comparisons than make test makes.
gate-notifier:
	GATE_NOTIFIER=1 GATE_TRIALS=2000 go test ./bench/gate -run 'TestNotifierOfACheckout|TestRates' -count=1 -v -timeout 60m

# Write screenshots of the HTML pages of a plan and of a timeline, in light and dark colours: results/plan.png,
# results/plan-dark.png, results/timeline.png and results/timeline-dark.png.
pictures:
	@new=$$(mktemp -d) && \
		E2E_SCREENSHOTS=$$new go test -tags e2e ./internal/timeline ./sim/plan -run 'E2EPage$$' -count=1 && \
		cp $$new/plan-light-1400.png results/plan.png && cp $$new/plan-dark-1400.png results/plan-dark.png && \
		cp $$new/timeline-light-1400.png results/timeline.png && \
		cp $$new/timeline-dark-1400.png results/timeline-dark.png && rm -r $$new

# Write every page under results/, and show which ones changed. It takes some hours on a machine that does nothing else.
results: conformance-releases bugs questions theory fuzz-mutants growth bench gate-measure pictures
	@git --no-pager diff --stat -- results

# Run every suite that make test leaves out because it needs an environment variable or a build tag, except those that
# write a page under results/.
nightly: cross e2e conformance depths accounts situations never-worse gate-notifier discoveries schemas

lint: lint-scripts
	test -z "$$(gofmt -l .)"
	go vet ./...
	go mod tidy -diff
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

# Check the GitHub workflows and the shell scripts. The check of the scripts needs shellcheck.
lint-scripts:
	go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
	shellcheck .ci/run action/*.sh bench/exact.sh examples/slurm/*

# Type-check the program for each system for which it is released.
PLATFORMS ?= linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
cross:
	@for p in $(PLATFORMS); do echo "go vet for $$p"; \
		GOOS=$${p%/*} GOARCH=$${p#*/} CGO_ENABLED=0 go vet ./cmd/... || exit; done

# Write NOTICE: the modules that the program links, with their licences. Needed after a change of go.mod.
notice:
	go test ./cmd/notifysim -run TestNotice -count=1 -update

# Write the list of the newest patch of every release line anew, from the tags of Prometheus' repository.
PROMETHEUS_REPOSITORY ?= https://github.com/prometheus/prometheus
patches:
	git ls-remote --tags --refs $(PROMETHEUS_REPOSITORY) | bench/patches.sh notifier/core/patches.go

# Build the container image with CONTAINER, which is docker, podman or buildah.
CONTAINER ?= docker
IMAGE_FILES ?= dist/image
TRIM ?= -trimpath
image: image-files
	$(CONTAINER) build -t notifysim -f Dockerfile --build-arg TARGETPLATFORM=linux/$$(go env GOARCH) $(IMAGE_FILES)

# Build the program and collect the files from which the image is built.
image-files:
	mkdir -p $(IMAGE_FILES)
	CGO_ENABLED=0 GOOS=linux go build $(TRIM) -buildvcs=auto -ldflags='-s -w' \
		-o $(IMAGE_FILES)/linux/$$(go env GOARCH)/ ./cmd/notifysim
	cp LICENSE NOTICE $(IMAGE_FILES)

# Check that the release configuration and the Kubernetes examples have no unknown field, by decoding them into the
# types of GoReleaser and Kubernetes.
schemas:
	cd internal/schemas && go test -count=1 .
