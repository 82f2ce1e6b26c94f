import type { FastifyInstance } from 'fastify';
import { ApiProblem } from './problem';

/** No notebook comes near it; what recurses over a body (writing it, handing it to a thread) stays far from its end. */
const DEEPEST = 1000;

/** JSON bodies, and no others; one that nests too deep is refused before anything walks through it. */
export function takeJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'ignore');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body);
    // Some clients name the type of a body that they do not have.
    if (text === '') done(null, undefined);
    else if (isDeeper(text, DEEPEST))
      done(new ApiProblem(400, 'body-too-deep', `The body nests deeper than ${DEEPEST} levels.`), undefined);
    else void parse(request, text, (error, value) => done(error !== null && isJson(text) ? PROTO : error, value));
  });
}

/** JSON, but with a name that could reach into every object of the process. */
const PROTO = new ApiProblem(
  400,
  'body-proto',
  'A name in the body is "__proto__", or "constructor" with a "prototype".',
  {
    fix: 'Name it otherwise.'
  }
);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Whether brackets of a JSON text nest deeper than that. One pass; what is no JSON is for the parser to find. */
export function isDeeper(text: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: {
        at = endOfString(text, at);
        break;
      }
      case 0x5b:
      case 0x7b:
        depth += 1;
        if (depth > most) return true;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
      default:
    }
  }
  return false;
}

/** Place of the quote that ends a string; the text's end where there is none. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}
