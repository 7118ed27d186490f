import { createMintId } from '../../base/ids.ts';
import type { Trace } from '../../contract/entities/trace.ts';
import { packPayload, type BulkTrace } from '../../storage/index.ts';
import { CAST } from './cast.ts';
import type { SeedModelKey } from './cast.ts';
import type { Chance } from './chance.ts';
import { makeReply, type MadeReply } from './reply.ts';
import type { SeedAnswer } from './script.ts';

const QUESTIONS = [
  'Classify this support ticket: the export button does nothing on Safari.',
  'Summarise the minutes of Tuesday in three bullet points.',
  'Translate "the parcel was left with a neighbour" into German.',
  'Extract the invoice number and the total from the text below.',
  'Which of these two answers is more polite?',
  'Write a commit message for a change that renames a column.',
  'Is this review positive or negative? "It broke on day two, but support was lovely."',
  'Explain this stack trace to somebody who did not write the code.',
  'Suggest five subject lines for a newsletter about spring bulbs.',
  'Turn this recipe for four into one for six.',
  '把这句话翻译成英文:请在周五之前回复。',
  'لخّص هذه الفقرة في جملة واحدة.',
  'What is the difference between a lease and a licence?',
  'Rewrite without jargon: "leverage synergies across verticals".',
] as const;

const ANSWER = 'It is done as asked, in the shortest form that keeps the meaning. ';

/** What goes wrong, how often (out of 1), and how it shows. */
const TROUBLES: readonly { readonly share: number; readonly make: (chance: Chance) => Partial<SeedAnswer> }[] = [
  { share: 0.02, make: () => ({ end: 'failed', fault: 'no_candidate', text: '' }) },
  { share: 0.015, make: () => ({ end: 'failed', fault: 'context_length', text: '' }) },
  { share: 0.02, make: () => ({ end: 'partial', fault: 'local_crash' }) },
  { share: 0.012, make: () => ({ end: 'failed', fault: 'rate_limit', text: '' }) },
  { share: 0.03, make: () => ({ end: 'stopped' }) },
  { share: 0.05, make: () => ({ degraded: 'Acme Big answered "overloaded" twice, so the next model took over.' }) },
  { share: 0.06, make: () => ({ cached: true }) },
];

function troubleOf(chance: Chance): Partial<SeedAnswer> {
  let left = chance.next();
  for (const { share, make } of TROUBLES) {
    left -= share;
    if (left < 0) return make(chance);
  }
  return {};
}

const FORTNIGHT_MS = 14 * 86_400_000;
const MODELS: readonly [SeedModelKey, ...SeedModelKey[]] = ['qwen', 'qwen', 'starter', 'small', 'big'];

/** Distinct traces among a million: the rest are these again, at other times and under other ids. */
const DISTINCT = 20_000;

/**
 * As `manyTraces` for counts that would take an hour to make one by one: steps and numbers of some thousand distinct traces,
 * spread over `spanMs`.
 */
export function* millionsOfTraces(count: number, now: number, chance: Chance, spanMs: number): Generator<BulkTrace> {
  const distinct = [...manyTraces(Math.min(count, DISTINCT), now, chance)].map(({ trace, usages }) => ({
    trace,
    usages,
    packed: packPayload(trace.decision, trace.spans),
  }));
  const times = timesOf(count, now, chance, spanMs);
  let at = now;
  const mintId = createMintId({ now: () => at }, (bytes) => bytes.map(() => Math.floor(chance.next() * 256)));
  for (const time of times) {
    at = Math.round(time);
    const made = distinct[Math.floor(chance.next() * distinct.length)];
    if (!made) return;
    const { trace, usages, packed } = made;
    const id = mintId();
    yield {
      packed,
      trace: {
        ...trace,
        id,
        startedAt: at,
        preview: `${trace.preview.slice(0, 100)} (${Math.floor(chance.next() * 1e6)})`,
      },
      usages: usages.map((usage) => ({ ...usage, id: mintId(), traceId: id, at: at + (usage.at - trace.startedAt) })),
    };
  }
}

/** Recorded requests of a busy time with days and nights, an outage and quiet weekends, in order. Made one by one as they are read. */
export function* manyTraces(count: number, now: number, chance: Chance): Generator<MadeReply> {
  const times = timesOf(count, now, chance, FORTNIGHT_MS);
  for (const at of times) {
    const daysBack = (now - at) / 86_400_000;
    const outage = daysBack > 4.2 && daysBack < 4.6;
    const trouble = outage && chance.next() < 0.6 ? TROUBLES[5]?.make(chance) : troubleOf(chance);
    const key = trouble?.degraded === undefined ? chance.pick(MODELS) : chance.pick<SeedModelKey>(['qwen', 'small']);
    const question = chance.pick(QUESTIONS);
    const answer: SeedAnswer = { text: ANSWER.repeat(Math.ceil(chance.next() ** 2 * 12)), ...trouble };
    yield makeReply(
      {
        at,
        question,
        answer,
        model: CAST[key],
        historyTokens: Math.floor(chance.next() ** 3 * 900),
        place: null,
        private: chance.next() < 0.08 && CAST[key].route === 'local',
        source: chance.pick<Trace['source']>(['api', 'api', 'api', 'cli', 'app']),
        promptVersionId: null,
        cold: chance.next() < 0.07,
      },
      chance,
    );
  }
}

/** Moments in order: more by day than by night, and few at weekends. */
function timesOf(count: number, now: number, chance: Chance, spanMs: number): Float64Array {
  const times = new Float64Array(count);
  for (let filled = 0; filled < count;) {
    const at = now - chance.next() ** 1.3 * spanMs;
    const when = new Date(at);
    const awake = Math.max(0.05, Math.sin(((when.getHours() - 6) / 24) * 2 * Math.PI) * 0.5 + 0.5);
    const weekend = when.getDay() % 6 === 0 ? 0.35 : 1;
    if (chance.next() < awake * weekend) times[filled++] = at;
  }
  return times.sort();
}
