// Runs inside Electron: draws the SVG on a canvas at each size and writes the PNG files.
import { app, BrowserWindow } from 'electron';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.SWITCHYARD_ICON_FOLDER;
const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];

const drawIn = (svg, size) => `new Promise((resolve, reject) => {
  const image = new Image();
  image.onerror = () => reject(new Error('the drawing does not load'));
  image.onload = () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: ${size}, height: ${size} });
    canvas.getContext('2d').drawImage(image, 0, 0, ${size}, ${size});
    resolve(canvas.toDataURL('image/png'));
  };
  image.src = 'data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}';
})`;

app.whenReady().then(async () => {
  const svg = readFileSync(join(folder, 'icon.svg'), 'utf8');
  const window = new BrowserWindow({ show: false });
  await window.loadURL('data:text/html,<title>icons</title>');
  for (const size of sizes) {
    const address = await window.webContents.executeJavaScript(drawIn(svg, size));
    const png = Buffer.from(address.slice(address.indexOf(',') + 1), 'base64');
    writeFileSync(join(folder, size === 1024 ? 'icon.png' : `${size}x${size}.png`), png);
  }
  app.quit();
});
