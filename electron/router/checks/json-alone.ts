import { createJsonEnd } from '../../base/json-end.ts';
import type { ModelFormat } from '../../model/model.ts';

/** The first line of a fence of Markdown around code. */
const FENCE = /^(?:`{3,}|~{3,})[^\n`]*\n/u;
/** A first line of a fence is not longer, in UTF-16 units. */
const LONGEST_FENCE = 200;

/** The JSON of an answer as it comes. */
export interface JsonAlone {
  /** What of it can be shown now; empty = nothing yet. */
  take(text: string): string;
  /** What was shown, with what came behind it if that may be another value: for the check of the whole. */
  judged(): string;
}

/** Whether the form asked for can be a text, a number or another value without brackets. */
const mayBeBare = (format: ModelFormat): boolean =>
  format.type !== 'json' && format.schema['type'] !== 'object' && format.schema['type'] !== 'array';

/**
 * Leaves out a code fence and words around an object or a list: models put both there, and what a program reads must be JSON from its first character
 * to its last. It begins where a line does; words before it are never shown. If nothing begins so, nothing was shown: the whole answer can be put
 * right then, or another model asked.
 */
export function createJsonAlone(format: ModelFormat): JsonAlone {
  let state: 'start of a line' | 'words' | 'inside' | 'bare' | 'behind' = 'start of a line';
  let waiting = '';
  let shown = '';
  let behind = '';
  /** Nothing but a fence stands before it. */
  let first = true;
  const end = createJsonEnd();

  const inside = (text: string): string => {
    const length = end(text);
    if (length < 0) return text;
    state = 'behind';
    behind = text.slice(length);
    return text.slice(0, length);
  };
  /** Looks at a line that begins. The result is what is left to look at; null = more of it is needed. */
  const startOfLine = (text: string): string | null => {
    waiting += text;
    const line = waiting.trimStart();
    const char = line.charAt(0);
    waiting = '';
    if (char === '') return null;
    if (char === '{' || (char === '[' && first)) {
      state = 'inside';
      return line;
    }
    if (char === '`' || char === '~') {
      const fence = FENCE.exec(line)?.[0];
      if (fence !== undefined) {
        first = true;
        return line.slice(fence.length);
      }
      if (line.length < LONGEST_FENCE && !line.includes('\n')) {
        waiting = line;
        return null;
      }
    }
    state = first && mayBeBare(format) ? 'bare' : 'words';
    first = false;
    return line;
  };
  const next = (text: string): string => {
    for (let left: string | null = text; left !== null;) {
      switch (state) {
        case 'start of a line':
          left = startOfLine(left);
          break;
        case 'words': {
          const lineEnd: number = left.indexOf('\n');
          if (lineEnd < 0) return '';
          state = 'start of a line';
          left = left.slice(lineEnd + 1);
          break;
        }
        case 'inside':
          return inside(left);
        case 'bare':
          return left;
        case 'behind':
          behind += left;
          return '';
      }
    }
    return '';
  };

  return {
    take(text) {
      const some = next(text);
      shown += some;
      return some;
    },
    judged: () => (/[[{]/u.test(behind) ? shown + behind : shown),
  };
}
