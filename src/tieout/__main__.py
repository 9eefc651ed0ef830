"""`python -m tieout`: the command line."""

from tieout.cli import main

if __name__ == "__main__":
    main()
