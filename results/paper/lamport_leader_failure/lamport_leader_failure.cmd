./lockstep reproduce lamport_leader_failure
