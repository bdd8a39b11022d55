"""Where a call goes and why: facts of the call, the company's rules and the instant in, a decision with its trace out.

Rules of this package: nothing here asks or waits. Who is registered or busy is a fact of the call's moment, handed in;
time is an argument; what happens after ringing is told beforehand, as destinations that are decided anew.  (pure)
"""
