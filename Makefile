.PHONY: run test lint

# Show what becomes of alerts: the library of scenarios, as a table.
run:
	go run ./cmd/notifysim test

test:
	go vet ./...
	go test ./...

lint:
	test -z "$$(gofmt -l .)"
	go vet ./...
	go mod tidy -diff
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
