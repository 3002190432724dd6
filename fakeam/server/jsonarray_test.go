package server

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCountElements(t *testing.T) {
	for body, want := range map[string]int{
		"[]": 0, "": 0, "[ ]": 0, "[1]": 1, "[null,null]": 2, twoAlerts: 2,
		`[{"a":"],[\"\\"},{"b":[1,2,[3]]},"x,y", [ ] ]`: 4,
	} {
		require.Equal(t, want, countElements([]byte(body)), body)
	}
	require.JSONEq(t, `[{"labels":{"alertname":"A","i":"1"}}]`, string(firstElements([]byte(twoAlerts), 1)))
	require.Equal(t, "x", string(firstElements([]byte("x"), 1)))
}
