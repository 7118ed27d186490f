import { availableParallelism } from 'node:os';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { LANES } from './test/support/lanes.ts';

/** unit: no engine, no window. heavy: the real engine with the starter model. e2e: the real app in a real Electron. */
export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        plugins: [react()],
        test: {
          name: 'unit',
          include: [
            '{electron,native,renderer,scripts}/**/*.test.{ts,tsx}',
            'test/{contract,rules,flow,support}/**/*.test.{ts,tsx}',
          ],
          testTimeout: 20_000,
          // Many wait for processes they start; vitest alone would leave one core idle.
          maxWorkers: availableParallelism(),
          // Nothing is mocked by module, so files may share a worker and what it has loaded: that halves the run.
          isolate: false,
          unstubEnvs: true,
          unstubGlobals: true,
          restoreMocks: true,
        },
      },
      {
        test: {
          name: 'heavy',
          include: ['test/heavy/**/*.test.ts'],
          // Most of a file's time one core starts an engine.
          maxWorkers: LANES,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/support/global-setup.ts'],
          maxWorkers: LANES,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
