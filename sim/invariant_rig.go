package sim

import "github.com/notifysim/notifysim/notifier/core"

// droppedFrom says that a rig inferred that alerts of a lane were dropped.
func (w *watch) droppedFrom(l *lane, seg segment, why core.Reason) {
	switch {
	case len(l.ams) == 0: // they may have met nobody, or a full queue: outside it looks the same
		w.blind = true
	case w.shared != nil:
		w.lost(w.shared, seg.Len())
	default:
		am := l.ams[0]
		w.lost(am.Tag.(*recipient).backlog, seg.Len())
	}
	if why == core.ShutDown && w.file.Flags.DrainOnShutdown {
		w.undrained(nil, seg)
	}
}
