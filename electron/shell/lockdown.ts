import { app, session, shell } from 'electron';
import type { WebContents } from 'electron';
import { APP_ORIGIN } from './pages.ts';

/** Chromium's own errands; none of them serves a person who chats offline. */
const SWITCHES: readonly (readonly [string, string?])[] = [
  ['disable-background-networking'],
  ['disable-component-update'],
  ['disable-domain-reliability'],
  ['disable-sync'],
  ['no-pings'],
  ['no-proxy-server'],
  [
    'disable-features',
    'AutofillServerCommunication,CertificateTransparencyComponentUpdater,InterestFeedContentSuggestions,MediaRouter,OptimizationHints,SpareRendererForSitePerProcess,Translate',
  ],
];

/** What may be opened outside the app, and only after a click. */
const OUTSIDE = new Set(['http:', 'https:', 'mailto:']);
/** A click or key press counts this long, in ms. */
const GESTURE_MS = 2000;

/** Must run before the app is ready. `devUrl` = the development server, the only address the page may then reach. */
export function quietChromium(devUrl: string | null): void {
  for (const [name, value] of SWITCHES) app.commandLine.appendSwitch(name, value);
  if (devUrl === null) app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ^NOTFOUND');
}

const parseUrl = (url: string): URL | null => {
  try {
    return new URL(url);
  } catch {
    return null;
  }
};

/** Whether a page address is one of ours. */
export const isOurs = (url: string, devUrl: string | null): boolean => {
  const parsed = parseUrl(url);
  if (!parsed) return false;
  return (
    `${parsed.protocol}//${parsed.host}` === APP_ORIGIN || (devUrl !== null && parsed.origin === new URL(devUrl).origin)
  );
};

/** Nothing of the network, no permission but writing the clipboard. Runs once, before the first window. */
export function lockSession(devUrl: string | null): void {
  const own = session.defaultSession;
  own.setPermissionRequestHandler((_contents, permission, answer) => {
    answer(permission === 'clipboard-sanitized-write');
  });
  own.setPermissionCheckHandler((_contents, permission) => permission === 'clipboard-sanitized-write');
  own.setDevicePermissionHandler(() => false);
  // Switched off alone it still fetches a dictionary once: it must have no language, and nowhere to fetch from.
  own.setSpellCheckerLanguages([]);
  own.setSpellCheckerDictionaryDownloadURL(`${APP_ORIGIN}/no-dictionary/`);
  own.setSpellCheckerEnabled(false);
  own.on('will-download', (event) => {
    event.preventDefault();
  });
  own.webRequest.onBeforeRequest(
    { urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*'] },
    (details, answer) => {
      const host = devUrl === null ? null : new URL(devUrl).host;
      answer({ cancel: host === null || new URL(details.url).host !== host });
    },
  );
}

/** Keeps a window on our pages: no new windows, no navigation, links go outside only after a person's click. */
export function lockContents(contents: WebContents, devUrl: string | null, onOrder: (path: string) => void): void {
  let gestureAt = -Infinity;
  contents.on('input-event', (_event, input) => {
    if (
      input.type === 'mouseDown' ||
      input.type === 'mouseUp' ||
      input.type === 'keyDown' ||
      input.type === 'rawKeyDown'
    )
      gestureAt = performance.now();
  });
  const outside = (url: string) => {
    const parsed = parseUrl(url);
    if (!parsed || !OUTSIDE.has(parsed.protocol) || performance.now() - gestureAt > GESTURE_MS) return;
    gestureAt = -Infinity;
    void shell.openExternal(parsed.href);
  };
  contents.setWindowOpenHandler(({ url }) => {
    outside(url);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event) => {
    if (devUrl !== null && isOurs(event.url, devUrl) && !event.url.startsWith(APP_ORIGIN)) return;
    event.preventDefault();
    if (isOurs(event.url, null)) onOrder(new URL(event.url).pathname);
    else outside(event.url);
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame && !/^(app:|about:|blob:|data:)/.test(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
}
