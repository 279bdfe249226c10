package gitops

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/publication"
)

// Parties are the consortia that earlier imports wrote into a folder, and the suppliers in it,
// whoever wrote them: a charity has no code and stands in no list.
func Parties(dir string, earlier Earlier) (publication.Parties, error) {
	p := publication.Parties{Where: dir, Consortia: map[string]string{}, Providers: map[string]string{}, Own: map[string][]string{}}
	for code, folder := range earlier.Folders {
		p.Consortia[code] = folder.Name()
		for _, f := range folder.MemberFunctions {
			p.Own[code] = append(p.Own[code], string(f.Spec.Function))
		}
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != dir && strings.HasPrefix(entry.Name(), "."):
			return filepath.SkipDir
		case entry.IsDir() || !slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(path)):
			return nil
		}
		return readProviders(path, p.Providers)
	})
	if err != nil {
		return publication.Parties{}, fmt.Errorf("look for suppliers: %w", err)
	}
	return p, nil
}

// readProviders finds the SupportProviders of a file, whatever else is in it.
func readProviders(path string, names map[string]string) error {
	data, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(data, []byte(v1alpha1.SupportProviderKind)) {
		return err
	}
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = addProvider(names, document)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
}

// addProvider makes a supplier known by its name and, if it has one, by its code.
func addProvider(names map[string]string, document []byte) error {
	var object metav1.TypeMeta
	if err := yaml.Unmarshal(document, &object); err != nil || object.Kind != v1alpha1.SupportProviderKind {
		return err
	}
	var provider v1alpha1.SupportProvider
	if err := yaml.Unmarshal(document, &provider); err != nil {
		return err
	}
	code := string(provider.Spec.OrganisationCode)
	if other, twice := names[code]; twice && code != "" && other != provider.Name {
		return fmt.Errorf("the suppliers %s and %s both have the organisationCode %s: remove one", other, provider.Name, code)
	}
	names[provider.Name] = provider.Name
	if code != "" {
		names[code] = provider.Name
	}
	return nil
}
