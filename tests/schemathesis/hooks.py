"""What schemathesis cannot know of greenlane: how a stream of lines is written, which ids there are, and that nobody waits a
minute for changes."""

import csv
import json
import os
import random

import schemathesis

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "fixtures", "ciq")
KNOWN = random.Random(1)


def column(table: str, name: str) -> list[str]:
    with open(os.path.join(FIXTURES, "registry", f"{table}.csv"), encoding="utf-8") as rows:
        return [row[name] for row in csv.DictReader(rows)]


with open(os.path.join(FIXTURES, "declarations.ndjson"), encoding="utf-8") as lines:
    DECLARATIONS = [json.loads(line) for line in lines]
IDS = {
    "declaration_id": [declaration["declaration_id"] for declaration in DECLARATIONS],
    "enterprise_id": column("enterprises", "enterprise_id"),
    "zone_id": column("zones", "zone_id"),
    "lot_id": column("lots", "lot_id"),
    "product_lot": column("products", "product_lot"),
    "table": ["classes", "enterprises", "zones", "offices"],
}


@schemathesis.serializer("application/x-ndjson")
def ndjson(ctx, value):
    lines = value if isinstance(value, list) else [value]
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    return "\n".join(texts).encode("utf-8", "surrogatepass")


@schemathesis.hook
def map_query(ctx, query):
    if query and "wait_s" in query:
        query["wait_s"] = 0
    return query


@schemathesis.hook
def map_path_parameters(ctx, path_parameters):
    """Every second id is one that the service knows: what is asked of others says only that there is no such thing."""
    for name in path_parameters or {}:
        if name in IDS and KNOWN.random() < 0.5:
            path_parameters[name] = KNOWN.choice(IDS[name])
    return path_parameters
