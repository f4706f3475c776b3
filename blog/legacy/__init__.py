"""The old Bloggy's SQLite file: reader -> mapping -> a fixture, and the report of what became of every row.

`reader` opens the file and hands out raw rows, `rows` reads their values by meaning, `survey` looks
over the whole file once, `grants` and `mapping` say what each row becomes, `moving` takes every row
through them to a target (`fixture`) and to the `report`. No view knows of it.
"""
