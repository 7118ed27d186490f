import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A policy's file as it is on the disk. */
export interface PolicyFile {
  readonly path: string;
  /** Changes when the file was written. */
  readonly stamp: string;
}

const ENDINGS = ['.yaml', '.yml'] as const;
/** Larger files are no policies, in bytes. */
const MOST_BYTES = 200_000;

/** The policy files of a data folder. `configDir` = folder of the settings file. */
export function createPolicyFiles(dataDir: string, configDir: string) {
  const own = join(dataDir, 'policies');
  const folders = [...new Set([own, join(configDir, 'policies'), configDir])];
  const look = (path: string): PolicyFile | null => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isFile() ? { path, stamp: `${found.mtimeMs}:${found.size}:${found.ino}` } : null;
  };
  return {
    folder: own,
    /** null = there is no such file. */
    find(name: string): PolicyFile | null {
      for (const folder of folders)
        for (const ending of ENDINGS) {
          const file = look(join(folder, `${name}${ending}`));
          if (file) return file;
        }
      return null;
    },
    /** Names of the files in the folder `policies`, in order. */
    names(): string[] {
      try {
        const files = readdirSync(own).filter((file) => ENDINGS.some((ending) => file.endsWith(ending)));
        return [...new Set(files.map((file) => file.replace(/\.ya?ml$/u, '')))].toSorted();
      } catch {
        return [];
      }
    },
    /** Throws what the system says, or that the file is too large. */
    read(file: PolicyFile): string {
      if (statSync(file.path).size > MOST_BYTES) throw new Error('it is too large for a policy');
      return readFileSync(file.path, 'utf8');
    },
    /** Writes whole or not at all. */
    write(name: string, text: string): void {
      const path = join(own, `${name}.yaml`);
      mkdirSync(dirname(path), { recursive: true });
      const temporary = `${path}.${String(process.pid)}.tmp`;
      writeFileSync(temporary, text, { mode: 0o600 });
      renameSync(temporary, path);
    },
  };
}
