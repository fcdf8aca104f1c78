"""/admin: a FastAPI application with typed views; everything here needs the admin key."""
