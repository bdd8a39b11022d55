"""Long work: jobs that change many phones in stages, and follow each until it has the change."""
