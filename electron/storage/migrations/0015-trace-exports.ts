import type { Migration } from './migration.ts';

const SQL = `
-- Traces that wait to be sent to a collector, by their key. A trace may go before its turn comes.
CREATE TABLE trace_exports (seq INTEGER PRIMARY KEY) STRICT;
-- How many were given up on, for the one line that says so.
CREATE TABLE trace_exports_lost (count INTEGER NOT NULL) STRICT;
INSERT INTO trace_exports_lost VALUES (0);
`;

/** The durable queue of what goes to a collector. */
export const traceExports: Migration = { version: 15, name: 'trace exports', up: (db) => db.exec(SQL) };
