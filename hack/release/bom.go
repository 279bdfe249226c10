package main

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// bom writes what is in a program, as the program itself says it: in CycloneDX 1.6
// (https://cyclonedx.org/docs/1.6/json/).
func (r *release) bom(program, path string) error {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return fmt.Errorf("read what is in %s: %w", program, err)
	}
	components := []cdx.Component{component(debug.Module{Path: "std", Version: "v" + strings.TrimPrefix(info.GoVersion, "go")})}
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		components = append(components, component(*module))
	}
	made := cdx.NewBOM()
	made.Metadata = &cdx.Metadata{
		Timestamp: r.at.Format(time.RFC3339),
		Component: &cdx.Component{Type: cdx.ComponentTypeApplication, Name: info.Path, Version: r.version},
	}
	made.Components = &components
	content := &bytes.Buffer{}
	encoder := cdx.NewBOMEncoder(content, cdx.BOMFileFormatJSON)
	encoder.SetPretty(true)
	if err := encoder.EncodeVersion(made, cdx.SpecVersion1_6); err != nil {
		return fmt.Errorf("write what is in %s: %w", program, err)
	}
	return write(path, content.Bytes())
}

// component is a module, by its package URL (https://github.com/package-url/purl-spec).
func component(module debug.Module) cdx.Component {
	url := "pkg:golang/" + module.Path + "@" + module.Version
	return cdx.Component{Type: cdx.ComponentTypeLibrary, BOMRef: url, Name: module.Path, Version: module.Version, PackageURL: url}
}
