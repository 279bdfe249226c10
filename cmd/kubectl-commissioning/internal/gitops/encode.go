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

// content of one file.
type content struct {
	file, header string
	objects      []any
}

// encode writes the folder's files, in the order in which they are written.
func (f Folder) encode() ([]File, error) {
	return encodeFolder(f.Name(), []content{
		{consortiumFile, header, []any{&f.Consortium}},
		{localitiesFile, header, objects(f.Localities)},
		{memberFunctionFile, header, objects(f.MemberFunctions)},
		{agreementFile, agreementHeader, objects(f.Agreements)},
		{namespaceFile, header, []any{&f.Namespace}},
	}, f.Kustomization, f.unlisted)
}

// encodeFolder writes the files that hold anything, and a kustomization that lists them, the
// namespace first. The first content says whose folder it is.
func encodeFolder(name string, contents []content, kustomization map[string]any, gone []string) ([]File, error) {
	var files []File
	resources := []string{namespaceFile}
	for _, c := range contents {
		if len(c.objects) == 0 {
			continue
		}
		data, err := encodeObjects(c.objects)
		if err != nil {
			return nil, fmt.Errorf("write %s of %s as YAML: %w", c.file, name, err)
		}
		files = append(files, File{Path: inFolder(name, c.file), Data: append([]byte(c.header), data...)})
		if c.file != namespaceFile {
			resources = append(resources, c.file)
		}
	}
	data, err := encodeKustomization(contents[0].header, kustomization, resources, gone)
	if err != nil {
		return nil, err
	}
	return append(files, File{Path: inFolder(name, kustomizationFile), Data: data}), nil
}

// Stream is all folders as one YAML stream, namespaces first in each.
func (p Plan) Stream() ([]byte, error) {
	var all []any
	for _, f := range p.Folders {
		all = append(all, &f.Namespace, &f.Consortium)
		all = append(all, objects(f.Localities)...)
		all = append(all, objects(f.MemberFunctions)...)
	}
	for _, s := range p.Suppliers {
		all = append(all, &s.Namespace, &s.Provider)
	}
	return encodeObjects(all)
}

// objects in the order of their names.
func objects[T v1alpha1.Locality | v1alpha1.MemberFunction | v1alpha1.SupportAgreement, P interface {
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
func encodeKustomization(header string, existing map[string]any, resources, gone []string) ([]byte, error) {
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
