/** Python's built-in functions: what they read, change, call and give. */
import type { Call } from '../python';
import { type Args, consume } from './calls';
import { addElements, elementsOf, show, tuple } from './expressions';
import type { Frame } from './frame';
import { argValues, callValue, lazily, unknownCall } from './invoke';
import { runLiteral } from './dynamic';
import type { Machine, Place } from './machine';
import { attributesOf, callMethod, compareAll, fileCall, loadAttribute } from './methods';
import {
  BOOL,
  BYTES,
  NONE,
  NOTHING,
  NUMBER,
  Obj,
  SCALAR,
  STR,
  type Val,
  constText,
  fresh,
  union,
  unknown
} from './objects';
import { optional } from './expressions';
import { maybe } from './statements';

export const BUILTIN_NAMES: ReadonlySet<string> = new Set(
  (
    'ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError BufferError BytesWarning ChildProcessError ' +
    'ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError ' +
    'Exception ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError ImportError ImportWarning ' +
    'IndentationError IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError None ' +
    'NotADirectoryError NotImplemented NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError PythonFinalizationError ' +
    'RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit ' +
    'TabError TimeoutError True TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ' +
    'ValueError Warning ZeroDivisionError __build_class__ __debug__ __doc__ __import__ __loader__ __name__ __package__ __spec__ __builtins__ __file__ __annotations__ ' +
    'abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex copyright credits delattr dict dir divmod enumerate ' +
    'eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len license list locals map max ' +
    'memoryview min next object oct open ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip ' +
    'In Out _ __ ___ _i _ii _iii _ih _oh _dh display get_ipython exit quit'
  ).split(' ')
);

const made = new Map<string, Val>();

export function builtin(name: string): Val {
  let val = made.get(name);
  if (val === undefined) {
    if (name === 'True' || name === 'False') val = BOOL;
    else if (name === 'None') val = NONE;
    else if (name === '__name__' || name === '__doc__') val = STR;
    else val = [new Obj('builtin', { of: 'lib', path: name })];
    made.set(name, val);
  }
  return val;
}

/** `name(args)` where the name is Python's own. */
export function builtinCall(
  m: Machine,
  frame: Frame | null,
  name: string,
  args: Args,
  place: Place,
  e: Call | null
): Val {
  const a = args.pos[0] ?? NOTHING;
  const key = args.kw.get('key');
  const callAll = (f: Val, given: readonly Val[]): Val =>
    maybe(m, () => optional(m, () => callValue(m, frame, f, { pos: given, kw: new Map(), rest: NOTHING }, place)));
  switch (name) {
    case 'print':
    case 'display':
      for (const v of [...args.pos, args.rest])
        for (const o of v) shown(m, frame, o, name === 'print' ? '__str__' : '__repr__', place);
      for (const f of args.kw.get('file') ?? NOTHING) m.change([f], place);
      return NONE;
    case 'str':
    case 'repr':
    case 'format':
    case 'ascii':
      for (const o of a)
        shown(m, frame, o, name === 'repr' ? '__repr__' : name === 'format' ? '__format__' : '__str__', place);
      return STR;
    case 'len':
    case 'hash':
    case 'abs':
    case 'int':
    case 'float':
    case 'bool':
    case 'complex':
    case 'round':
    case 'ord':
    case 'divmod':
    case 'pow':
    case 'id':
      for (const o of a) {
        if (o.kind !== 'instance') continue;
        // `bool` asks for the length where there is no `__bool__`.
        if (!callMethod(m, frame, o, `__${name}__`, [], place)[1] && name === 'bool')
          callMethod(m, frame, o, '__len__', [], place);
      }
      return NUMBER;
    case 'sum':
    case 'min':
    case 'max':
    case 'any':
    case 'all': {
      const many = args.pos.length === 1 || name === 'sum' || name === 'any' || name === 'all';
      const elements = many ? elementsOf(m, a, place) : union(args.pos);
      if (key !== undefined) callAll(key, [elements]);
      else if (name === 'min' || name === 'max') compareAll(m, frame, elements, place);
      if (name === 'sum')
        for (const o of elements)
          if (o.kind === 'instance')
            for (const d of ['__radd__', '__add__']) callMethod(m, frame, o, d, [elements], place);
      if (name === 'any' || name === 'all') return BOOL;
      if (name === 'sum') return elements.some(o => !o.immutable) ? [fresh('fresh')] : NUMBER;
      return union([elements, args.kw.get('default') ?? NOTHING]);
    }
    case 'sorted':
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
    case 'reversed': {
      if (name === 'reversed' && a.length === 1 && a[0]!.kind === 'instance') {
        const [it, own] = callMethod(m, frame, a[0]!, '__reversed__', [], place);
        if (own) return it;
      }
      const elements = elementsOf(m, a, place);
      if (name === 'list' || name === 'tuple') m.inOrder(a, place);
      if (key !== undefined) callAll(key, [elements]);
      else if (name === 'sorted') compareAll(m, frame, elements, place);
      const out =
        name === 'frozenset'
          ? new Obj('set', { of: 'lib', path: name })
          : fresh(
              name === 'tuple' ? 'tuple' : name === 'set' ? 'set' : name === 'reversed' ? 'iterator' : 'list',
              false
            );
      for (const o of elements) out.hold(o);
      return [out];
    }
    case 'dict': {
      const out = fresh('dict', false);
      for (const o of a) {
        if (o.kind === 'dict' || o.kind === 'defaultdict') addElements(out, [o]);
        else for (const row of elementsOf(m, [o], place)) addElements(out, [row]);
        if (o.fields !== null && o.kind === 'dict') out.fields = new Map(o.fields);
      }
      out.fields ??= new Map();
      for (const [k, v] of args.kw) {
        out.holdAll(v);
        out.fields.set(k, v);
      }
      out.holdAll(args.rest);
      return [out];
    }
    case 'bytearray':
      return [fresh('bytearray', false)];
    case 'bytes':
      return BYTES;
    case 'memoryview': {
      const view = fresh('bytearray', false);
      for (const o of a) if (!o.immutable) view.share(o);
      return [view];
    }
    case 'range':
      return [fresh('list', false)];
    case 'enumerate': {
      const z = rows(m, [a], true);
      return [z];
    }
    case 'zip': {
      const z = rows(m, args.pos, false);
      return args.rest.length > 0 ? [fresh('iterator')] : [z];
    }
    case 'map':
    case 'filter': {
      // The function is called where the iterator is drawn from.
      const out = fresh('iterator', false);
      for (const v of args.pos) out.drawFrom(v);
      lazily(m, out, () => {
        const columns = args.pos.slice(1).map(v => elementsOf(m, v));
        const result = callAll(a, columns);
        out.holdAll(name === 'map' ? result : (columns[0] ?? NOTHING));
      });
      return [out];
    }
    case 'iter': {
      if (args.pos.length > 1) callAll(a, []);
      if (a.length === 1 && a[0]!.kind === 'instance') {
        const [it, found] = callMethod(m, frame, a[0]!, '__iter__', [], place);
        if (found) return it;
      }
      if (a.length === 1 && (a[0]!.kind === 'iterator' || a[0]!.kind === 'generator' || a[0]!.kind === 'file'))
        return a;
      const out = fresh('iterator', false);
      for (const o of elementsOf(m, a, place)) out.hold(o);
      return [out];
    }
    case 'next':
    case 'anext': {
      const out: Val[] = [];
      for (const o of a) {
        if (o.kind === 'instance') out.push(callMethod(m, frame, o, '__next__', [], place)[0]);
        else {
          if (o.kind === 'unknown' || o.kind === 'fresh' || o.kind === 'zip') m.change([o], place, a.length === 1);
          out.push(elementsOf(m, [o], place));
        }
      }
      return union([...out, ...args.pos.slice(1)]);
    }
    case 'getattr': {
      const attr = constText(args.pos[1] ?? NOTHING);
      const found =
        attr === null
          ? union(a.map(o => (o.immutable ? SCALAR : union([...(o.fields?.values() ?? []), [o]]))))
          : loadAttribute(m, frame, a, attr, place);
      return union([found, ...args.pos.slice(2)]);
    }
    case 'setattr': {
      const attr = constText(args.pos[1] ?? NOTHING);
      const val = args.pos[2] ?? NOTHING;
      for (const o of a) {
        if (o.immutable) continue;
        o.holdAll(val);
        if (attr !== null) o.setField(attr, val);
        Obj.changed(o.serial);
      }
      m.change(a, place);
      return NONE;
    }
    case 'delattr':
      m.change(a, place);
      return NONE;
    case 'type':
      if (args.pos.length === 3) {
        const cls = fresh('unknown');
        for (const v of args.pos) cls.holdAll(v);
        return [cls];
      }
      return union(a.map(o => (o.data?.of === 'instance' ? [o.data.cls] : builtin('object'))));
    case 'isinstance':
    case 'issubclass':
    case 'hasattr':
    case 'callable':
      return BOOL;
    case 'property':
    case 'staticmethod':
    case 'classmethod': {
      const f = a.length === 1 ? a[0]! : null;
      if (f?.data?.of !== 'function') return a;
      const role = name === 'property' ? 'property' : name === 'staticmethod' ? 'static' : 'classmethod';
      return [new Obj('function', { of: 'function', fn: { ...f.data.fn, role } })];
    }
    case 'open': {
      const mode = constText(args.pos[1] ?? args.kw.get('mode') ?? NOTHING) ?? 'r';
      const write = /[wax+]/.test(mode);
      fileCall(m, args, write, place);
      const f = fresh('file', false);
      return [f];
    }
    case 'input':
      return STR;
    case 'globals':
    case 'locals':
    case 'vars':
    case 'dir':
      if (args.pos.length > 0) {
        if (name === 'vars') return a.map(o => (o.immutable ? o : attributesOf(o)));
        return [fresh('list', false)];
      }
      if (name === 'locals' && frame !== null) return [fresh('dict')];
      // `globals()['x']` and `'x' in globals()` are looked at by those who use it.
      if (e === null || !m.namespaceAccess.has(e)) m.facts.dynamic = place;
      return [fresh('dict')];
    case 'eval':
    case 'exec': {
      const code = constText(a);
      if (code !== null && args.pos.length === 1) return runLiteral(m, frame, name, code, place);
      if (args.pos.length < 2) m.facts.dynamic = place;
      else for (const v of args.pos.slice(1)) m.change(v, place, name === 'exec');
      return [unknown()];
    }
    case '__import__':
      return [unknown()];
    case 'object':
      return [fresh('fresh', false)];
    case 'slice':
      return SCALAR;
    case 'super':
      return [fresh('fresh')];
    case 'get_ipython':
      return [fresh('fresh')];
    case 'breakpoint':
    case 'exit':
    case 'quit':
    case 'help':
      return NONE;
    case 'compile':
      return SCALAR;
    default:
      if (/(Error|Exception|Warning|Interrupt|Exit|Iteration|Group)$/.test(name)) {
        const o = fresh('fresh', false);
        o.fields = new Map([['args', [tuple(args.pos)]]]);
        for (const v of args.pos) o.holdAll(v);
        o.hold(o.fields.get('args')![0]!);
        return [o];
      }
      if (name === 'chr' || name === 'hex' || name === 'bin' || name === 'oct') return STR;
      return unknownCall(m, argValues(args), place);
  }
}

/** `zip` and `enumerate` draw from what they are given when they are drawn from. */
function rows(m: Machine, from: readonly Val[], numbered: boolean): Obj {
  const z = new Obj('zip', {
    of: 'rows',
    once: true,
    get columns() {
      const columns = from.map(v => elementsOf(m, v));
      return numbered ? [NUMBER, ...columns] : columns;
    }
  });
  for (const v of from) z.drawFrom(v);
  return z;
}

function shown(m: Machine, frame: Frame | null, o: Obj, dunder: string, place: Place, depth = 0): void {
  if (o.kind === 'instance') show(m, frame, o, dunder, place);
  else if ((o.kind === 'list' || o.kind === 'tuple' || o.kind === 'dict' || o.kind === 'set') && depth < 3) {
    for (const p of o.parts?.keys() ?? []) shown(m, frame, p, '__repr__', place, depth + 1);
  } else if (o.kind === 'generator' && o.data?.of === 'pending') consume(m, [o], place);
}
