import { dirname } from 'node:path';
import { openDatabase, type Database } from '../../../native/sqlite/index.ts';
import type { Log } from '../../base/log.ts';
import type { Timers } from '../../base/timers.ts';
import { fault, FaultError } from '../../contract/faults.ts';
import { JsonAnswer } from '../../contract/json-answer.ts';
import { damaged, sqliteFault } from '../faults.ts';
import type { TraceReader } from '../store.ts';
import { createRestingThread } from '../thread.ts';
import { createReadAnswerer, type ReadAnswer, type ReadName, type ReadQuestion } from './answer-reads.ts';

/** `TraceReader` on a thread of its own: a read over a million traces never holds a turn up. */
export type TraceReads = {
  readonly [N in ReadName]: (...args: Parameters<TraceReader[N]>) => Promise<JsonAnswer<ReturnType<TraceReader[N]>>>;
} & { dispose(): Promise<void> };

const ENTRY = { source: 'reads/reader-worker.ts', bundle: 'trace-reader.mjs' };

/** Opens nothing before the first read. A thread that cannot be had is replaced by a second connection on this one. */
export function createTraceReads(deps: {
  readonly path: string;
  readonly timers: Timers;
  readonly log: Log;
  /** Another file for the thread, in tests. */
  readonly workerPath?: string;
}): TraceReads {
  const { path } = deps;
  const waiting = new Map<
    number,
    { question: ReadQuestion; resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  let here: { db: Database; answer: (question: ReadQuestion) => ReadAnswer } | null = null;
  let last = 0;
  let ended = false;

  const settle = (answer: ReadAnswer): void => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (!asked) return;
    if ('json' in answer) asked.resolve(new JsonAnswer(answer.json));
    else {
      const known = fault.safeParse(answer.fault);
      asked.reject(known.success ? new FaultError(known.data) : new Error(answer.message));
    }
  };
  const readHere = (): void => {
    if (!here) {
      const db = openDatabase({ path, mode: 'read', mapError: (error) => sqliteFault(error, dirname(path)) });
      here = { db, answer: createReadAnswerer(db) };
    }
    for (const { question } of [...waiting.values()]) settle(here.answer(question));
  };
  const thread = createRestingThread<ReadAnswer>({
    ...deps,
    entry: deps.workerPath ?? ENTRY,
    name: 'storage.reader',
    isBusy: () => waiting.size > 0,
    onMessage: settle,
    onExit() {
      // Whatever took the thread would take the next one too: what it owes is read here.
      try {
        readHere();
      } catch (error) {
        for (const [id, { reject }] of waiting) {
          waiting.delete(id);
          reject(error instanceof Error ? error : damaged('it cannot be opened for reading'));
        }
      }
    },
  });

  const ask = async (name: ReadName, args: readonly unknown[]): Promise<unknown> => {
    if (ended) throw damaged('it is closed');
    const question: ReadQuestion = { id: ++last, name, args };
    return new Promise((resolve, reject) => {
      waiting.set(question.id, { question, resolve, reject });
      if (here) return readHere();
      thread.post(question);
    });
  };
  return {
    list: (...args) => ask('list', args) as ReturnType<TraceReads['list']>,
    get: (...args) => ask('get', args) as ReturnType<TraceReads['get']>,
    usage: (...args) => ask('usage', args) as ReturnType<TraceReads['usage']>,
    usageSums: (...args) => ask('usageSums', args) as ReturnType<TraceReads['usageSums']>,
    pictures: (...args) => ask('pictures', args) as ReturnType<TraceReads['pictures']>,
    neighbourhood: (...args) => ask('neighbourhood', args) as ReturnType<TraceReads['neighbourhood']>,
    overview: (...args) => ask('overview', args) as ReturnType<TraceReads['overview']>,
    savings: (...args) => ask('savings', args) as ReturnType<TraceReads['savings']>,
    breakers: (...args) => ask('breakers', args) as ReturnType<TraceReads['breakers']>,
    async dispose() {
      ended = true;
      here?.db.close();
      for (const { reject } of waiting.values()) reject(damaged('it was closed'));
      waiting.clear();
      await thread.dispose();
    },
  };
}
