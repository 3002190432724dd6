#!/bin/sh
# Prints what the exact lane of the gate compares, in Go's benchmark format: the outcomes of the library and the allocations of
# the hot paths. Iterations are fixed, because what is allocated once is spread over them.
set -eu
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for package in bench notifier; do
	go test -c -ldflags=-w -o "$dir/$package.test" "./$package" # without what a debugger reads: linking is most of the time
done
echo "commit: $(git describe --always --dirty --abbrev=10)"
run() { # package, iterations, benchmarks
	(cd "$1" && "$dir/$1.test" -test.run '^$' -test.benchmem -test.cpu 1 -test.benchtime "$2" -test.bench "$3")
}
run bench 2x Outcome
run bench 2x '(Parse|ReferenceDay)/(reference_day|scrapes=off)'
run bench 200x 'SendOverflow/(core|ours)'
run bench 200x 'Sync/.*/(core|ours)'
run notifier 1000x 'Encode/.*/.*/ours'
