"""The command line: `tieout read`, `tieout match`, `tieout doctor`, `tieout demo`."""


def main() -> None:
    """Run the command line."""
    raise SystemExit(2)
