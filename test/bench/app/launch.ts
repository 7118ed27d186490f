import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Stage } from '../../support/stage.ts';
import { median, rounded } from '../statistics.ts';

const root = resolve(import.meta.dirname, '..', '..', '..');
const emptyApp = resolve(import.meta.dirname, '..', 'empty-app');
const SETTLE_MS = 4_000;

export interface LaunchFigures {
  readonly appMs: number;
  readonly emptyMs: number;
  /** Median of the ratios of neighbouring pairs; the bar is 1.5. */
  readonly ratio: number;
  readonly ratios: readonly number[];
  /** Private memory of the main process and of all processes, no model loaded; the bars are 150 and 450. */
  readonly mainPrivateMb: number;
  readonly allPrivateMb: number;
  readonly emptyMainPrivateMb: number;
  readonly emptyAllPrivateMb: number;
}

interface OneLaunch {
  readonly readyMs: number;
  readonly mainPrivateMb: number;
  readonly allPrivateMb: number;
}

/** Launch to typing-ready against an empty window of the same runtime, in turn, on data that exists already. */
export async function benchLaunch(stage: Stage, pairs: number): Promise<LaunchFigures> {
  const data = mkdtempSync(join(tmpdir(), 'switchyard-launch-'));
  const empty = mkdtempSync(join(tmpdir(), 'switchyard-empty-'));
  const startApp = (): Promise<OneLaunch> => launchOnce(stage, [root, '--data', data], { SWITCHYARD_MARKS: '1' });
  const startEmpty = (): Promise<OneLaunch> => launchOnce(stage, [emptyApp], { EMPTY_WINDOW_DATA: empty });
  try {
    await startApp();
    await startEmpty();
    const apps: OneLaunch[] = [];
    const empties: OneLaunch[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      apps.push(await startApp());
      empties.push(await startEmpty());
    }
    const ratios = apps.map((app, at) => app.readyMs / (empties[at]?.readyMs ?? NaN));
    return {
      appMs: rounded(median(apps.map((one) => one.readyMs)), 0),
      emptyMs: rounded(median(empties.map((one) => one.readyMs)), 0),
      ratio: rounded(median(ratios)),
      ratios: ratios.map((ratio) => rounded(ratio)),
      mainPrivateMb: rounded(median(apps.map((one) => one.mainPrivateMb)), 1),
      allPrivateMb: rounded(median(apps.map((one) => one.allPrivateMb)), 1),
      emptyMainPrivateMb: rounded(median(empties.map((one) => one.mainPrivateMb)), 1),
      emptyAllPrivateMb: rounded(median(empties.map((one) => one.allPrivateMb)), 1),
    };
  } finally {
    for (const folder of [data, empty]) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function launchOnce(stage: Stage, args: string[], env: Record<string, string>): Promise<OneLaunch> {
  const from = performance.now();
  const child = spawn(stage.executablePath, [...stage.switches, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...stage.env, ...env },
  });
  const exited = once(child, 'exit');
  const readyMs = await new Promise<number>((done, fail) => {
    const late = setTimeout(() => fail(new Error('No typing-ready mark within 60 s.')), 60_000);
    child.once('exit', () => fail(new Error('The app ended before it was ready.')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.includes('"typing-ready"')) return;
      clearTimeout(late);
      done(performance.now() - from);
    });
  });
  await new Promise((settled) => setTimeout(settled, SETTLE_MS));
  const all = processTree(child.pid ?? -1);
  const figures = {
    readyMs,
    mainPrivateMb: privateMb(child.pid ?? -1),
    allPrivateMb: all.reduce((sum, id) => sum + privateMb(id), 0),
  };
  child.kill('SIGTERM');
  await exited;
  return figures;
}

/** This process and all below it. */
export function processTree(rootId: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return [{ id: Number(name), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) }];
      } catch {
        return [];
      }
    });
  const below = (id: number): number[] => [
    id,
    ...parents.filter((row) => row.parent === id).flatMap((row) => below(row.id)),
  ];
  return below(rootId);
}

/** Memory no other process shares, from the kernel's own account; 0 for one that has ended. */
export function privateMb(id: number): number {
  try {
    const text = readFileSync(`/proc/${id}/smaps_rollup`, 'utf8');
    const kib = [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)].reduce(
      (sum, match) => sum + Number(match[1]),
      0,
    );
    return kib / 1024;
  } catch {
    return 0;
  }
}
