/** Plain constants both sides share. No zod here, so the window's bundle stays small. */

/** Fault codes, with their facts in fault-facts.ts. Stable: stored in traces, switched on, never parsed. */
export const FAULT_CODES = [
  'auth',
  'quota',
  'rate_limit',
  'overloaded',
  'server_error',
  'timeout',
  'network',
  'offline',
  'not_ready',
  'not_found',
  'context_length',
  'content_filter',
  'invalid_request',
  'malformed_output',
  'empty_output',
  'degenerate_output',
  'truncated',
  'refused',
  'local_oom',
  'gpu_lost',
  'local_crash',
  'model_file_corrupt',
  'conflict',
  'budget',
  'private_only',
  'no_candidate',
  'unverified',
  'cancelled',
  'storage_full',
  'storage_corrupt',
  'unknown',
  'internal',
] as const;

/** Who a fault is about: the first thing a person asks. */
export const FAULT_ORIGINS = ['model', 'prompt', 'infrastructure', 'user'] as const;

/** How an answer travelled. Each has one colour and one word everywhere in the app. */
export const ROUTE_KINDS = ['local', 'cloud', 'cached'] as const;

/** `queued` and `streaming` are live; the rest are final. `partial` = ended early through a fault, text kept. */
export const MESSAGE_STATUSES = ['queued', 'streaming', 'complete', 'stopped', 'partial', 'failed'] as const;

/** Why a reply ended. `filtered` = the provider cut it, `refused` = the model declined. */
export const FINISH_REASONS = ['stop', 'length', 'cancelled', 'tool_calls', 'filtered', 'refused', 'fault'] as const;

export const TURN_PHASES = [
  'queued',
  'routing',
  'shortening',
  'loading',
  'prefill',
  'thinking',
  'decoding',
  'checking',
  'storing',
] as const;

export const SPAN_KINDS = [
  'turn',
  'access',
  'prompt',
  'route',
  'cache',
  'queue',
  'load',
  'prefill',
  'attempt',
  'stream',
  'check',
  'review',
  'storage',
] as const;

export const TRACE_STATUSES = ['running', 'ok', 'stopped', 'failed'] as const;
export const TRACE_SOURCES = ['app', 'api', 'cli', 'lab'] as const;

export const FEEDBACK_REASONS = ['wrong', 'incomplete', 'too_long', 'too_slow', 'unsafe', 'format', 'other'] as const;

export const MODEL_STATES = [
  'ready',
  'loading',
  'loaded',
  'missing',
  'corrupt',
  'unsupported',
  /** A person switched it or its provider off. */
  'disabled',
  /** Its provider has no key here. */
  'no-key',
] as const;

/**
 * Where a download is: `queued` = waits for others, `waiting` = tries again by itself, `checking` = all of it is here and its sum is
 * taken, `failed` = only a person can change that.
 */
export const DOWNLOAD_STATES = ['queued', 'running', 'checking', 'waiting', 'paused', 'failed', 'done'] as const;
/** Whose SHA-256 a download is checked against: the catalogue's, the hub's own, or one a person gave. */
export const DOWNLOAD_CHECKS = ['catalogue', 'hub', 'person'] as const;

/** Whether a model of the catalogue runs well on this machine. */
export const FITS = ['fits', 'may-be-slow', 'wont-fit'] as const;
export const MODEL_KINDS = ['chat', 'code', 'embedding'] as const;
/** Programs whose model files are used where they lie. */
export const OTHER_PROGRAMS = ['ollama', 'lm-studio'] as const;

/** How a provider is spoken to. */
export const PROVIDER_KINDS = ['openai', 'anthropic', 'google', 'openai-compatible', 'local'] as const;

/**
 * How an answer from outside ended: `whole`; `cut` = the other side or the way to it broke off; `left` = this side ended it
 * before its end (stopped, a deadline, enough read).
 */
export const EGRESS_OUTCOMES = ['whole', 'cut', 'left'] as const;
export type EgressOutcome = (typeof EGRESS_OUTCOMES)[number];

/** How hard a model that reasons may think before it answers; each provider takes the nearest it knows. */
export const REASONING_EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;
export type ReasoningEffort = (typeof REASONING_EFFORTS)[number];
/** Tokens of thinking that stand for an effort where a budget is said in its place: Anthropic's models and clients (docs.claude.com, extended thinking). */
export const REASONING_BUDGETS: Readonly<Record<Exclude<ReasoningEffort, 'none'>, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
};

export const THEMES = ['system', 'light', 'dark'] as const;
export const LANGUAGES = ['system', 'en', 'zh-CN'] as const;
/** More than a person finds again by name. */
export const MOST_TRACE_VIEWS = 50;
/** A half-open breaker lets one attempt through. */
export const BREAKER_STATES = ['closed', 'open', 'half-open'] as const;
/** What closes a breaker: an answer, a new key, new settings, the network that came back, or a new start, which forgets it. */
export const BREAKER_CLOSINGS = ['answered', 'key', 'settings', 'network-back', 'restart'] as const;
/**
 * Steps of a policy's ladder besides a model: `best` = highest score, `next` = each further candidate by score, `cheaper` =
 * the same but dearer ones left out, `other-provider` = best of another provider, `local` = best of this machine,
 * `starter` = the model that ships with the app.
 */
export const POLICY_TARGETS = ['best', 'next', 'cheaper', 'other-provider', 'local', 'starter'] as const;
export const BUILT_IN_POLICIES = ['local-first', 'balanced', 'best-quality', 'cheapest', 'offline'] as const;

/** A message longer than this many UTF-16 units is refused: 1,000,000. */
export const MAX_MESSAGE_CHARS = 1_000_000;
/** A conversation title, folder name, prompt name or note is cut off here. */
export const MAX_NAME_CHARS = 200;
/** Id of the model that ships with the app. */
export const STARTER_MODEL_ID = 'local/switchyard-starter';
/** `combobox "Route"` values besides a model id. */
export const ROUTE_AUTO = 'auto';
export const ROUTE_LOCAL = 'local';

const PROXY_ADDRESS = /^(?:https?|socks(?:4a?|5h?)?):\/\/(?:\[[\dA-Fa-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?\/?$/u;
const MOST_PORT = 65_535;

/** Whether this is the address of an HTTP or SOCKS proxy, and nothing more: no user name, no password, no path. */
export function isProxyAddress(text: string): boolean {
  const found = PROXY_ADDRESS.exec(text);
  return found !== null && Number(found[1] ?? 0) <= MOST_PORT;
}
