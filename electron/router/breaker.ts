import type { Clock } from '../base/clock.ts';
import { momentIn } from '../base/moment.ts';
import type { Moment } from '../base/moment.ts';
import type { ModelEntry } from '../contract/entities/model.ts';
import type { BreakerChange } from '../contract/entities/breaker.ts';
import type { BREAKER_CLOSINGS } from '../contract/names.ts';
import type { Fault, FaultCode } from '../contract/faults.ts';
import { effectOf, makeFault } from './fault-table.ts';

/** Losses in a row that open the breaker of a local model: a process that dies three times dies a fourth. */
export const LOCAL_LOSSES_TO_OPEN = 3;
/** Losses in a row that open the breaker of a cloud model or of its provider. */
export const CLOUD_LOSSES_TO_OPEN = 5;
/** How long a breaker stays open, in ms; doubled each time its probe fails, up to the longest. */
export const OPEN_MS = 20_000;
export const LONGEST_OPEN_MS = 300_000;
/** A used-up account is looked at again after so long when nobody said when it resets, in ms. */
export const QUOTA_OPEN_MS = 15 * 60_000;
/**
 * One lost engine process takes every answer with it that it was making: together they are one loss. Which ones those were says the
 * fault's incident; where there is none, whoever asked before the engine was last lost counts as one of them.
 */
const TAKES_ALL: ReadonlySet<FaultCode> = new Set(['local_crash', 'local_oom', 'gpu_lost']);
/** While a probe is under way, decisions are told that the breaker stays open for so long, in ms. */
const PROBE_MS = 1000;

/** A breaker as the decision sees it. */
export interface BreakerView {
  readonly state: 'closed' | 'open' | 'half-open';
  /** Epoch ms at which it lets a probe through; null = when a person changed something. */
  readonly until: number | null;
  readonly because: FaultCode | null;
}

/** Leave to ask a model. Exactly one of the three ends it; a second end does nothing. */
export interface Pass {
  /** The only one let through a half-open breaker. */
  readonly probe: boolean;
  won(): void;
  lost(fault: Fault): void;
  /** Neither: it was stopped before anything was learnt. */
  drop(): void;
}

interface State {
  /** Whose it is. */
  readonly of: Owner;
  losses: number;
  /** The last pass given before the engine was last lost. */
  lostWith: number;
  /** What the last loss belonged to; null = it did not say. */
  incident: string | null;
  /** Openings since the last answer. */
  openings: number;
  /** `until` null = a person has to change something. */
  open: { readonly until: Moment | null; readonly because: FaultCode; readonly detail: string; probed: boolean } | null;
  probing: boolean;
}

type Owner = Pick<BreakerChange, 'of' | 'subject'>;

/** What one provider last did. Epoch ms; null = never. */
export interface Seen {
  readonly okAt: number | null;
  readonly faultAt: number | null;
}

/** Remembers which models and providers keep failing. Counts when a stream ends, never while it runs. */
export interface Breakers {
  /** The breaker of a model and of its provider, the stricter of both. Changes nothing. */
  breakerOf(modelId: string): BreakerView;
  /** A fault = it may not be asked now. */
  enter(model: Pick<ModelEntry, 'id' | 'provider' | 'kind'>): Pass | Fault;
  /** Why the provider as a whole is not asked, and until when; null = it is. */
  providerOpen(
    providerId: string,
  ): { readonly until: number | null; readonly because: FaultCode; detail: string } | null;
  seen(providerId: string): Seen;
  /** A key was entered or tested well: what the old one did counts no more. */
  keyChanged(providerId: string): void;
  /** It is asked elsewhere or otherwise from now on: what was seen of it and its models counts no more. */
  moved(providerId: string): void;
  /** The settings changed: models that were gone may be there. */
  configChanged(): void;
  /** The network is back: what only could not be reached may be asked again. */
  networkBack(): void;
}

const closed: BreakerView = { state: 'closed', until: null, because: null };
const keyOf = ({ of, subject }: Owner): string => `${of} ${subject}`;
const providerKey = (subject: string) => keyOf({ of: 'provider', subject });
const modelKey = (subject: string) => keyOf({ of: 'model', subject });
/** Faults of our own side or of the person: they say nothing about the other side. */
const SAYS_NOTHING: ReadonlySet<FaultCode> = new Set([
  'cancelled',
  'offline',
  'budget',
  'private_only',
  'no_candidate',
  'internal',
  'storage_full',
  'storage_corrupt',
]);

/** `onChange` hears what each breaker does, as it does it. */
export function createBreakers(clock: Clock, onChange: (change: BreakerChange) => void = () => undefined): Breakers {
  const states = new Map<string, State>();
  const seen = new Map<string, Seen>();
  let passes = 0;

  const of = (owner: Owner): State => {
    const key = keyOf(owner);
    const known = states.get(key);
    if (known) return known;
    const made: State = { of: owner, losses: 0, lostWith: 0, incident: null, openings: 0, open: null, probing: false };
    states.set(key, made);
    return made;
  };
  const view = (key: string): BreakerView => {
    const state = states.get(key);
    if (!state?.open) return closed;
    const { until, because } = state.open;
    if (until === null) return { state: 'open', until, because };
    if (until.leftMs() > 0) return { state: 'open', until: until.at(), because };
    return state.probing
      ? { state: 'open', until: clock.now() + PROBE_MS, because }
      : { state: 'half-open', until: until.at(), because };
  };
  const open = (state: State, forMs: number | null, fault: Fault) => {
    const until = forMs === null ? null : momentIn(clock, forMs);
    state.open = { until, because: fault.code, detail: fault.detail, probed: false };
    onChange({ ...state.of, at: clock.now(), state: 'open', because: fault.code, until: until?.at() ?? null });
    state.openings++;
    state.losses = 0;
  };
  const loss = (state: State, probe: boolean, toOpen: number, fault: Fault, pass: number) => {
    // What was under way when it opened adds nothing.
    if (state.open && !probe) return;
    if (TAKES_ALL.has(fault.code)) {
      const { incident = null } = fault;
      const again = incident === null ? pass <= state.lostWith : incident === state.incident;
      state.lostWith = passes;
      state.incident = incident;
      if (again && !probe) return;
    }
    state.losses++;
    if (!probe && state.losses < toOpen) return;
    const longer = Math.min(OPEN_MS * 2 ** state.openings, LONGEST_OPEN_MS);
    open(state, Math.max(longer, Math.min(fault.retryAfterMs ?? 0, LONGEST_OPEN_MS)), fault);
  };
  const close = (key: string, because: (typeof BREAKER_CLOSINGS)[number]) => {
    const state = states.get(key);
    states.delete(key);
    if (state?.open) onChange({ ...state.of, at: clock.now(), state: 'closed', because, until: null });
  };
  const closeWhere = (because: Parameters<typeof close>[1], matches: (opened: FaultCode, key: string) => boolean) => {
    for (const [key, { open: opened }] of [...states]) if (opened && matches(opened.because, key)) close(key, because);
  };
  const probe = (state: State) => {
    state.probing = true;
    const { open: opened } = state;
    if (!opened || opened.probed || opened.until === null) return;
    opened.probed = true;
    // It has been so since then, whoever noticed.
    onChange({ ...state.of, at: opened.until.at(), state: 'half-open', because: opened.because, until: null });
  };

  return {
    breakerOf(modelId) {
      const own = view(modelKey(modelId));
      const provider = view(providerKey(modelId.slice(0, Math.max(0, modelId.indexOf('/')))));
      const rank = { closed: 0, 'half-open': 1, open: 2 } as const;
      if (rank[own.state] !== rank[provider.state]) return rank[own.state] > rank[provider.state] ? own : provider;
      return (own.until ?? Infinity) >= (provider.until ?? Infinity) ? own : provider;
    },
    enter(model) {
      const cloud = model.kind === 'cloud';
      const asked: Owner = { of: 'model', subject: model.id };
      const owners: readonly Owner[] = cloud ? [{ of: 'provider', subject: model.provider }, asked] : [asked];
      const keys = owners.map(keyOf);
      for (const key of keys) {
        const { state, because, until } = view(key);
        if (state !== 'open' || because === null) continue;
        const wait = until === null ? {} : { retryAfterMs: Math.max(0, until - clock.now()) };
        return { ...makeFault(because, states.get(key)?.open?.detail, model.id), ...wait };
      }
      const probed = owners.map(of).filter((state) => state.open !== null);
      for (const state of probed) probe(state);
      const pass = ++passes;
      let over = false;
      const once = (action: () => void) => () => {
        if (over) return;
        over = true;
        for (const state of probed) state.probing = false;
        action();
      };
      const note = (what: Partial<Seen>) =>
        seen.set(model.provider, { okAt: null, faultAt: null, ...seen.get(model.provider), ...what });
      const won = () => {
        note({ okAt: clock.now() });
        for (const owner of owners) {
          const state = of(owner);
          if (!state.open || probed.includes(state)) close(keyOf(owner), 'answered');
        }
      };
      return {
        probe: probed.length > 0,
        won: once(won),
        drop: once(() => undefined),
        lost: (fault) => {
          once(() => {
            if (SAYS_NOTHING.has(fault.code)) return;
            note({ faultAt: clock.now() });
            const [first, second] = owners.map(of);
            const provider = cloud ? first : undefined;
            const own = cloud ? second : first;
            switch (effectOf(fault)) {
              case 'loss':
                for (const state of [own, provider])
                  if (state)
                    loss(
                      state,
                      probed.includes(state),
                      cloud ? CLOUD_LOSSES_TO_OPEN : LOCAL_LOSSES_TO_OPEN,
                      fault,
                      pass,
                    );
                return;
              case 'key':
                if (provider) open(provider, null, fault);
                return;
              case 'quota':
                if (provider) open(provider, fault.retryAfterMs ?? QUOTA_OPEN_MS, fault);
                return;
              case 'gone':
                if (own && cloud) open(own, null, fault);
                return;
              case 'none':
                // It answered, if not as hoped: whoever opened the breaker is over.
                for (const owner of owners) if (probed.includes(of(owner))) close(keyOf(owner), 'answered');
                return;
            }
          })();
        },
      };
    },
    providerOpen(providerId) {
      const state = states.get(providerKey(providerId));
      if (!state?.open) return null;
      const { until, because, detail } = state.open;
      return { until: until?.at() ?? null, because, detail };
    },
    seen: (providerId) => seen.get(providerId) ?? { okAt: null, faultAt: null },
    keyChanged(providerId) {
      close(providerKey(providerId), 'key');
      closeWhere('key', (because, key) => key.startsWith(modelKey(`${providerId}/`)) && because === 'auth');
    },
    moved(providerId) {
      const ofModels = modelKey(`${providerId}/`);
      for (const key of [...states.keys()])
        if (key === providerKey(providerId) || key.startsWith(ofModels)) close(key, 'settings');
    },
    configChanged() {
      closeWhere('settings', (because) => because === 'not_found');
    },
    networkBack() {
      closeWhere('network-back', (because) => because === 'network' || because === 'timeout');
    },
  };
}
