import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../electron/contract/entities/diagnosis.ts';
import type { FaultOrigin } from '../../electron/contract/faults.ts';
import { STARTER_MODEL_ID } from '../../electron/contract/names.ts';
import type { CompleteRequest } from '../../electron/orchestration/complete/complete.ts';
import { broken, diagnosisKit as setUp, hello, refused } from '../support/diagnosis-kit.ts';
import type { DiagnosisKit as Kit } from '../support/diagnosis-kit.ts';
import type { AnswerScript } from '../support/providers/script.ts';
import type { Step } from '../support/scripted-engine.ts';

const keyRefused = refused(401, {
  type: 'invalid_request_error',
  code: 'invalid_api_key',
  message: 'Incorrect API key provided.',
});

interface Case {
  readonly name: string;
  /** null = it must say that there is not enough evidence, or nothing to explain. */
  readonly origin: FaultOrigin | null;
  /** `trouble` = a fault the turn ended with, or had to go around. */
  readonly about: Diagnosis['about'] | 'trouble';
  /** Brings it about and returns the trace. */
  readonly play: (kit: Kit) => Promise<string>;
}

const failing =
  (answer: AnswerScript, more: Partial<CompleteRequest> = {}) =>
  (kit: Kit) => {
    kit.say(answer);
    return kit.ask(more);
  };
const json: Pick<CompleteRequest, 'format'> = { format: { type: 'json' } };
const longText = 'Please keep this in mind. '.repeat(300);

const CASES: readonly Case[] = [
  { name: 'a refused key', origin: 'user', about: 'trouble', play: failing(keyRefused) },
  {
    name: 'an account without credit',
    origin: 'user',
    about: 'trouble',
    play: failing(
      refused(429, {
        type: 'insufficient_quota',
        code: 'insufficient_quota',
        message: 'You exceeded your current quota.',
      }),
    ),
  },
  {
    name: 'a model that is not there',
    origin: 'user',
    about: 'trouble',
    play: failing(refused(404, { code: 'model_not_found', message: 'The model does not exist.' })),
  },
  { name: 'a provider that fails', origin: 'infrastructure', about: 'trouble', play: failing(broken) },
  {
    name: 'an overloaded provider',
    origin: 'infrastructure',
    about: 'trouble',
    play: failing(refused(503, { type: 'overloaded_error', message: 'The engine is currently overloaded.' })),
  },
  {
    name: 'a rate limit',
    origin: 'infrastructure',
    about: 'trouble',
    play: failing({
      ...refused(429, { type: 'requests', code: 'rate_limit_exceeded', message: 'Rate limit reached.' }),
      headers: { 'retry-after': '600' },
    }),
  },
  {
    name: 'a closed port',
    origin: 'infrastructure',
    about: 'trouble',
    async play({ far, ask }) {
      await far.close();
      return ask();
    },
  },
  {
    name: 'a connection cut in the middle',
    origin: 'infrastructure',
    about: 'trouble',
    play: failing({ steps: [{ text: 'Hel' }, { text: 'lo ' }, { cut: 'reset' }] }),
  },
  {
    name: 'a prompt beyond the context',
    origin: 'prompt',
    about: 'trouble',
    play: failing(
      refused(400, {
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
        message: 'This model’s maximum context length is 8192 tokens.',
      }),
    ),
  },
  {
    name: 'a prompt the provider filters',
    origin: 'prompt',
    about: 'trouble',
    play: failing(
      refused(400, {
        code: 'content_filter',
        message: 'The response was filtered due to the prompt triggering the content management policy.',
      }),
    ),
  },
  {
    name: 'an answer without a word',
    origin: 'model',
    about: 'trouble',
    play: failing({ steps: [], usage: { in: 40, out: 0 } }),
  },
  {
    name: 'an answer that is no JSON',
    origin: 'model',
    about: 'trouble',
    play: failing({ steps: [{ text: 'sorry, no' }] }, json),
  },
  {
    name: 'a local engine that dies',
    origin: 'infrastructure',
    about: 'trouble',
    async play({ ask, engine }) {
      expect(engine.spawned()).toBeLessThan(2);
      return ask({ route: STARTER_MODEL_ID, private: true });
    },
  },
  {
    name: 'nobody left to ask after the engine died again and again',
    origin: 'infrastructure',
    about: 'trouble',
    async play({ usual, ask }) {
      await usual(3, { route: STARTER_MODEL_ID, private: true });
      return ask({ private: true });
    },
  },
  {
    name: 'a private question that may not go where it was sent',
    origin: 'user',
    about: 'trouble',
    play: ({ ask }) => ask({ private: true }),
  },
  {
    name: 'a budget that is used up',
    origin: 'user',
    about: 'trouble',
    async play({ core, ask }) {
      await ask();
      const config = core.settings.config();
      core.settings.save({ ...config, budgets: { ...config.budgets, usdPerDay: 0.000001 } });
      return ask();
    },
  },
  {
    name: 'a provider slow to say its first word',
    origin: 'infrastructure',
    about: 'slow',
    async play({ usual, ask, say }) {
      await usual();
      say({ ...hello, steps: [{ pauseMs: 900 }, ...(hello.steps ?? [])] });
      return ask();
    },
  },
  {
    name: 'a provider that falls silent in the middle',
    origin: 'infrastructure',
    about: 'slow',
    async play({ usual, ask, say }) {
      await usual();
      say({ ...hello, steps: [{ text: 'Hello ' }, { pauseMs: 900 }, { text: 'from afar.' }] });
      return ask();
    },
  },
  {
    name: 'a prompt far longer than usual that is read slowly',
    origin: 'prompt',
    about: 'slow',
    async play({ usual, ask, say }) {
      await usual();
      say({ ...hello, usage: { in: 2000, out: 20 }, steps: [{ pauseMs: 700 }, ...(hello.steps ?? [])] });
      return ask({}, longText);
    },
  },
  {
    name: 'a first choice that fails before another model answers',
    origin: 'infrastructure',
    about: 'detour',
    async play({ ask, say }) {
      say(broken);
      return ask({ route: 'auto' });
    },
  },
  {
    name: 'a long prompt that costs',
    origin: 'prompt',
    about: 'costly',
    async play({ usual, ask, say }) {
      await usual();
      say({ ...hello, usage: { in: 4000, out: 20 } });
      return ask({}, longText);
    },
  },
  {
    name: 'a dear model a person chose',
    origin: 'user',
    about: 'costly',
    async play({ usual, ask }) {
      await usual();
      return ask({ route: 'far/dear' });
    },
  },
  {
    name: 'an answer as usual',
    origin: null,
    about: 'nothing',
    async play({ usual, ask }) {
      await usual();
      return ask();
    },
  },
];

/** What the local model says in the cases that need it to misbehave. */
const LOCAL: Readonly<Record<string, readonly Step[]>> = {
  'a local engine that dies': [{ crash: null }],
  'nobody left to ask after the engine died again and again': [{ crash: null }],
};

describe('the diagnosis of', () => {
  it.each(CASES)('$name says who it was: $origin', async ({ name, origin, about, play }) => {
    const kit = await setUp(hello, LOCAL[name]);
    const told = kit.why(await play(kit));
    expect(told.origin).toBe(origin);
    expect(about === 'trouble' ? ['fault', 'detour'] : [about]).toContain(told.about);
    if (origin !== null) {
      expect(told.sentence).toMatch(/^[A-Z$].*\.$/su);
      expect(told.evidence.length + told.tries.length).toBeGreaterThan(0);
    }
  });

  it('a call that waited for its model to be loaded says that and what keeps it loaded, and blames nobody', async () => {
    const { ask, usual, why, engine, core } = await setUp(hello, [{ say: 'from here' }], { startMs: 600 });
    const here: Partial<CompleteRequest> = { route: STARTER_MODEL_ID };
    await usual(6, here);
    engine.killAll();
    await expect.poll(() => core.models.engine().state).toBe('crashed');
    const traceId = await ask(here);
    const told = why(traceId);
    expect(told).toMatchObject({ about: 'loading', origin: null, confident: true });
    expect(told.sentence).toMatch(/^It took .*, usually .*: the model had to be loaded first, which took \d+ ms\.$/u);
    expect(told.tries[0]).toMatch(/^Keep it loaded: /u);
    const load = core.traces.get(traceId)?.spans.find(({ kind }) => kind === 'load');
    expect(told.evidence[0]).toMatchObject({ kind: 'step', spanId: load?.id });
    // The start of the engine is a part of it.
    expect(load?.durationMs).toBeGreaterThan(500);
  });

  it('a key that is refused between two answers is not laid at the person’s door', async () => {
    const { ask, say, why, core } = await setUp();
    await ask();
    say((number) => (number === 1 ? keyRefused : hello));
    const odd = await ask();
    // The key was entered again, unchanged: the breaker lets the provider be asked.
    core.settings.save({ ...core.settings.config() });
    await ask();
    const told = why(odd);
    expect(told.confident && told.origin === 'user').toBe(false);
  });

  it('a bad rating names what can be seen, and says so when nothing can', async () => {
    const { core, made, why, say } = await setUp({ ...hello, finish: 'length' });
    const rated = async (): Promise<Diagnosis> => {
      const end = await made.ask('Tell me', { route: 'far/big' });
      core.feedback.give({ messageId: end.message.id, rating: 'down', reason: null, note: '' });
      return why(end.message.reply?.traceId ?? '');
    };
    expect(await rated()).toMatchObject({ about: 'low-rated', origin: 'prompt' });
    say(hello);
    expect(await rated()).toMatchObject({ about: 'low-rated', origin: null, confident: false });
  });

  it('a reply a person stopped is no fault of anybody', async () => {
    const { core, send, seen, why } = await setUp({ steps: [{ text: 'Hello ' }, { stall: true }] });
    const { turnId } = send('Tell me', { route: 'far/big' });
    await seen(turnId, 'Hello');
    core.turns.stop(turnId);
    const end = await core.turns.ended(turnId);
    expect(why(end.message.reply?.traceId ?? '')).toMatchObject({ about: 'stopped', origin: 'user' });
  });
});
