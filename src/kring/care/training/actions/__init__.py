"""Every write of the training room, by who does it: building, leading, learning, boosters."""
