import { Check, Download } from 'lucide-react';
import { said } from '../../../common/core-words/index.ts';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import type { AvailableModel } from '../../../../electron/contract/entities/library.ts';
import type { DownloadEntry } from '../../../../electron/contract/entities/download.ts';
import {
  Badge,
  Button,
  formatBytes,
  formatCompact,
  formatLanguage,
  formatNumber,
  formatSpeed,
  Table,
  toast,
} from '../../../kit/index.ts';
import type { TableColumn } from '../../../kit/index.ts';
import { call, faultOf } from '../../../link/index.ts';
import { modelsText } from '../text.ts';
import { FitPill } from './fit-pill.tsx';

/** The catalogue: what suits this machine comes first. */
export const CatalogueTable = ({
  models,
  downloads,
}: {
  readonly models: readonly AvailableModel[];
  readonly downloads: readonly DownloadEntry[];
}): ReactElement => {
  const t = modelsText.useText();
  const [busy, setBusy] = useState<string | null>(null);
  const columns = useMemo<readonly TableColumn<AvailableModel>[]>(() => {
    const underWay = new Set(downloads.flatMap(({ catalogueId, state }) => (state === 'done' ? [] : [catalogueId])));
    const start = async ({ id, name }: AvailableModel): Promise<void> => {
      setBusy(id);
      try {
        await call('download.start', { catalogueId: id });
        toast({ text: t('download.started', { name }), level: 'success' });
      } catch (error) {
        toast({ text: said(faultOf(error).detail), level: 'error' });
      } finally {
        setBusy(null);
      }
    };
    return [
      {
        key: 'name',
        header: t('column.name'),
        width: 'minmax(11rem, 2fr)',
        cell: (model) => (
          <span className="flex min-w-0 flex-col">
            <span className="flex min-w-0 items-center gap-2">
              <span className="truncate font-medium">{model.name}</span>
              {model.recommended ? (
                <Badge tone="local" look="plain" icon={null}>
                  {t('recommended')}
                </Badge>
              ) : null}
            </span>
            <span className="truncate text-xs text-ink-3">
              {`${t(`kind.${model.kind}`)} · ${model.languages.length === 0 ? t('languagesMany') : model.languages.map(formatLanguage).join(', ')} · ${model.licence}`}
            </span>
          </span>
        ),
      },
      { key: 'fit', header: t('column.fit'), width: '7.5rem', cell: ({ fit }) => <FitPill fit={fit} /> },
      {
        key: 'speed',
        header: t('column.expected'),
        width: '8rem',
        align: 'end',
        hideBelowPx: 620,
        cell: ({ fit }) =>
          fit.tokensPerSecond === null ? (
            <span className="text-ink-3">{t('notKnown')}</span>
          ) : (
            <span className="tabular">
              {t('about', { value: formatSpeed(Number(fit.tokensPerSecond.toPrecision(2))) })}
            </span>
          ),
      },
      {
        key: 'parameters',
        header: t('fact.parameters'),
        width: '5.5rem',
        align: 'end',
        hideBelowPx: 760,
        cell: ({ parameters }) => formatCompact(parameters),
      },
      {
        key: 'context',
        header: t('fact.context'),
        width: '7.5rem',
        align: 'end',
        hideBelowPx: 900,
        cell: ({ contextTokens }) => t('contextTokens', { count: contextTokens, value: formatNumber(contextTokens) }),
      },
      {
        key: 'size',
        header: t('fact.size'),
        width: '5rem',
        align: 'end',
        cell: ({ sizeBytes }) => formatBytes(sizeBytes),
      },
      {
        key: 'get',
        header: t('column.get'),
        width: '8rem',
        align: 'end',
        cell: (model) =>
          model.modelId !== null ? (
            <span className="flex items-center gap-1 text-xs text-local-ink">
              <Check size={14} aria-hidden />
              {t('installed')}
            </span>
          ) : underWay.has(model.id) ? (
            <span className="text-xs text-ink-2">{t('onItsWay')}</span>
          ) : (
            <Button
              icon={Download}
              look={model.recommended ? 'primary' : 'secondary'}
              aria-label={t('download.name', { name: model.name })}
              busy={busy === model.id}
              disabled={model.fit.fit === 'wont-fit' || busy !== null}
              onClick={() => void start(model)}
            >
              {t('download.do')}
            </Button>
          ),
      },
    ];
  }, [t, downloads, busy]);
  return <Table label={t('catalogue')} columns={columns} rows={models} rowKey={({ id }) => id} rowHeightPx={52} />;
};
