"""What others measured: sources of published scores, and the scores that come with the package."""
