"""The report of a sweep: one HTML page that needs neither scripts nor other files."""
