# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of programs beside each other, and what follows from them."""

from . import programs


class Table:
    """What was measured of several commands on one machine, or of one on
    several."""

    def __init__(self, title):
        self.title = title
        self.rows = []
        self.facts = []

    def measure(self, environment, runs, commands, *, memory=True,
                counted=True):
        """One row a command: {name: words}. counted: which of them callgrind
        is to count too, or all, or none."""
        seconds = programs.times(list(commands.values()), environment, runs)
        for (name, command), one in zip(commands.items(), seconds):
            row = {"name": name, **programs.summary(one)}
            if memory:
                row["peak_kib"] = programs.peak_memory(command, environment)
            if counted is True or counted and name in counted:
                row["instructions"] = programs.instructions(command,
                                                            environment)
            self.rows.append(row)

    def row(self, name):
        return next(r for r in self.rows if r["name"] == name)

    def ratio(self, one, other, goal=None):
        """A fact: how one row stands to another, as to time, CPU time and
        instructions."""
        a, b = self.row(one), self.row(other)
        fact = {"fact": f"{one} / {other}", "goal": goal}
        for key in ("median", "cpu", "instructions"):
            if a.get(key) and b.get(key):
                fact[key] = a[key] / b[key]
        self.facts.append(fact)

    def tell(self, text, value, goal=None):
        """Any other fact."""
        self.facts.append({"fact": text, "value": value, "goal": goal})

    def as_json(self):
        return {"title": self.title, "rows": self.rows, "facts": self.facts}

    def as_text(self):
        """Two tables as Markdown has them."""
        lines = [f"\n### {self.title}\n"]
        if self.rows:
            lines += ["| command | time, ms | quartiles | CPU, ms | "
                      "instructions, thousand | peak, KiB |",
                      "|---|--:|--:|--:|--:|--:|"]
        lines += [_row(row) for row in self.rows]
        if self.facts:
            lines += ["", "| | time | CPU | instructions | goal |",
                      "|---|--:|--:|--:|--:|"]
        lines += [_fact(fact) for fact in self.facts]
        return "\n".join(lines)


def _row(row):
    low, high = row["quartiles"]
    count = row.get("instructions")
    return (f"| {row['name']} | {row['median'] * 1e3:.1f} | "
            f"{low * 1e3:.1f} - {high * 1e3:.1f} | {row['cpu'] * 1e3:.1f} | "
            f"{'' if count is None else f'{count / 1e3:,.1f}'} | "
            f"{row.get('peak_kib', '')} |")


def _fact(fact):
    goal = fact["goal"] or ""
    if "value" in fact:
        return f"| {fact['fact']}: {fact['value']} | | | | {goal} |"
    cells = (f"{fact[k]:.2f}" if k in fact else ""
             for k in ("median", "cpu", "instructions"))
    return f"| {fact['fact']} | {' | '.join(cells)} | {goal} |"
