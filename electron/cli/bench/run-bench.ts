import type { BenchReport } from '../../contract/entities/bench.ts';
import type { Core } from '../../core.ts';
import type { CliContext } from '../context.ts';
import { CliFailure } from '../failure.ts';

/** The same run the window makes, told step by step. */
export async function runBench(
  core: Core,
  modelId: string,
  context: CliContext,
  options: { readonly json?: boolean; readonly backends?: string },
): Promise<BenchReport> {
  const { bench } = core.models;
  if (!bench) throw new CliFailure('There are no models of this machine to measure.');
  const wanted =
    options.backends?.split(',').map((name) => name.trim()) ??
    bench.choices().flatMap(({ backend, problem }) => (problem === null ? [backend] : []));
  let told = '';
  const takeBack = core.models.onBench?.(() => {
    const run = bench.run();
    if (!run || options.json === true) return;
    const { kind, backend, count } = run.step;
    const step = `${backend} ${kind}${count === null ? '' : ` ${String(count)}`}`;
    if (step === told) return;
    told = step;
    context.err.line(`${String(run.done + 1)} of about ${String(run.total)}: ${step}`);
  });
  const cancel = (): void => bench.cancel();
  context.signal.addEventListener('abort', cancel, { once: true });
  try {
    await bench.start(modelId, wanted);
    const report = await bench.finished();
    if (!report) throw new CliFailure('Nothing was measured.');
    return report;
  } finally {
    context.signal.removeEventListener('abort', cancel);
    takeBack?.();
  }
}

const perSecond = (value: number | null): string => (value === null ? 'not measured' : `${value.toFixed(0)} tokens/s`);

/** What a report says of one backend, in lines. */
export function rowsOf(part: BenchReport['backends'][number]): string[][] {
  const name = part.backend;
  if (part.problem !== null && part.threads.length === 0) return [[name, part.problem]];
  const { firstToken } = part;
  return [
    ...(part.problem === null ? [] : [[name, part.problem]]),
    ...part.threads.map((row) => [
      `${name}, ${String(row.threads)} threads`,
      `reads ${perSecond(row.prefillTokensPerSecond)}, writes ${perSecond(row.decodeTokensPerSecond)}`,
    ]),
    ...part.parallel.map((row) => [
      `${name}, ${String(row.replies)} at once`,
      `${perSecond(row.tokensPerSecond)} in all`,
    ]),
    ...(firstToken === null
      ? []
      : [
          [
            `${name}, first token`,
            `${firstToken.coldMs.toFixed(1)} ms cold (${String(firstToken.promptTokens)} tokens), ${firstToken.warmMs.toFixed(1)} ms warm`,
          ],
        ]),
  ];
}
