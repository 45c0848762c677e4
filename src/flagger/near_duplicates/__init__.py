"""Which posts are copies of one another, but for small edits."""
