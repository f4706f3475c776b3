"""Demo content: people, texts, and what writes them into the database. seed_demo is its only user."""
