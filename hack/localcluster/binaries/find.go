package binaries

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/apimachinery/pkg/util/version"
)

// candidate is a binary that the user already has.
type candidate struct {
	path    string
	version *version.Version
}

// existing returns the usable binaries of a folder, and a sentence for each that is not usable.
func existing(ctx context.Context, folder string, all []pin) (map[string]candidate, []string) {
	found := map[string]candidate{}
	var notes []string
	for _, p := range all {
		path := filepath.Join(folder, p.binary)
		info, err := os.Stat(path)
		if err != nil || info.IsDir() {
			continue
		}
		v, err := askVersion(ctx, p.binary, path)
		if err != nil {
			notes = append(notes, fmt.Sprintf("not used: %s", err))
			continue
		}
		if why := tooOld(p.binary, v); why != "" {
			notes = append(notes, fmt.Sprintf("not used: %s, %s", path, why))
			continue
		}
		found[p.binary] = candidate{path: path, version: v}
	}
	return found, append(notes, dropSkewed(found, all)...)
}

// dropSkewed removes what does not fit together with the binaries that would be built beside it.
func dropSkewed(found map[string]candidate, all []pin) []string {
	if notes := dropAPIServer(found, all); len(notes) > 0 {
		return notes
	}
	api, have := found[KubeAPIServer]
	apiVersion := api.version
	if !have {
		apiVersion = pinned(all, KubeAPIServer)
	}
	var notes []string
	for _, name := range []string{KubeControllerManager, KubeScheduler} {
		if c, ok := found[name]; ok {
			if why := skew(c.version, apiVersion); why != "" {
				delete(found, name)
				notes = append(notes, fmt.Sprintf("not used: %s, %s", c.path, why))
			}
		}
	}
	return notes
}

// dropAPIServer gives up an API server which the controller manager and scheduler that would have
// to be built are too new (or too old) for, and with it its own companions.
func dropAPIServer(found map[string]candidate, all []pin) []string {
	api, have := found[KubeAPIServer]
	if !have {
		return nil
	}
	for _, name := range []string{KubeControllerManager, KubeScheduler} {
		if _, ok := found[name]; ok {
			continue
		}
		if why := skew(pinned(all, name), api.version); why != "" {
			delete(found, KubeAPIServer)
			return append([]string{fmt.Sprintf("not used: %s: the folder has no %s, and the one built here, %s",
				api.path, name, why)}, dropSkewed(found, all)...)
		}
	}
	return nil
}

func pinned(all []pin, name string) *version.Version {
	for _, p := range all {
		if p.binary == name {
			return version.MustParseSemantic(p.version)
		}
	}
	panic("no pin for " + name)
}

// summary says "etcd v3.6.16, kubectl v1.36.3" in the order of Names.
func summary(found map[string]candidate) string {
	var parts []string
	for _, name := range Names {
		if c, ok := found[name]; ok {
			parts = append(parts, fmt.Sprintf("%s v%s", name, c.version))
		}
	}
	return strings.Join(parts, ", ")
}
