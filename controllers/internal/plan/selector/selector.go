// Package selector reads the API's label selectors.
package selector

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Matches says whether an object with these labels has all that the selector asks for. One that asks for
// nothing selects nobody, other than in Kubernetes itself: consent is given, not left out.
func Matches(s v1alpha1.LabelSelector, of map[string]string) bool {
	if len(s.MatchLabels) == 0 && len(s.MatchExpressions) == 0 {
		return false
	}
	asked := metav1.LabelSelector{MatchLabels: s.MatchLabels}
	for _, condition := range s.MatchExpressions {
		asked.MatchExpressions = append(asked.MatchExpressions, metav1.LabelSelectorRequirement{
			Key:      condition.Key,
			Operator: metav1.LabelSelectorOperator(condition.Operator),
			Values:   condition.Values,
		})
	}
	compiled, err := metav1.LabelSelectorAsSelector(&asked)
	return err == nil && compiled.Matches(labels.Set(of))
}
