package gitops

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/commissioning-support/operator/hack/docstest"
	"github.com/commissioning-support/operator/hack/testenv"
)

// Page is the page that is proved.
const Page = "docs/gitops.md"

// applied is the folder of the repository that an engine applies.
const applied = "commissioning"

// Repository is a working copy of the repository that the page describes, with the catalogue and the sample in it.
type Repository struct {
	env    *testenv.Env
	folder string
}

// NewRepository lays a repository out in a folder: its kustomizations are those that the page shows.
func NewRepository(env *testenv.Env, folder string) (*Repository, error) {
	r := &Repository{env: env, folder: folder}
	if err := r.copySample(); err != nil {
		return nil, err
	}
	page, err := ReadPage()
	if err != nil {
		return nil, err
	}
	for _, block := range page.Blocks {
		if strings.HasPrefix(block.File, applied+"/") {
			if err := r.Add(block.File, block.Body+"\n"); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

// ReadPage reads the page that is proved.
func ReadPage() (docstest.Page, error) {
	pages, err := docstest.ReadPages(testenv.Path("."))
	if err != nil {
		return docstest.Page{}, err
	}
	at := slices.IndexFunc(pages, func(p docstest.Page) bool { return p.Path == Page })
	if at < 0 {
		return docstest.Page{}, fmt.Errorf("there is no %s", Page)
	}
	return pages[at], nil
}

// copySample copies config/catalogue and config/samples to where the page has them.
func (r *Repository) copySample() error {
	folders := map[string]string{"catalogue": "config/catalogue", "suppliers": "config/samples/providers"}
	samples, err := os.ReadDir(testenv.Path("config/samples"))
	if err != nil {
		return fmt.Errorf("read the sample: %w", err)
	}
	for _, entry := range samples {
		if entry.IsDir() && entry.Name() != "providers" {
			folders["consortia/"+entry.Name()] = "config/samples/" + entry.Name()
		}
	}
	for to, from := range folders {
		if err := os.CopyFS(filepath.Join(r.folder, applied, to), os.DirFS(testenv.Path(from))); err != nil {
			return fmt.Errorf("copy %s: %w", from, err)
		}
	}
	return nil
}

// Add writes a file.
func (r *Repository) Add(file, content string) error {
	path := filepath.Join(r.folder, file)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the folder of %s: %w", file, err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}

// Edit replaces a piece of a file, which must be there exactly once.
func (r *Repository) Edit(file, before, after string) error {
	content, err := os.ReadFile(filepath.Join(r.folder, file))
	if err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	if found := strings.Count(string(content), before); found != 1 {
		return fmt.Errorf("%s holds %d times what is to be replaced, %q", file, found, before)
	}
	return r.Add(file, strings.Replace(string(content), before, after, 1))
}

// Remove takes an entry out of a kustomization, as a commit does that removes its folder.
func (r *Repository) Remove(entry string) error {
	folder, name := filepath.Split(entry)
	return r.Edit(folder+"kustomization.yaml", "- "+name+"\n", "")
}

// Return puts an entry back that was removed.
func (r *Repository) Return(entry string) error {
	folder, name := filepath.Split(entry)
	return r.Edit(folder+"kustomization.yaml", "resources:\n", "resources:\n- "+name+"\n")
}

// Build is what kustomize makes of a folder of the repository.
func (r *Repository) Build(ctx context.Context, folder string) ([]*unstructured.Unstructured, error) {
	return r.env.Kustomize(ctx, filepath.Join(r.folder, folder))
}

// Archive is the whole repository as source-controller hands it on.
func (r *Repository) Archive() ([]byte, error) {
	var archive bytes.Buffer
	compressed := gzip.NewWriter(&archive)
	files := tar.NewWriter(compressed)
	if err := files.AddFS(os.DirFS(r.folder)); err != nil {
		return nil, fmt.Errorf("archive the repository: %w", err)
	}
	if err := files.Close(); err != nil {
		return nil, fmt.Errorf("archive the repository: %w", err)
	}
	if err := compressed.Close(); err != nil {
		return nil, fmt.Errorf("compress the archive: %w", err)
	}
	return archive.Bytes(), nil
}
