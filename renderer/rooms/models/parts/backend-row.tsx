import { Check, FlaskConical, TriangleAlert, Undo2 } from 'lucide-react';
import { said } from '../../../common/core-words/index.ts';
import type { ReactElement } from 'react';
import type { SelfTest } from '../../../../electron/contract/entities/bench.ts';
import type { EngineStatus } from '../../../../electron/contract/entities/model.ts';
import { Button, cx, formatDateTime, formatNumber, formatSpeed, Select, toast } from '../../../kit/index.ts';
import { call, faultOf, useAction, useCall, useSettings } from '../../../link/index.ts';
import { backendName } from '../bench/words.ts';
import { modelsText } from '../text.ts';

const BACKENDS = ['auto', 'cpu', 'cuda', 'vulkan', 'metal'] as const;

/** What models run on: chosen, tested against the processor, and put back to what last worked. */
export const BackendRow = ({
  engine,
  modelId,
}: {
  readonly engine: EngineStatus;
  readonly modelId: string | null;
}): ReactElement | null => {
  const t = modelsText.useText();
  const settings = useSettings();
  const { data } = useCall('bench.backends', {}, { topics: ['bench-reports', 'settings'], keepPrevious: true });
  const {
    run: test,
    busy,
    fault,
  } = useAction((backend: string) => call('bench.selfTest', { modelId: modelId ?? '', backend }));
  if (settings === undefined || data === undefined) return null;
  const { config } = settings;
  const wanted = config.engine.backend;
  const choose = async (backend: string): Promise<void> => {
    const next = BACKENDS.find((one) => one === backend);
    if (next === undefined || next === wanted) return;
    try {
      await call('settings.save', { config: { ...config, engine: { ...config.engine, backend: next } } });
      toast({
        text: t('wentBack', { backend: next === 'auto' ? t('backendAuto') : backendName(next) }),
        level: 'success',
      });
    } catch (error) {
      toast({ text: said(faultOf(error).detail), level: 'error' });
    }
  };
  const cards = data.choices.filter(({ backend, problem }) => backend !== 'cpu' && problem === null);
  const asked = wanted === 'auto' ? engine.backend : wanted;
  const card = asked !== null && asked !== 'cpu' ? asked : (cards[0]?.backend ?? null);
  const tested = data.tests.find(({ backend }) => backend === card) ?? null;
  const { lastGood } = data;
  const trouble = engine.warning !== null || tested?.passed === false || (engine.lostBackend ?? null) !== null;
  const back = lastGood !== null && lastGood.backend !== asked && trouble ? lastGood : null;
  const options = BACKENDS.filter(
    (one) => one === 'auto' || one === wanted || data.choices.some(({ backend }) => backend === one),
  ).map((one) => {
    const problem = data.choices.find(({ backend }) => backend === one)?.problem ?? null;
    const label = one === 'auto' ? t('backendAuto') : backendName(one);
    return problem === null ? { value: one, label } : { value: one, label, hint: said(problem), disabled: true };
  });
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line px-4 py-2">
      <span className="text-xs text-ink-3">{t('backendPinned')}</span>
      <Select
        label={t('backendPinned')}
        value={wanted}
        onChange={(next) => void choose(next)}
        options={options}
        className="w-36"
      />
      {card === null || modelId === null ? null : (
        <Button icon={FlaskConical} busy={busy} onClick={() => void test(card)}>
          {t('selfTest', { backend: backendName(card) })}
        </Button>
      )}
      {back === null ? null : (
        <Button
          icon={Undo2}
          title={t('goBackHint', { date: formatDateTime(back.at) })}
          onClick={() => void choose(back.backend)}
        >
          {t('goBack', { backend: backendName(back.backend) })}
        </Button>
      )}
      <p role="status" className="tabular min-w-0 flex-1 basis-64 text-xs text-ink-3">
        {busy && card !== null ? (
          t('selfTesting', { backend: backendName(card) })
        ) : fault !== null ? (
          <span className="text-failed-ink">{said(fault.detail)}</span>
        ) : tested === null ? (
          t('backendCounts')
        ) : (
          <TestWords test={tested} />
        )}
      </p>
    </div>
  );
};

/** What a self-test found, in sentences. */
const TestWords = ({ test }: { readonly test: SelfTest }): ReactElement => {
  const t = modelsText.useText();
  const Icon = test.passed ? Check : TriangleAlert;
  const { cpuTokensPerSecond: cpu, tokensPerSecond: own } = test;
  const words = [
    test.passed
      ? t('selfTestPassed', {
          backend: backendName(test.backend),
          agreed: formatNumber(test.agreed),
          places: formatNumber(test.places),
        })
      : said(test.problem ?? ''),
    ...(test.layers > 0
      ? [
          t('selfTestLayers', {
            on: formatNumber(test.gpuLayers),
            all: formatNumber(test.layers),
            device: test.devices.join(', ') || t('theCard'),
          }),
        ]
      : []),
    ...(own === null || cpu === null ? [] : [t('selfTestSpeeds', { speed: formatSpeed(own), cpu: formatSpeed(cpu) })]),
    ...(test.passed && own !== null && cpu !== null && own < cpu ? [t('selfTestSlower')] : []),
    t('selfTestAt', { date: formatDateTime(test.at) }),
  ];
  return (
    <span className={cx('flex gap-1.5', test.passed ? 'text-ink-2' : 'text-degraded-ink')}>
      <Icon size={14} aria-hidden className={cx('mt-0.5 shrink-0', test.passed && 'text-local-ink')} />
      <span className="min-w-0 break-words">{words.join(' ')}</span>
    </span>
  );
};
