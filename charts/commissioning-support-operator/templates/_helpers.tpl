{{- /* Labels of every object of the chart. */}}
{{- define "commissioning.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: commissioning-support-operator
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{- /* Labels by which the operator's pods are found. */}}
{{- define "commissioning.selector" -}}
app.kubernetes.io/name: commissioning-operator
{{- end }}

{{- /* The operator's image. */}}
{{- define "commissioning.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}
