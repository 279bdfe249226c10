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
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/naming"
)

// Read reads what an earlier import left in a folder. A folder that does not exist holds nothing.
func Read(dir string) (Earlier, error) {
	earlier := Earlier{Folders: map[string]Folder{}, Suppliers: map[string]Supplier{}}
	if err := errors.Join(earlier.readConsortia(dir), earlier.readSuppliers(dir)); err != nil {
		return Earlier{}, err
	}
	if _, err := readMarked(filepath.Join(dir, retiredFile), one(&earlier.Retired)); err != nil {
		return Earlier{}, err
	}
	_, err := readMarked(filepath.Join(dir, kustomizationFile), one(&earlier.Kustomization))
	return earlier, err
}

// readConsortia reads the consortia's folders.
func (e *Earlier) readConsortia(dir string) error {
	paths, err := filepath.Glob(filepath.Join(escape(dir), "*", consortiumFile))
	if err != nil {
		return fmt.Errorf("look for earlier imports in %s: %w", dir, err)
	}
	for _, path := range paths {
		folder, found, err := readFolder(filepath.Dir(path))
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		if other, twice := e.Folders[folder.Code()]; twice {
			return fmt.Errorf("%s: the folders %s and %s both hold the consortium %s: remove one", dir, other.Name(), folder.Name(), folder.Code())
		}
		e.Folders[folder.Code()] = folder
	}
	return nil
}

// escape keeps a folder's name from being read as a pattern.
func escape(dir string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(dir)
}

// readFolder reads a consortium's folder, unless the import did not write it.
func readFolder(dir string) (Folder, bool, error) {
	var f Folder
	found, err := readMarked(filepath.Join(dir, consortiumFile), one(&f.Consortium))
	if err != nil || !found {
		return Folder{}, false, err
	}
	if name := filepath.Base(dir); f.Name() != name || f.Code() == "" {
		return Folder{}, false, fmt.Errorf("%s: expected the Consortium %s with its organisationCode: restore the file from version control", filepath.Join(dir, consortiumFile), name)
	}
	_, namespaceErr := readMarked(filepath.Join(dir, namespaceFile), one(&f.Namespace))
	_, localityErr := readMarked(filepath.Join(dir, localitiesFile), each(&f.Localities))
	_, functionErr := readMarked(filepath.Join(dir, memberFunctionFile), each(&f.MemberFunctions))
	_, agreementErr := readMarked(filepath.Join(dir, agreementFile), each(&f.Agreements))
	_, kustomizationErr := readMarked(filepath.Join(dir, kustomizationFile), one(&f.Kustomization))
	if err := errors.Join(namespaceErr, localityErr, functionErr, agreementErr, kustomizationErr,
		checkLocalities(dir, f.Localities), checkAgreements(dir, f.Agreements)); err != nil {
		return Folder{}, false, err
	}
	return f, true, nil
}

// checkLocalities refuses what the import cannot tell apart by organisation code.
func checkLocalities(dir string, localities []v1alpha1.Locality) error {
	codes := map[v1alpha1.OrganisationCode]bool{}
	for _, l := range localities {
		code := l.Spec.OrganisationCode
		if code == "" && l.Name != naming.Unallocated {
			return fmt.Errorf("%s: the locality %s has no organisationCode: keep localities of your own in a file of their own", filepath.Join(dir, localitiesFile), l.Name)
		}
		if codes[code] {
			return fmt.Errorf("%s: two localities have the organisationCode %q: restore the file from version control", filepath.Join(dir, localitiesFile), code)
		}
		codes[code] = true
	}
	return nil
}

// checkAgreements refuses what the import cannot tell apart by function.
func checkAgreements(dir string, agreements []v1alpha1.SupportAgreement) error {
	functions := map[v1alpha1.ObjectName]bool{}
	for _, a := range agreements {
		if functions[a.Spec.Function] {
			return fmt.Errorf("%s: two agreements are for the function %q: restore the file from version control", filepath.Join(dir, agreementFile), a.Spec.Function)
		}
		functions[a.Spec.Function] = true
	}
	return nil
}

// decoder takes the documents of a file, one after the other.
type decoder func(document []byte) error

func one[T any](into *T) decoder {
	return func(document []byte) error { return yaml.UnmarshalStrict(document, into) }
}

func each[T v1alpha1.Locality | v1alpha1.MemberFunction | v1alpha1.SupportAgreement](into *[]T) decoder {
	return func(document []byte) error {
		var item T
		if err := yaml.UnmarshalStrict(document, &item); err != nil {
			return err
		}
		*into = append(*into, item)
		return nil
	}
}

// readMarked reads a file that the import wrote. It says no for one that does not exist or that
// somebody else wrote.
func readMarked(path string, decode decoder) (bool, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && !bytes.HasPrefix(data, []byte(mark))) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the earlier import: %w", err)
	}
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	for n := 1; ; n++ {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err == nil && len(bytes.TrimSpace(document)) > 0 {
			err = decode(document)
		}
		if err != nil {
			return false, fmt.Errorf("%s, document %d: %w: restore the file from version control, and keep objects of your own in files of their own", path, n, err)
		}
	}
}
