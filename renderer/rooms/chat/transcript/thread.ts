import type { Conversation, Message } from '../../../../electron/contract/entities/chat.ts';
import type { Fault } from '../../../../electron/contract/faults.ts';
import { call, faultOf, mintId } from '../../../link/index.ts';

const PAGE = 60;
/** Messages kept in memory around what is on screen. */
const KEEP_PAGES = 40;

/** One conversation's shown branch: what is loaded of it, by index. Stored rows only; live text has its own buffer. */
export interface Thread {
  readonly conversationId: string;
  /** False until the core has it: a new chat before its first message. */
  stored: boolean;
  version(): number;
  subscribe(listener: () => void): () => void;
  conversation(): Conversation | null;
  total(): number;
  at(index: number): Message | undefined;
  indexOf(messageId: string): number;
  loading(): boolean;
  fault(): Fault | null;
  /** Asks for what is missing between two indexes. */
  ensure(from: number, to: number): void;
  /** Reads the end of the branch, at first or again. */
  open(): Promise<void>;
  /** Reads again what is loaded near `index`: it went stale. */
  refresh(index: number): Promise<void>;
  /** Shows another branch: everything from `index` on is unknown now. */
  rebase(conversation: Conversation, index: number): Promise<void>;
  /** Rows that are known without asking. */
  put(messages: readonly Message[], conversation?: Conversation): void;
  /** Draws no change until the returned function is called. What is asked meanwhile knows them all. */
  hold(): () => void;
  /** Takes optimistic rows back. */
  drop(messageIds: readonly string[]): void;
  setConversation(conversation: Conversation): void;
  /** Replies that are being written or wait, in the order they will be answered. */
  live(): readonly Message[];
}

const isLive = (message: Message): boolean => message.status === 'streaming' || message.status === 'queued';

function createThread(conversationId: string, stored: boolean): Thread {
  const rows = new Map<number, Message>();
  const listeners = new Set<() => void>();
  const asked = new Set<number>();
  let version = 0;
  let conversation: Conversation | null = null;
  let total = 0;
  let fault: Fault | null = null;
  let loading = stored;
  let epoch = 0;

  let holds = 0;

  const changed = (): void => {
    version += 1;
    if (holds > 0) return;
    for (const listener of [...listeners]) listener();
  };

  const same = (a: Message | undefined, b: Message): boolean =>
    a !== undefined && JSON.stringify(a) === JSON.stringify(b);

  const set = (index: number, message: Message): void => {
    if (!same(rows.get(index), message)) rows.set(index, message);
  };

  const trim = (around: number): void => {
    if (rows.size <= PAGE * KEEP_PAGES) return;
    for (const [index, message] of rows) {
      if (Math.abs(index - around) > PAGE * (KEEP_PAGES / 2) && !isLive(message) && index < total - PAGE) {
        rows.delete(index);
        asked.delete(Math.floor(index / PAGE));
      }
    }
  };

  const fetch = async (fromIndex: number | undefined, limit: number): Promise<void> => {
    const mine = epoch;
    try {
      const page = await call('chat.thread', {
        conversationId,
        limit,
        ...(fromIndex === undefined ? {} : { fromIndex }),
      });
      if (mine !== epoch) return;
      conversation = page.conversation;
      // Rows sent a moment ago may not be in an answer that was read before them.
      const newest = Math.max(-1, ...[...rows].filter(([, row]) => isLive(row)).map(([index]) => index));
      total = Math.max(page.total, newest + 1);
      page.messages.forEach((message, i) => set(page.fromIndex + i, message));
      for (const index of rows.keys()) if (index >= total) rows.delete(index);
      fault = null;
      trim(page.fromIndex);
    } catch (error) {
      if (mine !== epoch) return;
      fault = faultOf(error);
      asked.clear();
    }
    loading = false;
    changed();
  };

  return {
    conversationId,
    stored,
    version: () => version,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    conversation: () => conversation,
    total: () => total,
    at: (index) => rows.get(index),
    indexOf(messageId) {
      for (const [index, row] of rows) if (row.id === messageId) return index;
      return -1;
    },
    loading: () => loading,
    fault: () => fault,
    ensure(from, to) {
      const first = Math.floor(Math.max(0, from) / PAGE);
      const last = Math.floor(Math.min(total - 1, to) / PAGE);
      for (let page = first; page <= last; page++) {
        if (asked.has(page)) continue;
        const start = page * PAGE;
        let missing = false;
        for (let i = start; i < Math.min(total, start + PAGE); i++) missing ||= !rows.has(i);
        if (!missing) continue;
        asked.add(page);
        void fetch(start, PAGE);
      }
    },
    open() {
      loading = rows.size === 0;
      fault = null;
      changed();
      return fetch(undefined, PAGE);
    },
    async refresh(index) {
      asked.clear();
      const start = Math.max(0, index - PAGE / 2);
      await fetch(start, PAGE);
      if (start + PAGE < total) await fetch(undefined, PAGE);
    },
    async rebase(next, index) {
      epoch += 1;
      conversation = next;
      asked.clear();
      for (const at of rows.keys()) if (at >= index) rows.delete(at);
      await fetch(Math.max(0, index - PAGE / 2), PAGE * 2);
    },
    put(messages, next) {
      if (next !== undefined) conversation = next;
      this.stored = true;
      for (const message of messages) {
        const known = this.indexOf(message.id);
        const index = known >= 0 ? known : message.depth;
        set(index, message);
        if (known < 0) {
          total = index + 1;
          for (const at of rows.keys()) if (at > index) rows.delete(at);
        }
      }
      loading = false;
      changed();
    },
    hold() {
      holds += 1;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        holds -= 1;
        changed();
      };
    },
    drop(messageIds) {
      for (const messageId of messageIds) {
        const index = this.indexOf(messageId);
        if (index < 0) continue;
        rows.delete(index);
        if (index === total - 1) total -= 1;
      }
      changed();
    },
    setConversation(next) {
      conversation = next;
      changed();
    },
    live: () =>
      [...rows.values()].filter((row) => row.role === 'assistant' && isLive(row)).sort((a, b) => a.depth - b.depth),
  };
}

const threads = new Map<string, Thread>();
const KEEP_THREADS = 6;

/** The thread of a conversation, kept while it is among the last few opened. */
export function threadOf(conversationId: string, stored = true): Thread {
  const found = threads.get(conversationId);
  const thread = found ?? createThread(conversationId, stored);
  threads.delete(conversationId);
  threads.set(conversationId, thread);
  for (const [id, old] of threads) {
    if (threads.size <= KEEP_THREADS) break;
    if (old.live().length === 0 && id !== conversationId) threads.delete(id);
  }
  return thread;
}

export const knownThread = (conversationId: string): Thread | undefined => threads.get(conversationId);

/** A conversation that exists only here until its first message: `chat.list` learns of it then. */
export function newThread(): Thread {
  return threadOf(mintId(), false);
}
