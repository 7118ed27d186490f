import { reportTask, runTask } from './testing/tasks.ts';

// npm run soak: the crash and fuzz runs at full length (npm test runs a short form of each). Names after `--` run only those:
// npm run soak -- hostile
const RUNS: Readonly<Record<string, { project: string; file: string; env?: Record<string, string> }>> = {
  storage: { project: 'unit', file: 'test/flow/storage-crash.test.ts' },
  kill: { project: 'unit', file: 'test/flow/kill.test.ts' },
  // Memory is only told apart from garbage where garbage can be collected when it is looked at.
  hostile: { project: 'unit', file: 'test/flow/hostile-streams.test.ts', env: { NODE_OPTIONS: '--expose-gc' } },
  downloads: { project: 'unit', file: 'test/flow/downloads-kill.test.ts' },
  engine: { project: 'heavy', file: 'test/heavy/engine-kills.test.ts' },
  gguf: { project: 'heavy', file: 'test/heavy/gguf-fuzz.test.ts' },
  memory: { project: 'heavy', file: 'test/heavy/engine-memory.test.ts' },
  window: { project: 'e2e', file: 'test/e2e/kill-window.test.ts' },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in RUNS));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Runs are ${Object.keys(RUNS).join(', ')}.`);
  process.exit(2);
}
for (const [name, { project, file, env = {} }] of Object.entries(RUNS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const outcome = await runTask(
    {
      name,
      command: 'vitest',
      args: ['run', file, '--project', project, '--disable-console-intercept'],
      env: { SWITCHYARD_SOAK: '1', ...env },
    },
    'show',
  );
  reportTask(outcome);
  if (!outcome.ok) process.exitCode = 1;
}
