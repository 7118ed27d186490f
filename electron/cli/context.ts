import type { Readable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import type { SpawnHost } from '../../native/llama/spawn.ts';
import type { Output } from './output.ts';

/** What a verb may use. Tests pass their own; the program passes the process's. */
export interface CliContext {
  readonly out: Output;
  readonly err: Output;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly clock: Clock;
  /** Ctrl+C or a polite end from outside. */
  readonly signal: AbortSignal;
  readonly resourcesDir: string;
  readonly version: string;
  /** How engine processes are made; absent = as children of this one. */
  readonly spawnHost?: SpawnHost;
}

/** Options every verb has. */
export interface DataOption {
  readonly data: string;
}
