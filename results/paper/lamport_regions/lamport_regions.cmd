./lockstep reproduce lamport_regions
