"""How a client is doing: score, band and indicators (health)."""
