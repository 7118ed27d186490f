/** What a drop gives: one path, or why there is none. */
export type Dropped = { readonly path: string } | { readonly problem: 'dropMany' | 'pathNotGguf' | 'dropNoPath' };

interface DroppedFile {
  readonly name: string;
  /** Present where the shell lets the page see it. */
  readonly path?: unknown;
}

const isGguf = (name: string): boolean => name.toLowerCase().endsWith('.gguf');

/** `file://` address to a path; null for anything else. */
const pathOfAddress = (address: string): string | null => {
  if (!address.startsWith('file://')) return null;
  try {
    const { host, pathname } = new URL(address);
    if (host !== '' && host !== 'localhost') return null;
    const decoded = decodeURIComponent(pathname);
    // file:///C:/x names a drive, not a folder called C:.
    return /^\/[A-Za-z]:\//.test(decoded) ? decoded.slice(1) : decoded;
  } catch {
    return null;
  }
};

/** The place of the one dropped file, from the shell's path or from the list of addresses file managers send along. */
export const readDrop = (files: readonly DroppedFile[], uriList: string): Dropped => {
  const addresses = uriList.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  if (files.length > 1 || addresses.length > 1) return { problem: 'dropMany' };
  const [file] = files;
  const [address] = addresses;
  const given = typeof file?.path === 'string' && file.path !== '' ? file.path : null;
  const path = given ?? (address === undefined ? null : pathOfAddress(address));
  if (!isGguf(path ?? file?.name ?? '')) return { problem: 'pathNotGguf' };
  return path === null ? { problem: 'dropNoPath' } : { path };
};

/** A typed path, cleaned of quotes and space around it; null when it cannot be one. */
export const cleanPath = (typed: string): string | null => {
  const path = typed.trim().replace(/^(["'])(.*)\1$/, '$2');
  if (path === '') return null;
  return path.startsWith('file://') ? pathOfAddress(path) : path;
};

export const looksLikeGguf = isGguf;
