"""The old Bloggy's SQLite file: reader -> mapping -> a fixture or PostgreSQL, and the report of every row.

`reader` opens the file and hands out raw rows, `rows` reads their values by meaning, `survey` looks
over the whole file once (`ids` and `lookup` keep what it must know), `grants` and `mapping` say what
each row becomes, `moving` takes every row through them to a target (`fixture`, `postgresql`) and to
the `report`. `importing` does this in one transaction; `filling` and `comparing` are what PostgreSQL
does in it. `expected` and `verifying` compare the result with the file. No view knows of any of this.
"""
