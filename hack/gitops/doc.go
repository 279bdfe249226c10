// Package gitops proves docs/gitops.md: it lays out the repository that the page describes, and a control plane with
// the operator on it. The tests beside it apply, change and prune that repository with the engines of Flux and Argo CD,
// as libraries, and with kustomize-controller as it is; to compile that takes minutes, once. They are a module of their
// own, so that nothing else depends on an engine.
package gitops
