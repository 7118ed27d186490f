import { columns } from './columns.ts';
import type { CliContext } from './context.ts';
import { checkDataFolder, checkConfig, checkDiskSpace } from './doctor/folder.ts';
import { checkDatabaseFile, checkSqlite } from './doctor/database.ts';
import { checkProduct } from './doctor/product.ts';
import { checkRuntime } from './doctor/runtime.ts';
import type { Finding } from './doctor/finding.ts';
import { sentenceOf } from './failure.ts';
import type { ExitCode } from './failure.ts';

/** What works here, each with what to do when it does not. Changes nothing. */
export async function doctor(
  context: CliContext,
  options: { readonly data: string; readonly json?: boolean },
): Promise<ExitCode> {
  const findings: Finding[] = [];
  const checks: readonly [string, () => Finding[] | Promise<Finding[]>][] = [
    ['runtime', checkRuntime],
    ['sqlite', checkSqlite],
    ['data folder', () => checkDataFolder(options.data)],
    ['disk space', () => checkDiskSpace(options.data)],
    ['configuration', () => checkConfig(options.data)],
    ['database', () => checkDatabaseFile(options.data)],
    [
      'product',
      () =>
        checkProduct(
          context,
          options.data,
          findings.every(({ name, level }) => name !== 'database' || level === 'ok'),
        ),
    ],
  ];
  for (const [name, check] of checks) {
    try {
      findings.push(...(await check()));
    } catch (error) {
      findings.push({ name, level: 'fail', detail: sentenceOf(error), todo: null });
    }
  }
  const failed = findings.some((finding) => finding.level === 'fail');
  if (options.json === true) context.out.json({ ok: !failed, checks: findings });
  else {
    const rows = findings.map(({ name, level, detail, todo }) => [
      level,
      name,
      todo === null ? detail : `${detail} ${todo}`,
    ]);
    for (const line of columns(rows)) context.out.line(line);
  }
  return failed ? 1 : 0;
}
