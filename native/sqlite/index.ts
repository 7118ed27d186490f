export { sqliteBinding } from './binding.ts';
export { isSqliteFailure, openDatabase } from './database.ts';
export type { Database, Row, SqliteFailure, SqlValue } from './database.ts';
