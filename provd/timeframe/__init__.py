"""Time frames (SF-078 to SF-089): when is a rule in force. Pages, the API and the routing of calls ask the same code.

Rules of this package: a frame goes by the clock on the wall of the person whose rule it is. Wall time is whole seconds
since 1970 read as if there were no zones; instants are UTC epoch seconds; nothing here knows what time it is.  (pure)
"""
