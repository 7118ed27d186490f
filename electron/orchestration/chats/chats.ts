import { say } from '../../contract/sentences/index.ts';
import type { SentenceCode } from '../../contract/sentences/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { MintId } from '../../base/ids.ts';
import type { Config } from '../../contract/config.ts';
import type { Conversation, Folder, Message, SearchHit } from '../../contract/entities/chat.ts';
import { refuse } from '../../contract/faults.ts';
import { MAX_MESSAGE_CHARS, MAX_NAME_CHARS } from '../../contract/names.ts';
import type { ChatWriter, Store } from '../../storage/store.ts';
import type { Announce } from '../announce.ts';
import type { Turns } from '../turn/turns.ts';

/** Deleted conversations can be brought back this long, in ms: 30 days. */
const KEEP_DELETED_MS = 30 * 24 * 60 * 60 * 1000;

/** A name as it is stored: one line, trimmed, cut to the limit. Refuses an empty one. */
export function cleanName(name: string, empty: SentenceCode): string {
  const clean = name
    .toWellFormed()
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_NAME_CHARS)
    .toWellFormed();
  if (clean === '') throw refuse(say(empty));
  return clean;
}

type Patch = Parameters<ChatWriter['update']>[1];

/** What can be changed about a conversation. */
export type ChatPatch = { [K in keyof Omit<Patch, 'titleSource'>]?: Patch[K] | undefined };

export interface Chats {
  list(): { conversations: Conversation[]; folders: Folder[] };
  get(conversationId: string): Conversation;
  thread(
    conversationId: string,
    fromIndex: number | null,
    limit: number,
  ): { conversation: Conversation; total: number; fromIndex: number; messages: Message[] };
  create(input: { conversationId: string; private?: boolean | undefined; route?: string | undefined }): Conversation;
  update(conversationId: string, patch: ChatPatch): Conversation;
  remove(conversationId: string): void;
  restore(conversationId: string): Conversation;
  showBranch(messageId: string): Conversation;
  locate(messageId: string): { conversation: Conversation; index: number };
  search(text: string, limit: number): SearchHit[];
  draft(conversationId: string | null): string;
  saveDraft(conversationId: string | null, text: string): void;
  createFolder(name: string): Folder;
  renameFolder(folderId: string, name: string): Folder;
  removeFolder(folderId: string): void;
  /** Forgets what was deleted more than 30 days ago; returns how many conversations. */
  purge(): number;
}

export interface ChatsDeps {
  readonly store: Store;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly mintId: MintId;
  readonly announce: Announce;
  readonly config: () => Config;
  /** A conversation was deleted or became private: nothing of it may serve another one. */
  readonly onWithdrawn?: (conversationId: string) => void;
}

export function createChats(deps: ChatsDeps): Chats {
  const { announce, clock } = deps;
  const { chat } = deps.store;
  const changed = <T>(result: T, conversationId: string | null): T => {
    announce.topics(conversationId === null ? ['chats'] : ['chats', `chat:${conversationId}`]);
    return result;
  };
  const get = (conversationId: string): Conversation => {
    const conversation = chat.get(conversationId);
    if (!conversation) throw refuse(say('app.chat.gone'), 'not_found');
    return conversation;
  };

  return {
    list: () => chat.list(),
    get,
    thread(conversationId, fromIndex, limit) {
      const conversation = get(conversationId);
      return { conversation, ...chat.thread(conversationId, fromIndex, limit) };
    },
    create(input) {
      const known = chat.get(input.conversationId);
      if (known) return known;
      const { defaultPrivate, defaultRoute } = deps.config().chat;
      const conversation = chat.create({
        id: input.conversationId,
        title: '',
        private: input.private ?? defaultPrivate,
        route: input.route ?? defaultRoute,
        at: clock.now(),
      });
      return changed(conversation, conversation.id);
    },
    update(conversationId, patch) {
      get(conversationId);
      const given: Patch = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
      const titled: Patch =
        given.title === undefined
          ? given
          : { ...given, title: cleanName(given.title, 'app.chat.title_empty'), titleSource: 'user' };
      const updated = chat.update(conversationId, titled, clock.now());
      if (given.private === true) deps.onWithdrawn?.(conversationId);
      return changed(updated, conversationId);
    },
    remove(conversationId) {
      deps.turns.stopConversation(conversationId);
      chat.remove(conversationId, clock.now());
      deps.onWithdrawn?.(conversationId);
      changed(null, conversationId);
    },
    restore: (conversationId) => changed(chat.restore(conversationId), conversationId),
    showBranch(messageId) {
      const conversation = chat.showBranch(messageId);
      return changed(conversation, conversation.id);
    },
    locate(messageId) {
      const conversation = chat.showBranch(messageId);
      return changed({ conversation, index: chat.indexOf(messageId) }, conversation.id);
    },
    search: (text, limit) => (text.trim() === '' ? [] : chat.search(text.toWellFormed(), limit)),
    draft: (conversationId) => chat.draft(conversationId),
    saveDraft(conversationId, text) {
      if (text.length > 2 * MAX_MESSAGE_CHARS) throw refuse(say('app.chat.draft_long'));
      chat.saveDraft(conversationId, text.toWellFormed());
    },
    createFolder(name) {
      const at = clock.now();
      const folder = { id: deps.mintId(), name: cleanName(name, 'app.chat.folder_empty'), position: at, createdAt: at };
      return changed(chat.createFolder(folder), null);
    },
    renameFolder: (folderId, name) =>
      changed(chat.renameFolder(folderId, cleanName(name, 'app.chat.folder_empty')), null),
    removeFolder(folderId) {
      changed(chat.removeFolder(folderId), null);
    },
    purge: () => chat.purgeDeletedBefore(clock.now() - KEEP_DELETED_MS),
  };
}
