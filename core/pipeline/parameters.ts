import type { Diagnostic, Parameter, ParameterType } from '../api';
import type { Cell } from '../dataflow/types';
import { spanRange } from '../notebook';
import type { Expr, Name, Stmt } from '../python';
import { literal } from './literal';

/**
 * Typed parameters of the `parameters` cells: each top-level assignment of a literal to one name. Of several for the
 * same name the last one gives the default. All other lines are ordinary code.
 */
export function readParameters(cells: readonly Cell[]): { parameters: Parameter[]; diagnostics: Diagnostic[] } {
  const found = new Map<string, Parameter>();
  const diagnostics: Diagnostic[] = [];
  for (const cell of cells) {
    for (const statement of cell.module.body) {
      const parameter = parameterOf(statement, cell);
      if (parameter !== null) {
        found.set(parameter.name, parameter);
      }
    }
  }
  if (cells.length > 0 && found.size === 0) {
    const cell = cells[0]!;
    diagnostics.push({
      code: 'no-parameters',
      severity: 'info',
      message: `Cell ${cell.ref.index} is tagged 'parameters' but assigns no literal to a name.`,
      range: spanRange({ ...cell.ref, source: cell.source }, 0, 0)
    });
  }
  return { parameters: [...found.values()], diagnostics };
}

function parameterOf(statement: Stmt, cell: Cell): Parameter | null {
  const assigned = assignment(statement);
  const value = assigned === null ? undefined : literal(assigned.value);
  if (assigned === null || value === undefined) {
    return null;
  }
  const {
    cell: index,
    id,
    line,
    column
  } = spanRange({ ...cell.ref, source: cell.source }, assigned.target.start, assigned.target.end);
  const description = commentBehind(cell.source, statement.end);
  return {
    name: assigned.target.id,
    type: typeOf(value.type, assigned.annotation),
    default: value.value,
    position: { cell: index, id, line, column },
    ...(description === null ? {} : { description })
  };
}

function assignment(statement: Stmt): { target: Name; value: Expr; annotation: Expr | null } | null {
  if (statement.kind === 'Assign' && statement.targets.length === 1 && statement.targets[0]!.kind === 'Name') {
    return { target: statement.targets[0]!, value: statement.value, annotation: null };
  }
  if (statement.kind === 'AnnAssign' && statement.target.kind === 'Name' && statement.value !== null) {
    return { target: statement.target, value: statement.value, annotation: statement.annotation };
  }
  return null;
}

/** `rate: float = 1` is a float. Other annotations say nothing that the default does not. */
function typeOf(type: ParameterType, annotation: Expr | null): ParameterType {
  const float = annotation?.kind === 'Name' && annotation.id === 'float';
  return float && type === 'int' ? 'float' : type;
}

function commentBehind(source: string, end: number): string | null {
  const text = /^[ \t]*;?[ \t]*#+[ \t]*([^\r\n]*)/.exec(source.slice(end, end + 1000))?.[1]?.trim();
  return text === undefined || text === '' || /^(type:|noqa|pylint|fmt:)/.test(text) ? null : text;
}
