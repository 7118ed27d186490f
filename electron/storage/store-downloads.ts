import type { PartSums } from '../contract/entities/download.ts';

/** One file that is wanted, or was fetched. */
export interface DownloadRecord {
  readonly id: string;
  readonly title: string;
  readonly fileName: string;
  /** Addresses of the same file, the best first. */
  readonly sources: readonly string[];
  readonly sizeBytes: number;
  readonly sha256: string;
  /** null = only the whole file can be checked. */
  readonly parts: PartSums | null;
  readonly checkedBy: 'catalogue' | 'hub' | 'person';
  readonly catalogueId: string | null;
  /** `wanted` = queued or under way: it goes on at the next start. */
  readonly state: 'wanted' | 'paused' | 'failed' | 'done';
  readonly problem: string | null;
  /** Where it is installed, or was about to be when the process ended; null = not that far. */
  readonly target: string | null;
  /** Order in the queue. */
  readonly place: number;
  readonly createdAt: number;
}
/** What is on disk of a file: stretches `[from, to)` with where they came from. `synced` outlasts a power cut. */
export interface DownloadProgress {
  readonly have: readonly { readonly from: number; readonly to: number; readonly tag: string }[];
  readonly synced: readonly { readonly from: number; readonly to: number; readonly tag: string }[];
  readonly boot: string;
}
export interface DownloadRecords {
  /** In the order of the queue. */
  all(): DownloadRecord[];
  /** At the end of the queue, wanted. */
  add(record: Omit<DownloadRecord, 'state' | 'problem' | 'target' | 'place'>): void;
  setState(id: string, state: DownloadRecord['state'], problem: string | null): void;
  setTarget(id: string, target: string | null): void;
  toEnd(id: string): void;
  /** null = nothing is known. */
  progress(id: string): DownloadProgress | null;
  saveProgress(id: string, progress: DownloadProgress): void;
  dropProgress(id: string): void;
  remove(id: string): void;
}
