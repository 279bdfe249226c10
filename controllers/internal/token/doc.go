// Package token holds the rules of keys and tokens as pure functions: which key signs and which are
// published at an instant, and the token of an agreement. It has no client, no context, no clock and no
// log; who calls it passes the time in, and the source of randomness where a key is made.
//
// A token is a pure function of the key set, of what the agreement says, and of the period: the same
// bytes all day, so that writing it again is no change. Each agreement's day begins at an instant of its
// own, and its token is signed by the key that signed at that instant: a new key is taken up over 24
// hours, and never by all agreements in one minute.
package token
