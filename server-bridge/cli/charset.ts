/** One column each, like what they stand for. */
const ASCII: Readonly<Record<string, string>> = {
  '✓': '+',
  '✕': 'x',
  '◐': '>',
  '○': '.',
  '●': 'o',
  '⟲': '~',
  '…': '~',
  '→': '>',
  '▤': '#',
  '◇': '*',
  '│': '|',
  '─': '-',
  '├': '+',
  '┼': '+',
  '┤': '+',
  '└': '+',
  '┴': '+',
  '┘': '+',
  '–': '-',
  '×': 'x'
};

/** Whether the locale says that the terminal shows no UTF-8. One that says nothing (a container) does not say so. */
export function asciiOnly(env: NodeJS.ProcessEnv): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  if (locale === 'C' || locale === 'POSIX') {
    return true;
  }
  const charset = /\.([^@]+)/.exec(locale)?.[1];
  return charset !== undefined && !/^utf-?8$/i.test(charset);
}

/** Our signs in ASCII; the user's own text as it is. */
export function inAscii(text: string): string {
  return text.replace(/[✓✕◐○●⟲…→▤◇│─├┼┤└┴┘–×]/gu, sign => ASCII[sign]!);
}

/** Makes a stream write our signs in ASCII. */
export function writeAscii(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = ((chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === 'string' ? inAscii(chunk) : chunk, ...rest)) as typeof stream.write;
}
