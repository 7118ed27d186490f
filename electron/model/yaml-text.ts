import { LineCounter, isAlias, isCollection, isMap, isNode, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';

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
/** The same for all aliases together: each is looked up through the whole text. */
const MOST_ALIASES_IN_ALL = 100;
/** Opening brackets are looked for, through the whole text, for so many problems; those after follow from the first. */
const MOST_OPENINGS = 20;
const UNCLOSED = /^Missing closing|must (?:be sufficiently indented and )?end with a [\]}]/u;

interface Found {
  readonly offset: number;
  readonly code: string;
  readonly message: string;
}

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

/**
 * What the parser lets pass or would need the square of the text's length for: fields that stand twice, aliases of nothing, and more
 * aliases than anybody writes. In the order of the text.
 */
function lookedOver(document: Document): Found[] {
  const found: Found[] = [];
  const anchors = new Set<string>();
  let aliases = 0;
  visit(document, {
    Node(_, node) {
      if (!isAlias(node)) {
        if ('anchor' in node && node.anchor !== undefined) anchors.add(node.anchor);
        return undefined;
      }
      const offset = node.range?.[0] ?? 0;
      if (!anchors.has(node.source)) found.push({ offset, code: 'UNKNOWN_ALIAS', message: `*${node.source}` });
      if (++aliases <= MOST_ALIASES_IN_ALL) return undefined;
      found.push({ offset, code: 'RESOURCE_EXHAUSTION', message: 'too many aliases' });
      return visit.BREAK;
    },
    Map(_, map) {
      if (map.anchor !== undefined) anchors.add(map.anchor);
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value))
          found.push({ offset: key.range?.[0] ?? 0, code: 'DUPLICATE_KEY', message: 'Map keys must be unique' });
        keys.add(key.value);
      }
    },
  });
  return found.toSorted((one, other) => one.offset - other.offset);
}

/** Its pairs by their keys as text, the first of each: a text with thousands of wrong fields asks for the place of each. */
function pairsOf(map: YAMLMap, known: WeakMap<YAMLMap, Map<string, Pair>>): Map<string, Pair> {
  const before = known.get(map);
  if (before) return before;
  const pairs = new Map<string, Pair>();
  for (const pair of map.items)
    if (isScalar(pair.key) && !pairs.has(String(pair.key.value))) pairs.set(String(pair.key.value), pair);
  known.set(map, pairs);
  return pairs;
}

function offsetOf(document: Document, path: YamlPath, known: WeakMap<YAMLMap, Map<string, Pair>>): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = pairsOf(node, known).get(String(key));
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
  const placeAt = (offset: number): TextPlace => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  // Fields that stand twice are found by ourselves: the parser compares each with each.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true, uniqueKeys: false });
  const tooDeep = document.errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  if (tooDeep) return wrong([{ offset: tooDeep.pos[0], code: tooDeep.code, message: tooDeep.message }]);
  try {
    const errors = document.errors.map(({ code, message, pos }, at): Found => {
      if (!UNCLOSED.test(message)) return { offset: pos[0], code, message };
      const opened = at < MOST_OPENINGS ? openedAt(document, pos[0], message) : null;
      return { offset: opened ?? pos[0], code: 'UNCLOSED', message };
    });
    const found = errors.length > 0 ? errors : lookedOver(document);
    if (found.length > 0) return wrong(found);
    const content: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    const known = new WeakMap<YAMLMap, Map<string, Pair>>();
    return { ok: true, document, content, placeOf: (path) => placeAt(offsetOf(document, path, known)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return wrong([{ offset: 0, code: 'RESOURCE_EXHAUSTION', message }]);
  }

  function wrong(found: readonly Found[]): YamlText {
    const [first, ...others] = found.map(({ offset, code, message }): YamlProblem => ({
      ...placeAt(offset),
      code,
      message,
    }));
    return { ok: false, problems: [first ?? { line: 1, column: 1, code: 'UNEXPECTED_TOKEN', message: '' }, ...others] };
  }
}
