import { diffArrays, diffWordsWithSpace } from 'diff';

/** A piece of a line; `changed` pieces are what differs from the line beside it. */
export interface Piece {
  readonly text: string;
  readonly changed: boolean;
}

export interface Line {
  readonly number: number;
  readonly pieces: readonly Piece[];
}

/** One row beside another: `same` has both, `removed` only the left, `added` only the right, `changed` both. */
export interface CompareRow {
  readonly kind: 'same' | 'removed' | 'added' | 'changed';
  readonly left: Line | null;
  readonly right: Line | null;
}

export interface Comparison {
  readonly rows: readonly CompareRow[];
  readonly added: number;
  readonly removed: number;
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replaceAll('\r\n', '\n').split('\n'));

const whole = (number: number, text: string): Line => ({ number, pieces: [{ text, changed: false }] });

/** Lines longer than this are compared whole: word by word would take too long to wait for. */
const WORDS_UP_TO = 4000;

/** Word by word when the lines are alike; null when they share so little that two plain lines read better. */
const within = (left: string, right: string): { left: Piece[]; right: Piece[] } | null => {
  if (left.length > WORDS_UP_TO || right.length > WORDS_UP_TO) return null;
  const parts = diffWordsWithSpace(left, right);
  const kept = parts.reduce((sum, part) => (part.added || part.removed ? sum : sum + part.value.trim().length), 0);
  const longest = Math.max(left.trim().length, right.trim().length);
  if (longest > 0 && kept / longest < 0.3) return null;
  return {
    left: parts.filter((part) => !part.added).map((part) => ({ text: part.value, changed: part.removed })),
    right: parts.filter((part) => !part.removed).map((part) => ({ text: part.value, changed: part.added })),
  };
};

/** Compares two texts line by line, and changed lines word by word. */
export const compareTexts = (before: string, after: string): Comparison => {
  const rows: CompareRow[] = [];
  let leftNumber = 0;
  let rightNumber = 0;
  let added = 0;
  let removed = 0;
  let gone: string[] = [];
  let come: string[] = [];
  const flush = (): void => {
    removed += gone.length;
    added += come.length;
    const both = Math.max(gone.length, come.length);
    for (let at = 0; at < both; at += 1) {
      const left = gone[at];
      const right = come[at];
      const pieces = left === undefined || right === undefined ? null : within(left, right);
      if (pieces !== null) {
        leftNumber += 1;
        rightNumber += 1;
        rows.push({
          kind: 'changed',
          left: { number: leftNumber, pieces: pieces.left },
          right: { number: rightNumber, pieces: pieces.right },
        });
        continue;
      }
      if (left !== undefined) {
        leftNumber += 1;
        rows.push({ kind: 'removed', left: whole(leftNumber, left), right: null });
      }
      if (right !== undefined) {
        rightNumber += 1;
        rows.push({ kind: 'added', left: null, right: whole(rightNumber, right) });
      }
    }
    gone = [];
    come = [];
  };
  for (const part of diffArrays(linesOf(before), linesOf(after))) {
    if (part.removed) gone = gone.concat(part.value);
    else if (part.added) come = come.concat(part.value);
    else {
      flush();
      for (const text of part.value) {
        leftNumber += 1;
        rightNumber += 1;
        rows.push({ kind: 'same', left: whole(leftNumber, text), right: whole(rightNumber, text) });
      }
    }
  }
  flush();
  return { rows, added, removed };
};

/** A line of the one-column form. */
export interface InlineLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly leftNumber: number | null;
  readonly rightNumber: number | null;
  readonly pieces: readonly Piece[];
}

/** The same comparison in one column: in each run of changes what went, then what came. */
export const inline = (rows: readonly CompareRow[]): readonly InlineLine[] => {
  const out: InlineLine[] = [];
  let waiting: InlineLine[] = [];
  const flush = (): void => {
    out.push(...waiting);
    waiting = [];
  };
  for (const { kind, left, right } of rows) {
    if (kind === 'same') {
      flush();
      if (left !== null && right !== null)
        out.push({ kind, leftNumber: left.number, rightNumber: right.number, pieces: left.pieces });
      continue;
    }
    if (left !== null) out.push({ kind: 'removed', leftNumber: left.number, rightNumber: null, pieces: left.pieces });
    if (right !== null)
      waiting.push({ kind: 'added', leftNumber: null, rightNumber: right.number, pieces: right.pieces });
  }
  flush();
  return out;
};
