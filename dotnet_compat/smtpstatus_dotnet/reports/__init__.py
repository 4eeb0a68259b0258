"""A ParityReport, and the vocabulary itself, as text for people and programs: one file a format."""
