./lockstep reproduce flood_strategies
