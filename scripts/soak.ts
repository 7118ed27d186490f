import { runTask } from './testing/tasks.ts';

// npm run soak: the crash and fuzz runs at full length (npm test runs a short form of each).
process.env['SWITCHYARD_SOAK'] = '1';
const files = [
  'test/flow/storage-crash.test.ts',
  'test/flow/kill.test.ts',
  'test/flow/hostile-streams.test.ts',
  'test/e2e/kill-window.test.ts',
  'test/heavy/engine-kills.test.ts',
  'test/heavy/gguf-fuzz.test.ts',
];
const { ok } = await runTask({ name: 'soak', command: 'vitest', args: ['run', ...files] }, 'show');
process.exit(ok ? 0 : 1);
