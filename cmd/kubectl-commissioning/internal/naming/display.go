package naming

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Display writes a title that was published in capitals as people would: "ST JOHN'S WOOD PCN"
// becomes "St John's Wood PCN". A title with any small letter is left as it is.
func Display(title string) string {
	if strings.ContainsFunc(title, unicode.IsLower) {
		return title
	}
	var b strings.Builder
	previous := ""
	for title != "" {
		between, rest := split(title, func(r rune) bool { return !isWord(r) })
		b.WriteString(between)
		word, rest := split(rest, func(r rune) bool { return isWord(r) || isApostrophe(r) })
		if word != "" {
			b.WriteString(displayWord(word, previous, b.String()))
		}
		previous, title = word, rest
	}
	return b.String()
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func isApostrophe(r rune) bool { return r == '\'' || r == '\u2019' }

// split cuts a text behind the characters that it begins with and that belong together.
func split(text string, together func(rune) bool) (head, tail string) {
	tail = strings.TrimLeftFunc(text, together)
	return text[:len(text)-len(tail)], tail
}

// Words that are written in their own way.
var (
	small    = strings.Fields("AND AT BY EN FOR IN LE NEXT OF ON OVER SUB THE TO UNDER UPON WITH")
	capitals = strings.Fields("ABC APMS BNSSG CCG CIC CSU GMS GP ICB ICP ICS II III IV IW LLP MK NE NEL NHS PCN PMS SE SW UEA UK")
	spoken   = strings.Fields("BLVD CNTR CTR CTRS DR DRS GRP GT HLTH HTH LTD LYNN MR MRS MT PTNR PTNRS PTRS RD ST")
)

// displayWord writes one word. What was written before it decides about small words: the first
// word of a title is never small, nor one behind an opening bracket or quote.
func displayWord(word, previous, before string) string {
	switch {
	case slices.Contains(capitals, word), isInitials(word, previous), isUnspoken(word):
		return word
	case slices.Contains(small, word) && before != "" && !strings.ContainsAny(before[len(before)-1:], "('\""):
		return strings.ToLower(word)
	case strings.ContainsFunc(word, unicode.IsDigit):
		return displayNumbered(word)
	default:
		return displayName(word)
	}
}

// isInitials recognises AP in "DR AP KUMAR".
func isInitials(word, previous string) bool {
	return (previous == "DR" || previous == "DRS") && len(word) <= 2
}

// isUnspoken recognises SWB and KWH, which nobody speaks as words.
func isUnspoken(word string) bool {
	return !strings.ContainsAny(word, "AEIOUY") && !slices.Contains(spoken, word) &&
		!strings.ContainsFunc(word, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) })
}

// displayNumbered writes a word with digits: 4TH as 4th and PRACTICE2 as Practice2, but roads and
// short names as they are (A31, GPA1).
func displayNumbered(word string) string {
	letters := strings.TrimLeftFunc(word, unicode.IsDigit)
	if slices.Contains([]string{"ST", "ND", "RD", "TH"}, letters) && letters != word {
		return strings.ToLower(word)
	}
	if end := strings.IndexFunc(word, unicode.IsDigit); end >= 6 {
		return capitalise(word)
	}
	return word
}

// displayName writes McMurray's, O'Connell and John's.
func displayName(word string) string {
	if rest, found := strings.CutPrefix(word, "MC"); found && len(rest) > 2 {
		return "Mc" + capitalise(rest)
	}
	for _, prefix := range []string{"O'", "O\u2019", "D'", "D\u2019"} {
		if rest, found := strings.CutPrefix(word, prefix); found && len(rest) > 2 {
			return prefix + capitalise(rest)
		}
	}
	return capitalise(word)
}

func capitalise(word string) string {
	_, first := utf8.DecodeRuneInString(word)
	return word[:first] + strings.ToLower(word[first:])
}
