import type { ApiTokenRecord, ApiTokenRecords } from '../../electron/storage/store.ts';

/** Tokens kept in memory, as the database keeps them. */
export function memoryTokenRecords(): ApiTokenRecords {
  let all: readonly ApiTokenRecord[] = [];
  return {
    all: () => all,
    put(record) {
      all = [...all.filter(({ name }) => name !== record.name), { ...record, lastUsedAt: null }];
    },
    remove(name) {
      const found = all.some((record) => record.name === name);
      all = all.filter((record) => record.name !== name);
      return found;
    },
    touch(name, at) {
      all = all.map((record) => (record.name === name ? { ...record, lastUsedAt: at } : record));
    },
  };
}
