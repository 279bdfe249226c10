package cluster

import (
	"encoding/json"
	"path/filepath"

	"github.com/commissioning-support/operator/hack/localcluster/binaries"
)

// binaries that the cluster needs; nil: all.
func (o Options) binaries() []string {
	if !o.Bare {
		return nil
	}
	return []string{etcd, apiServer, controllerManager, binaries.Kubectl}
}

// bareArgs keep the controller manager of a bare control plane from saying what nobody runs.
func bareArgs(o Options) []string {
	if !o.Bare {
		return nil
	}
	return []string{"--controllers=*,-deployment-controller,-statefulset-controller"}
}

const (
	auditPolicyFile = "audit-policy.json"
	auditLogFile    = "audit.log"
)

// AuditLog is where the API server writes down the requests of Options.Audited: a JSON object a line,
// audit.k8s.io/v1 Event.
func (c *Cluster) AuditLog() string { return filepath.Join(c.folder, auditLogFile) }

func auditArgs(o Options) []string {
	if len(o.Audited) == 0 {
		return nil
	}
	return []string{
		"--audit-policy-file=" + filepath.Join(o.folder(), auditPolicyFile),
		"--audit-log-path=" + filepath.Join(o.folder(), auditLogFile),
		// One file however large, and no line is lost when there are many at once.
		"--audit-log-maxsize=100000", "--audit-log-mode=blocking",
	}
}

func writeAuditPolicy(o Options) error {
	if len(o.Audited) == 0 {
		return nil
	}
	policy, err := json.Marshal(map[string]any{
		"apiVersion": "audit.k8s.io/v1", "kind": "Policy",
		"omitStages": []string{"RequestReceived", "ResponseStarted"},
		"rules":      []any{map[string]any{"level": "Metadata", "users": o.Audited}, map[string]any{"level": "None"}},
	})
	if err != nil {
		return err
	}
	return writePrivate(filepath.Join(o.folder(), auditPolicyFile), policy)
}
