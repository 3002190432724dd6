package scrape

// A sheet is scrapes of a target that showed the same samples in the same order: a row for each, a column for each sample, and one
// for up. A series takes over its column when somebody reads or ends it: few of all are ever read.
type sheet struct {
	columns []*Series // nil where the sample is not stored
	stored  int       // those that are
	times   []int64   // since 1970
	pages   [][]float64
	// closed says that no row follows: a series of it has, or may get, a sample that is not in it.
	closed bool
}

// rowsPerPage is how many rows have their memory together.
const rowsPerPage = 64

// open opens a sheet for scrapes like the last one.
func (t *Target) open() {
	sh := &sheet{}
	for i := range t.order {
		sh.add(t.order[i].series.Series)
	}
	sh.add(t.up)
	for i, se := range sh.columns {
		if se != nil {
			se.leave()
			se.sheet, se.column, se.rows = sh, i, 0
		}
	}
	t.sheet = sh
}

func (sh *sheet) add(se *Series) {
	if se.given {
		se = nil
	} else {
		sh.stored++
	}
	sh.columns = append(sh.columns, se)
}

// again stores a scrape with these values and reports whether the sheet takes it.
func (t *Target) again(at int64, values []float64) bool {
	sh, store := t.sheet, t.store
	at += store.Start
	if sh == nil || sh.closed || len(values)+1 != len(sh.columns) || at <= t.scraped || store.samples+sh.stored > MaxSamples {
		return false
	}
	if len(sh.times)%rowsPerPage == 0 {
		sh.pages = append(sh.pages, make([]float64, 0, rowsPerPage*len(sh.columns)))
	}
	page := &sh.pages[len(sh.pages)-1]
	*page = append(append(*page, values...), 1)
	sh.times = append(sh.times, at)
	store.samples += sh.stored
	store.last = max(store.last, at)
	t.scraped = at
	return true
}

// read has the series take over what its column has.
func (se *Series) read() {
	sh := se.sheet
	if sh == nil {
		return
	}
	for ; se.rows < len(sh.times); se.rows++ {
		row := sh.pages[se.rows/rowsPerPage][se.rows%rowsPerPage*len(sh.columns):]
		se.times, se.values = append(se.times, sh.times[se.rows]), append(se.values, row[se.column])
		if se.histograms != nil {
			se.histograms = append(se.histograms, nil)
		}
	}
}

// leave takes the series out of its sheet, which is closed.
func (se *Series) leave() {
	if se.sheet != nil {
		se.read()
		se.sheet.closed = true
		se.sheet = nil
	}
}
