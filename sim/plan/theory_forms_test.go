package plan_test

import "math"

// Closed forms of queueing theory, for a queue of k waiting places beside the batch in service, Poisson arrivals at
// lambda a second and a mean service time of one second, if nothing else is said. Loss is the share of arrivals that
// find no way to be served: the same whether the oldest or the newest is dropped (Yin & Hluchyj, IEEE Trans. Commun.
// 41, 1993).

// mm1 is M/M/1/k+1: the loss and the mean number waiting (Kleinrock, Queueing Systems 1, 3.6).
func mm1(rho float64, k int) (loss, waiting float64) {
	n := float64(k + 1)
	if rho == 1 {
		loss = 1 / (n + 1)
		return loss, n/2 - (1 - loss)
	}
	full := math.Pow(rho, n)
	loss = (1 - rho) * full / (1 - full*rho)
	return loss, rho/(1-rho) - (n+1)*full*rho/(1-full*rho) - rho*(1-loss)
}

// dropOldest is how long those wait that are served in M/M/1/k+1 when the oldest is dropped. An alert with a before it
// and c behind it is served with the probability f; g is its mean wait if it is served, and nothing if not.
func dropOldest(rho float64, k int) float64 {
	l := rho / (rho + 1)
	f, g := make([][]float64, k), make([][]float64, k)
	for a := range k {
		f[a], g[a] = make([]float64, k-a), make([]float64, k-a)
		for c := k - 1 - a; c >= 0; c-- {
			var uf, ug, vg float64
			switch {
			case a+1+c < k:
				uf, ug = f[a][c+1], g[a][c+1]
			case a > 0:
				uf, ug = f[a-1][c+1], g[a-1][c+1]
			}
			vf := 1.0
			if a > 0 {
				vf, vg = f[a-1][c], g[a-1][c]
			}
			f[a][c] = l*uf + (1-l)*vf
			g[a][c] = f[a][c]/(rho+1) + l*ug + (1-l)*vg
		}
	}
	var sum, served, waited float64
	for n := 0; n <= k+1; n++ {
		p := math.Pow(rho, float64(n))
		sum += p
		if n == 0 {
			served += p
			continue
		}
		at := min(n-1, k-1)
		served += p * f[at][0]
		waited += p * g[at][0]
	}
	return waited / served
}

// md1 is the mean wait of M/D/1 (Pollaczek & Khinchine), dm1 that of D/M/1.
func md1(rho float64) float64 { return rho / (2 * (1 - rho)) }

func dm1(rho float64) float64 {
	sigma := 0.5
	for range 10_000 {
		sigma = math.Exp(-(1 - sigma) / rho)
	}
	return sigma / (1 - sigma)
}

// bulk is M/M^(1,b)/1 without a bound, where arrivals do not join the batch in service: the mean number waiting
// (Bailey, J. R. Statist. Soc. B 16, 1954).
func bulk(lambda float64, b int) float64 {
	low, high := 0.0, 1-1e-9
	for range 200 {
		r := (low + high) / 2
		if math.Pow(r, float64(b+1))-(lambda+1)*r+lambda > 0 {
			low = r
		} else {
			high = r
		}
	}
	c := 1 / (1/lambda + 1/(1-low))
	return c * low / ((1 - low) * (1 - low))
}

// finiteBulk is M/M^(1,b)/1/k, by cuts between the states: the loss and the mean number waiting.
func finiteBulk(lambda float64, k, b int) (loss, waiting float64) {
	p := make([]float64, k+1)
	p[k] = 1
	for n := k - 1; n >= 0; n-- {
		for j := n + 1; j <= min(n+b, k); j++ {
			p[n] += p[j] / lambda
		}
	}
	sum := p[0] / lambda // idle
	for n, x := range p {
		sum += x
		waiting += float64(n) * x
	}
	return p[k] / sum, waiting / sum
}

// deterministicBulk is M^[m]/D^(1,b)/1/k: the loss, with groups of m that come lambda/m times a second, by the chain
// of what waits when a service ends (Bagchi & Templeton, 1973).
func deterministicBulk(lambda float64, m, k, b int) float64 {
	groups := lambda / float64(m)
	var arrive []float64 // in a service, groups
	for n, p := 0, math.Exp(-groups); n < 80; n++ {
		arrive = append(arrive, p)
		p *= groups / float64(n+1)
	}
	pi := make([]float64, k+1)
	pi[0] = 1
	for range 3_000 {
		next := make([]float64, k+1)
		for q, x := range pi {
			left := max(q-b, 0)
			if q == 0 { // the next group is taken
				left = max(min(k, m)-b, 0)
			}
			for n, p := range arrive {
				next[min(k, left+n*m)] += x * p
			}
		}
		pi = next
	}
	var batch float64
	for q, x := range pi {
		size := min(q, b)
		if q == 0 {
			size = min(m, k, b)
		}
		batch += x * float64(size)
	}
	return 1 - batch/(lambda*(1+pi[0]/groups))
}

// periodic is N*D/D/1: the probability that the work before an arrival is more than x, for n other sources of the same
// period with random phases (Roberts & Virtamo, IEEE Trans. Commun. 39, 1991).
func periodic(n int, period, x float64) float64 {
	var sum float64
	for i := int(x) + 1; i <= n; i++ {
		logC := lgamma(n+1) - lgamma(i+1) - lgamma(n-i+1)
		share := (float64(i) - x) / period
		sum += math.Exp(logC+float64(i)*math.Log(share)+float64(n-i)*math.Log1p(-share)) * (period - float64(n) +
			x) / (period - float64(i) + x)
	}
	return sum
}

func lgamma(n int) float64 {
	x, _ := math.Lgamma(float64(n))
	return x
}
