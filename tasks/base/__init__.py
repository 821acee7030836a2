"""The base of every task.

workspace       settings, programme and database        programme_file  read and check programme.toml
checkpoints     where the fault tests kill              memory          Python's garbage collector
spreadsheets    CSV whose cells are never formulas      ibans           whether an account number can exist
pages           how pages and papers are rendered       sorted_rows     rows in order, not all held at once
lock_files      locks that end with their process       prefect_api     Prefect's API, without importing Prefect
"""
