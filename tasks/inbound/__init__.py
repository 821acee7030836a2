"""What comes back: events of the provider, answers on our pages, suppressions."""
