"""What we measure ourselves: tasks that a program can check, who asks them, and what the answers say."""
