"""How fast the work of design.md section 11 is, beside the least that any program must do for the same.

`python -m tests.performance` measures and prints one table; `--full` takes the sizes of the design. Floors and ours are
timed alternately in one run, and medians are compared, so that a slow machine slows both sides of a ratio. A timing
never passes or fails a test.
"""
