"""What every stage shares: the state of a case, its facts, its refusals, the ground and the transition table."""
