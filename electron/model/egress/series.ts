import type { EgressEntry } from '../../contract/providers.ts';
import type { EgressEnd, EgressLog } from './egress.ts';

/**
 * Requests for one file, one after another. Those to one place by one way stand in the log as one entry: the first begins it before a byte
 * leaves, and what all of them moved is told when the series goes elsewhere or is closed.
 */
export interface EgressSeries extends EgressLog {
  close(): void;
}

export function createSeries(log: EgressLog): EgressSeries {
  let current: { readonly entry: EgressEntry; sums: EgressEnd } | null = null;
  function close(): void {
    if (current) log.end(current.entry.id, current.sums);
    current = null;
  }
  return {
    begin(entry) {
      const { host, method, path, via } = current?.entry ?? {};
      if (host === entry.host && method === entry.method && path === entry.path && via === entry.via) return;
      close();
      log.begin(entry);
      current = { entry, sums: { bytesOut: 0, bytesIn: 0, status: null, durationMs: 0, outcome: undefined } };
    },
    end(_id, { bytesOut, bytesIn, status, durationMs, outcome }) {
      if (!current) return;
      const { sums } = current;
      current.sums = {
        bytesOut: sums.bytesOut + bytesOut,
        bytesIn: sums.bytesIn + bytesIn,
        status,
        durationMs: sums.durationMs + durationMs,
        outcome,
      };
    },
    close,
  };
}
