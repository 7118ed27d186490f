import type { HandlersOf, Services } from '../services.ts';

type Names =
  | 'bench.state'
  | 'bench.reports'
  | 'bench.start'
  | 'bench.backends'
  | 'bench.selfTest'
  | 'bench.cancel'
  | 'bench.remove'
  | 'bench.export';

/** Measuring models of this machine. */
export const benchHandlers = ({ bench }: Services): HandlersOf<Names> => ({
  'bench.state': () => bench.state(),
  'bench.reports': () => ({ reports: bench.reports() }),
  'bench.start': async ({ modelId, backends }) => {
    await bench.start(modelId, backends);
    return {};
  },
  'bench.backends': () => bench.backends(),
  'bench.selfTest': ({ modelId, backend }) => bench.selfTest(modelId, backend),
  'bench.cancel': () => {
    bench.cancel();
    return {};
  },
  'bench.remove': ({ reportId }) => {
    bench.remove(reportId);
    return {};
  },
  'bench.export': ({ reportId, format, path }) => bench.export(reportId, format, path),
});
