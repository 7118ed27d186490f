import { LineCounter, isPair, isScalar, isMap, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { config as configSchema } from '../../contract/config.ts';
import type { Config } from '../../contract/config.ts';

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
    const words = (broken.message.split('\n', 1)[0] ?? '').replace(/[.:]+$/, '');
    return { ok: false, problem: `Line ${String(lineAt(broken.pos[0]))}: ${words}.` };
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
      ? `“${name}” is not a setting`
      : `“${name || 'the file'}”: ${lower(issue?.message ?? 'wrong value')}`;
  return { ok: false, problem: `Line ${String(line)}: ${words}.` };
}

const lower = (words: string) => words.charAt(0).toLowerCase() + words.slice(1);

/** Where the key of this path begins, or the nearest part of it that is in the file. */
function offsetOf(document: Document, path: readonly (string | number)[]): number | undefined {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0];
  for (const key of path) {
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

function setChanged(document: Document, path: string[], from: unknown, to: unknown): void {
  if (typeof to === 'object' && to !== null && !Array.isArray(to)) {
    for (const [key, value] of Object.entries(to)) setChanged(document, [...path, key], entry(from, key), value);
  } else if (JSON.stringify(from) !== JSON.stringify(to)) document.setIn(path, to);
}
