"""Small widgets that the panels are built from."""
