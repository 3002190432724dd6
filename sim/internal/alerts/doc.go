// Package alerts holds the alerts of a run: their label sets by number, and the calls of Send that hand copies of them over. Both
// engines and all accounts refer to a copy as a place in a Send.
//
// The package keeps what others record in a Send (who took which copies, how many are on their way); it decides nothing.
package alerts
