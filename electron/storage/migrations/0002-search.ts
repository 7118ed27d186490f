import type { Migration } from './migration.ts';

// Contentless: the text lives in `messages` only. It is fed through search-text.ts, which parts scripts that have no spaces
// into single characters, so that one index serves every language. Opening a store fills an index that is not up to date.
const SQL = `
CREATE VIRTUAL TABLE messages_fts USING fts5 (
  text, content = '', contentless_delete = 1, prefix = '1 2',
  tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co So'"
);
CREATE VIRTUAL TABLE titles_fts USING fts5 (
  text, content = '', contentless_delete = 1, prefix = '1 2',
  tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co So'"
);
`;

/** Full-text search in messages and titles. */
export const search: Migration = { version: 2, name: 'search', up: (db) => db.exec(SQL) };
