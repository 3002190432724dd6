package plan

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQuantilesOfStudentsT(t *testing.T) {
	for nu, want := range map[float64]float64{
		1: 12.706204736174707, 2: 4.302652729749463, 10: 2.228138852, 30: 2.042272456, 1000: 1.962339081,
	} {
		require.InEpsilon(t, want, studentsT975(nu), 1e-9, "%v degrees of freedom", nu)
	}
}
