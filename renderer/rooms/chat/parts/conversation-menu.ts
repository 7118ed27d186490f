import { Download, Folder as FolderIcon, FolderMinus, FolderPlus, Pencil, Pin, PinOff, Trash2 } from 'lucide-react';
import type { Conversation, Folder } from '../../../../electron/contract/entities/chat.ts';
import type { MenuItem, NameDialogProps } from '../../../kit/index.ts';
import { text as words } from '../text.ts';
import {
  deleteConversation,
  deleteFolder,
  exportConversation,
  moveToNewFolder,
  renameFolder,
  updateConversation,
} from './conversation-actions.ts';

/** A name to ask for, and what to do with it. */
export type NameRequest = Pick<NameDialogProps, 'title' | 'label' | 'start' | 'doLabel' | 'onDone'>;

/** What one can do with a conversation: the same lines in the sidebar and in the header. */
export function conversationMenu(
  conversation: Conversation,
  folders: readonly Folder[],
  ask: (request: NameRequest) => void,
): MenuItem[] {
  const { t } = words;
  const folder = folders.find((each) => each.id === conversation.folderId);
  return [
    {
      key: 'rename',
      label: t('rename'),
      icon: Pencil,
      onSelect: () =>
        ask({
          title: t('rename'),
          label: t('conversationTitle'),
          start: conversation.title,
          doLabel: t('save'),
          onDone: (title) => void updateConversation(conversation, { title }),
        }),
    },
    {
      key: 'pin',
      label: conversation.pinned ? t('unpin') : t('pin'),
      icon: conversation.pinned ? PinOff : Pin,
      onSelect: () => void updateConversation(conversation, { pinned: !conversation.pinned }),
    },
    {
      key: 'move',
      label: t('moveTo'),
      icon: FolderIcon,
      items: [
        {
          key: 'none',
          label: t('noFolder'),
          checked: folder === undefined,
          onSelect: () => void updateConversation(conversation, { folderId: null }),
        },
        ...folders.map((each) => ({
          key: each.id,
          label: each.name,
          checked: each.id === folder?.id,
          onSelect: () => void updateConversation(conversation, { folderId: each.id }),
        })),
        {
          key: 'new',
          label: t('newFolder'),
          icon: FolderPlus,
          separator: true,
          onSelect: () =>
            ask({
              title: t('newFolder'),
              label: t('folderName'),
              start: '',
              doLabel: t('create'),
              onDone: (name) => void moveToNewFolder(conversation, name),
            }),
        },
        ...(folder === undefined
          ? []
          : [
              {
                key: 'renameFolder',
                label: `${t('rename')}: ${folder.name}`,
                icon: Pencil,
                onSelect: () =>
                  ask({
                    title: t('rename'),
                    label: t('folderName'),
                    start: folder.name,
                    doLabel: t('save'),
                    onDone: (name) => void renameFolder(folder, name),
                  }),
              },
              {
                key: 'deleteFolder',
                label: t('deleteFolder'),
                icon: FolderMinus,
                onSelect: () => void deleteFolder(folder),
              },
            ]),
      ],
    },
    { key: 'export', label: t('export'), icon: Download, onSelect: () => void exportConversation(conversation) },
    {
      key: 'delete',
      label: t('delete'),
      icon: Trash2,
      danger: true,
      separator: true,
      onSelect: () => void deleteConversation(conversation),
    },
  ];
}
