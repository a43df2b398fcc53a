"""Many records at once: a crew of threads, results in the order of the input, and a journal of what was done.

many.py        one run, from the first record to the last, or to Ctrl-C
record.py      what becomes of one record
crew.py        threads that share the work; what waits for its time gives its thread away
turns.py       what a record has to say, held until all before it have spoken
journal.py     what was done, in a file that outlives the run
interrupts.py  Ctrl-C
"""
