import type { Database } from '../../../native/sqlite/index.ts';

/** One step of the schema. Once landed it is never edited; a later step corrects it. */
export interface Migration {
  /** `PRAGMA user_version` after it ran: 1, 2, 3 … without gaps. */
  readonly version: number;
  readonly name: string;
  /** Runs inside the caller's transaction, foreign keys unenforced until it ends. */
  up(db: Database): void;
}
