"""Asks data folders whose service has stopped, by `greenlane query` and by DuckDB, and compares the answers; and asks what
the guide to the archive asks of `greenlane query`.

usage: query.py GREENLANE GUIDE DATA...

The exit status is 1 if a question fails, or is answered otherwise.
"""

import json
import os
import re
import subprocess
import sys

import duckdb

# The same in both, and without an order of rows that is left open. Hours are told in microseconds, which they are whole
# numbers of: their last bits differ, so of two that are nearly half way one may be rounded up and the other down.
QUESTIONS = [
    *(f"SELECT count(*) AS n, min(sequence) AS a, max(sequence) AS b FROM {table}"
      for table in ["decisions", "declarations", "events", "results", "latest"]),
    "SELECT verdict, rule, count(*) AS n FROM decisions GROUP BY verdict, rule ORDER BY verdict, rule",
    "SELECT CAST(date AS VARCHAR) AS day, count(*) AS n FROM declarations GROUP BY date ORDER BY date",
    "SELECT declaration_id, status, revision FROM latest ORDER BY declaration_id",
    "SELECT declaration_id, direction, office, enterprise_id, member, CAST(round(hours * 3600000000) AS BIGINT) AS us FROM clearance ORDER BY declaration_id",
    "SELECT rule, test, tests, failed, declarations, round(failure_rate, 9) AS rate FROM findings ORDER BY rule NULLS LAST, test",
    'SELECT "type", count(*) AS n FROM events GROUP BY "type" ORDER BY "type"',
]
HEADING = "## With `greenlane query`"


def greenlane(binary: str, data: str, question: str) -> list[dict]:
    asked = subprocess.run(
        [binary, "query", question, "--format", "json", "--data", data], capture_output=True, text=True, check=False
    )
    if asked.returncode != 0:
        raise RuntimeError(f"{question}: {asked.stderr}")
    return [json.loads(line) for line in asked.stdout.splitlines()]


def known(row: dict) -> dict:
    """What has a value: JSON of one says null where the other says nothing."""
    return {name: value for name, value in row.items() if value is not None}


def same(binary: str, data: str) -> int:
    connection = duckdb.connect()
    archive = os.path.join(os.path.abspath(data), "archive")
    connection.execute(f"SET VARIABLE archive = '{archive}'")
    with open(os.path.join(archive, "views.sql"), encoding="utf-8") as views:
        connection.execute(views.read())
    wrong = 0
    for question in QUESTIONS:
        found = connection.execute(question)
        names = [column[0] for column in found.description]
        expected = [known(dict(zip(names, row))) for row in found.fetchall()]
        answered = [known(row) for row in greenlane(binary, data, question)]
        print(f"{os.path.basename(data)}: {len(answered)} rows: {question}")
        if answered != expected:
            print(f"query.py: {question}\n  {answered}\n  DuckDB: {expected}", file=sys.stderr)
            wrong += 1
    return wrong


def main() -> int:
    binary, guide = sys.argv[1], sys.argv[2]
    wrong = sum(same(binary, data) for data in sys.argv[3:])
    with open(guide, encoding="utf-8") as file:
        section = file.read().split(HEADING)[1].split("\n## ")[0]
    examples = re.findall(r"^```sql\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    examples += re.findall(r'^greenlane query "(.*?)"', section, re.MULTILINE)
    for question in examples:
        rows = [len(greenlane(binary, data, question)) for data in sys.argv[3:]]
        print(f"{rows} rows: {question.strip()}")
        wrong += not any(rows)
    print(f"{len(QUESTIONS) * len(sys.argv[3:])} questions asked of both, {len(examples)} of the guide, {wrong} wrong")
    return 1 if wrong or len(examples) < 4 else 0


if __name__ == "__main__":
    sys.exit(main())
