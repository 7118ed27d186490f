import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ModelEvent } from '../../electron/model/model.ts';
import { cloudAt, listen, loggedEgress, question } from '../support/providers/ask.ts';
import type { CloudKind } from '../support/providers/ask.ts';
import { hostileAnswer } from '../support/providers/hostile.ts';
import type { HostileAnswer } from '../support/providers/hostile.ts';
import type { Wire } from '../support/providers/script.ts';
import { startProvider } from '../support/providers/start-provider.ts';
import type { LoopbackProvider } from '../support/providers/start-provider.ts';

/** npm test runs the short form; npm run soak the whole, or as many as SWITCHYARD_SOAK_STREAMS says. */
const SOAK = process.env['SWITCHYARD_SOAK'] === '1';
const STREAMS = SOAK ? Number(process.env['SWITCHYARD_SOAK_STREAMS'] ?? 100_000) : 300;
const AT_ONCE = 16;
/** What the router's deadlines do: a signal ends the request. Silence is a case here, so it is short. */
const DEADLINE_MS = SOAK ? 60 : 40;
/** Longest that may pass after the deadline until the last word is said, on a machine that is busy. */
const GRACE_MS = 5000;
const SEED = 20_261_124;

let servers: ReadonlyMap<Wire, LoopbackProvider>;
const log = loggedEgress();
const scripts = new Map<string, HostileAnswer>();
const crashes: unknown[] = [];
const onCrash = (error: unknown) => crashes.push(error);
/** What Node itself holds against the run: listeners that pile up, promises nobody reads. */
const warnings: string[] = [];
const onWarning = (warning: Error) => warnings.push(warning.stack ?? warning.message);

beforeAll(async () => {
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', onCrash);
  process.on('warning', onWarning);
  const wires = ['openai', 'anthropic', 'google'] as const;
  // The model asked for names the script, so that many can be under way at once.
  const start = async (wire: Wire) =>
    [
      wire,
      await startProvider(
        wire,
        (seen) => scripts.get(/hostile-\d+/u.exec(seen.path + seen.bodyText)?.[0] ?? '')?.script ?? {},
      ),
    ] as const;
  servers = new Map(await Promise.all(wires.map(start)));
});

afterAll(async () => {
  log.egress.dispose();
  for (const server of servers.values()) await server.close();
  process.off('uncaughtException', onCrash);
  process.off('unhandledRejection', onCrash);
  process.off('warning', onWarning);
});

/** Every way an answer can end. */
const FINISHES: ReadonlySet<string> = new Set(['stop', 'length', 'tool_calls', 'filtered', 'refused', 'cancelled']);

function problemOf(last: ModelEvent & { kind: 'end' | 'fault' }): string | null {
  const { usage } = last;
  const counts = [
    usage.tokensIn,
    usage.tokensOut,
    usage.tokensCached,
    usage.tokensCacheWrite ?? 0,
    usage.tokensReasoning ?? 0,
  ];
  if (counts.some((count) => !Number.isInteger(count) || count < 0)) return `counts ${counts.join(' ')}`;
  if (usage.tokensCached > usage.tokensIn) return 'more cached than asked';
  if (last.kind === 'end' && !FINISHES.has(last.finish)) return `an end nobody knows: ${String(last.finish)}`;
  if (last.kind === 'fault' && last.fault.code === 'unknown') {
    // What nobody recognised is kept, and a status that says failure says it.
    const { redactedBody = 'null', status = 0 } = last.attributes ?? {};
    if (redactedBody === 'null' && Number(status) < 300) return 'a fault nobody can explain';
  }
  if (last.kind === 'fault' && last.fault.code === 'internal') return `internal: ${last.fault.detail}`;
  if (last.kind === 'fault' && last.fault.detail === '') return 'a fault without words';
  return null;
}

async function ask(number: number, { wire, script }: HostileAnswer): Promise<string | null> {
  const name = `hostile-${String(number)}`;
  const url = servers.get(wire)?.url ?? '';
  const kind: CloudKind = wire === 'openai' && number % 2 === 0 ? 'openai-compatible' : wire;
  scripts.set(name, { wire, script });
  const provider = cloudAt(kind, url, log.egress, { models: [{ id: name }] });
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort();
  }, DEADLINE_MS);
  let giveUp: NodeJS.Timeout | undefined;
  try {
    const broken: string[] = [];
    const heard = listen(provider.generate(question({ modelId: `acme/${name}` }), controller.signal), (event) => {
      if ((event.kind === 'delta' || event.kind === 'reasoning') && (event.text === '' || !event.text.isWellFormed()))
        broken.push('empty or split text');
      if (event.kind !== 'tool') return;
      if (!`${event.id ?? ''}${event.name ?? ''}${event.argumentsText}`.isWellFormed()) broken.push('a split call');
      if (event.name !== undefined && !/^\s*(?:\{|$)/u.test(event.argumentsText)) broken.push('arguments of no object');
    });
    const hang = new Promise<'hang'>((resolve) => {
      giveUp = setTimeout(() => {
        resolve('hang');
      }, DEADLINE_MS + GRACE_MS);
    });
    const outcome = await Promise.race([heard, hang]);
    if (outcome === 'hang') return 'hang past the deadline';
    return broken[0] ?? problemOf(outcome.last);
  } catch (error) {
    return `thrown: ${String(error)}`;
  } finally {
    clearTimeout(timer);
    clearTimeout(giveUp);
    scripts.delete(name);
  }
}

interface Memory {
  readonly streams: number;
  readonly heapMiB: number;
  readonly residentMiB: number;
}

/** What is held once the garbage is gone. */
async function memoryAfter(streams: number): Promise<Memory> {
  const collect: unknown = Reflect.get(globalThis, 'gc');
  if (typeof collect !== 'function') throw new Error('Memory can only be judged with NODE_OPTIONS=--expose-gc.');
  for (let turn = 0; turn < 3; turn++) {
    collect();
    await nextTurn();
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { streams, heapMiB: Math.round(heapUsed / 2 ** 20), residentMiB: Math.round(rss / 2 ** 20) };
}
const say = ({ streams, heapMiB, residentMiB }: Memory): string =>
  `${String(streams)} streams: heap ${String(heapMiB)} MiB, resident ${String(residentMiB)} MiB`;

it(
  'survives answers no honest server gives: one last word each, no hang, no crash, nothing kept',
  async () => {
    const failures: { number: number; problem: string; answer: HostileAnswer }[] = [];
    const memory: Memory[] = [];
    const startedMs = performance.now();
    const BATCH = SOAK ? 2000 : 100;
    for (let from = 0; from < STREAMS; from += BATCH) {
      const answers = fc.sample(hostileAnswer, { numRuns: Math.min(BATCH, STREAMS - from), seed: SEED + from });
      let next = 0;
      const lane = async () => {
        for (let at = next++; at < answers.length; at = next++) {
          const answer = answers[at];
          const problem = answer ? await ask(from + at, answer) : null;
          if (answer && problem !== null) failures.push({ number: from + at, problem, answer });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
      log.entries.length = 0;
      for (const server of servers.values()) server.forget();
      if (!SOAK) continue;
      const now = await memoryAfter(from + answers.length);
      memory.push(now);
      const seconds = Math.round((performance.now() - startedMs) / 1000);
      console.log(`${say(now)}, ${String(failures.length)} failures, ${String(seconds)} s`);
    }
    if (SOAK) {
      const at = (share: number) => memory[Math.ceil(memory.length * share) - 1];
      const parts = [at(0.1), at(0.5), at(1)].filter((part) => part !== undefined);
      console.log(`At 10, 50 and 100 %: ${parts.map(say).join('; ')}. Crashes: ${String(crashes.length)}.`);
    }
    expect(failures.slice(0, 3)).toEqual([]);
    expect(crashes).toEqual([]);
    expect(warnings).toEqual([]);
    // Flat: the last third of the run holds no more than the second, but for noise.
    if (memory.length >= 6) {
      const third = Math.floor(memory.length / 3);
      const most = (part: readonly Memory[]) => Math.max(...part.map(({ heapMiB }) => heapMiB));
      expect(most(memory.slice(-third))).toBeLessThan(most(memory.slice(third, -third)) * 1.2 + 10);
    }
  },
  SOAK ? 3_600_000 : 60_000,
);
