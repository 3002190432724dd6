package scrape

// A columnBlock stores scrapes of a target that exposed the same samples in the same order: a row for each scrape, a
// column for each sample, and one for up. A series copies its column when it is read or ended; most series never are.
type columnBlock struct {
	columns []*Series // nil where the sample is not stored
	stored  int       // columns that are stored
	times   []int64   // of the rows, since 1970
	pages   [][]float64
	// closed says that no row may follow: a series has, or may get, a sample that is not in the block.
	closed bool
}

// rowsPerPage is how many rows are allocated at once.
const rowsPerPage = 64

// openBlock starts a block for scrapes like the last one.
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

// appendRow stores a scrape with these values. It returns false if the block cannot take it.
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

// readBlock copies the rows of the series' column that it does not have yet.
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

// leaveBlock takes the series out of its block, which is closed by that.
func (se *Series) leaveBlock() {
	if se.block != nil {
		se.readBlock()
		se.block.closed = true
		se.block = nil
	}
}
