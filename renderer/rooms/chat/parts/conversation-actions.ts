import { call, faultOf, queries } from '../../../link/index.ts';
import type { Conversation, Folder } from '../../../../electron/contract/entities/chat.ts';
import { toast } from '../../../kit/index.ts';
import { usePlace } from '../../../state/index.ts';
import { text as words } from '../text.ts';
import { knownThread } from '../transcript/thread.ts';

const failed = (error: unknown): void => {
  toast({ text: words.t('failedAction', { detail: faultOf(error).detail }), level: 'error' });
};

const listed = (id: string, change: (before: Conversation) => Conversation | null): void =>
  queries.put('chat.list', {}, (before) =>
    before === undefined
      ? before
      : {
          ...before,
          conversations: before.conversations.flatMap((each) => {
            const next = each.id === id ? change(each) : each;
            return next === null ? [] : [next];
          }),
        },
  );

export type ConversationPatch = Partial<
  Pick<Conversation, 'title' | 'folderId' | 'pinned' | 'private' | 'systemPrompt' | 'promptId' | 'sampling' | 'route'>
>;

/** Changes it on screen at once and in the core; takes it back when the core refuses. */
export async function updateConversation(conversation: Conversation, patch: ConversationPatch): Promise<boolean> {
  const show = (next: Conversation): void => {
    listed(conversation.id, () => next);
    knownThread(conversation.id)?.setConversation(next);
  };
  show({ ...conversation, ...patch });
  try {
    show(await call('chat.update', { conversationId: conversation.id, ...patch }));
    return true;
  } catch (error) {
    show(conversation);
    failed(error);
    return false;
  }
}

export async function deleteConversation(conversation: Conversation): Promise<void> {
  const { conversationId } = usePlace.getState();
  const { id } = conversation;
  try {
    await call('chat.delete', { conversationId: id });
  } catch (error) {
    return failed(error);
  }
  listed(id, () => null);
  if (conversationId === id) usePlace.getState().newChat();
  const undo = async (): Promise<void> => {
    try {
      await call('chat.restore', { conversationId: id });
      await queries.refetch('chat.list', {});
      if (conversationId === id) usePlace.getState().openConversation(id);
    } catch (error) {
      failed(error);
    }
  };
  toast({
    text: words.t('deleted', { title: conversation.title || words.t('untitled') }),
    action: { label: words.t('undo'), onAction: () => void undo() },
    durationMs: 10_000,
  });
}

export async function exportConversation(conversation: Conversation): Promise<void> {
  try {
    const { path } = await call('data.export', { conversationId: conversation.id });
    if (path !== null) toast({ text: words.t('exported', { path }), level: 'success' });
  } catch (error) {
    failed(error);
  }
}

export async function moveToNewFolder(conversation: Conversation | null, name: string): Promise<void> {
  try {
    const folder = await call('folder.create', { name });
    await queries.refetch('chat.list', {});
    if (conversation !== null) await updateConversation(conversation, { folderId: folder.id });
  } catch (error) {
    failed(error);
  }
}

export async function renameFolder(folder: Folder, name: string): Promise<void> {
  try {
    await call('folder.rename', { folderId: folder.id, name });
    await queries.refetch('chat.list', {});
  } catch (error) {
    failed(error);
  }
}

export async function deleteFolder(folder: Folder): Promise<void> {
  try {
    await call('folder.delete', { folderId: folder.id });
    await queries.refetch('chat.list', {});
    toast({ text: words.t('folderDeleted') });
  } catch (error) {
    failed(error);
  }
}
