import { dialog, shell } from 'electron';
import type { BrowserWindow } from 'electron';

/** Asks for files with the system's own dialogs, on top of the window. */
export function createDialogs(window: () => BrowserWindow | null) {
  return {
    async openFile({ title, extensions }: { title: string; extensions: string[] }): Promise<string | null> {
      const options = { title, properties: ['openFile' as const], filters: [{ name: title, extensions }] };
      const parent = window();
      const { filePaths } = await (parent ? dialog.showOpenDialog(parent, options) : dialog.showOpenDialog(options));
      return filePaths[0] ?? null;
    },
    async saveFile({ title, suggestedName }: { title: string; suggestedName: string }): Promise<string | null> {
      const options = { title, defaultPath: suggestedName };
      const parent = window();
      const { filePath } = await (parent ? dialog.showSaveDialog(parent, options) : dialog.showSaveDialog(options));
      return filePath === '' ? null : filePath;
    },
    async openFolder(path: string): Promise<void> {
      await shell.openPath(path);
    },
  };
}
