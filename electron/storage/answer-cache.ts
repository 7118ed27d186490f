import { z } from 'zod';
import type { Database, Row } from '../../native/sqlite/index.ts';
import { damaged } from './faults.ts';
import { bit, entity, integer, json, text } from './row.ts';
import type { CachedAnswer, CacheRecords, ExactRecords, SemanticRecords } from './store.ts';

/** Most that is kept; the oldest answers go first. */
export const MOST_ANSWERS = 10_000;
export const MOST_CHARS = 64 * 1024 * 1024;
/** Answers of one fingerprint that are compared with a question, and all of them. */
const MOST_ALIKE = 500;
const MOST_SEMANTIC = 5000;
const MOST_EVIDENCE = 10_000;

const cachedAnswer = z.object({
  text: z.string(),
  toolCalls: z.array(z.object({ id: z.string(), name: z.string(), argumentsText: z.string() })),
  finish: z.enum(['stop', 'tool_calls']),
  reasoning: z.string().exactOptional(),
  stopSequence: z.string().exactOptional(),
  modelId: z.string(),
  modelName: z.string(),
  usage: z.object({
    tokensIn: z.number(),
    tokensCached: z.number(),
    tokensOut: z.number(),
    tokensCacheWrite: z.number().exactOptional(),
    tokensReasoning: z.number().exactOptional(),
  }),
  costUsd: z.number(),
  storedAt: z.number(),
}) satisfies z.ZodType<CachedAnswer>;

const answerOf = (row: Row, table: string): CachedAnswer => entity(cachedAnswer, json(row['body']), table);

/** Holds for what belongs to no conversation, or to one that is there and not private: late answers find that out here. */
const mayKeep = (db: Database, conversationId: string | null): boolean =>
  conversationId === null ||
  db.get('SELECT 1 FROM conversations WHERE id = ? AND deleted_at IS NULL AND private = 0', conversationId) !==
    undefined;

/** Answers that may be given again. */
export const createCacheRecords = (db: Database): CacheRecords => ({
  exact: createExactRecords(db),
  semantic: createSemanticRecords(db),
});

function createExactRecords(db: Database): ExactRecords {
  // Counted once, then kept: a sum over the table at every answer would cost more than the answer's row.
  let held: { answers: number; chars: number } | null = null;
  const count = (): { answers: number; chars: number } => {
    const row = db.get('SELECT count(*) AS answers, coalesce(sum(size), 0) AS chars FROM exact_answers');
    return { answers: integer(row, 'answers'), chars: integer(row, 'chars') };
  };

  function makeRoom(sums: { answers: number; chars: number }): void {
    while (sums.answers > MOST_ANSWERS || sums.chars > MOST_CHARS) {
      const gone = db.get(
        'DELETE FROM exact_answers WHERE seq = (SELECT seq FROM exact_answers ORDER BY stored_at, seq LIMIT 1) RETURNING size',
      );
      if (!gone) return;
      sums.answers--;
      sums.chars -= integer(gone, 'size');
    }
  }

  return {
    get(key) {
      const row = db.get('SELECT body FROM exact_answers WHERE key = ?', key);
      return row ? answerOf(row, 'exact_answers') : null;
    },
    put(key, answer, conversationId) {
      if (!mayKeep(db, conversationId)) return false;
      const body = JSON.stringify(answer);
      const sums = (held ??= count());
      held = null;
      db.write(() => {
        const before = db.get('DELETE FROM exact_answers WHERE key = ? RETURNING size', key);
        const sql = 'INSERT INTO exact_answers (key, stored_at, size, body, conversation_id) VALUES (?, ?, ?, ?, ?)';
        db.run(sql, key, answer.storedAt, body.length, body, conversationId);
        sums.answers += before ? 0 : 1;
        sums.chars += body.length - (before ? integer(before, 'size') : 0);
        makeRoom(sums);
      });
      held = sums;
      return true;
    },
    removeBefore(at) {
      held = null;
      return db.write(() => db.run('DELETE FROM exact_answers WHERE stored_at < ?', at));
    },
    removeOf(conversationId) {
      held = null;
      return db.write(() => db.run('DELETE FROM exact_answers WHERE conversation_id = ?', conversationId));
    },
    clear() {
      held = null;
      db.write(() => db.run('DELETE FROM exact_answers'));
    },
  };
}

function createSemanticRecords(db: Database): SemanticRecords {
  const trim = (table: 'semantic_answers' | 'semantic_evidence', most: number): void => {
    // The oldest have the smallest keys; keys are never given twice as long as the newest stays.
    const sql = `DELETE FROM ${table} WHERE seq <= (SELECT max(seq) - ? FROM ${table})`;
    db.run(sql, most);
  };
  return {
    alike: (fingerprint, since) =>
      db
        .all(
          `SELECT question, vector, body FROM semantic_answers WHERE fingerprint = ? AND stored_at >= ?
           ORDER BY stored_at DESC LIMIT ${MOST_ALIKE}`,
          fingerprint,
          since,
        )
        .map((row) => ({
          question: text(row, 'question'),
          vector: vectorOf(row['vector']),
          answer: answerOf(row, 'semantic_answers'),
        })),
    put(fingerprint, question, vector, answer, conversationId) {
      if (!mayKeep(db, conversationId)) return;
      const blob = new Uint8Array(Float32Array.from(vector).buffer);
      db.write(() => {
        db.run('DELETE FROM semantic_answers WHERE fingerprint = ? AND question = ?', fingerprint, question);
        db.run(
          `INSERT INTO semantic_answers (fingerprint, question, vector, stored_at, body, conversation_id)
           VALUES (?, ?, ?, ?, ?, ?)`,
          fingerprint,
          question,
          blob,
          answer.storedAt,
          JSON.stringify(answer),
          conversationId,
        );
        trim('semantic_answers', MOST_SEMANTIC);
      });
    },
    evidence: (embedder) =>
      db
        .all('SELECT similarity, wrong FROM semantic_evidence WHERE embedder = ?', embedder)
        .map((row) => ({ similarity: integer(row, 'similarity'), wrong: row['wrong'] === 1 })),
    addEvidence(embedder, seen, at) {
      db.write(() => {
        for (const { similarity, wrong, source } of seen)
          db.run(
            'INSERT INTO semantic_evidence (embedder, similarity, wrong, source, at) VALUES (?, ?, ?, ?, ?)',
            embedder,
            similarity,
            bit(wrong),
            source,
            at,
          );
        trim('semantic_evidence', MOST_EVIDENCE);
      });
    },
    removeBefore: (at) => db.write(() => db.run('DELETE FROM semantic_answers WHERE stored_at < ?', at)),
    removeOf: (conversationId) =>
      db.write(() => db.run('DELETE FROM semantic_answers WHERE conversation_id = ?', conversationId)),
    clear: () => void db.write(() => db.run('DELETE FROM semantic_answers')),
  };
}

function vectorOf(value: unknown): Float32Array {
  if (!(value instanceof Uint8Array) || value.byteLength % 4 !== 0) throw damaged('a stored vector is not whole');
  return new Float32Array(Uint8Array.from(value).buffer);
}
