package server

import "encoding/json"

// countElements returns the number of elements of the JSON array in body; for any other text, some number.
func countElements(body []byte) int {
	depth, n := 0, 0
	expectElement := true // at the start of an array or after a comma
	for i := 0; i < len(body); i++ {
		switch c := body[i]; c {
		case ' ', '\t', '\n', '\r':
			continue
		case ']', '}':
			depth--
			continue
		case ',':
			expectElement = expectElement || depth == 1
			continue
		case '"':
			for i++; i < len(body) && body[i] != '"'; i++ {
				if body[i] == '\\' {
					i++
				}
			}
		case '[', '{':
			depth++
			if depth == 1 {
				continue
			}
		}
		if expectElement && depth >= 1 {
			n++
			expectElement = false
		}
	}
	return n
}

// firstElements returns the JSON array of the first n elements of the array in body, or body if there are no more or
// it is not an array.
func firstElements(body []byte, n int) []byte {
	var list []json.RawMessage
	if json.Unmarshal(body, &list) != nil || n >= len(list) {
		return body
	}
	short, err := json.Marshal(list[:n])
	if err != nil {
		return body
	}
	return short
}
