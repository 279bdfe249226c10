// Package contract is a hosted function that does nothing but keep the contract of
// docs/function-contract.md: it tells each caller whom it takes the caller for.
//
// What judge.go holds is the contract from top to bottom; the rest is files and HTTP. Files are read for
// each request: they are small, and what was refreshed counts at once. Whoever keeps them in memory
// instead must look for changes, as they are replaced while the pod runs.
package contract
