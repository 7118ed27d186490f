import type { DownloadEntry } from '../../contract/entities/download.ts';
import type { DownloadRecord } from '../../storage/store.ts';
import type { Live } from './transfer.ts';

export interface EntryFacts {
  readonly receivedBytes: number;
  readonly place: number | null;
  readonly stallShownMs: number;
  readonly nowMs: number;
}

function stateOf({ state }: DownloadRecord, live: Live | null): DownloadEntry['state'] {
  if (state !== 'wanted') return state;
  return live ? live.phase : 'queued';
}

/** A download as the contract shows it. */
export function entryOf(record: DownloadRecord, live: Live | null, facts: EntryFacts): DownloadEntry {
  const { receivedBytes, nowMs } = facts;
  const flows = live?.phase === 'running';
  const speed = flows ? live.meter.perSecond(nowMs) : null;
  const stalled = flows && (live.meter.silentMs(nowMs) >= facts.stallShownMs || live.meter.dripsMs(nowMs) > 0);
  return {
    id: record.id,
    title: record.title,
    fileName: record.fileName,
    state: stateOf(record, live),
    stalled,
    sizeBytes: record.sizeBytes,
    receivedBytes: record.state === 'done' ? record.sizeBytes : receivedBytes,
    bytesPerSecond: stalled ? null : speed,
    msLeft: stalled || speed === null || speed <= 0 ? null : ((record.sizeBytes - receivedBytes) / speed) * 1000,
    place: facts.place,
    problem: live?.problem ?? record.problem,
    nextTryAt: live?.nextTryAt ?? null,
    host: live?.host ?? new URL(record.sources[0] ?? 'http://unknown').host,
    checkedBy: record.checkedBy,
    sha256: record.sha256,
    catalogueId: record.catalogueId,
    path: record.state === 'done' ? record.target : null,
    createdAt: record.createdAt,
  };
}
