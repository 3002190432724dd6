package server

import (
	"net/url"
	"slices"
	"strings"
)

// calls returns the requests of the conformance test, in order. A time %N in a body stands for N seconds after now.
func calls() []call {
	return slices.Concat(malformedCalls(), labelCalls(), timeCalls(), batchCalls(), protocolCalls(), queryCalls())
}

// malformedCalls returns requests whose bodies are not lists of alerts, some of them nearly so.
func malformedCalls() (all []call) {
	add := func(c ...call) { all = append(all, c...) }
	for _, body := range []string{
		"", " ", "null", "[]", "{}", "[{", "[", "]", "[]]", "[] []", "[null]", "[null,{}]", `[{"labels":{"a":"b"}},null]`,
		"5", `"x"`, "true", "nul", "{", "[[]]", "[5]", `["x"]`,
		"\xff", "[{}]", `[{"labels":null}]`, `[{"labels":{}}]`, `[{"labels":[]}]`, `[{"labels":"x"}]`,
		`[{"labels":{"a":5}}]`, `[{"labels":{"a":null}}]`,
		`[{"labels":{"a":{}}}]`, `[{"labels":{"a":true}}]`, `[{"labels":{"a":"b"},"annotations":5}]`,
		`[{"labels":{"a":"b"},"annotations":{"a":5}}]`,
		`[{"labels":{"a":"b"},"annotations":null}]`, `[{"labels":{"a":"b"}},{}]`,
		`[{"labels":{"a":"b"}},{"labels":{"c":5}}]`, `[{"annotations":{"a":"b"}}]`,
		`[{"labels":{"a":"b"},"generatorURL":5}]`, `[{"labels":{"a":"b"},"unknown":{"x":[1,2,3]}}]`,
		`[{"labels":{"a":"b","a":"c"}}]`, `[{"labels":{"a":"1"},"labels":{"b":"2"}}]`,
		`[{"LABELS":{"case":"insensitive"}}]`, `[{"labels":{"a":"b"},}]`, `[{'labels':{}}]`, strings.Repeat("[", 10001),
		`[{"labels":{"a":"b"}}] trailing`,
		`[{"labels":{"trailing":"array"}}][{"labels":{"second":"value"}}]`, "\ufeff[]",
	} {
		add(post(body))
	}
	return all
}

// labelCalls returns requests with unusual labels, annotations and generator URLs.
func labelCalls() (all []call) {
	add := func(c ...call) { all = append(all, c...) }
	for _, l := range []string{
		`{"alertname":"A"}`, `{"alertname":"A","i":"1"}`, `{"":"x"}`, `{"a":""}`, `{"a":"","b":"x"}`, `{"":""}`,
		`{"k8s.pod":"x"}`, `{"with space":"x"}`, `{"ü":"ö"}`,
		`{"a":"\u0000"}`, `{"a":"\ud800"}`, "{\"a\":\"\xff\xfe\"}", "{\"\xff\":\"x\"}", `{"a":"<script>&'\"\\"}`,
		`{"__name__":"x"}`, `{"1":"x"}`, `{"😀":"😀"}`,
		`{"a":"` + strings.Repeat("x", 5000) + `"}`, `{"z":"1","y":"2","x":"3"}`, `{"alertname":""}`, `{"a":"x\ny"}`,
		`{"a":"\u2028"}`, `{"a":" "}`,
	} {
		add(post(`[{"labels":`+l+`}]`), post(`[{"labels":{"alertname":"N"},"annotations":`+l+`}]`))
	}
	for _, u := range []string{
		"", "not a url", "%zz", "/graph?x=1", "http://p:9090/graph?g0.expr=up%20%3D%3D%200&g0.tab=1", "x", "http://", "://",
		"http://a b", "HTTP://UP", "?", "#x", "mailto:a@b",
		"http://[::1]:9090/", "http://[", "http://ü/", "/a b", "//x", "http://p/\\u0000", "ftp://x/y;z",
	} {
		add(post(`[{"labels":{"alertname":"U"},"generatorURL":"` + u + `"}]`))
	}
	return all
}

// timeCalls returns requests with combinations of times for one label set. Each request is merged with the alert that
// the previous one has left.
func timeCalls() (all []call) {
	add := func(c ...call) { all = append(all, c...) }
	for _, when := range []string{
		"yesterday", "", "0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
		"2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00.123456789Z",
		"2026-01-01T00:00:00+02:00", "2026-01-01T00:00:00.5-0700", "2026-13-01T00:00:00Z", "2026-01-01 00:00:00Z",
		"10000-01-01T00:00:00Z", "-1", "1262304000", "20260101", "2026-01-01T24:00:00Z",
	} {
		add(post(`[{"labels":{"alertname":"T"},"startsAt":"` + when + `"}]`))
		add(post(`[{"labels":{"alertname":"T"},"endsAt":"` + when + `"}]`))
	}
	add(post(`[{"labels":{"alertname":"T"},"startsAt":5}]`))
	add(post(`[{"labels":{"alertname":"T"},"startsAt":null,"endsAt":null}]`))
	offsets := []string{"", "%-900", "%-300", "%-60", "%0", "%60", "%300", "%301", "%900"}
	for _, s := range offsets {
		for _, e := range offsets {
			fields := ""
			if s != "" {
				fields += `,"startsAt":"` + s + `"`
			}
			if e != "" {
				fields += `,"endsAt":"` + e + `"`
			}
			add(post(`[{"labels":{"alertname":"P"},"annotations":{"note":"` + s + " " + e + `"}` + fields + `}]`))
		}
	}
	return all
}

// batchCalls returns requests with several alerts, which may be equal, or valid and invalid in any order.
func batchCalls() (all []call) {
	add := func(c ...call) { all = append(all, c...) }
	add(
		post(`[{"labels":{"d":"1"},"annotations":{"n":"first"},"startsAt":"%-60"},`+
			`{"labels":{"d":"1"},"annotations":{"n":"second"},"startsAt":"%-30","endsAt":"%100"}]`),
		post(`[{"labels":{"v":"1"}},{"labels":{}},{"labels":{"v":"2"}},{"labels":{"":"x"}},`+
			`{"labels":{"v":"3"},"startsAt":"%10","endsAt":"%5"}]`),
		post(`[{"labels":{"v":"4"},"startsAt":"%301"},{"labels":{"v":"5"},"startsAt":"%300"}]`),
		post(`[`+strings.Repeat(`{"labels":{"same":"one"}},`, 50)+`{"labels":{"same":"two"}}]`),
	)
	return all
}

// protocolCalls returns requests with various content types, methods and paths.
func protocolCalls() (all []call) {
	add := func(c ...call) { all = append(all, c...) }
	for _, ct := range []string{
		"", "text/plain", "application/json; charset=utf-8", "APPLICATION/JSON", "application/xml", "application/json;",
		"json", "*/*", "application/*", "application/json, text/plain", "application/vnd.api+json", ";",
		"application/x-www-form-urlencoded",
	} {
		add(call{"POST", "/api/v2/alerts", ct, `[{"labels":{"ct":"1"}}]`}, call{"POST", "/api/v2/alerts", ct, ""})
	}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"} {
		for _, path := range []string{
			"/api/v2/alerts", "/api/v2/alerts/", "/api/v2/alert", "/api/v2/", "/api/v1/alerts", "/api/v1/status",
			"/api/v1/none", "/-/healthy", "/-/ready", "/api/v2/receivers",
		} {
			if method == "POST" && strings.HasPrefix(path, "/api/v2/alerts") || method == "OPTIONS" {
				continue
			}
			add(call{method, path, "", ""})
		}
	}
	return all
}

// queryCalls returns requests that query the alerts and other state.
func queryCalls() (all []call) {
	add := func(c ...call) { all = append(all, c...) }
	add(post(`[{"labels":{"alertname":"Q","job":"node","severity":"page"}},{"labels":{"alertname":"Q","job":"db"}},` +
		`{"labels":{"alertname":"R","ü":"1"}}]`))
	for _, q := range []string{
		"active=true", "active=false", "active=x", "active=", "active=1", "active=0", "silenced=false", "inhibited=false",
		"unprocessed=false", "silenced=nope", "unprocessed=?", "active=false&silenced=false&inhibited=false",
		"receiver=default", "receiver=def", "receiver=def.*", "receiver=(", "receiver=", "receiver_matchers=a%3Db",
		"receiver_matchers=(", "receiver_matchers=a%3D%22%22", "receiver_matchers=name%3Ddefault",
		"receiver_matchers=name%3D~d.*", "unknown=1",
	} {
		add(get("/api/v2/alerts?" + q))
	}
	for _, f := range []string{
		`alertname="Q"`, `alertname=Q`, `alertname!="Q"`, `alertname=~"Q|R"`, `alertname!~"Q|R"`, `job=""`, `job!=""`,
		`job=~""`, `job!~""`, `ü="1"`, `"ü"="1"`, `{alertname="Q"}`, `alertname`, `alertname=`, `=Q`,
		`alertname=~"("`, `alertname="Q",job="db"`, ``, `job=~".+"`, `missing=~".*"`, `missing!~".*"`, `missing!="x"`,
		`a b="x"`, `alertname="Q`, `alertname=Q"`,
	} {
		query := "/api/v2/alerts?filter=" + url.QueryEscape(f)
		add(get(query), get(query+"&filter="+url.QueryEscape(`job="node"`)))
	}
	for _, q := range []string{
		"", "?receiver_matchers=name%3Ddefault", "?receiver_matchers=a%3Db", "?receiver_matchers=a%3D%22%22",
		"?receiver_matchers=(",
	} {
		add(get("/api/v2/receivers" + q))
	}
	return append(all, get("/api/v2/silences"))
}
