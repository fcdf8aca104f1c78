"""Our own runtime: one worker process per model."""
