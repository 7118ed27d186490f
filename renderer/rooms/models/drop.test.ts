import { describe, expect, it } from 'vitest';
import { cleanPath, readDrop } from './drop.ts';

describe('dropping a model file', () => {
  it('takes the path the shell gives', () => {
    expect(readDrop([{ name: 'a.GGUF', path: '/m/a.GGUF' }], '')).toEqual({ path: '/m/a.GGUF' });
  });

  it('reads the address a file manager sends along, spaces and drives included', () => {
    expect(readDrop([{ name: 'a b.gguf' }], 'file:///home/me/a%20b.gguf\r\n')).toEqual({ path: '/home/me/a b.gguf' });
    expect(readDrop([], 'file:///C:/m/a.gguf')).toEqual({ path: 'C:/m/a.gguf' });
  });

  it('says so when the place of the file is not known', () => {
    expect(readDrop([{ name: 'a.gguf' }], '')).toEqual({ problem: 'dropNoPath' });
    expect(readDrop([{ name: 'a.gguf' }], 'file://server/a.gguf')).toEqual({ problem: 'dropNoPath' });
    expect(readDrop([{ name: 'a.gguf' }], 'file:///%E0%A4%A.gguf')).toEqual({ problem: 'dropNoPath' });
  });

  it('refuses other files and more than one', () => {
    expect(readDrop([{ name: 'a.zip', path: '/a.zip' }], '')).toEqual({ problem: 'pathNotGguf' });
    expect(readDrop([{ name: 'a.gguf' }, { name: 'b.gguf' }], '')).toEqual({ problem: 'dropMany' });
    expect(readDrop([], '')).toEqual({ problem: 'pathNotGguf' });
  });
});

describe('a typed path', () => {
  it('loses quotes and space around it', () => {
    expect(cleanPath('  "/a b/c.gguf" ')).toBe('/a b/c.gguf');
    expect(cleanPath('   ')).toBeNull();
    expect(cleanPath('file:///a/b.gguf')).toBe('/a/b.gguf');
  });
});
