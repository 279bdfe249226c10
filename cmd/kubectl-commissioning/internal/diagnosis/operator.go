package diagnosis

import (
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	"k8s.io/apimachinery/pkg/util/version"
)

// operator is the Deployment: does it run, and does its version go with this plugin's?
func (f Facts) operator() Check {
	const part = "Operator"
	deployment := f.Deployment.Is
	switch {
	case f.Deployment.Err != nil:
		return unread(part, "Deployments in "+f.Namespace, f.Deployment.Err)
	case deployment == nil && f.leader().Verdict == Sound:
		return Check{part, Noticed, fmt.Sprintf("There is no Deployment %s in %s: the operator runs outside the cluster.", OperatorName, f.Namespace), ""}
	case deployment == nil:
		return Check{part, Broken, fmt.Sprintf("There is no Deployment %s in %s.", OperatorName, f.Namespace), "install the operator (docs/install.md), or name its namespace: --namespace"}
	}
	wanted, available := int32(1), deployment.Status.AvailableReplicas
	if deployment.Spec.Replicas != nil {
		wanted = *deployment.Spec.Replicas
	}
	runs := versionOf(deployment)
	said := fmt.Sprintf("%d of %d replicas are available, of version %s", available, wanted, runs)
	see := fmt.Sprintf("see why: kubectl describe pods -n %s -l app.kubernetes.io/name=%s", f.Namespace, OperatorName)
	switch {
	case available == 0:
		return Check{part, Broken, said + ".", see}
	case available < wanted:
		return Check{part, Noticed, said + ".", see}
	case isOther(runs, f.Plugin):
		return Check{part, Noticed, fmt.Sprintf("%s; this plugin is %s.", said, f.Plugin), "use the plugin of the operator's version"}
	}
	return Check{part, Sound, said + ".", ""}
}

// versionOf is the tag of the image that runs; where there is none, the image.
func versionOf(d *appsv1.Deployment) string {
	if len(d.Spec.Template.Spec.Containers) == 0 {
		return "unknown"
	}
	image := d.Spec.Template.Spec.Containers[0].Image
	name, _, isDigest := strings.Cut(image, "@")
	tag := name[strings.LastIndexAny(name, ":/")+1:]
	if !strings.Contains(name, ":"+tag) || isDigest && tag == "" {
		return image
	}
	return tag
}

// isOther says whether two versions differ in more than a patch. Builds without a version differ from none.
func isOther(one, another string) bool {
	a, errA := version.ParseSemantic(one)
	b, errB := version.ParseSemantic(another)
	return errA == nil && errB == nil && (a.Major() != b.Major() || a.Minor() != b.Minor())
}

// leader is who holds the lease: only then is anything done.
func (f Facts) leader() Check {
	const part, see = "Leader", "see its log: kubectl logs -n %s deployment/" + OperatorName
	do := fmt.Sprintf(see, f.Namespace)
	lease := f.Lease.Is
	switch {
	case f.Lease.Err != nil:
		return unread(part, "leases in "+f.Namespace, f.Lease.Err)
	case lease == nil:
		return Check{part, Broken, fmt.Sprintf("There is no lease %s in %s: no operator has ever worked here.", LeaseName, f.Namespace), do}
	case lease.Spec.HolderIdentity == nil || *lease.Spec.HolderIdentity == "":
		return Check{part, Broken, "Nobody holds the lease: the last leader has been shut down, and no other has taken over.", do}
	case lease.Spec.RenewTime == nil || IsStale(lease, f.Now) && !f.IsRenewed:
		return Check{part, Broken, fmt.Sprintf("%s has not renewed the lease since %s: no operator works.", holder(lease), renewed(lease)), do}
	}
	return Check{part, Sound, holder(lease) + " leads, and renews its lease.", ""}
}

// IsStale says whether a lease has run out, by a clock that may not be the operator's.
func IsStale(lease *coordinationv1.Lease, now time.Time) bool {
	const usual = 15 * time.Second
	lasts := usual
	if seconds := lease.Spec.LeaseDurationSeconds; seconds != nil {
		lasts = time.Duration(*seconds) * time.Second
	}
	return lease.Spec.RenewTime == nil || now.Sub(lease.Spec.RenewTime.Time) > lasts
}

// holder is the pod that leads, without the mark that tells its lives apart.
func holder(lease *coordinationv1.Lease) string {
	name, _, _ := strings.Cut(*lease.Spec.HolderIdentity, "_")
	return name
}

func renewed(lease *coordinationv1.Lease) string {
	if lease.Spec.RenewTime == nil {
		return "it took it"
	}
	return lease.Spec.RenewTime.UTC().Format("15:04 UTC on 2006-01-02")
}
