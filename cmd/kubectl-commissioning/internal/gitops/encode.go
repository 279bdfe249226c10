package gitops

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

const separator = "---\n"

// Files are the folder's files, in the order in which they are written.
func (f Folder) encode() ([]File, error) {
	localities, functions := objects(f.Localities), objects(f.MemberFunctions)
	resources := []string{namespaceFile, consortiumFile, localitiesFile}
	contents := []struct {
		file    string
		objects []any
	}{{consortiumFile, []any{&f.Consortium}}, {localitiesFile, localities}, {memberFunctionFile, functions}, {namespaceFile, []any{&f.Namespace}}}
	var files []File
	for _, content := range contents {
		if len(content.objects) == 0 {
			continue
		}
		data, err := encodeObjects(content.objects)
		if err != nil {
			return nil, fmt.Errorf("write %s of %s as YAML: %w", content.file, f.Name(), err)
		}
		files = append(files, File{Path: inFolder(f.Name(), content.file), Data: append([]byte(header), data...)})
	}
	if len(functions) > 0 {
		resources = append(resources, memberFunctionFile)
	}
	kustomization, err := encodeKustomization(f.Kustomization, resources, nil)
	if err != nil {
		return nil, err
	}
	return append(files, File{Path: inFolder(f.Name(), kustomizationFile), Data: kustomization}), nil
}

// Stream is all folders as one YAML stream, namespaces first in each.
func Stream(folders []Folder) ([]byte, error) {
	var all []any
	for _, f := range folders {
		all = append(all, &f.Namespace, &f.Consortium)
		all = append(all, objects(f.Localities)...)
		all = append(all, objects(f.MemberFunctions)...)
	}
	return encodeObjects(all)
}

// objects in the order of their names.
func objects[T v1alpha1.Locality | v1alpha1.MemberFunction, P interface {
	*T
	GetName() string
}](items []T) []any {
	out := make([]any, 0, len(items))
	for i := range items {
		out = append(out, P(&items[i]))
	}
	slices.SortFunc(out, func(x, y any) int { return cmp.Compare(x.(P).GetName(), y.(P).GetName()) })
	return out
}

func encodeObjects(objects []any) ([]byte, error) {
	var b bytes.Buffer
	for i, object := range objects {
		fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
		if err != nil {
			return nil, err
		}
		data, err := yaml.Marshal(intent(fields))
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteString(separator)
		}
		b.Write(data)
	}
	return b.Bytes(), nil
}

// intent drops what typed objects carry along without anybody having said it.
func intent(fields map[string]any) map[string]any {
	delete(fields, "status")
	if spec, ok := fields["spec"].(map[string]any); ok && len(spec) == 0 {
		delete(fields, "spec")
	}
	if metadata, ok := fields["metadata"].(map[string]any); ok && metadata["creationTimestamp"] == nil {
		delete(metadata, "creationTimestamp")
	}
	return fields
}

// encodeKustomization lists the import's resources and those that people have added, and keeps
// everything else that they have said.
func encodeKustomization(existing map[string]any, resources, gone []string) ([]byte, error) {
	out := map[string]any{"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
	maps.Copy(out, existing)
	listed, _ := existing["resources"].([]any)
	for _, resource := range listed {
		name, isText := resource.(string)
		if isText && !slices.Contains(resources, name) && !slices.Contains(gone, name) {
			resources = append(resources, name)
		}
	}
	out["resources"] = resources
	data, err := yaml.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("write a kustomization as YAML: %w", err)
	}
	return append([]byte(header), data...), nil
}
