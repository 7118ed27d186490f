import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answerCall } from '../../electron/access/port.ts';
import { calls } from '../../electron/contract/calls.ts';
import type { CallInput, CallName, CallOutput } from '../../electron/contract/calls.ts';
import { runCli } from '../support/cli.ts';
import { startHub } from '../support/files/hub.ts';
import type { ServedFile } from '../support/files/hostile-files.ts';
import { writeRandomGguf } from '../support/random-gguf.ts';
import { makeCore, makeFolder } from '../support/scripted-core.ts';
import type { TestCore } from '../support/scripted-core.ts';

async function realModel(name: string, seed = 1): Promise<ServedFile> {
  const path = join(makeFolder(), 'm.gguf');
  await writeRandomGguf(path, { layers: 1, width: 64, heads: 2, vocabulary: 300, seed });
  const bytes = readFileSync(path);
  return { name, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}
async function hubWith(...args: Parameters<typeof startHub>) {
  const hub = await startHub(...args);
  onTestFinished(() => hub.stop());
  return hub;
}
function folderWith(url: string, more = ''): string {
  const dataDir = makeFolder();
  writeFileSync(join(dataDir, 'config.yaml'), `hub: {url: "${url}"}\n${more}`);
  return dataDir;
}
async function ask<N extends CallName>({ core }: TestCore, name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const output = (await answerCall(core.handlers, name, input)) as CallOutput<N>;
  expect(calls[name].output.safeParse(output).error?.issues ?? []).toEqual([]);
  return output;
}
const allDone = async ({ core }: TestCore): Promise<void> => {
  while (core.library.downloads().some(({ state }) => state !== 'done' && state !== 'failed'))
    await core.downloads.changed(new AbortController().signal);
};
const QWEN = 'Qwen/Qwen3-0.6B-GGUF';

describe('models one could have', () => {
  it('come from the catalogue by the hub’s own sum, are pinned to its revision, and are ready to use', async () => {
    const file = await realModel('Qwen3-0.6B-Q8_0.gguf');
    const hub = await hubWith(QWEN, [file]);
    const test = await makeCore([], { dataDir: folderWith(hub.url) });
    const started = await ask(test, 'download.start', { catalogueId: 'qwen3-0.6b' });
    expect(started).toMatchObject({ title: 'Qwen3 0.6B', checkedBy: 'hub', sha256: file.sha256, state: 'queued' });
    test.core.downloads.begin();
    await allDone(test);
    await test.core.models.refresh();
    const [model] = test.core.models.list().filter(({ embedded }) => !embedded);
    expect(model).toMatchObject({ state: 'ready', ownFile: true, path: join(test.dataDir, 'models', file.name) });
    const { models } = await ask(test, 'model.available', {});
    expect(models.find(({ id }) => id === 'qwen3-0.6b')?.modelId).toBe(model?.id);
    // Asked once where it lies; then there, request after request.
    const resolved = hub.asked.filter((path) => path.includes('/resolve/'));
    expect([resolved.length, resolved[0]]).toEqual([1, expect.stringContaining('/resolve/0123456789abcdef')]);
    expect(hub.asked.filter((path) => path.startsWith('/cdn/')).length).toBeGreaterThan(1);
    const { freedBytes } = await ask(test, 'model.remove', { modelId: model?.id ?? '' });
    expect([freedBytes, existsSync(model?.path ?? '')]).toEqual([file.bytes.length, false]);
    await ask(test, 'download.list', {});
  });

  it('come from a search of the hub, all parts of a split one', async () => {
    const files = [await realModel('q4/a-00001-of-00002.gguf'), await realModel('q4/a-00002-of-00002.gguf', 2)];
    const hub = await hubWith('someone/a-GGUF', files);
    const test = await makeCore([], { dataDir: folderWith(hub.url) });
    expect(hub.asked).toEqual([]);
    const { models } = await ask(test, 'hub.search', { text: 'A' });
    expect(models).toMatchObject([{ repo: 'someone/a-GGUF', licence: 'apache-2.0', gated: false }]);
    const found = await ask(test, 'hub.files', { repo: 'someone/a-GGUF' });
    expect(found.files).toMatchObject([{ path: files[0]?.name, parts: 2, checked: true, fit: { fit: 'fits' } }]);
    await ask(test, 'download.start', { repo: 'someone/a-GGUF', path: files[0]?.name ?? '' });
    test.core.downloads.begin();
    await allDone(test);
    for (const { name, bytes } of files)
      expect(readFileSync(join(test.dataDir, 'models', name.slice(3))).equals(bytes)).toBe(true);
  });

  it('are not fetched without a sum to check them against', async () => {
    const file = await realModel('Qwen3-0.6B-Q8_0.gguf');
    const hub = await hubWith(QWEN, [file], { sums: false });
    const test = await makeCore([], { dataDir: folderWith(hub.url) });
    await expect(ask(test, 'download.start', { catalogueId: 'qwen3-0.6b' })).rejects.toThrow(/publishes no checksum/);
    expect(await ask(test, 'hub.files', { repo: QWEN })).toMatchObject({ files: [{ checked: false }] });
  });

  it('cannot be searched for while the hub is out of reach, which one sentence says', async () => {
    const test = await makeCore([], { dataDir: folderWith('http://127.0.0.1:1') });
    await expect(ask(test, 'hub.search', { text: 'x' })).rejects.toMatchObject({
      fault: { code: 'offline', detail: expect.stringContaining('Models on this machine work without it') as string },
    });
  });

  it('stay where they are when the policy lets nothing leave the machine', async () => {
    const test = await makeCore([], { dataDir: folderWith('https://hub.invalid', 'policy: offline\n') });
    await expect(ask(test, 'hub.search', { text: 'x' })).rejects.toThrow(/lets nothing leave this machine/);
    await expect(ask(test, 'download.start', { catalogueId: 'qwen3-0.6b' })).rejects.toThrow(/lets nothing leave/);
    expect(test.core.store.egress.list({ limit: 10 }).entries).toEqual([]);
  });

  it('are used where another program keeps them, and only forgotten when removed', async () => {
    const file = await realModel('x');
    const root = makeFolder();
    const blob = join(root, 'blobs', `sha256-${file.sha256}`);
    mkdirSync(join(root, 'blobs'), { recursive: true });
    writeFileSync(blob, file.bytes);
    mkdirSync(join(root, 'manifests/registry.ollama.ai/library/tiny'), { recursive: true });
    const layers = [{ mediaType: 'application/vnd.ollama.image.model', digest: `sha256:${file.sha256}`, size: 1 }];
    writeFileSync(join(root, 'manifests/registry.ollama.ai/library/tiny/latest'), JSON.stringify({ layers }));
    const before = process.env['OLLAMA_MODELS'];
    process.env['OLLAMA_MODELS'] = root;
    onTestFinished(() => {
      if (before === undefined) delete process.env['OLLAMA_MODELS'];
      else process.env['OLLAMA_MODELS'] = before;
    });
    const test = await makeCore();
    const ours = (await ask(test, 'model.found', {})).models.filter(({ program }) => program === 'ollama');
    expect(ours).toMatchObject([{ name: 'tiny:latest', path: blob, problem: null, modelId: null }]);
    const model = await ask(test, 'model.adopt', { path: blob });
    expect(model).toMatchObject({
      id: 'local/tiny-latest',
      name: 'tiny:latest',
      state: 'ready',
      adoptedFrom: 'ollama',
    });
    expect(await ask(test, 'model.remove', { modelId: model.id })).toEqual({ freedBytes: 0 });
    expect(readFileSync(blob).equals(file.bytes)).toBe(true);
    await expect(ask(test, 'model.adopt', { path: '/etc/passwd' })).rejects.toThrow(/not among the models/);
  });
});

describe('models on the command line', () => {
  it('are pulled, listed and removed', async () => {
    const file = await realModel('Qwen3-0.6B-Q8_0.gguf');
    const hub = await hubWith(QWEN, [file]);
    const data = ['--data', folderWith(hub.url)];
    expect(await runCli(['models', 'pull', 'qwen3-0.6b', ...data])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/Qwen3-0\.6B-Q8_0\.gguf\n$/) as string,
    });
    const listed = await runCli(['models', 'list', ...data]);
    const id = /local\/qwen3\S*/.exec(listed.out)?.[0] ?? '';
    expect(listed.out).toMatch(/ready/);
    expect(await runCli(['models', 'rm', id, ...data])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Deleted: .* are free again/) as string,
    });
    expect((await runCli(['models', 'available', ...data])).out).toMatch(/qwen3-0\.6b/);
    expect(await runCli(['models', 'pull', 'nobody', ...data])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no model nobody in the catalogue/) as string,
    });
  });
});
