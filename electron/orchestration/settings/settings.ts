import { copyFileSync, mkdirSync, readFileSync, renameSync, unwatchFile, watchFile, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Document } from 'yaml';
import { say } from '../../contract/sentences/index.ts';
import type { Log } from '../../base/log.ts';
import { config as configSchema } from '../../contract/config.ts';
import type { Config, SettingsState } from '../../contract/config.ts';
import { refuse } from '../../contract/faults.ts';
import type { Announce } from '../announce.ts';
import { editConfig, parseConfig, settingProblem } from './config-file.ts';

/** How often the file is looked at for edits by hand, in ms. */
const WATCH_MS = 1000;

export interface Settings {
  config(): Config;
  state(): SettingsState;
  /** Writes what changed into the file, comments kept. */
  save(config: Config): SettingsState;
  /** Reads the file again; an invalid one leaves the last good configuration in force. */
  reload(): SettingsState;
  onChange(listener: (config: Config) => void): () => void;
  dispose(): void;
}

export interface SettingsDeps {
  readonly path: string;
  readonly announce: Announce;
  readonly log: Log;
  /** Looks for edits by hand; off for short-lived commands. */
  readonly watch: boolean;
}

const HEADER =
  ' Switchyard settings. Every field has a default; what is not here has it.\n Edits are taken up while the app runs.';

const readText = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
};

/** The one configuration file of a data folder, and the copy of its last good state. */
export function createSettings({ path, announce, log, watch }: SettingsDeps): Settings {
  const lastGoodPath = join(dirname(path), '.config.last-good.yaml');
  const listeners = new Set<(config: Config) => void>();
  let current = configSchema.parse({});
  let problem: string | null = null;
  let seenText: string | null = null;

  const write = (target: string, text: string) => {
    mkdirSync(dirname(target), { recursive: true });
    const temporary = `${target}.${String(process.pid)}.tmp`;
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, target);
  };
  const keepGood = (text: string) => {
    try {
      if (readText(lastGoodPath) !== text) write(lastGoodPath, text);
    } catch (error) {
      log.write('warn', 'settings.copy_failed', { error: String(error) });
    }
  };
  const state = (): SettingsState => ({ config: current, path, problem });

  const reload = (first: boolean): SettingsState => {
    let text: string | null = null;
    try {
      text = readText(path);
    } catch (error) {
      problem = say('app.settings.unreadable', { why: String(error) });
      return state();
    }
    if (!first && text === seenText) return state();
    seenText = text;
    const parsed = parseConfig(text ?? '');
    if (parsed.ok) {
      current = parsed.config;
      problem = null;
      if (text !== null) keepGood(text);
    } else {
      if (first) {
        const good = parseConfig(readGood());
        if (good.ok) current = good.config;
      }
      problem = `${parsed.problem} ${say('app.settings.last_good')}`;
      log.write('warn', 'settings.invalid', { problem });
    }
    if (!first) changed();
    return state();
  };
  const readGood = (): string => {
    try {
      return readText(lastGoodPath) ?? '';
    } catch {
      return '';
    }
  };
  const changed = () => {
    for (const listener of listeners) listener(current);
    announce.topics(['settings']);
  };

  reload(true);
  const look = () => {
    reload(false);
  };
  if (watch) watchFile(path, { interval: WATCH_MS, persistent: false }, look);

  return {
    config: () => current,
    state,
    save(next) {
      // What could not be read again at the next start must not be written.
      const valid = configSchema.safeParse(next);
      if (!valid.success) throw refuse(settingProblem(valid.error.issues[0]));
      const text = readText(path);
      const parsed = parseConfig(text ?? '');
      let document = new Document({});
      if (parsed.ok && text !== null && parsed.document.contents !== null) document = parsed.document;
      else if (text === null || parsed.ok) document.commentBefore = HEADER;
      try {
        // An invalid file is kept beside the new one: what a person wrote is never lost.
        if (!parsed.ok) copyFileSync(path, `${path}.invalid`);
        const before = parsed.ok && text !== null ? parsed.config : configSchema.parse({});
        const edited = editConfig(document, before, next);
        write(path, edited);
        keepGood(edited);
        seenText = edited;
      } catch (error) {
        throw refuse(say('app.settings.not_written', { path, why: String(error) }), 'storage_full');
      }
      current = next;
      problem = null;
      changed();
      return state();
    },
    reload: () => reload(false),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose() {
      if (watch) unwatchFile(path, look);
      listeners.clear();
    },
  };
}
