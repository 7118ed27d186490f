import { fromHost, toHost } from '../../native/llama/protocol.ts';
import type { BenchWish, FromHost, ToHost } from '../../native/llama/protocol.ts';
import type { HostProcess, SpawnHost } from '../../native/llama/spawn.ts';

type GenerateMessage = Extract<ToHost, { t: 'generate' }>;

/** What the scripted engine does for one request, in order. */
export type Step =
  /** Says this text as `tokens` tokens (default 1). */
  | { readonly say: string; readonly tokens?: number }
  /** Waits so many ms of real time. */
  | { readonly waitMs: number }
  /** Waits until the test calls `release(name)`. */
  | { readonly hold: string }
  /** The process ends, with this code or (null) as if killed. */
  | { readonly crash: number | null }
  /** Says nothing any more, not even to pings; only `kill` ends it. */
  | { readonly hang: true }
  /** Sends something that is no protocol message. */
  | { readonly garbage: unknown }
  /** Ends the request with this fault. */
  | { readonly fail: Extract<FromHost, { t: 'fail' }>['code']; readonly detail?: string }
  /** Ends the reply here. Without one it ends with `stop` after the last step. */
  | { readonly finish: 'stop' | 'length' };

export interface ScriptedEngineOptions {
  /** Steps for each request; the default echoes the last message. */
  readonly script?: (request: GenerateMessage, index: number) => readonly Step[];
  readonly contextTokens?: number;
  readonly backend?: string;
  readonly warning?: string | null;
  readonly loadMs?: number;
  /** Ms of real time until the process is ready; what is asked before waits. None when absent. */
  readonly startMs?: number;
  /** Figures of one measurement, of a probe the probability of every token in place of `prefill`; null = it hangs in it until it is ended. */
  readonly bench?: (wish: BenchWish, index: number) => { prefill: number; decode: number } | null;
  /** Requests it answers at once; 1 when absent. */
  readonly sequences?: number;
}

const words = (text: string): number => text.split(/\s+/).filter(Boolean).length;

/**
 * A fake engine that speaks the host's protocol in this process. Pass `spawn` where a SpawnHost is wanted. Messages arrive on
 * later turns of the event loop, as they would from a process.
 */
export function createScriptedEngine(options: ScriptedEngineOptions = {}) {
  const requests: GenerateMessage[] = [];
  const held = new Map<string, () => void>();
  const released = new Set<string>();
  const hosts = new Set<{ end(code: number | null): void }>();
  const forgotten: string[] = [];
  const starts: Extract<ToHost, { t: 'start' }>[] = [];
  let spawned = 0;
  let benched = 0;

  const spawn: SpawnHost = () => {
    spawned++;
    let onMessage: (message: unknown) => void = () => undefined;
    let onExit: (code: number | null) => void = () => undefined;
    let alive = true;
    let hanging = false;
    let loadedPath: string | null = null;
    let loadedId = '';
    let work: Promise<void> = Promise.resolve();
    let started: Promise<void> | null = null;
    const stopped = new Set<number>();
    const wakeStopped = new Map<number, () => void>();

    const raw = (message: unknown): void => {
      if (alive && !hanging) setImmediate(() => alive && !hanging && onMessage(structuredClone(message)));
    };
    const send = (message: FromHost): void => raw(fromHost.parse(message));
    const self = {
      end(code: number | null): void {
        if (!alive) return;
        alive = false;
        hosts.delete(self);
        setImmediate(() => onExit(code));
      },
    };
    hosts.add(self);

    const ready = (id: number, model: GenerateMessage['model']): number => {
      const loadMs = loadedPath === model.path ? 0 : (options.loadMs ?? 5);
      if (loadMs > 0) send({ t: 'loading', id, fraction: null });
      loadedPath = model.path;
      loadedId = model.modelId;
      const contextTokens = options.contextTokens ?? 4096;
      send({
        t: 'loaded',
        id,
        modelId: model.modelId,
        loadMs,
        backend: options.backend ?? 'cpu',
        threads: 1,
        contextTokens,
        sequences: options.sequences ?? 1,
        usedBytes: 1e8,
        estimatedBytes: 1e8,
        gpuLayers: (options.backend ?? 'cpu') === 'cpu' ? 0 : 33,
      });
      return loadMs;
    };

    async function run(request: GenerateMessage): Promise<void> {
      const { id } = request;
      const index = requests.push(request) - 1;
      const loadMs = ready(id, request.model);
      const tokensIn = request.messages.reduce((sum, message) => sum + words(message.text) + 4, 0);
      const tokensCached = request.messages.length > 1 ? Math.floor(tokensIn / 2) : 0;
      send({ t: 'prefill', id, tokensIn, tokensCached });
      const said = request.messages.at(-1)?.text ?? '';
      const steps = options.script?.(request, index) ?? [{ say: `You said: ${said}` }];
      let tokensOut = 0;
      let finish: 'stop' | 'length' | 'cancelled' = 'stop';
      const untilStopped = new Promise<void>((resolve) => wakeStopped.set(id, resolve));
      for (const step of steps) {
        if (stopped.has(id)) break;
        if ('say' in step) {
          const tokens = step.tokens ?? 1;
          tokensOut += tokens;
          send({ t: 'delta', id, text: step.say, tokens });
          // One turn of the event loop, so that a stop sent on seeing this text is heard.
          await new Promise<void>((resolve) => setImmediate(resolve));
        } else if ('waitMs' in step) {
          await Promise.race([new Promise<void>((resolve) => setTimeout(resolve, step.waitMs)), untilStopped]);
        } else if ('hold' in step) {
          if (!released.has(step.hold)) {
            await Promise.race([new Promise<void>((resolve) => held.set(step.hold, resolve)), untilStopped]);
          }
        } else if ('crash' in step) {
          await new Promise<void>((resolve) => setImmediate(resolve));
          return self.end(step.crash);
        } else if ('hang' in step) {
          await new Promise<void>((resolve) => setImmediate(resolve));
          hanging = true;
          return;
        } else if ('garbage' in step) raw(step.garbage);
        else if ('fail' in step) {
          const detail = step.detail ?? 'The scripted engine was told to fail.';
          return send({ t: 'fail', id, code: step.fail, detail, tokensIn, tokensCached, tokensOut });
        } else {
          finish = step.finish;
          break;
        }
      }
      if (stopped.has(id)) finish = 'cancelled';
      send({
        t: 'end',
        id,
        finish,
        tokensIn,
        tokensCached,
        tokensOut,
        loadMs,
        waitMs: 0,
        prefillMs: 1,
        decodeMs: tokensOut,
        tokensPerSecond: tokensOut > 1 ? 1000 : null,
        attributes: { backend: options.backend ?? 'cpu' },
      });
    }

    const handle = (message: ToHost): void => {
      switch (message.t) {
        case 'start':
          starts.push(message);
          return send({ t: 'ready', backend: options.backend ?? 'cpu', warning: options.warning ?? null, cores: 2 });
        case 'generate':
          if ((options.sequences ?? 1) > 1) void run(message);
          else work = work.then(() => (alive ? run(message) : undefined));
          return;
        case 'stop':
          stopped.add(message.id);
          wakeStopped.get(message.id)?.();
          return;
        case 'load':
          ready(message.id, message.model);
          return send({ t: 'done', id: message.id, tokens: null });
        case 'count':
          return send({
            t: 'done',
            id: message.id,
            tokens: message.messages.reduce((sum, { text }) => sum + words(text) + 4, 0),
          });
        case 'embed':
          ready(message.id, message.model);
          message.texts.forEach((text, at) => {
            const vector = Buffer.from(Float32Array.of(1).buffer).toString('base64');
            send({ t: 'embedded', id: message.id, at, vector, tokens: words(text) });
          });
          return send({ t: 'done', id: message.id, tokens: null });
        case 'calibrate':
          ready(message.id, message.model);
          send({
            t: 'measured',
            modelId: message.model.modelId,
            measurement: {
              backend: options.backend ?? 'cpu',
              decodeThreads: 1,
              prefillThreads: 2,
              decodeTokensPerSecond: 1000,
              prefillTokensPerSecond: 5000,
              measuredAt: 1_700_000_000_000,
            },
          });
          return send({ t: 'done', id: message.id, tokens: null });
        case 'bench': {
          ready(message.id, message.model);
          const found = options.bench ? options.bench(message.wish, benched++) : { prefill: 100, decode: 10 };
          if (!found) return;
          const { wish } = message;
          if (wish.kind === 'probe') {
            const tokens = Array.from({ length: wish.length }, (_, at) => at + 1);
            const probabilities = tokens.map(() => found.prefill);
            const speeds = { prefillTokensPerSecond: 1, decodeTokensPerSecond: found.decode };
            send({ t: 'benched', id: message.id, ...speeds, freeCores: 2, probe: { tokens, probabilities } });
            return send({ t: 'done', id: message.id, tokens: null });
          }
          const alone = wish.kind === 'threads';
          const prefillTokensPerSecond = alone ? found.prefill : null;
          send({
            t: 'benched',
            id: message.id,
            prefillTokensPerSecond,
            decodeTokensPerSecond: found.decode,
            freeCores: 2,
          });
          return send({ t: 'done', id: message.id, tokens: null });
        }
        case 'unload':
          if (loadedPath !== null) send({ t: 'unloaded', modelId: loadedId });
          loadedPath = null;
          return send({ t: 'done', id: message.id, tokens: null });
        case 'forget':
          return void forgotten.push(message.stateKey);
        case 'ping':
          return send({ t: 'pong', id: message.id });
        case 'exit':
          return self.end(0);
      }
    };

    return {
      pid: 1_000_000 + spawned,
      post: (message: unknown) => {
        const copy: unknown = structuredClone(message);
        setImmediate(() => {
          const take = (): void => void (alive && !hanging && handle(toHost.parse(copy)));
          const { startMs } = options;
          if (startMs === undefined) return take();
          started ??= new Promise((resolve) => setTimeout(resolve, startMs));
          void started.then(take);
        });
      },
      onMessage: (listener) => void (onMessage = listener),
      onExit: (listener) => void (onExit = listener),
      kill: () => self.end(null),
    } satisfies HostProcess;
  };

  return {
    spawn,
    /** Requests seen so far, oldest first. */
    requests: requests as readonly GenerateMessage[],
    /** How each process was started. */
    starts: starts as readonly Extract<ToHost, { t: 'start' }>[],
    /** Conversations whose state had to go. */
    forgotten: forgotten as readonly string[],
    /** How many processes were started. */
    spawned: (): number => spawned,
    alive: (): number => hosts.size,
    /** Lets a script pass its `hold` of this name, now or when it gets there. */
    release(name: string): void {
      released.add(name);
      held.get(name)?.();
    },
    /** Ends every running process from outside, as `kill -9` does. */
    killAll(): void {
      for (const host of [...hosts]) host.end(null);
    },
  };
}
export type ScriptedEngine = ReturnType<typeof createScriptedEngine>;
