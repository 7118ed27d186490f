import fc from 'fast-check';
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSplitter, splitBlocks } from './split.ts';
import type { Block } from './split.ts';
import { loadMath } from './math-plugin.ts';
import { MathBlock, TextBlock } from './text-block.tsx';

const draw = (block: Block, definitions: string): string => {
  if (block.kind === 'text') return renderToStaticMarkup(<TextBlock text={block.text} definitions={definitions} />);
  if (block.kind === 'math') return renderToStaticMarkup(<MathBlock text={block.text} open={block.open} />);
  return renderToStaticMarkup(<pre>{block.text}</pre>);
};

const stored = (text: string): string => {
  const { blocks, definitions } = splitBlocks(text);
  return blocks.map((block) => draw(block, definitions)).join('');
};

/** Every state a reader could see while the text arrives in chunks of this size. */
function live(text: string, size: number): string[] {
  const splitter = createSplitter();
  const seen: string[] = [];
  for (let at = 0; at < text.length; at += size) {
    splitter.push(text.slice(at, at + size));
    for (const block of splitter.tail()) seen.push(draw(block, splitter.definitions()));
  }
  splitter.finish();
  seen.push(...splitter.settled.map((block) => draw(block, splitter.definitions())));
  return seen;
}

const TAG = /<([a-z][\w-]*)((?:\s+[^\s=>"']+(?:="[^"]*")?)*)\s*\/?>/gi;
const ALLOWED = new Set(
  (
    'p div span a code pre table thead tbody tr th td ul ol li input h1 h2 h3 h4 h5 h6 blockquote hr br em strong del sup sub ' +
    'button svg path rect circle line g math semantics annotation mrow mi mo mn ms mtext mspace msup msub msubsup mfrac msqrt mroot ' +
    'mover munder munderover mtable mtr mtd mstyle mpadded mphantom menclose section kbd'
  ).split(' '),
);

/** Fails on anything in the markup that could run, load or cover something. */
function expectHarmless(markup: string): void {
  for (const [, tag = '', attributes = ''] of markup.matchAll(TAG)) {
    expect(ALLOWED, `<${tag}> in ${markup}`).toContain(tag.toLowerCase());
    for (const [, name = '', value = ''] of attributes.matchAll(/\s+([^\s=]+)(?:="([^"]*)")?/g)) {
      const at = name.toLowerCase();
      expect(at, `${name} in ${markup}`).not.toMatch(
        /^(?:on|src|srcset|srcdoc|formaction|action|ping|background|xlink)/,
      );
      if (at === 'href') expect(value, markup).toMatch(/^(?:https?:\/\/|mailto:)/i);
      if (at === 'style')
        expect(value, markup).not.toMatch(/url|expression|@import|position:\s*(?:fixed|absolute)|behavior/i);
    }
  }
  expect(markup).not.toMatch(
    /<(?:script|iframe|object|embed|img|base|meta|link|style|form|video|audio|foreignobject)[\s>/]/i,
  );
}

const CORPUS: readonly string[] = [
  '<script>alert(1)</script>',
  '<ScRiPt\n>alert(1)</sCrIpT\n>',
  '<scr<script>ipt>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<img src="https://evil.example/p.gif">',
  '<svg onload=alert(1)><script>alert(1)</script></svg>',
  '<svg><animate xlink:href=#x attributeName=href values=javascript:alert(1) /><a id=x><text>x</text></a></svg>',
  '<svg><foreignObject><iframe src="javascript:alert(1)"></iframe></foreignObject></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<math href="javascript:alert(1)"><mi xlink:href="data:x,<script>alert(1)</script>">x</mi></math>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<iframe src="javascript:alert(1)">',
  '<object data="data:text/html,<script>alert(1)</script>"></object>',
  '<embed src="javascript:alert(1)">',
  '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
  '<link rel=stylesheet href="https://evil.example/x.css">',
  '<style>@import "https://evil.example/x.css"; body{background:url(javascript:alert(1))}</style>',
  '<div style="position:fixed;inset:0;background:url(https://evil.example)">over all</div>',
  '<form action="javascript:alert(1)"><button formaction="javascript:alert(1)">go</button></form>',
  '<details open ontoggle=alert(1)>x</details>',
  '<input autofocus onfocus=alert(1)>',
  '<video><source onerror=alert(1)></video>',
  '<body onload=alert(1)>',
  '<template><script>alert(1)</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<a href="javascript:alert(1)" onclick="alert(1)">x</a>',
  '<x onclick=alert(1)>x</x>',
  '<!--><img src=x onerror=alert(1)>-->',
  '<![CDATA[<img src=x onerror=alert(1)>]]>',
  '<?xml version="1.0"?><x/>',
  "<img src='x' alt='dangling ",
  '<a href="https://evil.example/?',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](javascript&colon;alert(1))',
  '[x](javascript&#58;alert(1))',
  '[x](&#x6A;avascript:alert(1))',
  '[x](java\u0000script:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](<java\nscript:alert(1)>)',
  '[x](&#1;javascript:alert(1))',
  '[x]( javascript:alert(1))',
  '[x](vbscript:msgbox(1))',
  '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[x](file:///etc/passwd)',
  '[x](blob:https://evil.example/1)',
  '[x](app://switchyard/trouble)',
  '[x](//evil.example)',
  '[x](/index.html)',
  '[x](#top)',
  '[x](https://a.example" onmouseover="alert(1))',
  '[x](https://a.example "t\\" onmouseover=alert(1) ")',
  '[x][d]\n\n[d]: javascript:alert(1)',
  '[x]\n\n[x]: <javascript:alert(1)> "t"',
  '<javascript:alert(1)>',
  '<https://a.example/"onmouseover="alert(1)>',
  'www.a.example/"><img src=x onerror=alert(1)>',
  '![x](javascript:alert(1))',
  '![x](data:image/svg+xml,<svg onload=alert(1)>)',
  '![x](https://evil.example/pixel.png)',
  '![x" onerror="alert(1)](https://evil.example/p.png)',
  '![`<img src=x onerror=alert(1)>`](x)',
  '[![x](https://evil.example/p.png)](javascript:alert(1))',
  '`<img src=x onerror=alert(1)>`',
  '```html\n<img src=x onerror=alert(1)>\n```',
  '```"><img src=x onerror=alert(1)>\ncode\n```',
  '| <img src=x onerror=alert(1)> | b |\n|--|--|\n| <script>alert(1)</script> | [x](javascript:alert(1)) |',
  '- [ ] <input onfocus=alert(1) autofocus>',
  '> <script>alert(1)</script>',
  '# <svg/onload=alert(1)>',
  '[^1]: <img src=x onerror=alert(1)>\n\nText[^1]',
  '$\\href{javascript:alert(1)}{x}$',
  '$$\\href{https://evil.example}{x}$$',
  '$$\n\\htmlData{onload=alert(1)}{x}\n$$',
  '$$\n\\htmlStyle{position:fixed;inset:0}{x}\n$$',
  '$$\n\\htmlClass{x" onload="alert(1)}{x}\n$$',
  '$$\n\\includegraphics[alt=x]{https://evil.example/p.png}\n$$',
  '$$\n\\url{javascript:alert(1)}\n$$',
  '$$\n\\text{<img src=x onerror=alert(1)>}\n$$',
  '$$\n\\color{red;background:url(https://evil.example)}x\n$$',
  '$$\n\\rule{1000em}{1000em}\n$$',
  '$$\n\\def\\a{\\a\\a}\\a\n$$',
  '$$\n<script>alert(1)</script>\n$$',
  '\\(\\href{javascript:alert(1)}{x}\\)',
  '<scr\u0000ipt>alert(1)</scr\u0000ipt>',
  '\u202e<script>alert(1)</script>',
  '<img\u000bsrc=x\u000conerror=alert(1)>',
];

describe('hostile Markdown', () => {
  beforeAll(() => loadMath());

  it.each(CORPUS)('draws %j as harmless elements when stored', (text) => {
    expectHarmless(stored(text));
    expectHarmless(stored(`before ${text} after`));
    expectHarmless(stored(`1. a\n\n   ${text.replaceAll('\n', '\n   ')}`));
  });

  it.each([
    '<img src="x">',
    '<p onclick="x">a</p>',
    '<a href="javascript:x">a</a>',
    '<span style="background:url(x)">a</span>',
    '<iframe></iframe>',
  ])('is judged by a check that refuses %j', (markup) => {
    expect(() => expectHarmless(markup)).toThrow();
  });

  it('is as harmless at every moment while it arrives', () => {
    for (const text of CORPUS) for (const markup of live(text, 7)) expectHarmless(markup);
  });

  it('stays harmless in any mixture of its pieces', () => {
    const pieces = CORPUS.flatMap((text) => [text, text.slice(0, text.length / 2), text.slice(text.length / 2)]);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces, '\n', '\n\n', ' ', '`', '*'), { maxLength: 8 }), (parts) => {
        expectHarmless(stored(parts.join('')));
      }),
      { numRuns: 150 },
    );
  });
});

describe('Markdown', () => {
  beforeAll(() => loadMath());

  it('shows raw HTML as the text it is', () => {
    expect(stored('a <b>bold</b> word')).toBe('<p>a &lt;b&gt;bold&lt;/b&gt; word</p>');
  });

  it('links only to absolute http, https and mail addresses and shows where they lead', () => {
    expect(stored('[a](https://a.example/x)')).toContain('href="https://a.example/x" title="https://a.example/x"');
    expect(stored('[a](mailto:b@c.example)')).toContain('href="mailto:b@c.example"');
    expect(stored('[a](page.html)')).not.toContain('href');
  });

  it('names the real host when the text of a link names another', () => {
    expect(stored('[https://bank.example](https://evil.example/x)')).toContain('(evil.example)');
    expect(stored('[www.bank.example](https://bank.example/x)')).not.toContain('(bank.example)');
  });

  it('never loads a picture and shows its text instead', () => {
    expect(stored('![A cat](https://a.example/cat.png)')).toContain('Picture: A cat');
  });

  it('resolves a link whose definition stands in another block', () => {
    expect(stored('See [this][d].\n\nMore.\n\n[d]: https://a.example/')).toContain('href="https://a.example/"');
  });

  it('keeps the text of a footnote', () => {
    expect(stored('Text[^1].\n\n[^1]: The note.')).toContain('The note.');
  });

  it('takes prices for prices and formulas for formulas', () => {
    expect(stored('It costs $5 and $10.')).toBe('<p>It costs $5 and $10.</p>');
    expect(stored('Let $x+1$ be')).toContain('katex');
    expect(stored('Let \\(x+1\\) be')).toContain('katex');
    expect(stored('In `$x$` code')).toContain('<code>$x$</code>');
  });

  it('shows the source of a formula that is wrong', () => {
    const markup = stored('$$\n\\frac{broken\n$$');
    expect(markup).toContain('katex-error');
    expect(markup).toContain('\\frac{broken');
  });

  it('goes on numbering where a cut list left off', () => {
    const { blocks } = splitBlocks(Array.from({ length: 50 }, (_, i) => `${i + 1}. item`).join('\n'));
    expect(blocks.length).toBeGreaterThan(1);
    expect(renderToStaticMarkup(<TextBlock text={blocks[1]?.text ?? ''} />)).toContain('<ol start="21">');
  });
});
