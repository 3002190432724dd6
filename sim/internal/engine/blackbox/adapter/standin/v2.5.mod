module github.com/prometheus/prometheus

require (
	github.com/cespare/xxhash v1.1.0
	github.com/go-kit/kit v0.8.0
	github.com/mwitkow/go-conntrack v0.0.0-20161129095857-cc309e4a2223
	github.com/prometheus/client_golang v0.9.1
	github.com/prometheus/client_model v0.0.0-20180712105110-5c3871d89910
	github.com/prometheus/common v0.0.0-20181119215939-b36ad289a3ea
	golang.org/x/net v0.0.0-20180826012351-8a410e7b638d
	gopkg.in/yaml.v2 v2.2.0
)
