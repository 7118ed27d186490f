import { Pause, Play, RotateCw, X } from 'lucide-react';
import { said } from '../../../common/core-words/index.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { DownloadEntry } from '../../../../electron/contract/entities/download.ts';
import {
  AlertDialog,
  cx,
  formatBytes,
  formatDuration,
  formatNumber,
  formatPercent,
  formatTimeOfDay,
  IconButton,
  toast,
} from '../../../kit/index.ts';
import { call, faultOf } from '../../../link/index.ts';
import { modelsText } from '../text.ts';

const say = (error: unknown): void => {
  toast({ text: said(faultOf(error).detail), level: 'error' });
};

/** A try within this is told as a time to wait, in ms: the clock on the wall says nothing then. */
const SOON_MS = 60_000;

/** What a download does now, in one line. */
const stateWords = (entry: DownloadEntry): string => {
  const { t } = modelsText;
  if (entry.state === 'queued') return t('download.queued', { place: formatNumber(entry.place ?? 1) });
  if (entry.state === 'checking') return t('download.checking');
  if (entry.state === 'paused') return t('download.paused');
  if (entry.state === 'failed') return t('download.failed');
  if (entry.state === 'waiting') {
    if (entry.nextTryAt === null) return t('download.waiting');
    const waitMs = entry.nextTryAt - Date.now();
    return waitMs < SOON_MS
      ? t('download.nextTryIn', { time: formatDuration(Math.max(1, Math.ceil(waitMs / 1000)) * 1000) })
      : t('download.nextTry', { time: formatTimeOfDay(entry.nextTryAt) });
  }
  if (entry.stalled) return t('download.stalled');
  const speed =
    entry.bytesPerSecond === null ? null : t('download.speed', { speed: formatBytes(entry.bytesPerSecond) });
  const left = entry.msLeft === null ? null : t('download.left', { time: formatDuration(entry.msLeft) });
  return [speed, left].filter((part) => part !== null).join(' · ') || t('download.starting');
};

/** Files on their way, in the order they come. */
export const DownloadsList = ({ downloads }: { readonly downloads: readonly DownloadEntry[] }): ReactElement | null => {
  const t = modelsText.useText();
  const under = downloads.filter(({ state }) => state !== 'done');
  if (under.length === 0) return null;
  return (
    <section aria-labelledby="downloads-title" className="mb-6">
      <h2 id="downloads-title" className="mb-2 text-sm font-semibold">
        {t('download.title')}
      </h2>
      <ul className="overflow-hidden rounded-lg border border-line">
        {under.map((entry) => (
          <DownloadRow key={entry.id} entry={entry} />
        ))}
      </ul>
    </section>
  );
};

const DownloadRow = ({ entry }: { readonly entry: DownloadEntry }): ReactElement => {
  const t = modelsText.useText();
  const [cancelling, setCancelling] = useState(false);
  const share = entry.sizeBytes > 0 ? Math.min(1, entry.receivedBytes / entry.sizeBytes) : 0;
  const amount = t('download.amount', {
    received: formatBytes(entry.receivedBytes),
    size: formatBytes(entry.sizeBytes),
  });
  const words = stateWords(entry);
  const trouble = entry.state === 'failed' || entry.stalled || entry.problem !== null;
  const goesOn = entry.state === 'running' || entry.state === 'queued' || entry.state === 'checking';
  return (
    <li className="flex items-center gap-3 border-b border-line/60 px-4 py-2.5 last:border-b-0">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
          <span className="min-w-0 truncate font-medium">{entry.title}</span>
          <span className="tabular text-xs text-ink-3">{amount}</span>
          <span className="tabular ml-auto text-xs text-ink-2">{words}</span>
        </p>
        <div
          role="progressbar"
          aria-label={t('download.progress', { name: entry.title })}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.floor(share * 100)}
          aria-valuetext={`${formatPercent(share)}, ${words}`}
          className="mt-1.5 h-1 overflow-hidden rounded-full bg-sunken"
        >
          <div
            className={cx('h-full rounded-full', trouble ? 'bg-degraded' : 'bg-local')}
            style={{ width: `${share * 100}%` }}
          />
        </div>
        <p
          role="status"
          className={cx('mt-1 text-xs break-words', entry.state === 'failed' ? 'text-failed-ink' : 'text-degraded-ink')}
        >
          {entry.problem ? said(entry.problem) : entry.stalled ? t('download.stalledHint') : null}
        </p>
        <p className="text-xs text-ink-3">
          {t('download.from', { host: entry.host })} {t(`download.checkedBy.${entry.checkedBy}`)}
        </p>
      </div>
      <div className="flex shrink-0">
        {goesOn ? (
          <IconButton
            icon={Pause}
            label={t('download.pause', { name: entry.title })}
            onClick={() => void call('download.pause', { downloadId: entry.id }).catch(say)}
          />
        ) : (
          <IconButton
            icon={entry.state === 'paused' ? Play : RotateCw}
            label={t(entry.state === 'paused' ? 'download.resume' : 'download.tryNow', { name: entry.title })}
            onClick={() => void call('download.resume', { downloadId: entry.id }).catch(say)}
          />
        )}
        <IconButton
          icon={X}
          label={t('download.cancel', { name: entry.title })}
          onClick={() => {
            setCancelling(true);
          }}
        />
      </div>
      <AlertDialog
        open={cancelling}
        onOpenChange={setCancelling}
        title={t('download.cancelTitle', { name: entry.title })}
        description={t('download.cancelText', { size: formatBytes(entry.receivedBytes) })}
        confirmLabel={t('download.cancelDo')}
        onConfirm={() =>
          void call('download.cancel', { downloadId: entry.id })
            .then(({ freedBytes }) => toast({ text: t('freed', { size: formatBytes(freedBytes) }), level: 'success' }))
            .catch(say)
        }
      />
    </li>
  );
};
