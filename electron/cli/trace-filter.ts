import { FAULT_CODES, FAULT_ORIGINS, ROUTE_KINDS, TRACE_SOURCES, TRACE_STATUSES } from '../contract/names.ts';
import type { TraceFilter, TraceRow } from '../contract/entities/trace.ts';
import { wrongUsage } from './failure.ts';

type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=';
type Value = string | number | boolean | null;

interface Field {
  readonly kind: 'word' | 'number' | 'boolean' | 'text';
  readonly read: (row: TraceRow) => Value;
  /** Words it can be; absent = any. */
  readonly words?: readonly string[];
}

const FIELDS: Readonly<Record<string, Field>> = {
  status: { kind: 'word', read: (row) => row.status, words: TRACE_STATUSES },
  route: { kind: 'word', read: (row) => row.route, words: [...ROUTE_KINDS, 'none'] },
  model: { kind: 'word', read: (row) => row.modelId },
  source: { kind: 'word', read: (row) => row.source, words: TRACE_SOURCES },
  fault: { kind: 'word', read: (row) => row.faultCode, words: [...FAULT_CODES, 'none'] },
  origin: { kind: 'word', read: (row) => row.faultOrigin, words: [...FAULT_ORIGINS, 'none'] },
  rating: { kind: 'word', read: (row) => row.rating, words: ['up', 'down', 'none'] },
  prompt: { kind: 'word', read: (row) => row.promptVersionId },
  conversation: { kind: 'word', read: (row) => row.conversationId },
  degraded: { kind: 'boolean', read: (row) => row.degraded },
  private: { kind: 'boolean', read: (row) => row.private },
  durationMs: { kind: 'number', read: (row) => row.durationMs },
  firstTokenMs: { kind: 'number', read: (row) => row.firstTokenMs },
  tokensIn: { kind: 'number', read: (row) => row.tokensIn },
  tokensCached: { kind: 'number', read: (row) => row.tokensCached },
  tokensOut: { kind: 'number', read: (row) => row.tokensOut },
  tokensPerSecond: { kind: 'number', read: (row) => row.tokensPerSecond },
  costUsd: { kind: 'number', read: (row) => row.costUsd },
  text: { kind: 'text', read: (row) => row.preview },
};

export interface Term {
  readonly field: string;
  readonly operator: Operator;
  readonly value: Value;
}

const TERM = /\s*([A-Za-z]+)\s*(!=|>=|<=|=|>|<)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)/uy;

function valueOf(name: string, field: Field, operator: Operator, text: string): Value {
  if (field.kind === 'number') {
    const number = Number(text);
    if (text.trim() === '' || !Number.isFinite(number)) {
      throw wrongUsage(`"${name}" is a number: write for example ${name}>100, not ${name}${operator}${text}.`);
    }
    return number;
  }
  if (operator !== '=' && operator !== '!=') {
    throw wrongUsage(`"${name}" has no order: compare it with = or !=, not with ${operator}.`);
  }
  if (field.kind === 'boolean') {
    if (text === 'true' || text === 'yes' || text === '1') return true;
    if (text === 'false' || text === 'no' || text === '0') return false;
    throw wrongUsage(`"${name}" is true or false, not "${text}".`);
  }
  if (field.words !== undefined && !field.words.includes(text)) {
    throw wrongUsage(`"${name}" is one of ${field.words.join(', ')}, not "${text}".`);
  }
  return text;
}

/** Reads `status=failed durationMs>200 text="to be"`: terms joined by spaces, all of which must hold. */
export function parseTraceFilter(expression: string): Term[] {
  const terms: Term[] = [];
  const end = expression.trimEnd().length;
  TERM.lastIndex = 0;
  while (TERM.lastIndex < end) {
    const from = TERM.lastIndex;
    const match = TERM.exec(expression);
    if (match === null) {
      throw wrongUsage(
        `The filter cannot be read from "${expression.slice(from).trim()}" on: write terms such as status=failed durationMs>200.`,
      );
    }
    const [, name = '', operator = '=', quoted, bare = ''] = match;
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (field === undefined) {
      throw wrongUsage(`There is no field "${name}" to filter by: use one of ${Object.keys(FIELDS).join(', ')}.`);
    }
    const text = quoted === undefined ? bare : quoted.replace(/\\(.)/gu, '$1');
    const op = operator as Operator;
    terms.push({ field: name, operator: op, value: valueOf(name, field, op, text) });
  }
  return terms;
}

function holds(term: Term, row: TraceRow): boolean {
  const field = FIELDS[term.field];
  if (field === undefined) return false;
  const found = field.read(row);
  const { operator, value } = term;
  if (field.kind === 'text') {
    const has = String(found).toLowerCase().includes(String(value).toLowerCase());
    return operator === '=' ? has : !has;
  }
  if (field.kind === 'number') {
    if (typeof found !== 'number' || typeof value !== 'number') return false;
    if (operator === '=') return found === value;
    if (operator === '!=') return found !== value;
    if (operator === '>') return found > value;
    if (operator === '>=') return found >= value;
    return operator === '<' ? found < value : found <= value;
  }
  const same = (found ?? 'none') === value;
  return operator === '=' ? same : !same;
}

/** Whether a trace passes every term. */
export const matches = (terms: readonly Term[], row: TraceRow): boolean => terms.every((term) => holds(term, row));

/** The part of the terms that storage can narrow by; `matches` decides in the end. */
export function narrowing(terms: readonly Term[]): TraceFilter {
  const filter: TraceFilter = {};
  for (const { field, operator, value } of terms) {
    if (field === 'durationMs' && typeof value === 'number' && value >= 0 && (operator === '>' || operator === '>=')) {
      filter.minDurationMs = value;
    }
    if (field === 'costUsd' && typeof value === 'number' && value >= 0 && (operator === '>' || operator === '>=')) {
      filter.minCostUsd = value;
    }
    if (operator !== '=') continue;
    const status = TRACE_STATUSES.find((word) => word === value);
    if (field === 'status' && status !== undefined) filter.status = status;
    if (field === 'model' && typeof value === 'string') filter.modelId = value;
    const route = ROUTE_KINDS.find((word) => word === value);
    if (field === 'route' && route !== undefined) filter.route = route;
    const code = FAULT_CODES.find((word) => word === value);
    if (field === 'fault' && code !== undefined) filter.faultCode = code;
    if (field === 'degraded' && typeof value === 'boolean') filter.degraded = value;
  }
  return filter;
}
