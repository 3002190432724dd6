package blackbox

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// waitingIn finds, in a dump of all goroutines, those that wait in Prometheus' notifier, with what they wait for.
func TestWaitingIn(t *testing.T) {
	want := []string{"    sync.RWMutex.Lock: (*alertmanagerSet).sync", "    select: (*Manager).sendOne"}
	require.Equal(t, want, waitingIn(`SIGQUIT: quit

goroutine 1 [synctest.Run (durable), synctest bubble 19]:
main.main()
	notifysim.child/main.go:28 +0x3fd

goroutine 6506 [sync.RWMutex.Lock, synctest bubble 19]:
sync.(*RWMutex).Lock(0xde8b3a15bf0?)
	sync/rwmutex.go:155 +0x6b
github.com/prometheus/prometheus/notifier.(*alertmanagerSet).sync(0xde8b3999a40, {0xde8b3552430, 0x1, 0x3?})
	github.com/prometheus/prometheus@v0.51.0/notifier/notifier.go:694 +0x3ca
github.com/prometheus/prometheus/notifier.(*Manager).reload(0xde8b3bbe300, 0xde8b395d1d0)
	github.com/prometheus/prometheus@v0.51.0/notifier/notifier.go:343 +0x145

goroutine 7 gp=0x1 m=nil [select, 3 minutes]:
github.com/prometheus/prometheus/notifier.(*Manager).sendOne(0x1)
	github.com/prometheus/prometheus@v0.51.0/notifier/notifier.go:1 +0x1
`))
	require.Empty(t, waitingIn("panic: a bug"))
}
