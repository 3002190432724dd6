// Package server serves a fake Alertmanager over HTTP.
//
//   - Server is an http.Handler with the API of Alertmanager v0.35, made of Alertmanager's own API types and
//     generated HTTP layer, a fakeam.Store, and a fakeam.Alertmanager that decides which requests meet a fault.
//   - Host serves a Server at a TCP address.
//   - Admin and BehaviourFile change the behaviour of a running Server.
//
// The package promises that a request that meets no fault gets the same response as from a real Alertmanager with the
// same alerts. Only requests that post alerts can meet a fault.
//
// It never notifies anybody. It has no silences, inhibition, routes or cluster, so every alert that is not resolved is
// active. It writes no log and keeps no alert across a restart.
package server
