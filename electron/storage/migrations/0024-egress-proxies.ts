import type { Migration } from './migration.ts';

const SQL = `
ALTER TABLE egress ADD COLUMN via TEXT;
DROP TRIGGER egress_ends_once;
CREATE TRIGGER egress_ends_once BEFORE UPDATE ON egress
  WHEN old.ended = 1 OR new.ended = 0 OR new.seq <> old.seq OR new.id <> old.id OR new.at <> old.at OR new.host <> old.host
    OR new.method <> old.method OR new.path <> old.path OR new.provider_id <> old.provider_id
    OR new.conversation_id IS NOT old.conversation_id OR new.trace_id IS NOT old.trace_id
    OR new.token_name IS NOT old.token_name OR new.via IS NOT old.via
  BEGIN SELECT RAISE (ABORT, 'the egress log is append-only'); END;
`;

/** What left the machine says through which proxy. */
export const egressProxies: Migration = { version: 24, name: 'egress proxies', up: (db) => db.exec(SQL) };
