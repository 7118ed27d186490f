/** A provider's own way to speak over HTTP. A compatible server speaks `openai`. */
export type Wire = 'openai' | 'anthropic' | 'google';

/** Tokens as Switchyard counts them (ModelUsage); each wire writes them down in its own way. */
export interface ScriptUsage {
  readonly in: number;
  readonly cached?: number;
  readonly cacheWrite?: number;
  readonly out: number;
  readonly reasoning?: number;
}

/** An error as a provider words it. Absent parts are left out, as many servers do. */
export interface ScriptError {
  readonly type?: string;
  readonly code?: string | number;
  readonly message?: string;
}

/**
 * What the server does next. The head of the answer is sent with the first step that sends anything, so a `cut` as the first
 * step is a connection that ends without an answer, and `open` then `cut` is one that ends before the first token.
 */
export type Step =
  | { readonly text: string; readonly logprob?: number }
  | { readonly reasoning: string }
  /** A part of tool call number `index`; the first part has `id` and `name`. Anthropic and Google open one call at a time. */
  | {
      readonly tool: {
        readonly index: number;
        readonly id?: string;
        readonly name?: string;
        readonly argumentsText: string;
      };
    }
  | { readonly open: true }
  | { readonly pauseMs: number }
  /** Waits until a test lets it go on. */
  | { readonly hold: Promise<unknown> }
  /** Bytes as they are, whatever the wire says. */
  | { readonly raw: string | Uint8Array }
  /** These bytes over and over, as fast as they are read, until the client leaves or `mostBytes` are out. */
  | { readonly endless: string; readonly mostBytes: number }
  /** An error in the middle of the stream. */
  | { readonly error: ScriptError }
  /** The connection is dropped: `reset` sends a reset, `end` closes in order without a last chunk. */
  | { readonly cut: 'reset' | 'end' }
  /** Nothing more ever comes; the connection stays open until the client or the test closes it. */
  | { readonly stall: true };

export type ScriptFinish = 'stop' | 'length' | 'tool_calls' | 'filtered' | 'refused';

/** One answer. Absent = status 200, one text "ok", finish `stop`, a usage of 10 in and 5 out, a proper end. */
export interface AnswerScript {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent instead of a stream: text as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Sent instead of a stream, in the wire's own form for errors. */
  readonly error?: ScriptError;
  readonly steps?: readonly Step[];
  /** What is sent after the wire's own last word. */
  readonly tail?: readonly Step[];
  /** These bytes on the bare connection instead of an HTTP answer; it is closed after them. */
  readonly socket?: readonly (string | Uint8Array)[];
  /** null = the server never says. */
  readonly usage?: ScriptUsage | null;
  /** null = the stream just ends: no finish, no terminator. */
  readonly finish?: ScriptFinish | null;
  /** Value of the wire's own field instead of what `finish` stands for. */
  readonly finishRaw?: string;
  /** The whole answer as one JSON document, though a stream was asked for. */
  readonly whole?: boolean;
  /** Every write is sent in pieces of these sizes in bytes, over and over, each a read of its own. */
  readonly split?: readonly number[];
}

/** A request as it arrived. */
export interface SeenRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly bodyText: string;
  /** Parsed JSON; null when it is none. */
  readonly body: unknown;
  /** Bytes of the body. */
  readonly bytes: number;
  /** Port of the client: the same = the same connection. */
  readonly port: number;
  /** Bytes of body sent back so far. */
  bytesOut: number;
  /** The client went away before the answer was over. */
  aborted: boolean;
  /** The answer is over, one way or another. */
  readonly over: Promise<void>;
}

/** How a wire writes things down. Everything is a string ready to be sent. */
export interface WireWriter {
  /** Frames before the first part. */
  begin(usage: ScriptUsage | null): string;
  text(text: string, logprob?: number): string;
  reasoning(text: string): string;
  tool(part: {
    readonly index: number;
    readonly id?: string;
    readonly name?: string;
    readonly argumentsText: string;
  }): string;
  error(error: ScriptError): string;
  end(finish: ScriptFinish, raw: string | undefined, usage: ScriptUsage | null): string;
  /** The answer as one document. */
  whole(
    text: string,
    tools: readonly { readonly id: string; readonly name: string; readonly argumentsText: string }[],
    finish: ScriptFinish,
    raw: string | undefined,
    usage: ScriptUsage | null,
  ): string;
}
