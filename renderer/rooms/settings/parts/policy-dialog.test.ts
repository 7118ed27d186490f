import { describe, expect, it } from 'vitest';
import { lineOfName } from './policy-dialog.tsx';

describe('a copy of a built-in policy', () => {
  it('still bears its name on a line', () => {
    expect(lineOfName('# Easy\nname: balanced\nladder: []', 'balanced')).toBe(2);
    expect(lineOfName('name : "balanced"  # ours', 'balanced')).toBe(1);
  });
  it('has a name of its own once that line says another', () => {
    expect(lineOfName('name: balanced-at-work', 'balanced')).toBeNull();
    expect(lineOfName('rules:\n  - name: balanced', 'balanced')).toBeNull();
  });
});
