// Package publication reads the CSV files of an import: the monthly publication "Patients Registered
// at a GP Practice" as it is published (the map of practices to networks and commissioners, and the
// list sizes), the list of commissioning support units, and the spreadsheet of who serves whom.
// Column names and date formats of publications have changed over the years; all known editions are
// read. What cannot be understood is named by file, line and column.
package publication
