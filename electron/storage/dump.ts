import type { Database, Row } from '../../native/sqlite/index.ts';
import { message } from '../contract/entities/chat.ts';
import { CONVERSATION_COLUMNS, conversationFromRow, MESSAGE_SELECT, replyFields } from './chat-rows.ts';
import { entity, integer } from './row.ts';
import type { ConversationDump, ExportReader } from './store.ts';

const dumpedMessage = message.omit({ conversationId: true, depth: true, siblingIds: true });

/** What export reads: one conversation in memory at a time, messages in the order they were stored. Deleted ones are left out. */
export function createExportReader(db: Database): ExportReader {
  return {
    *conversations(conversationId) {
      const seqs = db.all(
        `SELECT seq FROM conversations WHERE deleted_at IS NULL AND (? IS NULL OR id = ?) ORDER BY created_at, seq`,
        conversationId,
        conversationId,
      );
      for (const row of seqs) {
        const dump = dumpOf(db, integer(row, 'seq'));
        if (dump) yield dump;
      }
    },
  };
}

function dumpOf(db: Database, seq: number): ConversationDump | null {
  const row = db.get(`SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE c.seq = ?`, seq);
  if (!row) return null;
  const rows = db.all(`${MESSAGE_SELECT} WHERE m.conversation_seq = ? ORDER BY m.seq`, seq);
  return { conversation: conversationFromRow(row), messages: rows.map(dumpMessage) };
}

const dumpMessage = (row: Row): ConversationDump['messages'][number] =>
  entity(dumpedMessage, { ...row, reply: replyFields(row) }, 'messages');
