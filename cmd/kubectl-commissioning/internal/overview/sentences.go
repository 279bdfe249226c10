package overview

import (
	"regexp"
	"strings"
)

// end of a sentence: the next begins with a capital.
var end = regexp.MustCompile(`\. \p{Lu}`)

// sentences of a message. Names and texts that people gave may hold what looks like an end: they are
// kept whole.
func sentences(message string, given ...string) []string {
	var all []string
	for message != "" {
		cut := len(message)
		for _, found := range end.FindAllStringIndex(message, -1) {
			if !isWithin(found[0], message, given) {
				cut = found[0] + 1
				break
			}
		}
		all = append(all, message[:cut])
		message = strings.TrimPrefix(message[cut:], " ")
	}
	return all
}

// isWithin says whether the place lies within one of the given texts.
func isWithin(place int, message string, given []string) bool {
	for _, text := range given {
		for from := 0; text != ""; {
			found := strings.Index(message[from:], text)
			if found < 0 || from+found > place {
				break
			}
			if place < from+found+len(text)-1 {
				return true
			}
			from += found + len(text)
		}
	}
	return false
}
