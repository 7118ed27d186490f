import { SENTENCES } from '../../../electron/contract/sentences/index.ts';
import type { SentenceCode } from '../../../electron/contract/sentences/index.ts';

/** A language: a template for every sentence, and how what stands in its slots is written where that differs. */
export interface CoreWords {
  readonly sentences: Readonly<Record<SentenceCode, string>>;
  readonly slots: Readonly<Record<string, (value: string) => string>>;
}

interface Known {
  readonly code: SentenceCode;
  readonly pattern: RegExp;
  readonly slots: readonly string[];
  /** Only what stands before its semicolon: a diagnosis quotes so much of a fault. */
  readonly head: boolean;
  /** Letters that are always the same: the more, the surer. */
  readonly fixed: number;
  /** 2 = nothing but its own words, 1 = begins with them, 0 = begins with a name, for which it would take the words of a sentence around it. */
  readonly sure: number;
}

/** Parts of a sentence, not sentences: taken only where a slot asks for one. */
const PART =
  /^(?:provider\.(?:wait|pause)|reason\.cause|said\.limit|diagnosis\.because|model\.(?:damage|ended))\.|^said\.policy\.(?:missing|number|whole|truth|text|list|group|least|most|above|too_few|too_many|empty|too_long|one_of|model_pattern|name_form|steps_order|key_place|id_form|taken|address|address_alone|variable|header_name|header_own|headers_many|proxy|local_pair|needs_address|id_twice|name_twice|policy_name|token_hash|tiers_order|date|form|wrong)$/u;
/** Slots with words of their own: whole sentences, one without its stop, or a part of one. */
const NESTED: ReadonlySet<string> = new Set(['words', 'clause', 'cause', 'because', 'which', 'wrong', 'wait']);
/** Slots that quote others and may hold several sentences. */
const FREE: ReadonlySet<string> = new Set(['why', 'problems', 'path', 'folder', 'snapshot']);
/** A name, never the end of one sentence and the start of the next. */
const NAME = '((?:(?![.?!]["”’)]?\\s).)+?)';
/** Without a known sentence inside, these could be anything. */
const ONLY_WHOLE: ReadonlySet<SentenceCode> = new Set([
  'reason.refusal',
  'reason.breaker',
  'reason.breaker_until',
  'said.budget.left',
  'said.budget.left_until',
  'said.policy.line',
  'said.policy.place',
  'said.policy.problem',
]);
/** Letters before the first slot that no name begins with by chance. */
const LEAST_BEGINNING = 10;
const MOST_SENTENCES = 24;
const MOST_DEPTH = 4;

let known: readonly Known[] | null = null;

function compile(): readonly Known[] {
  const entries = Object.entries(SENTENCES) as [SentenceCode, string][];
  const heads = entries
    .filter(([code, template]) => /^fault\./u.test(code) && template.includes('; '))
    .map(([code, template]) => ({ code, template: template.slice(0, template.indexOf('; ')), head: true }));
  return [...entries.map(([code, template]) => ({ code, template, head: false })), ...heads]
    .map(({ code, template, head }): Known => {
      const slots: string[] = [];
      const source = template
        .split(/(\{\w+\})/u)
        .map((part) => {
          if (!/^\{\w+\}$/u.test(part)) return part.replaceAll(/[.*+?^${}()|[\]\\/]/gu, '\\$&');
          const slot = part.slice(1, -1);
          slots.push(slot);
          return slot === 'wait' ? '(.*?)' : NESTED.has(slot) || FREE.has(slot) ? '(.+?)' : NAME;
        })
        .join('');
      return {
        code,
        pattern: new RegExp(`^${source}$`, 'su'),
        slots,
        head,
        fixed: template.replaceAll(/\{\w+\}/gu, '').length,
        sure: slots.length === 0 ? 2 : template.indexOf('{') >= LEAST_BEGINNING ? 1 : 0,
      };
    })
    .toSorted((a, b) => b.sure - a.sure || b.fixed - a.fixed);
}

/** Ends of sentences: a stop, perhaps a closing quotation mark, and white space. */
const partsOf = (text: string): string[] => text.split(/(?<=[.?!]["”’)]?)\s+/u);

/** One template that is the whole of `text`; null = none is. */
function whole(text: string, words: CoreWords, depth: number, kind: 'sentence' | 'part' | 'head'): string | null {
  known ??= compile();
  for (const { code, pattern, slots, head } of known) {
    if (kind !== (head ? 'head' : PART.test(code) ? 'part' : 'sentence')) continue;
    const match = pattern.exec(text);
    if (!match) continue;
    const values: Record<string, string> = {};
    let fits = true;
    for (const [index, slot] of slots.entries()) {
      const value = match[index + 1] ?? '';
      if (!NESTED.has(slot) || value === '') {
        values[slot] = words.slots[slot]?.(value) ?? value;
        continue;
      }
      const sure = ONLY_WHOLE.has(code);
      const inner = depth >= MOST_DEPTH ? null : nested(slot, value, words, depth + 1, sure);
      if (inner === null && sure) fits = false;
      values[slot] = inner ?? value;
    }
    const template = words.sentences[code];
    if (fits)
      return (head ? (template.split('；')[0] ?? template) : template).replaceAll(
        /\{(\w+)\}/gu,
        (_, name: string) => values[name] ?? '',
      );
  }
  return null;
}

/** What stands in a slot; null = it is not known. `sure`: its first sentence has to be, or it is no such slot. */
function nested(slot: string, value: string, words: CoreWords, depth: number, sure: boolean): string | null {
  if (slot === 'words') return sequence(value, words, depth, sure);
  if (slot !== 'clause') {
    const part = whole(value, words, depth, 'part');
    if (part !== null || slot !== 'because') return part;
  }
  const sentence = sequence(`${value}.`, words, depth);
  return sentence === null ? whole(value, words, depth, 'head') : sentence.replace(/[。.]$/u, '');
}

/** As many sentences as `text` has, each in the other language where it is known; null = none is, or (`sure`) the first is not. */
function sequence(text: string, words: CoreWords, depth: number, sure = false): string | null {
  const one = whole(text, words, depth, 'sentence');
  if (one !== null) return one;
  const pieces = partsOf(text);
  if (pieces.length < 2 || pieces.length > MOST_SENTENCES) return null;
  let said = '';
  let any = false;
  for (let at = 0; at < pieces.length;) {
    let next: string | null = null;
    let taken = 1;
    for (let end = pieces.length; end > at && next === null; end--) {
      if (end - at === pieces.length) continue;
      next = whole(pieces.slice(at, end).join(' '), words, depth, 'sentence');
      if (next !== null) taken = end - at;
    }
    if (sure && at === 0 && next === null) return null;
    any ||= next !== null;
    const piece = next ?? pieces[at] ?? '';
    // Chinese sentences stand side by side, Latin ones apart.
    said += said === '' || (next !== null && /[。；：）”]$/u.test(said)) ? piece : ` ${piece}`;
    at += taken;
  }
  return any ? said : null;
}

/** What the core said, in another language; words it does not know stay as they are. */
export const inWordsOf = (words: CoreWords, text: string): string => sequence(text, words, 0) ?? text;
