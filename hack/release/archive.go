package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"time"
)

// file goes into an archive.
type file struct {
	// from is where it is; or content is what it holds.
	from    string
	content []byte
	name    string
	mode    int64
}

// pack writes a compressed archive.
func (r *release) pack(path string, files []file) error {
	content := &bytes.Buffer{}
	packed, err := gzip.NewWriterLevel(content, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("compress: %w", err)
	}
	if err := writeTar(packed, files, r.at); err != nil {
		return err
	}
	if err := packed.Close(); err != nil {
		return fmt.Errorf("compress: %w", err)
	}
	return write(path, content.Bytes())
}

// writeTar writes an archive in which nothing depends on who made it, and when.
func writeTar(to io.Writer, files []file, at time.Time) error {
	archive := tar.NewWriter(to)
	for _, f := range files {
		content := f.content
		if f.from != "" {
			var err error
			if content, err = os.ReadFile(f.from); err != nil {
				return fmt.Errorf("pack: %w", err)
			}
		}
		header := &tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(content)), ModTime: at, Typeflag: tar.TypeReg, Format: tar.FormatPAX}
		if err := archive.WriteHeader(header); err != nil {
			return fmt.Errorf("pack %s: %w", f.name, err)
		}
		if _, err := archive.Write(content); err != nil {
			return fmt.Errorf("pack %s: %w", f.name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	return nil
}

func write(path string, content []byte) error {
	if err := os.WriteFile(path, content, 0o644); err != nil { //nolint:gosec // it is published
		return fmt.Errorf("write: %w", err)
	}
	return nil
}
