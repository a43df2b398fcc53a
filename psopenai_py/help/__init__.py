"""Help as text: a page for each cmdlet, made from its table, and one for each topic.

page.py     the page of a cmdlet
topics.py   what concerns all cmdlets
layout.py   words to lines of a given width
"""
