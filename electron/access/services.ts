import type { EngineStatus } from '../contract/entities/model.ts';
import type { CallName, CallOutput, CallParsed } from '../contract/calls.ts';
import type { JsonAnswer } from '../contract/json-answer.ts';
import type { TurnEvent } from '../contract/streams.ts';
import type { Announce } from '../orchestration/announce.ts';
import type { BenchRoom } from '../orchestration/bench/bench-room.ts';
import type { Chats } from '../orchestration/chats/chats.ts';
import type { Data, Dialogs } from '../orchestration/data/data.ts';
import type { FeedbackRoom } from '../orchestration/feedback/feedback.ts';
import type { Library } from '../orchestration/library/library.ts';
import type { Models } from '../orchestration/models-door.ts';
import type { Policies } from '../orchestration/policies/policies.ts';
import type { Providers } from '../orchestration/providers/providers.ts';
import type { Prompts } from '../orchestration/prompts/prompts.ts';
import type { Settings } from '../orchestration/settings/settings.ts';
import type { Ledger } from '../orchestration/spending/ledger.ts';
import type { Spending } from '../orchestration/spending/spending.ts';
import type { Copying } from '../orchestration/traces/copying.ts';
import type { TraceViews } from '../orchestration/traces/views.ts';
import type { Diagnosing } from '../orchestration/traces/diagnosing.ts';
import type { Replays } from '../orchestration/traces/replays.ts';
import type { Turns } from '../orchestration/turn/turns.ts';
import type { TraceReads } from '../storage/index.ts';
import type { TraceReader } from '../storage/store.ts';
import type { ApiService } from './api/service.ts';

/** What handlers may use of the core. */
export interface Services {
  readonly turns: Turns;
  readonly chats: Chats;
  readonly prompts: Prompts;
  readonly feedback: FeedbackRoom;
  readonly traces: TraceReader;
  /** The same, answered by another thread. */
  readonly traceReads: TraceReads;
  readonly diagnosing: Diagnosing;
  readonly traceViews: TraceViews;
  readonly copying: Copying;
  readonly replays: Replays;
  /** Traces on their way to a collector. */
  readonly exportState: () => CallOutput<'export.state'>;
  readonly ledger: Ledger;
  readonly models: Models;
  readonly bench: BenchRoom;
  readonly library: Library;
  readonly settings: Settings;
  readonly policies: Policies;
  readonly providers: Providers;
  readonly spending: Spending;
  readonly data: Data;
  readonly api: ApiService;
  readonly dialogs: Dialogs | null;
  readonly announce: Announce;
  readonly info: () => Omit<CallOutput<'app.info'>, 'engine'> & { engine: EngineStatus };
  /** A person can type now. */
  readonly onReady: () => void;
  /** A person types: an answer will be wanted soon. */
  readonly onTyping: () => void;
}

/** Answers one call. What it throws becomes a fault at the door. */
export type Handler<N extends CallName> = (
  input: CallParsed<N>,
) => CallOutput<N> | Promise<CallOutput<N> | JsonAnswer<CallOutput<N>>>;
export type Handlers = { readonly [N in CallName]: Handler<N> };

/** Handlers of some calls: what one domain's file exports. */
export type HandlersOf<N extends CallName> = Pick<Handlers, N>;

/** A stream's source: tells `listener` until it ends; the answer takes the listener away. */
export interface StreamSources {
  'turn.live'(input: { turnId: string; afterSeq: number }, listener: (event: TurnEvent) => void): () => void;
}
