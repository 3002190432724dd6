.PHONY: run test conformance conformance-releases depths lint

# Show what becomes of alerts in FILES; without any, in the library of scenarios.
run:
	go run ./cmd/notifysim test $(FILES)

test:
	go vet ./...
	go test ./...

# Compare 10,000 random scenarios on all engines.
conformance:
	CONFORMANCE=10000 go test ./sim -run TestEnginesAgreeOnRandomScenarios -v -timeout 60m

# Compare the library and 1,000 random scenarios with the real notifiers of RELEASES (all: every release that can be compiled),
# and write results/releases.md.
RELEASES ?= all
conformance-releases:
	CONFORMANCE_RELEASES=$(RELEASES) CONFORMANCE=1000 CONFORMANCE_REPORT=../results/releases.md \
		go test ./sim -run TestReleasesAgree -v -timeout 120m

# Find the smallest capacity of 1,000 random scenarios, and see that one less drops something.
depths:
	DEPTHS=1000 go test ./sim -run TestLongestQueue -v -timeout 10m

lint:
	test -z "$$(gofmt -l .)"
	go vet ./...
	go mod tidy -diff
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
