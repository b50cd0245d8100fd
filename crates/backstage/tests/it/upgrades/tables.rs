//! Statements of other versions.

/// What a newer version would have done: a column that the older one does not know, with a default, and its record.
pub const NEWER: [&str; 3] = [
    "ALTER TABLE nodes ADD COLUMN shade TEXT NOT NULL DEFAULT 'none'",
    "ALTER TABLE sources ADD COLUMN shade TEXT",
    "INSERT INTO plugin_migrations (plugin, version, digest) VALUES ('catalog', 999, '')",
];

/// What makes the tables of the catalog older: the last migration undone, and its record with it.
pub const OLDER: [&str; 2] = [
    "ALTER TABLE sources DROP COLUMN claim",
    "DELETE FROM plugin_migrations WHERE plugin = 'catalog' AND version = 5",
];

/// Migrations, and how many of their statements an older program would not bear.
pub const STATEMENTS: [(&str, usize); 8] = [
    (
        "CREATE TABLE a (b TEXT NOT NULL); CREATE UNIQUE INDEX a_b ON a (b);",
        0,
    ),
    ("ALTER TABLE a ADD COLUMN b BIGINT NOT NULL DEFAULT 0", 0),
    ("ALTER TABLE a ADD COLUMN b TEXT", 0),
    ("ALTER TABLE a ADD COLUMN b BIGINT NOT NULL", 1),
    ("ALTER TABLE a DROP COLUMN b; DROP TABLE c", 2),
    ("ALTER TABLE a RENAME TO b", 1),
    ("CREATE UNIQUE INDEX a_b ON a (b)", 1),
    ("UPDATE a SET b = 1", 1),
];
