package text

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Thousands formats a number with commas as thousands separators: 21,000.
func Thousands[T int | int64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Count returns a number and a noun, which gets an s unless n is 1: "1 run" or "2 runs".
func Count[T int | int64](n T, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Thousands(n) + " " + noun + "s"
}

// List joins items with commas. If there are more than most items, it shows the first most and the number of the
// others.
func List(items []string, most int) string {
	if n := len(items) - most; n > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(items[:most], ", "), n)
	}
	return strings.Join(items, ", ")
}

var plainWord = regexp.MustCompile(`^[a-zA-Z0-9_./:,@%+-]+$`)

// ShellQuote returns s quoted, if necessary, so that a shell reads it as one word.
func ShellQuote(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Stdin is the path that stands for a file that was read from standard input.
const Stdin = "standard input"

// FileArg returns the path of a file as one word of a command line that is not mistaken for a flag. Stdin becomes "-".
func FileArg(path string) string {
	switch {
	case path == Stdin:
		return "-"
	case strings.HasPrefix(path, "-"):
		path = "./" + path
	}
	return ShellQuote(path)
}
