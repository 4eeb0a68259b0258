"""The user's package indexes.

`settings` says which they are, `pages` what they list, `wheel` gives the bytes of a wheel, by `ranges` or out of the
`cache`, and `transport` is the connection.
"""
