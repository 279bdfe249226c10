package plan_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/controllers/internal/plan"
)

const referralSchema = `{
  "type": "object",
  "properties": {
    "retentionMonths": {"type": "integer", "minimum": 1, "maximum": 120, "default": 36},
    "peerReview": {"type": "boolean"},
    "note": {"type": "string", "maxLength": 40},
    "mode": {"type": "string", "enum": ["Strict", "Lenient"]},
    "weight": {"type": "number", "multipleOf": 0.5},
    "limit": {"x-kubernetes-int-or-string": true},
    "reviewedOn": {"type": "string", "format": "date"},
    "specialties": {"type": "array", "maxItems": 3, "x-kubernetes-list-type": "set", "items": {"type": "string", "minLength": 1}},
    "triage": {
      "type": "object", "required": ["by"],
      "properties": {"by": {"type": "string"}, "days": {"type": "integer", "default": 2}}
    },
    "labels": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}},
    "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
    "paused": {"type": "boolean", "nullable": true}
  }
}`

func TestResolve(t *testing.T) {
	const small = `{"type":"object","properties":{"peerReview":{"type":"boolean"},"retentionMonths":{"type":"integer","minimum":1}}}`
	tests := map[string]struct {
		schema, given string
		want, wantErr string
	}{
		"nothing given, nothing to give":     {want: `{}`},
		"null given":                         {given: `null`, want: `{}`},
		"nothing given, with defaults":       {schema: referralSchema, want: `{"retentionMonths":36}`},
		"what is given replaces the default": {schema: referralSchema, given: `{"retentionMonths":12}`, want: `{"retentionMonths":12}`},
		"null leaves the default":            {schema: referralSchema, given: `{"retentionMonths":null,"note":null}`, want: `{"retentionMonths":36}`},
		"null where null is a value":         {schema: referralSchema, given: `{"paused":null}`, want: `{"paused":null,"retentionMonths":36}`},
		"a default within what is given": {
			schema: referralSchema, given: `{"triage":{"by":"GP"}}`, want: `{"retentionMonths":36,"triage":{"by":"GP","days":2}}`,
		},
		"keys are sorted, white space goes and nothing is escaped that need not be": {
			schema: referralSchema, given: "{ \"note\" : \"<R&D> \\u00e9\",\n\"labels\" : {\"b\":\"2\", \"a\":\"1\"} }",
			want: `{"labels":{"a":"1","b":"2"},"note":"<R&D> é","retentionMonths":36}`,
		},
		"any key where the schema allows any": {
			schema: referralSchema, given: `{"free":{"a":{"b":[null,{"c":1}]}}}`, want: `{"free":{"a":{"b":[null,{"c":1}]}},"retentionMonths":36}`,
		},
		"whole numbers keep every digit": {
			schema: `{"type":"object","x-kubernetes-preserve-unknown-fields":true}`,
			given:  `{"a":9007199254740993,"b":-9223372036854775808,"c":9223372036854775807,"d":12.0,"e":1e2,"f":0.1,"g":-0.0}`,
			want:   `{"a":9007199254740993,"b":-9223372036854775808,"c":9223372036854775807,"d":12,"e":100,"f":0.1,"g":0}`,
		},
		"a schema without keys lets nothing in": {
			given: `{"color":"red"}`, wantErr: `parameters.color: is not a parameter of this function; it has none`,
		},
		"a key that is not known": {
			schema: small, given: `{"color":"red"}`,
			wantErr: `parameters.color: is not a parameter of this function; it has: peerReview, retentionMonths`,
		},
		"of many keys the first ten are named": {
			schema: referralSchema, given: `{"color":"red"}`,
			wantErr: `parameters.color: is not a parameter of this function; it has: free, labels, limit, mode, note, paused, peerReview, retentionMonths, reviewedOn, specialties and 2 more`,
		},
		"a key within that is not known": {
			schema: referralSchema, given: `{"triage":{"by":"GP","hours":1}}`,
			wantErr: `parameters.triage.hours: is not known; parameters.triage has: by, days`,
		},
		"too small":             {schema: small, given: `{"retentionMonths":0}`, wantErr: `parameters.retentionMonths: must be at least 1, is 0`},
		"too large":             {schema: referralSchema, given: `{"retentionMonths":121}`, wantErr: `parameters.retentionMonths: must be at most 120, is 121`},
		"a text for a number":   {schema: small, given: `{"retentionMonths":"12"}`, wantErr: `parameters.retentionMonths: must be of type integer, is of type string`},
		"a decimal for a whole": {schema: small, given: `{"retentionMonths":1.5}`, wantErr: `parameters.retentionMonths: must be of type integer, is of type number`},
		"an object for a text":  {schema: referralSchema, given: `{"note":{"a":1}}`, wantErr: `parameters.note: must be of type string, is of type object`},
		"not one of the values": {schema: referralSchema, given: `{"mode":"strict"}`, wantErr: `parameters.mode: must be one of "Strict", "Lenient", is "strict"`},
		"not a multiple":        {schema: referralSchema, given: `{"weight":0.7}`, wantErr: `parameters.weight: must be a multiple of 0.5, is 0.7`},
		"neither number nor text": {
			schema: referralSchema, given: `{"limit":true}`, wantErr: `parameters.limit: must be of type integer or string, is of type boolean`,
		},
		"not a day":              {schema: referralSchema, given: `{"reviewedOn":"yesterday"}`, wantErr: `parameters.reviewedOn: must be of type date, is "yesterday"`},
		"a required key missing": {schema: referralSchema, given: `{"triage":{}}`, wantErr: `parameters.triage.by: is required`},
		"too long": {
			schema: referralSchema, given: `{"note":"` + strings.Repeat("x", 41) + `"}`, wantErr: `parameters.note: must be at most 40 characters long`,
		},
		"too short":     {schema: referralSchema, given: `{"specialties":[""]}`, wantErr: `parameters.specialties[0]: must be at least 1 character long, is ""`},
		"too many":      {schema: referralSchema, given: `{"specialties":["a","b","c","d"]}`, wantErr: `parameters.specialties: must have at most 3 items, has 4`},
		"an item twice": {schema: referralSchema, given: `{"specialties":["a","a"]}`, wantErr: `parameters.specialties[1]: is given twice`},
		"too few keys":  {schema: referralSchema, given: `{"labels":{}}`, wantErr: `parameters.labels: must have at least 1 key, has 0`},
		"a long value is not repeated whole": {
			schema: referralSchema, given: `{"mode":"` + strings.Repeat("x", 100) + `"}`,
			wantErr: `parameters.mode: must be one of "Strict", "Lenient", is "` + strings.Repeat("x", 64) + `…"`,
		},
		"neither of two forms": {
			schema:  `{"type":"object","anyOf":[{"required":["a"]},{"required":["b"]}],"properties":{"a":{"type":"string"},"b":{"type":"string"}}}`,
			wantErr: `parameters: must validate at least one schema (anyOf); parameters.a: is required`,
		},
		"the form that must not be": {
			schema: withProperty(`{"type":"integer","not":{"enum":[3]}}`), given: `{"retentionMonths":3}`,
			wantErr: `parameters.retentionMonths: must not validate the schema (not)`,
		},
		"beyond 32 bits where 32 are asked for": {
			schema: withProperty(`{"type":"integer","format":"int32"}`), given: `{"retentionMonths":99999999999}`,
			wantErr: `parameters.retentionMonths: must be of type integer with format int32`,
		},
		"several things wrong, in order, the first five and the count": {
			schema: referralSchema, given: `{"retentionMonths":0,"mode":1,"zebra":1,"alpha":1,"note":1,"weight":"x","peerReview":0}`,
			wantErr: `parameters.alpha: is not a parameter of this function; it has: free, labels, limit, mode, note, paused, peerReview, retentionMonths, reviewedOn, specialties and 2 more; ` +
				`parameters.mode: must be of type string, is of type integer; ` +
				`parameters.mode: must be one of "Strict", "Lenient", is 1; ` +
				`parameters.note: must be of type string, is of type integer; ` +
				`parameters.peerReview: must be of type boolean, is of type integer; and 3 more`,
		},
		"not JSON":    {schema: small, given: `{`, wantErr: `parameters: is not valid JSON`},
		"two values":  {schema: small, given: `{} {}`, wantErr: `parameters: is not valid JSON`},
		"a list":      {schema: small, given: `[]`, wantErr: `parameters: must be an object`},
		"a text":      {schema: small, given: `"peerReview"`, wantErr: `parameters: must be an object`},
		"a key twice": {schema: small, given: `{"peerReview":true,"peerReview":false}`, wantErr: `parameters.peerReview: is given twice`},
		"a key twice within": {
			schema: referralSchema, given: `{"free":{"a":[{"b":1,"b":1}]}}`, wantErr: `parameters.free.a[0].b: is given twice`,
		},
		"a number beyond 64 bits": {schema: small, given: `{"retentionMonths":9223372036854775808}`, wantErr: `parameters.retentionMonths: is too large a number: 64 bits do not hold it`},
		"a number beyond measure": {schema: small, given: `{"retentionMonths":1e999}`, wantErr: `parameters.retentionMonths: is too large a number: 64 bits do not hold it`},
		"more than 64 KiB": {
			schema: referralSchema, given: `{"free":{"a":"` + strings.Repeat("x", 64<<10) + `"}}`,
			wantErr: `parameters: must be at most 64 KiB; is 65553 bytes`,
		},
		"more than 64 KiB with the defaults": {
			schema:  `{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"d":{"type":"string","default":"` + strings.Repeat("y", 1000) + `"}}}`,
			given:   `{"a":"` + strings.Repeat("x", 65000) + `"}`,
			wantErr: `parameters: must be at most 64 KiB with the defaults; is 66015 bytes`,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			schema, err := plan.CompileSchema([]byte(tc.schema))
			if err != nil {
				t.Fatal(err)
			}
			got, err := schema.Resolve([]byte(tc.given))
			if diff := cmp.Diff(tc.wantErr, message(err)); diff != "" {
				t.Errorf("the error differs (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.want, string(got)); diff != "" {
				t.Errorf("the parameters differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestR14_ParametersWithNHSNumbersAreRefused(t *testing.T) {
	const advice = `holds an NHS number; delete it from the object and from the repository that holds it`
	tests := map[string]struct {
		given, want string
	}{
		"a text":                              {given: `{"note":"see 999 000 0018"}`, want: `parameters.note: ` + advice},
		"a number":                            {given: `{"retentionMonths":9990000018}`, want: `parameters.retentionMonths: ` + advice},
		"an item":                             {given: `{"specialties":["a","9990000018"]}`, want: `parameters.specialties[1]: ` + advice},
		"where the schema allows anything":    {given: `{"free":{"a":[{"b":"9990000018"}]}}`, want: `parameters.free.a[0].b: ` + advice},
		"where nothing is known":              {given: `{"color":"9990000018"}`, want: `parameters.color: ` + advice},
		"a key":                               {given: `{"labels":{"9990000018":"x"}}`, want: `parameters.labels: has a key that ` + advice},
		"a key at the root":                   {given: `{"9990000018":"x"}`, want: `parameters: has a key that ` + advice},
		"a key with something wrong below it": {given: `{"9990000018":{"a":1,"a":2}}`, want: `parameters.(an NHS number).a: is given twice`},
		"it is all that is said, though other things are wrong": {
			given: `{"retentionMonths":0,"note":"9990000018","color":1}`, want: `parameters.note: ` + advice,
		},
		"a number below nought is a number":             {given: `{"retentionMonths":-9990000018}`, want: `parameters.retentionMonths: must be at least 1, is -9990000018`},
		"a number with a wrong check digit is a number": {given: `{"retentionMonths":9990000019}`, want: `parameters.retentionMonths: must be at most 120, is 9990000019`},
	}
	schema, err := plan.CompileSchema([]byte(referralSchema))
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := schema.Resolve([]byte(tc.given))
			if diff := cmp.Diff(tc.want, message(err)); diff != "" {
				t.Errorf("the error differs (-want +got):\n%s", diff)
			}
		})
	}
}

// anyJSON draws values of few levels, without numbers of ten digits: one in eleven is an NHS number.
func anyJSON(levels int) *rapid.Generator[any] {
	scalars := rapid.OneOf(
		rapid.Int64Range(-1e8, 1e8).AsAny(), rapid.Int64Min(1e10).AsAny(), rapid.Float64Range(-1e6, 1e6).AsAny(), rapid.StringMatching(`[a-z<>&é"]{0,4}`).AsAny(), rapid.Bool().AsAny(),
		rapid.Just[any](nil),
	)
	if levels == 0 {
		return scalars
	}
	below := anyJSON(levels - 1)
	return rapid.OneOf(scalars, rapid.SliceOfN(below, 0, 3).AsAny(), rapid.MapOfN(rapid.StringMatching(`[a-d]`), below, 0, 3).AsAny())
}

func TestResolveProperties(t *testing.T) {
	free, err := plan.CompileSchema([]byte(`{"type":"object","x-kubernetes-preserve-unknown-fields":true,
		"properties":{"a":{"type":"object","default":{},"x-kubernetes-preserve-unknown-fields":true,"properties":{"b":{"type":"integer","default":7}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]func(*rapid.T){
		"resolving again changes nothing, and the order of keys does not matter": func(t *rapid.T) {
			object := rapid.MapOfN(rapid.StringMatching(`[a-d]`), anyJSON(3), 0, 4).Draw(t, "object")
			given, err := json.MarshalIndent(object, " ", "\t")
			if err != nil {
				t.Fatal(err)
			}
			once, err := free.Resolve(given)
			if err != nil {
				return
			}
			twice, err := free.Resolve(once)
			if err != nil || !bytes.Equal(once, twice) {
				t.Fatalf("first %s, then %s, %v", once, twice, err)
			}
		},
		"nothing that is given is lost": func(t *rapid.T) {
			object := rapid.MapOfN(rapid.StringMatching(`[e-h]`), anyJSON(3), 0, 4).Draw(t, "object")
			given, err := json.Marshal(object)
			if err != nil {
				t.Fatal(err)
			}
			resolved, err := free.Resolve(given)
			if err != nil {
				t.Fatal(err)
			}
			var want, got map[string]any
			if json.Unmarshal(given, &want) != nil || json.Unmarshal(resolved, &got) != nil {
				t.Fatalf("%s or %s is not JSON", given, resolved)
			}
			want["a"] = map[string]any{"b": float64(7)}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("(-given +resolved):\n%s", diff)
			}
		},
	}
	for name, property := range tests {
		t.Run(name, rapid.MakeCheck(property))
	}
}

func TestOneSchemaServesManyAtOnce(t *testing.T) {
	schema, err := plan.CompileSchema([]byte(referralSchema))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				if got, err := schema.Resolve([]byte(`{"triage":{"by":"GP"}}`)); string(got) != `{"retentionMonths":36,"triage":{"by":"GP","days":2}}` {
					t.Errorf("Resolve() = %s, %v", got, err)
				}
			}
		})
	}
	all.Wait()
}

func FuzzParameters(f *testing.F) {
	for _, schema := range []string{``, `{}`, referralSchema, nested(8), `{"type":"object","additionalProperties":{"type":"array","items":{"type":"number"}}}`} {
		for _, given := range []string{``, `null`, `{"a":[1,2.5,null]}`, `{"triage":{"by":"GP"},"note":"9990000018"}`, `{"p":{"p":{}}}`} {
			f.Add([]byte(schema), []byte(given))
		}
	}
	f.Fuzz(func(t *testing.T, rawSchema, given []byte) {
		schema, err := plan.CompileSchema(rawSchema)
		if err != nil {
			return
		}
		resolved, err := schema.Resolve(given)
		if err != nil {
			return
		}
		if again, err := schema.Resolve(resolved); err != nil || !bytes.Equal(again, resolved) {
			t.Fatalf("schema %s: %s resolves to %s, and that to %s, %v", rawSchema, given, resolved, again, err)
		}
	})
}
