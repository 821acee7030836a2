"""A campaign that leaves from the desk.

starting   by its go, over Prefect's API        standing   what a go's page says of it
"""
