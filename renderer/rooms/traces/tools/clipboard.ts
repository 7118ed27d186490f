import { toast } from '../../../kit/index.ts';
import { toolsText } from './text.ts';

/** Puts a text on the clipboard and says so. */
export const toClipboard = (text: string, what: string): void => {
  navigator.clipboard.writeText(text).then(
    () => toast({ text: toolsText.t('copied', { what }), level: 'success' }),
    () => toast({ text: toolsText.t('copyNoClipboard'), level: 'error' }),
  );
};
