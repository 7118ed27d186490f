import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { allChecks } from './testing/checks.ts';
import { reportTask, runTask, runTasks } from './testing/tasks.ts';
import { tallyReport, type Tally } from './testing/vitest-report.ts';

// npm test: the checks, then each vitest project. Names after `--` run only those: npm test -- unit e2e
const STAGES = ['check', 'unit', 'heavy', 'e2e'] as const;
type Stage = (typeof STAGES)[number];

const results = resolve(import.meta.dirname, '..', 'test-results');
// Every check and many tests start Node anew: compiled code kept between them halves what a start costs.
process.env['NODE_COMPILE_CACHE'] ??= resolve(import.meta.dirname, '..', '.cache', 'node');
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !STAGES.some((stage) => stage === name));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Stages are ${STAGES.join(', ')}.`);
  process.exit(2);
}

const tallies: { stage: Stage; tally: Tally; seconds: number }[] = [];
for (const stage of STAGES.filter((name) => asked.length === 0 || asked.includes(name))) {
  console.log(`\n== ${stage}`);
  const startedAt = performance.now();
  const tally = stage === 'check' ? await runChecks() : await runProject(stage);
  tallies.push({ stage, tally, seconds: (performance.now() - startedAt) / 1_000 });
}
summarise();

async function runChecks(): Promise<Tally> {
  const outcomes = await runTasks(allChecks, Math.min(4, availableParallelism()), reportTask);
  const passed = outcomes.filter((outcome) => outcome.ok).length;
  return { passed, failed: outcomes.length - passed, skipped: 0 };
}

async function runProject(project: Exclude<Stage, 'check'>): Promise<Tally> {
  mkdirSync(results, { recursive: true });
  const report = join(results, `${project}.json`);
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { ok } = await runTask(
    { name: project, command: 'vitest', args: ['run', '--project', project, '--passWithNoTests', ...reporters] },
    'show',
  );
  return tallyReport(report, ok);
}

function summarise(): void {
  console.log('\n== summary');
  for (const { stage, tally, seconds } of tallies) {
    const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : '';
    console.log(`${stage}: ${tally.passed} passed, ${tally.failed} failed${skipped} (${seconds.toFixed(0)} s)`);
  }
  const total = (pick: (tally: Tally) => number): number => tallies.reduce((sum, { tally }) => sum + pick(tally), 0);
  const failed = total((tally) => tally.failed);
  console.log(`${total((tally) => tally.passed)} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}
