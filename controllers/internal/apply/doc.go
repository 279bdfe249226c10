// Package apply is the only writer of children.
//
// It takes what was rendered, in steps, and makes it so, with as few requests as possible:
//
//  1. A child that the cache does not hold is created by POST, never applied over: nothing is
//     taken over. Where the name is taken by an object that is not ours, the child is blocked.
//  2. A child that is ours and equal costs no request.
//  3. A child that is ours and differs is mended by one PUT of the live object, with its
//     resourceVersion, on which what was rendered is laid. A conflict is tried once more, on a live
//     read.
//  4. What carries our mark and is no longer rendered is deleted, after every step stands, after a
//     live read, with preconditions on UID and resourceVersion.
//
// Equal means: every field rendered is so in the live object, and under the paths listed in
// exactPaths nothing more is. An empty label or annotation that is rendered means: must be absent.
//
// The writer remembers its last write of each child until the cache has caught up, so that a stale
// cache costs no second write. It also remembers what the server made of that write: where an
// admission plugin changes our children each time, the writer does not fight it.
//
// A record that decides who may have what, such as a ledger, is written by Record instead: over
// exactly the version that it was decided on, and never again on a conflict.
package apply
