import type { Step } from '@cellway/core/api';
import type { Components } from './key';

function firstDifference(before: string, now: string): number {
  const a = before.split('\n');
  const b = now.split('\n');
  const at = b.findIndex((line, index) => line !== a[index]);
  return (at < 0 ? b.length : at) + 1;
}

/** One thing that is not as it was: a component or check by name, and what to say of it. */
export interface Difference {
  readonly name: string;
  readonly text: string;
}

/** What is said of differences, each thing once. */
export function textsOf(differences: readonly Difference[]): readonly string[] {
  return [...new Set(differences.map(({ text }) => text))];
}

/** Why a step's key is not what it was, in words for the user. `from` tells whose value an input is. */
export function explain(
  node: Step,
  before: Components,
  now: Components,
  from: (kind: 'input' | 'ambient', name: string) => string | undefined
): readonly Difference[] {
  const why: Difference[] = [];
  const cellCount = (components: Components) => Object.keys(components).filter(name => name.startsWith('cell:')).length;
  if (cellCount(before) !== cellCount(now))
    why.push({ name: 'cells', text: `the step has ${cellCount(now)} cells, it had ${cellCount(before)}` });
  for (const name of new Set([...Object.keys(now), ...Object.keys(before)])) {
    const old = before[name];
    const current = now[name];
    if (old === current) continue;
    const kind = name.slice(0, name.indexOf(':'));
    const what = name.slice(kind.length + 1);
    const say = (text: string) => why.push({ name, text });
    switch (kind) {
      case 'cell': {
        if (old === undefined || current === undefined) continue;
        const cell = node.cells[Number(what) - 1];
        say(`cell ${cell?.index ?? what} line ${firstDifference(old, current)} changed`);
        break;
      }
      case 'replay': {
        const piece = node.replay[Number(what) - 1];
        if (old !== undefined && current !== undefined && piece)
          say(`cell ${piece.cell.index} line ${piece.line + firstDifference(old, current) - 1} changed`);
        else say('what it takes from setup changed');
        break;
      }
      case 'input':
        if (current === undefined) say(`it no longer takes \`${what}\``);
        else
          say(
            old === undefined
              ? `it now takes \`${what}\``
              : `input \`${what}\` changed (step ${from('input', what) ?? '?'} ran again)`
          );
        break;
      case 'ambient':
        say(
          `the state of ${what} changed${current === undefined ? '' : ` (step ${from('ambient', what) ?? '?'} ran again)`}`
        );
        break;
      case 'parameter':
        say(`parameter ${what} ${old ?? '(none)'} → ${current ?? '(none)'}`);
        break;
      case 'variable':
        say(
          `the environment variable ${what} ${old === undefined ? 'is set now' : current === undefined ? 'is not set any more' : 'changed'}`
        );
        break;
      case 'cellway':
        say('it was made by another build of Cellway');
        break;
      case 'python':
        say(`Python ${old} → ${current}`);
        break;
      case 'package': {
        const shortened =
          old !== undefined && current !== undefined && old.split(' ')[0] === current.split(' ')[0]
            ? current.split(' ')[1]
            : current;
        say(`${old ?? what} → ${shortened ?? 'not imported'}`);
        break;
      }
      default:
        say(`${kind === 'tag' ? `tag ${what}: cells` : what || kind} ${old ?? '(none)'} → ${current ?? '(none)'}`);
    }
  }
  return why;
}
