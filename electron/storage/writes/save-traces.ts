import { z } from 'zod';
import type { Database } from '../../../native/sqlite/index.ts';
import { trace as traceSchema, usageEntry } from '../../contract/entities/trace.ts';
import type { Trace, UsageEntry } from '../../contract/entities/trace.ts';
import { createIndexQueue } from '../search-index.ts';
import { insertUsage, savePayload, saveTraceRow } from '../trace-rows.ts';

/** A trace with what it cost. */
export interface EndedTrace {
  readonly trace: Trace;
  readonly usages: readonly UsageEntry[];
}

/** What one line of the journal says. */
export const noted = z.object({ trace: traceSchema, usages: z.array(usageEntry) });

/** A trace as a line of the journal has it. Throws for what is none. */
export const readNoted = (line: string): EndedTrace => noted.parse(JSON.parse(line));

/** Whether its end is stored; a turn has a row from its beginning. */
export const isEnded = (db: Database, traceId: string): boolean =>
  db.get(`SELECT 1 FROM traces WHERE id = ? AND status <> 'running'`, traceId) !== undefined;

/** Stores traces in one transaction, without those of which `isStored` says that somebody else did. */
export function saveTraces(db: Database, all: readonly EndedTrace[], isStored: (traceId: string) => boolean): void {
  db.write(() => {
    // Words are indexed last: the index is written once, not for every trace.
    const words = createIndexQueue(db);
    for (const { trace, usages } of all) {
      if (isStored(trace.id)) continue;
      savePayload(db, saveTraceRow(db, trace, words.add), trace.decision, trace.spans, trace.content);
      insertUsage(db, usages);
    }
    words.flush();
  });
}
