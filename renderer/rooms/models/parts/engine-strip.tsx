import { CircleAlert, Cpu, TriangleAlert } from 'lucide-react';
import { said } from '../../../common/core-words/index.ts';
import type { ReactElement, ReactNode } from 'react';
import type { EngineStatus } from '../../../../electron/contract/entities/model.ts';
import { cx, formatNumber } from '../../../kit/index.ts';
import { backendName } from '../bench/words.ts';
import { modelsText } from '../text.ts';
import { BackendRow } from './backend-row.tsx';

/** What runs the models right now, in one line; a warning is said aloud. */
export const EngineStrip = ({
  engine,
  loadedName,
  testModelId,
}: {
  readonly engine: EngineStatus;
  readonly loadedName: string | null;
  /** Model that a graphics card is tested with; null = there is none. */
  readonly testModelId: string | null;
}): ReactElement => {
  const t = modelsText.useText();
  const broken = engine.state === 'crashed';
  const Icon = broken ? CircleAlert : Cpu;
  const devices = engine.devices ?? [];
  const layers =
    engine.layers && devices.length > 0
      ? t('engineLayers', {
          on: formatNumber(engine.layers.onGpu),
          all: formatNumber(engine.layers.all),
          device: devices.join(', '),
        })
      : null;
  return (
    <section aria-label={t('engine')} className="mx-4 mb-3 rounded-lg border border-line">
      <div className="flex flex-wrap items-end gap-x-8 gap-y-1 px-4 py-2.5">
        <dl className="tabular flex flex-wrap gap-x-8 gap-y-2 text-sm">
          <Part name={t('engine')}>
            <span className={cx('flex items-center gap-1.5', broken && 'text-failed-ink')}>
              <Icon size={14} aria-hidden className={engine.state === 'ready' ? 'text-local' : ''} />
              {t(`engineState.${engine.state}`)}
            </span>
          </Part>
          <Part name={t('engineBackend')}>
            {engine.backend === null ? t('noBackend') : backendName(engine.backend)}
            {layers === null ? null : <span className="block text-xs font-normal text-ink-3">{layers}</span>}
          </Part>
          <Part name={t('engineLoaded')}>{loadedName ?? t('noneLoaded')}</Part>
          <Part name={t('crashes')}>
            {t('crashes', { count: engine.crashes, value: formatNumber(engine.crashes) })}
          </Part>
        </dl>
        <p className="ml-auto text-xs text-ink-3">{t(`engineHint.${engine.state}`)}</p>
      </div>
      <BackendRow engine={engine} modelId={testModelId} />
      <div role="status">
        {engine.warning === null ? null : (
          <p className="flex gap-2 border-t border-line bg-degraded-soft px-4 py-2 text-sm text-degraded-ink">
            <TriangleAlert size={15} aria-hidden className="mt-0.5 shrink-0" />
            {said(engine.warning)}
          </p>
        )}
      </div>
    </section>
  );
};

const Part = ({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement => (
  <div>
    <dt className="text-2xs text-ink-3">{name}</dt>
    <dd className="font-medium">{children}</dd>
  </div>
);
