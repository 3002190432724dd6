package scrape

// A columnBlock stores consecutive scrapes of a target that exposed the same samples in the same order. It has a row
// for each scrape, a column for each sample, and a column for up. The column of a series is copied to the series when
// the series is read or ends; most series are never read.
type columnBlock struct {
	columns []*Series // nil if the sample is not stored
	stored  int       // number of columns that are stored
	times   []int64   // time of each row, in milliseconds since 1970
	pages   [][]float64
	// closed says that no row may be added, because one of the series has a later sample outside the block or may get
	// one.
	closed bool
}

// rowsPerPage is the number of rows that are allocated at once.
const rowsPerPage = 64

// openBlock starts a block for scrapes that expose the same samples as the last one.
func (t *Target) openBlock() {
	b := &columnBlock{}
	for i := range t.lastScrape {
		b.add(t.lastScrape[i].series.Series)
	}
	b.add(t.up)
	for i, se := range b.columns {
		if se != nil {
			se.leaveBlock()
			se.block, se.column, se.rows = b, i, 0
		}
	}
	t.block = b
}

func (b *columnBlock) add(se *Series) {
	if se.input {
		se = nil
	} else {
		b.stored++
	}
	b.columns = append(b.columns, se)
}

// appendRow stores a scrape with these values. It returns false, without any effect, if the block cannot take the
// scrape.
func (t *Target) appendRow(at int64, values []float64) bool {
	b, store := t.block, t.store
	at += store.Start
	if b == nil || b.closed || len(values)+1 != len(b.columns) || at <= t.lastTime || store.samples+b.stored > MaxSamples {
		return false
	}
	if len(b.times)%rowsPerPage == 0 {
		b.pages = append(b.pages, make([]float64, 0, rowsPerPage*len(b.columns)))
	}
	page := &b.pages[len(b.pages)-1]
	*page = append(append(*page, values...), 1)
	b.times = append(b.times, at)
	store.samples += b.stored
	store.last = max(store.last, at)
	t.lastTime = at
	return true
}

// readBlock copies those rows of the series' column that the series does not have yet.
func (se *Series) readBlock() {
	b := se.block
	if b == nil {
		return
	}
	for ; se.rows < len(b.times); se.rows++ {
		row := b.pages[se.rows/rowsPerPage][se.rows%rowsPerPage*len(b.columns):]
		se.times, se.values = append(se.times, b.times[se.rows]), append(se.values, row[se.column])
		if se.histograms != nil {
			se.histograms = append(se.histograms, nil)
		}
	}
}

// leaveBlock removes the series from its block and closes the block.
func (se *Series) leaveBlock() {
	if se.block != nil {
		se.readBlock()
		se.block.closed = true
		se.block = nil
	}
}
