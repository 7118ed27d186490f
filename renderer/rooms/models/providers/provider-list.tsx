import { useMemo } from 'react';
import type { ReactElement } from 'react';
import type { ProviderEntry } from '../../../../electron/contract/providers.ts';
import { formatNumber, formatUsd, Table } from '../../../kit/index.ts';
import type { TableColumn } from '../../../kit/index.ts';
import { useModelsRoom } from '../state.ts';
import { modelsText } from '../text.ts';
import { HealthBadge } from './health-badge.tsx';
import { nameOf } from '../../../common/presets.ts';

/** Providers by name, with how they are doing and what they cost today. */
export const ProviderList = ({
  providers,
  selectedId,
}: {
  readonly providers: readonly ProviderEntry[];
  readonly selectedId: string | null;
}): ReactElement => {
  const t = modelsText.useText();
  const set = useModelsRoom((room) => room.set);
  const columns = useMemo<readonly TableColumn<ProviderEntry>[]>(
    () => [
      {
        key: 'name',
        header: t('column.name'),
        width: 'minmax(9rem, 2fr)',
        cell: ({ config }) => (
          <span className="flex min-w-0 items-baseline gap-2">
            <span className="truncate font-medium">{nameOf(config)}</span>
            {nameOf(config) === config.id ? null : (
              <span className="max-w-24 shrink-0 truncate font-mono text-2xs text-ink-3">{config.id}</span>
            )}
          </span>
        ),
      },
      {
        key: 'health',
        header: t('column.state'),
        width: '8.5rem',
        cell: ({ health }) => <HealthBadge state={health.state} />,
      },
      {
        key: 'models',
        header: t('column.models'),
        width: '4.5rem',
        align: 'end',
        cell: ({ config }) => formatNumber(config.models.filter(({ enabled }) => enabled).length),
      },
      {
        key: 'today',
        header: t('column.today'),
        width: '5.5rem',
        align: 'end',
        hideBelowPx: 460,
        cell: ({ spentTodayUsd }) => formatUsd(spentTodayUsd),
      },
    ],
    [t],
  );
  return (
    <Table
      label={t('providerList')}
      columns={columns}
      rows={providers}
      rowKey={({ config }) => config.id}
      selectedKey={selectedId}
      onOpen={({ config }) => {
        set({ providerId: config.id });
      }}
    />
  );
};
