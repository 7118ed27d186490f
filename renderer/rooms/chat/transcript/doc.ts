import { createSplitter } from '../markdown/split.ts';
import type { Block, Splitter } from '../markdown/split.ts';

/** A message as blocks. Grows with its text; settled blocks keep their identity. */
export interface Doc {
  /** Brings it up to this text. Cheap when the text only grew or did not change. */
  update(text: string, finished: boolean): readonly Block[];
  blocks(): readonly Block[];
  definitions(): string;
  /** All code of the fence that part `index` belongs to. */
  wholeCode(index: number): string;
}

const OVERLAP = 64;

export function createDoc(): Doc {
  let splitter: Splitter = createSplitter();
  let seen = '';
  let closed = false;
  let shown: readonly Block[] = [];

  return {
    update(text, finished) {
      const at = seen.length;
      const grew =
        text.length >= at &&
        !(closed && text.length > at) &&
        text.slice(Math.max(0, at - OVERLAP), at) === seen.slice(-OVERLAP);
      if (grew && text.length === at && closed === finished) return shown;
      if (!grew || (closed && !finished)) {
        splitter = createSplitter();
        splitter.push(text);
      } else splitter.push(text.slice(at));
      seen = text;
      closed = finished;
      if (finished) splitter.finish();
      shown = finished ? splitter.settled : [...splitter.settled, ...splitter.tail()];
      return shown;
    },
    blocks: () => shown,
    definitions: () => splitter.definitions(),
    wholeCode(index) {
      const texts: string[] = [];
      for (let at = index; at < shown.length; at++) {
        const block = shown[at];
        if (block?.kind !== 'code') break;
        texts.push(block.text);
        if (block.part === 'whole' || block.part === 'last') break;
      }
      return texts.join('\n');
    },
  };
}

const KEEP = 120;
const docs = new Map<string, Doc>();

/** The blocks of a message, remembered while it is likely to be seen again. */
export function docOf(messageId: string): Doc {
  const found = docs.get(messageId);
  const doc = found ?? createDoc();
  docs.delete(messageId);
  docs.set(messageId, doc);
  const oldest = docs.size > KEEP ? docs.keys().next().value : undefined;
  if (oldest !== undefined) docs.delete(oldest);
  return doc;
}
