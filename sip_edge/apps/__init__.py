"""Applications that speak with a caller: pure state machines, and the service that runs them on the media engine."""
