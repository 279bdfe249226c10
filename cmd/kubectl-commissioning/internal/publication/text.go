package publication

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// decode turns a file's bytes into UTF-8. Some editions were saved by spreadsheets: with a byte
// order mark, or in Windows-1252.
func decode(data []byte) (string, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		return "", fmt.Errorf("the file is in UTF-16: save it as CSV in UTF-8")
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return "", fmt.Errorf("the file is neither UTF-8 nor Windows-1252: %w", err)
	}
	return string(text), nil
}

// clean trims a value and makes every run of blanks one space.
func clean(value string) string {
	return strings.Join(strings.Fields(value), " ")
}

// invisible returns the first character that nobody sees and that has no place in a name, nor in
// YAML: control and formatting characters, line separators, and what stands for undecodable bytes.
// A tab counts as a blank.
func invisible(value string) (rune, bool) {
	for _, r := range value {
		if r != '\t' && (r == utf8.RuneError || !unicode.IsGraphic(r)) {
			return r, true
		}
	}
	return 0, false
}

// tenDigits is what the API refuses in the names of practices: it may be an NHS number.
var tenDigits = regexp.MustCompile(`[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}`)

// nhsNumberForm is what an NHS number looks like in a text. The API uses the same form and digit.
var nhsNumberForm = regexp.MustCompile(`(\b|[^0-9])[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}(\b|[^0-9])`)

// holdsNHSNumber finds a ten-digit number whose last digit is the check digit of the others. Other
// numbers of ten digits pass: references of agreements have them.
func holdsNHSNumber(text string) bool {
	for _, found := range nhsNumberForm.FindAllString(text, -1) {
		sum, weight := 0, 10
		for _, r := range found {
			if '0' <= r && r <= '9' {
				sum += int(r-'0') * weight
				weight--
			}
		}
		if sum%11 == 0 {
			return true
		}
	}
	return false
}

// dateLayouts of the editions, newest habit first. Months are matched in any case.
var dateLayouts = []string{
	"2006-01-02", "02Jan2006", "02-Jan-06", "02-Jan-2006", "02Jan06", "02/01/2006", "2 January 2006", "20060102",
}

// parseDate reads a day in any of the editions' formats and returns it as year-month-day.
func parseDate(value string) (string, bool) {
	for _, layout := range dateLayouts {
		if day, err := time.Parse(layout, value); err == nil && day.Year() >= 2000 {
			return day.Format(time.DateOnly), true
		}
	}
	return "", false
}
