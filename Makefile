.PHONY: run test e2e gate gate-accept gate-measure bench growth conformance conformance-releases depths situations \
	discoveries bugs questions fuzz-mutants theory lint

# Show what happens to the alerts of FILES or, without FILES, of the library of scenarios.
run:
	go run ./cmd/notifysim test $(FILES)

test:
	go vet ./...
	go test ./...

# Compare notifysim with real programs on loopback (Prometheus, promtool, Alertmanager, amtool, curl), in about a
# minute; open the pages of a timeline and of a plan in Chromium; run a plan under Slurm, and on a full disk. As root,
# on Debian: apt-get install prometheus prometheus-alertmanager curl chromium chromium-driver slurm-wlm (and stop the
# services that they start).
e2e:
	go test -tags e2e ./cmd/notifysim ./internal/timeline ./sim/plan -run E2E -count=1 -v -timeout 10m

# The regression gate: the outcomes of the whole library and the allocations of the hot paths against
# results/exact.txt. With BASE=ref, timings too: the benchmarks of the working tree and of that commit, run in turn,
# which takes a while.
OUTPUT ?= text
BENCH ?= ReferenceDay|SendOverflow|Sync|Parse|Kernel|Encode
gate:
	@bench/exact.sh | go run ./cmd/notifysim gate --lane exact --thresholds bench/gate.yml --output $(OUTPUT) \
		results/exact.txt -
ifdef BASE
	go run ./cmd/notifysim gate --base $(BASE) --lane timing --thresholds bench/gate.yml --bench '$(BENCH)' \
		--package ./bench --package ./sim --package ./notifier
endif

# Accept the exact values as they are now: commit results/exact.txt with the change that moves them.
gate-accept:
	@new=$$(mktemp) && bench/exact.sh > $$new && go run ./cmd/notifysim gate --accept --thresholds bench/gate.yml \
		results/exact.txt $$new && rm $$new
	@git --no-pager diff --stat -- results/exact.txt

# Measure how often the gate's timing lane fails without a cause, and what it finds, and write results/gate.md: half
# an hour on a busy machine.
gate-measure:
	GATE_MEASURE=200 GATE_REPORT=../../results/gate.md go test -run Measure -timeout 5h -v ./bench/gate

# Run the benchmarks, write results/benchmarks.md, and add the ratios to results/ratios.txt. A quarter of an hour on a
# machine that has nothing else to do.
COUNT ?= 3
BENCH_OUTPUT ?= /tmp/notifysim-bench.txt
bench:
	@echo "commit: $$(git describe --always --dirty --abbrev=10)" > $(BENCH_OUTPUT)
	go test -run '^$$' -bench 'ReferenceDay|Library|Parse|Manager|Overflow|Sync' -benchmem -cpu 1 -count $(COUNT) ./bench \
		>> $(BENCH_OUTPUT)
	go test -run '^$$' -bench Ratio -benchtime 2x -cpu 1 -count $(COUNT) -timeout 60m ./bench >> $(BENCH_OUTPUT)
	go test -run '^$$' -bench 'Kernel|Encode' -benchmem -cpu 1 -count $(COUNT) ./sim ./notifier >> $(BENCH_OUTPUT)
	BENCH_OUTPUT=$(BENCH_OUTPUT) BENCH_PAGE=../results/benchmarks.md go test ./bench -run 'TestPage$$' -count=1

# Measure how time and memory grow with the work, and write results/growth.md.
growth:
	GROWTH_REPORT=../results/growth.md go test ./bench -run TestGrowth -count=1 -cpu 1 -v

# Compare 10,000 random scenarios on all engines.
conformance:
	CONFORMANCE=10000 go test ./sim -run TestEnginesAgreeOnRandomScenarios -v -timeout 60m

# Compare the library and 1,000 random scenarios with the real notifiers of RELEASES (all: every release that can be
# compiled), and write results/releases.md.
RELEASES ?= all
conformance-releases:
	CONFORMANCE_RELEASES=$(RELEASES) CONFORMANCE=1000 CONFORMANCE_REPORT=../results/releases.md \
		go test ./sim -run TestReleasesAgree -v -timeout 120m

# Find the smallest capacity of 1,000 random scenarios, and check that a smaller one drops something.
depths:
	DEPTHS=1000 go test ./sim -run TestLongestQueue -v -timeout 10m

# Compare the plans for five situations with the real notifier, from beginning to end.
situations:
	SITUATIONS=1 go test ./sim/plan -run TestSituations -v -count 1 -timeout 10m

# Generate the configurations of Prometheus' service discoveries, after a change of its version, and compare them with
# the real ones. It links the clients of all clouds: some minutes and 4 GB the first time. The two go.mod must name
# the same Prometheus.
discoveries:
	cd scenarios/internal/discoveries/generate && go mod tidy && go run . && go test -count=1 .

# Run the scenarios of scenarios/bugs on the real notifiers that had the bugs and on those that fixed them, and write
# results/bugs.md.
bugs:
	BUGS_REPORT=../results/bugs.md go test ./sim -run TestBugsOfRealNotifiers -v -timeout 60m

# Run what answers the twelve questions of scenarios/README.md on the model and on real notifiers, and write
# results/questions.md.
questions:
	QUESTIONS_REPORT=../results/questions.md go test ./sim -run TestQuestionsToRealNotifiers -v -count=1 -timeout 60m

# How long notifysim fuzz takes to find each of ten mutations of our Manager; writes the table of results/fuzz.md.
fuzz-mutants:
	FUZZ_REPORT=../results/fuzz.md go test ./sim -run TestFuzzFindsMutants -v -count 1 -timeout 30m

# Compare the simulation with queueing theory, and write results/theory.md; the coverage of the planner's bound, with
# runs of its own.
theory:
	THEORY=../../results/theory.md COVERAGE=1 go test ./sim/plan -run 'TestTheory|TestCoverage' -v -timeout 60m

lint:
	test -z "$$(gofmt -l .)"
	go vet ./...
	go mod tidy -diff
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
