import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import type { Measurement, ModelEntry } from '../../../../electron/contract/entities/model.ts';
import { formatDateTime, formatNumber, formatSpeed } from '../../../kit/index.ts';
import { modelsText } from '../text.ts';

/** How fast it reads and writes on this machine, with the threads that were best and what it was before. */
export const Speed = ({
  model,
  measuringSince,
  before,
}: {
  readonly model: ModelEntry;
  readonly measuringSince: number | null;
  readonly before: Measurement | null;
}): ReactElement => {
  const t = modelsText.useText();
  const { measurement } = model;
  return (
    <section aria-label={t('speed')}>
      <h3 className="mb-1.5 text-sm font-semibold">{t('speed')}</h3>
      {measuringSince !== null ? (
        <Measuring since={measuringSince} />
      ) : measurement === null ? (
        <p className="text-sm text-ink-2">{t('notMeasured')}</p>
      ) : (
        <>
          <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line">
            <Measured
              name={t('decode')}
              speed={measurement.decodeTokensPerSecond}
              threads={measurement.decodeThreads}
              was={before?.decodeTokensPerSecond ?? null}
            />
            <Measured
              name={t('prefill')}
              speed={measurement.prefillTokensPerSecond}
              threads={measurement.prefillThreads}
              was={before?.prefillTokensPerSecond ?? null}
            />
          </dl>
          <p className="tabular mt-1.5 text-xs text-ink-3">
            {`${measurement.backend.toUpperCase()} · ${t('measuredAt', { date: formatDateTime(measurement.measuredAt) })}`}
          </p>
        </>
      )}
    </section>
  );
};

const Measured = ({
  name,
  speed,
  threads,
  was,
}: {
  readonly name: string;
  readonly speed: number;
  readonly threads: number;
  readonly was: number | null;
}): ReactElement => {
  const t = modelsText.useText();
  return (
    <div className="bg-surface px-3 py-2">
      <dt className="text-2xs text-ink-3">{name}</dt>
      <dd className="tabular">
        <span className="text-base font-semibold">{formatSpeed(speed)}</span>
        <span className="block text-xs text-ink-3">
          {t('threads', { count: threads, value: formatNumber(threads) })}
          {was === null ? '' : ` · ${t('was', { before: formatSpeed(was) })}`}
        </span>
      </dd>
    </div>
  );
};

/** Nobody knows how long it will take, so it says how long it has taken. */
const Measuring = ({ since }: { readonly since: number }): ReactElement => {
  const t = modelsText.useText();
  const [seconds, setSeconds] = useState(() => Math.floor((Date.now() - since) / 1000));
  useEffect(() => {
    const timer = setInterval(() => {
      setSeconds(Math.floor((Date.now() - since) / 1000));
    }, 1000);
    return () => {
      clearInterval(timer);
    };
  }, [since]);
  return (
    <div className="rounded-lg border border-line px-3 py-2.5">
      <div
        role="progressbar"
        aria-label={t('speed')}
        aria-valuetext={t('measuring', { seconds })}
        className="h-1 overflow-hidden rounded-full bg-sunken"
      >
        <div className="h-full w-1/3 animate-wait rounded-full bg-local" />
      </div>
      <p className="tabular mt-2 text-sm font-medium">{t('measuring', { seconds })}</p>
      <p className="text-xs text-ink-3">{t('measuringHint')}</p>
    </div>
  );
};
