package binaries

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/commissioning-support/operator/hack/localcluster/internal/dirlock"
)

// Options say where binaries come from.
type Options struct {
	// Root is the repository; found from the working directory when empty.
	Root string
	// Dir holds binaries that the user already has. Default: $KUBEBUILDER_ASSETS.
	Dir string
	// Cache is where built binaries are kept. Default: .localcluster/bin of the repository.
	Cache string
	// Only names the binaries that are needed. Default: all.
	Only []string
	// Out receives what is used, what is built and how far the build is. Default: nothing.
	Out io.Writer
}

// Set is a complete set of binaries.
type Set struct {
	paths    map[string]string
	versions map[string]string
}

// Path of a binary.
func (s *Set) Path(name string) string { return s.paths[name] }

// Version of a binary, as in v1.36.3.
func (s *Set) Version(name string) string { return s.versions[name] }

// Ensure returns binaries: the user's own where they are suitable, else those built before, else
// it builds them.
func Ensure(ctx context.Context, o Options) (*Set, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	all, err := loadPins(ctx, o.Root, o.Only)
	if err != nil {
		return nil, err
	}
	set := &Set{paths: map[string]string{}, versions: map[string]string{}}
	if o.Dir != "" {
		if err := set.useExisting(ctx, o, all); err != nil {
			return nil, err
		}
	}
	wanted := slices.DeleteFunc(all, func(p pin) bool {
		return set.paths[p.binary] != "" || !slices.Contains(o.Only, p.binary)
	})
	missing := set.useCached(o.Cache, wanted)
	if len(missing) == 0 {
		return set, nil
	}
	if err := buildMissing(ctx, o, missing); err != nil {
		return nil, err
	}
	if missing = set.useCached(o.Cache, missing); len(missing) > 0 {
		return nil, fmt.Errorf("%s was built but is not in %s: is the disk full?", missing[0].binary, o.Cache)
	}
	return set, nil
}

func (o Options) withDefaults() (Options, error) {
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Root == "" {
		root, err := Root()
		if err != nil {
			return o, err
		}
		o.Root = root
	}
	if o.Cache == "" {
		o.Cache = filepath.Join(o.Root, ".localcluster", "bin")
	}
	if len(o.Only) == 0 {
		o.Only = Names
	}
	if o.Dir == "" {
		o.Dir = os.Getenv("KUBEBUILDER_ASSETS")
		return o, nil
	}
	if info, err := os.Stat(o.Dir); err != nil || !info.IsDir() {
		return o, fmt.Errorf("there is no folder of binaries at %s", o.Dir)
	}
	return o, nil
}

func (s *Set) useExisting(ctx context.Context, o Options, all []pin) error {
	found, notes := existing(ctx, o.Dir, all)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("looking at the binaries in %s: %w", o.Dir, err)
	}
	maps.DeleteFunc(found, func(name string, _ candidate) bool { return !slices.Contains(o.Only, name) })
	if len(found) > 0 {
		_, _ = fmt.Fprintf(o.Out, "Using from %s: %s.\n", o.Dir, summary(found))
	}
	for _, note := range notes {
		_, _ = fmt.Fprintf(o.Out, "  %s\n", note)
	}
	for name, c := range found {
		s.paths[name], s.versions[name] = c.path, "v"+c.version.String()
	}
	return nil
}

// useCached takes what is in the cache and returns what is not. A file there is always a finished
// binary, because the build renames it into place.
func (s *Set) useCached(cache string, wanted []pin) []pin {
	var missing []pin
	for _, p := range wanted {
		path := filepath.Join(cacheFolder(cache, p), p.binary)
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			missing = append(missing, p)
			continue
		}
		s.paths[p.binary], s.versions[p.binary] = path, p.version
	}
	return missing
}

// buildMissing builds under a lock: test packages of one run start at the same time and would
// otherwise compile the same packages beside each other.
func buildMissing(ctx context.Context, o Options, missing []pin) error {
	lock, err := dirlock.Acquire(ctx, o.Cache, func() {
		_, _ = fmt.Fprintln(o.Out, "Another process is building the binaries; waiting for it.")
	})
	if err != nil {
		return err
	}
	defer lock.Release()
	probe := &Set{paths: map[string]string{}, versions: map[string]string{}}
	if missing = probe.useCached(o.Cache, missing); len(missing) == 0 {
		return nil
	}
	return build(ctx, o, missing)
}

func names(list []pin) string {
	out := make([]string, 0, len(list))
	for _, p := range list {
		out = append(out, p.binary+" "+p.version)
	}
	return strings.Join(out, ", ")
}
