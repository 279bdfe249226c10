package overview

import (
	"regexp"
	"strings"
	"unicode"
)

// end of a sentence: the next one begins.
var end = regexp.MustCompile(`\. (\p{Lu}|\p{Ll})`)

// sentences of a message. Names and texts that people gave may hold what looks like an end: they are
// kept whole. A small letter begins a sentence only where that is the name of the function.
func sentences(message, function string, given ...string) []string {
	var all []string
	for message != "" {
		cut := len(message)
		for _, found := range end.FindAllStringSubmatchIndex(message, -1) {
			isStart := strings.HasPrefix(message[found[2]:], function+" ") || unicode.IsUpper([]rune(message[found[2]:found[3]])[0])
			if isStart && !isWithin(found[0], message, given) {
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
