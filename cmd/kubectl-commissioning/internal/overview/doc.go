// Package overview makes of the objects of the API what people want to know of them: who does each
// function, since when, whether it works, why, what happens next and what they can do. It reads
// status and conditions as they are, in the operator's words, and decides nothing anew.
//
// All of it is a pure function of the objects and of the day.
package overview
