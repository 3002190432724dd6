package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// linkedModules returns the modules that the program links on any platform for which it is released: the folder of
// each, by module path.
func linkedModules(t *testing.T) map[string]string {
	t.Helper()
	modules := map[string]string{}
	for _, system := range []string{"linux", "darwin", "windows"} {
		const format = "{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}"
		cmd := exec.Command("go", "list", "-deps", "-f", format, ".")
		cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		out, err := cmd.Output()
		require.NoError(t, err)
		for line := range strings.Lines(string(out)) {
			if path, folder, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
				modules[path] = folder
			}
		}
	}
	require.Greater(t, len(modules), 50)
	return modules
}

// licenceFile matches the names of files whose texts a distribution must contain.
var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)

// knownLicences lists the licences that permit to distribute a program together with their texts. Each has its SPDX
// identifier and a pattern that its text matches. The first match counts.
var knownLicences = []struct {
	name string
	says *regexp.Regexp
}{
	{"Apache-2.0", regexp.MustCompile(`Apache License,? Version 2\.0`)},
	{"MIT", regexp.MustCompile(`Permission is hereby granted, free of charge, to any person obtaining a copy`)},
	{"MPL-2.0", regexp.MustCompile(`Mozilla Public License,? [Vv]ersion 2\.0`)},
	{"ISC", regexp.MustCompile(`Permission to use, copy, modify, and(/or)? distribute this software for any`)},
	{"BSD-3-Clause", regexp.MustCompile(`Redistribution and use in source and binary.*([Nn]either the|The) names? of`)},
	{"BSD-2-Clause", regexp.MustCompile(`Redistribution and use in source and binary forms`)},
}

// licences returns the texts of a module's licence files, by file name, and the SPDX identifiers of the known licences
// among them.
func licences(t *testing.T, folder string) (texts map[string]string, names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	texts = map[string]string{}
	for _, entry := range entries {
		if entry.IsDir() || !licenceFile.MatchString(entry.Name()) || strings.HasSuffix(entry.Name(), ".go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		require.NoError(t, err)
		texts[entry.Name()] = strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n"))
		for _, known := range knownLicences {
			if known.says.MatchString(strings.Join(strings.Fields(string(text)), " ")) {
				names = append(names, known.name)
				break
			}
		}
	}
	slices.Sort(names)
	return texts, slices.Compact(names)
}

// NOTICE has the licence of every module that the program links. make notice writes the file.
func TestNotice(t *testing.T) {
	modules := linkedModules(t)
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	modules["Go's standard library"] = strings.TrimSpace(string(goroot))
	holders := map[[32]byte][]string{} // module path and file name, by hash of the text
	of := map[[32]byte]string{}
	var list bytes.Buffer
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		texts, names := licences(t, modules[path])
		require.NotEmpty(t, names, "%s has no licence of knownLicences; add one that permits distribution", path)
		fmt.Fprintf(&list, "- %s: %s\n", path, strings.Join(names, ", "))
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			sum := sha256.Sum256([]byte(texts[name]))
			holders[sum] = append(holders[sum], path+", "+name)
			of[sum] = texts[name]
		}
	}
	sums := slices.SortedFunc(maps.Keys(of), func(a, b [32]byte) int {
		return strings.Compare(holders[a][0], holders[b][0])
	})
	var b strings.Builder
	fmt.Fprintf(&b, "notifysim\nCopyright The notifysim authors. Licensed under the Apache License 2.0, see LICENSE.\n\n"+
		"Its program links the following, under licences whose texts follow. make notice writes this file.\n\n%s", &list)
	for _, sum := range sums {
		fmt.Fprintf(&b, "\n%s\n%s\n%s\n\n%s\n", strings.Repeat("=", 80), strings.Join(holders[sum], "\n"),
			strings.Repeat("-", 80), of[sum])
	}
	if *update {
		require.NoError(t, os.WriteFile("../../NOTICE", []byte(b.String()), 0o644))
	}
	if diff := cmp.Diff(readRoot(t, "NOTICE"), b.String()); diff != "" {
		t.Errorf("NOTICE does not list the linked modules; run make notice (-want +got):\n%s", diff)
	}
}
