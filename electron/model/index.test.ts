import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createScriptedEngine } from '../../test/support/scripted-engine.ts';
import type { ScriptedEngineOptions } from '../../test/support/scripted-engine.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import type { Config } from '../contract/config.ts';
import type { ImportedModel } from '../storage/store.ts';
import type { Measurement } from '../contract/entities/model.ts';
import { STARTER_MODEL_ID } from '../contract/names.ts';
import { createModels } from './index.ts';
import type { ModelEvent, Models } from './index.ts';
import { writeRandomGguf } from '../../test/support/random-gguf.ts';

type Imported = ImportedModel;

let folder: string;
let dataDir: string;
let models: Models | null = null;
let imported: Imported[];
let measured: Map<string, Measurement>;

function build(
  options: ScriptedEngineOptions = {},
  config: Partial<Config['engine']> = {},
  resourcesDir = resolve('resources'),
) {
  const engine = createScriptedEngine(options);
  models = createModels({
    store: {
      imported: () => imported,
      measurement: (key) => measured.get(key) ?? null,
      addImported: (model) => void imported.push(model),
      removeImported: (id) => void (imported = imported.filter((model) => model.id !== id)),
      saveMeasurement: (key, value) => void measured.set(key, value),
    },
    dataDir,
    resourcesDir,
    spawnHost: engine.spawn,
    config: () => ({ backend: 'auto', modelFolder: null, idleUnloadSeconds: 0, keptStatesMb: 0, ...config }),
    clock: systemClock,
    log: silentLog,
  });
  return { models, engine };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-models-'));
  dataDir = join(folder, 'data');
  imported = [];
  measured = new Map();
  await mkdir(join(dataDir, 'models'), { recursive: true });
});
afterEach(async () => {
  await models?.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function ask(from: Models, modelId: string): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  const messages = [{ role: 'user' as const, text: 'hello there' }];
  const request = { modelId, messages, sampling: {}, stateKey: null };
  for await (const event of from.provider.generate(request, new AbortController().signal)) events.push(event);
  return events;
}

describe('the list of models', () => {
  it('has the starter model at once, before any file was looked at', () => {
    const { models: list } = build();
    expect(list.list()).toMatchObject([{ id: STARTER_MODEL_ID, embedded: true, state: 'ready', contextTokens: 1024 }]);
  });

  it('says what to do when the starter model is gone', async () => {
    const { models: list } = build({}, {}, join(folder, 'nowhere'));
    await list.ready;
    expect(list.list()[0]).toMatchObject({ state: 'missing', problem: expect.stringContaining('reinstall') });
  });

  it('finds the files of both model folders, later parts of split models left out', async () => {
    const other = join(folder, 'other');
    await mkdir(other);
    await writeRandomGguf(join(dataDir, 'models', 'One Model (2B).gguf'), { name: 'One' });
    await writeRandomGguf(join(other, 'two.GGUF'), { name: 'Two' });
    await writeFile(join(other, 'big-00002-of-00003.gguf'), 'x');
    const { models: list } = build({}, { modelFolder: other });
    await list.ready;
    expect(list.list().map(({ id, name }) => [id, name])).toEqual([
      [STARTER_MODEL_ID, 'Switchyard Starter'],
      ['local/one-model-2b', 'One'],
      ['local/two', 'Two'],
    ]);
    await expect(list.remove('local/two')).rejects.toThrow('delete the file');
  });

  it('imports a file where it lies, once, and takes it off again', async () => {
    const path = join(folder, 'mine.gguf');
    await writeRandomGguf(path, { name: 'Mine' });
    const { models: list } = build();
    const entry = await list.import(path);
    expect(entry).toMatchObject({ id: 'local/mine', name: 'Mine', state: 'ready', path });
    expect((await list.import(path)).id).toBe('local/mine');
    expect(imported).toHaveLength(1);
    await list.remove('local/mine');
    expect(list.list().map(({ id }) => id)).toEqual([STARTER_MODEL_ID]);
  });

  it('refuses to import what cannot be run, and to remove what is not its own', async () => {
    await writeFile(join(folder, 'x.gguf'), 'not a model at all, only some text in a file');
    await writeRandomGguf(join(dataDir, 'models', 'in-folder.gguf'));
    const { models: list } = build();
    await list.ready;
    await expect(list.import(join(folder, 'x.gguf'))).rejects.toThrow('is not a GGUF model file');
    await expect(list.import(join(folder, 'none.gguf'))).rejects.toThrow('not there');
    await expect(list.import(folder)).rejects.toThrow('not a file');
    await expect(list.import('  ')).rejects.toThrow('path');
    await expect(list.remove(STARTER_MODEL_ID)).rejects.toThrow('belongs to the app');
    expect((await list.remove('local/in-folder')).freedBytes).toBeGreaterThan(0);
    expect(list.list().some(({ id }) => id === 'local/in-folder')).toBe(false);
    await expect(list.remove('local/none')).rejects.toThrow('no model');
  });

  it('gives two files of one name two ids', async () => {
    const other = join(folder, 'other');
    await mkdir(other);
    for (const at of [join(dataDir, 'models'), other]) await writeRandomGguf(join(at, 'same.gguf'));
    const { models: list } = build({}, { modelFolder: other });
    await list.ready;
    expect(new Set(list.list().map(({ id }) => id)).size).toBe(3);
  });

  it('notices a file that was replaced or deleted', async () => {
    const path = join(dataDir, 'models', 'changing.gguf');
    await writeRandomGguf(path);
    imported = [{ id: 'local/changing', path, name: 'Changing', addedAt: 1, origin: 'file' }];
    const { models: list } = build();
    await list.ready;
    expect(list.list()[1]?.state).toBe('ready');
    await writeFile(path, 'now it is something else, and long enough to look at');
    expect(await ask(list, 'local/changing')).toMatchObject([{ kind: 'fault', fault: { code: 'model_file_corrupt' } }]);
    await rm(path);
    expect(await ask(list, 'local/changing')).toMatchObject([{ kind: 'fault', fault: { code: 'not_found' } }]);
  });

  it.skipIf(process.getuid?.() === 0)('says so when a file may not be read', async () => {
    const path = join(dataDir, 'models', 'locked.gguf');
    await writeRandomGguf(path);
    await chmod(path, 0);
    const { models: list } = build();
    await list.ready;
    expect(list.list()[1]?.problem).toContain('permissions');
  });

  it('checks the starter model by its checksum', async () => {
    const resourcesDir = join(folder, 'resources');
    const path = join(resourcesDir, 'starter-model', 'starter-q8_0.gguf');
    await cp(resolve('resources/starter-model/starter-q8_0.gguf'), path);
    const { models: list } = build({}, {}, resourcesDir);
    expect(await list.checkFiles()).toMatchObject([{ modelId: STARTER_MODEL_ID, ok: true }]);
    await cp(resolve('resources/starter-model/starter-q8_0.gguf'), path);
    const bytes = Buffer.alloc(1, 7);
    const { open } = await import('node:fs/promises');
    const handle = await open(path, 'r+');
    await handle.write(bytes, 0, 1, 8_000_000);
    await handle.close();
    expect(await list.checkFiles()).toMatchObject([{ ok: false, detail: expect.stringContaining('reinstall') }]);
  });
});

describe('running models', () => {
  it('starts no engine before it is needed', () => {
    const { engine, models: list } = build();
    list.list();
    expect(engine.spawned()).toBe(0);
    expect(list.engine().state).toBe('stopped');
  });

  it('shows a model as loaded, and others as ready', async () => {
    const { models: list } = build();
    const states: string[] = [];
    list.onChange(() => states.push(list.list()[0]?.state ?? ''));
    await list.load(STARTER_MODEL_ID);
    expect(states).toContain('loading');
    expect(list.list()[0]?.state).toBe('loaded');
    await list.unload(STARTER_MODEL_ID);
    expect(list.list()[0]?.state).toBe('ready');
  });

  it('puts the model’s id on the engine’s faults', async () => {
    const { models: list } = build({ script: () => [{ say: 'a' }, { crash: null }] });
    expect((await ask(list, STARTER_MODEL_ID)).at(-1)).toMatchObject({
      kind: 'fault',
      fault: { code: 'local_crash', provider: STARTER_MODEL_ID },
    });
  });

  it('remembers what was measured by machine, backend and model, and gives it to the engine', async () => {
    const { models: list, engine } = build();
    await list.ready;
    const entry = await list.calibrate(STARTER_MODEL_ID);
    expect(entry.measurement).toMatchObject({ decodeThreads: 1, prefillThreads: 2 });
    expect([...measured.keys()]).toEqual([expect.stringMatching(/\|cpu\|local\/switchyard-starter\|8208992$/)]);
    await ask(list, STARTER_MODEL_ID);
    expect(engine.requests[0]?.model.measurement).toMatchObject({ decodeThreads: 1 });
  });

  it('starts a new engine for the next turn when another backend was chosen', async () => {
    let backend: Config['engine']['backend'] = 'auto';
    const engine = createScriptedEngine();
    models = createModels({
      store: {
        imported: () => [],
        measurement: () => null,
        addImported: () => undefined,
        removeImported: () => undefined,
        saveMeasurement: () => undefined,
      },
      dataDir,
      resourcesDir: resolve('resources'),
      spawnHost: engine.spawn,
      config: () => ({ backend, modelFolder: null, idleUnloadSeconds: 0, keptStatesMb: 0 }),
      clock: systemClock,
      log: silentLog,
    });
    await ask(models, STARTER_MODEL_ID);
    backend = 'cpu';
    expect((await ask(models, STARTER_MODEL_ID)).at(-1)?.kind).toBe('end');
    expect(engine.spawned()).toBe(2);
  });

  it('counts tokens only with the model in memory', async () => {
    const { models: list } = build();
    const request = { modelId: STARTER_MODEL_ID, messages: [{ role: 'user' as const, text: 'two words' }] };
    expect(await list.provider.countTokens(request)).toBeNull();
    await list.load(STARTER_MODEL_ID);
    expect(await list.provider.countTokens(request)).toBe(6);
  });
});
