// Package monitoring tries the alerts and the dashboards of config/prometheus on a real Prometheus that
// scrapes a real run of the operator.
package monitoring
