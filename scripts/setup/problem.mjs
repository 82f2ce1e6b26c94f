// A problem that the person at the terminal can solve: what is missing, and how to get it.

export class Problem extends Error {
  /**
   * @param {string} what what is wrong, one sentence
   * @param {string} fix what to do about it
   * @param {string} [output] the failed command's last lines
   */
  constructor(what, fix, output = '') {
    super(what);
    this.fix = fix;
    this.output = output;
  }
}

/** The problem as text for stderr. */
export function explain(problem) {
  const output = problem.output ? `${problem.output.trimEnd().replace(/^/gm, '  | ')}\n` : '';
  return `${output}cellway: ${problem.message}\n  ${problem.fix.replace(/\n/g, '\n  ')}\n`;
}

const NO_NETWORK =
  /name resolution|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|Network is unreachable|Failed to establish a new connection|Connection (refused|timed out)|Max retries exceeded/i;

/** The problem behind a failed install: a registry that was not reached, a full disk, or what the command said. */
export function installProblem(what, registry, output) {
  const last = output.trimEnd().split('\n').slice(-15).join('\n');
  if (NO_NETWORK.test(output)) {
    return new Problem(
      `${what} could not be fetched: the ${registry} was not reached.`,
      'Check the network (proxy, certificates), then repeat the command: what is already there is kept.',
      last
    );
  }
  if (/ENOSPC|No space left/i.test(output)) {
    return new Problem(`${what} could not be installed: the disk is full.`, 'About 3 GB are needed.', last);
  }
  return new Problem(`${what} could not be installed.`, 'The lines above are what the installer said.', last);
}
