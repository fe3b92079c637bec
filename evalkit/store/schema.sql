-- The store of evalkit: one SQLite file, append-only.
--
-- Columns of type ANY hold a string as TEXT, or, when it holds a NUL or a lone surrogate, which SQLite's TEXT can not
-- keep, its UTF-8 bytes (surrogates encoded like any other code point) as BLOB. Equal strings are equal values.

-- Facts about the file itself.
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY, -- name of the fact
    value TEXT NOT NULL -- its value
) STRICT;

-- Executions of a plan.
CREATE TABLE run (
    id INTEGER PRIMARY KEY, -- number of the run in this file
    label TEXT NOT NULL UNIQUE, -- name given by the user
    plan_key TEXT NOT NULL, -- SHA-256 of the cells' keys at the beginning
    created_at TEXT NOT NULL, -- UTC time, ISO 8601
    provenance ANY NOT NULL -- JSON: versions, platform, commit, source
) STRICT;

-- Suites as they were given; a run's newest row counts, and all its rows have the same cells.
CREATE TABLE suite (
    id INTEGER PRIMARY KEY, -- grows with time
    run_id INTEGER NOT NULL REFERENCES run (id), -- the run
    samples INTEGER NOT NULL CHECK (samples > 0), -- draws planned for each cell
    description ANY NOT NULL, -- JSON: the whole suite
    noted_at TEXT NOT NULL -- UTC time, ISO 8601
) STRICT;

-- Points of the design: endpoint, prompt, decoding and mode; what all samples of a cell share stands here, once.
CREATE TABLE cell (
    id INTEGER PRIMARY KEY, -- number of the cell in this file
    run_id INTEGER NOT NULL REFERENCES run (id), -- the run
    key TEXT NOT NULL, -- SHA-256 of everything that can change an answer
    prompt_id TEXT NOT NULL, -- name of the prompt, unprintable surrogates escaped
    temperature REAL, -- softmax temperature; NULL when the request carries none
    mode TEXT NOT NULL, -- separate, choices or stream
    description ANY NOT NULL, -- JSON: endpoint, messages, decoding
    UNIQUE (run_id, key)
) STRICT;

-- Calls to the endpoint, answered or not.
CREATE TABLE request (
    id INTEGER PRIMARY KEY, -- grows with time
    run_id INTEGER NOT NULL REFERENCES run (id), -- the run
    cell_id INTEGER NOT NULL REFERENCES cell (id), -- what was asked, and how
    replicates TEXT NOT NULL, -- JSON list: the draws it should fill
    started_at TEXT NOT NULL -- UTC time of the first sending, ISO 8601
) STRICT;
CREATE INDEX request_time ON request (run_id, started_at);

-- Tries of a request; times are seconds of a monotonic clock, comparable within one process only.
CREATE TABLE attempt (
    request_id INTEGER NOT NULL REFERENCES request (id), -- the request
    number INTEGER NOT NULL, -- 1 for the first try
    queued REAL NOT NULL, -- time at which a worker took it, in seconds
    sent REAL NOT NULL, -- time of sending, in seconds
    first_byte REAL, -- time of the first byte, in seconds; NULL when none came
    done REAL NOT NULL, -- time of its end, in seconds
    status INTEGER, -- HTTP status; NULL when there was none
    error ANY, -- slug of the error that ended it; NULL when it gave completions
    message ANY, -- one line about the error, without secrets
    raw BLOB NOT NULL, -- body of a failed try as it came; empty for the try that gave the reply
    PRIMARY KEY (request_id, number)
) STRICT;

-- Replies that were used, byte for byte: they were paid for.
CREATE TABLE reply (
    request_id INTEGER PRIMARY KEY REFERENCES request (id), -- the request
    status INTEGER NOT NULL, -- HTTP status
    first_byte REAL, -- monotonic time of the first byte, in seconds; NULL when not seen
    raw BLOB NOT NULL -- the body, unchanged
) STRICT;

-- Completions, one for each filled draw; the first to fill a draw stays.
CREATE TABLE sample (
    run_id INTEGER NOT NULL REFERENCES run (id), -- the run
    cell_id INTEGER NOT NULL REFERENCES cell (id), -- the point of the design
    replicate INTEGER NOT NULL CHECK (replicate >= 0), -- index of the draw within the cell, from 0
    request_id INTEGER REFERENCES request (id), -- the request that gave it; NULL when it was imported
    text ANY NOT NULL, -- the text, unchanged
    finish_reason TEXT NOT NULL, -- stop, length, content_filter, tool_calls or unknown
    refusal ANY, -- the refusal's text, when the server marked one
    prompt_tokens INTEGER, -- tokens of the question; NULL when not told
    completion_tokens INTEGER, -- tokens of the whole answer; NULL when not told
    latency_s REAL, -- seconds from sending to the last byte
    model ANY, -- the model the server says it used
    system_fingerprint ANY, -- the server's mark of its own configuration
    response_id ANY, -- the server's name for the answer
    attempts INTEGER NOT NULL, -- requests sent until it came
    logprobs ANY, -- JSON of log-probabilities, when asked for
    is_null INTEGER NOT NULL DEFAULT 0, -- 1 where the server sent null in place of a text, which is then empty
    tool_calls ANY, -- JSON of the tools the model asked for; NULL when it asked for none
    PRIMARY KEY (run_id, cell_id, replicate)
) STRICT;

-- Draws that gave no completion; a row stays when its draw is filled later.
CREATE TABLE failure (
    id INTEGER PRIMARY KEY, -- grows with time
    run_id INTEGER NOT NULL REFERENCES run (id), -- the run
    cell_id INTEGER NOT NULL REFERENCES cell (id), -- the point of the design
    replicate INTEGER NOT NULL CHECK (replicate >= 0), -- index of the draw within the cell, from 0
    request_id INTEGER REFERENCES request (id), -- the request that failed; NULL when imported, or not sent
    error ANY NOT NULL, -- slug of the last error
    message ANY NOT NULL, -- one line about it, without secrets
    attempts INTEGER NOT NULL -- requests sent for it
) STRICT;
CREATE INDEX failure_draw ON failure (run_id, cell_id, replicate);

-- What was found out about a run's endpoint: before it, after it, or when somebody wanted to know.
CREATE TABLE probing (
    id INTEGER PRIMARY KEY, -- grows with time
    run_id INTEGER NOT NULL REFERENCES run (id), -- the run
    occasion TEXT NOT NULL, -- asked, preflight or canary
    began_at TEXT NOT NULL, -- UTC time of the first request, ISO 8601
    n_requests INTEGER NOT NULL, -- requests that were sent
    description ANY NOT NULL -- JSON: temperatures asked for, and findings with their evidence
) STRICT;

-- Answers that a probing rests on: they were paid for, too.
CREATE TABLE heard (
    probing_id INTEGER NOT NULL REFERENCES probing (id), -- the probing
    ask_key TEXT NOT NULL, -- SHA-256 of what was asked, and how many at once
    number INTEGER NOT NULL, -- place among the answers to it, from 0
    status INTEGER NOT NULL, -- HTTP status; 0 where no answer came
    latency_s REAL NOT NULL, -- seconds from sending to the last byte
    raw BLOB NOT NULL, -- the body, unchanged
    PRIMARY KEY (probing_id, ask_key, number)
) STRICT;

-- Derived data that are dear to compute, by content; the one table that may be emptied at will.
CREATE TABLE feature (
    name TEXT NOT NULL, -- name of the feature with its options
    text_key TEXT NOT NULL, -- SHA-256 of the text it was computed from
    value BLOB NOT NULL, -- the result, in the feature's own form
    PRIMARY KEY (name, text_key)
) STRICT;

-- Every answer with its question's name, for reading in a database browser.
CREATE VIEW answer AS
SELECT
    run.label AS run, -- label of the run
    cell.prompt_id AS prompt_id, -- name of the prompt
    cell.temperature AS temperature, -- softmax temperature
    json_extract(CAST(cell.description AS TEXT), '$.load') AS load, -- serial or burst; NULL in the grid
    sample.replicate AS replicate, -- index of the draw within the cell, from 0
    CAST(sample.text AS TEXT) AS text, -- the text; exact only in table sample
    sample.finish_reason AS finish_reason, -- why it ended
    sample.attempts AS attempts -- requests sent until it came
FROM sample JOIN run ON run.id = sample.run_id JOIN cell ON cell.id = sample.cell_id;

CREATE TRIGGER run_stays BEFORE UPDATE ON run BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER run_kept BEFORE DELETE ON run BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER suite_stays BEFORE UPDATE ON suite BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER suite_kept BEFORE DELETE ON suite BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER cell_stays BEFORE UPDATE ON cell BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER cell_kept BEFORE DELETE ON cell BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER request_stays BEFORE UPDATE ON request BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER request_kept BEFORE DELETE ON request BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER attempt_stays BEFORE UPDATE ON attempt BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER attempt_kept BEFORE DELETE ON attempt BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER reply_stays BEFORE UPDATE ON reply BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER reply_kept BEFORE DELETE ON reply BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER sample_stays BEFORE UPDATE ON sample BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER sample_kept BEFORE DELETE ON sample BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER failure_stays BEFORE UPDATE ON failure BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER failure_kept BEFORE DELETE ON failure BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER probing_stays BEFORE UPDATE ON probing BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER probing_kept BEFORE DELETE ON probing BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER heard_stays BEFORE UPDATE ON heard BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER heard_kept BEFORE DELETE ON heard BEGIN SELECT RAISE(ABORT, 'append-only'); END;
