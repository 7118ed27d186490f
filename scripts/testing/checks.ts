import type { Task } from './tasks.ts';

const tsc = (name: string, project: string): Task => ({
  name: `types: ${name}`,
  command: 'tsc',
  args: ['-p', project, '--pretty', 'false'],
});

export const typeChecks: Task[] = [
  tsc('main, native, scripts, tests', 'tsconfig.json'),
  tsc('page', 'tsconfig.renderer.json'),
  tsc('tests that drive the page', 'tsconfig.window.json'),
  tsc('contract and base alone', 'tsconfig.pure.json'),
];

export const allChecks: Task[] = [
  { name: 'lint', command: 'eslint', args: ['.', '--max-warnings', '0'] },
  ...typeChecks,
  {
    name: 'rooms import only what they may',
    command: 'depcruise',
    args: ['--config', 'test/rules/room-rules.cjs', 'electron', 'native', 'renderer'],
  },
  { name: 'nothing unused', command: 'knip', args: ['--no-progress'] },
  { name: 'lockfile serves every platform', command: 'node', args: ['scripts/lockfile.ts'] },
  { name: 'format', command: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
];
