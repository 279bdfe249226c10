package testenv

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// Kustomize returns the objects of a folder, in the order in which kustomize prints them: namespaces
// first.
func (e *Env) Kustomize(ctx context.Context, folder string) ([]*unstructured.Unstructured, error) {
	printed, err := e.Cluster.Kubectl(ctx, "kustomize", folder)
	if err != nil {
		return nil, fmt.Errorf("build %s: %w", folder, err)
	}
	objects, err := ReadManifests(bytes.NewReader(printed))
	if err != nil {
		return nil, fmt.Errorf("read what %s builds: %w", folder, err)
	}
	return objects, nil
}

// ReadManifests reads objects from YAML, in order.
func ReadManifests(from io.Reader) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	documents := yaml.NewYAMLReader(bufio.NewReader(from))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		object := &unstructured.Unstructured{}
		if err == nil {
			err = yaml.Unmarshal(document, &object.Object)
		}
		if err != nil {
			return nil, fmt.Errorf("read a manifest: %w", err)
		}
		if len(object.Object) > 0 { // a document may hold only comments
			objects = append(objects, object)
		}
	}
}
