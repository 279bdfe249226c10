package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/commissioning-support/operator/hack/bench/report"
)

// peers makes the same children with other tools.
func (b *bench) peers(ctx context.Context, measured *ours) error {
	apply := func(ctx context.Context, p *plane) (time.Duration, error) { return p.kubectlApply(ctx, measured.made) }
	graph := func(ctx context.Context, p *plane) (time.Duration, error) { return p.kro(ctx, measured.made, b.kro) }
	return errors.Join(b.peer(ctx, report.Kubectl, measured, apply), b.peer(ctx, report.Kro, measured, graph))
}

func (b *bench) peer(ctx context.Context, subject string, measured *ours, fill func(context.Context, *plane) (time.Duration, error)) error {
	return b.on(ctx, subject, b.n, func(ctx context.Context, p *plane) error {
		took, err := fill(ctx, p)
		if err != nil {
			return fmt.Errorf("%s: %w", subject, err)
		}
		say("%s: %.1f s", subject, took.Seconds())
		b.samples = append(b.samples, report.Sample{
			Row: report.Peers, Against: report.Ours, Subject: subject, Value: took.Seconds(), Base: measured.fill.Seconds(),
		})
		return nil
	})
}

// kubectlApply applies every child, without a status of any resource, and returns how long that took.
func (p *plane) kubectlApply(ctx context.Context, s *snapshot) (time.Duration, error) {
	if _, err := p.plain(ctx); err != nil { // for its rights
		return 0, err
	}
	kubeconfig, err := p.operatorKubeconfig(ctx)
	if err != nil {
		return 0, err
	}
	owners, err := p.owners(ctx)
	if err != nil {
		return 0, err
	}
	var manifests bytes.Buffer
	for _, child := range s.children {
		if err := json.NewEncoder(&manifests).Encode(adopted(child, owners).Object); err != nil {
			return 0, fmt.Errorf("write a manifest of %s: %w", child.GetName(), err)
		}
	}
	command := p.KubectlCommand(ctx, "--kubeconfig", kubeconfig, "apply", "--server-side", "--force-conflicts", "-f", "-")
	command.Stdin = &manifests
	began := time.Now()
	if output, err := command.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("kubectl apply: %w: %s", err, output[max(0, len(output)-2000):])
	}
	return time.Since(began), nil
}
