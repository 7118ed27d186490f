import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
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

describe('a window', () => {
  /** What the app says it reached, up to the mark named. */
  async function marksUntil(last: string, env: NodeJS.ProcessEnv): Promise<string[]> {
    const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-window-'));
    const stage = laneStage();
    const app = spawn(stage.executablePath, [...stage.switches, root, '--data', dataDir], {
      env: { ...process.env, ...stage.env, SWITCHYARD_MARKS: '1', ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(app, 'exit');
    const marks: string[] = [];
    try {
      for await (const line of createInterface({ input: app.stdout })) {
        const name = /"mark":"([^"]*)"/u.exec(line)?.[1];
        if (name !== undefined) marks.push(name);
        if (name === last) break;
      }
      return marks;
    } finally {
      app.kill('SIGTERM');
      await ended;
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  it('is shown once, before its page can be typed into', async () => {
    const marks = await marksUntil('typing-ready', {});
    expect(marks.filter((name) => name === 'shown')).toHaveLength(1);
  });

  it('is shown all the same when its page does not come', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    onTestFinished(() => {
      silent.closeAllConnections();
      silent.close();
    });
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    expect(await marksUntil('shown', { SWITCHYARD_DEV_URL: `http://127.0.0.1:${String(port)}/` })).toContain('shown');
  });
});
