package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
)

var (
	patientsOfAll = prometheus.NewDesc("commissioning_registered_patients",
		"Registered patients of all consortia.", nil, nil)
	functionsOfAll = prometheus.NewDesc("commissioning_consortia_functions",
		"Functions that the consortia ask for.", nil, nil)
	workingOfAll = prometheus.NewDesc("commissioning_consortia_functions_working",
		"Functions of the consortia that work.", nil, nil)

	ofConsortium   = []string{"consortium"}
	patientsOfOne  = prometheus.NewDesc("commissioning_consortium_registered_patients", "Registered patients of a consortium.", ofConsortium, nil)
	functionsOfOne = prometheus.NewDesc("commissioning_consortium_functions", "Functions that a consortium asks for.", ofConsortium, nil)
	workingOfOne   = prometheus.NewDesc("commissioning_consortium_functions_working", "Functions of a consortium that work.", ofConsortium, nil)
)

// country tells what the consortia add up to.
var country = family{
	descriptions: []*prometheus.Desc{patientsOfAll, functionsOfAll, workingOfAll},
	collect: func(standing Standing, s samples) {
		var patients int64
		var functions, working int32
		for i := range standing.Consortia {
			status := &standing.Consortia[i].Status
			patients += orZero(status.RegisteredPatients)
			functions += orZero(status.FunctionsTotal)
			working += orZero(status.FunctionsWorking)
		}
		s.gauge(patientsOfAll, float64(patients))
		s.gauge(functionsOfAll, float64(functions))
		s.gauge(workingOfAll, float64(working))
	},
}

// consortia tells of each, where that was asked for: there may be thousands.
var consortia = family{
	descriptions: []*prometheus.Desc{patientsOfOne, functionsOfOne, workingOfOne},
	collect: func(standing Standing, s samples) {
		for i := range standing.Consortia {
			name, status := standing.Consortia[i].Name, &standing.Consortia[i].Status
			if status.RegisteredPatients != nil {
				s.gauge(patientsOfOne, float64(*status.RegisteredPatients), name)
			}
			s.gauge(functionsOfOne, float64(orZero(status.FunctionsTotal)), name)
			s.gauge(workingOfOne, float64(orZero(status.FunctionsWorking)), name)
		}
	},
}

func orZero[N int32 | int64](n *N) N {
	if n == nil {
		return 0
	}
	return *n
}
