import type { Config } from '../../electron/contract/config.ts';
import { keep } from './persist.ts';

/** Puts theme and reply size on the page and remembers them for the next first paint (`public/boot.js`). */
export function applyAppearance(appearance: Config['appearance'], language: string): void {
  const root = document.documentElement;
  if (appearance.theme === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = appearance.theme;
  root.style.setProperty('--reply-size', `${appearance.fontSize}px`);
  keep('switchyard.appearance', { theme: appearance.theme, language, fontSize: appearance.fontSize });
}
