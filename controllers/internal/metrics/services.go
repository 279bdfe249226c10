package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

var (
	ofService        = []string{"provider", "service", "function"}
	serviceAvailable = prometheus.NewDesc("commissioning_service_available",
		"Whether a hosted service serves: 1 or 0; absent where that is not known.", ofService, nil)
	serviceConsortia = prometheus.NewDesc("commissioning_service_consortia",
		"Consortia that have a place at a hosted service, those included that failed over and will return.", ofService, nil)
	serviceConsortiaLeft = prometheus.NewDesc("commissioning_service_consortia_left",
		"For how many more consortia a hosted service has room; absent where there is no limit.", ofService, nil)
	serviceConsortiaWaiting = prometheus.NewDesc("commissioning_service_consortia_waiting",
		"Consortia that wait for room at a hosted service.", ofService, nil)
	servicePatients = prometheus.NewDesc("commissioning_service_patients",
		"Registered patients of the consortia that have a place at a hosted service.", ofService, nil)
	servicePatientsLeft = prometheus.NewDesc("commissioning_service_patients_left",
		"For how many more patients a hosted service has room; absent where there is no limit.", ofService, nil)
)

// services tells of what is hosted: whether it works, and for how many it has room.
var services = family{
	descriptions: []*prometheus.Desc{
		serviceAvailable, serviceConsortia, serviceConsortiaLeft, serviceConsortiaWaiting, servicePatients, servicePatientsLeft,
	},
	collect: func(standing Standing, s samples) {
		providers := map[string]string{}
		for _, provider := range standing.Providers {
			providers[provider.Status.Namespace] = provider.Name
		}
		for i := range standing.Services {
			service := &standing.Services[i]
			if provider, known := providers[service.Namespace]; known {
				collectService(service, s, provider, service.Name, string(service.Spec.Function))
			}
		}
	},
}

func collectService(service *v1alpha1.HostedService, s samples, labels ...string) {
	switch service.Status.Available {
	case v1alpha1.ServiceAvailable:
		s.gauge(serviceAvailable, 1, labels...)
	case v1alpha1.ServiceNotAvailable:
		s.gauge(serviceAvailable, 0, labels...)
	case v1alpha1.ServiceUnknown:
	}
	consortia, patients := service.Status.Consortia, service.Status.Patients
	for _, count := range []struct {
		of    *prometheus.Desc
		parts []*int64
	}{
		{serviceConsortia, []*int64{consortia.Served, consortia.Reserved}},
		{serviceConsortiaLeft, []*int64{consortia.Left}},
		{serviceConsortiaWaiting, []*int64{consortia.Waiting}},
		{servicePatients, []*int64{patients.Served, patients.Reserved}},
		{servicePatientsLeft, []*int64{patients.Left}},
	} {
		if sum, known := sumOf(count.parts); known {
			s.gauge(count.of, float64(sum), labels...)
		}
	}
}

// sumOf adds what is known; false where nothing is.
func sumOf(parts []*int64) (sum int64, known bool) {
	for _, part := range parts {
		if part != nil {
			sum, known = sum+*part, true
		}
	}
	return sum, known
}
