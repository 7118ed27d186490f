import type { DownloadEntry } from '../contract/entities/download.ts';
import type { CliContext, DataOption } from './context.ts';
import { columns } from './columns.ts';
import { openCore } from './core.ts';
import { CliFailure } from './failure.ts';
import type { ExitCode } from './failure.ts';
import type { Core } from '../core.ts';

interface JsonOption extends DataOption {
  readonly json?: boolean;
}

const gigabytes = (bytes: number | null): string =>
  bytes === null ? '-' : bytes < 1e9 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;

async function withCore<T>(
  context: CliContext,
  dataDir: string,
  what: string | null,
  work: (core: Core) => Promise<T> | T,
): Promise<T> {
  const core = await openCore(context, {
    dataDir,
    source: 'cli',
    ...(what === null ? { lock: false } : { what }),
  });
  try {
    return await work(core);
  } finally {
    await core.dispose();
  }
}

/** Models on this machine. */
export const listModels = (context: CliContext, options: JsonOption): Promise<ExitCode> =>
  withCore<ExitCode>(context, options.data, null, (core) => {
    const models = core.models.list().filter(({ kind }) => kind === 'local');
    if (options.json === true) context.out.json(models);
    else
      for (const line of columns([
        ['ID', 'SIZE', 'STATE', 'NAME'],
        ...models.map(({ id, sizeBytes, state, name }) => [id, gigabytes(sizeBytes), state, name]),
      ]))
        context.out.line(line);
    return 0;
  });

/** Models of the catalogue, the recommended first. */
export const availableModels = (context: CliContext, options: JsonOption): Promise<ExitCode> =>
  withCore<ExitCode>(context, options.data, null, (core) => {
    const { models, basis } = core.library.available();
    if (options.json === true) context.out.json({ models, basis });
    else {
      const words = { fits: 'fits', 'may-be-slow': 'may be slow', 'wont-fit': "won't fit" } as const;
      for (const line of columns([
        ['NAME', 'KIND', 'SIZE', 'FIT', 'SPEED', 'LICENCE', ''],
        ...models.map(({ id, kind, sizeBytes, fit, licence, recommended, modelId }) => [
          id,
          kind,
          gigabytes(sizeBytes),
          words[fit.fit],
          fit.tokensPerSecond === null ? '-' : `about ${fit.tokensPerSecond.toPrecision(2)} tokens/s`,
          licence,
          modelId !== null ? 'installed' : recommended ? 'recommended' : '',
        ]),
      ]))
        context.out.line(line);
      context.err.line(
        basis.modelName === null
          ? 'No model of a useful size was measured here yet: the list goes by memory alone.'
          : `Speeds follow from ${basis.modelName}, which writes ${(basis.tokensPerSecond ?? 0).toPrecision(3)} tokens/s here.`,
      );
    }
    return 0;
  });

function progressLine(entry: DownloadEntry): string {
  const share = ((100 * entry.receivedBytes) / entry.sizeBytes).toFixed(1);
  const head = `${share} % of ${gigabytes(entry.sizeBytes)}`;
  if (entry.problem !== null) return `${head}: ${entry.problem}`;
  if (entry.stalled) return `${head}: nothing comes`;
  if (entry.state === 'checking') return `${head}: checking its sum`;
  const speed = entry.bytesPerSecond === null ? '' : `, ${gigabytes(entry.bytesPerSecond)}/s`;
  const left = entry.msLeft === null ? '' : `, ${Math.ceil(entry.msLeft / 1000)} s left`;
  return `${head}${speed}${left}`;
}

/** Downloads one model: a name of the catalogue, or `publisher/collection/file.gguf` of the hub. Ctrl+C keeps what came. */
export const pullModel = (context: CliContext, name: string, options: JsonOption): Promise<ExitCode> =>
  withCore<ExitCode>(context, options.data, 'models pull', async (core): Promise<ExitCode> => {
    const [publisher, collection, ...path] = name.split('/');
    const wish =
      path.length > 0
        ? { repo: `${publisher ?? ''}/${collection ?? ''}`, path: path.join('/') }
        : { catalogueId: name };
    const known = core.library
      .downloads()
      .find(({ catalogueId, state }) => 'catalogueId' in wish && catalogueId === wish.catalogueId && state !== 'done');
    const before = new Set(core.library.downloads().map(({ id }) => id));
    const started = known ? core.library.resume(known.id) : await core.library.start(wish);
    const mine = known ? [started.id] : core.library.downloads().flatMap(({ id }) => (before.has(id) ? [] : [id]));
    core.downloads.begin(mine);
    let said = '';
    for (;;) {
      const entries = core.library.downloads().filter(({ id }) => mine.includes(id));
      const failed = entries.find(({ state }) => state === 'failed');
      if (failed) throw new CliFailure(failed.problem ?? 'The download failed: try again.');
      if (entries.every(({ state }) => state === 'done')) {
        if (options.json === true) context.out.json(entries);
        else for (const { path: where } of entries) context.out.line(where ?? '');
        return 0;
      }
      if (context.signal.aborted) {
        context.err.line('Stopped. What came is kept: the same command goes on from there.');
        return 1;
      }
      const line = entries
        .filter(({ state }) => state !== 'done')
        .map(progressLine)
        .join('; ');
      if (line !== said) context.err.line(line);
      said = line;
      await core.downloads.changed(context.signal);
    }
  });

/** Removes a model: a file of the model folder is deleted, one that lies elsewhere only forgotten. */
export const removeModel = (context: CliContext, id: string, options: DataOption): Promise<ExitCode> =>
  withCore<ExitCode>(context, options.data, 'models rm', async (core): Promise<ExitCode> => {
    const { freedBytes } = await core.models.remove(id.includes('/') ? id : `local/${id}`);
    context.out.line(
      freedBytes > 0 ? `Deleted: ${gigabytes(freedBytes)} are free again.` : 'Forgotten: its file was not touched.',
    );
    return 0;
  });

/** Lists models of Ollama and LM Studio, or adopts some of them, by name; "all" adopts every one that works. */
export const adoptModels = (context: CliContext, names: readonly string[], options: JsonOption): Promise<ExitCode> =>
  withCore<ExitCode>(
    context,
    options.data,
    names.length === 0 ? null : 'models adopt',
    async (core): Promise<ExitCode> => {
      const found = await core.library.found();
      if (names.length === 0) {
        if (options.json === true) context.out.json(found);
        else if (found.length === 0) context.err.line('Neither Ollama nor LM Studio has a model on this machine.');
        else
          for (const line of columns(
            found.map(({ program, name, sizeBytes, modelId, problem }) => [
              program,
              name,
              gigabytes(sizeBytes),
              modelId ?? problem ?? 'can be adopted',
            ]),
          ))
            context.out.line(line);
        return 0;
      }
      const wanted = names.includes('all')
        ? found.filter(({ problem, modelId }) => problem === null && modelId === null)
        : names.map((name) => {
            const file = found.find((known) => known.name === name || known.path === name);
            if (!file) throw new CliFailure(`There is no model ${name}: \`models adopt\` alone lists them.`);
            return file;
          });
      for (const { path } of wanted) context.out.line((await core.library.adopt(path)).id);
      return 0;
    },
  );
