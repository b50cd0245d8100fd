-- Grows with every claim on a source: what is written under an older number is refused.
ALTER TABLE sources ADD COLUMN claim BIGINT NOT NULL DEFAULT 0;
