import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../../../electron/contract/entities/chat.ts';
import { dateGroup, sidebarRows } from './sidebar-rows.ts';

const now = new Date(2026, 4, 20, 12).getTime();
const day = 86_400_000;
const chat = (id: string, updatedAt: number, patch: Partial<Conversation> = {}): Conversation => ({
  id,
  title: id,
  titleSource: 'auto',
  folderId: null,
  pinned: false,
  private: false,
  systemPrompt: null,
  promptId: null,
  sampling: {},
  route: 'auto',
  headMessageId: null,
  messageCount: 2,
  createdAt: updatedAt,
  updatedAt,
  ...patch,
});
const shown = (rows: ReturnType<typeof sidebarRows>): string[] =>
  rows.map((row) => (row.kind === 'heading' ? `[${row.label ?? row.name}]` : row.conversation.id));

describe('the sidebar', () => {
  it('shows pinned, then folders, then the rest by date', () => {
    const rows = sidebarRows(
      [
        chat('old', now - 90 * day),
        chat('new', now - 1_000),
        chat('kept', now - 40 * day, { pinned: true, folderId: 'f' }),
        chat('filed', now, { folderId: 'f' }),
      ],
      [{ id: 'f', name: 'Work', position: 1, createdAt: 0 }],
      now,
    );
    expect(shown(rows)).toStrictEqual(['[pinned]', 'kept', '[Work]', 'filed', '[today]', 'new', '[older]', 'old']);
  });

  it('shows what is in a folder that is gone among the rest', () => {
    expect(shown(sidebarRows([chat('a', now, { folderId: 'gone' })], [], now))).toStrictEqual(['[today]', 'a']);
  });

  it('counts days by the calendar, not by hours', () => {
    expect(dateGroup(new Date(2026, 4, 20, 0, 1).getTime(), now)).toBe('today');
    expect(dateGroup(new Date(2026, 4, 19, 23, 59).getTime(), now)).toBe('yesterday');
    expect(dateGroup(now - 6 * day, now)).toBe('week');
    expect(dateGroup(now - 20 * day, now)).toBe('month');
  });
});
