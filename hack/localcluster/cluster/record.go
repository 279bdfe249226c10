package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// recordFile marks a folder as that of a cluster; only such a folder is ever removed.
const recordFile = "cluster.json"

// record is what is known about a cluster on disk. It is written before a process is started and
// after each start, so that whoever comes later can stop what is left.
type record struct {
	Name              string    `json:"name"`
	KubernetesVersion string    `json:"kubernetesVersion"`
	KubectlPath       string    `json:"kubectlPath"`
	Created           time.Time `json:"created"`
	Ready             bool      `json:"ready"`
	Nodes             int       `json:"nodes"`
	// ReadyWithin is the longest time that a pod takes to become ready.
	ReadyWithin time.Duration     `json:"readyWithin"`
	Components  []componentRecord `json:"components"`
}

// componentRecord is enough to recognise, stop and restart one process.
type componentRecord struct {
	Name string   `json:"name"`
	Path string   `json:"path"`
	Args []string `json:"args"`
	Port int      `json:"port,omitempty"`
	// Pid is 0 while the component is not running on purpose.
	Pid int `json:"pid,omitempty"`
	// Identity tells this process from a later one with the same id.
	Identity string `json:"identity,omitempty"`
}

func (r *record) component(name string) *componentRecord {
	for i := range r.Components {
		if r.Components[i].Name == name {
			return &r.Components[i]
		}
	}
	return nil
}

// readRecord returns nil when the folder holds no cluster.
func readRecord(folder string) (*record, error) {
	path := filepath.Join(folder, recordFile)
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the state of the cluster: %w", err)
	}
	r := &record{}
	if err := json.Unmarshal(content, r); err != nil {
		return nil, fmt.Errorf("reading %s (stop what still runs and remove the folder): %w", path, err)
	}
	return r, nil
}

// write replaces the record at once: a reader never sees half of it.
func (r *record) write(folder string) error {
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the state of the cluster: %w", err)
	}
	path := filepath.Join(folder, recordFile)
	if err := os.WriteFile(path+".new", append(content, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing the state of the cluster: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("writing the state of the cluster: %w", err)
	}
	return nil
}
