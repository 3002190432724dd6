package server_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/fakeam/server"
)

// A server listens at a free port and answers the first request to post alerts with 503. The client posts an alert
// twice, and then reads it back.
func Example() {
	am, err := server.New(server.Options{
		Behaviour: fakeam.Behaviour{Fault: fakeam.Fault{Status: 503, First: 1}},
	})
	check(err)
	host, err := server.Listen(am, "127.0.0.1:0", server.HostOptions{})
	check(err)
	ctx, stop := context.WithCancel(context.Background())
	stopped := make(chan error)
	go func() { stopped <- host.Run(ctx) }()

	url := "http://" + host.Addr().String() + "/api/v2/alerts"
	for range 2 {
		alert := strings.NewReader(`[{"labels": {"alertname": "InstanceDown", "instance": "i-1"}}]`)
		resp, err := http.Post(url, "application/json", alert)
		check(err)
		check(resp.Body.Close())
		fmt.Println(resp.Status)
	}
	resp, err := http.Get(url)
	check(err)
	body, err := io.ReadAll(resp.Body)
	check(err)
	check(resp.Body.Close())
	fmt.Println(regexp.MustCompile(`"labels":{[^}]*}`).FindString(string(body)))

	stop()
	check(<-stopped)
	http.DefaultClient.CloseIdleConnections()
	// Output:
	// 503 Service Unavailable
	// 200 OK
	// "labels":{"alertname":"InstanceDown","instance":"i-1"}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
