./lockstep reproduce raft_figure_16
