./lockstep reproduce raft_wan_elections
