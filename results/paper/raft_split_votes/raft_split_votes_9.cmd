./lockstep reproduce raft_split_votes
