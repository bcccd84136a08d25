"""Every row of the requirements: what it asks, how far it works and what shows it.

`rows.csv` is the list as it was agreed, never edited. `status/` says of each row works, partly or not, and names the
test or the page that shows it. `values/` names the codes that a row asks for, `absent/` the words that must be nowhere;
the tests here save and search for them.
"""
