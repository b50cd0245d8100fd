-- Whether what waits is not served at all yet. While a burst lasts such entities come first; the others only
-- get more relations.
ALTER TABLE stitches ADD COLUMN is_new BIGINT NOT NULL DEFAULT 0;
