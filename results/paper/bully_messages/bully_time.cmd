./lockstep reproduce bully_messages
