import type { Database, Row } from '../../native/sqlite/index.ts';
import { prompt, promptVersion, type Prompt, type PromptVersion } from '../contract/entities/prompt.ts';
import { refuse } from '../contract/faults.ts';
import { say } from '../contract/sentences/index.ts';
import { missing } from './faults.ts';
import { entity, integer, json, text } from './row.ts';
import type { PromptReader, PromptWriter } from './store.ts';

const PROMPT_SELECT = `SELECT p.id, p.name, p.created_at AS createdAt, p.updated_at AS updatedAt,
  (SELECT json_group_object(label, version_id) FROM prompt_labels WHERE prompt_id = p.id) AS labels,
  (SELECT id FROM prompt_versions WHERE prompt_id = p.id ORDER BY number DESC LIMIT 1) AS latestVersionId,
  (SELECT count(*) FROM prompt_versions WHERE prompt_id = p.id) AS versionCount
  FROM prompts p`;
const VERSION_SELECT = `SELECT v.id, v.prompt_id AS promptId, v.number, v.text, v.note, v.created_at AS createdAt,
  (SELECT count(*) FROM replies WHERE prompt_version_id = v.id) AS replyCount,
  (SELECT count(*) FROM replies r JOIN feedback f ON f.message_seq = r.message_seq
   WHERE r.prompt_version_id = v.id AND f.rating = 'up') AS upCount,
  (SELECT count(*) FROM replies r JOIN feedback f ON f.message_seq = r.message_seq
   WHERE r.prompt_version_id = v.id AND f.rating = 'down') AS downCount
  FROM prompt_versions v`;

/** The one way from a prompt row to its entity. */
const promptFromRow = (row: Row): Prompt => entity(prompt, { ...row, labels: json(row['labels']) }, 'prompts');
/** The one way from a version row to its entity. */
const versionFromRow = (row: Row): PromptVersion => entity(promptVersion, row, 'prompt_versions');

/** Prompts. A version, once stored, is never changed or deleted: triggers refuse it. */
export function createPrompts(db: Database): PromptReader & PromptWriter {
  const need = (promptId: string): Prompt => {
    const row = db.get(`${PROMPT_SELECT} WHERE p.id = ?`, promptId);
    if (!row) throw missing('prompt', promptId);
    return promptFromRow(row);
  };
  const version = (versionId: string): PromptVersion | null => {
    const row = db.get(`${VERSION_SELECT} WHERE v.id = ?`, versionId);
    return row ? versionFromRow(row) : null;
  };
  const touch = (promptId: string, at: number): void =>
    void db.run('UPDATE prompts SET updated_at = max(updated_at, ?) WHERE id = ?', at, promptId);
  return {
    list: () => db.all(`${PROMPT_SELECT} ORDER BY p.name COLLATE NOCASE, p.id`).map(promptFromRow),
    get: (promptId) => {
      const row = db.get(`${PROMPT_SELECT} WHERE p.id = ?`, promptId);
      return row ? promptFromRow(row) : null;
    },
    versions: (promptId) =>
      db.all(`${VERSION_SELECT} WHERE v.prompt_id = ? ORDER BY v.number DESC`, promptId).map(versionFromRow),
    version,
    create: (input) =>
      db.write(() => {
        const sql = 'INSERT INTO prompts (id, name, created_at, updated_at) VALUES (?, ?, ?, ?)';
        db.run(sql, input.id, input.name, input.at, input.at);
        insertVersion(db, { ...input, id: input.versionId, promptId: input.id, number: 1 });
        return need(input.id);
      }),
    addVersion: (input) =>
      db.write(() => {
        need(input.promptId);
        const sql = 'SELECT number, text FROM prompt_versions WHERE prompt_id = ? ORDER BY number DESC LIMIT 1';
        const latest = db.get(sql, input.promptId);
        if (latest && text(latest, 'text') === input.text) throw refuse(say('app.prompt.same'));
        insertVersion(db, { ...input, number: latest ? integer(latest, 'number') + 1 : 1 });
        touch(input.promptId, input.at);
        const stored = version(input.id);
        if (!stored) throw missing('prompt version', input.id);
        return stored;
      }),
    rename: (promptId, name, at) =>
      db.write(() => {
        db.run('UPDATE prompts SET name = ? WHERE id = ?', name, promptId);
        touch(promptId, at);
        return need(promptId);
      }),
    label: (promptId, label, versionId, at) =>
      db.write(() => {
        need(promptId);
        if (versionId === null) db.run('DELETE FROM prompt_labels WHERE prompt_id = ? AND label = ?', promptId, label);
        else pointLabel(db, promptId, label, versionId);
        touch(promptId, at);
        return need(promptId);
      }),
  };
}

interface NewVersion {
  readonly id: string;
  readonly promptId: string;
  readonly number: number;
  readonly text: string;
  readonly note: string;
  readonly at: number;
}

function insertVersion(db: Database, version: NewVersion): void {
  db.run(
    'INSERT INTO prompt_versions (id, prompt_id, number, text, note, created_at) VALUES (?, ?, ?, ?, ?, ?)',
    version.id,
    version.promptId,
    version.number,
    version.text,
    version.note,
    version.at,
  );
}

function pointLabel(db: Database, promptId: string, label: string, versionId: string): void {
  const owned = db.get('SELECT 1 AS one FROM prompt_versions WHERE id = ? AND prompt_id = ?', versionId, promptId);
  if (!owned) throw missing('version of this prompt', versionId);
  db.run(
    `INSERT INTO prompt_labels (prompt_id, label, version_id) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET version_id = excluded.version_id`,
    promptId,
    label,
    versionId,
  );
}
