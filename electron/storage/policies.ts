import type { Database } from '../../native/sqlite/index.ts';
import { policyVersion } from '../contract/policy.ts';
import { missing } from './faults.ts';
import { entity, integer } from './row.ts';
import type { PolicyRecords } from './store.ts';

const COLUMNS = 'number, text, note, created_at AS createdAt';

/** Versions of policies. Once stored, never changed or deleted: triggers refuse it. */
export function createPolicyRecords(db: Database): PolicyRecords {
  return {
    versions: (name) =>
      db
        .all(`SELECT ${COLUMNS} FROM policy_versions WHERE name = ? ORDER BY number`, name)
        .map((row) => entity(policyVersion, row, 'policy_versions')),
    add: (name, text, note, at) =>
      db.write(() => {
        const last = db.get('SELECT coalesce(max(number), 0) AS number FROM policy_versions WHERE name = ?', name);
        const number = integer(last, 'number') + 1;
        db.run(
          'INSERT INTO policy_versions (name, number, text, note, created_at) VALUES (?, ?, ?, ?, ?)',
          name,
          number,
          text,
          note,
          at,
        );
        const stored = db.get(`SELECT ${COLUMNS} FROM policy_versions WHERE name = ? AND number = ?`, name, number);
        if (!stored) throw missing('policy version', name);
        return entity(policyVersion, stored, 'policy_versions');
      }),
  };
}
