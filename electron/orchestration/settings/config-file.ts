import { LineCounter, isMap, isNode, isPair, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { config as configSchema } from '../../contract/config.ts';
import type { Config } from '../../contract/config.ts';
import { issueWords, yamlWords } from '../../contract/issue-words.ts';
import { say } from '../../contract/sentences/index.ts';

/** What a configuration file says, or what is wrong with it and where. */
export type ParsedConfig =
  | { readonly ok: true; readonly config: Config; readonly document: Document }
  | { readonly ok: false; readonly problem: string };

/** Reads the text of a configuration file. Every problem names its line. */
export function parseConfig(text: string): ParsedConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true, uniqueKeys: true });
  const lineAt = (offset: number | undefined) => (offset === undefined ? 1 : Math.max(1, lines.linePos(offset).line));
  const broken = document.errors[0];
  if (broken) {
    return { ok: false, problem: onLine(lineAt(broken.pos[0]), yamlWords(broken.code, broken.message)) };
  }
  const parsed = configSchema.safeParse(document.toJS({ maxAliasCount: 50 }) ?? {});
  if (parsed.success) return { ok: true, config: parsed.data, document };
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).map((part) => (typeof part === 'number' ? part : String(part)));
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const where = unknown === undefined ? path : [...path, unknown];
  const line = lineAt(offsetOf(document, where));
  const name = where.join('.');
  const words =
    unknown !== undefined
      ? say('said.policy.not_a_setting', { field: name })
      : say('said.policy.problem', {
          field: name || 'the file',
          wrong: issue === undefined ? say('said.policy.wrong') : issueWords(issue),
        });
  return { ok: false, problem: onLine(line, words) };
}

const onLine = (line: number, words: string): string => say('said.policy.line', { line, words });

/** Where the key of this path begins, or the nearest part of it that is in the file. */
function offsetOf(document: Document, path: readonly (string | number)[]): number | undefined {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0];
  for (const key of path) {
    if (isSeq(node) && typeof key === 'number') {
      node = node.items[key];
      if (!isNode(node)) return offset;
      offset = node.range?.[0] ?? offset;
      continue;
    }
    if (!isMap(node)) return offset;
    const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
    if (!pair) return offset;
    if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
    node = pair.value;
  }
  return offset;
}

/** Writes what differs into the document and leaves comments, order and everything else as a person wrote it. */
export function editConfig(document: Document, from: Config, to: Config): string {
  for (const [section, value] of Object.entries(to)) setChanged(document, [section], entry(from, section), value);
  return document.toString({ lineWidth: 120 });
}

const entry = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Path = readonly (string | number)[];

function setChanged(document: Document, path: Path, from: unknown, to: unknown): void {
  if (isRecord(to) && (isRecord(from) || path.length === 1)) {
    const old = isRecord(from) ? from : {};
    for (const [key, value] of Object.entries(to)) {
      if (value === undefined) document.deleteIn([...path, key]);
      else setChanged(document, [...path, key], entry(old, key), value);
    }
    for (const key of Object.keys(old))
      if (!(key in to) && document.hasIn([...path, key])) document.deleteIn([...path, key]);
  } else if (JSON.stringify(from) === JSON.stringify(to)) return;
  else if (Array.isArray(from) && Array.isArray(to) && isSeq(document.getIn(path))) setItems(document, path, from, to);
  else document.setIn(path, document.createNode(sparse(to)));
}

/** What tells the items of a list apart; null = this is a plain list. */
function itemName(item: unknown): string | null {
  const name = entry(item, 'id') ?? entry(item, 'name');
  return typeof name === 'string' ? name : null;
}

/** Edits a list item by item, so that comments and order of those that stay are kept; new ones come last. */
function setItems(document: Document, path: Path, from: readonly unknown[], to: readonly unknown[]): void {
  if ([...from, ...to].some((item) => itemName(item) === null)) {
    document.setIn(path, document.createNode(sparse(to)));
    return;
  }
  const names = from.map(itemName);
  for (let at = names.length - 1; at >= 0; at--) {
    if (to.some((item) => itemName(item) === names[at])) continue;
    document.deleteIn([...path, at]);
    names.splice(at, 1);
  }
  for (const item of to) {
    const at = names.indexOf(itemName(item));
    const old = from.find((known) => itemName(known) === itemName(item));
    if (at === -1) document.addIn(path, document.createNode(sparse(item)));
    else setChanged(document, [...path, at], old, item);
  }
}

/** Fields that say nothing when they have these values: a new item is written without them. */
const SILENT: Readonly<Record<string, unknown>> = {
  enabled: true,
  trustedForPrivate: false,
  concurrency: 0,
  usdPerDay: null,
  requestsPerMinute: null,
};

function sparse(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sparse);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => inner !== undefined && !(name in SILENT && SILENT[name] === inner))
      .filter(([name, inner]) => !(name === 'models' && Array.isArray(inner) && inner.length === 0))
      .map(([name, inner]) => [name, sparse(inner)]),
  );
}
