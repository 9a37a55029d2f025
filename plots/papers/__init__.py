"""Figures and formulas that others published, each with what remakes it here.

A module has
  TITLE, SOURCE     what it is and where it is from
  SETUP             what was assumed where the source is silent
  SCENARIO          the file whose sweep or story is run
  SWEEPS            {folder: overrides}, as --set takes them; one sweep each, $DATA is the folder of DATA
  RUNS, SEEDS       {folder: overrides}: the story alone with so many seeds, for what is no figure of a run
  DATA              optional: {file: where it is from}, of what is no part of the project
  FIGURES           plot specs beside the module, each drawn of all sweeps, or (spec, [folder, …]): of these
                    sweeps, or of the first seed of one of RUNS
  rows(found)       [Row], of {folder: table of a sweep, or [run_folder.RunFolder] a seed each}
  shown(rows)       optional: the rows of the page, where all would be too many
  remark(found)     optional: a paragraph below them, as why ours differ
and none of them draws or needs matplotlib to be imported.
"""

import dataclasses

NAMES = ("raft_wan_elections", "raft_figure_16", "raft_split_votes", "bully_messages", "flood_reach",
         "flood_strategies", "lamport_hundred_messages", "lamport_leader_failure", "lamport_regions")


@dataclasses.dataclass(frozen=True)
class Row:
    what: str         # the point and the figure, as "150–155 ms, median"
    unit: str
    published: float
    ours: float
    off: float        # in the unit of the limit
    limit: float
    limit_unit: str   # "%", "standard errors", or the unit
    n: int            # runs

    @property
    def within(self):
        return abs(self.off) <= self.limit


def by_share(what, unit, published, ours, limit, n):
    """The limit is a percentage of what was published."""
    return Row(what, unit, published, ours, 100 * (ours / published - 1), limit, "%", n)
