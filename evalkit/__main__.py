"""`python -m evalkit`: the command line."""

from evalkit.cli.main import main

main()
