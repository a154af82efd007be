"""Runs an archive's views.sql with DuckDB, from its folder and with the folder as a variable, and checks what they say.

usage: views.py ARCHIVE

The exit status is 1 if a view fails or contradicts the tables.
"""

import os
import sys

import duckdb

# Each is one row of one value that must be true.
CHECKS = [
    "SELECT count(*) > 0 AND count(*) = (SELECT count(DISTINCT declaration_id) FROM declarations) FROM latest",
    "SELECT bool_and(l.sequence = m.last) FROM latest AS l JOIN (SELECT declaration_id, max(sequence) AS last"
    " FROM declarations GROUP BY ALL) AS m USING (declaration_id)",
    "SELECT count(*) > 0 AND count(*) = (SELECT count(DISTINCT declaration_id) FROM declarations"
    " WHERE status = 'released') FROM clearance",
    "SELECT bool_and(hours IS NOT NULL AND member IS NOT NULL) FROM clearance",
    "SELECT sum(tests) = (SELECT count(*) FROM results) AND sum(failed) = (SELECT count(*) FROM results"
    " WHERE NOT passed) FROM findings",
    "SELECT bool_and(rule IS NULL OR rule LIKE '%/%') AND count(rule) > 0 FROM findings",
    "SELECT count(*) > 0 FROM events WHERE date IS NOT NULL",
]


def check(views: str, archive: str | None) -> int:
    connection = duckdb.connect()
    if archive is not None:
        connection.execute(f"SET VARIABLE archive = '{archive}'")
    connection.execute(views)
    wrong = 0
    for query in CHECKS:
        if connection.execute(query).fetchone() != (True,):
            print(f"views.py: not so: {query}", file=sys.stderr)
            wrong += 1
    return wrong


def main() -> int:
    archive = os.path.abspath(sys.argv[1])
    with open(os.path.join(archive, "views.sql"), encoding="utf-8") as file:
        views = file.read()
    wrong = check(views, archive)
    os.chdir(archive)
    wrong += check(views, None)
    print(f"{2 * len(CHECKS)} checks of the views, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
