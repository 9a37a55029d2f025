// A whole sweep: what of it is missing is performed by an engine, and the tables are made of the
// shards, to the same bytes whichever engine, however often it was interrupted.
#pragma once

#include "sim/program/opened_sweep.hpp"

namespace lockstep::sim {

// These return exit codes, and throw what open_sweep() throws, OutsideError and OutputError.
[[nodiscard]] int sweep_whole(const SweepFlags& flags);
// One shard of a sweep that an engine works at; says nothing unless it fails.
[[nodiscard]] int sweep_one_shard(const SweepFlags& flags);
// How far it is; changes nothing. exit_undecided while runs are missing, else what the sweep
// itself returns.
[[nodiscard]] int sweep_status(const SweepFlags& flags);

// points.csv for people.
void print_points(const std::string& points);

}  // namespace lockstep::sim
