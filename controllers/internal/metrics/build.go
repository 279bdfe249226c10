package metrics

import (
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
)

var buildInfo = prometheus.NewDesc("commissioning_build_info",
	"1 for the version of the operator that works, and the Go that it was built with.", []string{"version", "goversion"}, nil)

// build tells which version works.
func build(version string) family {
	return family{
		descriptions: []*prometheus.Desc{buildInfo},
		collect:      func(_ Standing, s samples) { s.gauge(buildInfo, 1, version, runtime.Version()) },
	}
}
