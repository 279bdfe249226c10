package cluster

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
)

// manifests hold the definition of stages, the stages by which KWOK plays nodes, pods and volumes,
// and the default storage class.
//
//go:embed manifests/*.yaml
var manifests embed.FS

const kwokConfigFile = "kwok.yaml"

// resources are those that manifests use.
var resources = map[string]schema.GroupVersionResource{
	"CustomResourceDefinition": {Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"},
	"StorageClass":             {Group: "storage.k8s.io", Version: "v1", Resource: "storageclasses"},
	"Stage":                    stageResource,
}

var stageResource = schema.GroupVersionResource{Group: "kwok.x-k8s.io", Version: "v1alpha1", Resource: "stages"}

// simulate creates the nodes and the stages of a new cluster.
func (c *Cluster) simulate(ctx context.Context, o Options) error {
	client, err := dynamic.NewForConfig(c.Config())
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	objects, err := readManifests()
	if err != nil {
		return err
	}
	for _, object := range objects {
		if object.GetName() == "pod-ready" {
			if err := setDelay(object, o.ReadyAfter, o.ReadyJitter); err != nil {
				return err
			}
		}
		// Stages are unknown until their definition has been taken up, a moment after it was created.
		what := fmt.Sprintf("%s %s to be created", object.GetKind(), object.GetName())
		if err := c.waitFor(ctx, what, apiServer, func(ctx context.Context) error {
			_, err := client.Resource(resources[object.GetKind()]).Create(ctx, object, metav1.CreateOptions{})
			return ignoreExists(err)
		}); err != nil {
			return err
		}
	}
	return c.createNodes(ctx, o)
}

// ignoreExists takes a second try after a lost answer for the success that it is.
func ignoreExists(err error) error {
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

// readManifests returns all objects in the order of their files; "crd.yaml" comes first.
func readManifests() ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	err := fs.WalkDir(manifests, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := manifests.ReadFile(path)
		if err != nil {
			return err
		}
		found, err := decode(content)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		objects = append(objects, found...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the manifests of the simulation: %w", err)
	}
	return objects, nil
}

// decode reads the objects of a YAML file.
func decode(content []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), len(content))
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
}

// setDelay makes a stage wait between after and after+jitter.
func setDelay(stage *unstructured.Unstructured, after, jitter time.Duration) error {
	err := unstructured.SetNestedMap(stage.Object, map[string]any{
		"durationMilliseconds":       after.Milliseconds(),
		"jitterDurationMilliseconds": (after + jitter).Milliseconds(),
	}, "spec", "delay")
	if err != nil {
		return fmt.Errorf("setting the delay of stage %s: %w", stage.GetName(), err)
	}
	return nil
}

func (c *Cluster) createNodes(ctx context.Context, o Options) error {
	clients, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	for i := range o.Nodes {
		if _, err := clients.CoreV1().Nodes().Create(ctx, node(i+1), metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("creating simulated node %d: %w", i+1, err)
		}
	}
	return nil
}

// node is large enough that a whole estate of pods fits on a few of them.
func node(number int) *corev1.Node {
	name := fmt.Sprintf("node-%d", number)
	capacity := corev1.ResourceList{
		corev1.ResourceCPU:              resource.MustParse("256"),
		corev1.ResourceMemory:           resource.MustParse("1Ti"),
		corev1.ResourceEphemeralStorage: resource.MustParse("1Ti"),
		corev1.ResourcePods:             resource.MustParse("1000"),
	}
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name: name,
			Labels: map[string]string{
				corev1.LabelHostname:       name,
				corev1.LabelOSStable:       "linux",
				corev1.LabelArchStable:     "amd64",
				corev1.LabelTopologyRegion: "local",
				corev1.LabelTopologyZone:   fmt.Sprintf("local-%c", 'a'+(number-1)%3),
			},
		},
		Status: corev1.NodeStatus{Capacity: capacity, Allocatable: capacity},
	}
}
