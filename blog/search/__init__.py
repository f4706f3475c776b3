"""Full-text search on the generated `search` columns: queries, the matches that are ranked, and help where none is."""
