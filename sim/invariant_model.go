package sim

// backlog returns what the invariants keep about a queue.
func (m *model) backlog(l *loop) *backlog {
	if m.guard.shared != nil {
		return m.guard.shared
	}
	return l.Targets[0].Tag.(*recipient).backlog
}

// launched tells the invariants of a flight from a shared queue, once.
func (m *model) launched(f *flight) {
	if m.guard.flight.launched(f.N) {
		m.guard.taken(m.guard.shared, f.Segments, f.N)
	}
}

// scrapeBefore has the invariants see the metrics as they are at the scrape intervals that pass before an instant. Nothing happens in
// between: one look is as good as many. Where nothing was lost either, the counters of what went well are looked at now and then.
func (r *run) scrapeBefore(models []*model, at int64) {
	if r.options.Scrapes != nil {
		return
	}
	interval := int64(r.file.ScrapeInterval)
	r.nextScrape = (at + interval - 1) / interval * interval
	for _, m := range models {
		if m.guard.stirred || r.seq > m.guard.looked+1<<16 {
			m.scrape()
		}
	}
}
