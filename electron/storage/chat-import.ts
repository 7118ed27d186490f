import { say } from '../contract/sentences/index.ts';
import type { Database } from '../../native/sqlite/index.ts';
import type { MintId } from '../base/ids.ts';
import { refuse } from '../contract/faults.ts';
import { insertConversation } from './chat-conversations.ts';
import type { Place } from './chat-lines.ts';
import { INTERRUPTED, insertMessage, updateReply } from './chat-turns.ts';
import { insertFeedback } from './feedback.ts';
import { bit, integer } from './row.ts';
import { createIndexQueue, type AddText } from './search-index.ts';
import type { ConversationDump } from './store.ts';

type DumpedMessage = ConversationDump['messages'][number];

/** Stores one exported conversation whole, in one transaction. False when its id is known already, deleted or not. */
export function importConversation(db: Database, dump: ConversationDump, mintId: MintId): boolean {
  return db.write(() => {
    const queue = createIndexQueue(db);
    const stored = storeConversation(db, dump, mintId, queue.add);
    queue.flush();
    return stored;
  });
}

/** As `importConversation`, inside the caller's transaction and with the search index left to the caller. */
export function storeConversation(db: Database, dump: ConversationDump, mintId: MintId, addText: AddText): boolean {
  const { conversation } = dump;
  if (db.get('SELECT 1 AS one FROM conversations WHERE id = ?', conversation.id)) return false;
  const seq = insertConversation(db, { ...conversation, at: conversation.createdAt }, addText);
  const places = new Map<string, Place>();
  for (const message of parentsFirst(dump.messages)) {
    const parent = message.parentId === null ? null : (places.get(message.parentId) ?? null);
    const place = importMessage(db, seq, parent, message, mintId);
    places.set(message.id, place);
    addText('messages_fts', place.seq, message.text);
  }
  finish(db, seq, dump, places);
  return true;
}

function importMessage(
  db: Database,
  conversationSeq: number,
  parent: Place | null,
  dumped: DumpedMessage,
  mintId: MintId,
): Place {
  const live = dumped.status === 'queued' || dumped.status === 'streaming';
  const status = live ? (dumped.text === '' ? 'failed' : 'partial') : dumped.status;
  const place = insertMessage(db, conversationSeq, parent, { ...dumped, status, at: dumped.createdAt });
  const reply = dumped.reply;
  if (reply) {
    db.run('INSERT INTO replies (message_seq, trace_id) VALUES (?, ?)', place.seq, reply.traceId);
    updateReply(db, place.seq, live ? { ...reply, finishReason: 'fault', fault: INTERRUPTED } : reply);
    if (reply.rating)
      insertFeedback(db, place.seq, {
        id: mintId(),
        rating: reply.rating,
        reason: null,
        note: '',
        at: dumped.createdAt,
      });
  }
  return place;
}

function finish(db: Database, seq: number, dump: ConversationDump, places: ReadonlyMap<string, Place>): void {
  const { conversation } = dump;
  const head = places.has(conversation.headMessageId ?? '') ? conversation.headMessageId : newest(dump.messages);
  const known = (table: 'folders' | 'prompts', id: string | null): string | null =>
    id !== null && db.get(`SELECT 1 AS one FROM ${table} WHERE id = ?`, id) ? id : null;
  db.run(
    `UPDATE conversations SET title_source = ?, folder_id = ?, pinned = ?, system_prompt = ?, prompt_id = ?, sampling = ?,
     head_message_id = ?, message_count = ?, updated_at = ? WHERE seq = ?`,
    conversation.titleSource,
    known('folders', conversation.folderId),
    bit(conversation.pinned),
    conversation.systemPrompt,
    known('prompts', conversation.promptId),
    JSON.stringify(conversation.sampling),
    head,
    integer(db.get('SELECT count(*) AS n FROM messages WHERE conversation_seq = ?', seq), 'n'),
    conversation.updatedAt,
    seq,
  );
}

/** The last one has no children when parents come first. */
const newest = (messages: readonly DumpedMessage[]): string | null => parentsFirst(messages).at(-1)?.id ?? null;

/** Their own order when it can be stored, else level by level. A parent that is not in the dump, or a circle, is refused. */
function parentsFirst(messages: readonly DumpedMessage[]): readonly DumpedMessage[] {
  const seen = new Set<string | null>([null]);
  if (messages.every(({ id, parentId }) => seen.has(parentId) && seen.add(id))) return messages;
  const children = new Map<string | null, DumpedMessage[]>();
  for (const message of messages) {
    const siblings = children.get(message.parentId);
    if (siblings) siblings.push(message);
    else children.set(message.parentId, [message]);
  }
  const ordered: DumpedMessage[] = [...(children.get(null) ?? [])];
  for (const message of ordered) ordered.push(...(children.get(message.id) ?? []));
  if (ordered.length !== messages.length) throw refuse(say('app.import.not_whole'));
  return ordered;
}
