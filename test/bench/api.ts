/**
 * What the local API adds to a streamed call: a provider stand-in asked directly, through `serve`, and through a peer
 * gateway, in one run, round by round, so that a busy moment of the machine meets all of them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startChild } from './api/child.ts';
import type { Child } from './api/child.ts';
import { measure, timingOf } from './api/client.ts';
import type { Measured, Percentiles, Target, Timing } from './api/client.ts';
import { startPortkey } from './api/portkey.ts';
import { MODEL_ID, PACED_MODEL_ID } from './api/shape.ts';
import { rounded } from './statistics.ts';

export interface ApiAtOnce {
  readonly concurrent: number;
  /** Whether the provider paused between chunks as models do, or said them as fast as it could. */
  readonly paced: boolean;
  readonly direct: Timing;
  /** The access layer with a scripted answer behind it: what of the addition is its own. */
  readonly accessAlone: Timing;
  /** A proxy that does nothing but pass bytes on: what this machine takes for a process more in the way. */
  readonly bare: Timing;
  readonly ours: Timing;
  /** null = the peer gateway could not be had here. */
  readonly peer: Timing | null;
  /** Ours less direct, ms. */
  readonly added: Added;
  readonly bareAdded: Added;
  readonly peerAdded: Added | null;
  /** Ours over the peer's, by the median total time; null without a peer. */
  readonly overPeer: number | null;
}
export interface Added {
  readonly firstMs: Percentiles;
  readonly totalMs: Percentiles;
}
export interface ApiFigures {
  readonly atOnce: readonly ApiAtOnce[];
}

export interface ApiBenchOptions {
  readonly quick?: boolean;
  readonly say?: (text: string) => void;
}

const AT_ONCE = [1, 16, 64] as const;
const here = import.meta.dirname;

const config = (baseUrl: string): string => `providers:
  - id: bench
    kind: openai-compatible
    baseUrl: ${baseUrl}/v1
    apiKey: {env: SWITCHYARD_BENCH_KEY}
    models:
      - {id: ${MODEL_ID}, contextTokens: 128000, usdPerMTokIn: 1, usdPerMTokOut: 1}
      - {id: ${PACED_MODEL_ID}, contextTokens: 128000, usdPerMTokIn: 1, usdPerMTokOut: 1}
`;

const less = (a: Percentiles, b: Percentiles): Percentiles => ({
  p50: rounded(a.p50 - b.p50, 3),
  p99: rounded(a.p99 - b.p99, 3),
});

const addedBy = (timing: Timing, direct: Timing): Added => ({
  firstMs: less(timing.firstMs, direct.firstMs),
  totalMs: less(timing.totalMs, direct.totalMs),
});

function figuresOf(concurrent: number, paced: boolean, timings: ReadonlyMap<string, Timing>): ApiAtOnce {
  const of = (name: string): Timing => {
    const timing = timings.get(name);
    if (!timing) throw new Error(`${name} was not measured.`);
    return timing;
  };
  const [direct, ours, bare, peer] = [of('direct'), of('ours'), of('bare'), timings.get('peer') ?? null];
  return {
    concurrent,
    paced,
    direct,
    accessAlone: of('access'),
    bare,
    ours,
    peer,
    added: addedBy(ours, direct),
    bareAdded: addedBy(bare, direct),
    peerAdded: peer === null ? null : addedBy(peer, direct),
    overPeer: peer === null ? null : rounded(ours.totalMs.p50 / peer.totalMs.p50, 3),
  };
}

export async function benchApi({ quick = false, say = () => undefined }: ApiBenchOptions = {}): Promise<ApiFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-bench-api-'));
  const children: Child[] = [];
  const started = async (starting: Promise<Child>): Promise<Child> => {
    const child = await starting;
    children.push(child);
    return child;
  };
  const path = '/v1/chat/completions';
  try {
    const standIn = await started(startChild([join(here, 'api', 'stand-in.ts')]));
    const configPath = join(folder, 'config.yaml');
    writeFileSync(configPath, config(standIn.url));
    process.env['SWITCHYARD_BENCH_KEY'] ??= 'bench';
    const bare = await started(startChild([join(here, 'api', 'bare-proxy.ts'), standIn.url]));
    const alone = await started(startChild([join(here, 'api', 'access-alone.ts')]));
    const program = resolve(here, '..', '..', 'electron', 'headless.ts');
    const ours = await started(
      startChild([program, 'serve', '--port', '0', '--data', join(folder, 'data'), '--config', configPath]),
    );
    const peer = await startPortkey(say);
    if (peer) children.push(peer);
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const same = (id: string): string => id;
    const targets: Target[] = [
      { name: 'direct', url: `${standIn.url}${path}`, headers: {}, modelOf: same },
      { name: 'bare', url: `${bare.url}${path}`, headers: {}, modelOf: same },
      { name: 'ours', url: `${ours.url}${path}`, headers: bearer(ours.token), modelOf: (id) => `bench/${id}` },
      {
        name: 'access',
        url: `${alone.url}${path}`,
        headers: bearer(alone.token),
        modelOf: (id) => (id === MODEL_ID ? 'switchyard/auto' : 'switchyard/local'),
      },
    ];
    if (peer) {
      const headers = { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${standIn.url}/v1` };
      targets.push({ name: 'peer', url: `${peer.url}${path}`, headers: { ...bearer('x'), ...headers }, modelOf: same });
    }

    for (const target of targets) {
      say(`Warming ${target.name} …`);
      await measure(target, { modelId: MODEL_ID, concurrent: 4, calls: quick ? 100 : 400 });
    }
    const atOnce: ApiAtOnce[] = [];
    for (const paced of [false, true]) {
      for (const concurrent of AT_ONCE) {
        const modelId = paced ? PACED_MODEL_ID : MODEL_ID;
        const measured = new Map(targets.map(({ name }): [string, Measured] => [name, { samples: [], ms: 0 }]));
        const rounds = quick ? 2 : 5;
        // A paced call takes a fifth of a second whatever happens, so few of them one at a time.
        const calls = paced ? Math.max(quick ? 5 : 10, concurrent * 2) : Math.max(quick ? 30 : 200, concurrent * 3);
        for (let round = 0; round < rounds; round++) {
          for (const target of targets) {
            await measure(target, { modelId, concurrent, calls }, measured.get(target.name));
          }
        }
        const timings = new Map([...measured].map(([name, each]) => [name, timingOf(each)]));
        atOnce.push(figuresOf(concurrent, paced, timings));
      }
    }
    return { atOnce };
  } finally {
    for (const child of children.reverse()) await child.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const result = await benchApi({ quick: process.argv.includes('--quick'), say });
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}
