"""Reads decided Parquet files back with DuckDB and compares them with their CSV source and the command's summary.

usage: read_back.py ROWS_IN_ALL (SOURCE.csv DECISIONS.parquet SUMMARY.json)...

Each row of a source is a declaration of one item. The exit status is 1 if anything differs.
"""

import csv
import json
import sys

import duckdb

ID_COLUMN = "Declaration ID"


def source_ids(path: str) -> list[str]:
    with open(path, newline="", encoding="utf-8") as file:
        return [row[ID_COLUMN] for row in csv.DictReader(file)]


def decided(path: str) -> list[tuple[str, str]]:
    """The declaration's id and verdict of each row, in the order of the file."""
    return duckdb.execute(
        "SELECT declaration_id, declaration_verdict FROM read_parquet(?)", [path]
    ).fetchall()


def differences(ids: list[str], rows: list[tuple[str, str]], summary: dict) -> list[str]:
    """Every way in which the three accounts of one run disagree."""
    found = []

    def expect(what: str, actual: object, expected: object) -> None:
        if actual != expected:
            found.append(f"{what}: {actual}, expected {expected}")

    expect("rows", len(rows), len(ids))
    expect("ids in order", [row[0] for row in rows] == ids, True)
    expect("refused", summary["refused"], 0)
    for count in ("declarations", "decided", "items"):
        expect(count, summary[count], len(ids))
    verdicts = [row[1] for row in rows]
    expect("verdicts", set(verdicts) - set(summary["verdicts"]), set())
    for verdict, count in summary["verdicts"].items():
        expect(verdict, verdicts.count(verdict), count)
    return found


def main(arguments: list[str]) -> int:
    if len(arguments) % 3 != 1:
        print(__doc__, file=sys.stderr)
        return 2
    expected, *paths = arguments
    total, failed = 0, False
    for source, parquet, summary_path in zip(*[iter(paths)] * 3):
        with open(summary_path, encoding="utf-8") as file:
            summary = json.load(file)
        rows = decided(parquet)
        total += len(rows)
        for difference in differences(source_ids(source), rows, summary):
            print(f"{source}: {difference}", file=sys.stderr)
            failed = True
        print(f"{source}: {len(rows)} rows, {summary['verdicts']}")
    if total != int(expected):
        print(f"{total} rows in all, expected {expected}", file=sys.stderr)
        failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
