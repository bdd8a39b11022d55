"""Answering rules (SF-090 to SF-112): what a person wants done with calls while a time frame holds.

Pages and the API read and check them, the routing of calls obeys them; both have them from here.  (pure)
"""
