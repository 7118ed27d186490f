import { announce, toast } from '../../../kit/index.ts';
import { text as words } from '../text.ts';

/** Copies, and says so; false when the clipboard refused. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    announce(words.t('copied'));
    return true;
  } catch {
    toast({ text: words.t('copyFailed'), level: 'warning' });
    return false;
  }
}
