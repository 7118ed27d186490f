import type { ReactElement } from 'react';
import { said } from '../../../common/core-words/index.ts';
import { ErrorState, formatBytes, formatSpeed, Skeleton } from '../../../kit/index.ts';
import { useCall } from '../../../link/index.ts';
import { modelsText } from '../text.ts';
import { CatalogueTable } from './catalogue-table.tsx';
import { DownloadsList } from './downloads-list.tsx';
import { FoundList } from './found-list.tsx';
import { HubSearch } from './hub-search.tsx';

/** Models one could have: on their way, in other programs, in the catalogue, on the hub. */
export const GetPane = (): ReactElement => {
  const t = modelsText.useText();
  const available = useCall('model.available', {}, { topics: ['models'], keepPrevious: true });
  const { data: coming } = useCall('download.list', {}, { topics: ['downloads'], keepPrevious: true });
  const { data } = available;
  if (data === undefined)
    return available.fault === null ? (
      <Skeleton lines={8} className="p-4" />
    ) : (
      <ErrorState text={t('listFailed', { detail: said(available.fault.detail) })} onRetry={available.refetch} />
    );
  const downloads = coming?.downloads ?? [];
  const { basis } = data;
  return (
    <div tabIndex={0} role="region" aria-label={t('tabGet')} className="scroll-y h-full min-h-0 px-4 pt-4 pb-8">
      <DownloadsList downloads={downloads} />
      <FoundList />
      <section aria-labelledby="catalogue-title" className="mb-6">
        <h2 id="catalogue-title" className="text-sm font-semibold">
          {t('catalogue')}
        </h2>
        <p className="mb-2 text-xs text-ink-3">
          {basis.modelName === null || basis.tokensPerSecond === null
            ? t('basis.none')
            : t('basis.measured', { name: basis.modelName, speed: formatSpeed(basis.tokensPerSecond) })}{' '}
          {data.freeDiskBytes === null ? null : t('basis.disk', { free: formatBytes(data.freeDiskBytes) })}
        </p>
        <div className="flex flex-col overflow-hidden rounded-lg border border-line">
          <CatalogueTable models={data.models} downloads={downloads} />
        </div>
      </section>
      <HubSearch />
    </div>
  );
};
