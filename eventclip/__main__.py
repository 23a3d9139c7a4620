"""`python -m eventclip`: the command line, for environments whose scripts folder is not on the path."""

from eventclip.cli import main

if __name__ == "__main__":
    main()
