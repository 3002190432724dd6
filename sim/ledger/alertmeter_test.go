package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/ledger"
)

// What an AlertMeter says at an instant equals the account of a run that ends then. It does not matter when it was read
// before, nor that alerts are merged, sent under other label sets or relabelled by a set in between.
func TestAlertMeter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const alerts = 4
		var steps []func(l *ledger.AlertLog)
		var logs [2]ledger.AlertLog // the account sorts the records of a log, so the meter has another one
		do := func(step func(l *ledger.AlertLog)) {
			steps = append(steps, step)
			step(&logs[0])
		}
		set := &core.Set{}
		do(func(l *ledger.AlertLog) {
			l.NewAlerts(alerts)
			newAlertmanager(l, "0")
			l.Joins(l.NewAlertmanager("1"), set, true)
		})
		var meter ledger.AlertMeter
		fires, known := [alerts]bool{}, [2][2 * alerts]bool{}
		sent := [2][2 * alerts]bool{} // by Alertmanager and label set
		var now int64
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			at := now
			a := rapid.IntRange(0, alerts-1).Draw(t, "alert")
			labelSet := rapid.IntRange(0, 2*alerts-1).Draw(t, "label set")
			am := rapid.IntRange(0, 1).Draw(t, "alertmanager")
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0, 1:
				now += rapid.SampledFrom([]int64{ms / 4, ms, 7 * ms}).Draw(t, "time")
			case 2, 3:
				if fires[a] = !fires[a]; fires[a] {
					do(func(l *ledger.AlertLog) { l.Fires(at, a, 1) })
				} else {
					do(func(l *ledger.AlertLog) { l.Ends(at, a, 1) })
				}
			case 4, 5, 6:
				if !sent[am][labelSet] {
					break // an Alertmanager learns only of what was sent to it
				}
				firing := !known[am][labelSet]
				known[am][labelSet] = firing
				do(func(l *ledger.AlertLog) { know(l, am, at, labelSet, firing) })
			case 7:
				sent[0][labelSet] = true
				do(func(l *ledger.AlertLog) { l.SentAs(a, labelSet) })
			case 8:
				if !sent[0][a] {
					break
				}
				sent[1][labelSet] = true
				do(func(l *ledger.AlertLog) { l.RelabelledAs(set, a, labelSet) })
			case 9:
				if rapid.Bool().Draw(t, "forgets") {
					known[am] = [2 * alerts]bool{}
					do(func(l *ledger.AlertLog) { l.Forgets(at, am) })
				}
				now++ // so that nothing happens at the instant of the reading
				meter.Read(&logs[0], now, func() ledger.Filter { return all })
				logs[1] = ledger.AlertLog{}
				for _, step := range steps {
					step(&logs[1])
				}
				want := logs[1].Account(now, all)
				require.Equal(t, meant(want.Any), lived(meter.Any()))
				for _, address := range []string{"0", "1"} {
					require.Equal(t, meant(want.Alertmanagers[address]), lived(meter.Of(address)), address)
				}
			}
		}
	})
}

// meant returns those numbers of an account that a meter has too, lived those of a meter.
func meant(a ledger.AlertAccount) string {
	return fmt.Sprint(a.Alerts, a.FalselyResolved, a.FalseResolves.Count(), time.Duration(a.Uncovered.Total()),
		a.FirstDelivery.Count(), a.FirstDelivery.Total(), a.FirstDelivery.Max())
}

func lived(a *ledger.LiveAccount) string {
	return fmt.Sprint(a.Fired, a.FalselyResolved, a.FalseResolves, a.UncoveredFor,
		a.FirstDelivery.Count(), a.FirstDelivery.Total(), a.FirstDelivery.Max())
}

// An alert is missed once it ends without having been known, and uncovered while it fires and is not known.
func TestAlertMeterOfOneAlert(t *testing.T) {
	var l ledger.AlertLog
	newAlertmanager(&l, "am-a")
	alert := l.NewAlerts(1)
	l.SentAs(alert, 0)
	l.Fires(10*ms, alert, 1)
	l.Ends(30*ms, alert, 1) // planned ahead, as for input series
	var meter ledger.AlertMeter
	for _, c := range []struct{ at, fired, firing, uncovered, missed int64 }{
		{5 * ms, 0, 0, 0, 0}, {10 * ms, 1, 1, 1, 0}, {29 * ms, 1, 1, 1, 0}, {30 * ms, 1, 0, 0, 1}, {90 * ms, 1, 0, 0, 1},
	} {
		meter.Read(&l, c.at, func() ledger.Filter { return all })
		a := meter.Any()
		require.Equal(t, []int64{c.fired, c.firing, c.uncovered, c.missed},
			[]int64{a.Fired, a.Firing, a.Uncovered, a.Missed}, "at %v", time.Duration(c.at))
		require.Equal(t, max(0, min(c.at, 30*ms)-10*ms), int64(a.UncoveredFor))
	}
}

// A reading at the very instant at which an Alertmanager learns of an alert does not count its first delivery yet; the
// next one does, although nothing has happened since.
func TestAlertMeterReadAtAnInstant(t *testing.T) {
	var l ledger.AlertLog
	am := newAlertmanager(&l, "am-a")
	alert := l.NewAlerts(1)
	l.SentAs(alert, 0)
	l.Fires(10*ms, alert, 1)
	know(&l, am, 20*ms, 0, true)
	var meter ledger.AlertMeter
	for _, at := range []int64{15 * ms, 20 * ms, 25 * ms} {
		meter.Read(&l, at, func() ledger.Filter { return all })
	}
	require.EqualValues(t, 1, meter.Any().FirstDelivery.Count())
	require.Equal(t, 10*time.Millisecond, meter.Any().FirstDelivery.Max())
	require.Zero(t, meter.Any().Uncovered)
}
