import type { Policy, RuleWhen } from '../../contract/policy.ts';
import type { Features } from '../features/features.ts';

/** A narrowing of a policy: of its constraints (`rule` null) or of one rule. */
export interface Narrowing {
  readonly rule: string | null;
  readonly patterns: readonly string[];
}

/** What a policy asks for one request, after its rules. Rules only narrow what the constraints allow. */
export interface Effective {
  readonly objective: Policy['objective'];
  readonly prefer: readonly string[];
  /** The rule each pattern of `prefer` comes from, by place. */
  readonly preferredBy: readonly string[];
  readonly only: readonly Narrowing[];
  readonly never: readonly Narrowing[];
  readonly kinds: readonly { readonly rule: string | null; readonly kinds: readonly ('local' | 'cloud')[] }[];
  readonly minQuality: number;
  readonly draft: boolean;
  /** Names of the rules that matched, in order. */
  readonly rules: readonly string[];
}

const LETTER = /[\p{L}\p{N}_]/u;
/** Scripts that put no space between words: there a phrase counts wherever it stands. */
const UNSPACED = /[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]/u;

/** Whether the lower-cased text has this word or phrase, not merely as a part of another word. */
export function mentions(lowerText: string, phrase: string): boolean {
  const wanted = phrase.toLowerCase().trim();
  if (wanted === '') return false;
  const anywhere = UNSPACED.test(wanted);
  for (let at = lowerText.indexOf(wanted); at >= 0; at = lowerText.indexOf(wanted, at + 1)) {
    if (anywhere) return true;
    const before = at === 0 ? '' : lowerText.slice(at - 1, at);
    const after = lowerText.slice(at + wanted.length, at + wanted.length + 1);
    const startsOpen = !LETTER.test(wanted.slice(0, 1)) || !LETTER.test(before);
    const endsOpen = !LETTER.test(wanted.slice(-1)) || !LETTER.test(after);
    if (startsOpen && endsOpen) return true;
  }
  return false;
}

const agrees = (wanted: boolean | undefined, found: boolean): boolean => wanted === undefined || wanted === found;

function matches(when: RuleWhen, features: Features, onBattery: boolean, lowerText: () => string): boolean {
  return (
    agrees(when.code, features.code) &&
    agrees(when.math, features.math) &&
    agrees(when.tools, features.tools) &&
    agrees(when.schema, features.schema) &&
    agrees(when.images, features.images > 0) &&
    agrees(when.private, features.private) &&
    agrees(when.onBattery, onBattery) &&
    features.difficulty >= (when.minDifficulty ?? 0) &&
    features.difficulty <= (when.maxDifficulty ?? 1) &&
    features.messageTokens >= (when.minMessageTokens ?? 0) &&
    features.messageTokens <= (when.maxMessageTokens ?? Infinity) &&
    features.historyTokens >= (when.minHistoryTokens ?? 0) &&
    (when.source?.includes(features.source) ?? true) &&
    (when.languages?.some((language) => features.languages.includes(language)) ?? true) &&
    (when.mentions?.some((phrase) => mentions(lowerText(), phrase)) ?? true)
  );
}

/** Applies the rules in order; the first that matches ends it unless it says `stop: false`. */
export function applyRules(policy: Policy, features: Features, onBattery: boolean): Effective {
  const { constraints } = policy;
  let objective = policy.objective;
  let minQuality = constraints.minQuality;
  let draft = policy.draft.enabled;
  const prefer: string[] = [];
  const preferredBy: string[] = [];
  const only: Narrowing[] = constraints.only.length > 0 ? [{ rule: null, patterns: constraints.only }] : [];
  const never: Narrowing[] = constraints.never.length > 0 ? [{ rule: null, patterns: constraints.never }] : [];
  const kinds: { rule: string | null; kinds: readonly ('local' | 'cloud')[] }[] =
    constraints.kinds.length > 0 ? [{ rule: null, kinds: constraints.kinds }] : [];
  const rules: string[] = [];
  let lower: string | null = null;
  const lowerText = (): string => (lower ??= features.text.toLowerCase());

  for (const { name, when, then } of policy.rules) {
    if (!matches(when, features, onBattery, lowerText)) continue;
    rules.push(name);
    objective = then.objective ?? objective;
    minQuality = Math.max(minQuality, then.minQuality ?? 0);
    draft = then.draft ?? draft;
    for (const pattern of then.prefer ?? []) {
      prefer.push(pattern);
      preferredBy.push(name);
    }
    if (then.only && then.only.length > 0) only.push({ rule: name, patterns: then.only });
    if (then.never && then.never.length > 0) never.push({ rule: name, patterns: then.never });
    if (then.kinds && then.kinds.length > 0) kinds.push({ rule: name, kinds: then.kinds });
    if (then.stop) break;
  }
  return { objective, prefer, preferredBy, only, never, kinds, minQuality, draft, rules };
}
