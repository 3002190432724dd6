package model

// A requestHeap is a binary heap of the fast-forwarded requests; the one that ends first is at its root. No output
// depends on the order of requests that end at the same instant.
type requestHeap []pendingRequest

// A pendingRequest is a fast-forwarded request, and the time at which it ends.
type pendingRequest struct {
	at     int64
	flight *inFlight
}

// replaceFirst replaces the first request with p.
func (h requestHeap) replaceFirst(p pendingRequest) {
	i := 0
	for {
		child := 2*i + 1
		if child+1 < len(h) && h[child+1].at < h[child].at {
			child++
		}
		if child >= len(h) || h[child].at >= p.at {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = p
}

// add adds p to the heap.
func (h *requestHeap) add(p pendingRequest) {
	*h = append(*h, p)
	i := len(*h) - 1
	for parent := (i - 1) / 2; i > 0 && p.at < (*h)[parent].at; parent = (i - 1) / 2 {
		(*h)[i] = (*h)[parent]
		i = parent
	}
	(*h)[i] = p
}

// removeFirst removes the request that ends first.
func (h *requestHeap) removeFirst() {
	last := len(*h) - 1
	p := (*h)[last]
	if *h = (*h)[:last]; last > 0 {
		h.replaceFirst(p)
	}
}
