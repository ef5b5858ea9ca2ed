"""The command as `python -m tokenreel`."""

from tokenreel._command import main

if __name__ == "__main__":
    main()
