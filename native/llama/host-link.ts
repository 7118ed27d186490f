import { say } from '../../electron/contract/sentences/index.ts';
import type { Log } from '../../electron/base/log.ts';
import { fromHost } from './protocol.ts';
import type { FromHost, ToHost } from './protocol.ts';
import type { SpawnHost } from './spawn.ts';

export interface HostLimits {
  /** While work runs the host is asked this often whether it lives. */
  readonly pingMs: number;
  /** A host that says nothing at all for so long hangs and is ended. */
  readonly hangMs: number;
  /** A host that answers pings but makes no progress on its work for so long is ended too (a lost GPU, say). */
  readonly stallMs: number;
  /** How long an asked host may take to end by itself. */
  readonly closeMs: number;
}
export const HOST_LIMITS: HostLimits = { pingMs: 5000, hangMs: 30_000, stallMs: 600_000, closeMs: 2000 };

export interface HostLinkDeps {
  readonly spawn: SpawnHost;
  readonly log: Log;
  readonly limits: Partial<HostLimits>;
  readonly onMessage: (message: FromHost) => void;
  /** Once, unless it was closed. `reason` completes "The engine process ...". */
  readonly onLost: (reason: string) => void;
}

/** One engine process: checks every message, notices when it ends, hangs or talks nonsense. */
export function createHostLink({ spawn, log, limits, onMessage, onLost }: HostLinkDeps) {
  const { pingMs, hangMs, stallMs, closeMs } = { ...HOST_LIMITS, ...limits };
  const host = spawn();
  let over = false;
  let exited: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (exited = resolve));
  let pings = 0;
  let silentMs = 0;
  let stalledMs = 0;
  let timer: ReturnType<typeof setInterval> | null = null;

  const stopWatching = (): void => {
    if (timer) clearInterval(timer);
    timer = null;
  };
  const lost = (reason: string): void => {
    if (over) return;
    over = true;
    stopWatching();
    host.kill();
    onLost(reason);
  };

  host.onExit((code) => {
    exited();
    lost(code === null ? say('model.ended.killed') : say('model.ended.code', { code }));
  });
  host.onMessage((data) => {
    if (over) return;
    const parsed = fromHost.safeParse(data);
    silentMs = 0;
    if (!parsed.success) return lost(say('model.ended.nonsense'));
    const message = parsed.data;
    if (message.t === 'pong') return;
    if (message.t === 'log') return log.write(message.level, 'engine.log', { text: message.text });
    stalledMs = 0;
    onMessage(message);
  });

  return {
    pid: host.pid,
    post(message: ToHost): void {
      if (!over) host.post(message);
    },
    /** Watches for hangs while there is work. */
    watch(on: boolean): void {
      if (!on || over) return stopWatching();
      silentMs = 0;
      stalledMs = 0;
      if (timer) return;
      timer = setInterval(() => {
        silentMs += pingMs;
        stalledMs += pingMs;
        if (silentMs > hangMs) return lost(say('model.ended.hung'));
        if (stalledMs > stallMs) return lost(say('model.ended.stalled'));
        host.post({ t: 'ping', id: ++pings } satisfies ToHost);
      }, pingMs);
      timer.unref();
    },
    /** Ends it in order, by force when it takes too long. Resolves when it is gone. */
    async close(): Promise<void> {
      if (!over) {
        over = true;
        stopWatching();
        host.post({ t: 'exit' } satisfies ToHost);
      }
      const force = setTimeout(() => host.kill(), closeMs);
      await gone;
      clearTimeout(force);
    },
  };
}
export type HostLink = ReturnType<typeof createHostLink>;
