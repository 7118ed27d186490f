import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../native/sqlite/index.ts';
import { AT, makeFolder, makeTime } from '../../test/flow/storage-kit.ts';
import { silentLog } from '../base/log.ts';
import { openStore } from './index.ts';
import { migrate, readSchemaVersion } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import { openFile } from './open-file.ts';

function makeFile(version: number, fill: (db: Database) => void = () => undefined) {
  const folder = makeFolder();
  const path = join(folder, 'switchyard.db');
  const snapshotDir = join(folder, 'snapshots');
  const db = openDatabase({ path });
  migrate(db, { migrations: migrations.slice(0, version), snapshotDir, now: AT });
  fill(db);
  db.close();
  return { folder, path, snapshotDir };
}

/** Conversations of one line each, as the first schema held them. */
function insertChats(db: Database, chats: readonly (readonly string[])[]): void {
  chats.forEach((texts, c) => {
    const conversation = `01890000-0000-7000-8000-${String(c).padStart(12, '0')}`;
    const id = (i: number): string => `01890000-0000-7000-9000-${String(c * 1000 + i).padStart(12, '0')}`;
    const head = texts.length > 0 ? id(texts.length - 1) : null;
    const values = [conversation, texts[0] ?? '', head, texts.length] as const;
    db.run(
      `INSERT INTO conversations (id, title, title_source, route, head_message_id, message_count, created_at, updated_at)
       VALUES (?, ?, 'auto', 'auto', ?, ?, 1, 1)`,
      ...values,
    );
    const seq = Number(db.get('SELECT max(seq) AS seq FROM conversations')?.['seq']);
    if (texts.length > 0)
      db.run('INSERT INTO lines (conversation_seq, parent_line, start_depth) VALUES (?, NULL, 0)', seq);
    texts.forEach((text, i) => {
      const above = i === 0 ? null : Number(db.get('SELECT max(seq) AS seq FROM messages')?.['seq']);
      const role = i % 2 === 0 ? 'user' : 'assistant';
      db.run(
        `INSERT INTO messages (id, conversation_seq, parent_seq, role, status, turn_id, depth, line, created_at, text)
         VALUES (?, ?, ?, ?, 'complete', ?, ?, (SELECT max(id) FROM lines), 1, ?)`,
        ...[id(i), seq, above, role, id(i), i, text],
      );
      if (role === 'assistant')
        db.run('INSERT INTO replies (message_seq, trace_id) SELECT max(seq), ? FROM messages', id(i));
    });
  });
}

const insertUsage = (db: Database, providerId: string): void =>
  void db.run(
    `INSERT INTO usage (id, trace_id, at, model_id, tokens_in, tokens_cached, tokens_out, cost_usd, provider_id)
     VALUES ('u', 't', 1, 'm', 1, 0, 2, 0.5, ?)`,
    providerId,
  );

const openAt = ({ path, snapshotDir }: { path: string; snapshotDir: string }) =>
  openStore({ path, snapshotDir, ...makeTime(), log: silentLog });

describe('migrations', () => {
  it('are numbered without gaps and each has a test from the schema before it', () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, i) => i + 1));
    const files = readdirSync(join(import.meta.dirname, 'migrations')).filter((name) => /^\d{4}-/.test(name));
    expect(files).toHaveLength(migrations.length);
    expect(migrations).toHaveLength(CASES.length);
  });

  // What was there before each step, and what must be true of it afterwards.
  const chats = [['walnut tree', 'An answer'], ['hazel']];
  const CASES: {
    before: number;
    fill?: (db: Database) => void;
    holds: (db: Database) => unknown;
    expected: unknown;
  }[] = [
    { before: 0, holds: (db) => db.all('SELECT * FROM conversations'), expected: [] },
    {
      before: 1,
      fill: (db) => insertChats(db, chats),
      holds: (db) =>
        db.get('SELECT count(*) AS messages, (SELECT count(*) FROM messages_fts) AS indexed FROM messages'),
      expected: { messages: 3, indexed: 0 },
    },
    {
      before: 2,
      fill: (db) => insertChats(db, chats),
      holds: (db) => db.all('SELECT text FROM messages ORDER BY seq').map((row) => row['text']),
      expected: ['walnut tree', 'An answer', 'hazel'],
    },
    {
      before: 3,
      fill: (db) =>
        db.exec(`INSERT INTO traces (seq, id, started_at, status, source, preview) VALUES (1024, 't', 1, 'ok', 'api', 'p');
        INSERT INTO usage (id, trace_id, at, model_id, tokens_in, tokens_cached, tokens_out, cost_usd) VALUES ('u', 't', 1, 'm', 1, 0, 2, 0.5)`),
      holds: (db) => db.get('SELECT t.preview, u.cost_usd AS costUsd FROM traces t JOIN usage u ON u.trace_id = t.id'),
      expected: { preview: 'p', costUsd: 0.5 },
    },
    {
      before: 4,
      fill: (db) =>
        db.exec(`INSERT INTO prompts VALUES ('p', 'Brief', 1, 1);
        INSERT INTO prompt_versions VALUES ('v', 'p', 1, 'Be brief.', '', 1); INSERT INTO prompt_labels VALUES ('p', 'production', 'v')`),
      holds: (db) =>
        db.get('SELECT v.text, l.label FROM prompt_versions v JOIN prompt_labels l ON l.version_id = v.id'),
      expected: { text: 'Be brief.', label: 'production' },
    },
    {
      before: 5,
      fill: (db) => {
        insertChats(db, chats);
        db.exec(`INSERT INTO feedback (id, message_seq, rating, note, created_at) VALUES ('f', 2, 'up', 'good', 1)`);
      },
      holds: (db) => db.get('SELECT f.rating, m.text FROM feedback f JOIN messages m ON m.seq = f.message_seq'),
      expected: { rating: 'up', text: 'An answer' },
    },
    {
      before: 6,
      fill: (db) => {
        const at = Date.UTC(2026, 0, 1, 0, 59);
        for (const [i, cost] of [0.5, 0.25, 1].entries())
          db.run(
            `INSERT INTO usage (id, trace_id, at, model_id, tokens_in, tokens_cached, tokens_out, cost_usd)
             VALUES (?, 't', ?, 'm', 1, 0, 2, ?)`,
            ...[String(i), at + i * 90_000, cost],
          );
      },
      holds: (db) => ({
        entry: db.get(`SELECT provider_id, token_name, saved_usd, cost_usd FROM usage WHERE id = '0'`),
        sums: db.all('SELECT width, entries, cost_usd AS usd FROM usage_sums ORDER BY width, start').map(Object.values),
      }),
      expected: {
        entry: { provider_id: 'local', token_name: null, saved_usd: 0, cost_usd: 0.5 },
        sums: [
          [3_600_000, 1, 0.5],
          [3_600_000, 2, 1.25],
          [86_400_000, 3, 1.75],
        ],
      },
    },
    {
      before: 7,
      fill: (db) => insertUsage(db, 'openai'),
      holds: (db) => db.get('SELECT u.cost_usd AS usd, e.bytes_out AS bytes FROM usage u, egress_total e'),
      expected: { usd: 0.5, bytes: 0 },
    },
    {
      before: 8,
      fill: (db) =>
        db.exec(`INSERT INTO egress (id, at, host, method, path, provider_id, purpose, bytes_out, bytes_in, duration_ms)
        VALUES ('e', 1, 'h:1', 'POST', '/v1', 'openai', 'chat', 7, 0, 0)`),
      holds: (db) => db.get('SELECT e.host, t.bytes_out AS bytes FROM egress e, egress_total t'),
      expected: { host: 'h:1', bytes: 7 },
    },
    {
      before: 9,
      fill: (db) => db.exec(`INSERT INTO policy_versions VALUES ('mine', 1, 'name: mine', '', 1)`),
      holds: (db) => db.get('SELECT text FROM policy_versions'),
      expected: { text: 'name: mine' },
    },
    {
      before: 10,
      fill: (db) => db.exec(`INSERT INTO exact_answers (key, stored_at, size, body) VALUES ('k', 1, 2, '{}')`),
      holds: (db) => db.get('SELECT key, body FROM exact_answers'),
      expected: { key: 'k', body: '{}' },
    },
    {
      before: 11,
      fill: (db) => db.exec(`INSERT INTO model_observations VALUES ('m', '[]')`),
      holds: (db) => db.get('SELECT body FROM model_observations'),
      expected: { body: '[]' },
    },
    {
      before: 12,
      fill: (db) => insertChats(db, chats),
      holds: (db) => {
        db.run(
          `INSERT INTO summaries (message_seq, conversation_seq, model_id, model_name, created_at, text)
           SELECT seq, conversation_seq, 'm', 'M', 1, 'short' FROM messages`,
        );
        db.run('DELETE FROM conversations WHERE seq = 1');
        return db.get('SELECT count(*) AS left FROM summaries');
      },
      expected: { left: 1 },
    },
    {
      before: 13,
      fill: (db) =>
        db.exec(`INSERT INTO traces (seq, id, started_at, status, source, model_id, route, fault_code, fault_origin, preview) VALUES
          (1024, 't', 1, 'failed', 'api', 'acme/big', 'cloud', 'timeout', 'infrastructure', 'p'),
          (2048, 'u', 2, 'ok', 'app', 'acme/big', 'local', NULL, NULL, 'q')`),
      holds: (db) =>
        db
          .all(
            `SELECT f.seq, f.status, f.source, f.route, f.origin, f.rolled, m.name AS model, c.name AS fault FROM trace_facets f
             JOIN trace_names m ON m.id = f.model LEFT JOIN trace_names c ON c.id = f.fault ORDER BY f.seq`,
          )
          .map(Object.values),
      expected: [
        [1024, 3, 1, 1, 2, 0, 'acme/big', 'timeout'],
        [2048, 1, 0, 0, null, 0, 'acme/big', null],
      ],
    },
    {
      before: 14,
      fill: (db) => insertChats(db, chats),
      holds: (db) =>
        db.get('SELECT count AS lost, (SELECT count(*) FROM messages) AS messages FROM trace_exports_lost'),
      expected: { lost: 0, messages: 3 },
    },
    {
      before: 15,
      fill: (db) => db.exec(`INSERT INTO imported_models VALUES ('local/a', '/m/a.gguf', 'A', 1)`),
      holds: (db) => db.get('SELECT path, origin, (SELECT count(*) FROM downloads) AS downloads FROM imported_models'),
      expected: { path: '/m/a.gguf', origin: 'file', downloads: 0 },
    },
    {
      before: 16,
      fill: (db) => db.run(`INSERT INTO exact_answers (key, stored_at, size, body) VALUES ('k', 1, 2, '{}')`),
      // What does not say whose it is cannot go with its conversation.
      holds: (db) => db.get('SELECT count(*) AS answers, count(conversation_id) AS named FROM exact_answers'),
      expected: { answers: 0, named: 0 },
    },
    {
      before: 18,
      fill: (db) => db.exec(`INSERT INTO bench_reports VALUES ('r', 1, '{}')`),
      holds: (db) => db.get('SELECT id, (SELECT count(*) FROM breaker_changes) AS changes FROM bench_reports'),
      expected: { id: 'r', changes: 0 },
    },
    {
      before: 19,
      fill: (db) => db.exec(`INSERT INTO breaker_changes VALUES (1, 1, 'model', 'm', 'open', 'timeout', 2)`),
      holds: (db) => {
        db.exec(`INSERT INTO trace_views VALUES ('Slow', 'slower=5000')`);
        return db.get(`SELECT c.subject, v.query FROM breaker_changes c, trace_views v WHERE v.name = 'SLOW'`);
      },
      expected: { subject: 'm', query: 'slower=5000' },
    },
    {
      before: 20,
      fill: (db) =>
        db.exec(`INSERT INTO usage (id, trace_id, at, model_id, tokens_in, tokens_cached, tokens_out, cost_usd, provider_id) VALUES
          ('a', 't', 1, 'acme/big', 3, 1, 4, 0.5, 'acme'), ('b', 't', 3599999, 'acme/big', 4, 1, 5, 0.25, 'acme'),
          ('c', 't', 3600000, 'acme/big', 9, 0, 9, 1, 'acme')`),
      holds: (db) =>
        db.all('SELECT start, entries, tokens_in, tokens_out, cost_usd FROM usage_model_sums').map(Object.values),
      expected: [
        [0, 2, 7, 9, 0.75],
        [3600000, 1, 9, 9, 1],
      ],
    },
    {
      before: 21,
      fill: (db) =>
        db.exec(
          `INSERT INTO traces (seq, id, started_at, status, source, preview) VALUES (1024, 't', 1, 'ok', 'api', 'p')`,
        ),
      holds: (db) => {
        db.exec(`INSERT INTO trace_pictures VALUES (1024, x'00')`);
        db.exec('DELETE FROM traces');
        return db.get('SELECT count(*) AS pictures FROM trace_pictures');
      },
      expected: { pictures: 0 },
    },
    {
      before: 17,
      fill: (db) => db.exec(`INSERT INTO measurements VALUES ('k', '{}')`),
      holds: (db) => db.get('SELECT key, (SELECT count(*) FROM bench_reports) AS reports FROM measurements'),
      expected: { key: 'k', reports: 0 },
    },
    {
      before: 22,
      fill: (db) =>
        db.exec(`INSERT INTO egress (id, at, host, method, path, provider_id, purpose, bytes_out, bytes_in, status,
        duration_ms, ended) VALUES ('e', 1, 'h:1', 'POST', '/v1', 'openai', 'chat', 7, 9, 200, 5, 1)`),
      holds: (db) => db.get('SELECT host, status, token_name AS token, outcome FROM egress'),
      // How an answer of before ended was not written down, and nobody makes it up.
      expected: { host: 'h:1', status: 200, token: null, outcome: null },
    },
    {
      before: 23,
      fill: (db) =>
        db.exec(`INSERT INTO egress (id, at, host, method, path, provider_id, purpose, bytes_out, bytes_in, status,
        duration_ms, ended) VALUES ('e', 1, 'h:1', 'POST', '/v1', 'openai', 'chat', 7, 9, 200, 5, 1)`),
      holds: (db) => db.get('SELECT host, status, via FROM egress'),
      expected: { host: 'h:1', status: 200, via: null },
    },
  ];

  it.each(CASES)('keep what was stored with data version $before', ({ before, fill, holds, expected }) => {
    const file = makeFile(before, fill);
    const db = openDatabase({ path: file.path });
    migrate(db, { migrations: migrations.slice(0, before + 1), snapshotDir: file.snapshotDir, now: AT });
    expect(readSchemaVersion(db, migrations.length)).toBe(before + 1);
    expect(holds(db)).toEqual(expected);
    expect(db.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    db.close();
  });

  it('bring any conversations of the first schema to the newest one, readable and searchable', () => {
    const words = fc.array(fc.stringMatching(/^[a-z一-三]{1,6}$/), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(fc.array(words, { maxLength: 5 }), { minLength: 1, maxLength: 4 }), (all) => {
        const texts = all.map((chat) => chat.map((message) => message.join(' ')));
        const file = makeFile(1, (db) => insertChats(db, texts));
        const store = openAt(file);
        const stored = [...store.dump.conversations(null)];
        expect(stored.map(({ messages }) => messages.map(({ text }) => text))).toEqual(texts);
        for (const { conversation } of stored) store.chat.thread(conversation.id, null, 10);
        const word = all.flat().flat()[0];
        if (word) expect(store.chat.search(word, 50).some(({ messageId }) => messageId !== null)).toBe(true);
        expect(store.check(true)).toMatchObject({ ok: true });
        store.dispose();
      }),
      { numRuns: 10, seed: 23 },
    );
  });
});

describe('a migration of a file that exists', () => {
  const broken: Migration = {
    version: migrations.length + 1,
    name: 'broken',
    up: (db) => db.exec('DROP TABLE messages; SELECT nonsense'),
  };

  it('is preceded by a snapshot of the file as it was', () => {
    const file = makeFile(1, (db) => insertChats(db, [['walnut']]));
    openAt(file).dispose();
    const [name] = readdirSync(file.snapshotDir);
    const db = openDatabase({ path: join(file.snapshotDir, name ?? ''), mode: 'read' });
    expect(readSchemaVersion(db, migrations.length)).toBe(1);
    expect(db.get('SELECT text FROM messages')).toEqual({ text: 'walnut' });
    db.close();
  });

  it('that fails leaves the old file usable and says what to do', () => {
    const file = makeFile(migrations.length, (db) => insertChats(db, [['walnut']]));
    const options = { ...file, now: AT, migrations: [...migrations, broken] };
    expect(() => openFile(options)).toThrow(/left as it was.*snapshots/);
    const store = openAt(file);
    expect([...store.dump.conversations(null)]).toHaveLength(1);
    store.dispose();
  });

  it('does not start when there is no room for the snapshot', () => {
    const file = makeFile(1);
    // A folder in the snapshot's place: it cannot be written there.
    mkdirSync(
      join(file.snapshotDir, `${new Date(AT).toISOString().replaceAll(/[:.]/g, '-')}-before-v${migrations.length}.db`),
      {
        recursive: true,
      },
    );
    expect(() => openAt(file)).toThrow();
    const db = openDatabase({ path: file.path });
    expect(readSchemaVersion(db, migrations.length)).toBe(1);
    db.close();
  });
});

describe('a file that is not for this program', () => {
  const bytesOf = (path: string) => readFileSync(path);

  it('of a newer version is refused in one clear sentence and not touched', () => {
    const file = makeFile(migrations.length, (db) => db.exec('PRAGMA user_version = 99'));
    const before = bytesOf(file.path);
    expect(() => openAt(file)).toThrow(
      `newer Switchyard (data version 99, this one reads up to ${migrations.length}): update`,
    );
    expect(bytesOf(file.path)).toEqual(before);
    expect(readdirSync(file.folder)).toEqual(['switchyard.db']);
  });

  it('of a newer version that was not closed properly is refused too, and keeps its newest rows', () => {
    const file = makeFile(migrations.length);
    const writer = openDatabase({ path: file.path });
    writer.exec('PRAGMA user_version = 99; CREATE TABLE later (a); INSERT INTO later VALUES (1)');
    expect(existsSync(`${file.path}-wal`)).toBe(true);
    expect(() => openAt(file)).toThrow(/newer Switchyard/);
    expect(writer.get('SELECT a FROM later')).toEqual({ a: 1 });
    writer.close();
  });

  it('of another program is refused and not touched', () => {
    const folder = makeFolder();
    const path = join(folder, 'switchyard.db');
    const other = openDatabase({ path });
    other.exec('CREATE TABLE bookmarks (url)');
    other.close();
    const before = bytesOf(path);
    expect(() => openAt({ path, snapshotDir: folder })).toThrow(/another program/);
    expect(bytesOf(path)).toEqual(before);
  });
});
