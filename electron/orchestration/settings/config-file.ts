import { isSeq } from 'yaml';
import type { Document } from 'yaml';
import type { z } from 'zod';
import { readYaml } from '../../model/yaml-text.ts';
import { config as configSchema } from '../../contract/config.ts';
import type { Config } from '../../contract/config.ts';
import { issueWords, yamlWords } from '../../contract/issue-words.ts';
import { say } from '../../contract/sentences/index.ts';

/** What a configuration file says, or what is wrong with it and where. */
export type ParsedConfig =
  | { readonly ok: true; readonly config: Config; readonly document: Document }
  | { readonly ok: false; readonly problem: string };

/** Reads the text of a configuration file. Every problem names its line, and its column where it is no YAML. */
export function parseConfig(text: string): ParsedConfig {
  const read = readYaml(text);
  if (!read.ok) {
    const { line, column, code, message } = read.problems[0];
    return { ok: false, problem: say('said.policy.place', { line, column, words: yamlWords(code, message) }) };
  }
  const { document, content, placeOf } = read;
  const parsed = configSchema.safeParse(content ?? {});
  if (parsed.success) return { ok: true, config: parsed.data, document };
  const issue = parsed.error.issues[0];
  const words = settingProblem(issue);
  return { ok: false, problem: say('said.policy.line', { line: placeOf(pathOf(issue)).line, words }) };
}

type Issue = z.core.$ZodIssue | undefined;
const unknownIn = (issue: Issue): string | undefined =>
  issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
const pathOf = (issue: Issue): PropertyKey[] => {
  const unknown = unknownIn(issue);
  return [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])];
};

/** What is wrong with a setting, in words, without its line. */
export function settingProblem(issue: Issue): string {
  const field = pathOf(issue).map(String).join('.') || 'the file';
  return unknownIn(issue) !== undefined
    ? say('said.policy.not_a_setting', { field })
    : say('said.policy.problem', { field, wrong: issue === undefined ? say('said.policy.wrong') : issueWords(issue) });
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
