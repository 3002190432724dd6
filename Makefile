.PHONY: run test lint

# Show what becomes of alerts in FILES; without any, in the library of scenarios.
run:
	go run ./cmd/notifysim test $(FILES)

test:
	go vet ./...
	go test ./...

# Compare 10,000 random scenarios on all engines.
conformance:
	CONFORMANCE=10000 go test ./sim -run TestEnginesAgreeOnRandomScenarios -v -timeout 60m

lint:
	test -z "$$(gofmt -l .)"
	go vet ./...
	go mod tidy -diff
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
