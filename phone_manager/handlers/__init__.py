"""One room an area; each names its routes."""
