import { Widget } from '@lumino/widgets';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Shown } from '../runs/status';

/** What stands above the first cell of a step. */
export interface HeaderContent {
  readonly name: string;
  readonly hue: number;
  /** Proposed steps are no tags yet: they cannot be renamed. */
  readonly proposed: boolean;
  readonly about: string;
  readonly state: Shown | null;
  /** The whole of what the state says. */
  readonly title: string;
}

/** The quiet line above a step's first cell: its name, how it went, what it is about. */
export class StepHeader extends Widget {
  #content: HeaderContent | null = null;
  #editing = false;
  readonly #name = document.createElement('button');
  readonly #state = document.createElement('span');
  readonly #about = document.createElement('span');

  constructor(
    private readonly trans: TranslationBundle,
    private readonly rename: (from: string, to: string) => string | null
  ) {
    super();
    this.addClass('jp-Cellway-header');
    this.#name.type = 'button';
    this.#name.className = 'jp-Cellway-name';
    this.#name.addEventListener('dblclick', () => this.edit());
    this.#name.addEventListener('keydown', event => {
      if (event.key !== 'F2' && event.key !== 'Enter') return;
      event.preventDefault();
      event.stopPropagation();
      this.edit();
    });
    this.#state.className = 'jp-Cellway-state';
    this.#about.className = 'jp-Cellway-about';
    this.node.append(this.#name, this.#state, this.#about);
  }

  tell(content: HeaderContent): void {
    if (this.#editing || JSON.stringify(content) === JSON.stringify(this.#content)) return;
    this.#content = content;
    const { name, hue, proposed, about, state, title } = content;
    this.node.style.setProperty('--jp-cellway-hue', `var(--jp-cellway-hue-${hue})`);
    this.node.dataset.proposed = String(proposed);
    this.#name.textContent = name;
    this.#name.title = proposed
      ? this.trans.__('Step %1, proposed', name)
      : this.trans.__('Step %1: double-click or F2 to rename', name);
    this.#state.textContent = state === null ? '' : `${state.sign} ${state.text}`;
    this.#state.dataset.tone = state?.tone ?? '';
    this.#state.title = title;
    this.#about.textContent = about;
  }

  /** Turns the name into a field. Enter keeps what was typed, Escape does not. */
  edit(): void {
    if (this.#editing || this.#content === null || this.#content.proposed) return;
    this.#editing = true;
    const { name } = this.#content;
    const field = document.createElement('input');
    field.className = 'jp-Cellway-nameField';
    field.value = name;
    field.setAttribute('aria-label', this.trans.__('Name of step %1', name));
    field.size = Math.max(8, name.length + 2);
    const end = (keep: boolean) => {
      if (!this.#editing) return;
      const wanted = field.value.trim();
      const against = keep && wanted !== name ? this.rename(name, wanted) : null;
      if (against !== null) {
        field.setCustomValidity(against);
        field.reportValidity();
        return;
      }
      this.#editing = false;
      field.replaceWith(this.#name);
      this.#name.focus();
    };
    field.addEventListener('keydown', event => {
      event.stopPropagation();
      if (event.key === 'Enter') end(true);
      else if (event.key === 'Escape') end(false);
    });
    field.addEventListener('input', () => field.setCustomValidity(''));
    field.addEventListener('blur', () => {
      end(true);
      // What cannot be a name is not kept when the field is left.
      end(false);
    });
    this.#name.replaceWith(field);
    field.focus();
    field.select();
  }
}
