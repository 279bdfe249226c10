// Package plan holds the rules of the operator as pure functions: from plain data to plain data,
// without a client, a context, a clock, a random number or a log. Each rule lives in exactly one
// function here; reconcilers, renderers and messages call it.
package plan
