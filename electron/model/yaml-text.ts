import { LineCounter, isAlias, isCollection, isMap, isNode, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, Node } from 'yaml';

/** A place in a text; both count from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Where a text is no YAML. `code` and `message` are the parser's, or one of ours: `UNKNOWN_ALIAS`, `UNCLOSED`. */
export interface YamlProblem extends TextPlace {
  readonly code: string;
  readonly message: string;
}

/** Keys and indices from the outside in. */
export type YamlPath = readonly PropertyKey[];

/** What a text of YAML holds, or every place where it is none, in the order of the text. */
export type YamlText =
  | {
      readonly ok: true;
      readonly document: Document;
      /** Plain data; null = the text is empty. */
      readonly content: unknown;
      /** Where the key or the item of this path begins, or the nearest part of it that is in the text. */
      placeOf(path: YamlPath): TextPlace;
    }
  | { readonly ok: false; readonly problems: readonly [YamlProblem, ...YamlProblem[]] };

/** A text that repeats its parts more often than this is a trap, not a file somebody wrote. */
const MOST_ALIASES = 50;
const UNCLOSED = /^Missing closing|must (?:be sufficiently indented and )?end with a [\]}]/u;

/** Where the bracket or quotation mark opens that is not closed at `end`; null = it cannot be told. */
function openedAt(document: Document, end: number, message: string): number | null {
  const closing = /with a ([\]}])/u.exec(message)?.[1];
  const isIt = (node: Node): boolean =>
    closing === undefined
      ? isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE')
      : isCollection(node) && node.flow === true && (closing === ']' ? isSeq(node) : isMap(node));
  let found: number | null = null;
  visit(document, {
    Node(_, node) {
      if (isIt(node) && node.range?.[1] === end) found = node.range[0];
    },
  });
  return found;
}

/** The first alias that stands for nothing; null = each has its anchor. */
function lostAlias(document: Document): { readonly offset: number; readonly name: string } | null {
  let found: { offset: number; name: string } | null = null;
  visit(document, {
    Alias(_, node) {
      if (node.resolve(document) !== undefined) return undefined;
      found = { offset: node.range?.[0] ?? 0, name: node.source };
      return visit.BREAK;
    },
  });
  return found;
}

function offsetOf(document: Document, path: YamlPath): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (!pair) return offset;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(key)];
      if (!isNode(item)) return offset;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else return offset;
    if (isAlias(node)) return offset;
  }
  return offset;
}

/** Reads a text as YAML, of which JSON is a part. Never throws: whatever is wrong is a problem with its place. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true, uniqueKeys: true });
  const placeAt = (offset: number): TextPlace => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const [first, ...others] = document.errors.map(({ code, message, pos }): YamlProblem => {
    if (!UNCLOSED.test(message)) return { ...placeAt(pos[0]), code, message };
    return { ...placeAt(openedAt(document, pos[0], message) ?? pos[0]), code: 'UNCLOSED', message };
  });
  if (first) return { ok: false, problems: [first, ...others] };
  const lost = lostAlias(document);
  if (lost)
    return { ok: false, problems: [{ ...placeAt(lost.offset), code: 'UNKNOWN_ALIAS', message: `*${lost.name}` }] };
  try {
    const content: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    return { ok: true, document, content, placeOf: (path) => placeAt(offsetOf(document, path)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, problems: [{ line: 1, column: 1, code: 'RESOURCE_EXHAUSTION', message }] };
  }
}
