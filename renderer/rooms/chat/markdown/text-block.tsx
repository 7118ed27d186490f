import { isValidElement, memo, useEffect, useState } from 'react';
import type { ComponentProps, ReactNode } from 'react';
import Markdown from 'react-markdown';
import type { Components, Options } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import { text as words } from '../text.ts';
import { CodeBlock } from './code-block.tsx';
import { hasFormula, markFormulas } from './formulas.ts';
import { loadMath, mathPlugins } from './math-plugin.ts';
import { rawAsText, sanitise } from './sanitise.ts';
import { destination, isMisleading, safeUrl } from './url.ts';

const remarkPlugins: NonNullable<Options['remarkPlugins']> = [remarkGfm, [remarkMath, { singleDollarTextMath: false }]];
const plain: NonNullable<Options['rehypePlugins']> = [rawAsText, sanitise];

function plainText(node: ReactNode): string {
  if (typeof node === 'string' || typeof node === 'number') return String(node);
  if (Array.isArray(node)) return node.map(plainText).join('');
  if (isValidElement<{ children?: ReactNode }>(node)) return plainText(node.props.children);
  return '';
}

function Link({ href, children }: { readonly href?: string | undefined; readonly children?: ReactNode }): ReactNode {
  if (href === undefined || href === '') return <span>{children}</span>;
  const misleading = isMisleading(plainText(children), href);
  return (
    <>
      <a
        href={href}
        title={href}
        target="_blank"
        rel="noreferrer noopener"
        className="text-cloud-ink underline decoration-1 underline-offset-2 hover:decoration-2"
      >
        {children}
      </a>
      {misleading && <span className="text-degraded-ink"> ({destination(href)})</span>}
    </>
  );
}

/** Pictures of other machines are never loaded: that alone would tell them who reads. */
function Picture({ src, alt }: ComponentProps<'img'>): ReactNode {
  const { t } = { t: words.useText() };
  const label = alt === undefined || alt === '' ? t('markdown.picture') : t('markdown.pictureNamed', { name: alt });
  const url = typeof src === 'string' ? safeUrl(src) : '';
  return <Link href={url}>{label}</Link>;
}

function Pre({ children }: { readonly children?: ReactNode }): ReactNode {
  const code = isValidElement<{ className?: string; children?: ReactNode }>(children) ? children.props : null;
  if (code === null) return <pre>{children}</pre>;
  const language = /language-([\w+#.-]+)/.exec(code.className ?? '')?.[1] ?? '';
  return <CodeBlock text={plainText(code.children).replace(/\n$/, '')} language={language} part="whole" />;
}

const components: Components = {
  a: ({ href, children }) => <Link href={href}>{children}</Link>,
  img: Picture,
  pre: ({ children }) => <Pre>{children}</Pre>,
  table: ({ children }) => (
    <div className="md-table" tabIndex={0} role="group">
      <table>{children}</table>
    </div>
  ),
  input: ({ checked }) => <input type="checkbox" checked={checked === true} disabled readOnly aria-hidden="true" />,
};

/** Re-renders once KaTeX is there, if this text needs it. */
function useMath(wanted: boolean): Options['rehypePlugins'] | null {
  const [, setReady] = useState(mathPlugins() !== null);
  useEffect(() => {
    if (wanted && mathPlugins() === null) void loadMath().then(() => setReady(true));
  }, [wanted]);
  return wanted ? mathPlugins() : null;
}

interface TextBlockProps {
  readonly text: string;
  /** Link definitions of the whole message. */
  readonly definitions?: string;
}

/** A piece of Markdown as React elements. Live and stored text both come through here. */
export const TextBlock = memo(function TextBlock({ text, definitions = '' }: TextBlockProps): ReactNode {
  const footnote = text.startsWith('[^') ? `\\${text}` : text;
  const marked = markFormulas(footnote);
  const math = useMath(hasFormula(marked));
  const source = definitions !== '' && marked.includes('[') ? `${marked}\n\n${definitions}` : marked;
  return (
    <Markdown
      remarkPlugins={remarkPlugins}
      rehypePlugins={math === null || math === undefined ? plain : [rawAsText, ...math, sanitise]}
      urlTransform={safeUrl}
      components={components}
    >
      {source}
    </Markdown>
  );
});

/** A formula on its own line. While it is still being written its source is shown. */
export const MathBlock = memo(function MathBlock({
  text,
  open,
}: {
  readonly text: string;
  readonly open: boolean;
}): ReactNode {
  const math = useMath(!open);
  if (open || math === null || math === undefined) return <pre className="md-source">{text}</pre>;
  return (
    <div className="md-math" tabIndex={0} role="group">
      <Markdown remarkPlugins={remarkPlugins} rehypePlugins={[rawAsText, ...math, sanitise]} urlTransform={safeUrl}>
        {`$$\n${text.replaceAll('$$', '')}\n$$`}
      </Markdown>
    </div>
  );
});
