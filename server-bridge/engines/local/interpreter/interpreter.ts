/** The Python that runs the steps. */
export interface Interpreter {
  /** What starts it; our own arguments follow. A wrapper (`conda run …`) stays in front. */
  readonly argv: readonly string[];
  /** The kernelspec's own environment, `${NAME}` already filled in. */
  readonly env: Readonly<Record<string, string>>;
  /** Kernelspec's name, null when it was given directly. */
  readonly kernel: string | null;
  readonly display: string;
}
