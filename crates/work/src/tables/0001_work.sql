-- Jobs. While one waits, due_at is when it may be claimed; while it runs, when its claim runs out.
CREATE TABLE work_jobs (
    id {bytes} NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    exclusive_key TEXT,
    payload TEXT NOT NULL,
    actor TEXT NOT NULL,
    schedule TEXT,
    attempt BIGINT NOT NULL DEFAULT 0,
    claim BIGINT NOT NULL DEFAULT 0,
    holder TEXT,
    due_at BIGINT NOT NULL,
    is_cancelling BIGINT NOT NULL DEFAULT 0,
    checkpoint TEXT,
    problem TEXT,
    log_lines BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT
) {clustered};
CREATE INDEX work_jobs_due ON work_jobs (kind, state, due_at);
CREATE INDEX work_jobs_key ON work_jobs (exclusive_key, state);
CREATE INDEX work_jobs_schedule ON work_jobs (schedule, state);
CREATE INDEX work_jobs_newest ON work_jobs (created_at, id);
CREATE INDEX work_jobs_ended ON work_jobs (ended_at);

CREATE TABLE work_log (
    job {bytes} NOT NULL,
    line BIGINT NOT NULL,
    at BIGINT NOT NULL,
    level TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (job, line)
) {clustered};

CREATE TABLE work_schedules (
    name TEXT NOT NULL PRIMARY KEY,
    period BIGINT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    next_at BIGINT NOT NULL,
    last_at BIGINT,
    last_job {bytes}
);

CREATE TABLE work_events (
    number {number_key},
    topic TEXT NOT NULL,
    payload TEXT NOT NULL,
    actor TEXT NOT NULL
);

-- Named work without an end.
CREATE TABLE work_standing (
    name TEXT NOT NULL PRIMARY KEY,
    claim BIGINT NOT NULL,
    holder TEXT,
    due_at BIGINT NOT NULL,
    began_at BIGINT,
    failures BIGINT NOT NULL
);

-- Its only row is locked by the process that gives out work.
CREATE TABLE work_turn (id BIGINT NOT NULL PRIMARY KEY);
INSERT INTO work_turn (id) VALUES (1);
