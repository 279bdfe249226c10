// Package publication reads the monthly publication "Patients Registered at a GP Practice" as it
// is published: the map of practices to networks and commissioners, and the list sizes. Column
// names and date formats have changed over the years; all known editions are read. What cannot be
// understood is named by file, line and column.
package publication
