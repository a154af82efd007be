//! The views that the archive's `views.sql` makes for `DuckDB`, as this engine says them.

/// Each with its name.
pub(super) const ALL: [(&str, &str); 3] = [
    ("latest", LATEST),
    ("clearance", CLEARANCE),
    ("findings", FINDINGS),
];

/// The last revision of each declaration.
const LATEST: &str = "
SELECT * FROM declarations
QUALIFY row_number() OVER (PARTITION BY declaration_id ORDER BY sequence DESC) = 1";

/// A row for each declaration that was released, with the hours that it took.
const CLEARANCE: &str = "
SELECT declared.declaration_id, declared.direction, declared.office, declared.enterprise_id, declared.member,
       declared.declared_at, released.released_at,
       (CAST(released.released_at AS BIGINT) - CAST(declared.declared_at AS BIGINT)) / 3600000000.0 AS hours
FROM (SELECT declaration_id, min(decided_at) AS released_at
      FROM declarations WHERE status = 'released' GROUP BY declaration_id) AS released
JOIN (SELECT declaration_id, min(direction) AS direction, min(office) AS office, min(enterprise_id) AS enterprise_id,
             bool_and(zone_in_scope) AS member, min(declared_at) AS declared_at
      FROM decisions GROUP BY declaration_id) AS declared
  ON released.declaration_id = declared.declaration_id";

/// What inspections found, by the rule that selected the item and by the test.
const FINDINGS: &str = "
SELECT selected.rule, results.test, count(*) AS tests, count(*) FILTER (WHERE NOT results.passed) AS failed,
       count(DISTINCT results.declaration_id) AS declarations,
       avg(CASE WHEN results.passed THEN 0.0 ELSE 1.0 END) AS failure_rate
FROM results
LEFT JOIN (SELECT declaration_id, version, item_no, first_value(rule ORDER BY sequence) AS rule
           FROM decisions WHERE verdict <> 'release' GROUP BY declaration_id, version, item_no) AS selected
  ON selected.declaration_id = results.declaration_id AND selected.version = results.version
     AND selected.item_no = results.item_no
GROUP BY selected.rule, results.test";
