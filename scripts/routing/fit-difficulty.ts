/**
 * Fits the weights of electron/router/features/difficulty.ts and says how well they rank, as APGR (0.5 = by chance).
 *   node scripts/routing/fit-difficulty.ts NINE-MODELS.jsonl GSM8K.jsonl
 * Rows carry `prompt` and either `scores` by model with `split`, or `strong_correct` and `weak_correct`. The data stays out of
 * the repository.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { DIFFICULTY_WEIGHTS, SIGNAL_NAMES, signalsOf } from '../../electron/router/features/difficulty.ts';
import { sampleText } from '../../electron/router/features/sample.ts';
import { readSample } from '../../electron/router/features/words.ts';
import { guessTokens } from '../../electron/base/tokens.ts';
import { apgr, ridge } from './fit/ridge.ts';

const nineRow = z.object({
  prompt: z.string(),
  task: z.string(),
  split: z.string(),
  scores: z.record(z.string(), z.number()),
});
const pairRow = z.object({
  prompt: z.string(),
  strong_correct: z.number(),
  weak_correct: z.number(),
  contaminated: z.boolean().optional(),
});

const lines = (path: string | undefined): unknown[] => {
  if (path === undefined) throw new Error('Name the two data files.');
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
};
const nine = lines(process.argv[2]).map((row) => nineRow.parse(row));
const gsm = lines(process.argv[3])
  .map((row) => pairRow.parse(row))
  .filter(({ contaminated }) => contaminated !== true);

const STRONG = ['llama-3.1-nemotron-51b-instruct', 'llama-3.3-nemotron-super-49b-v1', 'qwen2.5-7b-instruct'];
const WEAK = ['mistral-7b-instruct-v0.3', 'codegemma-7b', 'llama3-chatqa-1.5-8b'];
/** Pairs in which the strong one is better by far; a small gap makes the figure jump. */
const PAIRS = [
  ['llama-3.1-nemotron-51b-instruct', 'mistral-7b-instruct-v0.3'],
  ['llama-3.3-nemotron-super-49b-v1', 'mistral-7b-instruct-v0.3'],
  ['llama-3.1-nemotron-51b-instruct', 'codegemma-7b'],
  ['llama-3.3-nemotron-super-49b-v1', 'codegemma-7b'],
  ['llama-3.1-nemotron-51b-instruct', 'gemma-2-9b-it'],
] as const;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const scoresOf = (row: z.infer<typeof nineRow>, models: readonly string[]): number[] =>
  models.map((model) => row.scores[model] ?? 0);
const vector = (prompt: string): number[] => {
  const found = signalsOf(readSample(sampleText(prompt)), guessTokens(prompt));
  return SIGNAL_NAMES.map((name) => found[name]);
};

const sets = {
  train: nine.filter(({ split }) => split === 'train'),
  test: nine.filter(({ split }) => split === 'test'),
};
const gain = (row: z.infer<typeof nineRow>): number => mean(scoresOf(row, STRONG)) - mean(scoresOf(row, WEAK));
const trainX = sets.train.map(({ prompt }) => vector(prompt));
const testX = sets.test.map(({ prompt }) => vector(prompt));
const gsmX = gsm.map(({ prompt }) => vector(prompt));
const gsmGain = gsm.map((row) => row.strong_correct - row.weak_correct);
const predict = (weights: readonly number[], x: readonly number[]): number =>
  x.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0);

/** Halves of the word problems, so that what is reported was not trained on. */
const half = (which: number): number[] => gsm.map((_, at) => at).filter((at) => at % 2 === which);
const pick = <T>(all: readonly T[], at: readonly number[]): T[] => at.flatMap((place) => all.slice(place, place + 1));

/** Word problems count so many times: they tell hard from easy inside one kind of task, which length alone can too. */
const INSIDE_WEIGHT = 20;
const PROBLEM_TASKS = ['gsm8k', 'agentverse-mgsm'];
const LAMBDA = 300;

function fit(gsmAt: readonly number[]): number[] {
  const all = { x: trainX, y: sets.train.map(gain), weight: 1 };
  const inside = PROBLEM_TASKS.map((task) => {
    const at = sets.train.flatMap((row, place) => (row.task === task ? [place] : []));
    return { x: pick(trainX, at), y: pick(all.y, at), weight: INSIDE_WEIGHT };
  });
  const gsmRows = { x: pick(gsmX, gsmAt), y: pick(gsmGain, gsmAt), weight: INSIDE_WEIGHT };
  return ridge([all, ...inside, ...(gsmAt.length > 0 ? [gsmRows] : [])], LAMBDA);
}

const report = (name: string, weights: readonly number[]): void => {
  process.stdout.write(`${name}\n`);
  const all = gsmX.map((x) => predict(weights, x));
  process.stdout.write(
    `  GSM8K, all: ${apgr(
      gsm.map((row) => row.strong_correct),
      gsm.map((row) => row.weak_correct),
      all,
    ).toFixed(3)}\n`,
  );
  for (const [strong, weak] of PAIRS) {
    const s = sets.test.map((row) => row.scores[strong] ?? 0);
    const w = sets.test.map((row) => row.scores[weak] ?? 0);
    process.stdout.write(
      `  ${strong} v ${weak}: ${apgr(
        s,
        w,
        testX.map((x) => predict(weights, x)),
      ).toFixed(3)}\n`,
    );
  }
};

const onlyNine = fit([]);
report('fitted on nine-models, split train', onlyNine);
const folds = [0, 1].map((which) => {
  const weights = fit(half(1 - which));
  const at = half(which);
  const rows = pick(gsm, at);
  return apgr(
    rows.map((row) => row.strong_correct),
    rows.map((row) => row.weak_correct),
    pick(gsmX, at).map((x) => predict(weights, x)),
  );
});
process.stdout.write(
  `GSM8K, each half by weights fitted without it: ${folds.map((fold) => fold.toFixed(3)).join(', ')}\n`,
);
report(
  'as shipped',
  SIGNAL_NAMES.map((name) => DIFFICULTY_WEIGHTS[name]),
);
process.stdout.write(
  `length alone on GSM8K: ${apgr(
    gsm.map((r) => r.strong_correct),
    gsm.map((r) => r.weak_correct),
    gsm.map((r) => r.prompt.length),
  ).toFixed(3)}\n`,
);
for (const [strong, weak] of PAIRS) {
  const s = sets.test.map((row) => row.scores[strong] ?? 0);
  const w = sets.test.map((row) => row.scores[weak] ?? 0);
  process.stdout.write(
    `length alone, ${strong} v ${weak}: ${apgr(
      s,
      w,
      sets.test.map((row) => row.prompt.length),
    ).toFixed(3)}\n`,
  );
}
process.stdout.write(
  `${JSON.stringify(Object.fromEntries(SIGNAL_NAMES.map((name, at) => [name, Math.round((onlyNine[at] ?? 0) * 1000) / 1000])), null, 2)}\n`,
);
