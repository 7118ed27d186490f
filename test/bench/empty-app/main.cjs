// The least a window can be, with the safety settings of the app: what launch time is compared with.
const { app, BrowserWindow } = require('electron');
const { join } = require('node:path');

app.setPath('userData', process.env.EMPTY_WINDOW_DATA);
app.whenReady().then(() => {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    webPreferences: { sandbox: true, contextIsolation: true },
  });
  window.webContents.once('did-finish-load', () => {
    process.stdout.write(`${JSON.stringify({ mark: 'typing-ready' })}\n`);
  });
  window.loadFile(join(__dirname, 'index.html'));
});
