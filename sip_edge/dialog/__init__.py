"""SIP dialogs (RFC 3261 section 12) and what lives in them: offers, session timers, reliable ringing, forks.  (pure)"""

from sip_edge.dialog.dialog import Dialog, Key, State, key_at_caller, key_at_server
from sip_edge.dialog.exchange import Exchange
from sip_edge.dialog.forks import Forks

__all__ = ["Dialog", "Exchange", "Forks", "Key", "State", "key_at_caller", "key_at_server"]
