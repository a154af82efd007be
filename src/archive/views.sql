-- Views of the archive for DuckDB. Run it in the archive's folder:
--
--     cd DATA/archive && duckdb -init views.sql
--
-- or from anywhere, with the folder as a variable, which must be set whenever the views are read:
--
--     SET VARIABLE archive = '/DATA/archive';
--     .read /DATA/archive/views.sql
--
-- The first files are there when the first range of the journal has been sealed.

-- The tables as they are. `date` is the UTC day of the folder. A column that a file was written without is empty there.
CREATE OR REPLACE VIEW decisions AS
SELECT * FROM read_parquet(coalesce(getvariable('archive'), '.') || '/decisions/*/*.parquet', hive_partitioning = true, union_by_name = true);

CREATE OR REPLACE VIEW declarations AS
SELECT * FROM read_parquet(coalesce(getvariable('archive'), '.') || '/declarations/*/*.parquet', hive_partitioning = true, union_by_name = true);

CREATE OR REPLACE VIEW events AS
SELECT * FROM read_parquet(coalesce(getvariable('archive'), '.') || '/events/*/*.parquet', hive_partitioning = true, union_by_name = true);

CREATE OR REPLACE VIEW results AS
SELECT * FROM read_parquet(coalesce(getvariable('archive'), '.') || '/results/*/*.parquet', hive_partitioning = true, union_by_name = true);

-- latest: the last revision of each declaration.
CREATE OR REPLACE VIEW latest AS
SELECT * FROM declarations
QUALIFY row_number() OVER (PARTITION BY declaration_id ORDER BY sequence DESC) = 1;

-- clearance: one row a declaration that was released, with the hours from its declaration to its first release, and
-- whether all its items were within the scope of a zone that its enterprise is a member of. Members against others:
--     SELECT member, count(*), median(hours) FROM clearance GROUP BY member;
CREATE OR REPLACE VIEW clearance AS
SELECT declared.declaration_id, declared.direction, declared.office, declared.enterprise_id, declared.member,
       declared.declared_at, released.released_at,
       epoch(released.released_at - declared.declared_at) / 3600 AS hours
FROM (SELECT declaration_id, min(decided_at) AS released_at
      FROM declarations WHERE status = 'released' GROUP BY declaration_id) AS released
JOIN (SELECT declaration_id, min(direction) AS direction, min(office) AS office, min(enterprise_id) AS enterprise_id,
             bool_and(zone_in_scope) AS member, min(declared_at) AS declared_at
      FROM decisions GROUP BY declaration_id) AS declared USING (declaration_id);

-- findings: what inspections found, by the rule that selected the item and by the test. An item is counted under the
-- rule of its first decision that did not release it.
CREATE OR REPLACE VIEW findings AS
SELECT selected.rule, results.test, count(*) AS tests, count(*) FILTER (NOT results.passed) AS failed,
       count(DISTINCT results.declaration_id) AS declarations, avg((NOT results.passed)::INT) AS failure_rate
FROM results
LEFT JOIN (SELECT declaration_id, version, item_no, arg_min(rule, sequence) AS rule
           FROM decisions WHERE verdict <> 'release' GROUP BY declaration_id, version, item_no) AS selected
  USING (declaration_id, version, item_no)
GROUP BY selected.rule, results.test;
