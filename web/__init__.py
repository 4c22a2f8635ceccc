"""The pages for citizens and officials."""
