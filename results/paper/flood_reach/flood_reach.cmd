./lockstep reproduce flood_reach
