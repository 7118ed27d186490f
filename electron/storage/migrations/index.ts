import { chat } from './0001-chat.ts';
import { search } from './0002-search.ts';
import { traces } from './0003-traces.ts';
import { prompts } from './0004-prompts.ts';
import { feedback } from './0005-feedback.ts';
import { models } from './0006-models.ts';
import type { Migration } from './migration.ts';

/** Every step of the schema, in order. */
export const migrations: readonly Migration[] = [chat, search, traces, prompts, feedback, models];
/** The schema this program reads and writes. */
export const SCHEMA_VERSION = migrations.length;
