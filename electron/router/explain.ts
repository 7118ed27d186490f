import { say, SENTENCES } from '../contract/sentences/index.ts';
import type { SentenceCode } from '../contract/sentences/index.ts';

type Without<Prefix extends string, Code> = Code extends `${Prefix}${infer Rest}` ? Rest : never;

/** A sentence of a decision as a value: a code of the sentences and what goes into it. */
export interface Reason {
  readonly code: Exclude<Without<'reason.', SentenceCode>, `${string}.${string}`>;
  readonly params: Readonly<Record<string, string | number>>;
}

type Params = Reason['params'];
const text = (params: Params, name: string): string => String(params[name] ?? '');
const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`;
/** Cents and less are told apart: 4 digits below ten cents. */
const dollars = (usd: number): string => `$${usd.toFixed(usd !== 0 && usd < 0.1 ? 4 : 2)}`;
const share = (value: number): string => value.toFixed(2);

/** How the figures of a reason are written. */
const FIGURES: Readonly<Record<string, (value: number) => string>> = {
  most: dollars,
  limit: dollars,
  left: dollars,
  likely: dollars,
  needed: gigabytes,
  free: gigabytes,
  quality: share,
  least: share,
};

const causeOf = (because: string): string => {
  const code = `reason.cause.${because}`;
  return say(code in SENTENCES ? (code as SentenceCode) : 'reason.cause.other');
};

/** The rest of a reason that only its own case has: which of its sentences, and what stands inside. */
function worded({ code, params }: Reason): { readonly code: SentenceCode; readonly params: Params } {
  switch (code) {
    case 'policy_local':
    case 'policy_cloud':
    case 'policy_only':
    case 'policy_never':
      return {
        code:
          params['rule'] === undefined ? `reason.${code}` : `reason.${code.replace('policy', 'rule') as 'rule_local'}`,
        params,
      };
    case 'breaker':
      return {
        code: Number(params['seconds'] ?? 0) > 0 ? 'reason.breaker_until' : 'reason.breaker',
        params: { ...params, cause: causeOf(text(params, 'because')) },
      };
    case 'budget':
    case 'budget_no_price': {
      const words = text(params, 'words').replace(/\.$/u, '');
      return { code: words === '' ? `reason.${code}` : `reason.${code}_because`, params: { ...params, clause: words } };
    }
    default:
      return { code: `reason.${code}`, params };
  }
}

const NO_PARAMS: Params = {};

export const reason = (code: Reason['code'], params = NO_PARAMS): Reason => ({ code, params });

/** The sentence of a reason in English. A model that says itself what is wrong with it is quoted. */
export function sayReason(given: Reason): string {
  if (text(given.params, 'problem') !== '') return text(given.params, 'problem');
  const { code, params } = worded(given);
  if (params === NO_PARAMS) return say(code);
  const figures = Object.entries(params).map(([name, value]) => {
    const written = typeof value === 'number' ? FIGURES[name]?.(value) : undefined;
    return [name, written ?? value] as const;
  });
  return say(code, Object.fromEntries(figures));
}
