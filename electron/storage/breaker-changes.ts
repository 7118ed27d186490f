import type { Database } from '../../native/sqlite/index.ts';
import { breakerChange, type BreakerChange, type BreakerHistory } from '../contract/entities/breaker.ts';
import { entity } from './row.ts';

/** More changes than this of a time are not told: a breaker that opens at every probe makes some 300 an hour at most. */
const MOST_CHANGES = 2000;

export function addBreakerChange(db: Database, { at, of, subject, state, because, until }: BreakerChange): void {
  const sql = 'INSERT INTO breaker_changes (at, of, subject, state, because, until) VALUES (?, ?, ?, ?, ?, ?)';
  db.write(() => db.run(sql, at, of, subject, state, because, until));
}

/** The last state of each breaker before a time, those that were closed left out. */
const LAST = `SELECT at, of, subject, state, because, until FROM breaker_changes WHERE state <> 'closed' AND seq IN
  (SELECT max(seq) FROM breaker_changes WHERE at < ? GROUP BY of, subject)`;

const changes = (rows: ReturnType<Database['all']>): BreakerChange[] =>
  rows.map((row) => entity(breakerChange, row, 'breaker_changes'));

/** `since` inclusive, `until` exclusive, epoch ms. */
export function breakerHistoryOf(db: Database, since: number, until: number): BreakerHistory {
  const newest = db.all(
    `SELECT at, of, subject, state, because, until FROM breaker_changes WHERE at >= ? AND at < ? ORDER BY at DESC, seq DESC LIMIT ?`,
    since,
    until,
    MOST_CHANGES + 1,
  );
  const more = newest.length > MOST_CHANGES;
  const shown = changes(newest.slice(0, MOST_CHANGES)).reverse();
  return { changes: [...changes(db.all(`${LAST} ORDER BY at, seq`, since)), ...shown], more };
}

/** A process that ended took its breakers with it: what it left open is closed. */
export function closeBreakers(db: Database, at: number): void {
  for (const { of, subject } of changes(db.all(LAST, Number.MAX_SAFE_INTEGER)))
    addBreakerChange(db, { at, of, subject, state: 'closed', because: 'restart', until: null });
}

/** Removes what is older. The last word about each breaker stays. */
export function dropBreakerChanges(db: Database, before: number): void {
  const sql = `DELETE FROM breaker_changes WHERE at < ? AND seq NOT IN (SELECT max(seq) FROM breaker_changes GROUP BY of, subject)`;
  db.write(() => db.run(sql, before));
}
