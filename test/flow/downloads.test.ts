import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DownloadsDeps } from '../../electron/model/index.ts';
import { downloadsIn, openDataFolder, QUICK, sumOf, wishFor } from '../support/files/download-kit.ts';
import { madeFile, partsOf, startHostileFiles } from '../support/files/hostile-files.ts';
import type { HostileFilesOptions } from '../support/files/hostile-files.ts';
import { makeFolder } from '../support/scripted-core.ts';

const file = madeFile('model.gguf', 600_000, 3);

async function served(options: Partial<HostileFilesOptions> = {}) {
  const server = await startHostileFiles({ files: [file], ...options });
  onTestFinished(() => server.stop());
  return server;
}
function open(dataDir = makeFolder(), more: Partial<DownloadsDeps> = {}) {
  const store = openDataFolder(dataDir);
  const kit = downloadsIn(dataDir, store, more);
  let over = false;
  const dispose = async () => {
    if (over) return;
    over = true;
    await kit.dispose();
    store.dispose();
  };
  onTestFinished(dispose);
  return { ...kit, store, dataDir, dispose, models: join(dataDir, 'models') };
}
const settled = ['done', 'failed', 'paused'];
const ended = (list: { state: string }[]) => list.every(({ state }) => settled.includes(state));

describe('a download', () => {
  it('is installed when its sum is right, and stands in the log of what left, one entry a try and place', async () => {
    const server = await served({ trick: (_file, index) => (index === 0 ? 'cut' : null) });
    const { downloads, until, store, models } = open();
    downloads.add(wishFor(file, [server.urlOf(file)]));
    downloads.begin();
    await until(ended);
    expect(downloads.list()).toMatchObject([{ state: 'done', path: join(models, 'model.gguf'), problem: null }]);
    expect(sumOf(join(models, 'model.gguf'))).toBe(file.sha256);
    expect(server.requests.length).toBeGreaterThan(2);
    const { entries } = store.egress.list({ limit: 10 });
    expect(entries.map(({ purpose, path, status }) => [purpose, path, status])).toEqual([
      ['download', '/model.gguf', 206],
      ['download', '/model.gguf', 206],
    ]);
    expect(entries.reduce((sum, { bytesIn }) => sum + bytesIn, 0)).toBe(file.bytes.length);
  });

  it('is never installed when the bytes are wrong, however often they come', async () => {
    const server = await served({ trick: () => 'corrupt' });
    const { downloads, until, models } = open();
    downloads.add(wishFor(file, [server.urlOf(file)]));
    downloads.begin();
    await until(ended);

    expect(downloads.list()[0]?.problem).toMatch(/not the file that belongs to this checksum/);
    expect(readdirSync(models)).toEqual(['.downloads']);
  });

  it('fetches only the wrong part again where sums of parts are known', async () => {
    const server = await served({ trick: (_file, index) => (index === 0 ? 'corrupt' : null) });
    const { downloads, until } = open();
    downloads.add(wishFor(file, [server.urlOf(file)], { parts: partsOf(file, 16_384) }));
    downloads.begin();
    await until(ended);
    expect(downloads.list()[0]?.state).toBe('done');
    expect(server.sentOf(file) - file.bytes.length).toBe(16_384);
  });

  it('fetches the stretch of another version again, not the rest, when only the whole can be checked', async () => {
    // The odd answer comes under another tag and is wrong: it is what goes first.
    let corrupt = true;
    const bad = madeFile('model.gguf', 600_000, 4);
    const odd = { ...file, bytes: Buffer.concat([file.bytes.subarray(0, 400_000), bad.bytes.subarray(400_000)]) };
    const server = await startHostileFiles({
      files: [file],
      trick: (_file, index) => (index === 0 ? 'cut' : index === 1 ? 'other-tag' : null),
      strikesAt: () => 400_000,
      pace: { bytes: 20_000, ms: 2 },
      bytesOf: (_file, index) => (index === 1 && corrupt ? odd.bytes : file.bytes),
    });
    onTestFinished(() => server.stop());
    const { downloads, until } = open();
    downloads.add(wishFor(file, [server.urlOf(file)]));
    downloads.begin();
    await until(ended);
    corrupt = false;
    expect(downloads.list()[0]?.state).toBe('done');
    expect(server.sentOf(file) - file.bytes.length).toBeLessThanOrEqual(240_000);
  });

  it('goes to a mirror when its source is gone', async () => {
    const server = await served();
    const { downloads, until } = open();
    downloads.add(wishFor(file, [`${server.url}/gone.gguf`, server.urlOf(file)]));
    downloads.begin();
    await until(ended);
    expect(downloads.list()[0]?.state).toBe('done');
  });

  it('says what is wrong, and with whom, when no source has it', async () => {
    const server = await served();
    const { downloads, until } = open();
    downloads.add(wishFor(file, [`${server.url}/gone.gguf`]));
    downloads.begin();
    await until(ended);
    expect(downloads.list()[0]).toMatchObject({ state: 'failed' });
    expect(downloads.list()[0]?.problem).toBe(`${new URL(server.url).host} does not have it (status 404).`);
  });

  it('shows a stall within five seconds and goes on by itself', async () => {
    const server = await served({ trick: (_file, index) => (index === 0 ? 'stall' : null) });
    const { downloads, until } = open(makeFolder(), { timings: { ...QUICK, stallShownMs: 3000, stallEndMs: 4000 } });
    downloads.add(wishFor(file, [server.urlOf(file)]));
    const startedMs = performance.now();
    downloads.begin();
    await until(([entry]) => entry?.stalled === true);
    expect(performance.now() - startedMs).toBeLessThan(5000);
    expect(downloads.list()[0]).toMatchObject({ state: 'running', bytesPerSecond: null, msLeft: null });
    await until(ended);
    expect(downloads.list()[0]?.state).toBe('done');
  });

  it('pauses with what came, and goes on from there in another run of the app', async () => {
    const server = await served({ pace: { bytes: 4096, ms: 10 } });
    const first = open();
    const id = first.downloads.add(wishFor(file, [server.urlOf(file)]));
    first.downloads.begin();
    await first.until(([entry]) => (entry?.receivedBytes ?? 0) > 100_000);
    await first.downloads.pause(id);
    expect(first.entry(id)?.state).toBe('paused');
    await first.dispose();
    const second = open(first.dataDir);
    expect(second.entry(id)?.receivedBytes).toBeGreaterThan(100_000);
    second.downloads.begin();
    expect(second.entry(id)?.state).toBe('paused');
    second.downloads.resume(id);
    await second.until(ended);
    expect(sumOf(join(second.models, 'model.gguf'))).toBe(file.sha256);
    expect(server.sentOf(file) - file.bytes.length).toBeLessThan(40_000);
  });

  it('trusts after a power cut only what was flushed', async () => {
    const server = await served({ pace: { bytes: 4096, ms: 10 } });
    const first = open();
    const id = first.downloads.add(wishFor(file, [server.urlOf(file)]));
    first.downloads.begin();
    await first.until(([entry]) => (entry?.receivedBytes ?? 0) > 200_000);
    await first.downloads.pause(id);
    // What a power cut leaves: the length is there, the bytes are not.
    const part = join(first.models, '.downloads', `${id}.part`);
    const noted = first.store.downloads.progress(id);
    const synced = [{ from: 0, to: 50_000, tag: noted?.have[0]?.tag ?? '' }];
    first.store.downloads.saveProgress(id, { have: noted?.have ?? [], synced, boot: 'another' });
    const { size } = statSync(part);
    truncateSync(part, 50_000);
    truncateSync(part, size);
    await first.dispose();
    const asked = server.requests.length;
    const second = open(first.dataDir);
    second.downloads.begin();
    second.downloads.resume(id);
    await second.until(ended);
    expect(second.entry(id)?.state).toBe('done');
    expect(server.requests[asked]?.range).toMatch(/^bytes=50000-/);
  });

  it('waits in line, three at a time', async () => {
    const files = Array.from({ length: 5 }, (_, i) => madeFile(`f${i}.gguf`, 50_000, i + 20));
    const server = await startHostileFiles({ files, pace: { bytes: 4096, ms: 5 } });
    onTestFinished(() => server.stop());
    const { downloads, until } = open();
    for (const one of files) downloads.add(wishFor(one, [server.urlOf(one)]));
    downloads.begin();
    expect(downloads.list().map(({ state, place }) => [state, place])).toEqual([
      ['running', null],
      ['running', null],
      ['running', null],
      ['queued', 1],
      ['queued', 2],
    ]);
    await until(ended);
    expect(downloads.list().every(({ state }) => state === 'done')).toBe(true);
  });

  it('is refused before a byte is fetched when the disk has no room, counting those on their way', async () => {
    const server = await served();
    const { downloads } = open(makeFolder(), { freeBytes: () => 64 * 1024 * 1024 + 700_000 });
    downloads.add(wishFor(file, [server.urlOf(file)]));
    const other = madeFile('other.gguf', 600_000, 8);
    expect(() => downloads.add(wishFor(other, [server.urlOf(other)]))).toThrow(/other downloads take/);
    expect(server.requests).toEqual([]);
  });

  it('keeps what came when nothing may leave this machine any more, and goes on when it may', async () => {
    let reason: string | null = null;
    const server = await served({ pace: { bytes: 4096, ms: 10 } });
    const { downloads, until } = open(makeFolder(), { kept: () => reason });
    downloads.add(wishFor(file, [server.urlOf(file)]));
    downloads.begin();
    await until(([entry]) => (entry?.receivedBytes ?? 0) > 50_000);
    reason = 'Nothing may leave.';
    downloads.recheck();
    await until(([entry]) => entry?.state === 'waiting' && entry.problem === reason);
    const asked = server.requests.length;
    const received = downloads.list()[0]?.receivedBytes ?? 0;
    reason = null;
    downloads.recheck();
    await until(ended);
    expect(server.requests[asked]?.range).toMatch(new RegExp(`^bytes=${received}-`));
    expect(downloads.list()[0]?.state).toBe('done');
  });

  it('never writes over a file that is there', async () => {
    const server = await served();
    const { downloads, until, models } = open();
    mkdirSync(models, { recursive: true });
    writeFileSync(join(models, 'model.gguf'), 'mine');
    downloads.add(wishFor(file, [server.urlOf(file)], { fileName: '../model.gguf' }));
    downloads.begin();
    await until(ended);
    expect(readFileSync(join(models, 'model.gguf'), 'utf8')).toBe('mine');
    expect(sumOf(join(models, 'model-2.gguf'))).toBe(file.sha256);
  });

  it('is found installed when the process died between moving the file and saying so', async () => {
    const { downloads, until, store, models, dataDir, dispose } = open();
    const id = downloads.add(wishFor(file, ['http://127.0.0.1:1/model.gguf']));
    mkdirSync(models, { recursive: true });
    writeFileSync(join(models, 'model.gguf'), file.bytes);
    store.downloads.setTarget(id, join(models, 'model.gguf'));
    await dispose();
    expect(until).toBeDefined();
    const second = open(dataDir);
    second.downloads.begin();
    await second.until(ended);
    expect(second.entry(id)).toMatchObject({ state: 'done', path: join(models, 'model.gguf') });
  });

  it('given up leaves nothing behind', async () => {
    const server = await served({ pace: { bytes: 4096, ms: 10 } });
    const { downloads, until, models } = open();
    const id = downloads.add(wishFor(file, [server.urlOf(file)]));
    downloads.begin();
    await until(([entry]) => (entry?.receivedBytes ?? 0) > 50_000);
    expect(await downloads.cancel(id)).toBeGreaterThan(0);
    expect(downloads.list()).toEqual([]);
    expect(existsSync(join(models, '.downloads', `${id}.part`))).toBe(false);
  });
});
