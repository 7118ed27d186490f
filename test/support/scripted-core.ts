import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../electron/base/clock.ts';
import { createMintId } from '../../electron/base/ids.ts';
import type { LogFields } from '../../electron/base/log.ts';
import { createCore } from '../../electron/core.ts';
import type { Core, CoreOptions } from '../../electron/core.ts';
import type { TurnEvent } from '../../electron/contract/streams.ts';
import { createScriptedEngine } from './scripted-engine.ts';
import type { ScriptedEngine, ScriptedEngineOptions, Step } from './scripted-engine.ts';

export const RESOURCES_DIR = resolve(import.meta.dirname, '..', '..', 'resources');

/** Ids for what a window would mint. */
export const mintId = createMintId({ now: () => Date.now() }, (bytes) => crypto.getRandomValues(bytes));

/** A folder that is gone when the test is over. */
export function makeFolder(prefix = 'switchyard-flow-'): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return folder;
}

export interface TestCore {
  readonly core: Core;
  readonly engine: ScriptedEngine;
  readonly dataDir: string;
  readonly log: { event: string; fields: LogFields }[];
  readonly notices: string[];
  /** Stores a message; `conversationId` absent = a new conversation. */
  send(
    text: string,
    more?: Partial<Parameters<Core['turns']['start']>[0]>,
  ): ReturnType<Core['turns']['start']> & { turnId: string };
  /** Stores a message and waits for the stored end. */
  ask(
    text: string,
    more?: Partial<Parameters<Core['turns']['start']>[0]>,
  ): Promise<Extract<TurnEvent, { kind: 'end' }>>;
  /** Resolves when the live text of a turn holds `part`. */
  seen(turnId: string, part: string): Promise<string>;
  dispose(): Promise<void>;
}

type CoreScript = ScriptedEngineOptions['script'] | readonly Step[];
type TestOptions = Partial<CoreOptions> & { readonly engine?: ScriptedEngineOptions };

/** The whole core on a real database and the real model room; only the engine process is scripted. Gone when the test is over. */
export async function makeCore(script?: CoreScript, options: TestOptions = {}): Promise<TestCore> {
  const made = await openCore(options.dataDir ?? makeFolder(), script, options);
  onTestFinished(() => made.dispose());
  return made;
}

/** The same for several tests together: whoever opens it disposes of it. */
export async function openCore(dataDir: string, script?: CoreScript, options: TestOptions = {}): Promise<TestCore> {
  const steps = script;
  const engine = createScriptedEngine({
    ...options.engine,
    ...(typeof steps === 'function' ? { script: steps } : steps ? { script: () => steps } : {}),
  });
  const log: TestCore['log'] = [];
  const core = createCore({
    resourcesDir: RESOURCES_DIR,
    spawnHost: engine.spawn,
    clock: systemClock,
    log: { write: (level, event, fields = {}) => void (level === 'debug' || log.push({ event, fields })) },
    source: 'app',
    ...options,
    dataDir,
  });
  await core.models.ready;
  const notices: string[] = [];
  core.announce.on((signal) => {
    if (signal.name === 'notice') notices.push(signal.payload.text);
  });
  const send: TestCore['send'] = (text, more = {}) => {
    const turnId = mintId();
    const ids = { turnId, conversationId: mintId(), userMessageId: mintId(), replyId: mintId() };
    return { ...core.turns.start({ ...ids, text, ...more }), turnId: more.turnId ?? turnId };
  };
  const made: TestCore = {
    core,
    engine,
    dataDir,
    log,
    notices,
    send,
    ask: (text, more) => core.turns.ended(send(text, more).turnId),
    seen: (turnId, part) =>
      new Promise((done) => {
        let text = '';
        core.turns.read(turnId, 0, (event) => {
          if (event.kind === 'delta') text += event.text;
          if (event.kind === 'snapshot') text = event.text;
          if (text.includes(part)) done(text);
        });
      }),
    dispose: () => core.dispose(),
  };
  return made;
}
