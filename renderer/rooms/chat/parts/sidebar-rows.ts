import type { Conversation, Folder } from '../../../../electron/contract/entities/chat.ts';
import type { ChatTextKey } from '../text.ts';

export type SidebarRow =
  | { readonly kind: 'heading'; readonly key: string; readonly label: ChatTextKey | null; readonly name: string }
  | { readonly kind: 'conversation'; readonly key: string; readonly conversation: Conversation };

const DAY_MS = 86_400_000;

/** Midnight of the day `now` is in, where the person is. */
const midnight = (now: number): number => new Date(now).setHours(0, 0, 0, 0);

export function dateGroup(at: number, now: number): 'today' | 'yesterday' | 'week' | 'month' | 'older' {
  const today = midnight(now);
  if (at >= today) return 'today';
  if (at >= today - DAY_MS) return 'yesterday';
  if (at >= today - 7 * DAY_MS) return 'week';
  return at >= today - 30 * DAY_MS ? 'month' : 'older';
}

/** Pinned first, then each folder, then the rest by date, newest first everywhere. */
export function sidebarRows(
  conversations: readonly Conversation[],
  folders: readonly Folder[],
  now: number,
): SidebarRow[] {
  const sorted = [...conversations].sort((a, b) => b.updatedAt - a.updatedAt);
  const rows: SidebarRow[] = [];
  const add = (heading: SidebarRow, items: readonly Conversation[]): void => {
    rows.push(heading);
    for (const conversation of items) rows.push({ kind: 'conversation', key: conversation.id, conversation });
  };
  const pinned = sorted.filter((each) => each.pinned);
  if (pinned.length > 0) add({ kind: 'heading', key: 'pinned', label: 'pinned', name: '' }, pinned);
  const known = new Set(folders.map((folder) => folder.id));
  for (const folder of [...folders].sort((a, b) => a.position - b.position)) {
    const inside = sorted.filter((each) => !each.pinned && each.folderId === folder.id);
    add({ kind: 'heading', key: folder.id, label: null, name: folder.name }, inside);
  }
  const loose = sorted.filter((each) => !each.pinned && (each.folderId === null || !known.has(each.folderId)));
  for (const group of ['today', 'yesterday', 'week', 'month', 'older'] as const) {
    const inside = loose.filter((each) => dateGroup(each.updatedAt, now) === group);
    if (inside.length > 0) add({ kind: 'heading', key: group, label: group, name: '' }, inside);
  }
  return rows;
}
