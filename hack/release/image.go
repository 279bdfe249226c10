package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// repository is where the operator's image is published.
const repository = "ghcr.io/commissioning-support/operator"

// passwd gives the user that the operator runs as a name: programs that ask who they are get no error.
const passwd = "manager:x:65532:65532:manager:/:/sbin/nologin\n"

// images makes an image of each platform, to be loaded (docker load), and one of all, to be pushed
// (oras cp, skopeo copy oci-archive:).
func (r *release) images(_ context.Context, work string) error {
	tag, err := name.NewTag(repository + ":" + r.version)
	if err != nil {
		return fmt.Errorf("name: %w", err)
	}
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, p := range r.platforms {
		if p.os != "linux" {
			continue
		}
		image, err := r.image(binary(work, manager, p), p)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		if err := tarball.WriteToFile(r.file("operator", p, ".tar"), tag, image); err != nil {
			return fmt.Errorf("%s: write: %w", p, err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: image, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: p.os, Architecture: p.arch}},
		})
	}
	folder := filepath.Join(work, "oci")
	if _, err := layout.Write(folder, index); err != nil {
		return fmt.Errorf("write the index: %w", err)
	}
	files, err := filesOf(folder)
	if err != nil {
		return err
	}
	archive := &bytes.Buffer{}
	if err := writeTar(archive, files, r.at); err != nil {
		return err
	}
	return write(filepath.Join(r.out, "operator_"+r.version+".oci.tar"), archive.Bytes())
}

// image is that of one platform: the operator, and the name of its user. There is no shell in it.
func (r *release) image(program string, p platform) (v1.Image, error) {
	content := &bytes.Buffer{}
	files := []file{{content: []byte(passwd), name: "etc/passwd", mode: 0o644}, {from: program, name: manager, mode: 0o755}}
	if err := writeTar(content, files, r.at); err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content.Bytes())), nil
	}, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, fmt.Errorf("layer: %w", err)
	}
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err := mutate.Append(base, mutate.Addendum{Layer: layer, History: v1.History{Created: v1.Time{Time: r.at}, CreatedBy: "hack/release"}})
	if err != nil {
		return nil, fmt.Errorf("append: %w", err)
	}
	return mutate.ConfigFile(image, r.config(image, p))
}

func (r *release) config(image v1.Image, p platform) *v1.ConfigFile {
	made, err := image.ConfigFile()
	if err != nil {
		made = &v1.ConfigFile{}
	}
	made = made.DeepCopy()
	made.OS, made.Architecture, made.Created = p.os, p.arch, v1.Time{Time: r.at}
	made.Config = v1.Config{
		Entrypoint: []string{"/" + manager}, User: "65532:65532", WorkingDir: "/",
		Labels: map[string]string{
			"org.opencontainers.image.title":    "Commissioning Support Operator",
			"org.opencontainers.image.source":   "https://github.com/commissioning-support/operator",
			"org.opencontainers.image.licenses": "Apache-2.0",
			"org.opencontainers.image.version":  r.version,
		},
	}
	return made
}

// filesOf are the files of a folder, by name.
func filesOf(folder string) ([]file, error) {
	var files []file
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(folder, path)
		files = append(files, file{content: content, name: filepath.ToSlash(relative), mode: 0o644})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", folder, err)
	}
	return files, nil
}
