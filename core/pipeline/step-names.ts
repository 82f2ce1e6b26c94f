import type { Work } from './cell-kind';
import type { Segment } from './proposed';

/** Which kind of work names a step that does several. */
const TELLING: readonly Work[] = ['train', 'load', 'evaluate', 'plot', 'save', 'compute'];
const FILLERS = new Set([
  'a',
  'an',
  'the',
  'of',
  'and',
  'for',
  'to',
  'in',
  'on',
  'with',
  'our',
  'let',
  's',
  'we',
  'is',
  'by',
  'from',
  'at'
]);

/** A readable name for each segment: of its heading, else of what it does and to which variable; all different. */
export function nameSegments(segments: readonly Segment[]): readonly string[] {
  const taken = new Set<string>();
  return segments.map(segment => {
    const base = (segment.heading === null ? '' : fromHeading(segment.heading)) || fromWork(segment);
    let name = base;
    for (let n = 2; taken.has(name); n += 1) {
      name = `${base}-${n}`;
    }
    taken.add(name);
    return name;
  });
}

/** A heading of up to four words whole, of a longer one the first four telling words; in any language. */
function fromHeading(heading: string): string {
  const words = heading
    .normalize('NFC')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<[^>]*>|[`*_~$]/g, ' ')
    .replace(/^\s*(step|part|section|chapter)?\s*\d+(\.\d+)*\s*[.:)\-–—]*\s*/i, '')
    .replace(/(?<=\p{L})['’](?=\p{L})/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(word => word !== '');
  const telling = words.length <= 4 ? words : words.filter(word => !FILLERS.has(word));
  return (telling.length > 0 ? telling : words).slice(0, 4).join('-').slice(0, 40);
}

function fromWork(segment: Segment): string {
  const work = TELLING.find(kind => segment.kinds.some(cell => cell.work === kind)) ?? 'compute';
  const doing = segment.kinds.filter(cell => cell.work === work);
  const subject = (
    doing.findLast(cell => cell.subject !== null) ?? segment.kinds.findLast(cell => cell.subject !== null)
  )?.subject;
  const about =
    subject
      ?.toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-+|-+$/g, '') ?? '';
  return about === '' ? work : `${work}-${about}`;
}
