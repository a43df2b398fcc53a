"""Records of the pipeline, one after another or many at once: the loop, threads, ordered output, and a journal.

records.py         the records of standard input, whatever form they have
decoded_input.py   standard input as text, as far as it is needed
run.py             the loop over records, and the executor for one at a time
concurrent.py      the executor for many at a time, from the first record to the last, or to Ctrl-C
record.py          one record: bound, carried out, reported
task.py            one record of many, with its place in the journal and in the output
scheduler.py       threads that share the work; what waits for its time gives its thread away
ordered_output.py  what a record has to say, held until all before it have spoken
remaining.py       what a run leaves undone, and what to type to go on
progress.py        how far a run is
journal.py         what was done, in a file that outlives the run
interrupts.py      Ctrl-C
"""
