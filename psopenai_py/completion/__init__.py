"""How shells are taught to ask what TAB may offer.

command.py     `psopenai completion`
templates.py   the script of each shell
scripts.py     the scripts filled in, and the answers to them
install.py     the scripts where the shells look for them
"""
