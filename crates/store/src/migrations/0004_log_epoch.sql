-- Tells this change log from that of every other database, in which the same numbers stand for other changes.
CREATE TABLE log_epoch (
  epoch BIGINT NOT NULL
);
INSERT INTO log_epoch (epoch) VALUES ({random_number});
