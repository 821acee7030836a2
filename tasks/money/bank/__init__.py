"""The bank's files, as bytes and back; nothing here knows a table or the disk.

payments    write_payment_file: a batch as pain.001.001.09, or PaymentFileInvalid
feedback    read_feedback: what a file or a zip of the bank says, or StatementRefused
unpacking   the files of a zip, in bounds
documents   one XML document of a stranger: no DTD, no entity, in bounds
statements  camt.053 to entries, when its balances add up
statuses    pain.002 to rejections
refusal     StatementRefused
"""
