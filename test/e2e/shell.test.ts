import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { laneStage, launchApp, type LaunchedApp } from './support/launch.ts';

const root = resolve(import.meta.dirname, '..', '..');

describe('the shell around the page', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-shell-'));
  let launched: LaunchedApp;
  const inPage = (script: string): Promise<unknown> =>
    launched.app.evaluate(
      ({ BrowserWindow }, source) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(source),
      script,
    );
  beforeAll(async () => {
    launched = await launchApp({ dataDir });
    await launched.page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
  });
  afterAll(async () => {
    await launched.close();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('hands the page nothing of Node or Electron', async () => {
    const found = await launched.page.evaluate(() =>
      ['require', 'process', 'module', 'electron', 'ipcRenderer', 'Buffer'].filter((name) => name in window),
    );
    expect(found).toEqual([]);
  });

  it('lets the page reach no address but its own', async () => {
    const said = await launched.page.evaluate(() =>
      Promise.all(
        ['https://example.com/', 'http://127.0.0.1:9/', 'file:///etc/passwd'].map((url) =>
          fetch(url).then(
            () => 'reached',
            () => 'refused',
          ),
        ),
      ),
    );
    expect(said).toEqual(['refused', 'refused', 'refused']);
  });

  it('gives a second start to the first window', async () => {
    const stage = laneStage();
    const second = spawn(stage.executablePath, [...stage.switches, root, '--data', dataDir], {
      env: { ...process.env, ...stage.env },
      stdio: 'ignore',
    });
    const [code] = (await once(second, 'exit')) as [number | null];
    expect(code).toBe(0);
    expect(launched.app.windows()).toHaveLength(1);
  });

  it('tells the command line who holds the data folder', () => {
    const args = ['electron/headless.ts', 'chat', 'hello', '--data', dataDir];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/already running on .* \(the app, process \d+\)/);
  });

  it('loads the page again when its process dies, with everything in it', async () => {
    await launched.page.getByRole('textbox', { name: 'Message', exact: true }).fill('What is 2 plus 2?');
    await launched.page.keyboard.press('Enter');
    await launched.page.getByRole('button', { name: 'Regenerate' }).first().waitFor();
    const crashed = launched.page.waitForEvent('crash');
    await launched.app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
    });
    await crashed;
    await expect.poll(() => inPage('document.body.innerText'), { timeout: 20_000 }).toMatch(/What is 2 plus 2\?/);
  });

  it('writes its log where a person can find it', () => {
    expect(readFileSync(join(dataDir, 'logs', 'switchyard.log'), 'utf8')).toMatch(/"event":"window\.gone"/);
  });

  it('opens no second window and does not leave its page', async () => {
    // Asked through main: a navigation that is refused, like a page that died, leaves the test driver waiting.
    await inPage("window.open('https://example.com/'); location.href = 'https://example.com/'");
    const urls = await launched.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => window.webContents.getURL()),
    );
    expect(urls).toHaveLength(1);
    expect(urls[0]).toMatch(/^app:\/\/switchyard\//);
  });
});
