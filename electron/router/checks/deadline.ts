import { createContext, Script } from 'node:vm';

/** Longer, no check of an answer may hold up everything else, in ms by the clock: a busy machine needs more than the check itself. */
export const CHECK_MS = 250;

const place: { work: (() => unknown) | null } = { work: null };
const context = createContext(place, { codeGeneration: { strings: false, wasm: false } });
const script = new Script('work()');

/**
 * Runs synchronous work and gives it up after `ms`: V8 looks for its end in loops and while a regular expression goes back over a text,
 * so that a pattern of a stranger (`^(a+)+$`) cannot stop the program. null = it was given up. Costs about 0.1 ms.
 */
export function withinMs<T>(ms: number, work: () => T): { readonly value: T } | null {
  const outer = place.work;
  let result: { readonly value: T } | null = null;
  place.work = () => {
    result = { value: work() };
  };
  try {
    script.runInContext(context, { timeout: ms });
    return result;
  } catch (error) {
    // It may be an Error of the other context.
    if (Reflect.get(Object(error), 'code') === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null;
    throw error;
  } finally {
    place.work = outer;
  }
}
