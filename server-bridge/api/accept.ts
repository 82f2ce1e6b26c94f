/** Whether an `Accept` header (RFC 9110, 12.5.1) lets one of some media types through. Absent or unreadable: all. */
export function accepts(header: string | undefined, types: readonly string[]): boolean {
  if (header === undefined || header.trim() === '') return true;
  const ranges = header.split(',').map(part => {
    const [range = '', ...parameters] = part.split(';').map(text => text.trim().toLowerCase());
    const weight = parameters.find(parameter => parameter.startsWith('q='))?.slice(2);
    return { range, refused: weight !== undefined && Number(weight) === 0 };
  });
  return types.some(type => {
    const fitting = ranges.filter(({ range }) => matches(range, type));
    // The most exact one decides.
    const exact = fitting.sort((a, b) => exactness(b.range) - exactness(a.range))[0];
    return exact !== undefined && !exact.refused;
  });
}

function matches(range: string, type: string): boolean {
  if (range === '*/*' || range === '*') return true;
  return range.endsWith('/*') ? type.startsWith(range.slice(0, -1)) : range === type;
}

function exactness(range: string): number {
  if (range === '*/*' || range === '*') return 0;
  return range.endsWith('/*') ? 1 : 2;
}
