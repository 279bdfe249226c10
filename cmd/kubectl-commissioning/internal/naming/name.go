// Package naming turns the publication's titles into names: of objects, which never change once
// given, and for people.
package naming

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxName is the longest name that the API takes: names become namespaces and Services.
const maxName = 50

// Kind of organisation that is named.
type Kind struct {
	prefix   string   // for titles that make no name by themselves
	endings  []string // words at the end of titles that say what the organisation is
	inFull   []string // words at the end of titles that names abbreviate,
	short    string   // and how
	reserved func(name string) bool
}

var (
	// Consortium names become namespaces.
	Consortium = Kind{prefix: "nhs", endings: []string{"ccg", "icb"}, reserved: isReservedNamespace}
	// Locality names are unique within a consortium.
	Locality = Kind{prefix: "pcn", endings: []string{"pcn"}, reserved: func(name string) bool { return name == Unallocated }}
	// Provider names become namespaces. What the supplier is stays in the name, since units are
	// named after the places that consortia are named after: north-west-london-csu.
	Provider = Kind{prefix: "provider", endings: []string{"limited", "ltd", "plc"}, reserved: isReservedNamespace,
		inFull: []string{"commissioning", "support", "unit"}, short: "csu"}
)

// Unallocated is the name of the locality of the practices without a network.
const Unallocated = "unallocated"

// isReservedNamespace says which namespaces belong to the cluster and to common add-ons.
func isReservedNamespace(name string) bool {
	return name == "default" || strings.HasPrefix(name, "kube-") || strings.HasPrefix(name, "openshift") ||
		strings.HasSuffix(name, "-system") || name == "argocd" || name == "cert-manager" || name == "monitoring"
}

// Label turns a title into a label's value, such as "North East and Yorkshire" into
// north-east-and-yorkshire.
func Label(title string) string { return cut(strings.Join(words(title), "-"), 63) }

// Base is the name that a title asks for, such as tees-valley for "NHS Tees Valley CCG". It is
// empty for a title without a Latin letter or digit.
func (k Kind) Base(title, code string) string {
	parts := words(title)
	if len(parts) > 1 && parts[0] == "nhs" {
		parts = parts[1:]
	}
	// Titles of sub-ICB locations end in their code: "NHS North East London ICB - A3A8R".
	if last := len(parts) - 1; last > 0 && strings.EqualFold(parts[last], code) {
		parts = parts[:last]
	}
	name := strings.Join(k.shorten(parts), "-")
	if name != "" && (!isLetter(name[0]) || strings.HasPrefix(name, "kube-") || strings.HasPrefix(name, "openshift")) {
		name = k.prefix + "-" + name
	}
	return cut(name, maxName)
}

// shorten takes away, or abbreviates, the words at the end that say what the organisation is. One
// word stays.
func (k Kind) shorten(parts []string) []string {
	if last := len(parts) - 1; last > 0 && slices.Contains(k.endings, parts[last]) {
		parts = parts[:last]
	}
	if start := len(parts) - len(k.inFull); k.short != "" && start > 0 && slices.Equal(parts[start:], k.inFull) {
		parts = append(parts[:start], k.short)
	}
	return parts
}

// words of a title in lower case, without accents: letters and digits, "&" read as and.
func words(title string) []string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(title)) {
		switch {
		case r < unicode.MaxASCII && (isLetter(byte(r)) || isDigit(byte(r))):
			b.WriteRune(r)
		case r == '\'' || r == '\u2019' || unicode.Is(unicode.Mn, r): // St John's: st-johns
		case r == '&':
			b.WriteString(" and ")
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

// cut shortens a name, at the end of a word where one ends in the second half.
func cut(name string, limit int) string {
	if len(name) <= limit {
		return name
	}
	name = name[:limit+1]
	if end := strings.LastIndexByte(name, '-'); end > limit/2 {
		return name[:end]
	}
	return strings.TrimRight(name[:limit], "-")
}

// Allocate gives every organisation a name: the one that it has been given before, whatever its
// title says now; else the one that its title asks for; and where several ask for the same, or it
// is reserved or somebody's, that name with the organisation's code. Titles and given names go by
// code. No name in taken is given anew. Who is new never takes from who is not.
func (k Kind) Allocate(titles, given map[string]string, taken []string) map[string]string {
	used := map[string]bool{}
	for _, name := range taken {
		used[name] = true
	}
	names := map[string]string{}
	wanted := map[string][]string{}
	for _, code := range slices.Sorted(maps.Keys(titles)) {
		if name, found := given[code]; found {
			names[code], used[name] = name, true
			continue
		}
		base := k.Base(titles[code], code)
		wanted[base] = append(wanted[base], code)
	}
	for _, base := range slices.Sorted(maps.Keys(wanted)) {
		codes := wanted[base]
		if len(codes) == 1 && base != "" && !used[base] && !k.reserved(base) {
			names[codes[0]], used[base] = base, true
			continue
		}
		for _, code := range codes {
			name := k.withCode(base, code, used)
			names[code], used[name] = name, true
		}
	}
	return names
}

// withCode makes a name unique by the organisation's code. Another title may end in that very
// code: then a number follows.
func (k Kind) withCode(base, code string, used map[string]bool) string {
	suffix := "-" + strings.ToLower(code)
	for n := 2; ; n++ {
		stem := cut(base, maxName-len(suffix))
		if stem == "" {
			stem = k.prefix
		}
		if name := stem + suffix; !used[name] && !k.reserved(name) {
			return name
		}
		suffix = fmt.Sprintf("-%s-%d", strings.ToLower(code), n)
	}
}
