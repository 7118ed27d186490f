import type { Database } from '../../../native/sqlite/index.ts';
import type { TraceReader } from '../store.ts';
import { createTraceReader } from '../traces.ts';

/** Reads that may take longer than a frame, by name. */
export type ReadName = keyof TraceReader;
/** One question to the reading thread. */
export interface ReadQuestion {
  readonly id: number;
  readonly name: ReadName;
  readonly args: readonly unknown[];
}
/** Its answer: a value as JSON, which crosses threads in no time, or what went wrong. */
export type ReadAnswer =
  | { readonly id: number; readonly json: string }
  | { readonly id: number; readonly fault: unknown; readonly message: string };

/** Answers questions from one connection. */
export function createReadAnswerer(db: Database): (question: ReadQuestion) => ReadAnswer {
  const reader = createTraceReader(db);
  return ({ id, name, args }) => {
    try {
      const read = reader[name] as (...given: readonly unknown[]) => unknown;
      return { id, json: JSON.stringify(read(...args)) };
    } catch (error) {
      const fault: unknown = error instanceof Error ? Reflect.get(error, 'fault') : null;
      return { id, fault: fault ?? null, message: error instanceof Error ? error.message : String(error) };
    }
  };
}
