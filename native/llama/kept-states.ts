import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Llama } from 'node-llama-cpp';
import { stateBytes } from './fit.ts';
import type { LoadedModel } from './loaded-model.ts';
import { modelPrint } from './model-print.ts';
import { commonPrefix } from './slots.ts';
import type { Slot } from './slots.ts';
import { isIntact, readStateMeta, sealState, STATE_VERSION, stateFileName } from './state-file.ts';
import type { StateMeta } from './state-file.ts';

/** Where the state of conversations is kept between two runs, and how much of it. */
export interface StatesPlace {
  readonly folder: string;
  readonly mostBytes: number;
}

export interface KeptStatesDeps {
  readonly place: StatesPlace;
  readonly llama: Pick<Llama, 'llamaCppRelease'>;
  /** Prompt tokens a second as they were measured; null = unknown. */
  readonly promptSpeed: () => number | null;
  readonly now: () => number;
  readonly onTrouble: (text: string) => void;
}

/** Conversations whose state is kept. */
export const MOST_STATES = 4;
/** Below so many tokens computing anew takes no time worth a file. */
const LEAST_TOKENS = 64;
/** Writing, checking and reading run at about so many bytes a second each; a file has to win this many times over. */
const DISK_BYTES_PER_SECOND = 250 * 2 ** 20;
const WORTH = 2;
const LEAST_GAIN_MS = 30;
/** Left free on the disk whatever is kept, in bytes. */
const SPARE_DISK_BYTES = 512 * 2 ** 20;
/** A file that was being written so long ago, in ms, belongs to a process that ended. */
const STALE_MS = 60_000;

/** Whether reading a state back is clearly quicker than computing it. Unknown speed counts as worth it for a long history only. */
export function isWorthKeeping(tokens: number, bytes: number, tokensPerSecond: number | null): boolean {
  if (tokens < LEAST_TOKENS) return false;
  if (tokensPerSecond === null) return tokens >= 1024;
  const computeMs = (tokens * 1000) / Math.max(tokensPerSecond, 0.001);
  const readMs = (bytes * 1000 * 2) / DISK_BYTES_PER_SECOND;
  return computeMs - readMs >= LEAST_GAIN_MS && computeMs >= readMs * WORTH;
}

/** The key that marks files of this installation; made with the first one. */
function keyOf(folder: string): Buffer {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'key');
  try {
    const key = readFileSync(path);
    if (key.length === 32) return key;
  } catch {
    // There is none yet.
  }
  const made = randomBytes(32);
  const temporary = `${path}.${String(process.pid)}.tmp`;
  writeFileSync(temporary, made, { mode: 0o600 });
  renameSync(temporary, path);
  return made;
}

/**
 * The state of the last conversations of one loaded model, kept in files from one run to the next. A file that is not surely right is
 * deleted and its prompt computed, as if there had been none; nothing here ever fails a reply.
 */
export function createKeptStates(loaded: LoadedModel, deps: KeptStatesDeps) {
  const { place, promptSpeed, now, onTrouble } = deps;
  const { folder, mostBytes } = place;
  const files = new Map<string, { readonly path: string; readonly meta: StateMeta }>();
  /** Conversations that may be written down, as their last request said. */
  const allowed = new Set<string>();
  /** Whose tokens stand in a slot: it bears another name already while a reply waits to begin in it. */
  const owners = new Map<number, string | null>();
  let key: Buffer | null = null;
  let binding: Promise<string> | null = null;
  // What a window has forgotten is not in a file either.
  const possible = loaded.windowTokens === null && mostBytes > 0;

  const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));
  const drop = (path: string): void => rmSync(path, { force: true });

  const bindingOf = (): Promise<string> =>
    (binding ??= modelPrint(loaded.spec.path).then((print) =>
      createHash('sha256')
        .update(
          JSON.stringify([
            STATE_VERSION,
            print,
            deps.llama.llamaCppRelease,
            process.platform,
            process.arch,
            loaded.backend,
            loaded.plan.gpuLayers,
            loaded.plan.cacheType,
            loaded.shape,
          ]),
        )
        .digest('hex'),
    ));

  /** What lies in the folder: of this model it is remembered, what cannot be read is deleted. */
  function look(): void {
    key = keyOf(folder);
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (name.endsWith('.tmp')) {
        if (now() - statSync(path).mtimeMs > STALE_MS) drop(path);
        continue;
      }
      if (!name.endsWith('.state')) continue;
      const meta = readStateMeta(path, key);
      if (!meta || name !== stateFileName(meta.stateKey)) drop(path);
      else if (meta.modelId === loaded.spec.modelId) {
        files.set(meta.stateKey, { path, meta });
        for (const { text, tokens } of meta.replies) loaded.replies.remember(text, tokens);
      }
    }
  }

  /** The oldest go until what is left fits. */
  function shrink(): void {
    const all = readdirSync(folder)
      .filter((name) => name.endsWith('.state'))
      .map((name) => ({ path: join(folder, name), ...statOf(join(folder, name)) }))
      .sort((a, b) => b.mtimeMs - a.mtimeMs);
    let bytes = 0;
    for (const [at, file] of all.entries()) {
      bytes += file.size;
      if (at >= MOST_STATES || bytes > mostBytes) drop(file.path);
    }
  }

  /** Replies of this conversation as they were generated: those whose tokens stand in its state. */
  function repliesIn(tokens: readonly number[]): StateMeta['replies'] {
    const joined = `,${tokens.join(',')},`;
    return loaded.replies
      .all()
      .filter((reply) => reply.tokens.length > 0 && joined.includes(`,${reply.tokens.join(',')},`))
      .map((reply) => ({ text: reply.text, tokens: [...reply.tokens] }));
  }

  async function write(slot: Slot, stateKey: string): Promise<void> {
    if (!key) return;
    const tokens = [...slot.tokens];
    const path = join(folder, stateFileName(stateKey));
    const temporary = `${path}.${String(process.pid)}.tmp`;
    try {
      // Made before the engine writes, so that nobody else can read it.
      writeFileSync(temporary, '', { mode: 0o600 });
      await loaded.context().addon.saveSequenceStateToFile(temporary, slot.id, Uint32Array.from(tokens));
      const about = { stateKey, modelId: loaded.spec.modelId, binding: await bindingOf(), savedAt: now() };
      const meta = await sealState(temporary, key, { ...about, tokens, replies: repliesIn(tokens) });
      // It may have been deleted, or become private, while it was being written.
      if (!allowed.has(stateKey)) return drop(temporary);
      renameSync(temporary, path);
      files.set(stateKey, { path, meta });
    } catch (error) {
      drop(temporary);
      onTrouble(`state not kept: ${words(error)}`);
    }
  }

  if (possible) {
    try {
      look();
      // Known by the time a reply asks for it, or else told then.
      if (files.size > 0) bindingOf().catch(() => undefined);
    } catch (error) {
      key = null;
      onTrouble(`kept states cannot be used: ${words(error)}`);
    }
  }

  return {
    /** A request of this conversation came: whether its state may be written down. What was, goes when it may not. */
    allow(stateKey: string | null, may: boolean): void {
      if (stateKey === null) return;
      if (may) allowed.add(stateKey);
      else this.forget(stateKey);
    },
    /** Nothing of this conversation is kept, whatever was said before. */
    forget(stateKey: string): void {
      allowed.delete(stateKey);
      files.delete(stateKey);
      drop(join(folder, stateFileName(stateKey)));
    },
    /**
     * Called when a reply begins in a slot, before anything is computed in it. Fills the slot from its conversation's file where that spares computing: when the file continues further into this prompt than what
     * the slot holds. True when it did.
     */
    async restore(slot: Slot, prompt: readonly number[]): Promise<boolean> {
      owners.set(slot.id, slot.key);
      const file = slot.key === null ? undefined : files.get(slot.key);
      if (!file || slot.key === null) return false;
      // Once is enough: from here on the slot itself is ahead of the file.
      files.delete(slot.key);
      const { path, meta } = file;
      const gain = commonPrefix(meta.tokens, prompt) - commonPrefix(slot.tokens, prompt);
      if (gain < LEAST_TOKENS) return false;
      const { addon, contextTokens } = loaded.context();
      try {
        const sound =
          meta.tokens.length < contextTokens && meta.binding === (await bindingOf()) && (await isIntact(path, meta));
        if (!sound) throw new Error('it is not of this model and engine, or was changed');
        addon.disposeSequence(slot.id);
        slot.tokens = [];
        const tokens = await addon.loadSequenceStateFromFile(path, slot.id, contextTokens);
        if (tokens.length !== meta.tokens.length || meta.tokens.some((token, at) => token !== tokens[at]))
          throw new Error('it holds another text than it says');
        slot.tokens = [...tokens];
        return true;
      } catch (error) {
        onTrouble(`kept state dropped: ${words(error)}`);
        drop(path);
        if (slot.tokens.length === 0) addon.disposeSequence(slot.id);
        return false;
      }
    },
    /** Writes the state of the last conversations, the newest first, as long as `goOn`. Nobody may be answered meanwhile. */
    async save(goOn: () => boolean = () => true): Promise<void> {
      if (!key) return;
      const perToken = stateBytes(loaded.shape, loaded.plan.cacheType);
      let bytes = 0;
      let kept = 0;
      const newest = [...loaded.context().slots.all].sort((a, b) => b.usedAt - a.usedAt);
      for (const slot of newest) {
        if (kept >= MOST_STATES || !goOn()) break;
        const { key: stateKey, tokens } = slot;
        if (stateKey === null || slot.busy || !allowed.has(stateKey) || owners.get(slot.id) !== stateKey) continue;
        const own = perToken * tokens.length;
        if (!isWorthKeeping(tokens.length, own, promptSpeed())) continue;
        if (bytes + own > mostBytes || own > freeDiskBytes(folder) - SPARE_DISK_BYTES) continue;
        bytes += own;
        kept++;
        await write(slot, stateKey);
      }
      if (kept > 0) shrink();
    },
  };
}
export type KeptStates = ReturnType<typeof createKeptStates>;

function statOf(path: string): { size: number; mtimeMs: number } {
  try {
    const { size, mtimeMs } = statSync(path);
    return { size, mtimeMs };
  } catch {
    return { size: 0, mtimeMs: 0 };
  }
}

function freeDiskBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
