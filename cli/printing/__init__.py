"""How commands print: JSON alone on standard output, tables and sentences for people."""
