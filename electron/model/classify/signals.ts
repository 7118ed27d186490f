import type { ProviderAnswer } from './types.ts';

/** What an answer says, wherever its provider puts it. Everything in lower case. */
export interface Signals {
  /** Codes, types, statuses, exception names, reasons: words meant for programs. */
  readonly codes: ReadonlySet<string>;
  /** All text meant for people, joined; at most 16,384 characters. */
  readonly text: string;
  /** Codes of the socket, resolver or TLS. */
  readonly network: string | null;
  readonly provider: string;
}

const CODE_KEYS = new Set([
  'type',
  'code',
  'status',
  'error',
  '__type',
  'event',
  'reason',
  'errorcode',
  'error_code',
  'error_type',
  'errortype',
  'finish_reason',
  'finishreason',
  'stop_reason',
  'blockreason',
  'quotaid',
  'quotametric',
  'kind',
  'name',
  'innererror',
]);
const TEXT_KEYS = new Set([
  'message',
  'msg',
  'detail',
  'error',
  'description',
  'reason',
  'raw',
  'title',
  'error_description',
  'stop_message',
  'line',
  'stream',
  'text',
]);
const MOST_TEXT = 16_384;
const MOST_DEPTH = 8;
const MOST_NODES = 2000;
/** Something a program would compare: no spaces, not long. */
const CODE = /^[a-z0-9_.:#/-]{1,120}$/i;

/** Gathers codes and text of a whole body: providers disagree on where they put them, wrappers put them deeper. */
export function signalsOf(answer: ProviderAnswer): Signals {
  const codes = new Set<string>();
  const texts: string[] = [];
  let length = 0;
  let nodes = 0;
  const addText = (value: string) => {
    if (length >= MOST_TEXT) return;
    const part = value.slice(0, MOST_TEXT - length).toLowerCase();
    length += part.length;
    texts.push(part);
  };
  const addCode = (value: string) => {
    if (!CODE.test(value)) return;
    const lower = value.toLowerCase();
    codes.add(lower);
    // `com.amazon.coral.service#ThrottlingException`, `litellm.RateLimitError`
    const last = lower.split(/[#:.]/u).pop();
    if (last !== undefined && last !== lower && last !== '') codes.add(last);
  };
  const walk = (value: unknown, key: string, depth: number): void => {
    if (depth > MOST_DEPTH || ++nodes > MOST_NODES) return;
    if (typeof value === 'string') {
      if (CODE_KEYS.has(key)) addCode(value);
      if (TEXT_KEYS.has(key) || key === '' || depth > 1) addText(value);
      // Wrappers (OpenRouter, LiteLLM, Azure) carry the first answer as text.
      if (value.length < 20_000 && /^\s*\{/u.test(value) && key !== '') {
        try {
          walk(JSON.parse(value) as unknown, '', depth + 1);
        } catch {
          // Text that only begins like JSON.
        }
      }
    } else if (typeof value === 'number' && CODE_KEYS.has(key)) codes.add(String(value));
    else if (Array.isArray(value)) for (const item of value) walk(item, key, depth + 1);
    else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) {
        const lower = name.toLowerCase();
        codes.add(`has:${lower}`);
        walk(inner, lower, depth + 1);
      }
  };
  walk(answer.body, '', 0);
  const amazon = answer.headers['x-amzn-errortype'];
  if (amazon !== undefined) addCode(amazon.split(':')[0] ?? amazon);

  let network: string | null = null;
  for (let at: unknown = answer.error, depth = 0; typeof at === 'object' && at !== null && depth < 6; depth++) {
    const code: unknown = Reflect.get(at, 'code');
    if (typeof code === 'string') {
      addCode(code);
      network ??= code.toUpperCase();
    }
    const name: unknown = Reflect.get(at, 'name');
    if (typeof name === 'string' && name !== 'Error') addCode(name);
    const message: unknown = Reflect.get(at, 'message');
    if (typeof message === 'string') addText(message);
    const errors: unknown = Reflect.get(at, 'errors');
    at = Reflect.get(at, 'cause') ?? (Array.isArray(errors) ? (errors[0] as unknown) : null);
  }
  if (typeof answer.error === 'string') addText(answer.error);
  return { codes, text: texts.join('\n'), network, provider: answer.provider.toLowerCase() };
}
