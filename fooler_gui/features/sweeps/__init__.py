"""Many runs with varied settings: set up, watched and looked into."""
