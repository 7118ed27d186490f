import { useMemo } from 'react';
import type { ReactElement } from 'react';
import type { ModelEntry } from '../../../../electron/contract/entities/model.ts';
import { Badge, formatBytes, formatCompact, formatNumber, formatSpeed, Table } from '../../../kit/index.ts';
import type { TableColumn, Tone } from '../../../kit/index.ts';
import { useModelsRoom } from '../state.ts';
import { modelsText } from '../text.ts';

export const STATE_TONES: Record<ModelEntry['state'], Tone> = {
  ready: 'neutral',
  loading: 'neutral',
  loaded: 'local',
  missing: 'failed',
  corrupt: 'failed',
  unsupported: 'failed',
  disabled: 'neutral',
  'no-key': 'degraded',
};

export const StateBadge = ({ model }: { readonly model: ModelEntry }): ReactElement => {
  const t = modelsText.useText();
  const tone = STATE_TONES[model.state];
  return (
    <Badge tone={tone} look={tone === 'neutral' ? 'plain' : 'soft'} {...(tone === 'neutral' ? { icon: null } : {})}>
      {t(`state.${model.state}`)}
    </Badge>
  );
};

/** The files this machine can answer with. */
export const ModelTable = ({
  models,
  selectedId,
}: {
  readonly models: readonly ModelEntry[];
  readonly selectedId: string | null;
}): ReactElement => {
  const t = modelsText.useText();
  const set = useModelsRoom((room) => room.set);
  const names = useMemo(() => models.map((model) => model.name), [models]);
  const columns = useMemo<readonly TableColumn<ModelEntry>[]>(() => {
    // Two files can hold a model of the same name: the id tells them apart.
    const twins = new Set(names.filter((name, at) => names.indexOf(name) !== at));
    const unknown = <span className="text-ink-3">–</span>;
    return [
      {
        key: 'name',
        header: t('column.name'),
        width: 'minmax(10rem, 2fr)',
        cell: (model) => (
          <span className="flex min-w-0 items-center gap-2">
            <span className="truncate font-medium">{model.name}</span>
            {twins.has(model.name) ? <span className="truncate font-mono text-2xs text-ink-3">{model.id}</span> : null}
            {model.embedded ? (
              <Badge tone="neutral" icon={null}>
                {t('embedded')}
              </Badge>
            ) : null}
          </span>
        ),
      },
      { key: 'state', header: t('column.state'), width: '7rem', cell: (model) => <StateBadge model={model} /> },
      {
        key: 'parameters',
        header: t('fact.parameters'),
        width: '5.5rem',
        align: 'end',
        hideBelowPx: 660,
        cell: (model) => (model.parameters === null ? unknown : formatCompact(model.parameters)),
      },
      {
        key: 'quantization',
        header: t('fact.quantization'),
        width: '6.5rem',
        hideBelowPx: 780,
        cell: (model) => (model.quantization === null ? unknown : model.quantization),
      },
      {
        key: 'context',
        header: t('fact.context'),
        width: '7.5rem',
        align: 'end',
        hideBelowPx: 900,
        cell: (model) => t('contextTokens', { count: model.contextTokens, value: formatNumber(model.contextTokens) }),
      },
      {
        key: 'speed',
        header: t('decode'),
        width: '7rem',
        align: 'end',
        hideBelowPx: 560,
        cell: (model) => (model.measurement === null ? unknown : formatSpeed(model.measurement.decodeTokensPerSecond)),
      },
      {
        key: 'size',
        header: t('fact.size'),
        width: '5rem',
        align: 'end',
        cell: (model) => (model.sizeBytes === null ? unknown : formatBytes(model.sizeBytes)),
      },
    ];
  }, [t, names]);
  return (
    <Table
      label={t('list')}
      columns={columns}
      rows={models}
      rowKey={(model) => model.id}
      selectedKey={selectedId}
      onOpen={(model) => {
        set({ selectedId: model.id });
      }}
    />
  );
};
