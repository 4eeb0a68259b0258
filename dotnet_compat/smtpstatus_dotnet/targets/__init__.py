"""The kinds of TARGET: `table` lists them, `reading` says what a reader does, and each reader has a file of its own."""
