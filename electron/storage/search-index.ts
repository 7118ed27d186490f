import type { Database } from '../../native/sqlite/index.ts';
import { integer, text } from './row.ts';
import { SEARCH_TEXT_VERSION, searchText } from './search-text.ts';

type Index = 'messages_fts' | 'titles_fts' | 'traces_fts';

/** Puts or replaces one text in a search index. The index stores no text, only where words are. */
export function indexText(db: Database, index: Index, seq: number, source: string): void {
  unindexText(db, index, seq);
  addToIndex(db, index, seq, source);
}

/** As `indexText` where the row is known to be new. */
export function addToIndex(db: Database, index: Index, seq: number, source: string): void {
  db.run(`INSERT INTO ${index} (rowid, text) VALUES (CAST(? AS INTEGER), ?)`, seq, searchText(source));
}

/** Takes a text out of an index; one that is not in it is no error. */
export function unindexText(db: Database, index: Index, seq: number): void {
  db.run(`DELETE FROM ${index} WHERE rowid = CAST(? AS INTEGER)`, seq);
}

/** Takes a new text for an index, now or later. */
export type AddText = (index: Index, seq: number, source: string) => void;

/** `AddText` that does it at once. */
export const addNow =
  (db: Database): AddText =>
  (index, seq, source) =>
    addToIndex(db, index, seq, source);

/** Holds texts back until the other rows of a transaction are in. FTS5 writes what it has gathered to disk whenever a
 * statement with foreign keys begins: taking turns with such statements costs ten times as much. */
export function createIndexQueue(db: Database): { add: AddText; flush: () => void } {
  let waiting: Parameters<AddText>[] = [];
  return {
    add: (...entry) => void waiting.push(entry),
    flush: () => {
      for (const [index, seq, source] of waiting) addToIndex(db, index, seq, source);
      waiting = [];
    },
  };
}

const SOURCES: readonly { index: Index; sql: string }[] = [
  { index: 'titles_fts', sql: 'SELECT seq, title AS text FROM conversations WHERE seq > ? ORDER BY seq LIMIT 500' },
  {
    index: 'messages_fts',
    sql: `SELECT seq, text FROM messages WHERE seq > ? AND status NOT IN ('queued', 'streaming') ORDER BY seq LIMIT 500`,
  },
  { index: 'traces_fts', sql: 'SELECT seq, preview AS text FROM traces WHERE seq > ? ORDER BY seq LIMIT 500' },
];

/** Builds the search indexes again when they are older than the code that fills them. Returns whether it did. */
export function refreshSearchIndexes(db: Database): boolean {
  const stored = db.get(`SELECT value FROM meta WHERE key = 'searchTextVersion'`);
  if (stored && text(stored, 'value') === String(SEARCH_TEXT_VERSION)) return false;
  rebuildSearchIndexes(db);
  return true;
}

/** Empties the search indexes and fills them from what is stored. */
export function rebuildSearchIndexes(db: Database): void {
  db.write(() => {
    for (const { index, sql } of SOURCES) {
      db.exec(`INSERT INTO ${index} (${index}) VALUES ('delete-all')`);
      let after = -1;
      for (let rows = db.all(sql, after); rows.length > 0; rows = db.all(sql, after)) {
        for (const row of rows) {
          after = integer(row, 'seq');
          addToIndex(db, index, after, text(row, 'text'));
        }
      }
    }
    db.run(
      `INSERT INTO meta (key, value) VALUES ('searchTextVersion', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      String(SEARCH_TEXT_VERSION),
    );
  });
}

/** Remembers that the indexes cannot be repaired in place, so that the next start moves everything into a new file. */
export const markSearchDamaged = (db: Database): void =>
  void db.run(`INSERT INTO meta (key, value) VALUES ('searchDamaged', '1') ON CONFLICT DO NOTHING`);

/** Whether an earlier run gave up on the indexes. */
export const isSearchDamaged = (db: Database): boolean =>
  db.get(`SELECT 1 AS one FROM meta WHERE key = 'searchDamaged'`) !== undefined;
