package bench

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"testing"
)

// units declares in which direction each unit gets better, for units that the testing package does not know, and which
// units are exact: outcomes that are the same on every machine.
var units = []string{
	"events/s better=higher",
	"alerts/s better=higher",
	"scenarios/s better=higher",
	"runs/s better=higher",
	"targets/s better=higher",
	"body-B/op assume=exact better=lower",
	"times-faster better=higher",
	"model-sec/day better=lower",
	"real-sec/day better=lower",
	"events assume=exact better=same",
	"trace assume=exact better=same",
	"offered assume=exact better=same",
	"delivered assume=exact better=higher",
	"lost assume=exact better=lower",
	"dropped assume=exact better=lower",
	"requests assume=exact better=same",
	"duplicates assume=exact better=lower",
	"failures assume=exact better=lower",
}

func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() != "" {
		for _, u := range units {
			fmt.Println("Unit", u)
		}
		fmt.Println("go:", runtime.Version())
	}
	os.Exit(m.Run())
}
