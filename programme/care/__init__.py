"""The health of a client: score, band and indicators."""
