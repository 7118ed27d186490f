import type { Database, SqlValue } from '../../native/sqlite/index.ts';
import type { Conversation } from '../contract/entities/chat.ts';
import { CONVERSATION_COLUMNS, conversationFromRow, folderFromRow } from './chat-rows.ts';
import { needPlace, newestLeafId } from './chat-lines.ts';
import { missing } from './faults.ts';
import { bit, integer } from './row.ts';
import { addNow, indexText, unindexText, type AddText } from './search-index.ts';
import type { ChatWriter } from './store.ts';
import { removeTraces } from './trace-rows.ts';

type ConversationWriter = Pick<
  ChatWriter,
  | 'create'
  | 'update'
  | 'remove'
  | 'restore'
  | 'purgeDeletedBefore'
  | 'showBranch'
  | 'saveDraft'
  | 'createFolder'
  | 'renameFolder'
  | 'removeFolder'
>;

/** Conversations, folders and drafts: everything of the chat that is not a turn. */
export function createConversationWriter(db: Database): ConversationWriter {
  return {
    create: (input) =>
      db.write(() => {
        insertConversation(db, input, addNow(db));
        return need(db, input.id);
      }),
    update: (conversationId, patch, at) => db.write(() => update(db, conversationId, patch, at)),
    remove: (conversationId, at) => {
      const sql = 'UPDATE conversations SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL';
      if (db.write(() => db.run(sql, at, conversationId)) === 0) throw missing('conversation', conversationId);
    },
    restore: (conversationId) =>
      db.write(() => {
        db.run('UPDATE conversations SET deleted_at = NULL WHERE id = ?', conversationId);
        return need(db, conversationId);
      }),
    purgeDeletedBefore: (at) => purge(db, at),
    showBranch: (messageId) =>
      db.write(() => {
        const place = needPlace(db, messageId);
        const sql = 'UPDATE conversations SET head_message_id = ? WHERE seq = ? RETURNING id';
        const row = db.get(sql, newestLeafId(db, place), place.conversationSeq);
        return need(db, String(row?.['id']));
      }),
    saveDraft: (conversationId, text) =>
      void db.write(() =>
        text === ''
          ? db.run('DELETE FROM drafts WHERE conversation_id = ?', conversationId ?? '')
          : db.run(
              'INSERT INTO drafts (conversation_id, text) VALUES (?, ?) ON CONFLICT DO UPDATE SET text = excluded.text',
              conversationId ?? '',
              text,
            ),
      ),
    createFolder: (folder) =>
      db.write(() => {
        const sql = 'INSERT INTO folders (id, name, position, created_at) VALUES (?, ?, ?, ?)';
        db.run(sql, folder.id, folder.name, folder.position, folder.createdAt);
        return needFolder(db, folder.id);
      }),
    renameFolder: (folderId, name) =>
      db.write(() => {
        db.run('UPDATE folders SET name = ? WHERE id = ?', name, folderId);
        return needFolder(db, folderId);
      }),
    removeFolder: (folderId) => {
      if (db.write(() => db.run('DELETE FROM folders WHERE id = ?', folderId)) === 0) throw missing('folder', folderId);
    },
  };
}

/** Returns the key of the new row. */
export function insertConversation(
  db: Database,
  input: { id: string; title: string; private: boolean; route: string; at: number },
  addText: AddText,
): number {
  const made = db.get(
    `INSERT INTO conversations (id, title, title_source, private, route, created_at, updated_at)
     VALUES (?, ?, 'auto', ?, ?, ?, ?) RETURNING seq`,
    input.id,
    input.title,
    bit(input.private),
    input.route,
    input.at,
    input.at,
  );
  const seq = integer(made, 'seq');
  addText('titles_fts', seq, input.title);
  return seq;
}

/** Shows another last message and counts what was added. `updatedAt` never goes back. */
export function moveHead(db: Database, seq: number, headId: string | null, added: number, at: number): void {
  db.run(
    `UPDATE conversations SET head_message_id = ?, message_count = message_count + ?, updated_at = max(updated_at, ?)
     WHERE seq = ?`,
    headId,
    added,
    at,
    seq,
  );
}

function need(db: Database, conversationId: string): Conversation {
  const sql = `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE c.id = ? AND c.deleted_at IS NULL`;
  const row = db.get(sql, conversationId);
  if (!row) throw missing('conversation', conversationId);
  return conversationFromRow(row);
}

function needFolder(db: Database, folderId: string) {
  const row = db.get('SELECT id, name, position, created_at AS createdAt FROM folders WHERE id = ?', folderId);
  if (!row) throw missing('folder', folderId);
  return folderFromRow(row);
}

function update(
  db: Database,
  conversationId: string,
  patch: Parameters<ChatWriter['update']>[1],
  at: number,
): Conversation {
  const before = need(db, conversationId);
  const next = { ...before, ...patch };
  if (next.folderId !== null && next.folderId !== before.folderId) needFolder(db, next.folderId);
  const values: SqlValue[] = [
    next.title,
    next.titleSource,
    next.folderId,
    bit(next.pinned),
    bit(next.private),
    next.systemPrompt,
    next.promptId,
    JSON.stringify(next.sampling),
    next.route,
    Math.max(before.updatedAt, at),
  ];
  const row = db.get(
    `UPDATE conversations SET title = ?, title_source = ?, folder_id = ?, pinned = ?, private = ?, system_prompt = ?,
     prompt_id = ?, sampling = ?, route = ?, updated_at = ? WHERE id = ? RETURNING seq`,
    ...values,
    conversationId,
  );
  if (next.title !== before.title) indexText(db, 'titles_fts', integer(row, 'seq'), next.title);
  return need(db, conversationId);
}

/** One transaction a conversation, so that a large one does not hold up everything else for long. */
function purge(db: Database, at: number): number {
  const gone = db.all('SELECT seq, id FROM conversations WHERE deleted_at < ?', at);
  for (const row of gone) {
    db.write(() => {
      const seq = integer(row, 'seq');
      const id = String(row['id']);
      for (const message of db.all('SELECT seq FROM messages WHERE conversation_seq = ?', seq))
        unindexText(db, 'messages_fts', integer(message, 'seq'));
      unindexText(db, 'titles_fts', seq);
      removeTraces(db, 'conversation_id = ?', id);
      db.run('DELETE FROM drafts WHERE conversation_id = ?', id);
      for (const table of ['exact_answers', 'semantic_answers'])
        db.run(`DELETE FROM ${table} WHERE conversation_id = ?`, id);
      db.run('DELETE FROM conversations WHERE seq = ?', seq);
    });
  }
  return gone.length;
}
