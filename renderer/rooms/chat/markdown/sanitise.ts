import rehypeSanitize, { defaultSchema } from 'rehype-sanitize';
import type { Options } from 'rehype-sanitize';

const MATH_TAGS = (
  'math semantics annotation mrow mi mo mn ms mtext mspace msup msub msubsup mfrac msqrt mroot mover munder ' +
  'munderover mtable mtr mtd mstyle mpadded mphantom menclose'
).split(' ');

/** What KaTeX writes as style: lengths in em, and colours. Nothing that could load or cover anything. */
const LENGTH = '-?\\d*\\.?\\d+(?:em|ex|pt|px|%)?';
const STYLE = new RegExp(
  `^(?:(?:height|width|min-width|top|bottom|left|vertical-align|margin|margin-left|margin-right|margin-top|padding-left|` +
    `padding-right|border-(?:bottom|top|right|left)-width|border-width):${LENGTH};?|position:relative;?|` +
    `border-style:solid;?|(?:color|background-color|border-color):(?:#[0-9a-f]{3,8}|[a-z]{3,20});?)+$`,
  'i',
);

const schema: Options = {
  ...defaultSchema,
  tagNames: [
    ...(defaultSchema.tagNames ?? []).filter((tag) => tag !== 'picture' && tag !== 'source'),
    ...MATH_TAGS,
    'svg',
    'path',
  ],
  attributes: {
    ...defaultSchema.attributes,
    '*': ['align', 'start', 'value', 'colSpan', 'rowSpan'],
    a: ['href', 'title'],
    img: ['src', 'alt', 'title'],
    input: [['disabled', true], ['type', 'checkbox'], 'checked'],
    code: [['className', /^language-./, 'math-inline', 'math-display']],
    span: [['className', /^[a-zA-Z][\w-]*$/], ['style', STYLE], ['ariaHidden', 'true'], 'title'],
    svg: ['xmlns', 'width', 'height', 'viewBox', 'preserveAspectRatio', ['style', STYLE]],
    path: ['d'],
    math: ['xmlns', 'display'],
    annotation: ['encoding'],
    mo: ['stretchy', 'fence', 'separator', 'lspace', 'rspace', 'minsize', 'maxsize', 'accent'],
    mi: ['mathvariant'],
    mtext: ['mathvariant'],
    mn: ['mathvariant'],
    mspace: ['width', 'linebreak'],
    mfrac: ['linethickness'],
    mover: ['accent'],
    munder: ['accentunder'],
    mtable: ['rowspacing', 'columnspacing', 'columnalign', 'columnlines', 'rowlines', 'width'],
    mstyle: ['scriptlevel', 'displaystyle', 'mathcolor'],
    mpadded: ['width', 'height', 'depth', 'lspace', 'voffset'],
    menclose: ['notation'],
  },
  protocols: { href: ['http', 'https', 'mailto'], src: ['http', 'https'] },
  strip: ['script', 'style'],
};

interface Node {
  type: string;
  value?: string;
  children?: Node[];
}

/** Raw HTML of a message is text: people see what was written, and nothing of it runs. */
const rehypeRawAsText = () => (tree: Node) => {
  const visit = (node: Node): void => {
    for (const child of node.children ?? []) {
      if (child.type === 'raw') child.type = 'text';
      else visit(child);
    }
  };
  visit(tree);
};

export const rawAsText = rehypeRawAsText;
/** The one sanitiser: live text, stored text and formulas all pass it last. */
export const sanitise: [typeof rehypeSanitize, Options] = [rehypeSanitize, schema];
