package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

const (
	manager = "manager"
	plugin  = "kubectl-commissioning"
)

// programs builds the operator and the plugin for each platform; the plugin is packed with its licence.
func (r *release) programs(ctx context.Context, work string) error {
	for _, p := range r.platforms {
		if p.os == "linux" {
			if err := r.program(ctx, work, manager, p); err != nil {
				return err
			}
			if err := r.bom(binary(work, manager, p), r.file(manager, p, ".cdx.json")); err != nil {
				return err
			}
		}
		if err := r.program(ctx, work, plugin, p); err != nil {
			return err
		}
		name := plugin
		if p.os == "windows" {
			name += ".exe"
		}
		if err := r.bom(binary(work, plugin, p), r.file(plugin, p, ".cdx.json")); err != nil {
			return err
		}
		content := []file{{from: binary(work, plugin, p), name: name, mode: 0o755}, {from: filepath.Join(r.root, "LICENSE"), name: "LICENSE", mode: 0o644}}
		if err := r.pack(r.file(plugin, p, ".tar.gz"), content); err != nil {
			return err
		}
	}
	return nil
}

// program builds one program. Nothing of the machine goes into it: neither paths nor the state of git.
func (r *release) program(ctx context.Context, work, name string, p platform) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid= -X main.version="+r.version,
		"-o", binary(work, name, p), "./cmd/"+name)
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "CGO_ENABLED=0", "GOOS="+p.os, "GOARCH="+p.arch)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s for %s: %w: %s", name, p, err, out)
	}
	return nil
}

func binary(work, name string, p platform) string {
	return filepath.Join(work, fmt.Sprintf("%s-%s-%s", name, p.os, p.arch))
}

// file is the name under which something for one platform is published.
func (r *release) file(name string, p platform, suffix string) string {
	return filepath.Join(r.out, fmt.Sprintf("%s_%s_%s_%s%s", name, r.version, p.os, p.arch, suffix))
}
