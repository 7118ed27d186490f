import { Hourglass } from 'lucide-react';
import type { ReactElement } from 'react';
import type { BenchRun } from '../../../../electron/contract/entities/bench.ts';
import { Button, cx, formatDuration, formatNumber } from '../../../kit/index.ts';
import { call, useAction } from '../../../link/index.ts';
import { BenchChart } from './bench-chart.tsx';
import { benchText } from './text.ts';
import { stepWords } from './words.ts';

/** A measurement that goes on: where it is, how long still, and what it found so far. */
export const BenchProgress = ({ run }: { readonly run: BenchRun }): ReactElement => {
  const t = benchText.useText();
  const { run: cancel, busy } = useAction(() => call('bench.cancel', {}));
  const share = run.total > 0 ? Math.min(1, run.done / run.total) : 0;
  const steps = t('stepsDone', { done: formatNumber(run.done), total: formatNumber(run.total) });
  const left = run.leftMs === null || run.state !== 'running' ? null : t('left', { time: formatDuration(run.leftMs) });
  const head =
    run.state === 'waiting'
      ? t('waiting')
      : run.state === 'stopping'
        ? t('stopping')
        : t('running', { name: run.modelName });
  return (
    <section aria-labelledby="bench-run" className="mb-6 rounded-lg border border-line">
      <div className="flex items-start gap-4 px-4 py-3">
        <div className="min-w-0 flex-1">
          <h3 id="bench-run" className="flex items-center gap-1.5 text-sm font-semibold">
            {run.state === 'waiting' ? (
              <Hourglass size={14} aria-hidden className="shrink-0 text-degraded-ink" />
            ) : null}
            <span className="min-w-0 break-words">{head}</span>
          </h3>
          <p role="status" className="tabular text-xs text-ink-2">
            {run.state === 'waiting' ? t('waitingHint') : stepWords(run)}
          </p>
          <div
            role="progressbar"
            aria-label={t('progress', { name: run.modelName })}
            aria-valuenow={Math.round(share * 100)}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuetext={[steps, left].filter((part) => part !== null).join(', ')}
            className="mt-2 h-1.5 overflow-hidden rounded-full bg-sunken"
          >
            <div
              className={cx('h-full rounded-full', run.state === 'waiting' ? 'bg-degraded' : 'bg-local')}
              style={{ width: `${String(Math.round(share * 100))}%` }}
            />
          </div>
          <p className="tabular mt-1 text-2xs text-ink-3">
            {[steps, left].filter((part) => part !== null).join(' · ')}
          </p>
        </div>
        <Button busy={busy || run.state === 'stopping'} title={t('cancelHint')} onClick={() => void cancel()}>
          {t('cancel')}
        </Button>
      </div>
      {run.backends.some(({ threads }) => threads.length > 0) ? (
        <div className="border-t border-line px-4 py-3">
          <BenchChart parts={run.backends} />
        </div>
      ) : null}
    </section>
  );
};
