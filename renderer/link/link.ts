import { createMintId } from '../../electron/base/ids.ts';
import { createLinkClient } from './client.ts';
import type { LinkPort } from './client.ts';
import { createPace, paintTimes } from './pace.ts';
import { createLiveTurns } from './live-turns.ts';
import { createQueryCache } from './query-cache.ts';

const client = createLinkClient();

/** Ask the core once. Rejects with a `LinkError`. */
export const call = client.call;
export const onSignal = client.onSignal;
export const linkStatus = client.status;
export const onLinkStatus = client.onStatus;
/** Answers of calls by name and input. */
export const queries = createQueryCache(client);
/** Text of turns that are being written. */
export const liveTurns = createLiveTurns(
  client,
  createPace({
    now: () => performance.now(),
    hidden: () => document.hidden,
    frame: (paint) => requestAnimationFrame(paint),
    wait: (run, ms) => setTimeout(run, ms),
    times: paintTimes(navigator.hardwareConcurrency),
  }),
);
/** New id (UUID v7): the window mints what it creates, so the optimistic row is the stored row. */
export const mintId = createMintId({ now: () => Date.now() }, (bytes) => {
  bytes.set(crypto.getRandomValues(new Uint8Array(bytes.length)));
  return bytes;
});

let everConnected = false;

export function connect(port: LinkPort): void {
  client.connect(port);
  // Signals may have been missed in between.
  if (everConnected) queries.invalidateAll();
  everConnected = true;
}

client.onSignal('topics', ({ topics }) => queries.invalidate(topics));

declare global {
  interface Window {
    switchyardEarly?: LinkPort[] | undefined;
  }
}

/** Takes the port preload hands over, however early or late it comes, and any later one after a restart of the core. */
export function waitForPort(target: Window): void {
  target.addEventListener('message', (event: MessageEvent) => {
    const port = event.ports[0];
    if (event.source === target && event.data === 'switchyard-port' && port) connect(port);
  });
  const early = target.switchyardEarly?.at(-1);
  target.switchyardEarly = undefined;
  if (early) connect(early);
  else target.postMessage('switchyard-ready', '*');
}
