import type { ColourRun, HighlightAnswer } from './highlight-wire.ts';

export type ColouredLines = readonly (readonly ColourRun[])[];

const MAX_CHARS = 40_000;
const KEEP = 300;

const known = new Map<string, ColouredLines | null>();
const waiting = new Map<number, (lines: ColouredLines | null) => void>();
let worker: Worker | null = null;
let broken = false;
let nextId = 1;

function start(): Worker | null {
  if (worker !== null || broken) return worker;
  try {
    worker = new Worker(new URL('./highlight.worker.ts', import.meta.url), { type: 'module' });
  } catch {
    broken = true;
    return null;
  }
  worker.addEventListener('message', (event: MessageEvent<HighlightAnswer>) => {
    waiting.get(event.data.id)?.(event.data.lines);
    waiting.delete(event.data.id);
  });
  worker.addEventListener('error', () => {
    broken = true;
    for (const answer of waiting.values()) answer(null);
    waiting.clear();
  });
  return worker;
}

const keyOf = (code: string, language: string): string => `${language}\n${code}`;

/** Colours known by now; undefined when nobody has asked yet. */
export const coloursOf = (code: string, language: string): ColouredLines | null | undefined =>
  language === '' || code.length > MAX_CHARS ? null : known.get(keyOf(code, language));

/** Colours code in a worker. Never rejects: what cannot be coloured stays plain. */
export function highlight(code: string, language: string): Promise<ColouredLines | null> {
  const key = keyOf(code, language);
  const found = known.get(key);
  if (found !== undefined) return Promise.resolve(found);
  const to = start();
  if (to === null || code.length > MAX_CHARS) return Promise.resolve(null);
  return new Promise((resolve) => {
    const id = nextId++;
    waiting.set(id, (lines) => {
      known.set(key, lines);
      const oldest = known.size > KEEP ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
      resolve(lines);
    });
    to.postMessage({ id, code, language });
  });
}
