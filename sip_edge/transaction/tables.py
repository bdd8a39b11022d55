"""The four machines of RFC 3261 section 17 with RFC 6026, and the core's own repetition.  (pure)

Rules of this file:
- Every transition of every transaction stands here, once. A cell that is missing means: stay, do nothing.
- Whether the transport is reliable is not a state: timers that mean nothing there are not armed, or run out at once
  (see `timing`).
- docs/sip-transactions.md is drawn from these dicts; a test fails when it drifts.
"""

from __future__ import annotations

from sip_edge.transaction.table import Arm, Do, Event, State, Step, Stop, Table, Timer

S, E, T = State, Event, Timer

INVITE_CLIENT = Table(
    "INVITE client",
    "RFC 3261 section 17.1.1 figure 5, RFC 6026 section 8.4",
    {
        (S.START, E.BEGIN): Step(S.CALLING, (Do.SEND_REQUEST, Arm(T.A), Arm(T.B))),
        (S.CALLING, T.A): Step(S.CALLING, (Do.SEND_REQUEST, Arm(T.A))),
        (S.CALLING, T.B): Step(S.TERMINATED, (Do.TIMEOUT,)),
        (S.CALLING, E.PROVISIONAL): Step(S.PROCEEDING, (Stop(T.A), Stop(T.B), Do.TELL)),
        (S.CALLING, E.SUCCESS): Step(S.ACCEPTED, (Stop(T.A), Stop(T.B), Do.TELL, Arm(T.M))),
        (S.CALLING, E.FAILURE): Step(S.COMPLETED, (Stop(T.A), Stop(T.B), Do.SEND_ACK, Do.TELL, Arm(T.D))),
        (S.CALLING, E.TRANSPORT_ERROR): Step(S.TERMINATED, (Do.ERROR,)),
        (S.PROCEEDING, E.PROVISIONAL): Step(S.PROCEEDING, (Do.TELL,)),
        (S.PROCEEDING, E.SUCCESS): Step(S.ACCEPTED, (Stop(T.CANCEL), Do.TELL, Arm(T.M))),
        (S.PROCEEDING, E.FAILURE): Step(S.COMPLETED, (Stop(T.CANCEL), Do.SEND_ACK, Do.TELL, Arm(T.D))),
        (S.PROCEEDING, T.CANCEL): Step(S.TERMINATED, (Do.TIMEOUT,)),
        # Figure 5 sends nothing here; but the connection that the final response would come over can break, and for
        # the user that is a 503 (RFC 3261 section 8.1.3.1).
        (S.PROCEEDING, E.TRANSPORT_ERROR): Step(S.TERMINATED, (Do.ERROR,)),
        (S.COMPLETED, E.FAILURE): Step(S.COMPLETED, (Do.SEND_ACK,)),
        (S.COMPLETED, E.TRANSPORT_ERROR): Step(S.TERMINATED, (Do.ERROR,)),
        (S.COMPLETED, T.D): Step(S.TERMINATED),
        (S.ACCEPTED, E.SUCCESS): Step(S.ACCEPTED, (Do.TELL,)),
        (S.ACCEPTED, T.M): Step(S.TERMINATED),
    },
)

CLIENT = Table(
    "non-INVITE client",
    "RFC 3261 section 17.1.2 figure 6",
    {
        (S.START, E.BEGIN): Step(S.TRYING, (Do.SEND_REQUEST, Arm(T.E), Arm(T.F))),
        (S.TRYING, T.E): Step(S.TRYING, (Do.SEND_REQUEST, Arm(T.E))),
        (S.TRYING, T.F): Step(S.TERMINATED, (Do.TIMEOUT,)),
        (S.TRYING, E.TRANSPORT_ERROR): Step(S.TERMINATED, (Do.ERROR,)),
        (S.TRYING, E.PROVISIONAL): Step(S.PROCEEDING, (Do.TELL,)),
        (S.TRYING, E.FINAL): Step(S.COMPLETED, (Stop(T.E), Stop(T.F), Do.TELL, Arm(T.K))),
        (S.PROCEEDING, T.E): Step(S.PROCEEDING, (Do.SEND_REQUEST, Arm(T.E, slow=True))),
        (S.PROCEEDING, T.F): Step(S.TERMINATED, (Do.TIMEOUT,)),
        (S.PROCEEDING, E.TRANSPORT_ERROR): Step(S.TERMINATED, (Do.ERROR,)),
        (S.PROCEEDING, E.PROVISIONAL): Step(S.PROCEEDING, (Do.TELL,)),
        (S.PROCEEDING, E.FINAL): Step(S.COMPLETED, (Stop(T.E), Stop(T.F), Do.TELL, Arm(T.K))),
        (S.COMPLETED, T.K): Step(S.TERMINATED),
    },
)

INVITE_SERVER = Table(
    "INVITE server",
    "RFC 3261 section 17.2.1 figure 7, RFC 6026 sections 7.1 and 8.5",
    {
        (S.START, E.BEGIN): Step(S.PROCEEDING, (Do.TELL, Arm(T.TRYING))),
        (S.PROCEEDING, E.REQUEST): Step(S.PROCEEDING, (Do.RESEND,)),
        (S.PROCEEDING, T.TRYING): Step(S.PROCEEDING, (Do.SEND_TRYING,)),
        (S.PROCEEDING, E.PROVISIONAL): Step(S.PROCEEDING, (Stop(T.TRYING), Do.SEND_RESPONSE)),
        (S.PROCEEDING, E.SUCCESS): Step(S.ACCEPTED, (Stop(T.TRYING), Do.SEND_RESPONSE, Arm(T.L))),
        (S.PROCEEDING, E.FAILURE): Step(S.COMPLETED, (Stop(T.TRYING), Do.SEND_RESPONSE, Arm(T.G), Arm(T.H))),
        (S.PROCEEDING, E.TRANSPORT_ERROR): Step(S.PROCEEDING, (Do.ERROR,)),
        (S.COMPLETED, E.REQUEST): Step(S.COMPLETED, (Do.RESEND,)),
        (S.COMPLETED, T.G): Step(S.COMPLETED, (Do.RESEND, Arm(T.G))),
        (S.COMPLETED, T.H): Step(S.TERMINATED, (Do.TIMEOUT,)),
        (S.COMPLETED, E.ACK): Step(S.CONFIRMED, (Stop(T.G), Stop(T.H), Arm(T.I))),
        (S.COMPLETED, E.TRANSPORT_ERROR): Step(S.COMPLETED, (Do.ERROR,)),
        (S.CONFIRMED, T.I): Step(S.TERMINATED),
        (S.ACCEPTED, E.SUCCESS): Step(S.ACCEPTED, (Do.SEND_RESPONSE,)),
        (S.ACCEPTED, E.ACK): Step(S.ACCEPTED, (Do.TELL,)),
        (S.ACCEPTED, E.TRANSPORT_ERROR): Step(S.ACCEPTED, (Do.ERROR,)),
        (S.ACCEPTED, T.L): Step(S.TERMINATED),
    },
)

SERVER = Table(
    "non-INVITE server",
    "RFC 3261 section 17.2.2 figure 8",
    {
        (S.START, E.BEGIN): Step(S.TRYING, (Do.TELL,)),
        (S.TRYING, E.PROVISIONAL): Step(S.PROCEEDING, (Do.SEND_RESPONSE,)),
        (S.TRYING, E.FINAL): Step(S.COMPLETED, (Do.SEND_RESPONSE, Arm(T.J))),
        (S.PROCEEDING, E.REQUEST): Step(S.PROCEEDING, (Do.RESEND,)),
        (S.PROCEEDING, E.PROVISIONAL): Step(S.PROCEEDING, (Do.SEND_RESPONSE,)),
        (S.PROCEEDING, E.FINAL): Step(S.COMPLETED, (Do.SEND_RESPONSE, Arm(T.J))),
        (S.PROCEEDING, E.TRANSPORT_ERROR): Step(S.TERMINATED, (Do.ERROR,)),
        (S.COMPLETED, E.REQUEST): Step(S.COMPLETED, (Do.RESEND,)),
        (S.COMPLETED, E.TRANSPORT_ERROR): Step(S.TERMINATED, (Do.ERROR,)),
        (S.COMPLETED, T.J): Step(S.TERMINATED),
    },
)

REPETITION = Table(
    "core: 2xx until ACK, reliable 1xx until PRACK",
    "RFC 3261 section 13.3.1.4, RFC 3262 section 3",
    {
        (S.START, E.BEGIN): Step(S.UNACKNOWLEDGED, (Arm(T.REPEAT), Arm(T.UNHEARD))),
        (S.UNACKNOWLEDGED, T.REPEAT): Step(S.UNACKNOWLEDGED, (Do.RESEND, Arm(T.REPEAT))),
        (S.UNACKNOWLEDGED, T.UNHEARD): Step(S.TERMINATED, (Do.TIMEOUT,)),
        (S.UNACKNOWLEDGED, E.ACK): Step(S.TERMINATED),
    },
)

ALL = (INVITE_CLIENT, CLIENT, INVITE_SERVER, SERVER, REPETITION)
