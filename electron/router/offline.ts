import { say } from '../contract/sentences/index.ts';
import type { Clock } from '../base/clock.ts';
import { momentIn } from '../base/moment.ts';
import type { Moment } from '../base/moment.ts';
import { createEmitter } from '../base/emitter.ts';
import type { Timers } from '../base/timers.ts';
import type { Fault } from '../contract/faults.ts';
import type { NetworkState } from '../contract/providers.ts';
import { makeFault } from './fault-table.ts';

/** How long nothing outside is asked after it proved unreachable, in ms; doubled up to the longest, over at once when the system says so. */
export const LOOK_AGAIN_MS = 5000;
export const LONGEST_LOOK_AGAIN_MS = 60_000;
/** A provider's last failure counts for so long, in ms. */
const FRESH_MS = 60_000;

/** A connection that did not stand in time, as Chromium names it: whatever was sent to be let in went nowhere. */
export const NEVER_STOOD = 'ERR_CONNECTION_TIMED_OUT';

/** Codes of a socket that could not even begin, because of the way and not of the other side. */
const NO_WAY: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_NODATA',
  'EAI_NONAME',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  NEVER_STOOD,
]);
/** Codes that no mistyped address can cause: one is enough. */
const NO_NETWORK: ReadonlySet<string> = new Set(['ENETUNREACH', 'ENETDOWN', 'EAI_AGAIN']);

/** Codes of a port where nothing listens: the target's, or that of the proxy on the way. */
const NOBODY: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ERR_PROXY_CONNECTION_FAILED']);

/** Whether a fault may be one of the way to the other side. */
const ofTheWay = (code: Fault['code']): boolean => code === 'network' || code === 'timeout';

/** Whether a target could not be reached at all: nothing was sent, so asking another costs and doubles nothing. */
export const unreachable = ({ code, networkCode }: Fault): boolean =>
  code === 'offline' ||
  (ofTheWay(code) && networkCode !== undefined && (NOBODY.has(networkCode) || NO_WAY.has(networkCode)));

/**
 * Knows whether anything outside can be reached. Offline = the system says so, or every provider asked in the last minute could not be
 * reached (two of them, or one twice, or a code that only a missing network gives). Servers on this machine are never meant.
 */
export interface Offline {
  state(): NetworkState;
  /** For decisions: may providers outside be planned with? True as well when it is time to look again. */
  online(): boolean;
  /** A fault = this provider is not asked now. While offline exactly one attempt at a time goes through, when it is time. */
  enter(providerId: string): Fault | null;
  /** A provider answered, whatever it said. */
  reached(providerId: string): void;
  /** The attempt failed. Gives back the fault to go on with: `offline` where that is what it shows. */
  failed(providerId: string, fault: Fault): Fault;
  /** The attempt ended and showed nothing. */
  learntNothing(providerId: string): void;
  /** The system's word may have changed: look now. */
  check(): void;
  onChange(listener: (state: NetworkState) => void): () => void;
  dispose(): void;
}

export function createOffline(deps: {
  readonly clock: Clock;
  readonly timers: Timers;
  /** False = the system says that no network is there; null = it does not say. */
  readonly systemOnline: () => boolean | null;
  /** Whether a provider is reached without a network: a server on this machine. */
  readonly reachableOffline: (providerId: string) => boolean;
  readonly onError: (error: unknown) => void;
}): Offline {
  const { clock, timers } = deps;
  const changes = createEmitter<NetworkState>(deps.onError);
  const failures = new Map<string, { fresh: Moment; inRow: number }>();
  let offline: { since: number; by: 'system' | 'attempts' } | null = null;
  let lookAt: Moment | null = null;
  let looks = 0;
  let probing: string | null = null;
  let lastOnlineSince: number | null = null;
  let endPoll: () => void = () => undefined;

  const state = (): NetworkState => {
    if (!offline) return { online: true, since: lastOnlineSince, detail: null };
    const detail = offline.by === 'system' ? say('said.network.system') : say('said.network.attempts');
    return { online: false, since: offline.since, detail };
  };
  const look = () => {
    lookAt = momentIn(clock, Math.min(LOOK_AGAIN_MS * 2 ** looks, LONGEST_LOOK_AGAIN_MS));
    looks++;
  };
  const poll = () => {
    endPoll();
    endPoll = timers.after(LOOK_AGAIN_MS, () => {
      check();
      if (offline) poll();
    });
  };
  const goOffline = (by: 'system' | 'attempts') => {
    look();
    if (offline) return;
    offline = { since: clock.now(), by };
    poll();
    changes.emit(state());
  };
  const goOnline = () => {
    failures.clear();
    looks = 0;
    probing = null;
    if (!offline) return;
    endPoll();
    offline = null;
    lastOnlineSince = clock.now();
    changes.emit(state());
  };
  const check = () => {
    const system = deps.systemOnline();
    if (system === false && !offline) goOffline('system');
    // What the system said it takes back by saying so no more; what attempts saw, it may not know about.
    else if (system !== false && offline?.by === 'system') goOnline();
  };
  const due = () => offline?.by === 'attempts' && probing === null && (lookAt?.leftMs() ?? 0) === 0;

  const shows = (fault: Fault): boolean => {
    if (fault.networkCode !== undefined && NO_NETWORK.has(fault.networkCode)) return true;
    const counting = [...failures.values()].filter(({ fresh }) => fresh.leftMs() > 0);
    if (counting.length < failures.size) return false;
    if (counting.length >= 2) return true;
    return deps.systemOnline() !== true && (counting[0]?.inRow ?? 0) >= 2;
  };

  return {
    state,
    online() {
      check();
      return offline === null || due();
    },
    enter(providerId) {
      if (deps.reachableOffline(providerId)) return null;
      check();
      if (!offline) return null;
      if (due()) {
        probing = providerId;
        return null;
      }
      return makeFault('offline', state().detail ?? undefined);
    },
    reached(providerId) {
      if (deps.reachableOffline(providerId)) return;
      failures.clear();
      goOnline();
    },
    failed(providerId, fault) {
      if (deps.reachableOffline(providerId)) return fault;
      if (probing === providerId) {
        probing = null;
        if (offline) look();
      }
      if (!ofTheWay(fault.code) || fault.networkCode === undefined || !NO_WAY.has(fault.networkCode)) {
        // A reset or a refused port says little; an answer of any kind says that the network is there.
        if (!ofTheWay(fault.code)) failures.delete(providerId);
        return fault;
      }
      const inRow = (failures.get(providerId)?.inRow ?? 0) + 1;
      failures.set(providerId, { fresh: momentIn(clock, FRESH_MS), inRow });
      if (!offline && !shows(fault)) return fault;
      if (offline === null) goOffline('attempts');
      return { ...makeFault('offline', undefined, fault.provider), networkCode: fault.networkCode };
    },
    learntNothing(providerId) {
      if (probing === providerId) probing = null;
    },
    check,
    onChange: (listener) => changes.on(listener),
    dispose() {
      endPoll();
    },
  };
}
