import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { sumOf } from '../support/files/download-kit.ts';
import { startHostileFiles, type HostileFiles, type ServedFile, type Trick } from '../support/files/hostile-files.ts';
import { startHub } from '../support/files/hub.ts';
import { writeRandomGguf } from '../support/random-gguf.ts';
import { seriousFindings } from './support/axe.ts';
import { launchApp, type LaunchedApp } from './support/launch.ts';

const REPO = 'Qwen/Qwen3-0.6B-GGUF';
const NAME = 'Qwen3 0.6B';

describe('Get models', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-get-'));
  /** Slow enough to be looked at for two minutes, however busy this machine is. */
  const SLOW_MS = 100;
  const pace = { bytes: 8192, ms: SLOW_MS };
  let trick: Trick | null = null;
  let file: ServedFile;
  let files: HostileFiles;
  let hub: Awaited<ReturnType<typeof startHub>>;
  let launched: LaunchedApp;
  let page: Page;

  const row = (): Locator => page.getByRole('region', { name: 'Downloads' }).getByRole('listitem');
  const bar = (): Locator => page.getByRole('progressbar', { name: `Download of ${NAME}` });
  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const received = (): number => {
    const folder = join(dataDir, 'models', '.downloads');
    return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  };
  /** Comes quickly until the bar stands at so many hundredths. */
  const quicklyTo = async (least: number): Promise<void> => {
    pace.ms = 1;
    const handle = await bar().elementHandle();
    await page.waitForFunction(
      ([element, wanted]) => Number(element?.getAttribute('aria-valuenow')) >= Number(wanted),
      [handle, least] as const,
    );
    pace.ms = SLOW_MS;
  };
  async function pictures(name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await launched.picture(`get-${name}-${colorScheme}`);
      expect(await seriousFindings(page)).toEqual([]);
    }
  }
  async function open(): Promise<void> {
    launched = await launchApp({ dataDir });
    ({ page } = launched);
    page.setDefaultTimeout(30_000);
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Models' }).click();
    await page.getByRole('tab', { name: 'Get models' }).click();
  }

  beforeAll(async () => {
    const path = join(dataDir, 'made.gguf');
    await writeRandomGguf(path, {
      layers: 4,
      width: 512,
      heads: 4,
      feedForward: 1024,
      contextTokens: 2048,
      name: NAME,
    });
    const bytes = readFileSync(path);
    rmSync(path);
    file = { name: 'Qwen3-0.6B-Q8_0.gguf', bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
    files = await startHostileFiles({ files: [file], pace, trick: () => trick });
    hub = await startHub(REPO, [file], { placeOf: files.urlOf });
    mkdirSync(join(dataDir, 'models'), { recursive: true });
    writeFileSync(join(dataDir, 'config.yaml'), `hub: {url: "${hub.url}"}\n`);
    await open();
  });
  afterAll(async () => {
    await launched.close();
    await Promise.all([files.stop(), hub.stop()]);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('asks nobody for anything until a person wants a model', async () => {
    await page.getByRole('button', { name: `Download ${NAME}`, exact: true }).waitFor();
    await pictures('catalogue');
    expect([hub.asked, files.requests]).toEqual([[], []]);
  });

  it('shows a download as it comes: how much, how fast, how long, from where', async () => {
    await press(`Download ${NAME}`);
    await quicklyTo(5);
    const words = await row().innerText();
    expect(words).toMatch(/ of .*a second · .* left/su);
    expect(words).toContain(`From ${new URL(hub.url).host}.`);
    await pictures('running');
  });

  it('pauses at what came, asks for nothing then, and goes on from there', async () => {
    await press(`Pause ${NAME}`);
    await row().getByText('Paused').waitFor();
    const [asked, came] = [files.requests.length, received()];
    await pictures('paused');
    expect([files.requests.length, received()]).toEqual([asked, came]);
    await press(`Resume ${NAME}`);
    await row().getByText('a second').waitFor();
    expect(files.requests[asked]?.range).toMatch(new RegExp(`^bytes=${String(came)}-`, 'u'));
  });

  it('says when nothing comes any more, and that it goes on by itself', async () => {
    const goOn = files.hold();
    await row().getByText('Nothing comes').waitFor();
    await row().getByRole('status').getByText('goes on by itself').waitFor();
    await pictures('stalled');
    goOn();
    await row().getByText('a second').waitFor();
  });

  it('goes on by itself, from where it was, after the app was killed in the middle', async () => {
    await quicklyTo(30);
    const child = launched.app.process();
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    const [asked, came] = [files.requests.length, received()];
    expect(came).toBeGreaterThan(0.3 * file.bytes.length);
    await open();
    await bar().waitFor();
    await row().getByText('a second').waitFor();
    expect(files.requests[asked]?.range).toMatch(new RegExp(`^bytes=${String(came)}-`, 'u'));
    await pictures('after-kill');
  });

  it('waits when the server is busy, and says when it tries again', async () => {
    trick = 'busy';
    await press(`Pause ${NAME}`);
    await row().getByText('Paused').waitFor();
    await press(`Resume ${NAME}`);
    await row().getByText('Next try in').waitFor();
    await pictures('waiting');
    trick = null;
  });

  it('installs what has the right sum, whole, and shows it as a model of this machine', async () => {
    pace.ms = 0;
    await press(`Try ${NAME} now`);
    await page.getByText(`${NAME} is here and ready to use.`).waitFor();
    await row().waitFor({ state: 'detached' });
    await page.getByRole('table', { name: 'Models to choose from' }).getByText('Installed').waitFor();
    await pictures('installed');
    expect(sumOf(join(dataDir, 'models', file.name))).toBe(file.sha256);
    expect(readdirSync(join(dataDir, 'models', '.downloads'))).toEqual([]);
    await page.getByRole('tab', { name: 'This machine' }).click();
    await page.getByRole('row').filter({ hasText: NAME }).waitFor();
    await pictures('this-machine');
  });
});
