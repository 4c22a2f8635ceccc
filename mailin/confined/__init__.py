"""Reading mail in a child process, under limits of time and memory."""
