"""Runs every example of the guide to the archive against archives, as it stands there.

usage: guide.py GUIDE ARCHIVE...

SQL runs in DuckDB with each archive's views and with variables taken from it; each question must be answered of all, and
with rows of one of them. Python runs by itself, the folder of the first archive being `archive`. The exit status is 1 if an
example fails.
"""

import os
import re
import sys

import duckdb

QUESTIONS = 20


def examples(guide: str) -> list[tuple[str, str, str]]:
    """Heading, language and text of each block of code, in order."""
    found = []
    heading = ""
    for match in re.finditer(r"^#+ ([^\n]+)$|^```(sql|python)\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL):
        if match[1] is not None:
            heading = match[1]
        else:
            found.append((heading, match[2], match[3]))
    return found


def connect(archive: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"SET VARIABLE archive = '{archive}'")
    with open(os.path.join(archive, "views.sql"), encoding="utf-8") as views:
        connection.execute(views.read())
    variables = {
        "enterprise": "SELECT min(enterprise_id) FROM decisions",
        "declaration": "SELECT min(declaration_id) FROM declarations",
        "lot": "SELECT coalesce(min(lot), 'none') FROM (SELECT unnest(product_lots) AS lot FROM decisions"
        " UNION ALL SELECT unnest(material_lots).lot_id FROM decisions)",
    }
    for name, query in variables.items():
        value = connection.execute(query).fetchone()[0]
        connection.execute(f"SET VARIABLE {name} = '{value}'")
    return connection


def ask(connections: list[duckdb.DuckDBPyConnection], heading: str, query: str) -> str | None:
    """What is wrong with a question, if anything is."""
    try:
        rows = [len(connection.execute(query).fetchall()) for connection in connections]
    except duckdb.Error as error:
        return str(error)
    print(f"{heading}: {rows} rows")
    return None if any(rows) else "no rows"


def run(archive: str, text: str) -> str | None:
    try:
        exec(compile(text, "guide", "exec"), {"archive": archive})
    except Exception as error:  # Whatever an example raises is its fault.
        return repr(error)
    return None


def main() -> int:
    with open(sys.argv[1], encoding="utf-8") as file:
        guide = file.read()
    archives = [os.path.abspath(archive) for archive in sys.argv[2:]]
    connections = [connect(archive) for archive in archives]
    asked = ran = wrong = 0
    for heading, language, text in examples(guide):
        if language == "sql" and not heading[0].isdigit():
            # How the views are read: done above.
            continue
        fault = ask(connections, heading, text) if language == "sql" else run(archives[0], text)
        asked += language == "sql"
        ran += language == "python"
        if fault is not None:
            wrong += 1
            print(f"guide.py: {heading}: {fault}", file=sys.stderr)
    print(f"{asked} questions and {ran} programs of the guide, {wrong} wrong")
    return 1 if wrong or asked != QUESTIONS or ran != 3 else 0


if __name__ == "__main__":
    sys.exit(main())
