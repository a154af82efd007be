"""Runs every example of the guide to the archive against an archive, as it stands there.

usage: guide.py GUIDE ARCHIVE

SQL runs in DuckDB with the archive's views, each question with variables taken from the archive; Python runs by itself, the
archive's folder being `archive`. Each question must have an answer: columns, and rows where the archive has any of what it
asks for. The exit status is 1 if an example fails.
"""

import os
import re
import sys

import duckdb

# The questions of which the archive that the tests leave has nothing to tell: nobody recalls, overrides or measures.
MAY_BE_EMPTY: set[int] = {6, 13, 15, 17, 19}
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


def ask(connection: duckdb.DuckDBPyConnection, heading: str, query: str) -> str | None:
    """What is wrong with a question, if anything is."""
    try:
        answer = connection.execute(query)
        rows = answer.fetchall()
    except duckdb.Error as error:
        return str(error)
    number = int(heading.split(".")[0])
    if not rows and number not in MAY_BE_EMPTY:
        return "no rows"
    print(f"{heading}: {len(rows)} rows")
    return None


def run(archive: str, text: str) -> str | None:
    try:
        exec(compile(text, "guide", "exec"), {"archive": archive})
    except Exception as error:  # Whatever an example raises is its fault.
        return repr(error)
    return None


def main() -> int:
    with open(sys.argv[1], encoding="utf-8") as file:
        guide = file.read()
    archive = os.path.abspath(sys.argv[2])
    connection = connect(archive)
    asked = ran = wrong = 0
    for heading, language, text in examples(guide):
        if language == "sql" and not heading[0].isdigit():
            # How the views are read: done above.
            continue
        fault = ask(connection, heading, text) if language == "sql" else run(archive, text)
        asked += language == "sql"
        ran += language == "python"
        if fault is not None:
            wrong += 1
            print(f"guide.py: {heading}: {fault}", file=sys.stderr)
    print(f"{asked} questions and {ran} programs of the guide, {wrong} wrong")
    return 1 if wrong or asked != QUESTIONS or ran != 3 else 0


if __name__ == "__main__":
    sys.exit(main())
