"""The transaction tables as a document: a diagram and a table each.  (pure)"""

from __future__ import annotations

from sip_edge.transaction.table import Act, Arm, State, Step, Stop, Table
from sip_edge.transaction.tables import ALL

_INTRODUCTION = """\
# SIP transactions

Drawn by `script/diagrams` from `sip_edge/transaction/tables.py`; change the tables, not this file.

An arrow reads *what happens / what follows*. What is not drawn is ignored. Over a reliable transport timers A, E and
G are never armed, and D, I, J and K fire at once.
"""


def _act(act: Act) -> str:
    if isinstance(act, Arm):
        return f"arm {act.timer.value.removeprefix('timer ')}" + (" at T2" if act.slow else "")
    if isinstance(act, Stop):
        return f"stop {act.timer.value.removeprefix('timer ')}"
    return act.value


def _acts(step: Step) -> str:
    return ", ".join(_act(act) for act in step.acts)


def diagram(table: Table) -> str:
    """One machine as a Mermaid state diagram."""
    rows = ["```mermaid", "stateDiagram-v2"]
    for (state, given), step in table.cells.items():
        source = "[*]" if state is State.START else state.value
        target = "[*]" if step.state is State.TERMINATED else step.state.value
        follows = f" / {_acts(step)}" if step.acts else ""
        rows.append(f"    {source} --> {target} : {given.value}{follows}".replace("tell user:", "tell user"))
    return "\n".join([*rows, "```"])


def cells(table: Table) -> str:
    """One machine as a Markdown table, a row a cell."""
    rows = ["| state | input | next | what follows |", "|---|---|---|---|"]
    rows += [
        f"| {state.value} | {given.value} | {step.state.value} | {_acts(step) or '–'} |"
        for (state, given), step in table.cells.items()
    ]
    return "\n".join(rows)


def document() -> str:
    """The whole of docs/sip-transactions.md."""
    parts = [_INTRODUCTION]
    for table in ALL:
        title = table.name[0].upper() + table.name[1:]
        parts.append(f"## {title}\n\n{table.source}.\n\n{diagram(table)}\n\n{cells(table)}\n")
    return "\n".join(parts)
