import { say } from '../../contract/sentences/index.ts';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { MintId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Timers } from '../../base/timers.ts';
import { FaultError, refuse } from '../../contract/faults.ts';
import type { DownloadEntry } from '../../contract/entities/download.ts';
import type { DownloadRecord, DownloadRecords } from '../../storage/store.ts';
import type { Egress } from '../egress/egress.ts';
import { bootName } from './boot.ts';
import { entryOf } from './download-entry.ts';
import { fileTrouble } from './file-trouble.ts';
import { safeFileName } from './file-name.ts';
import { createFollowers } from './follower.ts';
import { install } from './install.ts';
import { bytesOf } from './runs.ts';
import { noRoom } from './room.ts';
import { createTransfer, TIMINGS } from './transfer.ts';
import type { Timings, Transfer } from './transfer.ts';

/** Files fetched at the same time; the rest wait in line. */
const MOST_AT_ONCE = 3;
/** How often those who watch are told, in ms: a stall is on the screen well within 5 s. */
const TICK_MS = 500;

/** A file that is wanted. `title` and `fileName` may be anything somebody out there wrote. */
export type DownloadWish = Omit<DownloadRecord, 'id' | 'state' | 'problem' | 'target' | 'place' | 'createdAt'>;

export interface DownloadsDeps {
  readonly records: DownloadRecords;
  readonly egress: Egress;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly mintId: MintId;
  readonly log: Log;
  readonly random: () => number;
  /** Where models are installed; what is under way lies in a folder inside it. */
  readonly folder: string;
  /** Free bytes on the disk of a folder; null = cannot be told. */
  readonly freeBytes: (folder: string) => number | null;
  /** Why nothing may leave this machine for this host now; null = it may. */
  readonly kept: (host: string) => string | null;
  /** The list changed; told at most twice a second while bytes come. */
  readonly onChange: () => void;
  readonly onInstalled: (path: string, record: DownloadRecord) => void;
  readonly timings?: Timings;
}

interface Running {
  readonly transfer: Transfer;
  readonly stop: AbortController;
  readonly over: Promise<void>;
}

/** Files on their way into the model folder: queue, pause, going on after a kill. Nothing runs before `begin`. */
export function createDownloads(deps: DownloadsDeps) {
  const { records, clock, timers, log, folder, timings = TIMINGS } = deps;
  const boot = bootName();
  const followers = createFollowers();
  const running = new Map<string, Running>();
  let all: DownloadRecord[] = records.all();
  let begun: 'no' | 'all' | ReadonlySet<string> = 'no';
  let disposed = false;
  let cancelTick: (() => void) | null = null;

  const watchers = new Set<() => void>();
  function notify(): void {
    deps.onChange();
    for (const watcher of [...watchers]) watcher();
  }
  const partPath = (id: string): string => join(folder, '.downloads', `${id}.part`);
  const find = (id: string): DownloadRecord => {
    const found = all.find((record) => record.id === id);
    if (!found) throw refuse(say('model.download.gone'), 'not_found');
    return found;
  };
  const receivedOf = (record: DownloadRecord): number =>
    running.get(record.id)?.transfer.live.receivedBytes ?? bytesOf(records.progress(record.id)?.have ?? []);

  /** Keeps a change; where the disk is too full for it, at least this run knows. */
  function change(id: string, patch: Partial<Pick<DownloadRecord, 'state' | 'problem' | 'target'>>): void {
    const before = find(id);
    const after = { ...before, ...patch };
    all = all.map((record) => (record.id === id ? after : record));
    try {
      if (after.target !== before.target) records.setTarget(id, after.target);
      records.setState(id, after.state, after.problem);
    } catch (error) {
      log.write('warn', 'download.not_noted', { reason: String(error) });
    }
    notify();
  }

  function tick(): void {
    cancelTick = null;
    if (running.size === 0) return;
    notify();
    cancelTick = timers.after(TICK_MS, tick);
  }

  const isBegun = (id: string): boolean => begun === 'all' || (begun !== 'no' && begun.has(id));

  function pump(): void {
    if (disposed) return;
    const busy = [...running.values()].filter(({ transfer }) => transfer.live.phase !== 'waiting').length;
    let free = MOST_AT_ONCE - busy;
    for (const record of all) {
      if (free <= 0) break;
      if (record.state !== 'wanted' || running.has(record.id) || !isBegun(record.id)) continue;
      free--;
      start(record);
    }
    cancelTick ??= running.size > 0 ? timers.after(TICK_MS, tick) : null;
    notify();
  }

  function start(record: DownloadRecord): void {
    const { id } = record;
    const stop = new AbortController();
    const transfer = createTransfer({
      ...record,
      ...deps,
      timings,
      label: record.title,
      partPath: partPath(id),
      progress: records.progress(id),
      boot,
      followers,
      save: (progress) => records.saveProgress(id, progress),
      onChange: notify,
    });
    transfer.live.receivedBytes = bytesOf(records.progress(id)?.have ?? []);
    const over = fetchAndInstall(record, transfer, stop.signal)
      .catch((error: unknown) => {
        if (disposed || !all.some((known) => known.id === id)) return;
        const known = error instanceof FaultError ? error : fileTrouble(error, partPath(id));
        log.write('warn', 'download.failed', { id, code: known.fault.code, reason: known.fault.detail });
        if (find(id).state === 'wanted') change(id, { state: 'failed', problem: known.fault.detail });
      })
      .finally(() => {
        running.delete(id);
        pump();
      });
    running.set(id, { transfer, stop, over });
  }

  async function fetchAndInstall(record: DownloadRecord, transfer: Transfer, signal: AbortSignal): Promise<void> {
    const { id } = record;
    if (await wasInstalled(record)) return;
    const missing = record.sizeBytes - receivedOf(record);
    const others = all
      .filter((other) => other.id !== id && running.has(other.id))
      .reduce((sum, other) => sum + other.sizeBytes - receivedOf(other), 0);
    const problem = noRoom(folder, deps.freeBytes(folder), missing, others);
    if (problem !== null) throw refuse(problem, 'storage_full');
    if ((await transfer.run(signal)) === 'stopped') return;
    const path = await install(partPath(id), folder, record.fileName, (target) => {
      // Not `change`: without this note nothing may be moved.
      records.setTarget(id, target);
      all = all.map((known) => (known.id === id ? { ...known, target } : known));
    });
    finish(record, path);
  }

  function finish(record: DownloadRecord, path: string): void {
    change(record.id, { state: 'done', problem: null, target: path });
    try {
      records.dropProgress(record.id);
    } catch (error) {
      log.write('warn', 'download.not_noted', { reason: String(error) });
    }
    log.write('info', 'download.done', { id: record.id, bytes: record.sizeBytes });
    deps.onInstalled(path, record);
  }

  /** A process that was killed while installing had moved the file, or had not. */
  async function wasInstalled(record: DownloadRecord): Promise<boolean> {
    const { target, id } = record;
    if (target === null) return false;
    const [there, part] = await Promise.all([stat(target).catch(() => null), stat(partPath(id)).catch(() => null)]);
    const isOurs = there !== null && (part === null || (part.ino === there.ino && part.dev === there.dev));
    if (isOurs && there.size === record.sizeBytes && (await followers.sumOf(target, there.size)) === record.sha256) {
      await rm(partPath(id), { force: true });
      finish(record, target);
      return true;
    }
    change(id, { target: null });
    return false;
  }

  async function halt(id: string): Promise<void> {
    const found = running.get(id);
    found?.stop.abort();
    await found?.over;
  }

  return {
    /** In the order of the queue, finished ones too. */
    list(): DownloadEntry[] {
      const now = clock.monotonicMs();
      const waiting = all.filter(({ id, state }) => state === 'wanted' && !running.has(id));
      return all.map((record) => {
        const place = waiting.indexOf(record);
        const live = running.get(record.id)?.transfer.live ?? null;
        return entryOf(record, live, {
          receivedBytes: receivedOf(record),
          place: place === -1 ? null : place + 1,
          stallShownMs: timings.stallShownMs,
          nowMs: now,
        });
      });
    },
    /** Puts a file at the end of the queue. Refuses what is on its way already and what the disk cannot hold. */
    add(wish: DownloadWish): string {
      const same = all.find(({ sha256, state }) => sha256 === wish.sha256 && state !== 'done');
      if (same) throw refuse(say('model.download.twice', { name: same.title }), 'conflict');
      for (const source of wish.sources) {
        const { protocol } = new URL(source);
        if (protocol !== 'https:' && protocol !== 'http:') throw refuse(say('model.download.web_only'));
      }
      const owed = all
        .filter(({ state }) => state === 'wanted')
        .reduce((sum, record) => sum + record.sizeBytes - receivedOf(record), 0);
      const problem = noRoom(folder, deps.freeBytes(folder), wish.sizeBytes, owed);
      if (problem !== null) throw refuse(problem, 'storage_full');
      const id = deps.mintId();
      records.add({ ...wish, fileName: safeFileName(wish.fileName), id, createdAt: clock.now() });
      all = records.all();
      pump();
      return id;
    },
    /** Keeps what came and waits for a person. */
    async pause(id: string): Promise<void> {
      if (find(id).state === 'done') return;
      change(id, { state: 'paused', problem: null });
      await halt(id);
    },
    /** Goes on: a paused or failed one at the end of the queue; one that waits for its next try at once. */
    resume(id: string): void {
      const { state } = find(id);
      running.get(id)?.transfer.tryNow();
      if (state === 'done' || state === 'wanted') return;
      records.toEnd(id);
      all = records.all();
      change(id, { state: 'wanted', problem: null });
      pump();
    },
    /** Gives it up and removes what came. Gives the bytes freed; a finished file stays. */
    async cancel(id: string): Promise<number> {
      const record = find(id);
      if (record.state !== 'done') change(id, { state: 'paused', problem: null });
      await halt(id);
      const part = await stat(partPath(id)).catch(() => null);
      await rm(partPath(id), { force: true });
      records.remove(id);
      all = all.filter((known) => known.id !== id);
      notify();
      return part?.size ?? 0;
    },
    /** Lets downloads run; `only` = these alone. */
    begin(only?: readonly string[]): void {
      begun = only ? new Set(only) : 'all';
      pump();
    },
    /** What may leave this machine, or the network, may have changed. */
    recheck(): void {
      for (const { transfer } of running.values()) transfer.recheck();
    },
    /** Resolves when the list changed, or with the signal. */
    changed: (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const over = (): void => {
          watchers.delete(over);
          signal.removeEventListener('abort', over);
          resolve();
        };
        watchers.add(over);
        if (signal.aborted) over();
        else signal.addEventListener('abort', over, { once: true });
      }),
    /** The record of an installed file; null = it was not downloaded here. */
    installedAt: (path: string): DownloadRecord | null =>
      all.find(({ state, target }) => state === 'done' && target === path) ?? null,
    /** Stops everything and keeps where each is; what was running goes on at the next start. */
    async dispose(): Promise<void> {
      disposed = true;
      cancelTick?.();
      const ends = [...running.values()].map(({ stop, over }) => {
        stop.abort();
        return over;
      });
      await Promise.all(ends);
    },
  };
}
export type Downloads = ReturnType<typeof createDownloads>;
