"""What clients open: unsubscribe (/u/…) and answers (/a/…)."""
