"""The user's package indexes.

A `package_type` is `pypi` or `nuget`. For each, `settings` or `nuget_config` says which the indexes are, `pages` or
`nuget_feed` what they list, and `wheel` or `nuspec` whether a file is intact. The rest is the same for both: `archives`
gives what is in a file, by `ranges` or out of the `cache`, and `transport` is the connection.
"""
