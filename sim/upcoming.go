package sim

// Upcomings are the exchanges of streaks, as a binary heap by when their requests end. Of one instant, the order does not show.
type upcomings []upcoming

type upcoming struct {
	at int64
	x  *exchange
}

// settle puts u in the place of the first.
func (h upcomings) settle(u upcoming) {
	i := 0
	for {
		child := 2*i + 1
		if child+1 < len(h) && h[child+1].at < h[child].at {
			child++
		}
		if child >= len(h) || h[child].at >= u.at {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = u
}

// add adds u.
func (h *upcomings) add(u upcoming) {
	*h = append(*h, u)
	i := len(*h) - 1
	for parent := (i - 1) / 2; i > 0 && u.at < (*h)[parent].at; parent = (i - 1) / 2 {
		(*h)[i] = (*h)[parent]
		i = parent
	}
	(*h)[i] = u
}

// next removes the first.
func (h *upcomings) next() {
	last := len(*h) - 1
	u := (*h)[last]
	if *h = (*h)[:last]; last > 0 {
		h.settle(u)
	}
}
