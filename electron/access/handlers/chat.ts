import type { HandlersOf, Services } from '../services.ts';

type Names =
  | 'chat.list'
  | 'chat.get'
  | 'chat.thread'
  | 'chat.create'
  | 'chat.update'
  | 'chat.delete'
  | 'chat.restore'
  | 'chat.showBranch'
  | 'chat.locate'
  | 'chat.search'
  | 'draft.get'
  | 'draft.save'
  | 'folder.create'
  | 'folder.rename'
  | 'folder.delete';

/** Conversations, folders and drafts. */
export const chatHandlers = ({ chats, onTyping }: Services): HandlersOf<Names> => ({
  'chat.list': () => chats.list(),
  'chat.get': ({ conversationId }) => chats.get(conversationId),
  'chat.thread': ({ conversationId, fromIndex, limit }) => chats.thread(conversationId, fromIndex ?? null, limit),
  'chat.create': (input) => chats.create(input),
  'chat.update': ({ conversationId, ...patch }) => chats.update(conversationId, patch),
  'chat.delete': ({ conversationId }) => {
    chats.remove(conversationId);
    return {};
  },
  'chat.restore': ({ conversationId }) => chats.restore(conversationId),
  'chat.showBranch': ({ messageId }) => chats.showBranch(messageId),
  'chat.locate': ({ messageId }) => chats.locate(messageId),
  'chat.search': ({ text, limit }) => ({ hits: chats.search(text, limit) }),
  'draft.get': ({ conversationId }) => ({ text: chats.draft(conversationId) }),
  'draft.save': ({ conversationId, text }) => {
    chats.saveDraft(conversationId, text);
    if (text !== '') onTyping();
    return {};
  },
  'folder.create': ({ name }) => chats.createFolder(name),
  'folder.rename': ({ folderId, name }) => chats.renameFolder(folderId, name),
  'folder.delete': ({ folderId }) => {
    chats.removeFolder(folderId);
    return {};
  },
});
