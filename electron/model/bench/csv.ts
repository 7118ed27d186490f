import type { BenchReport } from '../../contract/entities/bench.ts';

const HEAD = [
  'finished_at',
  'model',
  'processor',
  'cores',
  'memory_bytes',
  'platform',
  'free_cores',
  'backend',
  'devices',
  'gpu_layers',
  'measure',
  'threads',
  'replies',
  'tokens',
  'value',
  'unit',
] as const;

/** A field as RFC 4180 has it. What a spreadsheet would take for a formula gets a quote mark before it. */
function field(value: string | number | null): string {
  if (value === null) return '';
  const text = typeof value === 'number' ? String(value) : /^[=+\-@\t\r]/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A report as a table, one figure a line: what a spreadsheet or a script reads. What was not measured has no line. */
export function benchCsv(report: BenchReport): string {
  const { machine } = report;
  const lines: string[] = [HEAD.join(',')];
  for (const part of report.backends) {
    const add = (
      measure: string,
      value: number | null,
      unit: string,
      of: { readonly threads?: number; readonly replies?: number; readonly tokens?: number } = {},
    ): void => {
      if (value === null) return;
      const cells = [
        new Date(report.finishedAt).toISOString(),
        report.modelId,
        machine.processor,
        machine.cores,
        machine.memoryBytes,
        machine.platform,
        report.freeCores,
        part.backend,
        part.devices.join('; '),
        part.gpuLayers,
        measure,
        of.threads ?? null,
        of.replies ?? null,
        of.tokens ?? null,
        Math.round(value * 1000) / 1000,
        unit,
      ];
      lines.push(cells.map(field).join(','));
    };
    add('load', part.loadMs, 'ms');
    for (const { threads, prefillTokensPerSecond, decodeTokensPerSecond } of part.threads) {
      add('prefill', prefillTokensPerSecond, 'tokens/s', { threads, replies: 1 });
      add('decode', decodeTokensPerSecond, 'tokens/s', { threads, replies: 1 });
    }
    for (const { replies, threads, tokensPerSecond } of part.parallel)
      add('parallel', tokensPerSecond, 'tokens/s', { threads, replies });
    add('first_token_cold', part.firstToken?.coldMs ?? null, 'ms', { tokens: part.firstToken?.promptTokens ?? 0 });
    add('first_token_warm', part.firstToken?.warmMs ?? null, 'ms', { tokens: part.firstToken?.followUpTokens ?? 0 });
  }
  return `${lines.join('\r\n')}\r\n`;
}
