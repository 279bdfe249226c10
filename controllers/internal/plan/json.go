package plan

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// exactIntegers is the first whole number whose neighbours a float64 cannot all tell apart.
const exactIntegers = 1 << 53

// decodeJSON reads one JSON value, which path names in problems. It is stricter than encoding/json: a
// key given twice is a problem, and so is a number that 64 bits do not hold. Whole numbers become
// int64, so that they keep every digit; all others float64.
func decodeJSON(path string, raw []byte) (any, problems) {
	if !json.Valid(raw) {
		return nil, problems{{path, "is not valid JSON"}}
	}
	d := jsonDecoder{Decoder: json.NewDecoder(bytes.NewReader(raw))}
	d.UseNumber()
	return d.value(path), d.found
}

// encodeJSON writes the one canonical form of a value: keys sorted, nothing escaped that need not be,
// no white space. Equal values give equal bytes, so that a pod never rolls for a mere rearrangement.
func encodeJSON(value any) ([]byte, error) {
	var buffer bytes.Buffer
	e := json.NewEncoder(&buffer)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), nil
}

// jsonDecoder walks over input that is known to be valid: its tokens cannot fail.
type jsonDecoder struct {
	*json.Decoder
	found problems
}

func (d *jsonDecoder) next() json.Token {
	token, _ := d.Token()
	return token
}

func (d *jsonDecoder) value(path string) any {
	switch token := d.next().(type) {
	case json.Delim:
		if token == '{' {
			return d.object(path)
		}
		return d.array(path)
	case json.Number:
		return d.number(path, token.String())
	default:
		return token
	}
}

func (d *jsonDecoder) object(path string) any {
	object := map[string]any{}
	for d.More() {
		key, _ := d.next().(string)
		at := childPath(path, key)
		if _, twice := object[key]; twice {
			d.found = append(d.found, problem{at, "is given twice"})
		}
		object[key] = d.value(at)
	}
	d.next()
	return object
}

func (d *jsonDecoder) array(path string) any {
	array := []any{}
	for d.More() {
		array = append(array, d.value(elementPath(path, len(array))))
	}
	d.next()
	return array
}

func (d *jsonDecoder) number(path, literal string) any {
	if !strings.ContainsAny(literal, ".eE") {
		if n, err := strconv.ParseInt(literal, 10, 64); err == nil {
			return n
		}
	}
	f, err := strconv.ParseFloat(literal, 64)
	switch {
	case err != nil || math.Abs(f) >= math.MaxInt64:
		d.found = append(d.found, problem{path, "is too large a number: 64 bits do not hold it"})
		return int64(0)
	case f == math.Trunc(f) && math.Abs(f) < exactIntegers:
		return int64(f)
	}
	return f
}
