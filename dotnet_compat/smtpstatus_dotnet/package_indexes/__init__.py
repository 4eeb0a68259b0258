"""The user's package indexes: which they are, what they list, and the bytes of one of their wheels."""
