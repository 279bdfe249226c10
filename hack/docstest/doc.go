// Package docstest runs the documentation: every command and every manifest of README.md and docs/
// against a control plane on which `make demo` has run. docs/development.md says how a block is
// written.
package docstest
