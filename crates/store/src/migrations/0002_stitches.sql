-- Entities whose served form is still to be made again, and why. While many sources are read, what they
-- bring is written at once but joined once, when most of what it is joined with is there.
CREATE TABLE stitches (
  reference TEXT NOT NULL PRIMARY KEY,
  cause TEXT NOT NULL,
  since BIGINT NOT NULL
) {clustered};
