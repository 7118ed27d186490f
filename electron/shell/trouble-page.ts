const escape = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${String(letter.charCodeAt(0))};`);

/** Links of the trouble page; the shell takes them for orders, nothing is loaded. */
export const TROUBLE_ORDERS = { retry: '/do/retry', openFolder: '/do/open-folder', quit: '/do/quit' } as const;

/** A page without script: one sentence that says what is wrong, and the ways on. */
export function renderTroublePage(sentence: string, dataDir: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Switchyard cannot start</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#fcfdfc, #161b1a); color: light-dark(#17201d, #e6ecea); }
  main { max-width: 36rem; padding: 2rem; }
  h1 { font-size: 1.5rem; margin: 0 0 .75rem; }
  code { overflow-wrap: anywhere; }
  nav { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
  a { padding: .5rem 1rem; border: 1px solid currentColor; border-radius: 6px; color: inherit; text-decoration: none; }
  a:focus-visible, a:hover { outline: 2px solid light-dark(#0b6b57, #5fd0b4); outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>Switchyard cannot start</h1>
<p role="alert">${escape(sentence)}</p>
<p>Data folder: <code>${escape(dataDir)}</code></p>
<nav aria-label="Ways on">
<a href="${TROUBLE_ORDERS.retry}">Try again</a>
<a href="${TROUBLE_ORDERS.openFolder}">Open data folder</a>
<a href="${TROUBLE_ORDERS.quit}">Quit</a>
</nav>
</main>
</body>
</html>`;
}
