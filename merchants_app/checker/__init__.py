"""What leaves the house with an evidence file: a checker that needs neither us nor our server."""
