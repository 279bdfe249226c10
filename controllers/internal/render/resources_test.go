package render

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

func TestARequestAboveTheDefaultLimitGetsALimitOfItsOwn(t *testing.T) {
	tests := map[string]struct{ request, limit, want string }{
		"below the default, the namespace's limit holds": {request: "100m", want: "0"},
		"as much as the default":                         {request: "500m", want: "0"},
		"above the default":                              {request: "2", want: "2"},
		"above the default, with a limit that was given": {request: "2", limit: "4", want: "4"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			limits := corev1.ResourceList{}
			if tc.limit != "" {
				limits[corev1.ResourceCPU] = resource.MustParse(tc.limit)
			}
			raiseLimits(corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(tc.request)}, limits)
			if got := limits[corev1.ResourceCPU]; got.Cmp(resource.MustParse(tc.want)) != 0 {
				t.Errorf("the limit is %s, want %s", got.String(), tc.want)
			}
		})
	}
}
