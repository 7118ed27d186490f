import { ChartColumn, Table2 } from 'lucide-react';
import { useId, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import type { BreakerChange } from '../../../../electron/contract/entities/breaker.ts';
import { FAULT_CODES } from '../../../../electron/contract/names.ts';
import { formatDateTime, formatDuration, IconButton, Table } from '../../../kit/index.ts';
import type { TableColumn } from '../../../kit/index.ts';
import { useCall } from '../../../link/index.ts';
import { tracesText } from '../text.ts';
import { bandAt, bandsOf } from './breaker-bands.ts';
import type { Band, BreakerRow } from './breaker-bands.ts';
import { BreakerChart, heightOf } from './breaker-chart.tsx';
import type { GroupName } from './names.ts';
import type { Stretch } from './state.ts';
import { dashboardText } from './text.ts';

/** More rows than this are read in the table, which scrolls. */
const MOST_ROWS = 12;
/** How far from a band a pointer may be, in px. */
const NEAR_PX = 6;
const TABLE_PX = 208;

/** One line of the table. */
interface Line extends Band {
  readonly row: BreakerRow;
}

export interface BreakersCardProps {
  readonly stretch: Stretch;
  readonly table: boolean;
  readonly nameOf: GroupName;
}

/** When models and providers were not asked because they kept failing, and why. */
export const BreakersCard = ({ stretch, table: allTables, nameOf }: BreakersCardProps): ReactElement => {
  const t = dashboardText.useText();
  const words = tracesText.useText();
  const id = useId();
  const { data } = useCall('trace.breakers', stretch, { topics: ['breakers'], keepPrevious: true });
  const [turned, setTurned] = useState<{ readonly table: boolean; readonly from: boolean } | null>(null);
  const [at, setAt] = useState<{ readonly row: BreakerRow; readonly band: Band } | null>(null);
  // Bands that go on are as long as they were when this was asked.
  const now = useMemo(() => (data === undefined ? 0 : Math.min(Date.now(), stretch.until)), [data, stretch]);
  const rows = useMemo(() => bandsOf(data?.changes ?? [], now), [data, now]);
  const shown = rows.slice(0, MOST_ROWS);
  const table = turned !== null && turned.from === allTables ? turned.table : allTables;

  const reason = (because: BreakerChange['because']): string => {
    const code = FAULT_CODES.find((known) => known === because);
    return code === undefined ? t(`breaker.by.${because}` as 'breaker.by.answered') : words(`faultName.${code}`);
  };
  const name = ({ of, subject }: BreakerRow): string => (of === 'model' ? nameOf('model', subject) : subject);
  const length = ({ from, to }: Band): string =>
    to === null ? t('breaker.soFar', { length: formatDuration(now - from) }) : formatDuration(to - from);
  const sentence = ({ row, ...band }: Line): string =>
    `${name(row)}: ${t(`breaker.${band.state}`)}, ${reason(band.because)}, ${formatDateTime(band.from)}, ${length(band)}`;
  const lines = useMemo(
    () => rows.flatMap((row) => row.bands.map((band): Line => ({ ...band, row }))).sort((a, b) => b.from - a.from),
    [rows],
  );
  const columns: TableColumn<Line>[] = [
    { key: 'from', header: t('breaker.from'), width: 'minmax(9rem, 1fr)', cell: ({ from }) => formatDateTime(from) },
    {
      key: 'whose',
      header: t('breaker.whose'),
      width: 'minmax(8rem, 1.4fr)',
      cell: ({ row }) => `${name(row)}${row.of === 'provider' ? ` (${t('breaker.provider')})` : ''}`,
    },
    {
      key: 'state',
      header: t('breaker.state'),
      width: 'minmax(6rem, 0.8fr)',
      cell: ({ state }) => t(`breaker.${state}`),
    },
    { key: 'why', header: t('breaker.why'), width: 'minmax(8rem, 1.2fr)', cell: ({ because }) => reason(because) },
    {
      key: 'length',
      header: t('breaker.length'),
      width: 'minmax(6rem, 0.8fr)',
      align: 'end',
      cell: (line) => length(line),
    },
    {
      key: 'end',
      header: t('breaker.end'),
      width: 'minmax(8rem, 1.2fr)',
      cell: ({ ended, to }) =>
        ended !== null ? reason(ended) : to === null ? t('breaker.still') : t('breaker.goesOn'),
    },
  ];

  return (
    <section aria-labelledby={id} className="min-w-0 rounded-lg border border-line bg-raised pt-2 pb-1.5">
      <div className="flex min-h-8 items-center gap-2 pr-1.5 pl-4">
        <h3 id={id} className="text-sm font-semibold">
          {t('breakers')}
        </h3>
        <span aria-hidden className="tabular min-w-0 flex-1 truncate text-right text-xs text-ink-2">
          {at === null || table ? '' : sentence({ ...at.band, row: at.row })}
        </span>
        {rows.length === 0 ? null : (
          <IconButton
            icon={table ? ChartColumn : Table2}
            label={t(table ? 'asChart' : 'asTable', { name: t('breakers') })}
            iconSize={14}
            onClick={() => {
              setTurned({ table: !table, from: allTables });
            }}
          />
        )}
      </div>
      {rows.length === 0 ? (
        <p className="px-4 pb-2 text-sm text-ink-2">{data === undefined ? '' : t('breakersNone')}</p>
      ) : table ? (
        <div className="flex flex-col overflow-x-auto" style={{ height: TABLE_PX }}>
          <Table
            label={t('breakers')}
            ground="raised"
            columns={columns}
            rows={lines}
            rowKey={({ row, from, state }) => `${row.of} ${row.subject} ${String(from)} ${state}`}
            rowHeightPx={32}
          />
        </div>
      ) : (
        <>
          <ul className="flex flex-wrap gap-x-4 gap-y-0.5 px-4 pb-1 text-xs text-ink-2">
            <li className="flex items-center gap-1.5">
              <span aria-hidden className="h-2.5 w-3.5 rounded-xs bg-failed" />
              {t('breaker.openKey')}
            </li>
            <li className="flex items-center gap-1.5">
              <span aria-hidden className="h-2.5 w-3.5 rounded-xs border-[1.5px] border-degraded bg-degraded-soft" />
              {t('breaker.halfOpenKey')}
            </li>
          </ul>
          <div
            role="img"
            aria-label={t('breakersSummary', { text: lines.slice(0, MOST_ROWS).map(sentence).join('; ') })}
            className="flex gap-2 pr-1.5 pl-4"
          >
            <ul aria-hidden className="flex w-36 shrink-0 flex-col pt-2 text-xs" style={{ paddingBottom: 26 }}>
              {shown.map((row) => (
                <li key={`${row.of} ${row.subject}`} className="flex min-h-0 flex-1 items-center">
                  <span
                    className={row.of === 'provider' ? 'truncate font-medium text-ink' : 'truncate pl-3 text-ink-2'}
                    title={name(row)}
                  >
                    {name(row)}
                  </span>
                </li>
              ))}
            </ul>
            <div className="min-w-0 flex-1" style={{ height: heightOf(shown.length) }}>
              <BreakerChart
                rows={shown}
                stretch={stretch}
                now={now}
                onHover={(moment, place, msPerPx) => {
                  const row = place === null ? undefined : shown[place];
                  const band = moment === null ? null : bandAt(row, moment, now, NEAR_PX * msPerPx);
                  setAt(row === undefined || band === null ? null : { row, band });
                }}
              />
            </div>
          </div>
          {rows.length > shown.length ? (
            <p className="px-4 pb-1 text-xs text-ink-3">{t('breakersMore', { count: rows.length - shown.length })}</p>
          ) : null}
        </>
      )}
      {data?.more === true ? <p className="px-4 pb-1 text-xs text-ink-3">{t('breakersCut')}</p> : null}
    </section>
  );
};
