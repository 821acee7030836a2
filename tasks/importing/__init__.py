"""The import of the CRM export: a folder of CSV files, taken over by id (contract section 1).

folder      import_folder: reads and judges the whole folder, then writes it, and its report
reading/    from bytes to rows                      staging/    from those rows to the tables
rules       what an import goes by
report      counts and faults                       alone       one import at a time
shared      addresses of many clients               accounts    what an export may say of an account
erased, forgotten       who and what an export does not bring back
"""
