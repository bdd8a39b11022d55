"""SIP transactions (RFC 3261 section 17, RFC 6026): tables, one heap of timers, no I/O and no clock.  (pure)"""
