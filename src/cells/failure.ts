import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel, Widget } from '@lumino/widgets';
import type { StepError } from '@cellway/core/api';

const TEXT = 'application/vnd.jupyter.stderr';

/** Why a step failed, under the cell in which it did. Text from a run is never trusted. */
export class Failure extends Panel {
  #shown = '';

  constructor(
    private readonly rendermime: IRenderMimeRegistry,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Cellway-failure');
    this.node.setAttribute('role', 'alert');
  }

  tell(error: StepError, source: string): void {
    const key = JSON.stringify([error, source]);
    if (key === this.#shown) return;
    this.#shown = key;
    for (const widget of [...this.widgets]) widget.dispose();
    const head = document.createElement('div');
    head.className = 'jp-Cellway-failureHead';
    const name = document.createElement('b');
    name.textContent = error.ename;
    const where = error.line === undefined ? '' : ` ${this.trans.__('in line %1', error.line)}`;
    head.append(name, `${where}${error.evalue === '' ? '' : `: ${error.evalue}`}`);
    this.addWidget(new Widget({ node: head }));
    if (error.line !== undefined) this.addWidget(new Widget({ node: linesAround(source, error.line) }));
    if (error.traceback.length > 0) this.addWidget(this.#traceback(error.traceback));
  }

  #traceback(lines: readonly string[]): Widget {
    const details = document.createElement('details');
    const summary = document.createElement('summary');
    summary.textContent = this.trans.__('Traceback');
    details.append(summary);
    const renderer = this.rendermime.createRenderer(TEXT);
    const model = this.rendermime.createModel({ data: { [TEXT]: lines.join('\n') }, trusted: false });
    void renderer.renderModel(model).then(() => details.append(renderer.node));
    return new Widget({ node: details });
  }
}

/** The line that failed, marked, with the one before it. */
function linesAround(source: string, line: number): HTMLElement {
  const block = document.createElement('pre');
  block.className = 'jp-Cellway-failureLines';
  const lines = source.split('\n');
  for (let number = Math.max(1, line - 1); number <= Math.min(line, lines.length); number++) {
    const row = document.createElement('div');
    row.textContent = `${number === line ? '▸' : ' '} ${String(number).padStart(4)}  ${lines[number - 1]}`;
    if (number === line) row.className = 'jp-mod-failed';
    block.append(row);
  }
  return block;
}
