package cluster

import (
	"context"
	"crypto/sha256"
	_ "embed" // for the stages of a failure
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
)

//go:embed failure.yaml
var failureManifest []byte

// crashWithin is the longest delay in failure.yaml.
const crashWithin = 400 * time.Millisecond

// The stages of a failure carry its id as a label and its fields as an annotation.
const failureMark = "localcluster.invalid/failure"

// Failure names the pods that crash: those of a namespace, those with a container of an image, or
// those with both.
type Failure struct {
	Namespace string `json:"namespace,omitempty"`
	// Image is a reference as pods use it; without tag and digest, it means all of them.
	Image string `json:"image,omitempty"`
}

func (f Failure) String() string {
	var parts []string
	if f.Namespace != "" {
		parts = append(parts, "in namespace "+f.Namespace)
	}
	if f.Image != "" {
		parts = append(parts, "with image "+f.Image)
	}
	return strings.Join(parts, " ")
}

func (f Failure) id() string {
	sum := sha256.Sum256([]byte(f.Namespace + "\n" + f.Image))
	return hex.EncodeToString(sum[:4])
}

// covers tells whether healing f heals the other failure too: an empty field stands for any.
func (f Failure) covers(other Failure) bool {
	return (f.Namespace == "" || f.Namespace == other.Namespace) && (f.Image == "" || f.Image == other.Image)
}

// concerns tells whether the failure makes this pod crash.
func (f Failure) concerns(pod *corev1.Pod) bool {
	if f.Namespace != "" && f.Namespace != pod.Namespace {
		return false
	}
	return f.Image == "" || slices.ContainsFunc(pod.Spec.Containers, func(c corev1.Container) bool {
		return imageMatches(f.Image, c.Image)
	})
}

var (
	digest = regexp.MustCompile(`@.*$`)
	tag    = regexp.MustCompile(`:[^/]*$`)
)

// imageMatches is the same in Go as imageQuery is in jq.
func imageMatches(wanted, image string) bool {
	tagged := digest.ReplaceAllString(image, "")
	return image == wanted || tagged == wanted || tag.ReplaceAllString(tagged, "") == wanted
}

func imageQuery(wanted string) (string, error) {
	quoted, err := json.Marshal(wanted)
	if err != nil {
		return "", fmt.Errorf("quoting the image %q: %w", wanted, err)
	}
	return fmt.Sprintf(`.spec.containers[] | .image | select(. == %[1]s or `+
		`(sub("@.*$"; "") | . == %[1]s or sub(":[^/]*$"; "") == %[1]s))`, quoted), nil
}

// Fail makes pods crash: those that run and those that are created later, until Heal. It returns
// when the running ones are not ready any more.
func (c *Cluster) Fail(ctx context.Context, f Failure) error {
	if c.external() {
		return errExternal
	}
	if f == (Failure{}) {
		return errors.New("which pods are to fail? Give a namespace, an image or both")
	}
	client, err := dynamic.NewForConfig(c.Config())
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	stages, err := failureStages(f)
	if err != nil {
		return err
	}
	for _, stage := range stages {
		_, err := client.Resource(stageResource).Create(ctx, stage, metav1.CreateOptions{})
		if err := ignoreExists(err); err != nil {
			return fmt.Errorf("making the pods %s fail: %w", f, err)
		}
	}
	count, err := c.settle(ctx, crashing, f.concerns, crashWithin)
	if err != nil {
		return fmt.Errorf("making the pods %s fail: %w", f, err)
	}
	_, _ = fmt.Fprintf(c.out, "Pods %s fail now: %d that ran, and those to come.\n", f, count)
	return nil
}

// Heal ends failures: an empty field of f stands for any, so Failure{} heals everything. It returns
// when the pods are ready again.
func (c *Cluster) Heal(ctx context.Context, f Failure) error {
	if c.external() {
		return errExternal
	}
	failures, err := c.Failures(ctx)
	if err != nil {
		return err
	}
	client, err := dynamic.NewForConfig(c.Config())
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	var healed, remaining []Failure
	for _, failure := range failures {
		if !f.covers(failure) {
			remaining = append(remaining, failure)
			continue
		}
		healed = append(healed, failure)
		if err := client.Resource(stageResource).DeleteCollection(ctx, metav1.DeleteOptions{},
			metav1.ListOptions{LabelSelector: failureMark + "=" + failure.id()}); err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("healing the pods %s: %w", failure, err)
		}
	}
	if len(healed) == 0 {
		_, _ = fmt.Fprintln(c.out, "Nothing like that fails.")
		return nil
	}
	concerned := func(pod *corev1.Pod) bool { return anyConcerns(healed, pod) && !anyConcerns(remaining, pod) }
	count, err := c.settle(ctx, ready, concerned, c.record.ReadyWithin)
	if err != nil {
		return fmt.Errorf("healing the pods: %w", err)
	}
	_, _ = fmt.Fprintf(c.out, "Healed; %d pods are ready again.\n", count)
	return nil
}

// Failures are those that were not healed yet.
func (c *Cluster) Failures(ctx context.Context) ([]Failure, error) {
	if c.external() {
		return nil, nil
	}
	client, err := dynamic.NewForConfig(c.Config())
	if err != nil {
		return nil, fmt.Errorf("making a client: %w", err)
	}
	stages, err := client.Resource(stageResource).List(ctx, metav1.ListOptions{LabelSelector: failureMark})
	if err != nil {
		return nil, fmt.Errorf("listing the failures: %w", err)
	}
	var failures []Failure
	for _, stage := range stages.Items {
		var f Failure
		if err := json.Unmarshal([]byte(stage.GetAnnotations()[failureMark]), &f); err != nil {
			return nil, fmt.Errorf("reading the failure of stage %s: %w", stage.GetName(), err)
		}
		if !slices.Contains(failures, f) {
			failures = append(failures, f)
		}
	}
	return failures, nil
}

func anyConcerns(failures []Failure, pod *corev1.Pod) bool {
	return slices.ContainsFunc(failures, func(f Failure) bool { return f.concerns(pod) })
}

// failureStages are the stages of the manifest, for the pods of this failure.
func failureStages(f Failure) ([]*unstructured.Unstructured, error) {
	stages, err := decode(failureManifest)
	if err != nil {
		return nil, fmt.Errorf("reading the stages of a failure: %w", err)
	}
	scope, err := f.expressions()
	if err != nil {
		return nil, err
	}
	mark, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("encoding a failure: %w", err)
	}
	for _, stage := range stages {
		stage.SetName("fail-" + f.id() + "-" + stage.GetName())
		stage.SetLabels(map[string]string{failureMark: f.id()})
		stage.SetAnnotations(map[string]string{failureMark: string(mark)})
		path := []string{"spec", "selector", "matchExpressions"}
		all, _, err := unstructured.NestedSlice(stage.Object, path...)
		if err != nil {
			return nil, fmt.Errorf("reading the selector of stage %s: %w", stage.GetName(), err)
		}
		if err := unstructured.SetNestedSlice(stage.Object, append(all, scope...), path...); err != nil {
			return nil, fmt.Errorf("changing the selector of stage %s: %w", stage.GetName(), err)
		}
	}
	return stages, nil
}

// expressions select the pods of the failure in a stage.
func (f Failure) expressions() ([]any, error) {
	var all []any
	if f.Namespace != "" {
		all = append(all, map[string]any{"jq": map[string]any{
			"key": ".metadata.namespace", "operator": "In", "values": []any{f.Namespace}}})
	}
	if f.Image != "" {
		query, err := imageQuery(f.Image)
		if err != nil {
			return nil, err
		}
		all = append(all, map[string]any{"jq": map[string]any{"key": query, "operator": "Exists"}})
	}
	return all, nil
}
