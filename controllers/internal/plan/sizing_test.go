package plan_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

func TestBounds(t *testing.T) {
	tests := map[string]struct {
		sizing               v1alpha1.Sizing
		delivery             v1alpha1.Delivery
		wantLower, wantUpper int32
	}{
		"a member-only function runs 1 to 10 replicas by default": {
			delivery: v1alpha1.DeliveryMemberOnly, wantLower: 1, wantUpper: 10,
		},
		"a hosted function runs 2 to 40 replicas by default": {
			delivery: v1alpha1.DeliveryHosted, wantLower: 2, wantUpper: 40,
		},
		"both bounds given replace both defaults": {
			sizing:   v1alpha1.Sizing{MinReplicas: 3, MaxReplicas: 5},
			delivery: v1alpha1.DeliveryHosted, wantLower: 3, wantUpper: 5,
		},
		"a lower bound within the default leaves the upper alone": {
			sizing:   v1alpha1.Sizing{MinReplicas: 3},
			delivery: v1alpha1.DeliveryMemberOnly, wantLower: 3, wantUpper: 10,
		},
		"a lower bound above the default of the upper raises it": {
			sizing:   v1alpha1.Sizing{MinReplicas: 15},
			delivery: v1alpha1.DeliveryMemberOnly, wantLower: 15, wantUpper: 15,
		},
		"an upper bound below the default of the lower lowers it": {
			sizing:   v1alpha1.Sizing{MaxReplicas: 1},
			delivery: v1alpha1.DeliveryHosted, wantLower: 1, wantUpper: 1,
		},
		"bounds that cross, which the schema refuses, give the upper": {
			sizing:   v1alpha1.Sizing{MinReplicas: 9, MaxReplicas: 4},
			delivery: v1alpha1.DeliveryMemberOnly, wantLower: 4, wantUpper: 4,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			lower, upper := plan.Bounds(tc.sizing, tc.delivery)
			if lower != tc.wantLower || upper != tc.wantUpper {
				t.Errorf("Bounds() = %d, %d, want %d, %d", lower, upper, tc.wantLower, tc.wantUpper)
			}
		})
	}
}

func TestReplicas(t *testing.T) {
	tests := map[string]struct {
		patients int64
		current  int32
		want     int32
	}{
		"nobody registered gives the lower bound":                    {patients: 0, want: 1},
		"a full step gives one replica for each":                     {patients: 300_000, want: 3},
		"one patient more begins the next step":                      {patients: 300_001, want: 4},
		"it grows at once":                                           {patients: 300_001, current: 3, want: 4},
		"it does not shrink at the edge":                             {patients: 300_000, current: 4, want: 4},
		"it does not shrink less than 10 % below the edge":           {patients: 270_001, current: 4, want: 4},
		"it shrinks 10 % below the edge":                             {patients: 270_000, current: 4, want: 3},
		"it shrinks over several steps, to where 10 % are free":      {patients: 100_000, current: 9, want: 2},
		"it never grows to reach the 10 % that shrinking leaves":     {patients: 300_000, current: 3, want: 3},
		"it never runs more than the upper bound":                    {patients: 60_601_784, current: 3, want: 10},
		"a lowered upper bound takes effect whatever the patients":   {patients: 60_601_784, current: 40, want: 10},
		"more patients than there are atoms do not overflow":         {patients: math.MaxInt64, current: 1, want: 10},
		"fewer than none is none":                                    {patients: -5, want: 1},
		"a count of replicas below none is taken for no replica yet": {patients: 100_000, current: -3, want: 1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			sizing := v1alpha1.Sizing{PatientsPerReplica: 100_000}
			if got := plan.Replicas(sizing, v1alpha1.DeliveryMemberOnly, tc.patients, tc.current); got != tc.want {
				t.Errorf("Replicas(%d patients, %d now) = %d, want %d", tc.patients, tc.current, got, tc.want)
			}
		})
	}
}

func anySizing(t *rapid.T) (v1alpha1.Sizing, v1alpha1.Delivery) {
	bound := rapid.OneOf(rapid.Just[int32](0), rapid.Int32Range(1, 1000)) // 0: not given
	sizing := v1alpha1.Sizing{
		PatientsPerReplica: rapid.OneOf(rapid.Int32Range(1, 50), rapid.Int32Range(1, 100_000_000)).Draw(t, "patientsPerReplica"),
		MinReplicas:        bound.Draw(t, "minReplicas"),
		MaxReplicas:        bound.Draw(t, "maxReplicas"),
	}
	return sizing, rapid.SampledFrom([]v1alpha1.Delivery{v1alpha1.DeliveryMemberOnly, v1alpha1.DeliveryHosted}).Draw(t, "delivery")
}

// anyPatients draws populations of all sizes, many of them next to the edge of a step.
func anyPatients(t *rapid.T, s v1alpha1.Sizing, label string) int64 {
	edge := rapid.Custom(func(t *rapid.T) int64 {
		return int64(s.PatientsPerReplica)*rapid.Int64Range(0, 50).Draw(t, "step") + rapid.Int64Range(-2, 2).Draw(t, "beside")
	})
	return rapid.OneOf(edge, rapid.Int64Range(0, 100_000_000), rapid.Int64()).Draw(t, label)
}

func TestReplicasProperties(t *testing.T) {
	anyCurrent := rapid.Int32Range(0, 1100)
	tests := map[string]func(*rapid.T){
		"never outside the bounds": func(t *rapid.T) {
			s, d := anySizing(t)
			lower, upper := plan.Bounds(s, d)
			got := plan.Replicas(s, d, anyPatients(t, s, "patients"), anyCurrent.Draw(t, "current"))
			if got < lower || got > upper || lower < 1 {
				t.Fatalf("%d replicas, bounds %d to %d", got, lower, upper)
			}
		},
		"more patients never give fewer replicas": func(t *rapid.T) {
			s, d := anySizing(t)
			a, b := anyPatients(t, s, "a"), anyPatients(t, s, "b")
			current := anyCurrent.Draw(t, "current")
			few, many := plan.Replicas(s, d, min(a, b), current), plan.Replicas(s, d, max(a, b), current)
			if few > many {
				t.Fatalf("%d replicas for the fewer, %d for the more", few, many)
			}
		},
		"deciding again changes nothing": func(t *rapid.T) {
			s, d := anySizing(t)
			patients := anyPatients(t, s, "patients")
			once := plan.Replicas(s, d, patients, anyCurrent.Draw(t, "current"))
			if twice := plan.Replicas(s, d, patients, once); twice != once {
				t.Fatalf("first %d, then %d", once, twice)
			}
		},
		"enough for everybody, up to the upper bound": func(t *rapid.T) {
			s, d := anySizing(t)
			_, upper := plan.Bounds(s, d)
			patients := rapid.Int64Range(0, 100_000_000).Draw(t, "patients")
			got := plan.Replicas(s, d, patients, anyCurrent.Draw(t, "current"))
			if got < upper && int64(got)*int64(s.PatientsPerReplica) < patients {
				t.Fatalf("%d replicas do not serve %d patients", got, patients)
			}
		},
		"one patient who comes and goes moves the replicas once at most": func(t *rapid.T) {
			s, d := anySizing(t)
			patients := anyPatients(t, s, "patients")
			current := plan.Replicas(s, d, patients, anyCurrent.Draw(t, "current"))
			moves := 0
			for i := range 6 {
				now := min(patients, math.MaxInt64-1) + int64(1-i%2)
				next := plan.Replicas(s, d, now, current)
				if next != current {
					moves++
				}
				current = next
			}
			if moves > 1 {
				t.Fatalf("the replicas moved %d times", moves)
			}
		},
	}
	for name, property := range tests {
		t.Run(name, rapid.MakeCheck(property))
	}
}

func TestR05_AvailableIsHalfRoundedUp(t *testing.T) {
	tests := map[string]struct {
		desired, available int32
		want               bool
	}{
		"the only replica serves":           {desired: 1, available: 1, want: true},
		"the only replica does not":         {desired: 1, available: 0},
		"one of two is half":                {desired: 2, available: 1, want: true},
		"one of three is less than half":    {desired: 3, available: 1},
		"two of three is half, rounded up":  {desired: 3, available: 2, want: true},
		"none asked for and none there":     {desired: 0, available: 0},
		"more than asked for":               {desired: 2, available: 4, want: true},
		"the largest number does not wrap":  {desired: math.MaxInt32, available: math.MaxInt32 / 2},
		"half of the largest is that and 1": {desired: math.MaxInt32, available: math.MaxInt32/2 + 1, want: true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := plan.IsAvailable(tc.desired, tc.available); got != tc.want {
				t.Errorf("IsAvailable(%d, %d) = %t, want %t", tc.desired, tc.available, got, tc.want)
			}
		})
	}
}

func TestR05_GrowthIsNoOutage(t *testing.T) {
	tests := map[string]struct{ desired, available, before, want int32 }{
		"as large as before":                         {desired: 4, available: 4, before: 2, want: 2},
		"it grows, and serves as before":             {desired: 40, available: 4, before: 2, want: 2},
		"it grows, and has half of what it grows to": {desired: 40, available: 20, before: 2, want: 20},
		"it grows, and fails meanwhile":              {desired: 40, available: 1, before: 2, want: 20},
		"it was not available: all of the new half":  {desired: 40, available: 4, before: 0, want: 20},
		"it shrinks": {desired: 2, available: 2, before: 20, want: 1},
		"the least":  {desired: 1, available: 0, before: 0, want: 1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := plan.NeededWhileGrowing(tc.desired, tc.available, tc.before); got != tc.want {
				t.Errorf("%d replicas are needed, want %d", got, tc.want)
			}
		})
	}
}
