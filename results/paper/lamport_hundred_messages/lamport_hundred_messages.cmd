./lockstep reproduce lamport_hundred_messages
