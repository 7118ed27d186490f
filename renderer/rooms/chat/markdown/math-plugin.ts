import type { Options } from 'react-markdown';

type Plugins = NonNullable<Options['rehypePlugins']>;

let loaded: Plugins | null = null;
let loading: Promise<void> | null = null;

/** KaTeX once it is there; null before. It is large and most messages need none of it. */
export const mathPlugins = (): Plugins | null => loaded;

export function loadMath(): Promise<void> {
  loading ??= Promise.all([import('rehype-katex'), import('katex/dist/katex.min.css')]).then(([katex]) => {
    const limits = { trust: false, strict: 'ignore', maxExpand: 300, maxSize: 20, errorColor: 'currentColor' } as const;
    loaded = [[katex.default, limits]];
  });
  return loading;
}
