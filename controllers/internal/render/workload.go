package render

import (
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	appsv1ac "k8s.io/client-go/applyconfigurations/apps/v1"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// workload runs the instance: a Deployment, or a StatefulSet of one where the function has storage.
func workload(in Instance) runtime.ApplyConfiguration {
	if in.Workload.Storage.Size != nil {
		return statefulSet(in)
	}
	return deployment(in)
}

// deployment replaces pods one at a time, each only when its successor serves.
func deployment(in Instance) *appsv1ac.DeploymentApplyConfiguration {
	labels, annotations := marked(in.Owner)
	labels[nameLabel] = in.Function
	annotations[v1alpha1.RevisionAnnotation] = strconv.FormatInt(in.Revision, 10)
	spec := appsv1ac.DeploymentSpec().
		WithRevisionHistoryLimit(revisionHistoryLimit).
		WithSelector(selectInstance(in.Owner)).
		WithStrategy(appsv1ac.DeploymentStrategy().WithType(appsv1.RollingUpdateDeploymentStrategyType).
			WithRollingUpdate(appsv1ac.RollingUpdateDeployment().
				WithMaxSurge(intstr.FromInt32(1)).WithMaxUnavailable(intstr.FromInt32(0)))).
		WithTemplate(podTemplate(in))
	if replicas := in.fixedReplicas(); replicas > 0 {
		spec.WithReplicas(replicas)
	}
	return appsv1ac.Deployment(in.Owner.Name, in.Owner.Namespace).
		WithLabels(labels).WithAnnotations(annotations).WithOwnerReferences(ownerReference(in.Owner)).
		WithSpec(spec)
}

// revisionHistoryLimit: the catalogue holds the history; the cluster needs the last form only.
const revisionHistoryLimit = 2

// statefulSet runs one replica with a volume of its own, which outlives it.
func statefulSet(in Instance) *appsv1ac.StatefulSetApplyConfiguration {
	labels, annotations := marked(in.Owner)
	labels[nameLabel] = in.Function
	annotations[v1alpha1.RevisionAnnotation] = strconv.FormatInt(in.Revision, 10)
	return appsv1ac.StatefulSet(in.Owner.Name, in.Owner.Namespace).
		WithLabels(labels).WithAnnotations(annotations).WithOwnerReferences(ownerReference(in.Owner)).
		WithSpec(appsv1ac.StatefulSetSpec().
			WithReplicas(in.Replicas).
			WithRevisionHistoryLimit(revisionHistoryLimit).
			WithServiceName(in.Owner.Name).
			WithSelector(selectInstance(in.Owner)).
			WithPodManagementPolicy(appsv1.ParallelPodManagement). // a broken pod is replaced although it never became ready
			WithUpdateStrategy(appsv1ac.StatefulSetUpdateStrategy().WithType(appsv1.RollingUpdateStatefulSetStrategyType).
				WithRollingUpdate(appsv1ac.RollingUpdateStatefulSetStrategy().WithPartition(0))).
			WithPersistentVolumeClaimRetentionPolicy(appsv1ac.StatefulSetPersistentVolumeClaimRetentionPolicy().
				WithWhenDeleted(appsv1.RetainPersistentVolumeClaimRetentionPolicyType).
				WithWhenScaled(appsv1.RetainPersistentVolumeClaimRetentionPolicyType)).
			WithVolumeClaimTemplates(volumeClaim(in)).
			WithTemplate(podTemplate(in)))
}

func volumeClaim(in Instance) *corev1ac.PersistentVolumeClaimApplyConfiguration {
	claim := corev1ac.PersistentVolumeClaim(dataVolume, "").WithLabels(instanceLabels(in.Owner)).
		WithSpec(corev1ac.PersistentVolumeClaimSpec().
			WithAccessModes(corev1.ReadWriteOnce).
			WithVolumeMode(corev1.PersistentVolumeFilesystem).
			WithResources(corev1ac.VolumeResourceRequirements().
				WithRequests(corev1.ResourceList{corev1.ResourceStorage: canonical(*in.Workload.Storage.Size)})))
	claim.Namespace = nil                   // the pod's
	claim.Kind, claim.APIVersion = nil, nil // the server's: caches do not show them
	return claim
}
