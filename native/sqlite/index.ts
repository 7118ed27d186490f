export { isSqliteFailure, openDatabase } from './database.ts';
export type { Database, OpenDatabaseOptions, Row, SqliteFailure, SqlValue } from './database.ts';
