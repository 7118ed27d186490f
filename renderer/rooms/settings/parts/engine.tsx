import { useState } from 'react';
import type { Config } from '../../../../electron/contract/config.ts';
import type { EngineStatus } from '../../../../electron/contract/entities/model.ts';
import { Badge, Select, Switch } from '../../../kit/index.ts';
import { useCall, useSignal } from '../../../link/index.ts';
import type { Change } from '../state.ts';
import { text } from '../text.ts';
import { DraftInput } from './draft-input.tsx';
import { Row, Section } from './section.tsx';

const BACKENDS = ['auto', 'cpu', 'vulkan', 'cuda', 'metal'] as const;
const BACKEND_TEXT = {
  auto: 'backendAuto',
  cpu: 'backendCpu',
  vulkan: 'backendVulkan',
  cuda: 'backendCuda',
  metal: 'backendMetal',
} as const;
const IDLE_TEXT = { 0: 'idleNever', 60: 'idle1', 600: 'idle10', 3600: 'idle60' } as const;
const IDLE_SECONDS = [0, 60, 600, 3600] as const;

function EngineRow() {
  const t = text.useText();
  const listed = useCall('model.list', {}, { topics: ['models'] }).data?.engine;
  const [told, setTold] = useState<EngineStatus | null>(null);
  useSignal('engine', setTold);
  const engine = told ?? listed;
  if (!engine) return <Row label={t('engineState')} />;
  const words = {
    stopped: t('engineStopped'),
    starting: t('engineStarting'),
    ready: t('engineReady', { backend: (engine.backend ?? '').toUpperCase() }),
    crashed: t('engineCrashed'),
  }[engine.state];
  const tone = ({ stopped: 'neutral', starting: 'neutral', ready: 'local', crashed: 'failed' } as const)[engine.state];
  return (
    <Row label={t('engineState')} hint={engine.warning ?? undefined}>
      <Badge tone={tone}>{words}</Badge>
    </Row>
  );
}

/** What the switch gives; the settings file may say another amount. */
const KEPT_STATES_MB = 512;

export function EngineSection({ config, change }: { readonly config: Config; readonly change: Change }) {
  const t = text.useText();
  const { engine } = config;
  const seconds = engine.idleUnloadSeconds;
  const idle = IDLE_SECONDS.map((value) => ({ value: String(value), label: t(IDLE_TEXT[value]) }));
  if (!IDLE_SECONDS.some((value) => value === seconds)) {
    idle.push({ value: String(seconds), label: t('idleOther', { value: seconds }) });
  }
  return (
    <Section id="engine" title={t('engine')}>
      <EngineRow />
      <Row label={t('backend')} hint={t('backendHint')}>
        <Select
          className="w-56"
          align="end"
          label={t('backend')}
          value={engine.backend}
          options={BACKENDS.map((value) => ({ value, label: t(BACKEND_TEXT[value]) }))}
          onChange={(next) => {
            const backend = BACKENDS.find((value) => value === next);
            if (backend) change('engine', { backend });
          }}
        />
      </Row>
      <Row label={t('idleUnload')}>
        <Select
          className="w-44"
          align="end"
          label={t('idleUnload')}
          value={String(seconds)}
          options={idle}
          onChange={(next) => change('engine', { idleUnloadSeconds: Number(next) })}
        />
      </Row>
      <Row label={t('keptStates')} hint={t('keptStatesHint')}>
        <Switch
          label={t('keptStates')}
          checked={engine.keptStatesMb > 0}
          onChange={(on) => change('engine', { keptStatesMb: on ? KEPT_STATES_MB : 0 })}
        />
      </Row>
      <Row label={t('modelFolder')} hint={t('modelFolderHint')} wide>
        <DraftInput
          label={t('modelFolder')}
          className="font-mono text-xs"
          value={engine.modelFolder ?? ''}
          placeholder={t('modelFolderPlaceholder')}
          onCommit={(next) => change('engine', { modelFolder: next.trim() === '' ? null : next.trim() })}
        />
      </Row>
    </Section>
  );
}
