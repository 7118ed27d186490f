import type { Task } from './tasks.ts';

// What did not change is not checked again: each tool keeps what it knows under .cache/, by content.

const tsc = (name: string, project: string): Task => ({
  name: `types: ${name}`,
  command: 'tsc',
  args: ['-p', project, '--pretty', 'false', '--incremental', '--tsBuildInfoFile', `.cache/tsc/${project}.tsbuildinfo`],
});

const PRETTIER_CACHE = ['--cache', '--cache-strategy', 'content', '--cache-location', '.cache/prettier.json'];

export const typeChecks: Task[] = [
  tsc('main, native, scripts, tests', 'tsconfig.json'),
  tsc('page', 'tsconfig.renderer.json'),
  tsc('tests that drive the page', 'tsconfig.window.json'),
  tsc('contract and base alone', 'tsconfig.pure.json'),
];

export const allChecks: Task[] = [
  { name: 'lint', command: 'node', args: ['scripts/lint.ts'] },
  ...typeChecks,
  {
    name: 'rooms import only what they may',
    command: 'depcruise',
    args: [
      ...['--config', 'test/rules/room-rules.cjs', '--cache', '.cache/rooms', '--cache-strategy', 'content'],
      ...['electron', 'native', 'renderer'],
    ],
  },
  { name: 'nothing unused', command: 'knip', args: ['--no-progress', '--cache', '--cache-location', '.cache/knip'] },
  { name: 'lockfile serves every platform', command: 'node', args: ['scripts/lockfile.ts'] },
  { name: 'format', command: 'prettier', args: [...['--check', '--log-level', 'warn', '.'], ...PRETTIER_CACHE] },
];
