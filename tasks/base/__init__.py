"""The base of every task.

workspace       settings, programme and database        programme_file  read and check programme.toml
checkpoints     where the fault tests kill              memory          Python's garbage collector
files/          spreadsheets, rejected.csv, locks       ibans           whether an account number can exist
pages           how pages and papers are rendered       sorted_rows     rows in order, not all held at once
prefect_api     Prefect's API, without importing Prefect
"""
