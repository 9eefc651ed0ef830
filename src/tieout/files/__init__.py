"""Two files in, every record accounted for: the offline door behind the CLI and `tieout.match`."""
