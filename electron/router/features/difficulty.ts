import { numbersIn } from './signs.ts';

/** One sign of difficulty: what is counted in a text, scaled to about 0 to 1. */
export interface Signal {
  readonly name: string;
  readonly weight: number;
}

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;
/** 0 for none, 1 for `full` and more, on a log scale: the tenth clue adds less than the second. */
const scaled = (value: number, full: number): number => Math.min(1, Math.log1p(value) / Math.log1p(full));

const SENTENCE = /[.!?。！？](?:\s|$)/gu;
const RELATION =
  /\b(half|twice|thrice|double|triple|times|percent|fraction|ratio|more than|less than|fewer than|as many|as much|each|every|per|remaining|remainder|left|rest|total|altogether|combined|average|difference|increase[sd]?|decrease[sd]?)\b|%|一半|倍|每|剩/giu;
const STEP =
  /\b(then|after|before|first|next|finally|if|unless|until|when|while|because|since|however|but|later|once)\b/giu;
const CLUE = /^\s*(?:[-*•]|\d{1,2}[.)]|\(?[a-hA-H][.)])\s+\S/gmu;
const REASON =
  /\b(prove|proof|derive|explain why|step by step|reason(ing)?|justify|analy[sz]e|compare|contrast|evaluate|critique|design|architect\w*|trade-?offs?|optimi[sz]e|debug|refactor|implement|strategy|plan|implications?|in depth|thorough(ly)?)\b|证明|推导|分析|设计|比较|优化|解释/giu;
const FORMULA = /\\[a-z]+|\$|[=^<>≤≥∑∫√±]|[-+*/]\s*\d/giu;
const CODE_SIGN = /[{}[\]();]|=>|::|\w_\w|\b(def|return|function|class|import|const|assert)\b/gu;
const SCIENCE =
  /\b\w*(ase|ide|ine|ene|ane|ole|ium|yl|osis|itis|tion rate|quantum|photon|enzyme|isomer\w*|molecul\w*|electron\w*|energy|spectr\w*|hamiltonian|theorem|polynomial|eigen\w*)\b/giu;
const TRIVIA = /^\s*(who|when|where|which|what|in which|what's|whose)\b/iu;
const NAME = /(?<=[a-z,;]\s)\p{Lu}\p{Ll}+/gu;
const CREATE =
  /\b(write|create|generate|compose|draft|summari[sz]e|translate|rewrite|essay|story|poem|report|article)\b|写|翻译|总结/iu;
const GREETING =
  /^\W*(hi|hello|hey|thanks?|thank you|good (morning|evening|night|day)|ok(ay)?|yes|no|bye|hallo|danke|bonjour|merci|hola|gracias|你好|谢谢|こんにちは)(?![\p{L}])[\s\S]{0,24}$/iu;
const WORD = /\p{L}+/gu;

type Measure = (text: string, tokens: number) => number;

/** What is measured, by name. Each is about 0 to 1 and cheap on a text of a few thousand characters. */
const MEASURES = {
  length: (_text, tokens) => Math.min(1, Math.log10(1 + tokens) / 4),
  sentences: (text) => scaled(count(text, SENTENCE), 12),
  numbers: (text) => scaled(numbersIn(text), 15),
  relations: (text) => scaled(count(text, RELATION), 10),
  steps: (text) => scaled(count(text, STEP), 10),
  clues: (text) => scaled(count(text, CLUE), 10),
  reasoning: (text) => scaled(count(text, REASON), 4),
  formula: (text) => scaled(count(text, FORMULA), 12),
  code: (text) => scaled(count(text, CODE_SIGN), 25),
  science: (text) => scaled(count(text, SCIENCE), 8),
  names: (text) => scaled(count(text, NAME), 8),
  creative: (text) => (CREATE.test(text) ? 1 : 0),
  trivia: (text) => (TRIVIA.test(text) ? 1 : 0),
  longWords: (text) => {
    const words = text.match(WORD);
    if (!words) return 0;
    return Math.min(1, words.reduce((sum, word) => sum + word.length, 0) / words.length / 10);
  },
} satisfies Record<string, Measure>;

export type SignalName = keyof typeof MEASURES;
export const SIGNAL_NAMES = Object.keys(MEASURES) as readonly SignalName[];

/** Every sign of a (sampled) text; `tokens` = of the whole text, so that its length is not forgotten. */
export function signalsOf(text: string, tokens: number): Record<SignalName, number> {
  const found = {} as Record<SignalName, number>;
  for (const name of SIGNAL_NAMES) found[name] = MEASURES[name](text, tokens);
  return found;
}

/** Weights of a logistic model; how they were fitted: scripts/routing/fit-difficulty.ts. */
export const DIFFICULTY_WEIGHTS: Readonly<Record<SignalName | 'bias', number>> = {
  bias: -3,
  length: 1.5,
  sentences: 0.5,
  numbers: 0.8,
  relations: 0.8,
  steps: 0.8,
  clues: 0.6,
  reasoning: 2,
  formula: 0.8,
  code: 1,
  science: 0.8,
  names: 0,
  creative: 0.3,
  trivia: -0.5,
  longWords: 0.8,
};

/** Estimated difficulty, 0 (greeting) to 1 (long reasoning). */
export function difficultyOf(text: string, tokens: number): number {
  if (text.length < 60 && GREETING.test(text)) return 0.02;
  const signals = signalsOf(text, tokens);
  let sum = DIFFICULTY_WEIGHTS.bias;
  for (const name of SIGNAL_NAMES) sum += DIFFICULTY_WEIGHTS[name] * signals[name];
  return Math.round(1e4 / (1 + Math.exp(-sum))) / 1e4;
}
