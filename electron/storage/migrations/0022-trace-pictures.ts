import type { Migration } from './migration.ts';

const SQL = `
CREATE TABLE trace_pictures (
  trace_seq INTEGER PRIMARY KEY REFERENCES traces (seq) ON DELETE CASCADE,
  body BLOB NOT NULL
) STRICT;
`;

/** Pictures of requests whose words are kept, apart from the words: they are read only to be sent again. */
export const tracePictures: Migration = { version: 22, name: 'trace pictures', up: (db) => db.exec(SQL) };
