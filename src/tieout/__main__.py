"""`python -m tieout`: the command line."""

import sys

if __name__ == "__main__":
    try:
        from tieout.cli import main
        from tieout.config.wired import Wired

        main(Wired())
    except KeyboardInterrupt:  # while the program was still being loaded
        sys.exit(130)
