import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openApp } from '../../support/electron-app.ts';
import { RANDOM_190_MB, writeRandomGguf } from '../../support/random-gguf.ts';
import type { Stage } from '../../support/stage.ts';
import { openDirect, wordTokens } from '../engine-direct.ts';
import { watchNoise } from '../noise.ts';
import { median, medianRange, quantile, rounded } from '../statistics.ts';

const root = resolve(import.meta.dirname, '..', '..', '..');
const REPLY_MS = 4_000;
/** Shorter replies say more about their start and end than about decode. */
const LEAST_TOKENS = 150;
/** More of one core than this taken by others, or by the host, and a pair is not counted. */
const MOST_FOREIGN = 0.15;
const MOST_STOLEN = 0.02;
/** Pairs tried for each that is wanted. */
const TRIES = 2;

export interface AppDecodeFigures {
  readonly directThreads: number;
  readonly directTokensPerSecond: number;
  /** From the first visible text to the end of the turn, as the core saw it, window painting all the while. */
  readonly appTokensPerSecond: number;
  /** Median over undisturbed pairs; the bar is 0.97. */
  readonly ratio: number;
  /** The true median lies between these with 95% certainty. */
  readonly ratioLow: number;
  readonly ratioHigh: number;
  readonly ratios: readonly number[];
  /** Ratios of pairs that others disturbed: not counted, unless fewer than three are left. */
  readonly disturbed: readonly number[];
  /** From the call's arrival until the engine is asked, turns with the starter model in this window; the bar is 10 (p99). */
  readonly overheadP50Ms: number;
  readonly overheadP99Ms: number;
  readonly overheadTurns: number;
}

/** Tokens a second of one reply through the window and of one decoded directly right before or after it. */
interface Pair {
  readonly app: number;
  readonly direct: number;
  readonly disturbed: boolean;
}

const ratioOf = (pair: Pair): number => pair.app / pair.direct;

interface TraceLine {
  readonly durationMs: number;
  readonly firstTokenMs: number;
  readonly tokensOut: number;
  readonly spans: readonly { readonly kind: string; readonly startMs: number }[];
}

/** Decode through the real window against node-llama-cpp called directly, in turn; then the overhead of many short turns. */
export async function benchAppDecode(stage: Stage, rounds: number, shortTurns: number): Promise<AppDecodeFigures> {
  const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-decode-'));
  const file = join(dataDir, 'random.gguf');
  mkdirSync(join(dataDir, 'models'));
  await writeRandomGguf(file, { ...RANDOM_190_MB, endless: true });
  copyFileSync(file, join(dataDir, 'models', 'random.gguf'));
  const direct = await openDirect(file, 1, 1024);
  const { page, close } = await openApp(stage, { dataDir });
  const box = page.getByRole('textbox', { name: 'Message', exact: true });
  const stop = page.getByRole('button', { name: 'Stop', exact: true });
  const route = async (name: RegExp): Promise<void> => {
    await page.getByRole('combobox', { name: 'Route' }).click();
    await page.getByRole('option', { name }).first().click();
  };
  const appTurn = async (text: string): Promise<{ speed: number; tokens: number }> => {
    await page.getByRole('button', { name: 'New chat' }).first().click();
    await box.fill(text);
    await box.press('Enter');
    await stop.waitFor({ timeout: 60_000 });
    await page.waitForTimeout(REPLY_MS);
    await stop.click({ timeout: 5_000 }).catch(() => undefined);
    await stop.waitFor({ state: 'detached' });
    const [last] = traces(dataDir, 1);
    if (last === undefined) throw new Error('The turn left no trace.');
    return { speed: (last.tokensOut - 1) / ((last.durationMs - last.firstTokenMs) / 1000), tokens: last.tokensOut };
  };
  try {
    await box.waitFor();
    await route(/random/i);
    await appTurn('rain falls on the roof');
    await page.waitForTimeout(8_000); // the first use of a model is followed by its calibration
    const pairs: Pair[] = [];
    const still = (): Pair[] => pairs.filter(({ disturbed }) => !disturbed);
    let tokens = LEAST_TOKENS * 2;
    for (let at = 0; at < rounds * TRIES && still().length < rounds; at++) {
      const ended = watchNoise();
      const theirs = async (): Promise<number> => {
        const run = await direct.decode(wordTokens(direct.model, 16), tokens); // as many: attention grows with what was written
        return run.tokens / (run.ms / 1000);
      };
      // In turn one is first and the other: what warms up or tires the machine meets both alike.
      const before = at % 2 === 1 ? await theirs() : null;
      const turn = await appTurn(`rain falls on the river ${at}`);
      if (turn.tokens < LEAST_TOKENS) continue;
      tokens = turn.tokens;
      const speed = before ?? (await theirs());
      const { foreign, stolen } = ended();
      pairs.push({ app: turn.speed, direct: speed, disturbed: foreign > MOST_FOREIGN || stolen > MOST_STOLEN });
    }
    const counted = still().length >= 3 ? still() : pairs;
    await page.getByRole('button', { name: 'New chat' }).first().click();
    await route(/starter/i);
    for (let turn = 0; turn < shortTurns; turn++) {
      await box.fill(`what is ${turn % 50} + ${turn % 40}?`);
      await box.press('Enter');
      await page.waitForFunction(
        (count) =>
          document.querySelectorAll('[role=log] article').length > 0 &&
          Number([...document.querySelectorAll('[role=log] article')].at(-1)?.getAttribute('aria-posinset')) >= count &&
          ![...document.querySelectorAll('[role=log] article')].some((article) =>
            ['streaming', 'queued'].includes(article.getAttribute('data-status') ?? ''),
          ),
        (turn + 1) * 2,
        // By default the page would be asked in every frame, and made to draw sixty a second: nobody does that to an app.
        { polling: 50 },
      );
    }
    const starts = traces(dataDir, shortTurns).flatMap(({ spans }) =>
      spans
        .filter(({ kind }) => kind === 'attempt')
        .slice(0, 1)
        .map(({ startMs }) => startMs),
    );
    const ratios = counted.map(ratioOf);
    const range = medianRange(ratios);
    return {
      directThreads: direct.threads,
      directTokensPerSecond: rounded(median(counted.map((pair) => pair.direct)), 1),
      appTokensPerSecond: rounded(median(counted.map((pair) => pair.app)), 1),
      ratio: rounded(median(ratios), 3),
      ratioLow: rounded(range.low, 3),
      ratioHigh: rounded(range.high, 3),
      ratios: ratios.map((ratio) => rounded(ratio, 3)),
      disturbed: pairs.filter((pair) => pair.disturbed).map((pair) => rounded(ratioOf(pair), 3)),
      overheadP50Ms: rounded(quantile(starts, 0.5)),
      overheadP99Ms: rounded(quantile(starts, 0.99)),
      overheadTurns: starts.length,
    };
  } finally {
    await close();
    await direct.dispose();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The newest traces of a folder, read while the app runs, by the command anybody has. */
function traces(dataDir: string, limit: number): TraceLine[] {
  return execFileSync(
    process.execPath,
    [join(root, 'electron/headless.ts'), 'traces', '--json', '--limit', String(limit), '--data', dataDir],
    {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  )
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as TraceLine);
}
