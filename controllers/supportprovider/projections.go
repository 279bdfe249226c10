package supportprovider

import "github.com/commissioning-support/operator/api/v1alpha1"

// What a SupportProvider reads of other objects: it is woken when one of these changes.

// identity is what makes two SupportProviders rivals.
func identity(p *v1alpha1.SupportProvider) bool { return p.DeletionTimestamp.IsZero() }

// presence is what makes a Consortium a rival for a namespace.
func presence(c *v1alpha1.Consortium) bool { return c.DeletionTimestamp.IsZero() }

// existence of a service is all that counts: whom it serves stands in its ledger.
func existence(*v1alpha1.HostedService) struct{} { return struct{}{} }
