"""Results for people: in a terminal and as HTML."""
