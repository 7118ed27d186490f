import type { Sample } from './words.ts';

/** Signs of difficulty whose words are counted, and the words. */
const WORDS = {
  steps: 'then after before first next finally if unless until when while because since however but later once',
  reasoning:
    'prove proof derive explain reason reasoning justify analyze analyse compare contrast evaluate critique design optimize optimise debug refactor implement strategy plan implication implications step',
  money: 'dollar dollars cent cents euro euros',
  shares: 'percent half third quarter fraction',
  conditions: 'if unless until except without not only instead but however although',
  comparisons: 'more less fewer older younger taller longer greater than twice times',
  creative: 'write create generate compose draft summarise summarize translate rewrite essay story poem report article',
} as const;
type Counted = keyof typeof WORDS;

/** The same in scripts that put no space between words. */
const WIDE: Readonly<Record<Counted, RegExp>> = {
  steps: /然后|如果|之后|因为|最后/g,
  reasoning: /证明|推导|分析|设计|比较|优化|解释|逐步/g,
  money: /元/g,
  shares: /一半|百分/g,
  conditions: /除非|如果|但是/g,
  comparisons: /倍|多于|少于/g,
  creative: /写|翻译|总结/g,
};

const SIGNS_OF_WORD = new Map<string, Counted[]>();
const COUNTED = Object.keys(WORDS) as Counted[];
for (const sign of COUNTED)
  for (const word of WORDS[sign].split(' ')) SIGNS_OF_WORD.set(word, [...(SIGNS_OF_WORD.get(word) ?? []), sign]);

const CLUE = /^[ \t]*(?:[-*•]|\d{1,2}[.)]|\(?[a-hA-H][.)])[ \t]+\S/gm;
const MONEY = /\$\s?\d/g;
const SHARE = /%|\d\/\d/g;
const TRIVIA = new Set(['who', 'when', 'where', 'which', 'what', 'whose']);
const GREETING =
  /^[^\p{L}]*(hi|hello|hey|thanks?|thank you|good (morning|evening|night|day)|ok(ay)?|yes|no|bye|hallo|danke|bonjour|merci|hola|gracias|你好|谢谢|こんにちは)(?!\p{L})[\s\S]{0,24}$/iu;

const matches = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;
/** 0 for none, 1 for `full` and more, on a log scale: the tenth clue adds less than the second. */
const scaled = (value: number, full: number): number => Math.min(1, Math.log1p(value) / Math.log1p(full));

export type SignalName = Counted | 'length' | 'clues' | 'trivia' | 'longWords';

/** Every sign of a text, each about 0 to 1; `tokens` = of the whole text, so that a sample does not hide its length. */
export function signalsOf({ lower, words, wide }: Sample, tokens: number): Record<SignalName, number> {
  const counts = { steps: 0, reasoning: 0, money: 0, shares: 0, conditions: 0, comparisons: 0, creative: 0 };
  let letters = 0;
  for (const word of words) {
    letters += word.length;
    for (const sign of SIGNS_OF_WORD.get(word) ?? []) counts[sign]++;
  }
  if (wide) for (const sign of COUNTED) counts[sign] += matches(lower, WIDE[sign]);
  return {
    length: Math.min(1, Math.log10(1 + tokens) / 4),
    steps: scaled(counts.steps, 10),
    clues: scaled(matches(lower, CLUE), 10),
    reasoning: scaled(counts.reasoning, 4),
    creative: Math.min(1, counts.creative),
    trivia: TRIVIA.has(words[0] ?? '') ? 1 : 0,
    longWords: words.length === 0 ? 0 : Math.min(1, letters / words.length / 10),
    money: scaled(counts.money + matches(lower, MONEY), 5),
    shares: scaled(counts.shares + matches(lower, SHARE), 4),
    conditions: scaled(counts.conditions, 6),
    comparisons: scaled(counts.comparisons, 6),
  };
}

/**
 * Weights of a logistic model. Fitted by scripts/routing/fit-difficulty.ts to where a strong model gains over a weak one, then
 * scaled; `reasoning` is raised and `clues` lowered by hand, see docs/decisions/router-difficulty.md.
 */
export const DIFFICULTY_WEIGHTS: Readonly<Record<SignalName | 'bias', number>> = {
  bias: -2.6,
  length: 4,
  steps: 0.6,
  clues: -0.8,
  reasoning: 2.5,
  creative: 0.5,
  trivia: -0.4,
  longWords: -0.6,
  money: -0.2,
  shares: 0.8,
  conditions: -0.2,
  comparisons: 1.1,
};
export const SIGNAL_NAMES = [
  ...COUNTED,
  'length',
  'clues',
  'trivia',
  'longWords',
] as const satisfies readonly SignalName[];

const GREETING_DIFFICULTY = 0.02;
const MOST_GREETING_CHARS = 60;

/** Estimated difficulty, 0 (greeting) to 1 (long reasoning). */
export function difficultyOf(sample: Sample, tokens: number): number {
  if (sample.text.length < MOST_GREETING_CHARS && GREETING.test(sample.text)) return GREETING_DIFFICULTY;
  const signals = signalsOf(sample, tokens);
  let sum = DIFFICULTY_WEIGHTS.bias;
  for (const name of SIGNAL_NAMES) sum += DIFFICULTY_WEIGHTS[name] * signals[name];
  return Math.round(1e4 / (1 + Math.exp(-sum))) / 1e4;
}
