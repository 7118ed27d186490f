import type { SeedConversation } from './script.ts';
import { say } from './script.ts';

export const WORK: readonly SeedConversation[] = [
  {
    title: 'Why is this query slow?',
    daysAgo: 0,
    hour: 10.4,
    pinned: true,
    folder: 'Work',
    prompt: 'Code reviewer',
    turns: [
      say(
        'This takes 4 seconds on 2 million rows. What would you change first?\n\n```sql\nSELECT * FROM orders\nWHERE lower(email) = lower($1)\nORDER BY created_at DESC\nLIMIT 20;\n```',
        'The function call on the column is the problem: `lower(email)` cannot use an ordinary index on `email`, so every row is read.\n\n```sql\nCREATE INDEX orders_email_created_idx\n  ON orders (lower(email), created_at DESC);\n```\n\nWith that index the rows of one address lie together and already in the right order, so the database reads 20 entries and stops. Two smaller things:\n\n1. `SELECT *` fetches columns you may not need. Naming them can allow an index-only scan.\n2. If addresses are always stored in lower case, add a check constraint and drop the function altogether.',
        { model: 'big', rating: 'up', note: 'From 4.1 s to 3 ms. Exactly the index I needed.' },
      ),
      say(
        'And if I need the total count as well?',
        'Counting is the expensive half: it has to visit every matching entry. Three ways, cheapest first:\n\n| Way | Cost | Exact? |\n|---|---|---|\n| Fetch 21 rows, show "20 or more" | none | enough for paging |\n| `SELECT count(*)` with the same `WHERE` | grows with matches | yes |\n| Keep a counter per customer, updated by a trigger | one write per order | yes |\n\nFor a list people scroll through, the first is nearly always what they need.',
        { model: 'big' },
      ),
      say(
        'Write the first one as a TypeScript function.',
        '```ts\nconst PAGE = 20;\n\nexport async function ordersOf(db: Pool, email: string, before: Date | null) {\n  const { rows } = await db.query<Order>(\n    `SELECT id, total, created_at\n       FROM orders\n      WHERE lower(email) = lower($1)\n        AND ($2::timestamptz IS NULL OR created_at < $2)\n      ORDER BY created_at DESC\n      LIMIT ${PAGE + 1}`,\n    [email, before],\n  );\n  return { orders: rows.slice(0, PAGE), more: rows.length > PAGE };\n}\n```\n\nIt asks for one row more than it shows: if that row exists, there is a next page. The cursor is the last `created_at` you displayed.',
        { model: 'big', rating: 'up' },
      ),
    ],
  },
  {
    title: 'Release notes for 2.8',
    daysAgo: 1,
    hour: 15.2,
    folder: 'Work',
    prompt: 'Plain writer',
    promptVersion: 3,
    turns: [
      {
        earlierAsk: 'Make this better: we did offline mode, bugs fixed, exports are faster now',
        ask: 'Turn this into release notes for people who are not programmers: offline mode; fixed the crash when a file name had an emoji; export is 3x faster.',
        answers: [
          {
            text: '## What is new\n\n**Work without a connection.** Everything you open stays available when the network goes away. Changes are sent when it comes back.\n\n## What works better\n\n- Export takes about a third of the time it did.\n- File names with emoji no longer close the app. 🎉',
            model: 'qwen',
            rating: 'up',
          },
          {
            text: 'Offline mode was added. A crash was fixed. Export is faster.',
            model: 'starter',
            degraded: 'Qwen2.5 1.5B Instruct was still loading, so the starter model answered.',
            rating: 'down',
            reason: 'incomplete',
            note: 'Technically true, but nobody will want to read it.',
          },
        ],
      },
      say(
        'Same in German, please.',
        '## Neu\n\n**Arbeiten ohne Verbindung.** Alles, was Sie öffnen, bleibt verfügbar, auch wenn das Netz ausfällt. Änderungen werden gesendet, sobald es wieder da ist.\n\n## Verbessert\n\n- Der Export dauert nur noch etwa ein Drittel der Zeit.\n- Dateinamen mit Emoji beenden die App nicht mehr. 🎉',
        { model: 'qwen' },
      ),
    ],
  },
  {
    title: 'Who calls whom in the sign-in flow',
    daysAgo: 1,
    hour: 11.1,
    folder: 'Work',
    turns: [
      say(
        'Draw the sign-in flow with a refresh token as a Mermaid sequence diagram.',
        'Here it is, with the refresh that happens later shown below the line:\n\n```mermaid\nsequenceDiagram\n  participant P as Person\n  participant A as App\n  participant S as Sign-in server\n  participant D as Data API\n  P->>A: opens the app\n  A->>S: authorisation request + PKCE challenge\n  S->>P: asks for consent\n  P->>S: agrees\n  S-->>A: one-time code\n  A->>S: code + PKCE verifier\n  S-->>A: access token (10 min) + refresh token\n  A->>D: request with access token\n  D-->>A: 200\n  Note over A,D: ten minutes later\n  A->>D: request with access token\n  D-->>A: 401 expired\n  A->>S: refresh token\n  S-->>A: new pair, old refresh token revoked\n```\n\nThe detail people forget is the last arrow: each refresh should give a *new* refresh token and end the old one, so a stolen copy is noticed.',
        { model: 'big', rating: 'up' },
      ),
    ],
  },
  {
    title: 'Regular expression for ISO dates',
    daysAgo: 2,
    hour: 9.5,
    folder: 'Work',
    prompt: 'Code reviewer',
    turns: [
      say(
        'Is /\\d{4}-\\d{2}-\\d{2}/ enough to validate a date from a form?',
        'No. It finds a date *anywhere* in the text, so `x2026-13-99y` passes. Anchor it, then let the date type decide whether the day exists:\n\n```ts\nfunction parseDay(text: string): Date | null {\n  if (!/^\\d{4}-\\d{2}-\\d{2}$/u.test(text)) return null;\n  const day = new Date(`${text}T00:00:00Z`);\n  return day.toISOString().startsWith(text) ? day : null;\n}\n```\n\nThe last line catches 31 February, which `Date` would quietly turn into March.',
        { model: 'qwen' },
      ),
      say(
        'Nice trick. Does it survive an invalid Date?',
        'Not as written: `toISOString` throws a `RangeError` for an invalid date such as `2026-13-01`. Check first:\n\n```ts\nif (Number.isNaN(day.getTime())) return null;\n```\n\nThank you for asking, I should have said so.',
        { model: 'qwen', rating: 'down', reason: 'wrong', note: 'The first version would have thrown in production.' },
      ),
    ],
  },
  {
    title: 'Naming things',
    daysAgo: 3,
    hour: 16.8,
    folder: 'Work',
    turns: [
      {
        ask: 'Better name for a function called handleData that removes duplicate rows and sorts by date?',
        answers: [
          {
            text: '`newestUnique(rows)` says both things it does: one of each, newest first.',
            model: 'qwen',
            rating: 'up',
          },
          { text: 'You could call it `dedupeAndSortByDate`.', model: 'starter', end: 'stopped' },
        ],
      },
    ],
  },
  {
    title: 'Quarterly numbers as a table',
    daysAgo: 4,
    hour: 13.7,
    folder: 'Work',
    private: true,
    turns: [
      say(
        'Q1 revenue 412k cost 388k, Q2 465k / 401k, Q3 451k / 407k, Q4 540k / 433k. Make a table with margin in percent.',
        '| Quarter | Revenue | Cost | Profit | Margin |\n|---|---:|---:|---:|---:|\n| Q1 | 412 k | 388 k | 24 k | 5.8 % |\n| Q2 | 465 k | 401 k | 64 k | 13.8 % |\n| Q3 | 451 k | 407 k | 44 k | 9.8 % |\n| Q4 | 540 k | 433 k | 107 k | 19.8 % |\n| **Year** | **1,868 k** | **1,629 k** | **239 k** | **12.8 %** |\n\nThis conversation is private, so the numbers never left this computer.',
        { model: 'qwen', rating: 'up' },
      ),
      say(
        'Which quarter stands out, in one sentence for the board?',
        'The fourth quarter earned 45 % of the year’s profit on 29 % of its revenue, because costs grew far more slowly than sales.',
        {
          model: 'qwen',
        },
      ),
    ],
  },
];
